"""A rule to stop recruitment that has no hope, and what the rule does, by simulation.

The rule is a table that can stand in a protocol: at each look a least number of people; with fewer the trial stops.
The number is the smallest at which the forecast still gives the target a stated chance, these people being spread over
the open sites as the plan expects. What the rule does (how often it stops a good or a hopeless trial, and when)
follows from simulated trials, with the Monte Carlo standard error beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from ..dates import Span, day_text
from ..faults import Fault
from .accrual import Plan, look_ahead
from .accrual_belief import Recruited
from .accrual_paths import Counts, drawn_counts
from .sites import DAYS_A_MONTH, Site, table_for

# Scenarios: the common factor that holds in truth; None: as uncertain as the plan believes.
SCENARIOS: Final[tuple[float | None, ...]] = (None, 1.0, 0.5, 0.25, 0.1)


@dataclass(frozen=True, slots=True)
class Bound:
    """At a look: with fewer than `least` people the trial stops. 0: it goes on whatever has come; above the target's
    number less one: only the target itself lets it go on."""

    on: date
    least: int


@dataclass(frozen=True, slots=True)
class StopRule:
    """Stop at a look when the target by `by` has less than this chance."""

    by: date
    below: float
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the rule does when all rates are `common` times the plan's (None: as the plan believes); shares of trials.

    reaches: reach the target by the day, were there no rule. stopped: at each look, and not before. wrongly: are
    stopped, but would have reached it (of all trials). in_vain: are not stopped, and do not reach it. months: mean time
    from the first opening until the stop, or else the day; recruitment that ends sooner, at its target, counts in full.
    error: the largest Monte Carlo standard error of these shares.
    """

    common: float | None
    reaches: float
    stopped: tuple[float, ...]
    wrongly: float
    in_vain: float
    months: float
    error: float
    trials: int

    @property
    def stops(self) -> float:
        """The share of trials that the rule stops at any look."""
        return sum(self.stopped)


def stop_rule(plan: Plan, by: date, below: float, looks: Sequence[date]) -> StopRule:
    """The least number of people at each look; looks in order and before `by`."""
    if not 0 < below < 1:
        raise Fault(f"The chance below which a trial stops lies between 0 and 1, not {below:g}.")
    for day in looks:
        if day >= by:
            raise Fault(f"The look on {day_text(day)} is not before {day_text(by)}, the day of the target.")
    return StopRule(by, below, tuple(Bound(day, _least(plan, by, below, day)) for day in sorted(set(looks))))


def _least(plan: Plan, by: date, below: float, look: date) -> int:
    known = _opened(plan, look)
    weights = _expected_share(known, look)

    def hopeful(number: int) -> bool:
        recruited = Recruited(spread_out(number, known, weights)) if number else Recruited()
        return look_ahead(known, look, recruited, horizon=by).chance(by) >= below

    if weights.sum() == 0:  # nobody can have come yet
        return 0 if hopeful(0) else plan.target
    low, high = -1, plan.target  # hopeful from `high` on, not at `low`
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if hopeful(middle) else (middle, high)
    return high


def _opened(plan: Plan, look: date) -> Plan:
    """The plan as expected at the look: a site whose middle day of opening is past has opened on it."""
    day = look.toordinal()

    def known(site: Site) -> Site:
        middle = (site.opens.lo + site.opens.hi) // 2
        if site.opens.exact or middle > day:
            return site
        return Site(site.name, Span(middle, middle), site.rate, site.cv, site.closes)

    return Plan(
        tuple(known(site) for site in plan.sites), plan.target, plan.pace, plan.common_cv, plan.consent,
        plan.consent_worth,
    )  # fmt: skip


def _expected_share(plan: Plan, look: date) -> np.ndarray:
    table = table_for(plan.sites, plan.pace, look.toordinal())
    day = look.toordinal()
    return np.array(
        [
            site.rate * float(table.months(site.opens.lo, 0, min(day, site.last_day))) if site.opens.exact else 0.0
            for site in plan.sites
        ]
    )


def spread_out(number: int, plan: Plan, weights: np.ndarray) -> dict[str, int]:
    """So many people spread over the sites by their weights: whole numbers, largest remainders first."""
    shares = number * weights / weights.sum()
    whole = np.floor(shares + 1e-9).astype(int)
    order = np.argsort(-(shares - whole), kind="stable")
    whole[order[: number - whole.sum()]] += 1
    return {site.name: int(count) for site, count in zip(plan.sites, whole, strict=True) if count}


def behaviour(
    plan: Plan, rule: StopRule, chance: np.random.Generator, trials: int = 20_000,
    scenarios: Sequence[float | None] = SCENARIOS, progress: Callable[[int, int], object] | None = None,
) -> tuple[Behaviour, ...]:  # fmt: skip
    """What the rule does in each scenario, by so many simulated trials each.

    progress: called with how many scenarios are done, and how many there are.
    """
    if trials < 1:
        raise Fault("At least one trial must be simulated.")
    found: list[Behaviour] = []
    for number, common in enumerate(scenarios, start=1):
        counts = drawn_counts(plan, [*(bound.on for bound in rule.bounds), rule.by], trials, chance, common)
        found.append(_behaviour(plan, rule, common, counts))
        if progress:
            progress(number, len(scenarios))
    return tuple(found)


def _behaviour(plan: Plan, rule: StopRule, common: float | None, counts: Counts) -> Behaviour:
    trials = len(counts)
    reaches = counts[:, -1] >= plan.target
    below = counts[:, :-1] < np.array([bound.least for bound in rule.bounds], dtype=np.int64)
    # The last column stands for the day of the target itself: there every trial ends.
    first = np.column_stack([below, np.ones(trials, dtype=bool)]).argmax(axis=1)
    stopped = first < len(rule.bounds)
    start = min(site.opens.lo for site in plan.sites)
    ends = np.array([*(bound.on.toordinal() for bound in rule.bounds), rule.by.toordinal()])
    shares = tuple(float(np.mean(first == look)) for look in range(len(rule.bounds)))
    others = (float(reaches.mean()), float((stopped & reaches).mean()), float((~stopped & ~reaches).mean()))
    error = max(float(np.sqrt(share * (1 - share) / trials)) for share in (*shares, *others, float(stopped.mean())))
    months = float(np.mean(ends[first] - start)) / DAYS_A_MONTH
    return Behaviour(common, others[0], shares, others[1], others[2], months, error, trials)
