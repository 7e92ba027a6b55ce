"""How facts lie in tables: each column of a row, and whom the tables cannot hold."""

from datetime import date
from typing import Any

import pytest

from equipoise.dates import Span
from equipoise.facts import NOTHING, Choice, Fact, ReferenceRange, Text, Value, record
from equipoise.quantities import Quantity, exactly
from equipoise.rules.tables import columns, place

from ...asking import WORDS, dated, span, vocabulary_of
from ...asking import fact as f

DAY = "2026-03-02"
PLAIN = {
    "key": 7, "n": 0, "none": False, "when_lo": DAY, "when_hi": DAY, "end_lo": None, "end_hi": None,
    "doubt": False, "beyond": False,
}  # fmt: skip


def at(concept: str, value: Value) -> Fact:
    return Fact("p", concept, value, span(DAY))


def row(fact: Fact) -> dict[str, Any]:
    """The one row of a fact."""
    (placed,) = place(7, [fact], WORDS)
    assert placed.row.keys() <= columns(WORDS[fact.concept]).keys()
    return dict(placed.row)


MEASURED = {"lo": "7.80", "hi": "7.80", "lo_open": False, "hi_open": False, "unit": "g/dL"}
ROWS = [
    (f("haemoglobin", "7.80 g/dL", DAY), MEASURED),
    (f("haemoglobin", "<8 g/dL", DAY), {**MEASURED, "lo": None, "hi": "8", "hi_open": True}),
    (f("haemoglobin", "7-9 g/dL", DAY), {**MEASURED, "lo": "7", "hi": "9"}),
    (at("haemoglobin", exactly("1E+3", "g/L")), {**MEASURED, "lo": "1000", "hi": "1000", "unit": "g/L"}),
    (f("haemoglobin", "7.80 g/dL", DAY, doubt="preliminary"), {**MEASURED, "doubt": True}),
    (at("haemoglobin", Text("low")), {}),  # no number: no unit
    (f("haemoglobin", "none!", DAY), {"none": True}),
    (f("pregnancy_test", "negative", DAY), {"answers": "negative"}),
    (f("pregnancy_test", "positive+negative", DAY), {"answers": "negative|positive"}),
    (at("pregnancy_test", Choice(frozenset())), {"answers": None}),
    (f("allergy", "none!", DAY), {"answers": "no"}),  # a yes/no question: none is its answer
    (dated("surgery", "2026-04", DAY), {"value_lo": "2026-04-01", "value_hi": "2026-04-30"}),
    (f("treatment", {"kind": "chemotherapy"}, DAY, "2026-04-01..2026-05-01"),
     {"end_lo": "2026-04-01", "end_hi": "2026-05-01", "f_kind": "chemotherapy"}),
    (f("treatment", {}, DAY, "on"), {"end_lo": "9999-12-31", "end_hi": "9999-12-31"}),
    (f("treatment", {}, ""), {"when_lo": "0001-01-01", "when_hi": "9999-12-31"}),
    (f("scan", {"elsewhere": "nodes+bone"}, DAY), {"f_elsewhere": "bone|nodes"}),
    (f("operation", {"ki67": "<2 %"}, DAY),
     {"f_ki67_lo": None, "f_ki67_hi": "2", "f_ki67_lo_open": False, "f_ki67_hi_open": True, "f_ki67_unit": "%"}),
    (at("operation", record(ki67=Text("low"), residual=Text("?"))), {"f_ki67_unit": "", "f_residual": ""}),
    (f("remark", Text("it's so"), DAY), {}),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "more"), ROWS)
def test_a_row(fact: Fact, more: dict[str, Any]) -> None:
    assert row(fact) == PLAIN | more


LIMITS = [
    ("2 mg/dL", "0.3 mg/dL", "1.2 mg/dL", {"ref_low": "0.300000000000", "ref_high": "1.200000000000"}),
    ("20 mg/L", "0.3 mg/dL", "", {"ref_low": "3.000000000000"}),  # in the unit of the value
    ("2 mg/dL", "", "17 umol/L", {}),  # no molar mass of bilirubin: perhaps the rule's concept has one
]


@pytest.mark.parametrize(("value", "low", "high", "limits"), LIMITS)
def test_the_laboratorys_own_limits(value: str, low: str, high: str, limits: dict[str, str]) -> None:
    found = row(f("bilirubin", value, DAY, low=low, high=high))
    assert {name: cell for name, cell in found.items() if name.startswith("ref_")} == limits
    assert found["beyond"] is (high == "17 umol/L")


def _range(low: Quantity | None = None, high: Quantity | None = None) -> Fact:
    return Fact("p", "creatinine", exactly(1, "mg/dL"), span(DAY), reference=ReferenceRange(low, high))


BEYOND = {
    "more decimals than the columns have": at("haemoglobin", exactly("7.1234567890123", "g/dL")),
    "a number that is too large": at("haemoglobin", exactly(10**15, "g/dL")),
    "an open bound that is too large": at("haemoglobin", Quantity(exactly("-1E+15", "").lo, None, "g/dL")),
    "a limit of normal that is an interval": _range(high=Quantity(exactly(1, "").lo, exactly(2, "").lo, "mg/dL")),
    "a limit of normal by way of a molar mass": _range(high=exactly(100, "umol/L")),
    "a limit of normal that does not end as a decimal": Fact(
        "p", "weight", exactly(1, "[lb_av]"), span(DAY), reference=ReferenceRange(None, exactly(1, "kg"))
    ),
    "an answer with the sign between answers": f("pregnancy_test", Choice(frozenset(["a|b"])), DAY),
    "an empty answer": f("scan", {"liver": Choice(frozenset([""]))}, DAY),
    "a record that is none": at("operation", Text("done")),
    "a record with a range of normal": Fact("p", "operation", record(), span(DAY), reference=ReferenceRange()),
}  # fmt: skip


@pytest.mark.parametrize("what", BEYOND)
def test_what_the_tables_cannot_hold_is_left_to_the_reference(what: str) -> None:
    assert row(BEYOND[what])["beyond"] is True


def test_numbers_at_the_edge_are_held() -> None:
    for number in ("999999999999999.999999999999", "-999999999999999.999999999999", "7.1000000000000000", "0E-20"):
        assert row(at("haemoglobin", exactly(number, "g/dL")))["beyond"] is False


def test_facts_that_stand_each_once() -> None:
    wrong = f("haemoglobin", "70 g/dL", DAY, id="a")
    right = f("haemoglobin", "7 g/dL", DAY, id="b", supersedes="a")
    later = f("haemoglobin", "8 g/dL", "2100-01-01")  # it stands for whoever asks then
    strange = at("blood_pressure", exactly(120, "mm[Hg]"))
    placed = list(place(3, [wrong, right, right, strange, later], WORDS))
    assert [(each.concept, each.row["n"], each.row["lo"]) for each in placed] == [
        ("haemoglobin", 0, "7"), ("haemoglobin", 2, "8"),
    ]  # fmt: skip
    assert [each.fact for each in placed] == [right, later]


def test_days_outside_the_calendar_are_held_within() -> None:
    assert row(Fact("p", "remark", Text(""), Span(-3, date.max.toordinal() + 9)))["when_lo"] == "0001-01-01"
    assert row(Fact("p", "remark", NOTHING, Span(-3, date.max.toordinal() + 9)))["when_hi"] == "9999-12-31"


def test_the_columns_of_each_kind() -> None:
    words = vocabulary_of("""
[visit]
label = "visit"
kind = "record"
[visit.fields.order]
label = "order"
kind = "choice"
answers = { a = "a" }
[visit.fields.begun]
label = "begun"
kind = "date"
""")
    assert list(columns(words["visit"]))[-3:] == ["f_order", "f_begun_lo", "f_begun_hi"]
    assert list(columns(WORDS["haemoglobin"]))[9:] == ["lo", "hi", "lo_open", "hi_open", "unit", "ref_low", "ref_high"]
    assert list(columns(WORDS["remark"]))[9:] == []
