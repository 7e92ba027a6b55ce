"""Restricted mean survival time: the mean time without the event, up to a horizon, and how two arms compare.

    >>> from equipoise.analysis.followed import two_arms
    >>> people = two_arms([5, 8, 12, 20, 3, 9, 7, 21], [1, 1, 0, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1])
    >>> compare_restricted_means(people, 10).sentence
    'Up to 10, arm 1 has 9.25 free of the event and arm 0 6.25: difference 3 (95 % interval 0.339 to 5.66, p = 0.027).'

The area under the Kaplan-Meier curve, variance by Greenwood's plug-in, as R's survRM2 (Uno and others 2014). The time
lost is the horizon less the mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np

from ..faults import Fault
from .estimate import LEVEL, Interval, Test, number_text, p_text, z_of, z_test
from .followed import Followed, TwoArms
from .kaplan_meier import Curve, kaplan_meier


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """mean and std_error in the unit of time; lost = horizon - mean."""

    horizon: float
    mean: float
    std_error: float
    interval: Interval

    @property
    def lost(self) -> float:
        return self.horizon - self.mean


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference or a ratio of arm 1 to arm 0. None: not known, as a ratio to an arm which lost nothing."""

    estimate: float | None
    interval: Interval
    test: Test | None


@dataclass(frozen=True, slots=True)
class RestrictedMeans:
    """difference and ratio of the means, and ratio of the times lost, of arm 1 to arm 0."""

    horizon: float
    arms: tuple[RestrictedMean, RestrictedMean]
    difference: Contrast
    ratio: Contrast
    lost_ratio: Contrast

    @property
    def sentence(self) -> str:
        p = (
            ", no test: nobody had the event before it"
            if self.difference.test is None
            else f", {p_text(self.difference.test.p)}"
        )
        control, treated = (number_text(arm.mean) for arm in self.arms)
        return (
            f"Up to {number_text(self.horizon)}, arm 1 has {treated} free of the event and arm 0 {control}: difference "
            f"{number_text(self.difference.estimate)} ({self.difference.interval}{p})."
        )


def restricted_mean(people: Followed, horizon: float, *, level: float = LEVEL) -> RestrictedMean:
    """Of one group. The horizon may lie beyond the last follow-up only if the curve has reached 0 by then."""
    if not (horizon > 0.0 and horizon < inf):
        raise Fault(f"The horizon of a restricted mean must be a number above 0, not {horizon:g}.")
    curve = kaplan_meier(people, level=level)
    if horizon > curve.time[-1] and curve.survival[-1] > 0.0:
        raise Fault(f"The horizon {horizon:g} is beyond the last follow-up: choose one of at most {curve.time[-1]:g}.")
    mean, variance = _area(curve, horizon)
    half = z_of(level) * sqrt(variance)
    return RestrictedMean(horizon, mean, sqrt(variance), Interval(mean - half, mean + half, level))


def largest_horizon(people: Sequence[Followed]) -> float:
    """The latest horizon to which all groups are known: the smallest of their last times."""
    return min(float(group.time[-1]) for group in people)


def compare_restricted_means(people: TwoArms, horizon: float, *, level: float = LEVEL) -> RestrictedMeans:
    """Arm 1 against arm 0 up to the horizon; unstratified."""
    control, treated = (restricted_mean(people.arm(arm), horizon, level=level) for arm in (0, 1))
    z = z_of(level)
    change, se = treated.mean - control.mean, sqrt(treated.std_error**2 + control.std_error**2)
    return RestrictedMeans(
        horizon,
        (control, treated),
        Contrast(change, Interval(change - z * se, change + z * se, level), z_test(change, se)),
        _ratio((treated.mean, treated.std_error), (control.mean, control.std_error), level),
        _ratio((treated.lost, treated.std_error), (control.lost, control.std_error), level),
    )


def _area(curve: Curve, horizon: float) -> tuple[float, float]:
    """The area under the curve up to the horizon, and its variance: of each event, the squared area still to come."""
    used = curve.time <= horizon
    steps = np.concatenate(([0.0], curve.time[used], [horizon]))
    areas = np.diff(steps) * np.concatenate(([1.0], curve.survival[used]))
    to_come = np.cumsum(areas[:0:-1])[::-1]
    at_risk, events = curve.at_risk[used], curve.events[used]
    left = at_risk * (at_risk - events)
    hazard = np.where(left > 0, events / np.maximum(left, 1), 0.0)  # nobody left: no area to come either
    return float(areas.sum()), float(to_come**2 @ hazard)


def _ratio(treated: tuple[float, float], control: tuple[float, float], level: float) -> Contrast:
    """By the delta method on the log scale; each: (estimate, standard error)."""
    if treated[0] <= 0.0 or control[0] <= 0.0:
        return Contrast(None, Interval(None, None, level), None)
    centre = log(treated[0] / control[0])
    se = sqrt((treated[1] / treated[0]) ** 2 + (control[1] / control[0]) ** 2)
    half = z_of(level) * se
    return Contrast(exp(centre), Interval(exp(centre - half), exp(centre + half), level), z_test(centre, se))
