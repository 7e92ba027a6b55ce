"""The worklist as a calendar that other programs can open: iCalendar, RFC 5545.

A calendar travels further than a list. So it holds identifiers only, and marks each entry as confidential.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from ..recruitment.worklist import Item, Worklist
from .words import STATEMENT, short
from .worklist_words import due_words, last_day, made_up, sources, standing_words, to_do

_LONGEST: Final = 75  # octets of a line, its end apart (RFC 5545, section 3.1)


class Event(NamedTuple):
    """A day in the calendar. kind: what is stable about it from one day's list to the next."""

    kind: str
    person: str
    site: str
    day: date
    summary: str
    description: str


def events(found: Worklist) -> Iterator[Event]:
    """For each person the last day, the first day of a deadline that is still ahead, and the day of opening."""
    for item in found.items:
        yield from _of_item(item, found)


def _of_item(item: Item, found: Worklist) -> Iterator[Event]:
    trial, told = found.trial.acronym, _description(item, found)
    mark = " (synthetic data)" if found.synthetic else ""
    last = last_day(item)
    if last is not None and last >= found.on:
        of = {due.last.lo: due.deadline.label for due in item.dues}.get(last.toordinal(), "entering")
        summary = f"{trial}: last day for {of}, {item.person}{mark}"
        yield Event("last", item.person, item.site, last, summary, told)
    for due in item.dues:
        if due.first.exact and due.first.first > found.on:
            summary = f"{trial}: first day for {due.deadline.label}, {item.person}{mark}"
            yield Event(f"first-{due.deadline.id}", item.person, item.site, due.first.first, summary, told)
    if item.opens is not None:
        summary = f"{trial}: nothing stands against it any more, {item.person}{mark}"
        yield Event("opens", item.person, item.site, item.opens.on, summary, told)


def _description(item: Item, found: Worklist) -> str:
    lines = [f"{item.person}: {standing_words(item)}", *(due_words(due) for due in item.dues)]
    lines += [f"{head}: {', '.join(need.text for need in needs)}" for head, needs in to_do(item).items()]
    lines += [notice.message for notice in item.verdict.notices]
    lines += [
        *sources(found),
        f"Protocol {found.trial.acronym} {short(found.trial.digest)}.",
        made_up(found),
        STATEMENT,
    ]
    return "\n".join(line for line in lines if line)


def calendar(found: Worklist) -> bytes:
    """The list as an iCalendar file. The same list gives the same bytes; an event keeps its UID from day to day."""
    stamp = f"{_day(found.on)}T000000Z"
    name = f"{found.trial.acronym} worklist{' (synthetic data)' if found.synthetic else ''}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Equipoise//Worklist//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    for event in events(found):
        lines += _event(event, found.trial.id, stamp)
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _event(event: Event, trial: str, stamp: str) -> list[str]:
    uid = uuid5(NAMESPACE_URL, f"urn:equipoise:worklist:{trial}:{event.kind}:{event.person}")
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{_day(event.day)}",
        f"SUMMARY:{_escaped(event.summary)}",
        f"DESCRIPTION:{_escaped(event.description)}",
        *([f"LOCATION:{_escaped(event.site)}"] if event.site else []),
        "CLASS:CONFIDENTIAL",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escaped(text: str) -> str:
    """Text as a value of RFC 5545, section 3.3.11; control characters, which it cannot hold, are left out."""
    plain = "".join(letter for letter in text if letter == "\n" or letter.isprintable())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line, folded so that no part is longer than 75 octets and no letter is torn apart."""
    parts, part = list[bytes](), b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > _LONGEST:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
