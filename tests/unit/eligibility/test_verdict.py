"""From truths to a verdict: the outcome, what is missing, whom to ask, and when it changes."""

from datetime import date
from itertools import product
from types import MappingProxyType

import pytest

from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Outcome, Verdict
from equipoise.facts import Fact
from equipoise.protocol.model import Criterion, Protocol, Warning_

from ...asking import WORDS, dated, fact, rule

ON = date(2026, 6, 1)


def trial(*criteria: tuple[str, str], warnings: tuple[str, ...] = ()) -> Protocol:
    """A trial of criteria ("I1", rule) or ("E1", rule)."""
    return Protocol(
        id="tiny",
        title="Tiny",
        acronym="TINY",
        condition="none",
        about="",
        record="",
        digest="0" * 64,
        vocabulary=WORDS,
        criteria=tuple(
            Criterion(name, "inclusion" if name.startswith("I") else "exclusion", text, text, rule(text), name)
            for name, text in criteria
        ),
        warnings=tuple(
            Warning_(f"W{n}", text, rule(text), f"Look at this: {n}.", "test") for n, text in enumerate(warnings, 1)
        ),
        arms=(),
        sites=(),
        sections=(),
        moments=MappingProxyType({}),
        gradings=MappingProxyType({}),
    )


def screened(protocol: Protocol, *facts: Fact, on: date = ON, complete: tuple[str, ...] = ()) -> Verdict:
    return screen_person(protocol, "p1", facts, on, complete)


TWO = trial(("I1", "ecog <= 1"), ("E1", "haemoglobin < 8.0 g/dL"))
ECOG = {"true": [fact("ecog", "1", "2026-05-01")], "false": [fact("ecog", "2", "2026-05-01")], "unknown": []}
HB = {
    "true": [fact("haemoglobin", "7.8 g/dL", "2026-03-02")],
    "false": [fact("haemoglobin", "9 g/dL", "2026-03-02")],
    "unknown": [],
}


@pytest.mark.parametrize(("inclusion", "exclusion"), list(product(ECOG, HB)))
def test_outcome(inclusion: str, exclusion: str) -> None:
    """Ineligible by one against; eligible only when all are settled in favour; unknown never counts as either."""
    verdict = screened(TWO, *ECOG[inclusion], *HB[exclusion])
    if inclusion == "false" or exclusion == "true":
        assert verdict.outcome is Outcome.INELIGIBLE
    elif inclusion == "true" and exclusion == "false":
        assert verdict.outcome is Outcome.ELIGIBLE and verdict.eligible
    else:
        assert verdict.outcome is Outcome.UNDETERMINED and not verdict.candidate  # there is something to find
    assert (verdict["I1"].truth.value, verdict["E1"].truth.value) == (inclusion, exclusion)


def test_sentences() -> None:
    verdict = screened(TWO, *ECOG["true"], *HB["true"])
    assert verdict["E1"].sentence == "Excluded by E1: haemoglobin 7.8 g/dL on 2 March 2026 is below 8.0 g/dL."
    assert verdict["I1"].sentence.startswith("I1 is met: ")
    assert verdict.sentence == "p1 on 1 June 2026: ineligible by E1."
    assert str(verdict).splitlines() == [verdict.sentence, f"  {verdict['E1'].sentence}"]
    assert screened(TWO)["E1"].sentence == "E1 cannot be judged yet: no haemoglobin on record."
    with pytest.raises(KeyError):
        verdict["E2"]


def test_what_to_find_and_whom_to_ask() -> None:
    protocol = trial(
        ("I1", "agreed is yes"),
        ("I2", "accepted is yes"),
        ("I3", "ecog <= 1"),
        ("I4", "ecog <= 2"),
        ("E1", "site is lung"),
    )
    verdict = screened(protocol, fact("site", "unclear", "2026-05-01"))
    assert [need.name for need in verdict.to_find] == ["ecog"]
    assert verdict.to_find[0].criteria == ("I3", "I4")  # each thing once
    assert [(need.name, need.who) for need in verdict.to_ask] == [
        ("agreed", "person"),
        ("accepted", "investigator"),
        ("site", "investigator"),
    ]
    assert not verdict.candidate
    asked = screened(protocol, fact("site", "colon", "2026-05-01"), fact("ecog", "1", "2026-05-01"))
    assert asked.candidate and asked.to_find == ()
    assert "a candidate to approach" in asked.sentence


def test_warnings_never_change_the_verdict() -> None:
    protocol = trial(("I1", "ecog <= 1"), warnings=("haemoglobin < 10 g/dL",))
    verdict = screened(protocol, *ECOG["true"], *HB["true"])
    assert verdict.eligible
    assert len(verdict.warnings) == 1 and verdict.warnings[0].startswith("Look at this: 1.")
    assert screened(protocol, *ECOG["true"]).warnings == ()  # unknown is no warning


def test_assumptions_are_listed_once() -> None:
    protocol = trial(("E1", "any operation"), ("E2", "any operation where residual is R2"))
    assert screened(protocol, complete=("operation",)).assumptions == (
        "All facts about operation are on record (declared complete on import).",
    )


SURGERY = trial(("E1", "less than 4 weeks since operation"), ("E2", "more than 70 days since operation"))


def test_the_timeline() -> None:
    verdict = screened(SURGERY, fact("operation", {}, "2026-05-25"))
    assert verdict.outcome is Outcome.INELIGIBLE
    assert [(step.on.isoformat(), step.outcome.value) for step in verdict.changes] == [
        ("2026-06-22", "eligible"),
        ("2026-08-04", "ineligible"),
    ]
    for step in verdict.changes:  # what it says of a day is what that day says
        assert screened(SURGERY, fact("operation", {}, "2026-05-25"), on=step.on).outcome is step.outcome
        assert step.because


def test_a_warning_that_comes_up_is_a_change() -> None:
    protocol = trial(("I1", "ecog <= 1"), warnings=("more than 70 days since operation",))
    verdict = screened(protocol, *ECOG["true"], fact("operation", {}, "2026-05-25"))
    assert [(step.on.isoformat(), step.outcome.value) for step in verdict.changes] == [("2026-08-04", "eligible")]
    assert verdict.changes[0].because == "Warning: Look at this: 1."


def test_a_birthday_is_a_change() -> None:
    verdict = screened(trial(("I1", "age >= 18 years")), dated("birth_date", "2008-06-15"))
    assert [(step.on.isoformat(), step.outcome.value) for step in verdict.changes] == [("2026-06-15", "eligible")]


def test_unknown_is_never_eligible_with_confidence() -> None:
    """Elsewhere a person of whom nothing was known on pregnancy came out as eligible, with confidence 1.0."""
    protocol = trial(("E5", "pregnancy is yes and not (sex is male)"))
    assert screened(protocol).outcome is Outcome.UNDETERMINED
    assert screened(protocol, fact("sex", "male")).outcome is Outcome.ELIGIBLE
    assert screened(protocol, fact("pregnancy_test", "positive", "2026-05-01")).outcome is Outcome.UNDETERMINED


def test_plain_data() -> None:
    found = screened(TWO, *HB["true"]).as_dict()
    assert (found["person"], found["on"], found["verdict"], found["candidate"]) == (
        "p1",
        "2026-06-01",
        "ineligible",
        False,
    )
    assert found["criteria"]["I1"]["truth"] == "unknown" and found["criteria"]["I1"]["reason"] == "missing"
    assert found["criteria"]["E1"]["evidence"][0]["from"] == "2026-03-02"
    assert found["to_find"] == ["ecog"] and found["protocol"] == "0" * 64


def test_the_same_question_has_the_same_answer() -> None:
    facts = [*ECOG["true"], *HB["false"]]
    assert screened(TWO, *facts) == screened(TWO, *reversed(facts))
