"""The fast path and the rehearsal are two programs: under the same assumptions people fare alike in both.

The rehearsal draws a course of decimals, person by person (virtual_body.course_of); the study draws many trials of
floats from counters. Two-sample Kolmogorov-Smirnov tests of 2,500 people each, seeds fixed, level 10^-3.
"""

from datetime import date
from decimal import localcontext
from math import exp

import numpy as np
import pytest
from scipy.stats import ks_2samp

from equipoise.protocol.load import load_trial
from equipoise.simulation.chance import EXACT
from equipoise.simulation.rehearsal_assumptions import load_rehearsal
from equipoise.simulation.study_course import NEVER, control_factor
from equipoise.simulation.study_kernel import MONTHS_EACH
from equipoise.simulation.study_plan import StudyPlan
from equipoise.simulation.study_scenario import scenario_of
from equipoise.simulation.study_trials import new_work, one
from equipoise.simulation.virtual_body import course_of

PEOPLE = 2500
DAY = date(2026, 3, 2)
MONTH = 365.2425 / 12  # days


@pytest.fixture(scope="module")
def rehearsed() -> dict[bool, dict[str, np.ndarray]]:
    """Months until recurrence, death and loss of people in each arm."""
    assumed = load_rehearsal(load_trial("nelmas"), "nelmas")
    found = {}
    with localcontext(EXACT):
        for treated in (False, True):
            courses = [course_of(f"P{number}", assumed, f"pin {treated}", DAY, treated) for number in range(PEOPLE)]
            found[treated] = {
                name: np.array([(getattr(course, name) - DAY).days - 0.5 for course in courses]) / MONTH
                for name in ("recurs", "dies", "lost")
            }
    return found


@pytest.fixture(scope="module")
def studied() -> dict[bool, dict[str, np.ndarray]]:
    """The same of the study: everybody of one trial of 5,000, by arm."""
    assumed = load_rehearsal(load_trial("nelmas"), "nelmas").numbers
    shape = tuple((float(until), float(rate)) for until, rate in assumed["recurrence"])
    deaths = float(assumed["deaths"])
    plan = StudyPlan(
        people=2 * PEOPLE, blocks=(2,), shape=shape, hazard_ratio=float(assumed["hazard_ratio"]),
        deaths=deaths, deaths_after=float(assumed["deaths_after_recurrence"]), loss=float(assumed["losses"]),
        scans=(3.0,), control=(exp(-(shape[0][1] + 2 * shape[1][1]) - 3 * deaths),),
    )  # fmt: skip
    assert control_factor(plan, plan.control[0]) == pytest.approx(1)
    scenario = scenario_of(plan)
    assert scenario.courses[0, 0, MONTHS_EACH, 0] == pytest.approx(12 / shape[0][1])
    work = new_work(scenario, 0)
    one((np.uint64(1), np.uint64(2)), 0, scenario, work)
    arm = work.rows.arm == 1
    return {
        treated: {name: getattr(work, name)[arm == treated].copy() for name in ("recurs", "dies", "lost")}
        for treated in (False, True)
    }


@pytest.mark.parametrize("treated", [False, True])
@pytest.mark.parametrize("what", ["recurs", "dies", "lost"])
def test_recurrence_death_and_loss_come_alike(
    rehearsed: dict[bool, dict[str, np.ndarray]], studied: dict[bool, dict[str, np.ndarray]], treated: bool, what: str
) -> None:
    theirs, ours = rehearsed[treated][what], studied[treated][what]
    assert len(ours) == PEOPLE and ours.max() < NEVER
    last = 39.9 * 12  # the rehearsal looks no further than 40 years
    assert ks_2samp(np.minimum(theirs, last), np.minimum(ours, last)).pvalue > 1e-3


def test_another_hazard_would_have_been_seen(
    rehearsed: dict[bool, dict[str, np.ndarray]], studied: dict[bool, dict[str, np.ndarray]]
) -> None:
    """The test is sharp enough to tell the arms apart."""
    assert ks_2samp(rehearsed[False]["recurs"], studied[True]["recurs"]).pvalue < 1e-10
