"""Each kind of deviation is found where it happened, by its rule and evidence, and not where nothing departed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import pytest
from tests.running import Running, before_dose, consent, fact, nelmas, opened

from equipoise.conduct.deviation import Deviation
from equipoise.conduct.deviations import KINDS, deviations, imaging
from equipoise.fact_data import fact_data
from equipoise.facts import Fact
from equipoise.participant.moves import Standing
from equipoise.participant.record import body_of, number_of

ENTRY: Final = date(2026, 5, 18)
DOSE_1: Final = date(2026, 5, 27)
DOSE_2: Final = date(2026, 7, 22)
DAY_80: Final = date(2026, 8, 15)
FOLLOW_UP_1: Final = date(2026, 8, 18)


def found(running: Running, kind: str, on: date | None = None, **asked: Any) -> list[Deviation]:
    every = deviations(running.trial.state, nelmas(), on or running.trial.today, **asked)
    return [each for each in every if each.kind == kind]


def someone(arm: str, *doses: date) -> Running:
    """P1, randomised to the arm, with doses on these days."""
    running = opened(arm)
    running.bring("P1", Standing.RANDOMISED)
    for day in doses:
        running.treat("P1", day)
    return running


def entry_of(running: Running, concept: str, place: int = -1) -> int:
    return number_of(running.trial.person("P1").of_concept(concept)[place])


def corrected(running: Running, concept: str, stated: Fact, place: int = -1) -> int:
    return running.trial.correct("site", "P1", entry_of(running, concept, place), stated, "typed wrong").seq


def written(running: Running, stated: Fact) -> int:
    """Writes a fact past the verbs of the door, as another program might."""
    door = running.trial
    return door.append(door.draft("site", "fact", "P1", body_of(fact_data(replace(stated, person="P1")))))[0].seq


def dose(on: date, concept: str = "full_dose", cycle: int = 1) -> Fact:
    return fact(on, **{concept: {"cycle": f"{cycle} 1", "activity": "7.4 GBq"}})


# ---------------------------------------------------------------- one scenario for each kind
# Each leads to at least one deviation of its kind, and gives the rule and an entry that must be among the evidence.
Shown = tuple[Running, str, int]


def ineligible() -> Shown:
    running = someone("Arm 1")
    return running, "E8", corrected(running, "haemoglobin", fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"))


def not_shown_eligible() -> Shown:
    running = someone("Arm 1")
    running.trial.void("site", "P1", entry_of(running, "haemoglobin"), "of another person")
    return running, "E8", running.trial.person("P1").allocation.entry  # pyright: ignore[reportOptionalMemberAccess]


def wrong_stratum() -> Shown:
    running = someone("Arm 1")
    right = fact(date(2026, 4, 1), liver_resection={"residual": "R1", "histology_confirmed": "yes"})
    return running, "margin", corrected(running, "liver_resection", right)


def procedure_before_consent() -> Shown:
    running = someone("Arm 1")
    corrected(running, "consent", consent(date(2026, 5, 14)))
    return running, "procedure_before_consent", entry_of(running, "first_study_procedure")


def not_consented_again() -> Shown:
    running = someone("Arm 1")
    running.clock.reach(FOLLOW_UP_1)
    running.trial.bring_consent_into_force("sponsor", "3.0", date(2026, 8, 1))
    return running, "3.0", running.trial.visit("site", "P1", "follow_up.1", FOLLOW_UP_1).seq


def dose_outside_window() -> Shown:
    running, _, entry = dose_overridden()
    return running, "dose_2", entry


def dose_undecided() -> Shown:
    running = someone("Arm 2")
    running.clock.reach(DOSE_1)
    return running, "cycle 1", written(running, dose(DOSE_1))


def dose_otherwise() -> Shown:
    running = someone("Arm 2")
    running.clock.reach(DOSE_1)
    running.trial.record("site", "P1", *before_dose(DOSE_1))
    running.trial.decide_dose("investigator", "P1")
    return running, "cycle 1", written(running, dose(DOSE_1, "reduced_dose"))


def dose_overridden() -> Shown:
    running = someone("Arm 2", DOSE_1)
    running.clock.reach(DAY_80)
    running.trial.record("site", "P1", *before_dose(DAY_80))
    running.trial.decide_dose("investigator", "P1")
    running.trial.override_dose("investigator", "P1", "full", "the ward was closed")
    return running, "cycle 2", running.trial.give_dose("pharmacist", "P1", "full").seq


def dose_against_rules() -> Shown:
    running = someone("Arm 2", DOSE_1, DOSE_2)
    return running, "hold-platelets", corrected(running, "platelets", fact(DOSE_2, platelets="40 10*9/L"))


def dose_not_ready() -> Shown:
    running = someone("Arm 2", DOSE_1)
    given = entry_of(running, "full_dose")
    running.trial.void("site", "P1", entry_of(running, "neutrophils"), "of another person")
    return running, "lab-neutrophils", given


def dose_missed() -> Shown:
    running = someone("Arm 2")
    running.clock.reach(date(2026, 6, 1))
    return running, "dose_1", running.trial.visit("site", "P1", "dose_1", date(2026, 6, 1), False, "no vial").seq


def other_arm_treatment() -> Shown:
    running = someone("Arm 1")
    running.clock.reach(DOSE_1)
    return running, "other_arm_treatment", written(running, dose(DOSE_1))


def scan_missed() -> Shown:
    running = someone("Arm 1")
    running.clock.reach(FOLLOW_UP_1)
    return running, "follow_up.1", running.trial.visit("site", "P1", "follow_up.1", FOLLOW_UP_1, False, "ill").seq


def visit_missed() -> Shown:
    running, day = someone("Arm 2", DOSE_1), date(2026, 6, 24)
    running.clock.reach(day)
    return running, "labs_dose_1.1", running.trial.visit("site", "P1", "labs_dose_1.1", day, False, "away").seq


def visit_outside_window() -> Shown:
    running, late = someone("Arm 1"), date(2026, 9, 10)
    running.clock.reach(late)
    return running, "follow_up.1", running.trial.visit("site", "P1", "follow_up.1", late).seq


def entered_late() -> Shown:
    running = someone("Arm 1")
    running.clock.reach(FOLLOW_UP_1 + timedelta(days=15))
    return running, "follow_up.1", running.trial.visit("site", "P1", "follow_up.1", FOLLOW_UP_1).seq


def reported_late() -> Shown:
    running = someone("Arm 2", DOSE_1)
    running.clock.reach(date(2026, 6, 3))
    event = {"term": "nausea", "grade": "3 {score}", "related": "yes", "serious": "yes", "outcome": "resolved"}
    written_event = running.trial.record("site", "P1", fact(date(2026, 6, 1), adverse_event=event))[0]
    aware = running.trial.now() - timedelta(hours=30)
    report = running.trial.report_serious("site", "P1", written_event.seq, aware)
    running.trial.receive_serious("sponsor", report.seq)
    return running, "sae_24h", report.seq


def after_withdrawal() -> Shown:
    running = someone("Arm 1")
    running.clock.reach(FOLLOW_UP_1)
    visit = running.trial.visit("site", "P1", "follow_up.1", FOLLOW_UP_1)
    running.trial.withdraw("site", "P1", "visits", "letter found", FOLLOW_UP_1 - timedelta(days=5))
    return running, "visits", visit.seq


SCENARIOS: Final[dict[str, Callable[[], Shown]]] = {
    each.__name__: each
    for each in (
        ineligible, not_shown_eligible, wrong_stratum, procedure_before_consent, not_consented_again,
        dose_outside_window, dose_undecided, dose_otherwise, dose_overridden, dose_against_rules, dose_not_ready,
        dose_missed, other_arm_treatment, scan_missed, visit_missed, visit_outside_window, entered_late, reported_late,
        after_withdrawal,
    )
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_found_with_its_rule_and_evidence(kind: str) -> None:
    running, rule, entry = SCENARIOS[kind]()
    running.clock.wait(timedelta(days=20))  # so that what is only overdue is missed
    shown = [each for each in found(running, kind) if each.rule == rule and entry in each.entries]
    assert len(shown) == 1, found(running, kind)
    (each,) = shown
    assert (each.person, each.site, each.severity) == ("P1", "S1", KINDS[kind].severity)
    assert each.sentence.startswith("P1") or " of P1 " in each.sentence
    assert each.sentence.endswith((".", "]"))


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_is_found_before_the_day_on_which_it_happened(kind: str) -> None:
    running, _, _ = SCENARIOS[kind]()
    running.clock.wait(timedelta(days=20))
    first = min(each.on for each in found(running, kind))
    assert found(running, kind, first - timedelta(days=1)) == []


# ---------------------------------------------------------------- and nothing where nothing departed
def clean(arm: str) -> Running:
    """Somebody with whom everything is done, in its time, for a year."""
    running = someone(arm, *((DOSE_1, DOSE_2) if arm == "Arm 2" else ()))
    for _ in range(60):
        running.clock.wait(timedelta(days=7))
        for due in running.trial.visits("P1"):
            if due.status == "in window":
                running.trial.visit("site", "P1", due.slot, running.trial.today)
    return running


def test_who_did_all_in_its_time_has_no_deviation() -> None:
    assert deviations(clean("Arm 1").trial.state, nelmas(), date(2027, 6, 1)) == ()


def test_of_the_treated_arm_only_what_the_second_dose_took_over_is_missed() -> None:
    every = deviations(clean("Arm 2").trial.state, nelmas(), date(2027, 6, 1))
    assert {each.rule for each in every} == {"labs_dose_1.1"}


def test_a_hold_for_a_toxicity_extends_the_window() -> None:
    running = someone("Arm 2", DOSE_1)
    running.clock.reach(DOSE_2)
    low = [each for each in before_dose(DOSE_2) if each.concept != "platelets"]
    running.trial.record("site", "P1", *low, fact(DOSE_2, platelets="60 10*9/L"))
    held = running.trial.decide_dose("investigator", "P1")
    assert held.body is not None and held.body["action"] == "hold"
    running.treat("P1", DAY_80, "reduced")
    for kind in ("dose_outside_window", "dose_otherwise", "dose_against_rules", "dose_not_ready", "dose_overridden"):
        assert found(running, kind) == [], kind


def test_a_late_dose_without_a_hold_says_what_is_lacking() -> None:
    (each,) = found(dose_outside_window()[0], "dose_outside_window")
    assert each.sentence == (
        "P1, dose 2: done late on 15 August 2026, was due 22 July 2026 (15 July to 29 July): no hold for resolving "
        "acute toxicity is recorded, without which it is not extended to 16 September 2026."
    )


def test_an_adverse_event_of_the_day_of_a_dose_came_after_it() -> None:
    running = someone("Arm 2", DOSE_1, DOSE_2)
    event = {"term": "hypersensitivity", "grade": "3 {score}", "related": "yes", "serious": "no"}
    running.trial.record("site", "P1", fact(DOSE_2, adverse_event=event))
    assert found(running, "dose_against_rules") == []


def test_a_stop_that_was_signed_is_no_missed_dose() -> None:
    running = someone("Arm 2", DOSE_1)
    running.clock.reach(DOSE_2)
    event = {"term": "hypersensitivity", "grade": "3 {score}", "related": "yes", "serious": "no"}
    running.trial.record("site", "P1", *before_dose(DOSE_2), fact(DOSE_2, adverse_event=event))
    running.clock.wait(timedelta(days=60))
    assert [each.rule for each in found(running, "dose_missed")] == ["dose_2"]
    running.trial.decide_dose("investigator", "P1")
    assert found(running, "dose_missed") == []


def test_what_is_overdue_is_missed_when_no_entry_can_come_in_time_any_more() -> None:
    running = someone("Arm 2")
    last = date(2026, 6, 10)  # of dose 1
    running.clock.reach(last + timedelta(days=15))
    assert found(running, "dose_missed", last + timedelta(days=14)) == []
    assert len(found(running, "dose_missed", last + timedelta(days=15))) == 1
    assert len(found(running, "dose_missed", last + timedelta(days=4), late_after=3)) == 1


def test_an_entry_is_late_after_so_many_days_as_asked() -> None:
    running, _, _ = entered_late()
    assert found(running, "entered_late", late_after=15) == []
    assert len(found(running, "entered_late", late_after=14)) == 1


def test_what_somebody_lost_does_not_do_is_not_counted() -> None:
    running = someone("Arm 1")
    running.clock.reach(date(2026, 8, 1))
    running.trial.lose("site", "P1", "abroad")
    running.clock.wait(timedelta(days=300))
    assert found(running, "scan_missed") == []
    running.trial.find_again("site", "P1")
    assert len(found(running, "scan_missed")) == 3


def test_a_version_that_asks_nobody_again_is_no_deviation() -> None:
    running = someone("Arm 1")
    running.clock.reach(FOLLOW_UP_1)
    running.trial.bring_consent_into_force("sponsor", "2.1", date(2026, 8, 1), again=False)
    running.trial.visit("site", "P1", "follow_up.1", FOLLOW_UP_1)
    assert found(running, "not_consented_again") == []


def test_a_withdrawal_from_the_treatment_permits_visits_and_no_dose() -> None:
    running = someone("Arm 2")
    running.clock.reach(FOLLOW_UP_1)
    running.trial.withdraw("site", "P1", "treatment", "tired", date(2026, 5, 20))
    running.trial.visit("site", "P1", "follow_up.1", FOLLOW_UP_1)
    assert found(running, "after_withdrawal") == []
    entry = written(running, dose(DOSE_1))
    assert [entry in each.entries for each in found(running, "after_withdrawal")] == [True]


# ---------------------------------------------------------------- equal in the arms, and blind
def test_imaging_is_counted_by_one_rule_in_every_arm() -> None:
    rows = []
    for arm in ("Arm 1", "Arm 2"):
        running = someone(arm)
        running.clock.reach(date(2027, 3, 1))
        running.trial.visit("site", "P1", "follow_up.2", date(2026, 12, 20))
        rows += [row for row in imaging(running.trial.state, nelmas(), running.trial.today) if row.people]
        assert [each.rule for each in found(running, "scan_missed")] == ["follow_up.1"]
    assert [row.arm for row in rows] == ["Arm 1", "Arm 2"]
    assert rows[0][1:] == rows[1][1:] == (1, 3, 2, 1, 1)


# The second arm has visits that the first has not, and what tells a reaction tells the treatment.
TELLS: Final = {kind for kind in KINDS if kind.startswith("dose_")} | {"other_arm_treatment", "visit_missed"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_blinded_list_leaves_out_what_tells_the_arm(kind: str) -> None:
    running, _, _ = SCENARIOS[kind]()
    running.clock.wait(timedelta(days=20))
    shown = found(running, kind, blind=True)
    assert bool(shown) == (kind not in TELLS)
    assert not any(each.tells_arm for each in shown)


def held(running: Running) -> None:
    """Dose 2 is held on its day since platelets are low."""
    running.clock.reach(DOSE_2)
    low = [each for each in before_dose(DOSE_2) if each.concept != "platelets"]
    running.trial.record("site", "P1", *low, fact(DOSE_2, platelets="60 10*9/L"))
    running.trial.decide_dose("investigator", "P1")


def test_a_dose_that_was_held_until_the_treatment_ended_is_not_missed() -> None:
    running = someone("Arm 2", DOSE_1)
    held(running)
    running.clock.wait(timedelta(days=40))
    running.trial.follow("site", "P1", reason="Platelets did not recover.")
    running.clock.wait(timedelta(days=60))
    assert found(running, "dose_missed") == []
    second = next(due for due in running.trial.visits("P1") if due.slot == "dose_2")
    assert (second.status, second.because) == ("cancelled", "the treatment ended and the follow-up began")


def test_a_treatment_that_was_ended_by_no_rule_tells_why() -> None:
    running = someone("Arm 2", DOSE_1)
    running.clock.reach(DOSE_2)
    running.trial.follow("site", "P1", reason="No vial came.")
    running.clock.wait(timedelta(days=60))
    (each,) = found(running, "dose_missed")
    assert each.sentence == (
        "P1, dose 2: not done (due 22 July 2026 (15 July to 29 July)): the treatment ended on 22 July 2026: "
        "No vial came."
    )


def test_a_hold_for_something_else_than_a_toxicity_extends_nothing() -> None:
    running = someone("Arm 2", DOSE_1)
    running.clock.reach(DOSE_2)
    running.trial.record("site", "P1", *before_dose(DOSE_2), fact(DOSE_2, recurrence={"confirmed": False}))
    decided = running.trial.decide_dose("investigator", "P1")
    assert decided.body is not None and decided.body["action"] == "hold"
    second = next(due for due in running.trial.visits("P1") if due.slot == "dose_2")
    assert second.window is None or second.window.last < DOSE_2 + timedelta(days=30)
