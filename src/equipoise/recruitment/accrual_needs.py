"""What it would take: more time, more sites, higher rates, or a criterion relaxed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..dates import Duration, Span, day_text, shifted
from ..faults import Fault
from .accrual import LookAhead
from .sites import DAYS_A_MONTH, Site

MOST_SITES: Final = 1000
MOST_TIMES: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Relaxed:
    """One criterion dropped or moved: by how many times that raises the rate, and what becomes of the target."""

    criterion: str
    times: float
    chance: float
    day: date | None


@dataclass(frozen=True, slots=True)
class Needs:
    """Each way alone by which the target would be reached by a day with the wanted probability.

    day, months_longer: the first day that would do, and how many months after `by` that is (0: `by` itself does).
    sites: further sites like the others, opening on `sites_open`. times: the factor for all rates from now on.
    None: not by the horizon, not with 1,000 sites, not at 1,000 times the rate.
    """

    by: date
    wanted: float
    chance: float
    day: date | None
    months_longer: float | None
    sites: int | None
    sites_open: date
    times: float | None
    relaxed: tuple[Relaxed, ...] = ()


def what_it_takes(
    ahead: LookAhead, by: date, wanted: float = 0.8, lead: int = 3, gains: Mapping[str, float] | None = None
) -> Needs:
    """What each way alone would take to reach the target by `by` with the probability `wanted`.

    lead: months from now until a further site opens. gains: criterion -> by how many times more people were eligible
    without it (from a funnel).
    """
    if not 0 < wanted < 1:
        raise Fault(f"The wanted probability lies between 0 and 1, not {wanted:g}.")
    if by < ahead.on:
        raise Fault(f"{day_text(by)} lies before {day_text(ahead.on)}: what it takes is asked for a day to come.")
    chance = ahead.chance(by)
    opens = date.fromordinal(max(shifted(ahead.on.toordinal(), Duration(lead, "month")), ahead.on.toordinal() + 1))
    day = by if chance >= wanted else ahead.day_reached(wanted)
    return Needs(
        by, wanted, chance, day,
        None if day is None else (day - by).days / DAYS_A_MONTH,
        0 if chance >= wanted else _sites_needed(ahead, by, wanted, opens),
        opens,
        1.0 if chance >= wanted else _times_needed(ahead, by, wanted),
        tuple(
            _relaxed(ahead, by, wanted, name, times)
            for name, times in sorted((gains or {}).items(), key=lambda each: (-each[1], each[0]))
        ),
    )  # fmt: skip


def _sites_needed(ahead: LookAhead, by: date, wanted: float, opens: date) -> int | None:
    if opens > by:
        return None
    return _least(lambda number: with_more_sites(ahead, number, opens).chance(by) >= wanted, 1, MOST_SITES)


def with_more_sites(ahead: LookAhead, number: int, opens: date) -> LookAhead:
    """The outlook with so many further sites, as fast and as different as the plan's sites are on average."""
    if number == 0:
        return ahead
    known = ahead.plan.sites
    rate = sum(site.rate for site in known) / len(known)
    cv = (sum(site.cv**2 for site in known) / len(known)) ** 0.5
    taken = {site.name for site in known}
    names = (name for n in range(1, number + len(taken) + 1) if (name := f"further site {n}") not in taken)
    day = opens.toordinal()
    return ahead.with_sites([Site(next(names), Span(day, day), rate, cv) for _ in range(number)])


def _least(enough: Callable[[int], bool], first: int, most: int) -> int | None:
    """The smallest number from `first` on that is enough, nothing smaller being so; None when even `most` is not."""
    low, high = first - 1, first
    while not enough(high):
        if high >= most:
            return None
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _times_needed(ahead: LookAhead, by: date, wanted: float) -> float | None:
    """To the hundredth, rounded up; the rate as it is does not do."""
    found = _least(
        lambda hundredths: ahead.with_rates(hundredths / 100).chance(by) >= wanted, 101, int(100 * MOST_TIMES)
    )
    return None if found is None else found / 100


def _relaxed(ahead: LookAhead, by: date, wanted: float, criterion: str, times: float) -> Relaxed:
    faster = ahead.with_rates(times)
    return Relaxed(criterion, times, faster.chance(by), faster.day_reached(wanted))
