"""Conditional and predictive power: limits, a plan's looks, and what cannot be."""

from math import inf, nan

import pytest
from scipy import integrate
from scipy.stats import norm

from equipoise.analysis.design.conditional import (
    conditional_power,
    conditional_power_of_plan,
    information_of_events,
    predictive_power,
    trend,
)
from equipoise.analysis.design.sequential import OBRIEN_FLEMING, Futility, evenly_spaced, plan
from equipoise.analysis.design.spending import LikeObrienFleming, PowerFamily
from equipoise.faults import Fault

PLAN = plan(evenly_spaced(3), OBRIEN_FLEMING, 0.025, 0.8)


def test_before_any_data_it_is_the_power() -> None:
    assert conditional_power(0.0, 0.0, 2.801585, 0.025) == pytest.approx(0.8, abs=1e-6)
    assert conditional_power_of_plan(0.0, 0.0, PLAN, PLAN.drift) == pytest.approx(0.8, abs=1e-12)


@pytest.mark.parametrize(("z", "shows"), [(1.95, 0.0), (1.9599639845400545, 1.0), (2.5, 1.0)])
def test_with_all_data_it_is_none_or_one(z: float, shows: float) -> None:
    assert conditional_power(z, 1.0, 3.0, 0.025) == shows == predictive_power(z, 1.0, 0.025)
    assert conditional_power_of_plan(2.1, 1.0, PLAN, 3.0) == 1.0
    assert conditional_power_of_plan(1.9, 1.0, PLAN, 3.0) == 0.0


def test_predictive_power_is_conditional_power_over_what_is_believed() -> None:
    for prior, spread in ((0.0, inf), (1.0, 0.8)):
        weight = 0.0 if spread == inf else spread**-2
        mean, sd = (1.2 * 0.5**0.5 + prior * weight) / (0.5 + weight), (0.5 + weight) ** -0.5
        whole = integrate.quad(
            lambda d, m=mean, s=sd: conditional_power(1.2, 0.5, d, 0.025) * norm.pdf(d, m, s),
            mean - 9 * sd,
            mean + 9 * sd,
        )[0]
        assert predictive_power(1.2, 0.5, 0.025, prior, spread) == pytest.approx(whole, abs=1e-9)


def test_the_last_look_of_a_plan_is_the_closed_form() -> None:
    found = conditional_power_of_plan(1.5, 2 / 3, PLAN, 2.0)
    assert found == pytest.approx(conditional_power(1.5, 2 / 3, 2.0, float(norm.sf(PLAN.upper[-1]))), abs=1e-13)


def test_futility_on_the_way_takes_power() -> None:
    with_it = plan(evenly_spaced(3), LikeObrienFleming(), 0.025, 0.8, Futility(PowerFamily(1)))
    bare = plan(evenly_spaced(3), LikeObrienFleming(), 0.025, 0.8)
    assert conditional_power_of_plan(0.8, 1 / 3, with_it, 2.0) < conditional_power_of_plan(0.8, 1 / 3, bare, 2.0)


def test_information_and_trend() -> None:
    assert information_of_events(35, 70) == 0.5 and information_of_events(80, 70) == 1.0
    assert trend(1.2, 0.25) == 2.4


def test_what_cannot_be() -> None:
    for of, says in (
        (lambda: conditional_power(nan, 0.5, 1.0, 0.025), "is a number"),
        (lambda: conditional_power(1.0, 1.5, 1.0, 0.025), "between 0 and 1"),
        (lambda: trend(0.0, 0.0), "no trend"),
        (lambda: predictive_power(0.0, 0.0, 0.025), "a prior must say"),
        (lambda: predictive_power(0.0, 0.5, 0.025, 0.0, 0.0), "above 0"),
        (lambda: information_of_events(-1, 70), "at least 0"),
        (lambda: information_of_events(1, 0), "above 0"),
    ):
        with pytest.raises(Fault, match=says):
            of()
