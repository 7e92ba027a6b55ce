"""Turnbull's curve: Kaplan-Meier where days are known, shares between overlapping intervals, bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.analysis.followed import followed
from equipoise.analysis.kaplan_meier import kaplan_meier
from equipoise.analysis.turnbull import turnbull
from equipoise.faults import Fault

TIMES = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=12)


@given(TIMES)
def test_with_exact_days_it_is_kaplan_meier(people: list[tuple[int, bool]]) -> None:
    time = np.array([each for each, _ in people], float)
    event = np.array([event for _, event in people])
    curve = turnbull(time, np.where(event, time, np.inf))
    known = kaplan_meier(followed(time, event))
    assert curve.converged
    for day in np.unique(time[event]):
        low, high = curve.survival(float(day))
        assert low == pytest.approx(known.at(float(day)).survival, abs=1e-4)
        assert high == pytest.approx(low, abs=1e-6)


def test_two_disjoint_intervals_share_equally() -> None:
    curve = turnbull([0, 5], [2, 8])
    assert (curve.left.tolist(), curve.right.tolist(), curve.share.tolist()) == ([0, 5], [2, 8], [0.5, 0.5])
    assert curve.survival(3) == (0.5, 0.5) and curve.survival(6) == (0.0, 0.5)
    assert curve.log_likelihood == pytest.approx(2 * np.log(0.5))


def test_what_overlaps_is_in_the_innermost_interval() -> None:
    curve = turnbull([0, 1, 2], [4, 5, 3])
    assert (curve.left.tolist(), curve.right.tolist(), curve.share.tolist()) == ([2], [3], [1.0])


def test_an_interval_ends_with_its_last_day_and_begins_after_its_first() -> None:
    # (0, 3] and the day 3 share day 3; (3, 6] does not.
    curve = turnbull([0, 3, 3], [3, 3, 6])
    assert list(zip(curve.left.tolist(), curve.right.tolist(), strict=True)) == [(3, 3), (3, 6)]
    assert curve.share.tolist() == pytest.approx([2 / 3, 1 / 3])


def test_without_any_event_nobody_has_had_it() -> None:
    curve = turnbull([3, 5], [np.inf, np.inf])
    assert curve.survival(4) == (1.0, 1.0) and curve.share.tolist() == [1.0]


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ([], [], "at least one person"),
        ([1], [1, 2], "one left and one right end"),
        ([1, 4], [2, 3], "Row 2 is no interval: its ends are 4 and 3"),
        ([-1], [3], "Row 1 is no interval"),
        ([float("nan")], [3], "Row 1 is no interval"),
        ([float("inf")], [float("inf")], "Row 1 is no interval"),
    ],
)
def test_what_is_no_interval_is_refused(left: list[float], right: list[float], told: str) -> None:
    with pytest.raises(Fault, match=told):
        turnbull(left, right)
