import pytest

from equipoise.analysis.followed import followed, two_arms
from equipoise.analysis.rmst import compare_restricted_means, largest_horizon, restricted_mean
from equipoise.faults import Fault

FOUR = followed([2, 4, 6, 8], [1, 1, 0, 1])


def test_the_area_by_hand() -> None:
    found = restricted_mean(FOUR, 7)
    assert found.mean == pytest.approx(2 + 2 * 0.75 + 3 * 0.5)
    assert found.lost == pytest.approx(7 - 5)
    assert found.std_error**2 == pytest.approx((2 * 0.75 + 3 * 0.5) ** 2 / (4 * 3) + (3 * 0.5) ** 2 / (3 * 2))


def test_a_horizon_beyond_a_curve_at_0_adds_nothing() -> None:
    assert restricted_mean(FOUR, 80).mean == pytest.approx(restricted_mean(FOUR, 8).mean)


@pytest.mark.parametrize("horizon", [0, -1, float("inf"), float("nan")])
def test_a_horizon_is_a_number_above_0(horizon: float) -> None:
    with pytest.raises(Fault, match="must be a number above 0"):
        restricted_mean(FOUR, horizon)


def test_a_horizon_beyond_the_follow_up_is_refused() -> None:
    people = two_arms([2, 4, 6, 8], [1, 0, 1, 0], [0, 0, 1, 1])
    with pytest.raises(Fault, match=r"The horizon 5 is beyond the last follow-up: choose one of at most 4\."):
        compare_restricted_means(people, 5)
    assert largest_horizon([people.arm(0), people.arm(1)]) == 4


def test_nobody_had_the_event() -> None:
    found = compare_restricted_means(two_arms([9, 9, 9, 9], [0, 0, 0, 0], [0, 0, 1, 1]), 5)
    assert found.difference.estimate == 0 and found.difference.test is None
    assert found.ratio.estimate == 1 and found.ratio.test is None
    assert found.lost_ratio.estimate is None and found.lost_ratio.interval.low is None
    assert found.sentence == (
        "Up to 5, arm 1 has 5 free of the event and arm 0 5: difference 0 "
        "(95 % interval 0 to 0, no test: nobody had the event before it)."
    )


def test_everybody_at_the_origin() -> None:
    found = compare_restricted_means(two_arms([0, 0, 9, 9], [1, 1, 1, 1], [0, 0, 1, 1]), 5)
    assert [arm.mean for arm in found.arms] == [0, 5]
    assert found.ratio.estimate is None
