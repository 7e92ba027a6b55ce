"""The visits of people as a calendar: the day that each is due on, and the last day of its window."""

from collections.abc import Iterator
from datetime import date

from ..conduct.visit_words import sentence
from .icalendar import Event, icalendar
from .visits_words import Line, VisitList, collects_words, lines, made_up, ours_words, source_words
from .words import STATEMENT, short
from .words import sentence as as_sentence


def visits_calendar(found: VisitList) -> bytes:
    """The list as an iCalendar file. The same list gives the same bytes; an event keeps its UID when its day moves."""
    name = f"{found.trial.acronym} visits{_mark(found)}"
    return icalendar(name, "Visits", found.on, visit_events(found))


def visit_events(found: VisitList) -> Iterator[Event]:
    """Of each visit that is to be done the day that it is due on and the last day, as far as they have not passed.

    A visit that was cancelled says so, so that a program that holds the earlier calendar takes it away. One that is
    overdue stands on the day of the list: it is to be done now.
    """
    for line in lines(found):
        yield from _of_line(line, found)


def _of_line(line: Line, found: VisitList) -> Iterator[Event]:
    due, window = line.due, line.due.window
    if window is None:
        return
    last = f"last day for {due.label}"
    if due.status == "cancelled":
        yield _event("due", window.target, due.label, line, found, cancelled=True)
        yield _event("last", window.last, last, line, found, cancelled=True)
    elif due.status == "overdue":
        yield _event("due", found.on, f"{due.label} is overdue", line, found)
    elif due.status in ("planned", "in window"):
        if window.target >= found.on:
            yield _event("due", window.target, due.label, line, found)
        if window.last != window.target:
            yield _event("last", window.last, last, line, found)


def _event(kind: str, day: date, what: str, line: Line, found: VisitList, cancelled: bool = False) -> Event:
    key = f"visits:{found.trial.id}:{line.due.slot}:{kind}:{line.person}"
    summary = f"{found.trial.acronym}: {what}, {line.person}{_mark(found)}"
    return Event(key, day, summary, _description(line, found), line.site, cancelled)


def _description(line: Line, found: VisitList) -> str:
    visit, trial = line.due.visit, found.trial
    told = [f"{line.person}: {sentence(line.due, found.on)}"]
    if visit is not None:
        collected = collects_words(visit, trial)
        told += [
            f"To collect: {collected}." if collected else "",
            as_sentence(f"This visit: {source_words(visit, trial)}"),
        ]
    told += [ours_words(trial), f"Protocol {trial.acronym} {short(trial.digest)}.", made_up(found), STATEMENT]
    return "\n".join(each for each in told if each)


def _mark(found: VisitList) -> str:
    return " (synthetic data)" if found.synthetic else ""
