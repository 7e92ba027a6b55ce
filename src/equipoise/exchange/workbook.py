"""Files on disk -> sheets of cells: CSV, TSV and XLSX, one row at a time."""

import codecs
import csv
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, BinaryIO, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ..facts import Unread
from ..faults import Fault
from .cells import SERIAL_DAY_0, Cell, workbook_cell

SUFFIXES: Final = (".csv", ".tsv", ".xlsx", ".xlsm")  # by which a folder's sheets are found
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"  # OLE: an .xls workbook, or an encrypted .xlsx
_ZIP = b"PK\x03\x04"
_DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows with their numbers (from 1), to be read once and before the next sheet.

    place: "sheet.csv", or "sheet.xlsx, people". day_0: of dates that stand as serial numbers.
    notes: what had to be assumed to open it.
    """

    place: str
    rows: Iterator[tuple[int, list[Cell]]]
    day_0: date = SERIAL_DAY_0
    notes: tuple[Unread, ...] = ()
    title: str = ""

    def at(self, row: int) -> str:
        """Where a row stands: "sheet.csv line 4", or "sheet.xlsx, people, row 4"."""
        return f"{self.place}, row {row}" if self.title else f"{self.place} line {row}"


def open_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a file, told apart by content, not by suffix. A Fault when it cannot be read."""
    if not path.exists():
        raise Fault(f"{path}: there is no such file")
    if path.is_dir():
        raise Fault(f"{path}: is a folder; name the sheet in it")
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise Fault(f"{path}: cannot be opened ({error.strerror})") from None
    if not start.strip():
        raise Fault(f"{path}: the file is empty")
    if start.startswith(_OLD_FORMAT):
        what = "an old Excel workbook (.xls) or one with a password"
        raise Fault(f"{path}: is {what}; save it as .xlsx without a password")
    yield from _workbook(path) if start.startswith(_ZIP) else [_text_sheet(path)]


# ------------------------------------------------------------------ text
def _text_sheet(path: Path) -> Sheet:
    encoding, notes = _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            lines = list(islice(file, 10))
    except UnicodeDecodeError:
        raise Fault(f"{path}: is damaged or no text file; save it as CSV (UTF-8) or as .xlsx") from None
    stated = re.fullmatch(r"sep=(.)\s*", lines[0])  # a line by which Excel is told the delimiter
    delimiter = stated[1] if stated else _delimiter(lines, path)
    return Sheet(path.name, _text_rows(path, encoding, delimiter, skip=bool(stated)), notes=notes)


def _encoding(path: Path) -> tuple[str, tuple[Unread, ...]]:
    """UTF-8 or UTF-16 by their marks, else UTF-8 if all of it is, else Windows-1252, which is reported."""
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", ()
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", ()
        file.seek(0)
        utf8 = codecs.getincrementaldecoder("utf-8")()
        is_utf8 = True
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                raise Fault(f"{path}: is not a text file; save it as CSV (UTF-8) or as .xlsx")
            is_utf8 = is_utf8 and _decodes(utf8, chunk)
        is_utf8 = is_utf8 and _decodes(utf8, b"", final=True)
    if is_utf8:
        return "utf-8", ()
    why = "the file is not UTF-8 and was read as Windows-1252: look at its accents, or save it as CSV (UTF-8)"
    return "cp1252", (Unread(path.name, "", why, "encoding", held=True),)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: Iterable[str], path: Path) -> str:
    """The character that parts the heads: the commonest of the first line with any, without quotes, units."""
    for line in lines:
        bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", line)
        found = max(_DELIMITERS, key=bare.count)
        if found in bare:
            return found
    return "\t" if path.suffix.lower() == ".tsv" else ","


def _text_rows(path: Path, encoding: str, delimiter: str, skip: bool) -> Iterator[tuple[int, list[Cell]]]:
    begins = 1
    with path.open(encoding=encoding, newline="") as file:
        # strict: a quotation mark that never closes would swallow the rest of the file in silence.
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                number, begins = begins, reader.line_num + 1
                if not (skip and number == 1):
                    yield number, [Cell(text.strip()) for text in row]
        except csv.Error as error:
            what = "a quotation mark does not close or stands within a cell" if "'" in str(error) else str(error)
            what = "a quotation mark does not close" if "end of data" in str(error) else what
            raise Fault(f"{path}:{begins}: this line cannot be read: {what}") from None
        except UnicodeDecodeError:
            raise Fault(
                f"{path}:{begins}: this line has characters that are not text; save the file as CSV (UTF-8)"
            ) from None


# ------------------------------------------------------------------ workbooks
# What openpyxl and its helpers raise at a damaged or foreign file; it has no exception of its own for it.
_DAMAGED = (
    InvalidFileException,
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
)
_FORMULA = re.compile(rb"<f[ >/]")


def _workbook(path: Path) -> Iterator[Sheet]:
    # Files, not paths: openpyxl would judge a path by its suffix.
    with path.open("rb") as file, path.open("rb") as again:
        book = _opened(path, file, values=True)
        formulas = _opened(path, again, values=False) if _has_formulas(path) else None
        for sheet in book.worksheets:
            rows = _workbook_rows(path, sheet, formulas[sheet.title] if formulas else None)
            yield Sheet(f"{path.name}, {sheet.title}", rows, book.epoch.date(), title=sheet.title)


def _opened(path: Path, file: BinaryIO, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of features that openpyxl leaves out (drawings, extensions)
            return openpyxl.load_workbook(file, read_only=True, data_only=values)
    except _DAMAGED:
        what = "is no Excel workbook that can be read; open it in Excel and save it as .xlsx"
        raise Fault(f"{path}: {what}") from None


def _has_formulas(path: Path) -> bool:
    """A look into the archive: only then is a second reading needed to tell a formula from an empty cell."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as part:
                    tail = b""
                    while chunk := part.read(_CHUNK):
                        if _FORMULA.search(tail + chunk):
                            return True
                        tail = chunk[-3:]
    return False


def _workbook_rows(path: Path, sheet: Any, beside: Any) -> Iterator[tuple[int, list[Cell]]]:
    rows = enumerate(_cells(sheet), start=1)
    written = _cells(beside) if beside is not None else iter(())
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                part = list(islice(rows, 1000))
                formulas = list(islice(written, 1000))
        except _DAMAGED:
            raise Fault(f"{path}: the sheet {sheet.title} is damaged; open it in Excel and save it again") from None
        if not part:
            return
        for index, (number, row) in enumerate(part):
            beneath = formulas[index] if index < len(formulas) else ()
            yield number, [_cell(*both) for both in zip_longest(row, beneath)]


def _cells(sheet: Any) -> Iterator[Iterable[Any]]:
    if not hasattr(sheet, "reset_dimensions"):
        return iter(())  # a sheet of charts
    sheet.reset_dimensions()  # the size that a file states of itself is often wrong
    return iter(sheet.iter_rows())


def _cell(cell: Any, formula: Any) -> Cell:
    value = None if cell is None else cell.value
    if value is None and formula is not None and formula.data_type == "f":
        return Cell("a formula whose result is not stored: open the file in Excel and save it", "error")
    return workbook_cell(value, "" if cell is None else cell.number_format or "")
