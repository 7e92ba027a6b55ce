"""Power without proportional hazards: limits, agreement with the closed forms, and what cannot be compared."""

import pytest

from equipoise.analysis.design.hazards import constant, surviving, treated
from equipoise.analysis.design.power import (
    fixed_time_power,
    logrank_drift,
    logrank_people,
    logrank_power,
    rmst_power,
)
from equipoise.analysis.design.scenario import Scenario
from equipoise.faults import Fault

CONTROL = surviving(0.25, 36)
SAME = Scenario(CONTROL, CONTROL, 36, 36)
BETTER = Scenario(CONTROL, treated(CONTROL, 0.5), 36, 36)


def test_without_a_difference_the_power_is_alpha() -> None:
    assert logrank_power(106, SAME, 0.025) == pytest.approx(0.025)
    assert fixed_time_power(106, SAME, 36, 0.025) == pytest.approx(0.025)
    assert fixed_time_power(106, SAME, 36, 0.025, log_log=True) == pytest.approx(0.025)
    assert rmst_power(106, SAME, 36, 0.025) == pytest.approx(0.025)


def test_a_worse_arm_is_not_found_better() -> None:
    worse = Scenario(treated(CONTROL, 0.5), CONTROL, 36, 36)
    assert logrank_drift(106, worse) < 0 and logrank_power(106, worse, 0.025) < 0.001
    assert fixed_time_power(106, worse, 36, 0.025) < 0.001 and rmst_power(106, worse, 36, 0.025) < 0.001


def test_with_everybody_followed_greenwood_is_the_binomial_variance() -> None:
    whole = Scenario(CONTROL, surviving(0.44, 36), 0, 36)
    z = 0.19 / ((0.25 * 0.75 + 0.44 * 0.56) / 53) ** 0.5
    from scipy.stats import norm

    assert fixed_time_power(106, whole, 36, 0.025) == pytest.approx(norm.cdf(z - norm.ppf(0.975)), rel=1e-12)


def test_a_delay_costs_the_restricted_mean_most() -> None:
    late = Scenario(CONTROL, treated(CONTROL, 0.5, 6), 36, 36)
    lost = [
        of(106, BETTER) - of(106, late)
        for of in (
            lambda n, s: logrank_power(n, s, 0.025),
            lambda n, s: fixed_time_power(n, s, 36, 0.025),
            lambda n, s: rmst_power(n, s, 36, 0.025),
        )
    ]
    assert min(lost) > 0 and max(lost) == lost[2]


def test_people_for_a_power() -> None:
    people = logrank_people(BETTER, 0.025, 0.9)
    assert logrank_power(people, BETTER, 0.025) == pytest.approx(0.9)


def test_what_cannot_be() -> None:
    none = Scenario(constant(0.0), constant(0.0), 1, 1)
    one = Scenario(constant(0.1), constant(0.0), 1, 1)
    gone = Scenario(constant(5.0), constant(4.0), 0, 36)
    for of, says in (
        (lambda: fixed_time_power(106, BETTER, 72, 0.025), "Nobody is followed for 72"),
        (lambda: rmst_power(106, BETTER, 90, 0.025), "Nobody is followed for 90"),
        (lambda: rmst_power(106, BETTER, 0, 0.025), "above 0"),
        (lambda: logrank_power(106, none, 0.025), "No event is expected"),
        (lambda: fixed_time_power(106, none, 1, 0.025), "No event is expected"),
        (lambda: fixed_time_power(106, one, 1, 0.025, log_log=True), "needs one in each"),
        (lambda: fixed_time_power(106, gone, 20, 0.025), "Hardly anybody is left"),
        (lambda: logrank_people(SAME, 0.025, 0.9), "does no better"),
    ):
        with pytest.raises(Fault, match=says):
            of()
