"""Parquet by DuckDB: rows as lines of JSON become files of a lake, and come back as rows."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

Row = tuple[Any, ...]
_AT_ONCE: Final = 10_000
# Nothing is fetched from the network, and memory is bounded: what does not fit goes to the disk.
_SETTINGS: Final = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "800MB",
}


def connected(threads: int = 2, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory; what does not fit there goes to the folder `spill`."""
    settings: dict[str, Any] = {**_SETTINGS, "threads": threads}
    if spill is not None:
        settings["temp_directory"] = str(spill)
    return duckdb.connect(config=settings)


def lines_to_parquet(
    database: duckdb.DuckDBPyConnection, lines: Path, columns: Mapping[str, str], to: Path, order: Sequence[str] = ()
) -> None:
    """Writes lines of JSON as one Parquet file (zstd). Numbers and dates stand in them as text and stay exact."""
    given = {name: kind if kind.endswith("[]") or kind in _AS_THEY_ARE else "VARCHAR" for name, kind in columns.items()}
    schema = ", ".join(f"{_name(name)}: '{kind}'" for name, kind in given.items())
    chosen = ", ".join(f"CAST({_name(name)} AS {kind}) AS {_name(name)}" for name, kind in columns.items())
    by = f" ORDER BY {', '.join(map(_name, order))}" if order else ""
    to.parent.mkdir(parents=True, exist_ok=True)
    source = f"read_json({_text(lines)}, format='newline_delimited', columns={{{schema}}})"
    database.execute(f"COPY (SELECT {chosen} FROM {source}{by}) TO {_text(to)} (FORMAT parquet, COMPRESSION zstd)")


_AS_THEY_ARE: Final = ("BIGINT", "INTEGER", "BOOLEAN", "VARCHAR")


def rows_of(
    database: duckdb.DuckDBPyConnection, files: Sequence[Path], columns: Sequence[str], where: str = "",
    given: Sequence[Any] = (), order: Sequence[str] = (),
) -> Iterator[Row]:  # fmt: skip
    """Some columns of Parquet files, row by row. `where` may hold question marks for the values `given`."""
    if not files:
        return
    listed = ", ".join(_text(file) for file in files)
    by = f" ORDER BY {', '.join(map(_name, order))}" if order else ""
    condition = f" WHERE {where}" if where else ""
    cursor = database.cursor()
    cursor.execute(f"SELECT {', '.join(map(_name, columns))} FROM read_parquet([{listed}]){condition}{by}", list(given))
    while rows := cursor.fetchmany(_AT_ONCE):
        yield from rows


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"
