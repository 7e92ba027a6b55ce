"""Rules about records: whether there is any, which decides, how many, and whether that is all."""

import pytest

from equipoise.facts import Fact

from ...asking import ask, dated, says
from ...asking import fact as f

LAST, BEFORE = "2026-05-30", "2026-05-01"
CONSENT = f("consent", {}, "2026-03-15")
R0 = f("operation", {"residual": "R0", "confirmed": "yes"}, LAST)
R1 = f("operation", {"residual": "R1", "confirmed": "no"}, BEFORE)
BARE = f("operation", {"confirmed": "yes"}, LAST)


ANY = "any operation where residual is R1 and confirmed is yes"
CASES = [
    ("any operation", [R0], "TRUE"),
    ("operation", [R0], "TRUE"),
    ("operation is recorded", [R0], "TRUE"),
    ("any operation", [], "UNKNOWN missing"),
    ("no operation", [R0], "FALSE"),
    ("no operation", [], "UNKNOWN missing"),
    ("any visit", [], "FALSE"),
    ("no visit", [], "TRUE"),
    ("no death", [], "TRUE"),
    ("death", [dated("death", LAST)], "TRUE"),
    ("any operation", [f("operation", {}, LAST, doubt="preliminary")], "UNKNOWN uncheckable"),
    ("any treatment", [f("treatment", "none!", LAST)], "FALSE"),
    ("any treatment", [f("treatment", "none!", LAST), f("treatment", {}, BEFORE)], "UNKNOWN conflicting"),
    ("any treatment", [f("treatment", "none!", BEFORE), f("treatment", {}, LAST)], "TRUE"),  # since then
    # A and B of the same operation, not each of another
    (ANY, [R0, R1], "UNKNOWN missing"),
    ("any operation where residual is R1 and confirmed is no", [R0, R1], "TRUE"),
    ("any operation where residual is R0", [BARE], "UNKNOWN missing"),
    ("any operation where residual is R0", [f("operation", {"residual": "RX"}, LAST)], "UNKNOWN judgement"),
    (
        "any operation where residual is R0",
        [f("operation", {"residual": "RX"}, LAST), f("operation", {"residual": "R0"}, BEFORE)],
        "TRUE",
    ),
    ("any scan where liver is metastases", [f("scan", {"liver": "none"}, LAST)], "FALSE"),  # one on file: all are
    ("no scan where liver is metastases", [f("scan", {"liver": "none"}, LAST)], "TRUE"),
    (
        "every scan where liver is none",
        [f("scan", {"liver": "none"}, LAST), f("scan", {"liver": "metastases"}, BEFORE)],
        "FALSE",
    ),
    ("every scan where liver is none", [f("scan", {"liver": "none"}, LAST)], "TRUE"),
    ("latest scan where readable is yes", [f("scan", {"liver": "none"}, LAST)], "UNKNOWN judgement"),
    ("latest operation where residual is R0", [R0, R1], "TRUE"),
    ("latest operation where residual is R1", [R0, R1], "FALSE"),
    ("first operation where residual is R1", [R0, R1], "TRUE"),
    ("operation where residual is R1", [R0, R1], "FALSE"),  # the latest is what is meant without a word
    ("latest operation where residual is R0", [BARE, R1], "UNKNOWN missing"),
    ("latest operation where residual is R0", [], "UNKNOWN missing"),
    ("latest visit", [], "FALSE"),
    ("latest operation where residual is R0", [R0, f("operation", {"residual": "R1"}, LAST)], "UNKNOWN conflicting"),
    ("latest operation where residual is R0", [R0, f("operation", {"residual": "R0"}, LAST)], "TRUE"),
    ("latest consent where withdrawn is no", [CONSENT], "TRUE"),  # no withdrawal on record is none
    ("latest consent where (withdrawn is no and no visit before consent)", [CONSENT], "TRUE"),
    (
        "latest consent where (withdrawn is no and no visit before consent)",
        [CONSENT, f("visit", {}, "2026-03-14")],
        "FALSE",
    ),
    (
        "latest consent where (withdrawn is no and no visit before consent)",
        [CONSENT, f("visit", {}, "2026-03")],
        "UNKNOWN imprecise",
    ),
    ("count of operation >= 2", [R0, R1], "TRUE"),
    ("count of operation >= 2", [R0], "UNKNOWN missing"),
    ("count of operation < 2", [R0, R1], "FALSE"),
    ("count of operation < 2", [R0], "UNKNOWN missing"),
    ("count of operation >= 2", [R0, R0], "UNKNOWN missing"),  # the same entry twice is one
    ("count of visit = 0", [], "TRUE"),
    (
        "count of scan where liver is metastases = 1",
        [f("scan", {"liver": "metastases"}, LAST), f("scan", {"liver": "none"}, BEFORE)],
        "TRUE",
    ),
    ("count of scan where liver is metastases >= 1", [f("scan", {}, LAST)], "UNKNOWN imprecise"),
    (
        "count of scan within 4 weeks before today >= 2",
        [f("scan", {}, LAST), f("scan", {}, "2026-05")],
        "UNKNOWN imprecise",
    ),
    ("count of operation = 1", [R0, R1], "FALSE"),
    (
        "any treatment where kind is chemotherapy",
        [f("treatment", "none!", "2020-01-01"), f("treatment", {"kind": "analogue"}, "2023-01-01")],
        "UNKNOWN missing",
    ),
    # a statement of none of 2020 tells nothing of the last weeks of 2026
    ("any treatment within 4 weeks before today", [f("treatment", "none!", "2020-01-01")], "UNKNOWN stale"),
    ("less than 4 weeks since any treatment", [f("treatment", "none!", "2020-01-01")], "UNKNOWN stale"),
    ("count of treatment >= 1", [f("treatment", "none!", LAST), f("treatment", {}, BEFORE)], "UNKNOWN conflicting"),
]


@pytest.mark.parametrize(("rule", "facts", "truth"), CASES)
def test_records(rule: str, facts: list[Fact], truth: str) -> None:
    assert says(rule, *facts) == truth


@pytest.mark.parametrize(
    ("rule", "facts", "truth"),
    [
        ("any operation", [], "FALSE"),
        (ANY, [R0, R1], "FALSE"),
        ("count of operation < 2", [R0], "TRUE"),
        ("latest operation where residual is R0", [], "FALSE"),
        ("every operation where residual is R0", [], "UNKNOWN missing"),  # nothing to say it of
        ("any operation before consent", [CONSENT], "FALSE"),
        ("any operation before consent", [], "FALSE"),  # none at all, whenever consent was
        ("any operation before consent", [R0], "UNKNOWN missing"),
    ],
)
def test_records_that_are_all_there_are(rule: str, facts: list[Fact], truth: str) -> None:
    assert says(rule, *facts, complete=["operation"]) == truth


def test_assumptions_are_listed() -> None:
    assert ask("no operation", complete=["operation"]).assumed == (
        "All facts about operation are on record (declared complete on import).",
    )
    assert ask("no scan where liver is metastases", f("scan", {"liver": "none"}, LAST)).assumed == (
        "Every liver scan is on record, since one is.",
    )
    assert ask("any operation", R0, complete=["operation"]).assumed == ()  # not needed, not assumed


def test_corrections() -> None:
    wrong = f("operation", {"residual": "R2"}, LAST, id="1")
    right = f("operation", {"residual": "R0"}, LAST, id="2", supersedes="1")
    assert says("any operation where residual is R2", wrong, right, complete=["operation"]) == "FALSE"
    again = f("operation", {"residual": "R1"}, LAST, id="3", supersedes="2")
    assert says("latest operation where residual is R1", wrong, right, again) == "TRUE"


def test_a_correction_of_the_date_into_the_future() -> None:
    wrong = f("operation", {"residual": "R0"}, "2026-05-01", id="1")
    right = f("operation", {"residual": "R0"}, "2026-07-01", id="2", supersedes="1")
    assert says("any operation", wrong, right) == "UNKNOWN missing"


def test_every_of_perhaps_none() -> None:
    maybe = f("scan", {"liver": "none"}, "2026-05-01..2026-05-10")
    assert says("every scan within 4 weeks before today where liver is none", maybe) == "UNKNOWN imprecise"


@pytest.mark.parametrize("when", ["", "2026", "2026-04..2026-05"])
def test_a_statement_of_none_that_may_be_old(when: str) -> None:
    """It may be older than the four weeks for which it stands, and there may have been a treatment since."""
    assert says("any treatment within 4 weeks before today", f("treatment", "none!", when)).startswith("UNKNOWN")
