"""Medication administered, stated or ordered -> treatments, with their beginning and end."""

from typing import NamedTuple

from ...dates import EARLIEST, LATEST, Span, read_span
from ...facts import ONGOING
from ..bindings import Binding
from .bundles import target
from .drafts import Gathered, begun
from .elements import Coding, Item, Node, all_codings, codings, malformed, node, nodes, text, words
from .events import bound, fields_of, is_bound, marks_in, reason_marks
from .timing import NOT_STATED, Timing, of_period, timing


class Standing(NamedTuple):
    """What a status says: not to be used (kind, why), or only with a doubt."""

    kind: str = ""
    why: str = ""
    doubt: str = ""


_USED = Standing()
_STATUS: dict[str, dict[str, Standing]] = {
    "MedicationAdministration": {
        "completed": _USED, "in-progress": _USED, "on-hold": _USED, "stopped": _USED,
        "not-done": Standing("not done", "the dose was not given"),
        "unknown": Standing(doubt="whether the dose was given is not known"),
    },
    "MedicationStatement": {
        "active": _USED, "completed": _USED, "stopped": _USED, "on-hold": _USED,
        "not-taken": Standing("not done", "the medication was not taken"),
        "intended": Standing("not done", "the medication is only intended"),
        "unknown": Standing(doubt="whether the medication was taken is not known"),
    },
    # An order is not a dose. One that is active or completed counts as begun on the day it was written, since most
    # hospitals export orders only; the fact says that it is an order. One stopped or held may never have begun.
    "MedicationRequest": {
        "active": _USED, "completed": _USED,
        "stopped": Standing(doubt="the order was stopped; whether any of it was given is not said"),
        "on-hold": Standing(doubt="the order is on hold; whether any of it was given is not said"),
        "unknown": Standing(doubt="what became of the order is not known"),
        "draft": Standing("not done", "the order is a draft"),
        "cancelled": Standing("not done", "the order was cancelled before it began"),
    },
}  # fmt: skip
_ORDERS = ("order", "original-order", "instance-order", "filler-order", "reflex-order", "")
_GOES_ON = ("active", "in-progress", "on-hold")


def medication_codes(item: Item, gathered: Gathered) -> tuple[list[Coding], str] | None:
    """The codes of the medication, ingredients included, and its name; None when it is a resource not met (yet)."""
    resource = item.resource
    concept = resource.get("medicationCodeableConcept")
    if concept is not None:
        return codings(concept), words(concept)
    reference = node(resource, "medicationReference")
    if not reference:
        return [], ""
    known = gathered.medications.get(target(reference, item, "Medication"), [])
    near = [medication for medication in known if medication.file == item.file] or known
    found = [codes_of(medication.resource) for medication in near]
    return found[0] if found and all(each == found[0] for each in found) else None


def codes_of(medication: Node) -> tuple[list[Coding], str]:
    """The codes of a Medication and of its ingredients, and its name."""
    pairs = codings(medication.get("code"))
    for ingredient in nodes(medication, "ingredient"):
        pairs += codings(ingredient.get("itemCodeableConcept"))
    return pairs, words(medication.get("code"))


def read_medication_use(item: Item, subject: str, gathered: Gathered) -> None:
    """One administration, statement or order; it waits when its medication, or its reason, is another resource."""
    resource = item.resource
    if isinstance(resource.get("medicationReference"), dict) or (
        "reasonReference" in resource
        and is_bound("medication", codings(resource.get("medicationCodeableConcept")), gathered)
    ):
        gathered.waiting.append((item, subject))  # either may come later in the files
        return
    settle_medication(item, subject, gathered)


def settle_medication(item: Item, subject: str, gathered: Gathered) -> None:
    """The treatment of one resource, now that every Medication has been met."""
    resource = item.resource
    found = medication_codes(item, gathered)
    if found is None:
        gathered.complain(item, subject, "no medication", "its medication is not in the files, or twice and different")
        return
    pairs, name = found
    if not is_bound("medication", pairs, gathered):
        if resource.get("medicationCodeableConcept") is not None and not isinstance(
            resource["medicationCodeableConcept"], dict
        ):
            gathered.complain(item, subject, "malformed", "medicationCodeableConcept has the wrong form")
            return
        gathered.pass_over(item, pairs, name, subject)
        return
    bad = malformed(resource)
    if bad:
        gathered.complain(item, subject, "malformed", f"{bad} has the wrong form", name)
        return
    standing = _standing(resource)
    if standing.kind:
        gathered.complain(item, subject, standing.kind, standing.why, name)
        return
    everything = [*all_codings(resource), *pairs]
    marks = marks_in(everything, gathered.bindings) | reason_marks(item, gathered)
    for binding in _most_telling(bound("medication", pairs, marks, gathered)[0]):
        _treatment(item, subject, binding, name, everything, standing, gathered)


def _most_telling(found: list[Binding]) -> list[Binding]:
    """Of several bindings of one concept the first: codings come in the order of their author's preference."""
    seen: dict[str, Binding] = {}
    for binding in found:
        seen.setdefault(binding.concept + "." + binding.field, binding)
    return list(seen.values())


def _standing(resource: Node) -> Standing:
    kind, status = resource["resourceType"], text(resource, "status")
    if status == "entered-in-error":
        return Standing("entered in error", "it was entered in error")
    if resource.get("doNotPerform") is True:
        return Standing("not done", "it says that the medication must not be given")
    if kind == "MedicationRequest" and text(resource, "intent") not in _ORDERS:
        return Standing("not done", f"it is a {text(resource, 'intent')}, not an order")
    return _STATUS[kind].get(status, Standing(doubt="its status is not known"))


def _treatment(
    item: Item,
    subject: str,
    binding: Binding,
    name: str,
    everything: list[Coding],
    standing: Standing,
    gathered: Gathered,
) -> None:
    resource = item.resource
    lasting = gathered.bindings.shapes[binding.concept].lasting
    found = _timing(resource)
    if found.fault:
        gathered.complain(item, subject, "unreadable date", found.fault, name, held=True)
    if standing.doubt:
        gathered.complain(item, subject, "doubtful", standing.doubt, name, held=True)
    order = resource["resourceType"] == "MedicationRequest"
    part_of = frozenset(key for key in (target(each, item) for each in nodes(resource, "partOf")) if key)
    draft = begun("field" if binding.field else "event", binding.concept, item, subject)._replace(
        fields=fields_of(binding, everything, gathered.bindings),
        when=found.when,
        end=found.end if lasting else None,
        reported=f"{name} (ordered)" if order else name,
        doubt=standing.doubt,
        links=frozenset({item.key}) | (part_of if binding.field else frozenset()),
        rank=3,
    )
    gathered.drafts.append(draft)


def _timing(resource: Node) -> Timing:
    """When a treatment began and ended.

    An end that is not stated is open where the status says that it goes on; where the status says that it is over,
    it ended on some day up to that on which the source last said so. An order without an end ends nobody knows when:
    hospitals leave orders active for years.
    """
    kind = resource["resourceType"]
    found = _order_timing(resource) if kind == "MedicationRequest" else timing(resource, "effective")
    if not found.stated:
        asserted = read_span(text(resource, "dateAsserted")) if text(resource, "dateAsserted") else None
        return found if asserted is None else found._replace(when=Span(EARLIEST, asserted.hi))
    order = kind == "MedicationRequest"
    goes_on = not order and text(resource, "status") in _GOES_ON
    if found.end in (None, ONGOING) and (order or "effectivePeriod" in resource) and not goes_on:
        over = text(resource, "status") not in _GOES_ON
        said = (
            read_span(text(node(resource, "meta"), "lastUpdated") or text(resource, "dateAsserted")) if over else None
        )
        return found._replace(end=Span(found.when.lo, max(said.hi, found.when.lo) if said else LATEST))
    return found


def _order_timing(resource: Node) -> Timing:
    """An order begins on the day it was written and ends with its dosage or its validity, where it says so."""
    written = text(resource, "authoredOn")
    span = read_span(written) if written else None
    if span is None:
        return Timing(NOT_STATED.when, None, f'"{written}" is no date' if written else "", False)
    period = _bounds(resource)
    end = of_period(period).end if period else None
    return Timing(span, end if end is not None and end != ONGOING and end.hi >= span.lo else ONGOING)


def _bounds(resource: Node) -> Node:
    for dosage in nodes(resource, "dosageInstruction"):
        bounds = node(node(node(dosage, "timing"), "repeat"), "boundsPeriod")
        if bounds:
            return bounds
    return node(node(resource, "dispenseRequest"), "validityPeriod")
