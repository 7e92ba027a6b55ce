"""The cells that a sheet holds of one event -> one fact, and what could not be read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from ..concepts import Concept
from ..dates import ANY_DAY, EARLIEST, LATEST, Span
from ..facts import NOTHING, Choice, Fact, Nothing, ReferenceRange, Text, Unread, Value
from ..quantities import Quantity, read_unit, unit_text
from .cells import (
    NO_VALUE,
    Cell,
    Problem,
    Taken,
    doubt_kind,
    read_day,
    read_end,
    read_quantity,
    read_value,
    says_none,
    says_unknown,
)
from .columns import Column, Part
from .values import answer_from_text, sound_range

ONE_DAY = "one day"


class Filled(NamedTuple):
    """A filled cell: its column, where it stands, and the workbook's day 0."""

    column: Column
    cell: Cell
    place: str
    day_0: date


class Event(NamedTuple):
    """What a sheet says of one event of one person. `as_of`: the day on which that was written down."""

    person: str
    concept: Concept
    filled: Sequence[Filled]
    as_of: Span | None = None


class _Days(NamedTuple):
    when: Span | None  # None: no date is stated
    end: Span | None
    unreadable: bool = False
    doubt: str = ""


class _Content(NamedTuple):
    value: Value | None  # None: no fact
    doubt: str = ""
    kind: str = ""  # of the doubt
    at: Filled | None = None  # the cell that is in doubt


def read_event(event: Event) -> Iterator[Fact | Unread]:
    """What could not be read of an event, then its fact, if it makes one. A doubted one has its Unread."""
    unread: list[Unread] = []
    days = _days(event, unread)
    content = _record(event, days, unread) if event.concept.kind == "record" else _single(event, unread)
    reference = _reference(event, content.value, unread)
    yield from unread
    if content.value is None:
        return
    doubt = content.doubt or days.doubt
    if doubt and not (content.doubt and isinstance(content.value, Text)):
        at = content.at or event.filled[0]
        why = f"{event.concept.label} is kept but not used: {doubt}"
        yield Unread(at.place, at.cell.text, why, content.kind or "contradiction", event.person, held=True)
    yield Fact(
        person=event.person,
        concept=event.concept.name,
        value=content.value,
        when=_when(event, content.value, days),
        end=_end(event, content.value, days),
        source=event.filled[0].place,
        reported=_reported(event),
        reference=reference,
        doubt=doubt,
    )


def _parts(event: Event, part: Part) -> list[Filled]:
    return [filled for filled in event.filled if filled.column.part == part]


def _unreadable(event: Event, filled: Filled, problem: Problem) -> Unread:
    why = problem.why if problem.kind == NO_VALUE else f'{filled.column.name}: "{filled.cell.text}" {problem.why}'
    return Unread(filled.place, filled.cell.text, why, problem.kind, event.person)


# ------------------------------------------------------------------ days
def _days(event: Event, unread: list[Unread]) -> _Days:
    when, unreadable, doubt = None, False, ""
    for filled in _parts(event, "date"):
        if says_unknown(filled.cell.text) or _says_no(filled.cell.text):
            continue
        found = read_day(filled.cell, filled.day_0)
        if isinstance(found, Problem):
            unread.append(_unreadable(event, filled, found))
            unreadable = True
        elif when is not None and when != found:
            doubt = f"the same event has two dates, {when} and {found}"
        else:
            when = found
    end = _stated_end(event, when, unread)
    if when is not None and end is not None and end.hi < when.lo:
        doubt = f"its end ({end}) lies before its beginning ({when})"
    return _Days(when, end, unreadable, doubt)


def _stated_end(event: Event, when: Span | None, unread: list[Unread]) -> Span | None:
    ends = _parts(event, "end")
    open_end = Span(when.lo if when else EARLIEST, LATEST)
    for filled in ends:
        if filled.cell.text.casefold() == ONE_DAY:
            return None
        if says_unknown(filled.cell.text):
            return open_end
        found = read_end(filled.cell, filled.day_0)
        if isinstance(found, Span):
            return found
        unread.append(_unreadable(event, filled, found))
    # What lasts and has no end on the sheet has ended on a day that we do not know, or goes on.
    return open_end if ends or event.concept.lasts else None


def _when(event: Event, value: Value, days: _Days) -> Span:
    if days.when is not None:
        return days.when
    if isinstance(value, Span):
        return value  # a date is known from the day on that it names
    if event.as_of is None or (event.concept.once and event.concept.kind != "record"):
        return ANY_DAY
    dated = any(_parts(event, "date"))
    if (event.concept.kind != "record" and not dated) or isinstance(value, Nothing):
        return event.as_of
    # It happened on a day that we do not know, but before somebody wrote it down.
    return Span(EARLIEST, event.as_of.hi)


def _end(event: Event, value: Value, days: _Days) -> Span | None:
    return (
        None
        if isinstance(value, Nothing) or (event.concept.kind != "record" and not _parts(event, "end"))
        else days.end
    )


# ------------------------------------------------------------------ one value
def _single(event: Event, unread: list[Unread]) -> _Content:
    concept, values = event.concept, _parts(event, "value")
    lost: _Content | None = None
    for filled in values:
        # Only where the trial itself would have recorded the event: nobody has no date of birth.
        if concept.kind == "date" and concept.absence == "no" and says_none(filled.cell.text):
            return _Content(NOTHING)
        found = read_value(concept, filled.cell, filled.column.unit, filled.day_0)
        if isinstance(found, Taken):
            return _Content(found.value, found.doubt, doubt_kind(found.doubt) if found.doubt else "", filled)
        # It is kept in words and in doubt: an older value must not pass for the latest, nor no value for "none".
        kept = found.kind != NO_VALUE and (concept.kind != "date" or concept.absence == "no")
        unread.append(replace(_unreadable(event, filled, found), held=kept))
        if kept:
            lost = _Content(Text(filled.cell.text), f'"{filled.cell.text}" {found.why.rstrip(".")}')
    if lost is not None:
        return lost
    if not values:
        names = ", ".join(filled.column.name for filled in event.filled)
        why = f"{names} is filled in but {concept.name} is not"
        unread.append(Unread(event.filled[0].place, event.filled[0].cell.text, why, NO_VALUE, event.person))
    return _Content(None)


def _reference(event: Event, value: Value | None, unread: list[Unread]) -> ReferenceRange | None:
    """The laboratory's own limits; a limit without a unit has that of its value."""
    if not isinstance(value, Quantity) or event.concept.kind != "quantity":
        return None
    low = _limit(event, "low", value.unit, unread)
    high = _limit(event, "high", value.unit, unread)
    if low is None and high is None:
        return None
    sound = sound_range(low, high, event.concept)
    if sound is None:
        at = (_parts(event, "high") or _parts(event, "low"))[0]
        unread.append(_unreadable(event, at, Problem("cannot be the laboratory's upper limit", "reference range")))
    return sound


def _limit(event: Event, part: Part, unit: str, unread: list[Unread]) -> Quantity | None:
    for filled in _parts(event, part):
        if filled.column.unit and _is_bare(filled) and read_unit(filled.column.unit) != unit:
            why = f"is in {unit_text(filled.column.unit)} by its head, its value in {unit_text(unit)}: write its unit"
            unread.append(_unreadable(event, filled, Problem(why, "unclear unit")))
            return None
        found = read_quantity(event.concept, filled.cell, filled.column.unit or unit)
        if isinstance(found, Taken) and isinstance(found.value, Quantity) and not found.doubt:
            return found.value
        problem = (
            found if isinstance(found, Problem) else Problem(f"is not used: {found.doubt}", doubt_kind(found.doubt))
        )
        unread.append(_unreadable(event, filled, problem))
    return None


# ------------------------------------------------------------------ a record
def _record(event: Event, days: _Days, unread: list[Unread]) -> _Content:
    """A record of the fields that could be read: where one cannot be, the rest of the scan still stands."""
    values = _parts(event, "value")
    denied = [filled for filled in event.filled if _denies(event.concept, filled)]
    if denied and all(filled in denied or says_unknown(filled.cell.text) for filled in values):
        return _Content(NOTHING)
    # Beside other findings, "none" in a minor column is no answer; in the first it contradicts them.
    denied = [filled for filled in denied if filled.column.field in ("", next(iter(event.concept.fields), ""))]
    fields: dict[str, Value] = {}
    failed: list[Filled] = []
    for filled in values:
        if filled in denied:
            continue
        found = _field(event.concept, filled)
        if isinstance(found, Taken) and filled.column.field and not found.doubt:
            fields[filled.column.field] = _joined(fields.get(filled.column.field), found.value)
        elif isinstance(found, Taken) and found.doubt:
            unread.append(_unreadable(event, filled, Problem(f"is left out: {found.doubt}", doubt_kind(found.doubt))))
            failed.append(filled)
        elif isinstance(found, Problem):
            unread.append(_unreadable(event, filled, found))
            if found.kind != NO_VALUE:
                failed.append(filled)
    value = MappingProxyType(fields)
    if denied:
        said = f'{denied[0].column.name} says "{denied[0].cell.text}"'
        doubt = f"{said} while other columns of the event are filled in"
        return _Content(value, doubt, "contradiction", denied[0])
    for filled in failed:
        field = event.concept.fields.get(filled.column.field)
        if field is not None and field.kind == "quantity":
            # The highest of several records must not be told without it.
            doubt = f'{field.label}: "{filled.cell.text}" cannot be used'
            return _Content(value, doubt, "unreadable number", filled)
    if fields or days.when or days.unreadable or _affirmed(event):
        return _Content(value)
    if failed:
        # Something was entered, so something happened; what, nobody can tell.
        return _Content(value, f"{failed[0].column.name} cannot be read", "unknown answer", failed[0])
    if not values:
        why = f"{event.concept.label}: no date and nothing else is stated"
        unread.append(Unread(event.filled[0].place, event.filled[0].cell.text, why, NO_VALUE, event.person))
    return _Content(None)


def _joined(before: Value | None, value: Value) -> Value:
    """The long form may spread the answers of a field over rows."""
    if isinstance(before, Choice) and isinstance(value, Choice):
        return Choice(before.answers | value.answers)
    return value


def _denies(concept: Concept, filled: Filled) -> bool:
    """Does the cell say that there was no such event? Not where "none" is an answer, nor a text."""
    if filled.column.part not in ("value", "date"):
        return False
    text = filled.cell.text
    field = concept.fields.get(filled.column.field)
    if field is None:
        return _says_no(text)
    return field.kind == "choice" and says_none(text) and answer_from_text(field, text) is None


def _says_no(text: str) -> bool:
    return says_none(text) or text.casefold() in ("no", "nein")


def _field(concept: Concept, filled: Filled) -> Taken | Problem:
    if field := concept.fields.get(filled.column.field):
        return read_value(field, filled.cell, filled.column.unit, filled.day_0)
    if says_unknown(filled.cell.text):
        return Problem(f'"{filled.cell.text}" gives no value', NO_VALUE)
    if _affirms(filled.cell.text):
        return Taken(NOTHING)
    return Problem('must be "yes" (it happened) or "none"', "unknown answer")


def _affirms(text: str) -> bool:
    return text.casefold() in ("yes", "y", "ja", "j", "true", "x", "1")


def _affirmed(event: Event) -> bool:
    """Does a cell say that it happened, though not when: "yes", or an end?"""
    if any(not says_unknown(filled.cell.text) for filled in _parts(event, "end")):
        return True
    return any(not filled.column.field and _affirms(filled.cell.text) for filled in _parts(event, "value"))


def _reported(event: Event) -> str:
    values = _parts(event, "value")
    if event.concept.kind == "record":
        return "; ".join(f"{filled.column.field or event.concept.name}: {filled.cell.text}" for filled in values)
    return "; ".join(_with_unit(filled) for filled in values)


def _with_unit(filled: Filled) -> str:
    """The cell with the unit of its head, unless it states one itself."""
    text, unit = filled.cell.text, filled.column.unit
    return f"{text} {unit_text(unit)}" if unit and _is_bare(filled) else text


def _is_bare(filled: Filled) -> bool:
    """Does the cell hold a number alone, without a unit of its own?"""
    return not any(letter.isalpha() or letter in "%/" for letter in filled.cell.text)
