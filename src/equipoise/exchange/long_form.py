"""The long form of the sheet: one row a fact (or a field of a record), read and written."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from ..concepts import Concept, Vocabulary
from ..dates import ANY_DAY, Span
from ..facts import Choice, Fact, Nothing, Text, Unread, Value
from ..faults import Fault
from ..quantities import Quantity
from .cells import MARKED_TEXT, NO_SUCH_EVENT, Cell, day_cell, quantity_cell
from .columns import Column, Heads, Part, computed, names_of_values, nearest, plain
from .event import ONE_DAY, Event, Filled, read_event
from .workbook import Sheet

LONG_COLUMNS: Final = (
    "person", "concept", "field", "value", "unit", "date", "end", "low", "high",
    "event", "id", "supersedes", "issued", "doubt", "source",
)  # fmt: skip
_OTHER_PEOPLE: Final = ("patient", "participant", "subject", "person_id", "patient_id", "subject_id")
_PARTS: Final[tuple[Part, ...]] = ("date", "end", "low", "high")


class Met(NamedTuple):
    """A row was read; about whom ("" where it does not say)."""

    person: str


@dataclass(slots=True)
class _Rows:
    """The rows of one fact, and what they say beside the event."""

    event: Event
    filled: list[Filled]
    stated: dict[str, str]


def is_long(head: Iterable[Cell]) -> bool:
    return {"concept", "value"} <= {plain(cell.text) for cell in head}


# ------------------------------------------------------------------ reading
def read_long(
    sheet: Sheet, number: int, head: list[Cell], vocabulary: Vocabulary, known: Heads
) -> Iterator[Fact | Unread | Met]:
    """The facts of a long sheet, in the order of their first rows. Rows of a record share `event`."""
    places, unknown = _places(sheet, number, head)
    for name in unknown:
        why = f'the long form has no column "{name}": it was not read.{nearest(name, LONG_COLUMNS)}'
        yield Unread(sheet.at(number), name, why, "unknown column")
    facts: list[_Rows] = []
    records: dict[tuple[str, ...], _Rows] = {}
    columns: dict[tuple[str, str], Column | str] = {}
    for row, cells in sheet.rows:
        if not any(cell.text for cell in cells):
            continue
        by_name = {name: cells[index] for name, index in places.items() if index < len(cells) and cells[index].text}
        person = _text(by_name, "person")
        yield Met(person)
        asked = _text(by_name, "concept"), _text(by_name, "field")
        found = columns.get(asked)
        if found is None:
            found = columns[asked] = _column(*asked, vocabulary, known)
        if not person or isinstance(found, str):
            shown = "; ".join(cell.text for cell in cells if cell.text)
            why, kind = (
                (found, "unknown concept")
                if isinstance(found, str)
                else ("no person is named in this row", "no person")
            )
            yield Unread(sheet.at(row), shown, why, kind, person)
            continue
        _add(_filled(sheet, row, by_name, found), by_name, person, vocabulary[found.concept], facts, records)
    for rows in facts:
        yield from _read_rows(rows)


def _places(sheet: Sheet, number: int, head: list[Cell]) -> tuple[dict[str, int], list[str]]:
    places: dict[str, int] = {}
    unknown: list[str] = []
    names = [plain(cell.text) for cell in head]
    alias = next((name for name in ("person", *_OTHER_PEOPLE, "id") if name in names), "person")
    for index, name in enumerate(names):
        name = "person" if name == alias else "date" if name == "start" else name
        if name in places:
            raise Fault(f'{sheet.at(number)}: two columns are headed "{name}"; remove one')
        if name in LONG_COLUMNS:
            places[name] = index
        elif name:
            unknown.append(head[index].text)
    return places, unknown


def _text(row: Mapping[str, Cell], name: str) -> str:
    return row[name].text if name in row else ""


def _column(name: str, field: str, vocabulary: Vocabulary, known: Heads) -> Column | str:
    """The column of the wide form that a row's concept and field name; or why there is none."""
    if not name:
        return "no concept is named in this row"
    if name in vocabulary and computed(vocabulary[name]):
        return f'"{name}" is worked out of other concepts and cannot be entered'
    asked = f"{name}.{field}" if field else name
    column = known.get(plain(asked))
    if column is None or not column.concept or column.part != "value":
        return f'no concept of the protocol is called "{asked}".{nearest(asked, names_of_values(known))}'
    return column


def _filled(sheet: Sheet, row: int, cells: Mapping[str, Cell], column: Column) -> list[Filled]:
    """The cells of a row as the columns of the wide form that they stand for."""
    unit = _text(cells, "unit")
    found: list[Filled] = []
    if "value" in cells:
        value = replace(column, unit=unit)
        found.append(Filled(value, cells["value"], f"{sheet.at(row)}, column value", sheet.day_0))
    for part in _PARTS:
        if part in cells:
            beside = Column(
                f"{column.concept}.{part}", part, column.concept, unit=unit if part in ("low", "high") else ""
            )
            found.append(Filled(beside, cells[part], f"{sheet.at(row)}, column {part}", sheet.day_0))
    return found


def _add(
    filled: list[Filled],
    row: Mapping[str, Cell],
    person: str,
    concept: Concept,
    facts: list[_Rows],
    records: dict[tuple[str, ...], _Rows],
) -> None:
    """Puts a row to the record that it belongs to, or begins a new fact with it."""
    stated = {name: row[name].text for name in ("id", "supersedes", "issued", "doubt", "source") if name in row}
    event = _text(row, "event")
    key = (person, concept.name, event) if event else (person, concept.name, "", _text(row, "date"), _text(row, "id"))
    rows = records.get(key) if concept.kind == "record" else None
    # Without a number of the event, a field that comes again begins another record of that day.
    if rows is not None and not event and _fields(rows.filled) & _fields(filled):
        rows = None
    if rows is None:
        rows = _Rows(Event(person, concept, ()), [], stated)
        facts.append(rows)
        records[key] = rows
    rows.filled += filled
    rows.stated = {**stated, **rows.stated}


def _fields(filled: Iterable[Filled]) -> set[str]:
    return {each.column.field for each in filled if each.column.part == "value"}


def _read_rows(rows: _Rows) -> Iterator[Fact | Unread]:
    if not rows.filled:
        return
    for item in read_event(rows.event._replace(filled=rows.filled)):
        if isinstance(item, Fact):
            if not item.doubt and (doubt := rows.stated.get("doubt")):
                why = f"{rows.event.concept.label} is kept but not used: {doubt}"
                yield Unread(item.source, item.reported, why, "stated doubt", item.person, held=True)
            item = _with_stated(item, rows.stated)
        yield item


def _with_stated(fact: Fact, stated: Mapping[str, str]) -> Fact:
    source = f"{stated['source']} ({fact.source})" if "source" in stated else fact.source
    return replace(
        fact,
        source=source,
        id=stated.get("id", ""),
        supersedes=stated.get("supersedes", ""),
        issued=stated.get("issued", ""),
        doubt=stated.get("doubt", "") or fact.doubt,
    )


# ------------------------------------------------------------------ writing
def facts_to_rows(facts: Iterable[Fact], vocabulary: Vocabulary) -> Iterator[tuple[str, ...]]:
    """The rows of the long form, without its heads (LONG_COLUMNS).

    Read again they give the same facts, but for `source` (which then names the sheet as well) and `reported`.
    """
    for number, fact in enumerate(facts, start=1):
        concept = vocabulary[fact.concept]
        same = _same_on_each_row(fact, concept)
        if not isinstance(fact.value, Mapping):
            yield _row({**same, **_value_cells(fact.value, concept)})
            continue
        same["event"] = str(number)
        # The bare record says that it happened, whether or not anything more is known of it.
        yield _row({**same, "value": "yes"})
        for name, value in fact.value.items():
            yield _row({**same, "field": name, **_value_cells(value, concept.fields[name])})


def write_long(facts: Iterable[Fact], vocabulary: Vocabulary, path: Path) -> None:
    """Writes the facts to a CSV file in the long form (UTF-8 with its mark, for Excel)."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(LONG_COLUMNS)
        writer.writerows(facts_to_rows(facts, vocabulary))


def _row(cells: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(cells.get(name, "") for name in LONG_COLUMNS)


def _same_on_each_row(fact: Fact, concept: Concept) -> dict[str, str]:
    cells = {
        "person": fact.person, "concept": fact.concept, "id": fact.id, "supersedes": fact.supersedes,
        "issued": fact.issued, "doubt": fact.doubt, "source": fact.source,
    }  # fmt: skip
    # A date is known from the day on that it names, unless the sheet says otherwise.
    if fact.when != (fact.value if isinstance(fact.value, Span) else ANY_DAY):
        cells["date"] = day_cell(fact.when)
    if fact.end is not None:
        cells["end"] = day_cell(fact.end)
    elif concept.lasts and not isinstance(fact.value, Nothing):
        cells["end"] = ONE_DAY
    if fact.reference:
        for name, limit in (("low", fact.reference.low), ("high", fact.reference.high)):
            if limit is not None:
                cells[name] = f"{quantity_cell(limit)} {limit.unit}".strip()
    return cells


def _value_cells(value: Value, concept: Concept) -> dict[str, str]:
    match value:
        case Nothing():
            return {"value": NO_SUCH_EVENT}
        case Quantity():
            return {"value": quantity_cell(value), "unit": value.unit}
        case Span():
            return {"value": day_cell(value)}
        case Choice(answers):
            return {"value": "; ".join(sorted(answers))}
        case Text(text):
            marked = concept.kind != "text" or text.startswith(MARKED_TEXT)
            return {"value": f"{MARKED_TEXT} {text}" if marked else text}
        case _:
            raise ValueError(f"a field of {concept.name} holds a record")
