"""The adverse events of a trial's story, for each group of people, and how the clocks of serious events have run."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple

from ..conduct.safety import clocks
from ..conduct.serious_entries import serious_events
from ..protocol.model import Protocol
from ..protocol.safety import Clock
from .story_courses import Course, Group

GRADES: Final = (1, 2, 3, 4, 5)  # CTCAE


class Term(NamedTuple):
    """One kind of adverse event. people, severe: for each group how many had it, and of grade 3 or more."""

    label: str
    events: int
    people: tuple[int, ...]
    severe: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Safety:
    """Adverse events of randomised people. worst: grade -> people of each group whose worst grade it is; in None those
    of whom no grade is recorded. exposed: people in each group."""

    groups: tuple[Group, ...]
    exposed: tuple[int, ...]
    events: int
    people: int
    severe: int
    serious: int
    worst: dict[int | None, tuple[int, ...]]
    terms: tuple[Term, ...]


def safety_of(people: Iterable[Course], groups: Sequence[Group], severe: int) -> Safety:
    """The adverse events of everybody who was randomised; those of others stand in the table of events only."""
    inside = [course for course in people if course.randomised is not None]
    members = [[course for course in inside if course.group == group.id] for group in groups]
    worst: dict[int | None, tuple[int, ...]] = {
        grade: tuple(sum(_worst(course) == (grade,) for course in each) for each in members)
        for grade in (*GRADES, None)
    }
    events = [event for course in inside for event in course.events]
    labels = Counter(event.label for event in events)
    terms = tuple(
        Term(label, number, *(tuple(_having(each, label, least) for each in members) for least in (0, severe)))
        for label, number in sorted(labels.items(), key=lambda each: (-each[1], each[0]))
    )
    return Safety(
        tuple(groups), tuple(len(each) for each in members), len(events), sum(bool(c.events) for c in inside),
        sum((event.grade or 0) >= severe for event in events), sum(len(course.serious) for course in inside), worst,
        terms,
    )  # fmt: skip


def _worst(course: Course) -> tuple[int | None, ...]:
    """The worst grade of a person's events, in a tuple; () when there are no events."""
    if not course.events:
        return ()
    graded = [event.grade for event in course.events if event.grade is not None]
    return (max(graded) if graded else None,)


def _having(people: Sequence[Course], label: str, least: int) -> int:
    return sum(any(e.label == label and (e.grade or 0) >= least for e in course.events) for course in people)


class ClockCount(NamedTuple):
    """How one clock of the protocol has run: over how many events, met in time, met late, running, overdue."""

    clock: Clock
    events: int
    in_time: int
    late: int
    running: int
    overdue: int


def clocks_of(people: Iterable[Course], trial: Protocol, on: date) -> tuple[ClockCount, ...]:
    """The clocks of all serious events as of the end of a day (UTC), in the protocol's order."""
    now = datetime.combine(on, time.max, UTC)
    known = [course.known for course in people]
    events = [event for each in known for event in serious_events(each, trial, on)]
    events = [event for event in events if event.site_aware is None or event.site_aware <= now]
    states = [state for event in events for state in clocks(event, trial.safety, now)]
    found: list[ClockCount] = []
    for clock in trial.safety.clocks:
        own = [state for state in states if state.clock == clock]
        late, overdue = sum(state.met_late for state in own), sum(state.overdue for state in own)
        met = sum(state.met_at is not None for state in own)
        found.append(ClockCount(clock, len(own), met - late, late, len(own) - met - overdue, overdue))
    return tuple(each for each in found if each.events)
