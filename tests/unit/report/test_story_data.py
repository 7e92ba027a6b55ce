"""The story as a whole: its parts agree with each other, with the flow and with the deviations that rules find."""

from dataclasses import replace
from datetime import date

import pytest
from tests.told import ON, played

from equipoise.conduct.deviations import deviations
from equipoise.participant.state import State
from equipoise.report.story_data import told

STATE, TRIAL = played().trial.state, played().trial.protocol


@pytest.mark.parametrize("on", [date(2026, 3, 2), date(2026, 4, 1), date(2026, 8, 1), ON])
@pytest.mark.parametrize("blind", [False, True])
def test_the_numbers_of_the_parts_add_up(on: date, blind: bool) -> None:
    story = told(STATE, TRIAL, on, blind)
    assert story.randomised == story.accrual.now.randomised == story.flow.randomised.count == sum(story.safety.exposed)
    assert story.accrual.now.identified == len(story.people) == story.flow.assessed.count
    assert sum(sum(each.counts) for each in story.deviation_counts) == len(story.deviations)
    assert sum(sum(people) for people in story.safety.worst.values()) == story.safety.people


def test_deviations_are_those_that_the_rules_find() -> None:
    assert told(STATE, TRIAL, ON).deviations == deviations(STATE, TRIAL, ON)
    kept = told(STATE, TRIAL, ON, blind=True).deviations
    assert kept == deviations(STATE, TRIAL, ON, blind=True) and len(kept) < len(deviations(STATE, TRIAL, ON))


def test_made_up_people_are_marked_in_the_trials_own_name() -> None:
    assert told(STATE, TRIAL, ON).mark == "Simulation: these people do not exist; no result of NELMAS"
    other = replace(TRIAL, acronym="OTHER")
    assert told(STATE, other, ON).mark.endswith("no result of OTHER")


def test_a_real_trial_and_one_with_nobody_have_a_story_too() -> None:
    empty = State(STATE.words)
    story = told(empty, TRIAL, ON)
    assert story.mark == "" and story.lanes == () and story.accrual.now == (ON, 0, 0, 0)
