"""The baseline table: what people were like on the day of their randomisation, by arm."""

from collections.abc import Mapping
from typing import Final

from ...analysis.baseline import Summary, Value, concept_of_variable, summary, values_of
from ...protocol.comparisons import Baseline
from ..story_words import capital_text
from ..words import listed
from .cut import RANDOMISED, Cut
from .numbers import number_text
from .table import Cell, Row, Table, counts, heading, row

_FEW: Final = 6  # so many different whole numbers are counted one by one
_NO_TEST: Final = "No p-values: groups made by chance differ by chance (CONSORT 2025)."


def baseline_table(cut: Cut) -> Table:
    """Each variable of the plan: median, quartiles and range of numbers, people of answers."""
    columns = cut.columns("Characteristic")
    rows: list[Row] = []
    for variable in cut.trial.analysis.baseline:
        rows += _rows(cut, variable, len(columns)) if cut.people else []
    ours = all(each.origin.ours for each in cut.trial.analysis.baseline)
    notes = [strata_note(cut), "As on the day of the randomisation, by what is known now."]
    notes += [] if cut.blind else [_NO_TEST]
    if ours:
        notes.append(f"Which characteristics are shown is ours, not from {cut.trial.acronym}.")
    return Table(
        "baseline", "Baseline characteristics", RANDOMISED, cut.stamp, columns, tuple(rows), tuple(filter(None, notes)),
        "Nobody was randomised.",
    )  # fmt: skip


def _rows(cut: Cut, variable: Baseline, columns: int) -> list[Row]:
    """A heading with the variable's name, and the rows below it."""
    found = _summaries(cut, variable)
    decimals = _decimals(found[""])
    label = capital_text(variable.label)
    rows = [heading(label, columns)]
    if any(each.median is not None for each in found.values()):
        rows.append(row("median (quartiles)", *(_quartiles(each, decimals) for each in found.values()), deep=1))
        rows.append(row("range", *(_range(each, decimals) for each in found.values()), deep=1))
    for answer in [name for name, number in found[""].counts if number]:
        numbers = [(dict(each.counts).get(answer, 0), each.known) for each in found.values()]
        rows.append(row(answer, *(counts(number, known) for number, known in numbers), deep=1))
    if found[""].missing:
        rows.append(row("not known", *(_missing(each) for each in found.values()), deep=1))
    return rows


def _summaries(cut: Cut, variable: Baseline) -> Mapping[str, Summary]:
    """group -> what it is like, in the order of the columns; "" is everybody."""
    concept = concept_of_variable(cut.trial, variable)
    values = values_of(cut.trial, (course.known for course in cut.people), variable)
    if concept.whole and len({each.number for each in values.values()}) <= _FEW:
        values = {person: _as_answer(each) for person, each in values.items()}
    groups = {group.id: [values[course.person] for course in cut.of(group)] for group in cut.groups}
    return {name: summary(own, concept) for name, own in {**groups, "": list(values.values())}.items()}


def _as_answer(value: Value) -> Value:
    """A whole number that has few values, such as a performance status, is counted rather than averaged."""
    return value if value.number is None else Value(answer=f"{value.number:.0f}")


def _decimals(found: Summary) -> int:
    """One decimal, unless the numbers are whole or large."""
    ends = [*(found.extremes or ()), *(found.quartiles or ())]
    return 0 if all(end == int(end) for end in ends) or max(map(abs, ends), default=0) >= 100 else 1


def _quartiles(each: Summary, decimals: int) -> Cell:
    if each.median is None or each.quartiles is None:
        return Cell("–", None)
    low, high = (number_text(end, decimals) for end in each.quartiles)
    return Cell(f"{number_text(each.median, decimals)} ({low} to {high})", each.median)


def _range(each: Summary, decimals: int) -> Cell:
    if each.extremes is None:
        return Cell("–", None)
    low, high = (number_text(end, decimals) for end in each.extremes)
    return Cell(f"{low} to {high}", f"{low} to {high}")


def _missing(each: Summary) -> Cell:
    return counts(each.missing, each.known + each.missing)


def strata_note(cut: Cut) -> str:
    """By which factors the allocation was stratified; "" where by none."""
    factors = [factor.label for factor in cut.trial.allocation.factors]
    return f"The allocation was stratified by {listed(factors)}." if factors else ""
