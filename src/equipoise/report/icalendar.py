"""Days as a calendar that other programs can open: iCalendar, RFC 5545.

A calendar travels further than a list. So what is put into it holds identifiers only, and each entry is confidential.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

_LONGEST: Final = 75  # octets of a line, its end apart (RFC 5545, section 3.1)


class Event(NamedTuple):
    """One whole day in a calendar.

    key: what is stable about it ("worklist:nelmas:last:P1"); from it comes the UID, which it keeps when it moves.
    site: where; "" when that is not known. cancelled: it was planned once and will not take place.
    """

    key: str
    day: date
    summary: str
    description: str
    site: str = ""
    cancelled: bool = False


def icalendar(name: str, product: str, on: date, events: Iterable[Event]) -> bytes:
    """The events as a file. on: the day as of which they stand. The same events give the same bytes."""
    stamp = f"{_day(on)}T000000Z"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Equipoise//{product}//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for event in events:
        lines += _lines(event, stamp)
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def _lines(event: Event, stamp: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{uuid5(NAMESPACE_URL, f'urn:equipoise:{event.key}')}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{_day(event.day)}",
        f"SUMMARY:{escaped(event.summary)}",
        f"DESCRIPTION:{escaped(event.description)}",
        *([f"LOCATION:{escaped(event.site)}"] if event.site else []),
        *(["STATUS:CANCELLED"] if event.cancelled else []),
        "CLASS:CONFIDENTIAL",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def escaped(text: str) -> str:
    """Text as a value of RFC 5545, section 3.3.11; control characters, which it cannot hold, are left out."""
    plain = "".join(letter for letter in text if letter == "\n" or letter.isprintable())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """The line, folded so that no part is longer than 75 octets and no letter is torn apart."""
    parts, part = list[bytes](), b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > _LONGEST:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
