"""Piecewise constant hazards: rate, survival and restricted mean at any time, in whichever unit of time is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, log

import numpy as np
from scipy.special import exprel

from ...faults import Fault
from .checks import not_negative, positive, share
from .numerics import Numbers


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard that is constant in pieces: rates[i] up to until[i], the last rate for ever after.

    rates: per unit of time, at least 0. until: where each piece but the last ends, ascending. Raises Fault.
    """

    rates: tuple[float, ...]
    until: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.until) + 1:
            raise Fault("A hazard in pieces needs one rate more than it has ends: the last rate goes on for ever.")
        for rate in self.rates:
            not_negative("A hazard rate", rate)
        if any(not isfinite(end) for end in self.until) or any(b <= a for a, b in pairwise((0.0, *self.until))):
            raise Fault("The ends of a hazard's pieces are times above 0, each later than the one before.")

    @property
    def starts(self) -> tuple[float, ...]:
        return (0.0, *self.until)

    def at(self, times: Numbers) -> Numbers:
        """The rate at each time; at the end of a piece, that of the next."""
        return np.asarray(self.rates)[np.searchsorted(np.asarray(self.until), times, side="right")]

    def cumulative(self, times: Numbers) -> Numbers:
        """The integral of the rate up to each time."""
        return (np.asarray(self.rates) * self._within(times)).sum(axis=-1)

    def survival(self, times: Numbers) -> Numbers:
        """The share without an event at each time."""
        return np.exp(-self.cumulative(times))

    def restricted_mean(self, times: Numbers) -> Numbers:
        """The area below the survival curve up to each time."""
        within, rates = self._within(times), np.asarray(self.rates)
        pieces = rates * within
        before = np.exp(-(np.cumsum(pieces, axis=-1) - pieces))
        return (before * within * exprel(-pieces)).sum(axis=-1)

    def _within(self, times: Numbers) -> Numbers:
        """How much of each piece lies before each time (..., pieces)."""
        starts = np.asarray(self.starts)
        lengths = np.append(np.diff(starts), np.inf)
        return np.clip(np.asarray(times, float)[..., None] - starts, 0.0, lengths)


NEVER = Hazard((0.0,))


def constant(rate: float) -> Hazard:
    """An exponential time."""
    return Hazard((rate,))


def surviving(share_left: float, at: float) -> Hazard:
    """The exponential time with that share without an event at a time. Raises Fault."""
    return constant(-log(share("The share without an event", share_left)) / positive("The time of it", at))


def through(shares: Sequence[tuple[float, float]]) -> Hazard:
    """The hazard in pieces whose curve goes through (time, share without an event), the last rate going on.

    Raises Fault unless times ascend from above 0 and shares fall.
    """
    if not shares:
        raise Fault("A survival curve needs at least one point: a time and the share without an event.")
    rates: list[float] = []
    for (start, before), (end, left) in pairwise([(0.0, 1.0), *shares]):
        if end <= start or not 0 < left <= before:
            raise Fault("The points of a survival curve are later and not higher, one after the other.")
        rates.append(log(before / left) / (end - start))
    return Hazard(tuple(rates), tuple(time for time, _ in shares[:-1]))


def treated(hazard: Hazard, ratio: float, delay: float = 0.0) -> Hazard:
    """The hazard times a ratio, from a delay on; before it nothing differs. Raises Fault."""
    positive("The hazard ratio", ratio)
    from_then = {delay} if not_negative("The delay", delay) > 0 else set[float]()
    ends = sorted(from_then.union(hazard.until))
    starts = np.asarray([0.0, *ends])
    rates = hazard.at(starts) * np.where(starts >= delay, ratio, 1.0)
    return Hazard(tuple(float(rate) for rate in rates), tuple(ends))


def yearly_loss(share_lost: float, year: float = 12.0) -> Hazard:
    """The exponential time of loss that loses a share in a year (12 months, or 1 where times are years)."""
    if not 0 <= share_lost < 1:
        raise Fault(f"The yearly loss is a share from 0 up and below 1, not {share_lost:g}.")
    return constant(-log(1 - share_lost) / year)
