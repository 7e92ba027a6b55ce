"""Workbooks: the template, filled in and read back; and what Excel does to what people enter."""

import datetime
import importlib.resources
import tomllib
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from equipoise.concepts import Vocabulary
from equipoise.dates import read_span
from equipoise.exchange.columns import columns
from equipoise.exchange.long_form import LONG_COLUMNS
from equipoise.exchange.tables import read_sheets
from equipoise.exchange.template import write_template
from equipoise.facts import NOTHING, Reading, chosen
from equipoise.faults import Fault
from equipoise.protocol.words import read_concepts
from equipoise.quantities import Quantity, exactly


def no_mistakes(path: tuple[str, ...], message: str) -> None:
    raise AssertionError(f"{path}: {message}")


VOCABULARY: Vocabulary = read_concepts(
    tomllib.loads((Path(__file__).parent / "sheet_concepts.toml").read_text("utf-8")), no_mistakes
)


def filled(path: Path, fill: Callable[[Any], None], sheet: str = "people") -> Reading:
    """The reading of a template into which `fill` has entered something."""
    write_template(VOCABULARY, "A trial", path)
    book = openpyxl.load_workbook(path)
    fill(book[sheet])
    book.save(path)
    return read_sheets([path], VOCABULARY)


def enter(row: int, **cells: object) -> Callable[[Any], None]:
    """Enters cells by the names of their columns, "." written "__"."""

    def fill(sheet: Any) -> None:
        heads = {str(cell.value).split(" [")[0]: cell.column for cell in sheet[1]}
        for name, value in cells.items():
            sheet.cell(row, heads[name.replace("__", ".")]).value = value

    return fill


def single(path: Path, value: object, number_format: str, head: str = "haemoglobin [g/dL]") -> Reading:
    """The reading of a workbook of one value in a given format."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["person", head])
    sheet.append(["p1", value])
    sheet["B2"].number_format = number_format
    book.save(path)
    return read_sheets([path], VOCABULARY)


# ------------------------------------------------------------------ the template
def test_the_template_has_a_sheet_of_people_a_long_form_and_a_guide(tmp_path: Path) -> None:
    write_template(VOCABULARY, "A trial", tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["people", "long form", "read me", "lists"]
    assert [cell.value for cell in book["people"][1]] == [column.head for column in columns(VOCABULARY)]
    assert tuple(cell.value for cell in book["long form"][1]) == LONG_COLUMNS
    assert book["people"].freeze_panes == "B2"
    assert book["lists"].sheet_state == "hidden"
    explained = {row[0].value for row in book["read me"].iter_rows()}
    assert {column.head for column in columns(VOCABULARY)} <= explained


def test_the_template_offers_the_answers_and_says_what_each_column_means(tmp_path: Path) -> None:
    write_template(VOCABULARY, "A trial", tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    checks = {str(check.sqref): check for check in book["people"].data_validations.dataValidation}
    heads = {cell.value: cell.column_letter for cell in book["people"][1]}
    assert len(checks) == len(heads)

    def offered(head: str) -> list[object]:
        check = checks[f"{heads[head]}2:{heads[head]}5000"]
        assert check.type == "list"
        return [row[0].value for row in book["lists"][check.formula1.partition("!")[2].replace("$", "")]]

    assert offered("site") == ["lung", "small_bowel", "unknown"]
    assert offered("pregnant") == ["yes", "no"]
    assert offered("operation") == ["yes", "none"]
    several = checks[f"{heads['scan.elsewhere']}2:{heads['scan.elsewhere']}5000"]
    assert not several.showErrorMessage
    assert several.promptTitle == "liver scan: disease outside the…"
    assert "part them with a semicolon" in several.prompt


def test_every_cell_of_the_template_is_text_so_that_excel_changes_nothing(tmp_path: Path) -> None:
    write_template(VOCABULARY, "A trial", tmp_path / "t.xlsx")
    people: Any = openpyxl.load_workbook(tmp_path / "t.xlsx")["people"]
    formats = {people.column_dimensions[cell.column_letter].number_format for cell in people[1]}
    assert formats == {"@"}


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv"])
def test_the_same_vocabulary_gives_the_same_bytes_and_no_facts(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_template(VOCABULARY, "A trial", path)
    first = path.read_bytes()
    write_template(VOCABULARY, "A trial", path)
    assert path.read_bytes() == first
    assert read_sheets([path], VOCABULARY) == Reading({}, ())


def test_a_template_is_written_as_xlsx_or_csv_only(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"as \.xlsx or \.csv, not as \.ods"):
        write_template(VOCABULARY, "A trial", tmp_path / "t.ods")


def test_the_template_of_every_trial_is_read_back_empty(tmp_path: Path) -> None:
    trials = [each for each in importlib.resources.files("equipoise.trials").iterdir() if each.is_dir()]
    found = [each / "concepts.toml" for each in trials if (each / "concepts.toml").is_file()]
    assert found
    for file in found:
        vocabulary = read_concepts(tomllib.loads(file.read_text("utf-8")), no_mistakes)
        write_template(vocabulary, "A trial", tmp_path / "t.xlsx")
        assert read_sheets([tmp_path / "t.xlsx"], vocabulary) == Reading({}, ())


# ------------------------------------------------------------------ filled in and read back
def test_a_filled_template_is_read_back(tmp_path: Path) -> None:
    reading = filled(
        tmp_path / "t.xlsx",
        enter(
            2,
            person="007",
            born="1961-05",
            haemoglobin=7.8,
            haemoglobin__date=datetime.date(2026, 3, 2),
            bilirubin="1.4",
            bilirubin__high=1.2,
            scan__date="2026-03-02",
            scan__elsewhere="nodes; bone",
            treatment__kind="none",
            operation="yes",
            pregnant=False,
        ),
    )
    assert reading.unread == ()
    assert list(reading.people) == ["007"]
    found = {fact.concept: fact for fact in reading.facts}
    assert found["born"].value == read_span("1961-05")
    assert (found["haemoglobin"].value, found["haemoglobin"].when) == (
        exactly("7.8", "g/dL"),
        read_span("2026-03-02"),
    )
    assert found["bilirubin"].reference is not None
    assert found["scan"].value == {"elsewhere": chosen("nodes", "bone")}
    assert (found["treatment"].value, found["operation"].value) == (NOTHING, {})
    assert found["pregnant"].value == chosen("no")
    assert found["haemoglobin"].source == "t.xlsx, people, row 2, column haemoglobin"


def test_the_long_form_of_the_template_is_read_too(tmp_path: Path) -> None:
    reading = filled(
        tmp_path / "t.xlsx",
        enter(2, person="p1", concept="haemoglobin", value=7.8, unit="g/dL", date="2026-03-02"),
        "long form",
    )
    assert reading.unread == ()
    assert reading.facts[0].value == exactly("7.8", "g/dL")
    assert reading.facts[0].source == "t.xlsx, long form, row 2, column value"


# ------------------------------------------------------------------ what Excel does
def test_five_to_ten_that_excel_has_made_a_date_is_explained(tmp_path: Path) -> None:
    reading = single(tmp_path / "t.xlsx", datetime.datetime(2026, 5, 10), "d-mmm", "report.ki67 [%]")
    assert reading.unread[0].kind == "date in place of a number"
    assert reading.unread[0].why == (
        'report.ki67: "2026-05-10" holds the date 10 May 2026: a spreadsheet turns an entry such as "5-10" or '
        '"10.5" into a date. Format the cell as text and enter the number again'
    )


def test_a_percentage_is_what_the_cell_shows(tmp_path: Path) -> None:
    reading = single(tmp_path / "t.xlsx", 0.19, "0%", "report.ki67 [%]")
    assert reading.facts[0].value == {"ki67": exactly(19, "%")}
    assert single(tmp_path / "t.xlsx", 1, "0.00%", "report.ki67").facts[0].value == {"ki67": exactly(100, "%")}


@pytest.mark.parametrize(
    ("number", "text"),
    [(7.8, "7.8"), (0.1 + 0.2, "0.3"), (8.000000000000002, "8"), (7, "7"), (1e-7, "0.0000001")],
)
def test_a_number_is_the_decimal_that_excel_shows(tmp_path: Path, number: float, text: str) -> None:
    value = single(tmp_path / "t.xlsx", number, "General", "bilirubin [mg/dL]").facts[0].value
    assert isinstance(value, Quantity)
    assert value.lo == Decimal(text)


@pytest.mark.parametrize(
    ("value", "number_format", "days"),
    [
        (datetime.datetime(2026, 3, 2, 10, 15), "yyyy-mm-dd hh:mm", "2026-03-02"),
        (datetime.datetime(2026, 3, 1), "mmm-yy", "2026-03"),
        (datetime.datetime(2026, 1, 1), "yyyy", "2026"),
        (datetime.datetime(2026, 3, 2), "[$-407]d. mmmm yyyy", "2026-03-02"),
        (46083, "General", "2026-03-02"),
        (2026, "General", "2026"),
        ("2026-03", "@", "2026-03"),
    ],
)
def test_a_date_is_as_exact_as_the_cell_shows_it(tmp_path: Path, value: object, number_format: str, days: str) -> None:
    assert single(tmp_path / "t.xlsx", value, number_format, "born").facts[0].value == read_span(days)


def test_serial_numbers_count_from_the_workbooks_own_day(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet: Any = book.active
    sheet.append(["person", "born"])
    sheet.append(["p1", 46083 - 1462])
    book.save(tmp_path / "t.xlsx")
    assert read_sheets([tmp_path / "t.xlsx"], VOCABULARY).facts[0].value == read_span("2026-03-02")


def test_a_formula_without_a_stored_result_is_not_an_empty_cell(tmp_path: Path) -> None:
    reading = single(tmp_path / "t.xlsx", "=3.9*2", "General")
    assert reading.facts[0].doubt
    assert reading.unread[0].kind == "spreadsheet error"
    assert "a formula whose result is not stored" in reading.unread[0].why


def test_the_stored_result_of_a_formula_is_read(tmp_path: Path) -> None:
    path, stored = tmp_path / "t.xlsx", tmp_path / "stored.xlsx"
    single(path, "=3.9*2", "General")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b"<f>3.9*2</f><v></v>", b"<f>3.9*2</f><v>7.8</v>")
            content = content.replace(b"<f>3.9*2</f><v />", b"<f>3.9*2</f><v>7.8</v>")
            new.writestr(name, content)
    assert read_sheets([stored], VOCABULARY).facts[0].value == exactly("7.8", "g/dL")


@pytest.mark.parametrize("error", ["#DIV/0!", "#REF!", "#VALUE!", "#NAME?"])
def test_an_error_of_the_spreadsheet_is_no_value(tmp_path: Path, error: str) -> None:
    assert single(tmp_path / "t.xlsx", error, "General").unread[0].kind == "spreadsheet error"


def test_a_sheet_without_people_is_passed_over_and_named(tmp_path: Path) -> None:
    def add(sheet: Any) -> None:
        enter(2, person="p1", pregnant="no")(sheet)
        sheet.parent.create_sheet("notes").append(["remember", "to", "call"])

    reading = filled(tmp_path / "t.xlsx", add)
    assert [fact.value for fact in reading.facts] == [chosen("no")]
    assert [(unread.kind, unread.what) for unread in reading.unread] == [("sheet passed over", "notes")]


def test_a_workbook_without_people_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["mrn", "value", "day"])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(Fault, match=r"t\.xlsx: no column is headed person"):
        read_sheets([tmp_path / "t.xlsx"], VOCABULARY)


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    single(path, 1, "General")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content[:200] if "sheet1" in name else content)
    with pytest.raises(Fault, match="the sheet Sheet is damaged"):
        read_sheets([path], VOCABULARY)


def test_a_workbook_is_known_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    single(tmp_path / "t.csv", 7.8, "General")
    assert read_sheets([tmp_path / "t.csv"], VOCABULARY).facts[0].value == exactly("7.8", "g/dL")
