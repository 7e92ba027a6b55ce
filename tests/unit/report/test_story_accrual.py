"""Recruitment adds up, and the plan is a line that can be asked both ways."""

from datetime import date
from itertools import pairwise

import pytest
from tests.told import ON, START, played

from equipoise.report.story_accrual import Plan, accrual_of
from equipoise.report.story_courses import courses

STATE, TRIAL = played().trial.state, played().trial.protocol
PEOPLE = courses(STATE, TRIAL, ON, False)
PLAN = Plan(12, date(2027, 3, 2))


def test_recruitment_ends_with_everybody_who_came() -> None:
    accrual = accrual_of(STATE, PEOPLE, ON, None)
    assert accrual.now == (ON, 8, 8, 6)
    assert accrual.opened == accrual.points[0].on == date(2026, 3, 2)
    for earlier, later in pairwise(accrual.points):
        assert earlier.on < later.on and all(few <= many for few, many in zip(earlier[1:], later[1:], strict=True))
    assert accrual.day_of(1) == START and accrual.day_of(6) == date(2026, 6, 10) and accrual.day_of(7) is None


def test_the_plan_is_a_straight_line_from_the_opening() -> None:
    accrual = accrual_of(STATE, PEOPLE, ON, PLAN)
    assert (accrual.planned_by(date(2026, 3, 2)), accrual.planned_by(PLAN.by), accrual.planned_by(ON)) == (
        0.0, 12.0, pytest.approx(12 * 364 / 365),
    )  # fmt: skip
    assert accrual.planned_by(date(2026, 3, 1)) == 0.0 and accrual.planned_by(date(2030, 1, 1)) == 12.0
    assert accrual.planned_day(6) == date(2026, 8, 31)  # 182.5 days on
    assert accrual.planned_day(12) == PLAN.by and accrual.planned_day(13) is None


def test_a_plan_may_have_a_course_of_its_own() -> None:
    slow = Plan(12, date(2027, 3, 2), ((date(2026, 9, 1), 0), (date(2027, 3, 2), 12)))
    accrual = accrual_of(STATE, PEOPLE, ON, slow)
    assert accrual.planned_by(date(2026, 6, 1)) == 0.0 and accrual.planned_day(6) == date(2026, 12, 1)
