"""The further people by one day, case by case: exact counts where they matter, a proof of none or all elsewhere.

In most cases of what the sites share, a number of people is far out of reach or far exceeded. Chernoff's bound,
P(N >= n) <= E exp(s N) / exp(s n) for any s > 0, and likewise below, shows which; there nothing need be counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .accrual_counts import added, counts_of_one, counts_of_sum, poisson_counts, repeated
from .sites import Numbers

_NEGLIGIBLE = -30.0  # exp(-30) is 1e-13


@dataclass(frozen=True)
class Unsure:
    """So many alike sites (`times`) whose day of opening is not known: exposure (cases x days), rate (cases)."""

    shape: float
    rate: Numbers
    exposure: Numbers
    times: int

    def of(self, cases: npt.NDArray[np.bool_]) -> "Unsure":
        return Unsure(self.shape, self.rate[cases], self.exposure[cases], self.times)

    @property
    def means(self) -> Numbers:
        """The expected number of one site, by case and day of opening."""
        if np.isinf(self.shape):
            return self.rate[:, None] * self.exposure
        return self.shape * self.exposure / self.rate[:, None]

    @property
    def share(self) -> Numbers:
        """q of the negative binomial; 0 where the site's rate is certain."""
        return np.zeros_like(self.exposure) if np.isinf(self.shape) else _share(self.rate[:, None], self.exposure)

    def counts(self, size: int) -> Numbers:
        if np.isinf(self.shape):
            one = poisson_counts(self.means, size).mean(axis=1)
        else:
            one = counts_of_one(np.full_like(self.exposure, self.shape), self.share, size).mean(axis=1)
        return repeated(one, self.times)

    def log_moment(self, s: Numbers) -> Numbers:
        """The logarithm of E exp(s N), by case."""
        if np.isinf(self.shape):
            each = self.means * np.expm1(s)[:, None]
        else:
            each = self.shape * (np.log1p(-self.share) - np.log1p(-self.share * np.exp(s)[:, None]))
        top = each.max(axis=1)
        return self.times * (top + np.log(np.mean(np.exp(each - top[:, None]), axis=1)))


@dataclass(frozen=True)
class Further:
    """Further people by one day. shapes (sites), share (cases x sites): of the negative binomials; means (cases): of
    all Poisson sites together."""

    shapes: Numbers
    share: Numbers
    means: Numbers
    unsure: Sequence[Unsure]

    def of(self, cases: npt.NDArray[np.bool_]) -> "Further":
        return Further(self.shapes, self.share[cases], self.means[cases], [each.of(cases) for each in self.unsure])

    def counts(self, size: int) -> Numbers:
        """The probabilities of 0, 1, ..., size - 1 people: cases x size."""
        if size < 1:
            return np.zeros((len(self.means), 0))
        found = counts_of_sum(self.shapes, self.share, self.means, size)
        for each in self.unsure:
            found = added(found, each.counts(size))
        return found

    def below(self, number: int) -> Numbers:
        """The probability of fewer than so many people, by case; to 1e-12."""
        if number < 1:
            return np.zeros(len(self.means))
        surely, never = self._settled(number)
        found = surely.astype(float)
        open_ = ~(surely | never)
        if open_.any():
            found[open_] = np.minimum(self.of(open_).counts(number).sum(axis=1), 1.0)
        return found

    def _settled(self, number: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """The cases in which there are surely fewer, and those in which there are surely not."""
        mean, variance = self._moments()
        s = (number - mean) / np.maximum(variance, 1e-300)
        # Any s will do that keeps every q exp(s) below 1; this one is about the best.
        with np.errstate(divide="ignore"):
            s = np.clip(s, -50, np.minimum(50, -0.9 * np.log(self._largest_share())))
        moment = self._log_moment(s)
        surely = (s > 0) & (moment - s * number < _NEGLIGIBLE)
        never = (s < 0) & (moment - s * (number - 1) < _NEGLIGIBLE)
        return surely | (mean == 0), never

    def _largest_share(self) -> Numbers:
        found = np.max(self.share, axis=1, initial=0.0)
        for each in self.unsure:
            found = np.maximum(found, each.share.max(axis=1))
        return found

    def _moments(self) -> tuple[Numbers, Numbers]:
        each = self.shapes * self.share / (1 - self.share)
        mean = self.means + each.sum(axis=1)
        variance = self.means + (each / (1 - self.share)).sum(axis=1)
        for part in self.unsure:
            mean = mean + part.times * part.means.mean(axis=1)
            own = part.means / (1 - part.share)
            variance = variance + part.times * (own.mean(axis=1) + part.means.var(axis=1))
        return mean, variance

    def _log_moment(self, s: Numbers) -> Numbers:
        grown = self.share * np.exp(s)[:, None]
        known = (self.shapes * (np.log1p(-self.share) - np.log1p(-grown))).sum(axis=1) + self.means * np.expm1(s)
        return known + sum((each.log_moment(s) for each in self.unsure), start=np.zeros_like(known))


def further(shapes: Numbers, rates: Numbers, exposure: Numbers, unsure: Sequence[Unsure]) -> Further:
    """The further people of sites with these gammas (as in Belief) over an exposure (cases x sites)."""
    certain = np.isinf(shapes)
    means = (rates[:, certain] * exposure[:, certain]).sum(axis=1)
    return Further(shapes[~certain], _share(rates[:, ~certain], exposure[:, ~certain]), means, unsure)


def _share(rate: Numbers, exposure: Numbers) -> Numbers:
    return exposure / (rate + exposure)
