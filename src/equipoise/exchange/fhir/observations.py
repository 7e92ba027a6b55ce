"""Observations -> facts: laboratory values, scores, answers, fields of records; the standard forms."""

from collections.abc import Mapping

from ...concepts import Concept
from ...dates import Span
from ...facts import Text, Value, chosen
from ...quantities import Quantity
from ..bindings import Binding
from .bundles import target, targets
from .drafts import Draft, Gathered, Role, begun
from .elements import Coding, Item, Node, codings, malformed, node, nodes, text, words
from .measurements import (
    NO_ANSWERS,
    PLAIN_SYSTEM,
    Reading,
    in_words,
    read_value,
    reference_ranges,
    single_range,
    unreadable,
    value_name,
)
from .plain import plain_facts, status_doubt
from .timing import Timing, moment, on_or_before, timing

_WITHDRAWN = {"entered-in-error": "entered in error", "cancelled": "cancelled"}


def read_observation(item: Item, subject: str, gathered: Gathered) -> None:
    """The facts of one Observation and of its components; what it cannot give is noted."""
    resource = item.resource
    pairs = codings(resource.get("code"))
    components = nodes(resource, "component") if resource.get("component") else []
    bound = _bound(pairs, gathered)
    plain = [code for system, code in pairs if system == PLAIN_SYSTEM]
    if not bound and not plain and not (components and _known_component(components, gathered)):
        _unused(item, subject, pairs, gathered)
        return
    bad = malformed(resource)
    if bad:
        gathered.complain(item, subject, "malformed", f"{bad} has the wrong form")
        return
    status = text(resource, "status")
    if status in _WITHDRAWN:
        gathered.complain(item, subject, _WITHDRAWN[status], f"the result was {_WITHDRAWN[status]}")
        return
    if plain:
        plain_facts(item, subject, plain[0], gathered)
        return
    for binding in bound:
        _take(item, resource, subject, binding, gathered)
    for component in components:
        for binding in _bound(codings(component.get("code")), gathered):
            if binding not in bound or not value_name(resource):
                _take(item, component, subject, binding, gathered)


def _bound(pairs: list[Coding], gathered: Gathered) -> tuple[Binding, ...]:
    found: list[Binding] = []
    for pair in pairs:
        for binding in gathered.bindings.find("observation", pair):
            if not any(binding.concept == other.concept and binding.field == other.field for other in found):
                found.append(binding)
    return tuple(found)


def _known_component(components: list[Node], gathered: Gathered) -> bool:
    return any(_bound(codings(component.get("code")), gathered) for component in components)


def _unused(item: Item, subject: str, pairs: list[Coding], gathered: Gathered) -> None:
    for pair in pairs:
        refusal = gathered.bindings.refused.get(pair)
        if refusal:
            gathered.complain(item, subject, refusal.kind, refusal.why)
            return
    if "code" in item.resource and not isinstance(item.resource["code"], dict):
        gathered.complain(item, subject, "malformed", "code has the wrong form")
        return
    gathered.pass_over(item, pairs)


def _take(item: Item, part: Node, subject: str, binding: Binding, gathered: Gathered) -> None:
    """One value of an Observation, or of a component of it."""
    concept = gathered.vocabulary[binding.concept]
    target_concept = concept.fields[binding.field] if binding.field else concept
    answers = gathered.bindings.answers.get((binding.concept, binding.field), NO_ANSWERS)
    if concept.kind == "record" and not binding.field:
        found = _record_answer(part, answers)
    else:
        found = read_value(part, target_concept, answers)
    # Of an event's fields one that cannot be read is left out; it must not put the whole operation in doubt.
    if not binding.field or gathered.bindings.shapes[binding.concept].assemble:
        found = in_words(found)
    shown = f"{target_concept.label} {found.reported}".strip()
    if found.kind:
        gathered.complain(item, subject, found.kind, found.why, shown, held=bool(found.doubt))
        if not found.doubt:
            return
    doubt = found.doubt or status_doubt(item.resource)
    at, fault = effective(item.resource)
    if fault:
        gathered.complain(item, subject, "unreadable date", fault, target_concept.label, held=True)
    draft = _draft(item, subject, binding, concept, found, doubt, at, gathered)
    if draft.role == "fact" and target_concept.kind == "quantity":
        draft = _with_limits(draft, part, concept)
        if target_concept.own_limits and part.get("referenceRange") and not (draft.reference or draft.ranges):
            why = "the reference range that stands beside it cannot be used"
            gathered.complain(item, subject, "reference range", why, shown, held=True)
    if binding.if_fasting:
        draft = draft._replace(fasting="" if _says_fasting(item.resource) else (draft.specimen or "?"))
    if doubt and not found.kind:
        gathered.complain(item, subject, _kind_of(doubt), doubt, shown, held=True)
    gathered.drafts.append(draft)


def _record_answer(part: Node, answers: Mapping[Coding, Mapping[str, str]]) -> Reading:
    """A record stated by one code (NYHA III): its codes set fields."""
    value = part.get("valueCodeableConcept")
    if not value_name(part):
        return unreadable("no value", "no value is given")
    sets = {field: answer for pair in codings(value) for field, answer in answers.get(pair, {}).items() if field}
    if not sets:
        return unreadable("unknown answer", f'"{words(value)}" is not an answer', words(value))
    return Reading({field: chosen(answer) for field, answer in sets.items()}, words(value))


def _kind_of(doubt: str) -> str:
    for word, kind in (("preliminary", "preliminary"), ("plausible", "implausible"), ("unit", "unknown unit")):
        if word in doubt:
            return kind
    return "doubtful"


def effective(resource: Node) -> tuple[Span, str]:
    """The days of an Observation. Without an effective time `issued` says only by when it was: never the day itself."""
    found: Timing = timing(resource, "effective")
    if not found.stated:
        return on_or_before(text(resource, "issued")) or found.when, found.fault
    return moment(found), found.fault


def links_of(item: Item) -> frozenset[str]:
    """What an Observation belongs to: its own key, its panel's members, the study or report that it refers to."""
    resource = item.resource
    keys = {item.key}
    for name in ("derivedFrom", "partOf", "hasMember", "focus"):
        if name in resource:
            keys.update(key for key in targets(resource, name, item) if not key.startswith(("Patient/", "Condition/")))
    if "basedOn" in resource:
        keys.update(key for key in targets(resource, "basedOn", item) if key.startswith("ServiceRequest/"))
    return frozenset(keys)


def _draft(
    item: Item,
    subject: str,
    binding: Binding,
    concept: Concept,
    found: Reading,
    doubt: str,
    at: Span,
    gathered: Gathered,
) -> Draft:
    resource = item.resource
    specimen = target(node(resource, "specimen"), item, "Specimen") if "specimen" in resource else ""
    common = {"when": at, "reported": found.reported, "doubt": doubt, "specimen": specimen}
    if concept.kind != "record":
        return begun("fact", binding.concept, item, subject, value=found.values.get(""), **common)
    stated = {field or binding.field: value for field, value in found.values.items()}
    fields: dict[str, Value] = {field: value for field, value in stated.items() if field}
    role: Role = "field" if binding.field else "event"
    graded_by = gathered.bindings.method_field.get((binding.concept, binding.field))
    if graded_by and words(resource.get("method")):
        fields[graded_by] = Text(words(resource["method"]))
    return begun(role, binding.concept, item, subject, fields=fields, links=links_of(item), rank=3, **common)


def _with_limits(draft: Draft, part: Node, concept: Concept) -> Draft:
    """The draft with the limits that stand beside this very value: a panel's are not its components'."""
    value = draft.value
    if not isinstance(value, Quantity) or not part.get("referenceRange"):
        return draft
    ranges = reference_ranges(part, concept, value.unit)
    if any(each.sex or each.from_age is not None or each.to_age is not None for each in ranges):
        return draft._replace(ranges=ranges)
    return draft._replace(reference=single_range(ranges))


_FASTING = {("http://terminology.hl7.org/CodeSystem/v2-0916", "F"), ("http://loinc.org", "LA33-6")}
_FASTING_STATUS = ("http://loinc.org", "49541-6")  # Fasting status - Reported


def _says_fasting(resource: Node) -> bool:
    """Does a component say that the person had fasted?"""
    for component in nodes(resource, "component"):
        if _FASTING_STATUS in codings(component.get("code")):
            if component.get("valueBoolean") is True:
                return True
            if any(pair in _FASTING for pair in codings(component.get("valueCodeableConcept"))):
                return True
            return words(node(component, "valueCodeableConcept")).casefold() in ("yes", "fasting")
    return False
