"""A fact as maps, lists and texts, and back: the same fact, its decimals with their zeros.

    {"person": "P-1", "concept": "haemoglobin", "value": {"quantity": ["7.80", "7.80", "g/dL"]}, "when": "2026-03-02"}

A span of days is "2026-03-02" or "2026-03-01/2026-03-31"; what is left out is empty, or the day unknown.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from .dates import ANY_DAY, Span
from .facts import NOTHING, Choice, Fact, Nothing, ReferenceRange, Text, Value, record
from .quantities import Quantity

_TEXTS: Final = ("source", "reported", "doubt", "issued", "id", "supersedes")


def fact_data(fact: Fact) -> dict[str, Any]:
    """The fact as maps, lists and texts."""
    data: dict[str, Any] = {"person": fact.person, "concept": fact.concept, "value": value_data(fact.value)}
    if fact.when != ANY_DAY:
        data["when"] = span_text(fact.when)
    if fact.end is not None:
        data["end"] = span_text(fact.end)
    if fact.reference is not None:
        data["reference"] = reference_data(fact.reference)
    for name in _TEXTS:
        if text := getattr(fact, name):
            data[name] = text
    return data


def fact_from_data(data: Mapping[str, Any]) -> Fact:
    """The fact that such maps state."""
    when, end, limits = data.get("when"), data.get("end"), data.get("reference")
    return Fact(
        person=data["person"],
        concept=data["concept"],
        value=value_from_data(data["value"]),
        when=ANY_DAY if when is None else span_from_text(when),
        end=None if end is None else span_from_text(end),
        source=data.get("source", ""),
        reported=data.get("reported", ""),
        reference=None if limits is None else reference_from_data(limits),
        doubt=data.get("doubt", ""),
        issued=data.get("issued", ""),
        id=data.get("id", ""),
        supersedes=data.get("supersedes", ""),
    )


# ---------------------------------------------------------------- values
def value_data(value: Value) -> dict[str, Any]:
    """A value under the name of its kind."""
    match value:
        case Quantity():
            return {"quantity": quantity_data(value)}
        case Choice(answers):
            return {"choice": sorted(answers)}
        case Span():
            return {"date": span_text(value)}
        case Text(text):
            return {"text": text}
        case Nothing():
            return {"none": True}
        case _:
            return {"record": {name: value_data(part) for name, part in value.items()}}


def value_from_data(data: Mapping[str, Any]) -> Value:
    """The value under the name of its kind."""
    ((kind, content),) = data.items()
    match kind:
        case "quantity":
            return quantity_from_data(content)
        case "choice":
            return Choice(frozenset(content))
        case "date":
            return span_from_text(content)
        case "text":
            return Text(content)
        case "none":
            return NOTHING
        case "record":
            return record(**{name: value_from_data(part) for name, part in content.items()})
        case _:
            raise ValueError(f'"{kind}" is no kind of value')


def quantity_data(quantity: Quantity) -> list[Any]:
    """Lower and upper bound as text, the unit, and whether the bounds are open, where one is."""
    lo, hi, unit, lo_open, hi_open = quantity
    data = [None if lo is None else str(lo), None if hi is None else str(hi), unit]
    return [*data, lo_open, hi_open] if lo_open or hi_open else data


def quantity_from_data(data: list[Any]) -> Quantity:
    lo, hi, unit, *opened = data
    low = None if lo is None else Decimal(lo)
    high = low if lo == hi else None if hi is None else Decimal(hi)
    return Quantity(low, high, unit, *opened)


def reference_data(limits: ReferenceRange) -> list[Any]:
    """The lower and the upper limit, each a quantity or None."""
    return [None if limit is None else quantity_data(limit) for limit in (limits.low, limits.high)]


def reference_from_data(data: list[Any]) -> ReferenceRange:
    low, high = (None if limit is None else quantity_from_data(limit) for limit in data)
    return ReferenceRange(low, high)


@lru_cache(maxsize=65536)
def span_text(span: Span) -> str:
    """One day, or the first and the last with a slash between."""
    first = span.first.isoformat()
    return first if span.lo == span.hi else f"{first}/{span.last.isoformat()}"


@lru_cache(maxsize=65536)
def span_from_text(text: str) -> Span:
    first, _, last = text.partition("/")
    lo = date.fromisoformat(first).toordinal()
    return Span(lo, date.fromisoformat(last).toordinal() if last else lo)
