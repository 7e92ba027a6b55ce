from math import log

import pytest

from equipoise.analysis.competing import competing_arms
from equipoise.analysis.estimate import Interval
from equipoise.analysis.fine_gray import fine_gray


def test_without_censoring_who_had_the_other_cause_stays_at_risk() -> None:
    """Events of cause 1 at 2 (arm 1), 4 (arm 0), 5 (arm 1); cause 2 at 1 (arm 0) and 3 (arm 1).

    At risk (arm 0, arm 1) are (2, 3), (2, 2), (1, 2), so the ratio solves 3r/(2+3r) + r/(1+r) + 2r/(1+2r) = 2.
    """
    found = fine_gray(competing_arms([1, 2, 3, 4, 5], [2, 1, 2, 1, 1], [0, 1, 1, 0, 1]), cause=1)
    assert found.hr is not None and found.log_hr == pytest.approx(log(found.hr))
    ratio = found.hr
    assert 3 * ratio / (2 + 3 * ratio) + ratio / (1 + ratio) + 2 * ratio / (1 + 2 * ratio) == pytest.approx(2)
    assert found.sentence.startswith("Subdistribution hazard ratio of cause 1: ")


@pytest.mark.parametrize("cause", [1, 2, 3])
def test_a_cause_in_one_arm_only_or_in_none_is_told(cause: int) -> None:
    found = fine_gray(competing_arms([1, 2, 3, 4], [1, 1, 2, 2], [0, 0, 1, 1]), cause=cause)
    assert (found.hr, found.log_hr, found.se, found.wald) == (None, None, None, None)
    assert found.interval == Interval(None, None)
    assert found.sentence == (
        f"The subdistribution hazard ratio of cause {cause} cannot be estimated: an arm has no such event."
    )
