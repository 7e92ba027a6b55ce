"""People followed in time, checked once: what every analysis of survival takes.

    >>> people = two_arms(time=[5, 8, 12, 20], event=[1, 1, 0, 1], arm=[0, 1, 0, 1])
    >>> people.people, people.events
    ((2, 2), (1, 2))

Times count from one origin in one unit (days, unless said otherwise). At a time, events come before censorings; times
are tied when they are equal. With delayed entry a person is at risk at t when entry < t <= time. An entry of 0 is entry
at the origin, as if none were given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..faults import Fault
from . import kernels
from .kernels import Floats, Integers, Marks, Rows

ENTERED_AT_ORIGIN = -np.inf


@dataclass(frozen=True, eq=False)
class Followed:
    """One group: parallel arrays sorted by time. entry: minus infinity where from the origin; None: all of them."""

    time: Floats
    event: Marks
    entry: Floats | None

    def at_risk(self, times: ArrayLike) -> Integers:
        """How many are at risk at each of the times."""
        asked = np.asarray(times, np.float64)
        left = np.searchsorted(self.time, asked, "left")
        if self._entries is None:
            return len(self.time) - left
        return np.searchsorted(self._entries, asked, "left") - left

    @cached_property
    def _entries(self) -> Floats | None:
        return None if self.entry is None else np.sort(self.entry)


@dataclass(frozen=True, eq=False)
class TwoArms:
    """Two arms (0 control, 1 experimental), perhaps in strata, sorted by stratum, then time.

    order: of each sorted row, its place among the arrays that were given. table: the risk table of kernels.py.
    """

    rows: Rows
    entry: Floats | None
    order: Integers
    table: Floats

    @property
    def people(self) -> tuple[int, int]:
        """How many there are in arm 0 and in arm 1."""
        return _by_arm(self.rows.arm)

    @property
    def events(self) -> tuple[int, int]:
        """How many events there are in arm 0 and in arm 1."""
        return _by_arm(self.rows.arm[self.rows.event == 1])

    @property
    def strata(self) -> int:
        """How many strata there are; 1 where the analysis is not stratified."""
        return int(self.rows.stratum[-1]) + 1

    def arm(self, arm: int) -> Followed:
        """The people of one arm, whatever their stratum."""
        mine = np.flatnonzero(self.rows.arm == arm)
        mine = mine[np.argsort(self.rows.time[mine], kind="stable")]
        entry = None if self.entry is None else self.entry[mine]
        return Followed(self.rows.time[mine], self.rows.event[mine], entry)

    def unstratified(self) -> "TwoArms":
        """The same people in one stratum."""
        return _sorted(self.rows._replace(stratum=np.zeros_like(self.rows.stratum)), self.entry, self.order)


def two_arms(
    time: ArrayLike,
    event: ArrayLike,
    arm: ArrayLike,
    *,
    stratum: ArrayLike | Sequence[object] | None = None,
    entry: ArrayLike | None = None,
) -> TwoArms:
    """Checks the arrays and sorts them. All of one length, one place for each person.

    time: 0 or more. event, arm: 0 or 1. stratum: any values, equal within a stratum. entry: 0 or more and before time.
    Raises Fault with one sentence that names the first row (counted from 1) which cannot be used.
    """
    times, events = read_times(time), read_marks(event, "event", "1 for an event and 0 for none")
    arms = read_marks(arm, "arm", "1 for the experimental arm and 0 for the control arm")
    same_length(times, {"events": events, "arms": arms})
    if len(set(arms.tolist())) < 2:
        raise Fault(f"Everybody is in arm {arms[0]}: a comparison needs people in both arms, 0 and 1.")
    rows = Rows(times, events, arms, read_strata(stratum, times))
    return _sorted(rows, read_entries(entry, times), np.arange(len(times)))


def followed(time: ArrayLike, event: ArrayLike, *, entry: ArrayLike | None = None) -> Followed:
    """Checks the arrays of one group, as two_arms does, and sorts them by time."""
    times, events = read_times(time), read_marks(event, "event", "1 for an event and 0 for none")
    same_length(times, {"events": events})
    entries, order = read_entries(entry, times), np.argsort(times, kind="stable")
    return Followed(times[order], events[order], None if entries is None else entries[order])


def _sorted(rows: Rows, entry: Floats | None, order: Integers) -> TwoArms:
    by = np.lexsort((rows.time, rows.stratum))
    rows = _reordered(rows, by)
    entry = None if entry is None else entry[by]
    table = kernels.new_table(len(by))
    columns = kernels.risk_table(rows, table)
    if entry is not None:
        late = np.lexsort((entry, rows.stratum))
        kernels.enter_late(table, columns, _reordered(rows._replace(time=entry), late))
    return TwoArms(rows, entry, order[by], np.ascontiguousarray(table[:, :columns]))


def _reordered(rows: Rows, order: Integers) -> Rows:
    return Rows(rows.time[order], rows.event[order], rows.arm[order], rows.stratum[order])


# ------------------------------------------------------------------ checks
def read_times(time: ArrayLike) -> Floats:
    times = read_numbers(time, "time")
    if not len(times):
        raise Fault("There is nobody to analyse: give the times of at least one person.")
    refuse(~np.isfinite(times), times, "has no usable time ({value}): give a number of 0 or more, or leave the row out")
    refuse(times < 0, times, "has the time {value}: nobody can be followed to before the origin")
    return times


def read_marks(values: ArrayLike, name: str, meaning: str) -> Marks:
    numbers = read_numbers(values, name)
    refuse(~np.isin(numbers, (0, 1)), numbers, f"has the {name} {{value}}: say {meaning}")
    return numbers.astype(np.uint8)


def read_entries(entry: ArrayLike | None, times: Floats) -> Floats | None:
    if entry is None:
        return None
    entries = read_numbers(entry, "entry")
    same_length(times, {"entries": entries})
    bad = ~np.isfinite(entries) | (entries < 0)
    refuse(bad, entries, "has the entry {value}: give a number of 0 or more, 0 for entry at the origin")
    late = (entries > 0) & (entries >= times)
    refuse(
        late, entries, "enters at {value}, not before its own time ends: correct one of the two or leave the row out"
    )
    return np.where(entries == 0, ENTERED_AT_ORIGIN, entries)


def read_strata(stratum: ArrayLike | Sequence[object] | None, times: Floats) -> Integers:
    if stratum is None:
        return np.zeros(len(times), np.int64)
    labels = np.asarray(stratum)
    same_length(times, {"strata": labels})
    missing = np.array([label is None or label == "" or label != label for label in labels.tolist()])
    refuse(missing, times, "has no stratum: give one, or leave the row out")
    return np.unique(labels, return_inverse=True)[1].reshape(-1).astype(np.int64)


def read_numbers(values: ArrayLike, name: str) -> Floats:
    try:
        numbers = np.array(values, np.float64)
    except (TypeError, ValueError):
        raise Fault(f"The column {name} has something in it that is no number.") from None
    if numbers.ndim != 1:
        raise Fault(f"The column {name} must be a single column of numbers.")
    return numbers


def same_length(times: Floats, others: dict[str, NDArray]) -> None:
    for name, values in others.items():
        if len(values) != len(times):
            raise Fault(f"There are {len(times)} times but {len(values)} {name}: give one of each for every person.")


def refuse(bad: NDArray[np.bool_], values: NDArray, why: str) -> None:
    if bad.any():
        row = int(np.argmax(bad))
        raise Fault(f"Row {row + 1} {why.format(value=f'{values[row]:g}')}.")


def _by_arm(arm: Marks) -> tuple[int, int]:
    experimental = int(np.count_nonzero(arm))
    return len(arm) - experimental, experimental
