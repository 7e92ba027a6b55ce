"""value[x] -> a value of a concept: numbers with units, comparators, ranges, answers; and the laboratory's limits."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ...concepts import NO, YES, Concept
from ...dates import read_span
from ...facts import Choice, ReferenceRange, Text, Value, chosen
from ...quantities import Quantity, decimal_text, number_text
from ...units import dimension, factor, read_unit
from ..values import answer_from_text, bounded, measured, number_from_text, sound_range
from .drafts import Applies
from .elements import Coding, Node, codings, is_node, node, nodes, number, sensible, text, words

PLAIN_SYSTEM = "urn:equipoise:concept"
UCUM = ("http://unitsofmeasure.org", "https://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8")
_ABSENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
_YES_NO = {
    ("http://snomed.info/sct", "373066001"): YES, ("http://snomed.info/sct", "373067005"): NO,
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "Y"): YES,
    ("http://terminology.hl7.org/CodeSystem/v2-0136", "N"): NO,
}  # fmt: skip
_COMPARATORS = ("<", "<=", ">", ">=")

Answers = Mapping[Coding, Mapping[str, str]]
NO_ANSWERS: Answers = {}


class Reading(NamedTuple):
    """A value as read: what it sets by field ("" the concept itself), how it was written, why it must not be used.

    kind and why are given instead where nothing could be read.
    """

    values: Mapping[str, Value]
    reported: str = ""
    doubt: str = ""
    kind: str = ""
    why: str = ""


def unreadable(kind: str, why: str, reported: str = "") -> Reading:
    return Reading({}, reported, "", kind, why)


def in_words(found: Reading) -> Reading:
    """A value that was stated but cannot be read, kept in doubt: an older one must not pass for the latest."""
    if not found.kind or found.kind == "no value":
        return found
    return found._replace(values={"": Text(found.reported)}, doubt=found.why)


def value_name(parent: Node) -> str:
    """Which value[x] an Observation or a component has; "" when it has none."""
    for name in parent:
        if name.startswith("value") and parent[name] is not None:
            return name
    return ""


def read_value(parent: Node, concept: Concept, answers: Answers = NO_ANSWERS) -> Reading:
    """The value of an Observation or a component, as a value of the concept."""
    name = value_name(parent)
    if not name:
        reason = words(node(parent, "dataAbsentReason"))
        return unreadable("no value", f"no value is given{f' ({reason})' if reason else ''}")
    value = parent[name]
    if concept.kind == "quantity":
        return _quantity(name, value, concept, answers)
    if concept.kind == "date":
        return _date(value, concept)
    if concept.kind == "text":
        written = value if isinstance(value, str) else words(value)
        return Reading({"": Text(written)}, written) if written else _wrong_kind(name, concept)
    return _choice(name, value, concept, answers)


def _wrong_kind(name: str, concept: Concept) -> Reading:
    return unreadable("unreadable value", f"{name} cannot be read as {concept.label}")


def _date(value: object, concept: Concept) -> Reading:
    written = value if isinstance(value, str) else ""
    span = read_span(written) if written else None
    if span is None:
        return unreadable("unreadable date", f'"{written}" is no date', written)
    return Reading({"": span}, written)


# ------------------------------------------------------------------ choices
def _choice(name: str, value: object, concept: Concept, answers: Answers) -> Reading:
    if isinstance(value, bool):
        if concept.kind == "yes_no":
            return Reading({"": chosen(YES if value else NO)}, "yes" if value else "no")
        return _wrong_kind(name, concept)
    if isinstance(value, str):
        return _named_answers([value], concept, value)
    if not is_node(value):
        return _wrong_kind(name, concept)
    assert isinstance(value, dict)
    return coded(value, concept, answers)


def coded(value: Node, concept: Concept, answers: Answers) -> Reading:
    """The answer that a CodeableConcept gives: by its codes, else by its words."""
    written = words(value)
    pairs = codings(value)
    if any(system == _ABSENT_SYSTEM for system, _ in pairs):
        return unreadable("no value", f"no value is given ({written})", written)
    found = [set_by for pair in pairs if (set_by := answers.get(pair)) is not None]
    plain = [code for system, code in pairs if system == PLAIN_SYSTEM]
    standard = {_YES_NO[pair] for pair in pairs if pair in _YES_NO} if concept.kind == "yes_no" else set()
    if found:
        return _agreed(found, concept, written)
    if plain:
        return _named_answers(plain, concept, written)
    if len(standard) == 1:
        return Reading({"": chosen(standard.pop())}, written)
    named = text(value, "text") or (text(nodes(value, "coding")[0], "display") if nodes(value, "coding") else "")
    if named:
        return _named_answers([named], concept, written)
    return unreadable("unknown answer", f'"{written}" is not an answer to {concept.label}', written)


def _agreed(found: list[Mapping[str, str]], concept: Concept, written: str) -> Reading:
    sets: dict[str, str] = {}
    for each in found:
        for field, answer in each.items():
            if sets.setdefault(field, answer) != answer:
                return unreadable("codes disagree", f'the codes of "{written}" give different answers', written)
    values: dict[str, Value] = {}
    for field, answer in sets.items():
        numeric = concept.kind == "quantity" and not field
        values[field] = Quantity(Decimal(answer), Decimal(answer), concept.unit) if numeric else chosen(answer)
    return Reading(values, written)


def _named_answers(names: list[str], concept: Concept, written: str) -> Reading:
    """The answers named: one, or several where the concept allows it ("none; other")."""
    if concept.several:
        names = [part for name in names for part in name.replace(";", ",").split(",") if part.strip()]
    found = [answer_from_text(concept, name) for name in names]
    if not found or None in found:
        return unreadable("unknown answer", f'"{written}" is not an answer to {concept.label}', written)
    answers = frozenset(answer for answer in found if answer)
    if len(answers) > 1 and not concept.several:
        return unreadable("codes disagree", f'"{written}" gives several answers to {concept.label}', written)
    return Reading({"": Choice(answers)}, written)


# ------------------------------------------------------------------ quantities
def _quantity(name: str, value: object, concept: Concept, answers: Answers) -> Reading:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        exact = number(value)
        return _wrong_kind(name, concept) if exact is None else _from_number(Quantity(exact, exact, ""), "", concept)
    if isinstance(value, str):
        return _from_text(value, concept)
    if not isinstance(value, dict):
        return _wrong_kind(name, concept)
    if name == "valueCodeableConcept":
        by_code = coded(value, concept, answers) if answers else None
        if by_code and by_code.values:
            return by_code
        numeric = _from_text(text(value, "text"), concept) if text(value, "text") else None
        return numeric if numeric and numeric.values else _not_an_answer(value, concept)
    if name == "valueRange":
        return _from_range(value, concept)
    if name == "valueRatio":
        return _from_ratio(value, concept)
    return _from_quantity(value, concept)


def _not_an_answer(value: Node, concept: Concept) -> Reading:
    return unreadable("unknown answer", f'"{words(value)}" is not an answer to {concept.label}', words(value))


def unit_of(quantity: Node, concept: Concept) -> tuple[str, str]:
    """The unit of a Quantity, and a doubt when its code and its text name two: the UCUM code counts first."""
    code, unit = text(quantity, "code"), text(quantity, "unit")
    return _one_unit(code.strip(), unit.strip(), quantity.get("system") in UCUM, concept.molar_mass)


@lru_cache(maxsize=4096)
def _one_unit(code: str, unit: str, ucum: bool, molar_mass: Fraction | None) -> tuple[str, str]:
    coded_unit = code if ucum or not unit else ""
    if not coded_unit or not unit or coded_unit == unit:
        return coded_unit or unit or code, ""
    first, second = read_unit(coded_unit), read_unit(unit)
    if first is None:
        return (unit if second else coded_unit), ""
    if second is None or first == second:
        return coded_unit, ""
    by = factor(first, second, molar_mass)
    pure = ("ratio", "score", "INR")
    if by == 1 or (by is None and dimension(first) in pure and dimension(second) in pure):
        return coded_unit, ""
    return coded_unit, f'two different units are given, "{coded_unit}" and "{unit}"'


def _from_quantity(value: Node, concept: Concept) -> Reading:
    exact = number(value.get("value"))
    if exact is None:
        if value.get("value") is None:
            return unreadable("no value", "no value is given")
        return unreadable("unreadable value", "the value is no number", str(value["value"])[:40])
    comparator = text(value, "comparator")
    if comparator and comparator not in _COMPARATORS:
        return unreadable("unreadable value", f'the comparator "{comparator}" is not known')
    unit, doubt = unit_of(value, concept)
    found = _from_number(bounded(comparator, exact), unit, concept, doubt)
    written = text(value, "unit").strip()
    return found._replace(reported=f"{comparator}{decimal_text(exact)} {written}") if written else found


def _from_number(quantity: Quantity, unit: str, concept: Concept, doubt: str = "") -> Reading:
    """A number in a unit as written. A percentage without a unit is one only when it is above 1 (0.19 may be 19 %)."""
    known_percent = concept.unit == "%" and not unit and max(quantity.lo or 0, quantity.hi or 0) > 1
    result = measured(concept, quantity, "%" if known_percent else unit)
    reported = f"{number_text(quantity)} {unit}".strip()
    return Reading({"": result.quantity}, reported, doubt or result.doubt)


def _from_text(written: str, concept: Concept) -> Reading:
    found = number_from_text(written)
    if found is None:
        return unreadable("unreadable value", f'"{written.strip()}" is no number', written.strip())
    quantity, unit = found
    if not all(sensible(limit) for limit in (quantity.lo, quantity.hi) if limit is not None):
        return unreadable("unreadable value", "the number is beyond anything measured", written.strip()[:40])
    return _from_number(quantity, unit, concept)._replace(reported=written.strip())


def _from_range(value: Node, concept: Concept) -> Reading:
    low, high = node(value, "low"), node(value, "high")
    lo, hi = number(low.get("value")), number(high.get("value"))
    if lo is None and hi is None:
        return unreadable("no value", "the range has no limits")
    given = [unit_of(limit, concept)[0] for limit, exact in ((low, lo), (high, hi)) if exact is not None]
    units = [unit for unit in given if unit]
    if len({read_unit(unit) or unit for unit in units}) > 1:
        return unreadable("unreadable value", "the limits of the range have different units")
    if lo is not None and hi is not None and lo > hi:
        return unreadable("unreadable value", "the lower limit of the range is above the upper")
    return _from_number(Quantity(lo, hi, ""), next(iter(units), ""), concept)


def _from_ratio(value: Node, concept: Concept) -> Reading:
    """A ratio is read only where its denominator is a plain 1, or both are numbers that divide exactly."""
    top, bottom = node(value, "numerator"), node(value, "denominator")
    above, below = number(top.get("value")), number(bottom.get("value"))
    if above is None or not below or text(top, "comparator") or text(bottom, "comparator"):
        return unreadable("unreadable value", "the ratio cannot be read")
    over, under = unit_of(top, concept)[0], unit_of(bottom, concept)[0]
    unit = f"{over}/{under}" if under not in ("", "1") else over
    exact = above / below
    if exact * below != above:
        return unreadable("unreadable value", "the ratio cannot be read")
    return _from_number(Quantity(exact, exact, ""), unit or "1", concept)


# ------------------------------------------------------------------ the laboratory's limits
_NORMAL = "normal"
_SEXES = {
    ("http://snomed.info/sct", "248153007"): "male", ("http://snomed.info/sct", "248152002"): "female",
    ("http://hl7.org/fhir/administrative-gender", "male"): "male",
    ("http://hl7.org/fhir/administrative-gender", "female"): "female",
}  # fmt: skip


def reference_ranges(observation: Node, concept: Concept, unit: str) -> tuple[Applies, ...]:
    """The reference ranges that say what is normal, each with the sex and age for which it holds."""
    found: list[Applies] = []
    for each in nodes(observation, "referenceRange"):
        kinds = codings(each["type"]) if "type" in each else []
        if kinds and not any(code == _NORMAL for _, code in kinds):
            continue
        limits = _limits(each, concept, unit)
        if limits is not None:
            narrowed = "appliesTo" in each or "age" in each
            found.append(_applies(each, limits) if narrowed else Applies(limits))
    return tuple(found)


def _applies(each: Node, limits: ReferenceRange) -> Applies:
    sexes = {_SEXES[pair] for pair in codings(each.get("appliesTo")) if pair in _SEXES}
    ages = node(each, "age")
    return Applies(limits, sexes.pop() if len(sexes) == 1 else "", _years(ages, "low"), _years(ages, "high"))


def _years(ages: Node, side: str) -> int | None:
    limit = node(ages, side)
    years = number(limit.get("value"))
    counted = (text(limit, "code") or text(limit, "unit")) in ("a", "year", "years")
    return int(years) if years is not None and counted else None


def _limits(each: Node, concept: Concept, unit: str) -> ReferenceRange | None:
    low, high = _limit(node(each, "low"), concept, unit), _limit(node(each, "high"), concept, unit)
    if low is None and high is None:
        return _limits_from_text(text(each, "text"), concept, unit)
    return sound_range(low, high, concept)


def _limit(limit: Node, concept: Concept, unit: str) -> Quantity | None:
    """One limit; without a unit of its own it is in the value's, and dropped when its unit does not convert."""
    exact = number(limit.get("value"))
    if exact is None:
        return None
    written, doubt = unit_of(limit, concept)
    code = read_unit(written) if written else unit
    if doubt or code is None or factor(code, unit, concept.molar_mass) is None:
        return None
    return Quantity(exact, exact, code)


def _limits_from_text(written: str, concept: Concept, unit: str) -> ReferenceRange | None:
    """Limits from words such as "0.2 - 1.2 mg/dL" or "< 1.2"; None when they are not clear."""
    found = number_from_text(written) if written.strip() else None
    if found is None:
        return None
    interval, rest = found
    if not all(sensible(limit) for limit in (interval.lo, interval.hi) if limit is not None):
        return None
    code = read_unit(rest) if rest else unit
    if interval.exact or code is None or factor(code, unit, concept.molar_mass) is None:
        return None
    low = None if interval.lo is None else Quantity(interval.lo, interval.lo, code)
    high = None if interval.hi is None else Quantity(interval.hi, interval.hi, code)
    return sound_range(low, high, concept)


def single_range(ranges: tuple[Applies, ...]) -> ReferenceRange | None:
    """The one range that all applicable ones agree on; None when they differ, for then nobody can tell."""
    distinct = {each.limits for each in ranges}
    return distinct.pop() if len(distinct) == 1 else None
