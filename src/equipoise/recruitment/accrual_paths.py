"""Draws of whole recruitments, for what has no closed form: what a rule that looks several times does."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from .accrual import Plan
from .sites import Numbers, table_for

Counts = npt.NDArray[np.int64]


def drawn_counts(
    plan: Plan, days: Sequence[date], trials: int, chance: np.random.Generator, common: float | None = None
) -> Counts:
    """People in by each of the days (in order), in so many trials: trials x days. Nothing ends at the target.

    common: the factor that all sites share in every trial; None: drawn for each, as the plan believes. A site opens on
    any day of its span, not only on those by which the forecast stands for it.
    """
    until = [day.toordinal() for day in days]
    table = table_for(plan.sites, plan.pace, max(until))
    shared = _common(plan, trials, chance) if common is None else np.full(trials, common)
    shared = shared * _consent(plan, trials, chance)
    total = np.zeros((trials, len(days)), dtype=np.int64)
    for site in plan.sites:
        opened = chance.integers(site.opens.lo, site.opens.hi + 1, trials)
        own = np.full(trials, site.rate) if site.cv == 0 else site.rate * _gamma(site.cv, trials, chance)
        months = np.stack([table.months(opened, 0, min(day, site.last_day)) for day in until], axis=1)
        steps = np.diff(months, axis=1, prepend=0.0)
        total += np.cumsum(chance.poisson((own * shared)[:, None] * np.maximum(steps, 0.0)), axis=1)
    return total


def _common(plan: Plan, trials: int, chance: np.random.Generator) -> Numbers:
    return np.ones(trials) if plan.common_cv == 0 else _gamma(plan.common_cv, trials, chance)


def _gamma(cv: float, trials: int, chance: np.random.Generator) -> Numbers:
    """Draws of a gamma with mean one."""
    return chance.gamma(1 / cv**2, cv**2, trials)


def _consent(plan: Plan, trials: int, chance: np.random.Generator) -> Numbers:
    if plan.consent_worth is None:
        return np.full(trials, plan.consent)
    worth = plan.consent_worth
    return chance.beta(plan.consent * worth, (1 - plan.consent) * worth, trials)
