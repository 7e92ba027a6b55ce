"""Two arms at a fixed time, and their mean times up to it, in machine code: for one analysis as for 100,000 trials.

    arm_at   survival at tau (Kaplan-Meier, Greenwood) and mean time up to it (RMST, Greenwood's plug-in) of one arm
    plain, welch, log_log, arcsine, score   statistics of arm 1 against arm 0
    welch_interval, newcombe                intervals of the difference

Why several: docs/how-to/simulate.md. A statistic that cannot be computed is nan.
"""

from math import asin, inf, log, nan, sqrt
from typing import NamedTuple

from .compiled import compiled
from .kernels import Floats, Marks, Rows


class ArmAt(NamedTuple):
    """One arm up to tau: survival at tau and mean time up to it, each with its variance.

    known: somebody was watched until tau, or the curve has come down to 0 before.
    """

    people: int
    survival: float
    variance: float
    mean: float
    mean_variance: float
    known: bool


class Statistic(NamedTuple):
    """A statistic, positive when arm 1 fares better, and the degrees of freedom of its t (inf: normal)."""

    value: float
    freedom: float


# ------------------------------------------------------------------ one arm
@compiled
def arm_at(rows: Rows, arm: int, tau: float, space: Floats) -> ArmAt:
    """The arm's curve up to tau. rows: sorted by time, strata are not looked at. space: (2, n)."""
    people, watched = _members(rows.time, rows.arm, arm, tau)
    survival, hazard, mean, before, at_risk, steps, i = 1.0, 0.0, 0.0, 0.0, people, 0, 0
    while i < len(rows.time) and rows.time[i] <= tau:
        t, events, leave = rows.time[i], 0, 0
        while i < len(rows.time) and rows.time[i] == t:
            leave += rows.arm[i] == arm
            events += (rows.arm[i] == arm) & (rows.event[i] == 1)
            i += 1
        if events > 0:
            mean += survival * (t - before)
            before = t
            survival *= 1.0 - events / at_risk
            space[0, steps] = mean
            # With nobody left the survival is 0 and no time is to come: neither varies any more.
            space[1, steps] = events / (at_risk * (at_risk - events)) if at_risk > events else 0.0
            hazard += space[1, steps]
            steps += 1
        at_risk -= leave
    mean += survival * (tau - before)
    mean_variance = 0.0
    for k in range(steps):
        mean_variance += (mean - space[0, k]) ** 2 * space[1, k]
    known = watched or (people > 0 and survival == 0.0)
    return ArmAt(people, survival, survival * survival * hazard, mean, mean_variance, known)


@compiled
def _members(time: Floats, arms: Marks, arm: int, tau: float) -> tuple[int, bool]:
    people, watched = 0, False
    for i in range(len(time)):
        people += arms[i] == arm
        watched |= (arms[i] == arm) & (time[i] >= tau)
    return people, watched


# ------------------------------------------------------------------ the statistics
@compiled
def plain(difference: float, variance_0: float, variance_1: float) -> Statistic:
    """The difference over its standard error, as normal."""
    total = variance_0 + variance_1
    return Statistic(difference / sqrt(total) if total > 0.0 else nan, inf)


@compiled
def welch_error(variance: float, people: int) -> float:
    """The variance of an arm without its bias: Greenwood's is too small by (n - 1)/n."""
    return variance * people / (people - 1) if people > 1 else nan


@compiled
def welch(difference: float, variance_0: float, people_0: int, variance_1: float, people_1: int) -> Statistic:
    """As Student's t, with variances without bias and Satterthwaite's degrees of freedom (Welch 1947)."""
    own_0, own_1 = welch_error(variance_0, people_0), welch_error(variance_1, people_1)
    if not own_0 + own_1 > 0.0:
        return Statistic(nan, inf)
    freedom = (own_0 + own_1) ** 2 / (own_0**2 / (people_0 - 1) + own_1**2 / (people_1 - 1))
    return Statistic(difference / sqrt(own_0 + own_1), freedom)


@compiled
def log_log(s0: float, variance_0: float, s1: float, variance_1: float) -> Statistic:
    """By log(-log S) (Klein, Logan, Harhoff and Andersen 2007)."""
    if not (0.0 < s0 < 1.0 and 0.0 < s1 < 1.0):
        return Statistic(nan, inf)
    total = variance_0 / (s0 * log(s0)) ** 2 + variance_1 / (s1 * log(s1)) ** 2
    return Statistic((log(-log(s0)) - log(-log(s1))) / sqrt(total), inf)


@compiled
def arcsine(s0: float, variance_0: float, s1: float, variance_1: float) -> Statistic:
    """By the arcsine of the root of S (as above)."""
    if not (0.0 < s0 < 1.0 and 0.0 < s1 < 1.0):
        return Statistic(nan, inf)
    total = variance_0 / (4.0 * s0 * (1.0 - s0)) + variance_1 / (4.0 * s1 * (1.0 - s1))
    return Statistic((asin(sqrt(s1)) - asin(sqrt(s0))) / sqrt(total), inf)


@compiled
def effective(survival: float, variance: float) -> float:
    """How many people's plain share would vary as the survival does (Cutler and Ederer 1958); nan at 0 and 1."""
    return survival * (1.0 - survival) / variance if variance > 0.0 else nan


@compiled
def score(s0: float, variance_0: float, s1: float, variance_1: float) -> Statistic:
    """As two shares of the effective sizes under one common share: Pearson's, times the root of (M - 1)/M.

    That factor: E. S. Pearson 1947; Campbell 2007, who found it the best for small tables.
    """
    m0, m1 = effective(s0, variance_0), effective(s1, variance_1)
    both = m0 + m1
    if not both > 2.0:
        return Statistic(nan, inf)
    common = (m0 * s0 + m1 * s1) / both
    total = common * (1.0 - common) * (1.0 / m0 + 1.0 / m1) * both / (both - 1.0)
    return Statistic((s1 - s0) / sqrt(total), inf)


# ------------------------------------------------------------------ the intervals
@compiled
def wilson(share: float, size: float, z: float) -> tuple[float, float]:
    """Wilson's interval of a share (1927)."""
    middle = share + z * z / (2.0 * size)
    half = z * sqrt(share * (1.0 - share) / size + z * z / (4.0 * size * size))
    whole = 1.0 + z * z / size
    return (middle - half) / whole, (middle + half) / whole


@compiled
def newcombe(s0: float, variance_0: float, s1: float, variance_1: float, z: float) -> tuple[float, float]:
    """The interval of s1 - s0 from Wilson's of each, with the effective sizes (Newcombe 1998, his tenth)."""
    low_0, high_0 = wilson(s0, effective(s0, variance_0), z)
    low_1, high_1 = wilson(s1, effective(s1, variance_1), z)
    below, above = sqrt((s1 - low_1) ** 2 + (high_0 - s0) ** 2), sqrt((high_1 - s1) ** 2 + (s0 - low_0) ** 2)
    return s1 - s0 - below, s1 - s0 + above


# ------------------------------------------------------------------ by permutation
@compiled
def count_as_far(rows: Rows, arms: Marks, tau: float, mean: bool, least: float, space: Floats) -> int:
    """In how many of the reshuffled arms, (draws, n), the Welch statistic is at least that far from 0.

    rows: sorted by time. mean: of the mean times, else of the survival at tau. space: (2, n). A draw that gives no
    statistic counts as far: it cannot speak against the null hypothesis.
    """
    far = 0
    for draw in range(len(arms)):
        reshuffled = Rows(rows.time, rows.event, arms[draw], rows.stratum)
        zero, one = arm_at(reshuffled, 0, tau, space), arm_at(reshuffled, 1, tau, space)
        if mean:
            found = welch(one.mean - zero.mean, zero.mean_variance, zero.people, one.mean_variance, one.people)
        else:
            found = welch(one.survival - zero.survival, zero.variance, zero.people, one.variance, one.people)
        far += not abs(found.value) < least
    return far
