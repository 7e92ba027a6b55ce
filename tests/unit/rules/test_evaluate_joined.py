"""Concepts that join others: their facts are looked at as the joining concept reads them, each once."""

from datetime import date

import pytest

from equipoise.facts import Fact
from equipoise.rules.case import build_case
from equipoise.rules.evaluate import evaluate
from equipoise.rules.grammar import Language, parse

from ...asking import fact as f
from ...asking import vocabulary_of

WORDS = vocabulary_of("""
[open_surgery]
label = "open surgery"
kind = "record"
[open_surgery.fields.residual]
label = "residual tumour"
kind = "choice"
answers = { R0 = "none", R1 = "some", R9 = "not told" }

[endoscopy]
label = "endoscopic resection"
kind = "record"
members = ["open_surgery"]
[endoscopy.fields.residual]
label = "residual tumour"
kind = "choice"
answers = { R0 = "none", R1 = "some" }

[resection]
label = "any resection"
kind = "record"
members = ["open_surgery", "endoscopy"]
[resection.fields.residual]
label = "residual tumour"
kind = "choice"
answers = { R0 = "none", R1 = "some", R9 = "not told" }
unclear = ["R9"]
""")
FIRST = f("open_surgery", {"residual": "R0"}, "2026-01-10")
NOT_TOLD = f("open_surgery", {"residual": "R9"}, "2026-03-10")
PARTIAL = f("open_surgery", {"residual": "R1"}, "2026-02")


CASES = [
    ("any resection where residual is R1", [NOT_TOLD], "unknown"),  # R9 is unclear of a resection
    ("any open_surgery where residual is R1", [NOT_TOLD], "false"),  # and one answer of three of open surgery
    ("latest resection where residual is R0", [FIRST], "true"),
    ("count of resection = 1", [FIRST], "true"),  # by way of both members, and still the one operation
    ("count of resection = 2", [FIRST, NOT_TOLD], "true"),
    ("count of resection >= 2", [PARTIAL], "false"),
]


@pytest.mark.parametrize(("rule", "facts", "truth"), CASES)
def test_a_joined_record(rule: str, facts: list[Fact], truth: str) -> None:
    known = build_case(facts, date(2026, 6, 1), WORDS, ["resection", "open_surgery"])
    assert evaluate(parse(rule, Language(WORDS)), known).truth.value == truth
