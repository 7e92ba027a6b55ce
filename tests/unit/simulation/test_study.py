"""Many simulated trials: the same on any number of cores, and right where the answer is known.

Bounds are four Monte Carlo standard errors of what is expected, unless said otherwise; seeds are fixed.
"""

from math import log, sqrt

import numpy as np
import pytest
from scipy.stats import norm

from equipoise.analysis.calibrated import permuted_at, permuted_means
from equipoise.analysis.cox import cox
from equipoise.analysis.followed import two_arms
from equipoise.analysis.logrank import log_rank
from equipoise.faults import Fault
from equipoise.simulation import study_tally as tallied
from equipoise.simulation.calibration import Permuted, permutation_rejects
from equipoise.simulation.study import PORTION, simulated, simulated_trial
from equipoise.simulation.study_plan import Stratum, StudyPlan
from equipoise.simulation.study_tally import Tally

TWO = (Stratum("a", 0.5), Stratum("b", 0.5, 1.6))
# All that can happen does.
FULL = StudyPlan(
    strata=TWO, shape=((1, 0.46), (3, 0.34), (5, 0.05)), control=(0.3, 0.4, 0.5), hazard_ratio=0.6, delay=3.0, cure=0.1,
    deaths=0.01, deaths_after=0.1, loss=0.05, refusing=0.05, scans=(3, 6, 9, 12, 18, 24, 30, 36), between=0.15,
    missed=0.04, ramp=3.0, longest=50.0, each=36.0,
)  # fmt: skip


def rejected(tally: Tally, test: int) -> float:
    _, favour, against, _ = tally.tests[test]
    return (favour + against) / tally.counts[tallied.TRIALS]


def bound(share: float, trials: int) -> float:
    return 4 * sqrt(share * (1 - share) / trials)


# ---------------------------------------------------------------- the same, however it is worked out
def test_one_core_and_two_and_five_count_the_same_to_the_last_digit() -> None:
    trials = 3 * PORTION + 7
    runs = [simulated(FULL, trials, 5, cores, fixed=True, calendar=True) for cores in (1, 2, 5)]
    for tally in runs[1:]:
        for ours, theirs in zip(runs[0], tally, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert runs[0].counts[tallied.TRIALS] == trials


def test_the_space_of_a_million_is_that_of_one() -> None:
    shapes = [[part.shape for part in simulated(FULL, trials, 5, calendar=True)] for trials in (1, 2 * PORTION)]
    assert shapes[0] == shapes[1]


def test_another_seed_gives_other_trials_and_the_same_seed_the_same() -> None:
    first, again, other = (simulated(FULL, 200, seed).sums for seed in (1, 1, 2))
    assert first.tolist() == again.tolist() != other.tolist()


def test_more_trials_begin_with_the_fewer() -> None:
    """The first trials are the same, so what is counted of them is within what is counted of all."""
    few, many = simulated(FULL, 300, 4), simulated(FULL, 900, 4)
    assert (few.events <= many.events).all() and few.events.sum() == 300


def test_progress_is_told_and_an_interruption_ends_it_at_once() -> None:
    told: list[tuple[int, int]] = []
    simulated(FULL, PORTION + 1, 1, 2, told=lambda done, wanted: told.append((done, wanted)))
    assert told == [(PORTION, PORTION + 1), (PORTION + 1, PORTION + 1)]

    def interrupt(done: int, wanted: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulated(FULL, 10**7, 1, 2, told=interrupt)  # more than any test would wait for


def test_a_plan_that_cannot_be_is_refused() -> None:
    with pytest.raises(Fault, match=r"The hazard ratio is from 0\.001 to 1,000"):
        simulated(StudyPlan(hazard_ratio=0.0), 1, 1)


# ---------------------------------------------------------------- the analysis is that of a real trial
def test_what_is_counted_is_what_the_analysis_says_of_each_trial() -> None:
    trials, z = 60, norm.isf(0.025)
    tally = simulated(FULL, trials, 3)
    tests, models, events = [], [], 0
    for replicate in range(trials):
        one = simulated_trial(FULL, 3, replicate)
        people = two_arms(one.rows.time, one.rows.event, one.rows.arm, stratum=one.rows.stratum)
        tests.append(log_rank(people).test)
        models.append(cox(people))
        events += int(one.rows.event.sum())
        assert one.rate in FULL.control and (np.diff(one.entry) >= 0).all()
    assert tally.sums[tallied.EVENTS] == events
    assert tally.tests[tallied.LOG_RANK, tallied.FAVOUR] == sum(test.z <= -z for test in tests)
    ratios = [model.log_hr for model in models]
    assert tally.errors[tallied.COX, tallied.ERROR] + tally.errors[tallied.COX, tallied.TRUTH] == pytest.approx(
        sum(ratios)
    )
    assert tally.errors[tallied.COX, tallied.SPREAD] == pytest.approx(sum(model.se**2 for model in models))


# ---------------------------------------------------------------- where the answer is known
def test_the_level_is_held_where_nothing_differs() -> None:
    trials = 20_000
    tally = simulated(FULL.with_(hazard_ratio=1.0, refusing=0.0), trials, 11)
    assert rejected(tally, tallied.LOG_RANK) == pytest.approx(0.05, abs=bound(0.05, trials))
    favour, against = tally.tests[tallied.LOG_RANK, [tallied.FAVOUR, tallied.AGAINST]]
    assert abs(favour - against) < 4 * sqrt(favour + against)


def test_power_is_schoenfelds_in_a_large_trial() -> None:
    """400 people, all followed for 36 months: Schoenfeld's formula is an approximation, good to about 1.5 points."""
    plan = StudyPlan(people=400, control=(0.4,), hazard_ratio=0.7, each=36.0)
    tally = simulated(plan, 10_000, 2)
    events = 200 * (0.6 + 1 - 0.4**0.7)
    power = norm.cdf(sqrt(events / 4) * -log(0.7) - norm.isf(0.025))
    assert tally.sums[tallied.EVENTS] / 10_000 == pytest.approx(events, rel=0.005)
    assert rejected(tally, tallied.LOG_RANK) == pytest.approx(power, abs=0.015 + bound(power, 10_000))


def test_the_hazard_ratio_is_estimated_without_bias_and_covered() -> None:
    trials = 10_000
    plan = StudyPlan(people=400, strata=TWO, control=(0.4,), hazard_ratio=0.7, loss=0.05)
    tally = simulated(plan, trials, 2)
    error, square, spread, truth = tally.errors[tallied.COX] / trials
    deviation = sqrt(square - error**2)
    assert truth == pytest.approx(log(0.7), abs=1e-4)
    # In samples of some 250 events the estimate itself is off by about 1/events.
    assert abs(error) < 4 * deviation / sqrt(trials) + 1 / 250
    assert sqrt(spread) == pytest.approx(deviation, rel=0.04)
    covered = tally.tests[tallied.COX, tallied.COVERS] / trials
    assert covered == pytest.approx(0.95, abs=bound(0.05, trials))


@pytest.mark.parametrize("changes", [{"delay": 6.0}, {"refusing": 0.2}, {"cure": 0.2}, {"delay": 3.0, "deaths": 0.03}])
def test_where_hazards_are_not_proportional_the_estimate_goes_where_it_is_said_to(changes: dict[str, float]) -> None:
    trials = 4000
    tally = simulated(StudyPlan(people=600, strata=TWO, hazard_ratio=0.6, cut=72.0, **changes), trials, 2)
    error, square, _, truth = tally.errors[tallied.COX] / trials
    assert truth > log(0.6) + 0.03
    assert abs(error) < 4 * sqrt(square / trials) + 1 / 250


def test_survival_and_mean_times_are_estimated_without_bias() -> None:
    trials = 10_000
    tally = simulated(StudyPlan(people=200, control=(0.3, 0.5), hazard_ratio=0.6, loss=0.05), trials, 2, fixed=True)
    for test in (tallied.AT_PLAIN, tallied.MEAN_PLAIN):
        error, square, spread, _ = tally.errors[test] / trials
        assert abs(error) < 4 * sqrt(square / trials)
        assert sqrt(spread) == pytest.approx(sqrt(square), rel=0.04)


def test_events_and_people_by_calendar_month() -> None:
    plan = StudyPlan(people=100, accrual=20.0, follow_up=12.0, shape=((300, 1.0),))
    tally = simulated(plan, 500, 2, calendar=True)
    assert (tally.seen.sum(axis=1) == 500).all()
    np.testing.assert_array_equal(tally.seen[-1], tally.events)
    means = tally.seen @ np.arange(101) / 500
    assert (np.diff(means) >= 0).all()
    people = np.cumsum(tally.came) / 500
    assert people[9] == pytest.approx(50, abs=2) and people[-1] == 100


# ---------------------------------------------------------------- small trials
def test_at_106_people_the_plain_tests_reject_too_often_and_the_calibrated_ones_do_not() -> None:
    trials = 40_000
    plan = StudyPlan(control=(0.44,), loss=0.05, cut=72.0, blocks=(4,))
    tally = simulated(plan, trials, 1, fixed=True)
    for test in (tallied.AT_PLAIN, tallied.MEAN_PLAIN):
        assert rejected(tally, test) > 0.05 + bound(0.05, trials)
    for test in (tallied.AT_LOG_LOG, tallied.AT_WELCH, tallied.AT_SCORE, tallied.MEAN_WELCH):
        assert rejected(tally, test) == pytest.approx(0.05, abs=bound(0.05, trials))
    for test in (tallied.AT_WELCH, tallied.AT_SCORE, tallied.MEAN_WELCH):
        covered = tally.tests[test, tallied.COVERS] / tally.tests[test, tallied.DONE]
        assert covered == pytest.approx(0.95, abs=bound(0.05, trials))


@pytest.mark.parametrize("test", [permuted_at, permuted_means])
def test_a_permutation_test_holds_its_level_at_40_people(test: Permuted) -> None:
    """Exact: with 199 draws the level is just 5 % where the arms are exchangeable, here within strata."""
    plan = StudyPlan(people=40, strata=TWO, control=(0.44,), cut=72.0, blocks=(4,))
    found = permutation_rejects(plan, 600, 3, 199, test)
    assert found.value == pytest.approx(0.05, abs=bound(0.05, 600))


def test_nobody_comes_and_nothing_is_claimed() -> None:
    tally = simulated(StudyPlan(people=10, accrual=1000.0, longest=20.0), 500, 1, fixed=True, calendar=True)
    assert tally.counts[tallied.SHORT] == 500 and tally.counts[tallied.EMPTY] > 300
    assert rejected(tally, tallied.LOG_RANK) < 0.01
    assert np.isfinite(tally.errors).all() and np.isfinite(tally.sums).all()
