"""The clocks of serious events: when they begin, when they are due, when they are met, and what is overdue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from equipoise.conduct.safety import SeriousEvent, clocks, due_time, duration_text, overdue
from equipoise.dates import on_day
from equipoise.faults import Fault

from .safety_rules import DAY, FIFTEEN, SAFETY, SEVEN

SITE = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
SPONSOR = SITE + timedelta(hours=20)
LATER = SITE + timedelta(days=40)
RASH = SeriousEvent(
    "e1", "P-001", "rash", on_day(SITE.date()), SITE, SPONSOR, grade=3, fatal=False, fatal_or_life_threatening=False,
    related_investigator=True,
)  # fmt: skip


def ids(event: SeriousEvent, now: datetime = LATER) -> list[str]:
    return [state.clock.id for state in clocks(event, SAFETY, now)]


# ---------------------------------------------------------------- which clocks run
@pytest.mark.parametrize(
    ("change", "running"),
    [
        ({}, ["day", "fifteen"]),
        ({"fatal_or_life_threatening": True}, ["day", "seven"]),
        ({"fatal_or_life_threatening": None}, ["day", "seven"]),  # the shorter one, until somebody says
        ({"related_investigator": False}, ["day"]),
        ({"related_investigator": False, "related_sponsor": True}, ["day", "fifteen"]),
        ({"related_investigator": True, "related_sponsor": False}, ["day", "fifteen"]),  # no downgrading
        ({"related_investigator": None, "related_sponsor": False}, ["day", "fifteen"]),  # the investigator has not said
        ({"term": "nausea"}, ["day"]),  # expected up to grade 3
        ({"term": "nausea", "grade": 4}, ["day", "fifteen"]),
        ({"term": "nausea", "grade": None}, ["day", "fifteen"]),  # open whether it is expected
        ({"term": "nausea", "unexpected": True}, ["day", "fifteen"]),
    ],
)
def test_which_clocks_run(change: dict[str, object], running: list[str]) -> None:
    assert ids(replace(RASH, **change)) == running  # pyright: ignore[reportArgumentType]


def test_a_clock_that_runs_for_want_of_an_answer_says_so() -> None:
    _, open_ = clocks(replace(RASH, related_investigator=None), SAFETY, SPONSOR)
    assert open_.provisional and "until it is settled that it need not" in open_.sentence
    _, danger = clocks(replace(RASH, fatal_or_life_threatening=None), SAFETY, SPONSOR)
    assert danger.provisional and danger.clock is SEVEN
    assert not any(state.provisional for state in clocks(RASH, SAFETY, SPONSOR))


# ---------------------------------------------------------------- when they are due
def test_hours_run_from_the_minute_and_the_last_one_is_in_time() -> None:
    assert due_time(DAY, SITE) == SITE + timedelta(hours=24)
    exactly, late = SITE + timedelta(hours=24), SITE + timedelta(hours=24, seconds=1)
    (met, *_) = clocks(replace(RASH, sponsor_aware=exactly), SAFETY, LATER)
    assert met.met_at == exactly and not met.met_late
    (missed, *_) = clocks(replace(RASH, sponsor_aware=late), SAFETY, LATER)
    assert missed.met_late and missed.overdue_by == timedelta(seconds=1) and not missed.overdue


@pytest.mark.parametrize("hour", [0, 6, 23])
@pytest.mark.parametrize(("clock", "last"), [(SEVEN, 9), (FIFTEEN, 17)])
def test_the_day_of_becoming_aware_is_day_0_whatever_the_hour(hour: int, clock: object, last: int) -> None:
    aware = datetime(2026, 3, 2, hour, 0, tzinfo=UTC)
    due = due_time(clock, aware)  # pyright: ignore[reportArgumentType]
    assert (due.date().day, due.hour, due.minute) == (last, 23, 59), "days count to their end, week-ends too"


def test_calendar_days_are_those_of_the_zone() -> None:
    zone = ZoneInfo("Europe/London")
    aware = datetime(2026, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight of 2 June in London
    assert due_time(SEVEN, aware).date().day == 8
    assert due_time(SEVEN, aware, zone).astimezone(zone).date().day == 9
    spring = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)  # the clocks go forward on the 29th
    assert due_time(SEVEN, spring, zone).astimezone(zone).strftime("%d %H:%M") == "04 23:59"


def test_an_offset_is_read_and_a_time_without_one_is_refused() -> None:
    local = SITE.astimezone(timezone(timedelta(hours=5)))
    assert clocks(replace(RASH, site_aware=local), SAFETY, LATER)[0].due == SITE + timedelta(hours=24)
    with pytest.raises(Fault, match="lacks its offset from UTC"):
        replace(RASH, site_aware=SITE.replace(tzinfo=None))
    with pytest.raises(Fault, match="lacks its offset"):
        replace(RASH, reported={"authority": SITE.replace(tzinfo=None)})
    with pytest.raises(Fault, match="lacks its offset"):
        clocks(RASH, SAFETY, LATER.replace(tzinfo=None))


# ---------------------------------------------------------------- as of a time
def test_what_happened_later_is_not_known_yet() -> None:
    (day, fifteen) = clocks(RASH, SAFETY, SITE + timedelta(hours=5))
    assert day.met_at is None and not day.overdue and "19 hours left" in day.sentence
    assert (
        fifteen.started is None and "has not begun, since no time is on record at which the sponsor" in fifteen.sentence
    )


def test_a_running_a_met_and_an_overdue_clock_say_so() -> None:
    unmet = replace(RASH, sponsor_aware=None)
    (day,) = [s for s in clocks(unmet, SAFETY, SITE + timedelta(days=4, hours=2)) if s.clock is DAY]
    assert day.overdue and day.overdue_by == timedelta(days=3, hours=2)
    assert day.sentence == (
        "P-001, rash: tell the sponsor (24 hours): overdue by 3 days 2 hours (due by 3 March 2026, 10:00 UTC): "
        "report it to the sponsor now."
    )
    told = replace(RASH, reported={"authority": SPONSOR + timedelta(days=3)})
    fifteen = clocks(told, SAFETY, LATER)[1]
    assert fifteen.met_at == SPONSOR + timedelta(days=3) and not fifteen.overdue and "in time" in fifteen.sentence


def test_a_report_counts_for_whom_it_was_made_to_whichever_clock_asks_for_it() -> None:
    told = replace(RASH, fatal_or_life_threatening=None, reported={"authority": SPONSOR + timedelta(days=2)})
    assert clocks(told, SAFETY, LATER)[1].met_at is not None
    settled = replace(told, fatal_or_life_threatening=False)
    (fifteen,) = [state for state in clocks(settled, SAFETY, LATER) if state.clock is FIFTEEN]
    assert fifteen.met_at is not None, "a report that was made early stays made"


def test_the_sponsor_who_knows_before_the_site_has_met_its_clock() -> None:
    (day, *_) = clocks(replace(RASH, site_aware=None), SAFETY, LATER)
    assert day.met_at == SPONSOR and day.due is None and "before it began" in day.sentence


def test_everything_overdue_the_longest_first() -> None:
    unmet = replace(RASH, id="e2", person="P-002", sponsor_aware=None)
    states = overdue([RASH, unmet], SAFETY, LATER)
    assert [(state.event.id, state.clock.id) for state in states] == [("e2", "day"), ("e1", "fifteen")]
    assert overdue([RASH], SAFETY, SITE) == ()


def test_a_length_of_time_in_words() -> None:
    lengths = {timedelta(days=3, hours=2, minutes=5): "3 days 2 hours", timedelta(hours=1): "1 hour",
               timedelta(minutes=61): "1 hour 1 minute", timedelta(seconds=5): "less than a minute"}  # fmt: skip
    assert {length: duration_text(length) for length in lengths} == lengths
