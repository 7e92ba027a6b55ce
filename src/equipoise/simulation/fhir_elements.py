"""The elements that every written FHIR R4 resource is made of: dates, numbers, codes, references."""

from decimal import Decimal
from typing import Any, Final

from ..concepts import Concept
from ..dates import ANY_DAY, EARLIEST, LATEST, Span
from ..facts import Fact, ReferenceRange
from ..quantities import Quantity, dimension

Resource = dict[str, Any]

PLAIN: Final = "urn:equipoise:concept"
UCUM: Final = "http://unitsofmeasure.org"


def plain(code: str, text: str) -> Resource:
    return {"coding": [{"system": PLAIN, "code": code}], "text": text}


def coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def reference(key: str) -> Resource:
    return {"reference": key}


def to(resource: Resource) -> Resource:
    return reference(f"{resource['resourceType']}/{resource['id']}")


def date_text(span: Span) -> str:
    """A span as a FHIR date: a day, a month or a year."""
    first, last = span.first, span.last
    if first == last:
        return first.isoformat()
    return first.isoformat()[:7] if (first.year, first.month) == (last.year, last.month) else first.isoformat()[:4]


def dated(stem: str, fact: Fact) -> Resource:
    """stem[x]: a date-time, or a period for what has an end; nothing when no day is known."""
    if fact.end is not None:
        period = {} if fact.when.lo <= EARLIEST else {"start": date_text(fact.when)}
        return {f"{stem}Period": period | ({} if fact.end.hi >= LATEST else {"end": date_text(fact.end)})}
    return {} if fact.when == ANY_DAY else {f"{stem}DateTime": date_text(fact.when)}


def decimal(number: Decimal) -> int | float:
    """A decimal as JSON writes it; Python prints the shortest digits that mean it, so no machine writes another."""
    return int(number) if number == number.to_integral_value() and number.as_tuple().exponent == 0 else float(number)


def unit_element(written: str, unit: str) -> Resource:
    """The unit as written, with its UCUM code where it is written as that code."""
    if written in ("", "1") and unit in ("{score}", "{INR}"):
        return {"unit": unit, "system": UCUM, "code": unit}
    return {"unit": written, "system": UCUM, "code": unit} if written == unit and dimension(unit) else {"unit": written}


def quantity_element(value: Quantity, written: str, concept: Concept) -> Resource:
    unit = unit_element(written or value.unit, value.unit)
    lo, hi = value.lo, value.hi
    if lo is not None and lo == hi:
        if concept.whole and lo == lo.to_integral_value():
            return {"valueInteger": int(lo)}
        return {"valueQuantity": {"value": decimal(lo), **unit}}
    if lo is not None and hi is not None:
        return {"valueRange": {"low": {"value": decimal(lo), **unit}, "high": {"value": decimal(hi), **unit}}}
    sign = ("<" if value.hi_open else "<=") if hi is not None else (">" if value.lo_open else ">=")
    bound = hi if hi is not None else lo
    assert bound is not None
    return {"valueQuantity": {"value": decimal(bound), "comparator": sign, **unit}}


def limits_element(reference: ReferenceRange, written: str) -> Resource:
    sides = {"low": reference.low, "high": reference.high}
    return {
        side: {"value": decimal(limit.lo), **unit_element(written or limit.unit, limit.unit)}
        for side, limit in sides.items()
        if limit is not None and limit.lo is not None
    }


def whole_number(identifier: str) -> int:
    """A number of its own for each identifier, for a DICOM uid (2.25.number)."""
    return int.from_bytes(identifier.encode(), "big")
