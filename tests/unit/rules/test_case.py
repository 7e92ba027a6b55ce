"""What is on record of a concept: a computed one over time, by its inputs as they stood; and why a list is complete."""

import pytest

from equipoise.facts import Fact
from equipoise.quantities import exactly
from equipoise.rules.case import build_case
from equipoise.rules.evaluate import evaluate
from equipoise.truth import FALSE, UNKNOWN

from ...asking import ON, WORDS, ask, case, dated, rule, says
from ...asking import fact as f

# Clearance of a man aged 60 (from 1 January 2026 on 61) with 72 kg: (140 - age) / creatinine.
MAN = [f("sex", "male"), dated("birth_date", "1965-01-01"), f("weight", "72 kg", "2025-11-01")]
ENTRY = f("consent", {}, "2026-03-15")


def creatinine(value: str, on: str) -> Fact:
    return f("creatinine", f"{value} mg/dL", on)


def history(*facts: Fact) -> list[tuple[str, str]]:
    """The computed facts: their days, and their number in mL/min, or their doubt."""
    found = case(facts).over_time("clearance")
    return [(str(fact.when), fact.doubt or str(fact.value)) for fact in found]


def test_each_day_on_which_an_input_became_known_has_its_own_value() -> None:
    facts = [
        *MAN,
        creatinine("1.0", "2025-12-01"),
        creatinine("1.58", "2026-05-01"),
        f("weight", "36 kg", "2026-05-20"),
    ]
    assert history(*facts) == [
        ("1 November 2025", "it could not be computed on that day"),
        ("1 December 2025", "80 mL/min"),
        ("1 May 2026", "50 mL/min"),
        ("20 May 2026", "25 mL/min"),
    ]


def test_the_last_of_them_is_the_one_that_counts_today() -> None:
    facts = [*MAN, creatinine("1.0", "2025-12-01"), creatinine("1.58", "2026-05-01")]
    known = case(facts)
    assert known.over_time("clearance")[-1] is known.of("clearance")[0]
    assert known.of("clearance")[0].value == exactly(50, "mL/min")


def test_the_age_is_that_of_the_day() -> None:
    facts = [*MAN, creatinine("1.0", "2025-12-31"), creatinine("1.0", "2026-01-01")]
    assert [value for _, value in history(*facts)][1:] == ["80 mL/min", "79 mL/min"]


def test_two_inputs_of_one_day_make_one_value() -> None:
    assert history(*MAN[:2], f("weight", "72 kg", "2026-05-01"), creatinine("1.0", "2026-05-01")) == [
        ("1 May 2026", "79 mL/min")
    ]


def test_without_an_input_there_is_no_value_on_any_day() -> None:
    assert history(*MAN) == []
    assert history(*MAN[1:], creatinine("1.0", "2026-05-01")) == []


def test_a_day_whose_input_is_in_doubt_is_in_doubt_and_hides_no_older_value_behind_it() -> None:
    doubted = f("creatinine", "9 mg/dL", "2026-05-01", doubt="preliminary")
    facts = [*MAN, creatinine("1.0", "2026-04-01"), doubted, creatinine("1.0", "2026-05-20")]
    assert [day for day, value in history(*facts) if "computed" in value] == ["1 November 2025", "1 May 2026"]
    assert says("clearance on or before today < 40 mL/min", *facts[:-1]) == "UNKNOWN uncheckable"
    assert says("clearance < 40 mL/min", *facts[:-1]) == "UNKNOWN missing"


def test_two_values_of_one_day_leave_the_day_in_doubt() -> None:
    facts = [*MAN, creatinine("1.0", "2026-04-01"), creatinine("2.0", "2026-04-01"), creatinine("1.0", "2026-05-20")]
    assert history(*facts)[1:] == [
        ("1 April 2026", "it could not be computed on that day"),
        ("20 May 2026", "79 mL/min"),
    ]


FALL = "clearance falls >= 40 % from consent"
# 79 mL/min at consent; 79 / 1.67 is 40.1 % less, 79 / 1.66 is 39.8 % less.
BEFORE = creatinine("1.0", "2026-03-01")
LOW_ONCE = [*MAN, ENTRY, creatinine("2", "2026-04-01"), creatinine("1", "2026-05-20")]
RULES = [
    (FALL, [*MAN, ENTRY, BEFORE, creatinine("1.67", "2026-05-20")], "TRUE"),
    (FALL, [*MAN, ENTRY, BEFORE, creatinine("1.66", "2026-05-20")], "FALSE"),
    (FALL, [*MAN, ENTRY, creatinine("1.67", "2026-05-20")], "UNKNOWN imprecise"),  # no creatinine by then
    (FALL, [*MAN, BEFORE, creatinine("1.67", "2026-05-20")], "UNKNOWN missing"),  # no consent
    (FALL, [*MAN, ENTRY, BEFORE], "FALSE"),
    ("clearance rises >= 40 % from consent", [*MAN, ENTRY, BEFORE, creatinine("0.7", "2026-05-20")], "TRUE"),
    ("any clearance after consent < 40 mL/min", LOW_ONCE, "TRUE"),
    ("lowest clearance after consent >= 40 mL/min", LOW_ONCE, "FALSE"),
    ("clearance after consent < 40 mL/min", LOW_ONCE, "FALSE"),
    (
        "any clearance after consent < 40 mL/min",
        [*MAN, ENTRY, BEFORE, creatinine("1", "2026-05-20")],
        "UNKNOWN missing",
    ),
    ("clearance on or before consent < 40 mL/min", [*MAN, ENTRY, BEFORE, creatinine("9", "2026-05-20")], "FALSE"),
    ("clearance within 4 weeks before today is recorded", [*MAN, creatinine("1", "2026-05-04")], "TRUE"),
]


@pytest.mark.parametrize(("text", "facts", "truth"), RULES)
def test_a_rule_about_a_computed_value_over_time(text: str, facts: list[Fact], truth: str) -> None:
    assert says(text, *facts) == truth


def test_the_evidence_of_a_change_is_both_values() -> None:
    found = ask(FALL, *MAN, ENTRY, BEFORE, creatinine("1.58", "2026-05-20"))
    assert [str(fact.value) for fact in found.facts] == ["50 mL/min", "79 mL/min"]


def test_a_change_from_a_baseline_does_not_depend_on_the_order_of_facts() -> None:
    facts = [*MAN, ENTRY, BEFORE, creatinine("1.67", "2026-05-20")]
    assert says(FALL, *reversed(facts)) == says(FALL, *facts)


# ---------------------------------------------------------------- complete, and why
def test_the_ground_on_which_a_list_is_complete_is_the_assumption() -> None:
    facts, asked = [f("platelets", "160 10*9/L", "2026-05-01")], rule("any platelets < 75 10*9/L")
    known = build_case(facts, ON, WORDS, (), {"platelets": "The site enters every count."})
    found = evaluate(asked, known)
    assert (found.truth, found.assumed) == (FALSE, ("The site enters every count.",))
    assert evaluate(asked, known.at(ON.toordinal() + 1)).assumed == found.assumed
    assert evaluate(asked, build_case(facts, ON, WORDS)).truth is UNKNOWN
