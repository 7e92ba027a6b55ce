"""Facts of people as tables that an engine reads: Parquet files as the store writes them, made by DuckDB."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from equipoise.concepts import Vocabulary
from equipoise.eligibility.lake import Part
from equipoise.facts import Fact
from equipoise.rules.tables import Row, columns, place

PEOPLE = {"key": "BIGINT", "person": "VARCHAR", "site": "VARCHAR"}


def part_of(people: Sequence[Iterable[Fact]], vocabulary: Vocabulary, folder: Path, number: int = 0) -> Part:
    """The people, by number, as one part of a store; a concept without facts has no file."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[Row]] = {}
    for key, facts in enumerate(people):
        for placed in place(key, facts, vocabulary):
            rows.setdefault(placed.concept, []).append(placed.row)
    listed: list[Row] = [{"key": key, "person": f"p{key}", "site": f"s{key % 3}"} for key in range(len(people))]
    everybody = _parquet(folder / "people.parquet", PEOPLE, listed)
    files = {name: _parquet(folder / f"{name}.parquet", columns(vocabulary[name]), each) for name, each in rows.items()}
    return Part(number, everybody, len(people), files, {name: len(each) for name, each in rows.items()})


def _parquet(file: Path, kinds: dict[str, str], rows: Sequence[Row]) -> Path:
    lines = file.with_suffix(".ndjson")
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    exact = {name: "VARCHAR" if kind[:3] in ("DEC", "DAT") else kind for name, kind in kinds.items()}
    schema = ", ".join(f"{name}: '{kind}'" for name, kind in exact.items())
    chosen = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in kinds.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT {chosen} FROM read_json('{lines}', format = 'newline_delimited', columns = {{{schema}}})) "
            f"TO '{file}' (FORMAT parquet)"
        )
    return file
