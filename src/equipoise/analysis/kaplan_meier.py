"""The Kaplan-Meier curve of one group, with its intervals, medians and numbers at risk.

    >>> from equipoise.analysis.followed import followed
    >>> curve = kaplan_meier(followed([6, 13, 21, 30, 37], [1, 1, 0, 1, 1]))
    >>> curve.at(20).sentence
    'At 20 the probability of no event is 0.6 (95 % interval 0.126 to 0.882); 3 are at risk.'

Kaplan and Meier 1958; variance by Greenwood 1926; intervals as R's survfit gives them (Kalbfleisch and Prentice 2002,
section 1.4), for the median by Brookmeyer and Crowley 1982: where a limit of the curve crosses one half.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from ..faults import Fault
from .estimate import LEVEL, Interval, known, number_text, z_of
from .followed import Followed
from .kernels import Floats, Integers

_EVEN = 1.5e-8  # within this of a probability the curve lies on it, as in survfit (the root of the machine epsilon)


# ------------------------------------------------------------------ intervals
@dataclass(frozen=True, slots=True)
class Scale:
    """On which scale an interval is symmetric: limits(survival, standard error of log survival, z)."""

    name: str
    limits: Callable[[Floats, Floats, float], tuple[Floats, Floats]]


def _plain(survival: Floats, se: Floats, z: float) -> tuple[Floats, Floats]:
    half = z * se * survival
    return np.maximum(survival - half, 0.0), np.minimum(survival + half, 1.0)


def _log(survival: Floats, se: Floats, z: float) -> tuple[Floats, Floats]:
    centre = np.log(survival)
    return np.exp(centre - z * se), np.minimum(np.exp(centre + z * se), 1.0)


def _log_log(survival: Floats, se: Floats, z: float) -> tuple[Floats, Floats]:
    centre = np.log(survival)
    half = z * se / centre  # below 0, since the logarithm is
    return np.exp(-np.exp(np.log(-centre) - half)), np.exp(-np.exp(np.log(-centre) + half))


PLAIN = Scale("plain", _plain)
LOG = Scale("log", _log)
LOG_LOG = Scale("log-log", _log_log)


# ------------------------------------------------------------------ the curve
@dataclass(frozen=True, slots=True)
class AtTime:
    """The curve at one time. survival None: nobody was followed that far. std_error: Greenwood's, of the survival."""

    time: float
    survival: float | None
    std_error: float | None
    interval: Interval
    at_risk: int

    @property
    def sentence(self) -> str:
        when = number_text(self.time)
        if self.survival is None:
            return f"Nobody was followed up to {when}, so the probability of no event by then is unknown."
        known_interval = self.interval.low is not None
        return (
            f"At {when} the probability of no event is {number_text(self.survival)} "
            f"({self.interval if known_interval else 'no interval: the curve has not moved or has reached 0'}); "
            f"{self.at_risk} {'is' if self.at_risk == 1 else 'are'} at risk."
        )


@dataclass(frozen=True, slots=True)
class Quantile:
    """By when a share of the people has had the event. None: the curve, or its limit, never falls so far."""

    share: float
    time: float | None
    interval: Interval

    @property
    def sentence(self) -> str:
        what = "The median" if self.share == 0.5 else f"The time by which {self.share * 100:g} % have had the event"
        if self.time is None:
            return f"{what} is not reached ({self.interval})."
        return f"{what} is {number_text(self.time)} ({self.interval})."


@dataclass(frozen=True, eq=False)
class Curve:
    """The curve as parallel arrays, one place for each time at which somebody's time ends.

    std_error is Greenwood's, of the survival; lower and upper are NaN where the scale knows no limit (at survival 0; at
    1 on the log-log scale). Before time[0] the survival is 1.
    """

    time: Floats
    at_risk: Integers
    events: Integers
    censored: Integers
    survival: Floats
    std_error: Floats
    lower: Floats
    upper: Floats
    scale: Scale
    level: float
    people: Followed

    def at(self, time: float) -> AtTime:
        """The curve at a time, itself included. Beyond the last follow-up it is known only where it has reached 0."""
        at_risk = int(self.people.at_risk(time))
        place = int(np.searchsorted(self.time, time, "right")) - 1
        if time > self.time[-1] and self.survival[-1] > 0.0:
            return AtTime(time, None, None, Interval(None, None, self.level), at_risk)
        if place < 0:
            return AtTime(time, 1.0, 0.0, Interval(1.0, 1.0, self.level), at_risk)
        interval = Interval(known(self.lower[place]), known(self.upper[place]), self.level)
        return AtTime(time, float(self.survival[place]), float(self.std_error[place]), interval, at_risk)

    def quantile(self, share: float) -> Quantile:
        """By when that share (between 0 and 1) has had the event: the middle where the curve runs level on it."""
        if not 0.0 < share < 1.0:
            raise Fault(f"A share lies between 0 and 1, as 0.5 does for the median; {share:g} does not.")
        low, time, high = (
            _first_below(self.time, curve, 1.0 - share) for curve in (self.lower, self.survival, self.upper)
        )
        return Quantile(share, time, Interval(low, high, self.level))

    @property
    def median(self) -> Quantile:
        return self.quantile(0.5)

    def numbers_at_risk(self, times: ArrayLike) -> Integers:
        """How many are at risk at each of the times, for the table below a figure."""
        return self.people.at_risk(times)

    @cached_property
    def total_events(self) -> int:
        return int(self.events.sum())


def kaplan_meier(people: Followed, *, scale: Scale = LOG_LOG, level: float = LEVEL) -> Curve:
    """The curve of one group (`followed(...)`, or `two_arms(...).arm(1)`).

    With delayed entry it is conditional on being free of the event at the first entry, and the few who are at risk
    early decide much: look at numbers_at_risk.
    """
    z = z_of(level)
    time, exits = np.unique(people.time, return_counts=True)
    events = np.bincount(np.searchsorted(time, people.time), people.event, len(time)).astype(np.int64)
    at_risk = people.at_risk(time)
    survival = np.cumprod(1.0 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):  # at survival 0 and 1 a scale may know no limit
        log_se = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events).astype(np.float64))))
        lower, upper = scale.limits(survival, log_se, z)
        std_error = np.where(survival > 0.0, survival * log_se, 0.0)
    lower, upper = (np.where(survival > 0.0, limit, np.nan) for limit in (lower, upper))
    return Curve(time, at_risk, events, exits - events, survival, std_error, lower, upper, scale, level, people)


def _first_below(time: Floats, curve: Floats, share: float) -> float | None:
    """The first time at which a falling curve is at most the share; None where it never is."""
    seen = ~np.isnan(curve)
    time, curve = time[seen], curve[seen]
    below = np.flatnonzero(curve < share + _EVEN)
    if not len(below):
        return None
    first = below[0]
    if abs(curve[first] - share) < _EVEN:
        further = np.flatnonzero(curve < curve[first])
        if len(further):
            return float(time[first] + time[further[0]]) / 2.0
    return float(time[first])
