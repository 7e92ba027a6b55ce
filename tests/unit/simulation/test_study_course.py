"""Hazards, the factor that gives a control rate, and the truths, against closed forms."""

from math import exp, log

import numpy as np
import pytest

from equipoise.faults import Fault
from equipoise.simulation.study_course import (
    accrual_pieces,
    control_factor,
    cumulative,
    expected_entries,
    follow_ups,
    pieces,
    truth,
)
from equipoise.simulation.study_plan import Stratum, StudyPlan

TWO = (Stratum("a", 0.4), Stratum("b", 0.6, 2.0))


def test_pieces_of_the_treated_arm_change_at_the_delay_as_well() -> None:
    plan = StudyPlan(shape=((1, 0.48), (3, 0.24)), hazard_ratio=0.5, delay=6.0)
    begins, rates = pieces(plan, treated=True)
    assert begins.tolist() == [0, 6, 12] and rates.tolist() == pytest.approx([0.04, 0.02, 0.01])
    assert pieces(plan, treated=False)[1].tolist() == pytest.approx([0.04, 0.02])


def test_the_cumulative_hazard_goes_on_at_the_last_rate() -> None:
    begins, rates = np.array([0.0, 12.0]), np.array([0.04, 0.02])
    assert cumulative(begins, rates, np.array([0.0, 6.0, 12.0, 112.0])).tolist() == pytest.approx([0, 0.24, 0.48, 2.48])


def test_the_factor_gives_the_control_rate_over_strata_cure_and_deaths() -> None:
    plan = StudyPlan(strata=TWO, cure=0.1, deaths=0.02, shape=((1, 0.4), (2, 0.1)))
    hazard = control_factor(plan, 0.45) * (0.4 + 2 * 0.1)
    free = sum(each.share * (0.1 + 0.9 * exp(-each.hazard * hazard)) for each in TWO) * exp(-0.06)
    assert free == pytest.approx(0.45, abs=1e-12)


@pytest.mark.parametrize("rate", [0.05, 0.96])
def test_a_rate_that_cannot_be_is_refused(rate: float) -> None:
    with pytest.raises(Fault, match=r"cannot be: with these deaths .* it is between 0\.089 and 0\.942"):
        control_factor(StudyPlan(cure=0.0945, deaths=0.02), rate)


@pytest.mark.parametrize(
    "plan", [StudyPlan(), StudyPlan(strata=TWO), StudyPlan(loss=0.1, cut=60, ramp=6, ratio=(1, 2))]
)
def test_under_proportional_hazards_the_model_aims_at_the_ratio(plan: StudyPlan) -> None:
    found = truth(plan.with_(hazard_ratio=0.592, blocks=(6,)))
    assert found.log_hr.tolist() == pytest.approx([log(0.592)], abs=1e-4)


def test_survival_and_mean_times_of_exponentials() -> None:
    found = truth(StudyPlan(control=(0.25, 0.5), hazard_ratio=0.5))
    for rate, arms, difference, mean in zip((0.25, 0.5), found.survival, found.difference, found.mean, strict=True):
        hazard = -log(rate) / 36
        assert arms.tolist() == pytest.approx([rate, rate**0.5])
        assert difference == pytest.approx(rate**0.5 - rate)
        means = [(1 - exp(-36 * each)) / each for each in (hazard, hazard / 2)]
        assert mean == pytest.approx(means[1] - means[0], rel=1e-6)


def test_a_delay_and_refusals_bring_the_aim_nearer_to_1() -> None:
    plain, late, refused = (
        float(truth(StudyPlan(hazard_ratio=0.5, **changes)).log_hr[0])
        for changes in ({}, {"delay": 6.0}, {"refusing": 0.2})
    )
    assert plain < late < 0 and plain < refused < 0
    assert truth(StudyPlan(delay=6.0, refusing=0.2)).log_hr[0] == pytest.approx(0, abs=1e-6)


def test_entries_are_expected_at_the_pace_that_brings_everybody_in() -> None:
    plan = StudyPlan(people=100, accrual=30.0, ramp=10.0)
    begins, pace = accrual_pieces(plan)
    assert cumulative(begins, pace, np.array([10.0, 30.0])).tolist() == pytest.approx([20, 100])
    entries = expected_entries(plan)
    assert len(entries) == 100 and entries[-1] == pytest.approx(29.875)
    assert len(expected_entries(plan.with_(longest=20.0))) == 60


def test_follow_up_is_to_the_analysis_but_for_each_at_most_so_long() -> None:
    plan = StudyPlan(people=10, accrual=10.0, follow_up=24.0)
    assert follow_ups(plan)[[0, -1]].tolist() == pytest.approx([33, 24])
    assert follow_ups(plan.with_(each=30.0)).max() == 30
    assert follow_ups(plan.with_(cut=20.0))[-1] == pytest.approx(10.5)
