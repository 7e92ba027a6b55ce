"""A second trial, of another disease and with other kinds of rules, is screened by the same code."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

import equipoise
from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Outcome
from equipoise.facts import Fact
from equipoise.protocol.load import check_trial, load_trial
from equipoise.protocol.model import Protocol
from equipoise.rules.nodes import every_rule

from ..asking import dated, fact

HERE = Path(__file__).parent
ON = date(2026, 6, 1)

FIT = [
    dated("birth_date", "1980-05-05"),
    fact("baseline_visit", {}, "2026-05-04"),
    fact("exacerbation", {"treated_with": "steroids"}, "2025-09-10"),
    fact("exacerbation", {"treated_with": "antibiotics"}, "2025-12-24"),
    fact("exacerbation", {"treated_with": "steroids+antibiotics"}, "2026-02"),
    fact("eosinophils", "0.35 10*9/L", "2025-11-02"),
    fact("eosinophils", "120 /uL", "2026-05-02"),
    fact("sputum", {"growth": "none"}, "2026-01-15"),
    fact("fev1", "2000 mL", "2026-05-04"),
    fact("fev1", "1.7 L", "2026-05-28"),
    fact("potassium", "3.2 mmol/L", "2026-05-28"),
    fact("smoking", "vapour", "2026-05-28"),
    fact("biologic", {}, "2025-01-01", "2026-04-06"),
    fact("saturation", "90 %", "2026-05-04"),
]
COMPLETE = ("biologic",)


@pytest.fixture(scope="module")
def trial() -> Protocol:
    return load_trial(HERE / "sandbox")


def without(*names: str) -> list[Fact]:
    return [known for known in FIT if known.concept not in names]


def outcome(trial: Protocol, facts: Iterable[Fact]) -> tuple[str, list[str]]:
    verdict = screen_person(trial, "p", facts, ON, COMPLETE)
    deciding = [] if verdict.outcome is Outcome.ELIGIBLE else [judgement.criterion.id for judgement in verdict.deciding]
    return verdict.outcome.value, deciding


def test_it_holds_together() -> None:
    assert check_trial(HERE / "sandbox") == []


def test_a_person_who_fits_is_eligible(trial: Protocol) -> None:
    assert outcome(trial, FIT) == ("eligible", [])


AGAINST = [
    ("I1", without("birth_date"), [dated("birth_date", "1950-06-01")]),
    (
        "I3",
        without("eosinophils"),
        [fact("eosinophils", "299 /mm3", "2025-08-01"), fact("eosinophils", "900 /uL", "2026-05-01")],
    ),
    ("I4", FIT, [fact("sputum", {"growth": "bacteria"}, "2026-03-01")]),
    ("E1", FIT, [fact("fev1", "1600 mL", "2026-05-30")]),
    ("E2", FIT, [fact("potassium", "3.19 mmol/L", "2026-05-30")]),
    ("E3", FIT, [fact("smoking", "vapour+cannabis", "2026-05-30")]),
    ("E4", FIT, [fact("biologic", {}, "2026-04-07", "2026-04-07")]),
    ("E5", FIT, [dated("operation_planned", "2026-08-24", "2026-05-20")]),
    ("E6", FIT, [fact("saturation", "89.9 %", "2026-05-20"), fact("saturation", "95 %", "2026-05-30")]),
]


@pytest.mark.parametrize(("criterion", "facts", "more"), AGAINST, ids=[row[0] for row in AGAINST])
def test_each_criterion_can_bar(trial: Protocol, criterion: str, facts: list[Fact], more: list[Fact]) -> None:
    assert outcome(trial, [*facts, *more]) == ("ineligible", [criterion])


def test_one_exacerbation_is_too_few_once_all_are_known(trial: Protocol) -> None:
    facts = [*without("exacerbation"), fact("exacerbation", {"treated_with": "steroids"}, "2026-01")]
    known = screen_person(trial, "p", facts, ON, COMPLETE)["I2"]
    assert (known.truth.value, known.reason) == ("unknown", "missing")
    assert screen_person(trial, "p", facts, ON, (*COMPLETE, "exacerbation"))["I2"].against


@pytest.mark.parametrize(
    ("missing", "open_ones"),
    [
        (("birth_date",), ["I1"]),
        (("exacerbation",), ["I2"]),
        (("eosinophils",), ["I3"]),
        (("sputum",), ["I4"]),
        (("fev1",), ["E1"]),
        (("baseline_visit",), ["E1", "E6"]),
        (("potassium", "smoking"), ["E2", "E3"]),
    ],
)
def test_what_is_missing_leaves_it_open(trial: Protocol, missing: tuple[str, ...], open_ones: list[str]) -> None:
    assert outcome(trial, without(*missing)) == ("undetermined", open_ones)


def test_what_only_the_person_can_tell_makes_a_candidate(trial: Protocol) -> None:
    verdict = screen_person(trial, "p", without("smoking"), ON, COMPLETE)
    assert verdict.candidate
    assert [need.name for need in verdict.to_ask] == ["smoking"]


def test_it_changes_by_itself(trial: Protocol) -> None:
    """Eight weeks after the biologic drug; then, a year on, an exacerbation lies too long ago."""
    verdict = screen_person(trial, "p", FIT, date(2026, 5, 29), COMPLETE)
    assert verdict.outcome is Outcome.INELIGIBLE
    assert [(step.on.isoformat(), step.outcome.value) for step in verdict.changes][:1] == [("2026-06-01", "eligible")]


def test_it_says_other_things_than_the_shipped_trial(trial: Protocol) -> None:
    kinds = {type(node).__name__ for criterion in trial.criteria for node in every_rule(criterion.rule)}
    assert {"Age", "Count", "Compare", "Recorded", "Change", "Grade", "Is", "Elapsed"} <= kinds


def test_the_package_names_no_trial() -> None:
    """Outside trials/ no line of code names a shipped trial; only texts for people may (an example in a help text)."""
    package = Path(equipoise.__file__).parent
    core = [package / name for name in ("rules", "protocol", "eligibility")]
    files = [*package.glob("*.py"), *(path for folder in core for path in folder.rglob("*.py"))]
    named = [
        f"{path.relative_to(package)}: {line.strip()}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if "nelmas" in line.lower() and not line.strip().startswith(("#", '"""'))
        and 'Path = "nelmas"' not in line and '"nelmas")' not in line
        and path.parent.name != "cli" and path.name != "__init__.py"
    ]  # fmt: skip
    assert named == []
