"""When will the last patient be in, with which probability: the forecast of a trial's recruitment on one day.

    >>> from datetime import date
    >>> from equipoise.dates import on_day
    >>> from equipoise.recruitment.accrual import Plan, look_ahead
    >>> from equipoise.recruitment.sites import Site
    >>> opens = on_day(date(2027, 1, 1))
    >>> plan = Plan((Site("A", opens, rate=2, cv=0.5), Site("B", opens, rate=1, cv=0.5)), target=30)
    >>> ahead = look_ahead(plan, on=date(2026, 12, 31), horizon=date(2030, 12, 31))
    >>> round(ahead.chance(date(2027, 12, 31)), 3), ahead.day_reached(0.5)
    (0.632, datetime.date(2027, 11, 13))

The model is Anisimov and Fedorov's (accrual_belief.py); the count by any day is exact (accrual_counts.py): nothing here
is simulated. The day of the last patient is the first by which the count has reached the target.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np

from ..dates import Duration, Span, day_text, shifted
from ..faults import Fault
from .accrual_belief import NOBODY, Belief, Recruited, believe
from .accrual_cases import Further, Unsure, further
from .sites import STEADY, Days, Numbers, Pace, PaceTable, Site, table_for

LARGEST_TARGET: Final = 5000
LONGEST_YEARS: Final = 100
_MANY: Final = 400  # from here on numbers of people are searched for, not listed


@dataclass(frozen=True)
class Plan:
    """The sites, how many people are wanted, and what all sites share.

    common_cv: how wrong the plan may be for all sites at once (standard deviation of a factor with mean one).
    consent: the share of those found who enter; 1 where the sites' rates are of people who enter. consent_worth: how
    many people's answers that share is worth; None: it is certain.
    """

    sites: tuple[Site, ...]
    target: int
    pace: Pace = STEADY
    common_cv: float = 0.0
    consent: float = 1.0
    consent_worth: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.target <= LARGEST_TARGET:
            raise Fault(
                f"The target is {self.target:,} people: people are counted one by one here, up to {LARGEST_TARGET:,}."
            )
        twice = [name for name, number in Counter(site.name for site in self.sites).items() if number > 1]
        if twice:
            raise Fault(f"Two sites are named {twice[0]}: give each a name of its own.")

    def expected(self, until: date) -> float:
        """How many people the plan expects by that day, nothing being known yet."""
        return float(sum(site.rate * months for site, months in zip(self.sites, self.months(until), strict=True)))

    def months(self, until: date) -> Numbers:
        """Months of full recruitment that each site is expected to have by that day, times consent."""
        table = table_for(self.sites, self.pace, until.toordinal())
        return self.consent * np.array([float(_ahead(site, table, 0, until.toordinal()).mean()) for site in self.sites])


class People(NamedTuple):
    """How many will be in by a day: the median and the ends of the interval, the target at the most."""

    on: date
    low: int
    median: int
    high: int
    chance: float  # that the target is reached by then


@dataclass(frozen=True)
class LookAhead:
    """What is to be expected after `on`, people recruited up to and on that day being known.

    faster: a factor for all rates from now on, to ask what it would take.
    """

    plan: Plan
    on: date
    horizon: date
    recruited: Recruited
    belief: Belief
    table: PaceTable
    faster: float = 1.0

    @property
    def remaining(self) -> int:
        return max(self.plan.target - self.recruited.total, 0)

    @property
    def rate(self) -> float:
        """The expected number of people a month once all sites are open and started."""
        return float(self.belief.mean_rates.sum()) * self.faster

    @property
    def open_sites(self) -> int:
        day = self.on.toordinal()
        return sum(site.opens.hi <= day <= site.last_day for site in self.plan.sites)

    def chance(self, by: date) -> float:
        """The probability that the target is reached by that day."""
        if self.remaining == 0:
            return 1.0
        if by not in self._chances:
            self._chances[by] = 1.0 - self._below(by, self.remaining)
        return self._chances[by]

    @cached_property
    def _chances(self) -> dict[date, float]:
        """What has been asked already: the search for a day asks for some days again and again."""
        return {}

    def counts(self, by: date) -> Numbers:
        """The probabilities of 0, 1, ... further people by that day, up to one less than are still wanted."""
        return self.belief.weights @ self._further(by).counts(self.remaining)

    def people(self, by: date, level: float = 0.9) -> People:
        """How many will be in by that day; recruitment ends at the target."""
        held, tail = np.cumsum(self.counts(by)) if self.remaining <= _MANY else None, (1 - level) / 2
        low, median, high = (self._quantile(by, share, held) for share in (tail, 0.5, 1 - tail))
        return People(by, low, median, high, self.chance(by))

    def _quantile(self, by: date, share: float, held: Numbers | None) -> int:
        """The smallest number of people, the target at the most, that is not exceeded with this probability."""
        if held is not None:
            return self.recruited.total + int(np.searchsorted(held, share))
        if 1 - self.chance(by) < share:
            return self.plan.target
        low, high = -1, self.remaining  # not exceeded at `high`, exceeded at `low`
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._below(by, middle + 1) >= share else (middle, high)
        return self.recruited.total + high

    def _below(self, by: date, number: int) -> float:
        """The probability of fewer than so many further people by that day."""
        return float(min(max(self.belief.weights @ self._further(by).below(number), 0.0), 1.0))

    def day_reached(self, probability: float) -> date | None:
        """The first day by which the target is reached with at least this probability; None if not by the horizon."""
        low, high = self.on.toordinal(), self.horizon.toordinal()
        if self.chance(self.on) >= probability:
            return self.on
        if self.chance(self.horizon) < probability:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.chance(date.fromordinal(middle)) >= probability else (middle, high)
        return date.fromordinal(high)

    def with_rates(self, factor: float) -> "LookAhead":
        """The same, were all sites so many times as fast from now on."""
        return replace(self, faster=self.faster * factor)

    def with_sites(self, sites: Sequence[Site]) -> "LookAhead":
        """The same with further sites that open later; what was seen of the others tells of them what all share."""
        day = self.on.toordinal()
        for site in sites:
            if site.opens.lo <= day:
                raise Fault(f"{site.name} would open on {site.opens}, not after {day_text(self.on)}.")
        prior = believe(sites, np.zeros(len(sites)))
        belief = replace(
            self.belief,
            shapes=np.concatenate([self.belief.shapes, prior.shapes]),
            rates=np.concatenate([self.belief.rates, _at(prior, self.belief.common)], axis=1),
        )
        return replace(self, plan=replace(self.plan, sites=(*self.plan.sites, *sites)), belief=belief)

    # ---------------------------------------------------------------- the count, case by case
    def _further(self, by: date) -> Further:
        until = max(min(by, self.horizon), self.on).toordinal()
        places, opened, last = self._sure
        months = self.faster * self.table.months(opened, self.on.toordinal(), np.minimum(until, last))
        belief = self.belief
        unsure = [self._opening(alike, until) for alike in self._unsure.values()]
        return further(belief.shapes[places], belief.rates[:, places], belief.consent[:, None] * months, unsure)

    def _opening(self, alike: Sequence[int], until: int) -> Unsure:
        """Sites of which it is not known on which day they open."""
        place, belief = alike[0], self.belief
        months = self.faster * _ahead(self.plan.sites[place], self.table, self.on.toordinal(), until)
        return Unsure(float(belief.shapes[place]), belief.rates[:, place], belief.consent[:, None] * months, len(alike))

    @cached_property
    def _unsure(self) -> dict[Site, list[int]]:
        """The sites whose day of opening is not known, alike ones together; none of them has recruited yet."""
        alike: dict[Site, list[int]] = {}
        for place, site in enumerate(self.plan.sites):
            if not site.opens.exact:
                alike.setdefault(replace(site, name=""), []).append(place)
        return alike

    @cached_property
    def _sure(self) -> tuple[Days, Days, Days]:
        """The sites whose day of opening is known: their places, the days of their opening, their last days."""
        known = [
            (place, site.opens.lo, site.last_day) for place, site in enumerate(self.plan.sites) if site.opens.exact
        ]
        places, opened, last = np.array(known, dtype=np.int64).reshape(-1, 3).T
        return places, opened, last


def _ahead(site: Site, table: PaceTable, after: int, until: int) -> Numbers:
    """Months of full recruitment later than `after`, for each day on which the site may open."""
    return table.months(site.opening_days, after, min(until, site.last_day))


def _at(prior: Belief, common: Numbers) -> Numbers:
    """The rates of further sites in each case of the common factor."""
    certain = np.isinf(prior.shapes)
    return np.where(certain, prior.rates * common[:, None], prior.rates / common[:, None])


def look_ahead(plan: Plan, on: date, recruited: Recruited = NOBODY, horizon: date | None = None) -> LookAhead:
    """The outlook on a day, from what each site has recruited up to and on it.

    horizon: what lies later is not looked at [10 years after `on`]. Raises Fault for what cannot be so: people from a
    site that is not in the plan or was not open, a site that should have opened but of which no day is told.
    """
    day = on.toordinal()
    horizon = horizon or date.fromordinal(shifted(day, Duration(10, "year")))
    if horizon < on or horizon.year > on.year + LONGEST_YEARS:
        raise Fault(f"The horizon, {day_text(horizon)}, must lie within {LONGEST_YEARS} years after {day_text(on)}.")
    if not plan.sites:
        raise Fault("There is no site: a forecast needs at least one.")
    named = {site.name for site in plan.sites}
    for name in [*recruited.entered, *(recruited.found or ())]:
        if name not in named:
            raise Fault(f"{name} has recruited, but is not among the sites ({', '.join(sorted(named)[:8])}).")
    plan = replace(plan, sites=tuple(_as_known(site, day, recruited) for site in plan.sites))
    # From the next day on at the latest: further sites may be asked about that open before all others.
    table = plan.pace.table(min(day + 1, *(site.opens.lo for site in plan.sites)), horizon.toordinal())
    exposure = np.array([float(_ahead(site, table, 0, day)[0]) if site.opens.hi <= day else 0.0 for site in plan.sites])
    further = max(plan.target - recruited.total, 1)
    belief = believe(plan.sites, exposure, recruited, plan.common_cv, plan.consent, plan.consent_worth, further)
    return LookAhead(plan, on, horizon, recruited, belief, table)


def _as_known(site: Site, day: int, recruited: Recruited) -> Site:
    """The site as it is known on that day: one that had not opened by then opens later."""
    if site.opens.exact or site.opens.lo > day:
        return site
    if site.opens.hi <= day:
        raise Fault(
            f"{site.name} was to open {site.opens}: on {day_text(date.fromordinal(day))} that is past. "
            "Say on which day it opened, or when it will."
        )
    if recruited.entered.get(site.name) or (recruited.found or {}).get(site.name):
        raise Fault(f"{site.name} has recruited: say on which day it opened, instead of {site.opens}.")
    return replace(site, opens=Span(day + 1, site.opens.hi))
