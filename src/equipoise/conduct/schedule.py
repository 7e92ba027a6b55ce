"""Which visits of a person are planned, due, overdue, missed or done on a day, and why: pure, moved by what happened.

Every visit is counted from a moment as it really was: the follow-up from the randomisation, dose 2 from dose 1 as
given. A moment that has no date yet has no windows; the slots counted from it are planned "after dose 1".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from ..dates import day_text, shifted
from ..protocol.visits import End, Schedule, Visit
from .scope import Scope, permits

Status = Literal[
    "planned", "in window", "overdue", "missed", "done", "done early", "done late", "unscheduled", "cancelled"
]  # fmt: skip

# What each status means. Every slot has exactly one on every day; without records it only moves down this table.
STATUSES: Final[Mapping[Status, str]] = MappingProxyType(
    {
        "planned": "its window has not opened, or the moment that it is counted from has no date yet",
        "in window": "its window is open and nothing is recorded",
        "overdue": "its window is over and nothing is recorded: it can still be done, late",
        "missed": "recorded as not done; or its window is over, nothing is recorded, and the next visit of its series "
        "has come due or the person's visits have ended",
        "done": "recorded as done, within its window",
        "done early": "recorded as done, before its window: a deviation",
        "done late": "recorded as done, after its window: a deviation",
        "unscheduled": "recorded, but it answers no visit of the schedule",
        "cancelled": "no longer due: what ended it came before its window was over",
    }
)
# A visit that somebody still has something to do for.
OPEN: Final[frozenset[Status]] = frozenset({"planned", "in window", "overdue"})
DONE: Final[frozenset[Status]] = frozenset({"done", "done early", "done late"})
# What ended the visits, as a clause: "nothing was recorded by 3 May 2026, when the person withdrew".
ENDED: Final[Mapping[End, str]] = MappingProxyType(
    {
        "recurrence": "the disease came back",
        "end_of_treatment": "the treatment ended and the follow-up began",
        "withdrawal": "the person withdrew",
        "completion": "the person completed the study",
        "screen_failure": "the person turned out not to be eligible",
        "death": "the person died",
    }
)

# What really happened: the name of a moment -> its day; None, or no such name, while it has none.
Anchors = Mapping[str, date | None]


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """What a site recorded of a visit.

    slot: the id of the slot ("follow_up.3"), or "" for a visit that the schedule does not know. done: False when it is
    recorded as missed; then `on` is the day of that statement. entry: its number in the ledger; the latest one counts.
    """

    slot: str
    on: date
    done: bool = True
    reason: str = ""
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """That a person's time in the trial ended on a day; after a withdrawal, `scope` says how far it goes."""

    on: date
    why: End
    scope: Scope | None = None


class Window(NamedTuple):
    """The days of a slot, first and last included. until: its last day if the window is extended; else None."""

    first: date
    target: date
    last: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class DueVisit:
    """One slot on one day. visit and window are None for what is unscheduled; window also while its moment has no day.

    slot: the visit's id, with the number of its turn where it repeats ("follow_up.3"). number counts from 1.
    record: what settled it. because: why it is missed, cancelled or unscheduled, as a clause; "" otherwise.
    """

    slot: str
    visit: Visit | None
    number: int
    window: Window | None
    status: Status
    record: VisitRecord | None = None
    because: str = ""

    @property
    def label(self) -> str:
        """As people call it: "dose 2", "follow-up, 6 months"."""
        return "unscheduled visit" if self.visit is None else self.visit.slot_label(self.number)

    def days_left(self, on: date) -> int | None:
        """Days until the window closes, 0 on its last day, negative when it is over; None without a window."""
        return None if self.window is None else (self.window.last - on).days


class Stop(NamedTuple):
    """From this day on a slot is not due any more, and why."""

    on: date
    because: str


# ---------------------------------------------------------------- what is due
def due_visits(
    schedule: Schedule,
    arm: str,
    anchors: Anchors,
    records: Iterable[VisitRecord],
    on: date,
    ended: Ended | Sequence[Ended] | None = None,
    recurrence_on: date | None = None,
    extended: frozenset[str] = frozenset(),
) -> tuple[DueVisit, ...]:
    """Every slot of the person's arm with its status on a day, and what was recorded outside the schedule, by day.

    arm: "" before the randomisation; then only what all arms have is planned. What happened on later days does not
    count yet. ended: how the person's time ended; several where somebody withdrew from the treatment and completed the
    study later, say. recurrence_on: the day of the first recurrence. extended: ids of visits whose window is extended
    (a dose held for toxicity).
    """
    ends = (ended,) if isinstance(ended, Ended) else tuple(ended or ())
    anchors = {name: day for name, day in anchors.items() if day is not None and day <= on}
    known = [record for record in records if record.on <= on]
    latest = {record.slot: record for record in sorted(known, key=lambda record: record.entry) if record.slot}
    found: list[DueVisit] = []
    lost: dict[str, Stop] = {}  # moments that will never come
    for visit in visits_of(schedule, arm):
        stop = _stop(visit, anchors, lost, on, ends, recurrence_on)
        given = anchors.get(visit.sets) if visit.sets else None
        for number, slot in enumerate(visit.slots, start=1):
            # A dose given is its visit done, whatever else was recorded of that visit.
            record = VisitRecord(slot, given) if given is not None else latest.get(slot)
            window = window_of(visit, number, anchors, extended)
            found.append(_judged(DueVisit(slot, visit, number, window, "planned", record), on, stop))
        if visit.sets and given is None and found[-1].status in ("missed", "cancelled"):
            lost[visit.sets] = _lost(visit, found[-1], stop)
    outside = [record for record in known if not record.slot]
    outside += [record for slot, record in latest.items() if slot not in {due.slot for due in found}]
    return tuple(sorted([*_superseded(found, on), *map(_unscheduled, outside)], key=_by_day))


def visits_of(schedule: Schedule, arm: str) -> tuple[Visit, ...]:
    """The visits of an arm, in the protocol's order; of "" those that every arm has."""
    return tuple(visit for visit in schedule.visits if visit.is_for(arm))


def window_of(visit: Visit, number: int, anchors: Anchors, extended: frozenset[str] = frozenset()) -> Window | None:
    """The days of a visit's slot (number from 1), moved by what really happened; None while its moment has no day.

    Months and years follow the calendar from the moment itself: 31 January and a month is the last of February, and
    two months are 31 March.
    """
    moment = anchors.get(visit.moment)
    if moment is None:
        return None
    target = shifted(moment.toordinal(), visit.targets[number - 1])
    first, last = shifted(target, visit.early, -1), shifted(target, visit.late)
    until = None
    if visit.extension is not None:
        until = date.fromordinal(shifted(moment.toordinal(), visit.extension.latest))
    end = until if until is not None and visit.id in extended else date.fromordinal(last)
    return Window(date.fromordinal(first), date.fromordinal(target), end, until)


def is_outside(record: VisitRecord, due: DueVisit) -> bool:
    """Was the visit done on a day outside its window? Not to be told, so False, while it has no window."""
    return record.done and due.window is not None and not due.window.first <= record.on <= due.window.last


# ---------------------------------------------------------------- the status of one slot
def _judged(due: DueVisit, on: date, stop: Stop | None) -> DueVisit:
    """The slot with its status, as far as the slots after it do not matter."""
    record, window = due.record, due.window
    if record is not None:
        return _recorded(due, record)
    if window is None:
        return replace(due, status="cancelled", because=stop.because) if stop else due
    if stop is not None:
        if window.last >= stop.on:
            return replace(due, status="cancelled", because=stop.because)
        return replace(
            due, status="missed", because=f"nothing was recorded by {day_text(stop.on)}, when {stop.because}"
        )
    return replace(due, status="planned" if on < window.first else "in window" if on <= window.last else "overdue")


def _recorded(due: DueVisit, record: VisitRecord) -> DueVisit:
    if not record.done:
        return replace(due, status="missed", because=record.reason or "no reason was given")
    if due.window is None or not is_outside(record, due):
        return replace(due, status="done")
    return replace(due, status="done early" if record.on < due.window.first else "done late")


def _superseded(found: Sequence[DueVisit], on: date) -> Iterator[DueVisit]:
    """The slots again; one that is overdue is missed when the next of its series has come due."""
    for place, due in enumerate(found):
        following = next((each for each in found[place + 1 :] if _series(each) == _series(due)), None)
        if due.status == "overdue" and following is not None and _has_opened(following, on):
            yield replace(due, status="missed", because=f"nothing was recorded before {following.label} came due")
        else:
            yield due


def _series(due: DueVisit) -> str:
    return due.visit.series if due.visit is not None else ""


def _has_opened(due: DueVisit, on: date) -> bool:
    return due.record is not None or (due.window is not None and due.window.first <= on)


# ---------------------------------------------------------------- what ends visits
def _stop(
    visit: Visit,
    anchors: Anchors,
    lost: Mapping[str, Stop],
    on: date,
    ends: Sequence[Ended],
    recurrence_on: date | None,
) -> Stop | None:
    """The first of what ended the visits of this kind up to the day; None when nothing did."""
    stops = [Stop(ended.on, ENDED[ended.why]) for ended in ends if _ends(ended, visit)]
    if recurrence_on is not None and "recurrence" in visit.ends_with:
        stops.append(Stop(recurrence_on, ENDED["recurrence"]))
    stops.sort(key=lambda stop: stop.because == ENDED["end_of_treatment"])  # what ended the treatment says more
    taken_over = anchors.get(visit.gives_way_to) if visit.gives_way_to else None
    if taken_over is not None:
        stops.append(Stop(taken_over, f"the visits counted from {visit.gives_way_to} took over"))
    if visit.moment in lost:
        stops.append(lost[visit.moment])
    # Of several on one day the person's own end is the reason that people look for: it stands first.
    return min((stop for stop in stops if stop.on <= on), key=lambda stop: stop.on, default=None)


def _ends(ended: Ended, visit: Visit) -> bool:
    if ended.why == "withdrawal":
        return not permits(ended.scope or "all", visit.kind)
    return ended.why in visit.ends_with


def _lost(visit: Visit, due: DueVisit, stop: Stop | None) -> Stop:
    """That the moment which the visit would have set will not come."""
    day = due.record.on if due.record is not None else stop.on if stop is not None else date.max
    return Stop(day, f"{visit.sets} was not given ({due.because})")


# ---------------------------------------------------------------- outside the schedule
def _unscheduled(record: VisitRecord) -> DueVisit:
    why = f'there is no visit "{record.slot}" in the schedule of this arm' if record.slot else record.reason
    return DueVisit(record.slot, None, 0, None, "unscheduled", record, why)


def _by_day(due: DueVisit) -> date:
    """By the day that it is due on, or was recorded on; what has no day yet comes last, in the protocol's order."""
    if due.window is not None:
        return due.window.target
    return due.record.on if due.record is not None else date.max
