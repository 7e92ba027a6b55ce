"""What several resources say of one event or one report becomes one record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ...concepts import Concept
from ...dates import EARLIEST, Span
from ...facts import Choice, Value
from ..bindings import Bindings, Shape
from .drafts import Draft, Specimen

_WORDS_ONLY = "it states nothing in codes"


class Loose(NamedTuple):
    """A draft that belongs to no record, and why."""

    draft: Draft
    why: str


class Merged(NamedTuple):
    """The records of one concept of one person; the fields that found no record; free text beside missing fields."""

    records: list[Draft]
    loose: list[Loose]


def merge(
    drafts: Sequence[Draft], concept: Concept, bindings: Bindings, links: Mapping[str, frozenset[str]],
    specimens: Mapping[str, Specimen],
) -> Merged:  # fmt: skip
    """The records of a concept that one person's drafts make."""
    shape = bindings.shapes.get(concept.name, Shape())
    drafts = [_with_specimen(draft, bindings, specimens) for draft in drafts]
    hints = [draft for draft in drafts if draft.role == "hint"]
    groups = _grouped([draft for draft in drafts if draft.role != "hint"], links, shape.assemble)
    groups = [part for group in groups for part in _by_specimen(group, concept)]
    # What is assembled is a record once it states anything; any other record needs its event.
    stated = [group for group in groups if not shape.assemble or any(draft.fields for draft in group)]
    events = [group for group in stated if shape.assemble or any(draft.role == "event" for draft in group)]
    loose = [Loose(draft, _WORDS_ONLY) for group in groups if group not in stated for draft in group]
    for group in stated:
        if group not in events:
            loose += _attached(group, events, shape)
    records = [_record(group, concept) for group in events]
    records += [hint for hint in _merged_hints(hints, concept) if not _said(hint, records)]
    return Merged(records, loose)


def _with_specimen(draft: Draft, bindings: Bindings, specimens: Mapping[str, Specimen]) -> Draft:
    """Adds the field that the place of the specimen states."""
    bound = bindings.specimen_site.get(draft.concept)
    specimen = specimens.get(draft.specimen) if draft.specimen else None
    if bound is None or specimen is None:
        return draft
    field, sites = bound
    answers = {sites[site] for site in specimen.sites if site in sites}
    if len(answers) != 1 or field in draft.fields:
        return draft
    return draft._replace(fields={**draft.fields, field: Choice(frozenset(answers))})


def _grouped(drafts: Sequence[Draft], links: Mapping[str, frozenset[str]], assemble: bool) -> list[list[Draft]]:
    """Drafts of one event: those that refer to each other or to the same report, study or specimen. What is assembled
    and refers to nothing joins what else is of the same day."""
    group_of: dict[str, int] = {}
    groups: dict[int, list[Draft]] = {}
    for number, draft in enumerate(sorted(drafts, key=_order)):
        keys = set(draft.links).union(*(links.get(key, frozenset()) for key in draft.links))
        if assemble and draft.specimen:
            keys.add(draft.specimen)
        met = sorted({group_of[key] for key in keys if key in group_of})
        together = [member for at in met for member in groups[at]]
        if not _one_event([*together, draft]):
            groups[number] = [draft]
            continue  # it refers to two events: nobody can tell to which it belongs
        for at in met:
            del groups[at]
        groups[number] = [*together, draft]
        group_of.update({key: number for key, at in group_of.items() if at in met} if met else {})
        group_of.update(dict.fromkeys(keys, number))
    found = list(groups.values())
    return _by_day(found) if assemble else found


def _order(draft: Draft) -> tuple[object, ...]:
    """An order that does not depend on the order of reading, not even for two versions of one resource."""
    stated = sorted((name, str(value)) for name, value in draft.fields.items())
    return (draft.rank, draft.key, draft.issued, draft.reported, draft.when, stated)


def _one_event(group: Iterable[Draft]) -> bool:
    """Can these be one event? Two operations, two studies, two doses are two, whatever report speaks of both."""
    kinds = [key.partition("/")[0] for key in {draft.key for draft in group if draft.role == "event"}]
    return all(kinds.count(kind) < 2 for kind in kinds if kind not in ("Observation", "DiagnosticReport"))


def _by_day(groups: list[list[Draft]]) -> list[list[Draft]]:
    """Lone drafts of one exact day are one report; they join the one report of that day if there is just one."""
    lone: dict[Span, list[list[Draft]]] = defaultdict(list)
    rest: list[list[Draft]] = []
    for group in groups:
        alone = len({draft.key for draft in group}) == 1 and group[0].role == "field" and not group[0].specimen
        (lone[group[0].when] if alone and group[0].when.exact else rest).append(group)
    for day, singles in sorted(lone.items()):
        together = [draft for group in singles for draft in group]
        same_day = [group for group in rest if any(draft.when == day for draft in group)]
        if len(same_day) == 1:
            same_day[0].extend(together)
        else:
            rest.append(together)
    return rest


def _by_specimen(group: list[Draft], concept: Concept) -> list[list[Draft]]:
    """One report of several specimens is one record, unless it says different things of them: then one for each."""
    specimens = sorted({draft.specimen for draft in group if draft.specimen})
    if len(specimens) < 2 or not _conflict(group, concept):
        return [group]
    parts = [[draft for draft in group if draft.specimen == specimen] for specimen in specimens]
    rest = [draft for draft in group if not draft.specimen]
    return [*parts, rest] if rest else parts


def _fields(group: Iterable[Draft], concept: Concept) -> tuple[dict[str, Value], list[str]]:
    """The fields of a group, and those of which it says different things."""
    fields: dict[str, Value] = {}
    conflicts: list[str] = []
    for draft in group:
        for name, value in draft.fields.items():
            before = fields.setdefault(name, value)
            if before == value:
                continue
            several = name in concept.fields and concept.fields[name].several
            if several and isinstance(before, Choice) and isinstance(value, Choice):
                fields[name] = Choice(before.answers | value.answers)
            elif name not in conflicts:
                conflicts.append(name)
    return fields, conflicts


def _conflict(group: Sequence[Draft], concept: Concept) -> bool:
    return bool(_fields(group, concept)[1])


def _record(group: Sequence[Draft], concept: Concept) -> Draft:
    """One record of a group. Its date is that of the resource that knows it best; where it says two different things of
    one field nothing of it may be used."""
    ordered = sorted(group, key=_order)
    first = ordered[0]
    if len(ordered) == 1:
        return first
    fields, conflicts = _fields(ordered, concept)
    known = [draft for draft in ordered if draft.when.lo > EARLIEST] or ordered
    dated = [draft for draft in known if draft.rank == known[0].rank]
    when = Span(min(draft.when.lo for draft in dated), max(draft.when.hi for draft in dated))
    doubt = next((draft.doubt for draft in ordered if draft.doubt), "")
    if conflicts:
        name = conflicts[0]
        label = concept.fields[name].label if name in concept.fields else name
        said = " and ".join(sorted({str(draft.fields[name]) for draft in ordered if name in draft.fields}))
        doubt = f"the report states {label} as {said}"
    reported = "; ".join(dict.fromkeys(draft.reported for draft in ordered if draft.reported))
    text = " ".join(dict.fromkeys(draft.free_text for draft in ordered if draft.free_text))
    ends = [draft.end for draft in dated if draft.end is not None]
    return first._replace(
        fields=fields, when=when, end=ends[0] if ends else None, doubt=doubt, reported=reported, free_text=text,
        issued=max(draft.issued for draft in ordered), role="event",
    )  # fmt: skip


def _attached(group: list[Draft], events: list[list[Draft]], shape: Shape) -> list[Loose]:
    """A field without a reference joins the only event on or before its day, within the days that the protocol's codes
    allow; else it stays loose."""
    within = shape.attach_within_days
    day = group[0].when
    near = [
        event
        for event in events
        if within and any(draft.role == "event" and day.lo - draft.when.hi >= 0 and day.hi - draft.when.lo <= within
                          for draft in event)
    ] if day.exact else []  # fmt: skip
    if len(near) == 1:
        near[0].extend(group)
        return []
    why = "it names no event, and several could be meant" if near else "it names no event to which it belongs"
    return [Loose(draft, why) for draft in group]


def _merged_hints(hints: Sequence[Draft], concept: Concept) -> list[Draft]:
    """The hints of one resource as one record."""
    by_key: dict[str, list[Draft]] = defaultdict(list)
    for hint in hints:
        by_key[hint.key].append(hint)
    return [_record(group, concept) for group in by_key.values()]


def _said(hint: Draft, records: Iterable[Draft]) -> bool:
    """Does a record already say all that a hint says?"""
    return any(all(record.fields.get(name) == value for name, value in hint.fields.items()) for record in records)
