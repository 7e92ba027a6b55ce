"""The user's paths -> one Reading: FHIR and sheets told apart, folders opened, a person of two sources joined."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from ..concepts import Vocabulary
from ..dates import day_text
from ..facts import Fact, Reading, Unread, is_record
from ..protocol.model import Protocol
from .bindings import compile_bindings
from .paths import files_of, find_paths, happened_on, without_sheets
from .strangers import with_strangers_told
from .tables import read_sheets

# How much has been read, and how much there is.
Progress = Callable[[int, int], None]


def read_records(paths: Iterable[Path | str], trial: Protocol, progress: Progress | None = None) -> Reading:
    """The facts of every file and folder: FHIR R4 (.json, .ndjson, also .gz), sheets (.csv, .tsv, .xlsx), ledgers.

    A person whom one source calls by another's identifier is one person. What cannot be read comes back as a list.
    Raises Fault for a path that is not there or holds nothing that can be read.
    """
    paths = list(paths)
    stores = [path for path in paths if is_store(path)]
    if stores and len(stores) == len(paths):
        return with_strangers_told(_one([_of_store(path, trial, progress) for path in stores]), trial.vocabulary)
    found = find_paths([Path(path) for path in paths if path not in stores])
    sizes = [_size(found.fhir), _size([*found.named, *found.beside])]
    readings: list[Reading] = []
    if found.fhir:
        from .fhir import read_fhir

        told = partial(_told, progress, 0, sizes, 0) if progress else None
        bindings = compile_bindings(trial.codes, trial.vocabulary)
        reading = read_fhir(found.fhir, trial.vocabulary, bindings, told)
        readings.append(replace(reading, unread=without_sheets(reading.unread, [*found.beside, *found.facts])))
    if found.named:
        told = partial(_told, progress, sizes[0], sizes, 1) if progress else None
        readings.append(read_sheets(found.named, trial.vocabulary, told))
    readings += [happened_on(path, trial.vocabulary) for path in found.beside]
    readings += [_of_parquet(path, trial) for path in found.facts]
    readings += [_of_store(path, trial, None) for path in stores]
    return with_strangers_told(_one(readings), trial.vocabulary)


def _one(readings: Sequence[Reading]) -> Reading:
    return readings[0] if len(readings) == 1 else merged(readings)


def _of_parquet(path: Path, trial: Protocol) -> Reading:
    from .lake.facts_files import read_facts

    return merged(list(read_facts(path, trial.vocabulary)))


def is_store(path: Path | str) -> bool:
    """Is it a store of many people: an OMOP CDM (its URL, too), a folder of facts, or a trial's ledger?"""
    from .lake.manifest import is_lake
    from .ledger import is_ledger
    from .omop import is_omop

    return is_omop(path) or is_lake(Path(path)) or is_ledger(path)


def _of_store(path: Path | str, trial: Protocol, progress: Progress | None) -> Reading:
    """All of a store at once: for few people. Many are loaded, and screened by an engine."""
    from .omop import is_omop, read_omop

    if is_omop(path):
        return merged(list(read_omop(path, trial, progress)))
    from .ledger import is_ledger, read_ledger

    if is_ledger(path):
        return read_ledger(path, trial)
    from .lake import open_lake

    lake = open_lake(path)
    lake.check_fits(trial)
    return lake.reading()


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
    return sum(file.stat().st_size for path in paths for file in ([path] if path.is_file() else files_of(path)))


# ---------------------------------------------------------------- joining
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
