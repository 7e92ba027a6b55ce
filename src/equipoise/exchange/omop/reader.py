"""An OMOP CDM -> facts, people after people, so that a warehouse of any size is read in bounded memory."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ...facts import Fact, Reading, Unread
from ...protocol.model import Protocol
from ..bindings import Bindings, compile_bindings
from ..fhir.drafts import Gathered
from ..fhir.elements import Item
from ..fhir.reader import read_resource
from ..fhir.settle import settle
from . import sql
from .account import account
from .files import is_url
from .meanings import Meanings, meanings_of
from .people import patient, unread_of
from .plain import plain_name, plain_resources
from .resources import Resource, Resources
from .tables import CONCEPTS, Person, Row
from .warehouse import Warehouse

# How many people have been read, and how many there are.
Progress = Callable[[int, int], None]

CHUNK = 50_000


class Whole(NamedTuple):
    """All that the warehouse says of one person: their rows in the table person (one, but for a slip) and elsewhere."""

    id: int
    told: list[Person]
    rows: list[Row]


def read_omop(
    source: str | Path, trial: Protocol, progress: Progress | None = None, *, chunk: int = CHUNK
) -> Iterator[Reading]:
    """The facts of an OMOP CDM 5.3 or 5.4, in order of person_id; each Reading holds whole people, all that is known of
    each, and closes with the person with whom it reached `chunk` rows. The last one holds no people, but the account of
    what was not used.

    source: a DuckDB file, a folder or a zip of CSV or Parquet files named after the tables, or the URL of a PostgreSQL
    database. progress(done, total) is called with people. Raises Fault for what is no such CDM or cannot be read.
    """
    bindings = compile_bindings(trial.codes, trial.vocabulary)
    with _opened(source) as warehouse:
        meanings = meanings_of(warehouse, bindings)
        reader = _Reader(trial, bindings, meanings)
        total = next(iter(warehouse.rows(sql.how_many(warehouse.tables["person"]))))[0]
        done = 0
        for whole in _chunks(_everybody(warehouse, meanings), chunk):
            yield reader.read(whole)
            done += sum(len(each.told) for each in whole)
            if progress:
                progress(done, max(total, done, 1))
        yield account(warehouse, meanings, reader.passed_over)


def _opened(source: str | Path) -> AbstractContextManager[Warehouse]:
    if is_url(source):
        from .postgres import open_postgres

        return open_postgres(str(source))
    from .duckdb import open_duckdb

    return open_duckdb(Path(source))


# ------------------------------------------------------------------ whole people
def _everybody(warehouse: Warehouse, meanings: Meanings) -> Iterator[Whole]:
    """People and their rows, which come in the same order, side by side."""
    told = (Person(*each) for each in warehouse.rows(sql.people(warehouse)))
    people = itertools.groupby(told, key=lambda person: person.person)
    rows = itertools.groupby(_rows(warehouse, meanings), key=lambda row: row.person)
    person, mine = next(people, None), next(rows, None)
    while person is not None or mine is not None:
        number = min(each[0] for each in (person, mine) if each is not None)
        whole = Whole(number, [], [])
        if person is not None and person[0] == number:
            whole.told.extend(person[1])
            person = next(people, None)
        if mine is not None and mine[0] == number:
            whole.rows.extend(mine[1])
            mine = next(rows, None)
        yield whole


def _rows(warehouse: Warehouse, meanings: Meanings) -> Iterator[Row]:
    if not sql.readable(warehouse):
        return
    nameless = itertools.count(1)
    for each in warehouse.rows(sql.rows(warehouse, meanings.matched)):
        row = Row(*each)
        # Rows without an id are not one row.
        yield row if row.id is not None else row._replace(id=-next(nameless))


def _chunks(everybody: Iterator[Whole], chunk: int) -> Iterator[list[Whole]]:
    """Whole people, so many together that they have `chunk` rows (their own in the table person counted)."""
    gathered: list[Whole] = []
    size = 0
    for whole in everybody:
        gathered.append(whole)
        size += len(whole.told) + len(whole.rows)
        if size >= chunk:
            yield gathered
            gathered, size = [], 0
    if gathered:
        yield gathered


# ------------------------------------------------------------------ rows -> facts
class _Reader:
    """Reads one chunk after the other; remembers only what was passed over."""

    def __init__(self, trial: Protocol, bindings: Bindings, meanings: Meanings) -> None:
        self.vocabulary = trial.vocabulary
        self.bindings = bindings
        self.meanings = meanings
        self.resources = Resources(meanings, bindings, trial.vocabulary)
        self.ordinals = itertools.count()
        self.passed_over: Counter[str] = Counter()
        self.synthetic = _made_up(meanings.warehouse)

    def read(self, people: list[Whole]) -> Reading:
        """The facts of whole people."""
        self.meanings.learn(getattr(row, part) for whole in people for row in whole.rows for part in CONCEPTS)
        gathered = Gathered(self.vocabulary, self.bindings)
        unread: list[Unread] = []
        doubts: dict[str, str] = {}
        for whole in people:
            for person in whole.told:
                read_resource(self._item(patient(person), f"person {whole.id}"), gathered)
                unread += unread_of(person)
            for row, resource in self._of(whole.rows):
                named = f"{row.table} {row.id}" if row.id and row.id > 0 else f"{row.table}, a row without an id"
                item = self._item(resource, named)
                if doubt := row.table == "drug_exposure" and self.resources.subject(row).doubt:
                    doubts[item.key] = doubt
                read_resource(item, gathered)
        for kind, codes in gathered.unused.items():
            self.passed_over[kind] += sum(codes.values())
        # What is not used is counted by the warehouse, once for all people.
        gathered.unused, gathered.unfamiliar = {}, {}
        reading = settle(gathered, unread)
        count = sum(len(whole.rows) + len(whole.told) for whole in people)
        sites = {str(whole.id): person.site for whole in people for person in whole.told if person.site}
        return replace(_with_doubts(reading, doubts), read=count, sites=sites, synthetic=self.synthetic)

    def _of(self, rows: list[Row]) -> Iterator[tuple[Row, Resource]]:
        plain: list[Row] = []
        for row in rows:
            if plain_name(row):
                plain.append(row)
            else:
                yield row, self.resources.of_row(row)
        yield from plain_resources(plain, self.vocabulary, self.resources)

    def _item(self, resource: dict[str, Any], source: str) -> Item:
        key = f"{resource['resourceType']}/{resource['id']}"
        return Item(resource, key, source, "", next(self.ordinals), {})


def _made_up(warehouse: Warehouse) -> bool:
    """Does the warehouse say of its source that its people are synthetic?"""
    table = warehouse.tables.get("cdm_source")
    words = [word for row in warehouse.rows(sql.about_itself(table)) for word in row if word] if table else []
    return any(mark in word.casefold() for word in words for mark in ("synthetic", "synthea"))


def _with_doubts(reading: Reading, doubts: dict[str, str]) -> Reading:
    """The reading with the doubts that FHIR has no word for."""
    if not doubts:
        return reading
    doubted = [fact for fact in reading.facts if fact.id in doubts and not fact.doubt]
    told = [Unread(fact.source, fact.reported, doubts[fact.id], "doubtful", fact.person, True) for fact in doubted]
    facts = tuple(_doubted(fact, doubts) for fact in reading.facts)
    return replace(reading, facts=facts, unread=(*reading.unread, *told))


def _doubted(fact: Fact, doubts: dict[str, str]) -> Fact:
    return replace(fact, doubt=doubts[fact.id]) if fact.id in doubts and not fact.doubt else fact
