"""The grade of a laboratory value: exact where the table and the record tell it, else the grades that it may be."""

from datetime import date

import pytest

from equipoise.conduct.grades import grade_of, graded_values, worst_grades
from equipoise.facts import NOTHING, Fact, Text
from equipoise.protocol.gradings import Grading
from equipoise.rules.grammar import parse_limit
from equipoise.rules.nodes import Step

from ...asking import LANGUAGE, WORDS, fact


def table(concept: str, *limits: str) -> Grading:
    """A table whose steps are these limits, of grade 1, 2, ..."""
    read = [parse_limit(limit, WORDS[concept], LANGUAGE) for limit in limits]
    return Grading(concept, "CTCAE 5.0", "test", tuple(Step(grade, *limit) for grade, limit in enumerate(read, 1)))


PLATELETS = table("platelets", "< 1 x LLN", "< 75 10*9/L", "< 50 10*9/L", "< 25 10*9/L")
BILIRUBIN = table("bilirubin", "> 1 x ULN", "> 1.5 x ULN", "> 3 x ULN", "> 10 x ULN")
ON = date(2026, 6, 1)


def platelets(stated: str, low: str = "150 10*9/L", when: str = "2026-03-02") -> Fact:
    return fact("platelets", stated, when, low=low)


@pytest.mark.parametrize(
    ("number", "grade"),
    [
        ("151", 0),
        ("150", 0),
        ("149", 1),
        ("75", 1),
        ("74.9", 2),
        ("50", 2),
        ("49.9", 3),
        ("25", 3),
        ("24.9", 4),
        ("0", 4),
    ],
)
def test_a_step_begins_strictly_below_its_limit(number: str, grade: int) -> None:
    graded = grade_of(platelets(f"{number} 10*9/L"), PLATELETS, WORDS)
    assert (graded.grade, graded.why) == (grade, "")
    assert graded.version == "CTCAE 5.0" and "(CTCAE 5.0)" in graded.sentence


def test_without_the_laboratorys_limit_none_and_grade_1_cannot_be_told_apart() -> None:
    graded = grade_of(platelets("120 10*9/L", low=""), PLATELETS, WORDS)
    assert (graded.grade, graded.low, graded.high) == (None, 0, 1)
    assert graded.why == "the laboratory's lower limit of normal is not on record"
    assert graded.sentence.endswith(
        "grade 0 or 1, which cannot be told apart (CTCAE 5.0): the laboratory's lower limit of normal is not on record."
    )


def test_without_the_laboratorys_limit_a_worse_step_is_still_told() -> None:
    assert grade_of(platelets("60 10*9/L", low=""), PLATELETS, WORDS).grade == 2


def test_a_table_by_the_upper_limit_alone_tells_nothing_without_it() -> None:
    graded = grade_of(fact("bilirubin", "4 mg/dL", "2026-03-02"), BILIRUBIN, WORDS)
    assert (graded.low, graded.high) == (0, 4) and "upper limit of normal is not on record" in graded.why
    known = fact("bilirubin", "4 mg/dL", "2026-03-02", high="1.2 mg/dL")
    assert grade_of(known, BILIRUBIN, WORDS).grade == 3, "above 3 times 1.2, not above 10 times"


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("<25 10*9/L", 4, 4),
        ("<30 10*9/L", 3, 4),
        ("<=25 10*9/L", 3, 4),
        ("60-80 10*9/L", 1, 2),
        ("60-74 10*9/L", 2, 2),
        (">100 10*9/L", 0, 1),
    ],
)
def test_an_interval_is_decided_where_all_its_numbers_agree(value: str, low: int, high: int) -> None:
    graded = grade_of(platelets(value), PLATELETS, WORDS)
    assert (graded.low, graded.high) == (low, high)
    assert (graded.why == "") == (low == high)


def test_what_is_no_usable_number_has_no_grade_and_says_why() -> None:
    doubted = grade_of(fact("platelets", "8 10*9/L", "2026-03-02", doubt="its unit is not known"), PLATELETS, WORDS)
    assert (doubted.low, doubted.high, doubted.why) == (0, 4, "its unit is not known")
    for value in (NOTHING, Text("clumped")):
        assert grade_of(fact("platelets", value, "2026-03-02"), PLATELETS, WORDS).why == "the entry is no number"


def test_the_worst_of_several_days() -> None:
    counted = [("160", "2026-03-02"), ("60", "2026-03-20"), ("90", "2026-04-10")]
    facts = [platelets(f"{number} 10*9/L", when=when) for number, when in counted]
    (worst,) = worst_grades(facts, {"platelets": PLATELETS}, WORDS, ON)
    assert worst.grade == 2
    said = "platelets, worst of 3 values: grade 2 (CTCAE 5.0), by platelets 60 × 10⁹/L on 20 March 2026."
    assert worst.sentence == said
    (later,) = worst_grades(facts, {"platelets": PLATELETS}, WORDS, ON, since=date(2026, 4, 1))
    assert later.grade == 1
    (asked_before,) = worst_grades(facts, {"platelets": PLATELETS}, WORDS, date(2026, 3, 10))
    assert asked_before.grade == 0, "what came later is not known yet on that day"
    assert worst_grades(facts, {"platelets": PLATELETS}, WORDS, ON, since=date(2026, 5, 1)) == ()


def test_a_value_that_is_perhaps_older_raises_only_the_highest() -> None:
    facts = [platelets("40 10*9/L", when="2026-04"), platelets("90 10*9/L", when="2026-05-01")]
    (worst,) = worst_grades(facts, {"platelets": PLATELETS}, WORDS, ON, since=date(2026, 4, 15))
    assert (worst.low, worst.high, worst.grade) == (1, 3, None)
    assert "a value may be of an earlier day" in worst.sentence


def test_a_corrected_value_no_longer_counts() -> None:
    wrong = fact("platelets", "7 10*9/L", "2026-03-02", id="1")
    right = fact("platelets", "170 10*9/L", "2026-03-02", id="2", supersedes="1", low="150 10*9/L")
    (worst,) = worst_grades([wrong, right], {"platelets": PLATELETS}, WORDS, ON)
    assert worst.grade == 0
    assert [each.fact.id for each in graded_values([wrong, right], {"platelets": PLATELETS}, WORDS, ON)] == ["2"]
