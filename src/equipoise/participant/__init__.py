"""One person of a trial: the states, the moves between them, and the fold of the ledger into where they stand."""
