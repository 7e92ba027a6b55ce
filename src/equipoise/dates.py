"""Days as records state them: exact, partial or unknown; and the durations between them.

A rule speaks of calendar days, never of instants: the day of a value is the calendar day on which it was recorded,
in the place where it was recorded (the date part of a date-time as written, whatever its offset).
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

EARLIEST = date.min.toordinal()
LATEST = date.max.toordinal()

DurationUnit = Literal["day", "week", "month", "year"]


class Span(NamedTuple):
    """The days on which something may have happened, first to last, both inclusive.

    Days are proleptic Gregorian ordinals (`date.toordinal`), so that a span compares and subtracts as numbers.
    `2 March 2026` is one day, `2026-03` the days of March, an absent date all days.
    """

    lo: int
    hi: int

    @property
    def exact(self) -> bool:
        return self.lo == self.hi

    @property
    def first(self) -> date:
        return date.fromordinal(self.lo)

    @property
    def last(self) -> date:
        return date.fromordinal(self.hi)

    def hull(self, other: "Span") -> "Span":
        """The shortest span that holds both."""
        return Span(min(self.lo, other.lo), max(self.hi, other.hi))

    def until(self, day: int) -> "Span":
        """This span without the days after `day` (ordinal); the span must begin by then."""
        return self if self.hi <= day else Span(self.lo, day)

    def __str__(self) -> str:
        return span_text(self)


ANY_DAY = Span(EARLIEST, LATEST)


def on_day(day: date) -> Span:
    """The span of one day."""
    return Span(day.toordinal(), day.toordinal())


_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ]\d{2}.*)?)?)?\Z")


@lru_cache(maxsize=65536)
def read_span(text: str) -> Span | None:
    """The span of an ISO 8601 date, partial date or date-time ("2026", "2026-03", "2026-03-02T10:15:00+01:00").

    None when the text is no such date. A time of day and its offset are dropped: the calendar day stands as written.
    """
    match = _PARTIAL.match(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if year == 0:
        return None
    try:
        if day:
            return on_day(date(year, month, day))
        if month:
            last = calendar.monthrange(year, month)[1]
            return Span(date(year, month, 1).toordinal(), date(year, month, last).toordinal())
        return Span(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
    except ValueError:
        return None


def day_text(day: date) -> str:
    """A day as people write it: "2 March 2026"."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def span_text(span: Span) -> str:
    """A span as people write it: "2 March 2026", "March 2026", "2026", "between 3 and ...", "on a day not recorded"."""
    if span.lo <= EARLIEST and span.hi >= LATEST:
        return "on a day not recorded"
    if span.lo <= EARLIEST:
        return f"on or before {day_text(span.last)}"
    if span.hi >= LATEST:
        return f"on or after {day_text(span.first)}"
    first, last = span.first, span.last
    if first == last:
        return day_text(first)
    if first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1] and first.year == last.year:
        if first.month == last.month:
            return f"{calendar.month_name[first.month]} {first.year}"
        if (first.month, last.month) == (1, 12):
            return str(first.year)
    return f"between {day_text(first)} and {day_text(last)}"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a protocol states it. Days and weeks count days; months and years follow the calendar."""

    count: int
    unit: DurationUnit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def days(self) -> int | None:
        """Its number of days; None for months and years, whose length depends on where they begin."""
        return {"day": self.count, "week": 7 * self.count}.get(self.unit)


NO_TIME = Duration(0, "day")


@lru_cache(maxsize=65536)
def shifted(day: int, by: Duration, sign: int = 1) -> int:
    """The ordinal `by` after `day` (before it with sign -1), held within the calendar.

    A month that lacks the day gives its last day (31 January and a month: 28 February), as in SQL and ISO practice.
    """
    if day <= EARLIEST or day >= LATEST:
        return day
    days = by.days
    if days is not None:
        return min(max(day + sign * days, EARLIEST), LATEST)
    start = date.fromordinal(day)
    months = start.year * 12 + start.month - 1 + sign * by.count * (12 if by.unit == "year" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        return EARLIEST if year < 1 else LATEST
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1])).toordinal()


@lru_cache(maxsize=65536)
def birthday(born: int, age: int) -> int:
    """The ordinal of the day on which somebody born on `born` completes `age` years.

    Born on 29 February: 1 March in a year without one (the law of England and Wales, and of Germany, BGB 188).
    """
    start = date.fromordinal(born)
    if not 1 <= start.year + age <= 9999:
        return LATEST
    try:
        return start.replace(year=start.year + age).toordinal()
    except ValueError:
        return date(start.year + age, 3, 1).toordinal()


def completed_years(born: int, day: int) -> int:
    """Whole years of age on `day`, both as ordinals; negative before birth."""
    years = date.fromordinal(day).year - date.fromordinal(born).year
    return years if day >= birthday(born, years) else years - 1
