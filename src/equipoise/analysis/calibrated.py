"""Comparisons at a fixed time, and of mean times (RMST), that hold their level in small trials.

    >>> from equipoise.analysis.followed import two_arms
    >>> people = two_arms([5, 8, 12, 20, 3, 9, 7, 21], [1, 1, 0, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1])
    >>> calibrated_means(people, 10).sentence
    'Up to 10, arm 1 less arm 0: 3 (95 % interval -1.54 to 7.54, p = 0.14; Welch).'

With 53 people an arm the usual z-tests reject 5.5 % where nothing differs, at a nominal 5 %: Greenwood's variance is
too small by (n - 1)/n, and a normal quantile ignores that the variance is an estimate. Three forms mend it; by how much
is simulated in docs/how-to/simulate.md:

    Welch      variances times n/(n - 1), and Student's t with Satterthwaite's degrees of freedom; without censoring
               this is Welch's test of the times cut at tau
    score      for a fixed time: two shares of the effective sizes, under one common share; interval by Newcombe
    permuted   the Welch statistic among reshuffled arms
"""

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Final

import numpy as np

from ..faults import Fault
from . import calibrated_kernels as kernels
from .estimate import LEVEL, Interval, Test, known, number_text, z_of
from .fixed_time import compare_at
from .followed import TwoArms
from .kernels import Rows
from .rmst import compare_restricted_means

_AT_ONCE: Final = 2000  # permutations drawn together, so that memory does not grow with their number


@dataclass(frozen=True, slots=True)
class Calibrated:
    """Arm 1 less arm 0 at a time ("at"), or in mean time up to it ("up to").

    freedom: the degrees of freedom of Student's t; None: normal. test: None where an arm varies in nothing.
    """

    form: str
    what: str
    time: float
    difference: float
    interval: Interval
    test: Test | None
    freedom: float | None = None

    @property
    def sentence(self) -> str:
        p = f"{self.test}; {self.form}" if self.test else f"no test by {self.form}: an arm does not vary"
        what = f"{self.what.capitalize()} {number_text(self.time)}"
        return f"{what}, arm 1 less arm 0: {number_text(self.difference)} ({self.interval}, {p})."


def calibrated_at(people: TwoArms, time: float, *, level: float = LEVEL) -> Calibrated:
    """The survival at a time, by Welch. Raises Fault when an arm was not followed that far."""
    found = compare_at(people, time)
    control, treated = ((at.std_error or 0.0) ** 2 for at in found.arms)
    return _welch("at", people, time, found.difference, (control, treated), level)


def calibrated_means(people: TwoArms, horizon: float, *, level: float = LEVEL) -> Calibrated:
    """The mean times up to a horizon, by Welch. Raises Fault when an arm was not followed that far."""
    found = compare_restricted_means(people, horizon)
    control, treated = (arm.std_error**2 for arm in found.arms)
    return _welch("up to", people, horizon, found.arms[1].mean - found.arms[0].mean, (control, treated), level)


def _welch(
    what: str, people: TwoArms, time: float, difference: float, variances: tuple[float, float], level: float
) -> Calibrated:
    z_of(level)  # refuses a level that is none
    from scipy.stats import t

    n0, n1 = people.people
    found = kernels.welch(difference, variances[0], n0, variances[1], n1)
    if not isfinite(found.value):
        return Calibrated("Welch", what, time, difference, Interval(None, None, level), None)
    error = sqrt(sum(kernels.welch_error(each, n) for each, n in zip(variances, (n0, n1), strict=True)))
    half = float(t.ppf(0.5 + level / 2, found.freedom)) * error
    test = Test(found.value**2, float(2 * t.sf(abs(found.value), found.freedom)), found.value)
    return Calibrated(
        "Welch", what, time, difference, Interval(difference - half, difference + half, level), test, found.freedom
    )


def score_at(people: TwoArms, time: float, *, level: float = LEVEL) -> Calibrated:
    """The survival at a time, as two shares of the effective sizes. Raises Fault as calibrated_at does."""
    from scipy.stats import norm

    found = compare_at(people, time)
    (s0, v0), (s1, v1) = (((at.survival or 0.0), (at.std_error or 0.0) ** 2) for at in found.arms)
    z = kernels.score(s0, v0, s1, v1).value
    if not isfinite(z):
        return Calibrated("score", "at", time, found.difference, Interval(None, None, level), None)
    low, high = kernels.newcombe(s0, v0, s1, v1, z_of(level))
    test = Test(z * z, float(2 * norm.sf(abs(z))), z)
    return Calibrated("score", "at", time, found.difference, Interval(known(low), known(high), level), test)


def permuted_at(people: TwoArms, time: float, generator: np.random.Generator, draws: int = 10_000) -> float:
    """The two-sided p of the survival at a time among arms that are reshuffled within strata.

    Exact where censoring does not depend on the arm; else it holds in large trials, since the statistic is studentised
    (Ditzhaus, Yu and Xu 2023). The arms as they were count as one of the draws.
    """
    return _permuted(people, time, False, generator, draws)


def permuted_means(people: TwoArms, horizon: float, generator: np.random.Generator, draws: int = 10_000) -> float:
    """The two-sided p of the mean times up to a horizon, likewise."""
    return _permuted(people, horizon, True, generator, draws)


def _permuted(people: TwoArms, time: float, mean: bool, generator: np.random.Generator, draws: int) -> float:
    if people.entry is not None:
        raise Fault("A permutation test is not possible with delayed entry: use the form by Welch.")
    if draws < 1:
        raise Fault("A permutation test needs at least one draw: 10,000 are usual.")
    own = calibrated_means(people, time) if mean else calibrated_at(people, time)
    if own.test is None or own.test.z is None:
        return 1.0
    order = np.argsort(people.rows.time, kind="stable")
    rows = Rows(*(each[order] for each in people.rows))  # type: ignore[arg-type]
    least, far, space = abs(own.test.z) * (1.0 - 1e-9), 0, np.empty((2, len(order)))
    for start in range(0, draws, _AT_ONCE):
        arms = np.repeat(rows.arm[None], min(_AT_ONCE, draws - start), axis=0)
        for stratum in np.unique(rows.stratum):
            mine = np.flatnonzero(rows.stratum == stratum)
            arms[:, mine] = generator.permuted(arms[:, mine], axis=1)
        far += kernels.count_as_far(rows, arms, time, mean, least, space)
    return (far + 1) / (draws + 1)
