"""Recruitment against the plan: steps end where people are, words stand apart, a plan is drawn when there is one."""

from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from tests.told import ON, played

from equipoise.participant.state import State
from equipoise.report.accrual_story_figure import accrual_svg, chart
from equipoise.report.story_accrual import Plan
from equipoise.report.story_data import Story, told

STATE, TRIAL = played().trial.state, played().trial.protocol


def story(plan: Plan | None = None) -> Story:
    return told(STATE, TRIAL, ON, plan=plan)


def ends(line: str) -> tuple[float, float]:
    x, y = line.split(" ")[-1].split(",")
    return float(x), float(y)


def test_the_steps_end_at_the_numbers_of_the_day() -> None:
    made = chart(story().accrual)
    assert [line.text for line in made.lines] == ["8 identified", "8 consented", "6 randomised"]
    assert made.lines[0].points.split(" ")[0] == f"{made.left},{made.bottom}"
    assert all(ends(line.points)[0] == made.right for line in made.lines)
    assert ends(made.lines[2].points)[1] > ends(made.lines[1].points)[1]  # fewer people stand lower


def test_the_plan_goes_from_the_opening_to_the_target() -> None:
    made = chart(story(Plan(12, date(2027, 12, 31))).accrual)
    assert made.target is not None and made.by is not None
    assert made.lines[0].points == f"{made.left},{made.bottom} {made.by.at},{made.target.at}"
    assert chart(story().accrual).target is None


def test_words_at_the_ends_stand_apart() -> None:
    made = chart(story(Plan(8, date(2027, 12, 31))).accrual)
    heights = sorted(line.y for line in made.lines)
    assert all(lower - upper >= 13 for upper, lower in pairwise(heights))


def test_once_all_are_in_the_years_after_it_are_not_drawn() -> None:
    full = chart(story(Plan(6, date(2026, 6, 30))).accrual)
    assert full.now is None and chart(story(Plan(7, date(2026, 6, 30))).accrual).now is not None


@pytest.mark.parametrize("plan", [None, Plan(12, date(2027, 12, 31)), Plan(6, date(2026, 3, 1)), Plan(1, ON)])
def test_it_is_well_formed_and_says_its_numbers(plan: Plan | None) -> None:
    text = accrual_svg(story(plan))
    ElementTree.fromstring(text)
    assert "8 identified, 8 consented, 6 randomised" in text
    ElementTree.fromstring(accrual_svg(told(State(STATE.words), TRIAL, ON, plan=plan)))
