"""Fine and Gray's subdistribution hazard ratio of two arms, with competing risks.

Fine and Gray 1999, as R's cmprsk::crr: whoever had a competing event stays at risk, weighted by the chance G of not
being censored, G(t-) / G(own time -), from the Kaplan-Meier curve of censoring of both arms together; ties by Breslow.
The variance is theirs too: it knows that the weights were estimated.
"""

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from . import kernels
from .competing import CompetingArms
from .estimate import LEVEL, Interval, Test, number_text, p_text, z_of, z_test
from .kernels import AT_RISK_0, CONVERGED, EVENTS_0, STRATUM, TABLE_ROWS, TIME, Floats


@dataclass(frozen=True, slots=True)
class FineGray:
    """hr of arm 1 to arm 0; None where one arm has no such event, or nobody has."""

    cause: int
    hr: float | None
    log_hr: float | None
    se: float | None
    interval: Interval
    wald: Test | None

    @property
    def sentence(self) -> str:
        if self.hr is None:
            return (
                f"The subdistribution hazard ratio of cause {self.cause} cannot be estimated: an arm has no such event."
            )
        p = "p unknown" if self.wald is None else p_text(self.wald.p)
        return f"Subdistribution hazard ratio of cause {self.cause}: {number_text(self.hr)} ({self.interval}, {p})."


def fine_gray(people: CompetingArms, *, cause: int, level: float = LEVEL) -> FineGray:
    """The model with the arm as its one covariate."""
    z, censoring = z_of(level), _Censoring(people)
    times = np.unique(people.time[people.cause == cause])
    table = np.zeros((TABLE_ROWS, len(times)))
    table[TIME], table[STRATUM] = times, 0.0
    for arm in (0, 1):
        mine = people.arm == arm
        table[AT_RISK_0 + arm] = _at_risk(people, mine, cause, times, censoring)
        died = people.time[mine & (people.cause == cause)]
        table[EVENTS_0 + arm] = np.bincount(np.searchsorted(times, died), minlength=len(times))
    found = kernels.cox(table, len(times), False, kernels.new_table(len(people.time)))
    if found.state != CONVERGED:
        return FineGray(cause, None, None, None, Interval(None, None, level), None)
    log_hr = float(found.log_hr)
    se = sqrt(float((_influence(people, cause, table, censoring, log_hr) ** 2).sum())) * float(found.se) ** 2
    interval = Interval(exp(log_hr - z * se), exp(log_hr + z * se), level)
    return FineGray(cause, exp(log_hr), log_hr, se, interval, z_test(log_hr, se))


class _Censoring:
    """The Kaplan-Meier curve of censoring: at a time, events come first."""

    def __init__(self, people: CompetingArms) -> None:
        self.time, counts = np.unique(people.time[people.cause == 0], return_counts=True)
        self.at_risk = len(people.time) - np.searchsorted(people.time, self.time, "left")
        self.hazard = counts / self.at_risk
        self._curve = np.concatenate(([1.0], np.cumprod(1.0 - self.hazard)))

    def before(self, times: Floats) -> Floats:
        """G(t-)."""
        return self._curve[np.searchsorted(self.time, times, "left")]


def _at_risk(people: CompetingArms, mine: np.ndarray, cause: int, times: Floats, censoring: _Censoring) -> Floats:
    stay = people.time[mine & (people.cause > 0) & (people.cause != cause)]
    weights = np.concatenate(([0.0], np.cumsum(1.0 / censoring.before(stay))))
    before = np.searchsorted(stay, times, "left")
    really = np.count_nonzero(mine) - np.searchsorted(people.time[mine], times, "left")
    return really + weights[before] * censoring.before(times)


def _influence(people: CompetingArms, cause: int, table: Floats, censoring: _Censoring, log_hr: float) -> Floats:
    """Each person's part of the score: by the own events (eta of the paper), and by moving the weights (psi)."""
    times, events = table[TIME], table[EVENTS_0] + table[EVENTS_0 + 1]
    weighted = table[AT_RISK_0 + 1] * exp(log_hr)
    hazard = events / (table[AT_RISK_0] + weighted)
    mean = weighted / (table[AT_RISK_0] + weighted)
    stays = (people.cause > 0) & (people.cause != cause)
    eta, moved = np.zeros(len(people.time)), np.zeros(len(censoring.time))
    for arm in (0, 1):
        mine = people.arm == arm
        pull = (arm - mean) * hazard * exp(log_hr * arm)
        until = np.concatenate(([0.0], np.cumsum(pull)))
        after = np.concatenate((np.cumsum((pull * censoring.before(times))[::-1])[::-1], [0.0]))
        eta[mine] -= until[np.searchsorted(times, people.time[mine], "right")]
        died = mine & (people.cause == cause)
        eta[died] += arm - mean[np.searchsorted(times, people.time[died])]
        stay = mine & stays
        left = 1.0 / censoring.before(people.time[stay])
        eta[stay] -= after[np.searchsorted(times, people.time[stay], "right")] * left
        so_far = np.concatenate(([0.0], np.cumsum(left)))
        # A censoring at u moves the weights of those gone before u, at the events from u on: crr's reading of ties.
        still = so_far[np.searchsorted(people.time[stay], censoring.time, "left")]
        moved += still * after[np.searchsorted(times, censoring.time, "left")]
    each = moved / np.maximum(censoring.at_risk, 1)
    through = np.concatenate(([0.0], np.cumsum(each * censoring.hazard)))
    psi = -through[np.searchsorted(censoring.time, people.time, "right")]
    censored = people.cause == 0
    psi[censored] += each[np.searchsorted(censoring.time, people.time[censored])]
    return eta + psi
