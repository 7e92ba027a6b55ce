"""The mean and the spread of the sites' rates from what the sites themselves have recruited: empirical Bayes.

Maximum likelihood of the negative binomial counts, as Anisimov and Fedorov (2007) do it at an interim look. It takes
the estimates for certain: with few sites or few people, intervals that rest on it are too narrow (Mountain and
Sherlock, Biometrics 78 (2022) 636-648).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from ..dates import day_text
from ..faults import Fault
from .accrual import Plan
from .accrual_belief import Recruited
from .sites import Numbers, table_for

_LARGEST_CV = 5.0


class Fitted(NamedTuple):
    """People a month found by a site on average, and the coefficient of variation between sites."""

    rate: float
    cv: float


def fit_rates(months: Sequence[float] | Numbers, people: Sequence[int] | Numbers) -> Fitted:
    """The mean rate and the coefficient of variation that make these counts likeliest.

    months: of full recruitment, by site, each above 0. Raises Fault for fewer than two sites, or when nobody came.
    """
    exposure, count = np.asarray(months, dtype=float), np.asarray(people, dtype=float)
    if len(exposure) < 2 or count.sum() == 0:
        raise Fault(
            f"The rates cannot be estimated from {len(exposure)} open {'site' if len(exposure) == 1 else 'sites'} and "
            f"{count.sum():.0f} people: at least two sites and one person are needed. State the rates instead."
        )

    def at(cv: float) -> tuple[float, float]:
        """The best mean rate under a given spread, and the logarithm of the likelihood there."""
        pooled = np.log(count.sum() / exposure.sum())
        found = optimize.minimize_scalar(
            lambda log_rate: -_log_likelihood(np.exp(log_rate), cv, exposure, count),
            bounds=(pooled - 5, pooled + 5), method="bounded", options={"xatol": 1e-9},
        )  # fmt: skip
        return float(np.exp(found.x)), -float(found.fun)

    best = optimize.minimize_scalar(
        lambda cv: -at(cv)[1], bounds=(0, _LARGEST_CV), method="bounded", options={"xatol": 1e-7}
    )
    none = at(0.0)
    if none[1] >= -float(best.fun) - 1e-6:  # the likelihood of hardly any spread is that of none, but for rounding
        return Fitted(none[0], 0.0)
    return Fitted(at(float(best.x))[0], float(best.x))


def _log_likelihood(rate: float, cv: float, exposure: Numbers, count: Numbers) -> float:
    mean = rate * exposure
    if cv < 1e-4:  # a Poisson count to 1e-8
        return float(np.sum(count * np.log(mean) - mean - special.gammaln(count + 1)))
    shape = 1 / cv**2
    return float(
        np.sum(
            special.gammaln(shape + count) - special.gammaln(shape) - special.gammaln(count + 1)
            + count * np.log(mean / shape) - (shape + count) * np.log1p(mean / shape)
        )
    )  # fmt: skip


def with_fitted_rates(plan: Plan, on: date, recruited: Recruited) -> Plan:
    """The plan with the rate and spread that its sites have shown by that day, the same for all; no common factor.

    What the plan stated of rates counts no more. Raises Fault when too little was seen.
    """
    day = on.toordinal()
    table = table_for(plan.sites, plan.pace, day)
    worked = recruited.entered if recruited.found is None else recruited.found
    thinning = plan.consent if recruited.found is None else 1.0
    if thinning == 0:
        raise Fault("The rates cannot be estimated where consent is 0: nobody could have entered.")
    months, people = [], []
    for site in plan.sites:
        open_for = float(table.months(site.opens.lo, 0, min(day, site.last_day))) if site.opens.hi <= day else 0.0
        if open_for > 0:
            months.append(open_for * thinning)
            people.append(worked.get(site.name, 0))
    if not months:
        raise Fault(f"No site was open on {day_text(on)}: there is nothing to estimate the rates from.")
    found = fit_rates(months, people)
    sites = tuple(replace(site, rate=found.rate, cv=found.cv) for site in plan.sites)
    return replace(plan, sites=sites, common_cv=0.0)
