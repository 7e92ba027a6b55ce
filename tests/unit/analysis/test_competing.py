import numpy as np
import pytest

from equipoise.analysis.competing import competing_arms, cumulative_incidence, gray, group_incidence
from equipoise.analysis.cox import cox
from equipoise.analysis.estimate import Interval
from equipoise.faults import Fault

SIX = {"time": [4, 6, 7, 9, 11, 12], "cause": [1, 2, 1, 0, 1, 2], "arm": [0, 1, 0, 1, 0, 1]}


def test_the_incidence_by_hand() -> None:
    curve = group_incidence([1, 2, 3, 4], [1, 2, 0, 1], cause=1)
    assert curve.incidence.tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 4, 1 / 4 + 1 / 2])
    assert curve.event_free.tolist() == pytest.approx([3 / 4, 1 / 2, 1 / 2, 0])
    assert curve.at_risk.tolist() == [4, 3, 2, 1]
    assert group_incidence([1, 2, 3, 4], [1, 2, 0, 1], cause=2).incidence[-1] == pytest.approx(1 / 4)


def test_the_variance_by_hand() -> None:
    """At 2, F = 1/4: one event of cause 1 at 1 (S after it 3/4), one of cause 2 at 2 (S after it 1/2)."""
    curve = group_incidence([1, 2, 3, 4], [1, 2, 0, 1], cause=1)
    assert curve.variance[0] == pytest.approx(1 / 16)
    assert curve.variance[1] == pytest.approx(1 / 16)  # what competes at 2 moves only what comes later
    later = (0.75 - 0.25) / 0.75, (0.75 - 0.25) / 0.5
    assert curve.variance[3] == pytest.approx((1 - later[0]) ** 2 / 16 + (later[1] * 0.75) ** 2 / 9 + 0.25)


def test_an_arm_of_two_is_a_group() -> None:
    both = competing_arms(**SIX)
    for arm in (0, 1):
        mine = both.arm == arm
        group = group_incidence(both.time[mine], both.cause[mine], cause=1)
        np.testing.assert_array_equal(cumulative_incidence(both, arm=arm, cause=1).incidence, group.incidence)


def test_at_a_time() -> None:
    curve = cumulative_incidence(competing_arms(**SIX), arm=1, cause=2)
    assert (curve.at(5).estimate, curve.at(5).interval) == (0.0, Interval(0.0, 0.0))
    assert curve.at(6).estimate == pytest.approx(1 / 3)
    assert curve.at(99).estimate == pytest.approx(1)  # nobody is left
    unknown = group_incidence([1, 2], [1, 0], cause=1).at(3)
    assert (unknown.estimate, unknown.variance) == (None, None)
    assert unknown.sentence == "Nobody was followed up to 3, so the incidence by then is unknown."


def test_a_cause_that_never_happened() -> None:
    both = competing_arms(**SIX)
    assert cumulative_incidence(both, arm=0, cause=7).incidence.tolist() == [0, 0, 0]
    found = gray(both, cause=7)
    assert (found.test, found.score) == (None, 0)
    assert found.sentence == "Gray's test of cause 7: not possible, since it never happened with both arms at risk."


def test_the_cause_alone_censors_the_others() -> None:
    alone = competing_arms(**SIX).cause_specific(1)
    assert alone.events == (3, 0)
    assert cox(alone).hr == 0


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"cause": [1, 2, -1, 0, 1, 2]}, "Row 3 has the cause -1: say 0 for censored"),
        ({"cause": [1, 2, 1.5, 0, 1, 2]}, "Row 3 has the cause 1.5"),
        ({"cause": [1, 2, float("nan"), 0, 1, 2]}, "Row 3 has the cause nan"),
        ({"cause": [1, 2]}, "There are 6 times but 2 events"),
        ({"arm": [1] * 6}, "Everybody is in arm 1"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(changed: dict, sentence: str) -> None:
    with pytest.raises(Fault) as told:
        competing_arms(**(SIX | changed))
    assert str(told.value).startswith(sentence)
