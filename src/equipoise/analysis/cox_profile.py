"""The interval of a hazard ratio by the profile likelihood: it stands where Wald's cannot, at a ratio of 0."""

from collections.abc import Callable
from math import exp, inf

from scipy.optimize import root_scalar

from .cox_terms import Terms
from .estimate import Interval, z_of

_FURTHEST = 200.0  # of a log hazard ratio, in either direction


def profile_interval(terms: Terms, log_hr: float, level: float) -> Interval:
    """The hazard ratios which a likelihood-ratio test at 1 - level does not reject (Venzon and Moolgavkar 1988).

    log_hr maximises the likelihood; it may be infinite, and then that end of the interval is None.
    """
    bar = z_of(level) ** 2 / 2.0
    best = terms.likelihood(log_hr).log_likelihood if abs(log_hr) < inf else terms.limit(log_hr > 0)

    def beyond(tried: float) -> float:
        return best - terms.likelihood(tried).log_likelihood - bar

    return Interval(_end(beyond, log_hr, -1.0), _end(beyond, log_hr, 1.0), level)


def _end(beyond: Callable[[float], float], log_hr: float, side: float) -> float | None:
    """Where `beyond` crosses 0 on one side of the maximum."""
    if log_hr == side * inf:
        return None
    near = log_hr if abs(log_hr) < inf else -side * _FURTHEST
    far, step = max(min(near, 1.0), -1.0) if abs(log_hr) == inf else near, 0.5
    while beyond(far) < 0.0:
        far, step = far + side * step, 2.0 * step
        if abs(far) > _FURTHEST:
            return None
    return exp(root_scalar(beyond, bracket=(near, far), xtol=1e-12).root)
