"""The calendar is one that any program reads: RFC 5545's lines, escapes and required properties."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.dates import Duration
from equipoise.eligibility.person import screen
from equipoise.protocol.model import Deadline
from equipoise.recruitment.worklist import Worklist, worklist
from equipoise.report.worklist_calendar import _escaped, _folded, calendar

from ..recruitment.asthma import COMPLETE, ON, READING, SITES, TRIAL

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


def read(data: bytes) -> list[tuple[str, str]]:
    """The content lines, unfolded: name with parameters, and value."""
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = data.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")
    return [(line.partition(":")[0], line.partition(":")[2]) for line in lines]


def plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], value)


def events(lines: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for name, value in lines:
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found and name not in ("END", "BEGIN"):
            assert name not in found[-1], f"{name} stands twice in one event"
            found[-1][name] = value
    return found


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


@given(st.text())
def test_any_text_is_escaped_so_that_it_can_be_read_again(text: str) -> None:
    value = _escaped(text)
    assert plain(value) == "".join(letter for letter in text if letter == "\n" or letter.isprintable())
    assert "\n" not in value and "\r" not in value


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=400))
def test_any_line_is_folded_without_tearing_a_letter(text: str) -> None:
    folded = _folded(text)
    parts = folded.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert all(part.decode() is not None for part in parts), "every part is whole letters"
    assert (parts[0] + b"".join(part[1:] for part in parts[1:])).decode() == text
    assert all(part.startswith(b" ") for part in parts[1:])


@pytest.mark.parametrize("letter", ["e", "é", "€", "𝄞"])
def test_lines_are_as_long_as_they_may_be(letter: str) -> None:
    parts = _folded(letter * 200).removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) > 75 - len(letter.encode()) for part in parts[:-1])
