"""Competing risks: the cumulative incidence of one cause, Gray's test of two arms, the hazard ratios of both kinds.

    >>> both = competing_arms([4, 6, 7, 9, 11, 12], [1, 2, 1, 0, 1, 2], [0, 1, 0, 1, 0, 1])
    >>> cumulative_incidence(both, arm=1, cause=2).at(8).sentence
    'By 8 the cumulative incidence is 0.333 (95 % interval 0.0355 to 0.989).'

Aalen and Johansen 1978 with Aalen's variance (1978), Gray 1988, Fine and Gray 1999; as R's cmprsk. The hazard ratio of
one cause is that of the Cox model with the other causes as censoring: `cox(both.cause_specific(1))`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .estimate import LEVEL, Interval, Test, chi_square_test, number_text, p_text, z_of
from .followed import TwoArms, followed, read_numbers, refuse, two_arms
from .kernels import Floats, Integers


@dataclass(frozen=True, eq=False)
class CompetingArms:
    """Parallel arrays sorted by time. cause: 0 censored, 1, 2, ... what happened first; arm: 0 or 1."""

    time: Floats
    cause: Integers
    arm: Integers

    def cause_specific(self, cause: int) -> TwoArms:
        """The same people with every other cause as censoring, for log_rank and cox."""
        return two_arms(self.time, self.cause == cause, self.arm)


def competing_arms(time: ArrayLike, cause: ArrayLike, arm: ArrayLike) -> CompetingArms:
    """Checks the arrays and sorts them. time: 0 or more; cause: a whole number of 0 or more; arm: 0 or 1."""
    causes = _causes(cause)
    people = two_arms(time, causes > 0, arm)
    return CompetingArms(people.rows.time, causes.astype(np.int64)[people.order], people.rows.arm.astype(np.int64))


def _causes(cause: ArrayLike) -> Integers:
    causes = read_numbers(cause, "cause")
    whole = np.isfinite(causes) & (causes >= 0) & (causes == np.round(causes))
    refuse(~whole, causes, "has the cause {value}: say 0 for censored, 1 for the event, 2 and more for what competes")
    return causes.astype(np.int64)


# ------------------------------------------------------------------ cumulative incidence
@dataclass(frozen=True, slots=True)
class Incidence:
    """estimate: the probability that the cause has happened by then. The interval is on the log(-log) scale."""

    time: float
    estimate: float | None
    variance: float | None
    interval: Interval

    @property
    def sentence(self) -> str:
        if self.estimate is None:
            return f"Nobody was followed up to {number_text(self.time)}, so the incidence by then is unknown."
        return (
            f"By {number_text(self.time)} the cumulative incidence is {number_text(self.estimate)} ({self.interval})."
        )


@dataclass(frozen=True, eq=False)
class IncidenceCurve:
    """One place for each time at which somebody's time ends; before time[0] the incidence is 0."""

    time: Floats
    at_risk: Integers
    incidence: Floats
    variance: Floats
    event_free: Floats
    level: float

    def at(self, time: float) -> Incidence:
        """The incidence at a time; beyond the last follow-up it is known only if nobody was left."""
        place = int(np.searchsorted(self.time, time, "right")) - 1
        if time > self.time[-1] and self.event_free[-1] > 0.0:
            return Incidence(time, None, None, Interval(None, None, self.level))
        if place < 0:
            return Incidence(time, 0.0, 0.0, Interval(0.0, 0.0, self.level))
        estimate, variance = float(self.incidence[place]), float(self.variance[place])
        return Incidence(time, estimate, variance, _interval(estimate, variance, self.level))


def cumulative_incidence(people: CompetingArms, *, arm: int, cause: int, level: float = LEVEL) -> IncidenceCurve:
    """The Aalen-Johansen curve of a cause in one arm."""
    mine = people.arm == arm
    return _incidence(people.time[mine], people.cause[mine], cause, level)


def group_incidence(time: ArrayLike, causes: ArrayLike, *, cause: int, level: float = LEVEL) -> IncidenceCurve:
    """The Aalen-Johansen curve of a cause in one group. time and causes as in competing_arms."""
    which = _causes(causes)
    people = followed(time, which > 0)
    return _incidence(people.time, which[np.argsort(np.asarray(time, np.float64), kind="stable")], cause, level)


def _incidence(times: Floats, causes: Integers, cause: int, level: float) -> IncidenceCurve:
    z_of(level)
    time, at_risk, events = _events_by_time(times, causes)
    of_cause = events.get(cause, np.zeros(len(time)))
    other = sum(events.values(), np.zeros(len(time))) - of_cause
    event_free = np.cumprod(1.0 - (of_cause + other) / at_risk)
    before = np.concatenate(([1.0], event_free[:-1]))
    incidence = np.cumsum(before * of_cause / at_risk)
    variance = _aalen_variance(at_risk, of_cause, other, before, event_free, incidence)
    return IncidenceCurve(time, at_risk, incidence, variance, event_free, level)


def _aalen_variance(
    at_risk: Integers, of_cause: Floats, other: Floats, before: Floats, after: Floats, incidence: Floats
) -> Floats:
    """Var F(t) = sum over u <= t of S(u-)² / n² [ d1 c1 (1 - r(t))² + d2 c2 r(t)² ], r = (F(t) - F(u)) / S(u).

    c corrects for ties, (n - d) / (n - 1). Multiplied out, so that three running sums give it at every t.
    """
    inverse = np.where(after > 0.0, 1.0 / np.where(after > 0.0, after, 1.0), 0.0)
    level = 1.0 + incidence * inverse  # of the events; without the 1 of the others
    first, second = (_share(d, at_risk) * before**2 for d in (of_cause, other))
    second = np.where(after > 0.0, second, 0.0)
    ones = np.cumsum(first * level**2 + second * (level - 1.0) ** 2)
    mixed = np.cumsum(inverse * (first * level + second * (level - 1.0)))
    squares = np.cumsum(inverse**2 * (first + second))
    return np.maximum(ones - 2.0 * incidence * mixed + incidence**2 * squares, 0.0)


def _share(events: Floats, at_risk: Integers) -> Floats:
    """d (n - d) / (n - 1) / n², the variance of d / n with the correction for ties; 1 where d = n = 1."""
    ties = np.where(events > 1, (at_risk - events) / np.maximum(at_risk - 1, 1), 1.0)
    return events * ties / at_risk.astype(np.float64) ** 2


def _interval(estimate: float, variance: float, level: float) -> Interval:
    """exp(-exp(...)) of log(-log(1 - F)) plus and minus z standard errors: within 0 and 1 always."""
    if not 0.0 < estimate < 1.0 - 1e-12:  # by rounding 1 may be missed by a hair
        return Interval(None, None, level)
    free = 1.0 - estimate
    half = z_of(level) * np.sqrt(variance) / (free * abs(np.log(free)))
    low, high = (1.0 - free ** np.exp(side * half) for side in (-1.0, 1.0))
    return Interval(float(low), float(high), level)


def _events_by_time(time: Floats, cause: Integers) -> tuple[Floats, Integers, Mapping[int, Floats]]:
    """Distinct times; how many are at risk at each; of every cause how many events there are."""
    at, place = np.unique(time, return_inverse=True)
    at_risk = len(time) - np.searchsorted(np.sort(time), at, "left")
    causes = [int(cause) for cause in np.unique(cause) if cause > 0]
    counts = {one: np.bincount(place, cause == one, len(at)).astype(np.float64) for one in causes}
    return at, at_risk, counts


# ------------------------------------------------------------------ Gray's test
@dataclass(frozen=True, slots=True)
class Gray:
    """That the cumulative incidence of a cause is the same in both arms. score: of arm 0. test None: no such event."""

    cause: int
    score: float
    variance: float
    test: Test | None

    @property
    def sentence(self) -> str:
        if self.test is None:
            return f"Gray's test of cause {self.cause}: not possible, since it never happened with both arms at risk."
        return (
            f"Gray's test of cause {self.cause}: chi-square {number_text(self.test.chi_square)}, {p_text(self.test.p)}."
        )


def gray(people: CompetingArms, *, cause: int) -> Gray:
    """The test with all times weighing alike (Gray's rho = 0)."""
    arms = [_ArmAtTimes.of(people, arm, cause) for arm in (0, 1)]
    of_cause = arms[0].of_cause + arms[1].of_cause
    total = arms[0].scaled + arms[1].scaled
    pooled = np.cumsum(of_cause / total)
    pull = arms[0].scaled * arms[1].scaled / total
    left = np.maximum(1.0 - np.concatenate(([0.0], pooled[:-1])), 1e-12)  # 0 only by rounding: somebody is at risk
    gone = pull * of_cause / (total * left)
    to_come = gone.sum() - np.cumsum(gone)
    kept = [arm.scaled * (1.0 - arm.incidence_before) for arm in arms]
    score = float((arms[0].of_cause - of_cause * kept[0] / (kept[0] + kept[1])).sum())
    variance = sum(_gray_variance(arm, of_cause, total, pooled, pull, to_come) for arm in arms)
    test = chi_square_test(score**2 / variance) if variance > 1e-12 else None
    return Gray(cause, score, variance, test)


@dataclass(frozen=True, eq=False)
class _ArmAtTimes:
    """One arm at the times of all events of both arms: before is S(t-), after S(t), scaled = at risk / S(t-)."""

    at_risk: Floats
    of_cause: Floats
    other: Floats
    before: Floats
    after: Floats
    scaled: Floats
    incidence_before: Floats

    @classmethod
    def of(cls, people: CompetingArms, arm: int, cause: int) -> "_ArmAtTimes":
        times = np.unique(people.time[people.cause > 0])
        mine = people.arm == arm
        time, causes = people.time[mine], people.cause[mine]
        at_risk = (len(time) - np.searchsorted(time, times, "left")).astype(np.float64)
        of_cause, other = (
            np.bincount(np.searchsorted(times, time[which]), minlength=len(times)).astype(np.float64)
            for which in (causes == cause, (causes > 0) & (causes != cause))
        )
        there = np.maximum(at_risk, 1.0)
        after = np.cumprod(1.0 - (of_cause + other) / there)
        before = np.concatenate(([1.0], after[:-1]))
        incidence = np.cumsum(before * of_cause / there)
        scaled = np.where(at_risk > 0, at_risk / np.where(before > 0, before, 1.0), 0.0)
        return cls(at_risk, of_cause, other, before, after, scaled, incidence - before * of_cause / there)


def _gray_variance(
    arm: _ArmAtTimes, of_cause: Floats, total: Floats, pooled: Floats, pull: Floats, to_come: Floats
) -> float:
    """An arm's part of the variance of the score: what one event moves at once (pull), and later through the curves."""
    there, survives = arm.at_risk > 0, arm.after > 0
    at_risk = np.where(there, arm.at_risk, 1.0)
    ratio = np.where(survives, (1.0 - pooled) / np.where(survives, arm.after, 1.0), 0.0)
    # Where everybody still at risk has the event at once there is nothing left to vary.
    left = total * arm.before - 1.0
    tied = np.where(of_cause > 1, np.maximum(1.0 - (of_cause - 1.0) / np.where(left > 0, left, np.inf), 0.0), 1.0)
    tied = np.where((of_cause > 1) & (left <= 0), 0.0, tied)
    expected = np.where(there, tied * arm.before * of_cause / (total * at_risk), 0.0)
    others = np.where(there & survives, _share(arm.other, np.maximum(arm.at_risk, 1.0)) * arm.before**2, 0.0)
    at_event = pull + np.where(survives, 1.0 - ratio, 1.0) * to_come
    return float(expected @ at_event**2 + others @ (ratio * to_come) ** 2)
