"""Sheets (CSV, TSV, XLSX) -> a Reading: one row a person and a column a concept, or one row a fact."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..concepts import Vocabulary
from ..dates import Span
from ..facts import Fact, Reading, Unread
from ..faults import Fault, Mistake, Mistakes
from .cells import Cell, Problem, read_day
from .columns import Column, Heads, heads, names_of_values, nearest, plain, read_head
from .event import Event, Filled, read_event
from .long_form import Met, is_long, read_long
from .workbook import Sheet, open_sheets

# How many bytes of all files have been read, and how many there are.
Progress = Callable[[int, int], None]

# Rows of a title may stand above the heads; one of more cells are the heads themselves.
_ROWS_ABOVE, _CELLS_OF_A_TITLE = 10, 2
_OUR_OWN = ("read me", "lists")


@dataclass(slots=True)
class _Gathered:
    people: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    facts: list[Fact] = field(default_factory=list[Fact])
    unread: list[Unread] = field(default_factory=list[Unread])
    read: int = 0


def read_sheets(paths: Iterable[Path], vocabulary: Vocabulary, progress: Progress | None = None) -> Reading:
    """The facts of every sheet, people in the order met; facts of one person on several rows or files add up.

    `progress` is called after each file with the bytes read so far and those of all files.
    Raises Fault (Mistakes, when there are several) for what cannot be read as a sheet at all.
    """
    gathered, faults = _Gathered(), list[Fault]()
    known = heads(vocabulary)
    files = list(paths)
    sizes = [path.stat().st_size if path.is_file() else 0 for path in files]
    for number, path in enumerate(files, start=1):
        try:
            _gather(_items(path, vocabulary, known), gathered)
        except Fault as fault:
            faults.append(fault)
        if progress:
            progress(sum(sizes[:number]), sum(sizes))
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Mistakes([Mistake(*_place_and_message(str(fault))) for fault in faults])
    return Reading(gathered.people, tuple(gathered.facts), tuple(gathered.unread), gathered.read)


def _place_and_message(sentence: str) -> tuple[str, int, int, str]:
    place, _, message = sentence.partition(": ")
    return place, 0, 0, message


def _gather(items: Iterable[Fact | Unread | Met], into: _Gathered) -> None:
    for item in items:
        match item:
            case Fact():
                into.facts.append(item)
            case Unread():
                into.unread.append(item)
            case Met(person):
                into.read += 1
                if person:
                    into.people.setdefault(person, frozenset())


def _items(path: Path, vocabulary: Vocabulary, known: Heads) -> Iterator[Fact | Unread | Met]:
    found = False
    for sheet in open_sheets(path):
        if sheet.title.casefold() in _OUR_OWN:
            continue
        above = _above_and_head(sheet, known)
        if above is None:
            continue  # an empty sheet
        yield from sheet.notes
        *titles, (number, head) = above
        if not _names_a_person(head, known):
            if sheet.title:
                why = f"the sheet {sheet.title} has no column headed person and was passed over"
                yield Unread(sheet.at(1), sheet.title, why, "sheet passed over")
            continue
        found = True
        for row, cells in titles:
            if text := " ".join(cell.text for cell in cells if cell.text):
                yield Unread(sheet.at(row), text, "stands above the heads of the columns", "no value")
        reader = read_long if is_long(head) else _read_wide
        yield from reader(sheet, number, head, vocabulary, known)
    if not found:
        # The first row is not quoted: in a sheet without heads it is a patient's.
        raise Fault(
            f"{path}: no column is headed person, which must name each row's person; "
            "is it a sheet made from the template?"
        )


def _above_and_head(sheet: Sheet, known: Heads) -> list[tuple[int, list[Cell]]] | None:
    """The first filled rows up to the one with the heads (the last of them); None for a sheet without any."""
    rows: list[tuple[int, list[Cell]]] = []
    for number, cells in sheet.rows:
        if not any(cell.text for cell in cells):
            continue
        rows.append((number, cells))
        filled = sum(bool(cell.text) for cell in cells)
        if _names_a_person(cells, known) or filled > _CELLS_OF_A_TITLE or len(rows) == _ROWS_ABOVE:
            break
    return rows or None


def _names_a_person(cells: Iterable[Cell], known: Heads) -> bool:
    return any((column := known.get(plain(cell.text))) and column.part == "person" for cell in cells)


# ------------------------------------------------------------------ the wide form
class _Layout(NamedTuple):
    """Which column stands where; and of the columns that mean nothing here, the heads."""

    person: int
    as_of: int | None
    columns: dict[int, Column]
    unknown: dict[int, str]
    width: int


def _layout(sheet: Sheet, number: int, head: list[Cell], known: Heads) -> _Layout:
    read = {index: read_head(cell.text, known) for index, cell in enumerate(head) if cell.text}
    people = [index for index, column in read.items() if column and column.part == "person"]
    # "id" beside "person" is some other number of theirs.
    person = next((index for index in people if plain(head[index].text) == "person"), people[0])
    columns = {index: column for index, column in read.items() if column and column.part != "person"}
    _refuse_twins(sheet, number, head, columns)
    as_of = next((index for index, column in columns.items() if column.part == "as_of"), None)
    unknown = {index: head[index].text for index in read if index != person and index not in columns}
    columns.pop(-1 if as_of is None else as_of, None)
    return _Layout(person, as_of, columns, unknown, len(head))


def _refuse_twins(sheet: Sheet, number: int, head: list[Cell], columns: dict[int, Column]) -> None:
    seen: dict[tuple[object, ...], int] = {}
    for index, column in columns.items():
        key = (column.part, column.concept, column.field, column.event)
        if key in seen:
            one, other = head[seen[key]].text, head[index].text
            again = f"{column.name} (2)" if column.concept else column.name
            raise Fault(
                f'{sheet.at(number)}: the columns "{one}" and "{other}" mean the same; remove one, '
                f'or head a second event "{again}"'
            )
        seen[key] = index


def _read_wide(
    sheet: Sheet, number: int, head: list[Cell], vocabulary: Vocabulary, known: Heads
) -> Iterator[Fact | Unread | Met]:
    layout = _layout(sheet, number, head, known)
    ignored = dict.fromkeys(layout.unknown, 0)
    for row, cells in sheet.rows:
        if not any(cell.text for cell in cells):
            continue
        person = cells[layout.person].text if layout.person < len(cells) else ""
        yield Met(person)
        if problem := _row_problem(layout, person, cells):
            yield Unread(sheet.at(row), "; ".join(cell.text for cell in cells if cell.text), *problem, person)
            continue
        for index in ignored:
            ignored[index] += index < len(cells) and bool(cells[index].text)
        yield from _read_row(sheet, row, person, cells, layout, vocabulary)
    for index, count in ignored.items():
        yield _unknown_column(sheet.at(number), layout.unknown[index], count, known)


def _row_problem(layout: _Layout, person: str, cells: list[Cell]) -> tuple[str, str] | None:
    if any(cell.text for cell in cells[layout.width :]):
        # The cells may have moved to the right of where they belong: none of them can be trusted.
        why = "this row has more cells than there are heads: perhaps a decimal comma without quotation marks"
        return f"{why}. Nothing of it was read", "too many cells"
    return None if person else ("no person is named in this row: nothing of it was read", "no person")


def _unknown_column(place: str, head: str, count: int, known: Heads) -> Unread:
    cells = f"{count} filled cell{'' if count == 1 else 's'}"
    why = f'no concept of the protocol is called "{head}": the column ({cells}) was not read.'
    return Unread(place, head, why + nearest(head, names_of_values(known)), "unknown column")


def _read_row(
    sheet: Sheet, row: int, person: str, cells: list[Cell], layout: _Layout, vocabulary: Vocabulary
) -> Iterator[Fact | Unread]:
    place = sheet.at(row)
    as_of = None
    if layout.as_of is not None and layout.as_of < len(cells) and cells[layout.as_of].text:
        as_of = read_day(cells[layout.as_of], sheet.day_0)
        if isinstance(as_of, Problem):
            cell = cells[layout.as_of]
            why = f'as_of: "{cell.text}" {as_of.why}'
            yield Unread(f"{place}, column as_of", cell.text, why, as_of.kind, person)
    events: dict[tuple[str, int], list[Filled]] = {}
    for index, column in layout.columns.items():
        if index < len(cells) and cells[index].text:
            filled = Filled(column, cells[index], f"{place}, column {_named(column)}", sheet.day_0)
            events.setdefault((column.concept, column.event), []).append(filled)
    for (concept, _), filled in events.items():
        # The value's own cell first: it is the one that a fact's source names.
        filled.sort(key=lambda each: each.column.part != "value")
        yield from read_event(Event(person, vocabulary[concept], filled, as_of if isinstance(as_of, Span) else None))


def _named(column: Column) -> str:
    return column.name + (f" ({column.event})" if column.event > 1 else "")
