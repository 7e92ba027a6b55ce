"""Records -> a lake, or what has changed of them: read, told who is who, dealt out to parts, assembled, put in place.

Until the manifest is replaced at the very end the lake is as it was. What a killed load had done is found again: the
extracts lie under kept/, finished parts have their receipts under .loading/.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from ...facts import Unread
from ...faults import Fault
from ...protocol.model import Protocol
from ..fhir.reader import not_fhir
from .assembly import General
from .duckdb import Database
from .extract import TABLES, table_file
from .from_readings import check_may_hold
from .joined import Words, joined
from .layout import GENERAL, KEPT, STAGING, part_of, remove_old
from .lock import locked
from .manifest import (
    PEOPLE_A_PART,
    Manifest,
    SourceEntry,
    concept_digests,
    is_lake,
    read_manifest,
    read_sources,
    write_manifest,
    write_sources,
)
from .plan import FHIR, PIECE, Plan, Task, counted, plan
from .reading import Lake
from .shuffle import deal, shuffle
from .tally import Tally
from .who import FHIR as RESOURCES
from .who import PEOPLE, Alive, tell_people
from .work import Assembling, Works, assemble_part, assembled, is_read, read_task, working

Progress = Callable[[str, int, int], None]
_SMALL: Final = 32 << 20  # bytes: below, other processes would take longer to start than to help


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did. files: read anew, and unchanged; gone: no longer there. parts: written anew, and all.

    anew: why everything was read again ("" when it was not).
    """

    lake: Lake
    read: int
    unchanged: int
    gone: int
    written: int
    parts: int
    anew: str = ""


def load(
    paths: Sequence[Path | str], trials: Sequence[Protocol], folder: Path | str, *, site: str = "", workers: int = 1,
    people_a_part: int = PEOPLE_A_PART, progress: Progress | None = None, piece: int = PIECE,
) -> Loaded:  # fmt: skip
    """Reads records for some trials into a lake; of files that were read before only what has changed.

    paths: FHIR files and folders, sheets, OMOP warehouses, other lakes. site: who is in them is treated there.
    workers: in how many processes; the lake is the same for any number. people_a_part: of a new lake. piece: how many
    bytes are read at a time. progress(what, done, total) is called as it goes on.
    Raises Fault for what cannot be read at all, and when another load writes into the folder.
    """
    folder = Path(folder)
    words = joined(trials)
    check_may_hold(folder)
    _check_apart(paths, folder)
    with locked(folder):
        told = progress or (lambda what, done, total: None)
        return _Load(folder, words, workers, told).run(paths, site, people_a_part, piece)


def _check_apart(paths: Iterable[Path | str], folder: Path) -> None:
    """Raises Fault when the records and the facts lie in one folder: the facts would be loaded into themselves."""
    for path in paths:
        if Path(path).is_dir() and folder.resolve().is_relative_to(Path(path).resolve()):
            raise Fault(f"{path} holds {folder}, where the facts are to go: name the records by themselves.")


class _Load:
    """One load, step by step."""

    def __init__(self, folder: Path, words: Words, workers: int, progress: Progress) -> None:
        self.folder, self.words, self.workers, self.progress = folder, words, workers, progress
        self.kept, self.staging = folder / KEPT, folder / STAGING
        self.before = read_manifest(folder) if is_lake(folder) else None
        self.generation = self.before.generation + 1 if self.before else 0
        self.state = ":".join(words.digests)

    def run(self, paths: Sequence[Path | str], site: str, people_a_part: int, piece: int) -> Loaded:
        anew = self._anew()
        sources = read_sources(self.folder, self.before) if self.before else []
        if self.before is not None and self.before.parts and not sources:
            raise Fault(f"{self.folder} was not made by a load, so it cannot be added to: name another folder.")
        planned = plan(paths, site, sources, self.generation, self.state, bool(anew), piece)
        if self.before is not None and tuple(sources) == planned.sources:
            self._clear(self.before, sources)
            return Loaded(Lake(self.folder, self.before), 0, len(sources), 0, 0, len(self.before.parts))
        size = sum(task.size for task in planned.tasks)
        with working(self.workers if size > _SMALL else 1, self.words) as work:
            self._read(planned.tasks, size, work)
            manifest, written = self._assemble(planned, people_a_part, bool(anew), work)
        self._commit(manifest, planned.sources)
        unchanged, parts = len(planned.sources) - planned.fresh, len(manifest.parts)
        return Loaded(Lake(self.folder, manifest), planned.fresh, unchanged, planned.gone, written, parts, anew)

    def _anew(self) -> str:
        """Why everything has to be read again; "" when nothing has."""
        before = self.before
        if before is None:
            return ""
        if before.equipoise != version("equipoise"):
            return f"it was made by Equipoise {before.equipoise}"
        if before.vocabulary != self.words.digests[0]:
            return "the concepts of the trials are not those that it was made with"
        if before.codes != self.words.digests[1]:
            return "the codes of the trials are not those that it was made with"
        return ""

    def _read(self, tasks: Sequence[Task], size: int, work: Works) -> None:
        """Sets aside what the files say, but for what a load before this one has set aside already."""
        missing = [task for task in tasks if not is_read(self.kept, task.name)]
        done = size - sum(task.size for task in missing)
        self.kept.mkdir(exist_ok=True)
        self.progress("Reading", done, size)
        for place, _ in work(read_task, [(task, self.kept) for task in missing]):
            done += missing[place].size
            self.progress("Reading", done, size)

    def _assemble(self, planned: Plan, people_a_part: int, anew: bool, work: Works) -> tuple[Manifest, int]:
        """The parts that are made of something else than before, and the manifest of all."""
        before = self.before
        self.staging.mkdir(exist_ok=True)
        people_a_part = before.people_a_part if before else people_a_part
        old = {} if before is None or anew else {entry.number: entry for entry in before.parts}
        spill = self.staging / "spill"
        with Database(2, spill) as database:
            self._open(database, planned.sources)
            known = [part_of(self.folder, entry).people for entry in before.parts] if before else []
            next_key = before.next_key if before else 0
            alive = _alive(planned.sources)
            self.progress("Telling people apart", 0, 1)
            beside = tell_people(database, alive, known, next_key, people_a_part)
            made_of = deal(database, self.state)
            unused, skipped, empty = _accounted(database)
            beside += not_fhir(empty)
            notes = {**(before.notes if before else {}), **planned.notes}
            notes = {root: notes[root] for root in dict.fromkeys(e.root for e in planned.sources) if root in notes}
            beside += [Unread(each[0], each[1], each[2], each[3]) for told in notes.values() for each in told]
            works = {
                number: Assembling(
                    self.staging / "dealt", self.folder, self.staging, number, self.generation, digest,
                    max(1, 2 // self.workers),
                )
                for number, digest in made_of.items()
                if number != GENERAL and (number not in old or old[number].made_of != digest)
            }  # fmt: skip
            entries = {number: old[number] for number in made_of if number in old and number not in works}
            written = len(works)
            for number, each in list(works.items()):
                if (entry := assembled(each)) is not None:
                    entries[number] = entry
                    del works[number]
            self.progress("Dealing out", 0, 1)
            shuffle(database, works, self.staging / "dealt")
            read, synthetic, next_key = _totals(database, next_key)
        todo = [(each,) for each in works.values()]
        self.progress("Writing", 0, len(todo) + 1)
        for done, (place, entry) in enumerate(work(assemble_part, todo), 1):
            entries[todo[place][0].number] = entry
            self.progress("Writing", done, len(todo) + 1)
        parts = tuple(entries[number] for number in sorted(entries))
        general = General(beside, unused, skipped)
        for entry in parts:
            general.add_unused(entry.unused)
        dealt = self.staging / "dealt"
        nobody = assemble_part(
            Assembling(dealt, self.folder, self.staging, GENERAL, self.generation, "", 2, general), self.words
        )
        tally = Tally()
        for entry in (nobody, *parts):
            tally.join(entry.kinds)
        manifest = Manifest(
            self.words.names, self.words.digests[0], concept_digests(self.words.vocabulary), self.words.digests[1],
            generation=self.generation, people_a_part=people_a_part,
            parts=parts, files=dict(counted(planned.sources)), unread=tally.kinds(), notes=notes, read=read,
            synthetic=synthetic, next_key=next_key,
        )  # fmt: skip
        return manifest, written

    def _open(self, database: Database, sources: Iterable[SourceEntry]) -> None:
        """The tables of all extracts that hold a source which counts."""
        names = sorted({name for entry in sources for name in entry.holds})
        for table, columns in TABLES.items():
            files = [table_file(self.kept, name, table) for name in names]
            database.view(table, [file for file in files if file.is_file()], columns)

    def _commit(self, manifest: Manifest, sources: Sequence[SourceEntry]) -> None:
        """Puts the new in the place of the old."""
        write_sources(self.folder, manifest.generation, sources)
        write_manifest(self.folder, manifest)
        self._clear(manifest, sources)

    def _clear(self, manifest: Manifest, sources: Sequence[SourceEntry]) -> None:
        """Removes what nothing needs: what was replaced, and what a killed load has left."""
        remove_old(self.folder, manifest)
        held = {name for entry in sources for name in entry.holds}
        for path in self.kept.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name.partition(".")[0] not in held:
                path.unlink()
        shutil.rmtree(self.staging, ignore_errors=True)


def _alive(sources: Iterable[SourceEntry]) -> list[Alive]:
    return [
        Alive(entry.number, position, RESOURCES if entry.kind == FHIR else PEOPLE, entry.site)
        for position, entry in enumerate(sources)
    ]


def _accounted(database: Database) -> tuple[dict[str, Counter[str]], Counter[str], Counter[str]]:
    """What is only counted: codes and types that no concept is read from, and values that are no resources."""
    unused: dict[str, Counter[str]] = {}
    counted: dict[str, Counter[str]] = {"skipped": Counter(), "empty": Counter()}
    for what, kind, name, number in database.rows(
        """SELECT what, a.kind, name, CAST(sum(number) AS BIGINT) FROM accounts a JOIN alive USING (source)
        WHERE what IN ('unused', 'skipped', 'empty') GROUP BY ALL ORDER BY ALL"""
    ):
        if what == "unused":
            unused.setdefault(kind, Counter())[name] = number
        else:
            counted[what][kind] = number
    return unused, counted["skipped"], counted["empty"]


def _totals(database: Database, next_key: int) -> tuple[int, bool, int]:
    """How much was looked at, whether some of it is synthetic, and the key of the next new person."""
    counted = "SELECT coalesce(CAST(sum(number) AS BIGINT), 0) FROM accounts JOIN alive USING (source) WHERE what = ?"
    highest = database.one("SELECT coalesce(max(key) + 1, 0) FROM keyed")
    return database.one(counted, ("read",)), database.one(counted, ("synthetic",)) > 0, max(next_key, highest)
