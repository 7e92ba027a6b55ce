"""One row a person and endpoint: how long, what ended it, and why; with the entries of the ledger that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from ..protocol.allocation import JOINT

Outcome = Literal[0, 1, 2]
CENSORED: Final = 0
EVENT: Final = 1
COMPETING: Final = 2

WhyCensored = Literal["", "data_cut", "withdrawal", "lost", "completed", "until", "missed_scans", "no_scan"]
# Why nothing more is known of somebody without an event, as a clause.
WHY_CENSORED: Final[Mapping[WhyCensored, str]] = {
    "": "there is an event",
    "data_cut": "the data were cut",
    "withdrawal": "the person withdrew",
    "lost": "the person was lost to follow-up",
    "completed": "the person completed the study",
    "until": "nothing later is counted by this analysis",
    "missed_scans": "too many scans were missed before the event",
    "no_scan": "there is no scan after the time began",
}


class Interval(NamedTuple):
    """Between which days, from the origin, the event happened: after `left`, by `right` (None: not by the last day).

    left == right: the day itself is known.
    """

    left: int
    right: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """One person's time to one endpoint.

    arm: "" where the reader is blind. strata: factor -> level, as they were at the allocation.
    origin: the day on which the time begins; entry: days from it to the day on which the person came under observation
    (0 without delayed entry); days: from it to `on`, the day of the event or of the censoring.
    event: 1 the event, 2 a competing one, 0 censored. what: which event, or what the person was censored at, in a few
    words. why: why somebody is censored, a key of WHY_CENSORED. reason: the whole, in a sentence.
    entries: the numbers of the ledger's entries that say so. flags: what a reader must know, in sentences.
    open: questions to the site that could change the row. left_out: why it cannot be analysed; "" when it can.
    """

    person: str
    site: str
    endpoint: str
    arm: str
    strata: Mapping[str, str]
    origin: date | None
    entry: int
    days: int
    event: Outcome
    on: date
    what: str
    why: WhyCensored
    reason: str
    interval: Interval
    entries: tuple[int, ...] = ()
    flags: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    left_out: str = ""

    @property
    def stratum(self) -> str:
        """ "G1|R0": the levels in the order of the trial's factors."""
        return JOINT.join(self.strata.values())
