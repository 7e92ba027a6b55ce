"""A site's opening and pace -> how many months of full recruitment it has had, or will have, by a day.

Days are ordinals, as in dates.Span. A site counts from the day on which it opens, that day included. A month is
365.25 / 12 days. What a site gives in that time is left to accrual.py: here is only how long it was open, weighed
by the season and by its start-up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from ..dates import LATEST, Span
from ..faults import Fault

DAYS_A_MONTH: Final = 365.25 / 12
EVEN: Final = (1.0,) * 12
# An opening within a longer time stands for so many days of it, evenly spread: measured in test_sites.py.
OPENING_DAYS: Final = 32
_ABOUT_ONE: Final = 0.005  # how far the mean of twelve rounded factors may be from one

Days = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Site:
    """One site: when it opens and how fast sites like it find people.

    opens: its day, or the days of which each is as likely. rate: the mean number of people found a month by a site
    like this one, fully started; `cv`: by how much such sites differ (standard deviation over mean; 0: not at all).
    closes: the last day on which it recruits.
    """

    name: str
    opens: Span
    rate: float
    cv: float = 0.0
    closes: date | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.rate) and self.rate >= 0):
            raise Fault(f"{self.name}: a rate is a number of people a month, 0 or more; this one is {self.rate:g}.")
        if not 0 <= self.cv <= 5:
            raise Fault(f"{self.name}: a coefficient of variation lies between 0 and 5; this one is {self.cv:g}.")
        if self.closes is not None and self.closes.toordinal() < self.opens.lo:
            raise Fault(f"{self.name} closes on {self.closes}, before it opens.")

    @property
    def last_day(self) -> int:
        """The last day on which it recruits, as an ordinal."""
        return LATEST if self.closes is None else self.closes.toordinal()

    @property
    def opening_days(self) -> Days:
        """The days that its opening stands for, each as likely as the others."""
        number = self.opens.hi - self.opens.lo + 1
        if number <= OPENING_DAYS:
            return np.arange(self.opens.lo, self.opens.hi + 1)
        middles = self.opens.lo + (np.arange(OPENING_DAYS) + 0.5) * number / OPENING_DAYS
        return middles.astype(np.int64)


@dataclass(frozen=True)
class Pace:
    """How the rate of every site varies in time.

    season: a factor for each month of the year, January first, with the mean one. ramp: the months over which a site
    rises, evenly, from nothing on its first day to its full rate.
    """

    season: tuple[float, ...] = EVEN
    ramp: float = 0.0

    def __post_init__(self) -> None:
        if len(self.season) != 12:
            raise Fault(f"The season is twelve factors, January first; these are {len(self.season)}.")
        if not all(np.isfinite(each) and each >= 0 for each in self.season):
            raise Fault("The season's factors are numbers, 0 or more.")
        mean = sum(self.season) / 12
        if abs(mean - 1) > _ABOUT_ONE:
            raise Fault(f"The season's factors have the mean {mean:.3f}, not one: divide each of them by {mean:.3f}.")
        if not 0 <= self.ramp <= 120:
            raise Fault(f"The start-up lasts 0 to 120 months, not {self.ramp:g}.")

    @cached_property
    def _by_month(self) -> Numbers:
        return np.array(self.season) / np.mean(self.season)

    def table(self, first: int, last: int) -> "PaceTable":
        """The pace of each day from `first` to `last`, summed up for quick asking."""
        if last < first:
            last = first
        start = np.datetime64(date.fromordinal(first), "D")
        months = (start + np.arange(last - first + 1)).astype("datetime64[M]").astype(np.int64) % 12
        season = self._by_month[months]
        offsets = np.arange(last - first + 1)
        zero = np.zeros(1)
        return PaceTable(
            first,
            np.concatenate([zero, np.cumsum(season)]),
            np.concatenate([zero, np.cumsum(season * offsets)]),
            self.ramp * DAYS_A_MONTH,
        )


STEADY: Final = Pace()


@dataclass(frozen=True)
class PaceTable:
    """Sums over the days from `first` on: of the season's factor, and of it times the day's number."""

    first: int
    plain: Numbers
    weighted: Numbers
    ramp_days: float

    def months(self, opened: Days | int, after: int, until: Days | int) -> Numbers:
        """Months of full recruitment of a site that opened on `opened`, over the days later than `after` up to `until`.

        `opened` and `until` broadcast against each other. A day of start-up counts by how far the start-up has come
        at its noon.
        """
        opened, until = np.asarray(opened), np.asarray(until)
        begin = np.maximum(opened, after + 1)
        whole = np.ceil(opened + self.ramp_days - 0.5).astype(np.int64)  # from this day on the site is fully started
        full = self._sum(self.plain, np.maximum(begin, whole), until)
        if self.ramp_days == 0:
            return full / DAYS_A_MONTH
        last = np.minimum(until, whole - 1)
        risen = self._sum(self.weighted, begin, last) - (opened - self.first - 0.5) * self._sum(self.plain, begin, last)
        return (full + risen / self.ramp_days) / DAYS_A_MONTH

    def _sum(self, sums: Numbers, begin: Days, end: Days) -> Numbers:
        """The sum over the days from `begin` to `end`, both included; 0 where there is none."""
        top = len(sums) - 1
        low = np.clip(begin - self.first, 0, top)
        high = np.clip(end - self.first + 1, 0, top)
        return np.where(high > low, sums[high] - sums[low], 0.0)


def table_for(sites: Sequence[Site], pace: Pace, until: int) -> PaceTable:
    """The pace from the first day on which any of the sites may open up to `until`."""
    return pace.table(min((site.opens.lo for site in sites), default=until), until)
