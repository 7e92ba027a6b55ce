"""Adverse events: who had any, by term and worst grade, and the worst grades of laboratory values; by arm."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from ...conduct.grades import worst_grades
from ...conduct.safety import AdverseEvent
from ...truth import TRUE
from ..story_courses import Course
from ..story_lanes import SEVERE
from ..story_safety import GRADES
from .cut import RANDOMISED, Cut
from .table import Cell, Column, Row, Table, cell, row

Event = Callable[[AdverseEvent], bool]
_ONCE: Final = "Each person counts once in a row, at the worst grade, in the arm allocated, treated or not."
Grades = tuple[tuple[str, str, tuple[int, ...]], ...]
_GRADES: Final[Grades] = (
    ("any", "any", (*GRADES, 0)), *((f"grade_{grade}", str(grade), (grade,)) for grade in GRADES),
)  # fmt: skip
_BY_NUMBER: Final = _GRADES[:-1]  # no number of a laboratory is a death


def adverse_tables(cut: Cut) -> tuple[Table, ...]:
    """The overview, events by term and grade, and laboratory values by grade."""
    return overview_table(cut), terms_table(cut), laboratory_table(cut)


def overview_table(cut: Cut) -> Table:
    """How many people had an adverse event, a severe one, a serious one."""
    kinds: dict[str, Event] = {
        "any adverse event": lambda event: True,
        f"one of grade {SEVERE} or more": lambda event: (event.grade or 0) >= SEVERE,
        "a serious one": lambda event: event.serious is TRUE,
        "a fatal one": lambda event: event.fatal is TRUE or event.grade == 5,
    }
    if not cut.blind:  # only one arm has a drug that an event could be related to
        kinds["one that the investigator calls related"] = lambda event: event.related is TRUE
        kinds[f"a related one of grade {SEVERE} or more"] = lambda event: (
            event.related is TRUE and (event.grade or 0) >= SEVERE
        )
    rows = [row(label, *cut.counted(_having(cut.people, kind))) for label, kind in kinds.items()]
    rows.append(row("events in all", *_events(cut)))
    return Table(
        "adverse_events_overview", "Adverse events: how many people had one", RANDOMISED, cut.stamp,
        cut.columns("People with"), tuple(rows if cut.people else ()), (_version(cut),), "Nobody was randomised.",
    )  # fmt: skip


def _having(people: Iterable[Course], kind: Event) -> list[str]:
    return [course.person for course in people if any(kind(event) for event in course.events)]


def _events(cut: Cut) -> Iterator[Cell]:
    numbers = [sum(len(course.events) for course in cut.of(group)) for group in cut.groups]
    yield from map(cell, numbers)
    if len(numbers) > 1:
        yield cell(sum(numbers))


def _version(cut: Cut) -> str:
    version = cut.trial.safety.ctcae
    return f"{_ONCE} Grades by CTCAE {version}." if version else _ONCE


# ---------------------------------------------------------------- by term
def _grade_columns(cut: Cut, first: str, grades: Grades) -> tuple[Column, ...]:
    sizes = zip(cut.groups, cut.sizes, strict=True)
    heads = [(cut.key(group), f"{group.label} (n = {size})") for group, size in sizes]
    numbered = [Column(f"{arm}_{key}", label, True, group) for arm, group in heads for key, label, _ in grades]
    return (Column("event", first, False), *numbered)


def terms_table(cut: Cut) -> Table:
    """For each kind of event how many people had it, by the worst grade, the commonest first."""
    common = Counter(label for course in cut.people for label in {event.label for event in course.events})
    rows = [
        row(label, *(each for group in cut.groups for each in _grades(cut.of(group), label)))
        for label, _ in sorted(common.items(), key=lambda each: (-each[1], each[0]))
    ]
    unknown = sum(event.grade is None for course in cut.people for event in course.events)
    notes = [_version(cut)]
    if unknown:
        notes.append(f"{unknown:,} events have no grade on record: they count as any grade only.")
    return Table(
        "adverse_events", "Adverse events by worst grade: people", RANDOMISED, cut.stamp,
        _grade_columns(cut, "Event", _GRADES), tuple(rows), tuple(notes), "No adverse event is recorded.",
    )  # fmt: skip


def _grades(people: Sequence[Course], label: str) -> Iterator[Cell]:
    worst = [
        max(event.grade or 0 for event in own)
        for course in people
        if (own := [event for event in course.events if event.label == label])
    ]
    for _, _, grades in _GRADES:
        number = sum(grade in grades for grade in worst)
        yield Cell(f"{number:,}" if number else "–", number)


# ---------------------------------------------------------------- laboratory values
def laboratory_table(cut: Cut) -> Table:
    """The worst grade of each graded laboratory value since the randomisation, by the numbers of the table alone."""
    trial = cut.trial
    worst: dict[str, dict[str, int]] = {}
    open_ = set[str]()
    for course in cut.people:
        found = worst_grades(course.known.facts, trial.gradings, trial.vocabulary, cut.cutoff, course.randomised)
        for each in found:
            worst.setdefault(each.concept, {})[course.person] = each.low
            open_ |= {each.concept} if each.low != each.high else set()
    rows: list[Row] = []
    for concept in (name for name in trial.gradings if name in worst):
        grades = worst[concept]
        cells = [
            each
            for group in cut.groups
            for each in _graded([grades[c.person] for c in cut.of(group) if c.person in grades])
        ]
        rows.append(row(trial.vocabulary[concept].label, *cells))
    notes = [
        "Graded by number alone, from the randomisation on: a grade by symptoms or a transfusion is not seen.",
        *(["Where a limit of normal is not on record, the least grade that is certain counts."] if open_ else []),
    ]
    return Table(
        "laboratory", "Laboratory values by worst grade: people", RANDOMISED, cut.stamp,
        _grade_columns(cut, "Value", _BY_NUMBER), tuple(rows), tuple(notes), "No graded laboratory value is recorded.",
    )  # fmt: skip


def _graded(worst: Sequence[int]) -> Iterator[Cell]:
    for key, _, grades in _BY_NUMBER:
        number = sum(grade in grades and (grade > 0 or key != "any") for grade in worst)
        yield Cell(f"{number:,}" if number else "–", number)
