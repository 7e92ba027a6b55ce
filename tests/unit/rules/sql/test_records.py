"""Records by SQL: is there such a one, what statements of none say, and how many there are."""

import pytest

from equipoise.facts import Fact

from ....asking import fact as f
from .asking import told

LAST, BEFORE, MAY = "2026-05-30", "2026-05-01", "2026-05"
R0 = f("operation", {"residual": "R0"}, LAST)
R1 = f("operation", {"residual": "R1"}, BEFORE)
NONE = f("treatment", "none!", LAST)
OLD_NONE = f("treatment", "none!", "2026-04-01")  # such a statement holds for 4 weeks

CASES = [
    ("any operation", [R0], "TRUE"),
    ("any operation", [], "UNKNOWN"),
    ("any operation", [f("operation", {}, LAST, doubt="a draft")], "UNKNOWN"),
    ("any operation where residual is R1", [R0, R1], "TRUE"),
    ("any operation where residual is R2", [R0, R1], "UNKNOWN"),  # there may be others
    ("every operation where residual is R0", [R0, R1], "FALSE"),
    ("latest operation where residual is R0", [R0, R1], "TRUE"),
    ("first operation where residual is R0", [R0, R1], "FALSE"),
    ("latest operation where residual is R0", [f("operation", {}, LAST), R1], "UNKNOWN"),
    ("any scan where liver is metastases", [f("scan", {"liver": "none"}, LAST)], "FALSE"),  # one on file: all are
    ("every scan where liver is none", [f("scan", {"liver": "none"}, LAST)], "TRUE"),
    ("any visit", [], "FALSE"),  # the trial itself would know
    ("any visit where dated before consent", [f("visit", {}, LAST)], "UNKNOWN"),
    ("any visit where dated on consent", [f("visit", {}, LAST), f("consent", {}, LAST)], "TRUE"),
    ("any treatment", [NONE], "FALSE"),
    ("latest treatment", [NONE], "FALSE"),
    ("any treatment", [OLD_NONE], "UNKNOWN"),
    ("any treatment", [NONE, f("treatment", {}, BEFORE)], "UNKNOWN"),  # they contradict each other
    ("latest treatment", [NONE, f("treatment", {}, BEFORE)], "UNKNOWN"),
    ("any treatment", [OLD_NONE, f("treatment", {}, LAST)], "TRUE"),  # since then
    ("latest treatment", [OLD_NONE, f("treatment", {}, LAST)], "TRUE"),
    ("latest treatment within 1 week before today", [NONE, f("treatment", {}, BEFORE)], "UNKNOWN"),
    ("any treatment where (any operation)", [f("treatment", {}, LAST), R0], "TRUE"),  # of another concept
    ("surgery", [f("surgery", "none!", LAST)], "FALSE"),
]


@pytest.mark.parametrize(("text", "facts", "truth"), CASES)
def test_a_record(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts) == [truth]


COUNTS = [
    ("count of operation >= 2", [R0, R1], "TRUE"),
    ("count of operation >= 2", [R0], "UNKNOWN"),
    ("count of operation <= 1", [R0, R1], "FALSE"),
    ("count of operation != 1", [R0, R1], "TRUE"),
    ("count of operation >= 0", [], "TRUE"),
    ("count of operation >= 2", [R0, f("operation", {"residual": "R1"}, MAY)], "UNKNOWN"),  # perhaps the same one
    ("count of visit = 0", [], "TRUE"),
    ("count of visit = 1", [f("visit", {}, LAST)], "TRUE"),
    ("count of visit = 2", [f("visit", {}, LAST), f("visit", {}, MAY)], "UNKNOWN"),
    ("count of visit < 2", [f("visit", {}, LAST), f("visit", {}, MAY)], "UNKNOWN"),
    ("count of visit > 2", [f("visit", {}, LAST), f("visit", {}, MAY)], "FALSE"),
    ("count of visit within 1 week before today = 1", [f("visit", {}, LAST), f("visit", {}, BEFORE)], "TRUE"),
    ("count of treatment >= 1", [NONE, f("treatment", {}, BEFORE)], "UNKNOWN"),
    ("count of treatment = 0", [NONE], "TRUE"),
]


@pytest.mark.parametrize(("text", "facts", "truth"), COUNTS)
def test_a_count(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts) == [truth]
