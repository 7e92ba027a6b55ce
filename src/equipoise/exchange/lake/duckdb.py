"""DuckDB as this house uses it: rows as lines of JSON or as lists become Parquet, and Parquet becomes rows."""

from collections.abc import Iterator, Mapping, Sequence
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import numpy

from ...faults import Fault

Row = tuple[Any, ...]
DatabaseError = duckdb.Error
MEMORY: Final = "600MB"
_AT_ONCE: Final = 10_000
_AS_THEY_ARE: Final = ("BIGINT", "INTEGER", "BOOLEAN", "VARCHAR")


class Database:
    """A database in memory. What does not fit goes to the folder `spill`, if there is one, and nowhere else; nothing is
    ever fetched from the network."""

    def __init__(self, threads: int = 2, spill: Path | None = None, memory: str = MEMORY) -> None:
        settings: dict[str, Any] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": memory,
            "threads": threads,
            "temp_directory": "" if spill is None else str(spill),
        }
        self.connection = duckdb.connect(config=settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.connection.close()

    def run(self, sql: str, given: Sequence[Any] = ()) -> None:
        """Carries out a statement; `given` are the values of its question marks. Raises Fault when the disk is full."""
        try:
            self.connection.execute(sql, list(given))
        except duckdb.IOException as error:
            if "space" in str(error).lower():
                raise Fault("The disk is full: make room and give the same command again.") from None
            raise

    def rows(self, sql: str, given: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query, some at a time."""
        cursor = self.connection.cursor()
        cursor.execute(sql, list(given))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows

    def one(self, sql: str, given: Sequence[Any] = ()) -> Any:
        """The first value of the only row."""
        found = self.connection.execute(sql, list(given)).fetchone()
        return found[0] if found else None

    def put(self, table: str, columns: Mapping[str, str], lists: Sequence[Sequence[Any]]) -> None:
        """Adds rows, given column by column, to a table, which is made when it is not there."""
        schema = ", ".join(f"{name_of(name)} {kind}" for name, kind in columns.items())
        self.connection.execute(f"CREATE TABLE IF NOT EXISTS {name_of(table)} ({schema})")
        if not lists or not lists[0]:
            return
        arrays = {
            f"c{at}": _array(values, kind)
            for at, (values, kind) in enumerate(zip(lists, columns.values(), strict=True))
        }
        self.connection.register("arrays", arrays)
        self.connection.execute(f"INSERT INTO {name_of(table)} SELECT * FROM arrays")
        self.connection.unregister("arrays")

    def view(self, name: str, files: Sequence[Path], columns: Mapping[str, str]) -> None:
        """A view of Parquet files of one form; without files it is empty."""
        if files:
            self.run(f"CREATE OR REPLACE VIEW {name_of(name)} AS SELECT * FROM {parquet(files)}")
        else:
            empty = ", ".join(f"CAST(NULL AS {kind}) AS {name_of(column)}" for column, kind in columns.items())
            self.run(f"CREATE OR REPLACE VIEW {name_of(name)} AS SELECT {empty} WHERE false")

    def save(self, query: str, to: Path) -> None:
        """Writes what a query gives as one Parquet file."""
        to.parent.mkdir(parents=True, exist_ok=True)
        self.run(f"COPY ({query}) TO {text_of(to)} (FORMAT parquet, COMPRESSION zstd)")

    def save_lines(self, lines: Path, columns: Mapping[str, str], to: Path, order: Sequence[str] = ()) -> None:
        """Writes lines of JSON as one Parquet file. Numbers and dates stand in them as text, and stay exact."""
        given = {
            name: kind if kind.endswith("[]") or kind in _AS_THEY_ARE else "VARCHAR" for name, kind in columns.items()
        }
        schema = ", ".join(f"{name_of(name)}: '{kind}'" for name, kind in given.items())
        chosen = ", ".join(f"CAST({name_of(name)} AS {kind}) AS {name_of(name)}" for name, kind in columns.items())
        by = f" ORDER BY {', '.join(map(name_of, order))}" if order else ""
        source = f"read_json({text_of(lines)}, format='newline_delimited', columns={{{schema}}})"
        self.save(f"SELECT {chosen} FROM {source}{by}", to)

    def parquet_rows(
        self, files: Sequence[Path], columns: Sequence[str], where: str = "", given: Sequence[Any] = (),
        order: Sequence[str] = (),
    ) -> Iterator[Row]:  # fmt: skip
        """Some columns of Parquet files, row by row. `where` may hold question marks for the values `given`."""
        if not files:
            return
        by = f" ORDER BY {', '.join(map(name_of, order))}" if order else ""
        condition = f" WHERE {where}" if where else ""
        chosen = ", ".join(map(name_of, columns))
        yield from self.rows(f"SELECT {chosen} FROM {parquet(files)}{condition}{by}", given)


def _array(values: Sequence[Any], kind: str) -> Any:
    if kind == "VARCHAR":
        return numpy.array(values, dtype=object)
    if kind == "BOOLEAN":
        return numpy.array(values, dtype=bool)
    return numpy.array(values, dtype=numpy.int64)


def parquet(files: Sequence[Path]) -> str:
    """Parquet files as a table of SQL, by their very names: a folder may be called "a[1]"."""
    return f"read_parquet([{', '.join(text_of(escape(str(file))) for file in files)}], hive_partitioning=false)"


def name_of(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def text_of(value: Path | str) -> str:
    """A text as SQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"
