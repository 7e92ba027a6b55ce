"""Integrals of smooth functions between the points at which they break (Gauss-Legendre), and roots (Brent)."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Numbers = NDArray[np.float64]

_POINTS: Final = 24
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(_POINTS)


def panels(cuts: Iterable[float], longest: float = np.inf, order: int = _POINTS) -> tuple[Numbers, Numbers]:
    """Points and weights (panels x order, flat) between the cuts, no panel longer than `longest`."""
    nodes, weights = (_NODES, _WEIGHTS) if order == _POINTS else np.polynomial.legendre.leggauss(order)
    ends = np.unique(np.fromiter(cuts, float))
    pieces = [
        np.linspace(low, high, ceil((high - low) / longest) + 1 if np.isfinite(longest) else 2)[:-1]
        for low, high in pairwise(ends)
    ]
    edges = np.concatenate([*pieces, ends[-1:]])
    half = np.diff(edges) / 2
    middle = edges[:-1] + half
    return (middle[:, None] + half[:, None] * nodes).ravel(), (half[:, None] * weights).ravel()


def integral(of: Callable[[Numbers], Numbers], cuts: Iterable[float], longest: float = np.inf) -> float:
    """The integral of a function of many points at once, from the first cut to the last.

    With 24 points a panel, a product of exponentials that falls by exp(-8) within a panel is exact to 1e-15.
    """
    points, weights = panels(cuts, longest)
    return float(weights @ of(points)) if len(points) else 0.0


def root(of: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that changes its sign between two points is 0, to about 1e-13."""
    return float(optimize.root_scalar(of, bracket=(low, high), method="brentq", xtol=1e-13, rtol=1e-14).root)
