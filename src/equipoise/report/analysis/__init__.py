"""The report of a trial's analysis: tables and figures of one ledger, day and protocol, as a page and as data."""
