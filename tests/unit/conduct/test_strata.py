"""A person's stratum comes from facts by rules; what is not certain randomises nobody."""

from collections.abc import Iterable
from datetime import date

import pytest
from tests.asking import case, fact, rule

from equipoise.conduct.strata import NoStratum, Stratum, stratum_of
from equipoise.facts import Fact
from equipoise.protocol.allocation import Allocation, Factor, Level, Scheme
from equipoise.protocol.load import load_trial
from equipoise.rules.case import build_case


def factor(identifier: str, **levels: str) -> Factor:
    return Factor(identifier, identifier, tuple(Level(name, name, text, rule(text)) for name, text in levels.items()))


RESIDUAL = factor("residual", R0="operation.residual is R0", R1="operation.residual is R1")
ECOG = factor("performance", fit="ecog = 0", less="ecog = 1")
PLAN = Allocation(Scheme(), (RESIDUAL, ECOG))


def asked(facts: Iterable[Fact], plan: Allocation = PLAN) -> Stratum | NoStratum:
    return stratum_of(plan, case(facts))


def test_the_levels_that_the_facts_give() -> None:
    found = asked([fact("operation", {"residual": "R1"}, "2026-04-01"), fact("ecog", "0", "2026-05-01")])
    assert isinstance(found, Stratum)
    assert found.levels == {"residual": "R1", "performance": "fit"} and found.name == "R1|fit"
    assert {each.concept for each in found.facts} == {"operation", "ecog"}
    assert found.placings[0].sentence.startswith("Residual is R1: ")
    assert "1 April 2026" in found.placings[0].sentence


NONE = [
    ([], "Residual cannot be told yet: no residual tumour"),
    ([fact("operation", {"residual": "RX"}, "2026-04-01")], "Residual cannot be told yet"),
    (
        [fact("operation", {"residual": "R2"}, "2026-04-01")],
        "Residual cannot be told yet: none of its levels is true (residual tumour: macroscopic",
    ),
    (
        [fact("operation", {"residual": "R0"}, "2026-04"), fact("operation", {"residual": "R1"}, "2026-04")],
        "Residual cannot be told yet",
    ),
]


@pytest.mark.parametrize(("facts", "told"), NONE)
def test_without_one_certain_level_nobody_is_randomised(facts: list[Fact], told: str) -> None:
    found = asked([*facts, fact("ecog", "0", "2026-05-01")])
    assert isinstance(found, NoStratum)
    assert found.sentence.startswith(f"The person cannot be randomised yet. {told}")
    assert "Performance" not in found.sentence


def test_levels_that_overlap_randomise_nobody() -> None:
    both = factor("performance", any="ecog >= 0", less="ecog <= 1")
    found = asked([fact("ecog", "1", "2026-05-01")], Allocation(Scheme(), (both,)))
    assert isinstance(found, NoStratum)
    assert "any and less are both true" in found.sentence


def test_a_level_that_may_also_be_true_randomises_nobody() -> None:
    some = factor("performance", fit="ecog <= 1", heavy="weight > 100 kg")
    found = asked([fact("ecog", "1", "2026-05-01")], Allocation(Scheme(), (some,)))
    assert isinstance(found, NoStratum) and "body weight" in found.sentence


def test_a_trial_without_factors_has_one_stratum() -> None:
    found = asked([], Allocation())
    assert isinstance(found, Stratum) and found.name == "" and found.levels == {}


def test_the_shipped_trial_takes_the_highest_grade_and_the_last_resection() -> None:
    trial = load_trial("nelmas")
    facts = [
        fact("pathology", {"grade": "G1"}, "2026-01-10"),
        fact("pathology", {"grade": "G2"}, "2025-11-01"),
        fact("liver_resection", {"residual": "R1"}, "2026-01-01"),
        fact("liver_resection", {"residual": "R0"}, "2026-02-01"),
    ]
    found = stratum_of(trial.allocation, build_case(facts, date(2026, 3, 1), trial.vocabulary))
    assert isinstance(found, Stratum) and found.name == "G2|R0"
    assert any("Every pathology report is on record" in each for each in found.placings[0].assumed)
