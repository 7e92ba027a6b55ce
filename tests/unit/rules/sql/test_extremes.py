"""The highest of several answers by SQL, in the order in which the concept lists them."""

import pytest

from equipoise.facts import Fact

from ....asking import fact as f
from .asking import told

LAST, BEFORE = "2026-05-30", "2026-05-01"


def op(residual: str, when: str = LAST) -> Fact:
    return f("operation", {"residual": residual}, when)


CASES = [
    ("highest operation.residual is R2", [op("R2"), op("R0", BEFORE)], "TRUE"),  # there is no higher one
    ("highest operation.residual is R1", [op("R2"), op("R1", BEFORE)], "FALSE"),
    ("highest operation.residual is R1", [op("R1")], "UNKNOWN"),  # others may be higher
    ("lowest operation.residual is R0", [op("R0"), op("R2", BEFORE)], "TRUE"),
    ("highest operation.residual is R2", [op("RX")], "UNKNOWN"),  # it may be any
    ("highest operation.residual in [R1, R2]", [op("R1"), op("RX")], "TRUE"),
    ("highest operation.residual is R2", [op("R0+R2")], "UNKNOWN"),  # one of two
    ("highest operation.residual in [R0, R1, R2]", [], "UNKNOWN"),
]


@pytest.mark.parametrize(("text", "facts", "truth"), CASES)
def test_the_extreme_answer(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts) == [truth]


def test_the_extreme_answer_when_all_are_on_record() -> None:
    people = [op("R1")], [op("RX")], [op("R0+R1")]
    asked = "highest operation.residual is R1"
    assert told(asked, *people, complete=["operation"]) == ["TRUE", "UNKNOWN", "UNKNOWN"]
