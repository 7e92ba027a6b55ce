"""codes.toml -> which code of which code system means which word of the vocabulary."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ..concepts import Concept, Vocabulary
from ..protocol.words import Report
from ..quantities import read_decimal

Coding = tuple[str, str]

# In which element of which resources a code is looked for.
WAYS: Final = (
    "observation", "condition", "site", "procedure", "imaging", "report", "medication", "allergy", "consent",
)  # fmt: skip
_CONCEPT_KEYS: Final = {
    *WAYS, "answers", "fields", "also", "refused", "patient", "assemble", "attach_within_days", "lasting", "date",
    "note",
}  # fmt: skip
_FIELD_KEYS: Final = {*WAYS, "answers", "also", "method_of", "specimen_site", "note"}
_CODE_KEYS: Final = {"source", "verified", "display", "is", "sets", "needs", "unless", "if_fasting", "note"}
_PATIENT: Final = ("birthDate", "gender", "deceased")


@dataclass(frozen=True, slots=True)
class Binding:
    """What a code means: a concept, or a field of a record.

    sets: field -> answer that the code alone states ("" stands for the concept itself).
    needs, unless: a mark that some code of the same resource must, or must not, bear.
    if_fasting: usable only where the record says that the person had fasted.
    """

    concept: str
    field: str = ""
    sets: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    needs: str = ""
    unless: str = ""
    if_fasting: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code that is near a concept but must not be taken for it, and why."""

    concept: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Shape:
    """How the record of a concept comes about: see the head of codes.toml."""

    assemble: bool = False
    lasting: bool = False
    date: str = "start"
    attach_within_days: int = 0


Lookup = dict[Coding, tuple[Binding, ...]]


@dataclass(frozen=True, slots=True)
class Bindings:
    """The lookups of one protocol. Every URL of a system has its own entries, so that one look finds a code.

    prefixes: way -> (system URL, beginning of a code) -> bindings, for code systems whose codes nest (ATC, ICD-10).
    answers: (concept, field) -> coding -> field -> answer. also: concept -> coding -> field -> answer, wherever the
    coding stands in a resource. marks: coding -> names of the marks that it bears.
    """

    systems: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Lookup]
    prefixes: Mapping[str, Lookup]
    answers: Mapping[tuple[str, str], Mapping[Coding, Mapping[str, str]]]
    also: Mapping[str, Mapping[Coding, Mapping[str, str]]]
    marks: Mapping[Coding, frozenset[str]]
    mark_prefixes: Mapping[Coding, frozenset[str]]
    refused: Mapping[Coding, Refusal]
    patient: Mapping[str, str]
    specimen_site: Mapping[str, tuple[str, Mapping[Coding, str]]]
    method_field: Mapping[tuple[str, str], str]
    shapes: Mapping[str, Shape]

    def find(self, way: str, coding: Coding) -> tuple[Binding, ...]:
        """What a code means in a kind of resource; the longest prefix that is bound where the code itself is not."""
        found = self.codes[way].get(coding)
        if found is not None:
            return found
        prefixes = self.prefixes[way]
        if prefixes:
            system, code = coding
            for length in range(len(code), 0, -1):
                found = prefixes.get((system, code[:length]))
                if found is not None:
                    return found
        return ()

    def marks_of(self, coding: Coding) -> frozenset[str]:
        """The marks that a code bears, by itself or by its longest marked prefix."""
        found = self.marks.get(coding)
        if found is not None:
            return found
        system, code = coding
        for length in range(len(code), 0, -1):
            found = self.mark_prefixes.get((system, code[:length]))
            if found is not None:
                return found
        return frozenset()


class _Code(NamedTuple):
    """One code of the file: as every URL of its system and every spelling, its entry, and its place."""

    spellings: tuple[Coding, ...]
    details: Mapping[str, Any]
    prefix: bool
    path: tuple[str, ...]


class _Compiler:
    """Gathers the lookups of one table; every mistake goes to `report`, none stops the reading."""

    def __init__(self, table: Mapping[str, Any], vocabulary: Vocabulary, report: Report) -> None:
        self.vocabulary = vocabulary
        self.report = report
        self.systems: dict[str, tuple[str, ...]] = {}
        self.undotted: set[str] = set()
        self.codes: dict[str, dict[Coding, list[Binding]]] = {way: {} for way in WAYS}
        self.prefixes: dict[str, dict[Coding, list[Binding]]] = {way: {} for way in WAYS}
        self.answers: dict[tuple[str, str], dict[Coding, Mapping[str, str]]] = {}
        self.also: dict[str, dict[Coding, Mapping[str, str]]] = {}
        self.marks: dict[Coding, set[str]] = {}
        self.mark_prefixes: dict[Coding, set[str]] = {}
        self.refused: dict[Coding, Refusal] = {}
        self.patient: dict[str, str] = {}
        self.specimen_site: dict[str, tuple[str, dict[Coding, str]]] = {}
        self.method_field: dict[tuple[str, str], str] = {}
        self.shapes: dict[str, Shape] = {}
        self.mark_names = set(_table(table, "marks"))
        self._read(table)

    def _read(self, table: Mapping[str, Any]) -> None:
        for key in table:
            if key not in ("systems", "marks", "concept"):
                self.report((key,), f'"{key}" is not a part of this file (systems, marks, concept)')
        for name, urls in _table(table, "systems").items():
            self._system(name, urls)
        for mark, entries in _table(table, "marks").items():
            for each in self._codes(entries, ("marks", mark)):
                for coding in each.spellings:
                    (self.mark_prefixes if each.prefix else self.marks).setdefault(coding, set()).add(mark)
        for name, entry in _table(table, "concept").items():
            self._concept(name, entry, ("concept", name))

    def _system(self, name: str, urls: Any) -> None:
        if isinstance(urls, Mapping):
            if urls.get("dot_optional"):
                self.undotted.add(name)
            urls = urls.get("urls")
        if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
            self.report(("systems", name), f"{name} needs a list of the URLs by which files name it")
            return
        self.systems[name] = tuple(urls)

    def _codes(self, entries: Any, path: tuple[str, ...]) -> Iterator[_Code]:
        """Every code of a table that is written as it should be."""
        if not isinstance(entries, Mapping):
            self.report(path, 'codes are a table: "system|code" = "where it was seen"')
            return
        for written, entry in entries.items():
            here = (*path, written)
            details = {"source": entry} if isinstance(entry, str) else entry
            if not isinstance(details, Mapping) or not details.get("source"):
                self.report(here, f'"{written}" needs a source: where the code was seen')
                continue
            for key in details:
                if key not in _CODE_KEYS:
                    self.report(
                        (*here, key), f'"{key}" is not a property of a code (one of {", ".join(sorted(_CODE_KEYS))})'
                    )
            name, bar, code = written.partition("|")
            if name not in self.systems or not bar or not code:
                known = ", ".join(sorted(self.systems))
                self.report(here, f'"{written}" must be system|code with a system of [systems] ({known})')
                continue
            prefix = code.endswith("*")
            code = code.rstrip("*")
            written_so = {code, code.replace(".", "")} if name in self.undotted else {code}
            spellings = tuple((url, each) for url in self.systems[name] for each in sorted(written_so))
            yield _Code(spellings, details, prefix, here)

    def _concept(self, name: str, entry: Any, path: tuple[str, ...]) -> None:
        concept = self.vocabulary.get(name)
        if concept is None:
            self.report(path, f'"{name}" is not a concept of concepts.toml')
            return
        if not isinstance(entry, Mapping):
            self.report(path, f"{name} must be a table")
            return
        for key in entry:
            if key not in _CONCEPT_KEYS:
                self.report(
                    (*path, key), f'"{key}" is not a way to a concept (one of {", ".join(sorted(_CONCEPT_KEYS))})'
                )
        self._ways(concept, None, entry, path)
        for field_name, part in _table(entry, "fields").items():
            self._field(concept, field_name, part, (*path, "fields", field_name))
        self._also(concept, "", entry.get("also", {}), (*path, "also"))
        self._refusals(name, entry.get("refused", {}), (*path, "refused"))
        self._patient(concept, entry, path)
        self.shapes[name] = Shape(
            assemble=bool(entry.get("assemble", False)),
            lasting=bool(entry.get("lasting", False)),
            date=str(entry.get("date", "start")),
            attach_within_days=int(entry.get("attach_within_days", 0)),
        )

    def _patient(self, concept: Concept, entry: Mapping[str, Any], path: tuple[str, ...]) -> None:
        element = entry.get("patient")
        if element is None:
            return
        if element not in _PATIENT:
            self.report((*path, "patient"), f'"{element}" is not an element of Patient (one of {", ".join(_PATIENT)})')
            return
        self.patient[element] = concept.name

    def _field(self, concept: Concept, name: str, entry: Any, path: tuple[str, ...]) -> None:
        part = concept.fields.get(name)
        if part is None:
            self.report(path, f'"{name}" is not a field of {concept.name}')
            return
        for key in entry:
            if key not in _FIELD_KEYS:
                self.report((*path, key), f'"{key}" is not a way to a field (one of {", ".join(sorted(_FIELD_KEYS))})')
        self._ways(concept, part, entry, path)
        self._also(concept, name, entry.get("also", {}), (*path, "also"))
        graded = entry.get("method_of")
        if graded is not None and graded not in concept.fields:
            self.report((*path, "method_of"), f'"{graded}" is not a field of {concept.name}')
        elif graded is not None:
            self.method_field[concept.name, str(graded)] = name
        sites: dict[Coding, str] = {}
        for each in self._codes(entry.get("specimen_site", {}), (*path, "specimen_site")):
            answer = str(each.details.get("is", ""))
            self._check_answer(part, answer, each.path)
            sites.update(dict.fromkeys(each.spellings, answer))
        if sites:
            self.specimen_site[concept.name] = (name, sites)

    def _ways(self, concept: Concept, part: Concept | None, entry: Mapping[str, Any], path: tuple[str, ...]) -> None:
        field_name = part.name if part else ""
        for way in WAYS:
            for each in self._codes(entry.get(way, {}), (*path, way)):
                binding = Binding(
                    concept=concept.name,
                    field=field_name,
                    sets=self._sets(concept, field_name, each),
                    needs=self._mark(each, "needs"),
                    unless=self._mark(each, "unless"),
                    if_fasting=bool(each.details.get("if_fasting", False)),
                )
                for coding in each.spellings:
                    (self.prefixes if each.prefix else self.codes)[way].setdefault(coding, []).append(binding)
        for each in self._codes(entry.get("answers", {}), (*path, "answers")):
            sets = self._sets(concept, field_name, each)
            if each.prefix:
                self.report(each.path, "the code of an answer cannot be a prefix")
            if not sets:
                self.report(each.path, 'the code of an answer needs "is" or "sets"')
            self.answers.setdefault((concept.name, field_name), {}).update(dict.fromkeys(each.spellings, sets))

    def _mark(self, code: _Code, key: str) -> str:
        mark = str(code.details.get(key, ""))
        if mark and mark not in self.mark_names:
            self.report((*code.path, key), f'"{mark}" is not a mark of [marks]')
        return mark

    def _sets(self, concept: Concept, field_name: str, code: _Code) -> Mapping[str, str]:
        sets: dict[str, str] = {}
        if "is" in code.details:
            sets[field_name] = str(code.details["is"])
        for name, answer in _table(code.details, "sets").items():
            sets[name] = str(answer)
        for name, answer in sets.items():
            target = concept.fields.get(name) if name else concept
            if target is None:
                self.report(code.path, f'"{name}" is not a field of {concept.name}')
            else:
                self._check_answer(target, answer, code.path)
        return MappingProxyType(sets)

    def _check_answer(self, concept: Concept, answer: str, path: tuple[str, ...]) -> None:
        if concept.kind in ("choice", "yes_no") and answer not in concept.answers:
            known = ", ".join(concept.answers)
            self.report(path, f'"{answer}" is not an answer of {concept.name} (one of {known})')
        if concept.kind == "quantity" and read_decimal(answer) is None:
            self.report(path, f'"{answer}" is not a number, but {concept.name} is a quantity')

    def _also(self, concept: Concept, field_name: str, entries: Any, path: tuple[str, ...]) -> None:
        for each in self._codes(entries, path):
            sets = self._sets(concept, field_name, each)
            self.also.setdefault(concept.name, {}).update(dict.fromkeys(each.spellings, sets))

    def _refusals(self, concept: str, entries: Any, path: tuple[str, ...]) -> None:
        for written, entry in entries.items() if isinstance(entries, Mapping) else ():
            if not isinstance(entry, Mapping) or "kind" not in entry or "why" not in entry:
                self.report((*path, written), "a refused code needs kind, why and source")
                continue
            refusal = Refusal(concept, str(entry["kind"]), str(entry["why"]))
            for each in self._codes({written: {"source": entry.get("source", "")}}, path):
                self.refused.update(dict.fromkeys(each.spellings, refusal))

    def compiled(self) -> Bindings:
        return Bindings(
            systems=MappingProxyType(self.systems),
            codes={way: {key: tuple(found) for key, found in table.items()} for way, table in self.codes.items()},
            prefixes={way: {key: tuple(found) for key, found in table.items()} for way, table in self.prefixes.items()},
            answers=self.answers,
            also=self.also,
            marks={coding: frozenset(names) for coding, names in self.marks.items()},
            mark_prefixes={coding: frozenset(names) for coding, names in self.mark_prefixes.items()},
            refused=self.refused,
            patient=self.patient,
            specimen_site={name: (part, sites) for name, (part, sites) in self.specimen_site.items()},
            method_field=self.method_field,
            shapes=self.shapes,
        )


def _table(entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = entry.get(key, {})
    return value if isinstance(value, Mapping) else {}


def compile_bindings(table: Mapping[str, Any], vocabulary: Vocabulary, report: Report | None = None) -> Bindings:
    """The bindings that a parsed codes.toml declares, checked against the vocabulary.

    Every mistake (an unknown system, concept, field, answer, mark; a code without a source) goes to `report` with its
    path of keys, and the rest is still compiled. Without `report` mistakes are passed over (checked before).
    """
    return _Compiler(table, vocabulary, report or (lambda path, message: None)).compiled()
