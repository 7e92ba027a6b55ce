"""How long a site was open, weighed by season and start-up: against counting day by day."""

import calendar
from datetime import date

import numpy as np
import pytest

from equipoise.dates import Span, on_day
from equipoise.faults import Fault
from equipoise.recruitment import sites as rooms
from equipoise.recruitment.accrual import Plan, look_ahead
from equipoise.recruitment.sites import DAYS_A_MONTH, Pace, Site

SEASON = (1.3, 1.2, 1.0, 0.9, 1.0, 1.1, 0.5, 0.4, 1.2, 1.2, 1.2, 1.0)
OPENED = date(2027, 2, 20).toordinal()


def day_by_day(pace: Pace, opened: int, after: int, until: int) -> float:
    total, mean = 0.0, sum(pace.season) / 12
    for day in range(max(opened, after + 1), until + 1):
        risen = min(1.0, (day - opened + 0.5) / (pace.ramp * DAYS_A_MONTH)) if pace.ramp else 1.0
        total += pace.season[date.fromordinal(day).month - 1] / mean * risen
    return total / DAYS_A_MONTH


@pytest.mark.parametrize("pace", [Pace(), Pace(SEASON), Pace(ramp=2.5), Pace(SEASON, 4), Pace(SEASON, 0.01)])
@pytest.mark.parametrize(("after", "until"), [(0, 0), (0, 1), (-30, 90), (10, 45), (60, 700), (200, 100), (-90, -10)])
def test_months_are_those_of_counting_day_by_day(pace: Pace, after: int, until: int) -> None:
    table = pace.table(OPENED - 100, OPENED + 800)
    found = table.months(OPENED, OPENED + after, OPENED + until)
    assert float(found) == pytest.approx(day_by_day(pace, OPENED, OPENED + after, OPENED + until), abs=1e-9)


def test_a_whole_year_is_twelve_months_whatever_the_season() -> None:
    start = date(2027, 1, 1).toordinal()
    days = 366 if calendar.isleap(2027) else 365
    for season in (rooms.EVEN, SEASON):
        months = float(Pace(season).table(start, start + days).months(start, 0, start + days - 1))
        assert months == pytest.approx(365 / DAYS_A_MONTH, rel=0.01)


def test_past_and_future_add_up() -> None:
    table = Pace(SEASON, 6).table(OPENED, OPENED + 1000)
    whole = table.months(OPENED, 0, OPENED + 900)
    parts = table.months(OPENED, 0, OPENED + 77) + table.months(OPENED, OPENED + 77, OPENED + 900)
    assert float(whole) == pytest.approx(float(parts), abs=1e-9)


def test_an_opening_within_a_month_stands_for_each_of_its_days() -> None:
    assert list(Site("A", Span(OPENED, OPENED + 9), 1).opening_days) == list(range(OPENED, OPENED + 10))
    many = Site("A", Span(OPENED, OPENED + 364), 1).opening_days
    assert len(many) == rooms.OPENING_DAYS and OPENED <= many[0] < many[-1] <= OPENED + 364
    assert np.mean(many) == pytest.approx(OPENED + 182, abs=1)


@pytest.mark.parametrize(("number", "width", "target"), [(4, 300, 5), (10, 200, 5), (1, 365, 30)])
def test_32_days_stand_for_a_long_opening(
    number: int, width: int, target: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The promise of OPENING_DAYS: probabilities as with every day of the opening, to 0.0005."""
    opens = Span(OPENED, OPENED + width)
    plan = Plan(tuple(Site(f"S{n}", opens, 0.5, 0.5) for n in range(number)), target, Pace(ramp=3), 0.5)
    days = [date.fromordinal(OPENED + day) for day in range(30, 1200, 130)]
    ahead = look_ahead(plan, date.fromordinal(OPENED - 1))
    few = [ahead.chance(day) for day in days]
    monkeypatch.setattr(rooms, "OPENING_DAYS", 10_000)
    assert few == pytest.approx([ahead.chance(day) for day in days], abs=5e-4)
    assert 0 < few[3] < 1


def test_what_cannot_be_is_told_in_one_sentence() -> None:
    day = on_day(date(2027, 1, 1))
    for wrong, words in [
        (lambda: Site("A", day, -1), "0 or more"),
        (lambda: Site("A", day, float("nan")), "0 or more"),
        (lambda: Site("A", day, 1, cv=6), "between 0 and 5"),
        (lambda: Site("A", day, 1, closes=date(2026, 12, 31)), "before it opens"),
        (lambda: Pace((1.0,) * 11), "twelve"),
        (lambda: Pace((2.0,) * 12), "divide each of them by 2.000"),
        (lambda: Pace((-1.0,) + (13 / 11,) * 11), "0 or more"),
        (lambda: Pace(ramp=-1), "0 to 120"),
    ]:
        with pytest.raises(Fault, match=words):
            wrong()
