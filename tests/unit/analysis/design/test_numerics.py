"""Integrals of exponentials and of what breaks at a point; roots."""

from math import exp, pi

import numpy as np
import pytest

from equipoise.analysis.design.numerics import integral, panels, root


def test_an_exponential_that_falls_far_is_exact() -> None:
    assert integral(lambda t: np.exp(-t), (0.0, 40.0), longest=8.0) == pytest.approx(1 - exp(-40), abs=1e-14)


def test_a_function_is_cut_where_it_breaks() -> None:
    stepped = integral(lambda t: np.where(t < 1, 3.0, 5.0), (0.0, 1.0, 2.0))
    assert stepped == pytest.approx(8.0, abs=1e-14)


def test_cuts_may_come_in_any_order_and_twice() -> None:
    points, weights = panels((2.0, 0.0, 1.0, 1.0), order=5)
    assert len(points) == 10 and weights.sum() == pytest.approx(2.0)


def test_nothing_lies_between_one_cut_and_itself() -> None:
    assert integral(np.exp, (3.0, 3.0)) == 0.0


def test_a_root() -> None:
    assert root(np.sin, 3.0, 4.0) == pytest.approx(pi, abs=1e-13)
