"""What the reading of a resource leaves behind, as JSON and back: to be set aside until it is known whose it is.

Names of people are not set aside: of what waits for another resource, whatever tells who is left out.
"""

from typing import Any, Final

import orjson

from ...dates import ANY_DAY
from ...fact_data import (
    reference_data,
    reference_from_data,
    span_from_text,
    span_text,
    value_data,
    value_from_data,
)
from .drafts import NO_FIELDS, Applies, Complaint, Draft, Specimen
from .elements import Item, Node

# Texts and references that may name a patient or those who treat them; no reader looks at them.
_WHO: Final = ("text", "performer", "requester", "recorder", "asserter", "participant", "encounter", "note")
_ABOUT: Final = ("subject", "patient")


def draft_json(draft: Draft) -> str:
    """A draft without its ordinal."""
    data = [
        draft.role, draft.concept, draft.subject, draft.file, draft.key, draft.source,
        None if draft.value is None else value_data(draft.value),
        {name: value_data(value) for name, value in draft.fields.items()} if draft.fields else None,
        None if draft.when == ANY_DAY else span_text(draft.when),
        None if draft.end is None else span_text(draft.end),
        draft.reported,
        None if draft.reference is None else reference_data(draft.reference),
        draft.doubt, draft.issued, sorted(draft.links), draft.specimen, draft.rank, draft.fasting,
        [[reference_data(each.limits), each.sex, each.from_age, each.to_age] for each in draft.ranges],
        draft.free_text,
    ]  # fmt: skip
    return orjson.dumps(data).decode()


def draft_from_json(line: str, ordinal: int) -> Draft:
    """The draft of such a line, with its number in the order of reading."""
    (
        role, concept, subject, file, key, source, value, fields, when, end, reported, reference, doubt, issued, links,
        specimen, rank, fasting, ranges, free_text,
    ) = orjson.loads(line)  # fmt: skip
    return Draft(
        role, concept, subject, file, ordinal, key, source,
        None if value is None else value_from_data(value),
        {name: value_from_data(each) for name, each in fields.items()} if fields else NO_FIELDS,
        ANY_DAY if when is None else span_from_text(when),
        None if end is None else span_from_text(end),
        reported,
        None if reference is None else reference_from_data(reference),
        doubt, issued, frozenset(links), specimen, rank, fasting,
        tuple(Applies(reference_from_data(limits), *narrowed) for limits, *narrowed in ranges),
        free_text,
    )  # fmt: skip


def complaint_json(complaint: Complaint) -> str:
    """A complaint without its ordinal."""
    data = [
        complaint.source, complaint.what, complaint.why, complaint.kind, complaint.subject, complaint.file,
        complaint.held,
    ]  # fmt: skip
    return orjson.dumps(data).decode()


def complaint_from_json(line: str, ordinal: int) -> Complaint:
    source, what, why, kind, subject, file, held = orjson.loads(line)
    return Complaint(source, what, why, kind, subject, file, ordinal, held)


def item_json(item: Item, subject: str) -> str:
    """A resource that waits for another, or for which others wait, and whom it is about; without its ordinal."""
    resource = _without_names(item.resource)
    urls = {url: item.urls[url] for url in _references(resource) if url in item.urls} if item.urls else {}
    data = [resource, item.key, item.source, item.file, urls, item.owner, item.owner_subject, item.base, subject]
    return orjson.dumps(data).decode()


def item_from_json(line: str, ordinal: int) -> tuple[Item, str]:
    """The resource of such a line, and whom it is about."""
    resource, key, source, file, urls, owner, owner_subject, base, subject = orjson.loads(line)
    return Item(resource, key, source, file, ordinal, urls, owner, owner_subject, base), subject


def specimen_json(specimen: Specimen) -> str:
    return orjson.dumps([specimen.fasting, list(specimen.sites)]).decode()


def specimen_from_json(line: str) -> Specimen:
    fasting, sites = orjson.loads(line)
    return Specimen(fasting, tuple((system, code) for system, code in sites))


def _without_names(resource: Node) -> Node:
    kept = {name: part for name, part in resource.items() if name not in _WHO and name != "contained"}
    for name in _ABOUT:
        if isinstance(kept.get(name), dict):
            kept[name] = {part: value for part, value in kept[name].items() if part != "display"}
    return kept


def _references(value: Any) -> list[str]:
    """Every reference that stands anywhere in a resource."""
    if isinstance(value, list):
        return [found for each in value for found in _references(each)]
    if not isinstance(value, dict):
        return []
    own = [value["reference"]] if isinstance(value.get("reference"), str) else []
    return own + [found for part in value.values() if isinstance(part, dict | list) for found in _references(part)]
