"""Procedures and examinations -> events: operations, scans, treatments that are procedures."""

from collections.abc import Iterable

from ...facts import Value, chosen
from ..bindings import Binding, Bindings
from .bundles import targets
from .drafts import Gathered, Link, Role, begun
from .elements import Coding, Item, Node, all_codings, codings, malformed, node, nodes, text, words
from .timing import Timing, last_day, moment, on_or_before, timing

_WAYS = {"Procedure": ("procedure", "imaging"), "ImagingStudy": ("imaging",), "DiagnosticReport": ("imaging", "report")}
_DONE = ("completed",)
_BEGUN = ("completed", "in-progress", "on-hold", "stopped")
_LINKED = {
    "Procedure": ("report",),
    "ImagingStudy": ("procedureReference",),
    "DiagnosticReport": ("imagingStudy", "result", "basedOn"),
}


def bound(way: str, pairs: Iterable[Coding], marks: frozenset[str], gathered: Gathered) -> tuple[list[Binding], str]:
    """The bindings of a resource's codes, one a concept, and the mark for want of which a binding was not used ("")."""
    found: list[Binding] = []
    wanting = ""
    for pair in pairs:
        for binding in gathered.bindings.find(way, pair):
            if (binding.needs and binding.needs not in marks) or (binding.unless and binding.unless in marks):
                wanting = wanting or binding.needs or f"not {binding.unless}"
            elif not any(binding.concept == other.concept and binding.sets == other.sets for other in found):
                found.append(binding)
    return found, wanting


def is_bound(way: str, pairs: Iterable[Coding], gathered: Gathered) -> bool:
    return any(gathered.bindings.find(way, pair) for pair in pairs)


def marks_in(pairs: Iterable[Coding], bindings: Bindings) -> frozenset[str]:
    """Every mark that some code among these bears."""
    marks: set[str] = set()
    for pair in pairs:
        marks |= bindings.marks_of(pair)
    return frozenset(marks)


def fields_of(binding: Binding, pairs: Iterable[Coding], bindings: Bindings) -> dict[str, Value]:
    """The fields that a binding states, and those that other codes of the resource add to them."""
    fields: dict[str, Value] = {}
    also = bindings.also.get(binding.concept, {})
    for pair in pairs:
        for name, answer in also.get(pair, {}).items():
            fields[name] = chosen(answer)
    fields.update({name: chosen(answer) for name, answer in binding.sets.items()})
    return fields


def links_of(item: Item) -> frozenset[str]:
    """The resources with which this one tells of the same event."""
    keys = {item.key}
    for name in _LINKED[item.resource["resourceType"]]:
        if name in item.resource:
            keys.update(key for key in targets(item.resource, name, item) if not key.startswith("CarePlan/"))
    return frozenset(keys)


def reason_marks(item: Item, gathered: Gathered) -> frozenset[str]:
    """The marks of the diagnoses that a resource names as its reason."""
    marks: frozenset[str] = frozenset()
    for key in targets(item.resource, "reasonReference", item, "Condition"):
        marks |= gathered.conditions.get(key, frozenset())
    return marks


def wanting_why(mark: str) -> tuple[str, str]:
    """The kind and the sentence for a resource that lacks a mark, or bears a barring one ("not ...")."""
    name = mark.replace("_", " ")
    if name.startswith("not "):
        return "another kind", f"it is marked as {name.removeprefix('not ')}"
    return f"not known to be {name}", f"nothing in it says that it is {name}"


def read_event(item: Item, subject: str, gathered: Gathered) -> None:
    """The events of a Procedure, an ImagingStudy or a DiagnosticReport."""
    resource = item.resource
    kind = resource["resourceType"]
    pairs = _event_codes(resource)
    if not any(is_bound(way, pairs, gathered) for way in _WAYS[kind]):
        if kind == "DiagnosticReport" and "result" in resource:
            _remember_report(item, subject, gathered)
        gathered.pass_over(item, pairs, subject=subject if kind == "Procedure" else "")
        return
    if "reasonReference" in resource:
        gathered.waiting.append((item, subject))  # the diagnosis may come later in the files
        return
    settle_event(item, subject, gathered)


def _event_codes(resource: Node) -> list[Coding]:
    """The codes that say what was done: code, procedure code, category (of a report) and modality."""
    pairs = codings(resource.get("code")) + codings(resource.get("procedureCode"))
    if resource["resourceType"] != "Procedure":
        pairs += codings(resource.get("modality")) + codings(resource.get("category"))
        for series in nodes(resource, "series"):
            pairs += codings(series.get("modality"))
    return pairs


def _remember_report(item: Item, subject: str, gathered: Gathered) -> None:
    """Which results one report holds: they may be fields of one record."""
    keys = targets(item.resource, "result", item, "Observation")
    if len(keys) > 1:
        gathered.links.append(Link(item.key, keys, subject, item.file, item.ordinal))


def settle_event(item: Item, subject: str, gathered: Gathered) -> None:
    """The events of a resource whose codes are bound, now that its reasons are known."""
    resource = item.resource
    kind = resource["resourceType"]
    bad = malformed(resource)
    if bad:
        gathered.complain(item, subject, "malformed", f"{bad} has the wrong form")
        return
    pairs = _event_codes(resource)
    everything = list(all_codings(resource))
    marks = marks_in(everything, gathered.bindings) | reason_marks(item, gathered)
    if kind == "DiagnosticReport":
        _remember_report(item, subject, gathered)
    done = False
    for way in _WAYS[kind]:
        found, wanting = bound(way, pairs, marks, gathered)
        for binding in found:
            _event(item, subject, binding, everything, gathered)
            done = True
        if wanting and not done:
            why_kind, why = wanting_why(wanting)
            gathered.complain(item, subject, why_kind, why, _shown(item))
            done = True


def _shown(item: Item) -> str:
    return words(node(item.resource, "code")) or item.key


def _status_fault(item: Item, lasting: bool) -> tuple[str, str, str]:
    """(kind, why, doubt) by the status: kind when it must not be used at all, a doubt when it is not sure."""
    kind, status = item.resource["resourceType"], text(item.resource, "status")
    if status == "entered-in-error":
        return "entered in error", "it was entered in error", ""
    if kind == "Procedure":
        if status in (_BEGUN if lasting else _DONE):
            return "", "", ""
        if status in ("unknown", ""):
            return "", "", "whether it was done is not known"
        return "not done", f'its status is "{status}"', ""
    if status == "cancelled":
        return "cancelled", "it was cancelled", ""
    if status in ("registered", "partial", "preliminary"):
        return "", "", "preliminary result"
    return "", "", ""


def _event(item: Item, subject: str, binding: Binding, everything: list[Coding], gathered: Gathered) -> None:
    resource = item.resource
    concept = gathered.vocabulary[binding.concept]
    shape = gathered.bindings.shapes[binding.concept]
    kind, why, doubt = _status_fault(item, shape.lasting)
    if kind:
        gathered.complain(item, subject, kind, why, f"{concept.label}: {_shown(item)}")
        return
    found, rank = _when(resource)
    if found.fault:
        gathered.complain(item, subject, "unreadable date", found.fault, concept.label, held=True)
    if doubt:
        gathered.complain(item, subject, "doubtful", doubt, f"{concept.label}: {_shown(item)}", held=True)
    role: Role = "field" if binding.field else "event"
    fields = fields_of(binding, everything, gathered.bindings)
    if not found.stated:
        when, end = on_or_before(text(resource, "issued")) or found.when, None
    elif shape.lasting:
        when, end = found.when, found.end
    else:
        when, end = (last_day(found) if shape.date == "end" else moment(found)), None
    draft = begun(role, binding.concept, item, subject)
    draft = draft._replace(fields=fields, when=when, end=end, reported=_shown(item), doubt=doubt)
    draft = draft._replace(links=links_of(item), rank=rank, free_text=text(resource, "conclusion").strip())
    gathered.drafts.append(draft)


def _when(resource: Node) -> tuple[Timing, int]:
    """When an event was, and how much its date counts: an operation's and a study's own before the report's."""
    kind = resource["resourceType"]
    if kind == "Procedure":
        return timing(resource, "performed"), 0
    if kind == "ImagingStudy":
        return timing({"startedDateTime": resource.get("started")}, "started"), 0
    return timing(resource, "effective"), 2
