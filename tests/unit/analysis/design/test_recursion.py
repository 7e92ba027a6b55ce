"""Crossing chances: one look in closed form, many looks in all, and what are no boundaries."""

from math import inf

import pytest
from scipy.stats import norm

from equipoise.analysis.design.recursion import crossing, looks, nobody_stopped
from equipoise.faults import Fault


def test_one_look_is_a_normal_tail() -> None:
    found = crossing([1.0], 1.5, [-1.0], [2.0])
    assert found.upper == pytest.approx([norm.sf(0.5)], rel=1e-14)
    assert found.lower == pytest.approx([norm.cdf(-2.5)], rel=1e-14)


def test_with_meeting_boundaries_everybody_stops() -> None:
    shares = [0.2, 0.25, 0.9, 1.0]
    found = crossing(shares, 1.2, [-1.0, -0.5, 0.3, 1.8], [3.0, 2.8, 2.1, 1.8])
    assert found.any_upper + found.any_lower == pytest.approx(1.0, abs=1e-12)


def test_looks_close_to_each_other() -> None:
    """Fifty looks, and two looks that are nearly one."""
    many = [number / 50 for number in range(1, 51)]
    found = crossing(many, 0.7, [-2.0] * 49 + [2.0], [2.5] * 49 + [2.0])
    assert found.any_upper + found.any_lower == pytest.approx(1.0, abs=1e-11)
    twice = crossing([1.0, 1.0 + 1e-6], 0.0, [-inf] * 2, [1.96, 1.96])
    assert twice.any_upper == pytest.approx(norm.sf(1.96), abs=1e-4) and twice.upper[1] > 0


def test_what_was_seen_is_where_it_goes_on_from() -> None:
    later = crossing([1.0], 2.0, [-inf], [1.96], nobody_stopped(1.0, 0.5))
    assert later.upper[0] == pytest.approx(norm.sf((1.96 - 1.0 * 0.5**0.5 - 1.0) / 0.5**0.5), rel=1e-13)


def test_nobody_goes_on_where_the_boundaries_meet() -> None:
    assert crossing([0.5, 1.0], 0.0, [1.0, 2.0], [1.0, 2.0]).upper[1] == 0.0


@pytest.mark.parametrize("shares", [[], [0.0, 1.0], [0.5, 0.5], [1.0, 0.5], [0.5, inf], [float("nan")]])
def test_what_are_no_looks(shares: list[float]) -> None:
    with pytest.raises(Fault, match=r"[Ll]ook"):
        looks(shares)


def test_what_are_no_boundaries() -> None:
    with pytest.raises(Fault, match="as many of each"):
        crossing([0.5, 1.0], 0.0, [0.0], [2.0, 2.0])
    with pytest.raises(Fault, match="lies below"):
        crossing([1.0], 0.0, [2.5], [2.0])
