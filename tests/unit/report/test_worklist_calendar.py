"""The worklist's calendar is one that any program reads, and says who, what and until when."""

import re
from dataclasses import replace
from datetime import timedelta

from equipoise.dates import Duration
from equipoise.eligibility.person import screen
from equipoise.protocol.model import Deadline
from equipoise.recruitment.worklist import Worklist, worklist
from equipoise.report.worklist_calendar import calendar

from ..recruitment.asthma import COMPLETE, ON, READING, SITES, TRIAL
from .calendar_reading import events, plain, read

TIMED = replace(
    TRIAL,
    deadlines=(
        Deadline(
            "start", "start; of\\treatment", TRIAL.moments["baseline_day"], Duration(40, "day"), Duration(6, "week"),
            "made up", True,
        ),
    ),
)  # fmt: skip


def made(days: int = 0, synthetic: bool = True) -> Worklist:
    on = ON + timedelta(days=days)
    return worklist(TIMED, on, screen(TIMED, READING, on, COMPLETE), SITES, synthetic)


def test_a_calendar_has_what_it_must_have() -> None:
    lines = read(calendar(made()))
    assert lines[0] == ("BEGIN", "VCALENDAR") and lines[-1] == ("END", "VCALENDAR")
    assert ("VERSION", "2.0") in lines and any(name == "PRODID" for name, _ in lines)
    found = events(lines)
    assert len(found) == sum(line == ("END", "VEVENT") for line in lines) > 5
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY", "DESCRIPTION", "CLASS"} <= event.keys()
        assert event["DTSTAMP"] == "20260601T000000Z"
        assert re.fullmatch(r"2026\d{4}", event["DTSTART;VALUE=DATE"])
        assert not re.search(r"(?<!\\)[,;]", event["SUMMARY"].replace("\\\\", "")), "commas and semicolons are escaped"
    assert len({event["UID"] for event in found}) == len(found)


def test_it_says_who_what_and_until_when() -> None:
    found = [event for event in events(read(calendar(made()))) if "fits-too" in event["SUMMARY"]]
    last, first = sorted(found, key=lambda event: event["DTSTART;VALUE=DATE"], reverse=True)
    expected = "BREATHE: last day for start; of\\treatment, fits-too (synthetic data)"
    assert plain(last["SUMMARY"]) == expected and last["DTSTART;VALUE=DATE"] == "20260615"
    assert "first day for" in first["SUMMARY"] and first["DTSTART;VALUE=DATE"] == "20260613"
    assert last["LOCATION"] == SITES["fits-too"]
    told = plain(last["DESCRIPTION"])
    assert "fits-too: eligible\n" in told and "Synthetic data" in told and "not from BREATHE, ours: made up" in told
    assert "Synthetic" not in calendar(made(synthetic=False)).decode()


def test_an_event_keeps_its_uid_from_day_to_day_and_the_same_list_gives_the_same_bytes() -> None:
    assert calendar(made()) == calendar(made())
    today, tomorrow = (
        {event["SUMMARY"]: event["UID"] for event in events(read(calendar(made(days))))} for days in (0, 1)
    )
    both = today.keys() & tomorrow.keys()
    assert len(both) > 3 and all(today[summary] == tomorrow[summary] for summary in both)


def test_nobody_is_a_calendar_too() -> None:
    lines = read(calendar(worklist(TIMED, ON, ())))
    assert events(lines) == [] and lines[-1] == ("END", "VCALENDAR")
