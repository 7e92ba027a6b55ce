"""One table of the report as data: what it shows, of whom, by which day, ledger and protocol; for page, CSV, JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from ...dates import day_text
from ..data import as_csv
from ..words import short

STAMP_HEADS: Final = ("data", "population", "cut_off", "ledger_position", "protocol", "view")


class Stamp(NamedTuple):
    """What every table and figure names beside its population.

    cutoff: the last day that counts. position: the number of the ledger's last entry that is known. protocol: the
    digest of the protocol. mark: that the people are made up, "" for real ones. view: who may have seen the arms, in a
    sentence; tag: that in two or three words. blind: are the arms hidden?
    """

    trial: str
    cutoff: date
    position: int
    protocol: str
    mark: str
    view: str
    tag: str
    blind: bool

    def words(self, population: str) -> str:
        """All of it in one line, as it stands below a table's title."""
        place = f"ledger entry {self.position:,} · protocol {short(self.protocol)}"
        return f"{population} · data up to {day_text(self.cutoff)} · {place} · {self.tag}"

    def cells(self, population: str) -> tuple[Any, ...]:
        """The same as cells, in the order of STAMP_HEADS."""
        data = self.mark or "trial"
        return data, population, self.cutoff.isoformat(), self.position, self.protocol, self.view


class Column(NamedTuple):
    """key: its name in CSV and JSON. label: its head on the page. number: are its cells numbers?

    group: what stands above it and its neighbours of the same group; "" for nothing. shown: does it stand on the page?
    """

    key: str
    label: str
    number: bool = True
    group: str = ""
    shown: bool = True


class Cell(NamedTuple):
    """What people read, and the number or word behind it: exact in CSV and JSON, None where it cannot be told."""

    text: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row. deep: how far its first cell is set in; head: a heading within the table, which has no numbers."""

    cells: tuple[Cell, ...]
    deep: int = 0
    head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table. title: what it shows. population: who is in it. empty: what is said where it has no row.

    rows: each with a cell for each column. notes: what a reader must know, a sentence each.
    """

    id: str
    title: str
    population: str
    stamp: Stamp
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    empty: str = "There is nothing to show."

    @property
    def words(self) -> str:
        return self.stamp.words(self.population)

    @property
    def shown(self) -> tuple[int, ...]:
        """The places of the columns that stand on the page."""
        return tuple(place for place, column in enumerate(self.columns) if column.shown)

    def data(self) -> Iterator[tuple[Any, ...]]:
        """The values of each row that has numbers; a row without a value of its own keeps its words."""
        for row in self.rows:
            if not row.head:
                yield tuple(cell.text if cell.value is None and not column.number else cell.value
                            for column, cell in zip(self.columns, row.cells, strict=True))  # fmt: skip


def cell(value: Any, text: str = "") -> Cell:
    """A cell of a word or a whole number, as it is read and as data."""
    if text or isinstance(value, str):
        return Cell(text or value, value)
    return Cell("–" if value is None else f"{value:,}", value)


def counts(number: int, of: int) -> Cell:
    """ "12 (23 %)", with the number as the value; "0" and a dash where nobody is counted."""
    return Cell(f"{number:,} ({percent_of(number, of)})" if of else "–", number)


def percent_of(number: int, of: int) -> str:
    """A share of people in whole percent; what is above 0 is never shown as 0 %."""
    share = 100 * number / of
    return "< 1 %" if 0 < share < 0.5 else f"{share:.0f} %"


def row(first: str, *cells: Cell, deep: int = 0) -> Row:
    """A row with a name and its cells."""
    return Row((Cell(first, first), *cells), deep)


def heading(first: str, columns: int) -> Row:
    """A heading within a table."""
    return Row((Cell(first, first), *(Cell("") for _ in range(columns - 1))), head=True)


# ---------------------------------------------------------------- as files
def table_csv(table: Table) -> bytes:
    """One row of CSV for each row, every one with the stamp; a table without rows has one that says so."""
    stamp, names = table.stamp.cells(table.population), [column.key for column in table.columns]
    rows = list(table.data()) or [(table.empty, *[""] * (len(names) - 1))]
    written = ((*stamp, *("" if each is None else each for each in row)) for row in rows)
    return as_csv([(*STAMP_HEADS, *names), *written])


def table_dict(table: Table) -> Mapping[str, Any]:
    """The table as plain data: rows as objects, numbers exact, and null where there is none."""
    names = [column.key for column in table.columns]
    stamp = dict(zip(STAMP_HEADS, table.stamp.cells(table.population), strict=True))
    return {
        "id": table.id, "title": table.title, **stamp,
        "columns": {column.key: column.label for column in table.columns},
        "rows": [dict(zip(names, row, strict=True)) for row in table.data()],
        "notes": [*table.notes, *([] if table.rows else [table.empty])],
    }  # fmt: skip


def files_of(tables: Iterable[Table]) -> dict[str, bytes]:
    """Each table's CSV by the name of its file."""
    return {f"{table.id}.csv": table_csv(table) for table in tables}
