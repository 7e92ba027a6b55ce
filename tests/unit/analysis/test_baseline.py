"""What people were like on the day of the randomisation: parts of subgroups, values, summaries."""

from dataclasses import replace

import pytest
from tests.unit.analysis.outcomes import NELMAS, person

from equipoise.analysis.baseline import (
    Part,
    Value,
    baseline_table,
    concept_of_variable,
    parts_of_subgroup,
    summary,
    values_of,
)
from equipoise.participant.record import Participant

BORN = "{ birth_date = 1961-03-03 }"  # 64 years old on 2 March 2026, the day of the randomisation
GRADED = '{ pathology = { grade = "G1", ki67 = "2 %" }, on = 2026-01-25 }'
WORSE = '{ pathology = { grade = "G2", ki67 = "5-10 %" }, on = 2026-01-25 }'
VARIABLES = {each.id: each for each in NELMAS.analysis.baseline}
SUBGROUPS = {each.id: each for each in NELMAS.analysis.subgroups}


def value(variable: str, *facts: str) -> Value:
    (found,) = values_of(NELMAS, [person(*facts)], VARIABLES[variable]).values()
    return found


def part(subgroup: str, *facts: str) -> Part:
    (found,) = parts_of_subgroup(NELMAS, [person(*facts)], SUBGROUPS[subgroup]).values()
    return found


# ---------------------------------------------------------------- subgroups
def test_a_part_is_the_one_whose_rule_holds_on_the_day() -> None:
    assert part("age", BORN).level == "younger"
    assert part("age", "{ birth_date = 1961-03-02 }").level == "older"
    assert part("grade", GRADED, WORSE).level == "G2"


def test_what_cannot_be_told_is_in_no_part_and_says_why() -> None:
    assert part("age") == Part("", "no date of birth on record")
    assert part("sex", '{ sex = "other" }').level == ""


def test_what_is_learned_later_changes_no_part() -> None:
    later = '{ pathology = { grade = "G2" }, on = 2026-09-02 }'
    assert part("grade", GRADED, later).level == "G1"


# ---------------------------------------------------------------- values
@pytest.mark.parametrize(
    ("variable", "facts", "expected"),
    [
        ("age", (BORN,), Value(64.0)),
        ("age", ('{ birth_date = "1961" }',), Value()),  # 64 or 65
        ("age", ('{ birth_date = "1961-02" }',), Value(65.0)),
        ("sex", ('{ sex = "female" }',), Value(None, "female")),
        ("grade", (GRADED, WORSE), Value(None, "grade 2")),
        ("ki67", (GRADED, WORSE), Value(7.5)),
        ("margin", (), Value(None, "R0 (none)")),
        ("haemoglobin", ('{ haemoglobin = "130 g/L", on = 2026-02-20 }',), Value(13.0)),
        ("haemoglobin", ('{ haemoglobin = "13 g/dL", on = 2026-03-20 }',), Value()),
        ("haemoglobin", ('{ haemoglobin = "13 g/dL", on = 2026-02-20, doubt = "a slip" }',), Value()),
        ("platelets", (), Value()),
    ],
)  # fmt: skip
def test_a_value_is_that_of_the_day(variable: str, facts: tuple[str, ...], expected: Value) -> None:
    assert value(variable, *facts) == expected
    assert value(variable, *facts).missing == (expected == Value())


def test_the_latest_of_several_values_is_taken() -> None:
    older = '{ haemoglobin = "9 g/dL", on = 2026-02-01 }'
    newer = '{ haemoglobin = "10 g/dL", on = 2026-02-20 }'
    assert value("haemoglobin", newer, older) == Value(10.0)
    same_day = '{ haemoglobin = "11 g/dL", on = 2026-02-20 }'
    assert value("haemoglobin", newer, same_day) == Value(), "two values of one day"


# ---------------------------------------------------------------- the table
def test_numbers_are_summed_up_by_quartiles() -> None:
    found = summary([Value(float(number)) for number in (1, 2, 3, 4)] + [Value()])
    assert (found.known, found.missing, found.median, found.quartiles, found.extremes) == (
        4,
        1,
        2.5,
        (1.75, 3.25),
        (1, 4),
    )


def test_answers_are_counted_in_the_order_of_the_concept() -> None:
    concept = concept_of_variable(NELMAS, VARIABLES["sex"])
    found = summary([Value(None, "male"), Value(None, "female"), Value(None, "male"), Value()], concept)
    assert found.counts == (("female", 1), ("male", 2), ("other", 0))
    assert (found.known, found.missing, found.median) == (3, 1, None)


def test_nobody_has_no_median() -> None:
    assert summary([]) == summary([Value()]).__class__(0, 0)


def test_the_table_has_each_arm_and_everybody() -> None:
    people = [
        replace(person('{ sex = "male" }'), person="A"),
        replace(person('{ sex = "female" }', arm="Arm 2"), person="B"),
        Participant("C", "S1"),
    ]
    table = {variable.id: groups for variable, groups in baseline_table(NELMAS, people)}
    assert list(table) == list(VARIABLES)
    assert table["sex"]["Arm 1"].counts[:2] == (("female", 0), ("male", 1))
    assert table["sex"]["Arm 2"].counts[:2] == (("female", 1), ("male", 0))
    assert table["sex"][""].counts[:2] == (("female", 1), ("male", 1))
    assert table["age"][""].missing == 2
