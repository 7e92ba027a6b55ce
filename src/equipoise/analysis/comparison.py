"""Two arms compared in every usual way at once: curves, tests, hazard ratios, fixed times, restricted means."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final

from .cox import CoxModel, cox
from .estimate import LEVEL
from .fixed_time import FixedTime, compare_at
from .followed import TwoArms
from .kaplan_meier import Curve, kaplan_meier
from .logrank import LogRank, log_rank
from .proportional import Proportionality, proportional_hazards
from .rmst import RestrictedMeans, compare_restricted_means, largest_horizon

_PARTS: Final = 4  # of the time that both arms were followed, where nobody names times


@dataclass(frozen=True, eq=False)
class Comparison:
    """The whole comparison. curves: of arm 0 and arm 1. times: at which the curves are told.

    log_rank, cox: without strata. stratified: (log-rank, Cox) with them; None where there are none.
    at: the differences at the times that were asked for. restricted: up to `horizon`, None where it cannot be had.
    """

    people: TwoArms
    curves: tuple[Curve, Curve]
    times: tuple[float, ...]
    log_rank: LogRank
    cox: CoxModel
    stratified: tuple[LogRank, CoxModel] | None
    proportional: Proportionality
    at: tuple[FixedTime, ...]
    horizon: float
    restricted: RestrictedMeans | None


def compared(
    people: TwoArms, at: Sequence[float] = (), horizon: float | None = None, level: float = LEVEL
) -> Comparison:  # fmt: skip
    """The comparison of two arms. at: times of interest; none: the curves are told at round times.

    horizon: of the restricted mean; None: the latest time to which both arms were followed. Raises Fault for a time or
    a horizon to which nobody of an arm was followed.
    """
    plain = people.unstratified()
    arms = plain.arm(0), plain.arm(1)
    longest = largest_horizon(arms)
    until = longest if horizon is None else horizon
    return Comparison(
        people,
        (kaplan_meier(arms[0], level=level), kaplan_meier(arms[1], level=level)),
        tuple(at) or round_times(longest),
        log_rank(plain),
        cox(plain, level=level),
        (log_rank(people), cox(people, level=level)) if people.strata > 1 else None,
        proportional_hazards(people),
        tuple(compare_at(plain, time, level=level) for time in at),
        until,
        compare_restricted_means(plain, until, level=level) if until > 0 else None,
    )


def round_times(longest: float) -> tuple[float, ...]:
    """About four round times up to the longest: 36 gives 10, 20, 30; 1100 gives 200, 400, 600, 800, 1000."""
    if longest <= 0:
        return ()
    rough = longest / _PARTS
    tens = 10.0 ** floor(log10(rough))
    step = max(tens * by for by in (1, 2, 5) if tens * by <= rough)
    return tuple(step * number for number in range(1, int(longest / step + 1e-9) + 1))
