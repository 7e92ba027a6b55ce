"""DuckDB as the warehouse: its own files as they are, CSV and Parquet by way of it. What is big goes to disk."""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import Any, Final

import duckdb

from ...faults import Fault
from .csv_form import csv_source
from .files import CSV, find_tables, is_duckdb, unzip
from .tables import COLUMNS, COUNTED, IDS
from .warehouse import BATCH, Query, Table, check, locate, quoted, quoted_text

MEMORY: Final = "1GB"
NOT_WHOLE: Final = "the column person_id must hold whole numbers, as in every OMOP CDM."
_LINE = re.compile(r"Line: (\d+)")


class DuckdbWarehouse:
    """A CDM in a DuckDB connection, one view or table for each table of the CDM."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        self._connection = connection
        self.name = name
        self.tables: Mapping[str, Table] = {}

    def rows(self, query: Query) -> Iterator[Sequence[Any]]:
        cursor = self._connection.cursor()
        try:
            cursor.execute(query.text, list(query.parameters))
            while batch := cursor.fetchmany(BATCH):
                yield from batch
        except duckdb.ConversionException:
            raise Fault(f"{self.name}: {NOT_WHOLE}") from None
        except duckdb.Error as error:
            raise Fault(f"{self.name} cannot be read by DuckDB ({type(error).__name__}).") from None
        finally:
            cursor.close()

    def among(self, column: str) -> str:
        return f"{column} IN (SELECT unnest(CAST(? AS BIGINT[])))"


@contextmanager
def open_duckdb(path: Path) -> Iterator[DuckdbWarehouse]:
    """The CDM in a DuckDB file, or in a folder or a zip of CSV or Parquet files. Raises Fault where it cannot be read.

    Rows to be sorted, and CSV that is turned into columns, wait in a temporary folder that is removed at the end.
    """
    if not path.exists():
        raise Fault(f"{path} is not there: check the path, or name the folder or the file that holds the CDM.")
    with tempfile.TemporaryDirectory(prefix="equipoise-omop-") as folder:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY,
            "temp_directory": f"{folder}/spill",
            "preserve_insertion_order": "false",
        }
        with duckdb.connect(f"{folder}/tables.duckdb", config=settings) as connection:
            warehouse = DuckdbWarehouse(connection, path.name)
            if path.is_file() and is_duckdb(path):
                warehouse.tables = _attached(connection, path)
            else:
                warehouse.tables = _of_files(connection, _files(path, Path(folder)), path)
            check(warehouse)
            yield warehouse


def _files(path: Path, folder: Path) -> dict[str, list[Path]]:
    if path.is_dir():
        return find_tables(path)
    into = folder / "unpacked"
    into.mkdir()
    return unzip(path, into)


# ------------------------------------------------------------------ a DuckDB file
def has_tables(path: Path, names: Iterable[str]) -> bool:
    """Does a DuckDB file have these tables, in whichever schema? Not one that another program writes to just now."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            found = connection.execute("SELECT lower(table_name) FROM information_schema.tables").fetchall()
    except duckdb.Error:
        return False
    return set(names) <= {name for (name,) in found}


def _attached(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Table]:
    try:
        connection.execute(f"ATTACH {quoted_text(str(path))} AS source (READ_ONLY)")
    except duckdb.Error:
        raise Fault(
            f"{path} cannot be opened: another program may be writing to it, or it is of another version of DuckDB."
        ) from None
    columns = connection.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns WHERE table_catalog = 'source'"
    ).fetchall()
    located = locate(columns, ["main"], path.name, "keep one CDM in a file.")
    return {
        name: _typed(connection, name, f"source.{quoted(schema)}.{quoted(table)}", "VIEW")
        for name, (schema, table, _) in located.items()
    }


# ------------------------------------------------------------------ files of tables
def _of_files(connection: duckdb.DuckDBPyConnection, files: Mapping[str, list[Path]], path: Path) -> dict[str, Table]:
    if not files:
        named = "no file in it is named after one (person.csv, PERSON.parquet)"
        raise Fault(f"{path} holds no table of an OMOP CDM: {named}.")
    return {name: _of_table(connection, name, parts) for name, parts in files.items()}


def _of_table(connection: duckdb.DuckDBPyConnection, name: str, parts: Sequence[Path]) -> Table:
    endings = {part.name.lower().endswith(CSV) for part in parts}
    if len(endings) > 1:
        raise Fault(f"The table {name} is there as CSV and as Parquet: keep one of them.")
    try:
        if endings.pop():
            # Read once, into columns on disk: it is asked several times.
            return _typed(connection, name, csv_source(parts), "VIEW" if name in COUNTED else "TABLE")
        listed = ", ".join(quoted_text(escape(str(part))) for part in parts)
        return _typed(
            connection, name, f"read_parquet([{listed}], union_by_name = true, hive_partitioning = false)", "VIEW"
        )
    except duckdb.Error as error:
        raise Fault(_why_not(parts, str(error))) from None


def _typed(connection: duckdb.DuckDBPyConnection, name: str, source: str, kind: str) -> Table:
    """A table or view of the columns that are used, in lower case."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    there = {column.lower(): (quoted(column), type_) for column, type_, *_ in described}
    columns = [column for column in dict.fromkeys(COLUMNS[name]) if column in there]
    selected = ", ".join(f"{_cast(column, *there[column])} AS {column}" for column in columns)
    connection.execute(f"CREATE {kind} {name} AS SELECT {selected or '1 AS one'} FROM {source}")
    return Table(name, {column: column for column in columns})


def _cast(column: str, written: str, type_: str) -> str:
    """Ids become whole numbers: one that is none is null, but for the person's, without which nothing can be told.
    Binary numbers become the shortest decimal that means them, 10.0 written as 10."""
    if column in IDS:
        return f"{'CAST' if column == 'person_id' else 'TRY_CAST'}({written} AS BIGINT)"
    if type_ in ("DOUBLE", "FLOAT"):
        return f"regexp_replace(CAST({written} AS VARCHAR), '\\.0$', '')"
    return written


# ------------------------------------------------------------------ what went wrong
def _why_not(parts: Sequence[Path], message: str) -> str:
    """A sentence without a word of the file: DuckDB's own quotes the line, which is a patient's."""
    names = ", ".join(part.name for part in parts[:3])
    if "Could not convert" in message or "cast" in message.lower():
        return f"{names}: {NOT_WHOLE}"
    line = _LINE.search(message)
    where = f" near line {line[1]}" if line else ""
    return f"{names} cannot be read{where}: its columns, quotes or encoding (UTF-8) are not those of its first line."
