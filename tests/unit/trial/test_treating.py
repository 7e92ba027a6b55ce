"""Doses: decided by the rules, signed, and given as decided or overridden, on the day itself; nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest
from tests.running import Running, before_dose, eligible_facts, fact, opened, refused

from equipoise.conduct.dosing import Action
from equipoise.ledger.entry import Entry
from equipoise.participant.moves import Standing
from equipoise.participant.record import number_of
from equipoise.quantities import exactly
from equipoise.trial import Trial

DOSE_1: Final = date(2026, 5, 27)
DOSE_2: Final = date(2026, 7, 22)  # 8 weeks on
S = Standing


@pytest.fixture
def running() -> Running:
    """With P1 in the arm that is treated, on the day of the first dose."""
    running = opened("Arm 2")
    running.bring("P1", S.RANDOMISED)
    running.clock.reach(DOSE_1)
    return running


@pytest.fixture
def ready(running: Running) -> Running:
    """And all that comes before a dose is on record."""
    running.trial.record("site", "P1", *before_dose(DOSE_1))
    return running


def decided(running: Running) -> Entry:
    return running.trial.decide_dose("investigator", "P1")


# ---------------------------------------------------------------- the good path
def test_a_decision_is_the_rules_word_with_all_that_it_rests_on(ready: Running) -> None:
    """R16, R17: signed with its meaning, and a hash over the exact values."""
    entry = decided(ready)
    body = entry.body
    assert body is not None and body["action"] == "give" and body["level"] == "full" and body["cycle"] == 1
    assert body["meaning"] == "dose decision" and body["hash"] == ready.trial.hash_of(body["covers"])
    covered = {ready.trial.store.entry(seq).concept for seq in body["covers"]}
    assert {"platelets", "haemoglobin", "neutrophils", "creatinine"} <= covered
    assert body["rules"]["hold-platelets"]["truth"] == "false" and body["position"] == entry.seq - 1


def test_a_dose_is_given_and_brings_the_person_on(ready: Running) -> None:
    decision = decided(ready)
    entry = ready.trial.give_dose("pharmacist", "P1", "full", activity=exactly("7.3", "GBq"))
    known = ready.trial.person("P1")
    (dose,) = known.of_concept("full_dose")
    assert known.standing is S.ON_TREATMENT and number_of(dose) == entry.seq and known.moved("treat") == DOSE_1
    assert str(dose.value["activity"]) == "7.3 GBq" and str(dose.value["cycle"]).startswith("1")  # pyright: ignore
    assert dose.source == f"dose decision, entry {decision.seq}"
    assert next(each.status for each in ready.trial.visits("P1") if each.slot == "dose_1") == "done"


def test_two_doses_in_their_windows_are_all(running: Running) -> None:
    running.treat("P1", DOSE_1)
    running.treat("P1", DOSE_2)
    assert [str(each.when) for each in running.trial.person("P1").of_concept("full_dose")] == [
        "27 May 2026",
        "22 July 2026",
    ]
    told = refused(running, lambda t: t.decide_dose("investigator", "P1"))
    assert told == "The treatment has 2 doses, and 2 of P1 are on record."


def test_asking_what_the_rules_say_writes_nothing(ready: Running) -> None:
    head = ready.trial.store.head()
    assert ready.trial.dose("P1").action is Action.GIVE and ready.trial.store.head() == head


def test_a_measured_activity_that_can_hardly_be_is_asked_about(ready: Running) -> None:
    """R09: a dose is a value like any other."""
    decided(ready)
    entry = ready.trial.give_dose("pharmacist", "P1", "full", activity=exactly(74, "GBq"))
    (query,) = ready.trial.state.queries.values()
    assert query.about == entry.seq and query.text == "Please check: activity 74 GBq is outside 0 to 20 GBq."


# ---------------------------------------------------------------- refusals
def test_no_dose_before_its_decision(ready: Running) -> None:
    """R22."""
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "full"))
    assert told == "No decision on dose 1 of P1 is signed: the investigator decides first."


def test_no_dose_before_its_values(running: Running) -> None:
    """R22: no dose before labs in their window."""
    decision = decided(running)
    assert decision.body is not None and decision.body["action"] == "undecided"
    told = refused(running, lambda t: t.give_dose("pharmacist", "P1", "full"))
    assert "no neutrophils on record" in told and "Amino acid solution, not in order (amino-acids)" in told
    assert told.endswith("To give it all the same, state a reason and sign it.")


def test_values_that_are_too_old_are_none(ready: Running) -> None:
    """R22: the window of the values is that of the day of the dose, not of the decision."""
    decided(ready)
    ready.clock.reach(DOSE_1 + timedelta(days=29))
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "full"))
    assert "the nearest is on 27 May 2026, 29 days before it" in told


def test_a_dose_that_the_rules_hold_is_not_given(ready: Running) -> None:
    decided(ready)
    ready.clock.reach(DOSE_1 + timedelta(days=1))
    ready.trial.record("site", "P1", fact(DOSE_1 + timedelta(days=1), platelets="60 10*9/L"))
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "full"))
    assert told.startswith("P1 on 28 May 2026, dose 1: hold. Hold by hold-platelets (thrombocytopenia):")


def test_a_decision_whose_values_were_corrected_is_none(ready: Running) -> None:
    """R19."""
    decided(ready)
    lab = number_of(ready.trial.person("P1").of_concept("platelets")[-1])
    ready.trial.correct("site", "P1", lab, fact(DOSE_1, platelets="240 10*9/L"), "misread")
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "full"))
    assert told == "What the decision on dose 1 of P1 rested on was corrected since: decide again."
    decided(ready)
    ready.trial.give_dose("pharmacist", "P1", "full")


REFUSED: list[tuple[str, Callable[[Trial], object], str]] = [
    ("a level that there is not", lambda t: t.give_dose("pharmacist", "P1", "double"),
     'The treatment has no level "double"; there are: full, reduced.'),
    ("a level that was not decided", lambda t: t.give_dose("pharmacist", "P1", "reduced"),
     "P1 on 27 May 2026, dose 1: give 7.4 GBq (full dose). No rule of the treatment stands against it. Half dose "
     "(3.7 GBq) "
     "is not what the rules say. To give it all the same, state a reason and sign it."),
    ("a day to come", lambda t: t.give_dose("pharmacist", "P1", "full", date(2026, 6, 30)),
     "The dose is dated 2026-06-30, which lies ahead: record it when it has been."),
    ("a day before the randomisation", lambda t: t.give_dose("pharmacist", "P1", "full", date(2026, 5, 15)),
     "The dose on 15 May 2026 lies before the last step of P1, on 18 May 2026: check both days."),
    ("a unit of another kind", lambda t: t.give_dose("pharmacist", "P1", "full", activity=exactly(7, "kg")),
     'activity is not measured in "kg": use GBq.'),
    ("by the monitor", lambda t: t.give_dose("monitor", "P1", "full"),
     "monitor is a monitor and may not record that something is known about a person: ask the investigator or "
     "coordinator or pharmacist."),
    ("decided by the pharmacist", lambda t: t.decide_dose("pharmacist", "P1"),
     "pharmacist is a pharmacist and may not record that the investigator signs a decision on a dose: ask the "
     "investigator."),
    ("overridden without a reason", lambda t: t.override_dose("investigator", "P1", "reduced", " "),
     "It needs a reason that the investigator decides otherwise than the rule: say why in a few words."),
    ("overridden though nothing stands against it", lambda t: t.override_dose("investigator", "P1", "full", "why"),
     "Nothing stands against full for P1: no override is needed."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_refuses_in_one_sentence(ready: Running, what: Callable[[Trial], object], sentence: str) -> None:
    """R13, R22."""
    decided(ready)
    assert refused(ready, what) == sentence


def test_a_dose_is_not_given_a_second_time_with_an_older_date(ready: Running) -> None:
    """R22: before the first dose, the first decision would seem to hold still."""
    decided(ready)
    ready.trial.give_dose("pharmacist", "P1", "full")
    ready.clock.reach(DOSE_1 + timedelta(days=3))
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "full", date(2026, 5, 26)))
    assert told == "The dose on 26 May 2026 lies before the last step of P1, on 27 May 2026: check both days."
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "full"))
    assert told == "No decision on dose 2 of P1 is signed: the investigator decides first."


@pytest.mark.parametrize("verb", ["decide", "override", "give"])
def test_of_the_arm_without_treatment_nobody_decides_on_a_dose(verb: str) -> None:
    running = opened("Arm 1")
    running.bring("P1", S.RANDOMISED)
    running.bring("P2", S.ELIGIBLE)
    tries: dict[str, Callable[[Trial, str], object]] = {
        "decide": lambda t, who: t.decide_dose("investigator", who),
        "override": lambda t, who: t.override_dose("investigator", who, "full", "why"),
        "give": lambda t, who: t.give_dose("pharmacist", who, "full"),
    }
    told = refused(running, lambda t: tries[verb](t, "P1"))
    assert told == "P1 was randomised to Arm 1 on 18 May 2026, which gets no dose."
    assert refused(running, lambda t: tries[verb](t, "P2")) == "P2 is not randomised: a dose comes after that."


@pytest.mark.parametrize("arm", ["Arm 1", "Arm 2"])
def test_a_refusal_tells_the_statistician_no_arm(arm: str) -> None:
    """R12: the words are the same whichever arm it is."""
    running = opened(arm)
    running.bring("P1", S.RANDOMISED)
    tries: list[Callable[[Trial], object]] = [
        lambda t: t.decide_dose("statistician", "P1"), lambda t: t.override_dose("statistician", "P1", "full", "why"),
        lambda t: t.give_dose("statistician", "P1", "full"), lambda t: t.randomise("statistician", "P1"),
        lambda t: t.visit("statistician", "P1", "dose_1", date(2026, 5, 18)),
    ]  # fmt: skip
    for what in tries:
        assert refused(running, what).startswith("statistician is a statistician and may not record that ")


@pytest.mark.parametrize("left", ["follow", "withdraw", "lose", "die"])
def test_who_is_not_treated_any_more_gets_no_decision_and_no_dose(ready: Running, left: str) -> None:
    """R22, R35."""
    decided(ready)
    steps: dict[str, Callable[[Trial], object]] = {
        "follow": lambda t: t.follow("site", "P1"),
        "withdraw": lambda t: t.withdraw("site", "P1", "treatment", "tired of it"),
        "lose": lambda t: t.lose("site", "P1", "never answers"),
        "die": lambda t: t.record("site", "P1", fact(DOSE_1, death=DOSE_1)),
    }
    steps[left](ready.trial)
    for what in (decided, lambda r: r.trial.give_dose("pharmacist", "P1", "full")):
        told = refused(ready, lambda _, what=what: what(ready))
        assert told.startswith("P1 cannot be recorded as somebody who is given a dose: the standing is ")


# ---------------------------------------------------------------- overrides
def test_an_override_gives_the_dose_of_that_day_and_keeps_what_stood_against_it(ready: Running) -> None:
    """R02: otherwise than the rule only with a reason, which is kept beside the rule."""
    ready.trial.record("site", "P1", fact(DOSE_1, adverse_event={"term": "nausea", "grade": "1 {score}"}))
    decided(ready)
    entry = ready.trial.override_dose("investigator", "P1", "reduced", "tumour board of 26 May")
    assert entry.reason == "tumour board of 26 May" and entry.body is not None
    assert entry.body["against"][0].endswith("Half dose (3.7 GBq) is not what the rules say.")
    ready.trial.give_dose("pharmacist", "P1", "reduced")
    assert ready.trial.person("P1").of_concept("reduced_dose")


def test_an_override_holds_for_its_own_day_and_level(ready: Running) -> None:
    decided(ready)
    ready.trial.override_dose("investigator", "P1", "reduced", "tumour board")
    ready.clock.reach(DOSE_1 + timedelta(days=1))
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "reduced"))
    assert told.endswith("To give it all the same, state a reason and sign it.")


def test_an_override_is_no_decision(ready: Running) -> None:
    """R22: the rules are asked and signed first."""
    ready.trial.override_dose("investigator", "P1", "reduced", "tumour board")
    told = refused(ready, lambda t: t.give_dose("pharmacist", "P1", "reduced"))
    assert told == "No decision on dose 1 of P1 is signed: the investigator decides first."


def test_a_dose_outside_its_window_needs_an_override(running: Running) -> None:
    """R22: after the last day of the first dose, 10 weeks after the resection."""
    surgery = next(each.when.first for each in eligible_facts() if each.concept == "liver_resection")
    late = surgery + timedelta(days=71)
    running.clock.reach(late)
    running.trial.record("site", "P1", *before_dose(late), fact(late, anticancer_treatment="none"))
    decided(running)
    told = refused(running, lambda t: t.give_dose("pharmacist", "P1", "full"))
    assert "Dose 1 is past its last day: 71 days after" in told
    running.trial.override_dose("investigator", "P1", "full", "the scanner was broken")
    running.trial.give_dose("pharmacist", "P1", "full")
    assert running.trial.person("P1").standing is S.ON_TREATMENT
