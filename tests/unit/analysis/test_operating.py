"""What is told of simulated trials: shares with their Monte Carlo errors."""

from math import sqrt

import pytest

from equipoise.analysis.operating import Share


def test_a_share_with_its_error_and_interval() -> None:
    share = Share(500, 10_000)
    assert share.value == 0.05 and share.error == pytest.approx(sqrt(0.05 * 0.95 / 10_000))
    assert share.interval == pytest.approx((0.0459, 0.0545), abs=1e-4)  # Wilson's


def test_none_of_many_is_not_surely_never() -> None:
    low, high = Share(0, 1000).interval
    assert (low, high) == pytest.approx((0, 3.84 / 1003.84), rel=1e-3, abs=1e-12)
    assert Share(1000, 1000).interval[1] == 1


def test_of_no_trials_nothing_is_known() -> None:
    assert Share(0, 0).value == 0 and Share(0, 0).interval == (0, 1)
