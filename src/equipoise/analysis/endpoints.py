"""Facts of a person + an endpoint of the plan + the day of the data cut -> one row, with what ended the time and why.

    rows_of(trial, state.people.values(), trial.analysis.endpoint("dfs"), date(2030, 1, 1))

Only what stands in the ledger counts, a correction in place of what it corrects; nothing after the cut, and nothing
after a withdrawal from everything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from ..dates import EARLIEST, day_text, span_text
from ..participant.record import Participant
from ..protocol.endpoints import Endpoint
from ..protocol.model import Protocol
from ..rules.evaluate import evaluate
from ..rules.nodes import Moment
from ..rules.prose import fact_text, moment_text
from ..truth import TRUE
from .endings import Course, Ending
from .known import Known
from .rows import CENSORED, COMPETING, EVENT, Interval, Outcome, Row

_ENDED_BY: Final[dict[Outcome, str]] = {CENSORED: "Censored", EVENT: "Event", COMPETING: "Competing event"}


def rows_of(
    trial: Protocol, people: Iterable[Participant], endpoint: Endpoint, cut: date, blind: bool = False
) -> tuple[Row, ...]:  # fmt: skip
    """One row for everybody randomised by the cut, in the order of `people`. blind: no row tells an arm."""
    return tuple(row_of(trial, each, endpoint, cut, blind) for each in people if was_randomised(each, cut))


def was_randomised(person: Participant, cut: date) -> bool:
    """Was the person randomised by the day of the cut?"""
    return person.allocation is not None and person.allocation.on <= cut


def row_of(trial: Protocol, person: Participant, endpoint: Endpoint, cut: date, blind: bool = False) -> Row:
    """The row of somebody who was randomised by the cut."""
    allocation = person.allocation
    assert allocation is not None
    known = Known(trial, person, allocation, cut, endpoint.withdrawal)
    origin = _first_day(known, endpoint.moment)
    begins = origin if origin is not None else known.randomised
    entry = begins if endpoint.entry is None else max(_first_day(known, endpoint.entry) or begins, begins)
    course = Course(known, endpoint, begins)
    ending = course.ending
    days = max(ending.day - begins, 0)
    on = date.fromordinal(ending.day)
    return Row(
        person.person, person.site, endpoint.id, "" if blind else allocation.arm, allocation.levels,
        None if origin is None else date.fromordinal(origin), entry - begins, days, ending.event, on, ending.what,
        ending.why, f"{_ENDED_BY[ending.event]} on day {days} ({day_text(on)}): {ending.clause}.",
        _interval(ending, begins, days),
        entries=tuple(sorted({*ending.entries, allocation.entry} - {0})),
        flags=tuple(_flags(course, ending)),
        open=tuple(_open(course, ending)),
        left_out=_left_out(known, endpoint, origin, entry - begins, days),
    )  # fmt: skip


def _first_day(known: Known, moment: Moment) -> int | None:
    """The day of a moment; of a day known in part the last that it can have been, not after the randomisation."""
    span = known.moment(moment)
    if span is None or span.lo <= EARLIEST:
        return None
    return span.lo if span.exact else max(min(span.hi, known.randomised), span.lo)


def _interval(ending: Ending, begins: int, days: int) -> Interval:
    left = min(max(ending.left - begins, 0), days)
    return Interval(left, days if ending.event else None)


def _left_out(known: Known, endpoint: Endpoint, origin: int | None, entry: int, days: int) -> str:
    """Why the row cannot be analysed, in a sentence; "" when it can."""
    vocabulary = known.trial.vocabulary
    if origin is None:
        begins = moment_text(endpoint.moment, vocabulary)
        return f"The time cannot be told: the day of {begins} is not on record."
    if endpoint.entry is not None and days <= entry:
        enters = moment_text(endpoint.entry, vocabulary)
        return f"Nothing was observed after {enters}, on which the person comes under observation (day {entry})."
    return ""


def _flags(course: Course, ending: Ending) -> Iterator[str]:
    """What a reader must know of the row."""
    known, vocabulary = course.known, course.known.trial.vocabulary
    origin = known.moment(course.endpoint.moment)
    if origin is not None and not origin.exact:
        begins = moment_text(course.endpoint.moment, vocabulary)
        yield f"The day of {begins} is known in part ({span_text(origin)}): the last that it can have been is used."
    if ending.told is not None:
        yield f"The day is known in part ({span_text(ending.told)}): the first that it can have been is used."
    if ending.event and ending.day < course.begins:
        yield f"The event was {course.begins - ending.day} days before the time began: it counts on day 0."
    if not ending.event and known.last < known.cut.toordinal():
        yield from _after_withdrawal(course)
    for flag in known.trial.analysis.flags:
        if evaluate(flag.rule, known.case).truth is TRUE:
            yield f"{flag.label[0].upper()}{flag.label[1:]}."


def _after_withdrawal(course: Course) -> Iterator[str]:
    """Events that are on record although the person had withdrawn from everything."""
    known = course.known
    later = Course(replace(known, bounded=False), course.endpoint, course.begins).first
    if later is not None and later.day > known.last:
        told = fact_text(later.fact, known.trial.vocabulary)
        yield f"Not used, since the person had withdrawn from everything by then: {told}."


def _open(course: Course, ending: Ending) -> Iterator[str]:
    """The questions to the site that could change the row."""
    for each in course.undecided(ending):
        told = fact_text(each.fact, course.known.trial.vocabulary)
        yield f"Not counted, since it is not known whether it is an event: {told}: {each.why}."
