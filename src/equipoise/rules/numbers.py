"""The numbers that a rule states: which there are, and the same rule with one of them moved."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Final, Literal, NamedTuple

from ..dates import Duration
from ..quantities import decimal_text, exactly, unit_text
from .nodes import (
    HERE,
    Absolute,
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Count,
    Elapsed,
    Grade,
    Is,
    Limit,
    Look,
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Rule,
    Unless,
)  # fmt: skip

NumberKind = Literal["limit", "window", "time", "age", "count", "grade", "percent"]
# Numbers that are whole, and the unit that all of their kind have ("": several units, or none).
WHOLE: Final[tuple[NumberKind, ...]] = ("window", "time", "age", "count", "grade")
UNITS_OF_TIME: Final = ("day", "week", "month", "year")


class Amount(NamedTuple):
    """A number with its unit: of a limit a code of quantities.UNITS, or ULN or LLN (then it is the multiple); of time
    day, week, month or year; "%" of a percentage; "" of a count or a grade."""

    number: Decimal
    unit: str

    def __str__(self) -> str:
        number = decimal_text(self.number)
        if self.unit in UNITS_OF_TIME:
            return f"{number} {self.unit}{'' if self.number == 1 else 's'}"
        return f"{number} x {self.unit}" if self.unit in ("ULN", "LLN") else f"{number} {unit_text(self.unit)}".strip()


class Movable(NamedTuple):
    """One number of a rule.

    kind: the limit of a value; the far end of a window; the time since or until; an age; a count; a grade; a change in
    percent. concept, field: what the number is about. stated: the number, once for each unit that it is stated in.
    """

    kind: NumberKind
    concept: str
    field: str
    stated: tuple[Amount, ...]

    def __str__(self) -> str:
        name = f"{self.concept}.{self.field}" if self.field else self.concept
        about = "" if self.kind == "age" else f" of {name}"
        return f"{self.kind}{about}: {' or '.join(str(amount) for amount in self.stated)}"


# Called with each number in turn; gives what is to be stated in its place: one amount, of a limit perhaps several.
Visit = Callable[[Movable], Sequence[Amount]]


def numbers_of(rule: Rule) -> tuple[Movable, ...]:
    """Every number of the rule that can be moved, in the order in which the rule states them.

    The near end of a window, the lines of a grading table and the numbers of moments are not among them.
    """
    found: list[Movable] = []

    def visit(number: Movable) -> Sequence[Amount]:
        found.append(number)
        return number.stated

    _walked(rule, visit, "")
    return tuple(found)


def with_number(rule: Rule, place: int, *stated: Amount) -> Rule:
    """The rule with its number at `place` (from 0, as in `numbers_of`) replaced; a limit can have several units.

    A limit that was stated in several units and now is in one is judged by that one: values in others are converted.
    Raises ValueError where there is no such number, where it must be whole and is not, and for a window that would end
    before it begins.
    """
    places = count()

    def visit(number: Movable) -> Sequence[Amount]:
        return stated if next(places) == place else number.stated

    if not 0 <= place < len(numbers_of(rule)):
        raise ValueError(f"the rule has {len(numbers_of(rule))} numbers, none at place {place}")
    return _walked(rule, visit, "")


def _walked(rule: Rule, visit: Visit, record: str) -> Rule:
    """The rule with each number as `visit` wants it; `record`: the concept of the record that a `where` is about."""
    match rule:
        case Not(part):
            return Not(_walked(part, visit, record))
        case AllOf(parts):
            return AllOf(tuple(_walked(part, visit, record) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_walked(part, visit, record) for part in parts))
        case Unless(part, exception):
            return Unless(_walked(part, visit, record), _walked(exception, visit, record))
        case Age():
            return replace(rule, years=_whole(visit, "age", "birth_date", "", rule.years, "year"))
        case _:
            return _of_look(rule, visit, record)


Looking = Compare | Is | Normal | Recorded | Count | Elapsed | Change | Grade


def _of_look(rule: Looking, visit: Visit, record: str) -> Rule:
    concept, field = rule.look.concept if rule.look.concept != HERE else record, rule.look.field
    match rule:
        case Elapsed():
            rule = replace(rule, duration=_duration(visit, "time", concept, rule.duration))
            return replace(rule, look=_look(rule.look, visit, concept))
        case Compare():
            rule = replace(rule, look=_look(rule.look, visit, concept))
            return replace(rule, limit=_limit(rule.limit, visit, concept, field))
        case Count():
            rule = replace(rule, look=_look(rule.look, visit, concept))
            return replace(rule, number=_whole(visit, "count", concept, field, rule.number, ""))
        case Grade():
            rule = replace(rule, look=_look(rule.look, visit, concept))
            return replace(rule, number=_whole(visit, "grade", concept, field, rule.number, ""))
        case Change():
            rule = replace(rule, look=_look(rule.look, visit, concept))
            (new,) = visit(Movable("percent", concept, field, (Amount(rule.percent, "%"),)))
            return replace(rule, percent=new.number)
        case Is() | Normal() | Recorded():
            return replace(rule, look=_look(rule.look, visit, concept))


def _look(look: Look, visit: Visit, concept: str) -> Look:
    window = look.window
    if window is not None and window.far is not None and window.far.count:
        far = _duration(visit, "window", concept, window.far)
        if _about(far) < _about(window.near):
            raise ValueError(f"a window from {window.near} to {far} would end before it begins")
        window = replace(window, far=far)
    where = None if look.where is None else _walked(look.where, visit, concept)
    return replace(look, window=window, where=where)


def _limit(limit: Limit, visit: Visit, concept: str, field: str) -> Limit:
    if isinstance(limit, OwnLimit):
        stated = (Amount(limit.times, limit.side),)
    else:
        stated = tuple(Amount(each.lo, each.unit) for each in limit.stated if each.lo is not None)
    new = visit(Movable("limit", concept, field, stated))
    if new[0].unit == "ULN" or new[0].unit == "LLN":
        return OwnLimit(new[0].number, new[0].unit)
    return Absolute(tuple(exactly(each.number, each.unit) for each in new))


def _whole(visit: Visit, kind: NumberKind, concept: str, field: str, number: int, unit: str) -> int:
    (new,) = visit(Movable(kind, concept, field, (Amount(Decimal(number), unit),)))
    return _as_whole(new)


def _duration(visit: Visit, kind: NumberKind, concept: str, duration: Duration) -> Duration:
    (new,) = visit(Movable(kind, concept, "", (Amount(Decimal(duration.count), duration.unit),)))
    return Duration(_as_whole(new), new.unit)  # pyright: ignore[reportArgumentType]


def _as_whole(amount: Amount) -> int:
    if amount.number % 1 or amount.number < 0:
        raise ValueError(f"{amount} is not a whole number: write days for a part of a week")
    return int(amount.number)


def _about(duration: Duration) -> int:
    """About how many days a duration has: enough to tell which of two is the longer."""
    return duration.count * {"day": 1, "week": 7, "month": 31, "year": 366}[duration.unit]
