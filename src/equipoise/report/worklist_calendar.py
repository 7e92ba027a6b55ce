"""The worklist as a calendar: last days, first days, and the days on which somebody may enter."""

from collections.abc import Iterator

from ..recruitment.worklist import Item, Worklist
from .icalendar import Event, icalendar
from .words import STATEMENT, short
from .worklist_words import due_words, last_day, made_up, sources, standing_words, to_do


def calendar(found: Worklist) -> bytes:
    """The list as an iCalendar file. The same list gives the same bytes; an event keeps its UID from day to day."""
    name = f"{found.trial.acronym} worklist{' (synthetic data)' if found.synthetic else ''}"
    return icalendar(name, "Worklist", found.on, events(found))


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
        yield Event(_key("last", item, found), last, summary, told, item.site)
    for due in item.dues:
        if due.first.exact and due.first.first > found.on:
            summary = f"{trial}: first day for {due.deadline.label}, {item.person}{mark}"
            yield Event(_key(f"first-{due.deadline.id}", item, found), due.first.first, summary, told, item.site)
    if item.opens is not None:
        summary = f"{trial}: nothing stands against it any more, {item.person}{mark}"
        yield Event(_key("opens", item, found), item.opens.on, summary, told, item.site)


def _key(kind: str, item: Item, found: Worklist) -> str:
    return f"worklist:{found.trial.id}:{kind}:{item.person}"


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
