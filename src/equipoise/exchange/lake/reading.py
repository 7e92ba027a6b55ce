"""A folder of facts, opened: its parts for the engines, and the facts themselves for whoever asks for people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...eligibility.lake import Facts, Part
from ...facts import Fact, Reading, Unread
from ...faults import Fault
from ...protocol.model import Protocol
from ..fact_json import fact_from_json
from .duckdb import Database
from .layout import GENERAL, part_file, part_of, unread_file
from .manifest import Manifest, PartEntry, concept_digests, read_manifest
from .writing import PEOPLE_COLUMNS, UNREAD_COLUMNS, Person


@dataclass(frozen=True, slots=True)
class Lake:
    """A folder of facts as it stood when it was opened."""

    folder: Path
    manifest: Manifest

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its parts in the order of their people."""
        return tuple(part_of(self.folder, entry) for entry in self.manifest.parts)

    @property
    def facts(self) -> Facts:
        """The lake as the engines read it."""
        return Facts(self.parts, self.manifest.vocabulary, self.manifest.synthetic)

    def check_fits(self, trial: Protocol) -> None:
        """Raises Fault when the facts were not read for this trial, or with other concepts than it has now."""
        now = concept_digests(trial.vocabulary)
        other = [name for name, digest in now.items() if self.manifest.concepts.get(name) != digest]
        if other:
            named = f"{', '.join(other[:3])}{' and others' if len(other) > 3 else ''}"
            raise Fault(
                f"{self.folder} was not loaded for {trial.acronym} as it is now (it differs in {named}): "
                "load the records again with equipoise load, with all trials that they are for."
            )

    def people(self, part: int | None = None) -> Iterator[Person]:
        """Everybody in it, or in one part, in the order of their keys."""
        files = [each.people for each in self.parts if part is None or each.number == part]
        with Database() as database:
            for key, name, also, site in database.parquet_rows(files, tuple(PEOPLE_COLUMNS), order=("key",)):
                yield Person(key, name, frozenset(also), site)

    def identify(self, asked: str) -> str:
        """The person whom an identifier names, be it one of several. Raises Fault unless it names exactly one."""
        files = [part.people for part in self.parts]
        with Database() as database:
            where = "person = ? OR list_contains(also, ?)"
            found = [name for (name,) in database.parquet_rows(files, ("person",), where, (asked, asked), ("key",))]
        if asked in found:
            return asked
        if len(found) == 1:
            return found[0]
        if found:
            raise Fault(f'"{asked}" is an identifier of {len(found)} people ({", ".join(found)}): name one of these.')
        raise Fault(f'Nobody in {self.folder} is identified by "{asked}"; there are {self.facts.count:,} people in it.')

    def unread(self) -> Iterator[list[Unread]]:
        """What could not be read, part by part, and at last what is of nobody."""
        with Database() as database:
            for entry in self.manifest.parts:
                yield _unread(database, self.folder, entry, None)
            yield _general(database, self.folder, self.manifest)

    def reading(self, people: Iterable[str] | None = None, part: int | None = None) -> Reading:
        """The facts of some people (by their names in the lake), of one part, or of all, with what could not be read.

        People come in the order of the lake. What could not be read and is of nobody comes only with all of them.
        """
        asked = None if people is None else set(people)
        entries = [entry for entry in self.manifest.parts if part is None or entry.number == part]
        with Database() as database:
            found: dict[str, Person] = {}
            facts: list[Fact] = []
            unread: list[Unread] = []
            for entry in entries:
                read = _part_reading(database, self.folder, entry, asked)
                found.update(read.people)
                facts += read.facts
                unread += read.unread
            if asked is None and part is None:
                unread += _general(database, self.folder, self.manifest)
        sites = {name: person.site for name, person in found.items() if person.site}
        also = {name: person.also for name, person in found.items()}
        return Reading(also, tuple(facts), tuple(unread), self.manifest.read, self.manifest.synthetic, sites)


@dataclass(frozen=True, slots=True)
class _PartReading:
    people: dict[str, Person]
    facts: list[Fact]
    unread: list[Unread]


def _part_reading(database: Database, folder: Path, entry: PartEntry, asked: set[str] | None) -> _PartReading:
    part = part_of(folder, entry)
    where, given = ("", ()) if asked is None else ("list_contains(?, person)", (sorted(asked),))
    rows = database.parquet_rows([part.people], tuple(PEOPLE_COLUMNS), where, given, ("key",))
    people = {name: Person(key, name, frozenset(also), site) for key, name, also, site in rows}
    if asked is not None and not people:
        return _PartReading({}, [], [])
    keys = None if asked is None else sorted(person.key for person in people.values())
    placed: list[tuple[int, int, Fact]] = []
    for path in part.facts.values():
        where, given = ("", ()) if keys is None else ("list_contains(?, key)", (keys,))
        lines = database.parquet_rows([path], ("key", "n", "exact"), where, given)
        placed += [(key, number, fact_from_json(line)) for key, number, line in lines]
    placed.sort(key=lambda each: each[:2])
    return _PartReading(people, [fact for _, _, fact in placed], _unread(database, folder, entry, asked))


def _unread(database: Database, folder: Path, entry: PartEntry, asked: set[str] | None) -> list[Unread]:
    if not entry.unread:
        return []
    where, given = ("", ()) if asked is None else ("list_contains(?, person)", (sorted(asked),))
    return list(_entries(database, [unread_file(folder, entry)], where, given))


def _general(database: Database, folder: Path, manifest: Manifest) -> list[Unread]:
    path = part_file(folder, "unread", GENERAL, manifest.generation)
    return list(_entries(database, [path])) if path.is_file() else []


def _entries(
    database: Database, files: Sequence[Path], where: str = "", given: Sequence[object] = ()
) -> Iterator[Unread]:
    for person, source, what, why, kind, held in database.parquet_rows(files, tuple(UNREAD_COLUMNS), where, given):
        yield Unread(source, what, why, kind, person, held)


def open_lake(folder: Path | str) -> Lake:
    """The lake in a folder. Raises Fault when there is none, it is damaged, or a file of it is gone."""
    lake = Lake(Path(folder), read_manifest(Path(folder)))
    for entry, part in zip(lake.manifest.parts, lake.parts, strict=True):
        unread = [unread_file(lake.folder, entry)] if entry.unread else []
        for path in (part.people, *part.facts.values(), *unread):
            if not path.is_file():
                raise Fault(f"{path} is gone: load the records once more into another folder.")
    return lake
