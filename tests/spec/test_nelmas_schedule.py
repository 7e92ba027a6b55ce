"""NELMAS's visits: the windows of the doses as published, and a follow-up that is the same in both arms."""

from datetime import date, timedelta

import pytest

from equipoise.conduct.schedule import Anchors, Status, VisitRecord, due_visits, window_of
from equipoise.protocol.load import load_trial

NELMAS = load_trial("nelmas")
SCHEDULE = NELMAS.schedule
CONTROL, TREATED = "Arm 1", "Arm 2"
RESECTED, RANDOMISED, FIRST_DOSE = date(2026, 1, 1), date(2026, 2, 10), date(2026, 3, 2)
ANCHORS: Anchors = {"liver_resection": RESECTED, "randomisation": RANDOMISED, "dose 1": FIRST_DOSE}


def after(start: date, days: int) -> date:
    return start + timedelta(days=days)


def status(slot: str, on: date, arm: str = TREATED, extended: frozenset[str] = frozenset(), **anchors: date) -> Status:
    known = {**ANCHORS, **{name.replace("_", " "): day for name, day in anchors.items()}}
    return next(due for due in due_visits(SCHEDULE, arm, known, [], on, extended=extended) if due.slot == slot).status


@pytest.mark.parametrize(
    ("visit", "start", "first", "target", "last"),
    [("dose_1", RESECTED, 42, 56, 70), ("dose_2", FIRST_DOSE, 49, 56, 63)],
)
def test_the_windows_of_the_doses(visit: str, start: date, first: int, target: int, last: int) -> None:
    """8 ± 2 weeks after the resection, 8 ± 1 weeks after dose 1 as it was given."""
    found = SCHEDULE.visit(visit)
    assert found is not None and not found.ours and "TPS4225" in found.source
    window = window_of(found, 1, ANCHORS)
    assert window is not None
    assert [(day - start).days for day in window[:3]] == [first, target, last]


def test_screening_is_not_before_4_weeks_after_the_resection_and_not_after_the_last_day_of_dose_1() -> None:
    for name in ("screening", "baseline_imaging"):
        visit = SCHEDULE.visit(name)
        assert visit is not None
        window = window_of(visit, 1, ANCHORS)
        assert window is not None and [(day - RESECTED).days for day in window[:3]] == [28, 42, 70]


def test_dose_2_may_wait_to_day_112_inclusive_for_acute_toxicity() -> None:
    dose = SCHEDULE.visit("dose_2")
    assert dose is not None and dose.extension is not None
    assert "acute toxicity" in dose.extension.when and "contradict" in dose.extension.note
    held = frozenset({"dose_2"})
    assert status("dose_2", after(FIRST_DOSE, 63)) == "in window"
    assert status("dose_2", after(FIRST_DOSE, 64)) == "overdue"
    assert status("dose_2", after(FIRST_DOSE, 112), extended=held) == "in window"
    assert status("dose_2", after(FIRST_DOSE, 113), extended=held) == "overdue"
    given_late = due_visits(
        SCHEDULE, TREATED, {**ANCHORS, "dose 2": after(FIRST_DOSE, 112)}, [], date(2026, 12, 1), extended=held
    )
    assert next(due for due in given_late if due.slot == "dose_2").status == "done"


def test_dose_2_is_at_the_very_latest_on_day_182_after_the_resection() -> None:
    dose = SCHEDULE.visit("dose_2")
    assert dose is not None
    window = window_of(dose, 1, {"dose 1": after(RESECTED, 70)})
    assert window is not None and window.until == after(RESECTED, 182)
    assert window.last == after(RESECTED, 133)


def test_imaging_is_the_same_in_both_arms() -> None:
    def imaging(arm: str) -> list[tuple[str, object]]:
        found = due_visits(SCHEDULE, arm, ANCHORS, [], date(2026, 3, 3))
        return [(due.slot, due.window) for due in found if due.visit and due.visit.kind == "assessment"]

    assert imaging(CONTROL) == imaging(TREATED)
    assert len(imaging(CONTROL)) == 1 + 8 + 2 + 2, "after surgery, two years by quarters, a third by halves, two PETs"
    assert all(not visit.differs for visit in SCHEDULE.visits)


def test_follow_up_is_counted_from_the_randomisation_and_lasts_three_years() -> None:
    months = {
        visit.id: [str(target) for target in visit.targets]
        for visit in SCHEDULE.visits
        if visit.moment == "randomisation"
    }
    assert months == {
        "follow_up": [f"{number} months" for number in range(3, 25, 3)],
        "follow_up_year_3": ["30 months", "36 months"],
        "pet": ["12 months", "36 months"],
    }


def test_the_treated_have_safety_visits_on_top_and_the_controls_none() -> None:
    def kinds(arm: str) -> set[str]:
        return {visit.kind for visit in SCHEDULE.visits if visit.is_for(arm)}

    assert kinds(TREATED) - kinds(CONTROL) == {"treatment", "safety"}


def test_a_person_without_dose_2_keeps_the_tests_after_dose_1() -> None:
    omitted = VisitRecord("dose_2", after(FIRST_DOSE, 60), done=False, reason="platelets do not recover")
    on = after(FIRST_DOSE, 80)
    found = {due.slot: due.status for due in due_visits(SCHEDULE, TREATED, ANCHORS, [omitted], on)}
    assert found["labs_dose_1.3"] == "in window"
    assert {found[f"labs_dose_2.{number}"] for number in (1, 2, 3)} == {"cancelled"}
    assert status("labs_dose_1.3", on, dose_2=after(FIRST_DOSE, 56)) == "cancelled"


def test_late_effects_are_asked_for_until_ten_years_after_the_first_dose() -> None:
    late = SCHEDULE.visit("late_effects")
    assert late is not None and late.arms == (TREATED,) and str(late.targets[-1]) == "10 years"
    assert not late.ends_with & {"completion", "recurrence"}


def test_whatever_is_not_published_is_said_to_be_ours() -> None:
    assert SCHEDULE.ours and "published" in SCHEDULE.note
    assert [visit.id for visit in SCHEDULE.visits if not visit.ours] == ["dose_1", "dose_2"]
    assert all(visit.source or visit.note for visit in SCHEDULE.visits)


def test_no_visit_collects_the_consent_that_it_needs() -> None:
    assert all(NELMAS.conduct.consent not in visit.collects for visit in SCHEDULE.visits)
    assert {visit.id for visit in SCHEDULE.visits if not visit.procedure} == {"late_effects"}
