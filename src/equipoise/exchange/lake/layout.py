"""Where what lies in a folder of facts. The generation in each name keeps the new apart from what it replaces."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from ...eligibility.lake import Part
from .manifest import Manifest, PartEntry, sources_file

PEOPLE: Final = "people"
UNREAD: Final = "unread"
KEPT: Final = "kept"
STAGING: Final = ".loading"
GENERAL: Final = -1  # the part of what is of nobody
_CONCEPT: Final = "concept="
_NAME = re.compile(r"part-(\d{4,}|general)\.g(\d+)\.parquet\Z")


def part_file(folder: Path, table: str, number: int, generation: int) -> Path:
    """The file of a part in the folder of one table."""
    name = "general" if number == GENERAL else f"{number:04}"
    return folder / table / f"part-{name}.g{generation}.parquet"


def concept_table(concept: str) -> str:
    """The folder of a concept's facts."""
    return f"{_CONCEPT}{concept}"


def part_of(folder: Path, entry: PartEntry) -> Part:
    """A part with the places of its files."""
    number, generation = entry.number, entry.generation
    return Part(
        number,
        part_file(folder, PEOPLE, number, generation),
        entry.people,
        {name: part_file(folder, concept_table(name), number, generation) for name in entry.facts},
        dict(entry.facts),
    )


def unread_file(folder: Path, entry: PartEntry) -> Path:
    """The file of what could not be read of a part's people."""
    return part_file(folder, UNREAD, entry.number, entry.generation)


def remove_old(folder: Path, manifest: Manifest) -> None:
    """Removes the files of parts that the manifest does not name: replaced ones, and those of a killed load."""
    named = {(entry.number, entry.generation) for entry in manifest.parts}
    named.add((GENERAL, manifest.generation))
    for path in _part_files(folder):
        if (found := _NAME.match(path.name)) is None:
            continue
        number = GENERAL if found[1] == "general" else int(found[1])
        if (number, int(found[2])) not in named:
            path.unlink(missing_ok=True)
    for path in folder.glob("sources.g*.ndjson"):
        if path != sources_file(folder, manifest.generation):
            path.unlink(missing_ok=True)
    for table in _tables(folder.iterdir()):
        if not any(table.iterdir()):
            table.rmdir()


def _part_files(folder: Path) -> Iterator[Path]:
    for table in _tables(folder.iterdir()):
        yield from list(table.iterdir())


def _tables(paths: Iterable[Path]) -> list[Path]:
    return [
        path for path in paths if path.is_dir() and (path.name in (PEOPLE, UNREAD) or path.name.startswith(_CONCEPT))
    ]
