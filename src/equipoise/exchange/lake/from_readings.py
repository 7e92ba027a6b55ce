"""Readings that are made already -> a lake: whatever reads whole people can be kept."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from ...concepts import Vocabulary
from ...facts import Fact, Reading, Unread
from ...faults import Fault
from .layout import STAGING, remove_old
from .lock import LOCK, locked
from .manifest import (
    MANIFEST,
    PEOPLE_A_PART,
    Manifest,
    PartEntry,
    concept_digests,
    is_lake,
    read_manifest,
    vocabulary_digest,
    write_manifest,
)
from .reading import Lake
from .tally import Tally
from .writing import PartWriter, Person, write_general


def write_reading(
    readings: Iterable[Reading], vocabulary: Vocabulary, folder: Path | str, *, trials: Sequence[str] = (),
    people_a_part: int = PEOPLE_A_PART,
) -> Lake:  # fmt: skip
    """Writes the facts of readings, each of whole people, as a lake; one that was there is replaced.

    People are numbered in the order of the readings. Raises Fault when the folder holds anything else, or when two
    readings have one person.
    """
    folder = Path(folder)
    check_may_hold(folder)
    with locked(folder):
        generation = read_manifest(folder).generation + 1 if is_lake(folder) else 0
        staging = folder / STAGING
        shutil.rmtree(staging, ignore_errors=True)
        writing = _Writing(folder, generation, vocabulary, staging, people_a_part)
        digests = vocabulary_digest(vocabulary), concept_digests(vocabulary)
        manifest = Manifest(tuple(trials), *digests, people_a_part=people_a_part)
        with writing.parts_open:
            for reading in readings:
                writing.take(reading)
            manifest = writing.end(manifest)
        write_manifest(folder, manifest)
        remove_old(folder, manifest)
        shutil.rmtree(staging, ignore_errors=True)
    return Lake(folder, manifest)


def check_may_hold(folder: Path) -> None:
    """Raises Fault when the folder holds something that is no lake (nor a load that was cut short)."""
    if folder.exists() and not folder.is_dir():
        raise Fault(f"{folder} is a file: name a folder for the facts.")
    if not folder.is_dir() or is_lake(folder):
        return
    others = [path.name for path in folder.iterdir() if path.name not in (LOCK, STAGING, f".{MANIFEST}.new")]
    if others and not (folder / STAGING).is_dir():
        raise Fault(f"{folder} holds other things ({sorted(others)[0]}): name an empty folder for the facts.")


class _Writing:
    """Parts filled one after the other."""

    def __init__(
        self, folder: Path, generation: int, vocabulary: Vocabulary, staging: Path, people_a_part: int
    ) -> None:
        self.folder, self.generation, self.vocabulary, self.staging = folder, generation, vocabulary, staging
        self.people_a_part = people_a_part
        self.parts: list[PartEntry] = []
        self.general: list[Unread] = []
        self.tally = Tally()
        self.seen: set[str] = set()
        self.read, self.synthetic = 0, False
        self.writer: PartWriter | None = None
        self.parts_open = ExitStack()

    def take(self, reading: Reading) -> None:
        self.read += reading.read
        self.synthetic = self.synthetic or reading.synthetic
        self.tally.add(reading.unread)
        unread: dict[str, list[Unread]] = defaultdict(list)
        for each in reading.unread:
            unread[each.person].append(each)
        for person, facts in reading.by_person().items():
            self._person(person, facts, reading, unread.pop(person, []))
        self.general += [each for entries in unread.values() for each in entries]

    def _person(self, name: str, facts: list[Fact], reading: Reading, unread: list[Unread]) -> None:
        if name in self.seen:
            raise Fault("Two readings have the same person: join them before they are written.")
        key = len(self.seen)
        self.seen.add(name)
        if self.writer is None:
            number = key // self.people_a_part
            writer = PartWriter(self.folder, number, self.generation, self.vocabulary, self.staging)
            self.writer = self.parts_open.enter_context(writer)
        also, site = reading.people.get(name, frozenset()), reading.sites.get(name, "")
        self.writer.person(Person(key, name, also, site), facts)
        self.writer.unread(unread)
        if (key + 1) % self.people_a_part == 0:
            self._close()

    def _close(self) -> None:
        if self.writer is not None:
            self.parts.append(self.writer.close())
            self.writer = None

    def end(self, manifest: Manifest) -> Manifest:
        self._close()
        write_general(self.folder, self.generation, self.general, self.vocabulary, self.staging)
        return replace(
            manifest, generation=self.generation, parts=tuple(self.parts), unread=self.tally.kinds(), read=self.read,
            synthetic=self.synthetic, next_key=len(self.seen),
        )  # fmt: skip


def readings_of(lake: Lake) -> Iterator[Reading]:
    """The lake part by part."""
    for entry in lake.manifest.parts:
        yield lake.reading(part=entry.number)
