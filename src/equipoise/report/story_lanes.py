"""The lanes of a swimmer plot: one for each randomised person, with what happened on which day since then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from ..conduct.schedule import DONE
from ..dates import day_text
from ..facts import is_record
from ..participant.moves import Standing
from ..participant.record import day_of
from ..protocol.model import Protocol
from ..rules.prose import fact_text
from ..truth import TRUE
from .story_courses import Course

Kind = Literal[
    "index", "full", "reduced", "hold", "off", "visit", "missed", "assessment", "severe", "serious", "recurrence",
    "death", "withdrawal", "lost", "completed", "ongoing",
]  # fmt: skip

SEVERE: Final = 3  # CTCAE: grade 3 is "severe or medically significant"
# How a lane may end, and the mark at its end.
_ENDS: Final[dict[Standing, tuple[str, Kind]]] = {
    Standing.DEAD: ("die", "death"),
    Standing.WITHDRAWN: ("withdraw", "withdrawal"),
    Standing.LOST: ("lose", "lost"),
    Standing.COMPLETED: ("complete", "completed"),
}


class Mark(NamedTuple):
    """Something that happened: of which kind, how many days after the randomisation, and in words."""

    kind: Kind
    day: int
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One person from the randomisation on. days: until the end, or until the day of the story; marks: by day.

    recurrence: the day after which the person was followed with the disease back; None while it was not. end: how it
    ended.
    """

    person: str
    site: str
    group: str
    start: date
    days: int
    end: Kind
    recurrence: int | None
    marks: tuple[Mark, ...]

    def of(self, *kinds: Kind) -> tuple[Mark, ...]:
        """The marks of these kinds."""
        return tuple(mark for mark in self.marks if mark.kind in kinds)


def lanes(people: Sequence[Course], trial: Protocol, on: date) -> tuple[Lane, ...]:
    """A lane for each randomised person, the longest first within each group, in the order of the groups' people."""
    found = [_lane(course, trial, on, course.randomised) for course in people if course.randomised is not None]
    order = {arm.id: number for number, arm in enumerate(trial.arms)}
    return tuple(sorted(found, key=lambda lane: (order.get(lane.group, 0), -lane.days, lane.start, lane.person)))


def _lane(course: Course, trial: Protocol, on: date, start: date) -> Lane:
    act, end = _ENDS.get(course.standing, ("", "ongoing"))
    last = max((course.known.moved(act) if act else None) or on, start)
    marks = [mark for mark in _marks(course, trial, start) if mark.day <= (last - start).days or mark.kind == "serious"]
    back = None if course.recurrence is None else max(0, (course.recurrence - start).days)
    ended = Mark(end, (last - start).days, _end_text(course, end, last))
    marks = sorted([*marks, ended], key=lambda mark: (mark.day, mark.kind, mark.text))
    return Lane(course.person, course.known.site, course.group, start, (last - start).days, end, back, tuple(marks))


def _end_text(course: Course, end: Kind, last: date) -> str:
    withdrawal = course.known.withdrawal
    if end == "withdrawal" and withdrawal is not None:
        return f"withdrew on {day_text(last)} ({withdrawal.scope})"
    words = {
        "death": "died on", "lost": "lost to follow-up, last seen on", "completed": "completed the study on",
        "ongoing": "in the trial on", "withdrawal": "withdrew on",
    }  # fmt: skip
    return f"{words[end]} {day_text(last)}"


def _marks(course: Course, trial: Protocol, start: date) -> Iterator[Mark]:
    """What happened, in no order. What is dated after the end of a lane is left to its own table."""

    def mark(kind: Kind, day: date, text: str) -> Mark:
        return Mark(kind, (day - start).days, f"{text}, {day_text(day)}")

    index = course.anchors.get(trial.conduct.index) if trial.conduct.index else None
    if index is not None:
        yield mark("index", index, trial.vocabulary[trial.conduct.index].label)
    for dose in course.doses:
        what = dose.level.label if dose.level is not None else "dose"
        yield mark("full" if dose.full else "reduced", dose.on, f"dose {dose.cycle}, {what} ({dose.activity})")
    for decision in course.decisions:
        if decision.action in ("hold", "stop"):
            kind: Kind = "hold" if decision.action == "hold" else "off"
            yield mark(kind, decision.on, f"dose {decision.cycle}: {decision.action} by {', '.join(decision.rules)}")
    for entry in course.known.of("follow_up_began") if course.group else ():
        if entry.body is not None and entry.body.get("scope"):
            yield mark("off", date.fromisoformat(entry.body["on"]), "withdrew from the treatment")
    for due in course.visits:
        record = due.record
        if record is not None and due.status in DONE | {"unscheduled"} and record.done:
            yield mark("visit", record.on, due.label)
        elif due.status == "missed" and (record is not None or due.window is not None):
            day = record.on if record is not None else due.window.target  # pyright: ignore[reportOptionalMemberAccess]
            yield mark("missed", day, f"{due.label} missed")
    for event in course.events:
        if event.serious is TRUE or (event.grade or 0) >= SEVERE:
            grade = f"grade {event.grade}" if event.grade is not None else "grade not recorded"
            kind = "serious" if event.serious is TRUE else "severe"
            yield mark(kind, event.when.last, f"{event.label}, {grade}{', serious' if kind == 'serious' else ''}")
    yield from _of_the_disease(course, trial, start)


def _of_the_disease(course: Course, trial: Protocol, start: date) -> Iterator[Mark]:
    """Assessments and the first recurrence."""
    known = course.known
    for fact in known.of_concept(trial.conduct.assessment):
        if is_record(fact.value):
            text = f"{fact_text(fact, trial.vocabulary)}"
            yield Mark("assessment", (day_of(fact) - start).days, text)
    if course.recurrence is not None:
        text = f"{trial.vocabulary[trial.conduct.recurrence].label}, {day_text(course.recurrence)}"
        yield Mark("recurrence", (course.recurrence - start).days, text)
