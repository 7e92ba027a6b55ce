"""What DuckDB and Spark write differently. All else is the SQL that both read."""

from dataclasses import dataclass
from typing import Final

from ...dates import EARLIEST, LATEST, Duration
from .text import day

_YEARS: Final = 9999  # of the calendar


@dataclass(frozen=True, slots=True)
class Dialect:
    """One engine's way to say what the standard leaves open.

    days_later, months_later: a date, moved; {day} and {count} stand for what is moved and by how much.
    number: the days from 1 January of year 1 to a date, as a whole number. quote: what stands around a name.
    """

    name: str
    days_later: str
    months_later: str
    number: str
    quote: str

    def shifted(self, expression: str, by: Duration, sign: int = 1) -> str:
        """dates.shifted: the date a duration later (earlier with sign -1), held within the calendar."""
        if by.count == 0:
            return expression
        days = None if by.days is None else min(by.days, LATEST)  # further leads out of the calendar all the same
        months = min(by.count * (12 if by.unit == "year" else 1), 12 * _YEARS)
        moved = (
            self.days_later.format(day=expression, count=sign * days)
            if days is not None
            else self.months_later.format(day=expression, count=sign * months)
        )
        first, last = day(EARLIEST), day(LATEST)
        return (
            f"CASE WHEN {expression} <= {first} OR {expression} >= {last} THEN {expression} "
            f"ELSE least(greatest({moved}, {first}), {last}) END"
        )

    def birthday(self, born: str, age: int) -> str:
        """dates.birthday: the date on which an age is completed; born on 29 February, on 1 March without a leap day."""
        moved = self.months_later.format(day=born, count=12 * min(age, _YEARS))
        next_day = self.days_later.format(day=moved, count=1)
        leap = f"month({born}) = 2 AND day({born}) = 29 AND day({moved}) = 28"
        return f"least(CASE WHEN {leap} THEN {next_day} ELSE {moved} END, {day(LATEST)})"

    def named(self, name: str) -> str:
        return f"{self.quote}{name}{self.quote}"

    def number_of(self, expression: str) -> str:
        return self.number.format(day=expression)


DUCKDB: Final = Dialect(
    "duckdb",
    days_later="({day} + {count})",
    months_later="CAST({day} + INTERVAL ({count}) MONTH AS DATE)",
    number="({day} - DATE '0001-01-01')",
    quote='"',
)
SPARK: Final = Dialect(
    "spark",
    days_later="date_add({day}, {count})",
    months_later="add_months({day}, {count})",
    number="CAST(datediff({day}, DATE '0001-01-01') AS BIGINT)",
    quote="`",
)
DIALECTS: Final = {dialect.name: dialect for dialect in (DUCKDB, SPARK)}
