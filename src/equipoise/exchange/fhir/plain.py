"""The plain form: Observations whose code is a concept's name (urn:equipoise:concept), a component for each field."""

from collections.abc import Mapping

from ...concepts import Concept
from ...dates import ANY_DAY, LATEST, Span
from ...facts import NOTHING, Choice, Value
from ...quantities import Quantity
from ..values import answer_from_text
from .bundles import target
from .drafts import Draft, Gathered, begun
from .elements import Item, Node, codings, node, nodes, text, words
from .measurements import PLAIN_SYSTEM, Reading, in_words, read_value, reference_ranges, single_range, value_name
from .timing import Timing, last_day, moment, of_period, on_or_before, timing

_NONE = ("none", "no", "nothing")
_DAYS = ("date", "start", "end")
_EARLY = ("registered", "preliminary")


def plain_facts(item: Item, subject: str, name: str, gathered: Gathered) -> None:
    """The fact of one Observation in plain form: a value, a record with its fields, one field, or "none"."""
    concept_name, _, field = name.partition(".")
    concept = gathered.vocabulary.get(concept_name)
    if concept is None or (field and field not in concept.fields) or concept.formula:
        gathered.complain(item, subject, "unknown concept", f'"{name}" is not a concept of the protocol', name)
        return
    if concept.members and concept.kind != "record":
        own = ", ".join(concept.members)
        gathered.complain(item, subject, "unknown concept", f'"{name}" is read from {own}: name one of them', name)
        return
    found = timing(item.resource, "effective")
    if found.fault:
        gathered.complain(item, subject, "unreadable date", found.fault, concept.label, held=True)
    if field:
        _one_field(item, subject, concept, field, found, gathered)
    elif concept.kind == "record":
        _record(item, subject, concept, found, gathered)
    else:
        _value(item, subject, concept, found, gathered)


def _draft(
    item: Item, subject: str, concept: Concept, when: Span, end: Span | None, doubt: str, reported: str
) -> Draft:
    draft = begun("fact", concept.name, item, subject)
    return draft._replace(when=when, end=end, doubt=doubt, reported=reported)


def status_doubt(resource: Node) -> str:
    """Why the status of an Observation keeps its value from being used; "" when it does not."""
    status = text(resource, "status")
    if status == "unknown":
        return "whether the result stands is not known"
    return "preliminary result" if status in _EARLY else ""


def _dates(item: Item, concept: Concept, found: Timing, gathered: Gathered) -> tuple[Span, Span | None]:
    """A record's period is its beginning and its end, unless only its last day counts; any other period is the days
    among which the one moment lies. What lasts and has no end stated has ended nobody knows when, or goes on."""
    if not found.stated:
        when = on_or_before(text(item.resource, "issued")) or found.when
        return when, Span(when.lo, LATEST) if concept.lasts else None
    shape = gathered.bindings.shapes.get(concept.name)
    if shape and shape.date == "end":
        return last_day(found), None
    if concept.kind == "record":
        return found.when, Span(found.when.lo, LATEST) if concept.lasts and found.end is None else found.end
    return moment(found), None


def _value(item: Item, subject: str, concept: Concept, found: Timing, gathered: Gathered) -> None:
    resource = item.resource
    result = in_words(read_value(resource, concept))
    if concept.kind == "date" and found.stated and not value_name(resource) and "dataAbsentReason" not in resource:
        result = Reading({"": found.when}, text(resource, "effectiveDateTime"))  # its day is all that it says
    if result.kind:
        _complain(item, subject, concept, result, gathered)
        if not result.doubt:
            return
    when, end = _dates(item, concept, found, gathered)
    doubt = result.doubt or status_doubt(resource)
    draft = _draft(item, subject, concept, when, end, doubt, result.reported)
    value = result.values[""]
    if concept.kind == "date":
        # A date is known from the day on that it names, not from that on which it was written down.
        draft = draft._replace(when=value if isinstance(value, Span) else ANY_DAY)
    if isinstance(value, Quantity) and resource.get("referenceRange"):
        draft = draft._replace(reference=single_range(reference_ranges(resource, concept, value.unit)))
    if doubt and not result.kind:
        gathered.complain(item, subject, "doubtful", doubt, f"{concept.label} {result.reported}".strip(), held=True)
    gathered.drafts.append(draft._replace(value=value))


def _complain(item: Item, subject: str, concept: Concept, result: Reading, gathered: Gathered) -> None:
    what = f"{concept.label} {result.reported}".strip()
    gathered.complain(item, subject, result.kind, result.why, what, held=bool(result.doubt))


def _record(item: Item, subject: str, concept: Concept, found: Timing, gathered: Gathered) -> None:
    resource = item.resource
    when, end = _dates(item, concept, _with_components(item, subject, concept, found, gathered), gathered)
    draft = _draft(item, subject, concept, when, end, status_doubt(resource), "")
    if says_none(resource, concept):
        gathered.drafts.append(draft._replace(value=NOTHING, end=None, reported="none"))
        return
    fields: dict[str, Value] = {}
    written: list[str] = []
    doubts = [draft.doubt] if draft.doubt else []
    for component in nodes(resource, "component"):
        doubts += _component(item, subject, concept, component, fields, written, gathered)
    if doubts:
        draft = draft._replace(doubt=doubts[0])
        gathered.complain(item, subject, "doubtful", doubts[0], concept.label, held=True)
    links = frozenset({item.key, *_study_keys(item)})
    gathered.drafts.append(
        draft._replace(role="event", fields=fields, reported="; ".join(written), links=links, rank=1)
    )


def _with_components(item: Item, subject: str, concept: Concept, found: Timing, gathered: Gathered) -> Timing:
    """The days of a record, where components state them (date, start, end)."""
    stated = {
        name: text(each, "valueDateTime") or text(each, "valueString")
        for each in nodes(item.resource, "component")
        if _is_day(name := _name_of(each, concept), concept)
    }
    if not stated:
        return found
    period = node(item.resource, "effectivePeriod")
    written = text(item.resource, "effectiveDateTime") or text(period, "start")
    begin = stated.get("start") or stated.get("date") or written
    finish = stated.get("end") or text(period, "end")
    days = of_period({"start": begin, "end": finish})
    if days.fault:
        gathered.complain(item, subject, "unreadable date", days.fault, concept.label, held=True)
    return days if finish else days._replace(end=None)


def _name_of(component: Node, concept: Concept) -> str:
    names = [code for system, code in codings(component.get("code")) if system == PLAIN_SYSTEM]
    return names[0].removeprefix(f"{concept.name}.") if names else ""


def _is_day(name: str, concept: Concept) -> bool:
    return name in _DAYS and name not in concept.fields and (concept.lasts or name != "end")


def _study_keys(item: Item) -> set[str]:
    """The study or report of which the plain record states the findings."""
    keys: set[str] = set()
    for name in ("derivedFrom", "partOf", "basedOn", "focus", "hasMember"):
        for each in nodes(item.resource, name):
            key = target(each, item)
            if key.partition("/")[0] in (
                "ImagingStudy",
                "DiagnosticReport",
                "Procedure",
                "ServiceRequest",
                "Observation",
            ):
                keys.add(key)
    return keys


def says_none(resource: Node, concept: Concept) -> bool:
    """Is it the statement "none" about a record concept (code `none`, the word, or a false)?"""
    if resource.get("valueBoolean") is False:
        return True
    if text(resource, "valueString").strip().casefold() in _NONE:
        return True
    value = resource.get("valueCodeableConcept")
    if (PLAIN_SYSTEM, "none") in codings(value):
        return True
    return bool(value) and not codings(value) and words(value).strip().casefold() in _NONE


def _component(
    item: Item, subject: str, concept: Concept, component: Node, fields: dict[str, Value], written: list[str],
    gathered: Gathered,
) -> list[str]:  # fmt: skip
    """Adds the field that a component states; returns what is doubtful about it."""
    name = _name_of(component, concept)
    field = concept.fields.get(name)
    if _is_day(name, concept):
        return []
    if field is None:
        shown = name or words(node(component, "code")) or "a component without a code"
        gathered.complain(
            item, subject, "unknown concept", f'"{shown}" is not a field of {concept.label}', f"{concept.name}.{shown}"
        )
        return []
    result = _field_value(component, concept, field, gathered)
    if field.kind == "quantity":
        result = in_words(result)  # the highest of several records must not be told without it
    if result.kind:
        _complain(item, subject, field, result, gathered)
        if not result.doubt:
            return []
    for key, value in result.values.items():
        before = fields.get(key or name)
        if before is not None and before != value:
            if isinstance(before, Choice) and isinstance(value, Choice) and field.several:
                value = Choice(before.answers | value.answers)
            else:
                return [f"two values are given for {field.label}"]
        fields[key or name] = value
    written.append(f"{field.label}: {result.reported}")
    return [f"{field.label}: {result.doubt}"] if result.doubt else []


def _field_value(component: Node, concept: Concept, field: Concept, gathered: Gathered) -> Reading:
    answers: Mapping[tuple[str, str], Mapping[str, str]] = gathered.bindings.answers.get((concept.name, field.name), {})
    value = component.get("valueCodeableConcept")
    if field.kind == "choice" and field.several and isinstance(value, dict) and len(nodes(value, "coding")) > 1:
        named = [answer_from_text(field, code) for system, code in codings(value) if system == PLAIN_SYSTEM]
        if named and None not in named:
            return Reading({"": Choice(frozenset(answer for answer in named if answer))}, ", ".join(map(str, named)))
    return read_value(component, field, answers)


def _one_field(item: Item, subject: str, concept: Concept, name: str, found: Timing, gathered: Gathered) -> None:
    """A field by itself ("sstr_pet.liver"): it joins the record to which it refers."""
    field = concept.fields[name]
    result = _field_value(item.resource, concept, field, gathered)
    if result.kind or not value_name(item.resource):
        _complain(item, subject, field, result, gathered)
        return
    when, _ = _dates(item, concept, found, gathered)
    doubt = result.doubt or status_doubt(item.resource)
    draft = _draft(item, subject, concept, when, None, doubt, f"{field.label}: {result.reported}")
    fields = {key or name: value for key, value in result.values.items()}
    specimen = target(node(item.resource, "specimen"), item, "Specimen")
    links = frozenset({item.key, *_study_keys(item)})
    gathered.drafts.append(draft._replace(role="field", fields=fields, links=links, specimen=specimen, rank=3))
