"""Text and numbers as records write them -> values of a concept, each with the doubt that keeps it from being used."""

from decimal import Decimal
from typing import NamedTuple

from ..concepts import NO, YES, Concept
from ..facts import ReferenceRange
from ..quantities import Quantity, dimension, factor, read_unit, scaled, unit_text
from ..quantities import bounded as bounded
from ..quantities import number_from_text as number_from_text

_YES = {"yes", "y", "true", "1", "ja", "j", "oui", "positive", "x"}
_NO = {"no", "n", "false", "0", "nein", "non", "negative"}


class Measured(NamedTuple):
    """A quantity as read, and why it must not be used ("" when it may be)."""

    quantity: Quantity
    doubt: str


def measured(concept: Concept, number: Quantity, unit: str) -> Measured:
    """The number in the unit as written, as a value of the concept; doubted where unit or size cannot be right.

    An absent unit ("") is taken for the concept's own only where that cannot be mistaken (a score, an INR).
    """
    code = read_unit(unit) if unit.strip() else None
    if dimension(concept.unit) == "score" and (not unit.strip() or code in ("1", "{score}")):
        code = concept.unit
    if dimension(concept.unit) == "INR" and (not unit.strip() or code == "1"):
        code = concept.unit
    if code is None:
        written = f'the unit "{unit.strip()}" is not known' if unit.strip() else "no unit is stated"
        return Measured(number._replace(unit=unit.strip()), written)
    quantity = number._replace(unit=code)
    by = factor(code, concept.unit, concept.molar_mass)
    if by is None:
        return Measured(quantity, f'"{unit.strip()}" is not a unit of {concept.label}')
    in_own = scaled(quantity, by, concept.unit)
    return Measured(quantity, _size_doubt(concept, in_own))


def _size_doubt(concept: Concept, value: Quantity) -> str:
    if concept.whole and value.exact and value.lo is not None and value.lo % 1 != 0:
        return f"{concept.label} is a whole number"
    if concept.plausible is None:
        return ""
    low, high = concept.plausible
    if (value.hi is not None and value.hi < low) or (value.lo is not None and value.lo > high):
        unit = f" {unit_text(concept.unit)}".rstrip()
        return f"the value is not plausible (outside {low} to {high}{unit})"
    return ""


def sound_range(low: Quantity | None, high: Quantity | None, concept: Concept) -> ReferenceRange | None:
    """The laboratory's limits; None where they cannot be: an upper limit of 0 (no limit at all) or below the lower."""
    top = None if high is None else _in_own_unit(high, concept)
    bottom = None if low is None else _in_own_unit(low, concept)
    if top is not None and (top <= 0 or (bottom is not None and bottom > top)):
        return None
    return ReferenceRange(low, high)


def _in_own_unit(limit: Quantity, concept: Concept) -> Decimal | None:
    by = factor(limit.unit, concept.unit, concept.molar_mass)
    return limit.lo if by is None else scaled(limit, by, concept.unit).lo


def answer_from_text(concept: Concept, text: str) -> str | None:
    """The answer of a choice or yes/no concept that a text names, by name or label, whatever the case."""
    wanted = " ".join(text.split()).casefold()
    if concept.kind == "yes_no" and (wanted in _YES or wanted in _NO):
        return YES if wanted in _YES else NO
    squeezed = wanted.replace(" ", "_").replace("-", "_")
    for name, label in concept.answers.items():
        if wanted in (name.casefold(), label.casefold()) or squeezed == name.casefold().replace("-", "_"):
            return name
    return None
