"""What to mend: windows, criteria, waits and clocks are named with the numbers of the trial."""

from datetime import date

from tests.told import ON, played

from equipoise.participant.state import State
from equipoise.report.story_accrual import Plan
from equipoise.report.story_data import Story, told
from equipoise.report.story_mendings import mendings

STATE, TRIAL = played().trial.state, played().trial.protocol


def story(plan: Plan | None = None, blind: bool = False) -> Story:
    return told(STATE, TRIAL, ON, blind, plan)


def test_what_to_mend_names_windows_criteria_and_clocks_with_their_numbers() -> None:
    found = {each.head: each for each in mendings(story())}
    assert found["E10 costs people: Low platelets"].numbers == "1 of 1 failed by it alone, 1 by it and others"
    assert found["Serious events: tell the sponsor of the serious event"].numbers == "1 of 1 late"
    assert "(ours, not from NELMAS)" in found["Serious events: tell the sponsor of the serious event"].advice
    assert found["Dose 1 outside its window"].numbers.startswith("1 late of 1; window 42 to 70 days")
    assert "Randomisation came a median of 47 days" in found["Dose 1 outside its window"].advice
    assert any("often missed" in head for head in found)


def test_recruitment_is_named_only_while_it_is_behind_its_plan() -> None:
    late = mendings(story(Plan(12, date(2027, 6, 1))))[0]
    assert (late.head, late.numbers) == ("Recruitment is behind its plan", "6 in 12 months, 0.5 a month")
    assert late.advice == "2.0 a month are needed from now on to be there by then."
    over = mendings(story(Plan(12, date(2027, 1, 1))))[0]
    assert over.advice == "At this pace the 6 still to come take 12 months."
    for plan in (None, Plan(6, date(2026, 7, 1)), Plan(12, date(2028, 12, 31))):
        assert not [each for each in mendings(story(plan)) if each.head.startswith("Recruitment")]


def test_blind_nothing_tells_of_doses_and_without_anybody_nothing_is_to_be_mended() -> None:
    told_blind = [f"{each.head} {each.numbers} {each.advice}" for each in mendings(story(blind=True))]
    assert told_blind and not [each for each in told_blind if "dose" in each.lower()]
    assert mendings(told(State(STATE.words), TRIAL, ON)) == ()
