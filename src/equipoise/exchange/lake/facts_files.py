"""Files of facts in the long form, of any size: Parquet, or a CSV too large for the memory; some people at a time.

The rows of one person may stand anywhere in the file: the database puts them together first.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ...concepts import Vocabulary
from ...facts import Fact, Reading, Unread
from ...faults import Fault
from ..cells import Cell
from ..columns import heads, plain
from ..long_form import Met, is_long, read_long
from ..workbook import Sheet, open_sheets
from .duckdb import Database, DatabaseError, Row, name_of, parquet

PARQUET: Final = ".parquet"
LARGE: Final = 64 << 20  # bytes: a smaller CSV is read at once
_ROWS: Final = 20_000  # of whole people, that are read at a time
_PEOPLE: Final = ("person", "patient", "participant", "subject", "person_id", "patient_id", "subject_id", "id")


def is_large_long_csv(path: Path) -> bool:
    """Is it a CSV in the long form that should be read some people at a time?"""
    if path.suffix.lower() not in (".csv", ".tsv") or path.stat().st_size < LARGE:
        return False
    found = _first_row(next(iter(open_sheets(path))))
    return found is not None and is_long(found[1])


def read_facts(path: Path, vocabulary: Vocabulary) -> Iterator[Reading]:
    """The facts of a Parquet file or a CSV whose columns are those of the long form; each Reading has whole people, in
    the order in which they first stand in the file. Raises Fault for a file without these columns."""
    known = heads(vocabulary)
    with TemporaryDirectory(prefix="equipoise-") as spill, Database(2, Path(spill)) as database:
        sheet, number = (_from_parquet if path.suffix.lower() == PARQUET else _from_text)(database, path)
        head, person = _head(database, path)
        told = False  # what is to be told of the file is told once
        for some in _some_people(_by_person(database, person)):
            rows = ((at, [Cell(text or "") for text in texts]) for _, at, *texts in some)
            part = Sheet(sheet.place, rows, sheet.day_0, title=sheet.title)
            yield _reading(read_long(part, number, head, vocabulary, known), () if told else sheet.notes, told)
            told = True


def _from_parquet(database: Database, path: Path) -> tuple[Sheet, int]:
    """Puts the rows of a Parquet file into the table `facts`, numbered from 1."""
    try:
        names = [name for name, *_ in database.rows(f"DESCRIBE SELECT * FROM {parquet([path])}")]
        texts = ", ".join(f"CAST({name_of(name)} AS VARCHAR) AS {name_of(name)}" for name in names)
        database.run(f"CREATE TABLE facts AS SELECT row_number() OVER () AS at_row, {texts} FROM {parquet([path])}")
    except DatabaseError:
        raise Fault(f"{path}: is damaged or no Parquet file.") from None
    return Sheet(path.name, iter(()), title="facts"), 0


def _from_text(database: Database, path: Path) -> tuple[Sheet, int]:
    """Puts the rows of a CSV into the table `facts`, with the numbers of their lines."""
    sheet = next(iter(open_sheets(path)))
    found = _first_row(sheet)
    if found is None:
        raise Fault(f"{path}: the file is empty")
    number, head = found
    columns = {"at_row": "BIGINT"} | dict.fromkeys(
        (cell.text or f"column {at}" for at, cell in enumerate(head)), "VARCHAR"
    )
    if len(columns) != len(head) + 1:
        raise Fault(f"{sheet.at(number)}: two columns have the same head; remove one")
    while rows := list(islice(sheet.rows, _ROWS)):
        texts = [[cells[at].text if at < len(cells) else "" for _, cells in rows] for at in range(len(head))]
        database.put("facts", columns, [[at for at, _ in rows], *texts])
    database.put("facts", columns, [])
    return sheet, number


def _first_row(sheet: Sheet) -> tuple[int, list[Cell]] | None:
    """The heads: the first row in which anything stands."""
    return next(((number, cells) for number, cells in sheet.rows if any(cell.text for cell in cells)), None)


def _head(database: Database, path: Path) -> tuple[list[Cell], str]:
    """The heads of the columns, and the one that names the person."""
    names = [name for name, *_ in database.rows("DESCRIBE facts")][1:]
    by_plain = {plain(name): name for name in names}
    person = next((by_plain[each] for each in _PEOPLE if each in by_plain), None)
    head = [Cell(name) for name in names]
    if person is None or not is_long(head):
        raise Fault(
            f"{path}: it needs the columns person, concept and value, with one row a fact (the long form of the sheet)."
        )
    return head, person


def _by_person(database: Database, person: str) -> Iterator[Row]:
    """The rows, each with its person's first: people in the order in which they stand first, their rows in order."""
    first = f"min(at_row) OVER (PARTITION BY trim({name_of(person)})) AS first"
    return database.rows(f"SELECT first, * EXCLUDE (first) FROM (SELECT *, {first} FROM facts) ORDER BY first, at_row")


def _some_people(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows of whole people, some thousand at a time."""
    together: list[Row] = []
    for _, own in groupby(rows, key=lambda row: row[0]):
        together += own
        if len(together) >= _ROWS:
            yield together
            together = []
    yield together


def _reading(items: Iterable[Fact | Unread | Met], notes: Iterable[Unread], told: bool) -> Reading:
    people: dict[str, frozenset[str]] = {}
    facts: list[Fact] = []
    unread: list[Unread] = list(notes)
    read = 0
    for item in items:
        match item:
            case Fact():
                facts.append(item)
            case Unread():
                if not (told and item.kind == "unknown column"):
                    unread.append(item)
            case Met(person):
                read += 1
                if person:
                    people.setdefault(person, frozenset())
    return Reading(people, tuple(facts), tuple(unread), read)
