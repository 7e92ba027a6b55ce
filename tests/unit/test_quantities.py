"""Numbers with units: exact, as intervals, across units."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.quantities import (
    UNITS,
    Quantity,
    compare,
    converted,
    decimal_text,
    exactly,
    factor,
    number_text,
    read_decimal,
    rounded,
)  # fmt: skip
from equipoise.truth import FALSE, TRUE, UNKNOWN, Truth

from ..asking import quantity

COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")


def against(value: Quantity, comparison: str, limit: Quantity, mass: Fraction | None = None) -> Truth:
    assert limit.lo is not None
    return compare(value, comparison, limit.lo, factor(value.unit, limit.unit, mass))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("value", "comparison", "limit", "truth"),
    [
        ("8.0 g/dL", "<", "8.0 g/dL", FALSE),  # strict is strict
        ("7.99 g/dL", "<", "8.0 g/dL", TRUE),
        ("90 g/L", ">=", "8 g/dL", TRUE),  # elsewhere: 9 >= 8 told false for want of conversion
        ("100 10*3/uL", ">=", "75 10*9/L", TRUE),
        ("75 10*3/uL", "<", "75 10*9/L", FALSE),
        ("2000 /mm3", "<", "2 10*9/L", FALSE),
        ("0.2 1", "<", "20 %", FALSE),
        ("20 %", "<=", "20 %", TRUE),
        ("200 mCi", "=", "7.4 GBq", TRUE),
        ("<2 %", "<", "2 %", TRUE),
        ("<2 %", "<", "1 %", UNKNOWN),
        ("<2 %", ">=", "2 %", FALSE),
        ("<=2 %", "<", "2 %", UNKNOWN),
        (">20 %", "<=", "20 %", FALSE),
        (">20 %", "<", "25 %", UNKNOWN),
        (">=20 %", "<", "20 %", FALSE),
        ("5-10 %", "<", "20 %", TRUE),
        ("5-20 %", "<", "20 %", UNKNOWN),
        ("5-20 %", "<=", "20 %", TRUE),
        ("20-25 %", "<", "20 %", FALSE),
        ("20-25 %", "=", "20 %", UNKNOWN),
        ("20-25 %", "!=", "19 %", TRUE),
        (">20 %", "=", "20 %", FALSE),
    ],
)
def test_comparisons(value: str, comparison: str, limit: str, truth: Truth) -> None:
    assert against(quantity(value), comparison, quantity(limit)) is truth


def test_three_times_a_limit_is_exact() -> None:
    """In binary floats 3 x 1.2 is 3.5999...: a bilirubin of 3.6 would be above three times a limit of 1.2."""
    assert 3 * 1.2 != 3.6
    assert compare(exactly("3.6", "mg/dL"), ">", Decimal("1.2") * 3) is FALSE


def test_a_molar_limit_is_exact_on_both_sides() -> None:
    mass = Fraction(16114)
    assert against(quantity("8.057 g/dL"), "<", quantity("5.0 mmol/L"), mass) is FALSE  # 8.057 g/dL is 5.0 mmol/L
    assert against(quantity("8.0569999 g/dL"), "<", quantity("5.0 mmol/L"), mass) is TRUE
    assert against(quantity("5.0 mmol/L"), "=", quantity("8.057 g/dL"), mass) is TRUE


def test_more_digits_than_a_decimal_context_holds() -> None:
    value = exactly("7." + "9" * 60, "g/dL")
    assert compare(value, "<", Decimal(80), factor("g/dL", "g/L")) is TRUE


@given(
    st.decimals(-100, 100, places=3), st.decimals(-100, 100, places=3), st.sampled_from(COMPARISONS),
    st.fractions(Fraction(1, 1000), 1000),
)  # fmt: skip
def test_exact_numbers_compare_as_fractions_do(value: Decimal, limit: Decimal, comparison: str, by: Fraction) -> None:
    one, other = Fraction(value) * by, Fraction(limit)
    holds = {
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
        "=": one == other,
        "!=": one != other,
    }
    assert compare(exactly(value, "1"), comparison, limit, by) is (TRUE if holds[comparison] else FALSE)  # pyright: ignore


@given(st.data())
def test_an_interval_is_decided_when_all_its_numbers_are(data: st.DataObject) -> None:
    low = data.draw(st.none() | st.integers(-3, 3))
    high = data.draw(st.none() | st.integers(low if low is not None else -3, 4))
    lo_open, hi_open = data.draw(st.booleans()), data.draw(st.booleans())
    limit, comparison = data.draw(st.integers(-3, 4)), data.draw(st.sampled_from(COMPARISONS))
    if low is not None and low == high:
        lo_open = hi_open = False
    value = Quantity(
        None if low is None else Decimal(low), None if high is None else Decimal(high), "1", lo_open, hi_open
    )
    halves = [Fraction(n, 4) for n in range(-40, 41)]
    inside = [
        n
        for n in halves
        if (low is None or n > low or (n == low and not lo_open))
        and (high is None or n < high or (n == high and not hi_open))
    ]
    outcomes = {compare(exactly(Decimal(n.numerator) / n.denominator, "1"), comparison, Decimal(limit)) for n in inside}
    expected = outcomes.pop() if len(outcomes) == 1 else UNKNOWN
    assert compare(value, comparison, Decimal(limit)) is expected


@pytest.mark.parametrize(
    ("value", "into", "expected"),
    [
        ("90 g/L", "g/dL", "9"),
        ("100 10*3/uL", "10*9/L", "100"),
        ("2000 /mm3", "10*9/L", "2"),
        ("1.7 L", "mL", "1700"),
        ("7.4 GBq", "mCi", "200"),
        ("0.2 1", "%", "20"),
        ("1.5 ug/mL", "mg/L", "1.5"),
    ],
)
def test_conversion(value: str, into: str, expected: str) -> None:
    found = converted(quantity(value), into)
    assert found is not None and found.exact and found.lo == Decimal(expected) and found.unit == into


@pytest.mark.parametrize(
    ("unit", "into"), [("g/dL", "mmol/L"), ("mg", "mL"), ("s", "{INR}"), ("%", "s"), ("nothing", "g/dL")]
)
def test_what_does_not_convert(unit: str, into: str) -> None:
    assert factor(unit, into) is None
    assert converted(exactly(1, unit), into) is None


def test_factors_go_there_and_back() -> None:
    mass = Fraction(180156, 1000)
    for unit, into in product(UNITS, UNITS):
        there, back = factor(unit, into, mass), factor(into, unit, mass)
        assert (there is None) == (back is None)
        assert there is None or back is None or there * back == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7.8", "7.8"),
        ("7,8", "7.8"),
        (" 12 ", "12"),
        ("0,123", "0.123"),
        ("-0,5", "-0.5"),
        ("+3", "3"),
        ("1e3", "1000"),
    ],
)
def test_numbers_are_read_exactly(text: str, number: str) -> None:
    assert read_decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "nan",
        "sNaN",
        "inf",
        "-Infinity",
        "1,234",
        "1.234,5",
        "1,234,567",
        "1_000",
        "abc",
        "7.8 g/dL",
        "--3",
        "1e999999",
    ],
)
def test_what_is_no_number_or_two_is_refused(text: str) -> None:
    assert read_decimal(text) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("7.80 g/dL", "7.80 g/dL"),
        ("<2 %", "<2 %"),
        ("<=2 %", "≤2 %"),
        (">20 %", ">20 %"),
        (">=20 %", "≥20 %"),
        ("5-10 %", "5–10 %"),
        ("100 10*9/L", "100 × 10⁹/L"),
    ],
)
def test_quantities_as_people_write_them(value: str, text: str) -> None:
    assert str(quantity(value)) == text


def test_an_unbounded_number_has_words_too() -> None:
    assert number_text(Quantity(None, None, "%")) == "any number"
    assert decimal_text(Decimal("1E+3")) == "1000"


def test_rounding_is_for_showing_only() -> None:
    shown = [number_text(rounded(exactly(number, "g/dL"))) for number in ("8.0573", "150.31", "0.012345", "0")]
    assert shown == ["8.06", "150", "0.0123", "0"]
