"""Facts as worked cases write them, each one line of TOML: { haemoglobin = "7.9 g/dL", on = 2026-04-20 } -> a fact."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from ..concepts import NO, YES, Concept, Vocabulary
from ..dates import ANY_DAY, LATEST, Span, on_day, read_span
from ..facts import NOTHING, ONGOING, Choice, Fact, ReferenceRange, Text, Value
from ..quantities import Quantity, dimension, exactly, factor, number_from_text, read_unit

# Beside the concept's own name. on, from, to: its days. low, high: the laboratory's own limits. doubt: why it must not
# be used. id and corrects: which fact this is, and which one it supersedes.
KEYS: Final = ("on", "from", "to", "low", "high", "doubt", "id", "corrects")
NO_DATE: Final = "not recorded"


class NotationError(Exception):
    """A line that states no fact, and why."""


def read_fact(entry: Mapping[str, Any], vocabulary: Vocabulary, person: str, source: str) -> Fact:
    """The fact of one table: a concept's name with its value, and the KEYS that say when and by which limits.

    A quantity is text with its unit ("7.9 g/dL", "5-10 %"); a record is a table of its fields, or "none" where it is
    stated that there was none. A date is a TOML date, or text where it is partial ("2026-03"). Raises NotationError.
    """
    names = [key for key in entry if key not in KEYS]
    if len(names) != 1:
        told = ", ".join(names) or "none"
        raise NotationError(
            f"a fact is one concept with its value, and may have {', '.join(KEYS)}; concepts here: {told}"
        )
    concept = _known(names[0], vocabulary)
    value, doubt = _value(concept, entry[concept.name])
    when = _when(concept, value, entry)
    return Fact(
        person=person,
        concept=concept.name,
        value=value,
        when=when,
        end=_end(concept, when, entry),
        source=source,
        reported=_reported(entry[concept.name]),
        reference=_reference(value, entry),
        doubt=str(entry.get("doubt", doubt)),
        id=str(entry.get("id", "")),
        supersedes=str(entry.get("corrects", "")),
    )


def _known(name: str, vocabulary: Vocabulary) -> Concept:
    concept = vocabulary.get(name)
    if concept is None:
        near = get_close_matches(name, list(vocabulary), n=3, cutoff=0.5)
        raise NotationError(f'there is no concept "{name}"' + (f"; did you mean {' or '.join(near)}?" if near else ""))
    if concept.members or concept.formula:
        source = concept.members or tuple(concept.inputs.values())
        raise NotationError(f"{name} is read from others: state one of {', '.join(source)}")
    return concept


# ---------------------------------------------------------------- days
def _when(concept: Concept, value: Value, entry: Mapping[str, Any]) -> Span:
    if "on" in entry and "from" in entry:
        raise NotationError('a fact has a day ("on") or a beginning ("from"), not both')
    stated = entry.get("on", entry.get("from"))
    if stated == NO_DATE:
        return ANY_DAY
    if stated is not None:
        return _days(stated)
    if isinstance(value, Span):
        return value  # a date is known from the day on that it names
    if concept.once and concept.kind != "record":
        return ANY_DAY
    raise NotationError(f'say when: on = 2026-03-02, "2026-03" or "{NO_DATE}"')


def _end(concept: Concept, when: Span, entry: Mapping[str, Any]) -> Span | None:
    """An end that is not stated, of what lasts, is not known: it may go on."""
    if "to" not in entry:
        return Span(when.lo, LATEST) if concept.lasts and "from" in entry else None
    if "from" not in entry:
        raise NotationError('an end ("to") needs a beginning ("from")')
    return ONGOING if entry["to"] == "ongoing" else _days(entry["to"])


def _days(stated: Any) -> Span:
    if type(stated) is date:
        return on_day(stated)
    span = read_span(stated) if isinstance(stated, str) else None
    if span is None:
        raise NotationError(f"{stated!r} is no date: write 2026-03-02, or in quotes where it is partial")
    return span


# ---------------------------------------------------------------- values
def _value(concept: Concept, stated: Any) -> tuple[Value, str]:
    """The value, and why it must not be used ("" when it may be)."""
    if concept.kind == "quantity":
        return _quantity(concept, stated)
    if stated == "none" and (concept.kind == "record" or concept.absence == "no"):
        return NOTHING, ""
    if concept.kind == "record":
        return _record(concept, stated), ""
    if concept.kind == "date":
        return _days(stated), ""
    if concept.kind == "text":
        return Text(str(stated)), ""
    return _choice(concept, stated), ""


def _quantity(concept: Concept, stated: Any) -> tuple[Quantity, str]:
    if isinstance(stated, int | Decimal) and not isinstance(stated, bool):
        read, unit = exactly(stated, ""), ""
    else:
        found = number_from_text(stated) if isinstance(stated, str) else None
        if found is None:
            raise NotationError(
                f'{stated!r} is no number for {concept.name}: write it as text with its unit, "7.9 g/dL"'
            )
        read, unit = found
    code = read_unit(unit) if unit else None
    if not unit and dimension(concept.unit) in ("score", "INR"):
        code = concept.unit
    if code is None:
        return read._replace(unit=unit), f'the unit "{unit}" is not known' if unit else "no unit is stated"
    if factor(code, concept.unit, concept.molar_mass) is None:
        raise NotationError(f'"{unit}" is not a unit of {concept.name} ({concept.unit})')
    return read._replace(unit=code), ""


def _choice(concept: Concept, stated: Any) -> Choice:
    given = [stated] if not isinstance(stated, list) else stated
    answers = [(YES if answer else NO) if isinstance(answer, bool) else answer for answer in given]
    for answer in answers:
        if answer not in concept.answers:
            raise NotationError(f"{concept.name} has no answer {answer!r}; there are: {', '.join(concept.answers)}")
    if not answers:
        raise NotationError(f"{concept.name} needs an answer: {', '.join(concept.answers)}")
    return Choice(frozenset(answers))


def _record(concept: Concept, stated: Any) -> Mapping[str, Value]:
    if not isinstance(stated, Mapping):
        raise NotationError(f'{concept.name} is a record: write {{ field = "..." }}, {{}} or "none"')
    fields: dict[str, Value] = {}
    for name, part in stated.items():
        if name not in concept.fields:
            raise NotationError(
                f'{concept.name} has no field "{name}"; there are: {", ".join(concept.fields) or "none"}'
            )
        value, doubt = _value(concept.fields[name], part)
        if doubt:
            raise NotationError(f"{concept.name}.{name}: {doubt}")
        fields[name] = value
    return MappingProxyType(fields)


def _reference(value: Value, entry: Mapping[str, Any]) -> ReferenceRange | None:
    """The laboratory's own limits; one without a unit has that of its value."""
    if "low" not in entry and "high" not in entry:
        return None
    if not isinstance(value, Quantity):
        raise NotationError("only a quantity has limits (low, high)")
    return ReferenceRange(_limit("low", value.unit, entry), _limit("high", value.unit, entry))


def _limit(key: str, unit: str, entry: Mapping[str, Any]) -> Quantity | None:
    if key not in entry:
        return None
    found = number_from_text(str(entry[key]))
    code = None if found is None else read_unit(found[1]) if found[1] else unit
    if found is None or code is None:
        raise NotationError(f'{key} = {entry[key]!r} is no limit: write it as text with its unit, "1.2 mg/dL"')
    return found[0]._replace(unit=code)


def _reported(stated: Any) -> str:
    if isinstance(stated, Mapping):
        return "; ".join(f"{name}: {_reported(part)}" for name, part in stated.items())
    if isinstance(stated, list):
        return ", ".join(str(part) for part in stated)
    return {True: "yes", False: "no"}[stated] if isinstance(stated, bool) else str(stated)
