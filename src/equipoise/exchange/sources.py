"""The user's paths -> one Reading: FHIR and sheets told apart, folders opened, a person of two sources joined."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..concepts import Vocabulary
from ..dates import day_text
from ..facts import Fact, Reading, Unread, is_record
from ..faults import Fault
from ..protocol.model import Protocol
from .bindings import compile_bindings
from .strangers import with_strangers_told
from .tables import read_sheets
from .workbook import SUFFIXES as SHEETS

# How much has been read, and how much there is.
Progress = Callable[[int, int], None]

FHIR = (".json", ".ndjson", ".jsonl")
_NOT_A_PERSON_SHEET = "not a sheet of people"


class Found(NamedTuple):
    """What the paths hold: FHIR files and folders, sheets that were named, and sheets that a folder happens to hold."""

    fhir: list[Path]
    named: list[Path]
    beside: list[Path]


def read_records(paths: Iterable[Path | str], trial: Protocol, progress: Progress | None = None) -> Reading:
    """The facts of every file and folder: FHIR R4 (.json, .ndjson, also .gz) and sheets (.csv, .tsv, .xlsx).

    A person whom one source calls by another's identifier is one person. What cannot be read comes back as a list.
    Raises Fault for a path that is not there or holds nothing that can be read.
    """
    found = find_paths([Path(path) for path in paths])
    sizes = [_size(found.fhir), _size([*found.named, *found.beside])]
    readings: list[Reading] = []
    if found.fhir:
        from .fhir import read_fhir

        told = partial(_told, progress, 0, sizes, 0) if progress else None
        bindings = compile_bindings(trial.codes, trial.vocabulary)
        reading = read_fhir(found.fhir, trial.vocabulary, bindings, told)
        readings.append(replace(reading, unread=without_sheets(reading.unread, found.beside)))
    if found.named:
        told = partial(_told, progress, sizes[0], sizes, 1) if progress else None
        readings.append(read_sheets(found.named, trial.vocabulary, told))
    readings += [happened_on(path, trial.vocabulary) for path in found.beside]
    return with_strangers_told(readings[0] if len(readings) == 1 else merged(readings), trial.vocabulary)


def with_later_told(reading: Reading, trial: Protocol, on: date) -> Reading:
    """The reading with a remark on each fact dated after the day judged on: it does not count yet, or is mistyped."""
    later = tuple(
        Unread(
            fact.source, _shown(fact, trial.vocabulary), f"its date, {fact.when}, lies after {day_text(on)}",
            "dated later", fact.person,
        )
        for fact in reading.facts
        if fact.when.lo > on.toordinal() and not trial.vocabulary[fact.concept].planned
    )  # fmt: skip
    return replace(reading, unread=(*reading.unread, *later)) if later else reading


def _shown(fact: Fact, vocabulary: Vocabulary) -> str:
    return f"{vocabulary[fact.concept].label} {'' if is_record(fact.value) else fact.reported}".strip()


def _told(progress: Progress, before: int, sizes: Sequence[int], which: int, done: int, total: int) -> None:
    """Tells the progress of one kind of source as a part of all."""
    share = sizes[which] * done // total if total else 0
    progress(before + share, max(1, sum(sizes)))


def _size(paths: Iterable[Path]) -> int:
    return sum(file.stat().st_size for path in paths for file in ([path] if path.is_file() else _files(path)))


# ---------------------------------------------------------------- which files
def find_paths(paths: Sequence[Path]) -> Found:
    """What the paths hold. Raises Fault for one that is not there or holds nothing that can be read."""
    if not paths:
        raise Fault("No records were named: name a FHIR file, a sheet (.csv, .tsv, .xlsx) or a folder of them.")
    found = Found([], [], [])
    for path in dict.fromkeys(paths):
        if path.is_dir():
            _look_into(path, found)
        elif not path.exists():
            raise Fault(f"{path} is not there: check the path, or name the folder that holds the records.")
        elif _ends(path, FHIR):
            found.fhir.append(path)
        elif _ends(path, SHEETS):
            found.named.append(path)
        else:
            (found.fhir if _begins_like_json(path) else found.named).append(path)
    return found


def _look_into(folder: Path, found: Found) -> None:
    files = list(_files(folder))
    sheets = [file for file in files if _ends(file, SHEETS)]
    has_fhir = any(_ends(file, FHIR) for file in files)
    if not sheets and not has_fhir:
        kinds = ", ".join((*FHIR, *SHEETS))
        raise Fault(f"{folder} holds no records: no file in it ends in {kinds}.")
    if has_fhir:
        found.fhir.append(folder)
    found.beside.extend(sheets)


def _files(folder: Path) -> Iterator[Path]:
    """The folder's files at any depth, hidden ones apart, in the order of their names."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not any(part.startswith((".", "~$")) for part in file.relative_to(folder).parts):
            yield file


def _ends(path: Path, suffixes: Sequence[str]) -> bool:
    return path.name.lower().removesuffix(".gz").endswith(tuple(suffixes))


def _begins_like_json(path: Path) -> bool:
    """A file without a known ending: JSON begins with a brace or a bracket."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise Fault(f"{path} cannot be opened ({error.strerror}): may you read it?") from None
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


# ---------------------------------------------------------------- joining
def without_sheets(unread: Iterable[Unread], sheets: Sequence[Path]) -> tuple[Unread, ...]:
    """What could not be read, without the FHIR reader's remark about files that are read as sheets."""
    endings = {sheet.suffix.lower() for sheet in sheets}
    return tuple(each for each in unread if not (each.kind == "not a FHIR file" and each.what in endings))


def happened_on(path: Path, vocabulary: Vocabulary) -> Reading:
    """A sheet that lay in a folder; one that is no sheet of people is an entry, not the end."""
    try:
        return read_sheets([path], vocabulary)
    except Fault as fault:
        return Reading({}, (), (Unread(path.name, path.name, str(fault), _NOT_A_PERSON_SHEET),))


def merged(readings: Sequence[Reading]) -> Reading:
    """Several readings as one. A person is known by the name of the first reading that has them."""
    people: dict[str, set[str]] = {}
    owners: dict[str, set[str]] = defaultdict(set)  # identifier -> the people of the readings before
    facts: list[Fact] = []
    unread: list[Unread] = []
    sites: dict[str, str] = {}
    for reading in readings:
        names = {person: _known_as(person, others, owners, unread) for person, others in reading.people.items()}
        for person, others in reading.people.items():
            name, every = names[person], {person, *others}
            people.setdefault(name, set()).update(every - {name})
        for person, others in reading.people.items():
            for identifier in (names[person], person, *others):
                owners[identifier].add(names[person])
        facts += [_about(fact, names) for fact in reading.facts]
        unread += [_about_unread(each, names) for each in reading.unread]
        for person, site in reading.sites.items():
            sites.setdefault(names.get(person, person), site)
    frozen = {person: frozenset(others) for person, others in people.items()}
    made_up = any(reading.synthetic for reading in readings)
    read = sum(reading.read for reading in readings)
    return Reading(frozen, tuple(facts), tuple(unread), read, made_up, sites)


def _known_as(person: str, others: frozenset[str], owners: Mapping[str, set[str]], unread: list[Unread]) -> str:
    """The name by which an earlier reading knows the person; their own when none does, or when several people match."""
    if person in owners.get(person, ()):
        return person
    matches = sorted({name for identifier in (person, *others) for name in owners.get(identifier, ())})
    if len(matches) > 1:
        why = f"this identifier belongs to {len(matches)} people of another source ({', '.join(matches)}): kept apart"
        unread.append(Unread(person, person, why, "identifier of two people", person))
    return matches[0] if len(matches) == 1 else person


def _about(fact: Fact, names: dict[str, str]) -> Fact:
    name = names.get(fact.person, fact.person)
    return fact if name == fact.person else replace(fact, person=name)


def _about_unread(each: Unread, names: dict[str, str]) -> Unread:
    name = names.get(each.person, each.person)
    return each if name == each.person else replace(each, person=name)
