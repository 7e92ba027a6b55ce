"""Facts laid into the tables that rules/tables.py describes, in a DuckDB of their own."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from equipoise.concepts import Vocabulary
from equipoise.facts import Fact
from equipoise.rules.tables import columns, place


def fact_tables(
    people: Mapping[str, Iterable[Fact]], vocabulary: Vocabulary, scratch: Path
) -> duckdb.DuckDBPyConnection:
    """A database with the table `people` (key, person) and one table a concept, also of those without a fact."""
    connection = duckdb.connect()
    _fill(connection, "people", {"key": "BIGINT", "person": "VARCHAR"},
          [{"key": key, "person": person} for key, person in enumerate(people)], scratch)  # fmt: skip
    rows: dict[str, list[dict[str, str | int | bool | None]]] = {name: [] for name in vocabulary}
    for key, facts in enumerate(people.values()):
        for placed in place(key, facts, vocabulary):
            rows[placed.concept].append(placed.row)
    for name, concept in vocabulary.items():
        if not concept.members and not concept.formula:
            _fill(connection, name, columns(concept), rows[name], scratch)
    return connection


def _fill(
    connection: duckdb.DuckDBPyConnection, table: str, kinds: Mapping[str, str], rows: Iterable[object], scratch: Path
) -> None:
    """By way of a file: DuckDB inserts single rows slowly."""
    file = scratch / f"{table}.ndjson"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    listed = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    structure = "{" + ", ".join(f"{name}: '{kind}'" for name, kind in kinds.items()) + "}"
    connection.execute(f"CREATE TABLE {table} ({listed})")
    connection.execute(
        f"INSERT INTO {table} SELECT * FROM read_json(?, format = 'newline_delimited', columns = {structure})",
        [str(file)],
    )
