"""Grades held to the examples that the R package admiral (pharmaverse) tests its own CTCAE tables with.

tests/testthat/test-derive_var_atoxgr.R: its cases of "Neutrophil count decreased" by 6.0, and the steps that it states.
"""

from datetime import date

import pytest

from equipoise.conduct.grades import grade_of
from equipoise.dates import on_day
from equipoise.facts import Fact, ReferenceRange
from equipoise.protocol.load import load_trial
from equipoise.quantities import exactly

NELMAS = load_trial("nelmas")
UNIT = "10*9/L"
NEUTROPHILS_6 = [("0.09", 4), ("0.1", 3), ("0.49", 3), ("0.5", 2), ("0.99", 2), ("1", 1), ("1.49", 1), ("1.5", 0)]


@pytest.mark.parametrize(("number", "grade"), NEUTROPHILS_6)
def test_neutrophils_by_6_0_need_no_limit_of_the_laboratory(number: str, grade: int) -> None:
    fact = Fact("p", "neutrophils", exactly(number, UNIT), on_day(date(2026, 3, 2)))
    table = NELMAS.grading_versions["CTCAE 6.0"]["neutrophils"]
    assert grade_of(fact, table, NELMAS.vocabulary).grade == grade


# The steps that its tests state in words ("Grade 3: <2.0 - 1.0 x 10e9 /L") for 4.0 and 5.0 alike; the values about
# their edges, and the lower limits of normal, are ours.
STEPS = [
    ("white_cells", "5", {"0.9": 4, "1.0": 3, "1.9": 3, "2.0": 2, "2.9": 2, "3.0": 1, "4.9": 1, "5": 0}),
    ("lymphocytes", "2", {"0.19": 4, "0.2": 3, "0.49": 3, "0.5": 2, "0.79": 2, "0.8": 1, "1.9": 1, "2": 0}),
]


@pytest.mark.parametrize(("concept", "lower", "values"), STEPS)
def test_steps_by_5_0(concept: str, lower: str, values: dict[str, int]) -> None:
    reference = ReferenceRange(exactly(lower, UNIT), None)
    for number, grade in values.items():
        fact = Fact("p", concept, exactly(number, UNIT), on_day(date(2026, 3, 2)), reference=reference)
        assert grade_of(fact, NELMAS.grading_versions["CTCAE 5.0"][concept], NELMAS.vocabulary).grade == grade
