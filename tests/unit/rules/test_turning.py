"""The days on which a truth changes by itself: none is missed."""

from datetime import date

import pytest

from equipoise.facts import Fact
from equipoise.rules.evaluate import evaluate
from equipoise.rules.turning import turning_points

from ...asking import case, dated, fact, rule


def changes(text: str, facts: list[Fact], on: str, days: int = 800) -> list[str]:
    """The days on which the truth is another than the day before, found by asking on every day."""
    known, asked = case(facts, on), rule(text)
    before, found = evaluate(asked, known).truth, []
    for day in range(known.today + 1, known.today + days):
        now = evaluate(asked, known.at(day)).truth
        if now is not before:
            found.append(date.fromordinal(day).isoformat())
        before = now
    return found


CASES = [
    ("less than 4 weeks since operation", [fact("operation", {}, "2026-05-04")], "2026-05-10", ["2026-06-01"]),
    ("at most 4 weeks since operation", [fact("operation", {}, "2026-05-04")], "2026-05-10", ["2026-06-02"]),
    (
        "less than 4 weeks since operation",
        [fact("operation", {}, "2026-05-04..2026-05-06")],
        "2026-05-10",
        ["2026-06-01", "2026-06-03"],
    ),
    (
        "less than 4 weeks since treatment",
        [fact("treatment", {}, "2026-01-01", "2026-05-20")],
        "2026-05-10",
        ["2026-06-17"],
    ),
    ("less than 4 weeks since treatment", [fact("treatment", {}, "2026-01-01", "on")], "2026-05-10", []),
    (
        "less than 4 weeks until surgery",
        [dated("surgery", "2026-07-01", "2026-01-01")],
        "2026-05-10",
        ["2026-06-04", "2026-07-02"],
    ),
    ("any scan within 4 weeks before today", [fact("scan", {}, "2026-05-04")], "2026-05-10", ["2026-06-02"]),
    (
        "any scan between 4 and 6 weeks before today",
        [fact("scan", {}, "2026-05-04")],
        "2026-05-10",
        ["2026-06-01", "2026-06-16"],
    ),
    ("any scan within 1 week of today", [fact("scan", {}, "2026-05-04")], "2026-05-10", ["2026-05-12"]),
    ("any scan before today", [fact("scan", {}, "2026-05-10")], "2026-05-10", ["2026-05-11"]),
    ("any scan on today", [fact("scan", {}, "2026-05-10")], "2026-05-10", ["2026-05-11"]),
    (
        "any scan between consent and today",
        [fact("scan", {}, "2026-05-04"), fact("consent", {}, "2026-05-01")],
        "2026-05-10",
        [],
    ),
    ("any treatment after today", [fact("treatment", {}, "2026-01-01", "2026-05-20")], "2026-05-10", ["2026-05-20"]),
    # a month back from 29, 30 and 31 March is 28 February
    ("any scan within 1 month before today", [fact("scan", {}, "2026-02-28")], "2026-03-01", ["2026-04-01"]),
    ("age >= 18 years", [dated("birth_date", "2008-06-01")], "2026-05-10", ["2026-06-01"]),
    ("age >= 18 years", [dated("birth_date", "2008-06")], "2026-05-10", ["2026-06-01", "2026-06-30"]),
    ("age = 18 years", [dated("birth_date", "2008-06-01")], "2026-05-10", ["2026-06-01", "2027-06-01"]),
    ("age >= 18 years at consent or today", [dated("birth_date", "2008-06-01")], "2026-05-10", ["2026-06-01"]),
    (
        "age >= 18 years at consent",
        [dated("birth_date", "2008-06-01"), fact("consent", {}, "2026-05-01")],
        "2026-05-10",
        [],
    ),
    (
        "clearance < 40 mL/min",
        [
            fact("weight", "50 kg", "2026-05-01"),
            fact("creatinine", "0.952 mg/dL", "2026-05-01"),
            fact("sex", "female"),
            dated("birth_date", "1951-06-01"),
        ],
        "2026-05-10",
        ["2027-06-01"],
    ),  # 40.3 at 75 years, 39.7 at 76: not at the next birthday but at the one after
    (
        "any clearance within 4 weeks before today < 40 mL/min",
        [
            fact("weight", "50 kg", "2026-04-01"),
            fact("creatinine", "2 mg/dL", "2026-04-20"),
            fact("creatinine", "0.5 mg/dL", "2026-05-08"),
            fact("sex", "female"),
            dated("birth_date", "1951-01-01"),
        ],
        "2026-05-10",
        ["2026-05-19"],
    ),  # of what was computed on an earlier day
    (
        "haemoglobin < 8 g/dL within 4 weeks before today",
        [fact("haemoglobin", "7 g/dL", "2026-05-04")],
        "2026-05-10",
        ["2026-06-02"],
    ),
]


@pytest.mark.parametrize(("text", "facts", "on", "expected"), CASES)
def test_no_change_is_missed(text: str, facts: list[Fact], on: str, expected: list[str]) -> None:
    assert changes(text, facts, on) == expected
    known = case(facts, on)
    found = {date.fromordinal(day).isoformat() for day in turning_points(rule(text), known)}
    assert set(expected) <= found
