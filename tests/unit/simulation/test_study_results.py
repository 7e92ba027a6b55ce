"""Counts over many trials -> what is told of them."""

from math import exp, sqrt

import pytest

from equipoise.simulation import study_tally as tallied
from equipoise.simulation.study_plan import StudyPlan
from equipoise.simulation.study_results import found
from equipoise.simulation.study_tally import Tally, new_tally

PLAN = StudyPlan(people=10, hazard_ratio=0.5)


def counted() -> Tally:
    tally = new_tally(10, 24)
    tally.counts[tallied.TRIALS] = 100
    tally.sums[:] = [1000, 400, 1700, 2000, 41_000]
    tally.events[[2, 4, 6]] = [10, 80, 10]
    tally.duration[[18, 20]] = [30, 70]
    tally.tests[tallied.LOG_RANK] = [95, 40, 2, 0]
    tally.tests[tallied.COX] = [90, 38, 2, 81]
    tally.errors[tallied.COX] = [9.0, 45.0, 36.0, -60.0]
    tally.ratios[500] = 90
    tally.counts[tallied.MONOTONE] = 5
    tally.seen[:, 0] = 100
    tally.came[3] = 1000
    return tally


def test_a_test_is_told_with_all_trials_below_and_the_interval_with_those_it_could_be_computed_in() -> None:
    one = found(PLAN, counted(), ("hazards",), "", (("HR", "0.5"),))
    log_rank, cox = one.tests
    assert (log_rank.rejects.value, log_rank.against.value, log_rank.done.value) == (0.42, 0.02, 0.95)
    assert log_rank.bias is None and log_rank.covers is None
    assert cox.covers is not None and cox.covers.value == 0.9
    assert one.monotone.value == 0.05 and one.test("cox") is cox and one.test("km") is None


def test_a_one_sided_test_rejects_in_favour_only() -> None:
    one = found(PLAN.with_(sides=1), counted(), ("hazards",), "", ())
    assert one.tests[0].rejects.value == 0.4


def test_bias_deviation_and_estimated_error() -> None:
    bias = found(PLAN, counted(), ("hazards",), "", ()).tests[1].bias
    assert bias is not None
    assert bias.bias.value == pytest.approx(0.1) and bias.truth == pytest.approx(-60 / 90)
    assert bias.deviation == pytest.approx(sqrt(0.5 - 0.01)) and bias.estimated == pytest.approx(sqrt(0.4))
    assert bias.bias.error == pytest.approx(bias.deviation / sqrt(90))


def test_medians_and_the_middle_ninety_percent() -> None:
    one = found(PLAN, counted(), ("hazards",), "", ())
    assert (one.events.low, one.events.median, one.events.high) == (2, 4, 6)
    assert (one.lasts.low, one.lasts.median) == (18.5, 20.5)
    assert one.ratio is not None and one.ratio.median == pytest.approx(exp(500.5 * 0.005 - 3))
    assert one.mean_events.value == 4 and one.mean_events.error == pytest.approx(0.1)
    assert [month.people for month in one.calendar[2:5]] == [0, 10, 10]


def test_without_any_estimate_none_is_told() -> None:
    tally = new_tally(10, 24, calendar=False)
    tally.counts[tallied.TRIALS] = 4
    tally.events[0] = tally.duration[5] = 4
    one = found(PLAN, tally, ("hazards", "at", "mean"), "nobody", ())
    assert one.ratio is None and one.calendar == () and all(test.bias is None for test in one.tests)
    assert len(one.tests) == tallied.TESTS and not one.null
