"""The power of tests that need no proportional hazards: log-rank, the difference at a fixed time, restricted means.

Large-sample means and variances by integration over the time after entry (G. Yung and Y. Liu, Biometrics 2020;76:939).
alpha is one-sided; the power is that of finding the experimental arm better.
"""

from math import log, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from ...faults import Fault
from .checks import positive, share
from .events import normal_sum
from .hazards import Hazard
from .numerics import Numbers
from .scenario import Scenario

_NOBODY = 1e-12  # a smaller share at risk is nobody at all


def logrank_drift(people: float, scenario: Scenario) -> float:
    """The expected z of the log-rank test: sqrt(n) U / sqrt(V), above 0 where the experimental arm does better.

    U = integral of R0 R1 / (R0 + R1) (h0 - h1), V = integral of R0 R1 / (R0 + R1)^2 (R0 h0 + R1 h1), with R the share
    of all people that is at risk in an arm. As npsurvSS ("weighted logrank") and, where hazards are not proportional,
    lrstat's lrpower. Where they are, lrpower takes Schoenfeld's ln(HR) sqrt(d/4) instead. Raises Fault.
    """
    times, weights = scenario.points(scenario.total)
    control, experimental = (
        part * scenario.observed(arm, times, scenario.total)
        for part, arm in zip(scenario.shares, (scenario.control, scenario.experimental), strict=True)
    )
    at_risk = control + experimental
    some = at_risk > 0
    both = np.divide(control * experimental, at_risk, out=np.zeros_like(at_risk), where=some)
    each = np.divide(both, at_risk, out=np.zeros_like(at_risk), where=some)
    one, other = scenario.control.at(times), scenario.experimental.at(times)
    variance = float(weights @ (each * (control * one + experimental * other)))
    if variance <= 0:
        raise Fault("No event is expected in either arm within this follow-up: follow people longer.")
    return sqrt(positive("The number of people", people) / variance) * float(weights @ (both * (one - other)))


def logrank_power(people: float, scenario: Scenario, alpha: float) -> float:
    """The power of the log-rank test, whatever the hazards. Raises Fault."""
    return _power(logrank_drift(people, scenario), alpha)


def logrank_people(scenario: Scenario, alpha: float, power: float) -> float:
    """The people that the log-rank test needs for a power, whatever the hazards; before rounding. Raises Fault."""
    drift = logrank_drift(1.0, scenario)
    if drift <= 0:
        raise Fault("The experimental arm does no better: no number of people shows that it does.")
    return (normal_sum(alpha, power) / drift) ** 2


def fixed_time_power(people: float, scenario: Scenario, at: float, alpha: float, log_log: bool = False) -> float:
    """The power of comparing the Kaplan-Meier curves at a time, by Greenwood's variance. Raises Fault.

    Of the shares themselves, as lrstat's kmpower and npsurvSS; log_log: of ln(-ln(share)) (J. P. Klein and others,
    Statistics in Medicine 2007;26:4505).
    """
    _reached(scenario, at)
    arms = (scenario.control, scenario.experimental)
    shares = [float(arm.survival(np.array(at))) for arm in arms]
    cumulative = [_hazard_variance(scenario, arm, at) for arm in arms]
    if log_log:
        shown = log(log(shares[0]) / log(shares[1])) if max(shares) < 1 else 0.0
        spreads = [v / log(left) ** 2 for v, left in zip(cumulative, shares, strict=True) if left < 1]
        if len(spreads) < 2:
            raise Fault("No event is expected in an arm by that time: ln(-ln(share)) needs one in each.")
    else:
        shown = shares[1] - shares[0]
        spreads = [v * left**2 for v, left in zip(cumulative, shares, strict=True)]
    return _power(_z(people, scenario, shown, spreads), alpha)


def rmst_power(people: float, scenario: Scenario, until: float, alpha: float) -> float:
    """The power of comparing the restricted mean times up to a time, as lrstat's rmpower and npsurvSS. Raises Fault."""
    _reached(scenario, until)
    arms = (scenario.control, scenario.experimental)
    means = [float(arm.restricted_mean(np.array(until))) for arm in arms]
    spreads = [_mean_variance(scenario, arm, until) for arm in arms]
    return _power(_z(people, scenario, means[1] - means[0], spreads), alpha)


def _power(drift: float, alpha: float) -> float:
    return float(ndtr(drift - ndtri(1 - share("alpha", alpha))))


def _z(people: float, scenario: Scenario, difference: float, spreads: list[float]) -> float:
    """The expected z of a difference; spreads: n times the variance of each arm's, for one arm alone."""
    variance = sum(spread / part for spread, part in zip(spreads, scenario.shares, strict=True))
    if variance <= 0:
        raise Fault("No event is expected in either arm by that time: name a later one.")
    return difference * sqrt(positive("The number of people", people) / variance)


def _reached(scenario: Scenario, at: float) -> None:
    """Somebody must still be under observation at that time. Raises Fault."""
    positive("The time of the comparison", at)
    if at > scenario.total or (at == scenario.total and scenario.accrual > 0):
        raise Fault(
            f"Nobody is followed for {at:g} when the analysis is at {scenario.total:g}: "
            "name an earlier time or follow people longer."
        )


def _hazard_variance(scenario: Scenario, arm: Hazard, at: float) -> float:
    """n times the variance of an arm's cumulative hazard at a time: the integral of h / R (Greenwood)."""
    times, weights = scenario.points(at)
    return float(weights @ (arm.at(times) / _at_risk(scenario, arm, times)))


def _mean_variance(scenario: Scenario, arm: Hazard, until: float) -> float:
    """n times the variance of an arm's restricted mean: the integral of (area still to come)^2 h / R."""
    times, weights = scenario.points(until)
    to_come = arm.restricted_mean(np.array(until)) - arm.restricted_mean(times)
    return float(weights @ (to_come**2 * arm.at(times) / _at_risk(scenario, arm, times)))


def _at_risk(scenario: Scenario, arm: Hazard, times: Numbers) -> Numbers:
    found = scenario.observed(arm, times, scenario.total)
    if np.any(found < _NOBODY):
        raise Fault("Hardly anybody is left under observation by that time: name an earlier one.")
    return found
