"""The Cox model of two arms: hazard ratio, its intervals and three tests; the check of proportional hazards.

    >>> from equipoise.analysis.followed import two_arms
    >>> people = two_arms([5, 8, 12, 20, 3, 9], [1, 1, 0, 1, 1, 1], [0, 1, 0, 1, 0, 1])
    >>> cox(people).sentence
    'Hazard ratio 0.577 (95 % interval 0.0782 to 4.26, p = 0.59), Efron ties.'

Cox 1972; ties by Efron 1977 or Breslow 1974; robust variance by Lin and Wei 1989; the check by the score test of a
coefficient that changes with time (Grambsch and Therneau 1994). As R's coxph and cox.zph (survival 3). More covariates:
cox_multivariable.py.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from math import copysign, exp, inf, nan, sqrt
from typing import Final

from numpy.typing import ArrayLike

from . import kernels
from .cox_profile import profile_interval
from .cox_residuals import robust_variance
from .cox_terms import Terms, terms_of
from .estimate import LEVEL, Interval, Test, chi_square_test, known, number_text, p_text, z_of, z_test
from .followed import TwoArms


class Ties(StrEnum):
    """How events at one time share their risk set."""

    EFRON = "Efron"
    BRESLOW = "Breslow"


class State(StrEnum):
    """How the search for the hazard ratio ended; every other end than the first is told in the sentence."""

    CONVERGED = "converged"
    MONOTONE = "monotone"
    NO_INFORMATION = "no information"
    NOT_CONVERGED = "not converged"


_STATES: Final = {
    kernels.CONVERGED: State.CONVERGED,
    kernels.MONOTONE: State.MONOTONE,
    kernels.NO_INFORMATION: State.NO_INFORMATION,
    kernels.NOT_CONVERGED: State.NOT_CONVERGED,
}


@dataclass(frozen=True, slots=True)
class CoxModel:
    """The hazard ratio of arm 1 to arm 0. What a monotone likelihood leaves open is None.

    hr is 0 or infinite where the likelihood is monotone (all events in one arm, as far as both were at risk); the
    interval is then that of the profile likelihood, which has one end. se is of log_hr; robust_se is None unless asked
    for, and then the interval and `wald` are by it. score and likelihood_ratio are never robust.
    """

    ties: Ties
    strata: int
    state: State
    hr: float | None
    log_hr: float | None
    se: float | None
    robust_se: float | None
    interval: Interval
    wald: Test | None
    score: Test | None
    likelihood_ratio: Test | None
    log_likelihood: float | None
    log_likelihood_null: float

    @property
    def sentence(self) -> str:
        how = f"{self.ties} ties" + (f", {self.strata} strata" if self.strata > 1 else "")
        match self.state:
            case State.CONVERGED:
                p = "p unknown" if self.wald is None else p_text(self.wald.p)
                robust = ", robust variance" if self.robust_se is not None else ""
                return f"Hazard ratio {number_text(self.hr)} ({self.interval}, {p}), {how}{robust}."
            case State.MONOTONE:
                p = "" if self.likelihood_ratio is None else f", likelihood-ratio {p_text(self.likelihood_ratio.p)}"
                side = ("below", self.interval.high) if self.hr == 0.0 else ("above", self.interval.low)
                return (
                    f"Hazard ratio {'0' if self.hr == 0.0 else 'infinite'}, since with both arms at risk all events "
                    f"fell in arm {0 if self.hr == 0.0 else 1}; with {self.interval.level * 100:g} % confidence it is "
                    f"{side[0]} {number_text(side[1])}{p}, {how}."
                )
            case State.NO_INFORMATION:
                return "Hazard ratio unknown, since no event was seen while both arms were at risk."
            case State.NOT_CONVERGED:
                return "Hazard ratio unknown, since the search for it did not converge: look at the data."


def cox(
    people: TwoArms,
    *,
    ties: Ties = Ties.EFRON,
    robust: bool = False,
    cluster: ArrayLike | None = None,
    level: float = LEVEL,
) -> CoxModel:
    """The model with the arm as its one covariate, stratified if the people are.

    robust: the variance by Lin and Wei; with `cluster` (as long as the arrays given to two_arms, and in their order)
    the rows of one cluster count as one.
    """
    z, terms = z_of(level), terms_of(people, ties is Ties.EFRON)
    columns = people.table.shape[1]
    found = kernels.cox(people.table, columns, terms.efron, kernels.new_table(terms.events))
    state, log_hr = _STATES[int(found.state)], float(found.log_hr)
    null = terms.likelihood(0.0)
    score = z_test(float(null.score), sqrt(null.information))
    if state is not State.CONVERGED:
        return _without_maximum(people, terms, ties, state, log_hr, score, level)
    se = float(found.se)
    by_robust = None
    if robust or cluster is not None:
        by_robust = sqrt(robust_variance(people, terms, log_hr, cluster))
    used, best = by_robust or se, terms.likelihood(log_hr)
    return CoxModel(
        ties,
        people.strata,
        state,
        exp(log_hr),
        log_hr,
        se,
        by_robust,
        Interval(exp(log_hr - z * used), exp(log_hr + z * used), level),
        z_test(log_hr, used),
        score,
        _likelihood_ratio(best.log_likelihood, null.log_likelihood, log_hr),
        best.log_likelihood,
        null.log_likelihood,
    )


def _without_maximum(
    people: TwoArms, terms: Terms, ties: Ties, state: State, log_hr: float, score: Test | None, level: float
) -> CoxModel:
    """What can be said without a finite estimate."""
    null, best, interval, likelihood_ratio = (
        terms.likelihood(0.0).log_likelihood,
        nan,
        Interval(None, None, level),
        None,
    )
    if state is State.MONOTONE:
        best, interval = terms.limit(log_hr > 0), profile_interval(terms, log_hr, level)
        likelihood_ratio = _likelihood_ratio(best, null, log_hr)
    hr = {-inf: 0.0, inf: inf}.get(log_hr)
    return CoxModel(
        ties, people.strata, state, hr, None, None, None, interval, None, score, likelihood_ratio, known(best), null
    )


def _likelihood_ratio(best: float, null: float, log_hr: float) -> Test:
    chi_square = max(2.0 * (best - null), 0.0)
    return replace(chi_square_test(chi_square), z=copysign(sqrt(chi_square), log_hr))
