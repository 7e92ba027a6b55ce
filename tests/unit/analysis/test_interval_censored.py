"""The Weibull hazard ratio for intervals: closed forms, invariance, ends that are not there, bad input."""

from math import exp, inf, log

import numpy as np
import pytest

from equipoise.analysis.interval_censored import weibull_ratio
from equipoise.faults import Fault

LEFT = np.array([0, 4, 7, 12, 20, 30, 2, 10, 18, 26, 36, 40], float)
RIGHT = np.array([5, 9, inf, 18, 26, inf, 8, 10, inf, 33, inf, 44], float)
ARM = np.array([0] * 6 + [1] * 6)


def test_it_is_at_the_maximum_of_its_likelihood() -> None:
    found = weibull_ratio(LEFT, RIGHT, ARM)
    assert found.hr is not None and found.shape is not None and found.scale is not None

    def log_likelihood(hr: float, shape: float, scale: float) -> float:
        """The sum by the definitions, one person after the other."""
        total = 0.0
        for left, right, arm in zip(LEFT, RIGHT, ARM, strict=True):
            rate = scale**-shape * (hr if arm else 1.0)
            if left == right:
                total += log(rate * shape * left ** (shape - 1)) - rate * left**shape
            else:
                total += log(exp(-rate * left**shape) - (0.0 if right == inf else exp(-rate * right**shape)))
        return total

    best = log_likelihood(found.hr, found.shape, found.scale)
    assert best == pytest.approx(found.log_likelihood, abs=1e-9)
    for step in (0.99, 1.01):
        assert log_likelihood(found.hr * step, found.shape, found.scale) < best
        assert log_likelihood(found.hr, found.shape * step, found.scale) < best
        assert log_likelihood(found.hr, found.shape, found.scale * step) < best
    assert found.interval.low is not None and found.interval.high is not None
    assert found.interval.low < found.hr < found.interval.high


def test_the_other_way_round_is_the_reciprocal() -> None:
    one, other = weibull_ratio(LEFT, RIGHT, ARM), weibull_ratio(LEFT, RIGHT, 1 - ARM)
    assert one.hr is not None and other.hr is not None and one.test is not None and other.test is not None
    assert one.hr * other.hr == pytest.approx(1, rel=1e-6)
    assert one.test.p == pytest.approx(other.test.p, rel=1e-6)
    assert one.interval.low is not None and other.interval.high is not None
    assert one.interval.low * other.interval.high == pytest.approx(1, rel=1e-5)


def test_the_unit_of_time_does_not_matter() -> None:
    days, years = weibull_ratio(LEFT, RIGHT, ARM), weibull_ratio(LEFT / 365.25, RIGHT / 365.25, ARM)
    assert days.hr == pytest.approx(years.hr, rel=1e-6) and days.shape == pytest.approx(years.shape, rel=1e-6)
    assert days.scale is not None and years.scale == pytest.approx(days.scale / 365.25, rel=1e-6)


def test_equal_arms_have_a_ratio_of_one() -> None:
    found = weibull_ratio([*LEFT, *LEFT], [*RIGHT, *RIGHT], [0] * 12 + [1] * 12)
    assert (
        found.hr == pytest.approx(1, abs=1e-6) and found.test is not None and found.test.p == pytest.approx(1, abs=1e-3)
    )


def test_an_event_on_the_first_day_is_within_it() -> None:
    on_day_0 = weibull_ratio([0, *LEFT], [0, *RIGHT], [0, *ARM])
    within_it = weibull_ratio([0, *LEFT], [1, *RIGHT], [0, *ARM])
    assert on_day_0.hr == within_it.hr


def test_an_arm_without_events_has_no_ratio_and_says_so() -> None:
    nobody = np.where(ARM == 1, inf, RIGHT)
    found = weibull_ratio(LEFT, nobody, ARM)
    assert (found.hr, found.test, found.events) == (None, None, (4, 0))
    assert found.sentence == ("The hazard ratio for interval-censored times cannot be estimated: arm 1 has no event.")
    assert "no event was seen" in weibull_ratio(LEFT, np.full(12, inf), ARM).sentence


def test_the_result_is_a_sentence() -> None:
    sentence = weibull_ratio(LEFT, RIGHT, ARM).sentence
    assert sentence.startswith("Hazard ratio for interval-censored times (Weibull) 0.") and "95 % interval" in sentence


@pytest.mark.parametrize("arm", [[1] * 12, [0, 1], [0, 2] * 6])
def test_anything_but_two_arms_is_refused(arm: list[int]) -> None:
    with pytest.raises(Fault, match="needs people in both arms"):
        weibull_ratio(LEFT, RIGHT, arm)
