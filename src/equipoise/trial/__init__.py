"""The one door of a trial: record, screen, enrol, randomise, treat, report. It sequences and decides nothing.

Each verb reads what the ledger says, asks a pure function in a room below, and appends the answer. The verbs stand in
modules in the order of a trial: opening, recording, entering, treating, leaving, reporting, closing.
"""

from .closing import Closing


class Trial(Closing):
    """A running trial: see the verbs of `Opening`, `Recording`, `Entering`, `Treating`, `Leaving`, `Reporting`,
    `Closing`, and how it is begun in `Trial.opened`."""


__all__ = ["Trial"]
