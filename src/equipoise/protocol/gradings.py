"""[grading] of safety.toml -> the tables that give a laboratory value its grade, and which version is in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..concepts import Concept
from ..rules.grammar import Language, RuleError, parse_limit
from ..rules.nodes import Step
from .file import File, table_under
from .places import Path

_KEYS = {"version", "source", "steps", "note"}


@dataclass(frozen=True, slots=True)
class Grading:
    """A grading table of one concept, as a published version states it. steps: lowest grade first."""

    concept: str
    version: str
    source: str
    steps: tuple[Step, ...]
    note: str = ""


def _none() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Gradings:
    """The tables in force (concept -> table), and of every version stated (version -> concept -> table).

    ctcae: the version that the line ctcae = "5.0" pins; "" where each concept has one table only.
    """

    ctcae: str = ""
    pinned: Mapping[str, Grading] = field(default_factory=_none)
    versions: Mapping[str, Mapping[str, Grading]] = field(default_factory=_none)


def read_gradings(file: File, language: Language) -> Gradings:
    """The tables that the file declares; every mistake goes to the file, none stops the reading.

    [grading.platelets] with its own version, or [grading.platelets."5.0"] and others, of which ctcae = "5.0" pins one.
    """
    ctcae = file.table.get("ctcae", "")
    if not isinstance(ctcae, str):
        file.report(("ctcae",), f'write the version as text: ctcae = "{ctcae}"')
        ctcae = str(ctcae)
    pinned: dict[str, Grading] = {}
    versions: dict[str, dict[str, Grading]] = {}
    for name, entry in table_under(file, "grading").items():
        path = ("grading", name)
        concept = language.vocabulary.get(name)
        if not isinstance(entry, Mapping):
            file.report(path, f"the grading of {name} is a table with version, source and steps")
        elif concept is None or concept.kind != "quantity":
            file.report(path, f'"{name}" is not a quantity of concepts.toml')
        elif not entry or entry.keys() & _KEYS:
            pinned[name] = _grading(file, path, concept, str(entry.get("version", "")), entry, language)
            versions.setdefault(pinned[name].version, {})[name] = pinned[name]
        else:
            tables = _tables(file, path, concept, entry, language)
            for version, table in tables.items():
                versions.setdefault(version, {})[name] = table
            _check_pinned(file, path, ctcae, tuple(entry))
            # Where the pinned one is missing, that one mistake is told, and not that rules by grades cannot be read.
            in_force = tables.get(f"CTCAE {ctcae}") or next(iter(tables.values()), None)
            if in_force is not None:
                pinned[name] = in_force
    if ctcae and f"CTCAE {ctcae}" not in versions:
        file.report(("ctcae",), f'ctcae = "{ctcae}" pins a version of which the file has no table')
    return Gradings(ctcae, MappingProxyType(pinned), MappingProxyType(versions))


def _check_pinned(file: File, path: Path, ctcae: str, stated: tuple[str, ...]) -> None:
    """Is the pinned version among those that the concept has a table of?"""
    name, place = path[-1], (*path, stated[0])
    if not ctcae:
        file.report(
            place, f'{name} has a table for each version: pin one with a line at the top, such as ctcae = "5.0"'
        )
    elif ctcae not in stated:
        have = ", ".join(stated)
        why = f"{name} has no table of CTCAE {ctcae}, which is pinned (it has {have})"
        file.report(place, f'{why}: add [grading.{name}."{ctcae}"], or pin another version')


def _tables(
    file: File, path: Path, concept: Concept, entry: Mapping[str, Any], language: Language
) -> dict[str, Grading]:
    found: dict[str, Grading] = {}
    for version, table in entry.items():
        if isinstance(table, Mapping):
            label = f"CTCAE {version}"
            found[label] = _grading(file, (*path, version), concept, label, table, language)
        else:
            file.report((*path, version), f'write each version of {concept.name} as [grading.{concept.name}."5.0"]')
    return found


def _grading(
    file: File, path: Path, concept: Concept, version: str, entry: Mapping[str, Any], language: Language
) -> Grading:
    name, steps = concept.name, entry.get("steps", {})
    for key in entry.keys() - _KEYS:
        file.report((*path, key), f'"{key}" is not a property of a grading ({", ".join(sorted(_KEYS))})')
    if not version:
        file.report(path, f"the grading of {name} needs a version")
    if not entry.get("source"):
        file.report(path, f"the grading of {name} needs a source")
    if not isinstance(steps, Mapping) or not steps:
        file.report(path, f'the grading of {name} needs its steps, such as 1 = "< 1 x LLN"')
        steps = {}
    read = [step for item in steps.items() if (step := _step(file, path, item, concept, language))]
    ordered = tuple(sorted(read, key=lambda step: step.grade))
    return Grading(name, version, str(entry.get("source", "")), ordered, str(entry.get("note", "")))


def _step(file: File, path: Path, item: tuple[str, Any], concept: Concept, language: Language) -> Step | None:
    grade, text = item
    where = (*path, "steps", grade)
    if grade not in ("1", "2", "3", "4", "5"):
        file.report(where, f'"{grade}" is not a grade: write 1, 2, 3, 4 or 5')
        return None
    try:
        comparison, limit = parse_limit(str(text), concept, language)
    except RuleError as error:
        file.report_in_text(where, error)
        return None
    return Step(int(grade), comparison, limit)
