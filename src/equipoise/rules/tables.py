"""How facts lie in tables, one table a concept and one row a fact, so that an engine can ask about many people at once.

The columns are what rules ask about; numbers are exact decimals in the unit as reported, days are dates. What does not
fit into them (a number of more digits, a limit of normal in a unit that does not convert exactly, an answer with the
sign that parts several) is marked `beyond`: an engine leaves such a person to the reference.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from ..concepts import NO, Concept, Vocabulary
from ..dates import EARLIEST, LATEST, Span
from ..facts import Choice, Fact, Nothing, Value, current, is_record
from ..quantities import Quantity, factor

Cell = str | int | bool | None
Row = dict[str, Cell]

NUMBER: Final = "DECIMAL(28,12)"
DECIMALS: Final = 12
LARGEST: Final = Decimal(10) ** 15
SEPARATOR: Final = "|"  # between several answers to one question
_ANY_MASS: Final = Fraction(1)  # g/mol

# Of every table. key: the person's number in the tables. n: the place of the fact among all of the person's, which
# orders those of one moment. none: it states that there was none. exact: the whole fact, as the store writes it.
COMMON: Final[Mapping[str, str]] = {
    "key": "BIGINT",
    "n": "INTEGER",
    "none": "BOOLEAN",
    "when_lo": "DATE",
    "when_hi": "DATE",
    "end_lo": "DATE",
    "end_hi": "DATE",
    "doubt": "BOOLEAN",
    "beyond": "BOOLEAN",
}
EXACT: Final = "exact"
_MEASURED: Final[Mapping[str, str]] = {
    "lo": NUMBER, "hi": NUMBER, "lo_open": "BOOLEAN", "hi_open": "BOOLEAN", "unit": "VARCHAR",
}  # fmt: skip

DAYS: Final = {"value_lo": "DATE", "value_hi": "DATE"}


class Placed(NamedTuple):
    """A fact and its row: in the table of `concept`."""

    concept: str
    row: Row
    fact: Fact


def columns(concept: Concept) -> dict[str, str]:
    """The columns of a concept's table and their SQL types, without `exact`."""
    return {**COMMON, **value_columns(concept)}


def value_columns(concept: Concept) -> dict[str, str]:
    """The columns that hold the values: of a quantity its bounds and the laboratory's limits in its own unit; of a
    choice its answers (several joined by |); of a date its first and last day; of a record all its fields'."""
    match concept.kind:
        case "quantity":
            return {**_MEASURED, "ref_low": NUMBER, "ref_high": NUMBER}
        case "choice" | "yes_no":
            return {"answers": "VARCHAR"}
        case "date":
            return DAYS
        case "record":
            return {name: kind for field in concept.fields.values() for name, kind in field_columns(field).items()}
        case "text":
            return {}


def field_columns(field: Concept) -> dict[str, str]:
    """The columns of one field of a record, and their SQL types."""
    match field.kind:
        case "quantity":
            return {f"{field_column(field.name)}_{name}": kind for name, kind in _MEASURED.items()}
        case "date":
            return {f"{field_column(field.name)}_lo": "DATE", f"{field_column(field.name)}_hi": "DATE"}
        case _:
            return {field_column(field.name): "VARCHAR"}


def field_column(name: str) -> str:
    """The column of a record's field, or the beginning of its columns: apart from those of every table."""
    return f"f_{name}"


def stated_column(field: Concept) -> str:
    """The column that is NULL unless the record states the field; '' when what it states cannot be used."""
    tail = {"quantity": "_unit", "date": "_lo"}.get(field.kind, "")
    return f"{field_column(field.name)}{tail}"


# ---------------------------------------------------------------- facts -> rows
def place(key: int, facts: Iterable[Fact], vocabulary: Vocabulary) -> Iterator[Placed]:
    """The rows of one person's facts: those that stand, each once; of concepts that the vocabulary has."""
    for number, fact in enumerate(current(facts, date.max)):
        concept = vocabulary.get(fact.concept)
        if concept is not None:
            yield Placed(fact.concept, _row(key, number, fact, concept), fact)


def _row(key: int, number: int, fact: Fact, concept: Concept) -> Row:
    none = isinstance(fact.value, Nothing) and concept.kind != "yes_no"
    row: Row = {
        "key": key, "n": number, "none": none,
        "when_lo": _day(fact.when.lo), "when_hi": _day(fact.when.hi),
        "end_lo": _day(fact.end.lo) if fact.end else None, "end_hi": _day(fact.end.hi) if fact.end else None,
        "doubt": bool(fact.doubt), "beyond": False,
    }  # fmt: skip
    if none:
        return row
    match concept.kind:
        case "quantity":
            _put_measured(row, "", fact.value)
            _put_limits(row, fact)
        case "choice" | "yes_no":
            row["answers"] = NO if isinstance(fact.value, Nothing) else _answers(fact.value)
            row["beyond"] = _unspeakable(fact.value)
        case "date":
            if isinstance(fact.value, Span):
                row["value_lo"], row["value_hi"] = _day(fact.value.lo), _day(fact.value.hi)
        case "record":
            _put_fields(row, fact, concept)
        case "text":
            pass
    return row


def _put_fields(row: Row, fact: Fact, concept: Concept) -> None:
    if not is_record(fact.value) or fact.reference is not None:
        row["beyond"] = True
        return
    for name, field in concept.fields.items():
        if name not in fact.value:
            continue
        value, column = fact.value[name], field_column(name)
        if field.kind == "quantity":
            _put_measured(row, f"{column}_", value)
            row[f"{column}_unit"] = row.get(f"{column}_unit") or ""
        elif field.kind == "date" and isinstance(value, Span):
            row[f"{column}_lo"], row[f"{column}_hi"] = _day(value.lo), _day(value.hi)
        elif field.kind == "date":
            row["beyond"] = True
        else:
            row[column] = _answers(value) or ""
            row["beyond"] = row["beyond"] or _unspeakable(value)


def _put_measured(row: Row, prefix: str, value: Value) -> None:
    if not isinstance(value, Quantity):
        return
    lo, hi = value.lo, value.hi
    if any(number is not None and not _fits(number) for number in (lo, hi)):
        row["beyond"] = True
        lo = hi = None
    row[f"{prefix}lo"] = None if lo is None else f"{lo:f}"
    row[f"{prefix}hi"] = None if hi is None else f"{hi:f}"
    row[f"{prefix}lo_open"], row[f"{prefix}hi_open"] = value.lo_open, value.hi_open
    row[f"{prefix}unit"] = value.unit


def _put_limits(row: Row, fact: Fact) -> None:
    """The laboratory's limits, in the unit of the value."""
    if fact.reference is None or not isinstance(fact.value, Quantity):
        return
    for column, limit in (("ref_low", fact.reference.low), ("ref_high", fact.reference.high)):
        if limit is None or limit.lo is None:
            continue
        if limit.lo != limit.hi:
            row["beyond"] = True
            continue
        by = factor(limit.unit, fact.value.unit)
        if by is None:  # by a molar mass, perhaps: the rule's concept may know one, or another
            row["beyond"] = row["beyond"] or factor(limit.unit, fact.value.unit, _ANY_MASS) is not None
            continue
        number = _exact(limit.lo, by)
        if number is None:
            row["beyond"] = True
        else:
            row[column] = f"{number:f}"


def _exact(number: Decimal, by: Fraction) -> Decimal | None:
    """The product, when the columns hold it exactly."""
    product = Fraction(number) * by
    shifted = product * 10**DECIMALS
    if shifted.denominator != 1:
        return None
    result = Decimal(shifted.numerator).scaleb(-DECIMALS)
    return result if _fits(result) else None


def _fits(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(number) >= LARGEST:
        return False
    return exponent >= -DECIMALS or number == round(number, DECIMALS)


def _answers(value: Value) -> str | None:
    return SEPARATOR.join(sorted(value.answers)) if isinstance(value, Choice) and value.answers else None


def _unspeakable(value: Value) -> bool:
    """Is there an answer that the column cannot tell from several, or from none?"""
    return isinstance(value, Choice) and any(not answer or SEPARATOR in answer for answer in value.answers)


def _day(ordinal: int) -> str:
    return date.fromordinal(min(max(ordinal, EARLIEST), LATEST)).isoformat()
