"""Days moved by SQL as dates.py moves them."""

from datetime import date

import duckdb
import pytest

from equipoise.dates import Duration, birthday, shifted
from equipoise.rules.sql import DUCKDB, SPARK
from equipoise.rules.sql.text import day


def test_what_is_written_differently() -> None:
    month, days = Duration(1, "month"), Duration(2, "week")
    assert "CAST(d + INTERVAL (1) MONTH AS DATE)" in DUCKDB.shifted("d", month)
    assert "add_months(d, -1)" in SPARK.shifted("d", month, -1)
    assert ("(d + -14)" in DUCKDB.shifted("d", days, -1), "date_add(d, 14)" in SPARK.shifted("d", days)) == (True, True)
    assert (DUCKDB.named("E8"), SPARK.named("E8")) == ('"E8"', "`E8`")
    assert DUCKDB.shifted("d", Duration(0, "year")) == "d"


MOVES = [
    ("2026-01-31", Duration(1, "month"), 1, "2026-02-28"),
    ("2024-01-31", Duration(1, "month"), 1, "2024-02-29"),
    ("2026-03-31", Duration(1, "month"), -1, "2026-02-28"),
    ("2024-02-29", Duration(1, "year"), 1, "2025-02-28"),
    ("2026-03-01", Duration(3, "week"), -1, "2026-02-08"),
    ("9999-12-01", Duration(2, "month"), 1, "9999-12-31"),  # held within the calendar
    ("0001-01-20", Duration(40, "day"), -1, "0001-01-01"),
    ("9999-12-31", Duration(1, "year"), -1, "9999-12-31"),  # no day at all stays none
    ("0001-01-01", Duration(1, "year"), 1, "0001-01-01"),
    ("2026-03-01", Duration(10**12, "day"), 1, "9999-12-31"),
    ("2026-03-01", Duration(10**12, "year"), -1, "0001-01-01"),
]


@pytest.mark.parametrize(("start", "by", "sign", "end"), MOVES)
def test_a_day_moved(start: str, by: Duration, sign: int, end: str) -> None:
    first = date.fromisoformat(start).toordinal()
    assert date.fromordinal(shifted(first, by, sign)).isoformat() == end
    assert _asked(DUCKDB.shifted(day(first), by, sign)) == date.fromisoformat(end)


BIRTHDAYS = [
    ("2008-02-29", 18, "2026-03-01"),
    ("2008-02-29", 16, "2024-02-29"),
    ("2008-02-28", 16, "2024-02-28"),
    ("2008-06-30", 18, "2026-06-30"),
    ("2008-06-30", 9000, "9999-12-31"),
    ("2008-06-30", 10**9, "9999-12-31"),
]


@pytest.mark.parametrize(("born", "age", "on"), BIRTHDAYS)
def test_a_birthday(born: str, age: int, on: str) -> None:
    first = date.fromisoformat(born).toordinal()
    assert date.fromordinal(birthday(first, age)).isoformat() == on
    assert _asked(DUCKDB.birthday(day(first), age)) == date.fromisoformat(on)


def test_the_number_of_a_day() -> None:
    assert _asked(DUCKDB.number_of(day(date(1, 3, 1).toordinal()))) == 59


def _asked(expression: str) -> object:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {expression}").fetchall()[0][0]
