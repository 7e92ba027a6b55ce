"""Days, partial dates and durations."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.dates import (
    ANY_DAY,
    EARLIEST,
    LATEST,
    Duration,
    Span,
    birthday,
    completed_years,
    on_day,
    read_span,
    shifted,
    span_text,
)  # fmt: skip


def n(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-03-02", "2026-03-02", "2026-03-02"),
        ("2026-03", "2026-03-01", "2026-03-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        (" 2026-03-02 ", "2026-03-02", "2026-03-02"),
        ("2026-03-02T10:15:00Z", "2026-03-02", "2026-03-02"),
        ("2026-03-02 10:15", "2026-03-02", "2026-03-02"),
    ],
)
def test_dates_are_read_as_wide_as_they_are(text: str, first: str, last: str) -> None:
    assert read_span(text) == Span(n(first), n(last))


@pytest.mark.parametrize("offset", ["Z", "+14:00", "-12:00", "+01:00"])
def test_the_day_is_the_one_that_was_written(offset: str) -> None:
    """The calendar day where it was recorded, not the day of the same instant in Greenwich."""
    assert read_span(f"2026-03-02T00:30:00{offset}") == on_day(date(2026, 3, 2))
    assert read_span(f"2026-03-02T23:30:00{offset}") == on_day(date(2026, 3, 2))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-02-30",
        "2025-02-29",
        "26-03-02",
        "2026-3-2",
        "2.3.2026",
        "2026-03-02x",
        "0000",
        "soon",
        "20260302",
    ],
)
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    assert read_span(text) is None


@pytest.mark.parametrize(
    ("start", "count", "unit", "sign", "end"),
    [
        ("2026-03-02", 28, "day", 1, "2026-03-30"),
        ("2026-03-30", 4, "week", -1, "2026-03-02"),
        ("2026-01-31", 1, "month", 1, "2026-02-28"),
        ("2024-01-31", 1, "month", 1, "2024-02-29"),
        ("2026-03-31", 1, "month", -1, "2026-02-28"),
        ("2026-12-15", 1, "month", 1, "2027-01-15"),
        ("2026-01-15", 1, "month", -1, "2025-12-15"),
        ("2024-02-29", 1, "year", 1, "2025-02-28"),
        ("2024-02-29", 4, "year", 1, "2028-02-29"),
        ("2026-05-05", 0, "month", 1, "2026-05-05"),
    ],
)
def test_durations_follow_the_calendar(start: str, count: int, unit: str, sign: int, end: str) -> None:
    assert shifted(n(start), Duration(count, unit), sign) == n(end)  # pyright: ignore[reportArgumentType]


def test_the_calendar_has_an_end() -> None:
    assert shifted(LATEST, Duration(1, "day")) == LATEST
    assert shifted(EARLIEST, Duration(1, "day"), -1) == EARLIEST
    assert shifted(n("9999-12-01"), Duration(2, "month")) == LATEST
    assert shifted(n("0001-01-20"), Duration(1, "year"), -1) == EARLIEST
    assert shifted(n("2026-01-01"), Duration(10**9, "day")) == LATEST
    assert birthday(n("2026-01-01"), 9000) == LATEST


@given(
    st.dates(),
    st.dates(),
    st.integers(0, 60),
    st.sampled_from(["day", "week", "month", "year"]),
    st.sampled_from([1, -1]),
)
def test_the_later_of_two_days_stays_the_later(a: date, b: date, count: int, unit: str, sign: int) -> None:
    """A span may be moved by its two ends only because no move changes the order of days."""
    low, high = sorted([a.toordinal(), b.toordinal()])
    by = Duration(count, unit)  # pyright: ignore[reportArgumentType]
    assert shifted(low, by, sign) <= shifted(high, by, sign)


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        ("2008-06-01", 18, "2026-06-01"),
        ("2008-02-29", 18, "2026-03-01"),  # no 29 February 2026: the first day after it
        ("2008-02-29", 20, "2028-02-29"),
        ("2000-12-31", 1, "2001-12-31"),
    ],
)
def test_birthdays(born: str, age: int, day: str) -> None:
    assert birthday(n(born), age) == n(day)
    assert completed_years(n(born), n(day)) == age
    assert completed_years(n(born), n(day) - 1) == age - 1


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 50000))
def test_completed_years_by_counting_birthdays(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    assert completed_years(born.toordinal(), day.toordinal()) == years


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(n("2026-03-02"), n("2026-03-02")), "2 March 2026"),
        (Span(n("2026-03-01"), n("2026-03-31")), "March 2026"),
        (Span(n("2026-01-01"), n("2026-12-31")), "2026"),
        (Span(n("2026-03-01"), n("2026-03-15")), "between 1 March 2026 and 15 March 2026"),
        (ANY_DAY, "on a day not recorded"),
        (Span(EARLIEST, n("2026-03-15")), "on or before 15 March 2026"),
        (Span(n("2026-03-15"), LATEST), "on or after 15 March 2026"),
    ],
)
def test_spans_as_people_write_them(span: Span, text: str) -> None:
    assert span_text(span) == str(span) == text


def test_spans_join_and_are_cut() -> None:
    march, may = Span(n("2026-03-01"), n("2026-03-31")), on_day(date(2026, 5, 1))
    assert march.hull(may) == may.hull(march) == Span(n("2026-03-01"), n("2026-05-01"))
    assert march.until(n("2026-03-15")) == Span(n("2026-03-01"), n("2026-03-15"))
    assert march.until(n("2026-04-15")) == march
    assert not march.exact and may.exact


def test_durations_as_people_write_them() -> None:
    assert [str(Duration(1, "day")), str(Duration(6, "week"))] == ["1 day", "6 weeks"]
    assert [Duration(6, "week").days, Duration(1, "month").days] == [42, None]
