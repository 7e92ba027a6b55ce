"""Rows -> plain arrays for the survival functions, and the table that CDISC calls ADTTE.

compared = dataset(trial, rows).compared()
log_rank(compared)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..faults import Fault
from ..protocol.endpoints import Endpoint
from ..protocol.model import Protocol
from .followed import Followed, TwoArms, followed, two_arms
from .rows import COMPETING, EVENT, Row

_EXPERIMENTAL: Final = "Experimental"  # the kind of arm, as registries name it


@dataclass(frozen=True, eq=False)
class Dataset:
    """The rows of one endpoint that can be analysed, as parallel arrays, one place for each person.

    time, entry: days from the origin, entry 0 where from the origin. event: 1 the event, 2 a competing one, 0 censored.
    arm: 1 is the experimental arm. stratum: a place in `strata`. left, right: between which days the event happened,
    right infinite where it did not. blind: the arms are hidden, all 0. left_out: the rows that cannot be analysed.
    """

    people: tuple[str, ...]
    time: NDArray[np.float64]
    event: NDArray[np.uint8]
    arm: NDArray[np.uint8]
    stratum: NDArray[np.int64]
    entry: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    strata: tuple[str, ...]
    blind: bool
    left_out: tuple[Row, ...]

    def compared(self, stratified: bool = True) -> TwoArms:
        """The two arms, events of interest alone: a competing one is censored there. Raises Fault when blind."""
        self.check_open()
        stratum = self.stratum if stratified else None
        return two_arms(self.time, self.event == EVENT, self.arm, stratum=stratum, entry=self.entry)

    def pooled(self) -> Followed:
        """Everybody in one group, as somebody blind sees them."""
        return followed(self.time, self.event == EVENT, entry=self.entry)

    def check_open(self) -> None:
        """Raises Fault when the arms are hidden."""
        if self.blind:
            raise Fault("The arms are hidden: compare them after the data lock, or unblind the analysis with a reason.")

    @property
    def competing(self) -> bool:
        """Is there anybody with a competing event?"""
        return bool((self.event == COMPETING).any())


def arm_codes(trial: Protocol) -> Mapping[str, int]:
    """arm -> 0 or 1: 1 is the one that the registry calls experimental, else the last.

    Raises Fault unless there are two arms.
    """
    arms = [arm.id for arm in trial.arms]
    if len(arms) != 2:
        raise Fault(f"{trial.acronym} has {len(arms)} arms: the analysis compares two.")
    experimental = [arm.id for arm in trial.arms if arm.kind == _EXPERIMENTAL] or arms[-1:]
    return {arm: int(arm == experimental[-1]) for arm in arms}


def dataset(trial: Protocol, rows: Iterable[Row], people: Iterable[str] | None = None) -> Dataset:
    """The rows as arrays; people: only these (those of a population). Blind rows give a dataset that is blind."""
    wanted = None if people is None else set(people)
    chosen = [row for row in rows if wanted is None or row.person in wanted]
    usable = [row for row in chosen if not row.left_out]
    codes, blind = arm_codes(trial), any(not row.arm for row in usable)
    strata = tuple(dict.fromkeys(sorted(row.stratum for row in usable)))
    return Dataset(
        tuple(row.person for row in usable),
        np.array([row.days for row in usable], np.float64),
        np.array([row.event for row in usable], np.uint8),
        np.array([0 if blind else codes[row.arm] for row in usable], np.uint8),
        np.array([strata.index(row.stratum) for row in usable], np.int64),
        np.array([row.entry for row in usable], np.float64),
        np.array([row.interval.left for row in usable], np.float64),
        np.array([np.inf if row.interval.right is None else row.interval.right for row in usable], np.float64),
        strata,
        blind,
        tuple(row for row in chosen if row.left_out),
    )


def time_to_event_table(trial: Protocol, endpoint: Endpoint, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One record a row by the names of CDISC ADaM's table of times to event (ADTTE), for a CSV file.

    AVAL is in days and 0 on the first day. CNSR is 0 for an event, 1 for a censoring, 2 for a competing event. Beyond
    the standard: STRATA<n>, the levels as randomised; ENTRYDY, days to a delayed entry; SRCSEQ, the ledger's entries.
    """
    return [_record(trial, endpoint, row) for row in rows]


def _record(trial: Protocol, endpoint: Endpoint, row: Row) -> dict[str, Any]:
    strata = {f"STRATA{number}": level for number, level in enumerate(row.strata.values(), start=1)}
    return {
        "STUDYID": trial.acronym,
        "USUBJID": row.person,
        "SITEID": row.site,
        "TRT01P": row.arm,
        **strata,
        "PARAMCD": endpoint.param,
        "PARAM": f"{endpoint.label} (days)",
        "STARTDT": "" if row.origin is None else row.origin.isoformat(),
        "ADT": row.on.isoformat(),
        "AVAL": "" if row.origin is None else row.days,
        "ENTRYDY": row.entry,
        "CNSR": {EVENT: 0, COMPETING: 2}.get(row.event, 1),
        "EVNTDESC": row.what,
        "CNSDTDSC": "" if row.event else row.why,
        "REASON": row.reason,
        "FLAGS": " ".join((*row.flags, *row.open)),
        "LEFTOUT": row.left_out,
        "SRCSEQ": " ".join(str(entry) for entry in row.entries),
    }
