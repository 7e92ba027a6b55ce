"""Makes folders of facts (Parquet) of big synthetic cohorts: the facts of the drawn people, followed under new ids.

See cohort_people.py. The drawn people go the whole way: FHIR, read, written as a lake; and are judged by the reference.
Their rows are then copied by DuckDB under new keys and ids.
"""

import csv
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from cohort_people import DRAWN, ON, SCRATCH, make_cohort, order_of

import equipoise
from equipoise.eligibility.lake import Part
from equipoise.exchange.lake import Lake, open_lake, write_reading
from equipoise.exchange.lake.layout import PEOPLE, concept_table, part_file
from equipoise.exchange.lake.manifest import Manifest, PartEntry, is_lake, write_manifest
from equipoise.protocol.model import Protocol

A_PART = 20_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawn people: their lake, and a CSV of what the reference says of each (person, one column a criterion)."""

    lake: Lake
    truths: Path


def drawn_lake(trial: Protocol, drawn: int = DRAWN) -> Drawn:
    """The lake of the drawn people, made anew unless it is there, and the reference's truths."""
    cohort = make_cohort(trial, drawn, drawn)
    folder, truths = (
        cohort.fhir.with_name(f"{cohort.fhir.name}-facts"),
        cohort.fhir.with_name(f"{cohort.fhir.name}-truths.csv"),
    )
    if not (is_lake(folder) and truths.is_file()):
        shutil.rmtree(folder, ignore_errors=True)
        reading = equipoise.read(cohort.fhir, trial)
        write_reading([reading], trial.vocabulary, folder, trials=[trial.acronym])
        _write_truths(trial, reading, truths)
    return Drawn(open_lake(folder), truths)


def _write_truths(trial: Protocol, reading: equipoise.Reading, to: Path) -> None:
    with to.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["person", *trial.ids])
        for verdict in equipoise.screen(trial, reading, ON):
            table.writerow([verdict.person, *(judged.truth.value for judged in verdict.judgements)])


def make_lake(trial: Protocol, people: int, drawn: int = DRAWN) -> Lake:
    """The lake of so many people, made anew unless it is there from an earlier run."""
    source = drawn_lake(trial, drawn)
    folder = SCRATCH / f"{source.lake.folder.name}-{people}"
    if is_lake(folder):
        return open_lake(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    order = order_of(people, [person.name for person in source.lake.people()])
    parts: list[PartEntry] = []
    with duckdb.connect() as connection:
        for number, first in enumerate(range(0, people, A_PART)):
            _number(connection, order[first : first + A_PART], first)
            parts.append(_write_part(connection, source.lake.parts, folder, number))
    manifest = source.lake.manifest
    write_manifest(
        folder,
        Manifest(
            manifest.trials, manifest.vocabulary, manifest.codes, parts=tuple(parts), people_a_part=A_PART,
            synthetic=True, next_key=people,
        ),
    )  # fmt: skip
    return open_lake(folder)


def _number(connection: duckdb.DuckDBPyConnection, followed: Sequence[str], first: int) -> None:
    """The table `follows`: the new key and id of each person, and the drawn person whom they follow."""
    connection.execute("CREATE OR REPLACE TABLE followed AS SELECT unnest(?) AS old", [list(followed)])
    connection.execute(
        "CREATE OR REPLACE TABLE follows AS "
        f"SELECT {first} + row_number() OVER () - 1 AS key, printf('SYN-%07d', key + 1) AS person, old FROM followed"
    )


def _write_part(connection: duckdb.DuckDBPyConnection, parts: Sequence[Part], folder: Path, number: int) -> PartEntry:
    """One part of the new lake, of the people in `follows`."""
    originals = _of(part.people for part in parts)
    connection.execute(
        "CREATE OR REPLACE TABLE pairs AS SELECT f.key, f.person, f.old, p.key AS old_key, p.also, p.site "
        f"FROM follows f JOIN {originals} p ON p.person = f.old"
    )
    people = _copy(connection, "SELECT key, person, also, site FROM pairs", folder, PEOPLE, number, "key")
    facts: dict[str, int] = {}
    for concept in sorted({name for part in parts for name in part.facts}):
        files = [part.facts[concept] for part in parts if concept in part.facts]
        rows = _copy(
            connection,
            "SELECT t.* REPLACE (f.key AS key, replace(t.exact, f.old, f.person) AS exact) "
            f"FROM pairs f JOIN {_of(files)} t ON t.key = f.old_key",
            folder, concept_table(concept), number, "key, n",
        )  # fmt: skip
        if rows:
            facts[concept] = rows
    return PartEntry(number, 0, people, facts)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, folder: Path, table: str, number: int, order: str) -> int:
    """Writes what the query gives as a file of the lake, if there is anything; returns the number of rows."""
    to = part_file(folder, table, number, 0)
    to.parent.mkdir(parents=True, exist_ok=True)
    copied = connection.execute(f"COPY ({query} ORDER BY {order}) TO '{to}' (FORMAT parquet, COMPRESSION zstd)")
    rows = copied.fetchone()
    if rows is None or not rows[0]:
        to.unlink()
        return 0
    return rows[0]


def _of(files: Iterable[Path]) -> str:
    return f"read_parquet([{', '.join(repr(str(file)) for file in files)}])"
