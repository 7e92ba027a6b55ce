"""Facts of people -> the files of a part: lines of JSON first, which DuckDB then writes as Parquet."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, NamedTuple, Self

import orjson

from ...concepts import Vocabulary
from ...facts import Fact, Unread
from ...rules.tables import EXACT, columns, place
from ..fact_json import fact_json
from .duckdb import Database
from .layout import GENERAL, PEOPLE, UNREAD, concept_table, part_file
from .manifest import Kind, PartEntry

PEOPLE_COLUMNS: Final = {"key": "BIGINT", "person": "VARCHAR", "also": "VARCHAR[]", "site": "VARCHAR"}
UNREAD_COLUMNS: Final = {
    "person": "VARCHAR", "source": "VARCHAR", "what": "VARCHAR", "why": "VARCHAR", "kind": "VARCHAR", "held": "BOOLEAN",
}  # fmt: skip


class Person(NamedTuple):
    """One person of a lake: their key, further identifiers and site ("" where it is not known)."""

    key: int
    name: str
    also: frozenset[str] = frozenset()
    site: str = ""


class PartWriter:
    """Writes one part, in a `with` block. `close` ends it and tells what it holds; without it nothing of it counts.

    staging: a folder for the lines of JSON, which is emptied at the end.
    """

    def __init__(self, folder: Path, number: int, generation: int, vocabulary: Vocabulary, staging: Path) -> None:
        self.folder, self.number, self.generation = folder, number, generation
        self.vocabulary = vocabulary
        self.staging = staging / f"part-{number}"
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir(parents=True)
        self.files: dict[str, BinaryIO] = {}
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self.files.values():
            file.close()

    def person(self, person: Person, facts: Iterable[Fact]) -> None:
        """Adds a person with all facts about them; of several that say the same one stands (rules.tables.place)."""
        row = {"key": person.key, "person": person.name, "also": sorted(person.also), "site": person.site}
        self._line(PEOPLE, orjson.dumps(row))
        for placed in place(person.key, facts, self.vocabulary):
            placed.row[EXACT] = fact_json(placed.fact).decode()
            self._line(concept_table(placed.concept), orjson.dumps(placed.row))

    def unread(self, entries: Iterable[Unread]) -> None:
        """Adds what could not be read of the part's people."""
        for each in entries:
            row = {
                "person": each.person, "source": each.source, "what": each.what, "why": each.why, "kind": each.kind,
                "held": each.held,
            }  # fmt: skip
            self._line(UNREAD, orjson.dumps(row))

    def _line(self, table: str, line: bytes) -> None:
        file = self.files.get(table)
        if file is None:
            file = self.files[table] = (self.staging / f"{len(self.files)}.ndjson").open("wb", buffering=1 << 18)
        file.write(line + b"\n")
        self.counts[table] += 1

    def close(
        self, threads: int = 2, made_of: str = "", kinds: Mapping[str, Kind] | None = None,
        unused: Mapping[str, Mapping[str, int]] | None = None,
    ) -> PartEntry:  # fmt: skip
        """Writes the Parquet files, and gives the part's entry for the manifest."""
        with Database(threads, self.staging) as database:
            for table, file in self.files.items():
                file.close()
                order = () if table == UNREAD else ("key",) if table == PEOPLE else ("key", "n")
                to = part_file(self.folder, table, self.number, self.generation)
                database.save_lines(Path(file.name), self._columns(table), to, order)
        shutil.rmtree(self.staging)
        facts = {name: self.counts[concept_table(name)] for name in self.vocabulary if self.counts[concept_table(name)]}
        return PartEntry(
            self.number, self.generation, self.counts[PEOPLE], facts, self.counts[UNREAD], made_of, kinds or {},
            {kind: dict(codes) for kind, codes in (unused or {}).items()},
        )  # fmt: skip

    def _columns(self, table: str) -> Mapping[str, str]:
        if table in _OWN:
            return _OWN[table]
        return {**columns(self.vocabulary[table.partition("=")[2]]), EXACT: "VARCHAR"}


_OWN: Final = {PEOPLE: PEOPLE_COLUMNS, UNREAD: UNREAD_COLUMNS}


def write_general(
    folder: Path, generation: int, entries: Sequence[Unread], vocabulary: Vocabulary, staging: Path
) -> None:
    """Writes what could not be read and is of nobody."""
    with PartWriter(folder, GENERAL, generation, vocabulary, staging) as writer:
        writer.unread(entries)
        writer.close()
