"""How much of the treatment was given, and how it was changed; for the arms that have one."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from ...facts import is_record
from ...quantities import Quantity, converted
from ..story_courses import Course, Dose
from .cut import Cut
from .numbers import number_text
from .table import Cell, Column, Row, Table, cell, counts, heading, row

POPULATION: Final = "Everybody allocated to {0}"
GIGABECQUEREL: Final = "GBq"


def exposure_table(cut: Cut) -> Table | None:
    """Doses and activity of the people whose arm is treated; None where arms are hidden, or no arm is treated."""
    treated = [group for group in cut.groups if group.id in cut.trial.treatment.arms]
    if not treated:
        return None
    people = [course for group in treated for course in cut.of(group)]
    columns = (Column("what", "Treatment", False), Column("people", f"{treated[0].id} (n = {len(people)})"))
    cycles = len(cut.trial.treatment.cycles)
    rows = [heading("Doses given, of each person", 2)]
    rows += [
        row(_doses(number, cycles), counts(sum(len(each.doses) == number for each in people), len(people)), deep=1)
        for number in range(cycles, -1, -1)
    ]
    rows += _of_doses([dose for each in people for dose in each.doses])
    rows += _activity(people)
    rows += _changes(people)
    return Table(
        "exposure", f"Exposure to {cut.trial.treatment.label}", POPULATION.format(treated[0].label), cut.stamp, columns,
        tuple(rows), empty="Nobody was allocated to the treatment.",
    )  # fmt: skip


def _doses(number: int, of: int) -> str:
    return {0: "none", 1: "1 dose"}.get(number, f"{number} doses") + (", as planned" if number == of else "")


def _of_doses(doses: Sequence[Dose]) -> list[Row]:
    total = len(doses)
    kinds = {
        "reduced": sum(not dose.full for dose in doses),
        "within its window": sum(dose.time == "in time" for dose in doses),
        "within a window extended for a toxicity": sum(dose.time == "extended" for dose in doses),
        "outside its window": sum(dose.time in ("early", "late") for dose in doses),
        "by an override of the rules": sum(bool(dose.against) for dose in doses),
    }
    found = [heading("Doses", 2), row("given", cell(total), deep=1)]
    return [*found, *(row(label, counts(number, total), deep=1) for label, number in kinds.items())]


def _activity(people: Iterable[Course]) -> list[Row]:
    """The cumulative activity of those who got any."""
    sums = [total for each in people if (total := cumulative(each)) is not None]
    found = [heading(f"Cumulative activity ({GIGABECQUEREL}), of those given any", 2)]
    if not sums:
        return [*found, row("median (range)", Cell("–", None), deep=1)]
    text = f"{number_text(median(sums))} ({number_text(min(sums))} to {number_text(max(sums))})"
    return [*found, row("median (range)", Cell(text, round(median(sums), 6)), deep=1)]


def cumulative(course: Course) -> float | None:
    """The activity that somebody got, in GBq: as recorded, else that of the dose's level; None without a dose."""
    if not course.doses:
        return None
    facts = {fact.id: fact for fact in course.known.facts}
    return sum(_given(dose, facts.get(f"L{dose.entry}")) for dose in course.doses)


def _given(dose: Dose, fact: object) -> float:
    value = getattr(fact, "value", None)
    recorded = value.get("activity") if value is not None and is_record(value) else None
    planned = dose.level.activity if dose.level is not None else None
    for quantity in (recorded, planned):
        if isinstance(quantity, Quantity) and quantity.lo is not None:
            into = converted(quantity, GIGABECQUEREL)
            if into is not None and into.lo is not None:
                return float(into.lo)
    return 0.0


def _changes(people: Sequence[Course]) -> list[Row]:
    held = sum(any(each.action == "hold" for each in course.decisions) for course in people)
    stopped = sum(any(each.action == "stop" for each in course.decisions) for course in people)
    return [
        heading("Decisions by the rules, of people", 2),
        row("a dose was held", counts(held, len(people)), deep=1),
        row("the treatment was stopped", counts(stopped, len(people)), deep=1),
    ]
