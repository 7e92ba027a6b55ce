"""The empty sheet of a trial: a workbook to fill in, or the heads of a CSV file."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..concepts import Concept, Vocabulary
from ..faults import Fault
from ..quantities import unit_text
from .columns import Column, columns, computed
from .long_form import LONG_COLUMNS

_LAST_ROW: Final = 5000  # to which drop-down lists reach
_BOLD = Font(bold=True)
_HEAD = PatternFill("solid", fgColor="DDE8F0")
_TOP = Alignment(wrap_text=True, vertical="top")
# Excel changes nothing in a cell of the format "text": not 5-10 into a date, not 2026-03 into 1 March.
_TEXT = "@"
_ANY_TIME = (2020, 1, 1, 0, 0, 0)
_WHO: Final = {
    "record": "the records", "site": "the site", "person": "the person", "investigator": "the investigator",
}  # fmt: skip

_GUIDE: Final = (
    "One row a person on the sheet “people”, one column a concept. An empty cell states nothing.",
    "Dates: 2026-03-02; as far as known also 2026-03 or 2026. 2/3/2026 is not read: it may be two days.",
    "Numbers: with a point or a decimal comma, and <2, ≥ 20, 5-10. The unit stands in the head: "
    "change it there, or write another one in the cell (4.8 mmol/L).",
    "none in the first column of an event says that there was no such event; unknown states nothing.",
    "Several answers in one cell (where it says so): part them with a semicolon.",
    "A second event: repeat its columns with (2), for example “{second} (2)”. Any number of facts fit on the "
    "sheet “long form”, one a row; the rows of one event bear the same number under “event”.",
    "as_of: the day on which the row was filled in. It stands in for the dates that are left empty.",
    "All cells have the format “text”, so that a spreadsheet changes nothing that you enter.",
)
_LONG_MEANINGS: Final = {
    "person": "the person's identifier in your records, never a name",
    "concept": "a concept's name, as on the sheet “people”; sstr_pet.liver names concept and field at once",
    "field": "of an event with several fields: which one",
    "value": "the number, answer, date or text; none when there was no such event",
    "unit": "of the number",
    "date": "the day of the value, or on which the event began",
    "end": "the day on which it ended; ongoing when it goes on",
    "low": "the laboratory's own lower limit for this value",
    "high": "the laboratory's own upper limit for this value",
    "event": "the same number on each row of one event",
    "id": "the fact's own identifier, if it has one",
    "supersedes": "the id of the fact that this one corrects",
    "issued": "when the source issued it",
    "doubt": "why the value must not be used, if so",
    "source": "where it stands in your records",
}


def write_template(vocabulary: Vocabulary, title: str, path: Path) -> None:
    """Writes the empty sheet, as .xlsx or .csv by the path's suffix: the same bytes each time."""
    match path.suffix.lower():
        case ".xlsx":
            path.write_bytes(_workbook(vocabulary, title))
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerow(column.head for column in columns(vocabulary))
        case suffix:
            raise Fault(f"{path}: a sheet is written as .xlsx or .csv, not as {suffix or 'a file without a suffix'}")


def _workbook(vocabulary: Vocabulary, title: str) -> bytes:
    book = openpyxl.Workbook()
    people: Any = book.active
    people.title = "people"
    long_form, guide, lists = (book.create_sheet(name) for name in ("long form", "read me", "lists"))
    lists.sheet_state = "hidden"
    fields = columns(vocabulary)
    _write_people(people, lists, fields, vocabulary)
    _write_long_form(long_form, lists, vocabulary)
    _write_guide(guide, fields, vocabulary, title)
    book.properties.title = title
    book.properties.creator = "Equipoise"
    stored = io.BytesIO()
    book.save(stored)
    return _without_clock(stored.getvalue())


# ------------------------------------------------------------------ people
def _write_people(sheet: Any, lists: Any, fields: list[Column], vocabulary: Vocabulary) -> None:
    for number, column in enumerate(fields, start=1):
        _write_head(sheet, number, column.head)
        letter = get_column_letter(number)
        check = _check(column, _asked(column, vocabulary), lists)
        check.promptTitle = _short(_label(column, vocabulary), 32)
        check.prompt = _short(_meaning(column, vocabulary), 255)
        check.showInputMessage = True
        check.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(check)
    sheet.freeze_panes = "B2"


def _write_head(sheet: Any, number: int, text: str) -> None:
    cell = sheet.cell(1, number, text)
    cell.font, cell.fill = _BOLD, _HEAD
    dimension = sheet.column_dimensions[get_column_letter(number)]
    dimension.width = max(12, len(text) + 3)
    dimension.number_format = _TEXT


def _asked(column: Column, vocabulary: Vocabulary) -> Concept | None:
    """The concept, or the field of a record, whose value stands in the column."""
    if column.part != "value":
        return None
    concept = vocabulary[column.concept]
    return concept.fields.get(column.field, concept)


def _check(column: Column, asked: Concept | None, lists: Any) -> DataValidation:
    """The drop-down list of a column's answers. It offers and does not forbid."""
    answers = _offered(column, asked)
    if not answers:
        return DataValidation(allow_blank=True)
    formula = _list(lists, column.name, answers)
    check = DataValidation(type="list", formula1=formula, allow_blank=True)
    # Several answers in one cell are none of the list.
    check.showErrorMessage = not (asked and asked.several)
    check.errorStyle = "warning"
    check.errorTitle, check.error = "Not among the answers", _short("Answers: " + ", ".join(answers), 255)
    return check


def _offered(column: Column, asked: Concept | None) -> list[str]:
    if asked is None:
        return []
    if asked.kind == "record":
        return ["yes", "none"]
    return list(asked.answers)


def _list(lists: Any, name: str, answers: list[str]) -> str:
    """Writes a list to the hidden sheet of lists (within a formula it could be 255 characters at most)."""
    number = 1 if lists.cell(1, 1).value is None else lists.max_column + 1
    for row, text in enumerate([name, *answers], start=1):
        lists.cell(row, number, text)
    letter = get_column_letter(number)
    return f"lists!${letter}$2:${letter}${len(answers) + 1}"


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


# ------------------------------------------------------------------ what the columns mean
def _label(column: Column, vocabulary: Vocabulary) -> str:
    if not column.concept:
        return column.name
    concept = vocabulary[column.concept]
    what = {"date": "date", "end": "end", "low": "lower limit", "high": "upper limit"}.get(column.part, "")
    if column.part == "date" and concept.lasts:
        what = "beginning"
    label = concept.fields[column.field].label if column.field else what
    return f"{concept.label}: {label}" if label else concept.label


def _meaning(column: Column, vocabulary: Vocabulary) -> str:
    """One or two sentences on what to enter in a column."""
    match column.part:
        case "person":
            return "The person's identifier in your records, never a name."
        case "as_of":
            return "The day on which this row was filled in; it stands in for dates that are left empty."
        case "date":
            return "2026-03-02; as far as known also 2026-03 or 2026."
        case "end":
            return "2026-03-02, or ongoing. For what took one day: that day."
        case "low" | "high":
            return "The laboratory's own limit, as printed beside this value."
        case _:
            asked = _asked(column, vocabulary)
            return "" if asked is None else _entered(column, asked, vocabulary[column.concept])


def _entered(column: Column, asked: Concept, concept: Concept) -> str:
    match asked.kind:
        case "quantity":
            unit = unit_text(asked.unit)
            return f"A number{f' in {unit}' if unit else ''}, or an interval: <2, 5-10."
        case "date":
            return "2026-03-02; as far as known also 2026-03 or 2026."
        case "text":
            return "Free text."
        case "record":
            return "yes if it happened (also when the date is not known); none if not."
        case _:
            answers = ", ".join(asked.answers)
            several = " Several: part them with a semicolon." if asked.several else ""
            first = bool(column.field) and column.field == next(iter(concept.fields), "")
            none = " none: no such event." if first and "none" not in asked.answers else ""
            return f"{answers}.{several}{none}"


# ------------------------------------------------------------------ the other sheets
def _write_long_form(sheet: Any, lists: Any, vocabulary: Vocabulary) -> None:
    for number, name in enumerate(LONG_COLUMNS, start=1):
        _write_head(sheet, number, name)
        check = DataValidation(allow_blank=True)
        if name == "concept":
            concepts = [
                concept.name for concept in vocabulary.values() if not computed(concept) and not concept.conduct
            ]
            check = DataValidation(type="list", formula1=_list(lists, name, concepts), allow_blank=True)
            check.showErrorMessage = False  # sstr_pet.liver is right too
        check.promptTitle, check.prompt = name, _short(_LONG_MEANINGS[name], 255)
        check.showInputMessage = True
        letter = get_column_letter(number)
        check.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(check)
    sheet.freeze_panes = "A2"


def _write_guide(sheet: Any, fields: list[Column], vocabulary: Vocabulary, title: str) -> None:
    second = next((column.name for column in reversed(fields) if column.field), fields[-1].name)
    rows: list[tuple[str, ...]] = [(title,), *((line.format(second=second),) for line in _GUIDE), ()]
    for cells in rows:
        sheet.append(cells)
    sheet["A1"].font = Font(bold=True, size=14)
    for cells in (
        ("column", "meaning", "unit", "what to enter", "who can answer", "source"),
        *_explained(fields, vocabulary),
    ):
        sheet.append(cells)
        for cell in sheet[sheet.max_row]:
            cell.alignment = _TOP
    for cell in sheet[len(rows) + 1]:
        cell.font, cell.fill = _BOLD, _HEAD
    sheet.append(())
    sheet.append(("long form", "meaning"))
    for cell in sheet[sheet.max_row]:
        cell.font = _BOLD
    for item in _LONG_MEANINGS.items():
        sheet.append(item)
    for letter, width in zip("ABCDEF", (36, 44, 14, 60, 18, 44), strict=True):
        sheet.column_dimensions[letter].width = width


def _explained(fields: list[Column], vocabulary: Vocabulary) -> Iterator[tuple[str, ...]]:
    for column in fields:
        concept = vocabulary.get(column.concept)
        asked = _asked(column, vocabulary)
        entered = _meaning(column, vocabulary)
        if asked and asked.kind == "choice":
            labels = _labels(asked.answers)
            entered = f"{entered} ({labels})" if labels else entered
        who = _WHO[(asked if asked and column.field and asked.who != "record" else concept).who] if concept else ""
        source = concept.source if concept and column.part == "value" else ""
        yield column.head, _label(column, vocabulary), unit_text(column.unit), entered, who, source


def _labels(answers: Mapping[str, str]) -> str:
    return "; ".join(f"{name} = {label}" for name, label in answers.items() if name != label)


# ------------------------------------------------------------------ the same bytes each time
def _without_clock(stored: bytes) -> bytes:
    """The archive without the times at which it was made, which openpyxl writes whatever one says."""
    rewritten = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(stored)) as old,
        zipfile.ZipFile(rewritten, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2020-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, _ANY_TIME), content, zipfile.ZIP_DEFLATED)
    return rewritten.getvalue()
