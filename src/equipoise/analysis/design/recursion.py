"""The chance to cross a boundary at each of several looks, by carrying on the density of those who have not stopped.

P. Armitage, C. K. McPherson and B. C. Rowe, JRSS A 1969;132:235; C. Jennison and B. W. Turnbull, Group Sequential
Methods, 2000, chapter 19. What is carried is the score S = Z sqrt(I): a Brownian motion with drift, I being the share
of the information. Between the boundaries of a look it is integrated by Gauss and Legendre on panels as wide as twice
the narrower neighbouring step, which leaves an error below 1e-12 (Jennison and Turnbull's grid: 1e-6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf, sqrt
from typing import Final

import numpy as np
from scipy.special import ndtr

from ...faults import Fault
from .numerics import Numbers, panels

_REACH: Final = 9.0  # standard deviations beyond which nobody is looked for: 1e-19
_ORDER: Final = 14  # points of a panel


@dataclass(frozen=True, slots=True)
class Going:
    """Those who have not stopped: scores, the mass of the density at each, and the information so far."""

    scores: Numbers
    masses: Numbers
    information: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """The chance to cross for the first time at each look: the upper and the lower boundary."""

    upper: tuple[float, ...]
    lower: tuple[float, ...]

    @property
    def any_upper(self) -> float:
        return sum(self.upper)

    @property
    def any_lower(self) -> float:
        return sum(self.lower)


def nobody_stopped(z: float = 0.0, information: float = 0.0) -> Going:
    """The start: everybody at one point, the z seen at that share of the information."""
    return Going(np.array([z * sqrt(information)]), np.array([1.0]), information)


def above(going: Going, information: float, drift: float, z: float) -> float:
    """The chance to go on up to there and then to have a z of at least that much. drift: the expected z at the end."""
    return float(going.masses @ ndtr(_distance(going, information, drift, z)))


def below(going: Going, information: float, drift: float, z: float) -> float:
    """The chance to go on up to there and then to have a z below that."""
    return float(going.masses @ ndtr(-_distance(going, information, drift, z)))


def carried(going: Going, information: float, drift: float, low: float, high: float, later: float) -> Going:
    """Those between the boundaries at a look (z from low to high); later: the information of the look after it."""
    step = information - going.information
    width, root = sqrt(step), sqrt(information)
    start = max(low * root, float(going.scores.min()) + drift * step - _REACH * width)
    end = min(high * root, float(going.scores.max()) + drift * step + _REACH * width)
    if end <= start:
        return Going(np.array([low * root if low > -inf else 0.0]), np.array([0.0]), information)
    longest = 2 * min(width, sqrt(later - information))
    scores, weights = panels((start, end), longest, _ORDER)
    apart = (scores[:, None] - going.scores - drift * step) / width
    density = np.exp(-0.5 * apart**2) @ going.masses / (width * sqrt(2 * np.pi))
    return Going(scores, weights * density, information)


def crossing(
    information: Sequence[float], drift: float, lower: Sequence[float], upper: Sequence[float],
    start: Going | None = None,
) -> Crossing:  # fmt: skip
    """The chance to cross each boundary first at each look. Raises Fault.

    information: shares, ascending, the last 1 (or any other end). drift: the expected z at information 1.
    lower, upper: boundaries of z; -inf and inf where there is none. start: where one is, rather than at the beginning.
    """
    _check(information, lower, upper)
    going = nobody_stopped() if start is None else start
    ups, downs = [], []
    for number, (share_, low, high) in enumerate(zip(information, lower, upper, strict=True)):
        ups.append(above(going, share_, drift, high))
        downs.append(below(going, share_, drift, low))
        if number + 1 < len(information):
            going = carried(going, share_, drift, low, high, information[number + 1])
    return Crossing(tuple(ups), tuple(downs))


def _distance(going: Going, information: float, drift: float, z: float) -> Numbers:
    """How far each score is expected above z at the next look, in standard deviations of the step to it."""
    step = information - going.information
    return (going.scores + drift * step - z * sqrt(information)) / sqrt(step)


def _check(information: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> None:
    looks(information)
    if not len(lower) == len(upper) == len(information):
        raise Fault("Each look needs its two boundaries: name as many of each as there are looks.")
    if any(low > high for low, high in zip(lower, upper, strict=True)):
        raise Fault("At a look the boundary for futility lies below the one for benefit, or on it.")


def looks(information: Sequence[float]) -> tuple[float, ...]:
    """The shares of the information at the looks, ascending and above 0. Raises Fault."""
    found = tuple(float(each) for each in information)
    if not found or not found[0] > 0 or any(not b > a for a, b in pairwise(found)):
        raise Fault("Looks are shares of the information above 0, each later than the one before: 0.5, 0.75, 1.")
    if found[-1] == inf:
        raise Fault("The last look is at a share of the information that can be reached: 1, say.")
    return found
