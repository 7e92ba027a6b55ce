"""The ledger: append-only, hash-chained entries; a store in memory and one in a file."""
