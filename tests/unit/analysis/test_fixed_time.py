from math import log, sqrt

import pytest

from equipoise.analysis.fixed_time import COMPLEMENTARY_LOG_LOG, LINEAR, LOGIT, SCALES, compare_at
from equipoise.analysis.followed import two_arms
from equipoise.faults import Fault

# By 5, 2 of 4 in arm 0 have had the event and 1 of 4 in arm 1; all were followed beyond.
EIGHT = two_arms([1, 2, 9, 9, 3, 9, 9, 9], [1, 1, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1])


def test_without_censoring_it_is_two_shares() -> None:
    found = compare_at(EIGHT, 5)
    variances = [0.5 * 0.5 / 4, 0.75 * 0.25 / 4]
    assert found.difference == pytest.approx(0.25)
    assert found.std_error == pytest.approx(sqrt(sum(variances)))
    linear, cloglog, logit = (found.test(scale) for scale in (LINEAR, COMPLEMENTARY_LOG_LOG, LOGIT))
    assert linear is not None and cloglog is not None and logit is not None
    assert linear.z == pytest.approx(0.25 / sqrt(sum(variances)))
    moved = log(-log(0.75)) - log(-log(0.5))
    assert cloglog.z == pytest.approx(
        moved / sqrt(variances[0] / (0.5 * log(0.5)) ** 2 + variances[1] / (0.75 * log(0.75)) ** 2)
    )
    assert logit.z == pytest.approx(log(3) / sqrt(1 / 2 + 1 / 2 + 1 / 3 + 1))


def test_the_signs_are_those_of_the_formulas() -> None:
    signs = {scale.name: test.z > 0 for scale, test in compare_at(EIGHT, 5).tests if test and test.z}
    assert signs == {scale.name: scale is not COMPLEMENTARY_LOG_LOG for scale in SCALES}


def test_an_arm_without_events_leaves_the_linear_test_alone() -> None:
    found = compare_at(EIGHT, 2.5)
    assert [test is not None for _, test in found.tests] == [scale is LINEAR for scale in SCALES]
    assert found.sentence == (
        "At 2.5 the probability of no event is 1 in arm 1 and 0.5 in arm 0: difference 0.5 "
        "(95 % interval 0.01 to 0.99, no test: an arm is at 0 or 1)."
    )


def test_before_any_event_there_is_no_test_at_all() -> None:
    found = compare_at(EIGHT, 0.5)
    assert (found.difference, found.std_error) == (0, 0)
    assert all(test is None for _, test in found.tests)


def test_a_time_to_which_an_arm_was_not_followed_is_refused() -> None:
    with pytest.raises(Fault, match=r"Nobody in arm 0 was followed up to 10: choose an earlier time\."):
        compare_at(EIGHT, 10)
