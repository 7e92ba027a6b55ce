"""What every form of the list of visits says: whose, which, until when, and what of it is ours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from ..conduct.schedule import DueVisit, Status
from ..dates import day_text
from ..protocol.model import Protocol
from ..protocol.visits import Visit
from .words import SYNTHETIC, counted, people_counted

SOON: Final = 7  # days
# The order of what is to be done; the rest is history.
_URGENT: Final[tuple[Status, ...]] = ("overdue", "in window", "planned")


class PersonVisits(NamedTuple):
    """The visits of one person, known by an identifier only; site: "" when it is not known."""

    person: str
    visits: tuple[DueVisit, ...]
    site: str = ""


@dataclass(frozen=True, slots=True)
class VisitList:
    """The visits of one person or of a whole site, as of a day."""

    trial: Protocol
    on: date
    people: tuple[PersonVisits, ...]
    synthetic: bool = False


class Line(NamedTuple):
    """One visit of one person."""

    person: str
    site: str
    due: DueVisit


def lines(found: VisitList) -> Iterator[Line]:
    """Every visit of everybody, in the order of the people."""
    for each in found.people:
        yield from (Line(each.person, each.site, due) for due in each.visits)


def to_do(found: VisitList) -> list[Line]:
    """What somebody still has to do, the most urgent first: overdue, the windows closing soonest, then what is planned.

    What is counted from a moment without a day yet comes last.
    """
    return sorted((line for line in lines(found) if line.due.status in _URGENT), key=_urgency)


def _urgency(line: Line) -> tuple[int, date, str]:
    window, place = line.due.window, _URGENT.index(line.due.status)
    if window is None:
        return place, date.max, line.person
    return place, window.first if line.due.status == "planned" else window.last, line.person


def title_words(found: VisitList) -> str:
    """ "NELMAS: visits of 12 people on 1 June 2026"; of one person, by the identifier."""
    who = found.people[0].person if len(found.people) == 1 else people_counted(len(found.people))
    return f"{found.trial.acronym}: visits of {who} on {day_text(found.on)}"


def counts_words(found: VisitList) -> str:
    """ "2 overdue, 1 in window, 14 planned"; "nothing is due" when nothing is."""
    statuses = [line.due.status for line in to_do(found)]
    return ", ".join(f"{statuses.count(each)} {each}" for each in _URGENT if each in statuses) or "nothing is due"


def collects_words(visit: Visit, trial: Protocol) -> str:
    """What a visit collects, by the labels of the concepts."""
    return ", ".join(trial.vocabulary[name].label for name in visit.collects)


def source_words(visit: Visit, trial: Protocol) -> str:
    """Where a visit is from; one of ours says so."""
    if visit.ours:
        return f"ours, not from {trial.acronym}{f': {visit.source}' if visit.source else ''}"
    return visit.source


def ours_words(trial: Protocol) -> str:
    """That the table of visits as a whole is ours; "" when the trial published one."""
    return f"Table of visits: ours, not from {trial.acronym}." if trial.schedule.ours else ""


def made_up(found: VisitList) -> str:
    """That the records say that their people are made up; "" when they do not."""
    return SYNTHETIC if found.synthetic else ""


def more_words(number: int) -> str:
    """ "and 14 more visits planned"."""
    return f"and {counted(number, 'more visit')} planned"
