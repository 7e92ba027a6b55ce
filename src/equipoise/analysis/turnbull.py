"""The curve of times that are known to lie in intervals only: Turnbull's, of maximum likelihood without a model.

Turnbull BW, J R Stat Soc B 1976;38:290-295. Self-consistency (EM) from equal shares, until the derivative of the
likelihood shows that no share could raise it (Gentleman R, Geyer CJ, Biometrika 1994;81:618-623).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..faults import Fault

Floats = NDArray[np.float64]
_ENOUGH: Final = 1e-9  # relative excess of the derivative at which no share could raise the likelihood any more
_MOST: Final = 200_000
_NOTHING: Final = 1e-12  # a share below this is none, on the way
_SHOWN: Final = 1e-6  # and at the end, where what remains of a share that goes to 0 is this small
_BEFORE, _AT, _AFTER = range(3)  # the order of what begins and ends at one time


@dataclass(frozen=True, eq=False)
class IntervalCurve:
    """The intervals (left, right] that hold a share of the events, and how much; left == right is one day.

    Within an interval the curve is not determined. A last interval with right infinite holds who has no event.
    converged: no other shares could be more likely, to a relative 1e-9.
    """

    left: Floats
    right: Floats
    share: Floats
    log_likelihood: float
    converged: bool

    def survival(self, time: float) -> tuple[float, float]:
        """The lowest and highest share without an event after `time` that the curve allows; equal between intervals."""
        surely, perhaps = self.right <= time, self.left < time
        perhaps |= surely
        return max(0.0, 1.0 - float(self.share[perhaps].sum())), max(0.0, 1.0 - float(self.share[surely].sum()))


def intervals(left: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    """The arrays, checked: 0 <= left <= right, right infinite where there is no event. Raises Fault with the row."""
    low, high = np.asarray(left, np.float64), np.asarray(right, np.float64)
    if low.ndim != 1 or low.shape != high.shape or not len(low):
        raise Fault("Intervals need one left and one right end for each person, of at least one person.")
    bad = ~np.isfinite(low) | (low < 0) | np.isnan(high) | (high < low)
    if bad.any():
        row = int(np.argmax(bad))
        raise Fault(f"Row {row + 1} is no interval: its ends are {low[row]:g} and {high[row]:g}.")
    return low, high


def turnbull(left: ArrayLike, right: ArrayLike) -> IntervalCurve:
    """The curve of one group. left, right: of each person, the event in (left, right]; equal: on that day."""
    low, high = intervals(left, right)
    starts, ends = _innermost(low, high)
    # Which innermost intervals each person's event may lie in.
    within = (low[:, None] <= starts) & (ends <= high[:, None]) & ~((low[:, None] == ends) & (low < high)[:, None])
    share = np.full(len(starts), 1.0 / len(starts))
    converged = False
    for _ in range(_MOST):
        chance = within @ share
        raised = (within / chance[:, None]).mean(axis=0)
        if raised.max() <= 1.0 + _ENOUGH:
            converged = True
            break
        share = share * raised
        share[share < _NOTHING] = 0.0
        share /= share.sum()
    kept = share > _SHOWN
    log_likelihood = float(np.log(within @ share).sum())
    return IntervalCurve(starts[kept], ends[kept], share[kept] / share[kept].sum(), log_likelihood, converged)


def _innermost(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The intervals from a left end to the next right end, with no other end between: only they can hold a share.

    At one time the beginning of an exact day comes first, then every end, then the left ends, which are open.
    """
    begins = {(time, _AFTER if time < end else _BEFORE) for time, end in zip(low, high, strict=True)}
    marks = sorted(begins | {(time, _AT) for time in high})
    pairs = [(one[0], other[0]) for one, other in pairwise(marks) if one[1] != _AT and other[1] == _AT]
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
