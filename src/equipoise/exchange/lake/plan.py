"""Which files there are to read, which of them are as they were, and how the others are dealt out as tasks."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import orjson

from ...facts import Unread
from ...faults import Fault
from ..fhir.files import Source, find
from ..fhir.stream import Piece, cut
from ..omop import is_omop
from ..omop.files import is_url
from ..paths import Found, find_paths, without_sheets
from .manifest import MANIFEST, SourceEntry, is_lake

FHIR, NAMED, BESIDE, FACTS = "fhir", "sheet", "sheet of a folder", "facts"
LAKE, OMOP = "lake", "omop"
_ORDER: Final = (FHIR, NAMED, BESIDE, FACTS, OMOP, LAKE)
_ENDS: Final = 1 << 16  # bytes of each end of a file that its digest covers
PIECE: Final = 64 << 20  # bytes that one task reads


@dataclass(frozen=True, slots=True)
class Task:
    """Files, or pieces of one, that are read together. name: of the extract that will hold what they say. origin: the
    warehouse, as the user named it (its URL may hold a password, which is not kept)."""

    name: str
    entries: tuple[SourceEntry, ...]
    pieces: tuple[Piece, ...] = ()
    origin: str = ""

    @property
    def size(self) -> int:
        """In bytes."""
        if not self.pieces:
            return sum(entry.size for entry in self.entries)
        return sum((piece.end if piece.end >= 0 else piece.source.size) - piece.begin for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load has to do. sources: all that count, in the order of reading. tasks: what has to be read anew.

    fresh, gone: how many files are new or changed, and how many are no longer there. notes: by the path that
    was named, what of it is of no kind that is read.
    """

    sources: tuple[SourceEntry, ...]
    tasks: tuple[Task, ...]
    fresh: int
    gone: int
    notes: Mapping[str, Sequence[Sequence[str]]]


def plan(
    paths: Sequence[Path | str], site: str, before: Sequence[SourceEntry], generation: int, state: str,
    anew: bool = False, piece: int = PIECE,
) -> Plan:  # fmt: skip
    """What to read. before: the sources of the lake as it was; those under other paths than these stay as they are,
    unless everything is to be read anew.

    Raises Fault for a path that is not there or holds nothing to read.
    """
    if anew:
        paths = list(dict.fromkeys([*(entry.root for entry in before), *paths]))
    now, notes = _listed(paths)
    origins = {_place(path): str(path) for path in paths if is_omop(path)}
    known = {(entry.kind, entry.path): entry for entry in before}
    there = {(entry.kind, entry.path) for entry in now}
    roots = {entry.root for entry in now}
    kept = [entry for entry in before if entry.root not in roots and (entry.kind, entry.path) not in there]
    entries: list[SourceEntry] = []
    for entry in now:
        old = known.get((entry.kind, entry.path))
        stated = site or (old.site if old else "")
        if old is not None and not anew and _state(old) == _state(entry):
            entries.append(replace(old, site=stated, root=entry.root))
        else:
            entries.append(replace(entry, site=stated, number=_number(entry, generation)))
    fresh = [entry for entry in entries if not entry.holds]
    tasks, holds = _tasks(fresh, state, piece, origins)
    entries = [replace(entry, holds=entry.holds or holds[entry.number]) for entry in entries]
    gone = {(entry.kind, entry.path) for entry in before if entry.root in roots} - there
    return Plan(_ordered(before, [*kept, *entries]), tuple(tasks), len(fresh), len(gone), notes)


def _state(entry: SourceEntry) -> tuple[object, ...]:
    return entry.size, entry.changed, entry.content, entry.name


def _number(entry: SourceEntry, generation: int) -> int:
    """The number of a source: a digest of the file as it stands and of when it was first read."""
    written = orjson.dumps([entry.kind, entry.path, entry.name, entry.size, entry.changed, entry.content, generation])
    return int.from_bytes(hashlib.sha256(written).digest()[:8], "big") >> 1


def _ordered(before: Iterable[SourceEntry], entries: Iterable[SourceEntry]) -> tuple[SourceEntry, ...]:
    """In the order of reading: resources first, then sheets; what was named by an earlier load first."""
    entries = list(entries)
    roots = {root: at for at, root in enumerate(dict.fromkeys(entry.root for entry in [*before, *entries]))}
    return tuple(sorted(entries, key=lambda entry: (_ORDER.index(entry.kind), roots[entry.root])))


# ---------------------------------------------------------------- what is there
def _listed(paths: Sequence[Path | str]) -> tuple[list[SourceEntry], dict[str, list[list[str]]]]:
    entries: list[SourceEntry] = []
    notes: dict[str, list[list[str]]] = {}
    files: list[Path] = []
    for path in dict.fromkeys(paths):
        if is_omop(path):
            entries.append(_warehouse(path))
        elif is_lake(Path(path)):
            entries.append(_entry(LAKE, Path(path) / MANIFEST, Path(path), Path(path).name))
        else:
            files.append(Path(path))
    for path in files:
        found = find_paths([path])
        more, told = _of_path(path, found)
        entries += more
        if told:
            notes[str(path.resolve())] = [[each.source, each.what, each.why, each.kind] for each in told]
    unique = {(entry.kind, entry.path): entry for entry in entries}
    return list(unique.values()), notes


def _of_path(path: Path, found: Found) -> tuple[list[SourceEntry], list[Unread]]:
    entries: list[SourceEntry] = []
    notes: list[Unread] = []
    if found.fhir:
        sources, notes = find(found.fhir)
        entries += [_entry(FHIR, source.path, path, source.name) for source in sources]
        notes = list(without_sheets(notes, [*found.beside, *found.facts]))
    entries += [_entry(NAMED, sheet, path, sheet.name) for sheet in found.named]
    entries += [_entry(BESIDE, sheet, path, sheet.name) for sheet in found.beside]
    entries += [_entry(FACTS, file, path, file.name) for file in found.facts]
    return entries, notes


def _entry(kind: str, path: Path, root: Path, name: str) -> SourceEntry:
    place = path.resolve()
    try:
        status = place.stat()
        content = _ends_of(place, status.st_size)
    except OSError as error:
        raise Fault(f"{path} cannot be opened ({error.strerror}): may you read it?") from None
    named = root == path
    return SourceEntry(kind, str(place), str(root.resolve()), name, status.st_size, status.st_mtime_ns, content, named)


def _warehouse(path: Path | str) -> SourceEntry:
    """An OMOP CDM. What a database holds may have changed at any time: it is read again whenever it is named."""
    place = _place(path)
    if is_url(path):
        return SourceEntry(OMOP, place, place, place, 0, time.time_ns(), "", True)
    files = [
        file for file in (sorted(Path(path).rglob("*")) if Path(path).is_dir() else [Path(path)]) if file.is_file()
    ]
    states = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    content = hashlib.sha256(orjson.dumps(states)).hexdigest()[:32]
    size, changed = sum(each[1] for each in states), max((each[2] for each in states), default=0)
    return SourceEntry(OMOP, place, place, Path(path).name, size, changed, content, True)


def _place(path: Path | str) -> str:
    """Where a source lies, without the password that a URL may hold."""
    if not is_url(path):
        return str(Path(path).resolve())
    parts = urlsplit(str(path))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _ends_of(path: Path, size: int) -> str:
    """A digest of the first and the last bytes, which is quick for files of any size."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        if size > 2 * _ENDS:
            file.seek(-_ENDS, 2)
        digest.update(file.read(_ENDS))
    return digest.hexdigest()[:32]


# ---------------------------------------------------------------- tasks
def _tasks(
    fresh: Sequence[SourceEntry], state: str, size: int, origins: Mapping[str, str]
) -> tuple[list[Task], Mapping[int, tuple[str, ...]]]:
    """Tasks of about `size` bytes; and, of each source, the extracts that will hold it."""
    tasks: list[Task] = []
    together: list[tuple[SourceEntry, Piece]] = []
    for entry in fresh:
        if entry.kind != FHIR:
            tasks.append(_task([entry], [], state, origins.get(entry.path, "")))
            continue
        for piece in cut(source_of(entry), size):
            names = {each.source.name for _, each in together}
            if together and (piece.source.name in names or sum(map(_bytes, together)) + _bytes((entry, piece)) > size):
                tasks.append(_together(together, state))
                together = []
            together.append((entry, piece))
    if together:
        tasks.append(_together(together, state))
    holds: dict[int, list[str]] = {}
    for task in tasks:
        for entry in task.entries:
            holds.setdefault(entry.number, []).append(task.name)
    return tasks, {number: tuple(names) for number, names in holds.items()}


def _bytes(part: tuple[SourceEntry, Piece]) -> int:
    piece = part[1]
    return (piece.end if piece.end >= 0 else piece.source.size) - piece.begin


def _together(parts: Sequence[tuple[SourceEntry, Piece]], state: str) -> Task:
    return _task([entry for entry, _ in parts], [piece for _, piece in parts], state)


def _task(entries: Sequence[SourceEntry], pieces: Sequence[Piece], state: str, origin: str = "") -> Task:
    parts = [[piece.begin, piece.end] for piece in pieces]
    written = orjson.dumps([state, [entry.number for entry in entries], parts])
    return Task(hashlib.sha256(written).hexdigest()[:20], tuple(entries), tuple(pieces), origin)


def source_of(entry: SourceEntry) -> Source:
    """A source as the FHIR reader takes it."""
    return Source(Path(entry.path), entry.name, entry.named, entry.size)


def counted(entries: Iterable[SourceEntry]) -> Iterator[tuple[str, int]]:
    """How many sources there are of each kind."""
    yield from sorted(Counter(entry.kind for entry in entries).items())
