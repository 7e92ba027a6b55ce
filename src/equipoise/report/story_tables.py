"""The tables of a trial's story as CSV: people, visits, doses, deviations, adverse events, each with its own head.

The first column says of every row whether its person exists. Blind, no column and no row tells an arm.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from ..conduct.visit_words import timing_words
from ..dates import Span, span_text
from ..participant.moves import Standing
from ..participant.record import number_of
from ..truth import Truth
from .data import as_csv
from .story_courses import Course
from .story_data import Story

Row = Sequence[Any]
_ENDS: Final = {
    Standing.COMPLETED: "complete", Standing.WITHDRAWN: "withdraw", Standing.LOST: "lose", Standing.DEAD: "die",
}  # fmt: skip


def tables(story: Story) -> dict[str, bytes]:
    """Each table by the name of its file. Blind, there is no table of doses: who got one is known to be of one arm."""
    written = {
        "participants.csv": _participants, "visits.csv": _visits, "deviations.csv": _deviations,
        "adverse_events.csv": _events,
    }  # fmt: skip
    if not story.blind:
        written["doses.csv"] = _doses
    return {name: _csv(story, rows) for name, rows in written.items()}


def _csv(story: Story, rows: Callable[[Story], Iterator[Row]]) -> bytes:
    head, *body = rows(story)
    data = story.mark or "trial"
    return as_csv([("data", *head), *((data, *row) for row in body)])


# ---------------------------------------------------------------- people
def _participants(story: Story) -> Iterator[Row]:
    """One row a person; the days of their steps."""
    index = story.trial.conduct.index
    cycles = () if story.blind else tuple(visit for visit in story.trial.schedule.visits if visit.sets)
    yield (
        "person", "site", *_arm_head(story), "standing", "identified", "consented", index or "index", "randomised",
        *(visit.id for visit in cycles), "recurrence", "ended", "last_entry",
    )  # fmt: skip
    for course in story.people:
        known, act = course.known, _ENDS.get(course.standing)
        yield (
            course.person, known.site, *_arm(story, course), course.standing_words(story.blind), _day(known.since),
            _day(known.moved("consent")), _day(course.anchors.get(index)) if index else "", _day(course.randomised),
            *(_day(course.anchors.get(visit.sets)) for visit in cycles), _day(course.recurrence),
            _day(known.moved(act)) if act else "", known.last if not story.blind else "",
        )  # fmt: skip


def _visits(story: Story) -> Iterator[Row]:
    """One row for each visit of everybody who was randomised: its window, what became of it, and why."""
    yield (
        "person", "site", *_arm_head(story), "slot", "visit", "kind", "due", "window_first", "window_last", "status",
        "on", "because", "entry", "rule", "origin",
    )  # fmt: skip
    for course, due in ((each, due) for each in _randomised(story) for due in each.visits):
        visit, window, record = due.visit, due.window, due.record
        yield (
            course.person, course.known.site, *_arm(story, course), due.slot, due.label, visit.kind if visit else "",
            *((_day(window.target), _day(window.first), _day(window.last)) if window else ("", "", "")), due.status,
            _day(record.on) if record and record.done else "", due.because,
            record.entry if record and record.entry else "",
            timing_words(visit, due.number) if visit else "",
            f"ours, not from {story.trial.acronym}" if visit and visit.ours else visit.source if visit else "",
        )  # fmt: skip


def _doses(story: Story) -> Iterator[Row]:
    """One row for each dose that was given, and one for each signed decision that held, stopped or reduced one."""
    yield (
        "person", "site", "arm", "dose", "what", "on", "level", "activity", "days", "time", "decided", "rules",
        "override", "entry",
    )  # fmt: skip
    for course in story.people:
        who = (course.person, course.known.site, course.group)
        rows: list[Row] = [
            (*who, dose.cycle, "given", _day(dose.on), dose.level.id if dose.level else "", dose.activity,
             "" if dose.days is None else dose.days, dose.time, dose.decided, "", dose.against, dose.entry)
            for dose in course.doses
        ]  # fmt: skip
        rows += [
            (*who, each.cycle, each.action, _day(each.on), "", "", "", "", each.action, " ".join(each.rules), "",
             each.entry)
            for each in course.decisions
        ]  # fmt: skip
        yield from sorted(rows, key=lambda row: (row[5], row[-1]))


def _deviations(story: Story) -> Iterator[Row]:
    """One row a deviation, with the entries of the ledger that show it."""
    yield "person", "site", *_arm_head(story), "on", "kind", "severity", "rule", "sentence", "entries"
    arms = {course.person: course for course in story.people}
    for each in story.deviations:
        yield (
            each.person, each.site, *_arm(story, arms[each.person]), _day(each.on), each.kind, each.severity, each.rule,
            each.sentence, " ".join(map(str, each.entries)),
        )  # fmt: skip


def _events(story: Story) -> Iterator[Row]:
    """One row an adverse event. Blind, without the investigator's word on causality: only one arm has a study drug."""
    words = story.trial.safety.ctcae
    yield (
        "person", "site", *_arm_head(story), "event", "began", "grade", *(() if story.blind else ("related",)),
        "serious", "outcome", "entry", "table",
    )  # fmt: skip
    for course, event in ((each, event) for each in story.people for event in each.events):
        yield (
            course.person, course.known.site, *_arm(story, course), event.label, _span(event.when),
            "" if event.grade is None else event.grade, *(() if story.blind else (_yes(event.related),)),
            _yes(event.serious), event.outcome, number_of(event.fact), f"CTCAE {words}" if words else "",
        )  # fmt: skip


# ---------------------------------------------------------------- cells
def _span(when: Span) -> str:
    """The day as the other tables write days; what is known in part only, in words."""
    return when.first.isoformat() if when.exact else span_text(when)


def _randomised(story: Story) -> Iterable[Course]:
    return (course for course in story.people if course.randomised is not None)


def _arm_head(story: Story) -> tuple[str, ...]:
    return () if story.blind else ("arm",)


def _arm(story: Story, course: Course) -> tuple[str, ...]:
    return () if story.blind else (course.group,)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _yes(truth: Truth) -> str:
    return {"true": "yes", "false": "no"}.get(truth.value, "not recorded")
