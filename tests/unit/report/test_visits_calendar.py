"""The calendar of visits: what is to be done and until when, by identifiers only, and its events keep their UIDs."""

from datetime import date, timedelta

from equipoise.conduct.schedule import Ended
from equipoise.report.visits_calendar import visits_calendar
from equipoise.report.visits_words import VisitList

from .calendar_reading import events, plain, read
from .visits_seen import ON, control, seen, treated


def days(found: VisitList) -> dict[str, str]:
    """Each event's summary and its day."""
    return {plain(each["SUMMARY"]): each["DTSTART;VALUE=DATE"] for each in events(read(visits_calendar(found)))}


def test_it_says_what_is_due_and_until_when() -> None:
    told = days(seen(treated(date(2026, 4, 21)), on=date(2026, 4, 21)))
    assert told["BREATHE: dose 2, P-1 (synthetic data)"] == "20260427"
    assert told["BREATHE: last day for dose 2, P-1 (synthetic data)"] == "20260504"
    assert told["BREATHE: look, 12 months, P-1 (synthetic data)"] == "20270217"
    assert not any("dose 1, P-1" in summary for summary in told), "what was done is not in the calendar"


def test_what_is_overdue_stands_on_the_day_of_the_list() -> None:
    told = days(seen(treated()))
    assert told["BREATHE: dose 2 is overdue, P-1 (synthetic data)"] == "20260605"
    assert not any("unscheduled" in summary or "look, 3 months" in summary for summary in told)


def test_a_day_that_has_passed_is_left_out_though_its_window_is_open() -> None:
    told = days(seen(treated(date(2026, 4, 28)), on=date(2026, 4, 28)))
    assert "BREATHE: dose 2, P-1 (synthetic data)" not in told
    assert "BREATHE: last day for dose 2, P-1 (synthetic data)" in told


def test_an_event_holds_identifiers_only_and_says_what_is_ours() -> None:
    every = events(read(visits_calendar(seen(control()))))
    found = next(each for each in every if "look, 6 months" in plain(each["SUMMARY"]))
    assert found["CLASS"] == "CONFIDENTIAL" and found["LOCATION"] == "S1"
    told = plain(found["DESCRIPTION"])
    assert told.startswith(
        "P-2: look, 6 months: due 17 August 2026 (3 August to 31 August), planned, opens in 59 days\n"
    )
    assert "To collect: FEV1." in told and "This visit: ours, not from BREATHE." in told
    assert "Table of visits: ours, not from BREATHE." in told and "Synthetic data" in told
    assert "Arm" not in told and "Synthetic" not in visits_calendar(seen(synthetic=False)).decode()


def test_an_event_keeps_its_uid_from_day_to_day_and_the_same_list_gives_the_same_bytes() -> None:
    assert visits_calendar(seen()) == visits_calendar(seen())
    today, tomorrow = (
        {each["SUMMARY"]: each["UID"] for each in events(read(visits_calendar(seen(on=day))))}
        for day in (ON, ON + timedelta(days=1))
    )
    assert len(today.keys() & tomorrow.keys()) > 8
    assert all(today[summary] == tomorrow[summary] for summary in today.keys() & tomorrow.keys())
    every = [each["UID"] for each in events(read(visits_calendar(seen())))]
    assert len(set(every)) == len(every)


def test_what_is_cancelled_says_so_under_the_uid_that_it_had() -> None:
    before = {each["UID"]: each for each in events(read(visits_calendar(seen(treated()))))}
    left = treated(ended=Ended(date(2026, 6, 5), "withdrawal", "visits"))
    after = {each["UID"]: each for each in events(read(visits_calendar(seen(left))))}
    cancelled = {uid for uid, each in after.items() if each.get("STATUS") == "CANCELLED"}
    assert cancelled and cancelled < before.keys()
    assert not any("STATUS" in each for each in before.values())


def test_nobody_is_a_calendar_too() -> None:
    lines = read(visits_calendar(VisitList(seen().trial, ON, ())))
    assert events(lines) == [] and lines[-1] == ("END", "VCALENDAR")
