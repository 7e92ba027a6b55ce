"""lake.json: what a folder of facts holds. It is replaced last, in one step: a lake is whole at any moment."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import orjson

from ...concepts import Concept, Vocabulary
from ...faults import Fault

MANIFEST: Final = "lake.json"
FORMAT: Final = 1
PEOPLE_A_PART: Final = 20_000
EXAMPLES: Final = 3
# What of a concept decides how its facts are read and lie in tables; not how they are worded or judged.
_READ_BY: Final = (
    "kind", "unit", "molar_mass", "plausible", "whole", "own_limits", "answers", "unclear", "several", "lasts",
    "absence", "once", "planned", "members", "read_as", "formula",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """Of one kind of what could not be read: how many entries there are, and some of them in words."""

    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartEntry:
    """One part as lake.json names it. facts: concept -> how many. made_of: digest of all that it was made of.
    kinds: what could not be read of its people, by kind. unused: codes not used that only showed when it was made."""

    number: int
    generation: int
    people: int
    facts: Mapping[str, int]
    unread: int = 0
    made_of: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    unused: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """One file (or table) that was read.

    root: the path that the user named, by itself or as its folder. name: as people are told it. size: in bytes.
    changed: the time of its last change, in nanoseconds. content: digest of its ends. named: the user named it.
    number: by which what was read out of it is known. holds: names of the extracts that hold that. site: as stated.
    """

    kind: str
    path: str
    root: str
    name: str
    size: int
    changed: int
    content: str
    named: bool = False
    number: int = 0
    holds: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of lake.json.

    vocabulary, codes: digests of the concepts and of the codes that the facts were read with; concepts: of each by
    itself. read: how many resources
    or rows were looked at. files: how many sources there are of each kind (they stand in a file of their own).
    notes: of each path that was named, what of it is of no kind that is read: source, what, why and kind.
    """

    trials: tuple[str, ...]
    vocabulary: str
    concepts: Mapping[str, str]
    codes: str = ""
    generation: int = 0
    people_a_part: int = PEOPLE_A_PART
    parts: tuple[PartEntry, ...] = ()
    files: Mapping[str, int] = field(default_factory=dict[str, int])
    unread: Mapping[str, Kind] = field(default_factory=dict[str, Kind])
    notes: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    read: int = 0
    synthetic: bool = False
    next_key: int = 0
    format: int = FORMAT
    equipoise: str = field(default_factory=lambda: version("equipoise"))


def vocabulary_digest(vocabulary: Vocabulary) -> str:
    """SHA-256 of the concepts as far as they decide how facts are read and lie in tables."""
    return _digest({name: meaning(concept) for name, concept in vocabulary.items()})


def concept_digests(vocabulary: Vocabulary) -> dict[str, str]:
    """A short digest of each concept, as far as it decides how its facts are read."""
    return {name: _digest(meaning(concept))[:16] for name, concept in vocabulary.items()}


def codes_digest(codes: object) -> str:
    """SHA-256 of a codes.toml as parsed."""
    return _digest(codes)


def meaning(concept: Concept) -> dict[str, Any]:
    """What of a concept decides how its facts are read."""
    known = {name: _plain(getattr(concept, name)) for name in _READ_BY}
    return {**known, "fields": {name: meaning(part) for name, part in concept.fields.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): str(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(map(str, value))
    return [str(each) for each in value] if isinstance(value, tuple) else str(value)


def _digest(data: object) -> str:
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS, default=str)).hexdigest()


# ---------------------------------------------------------------- on disk
def is_lake(folder: Path) -> bool:
    """Is the folder one of facts?"""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """What the folder holds. Raises Fault when it is no lake, is damaged, or is of another version."""
    path = folder / MANIFEST
    try:
        data = orjson.loads(path.read_bytes())
        stated = data["format"]
    except OSError:
        raise Fault(f"{folder} is no folder of facts: it has no {MANIFEST}. Make one with equipoise load.") from None
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Fault(f"{path} is damaged: load the records into another folder.") from None
    if stated != FORMAT:
        raise Fault(f"{path} has format {stated}, this version reads {FORMAT}: load the records into another folder.")
    try:
        return _manifest(data)
    except (KeyError, TypeError, AttributeError):
        raise Fault(f"{path} is damaged: load the records into another folder.") from None


def _manifest(data: dict[str, Any]) -> Manifest:
    return Manifest(
        **{
            **data,
            "trials": tuple(data["trials"]),
            "parts": tuple(part_from(each) for each in data["parts"]),
            "unread": _kinds(data["unread"]),
        }
    )


def part_from(data: dict[str, Any]) -> PartEntry:
    """A part's entry from the maps that it was written as."""
    return PartEntry(**{**data, "kinds": _kinds(data["kinds"])})


def _kinds(data: dict[str, Any]) -> dict[str, Kind]:
    return {name: Kind(each["count"], tuple(each["examples"])) for name, each in data.items()}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Puts the manifest in its place: from then on the folder holds what it says."""
    replace_file(folder / MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2) + b"\n")


def sources_file(folder: Path, generation: int) -> Path:
    """Where the sources of a lake stand, each a line of JSON."""
    return folder / f"sources.g{generation}.ndjson"


def read_sources(folder: Path, manifest: Manifest) -> list[SourceEntry]:
    """The sources of a lake in the order of reading; none of one that was not made by a load."""
    path = sources_file(folder, manifest.generation)
    if not path.is_file():
        return []
    with path.open("rb") as file:
        entries = [orjson.loads(line) for line in file]
    return [SourceEntry(**{**each, "holds": tuple(each["holds"])}) for each in entries]


def write_sources(folder: Path, generation: int, sources: Iterable[SourceEntry]) -> None:
    """Writes the sources of a generation that is to come."""
    lines = (orjson.dumps(asdict(entry)) + b"\n" for entry in sources)
    replace_file(sources_file(folder, generation), b"".join(lines))


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file whole, in one step, and safe from a loss of power."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
