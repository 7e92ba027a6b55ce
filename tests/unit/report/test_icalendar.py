"""Any text can be written into a calendar and read again: RFC 5545's escapes and folds."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.report.icalendar import Event, escaped, folded, icalendar

from .calendar_reading import events, plain, read

DAY = date(2026, 6, 1)


def test_what_stands_in_a_calendar() -> None:
    moved = Event("visits:x:1", date(2026, 7, 2), "seen; twice", "why, and how", "S1")
    gone = Event("visits:x:2", DAY, "not any more", "", cancelled=True)
    lines = read(icalendar("Visits", "Visits", DAY, [moved, gone]))
    assert ("PRODID", "-//Equipoise//Visits//EN") in lines and ("X-WR-CALNAME", "Visits") in lines
    one, two = events(lines)
    assert one["DTSTART;VALUE=DATE"] == "20260702" and one["DTSTAMP"] == "20260601T000000Z"
    assert one["SUMMARY"] == r"seen\; twice" and one["LOCATION"] == "S1" and "STATUS" not in one
    assert two["STATUS"] == "CANCELLED" and "LOCATION" not in two
    assert one["CLASS"] == two["CLASS"] == "CONFIDENTIAL" and one["UID"] != two["UID"]


def test_an_event_that_moves_keeps_its_uid() -> None:
    uids = {
        events(read(icalendar("", "Visits", DAY, [Event("visits:x:1", day, "", "")])))[0]["UID"]
        for day in (DAY, date(2027, 1, 1))
    }
    assert len(uids) == 1


@given(st.text())
def test_any_text_is_escaped_so_that_it_can_be_read_again(text: str) -> None:
    value = escaped(text)
    assert plain(value) == "".join(letter for letter in text if letter == "\n" or letter.isprintable())
    assert "\n" not in value and "\r" not in value


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=400))
def test_any_line_is_folded_without_tearing_a_letter(text: str) -> None:
    whole = folded(text)
    parts = whole.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert all(part.decode() is not None for part in parts), "every part is whole letters"
    assert (parts[0] + b"".join(part[1:] for part in parts[1:])).decode() == text
    assert all(part.startswith(b" ") for part in parts[1:])


@pytest.mark.parametrize("letter", ["e", "é", "€", "𝄞"])
def test_lines_are_as_long_as_they_may_be(letter: str) -> None:
    parts = folded(letter * 200).removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) > 75 - len(letter.encode()) for part in parts[:-1])
