"""Grades of drawn values: monotone, the same in every unit, and what the rule language says of every grade."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from equipoise.conduct.grades import grade_of
from equipoise.dates import on_day
from equipoise.facts import Fact, ReferenceRange
from equipoise.protocol.gradings import Grading
from equipoise.protocol.load import load_trial
from equipoise.quantities import Quantity, converted, exactly
from equipoise.rules.case import build_case
from equipoise.rules.evaluate import evaluate
from equipoise.rules.nodes import Grade, Look
from equipoise.truth import FALSE, TRUE, UNKNOWN

NELMAS = load_trial("nelmas")
WORDS = NELMAS.vocabulary
ON = date(2026, 6, 1)
TABLES = [table for tables in NELMAS.grading_versions.values() for table in tables.values()]
# The other units in which a concept's values are reported, in which every decimal of ours stays a decimal.
OTHER_UNITS = {
    "platelets": ("10*3/uL", "/uL"), "neutrophils": ("10*3/uL", "/uL"), "white_cells": ("10*3/uL",),
    "lymphocytes": ("10*3/uL",), "bilirubin": ("mg/L",), "creatinine": ("mg/L",),
}  # fmt: skip
LOW = {"bilirubin", "creatinine"}  # graded upwards: the higher, the worse


def numbers(concept: str) -> st.SearchStrategy[Decimal]:
    """Values of which most lie about the steps of the tables, with one decimal more than the limits have."""
    top = {"platelets": 20000, "haemoglobin": 2000}.get(concept, 1000)
    return st.integers(0, top).map(lambda n: Decimal(n) / 100)


@st.composite
def values(draw: DrawFn, concept: str) -> Quantity:
    unit = WORDS[concept].unit
    one, other = sorted([draw(numbers(concept)), draw(numbers(concept))])
    kind = draw(st.sampled_from(["exact", "exact", "between", "below", "above"]))
    match kind:
        case "exact":
            return exactly(one, unit)
        case "between":
            return Quantity(one, other, unit)
        case "below":
            return Quantity(None, one, unit, hi_open=draw(st.booleans()))
        case _:
            return Quantity(one, None, unit, lo_open=draw(st.booleans()))


@st.composite
def ranges(draw: DrawFn, concept: str) -> ReferenceRange | None:
    if draw(st.booleans()):
        return None
    low, high = sorted([draw(numbers(concept)), draw(numbers(concept))])
    unit = WORDS[concept].unit
    return ReferenceRange(
        exactly(low, unit) if draw(st.booleans()) else None, exactly(high, unit) if draw(st.booleans()) else None
    )


@st.composite
def graded_facts(draw: DrawFn) -> tuple[Fact, Grading]:
    table = draw(st.sampled_from(TABLES))
    value, reference = draw(values(table.concept)), draw(ranges(table.concept))
    return Fact("p", table.concept, value, on_day(ON), reference=reference), table


@given(graded_facts())
def test_the_grade_says_what_the_rule_language_says_of_every_grade(drawn: tuple[Fact, Grading]) -> None:
    fact, table = drawn
    graded = grade_of(fact, table, WORDS)
    case = build_case([fact], ON, WORDS)
    for number in range(7):
        truth = evaluate(Grade(Look(fact.concept), ">=", number, table.steps), case).truth
        assert truth is (TRUE if number <= graded.low else FALSE if number > graded.high else UNKNOWN)


@given(graded_facts(), st.data())
def test_a_worse_value_has_no_lower_grade(drawn: tuple[Fact, Grading], data: st.DataObject) -> None:
    fact, table = drawn
    one, other = sorted([data.draw(numbers(fact.concept)), data.draw(numbers(fact.concept))])
    better, worse = (one, other) if fact.concept in LOW else (other, one)
    unit = WORDS[fact.concept].unit
    first, second = (
        grade_of(Fact("p", fact.concept, exactly(number, unit), on_day(ON), reference=fact.reference), table, WORDS)
        for number in (better, worse)
    )
    assert first.low <= second.low and first.high <= second.high


@given(graded_facts(), st.data())
def test_another_unit_leaves_the_grade(drawn: tuple[Fact, Grading], data: st.DataObject) -> None:
    fact, table = drawn
    if fact.concept not in OTHER_UNITS:
        return  # haemoglobin's limits are stated in two units, which disagree at their edge: see rules
    assert isinstance(fact.value, Quantity)
    unit = data.draw(st.sampled_from(OTHER_UNITS[fact.concept]))
    value = converted(fact.value, unit, WORDS[fact.concept].molar_mass)
    assert value is not None
    other = Fact("p", fact.concept, value, on_day(ON), reference=fact.reference)
    one, two = grade_of(fact, table, WORDS), grade_of(other, table, WORDS)
    assert (one.low, one.high) == (two.low, two.high)


@given(graded_facts())
def test_a_narrower_value_never_leaves_the_grades_of_a_wider_one(drawn: tuple[Fact, Grading]) -> None:
    fact, table = drawn
    assert isinstance(fact.value, Quantity)
    wide = grade_of(fact, table, WORDS)
    for number in (fact.value.lo, fact.value.hi):
        is_open = fact.value.lo_open if number == fact.value.lo else fact.value.hi_open
        if number is None or is_open:
            continue
        exact = Fact("p", fact.concept, exactly(number, fact.value.unit), on_day(ON), reference=fact.reference)
        graded = grade_of(exact, table, WORDS)
        assert wide.low <= graded.low and graded.high <= wide.high
