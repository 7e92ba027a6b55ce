"""One fact decides, or all do: hand-written people, one branch each."""

import pytest

from equipoise.facts import Fact

from ....asking import fact as f
from .asking import told

LAST, BEFORE, MAY = "2026-05-30", "2026-05-01", "2026-05"
HB = "haemoglobin < 8.0 g/dL"
LOW, HIGH = f("haemoglobin", "7 g/dL", LAST), f("haemoglobin", "9 g/dL", LAST)


def older(fact: Fact, when: str = BEFORE) -> Fact:
    (moved,) = [f(fact.concept, fact.value, when)]
    return moved


CASES = [
    (HB, [LOW, older(HIGH)], "TRUE"),
    (f"first {HB}", [LOW, older(HIGH)], "FALSE"),
    (HB, [LOW, HIGH], "UNKNOWN"),  # two of one day
    (HB, [LOW, f("haemoglobin", "6 g/dL", LAST)], "TRUE"),  # two of one day that say the same
    (HB, [LOW, older(HIGH, MAY)], "UNKNOWN"),  # either may be the latest
    (HB, [LOW, older(HIGH, "")], "UNKNOWN"),
    (HB, [f("haemoglobin", "7 g/dL", LAST, doubt="preliminary"), older(LOW)], "UNKNOWN"),  # not passed over
    (HB, [], "UNKNOWN"),
    (f"any {HB}", [HIGH, older(LOW)], "TRUE"),
    (f"any {HB}", [HIGH], "UNKNOWN"),  # there may be others
    (f"every {HB}", [LOW, older(HIGH)], "FALSE"),
    (f"every {HB}", [LOW], "UNKNOWN"),
    (f"highest {HB}", [LOW, older(HIGH)], "FALSE"),
    (f"lowest {HB}", [LOW, older(HIGH)], "TRUE"),
    (f"{HB} within 4 weeks before today", [older(LOW, "2026-05-04")], "TRUE"),  # the 28th day before
    (f"{HB} within 4 weeks before today", [older(LOW, "2026-05-03")], "UNKNOWN"),
    (f"{HB} within 4 weeks before today", [older(LOW, MAY)], "UNKNOWN"),
    (f"{HB} before consent", [LOW], "UNKNOWN"),  # no consent on record
    (f"{HB} before consent", [older(LOW), f("consent", {}, LAST)], "TRUE"),
    (f"{HB} before consent", [older(LOW), f("consent", {}, LAST, doubt="a draft")], "UNKNOWN"),
]


@pytest.mark.parametrize(("text", "facts", "truth"), CASES)
def test_one_fact_or_all(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts) == [truth]


ALL_KNOWN = [
    (f"any {HB}", [HIGH], "FALSE"),
    (f"every {HB}", [LOW], "TRUE"),
    (f"every {HB}", [f("haemoglobin", "7-9 g/dL", LAST)], "UNKNOWN"),
    (f"any {HB}", [], "UNKNOWN"),  # nothing was measured
    (f"every {HB} within 4 weeks before today", [older(LOW, MAY)], "UNKNOWN"),  # perhaps none lies in the window
]


@pytest.mark.parametrize(("text", "facts", "truth"), ALL_KNOWN)
def test_when_all_facts_are_on_record(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts, complete=["haemoglobin"]) == [truth]


def test_people_do_not_mix() -> None:
    assert told(HB, [LOW], [], [HIGH], [older(LOW), HIGH]) == ["TRUE", "UNKNOWN", "FALSE", "FALSE"]
