"""Which number of a criterion a person means, and the amount that they want in its place; both out of plain words."""

from collections.abc import Sequence
from typing import Final

from ..concepts import Concept, Vocabulary
from ..faults import Fault
from ..protocol.model import Criterion
from ..quantities import exactly, factor, read_decimal, read_unit, scaled
from ..rules.numbers import UNITS_OF_TIME, Amount, Movable, NumberKind, numbers_of

# The words by which a kind of number can be named, beside the name of its concept.
KINDS: Final[dict[NumberKind, tuple[str, ...]]] = {
    "limit": ("limit",),
    "window": ("window",),
    "time": ("time", "since", "until"),
    "age": ("age",),
    "count": ("count",),
    "grade": ("grade",),
    "percent": ("percent", "change"),
}
_OWN_LIMITS: Final = {"uln": "ULN", "lln": "LLN"}
_DAYS: Final = {"day": 1, "week": 7}


def place_of(which: Sequence[str], criterion: Criterion) -> int:
    """The place (numbers_of) of the number of a criterion that the words name; of the only one when there are none.

    Raises Fault, which lists the numbers, unless the words name exactly one.
    """
    numbers = numbers_of(criterion.rule)
    words = {word.lower() for word in which}
    meant = [place for place, number in enumerate(numbers) if words <= _names(number, place)]
    if len(meant) == 1:
        return meant[0]
    if not numbers:
        raise Fault(f"{criterion.id} ({criterion.title}) states no number that could move.")
    listed = "; ".join(f'"{criterion.id} {_shortest(place, numbers)}" is {each}' for place, each in enumerate(numbers))
    what = f'"{" ".join(which)}" names {len(meant) or "none"} of them' if words else "say which"
    raise Fault(f"{criterion.id} states {len(numbers)} number{'s' if len(numbers) > 1 else ''}: {what}. {listed}.")


def _names(number: Movable, place: int) -> set[str]:
    names = {f"#{place + 1}", *KINDS[number.kind], number.concept.lower()}
    return names | ({number.field.lower(), f"{number.concept}.{number.field}".lower()} if number.field else set())


def _shortest(place: int, numbers: tuple[Movable, ...]) -> str:
    """The shortest words that name this number and no other of the criterion."""
    number = numbers[place]
    name = f"{number.concept}.{number.field}" if number.field else number.concept
    for words in (number.kind, name, f"{name} {number.kind}"):
        if sum(set(words.lower().split()) <= _names(other, at) for at, other in enumerate(numbers)) == 1:
            return words
    return f"#{place + 1}"


def amount_of(text: str, movable: Movable, vocabulary: Vocabulary) -> Amount:
    """The amount that a text states ("7.5", "7.5 g/dL", "16 weeks", "2 x ULN"); without a unit, in that of the rule.

    A limit that the rule states in several units is then meant in the unit of its concept. Raises Fault for a unit
    that does not fit, or for what is no number.
    """
    number, _, unit = text.strip().partition(" ")
    read = read_decimal(number)
    if read is None or read < 0:
        raise Fault(f'"{number}" is not one certain number, 0 or more: write it with a point, such as 7.5.')
    return Amount(read, _unit(unit.strip(), movable, vocabulary))


def _unit(text: str, movable: Movable, vocabulary: Vocabulary) -> str:
    stated = [amount.unit for amount in movable.stated]
    if movable.kind == "limit":
        concept = _concept(movable, vocabulary)
        return _unit_of_limit(text, concept) if text else concept.unit if concept.unit in stated else stated[0]
    singular = text.lower().removesuffix("s")
    fitting = UNITS_OF_TIME if movable.kind in ("window", "time") else ("year",) if movable.kind == "age" else stated
    if not text:
        return stated[0]
    if singular in fitting:
        return singular
    meant = " or ".join(f"{unit}s" if unit in UNITS_OF_TIME else unit for unit in fitting if unit)
    raise Fault(f'"{text}" is not a unit of {movable}: write {meant or "the number alone"}.')


def _unit_of_limit(text: str, concept: Concept) -> str:
    own = _OWN_LIMITS.get(text.lower().removeprefix("x").removeprefix("times").strip())
    if own is not None:
        return own
    unit = read_unit(text)
    if unit is None or (factor(unit, concept.unit, concept.molar_mass) is None and not concept.members):
        own_limits = ", or x ULN, x LLN" if concept.own_limits else ""
        raise Fault(f'"{text}" is not a unit of {concept.label}: write {concept.unit} or one like it{own_limits}.')
    return unit


def number_words(movable: Movable, vocabulary: Vocabulary) -> str:
    """What a number is, as people say it: "limit of haemoglobin", "window of liver MRI"."""
    if movable.kind == "age":
        return "age"
    record = f" ({vocabulary[movable.concept].label})" if movable.field else ""
    what = "time counted from" if movable.kind == "time" else f"{movable.kind} of"
    return f"{what} {_concept(movable, vocabulary).label}{record}"


def _concept(movable: Movable, vocabulary: Vocabulary) -> Concept:
    concept = vocabulary[movable.concept]
    return concept.fields[movable.field] if movable.field else concept


def in_unit(movable: Movable, unit: str, vocabulary: Vocabulary) -> Amount | None:
    """The rule's own number in this unit; None where it has none there (a multiple of ULN, a month in days)."""
    for amount in movable.stated:
        if amount.unit == unit:
            return amount
    first = movable.stated[0]
    if first.unit in _DAYS and unit in _DAYS:
        days = first.number * _DAYS[first.unit]
        return Amount(days / _DAYS[unit], unit) if days % _DAYS[unit] == 0 else None
    if movable.kind != "limit" or first.unit in _OWN_LIMITS.values() or unit in _OWN_LIMITS.values():
        return None
    concept = _concept(movable, vocabulary)
    stated = next((amount for amount in movable.stated if amount.unit == concept.unit), first)
    by = factor(stated.unit, unit, concept.molar_mass)
    number = None if by is None else scaled(exactly(stated.number, stated.unit), by, unit).lo
    return None if number is None else Amount(number, unit)
