"""The log-rank test of two arms: plain, stratified, weighted, and with a p value by permutation.

    >>> from equipoise.analysis.followed import two_arms
    >>> people = two_arms([5, 8, 12, 20, 3, 9], [1, 1, 0, 1, 1, 1], [0, 1, 0, 1, 0, 1])
    >>> log_rank(people).sentence
    'Log-rank test: chi-square 0.297, p = 0.59; arm 1 had 3 events where 3.52 were expected.'

Mantel 1966; weights by Fleming and Harrington 1991; stratified as the sum over strata. As R's survdiff.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..faults import Fault
from . import kernels
from .estimate import Test, number_text, p_text, z_test
from .followed import TwoArms
from .kernels import EVENTS_0, EVENTS_1, Floats

_AT_ONCE: Final = 2000  # permutations drawn together, so that memory does not grow with their number


@dataclass(frozen=True, slots=True)
class Weight:
    """S(t-)^rho (1 - S(t-))^gamma, S being the curve of both arms together in their stratum. (0, 0): all alike."""

    rho: float
    gamma: float

    @property
    def name(self) -> str:
        if self == UNWEIGHTED:
            return "Log-rank test"
        return f"Weighted log-rank test (Fleming-Harrington {self.rho:g}, {self.gamma:g})"


def fleming_harrington(rho: float, gamma: float) -> Weight:
    """(1, 0) weighs early events, (0, 1) late ones; both numbers are 0 or more."""
    if not (rho >= 0.0 and gamma >= 0.0):
        raise Fault(f"Fleming-Harrington weights need two numbers of 0 or more, not {rho:g} and {gamma:g}.")
    return Weight(rho, gamma)


UNWEIGHTED: Final = fleming_harrington(0, 0)


@dataclass(frozen=True, slots=True)
class LogRank:
    """observed and expected: (arm 0, arm 1), weighted as the test is. score: of arm 1; below 0, arm 1 fares better.

    test None: no event was seen while both arms were at risk.
    """

    weight: Weight
    strata: int
    observed: tuple[float, float]
    expected: tuple[float, float]
    score: float
    variance: float
    test: Test | None

    @property
    def sentence(self) -> str:
        name = self.weight.name + (f" stratified by {self.strata} strata" if self.strata > 1 else "")
        if self.test is None:
            return (
                f"{name}: not possible, since no event tells the arms apart: none was seen while both were at risk and "
                "somebody stayed."
            )
        weighted = "" if self.weight == UNWEIGHTED else "weighted "
        return (
            f"{name}: chi-square {number_text(self.test.chi_square)}, {p_text(self.test.p)}; "
            f"arm 1 had {number_text(self.observed[1])} {weighted}events "
            f"where {number_text(self.expected[1])} were expected."
        )


def log_rank(people: TwoArms, weight: Weight = UNWEIGHTED) -> LogRank:
    """The test of no difference, stratified if the people are."""
    weights = _weights(people, weight)
    found = kernels.weighted_log_rank(people.table, people.table.shape[1], weights)
    total = float(weights @ (people.table[EVENTS_0] + people.table[EVENTS_1]))
    observed, expected = float(found.observed), float(found.expected)
    test = z_test(float(found.score), float(found.variance) ** 0.5)
    return LogRank(
        weight,
        people.strata,
        (total - observed, observed),
        (total - expected, expected),
        float(found.score),
        float(found.variance),
        test,
    )


def _weights(people: TwoArms, weight: Weight) -> Floats:
    weights = np.ones(people.table.shape[1])
    if weight != UNWEIGHTED:
        kernels.fleming_harrington(people.table, len(weights), float(weight.rho), float(weight.gamma), weights)
    return weights


# ------------------------------------------------------------------ permutation
@dataclass(frozen=True, slots=True)
class Permuted:
    """p: the share of the reshuffled trials, the real one counted in, with a chi-square at least the real one's."""

    test: LogRank
    draws: int
    p: float

    @property
    def sentence(self) -> str:
        within = " within strata" if self.test.strata > 1 else ""
        return f"{self.test.weight.name} by {self.draws:,} permutations{within}: {p_text(self.p)}."


def permuted_log_rank(
    people: TwoArms, generator: np.random.Generator, weight: Weight = UNWEIGHTED, draws: int = 10_000
) -> Permuted:
    """The log-rank test against reshuffled arms, within strata: it holds its level however few the people are.

    That is exact where censoring does not depend on the arm (Neuhaus 1993 on where it does). The same generator state
    gives the same p. With delayed entry the arms cannot be exchanged freely, which is refused.
    """
    if people.entry is not None:
        raise Fault("A permutation test is not possible with delayed entry: use the log-rank test itself.")
    if draws < 1:
        raise Fault("A permutation test needs at least one draw: 10,000 are usual.")
    real = log_rank(people, weight)
    if real.test is None:
        return Permuted(real, draws, 1.0)
    weights, bar, reached = _weights(people, weight), real.test.chi_square * (1.0 - 1e-9), 0
    for start in range(0, draws, _AT_ONCE):
        arms = _reshuffled(people, generator, min(_AT_ONCE, draws - start))
        reached += kernels.count_as_extreme(people.rows, arms, weights, bar, kernels.new_table(len(arms[0])))
    return Permuted(real, draws, (reached + 1) / (draws + 1))


def _reshuffled(people: TwoArms, generator: np.random.Generator, times: int) -> np.ndarray:
    arms = np.tile(people.rows.arm, (times, 1))
    for stratum in range(people.strata):
        mine = people.rows.stratum == stratum
        arms[:, mine] = generator.permuted(arms[:, mine], axis=1)
    return arms
