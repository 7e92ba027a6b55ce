"""The words of SQL: literals, and joints without what never matters."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.rules.sql.text import all_of, any_of, case, day, greatest, least, negated, number, rounded, word, words


def test_literals() -> None:
    assert day(date(1, 1, 1).toordinal()) == "DATE '0001-01-01'"
    assert word("it's") == "'it''s'"
    assert words(["a", "b'"]) == "'a', 'b'''"
    assert [number(Decimal(text)) for text in ("8", "8.50", "1E+3", "-0.5")] == ["8.0", "8.5", "1000.0", "-0.5"]


ROUNDED = [
    (Fraction(8), "8.0", "8.0", True),
    (Fraction(1, 3), "0.333333333334", "0.333333333333", False),
    (Fraction(-1, 3), "-0.333333333333", "-0.333333333334", False),
    (Fraction(10**20), "1000000000000000.0", "1000000000000000.0", False),  # no number of the tables reaches it
]


@pytest.mark.parametrize(("value", "above", "below", "exact"), ROUNDED)
def test_the_nearest_number_that_the_tables_can_hold(value: Fraction, above: str, below: str, exact: bool) -> None:
    assert (rounded(value, up=True), rounded(value, up=False)) == ((above, exact), (below, exact))


def test_a_case_without_what_never_matters() -> None:
    assert case([("a", "1"), ("b", "2")], "0") == "CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 0 END"
    assert case([("FALSE", "1"), ("b", "2")], "0") == "CASE WHEN b THEN 2 ELSE 0 END"
    assert case([("a", "1"), ("TRUE", "2"), ("b", "0")], "0") == "CASE WHEN a THEN 1 ELSE 2 END"
    assert case([("a", "1"), ("b", "0")], "0") == "CASE WHEN a THEN 1 ELSE 0 END"
    assert case([("FALSE", "1")], "0") == "0"


def test_joints_of_conditions() -> None:
    assert all_of(["a", "TRUE", "b OR c"]) == "a AND (b OR c)"
    assert any_of(["a AND b", "FALSE", "c"]) == "(a AND b) OR c"
    assert (all_of(["a", "FALSE"]), any_of(["a", "TRUE"]), all_of([]), any_of([])) == ("FALSE", "TRUE", "TRUE", "FALSE")


def test_joints_of_truths() -> None:
    assert (negated("2"), negated("1"), negated("x")) == ("0", "1", "(2 - x)")
    assert (least(["a"]), least(["a", "b"]), greatest(["a", "b"])) == ("a", "least(a, b)", "greatest(a, b)")
