"""What one fact says, as SQL that an auditor can read, and what it says of a row."""

from decimal import Decimal

import pytest

from equipoise.rules.nodes import Change, Compare, Grade, Is, Look, Moment, Normal, OwnLimit, Rule
from equipoise.rules.sql import values

from ....asking import WORDS, rule
from ....asking import fact as f
from .asking import told

DAY = "2026-05-30"


def sql(text: str) -> str:
    """The expression of a rule about one number."""
    asked = rule(text)
    assert isinstance(asked, Compare | Normal | Grade)
    return values.measured(asked, values.bounds_of("", limits=True), WORDS[asked.look.concept])


def test_a_limit() -> None:
    assert sql("ecog <= 1") == (
        "CASE WHEN unit IN ('{score}') THEN "
        "CASE WHEN lo > 1.0 OR (lo = 1.0 AND lo_open) THEN 0 WHEN hi <= 1.0 THEN 2 ELSE 1 END ELSE 1 END"
    )


def test_a_limit_in_every_unit() -> None:
    found = sql("platelets < 75 10*9/L")
    below = "CASE WHEN hi < {0} OR (hi = {0} AND hi_open) THEN 2 WHEN lo >= {0} THEN 0 ELSE 1 END"
    assert found.startswith("CASE WHEN unit IN ('10*9/L', '10*3/uL', '/nL') THEN " + below.format("75.0") + " WHEN")
    assert f"WHEN unit IN ('/uL', '/mm3') THEN {below.format('75000.0')} " in found.replace("'10*6/L', '10*3/mL', ", "")
    assert "g/L" not in found.replace("10*", "")


def test_a_limit_stated_in_two_units() -> None:
    """The unit of the report decides; from any other unit both must say the same."""
    found = sql("haemoglobin < 5.0 mmol/L (8.0 g/dL)")
    below = "CASE WHEN hi < {0} OR (hi = {0} AND hi_open) THEN 2 WHEN lo >= {0} THEN 0 ELSE 1 END"
    molar, mass = below.format("80.57"), below.format("80.0")  # 5 mmol/L of 16114 g/mol are 80.57 g/L
    assert found.startswith(
        f"CASE WHEN unit IN ('mmol/L') THEN {below.format('5.0')} WHEN unit IN ('g/dL') THEN {below.format('8.0')} "
        f"WHEN unit IN ('g/L', 'mg/mL') THEN CASE WHEN {molar} = {mass} THEN {molar} ELSE 1 END WHEN"
    )
    # A limit that does not end as a decimal: the nearest number on either side stands for it.
    assert "CASE WHEN hi < 0.004964627033 THEN 2 WHEN lo >= 0.004964627033 THEN 0 ELSE 1 END" in found


def test_the_laboratorys_own_limits() -> None:
    assert sql("bilirubin > 3 x ULN") == (
        "CASE WHEN lo > (ref_high * 3.0) OR (lo = (ref_high * 3.0) AND lo_open) THEN 2 "
        "WHEN hi <= (ref_high * 3.0) THEN 0 ELSE 1 END"
    )
    assert sql("bilirubin is normal") == (
        "least(CASE WHEN hi < ref_low OR (hi = ref_low AND hi_open) THEN 0 WHEN lo >= ref_low THEN 2 ELSE 1 END, "
        "CASE WHEN lo > ref_high OR (lo = ref_high AND lo_open) THEN 0 WHEN hi <= ref_high THEN 2 ELSE 1 END)"
    )


def test_equality_with_what_may_not_be_on_record() -> None:
    assert sql("bilirubin = 1 x ULN") == (
        "CASE WHEN (ref_high * 1.0) IS NULL THEN 1 WHEN lo = hi AND lo = (ref_high * 1.0) THEN 2 "
        "WHEN lo = hi OR hi < (ref_high * 1.0) OR (hi = (ref_high * 1.0) AND hi_open) "
        "OR lo > (ref_high * 1.0) OR (lo = (ref_high * 1.0) AND lo_open) THEN 0 ELSE 1 END"
    )


def test_an_answer() -> None:
    asked = rule("site is lung")
    assert isinstance(asked, Is)
    assert values.among("answers", asked, WORDS["site"], ()) == (
        "CASE WHEN answers IN ('lung') THEN 2 WHEN answers IN ('', 'unclear') OR answers IS NULL THEN 1 "
        "WHEN contains(answers, '|') THEN CASE "
        "WHEN contains(concat('|', answers, '|'), '|unclear|') THEN 1 "
        "WHEN NOT (replace(replace(concat('|', answers, '|'), '|lung|', '|'), '|unclear|', '|') <> '|') THEN 2 "
        "WHEN NOT (contains(concat('|', answers, '|'), '|lung|')) THEN 0 ELSE 1 END ELSE 0 END"
    )


GRADES = [
    ("platelets grade >= 2", "74 10*9/L", "TRUE"),
    ("platelets grade >= 2", "75 10*9/L", "FALSE"),
    ("platelets grade = 2", "60 10*9/L", "TRUE"),
    ("platelets grade = 2", "40 10*9/L", "FALSE"),
    ("platelets grade != 2", "40000 /uL", "TRUE"),
    ("platelets grade <= 1", "70-80 10*9/L", "UNKNOWN"),
    ("platelets grade > 4", "1 10*9/L", "FALSE"),
    ("platelets grade < 0", "1 10*9/L", "FALSE"),
    ("platelets grade >= 0", "yes", "UNKNOWN"),  # no number has no grade, not even 0
]


@pytest.mark.parametrize(("text", "value", "truth"), GRADES)
def test_grades(text: str, value: str, truth: str) -> None:
    assert told(text, [f("platelets", value, DAY)]) == [truth]


LONG = Decimal("1.000000001")
FACTORS: list[tuple[Rule, bool]] = [
    (Compare(Look("bilirubin"), ">", OwnLimit(Decimal("1.33333"), "ULN")), True),
    (Compare(Look("bilirubin"), ">", OwnLimit(Decimal("1234567.5"), "ULN")), True),
    (Compare(Look("bilirubin"), ">", OwnLimit(LONG, "ULN")), False),
    (Compare(Look("bilirubin"), ">", OwnLimit(Decimal(10**9), "ULN")), False),
    (Compare(Look("bilirubin"), ">", OwnLimit(Decimal("1" + "0" * 30 + "E-30"), "ULN")), True),  # it is 1
    (Compare(Look("bilirubin"), ">", OwnLimit(Decimal("1." + "0" * 30 + "1"), "ULN")), False),
    (Change(Look("bilirubin"), "rises", ">", Decimal("33.3"), Moment("today")), True),
    (Change(Look("bilirubin"), "rises", ">", LONG, Moment("today")), False),
    (rule("ecog <= 1"), True),
]


@pytest.mark.parametrize(("asked", "fits"), FACTORS)
def test_which_factors_keep_all_digits_of_a_product(asked: Rule, fits: bool) -> None:
    assert values.fits_of(asked) is fits
