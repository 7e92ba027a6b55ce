"""The plain form in OMOP: rows whose source value is "equipoise:<concept>" or "equipoise:<concept>.<field>".

It states what no code says. The rows of one record are those that name the same row as their event
(observation_event_id with its field concept), else those of one day. Beside the fields of a record
there are its days: date, or start and end ("ongoing" where it goes on).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ...concepts import Concept, Vocabulary
from ..fhir.measurements import PLAIN_SYSTEM
from .resources import EVENT_TABLES, Resource, Resources
from .tables import PLAIN, WITH_VALUES, Row


class Named(NamedTuple):
    """A row of the plain form: the concept and the field that it names."""

    row: Row
    concept: str
    field: str


def plain_name(row: Row) -> str:
    """What a row of the plain form names; "" for any other row."""
    written = row.source_value or ""
    return written.removeprefix(PLAIN).strip() if row.table in WITH_VALUES and written.startswith(PLAIN) else ""


def plain_resources(rows: Iterable[Row], vocabulary: Vocabulary, make: Resources) -> Iterator[tuple[Row, Resource]]:
    """The Observations that one person's rows of the plain form make, each with the row that it is named after."""
    records: dict[str, list[Named]] = defaultdict(list)
    for row in rows:
        name, _, field = plain_name(row).partition(".")
        concept = vocabulary.get(name)
        if concept is not None and concept.kind == "record":
            records[name].append(Named(row, name, field))
        else:
            quantity = concept if concept is not None and concept.kind == "quantity" else None
            yield row, {**_observation(row, plain_name(row)), **make.result(row, quantity)}
    for name, named in records.items():
        yield from _records(vocabulary[name], named, make)


def _observation(row: Row, name: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"{row.table}-{row.id}",
        "subject": {"reference": f"Patient/{row.person}"},
        "code": {"coding": [{"system": PLAIN_SYSTEM, "code": name}], "text": name},
    }


def _records(concept: Concept, named: Sequence[Named], make: Resources) -> Iterator[tuple[Row, Resource]]:
    """The records of one concept, and the fields that could belong to two of them, each by itself."""
    heads = {(each.row.table, each.row.id): each for each in named if not each.field}
    members: dict[object, list[Named]] = defaultdict(list)
    for head in heads:
        members[head] = []
    for each in named:
        if each.field:
            members[_belongs_to(each.row, heads)].append(each)
    for key, fields in members.items():
        head = heads.get(key) if isinstance(key, tuple) else None
        if head is None and key is _NOBODY:
            for each in fields:
                row = each.row
                alone = _observation(row, f"{each.concept}.{each.field}")
                yield row, {**alone, **make.result(row, _quantity(concept, each.field))}
            continue
        first = head or fields[0]
        yield first.row, _record(concept, first, fields, make)


_NOBODY = object()


def _belongs_to(row: Row, heads: dict[tuple[str, int | None], Named]) -> object:
    """The record of a field: the row that it names as its event, else the only one of its day, else its day itself."""
    table = EVENT_TABLES.get(row.event_field or 0, "")
    if table and row.event:
        return (table, row.event)
    same_day = [key for key, head in heads.items() if head.row.begun == row.begun]
    if len(same_day) > 1:
        return _NOBODY
    return same_day[0] if same_day else row.begun


def _record(concept: Concept, first: Named, fields: Sequence[Named], make: Resources) -> Resource:
    made = {**_observation(first.row, concept.name), **make.result(first.row, None)}
    if first.field:
        made = {name: value for name, value in made.items() if not name.startswith("value")}
    goes_on = [each for each in fields if _goes_on(each)]
    if goes_on and first.row.begun:
        made.pop("effectiveDateTime")
        made["effectivePeriod"] = {"start": first.row.begun}
    components = [
        {
            "code": {"coding": [{"system": PLAIN_SYSTEM, "code": f"{concept.name}.{each.field}"}]},
            **make.value(each.row, _quantity(concept, each.field)),
        }
        for each in fields
        if each not in goes_on
    ]
    return {**made, "component": components} if components else made


def _goes_on(each: Named) -> bool:
    """Does the row say of a treatment that it has not ended?"""
    return each.field == "end" and (each.row.text or each.row.verbatim or "").strip().casefold() == "ongoing"


def _quantity(concept: Concept, field: str) -> Concept | None:
    found = concept.fields.get(field)
    return found if found is not None and found.kind == "quantity" else None
