"""Windows, durations and ages, with exact, partial and missing dates."""

import pytest

from equipoise.facts import Fact

from ...asking import dated, says
from ...asking import fact as f

CONSENT = f("consent", {}, "2026-03-15")
CHEMO, ANALOGUE = {"kind": "chemotherapy"}, {"kind": "analogue"}


def scan(when: str) -> Fact:
    return f("scan", {"liver": "none"}, when)


# window -> the days (of 2026, by month and day) that lie inside, and those just outside; consent is on 15 March
WINDOWS = [
    ("within 4 weeks before consent", ["02-15", "03-15"], ["02-14", "03-16"]),
    ("within 4 weeks after consent", ["03-15", "04-12"], ["03-14", "04-13"]),
    ("within 1 week of consent", ["03-08", "03-22"], ["03-07", "03-23"]),
    ("before consent", ["01-01", "03-14"], ["03-15", "03-16"]),
    ("after consent", ["03-16", "06-01"], ["03-14", "03-15"]),
    ("on or before consent", ["01-01", "03-15"], ["03-16"]),
    ("on or after consent", ["03-15", "06-01"], ["03-14"]),
    ("on consent", ["03-15"], ["03-14", "03-16"]),
    ("between 4 and 6 weeks before consent", ["02-01", "02-15"], ["01-31", "02-16"]),
    ("1 day to 6 weeks before consent", ["02-01", "03-14"], ["01-31", "03-15"]),
    ("4 weeks to 2 months before consent", ["01-15", "02-15"], ["01-14", "02-16"]),
    ("between consent and today", ["03-15", "06-01"], ["03-14"]),
    ("within 3 months before today", ["03-01", "06-01"], ["02-28"]),
    ("within 1 year after consent", ["03-15"], ["03-14"]),
]


@pytest.mark.parametrize(("window", "inside", "outside"), WINDOWS)
def test_both_ends_of_a_window_count(window: str, inside: list[str], outside: list[str]) -> None:
    for day in inside:
        assert says(f"any scan {window}", CONSENT, scan(f"2026-{day}")) == "TRUE", day
    for day in outside:
        assert says(f"any scan {window}", CONSENT, scan(f"2026-{day}")) == "FALSE", day  # one scan on file: all are


@pytest.mark.parametrize(
    ("facts", "truth"),
    [
        ([CONSENT, scan("2026-02-20..2026-03-10")], "TRUE"),  # all its days lie inside
        ([CONSENT, scan("2026-02")], "UNKNOWN imprecise"),
        ([CONSENT, scan("2025")], "FALSE"),
        ([CONSENT, scan("")], "UNKNOWN imprecise"),
        ([scan("2026-03-10")], "UNKNOWN missing"),
        ([CONSENT], "UNKNOWN missing"),
        ([f("consent", {}, "2026-03-10..2026-03-20"), scan("2026-03-01")], "TRUE"),
        ([f("consent", {}, "2026-03"), scan("2026-02-20")], "UNKNOWN imprecise"),
        ([f("consent", {}, "2026-03-15", doubt="preliminary"), scan("2026-03-10")], "UNKNOWN missing"),
        ([f("consent", {}, "2026-01-15"), CONSENT, scan("2026-03-10")], "TRUE"),  # the latest consent is the moment
    ],
)
def test_windows_with_partial_dates(facts: list[Fact], truth: str) -> None:
    assert says("any scan within 4 weeks before consent where liver is none", *facts) == truth


@pytest.mark.parametrize(
    ("start", "end", "truth"),
    [
        ("2026-01-01", "2026-02-14", "UNKNOWN stale"),  # over a day before the window
        ("2026-01-01", "2026-02-15", "TRUE"),
        ("2026-01-01", "on", "TRUE"),
        ("2026-03-15", "2026-09-01", "TRUE"),
        ("2026-03-16", "on", "UNKNOWN stale"),
        ("2026-01-01", "2026-02", "UNKNOWN imprecise"),
        ("2026", None, "UNKNOWN imprecise"),
    ],
)
def test_what_lasts_touches_a_window(start: str, end: str | None, truth: str) -> None:
    assert says("any treatment within 4 weeks before consent", CONSENT, f("treatment", CHEMO, start, end)) == truth


SINCE = "less than 4 weeks since treatment"
ELAPSED = [
    (SINCE, [f("treatment", CHEMO, "2026-05-05")], "TRUE"),  # 27 days ago
    (SINCE, [f("treatment", CHEMO, "2026-05-04")], "FALSE"),  # the 28th day is no longer less than 4 weeks
    ("at most 4 weeks since treatment", [f("treatment", CHEMO, "2026-05-04")], "TRUE"),
    ("at most 4 weeks since treatment", [f("treatment", CHEMO, "2026-05-03")], "FALSE"),
    ("at least 4 weeks since treatment", [f("treatment", CHEMO, "2026-05-04")], "TRUE"),
    ("more than 4 weeks since treatment", [f("treatment", CHEMO, "2026-05-04")], "FALSE"),
    ("more than 4 weeks since treatment", [f("treatment", CHEMO, "2026-05-03")], "TRUE"),
    (SINCE, [], "UNKNOWN missing"),
    (SINCE, [f("treatment", CHEMO, "2026-05")], "UNKNOWN imprecise"),
    (SINCE, [f("treatment", CHEMO, "2026-04")], "FALSE"),
    (SINCE, [f("treatment", CHEMO, "")], "UNKNOWN imprecise"),
    (SINCE, [f("treatment", CHEMO, "2026-01-01", "on")], "TRUE"),
    (SINCE, [f("treatment", CHEMO, "2026-01-01", "2026-05-30")], "TRUE"),
    (SINCE, [f("treatment", CHEMO, "2026-01-01", "2026-04-30")], "FALSE"),
    (SINCE, [f("treatment", "none!", "2026-06-01")], "FALSE"),
    ("more than 4 weeks since treatment", [f("treatment", "none!", "2026-06-01")], "TRUE"),
    (SINCE, [f("treatment", CHEMO, "2026-05-20", doubt="preliminary")], "UNKNOWN uncheckable"),
    ("less than 1 month since treatment", [f("treatment", CHEMO, "2026-05-01")], "FALSE"),
    ("less than 1 month since treatment", [f("treatment", CHEMO, "2026-05-02")], "TRUE"),
    ("less than 4 weeks since any treatment", [f("treatment", CHEMO, "2026-05-20")], "TRUE"),
    ("less than 4 weeks since any treatment", [f("treatment", CHEMO, "2026-01-20")], "UNKNOWN missing"),
    (
        "less than 4 weeks since any treatment where kind is chemotherapy",
        [f("treatment", CHEMO, "2026-05-20"), f("treatment", ANALOGUE, "2026-05-30")],
        "TRUE",
    ),
    ("less than 4 weeks until surgery", [dated("surgery", "2026-06-28", "2026-05-01")], "TRUE"),
    ("less than 4 weeks until surgery", [dated("surgery", "2026-06-29", "2026-05-01")], "FALSE"),
    ("at most 4 weeks until surgery", [dated("surgery", "2026-06-29", "2026-05-01")], "TRUE"),
    ("less than 4 weeks until surgery", [dated("surgery", "2026-05-30", "2026-05-01")], "FALSE"),  # behind
    ("less than 4 weeks until surgery", [dated("surgery", "2026-06", "2026-05-01")], "UNKNOWN imprecise"),
    ("less than 4 weeks until surgery", [], "UNKNOWN missing"),
    (
        "less than 4 weeks since treatment where kind is chemotherapy",
        [f("treatment", CHEMO, "2026-05-25"), f("treatment", ANALOGUE, "2026-05-31")],
        "TRUE",
    ),
    (
        "more than 4 weeks since treatment where kind is chemotherapy",
        [f("treatment", CHEMO, "2026-05-25"), f("treatment", ANALOGUE, "2026-05-31")],
        "FALSE",
    ),
    (
        SINCE,
        [f("treatment", CHEMO, "2026-01-01", "2026-04..2026-05"), f("treatment", ANALOGUE, "2026-02-01", "2026-04-15")],
        "UNKNOWN imprecise",
    ),
    (
        "less than 6 weeks until surgery",
        [dated("surgery", "2026-05-20..2026-06-10", "2026-01-01")],
        "UNKNOWN imprecise",
    ),
    ("at least 6 weeks until surgery", [dated("surgery", "2026-05-01", "2026-01-01")], "FALSE"),
    ("less than 4 weeks until surgery", [dated("surgery", "2026-06-10")], "TRUE"),  # planned: known already
    (
        "less than 4 weeks until surgery",
        [dated("surgery", "2026-06-10", "2026-05-01"), dated("surgery", "2026-12-10", "2026-05-01")],
        "TRUE",
    ),
    (
        "at least 4 weeks since treatment",
        [f("treatment", CHEMO, "2025-01-01", doubt="preliminary")],
        "UNKNOWN uncheckable",
    ),
    (
        "at least 4 weeks since treatment where kind is chemotherapy",
        [f("treatment", {}, "2025-01-01")],
        "UNKNOWN missing",
    ),
]


@pytest.mark.parametrize(("rule", "facts", "truth"), ELAPSED)
def test_time_since_and_until(rule: str, facts: list[Fact], truth: str) -> None:
    assert says(rule, *facts) == truth


ADULT = "age >= 18 years"
AGES = [
    (ADULT, [dated("birth_date", "2008-06-01")], "TRUE"),  # the birthday itself
    (ADULT, [dated("birth_date", "2008-06-02")], "FALSE"),  # elsewhere: 2026 - 2008 is 18
    (ADULT, [dated("birth_date", "2008")], "UNKNOWN imprecise"),
    (ADULT, [dated("birth_date", "2007")], "TRUE"),
    (ADULT, [], "UNKNOWN missing"),
    ("age > 18 years", [dated("birth_date", "2008-06-01")], "FALSE"),
    ("age <= 18 years", [dated("birth_date", "2008-06-01")], "TRUE"),
    ("age < 18 years", [dated("birth_date", "2008-06-02")], "TRUE"),
    ("age = 18 years", [dated("birth_date", "2008-06-01")], "TRUE"),
    ("age != 18 years", [dated("birth_date", "2008-06-01")], "FALSE"),
    ("age >= 18 years at consent", [dated("birth_date", "2008-03-16"), CONSENT], "FALSE"),
    ("age >= 18 years at consent", [dated("birth_date", "2008-03-15"), CONSENT], "TRUE"),
    ("age >= 18 years at consent", [dated("birth_date", "2008-03-15")], "UNKNOWN missing"),
    ("age >= 18 years at consent or today", [dated("birth_date", "2008-03-15")], "TRUE"),
    ("age >= 18 years at consent or today", [dated("birth_date", "2008-03-16"), CONSENT], "FALSE"),
    (ADULT, [dated("birth_date", "2008-06-01"), dated("birth_date", "2009-06-01")], "UNKNOWN conflicting"),
    (ADULT, [dated("birth_date", "2008-06-01"), dated("birth_date", "2000-06-01")], "TRUE"),
    (
        "age >= 18 years at consent or today",
        [dated("birth_date", "2008-01-01"), f("consent", {}, "2025-02-01", doubt="preliminary")],
        "UNKNOWN missing",
    ),
]


@pytest.mark.parametrize(("rule", "facts", "truth"), AGES)
def test_ages(rule: str, facts: list[Fact], truth: str) -> None:
    assert says(rule, *facts) == truth


def test_a_birthday_on_29_february() -> None:
    born = dated("birth_date", "2008-02-29")
    assert says(ADULT, born, on="2026-02-28") == "FALSE"
    assert says(ADULT, born, on="2026-03-01") == "TRUE"


def test_dates_are_not_compared_as_texts() -> None:
    """As texts "2026-03" stands before "2026-03-02", and "2026-10-01T23:00" after "2026-10-01"."""
    later = [f("haemoglobin", "7 g/dL", "2026-03-02"), f("haemoglobin", "9 g/dL", "2026-03")]
    assert says("haemoglobin < 8 g/dL", *later) == "UNKNOWN imprecise"
