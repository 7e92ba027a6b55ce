"""The hazard ratio of arms whose event times are known to lie in intervals only: a Weibull model by likelihood.

    S(t) = exp(-exp(a + b arm) t^k), so exp(b) is the hazard ratio of arm 1 to arm 0, at every time the same.

Each person adds S(left) - S(right), or the density where the day itself is known, or S(left) without an event (Odell
PM, Anderson KM, D'Agostino RB, Biometrics 1992;48:951-959). The interval is that of the profile likelihood, the test
its likelihood ratio: neither leans on the normal distribution of an estimate. A smooth baseline is the price; curves
by turnbull.py beside it show whether it fits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..faults import Fault
from .estimate import LEVEL, Interval, Test, chi_square_test, number_text, z_of
from .turnbull import intervals

Floats = NDArray[np.float64]
_WIDEST: Final = 40.0  # of a log hazard ratio: beyond, an end of the interval is taken as not there
_FIRST_DAY: Final = 1.0  # an event on day 0 happened within the first day


@dataclass(frozen=True, slots=True)
class WeibullRatio:
    """hr of arm 1 to arm 0 with its profile interval. shape: k; below 1 the hazard falls. scale: days, of arm 0, by
    which a share of 1/e is left without an event. None, with why: the ratio cannot be estimated."""

    hr: float | None
    log_hr: float | None
    interval: Interval
    test: Test | None
    shape: float | None
    scale: float | None
    log_likelihood: float | None
    events: tuple[int, int]
    why: str = ""

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if self.hr is None or self.test is None:
            return f"The hazard ratio for interval-censored times cannot be estimated: {self.why}."
        return (
            f"Hazard ratio for interval-censored times (Weibull) {number_text(self.hr)} ({self.interval}, {self.test})."
        )


@dataclass(frozen=True, eq=False)
class _Times:
    """What the likelihood is made of: each group of rows with its place."""

    left: Floats
    right: Floats
    arm: Floats
    exact: NDArray[np.bool_]
    seen: NDArray[np.bool_]

    def negative(self, a: float, b: float, k: float) -> float:
        """Minus the log likelihood at log scale a, log hazard ratio b and log shape k."""
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            rate, shape = np.exp(a + b * self.arm), exp(min(k, 50.0))
            at_left = rate * self.left**shape
            log_density = np.log(rate) + k + (shape - 1.0) * np.log(self.left)
            # log(S(left) - S(right)) = -H(left) + log(1 - exp(H(left) - H(right)))
            between = np.log(-np.expm1(at_left - rate * np.where(self.seen, self.right, self.left) ** shape))
            added = -at_left + np.where(self.exact, log_density, np.where(self.seen, between, 0.0))
        total = float(added.sum())
        return -total if np.isfinite(total) else 1e300


def weibull_ratio(left: ArrayLike, right: ArrayLike, arm: ArrayLike, *, level: float = LEVEL) -> WeibullRatio:
    """The model of two arms (0 and 1). left, right: the event in (left, right], right infinite where there is none;
    equal: on that day. Raises Fault for what is no interval, and when everybody is in one arm."""
    low, high = intervals(left, right)
    arms = np.asarray(arm, np.float64)
    if arms.shape != low.shape or set(arms.tolist()) != {0.0, 1.0}:
        raise Fault("A comparison needs people in both arms, 0 and 1, one arm for each interval.")
    times = _prepared(low, high, arms)
    counts = (int((times.seen & (arms == 0)).sum()), int((times.seen & (arms == 1)).sum()))
    none = Interval(None, None, level)
    if min(counts) == 0:
        lacking = "no event was seen" if counts == (0, 0) else f"arm {counts.index(0)} has no event"
        return WeibullRatio(None, None, none, None, None, None, None, counts, lacking)
    unit = float(np.median(times.right[times.seen]))  # in units of a usual time, so that the search is well scaled
    times = _Times(times.left / unit, times.right / unit, times.arm, times.exact, times.seen)
    jacobian = float(times.exact.sum()) * log(unit)  # densities are per day
    best = _fitted(times)
    null = _profile(times, best, 0.0)
    a, b, k, least = best
    profile = _limits(lambda value: _profile(times, best, value)[-1], b, least, level)
    shape = exp(k)
    return WeibullRatio(
        exp(b), float(b), profile, chi_square_test(max(2.0 * (null[-1] - least), 0.0)), shape, unit * exp(-a / shape),
        -least - jacobian, counts,
    )  # fmt: skip


def _prepared(low: Floats, high: Floats, arms: Floats) -> _Times:
    """An exact day 0 is within the first day: the density of a Weibull time is 0, or infinite, at 0."""
    at_once = high == 0.0
    high = np.where(at_once, _FIRST_DAY, high)
    return _Times(low, high, arms, (low == high) & (low > 0), np.isfinite(high))


Fit = tuple[float, float, float, float]  # a, b, k, minus the log likelihood


def _fitted(times: _Times) -> Fit:
    """The maximum, from the exponential model on."""
    middle = np.where(times.seen, (times.left + times.right) / 2.0, times.left)
    start = log(times.seen.sum() / max(float(middle.sum()), 1e-12))
    return _least(lambda p: times.negative(p[0], p[1], p[2]), [start, 0.0, 0.0], lambda p: (p[0], p[1], p[2]))


def _profile(times: _Times, near: Fit, b: float) -> Fit:
    """The maximum at a fixed log hazard ratio."""
    return _least(lambda p: times.negative(p[0], b, p[1]), [near[0], near[2]], lambda p: (p[0], b, p[1]))


def _least(
    of: Callable[[Floats], float], start: list[float], told: Callable[[Floats], tuple[float, float, float]]
) -> Fit:  # fmt: skip
    from scipy.optimize import minimize  # here, since no other analysis needs it

    options = {"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000, "maxfev": 8000}
    first = minimize(of, np.array(start), method="Nelder-Mead", options=options)
    again = minimize(
        of, first.x, method="Nelder-Mead", options=options
    )  # a fresh simplex: the first may have shrunk early
    return (*told(again.x), float(again.fun))


def _limits(profile: Callable[[float], float], b: float, least: float, level: float) -> Interval:
    """Where twice the loss of log likelihood reaches the chi-square quantile of one degree of freedom."""
    from scipy.optimize import brentq

    allowed = z_of(level) ** 2 / 2.0

    def beyond(value: float) -> float:
        return profile(value) - least - allowed

    ends: list[float | None] = []
    for side in (-1.0, 1.0):
        step = 0.25
        while step <= _WIDEST and beyond(b + side * step) < 0.0:
            step *= 2.0
        found = brentq(beyond, b, b + side * step, xtol=1e-8) if step <= _WIDEST else None
        ends.append(exp(found) if isinstance(found, float) else None)
    return Interval(ends[0], ends[1], level)
