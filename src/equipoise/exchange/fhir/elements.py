"""Thin, typed access to parsed JSON: whatever a file holds, these give text, maps and codings, and never raise."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from ...quantities import read_decimal

Node = dict[str, Any]
Coding = tuple[str, str]  # (system, code): a code alone means nothing

NO_NODE: Final[Node] = {}
_DIGITS: Final = 30


def is_node(value: object) -> bool:
    return isinstance(value, dict)


def text(node: Node, name: str) -> str:
    """The text of an element; "" when it is absent or no text."""
    value = node.get(name)
    return value if isinstance(value, str) else ""


def node(parent: Node, name: str) -> Node:
    """The map of an element; an empty one when it is absent or no map."""
    value = parent.get(name)
    return value if isinstance(value, dict) else NO_NODE


def nodes(parent: Node, name: str) -> list[Node]:
    """The maps of a repeating element; one map alone is taken for a list of one."""
    value = parent.get(name)
    if isinstance(value, list):
        return [each for each in value if isinstance(each, dict)]
    return [value] if isinstance(value, dict) else []


def codings(concept: object) -> list[Coding]:
    """The codings of a CodeableConcept (or of a Coding, or of a list of either), in order."""
    if isinstance(concept, dict):
        listed = concept.get("coding")
        if listed is None:
            return _coding(concept)
        return [pair for each in (listed if isinstance(listed, list) else [listed]) for pair in _coding(each)]
    if isinstance(concept, list):
        return [pair for each in concept for pair in codings(each)]
    return []


def _coding(value: object) -> list[Coding]:
    if not isinstance(value, dict):
        return []
    code, system = value.get("code"), value.get("system")
    if not isinstance(code, str):
        return []
    return [(system if isinstance(system, str) else "", code)]


def words(concept: object) -> str:
    """How a CodeableConcept reads to a person: its text, else the first display, else the first code."""
    if not isinstance(concept, dict):
        return ""
    if text(concept, "text"):
        return text(concept, "text")
    listed = nodes(concept, "coding") or [concept]
    for name in ("display", "code"):
        for each in listed:
            if text(each, name):
                return text(each, name)
    return ""


def all_codings(value: object, depth: int = 12) -> Iterator[Coding]:
    """Every coding anywhere inside an element, contained resources left out."""
    if depth == 0:
        return
    if isinstance(value, dict):
        if isinstance(value.get("code"), str) and "system" in value:
            yield from _coding(value)
        for name, part in value.items():
            if name != "contained" and isinstance(part, (dict, list)):
                yield from all_codings(part, depth - 1)
    elif isinstance(value, list):
        for part in value:
            yield from all_codings(part, depth - 1)


def number(value: object) -> Decimal | None:
    """A finite decimal from a JSON number, or from text where a system wrote it as text; None otherwise.

    The parser gives binary floats. `repr` of one is the shortest decimal that means it, which is the number as written
    for up to 15 significant digits; only trailing zeros are lost (8.0 and 8.00 are the same number).
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        exact = read_decimal(value)
        return exact if exact is not None and sensible(exact) else None
    if not isinstance(value, (int, float)):
        return None
    try:
        exact = Decimal(repr(value))
    except InvalidOperation:
        return None
    return exact if sensible(exact) else None


def sensible(exact: Decimal) -> bool:
    """Could anything measured have this number? (1e999999 is finite, too, but fills the memory when written out.)"""
    return exact.is_finite() and abs(exact.adjusted()) < _DIGITS


class Item(NamedTuple):
    """One resource where it was met.

    key: by which others refer to it ("Observation/91"); source: what people are shown (the same, or where it stands).
    file: its bundle, as bundles.origin names it, or its file. ordinal: its number in the order of reading.
    base: the server that its full URL names.
    owner, owner_subject: the container of a contained resource, and whom that is about.
    urls: the full URLs of its bundle -> keys.
    """

    resource: Node
    key: str
    source: str
    file: str
    ordinal: int
    urls: dict[str, str]
    owner: str = ""
    owner_subject: str = ""
    base: str = ""


# The JSON kinds that the elements we read must have; anything else is malformed and said so.
_KINDS: Final[dict[str, type]] = {
    "code": dict, "subject": dict, "patient": dict, "status": str, "valueQuantity": dict, "valueCodeableConcept": dict,
    "valueString": str, "valueBoolean": bool, "valueInteger": int, "valueRange": dict, "valueRatio": dict,
    "valueDateTime": str, "valuePeriod": dict, "effectiveDateTime": str, "effectiveInstant": str,
    "effectivePeriod": dict,
    "component": list, "referenceRange": list, "issued": str, "meta": dict, "performedDateTime": str,
    "performedPeriod": dict, "birthDate": str, "gender": str, "identifier": list, "authoredOn": str, "result": list,
    "medicationCodeableConcept": dict, "medicationReference": dict, "onsetDateTime": str, "recordedDate": str,
    "started": str, "dateTime": str, "deceasedBoolean": bool, "deceasedDateTime": str, "specimen": dict,
}  # fmt: skip


def malformed(resource: Node) -> str:
    """The first element of a resource that has the wrong JSON kind, by name; "" when none has."""
    specimens = resource.get("resourceType") == "DiagnosticReport"
    for name, value in resource.items():
        kind = _KINDS.get(name)
        if kind is None or isinstance(value, kind):
            continue
        if name == "specimen" and specimens and isinstance(value, list):
            continue
        return name
    return ""
