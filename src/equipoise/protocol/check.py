"""Does a trial's folder hold together? Reads all of it and reports every fault at once, each in its place."""

import hashlib
import tomllib
from collections.abc import Mapping
from types import MappingProxyType

from ..concepts import Vocabulary
from ..faults import Mistake
from ..rules.grammar import Language
from ..rules.nodes import Look, Moment, Rule
from .allocation import read_allocation
from .analysis import read_analysis
from .conduct import read_conduct
from .deadlines import read_deadlines
from .design_plan import read_design
from .file import File, items_under, rule_under, table_under, text_under
from .gradings import read_gradings
from .model import Arm, Criterion, Entry, Protocol, Section, Site, Warning_
from .places import Places, places
from .safety import read_safety
from .schedule import read_schedule
from .treatment import read_treatment
from .words import read_concepts

REQUIRED = ("protocol.toml", "concepts.toml", "criteria.toml")
OPTIONAL = (
    "codes.toml", "known.toml", "safety.toml", "sites.toml", "assumptions.toml", "schedule.toml", "treatment.toml",
    "randomisation.toml", "analysis.toml", "design.toml",
)  # fmt: skip
# What stands beside the criteria in a table of people.
_HEADS = {
    "key", "person", "site", "sign", "by_reference", "outcome", "shown",
    "on", "verdict", "candidate", "to_find", "to_ask", "next_change", "then", "protocol",
}  # fmt: skip
_CRITERION_KEYS = {"id", "kind", "title", "source", "when", "note", "notes", "ours"}


def read_protocol(name: str, files: Mapping[str, bytes]) -> tuple[Protocol | None, list[Mistake]]:
    """The protocol that the files (name -> content) describe, and every mistake in them; None when there is any."""
    mistakes = [
        Mistake(name, 0, 0, f"the folder of a trial needs a file {required}; there is none")
        for required in REQUIRED
        if required not in files
    ]
    parsed = {file: _parse(file, content, mistakes) for file, content in files.items() if file.endswith(".toml")}
    if any(file not in parsed or parsed[file] is None for file in REQUIRED):
        return None, mistakes
    opened = {file: found if found is not None else _empty(file) for file, found in parsed.items()}
    for optional in OPTIONAL:
        opened.setdefault(optional, _empty(optional))
    protocol = _assemble(name, opened, files)
    for file in opened.values():
        mistakes.extend(file.mistakes)
    return (None if mistakes else protocol), sorted(mistakes, key=lambda m: (m.file, m.line, m.column))


def _parse(name: str, content: bytes, mistakes: list[Mistake]) -> File | None:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        mistakes.append(Mistake(name, 0, 0, f"the file is not UTF-8 text (byte {error.start}): save it as UTF-8"))
        return None
    try:
        return File(name, tomllib.loads(text), places(text))
    except tomllib.TOMLDecodeError as error:
        message, _, where = str(error).partition(" (at ")
        numbers = [int(part) for part in where.replace(",", " ").rstrip(")").split() if part.isdigit()]
        line, column = (numbers[0], numbers[1]) if len(numbers) == 2 else (len(text.splitlines()), 1)
        lines = text.splitlines()
        shown = lines[line - 1] if 0 < line <= len(lines) else ""
        mistakes.append(Mistake(name, line, column, f"this is not TOML: {message}", shown))
        return None
    except ValueError:
        mistakes.append(Mistake(name, 0, 0, "the file holds a number of more digits than can be read: shorten it"))
        return None


def _empty(name: str) -> File:
    return File(name, {}, Places((), {}))


def _assemble(name: str, files: Mapping[str, File], contents: Mapping[str, bytes]) -> Protocol:
    main, criteria = files["protocol.toml"], files["criteria.toml"]
    vocabulary = read_concepts(files["concepts.toml"].table, files["concepts.toml"].report)
    moments = _moments(main, vocabulary)
    words = Language(vocabulary, moments)
    gradings = read_gradings(files["safety.toml"], words)
    language = Language(vocabulary, moments, {name: table.steps for name, table in gradings.pinned.items()})
    arms = _arms(main)
    names = tuple(arm.id for arm in arms)
    record = contents.get("source.txt", b"").decode("utf-8", "replace")
    return Protocol(
        id=name,
        title=text_under(main, "title"),
        acronym=text_under(main, "acronym"),
        condition=text_under(main, "condition"),
        about=text_under(main, "about"),
        record=record,
        digest=digest(contents),
        vocabulary=vocabulary,
        criteria=_criteria(criteria, language, record),
        warnings=_warnings(criteria, language),
        arms=arms,
        sites=_sites(main, files["sites.toml"]),
        sections=_sections(files["known.toml"]),
        moments=MappingProxyType(moments),
        gradings=gradings.pinned,
        grading_versions=gradings.versions,
        codes=MappingProxyType(dict(files["codes.toml"].table)),
        deadlines=read_deadlines(items_under(main, "deadline"), vocabulary, moments, main.report),
        sign=_sign(main, language),
        conduct=read_conduct(main, language),
        analysis=read_analysis(files["analysis.toml"], language, names),
        design=read_design(files["design.toml"]),
        allocation=read_allocation(files["randomisation.toml"], language, names),
        schedule=read_schedule(files["schedule.toml"], language, names),
        treatment=read_treatment(files["treatment.toml"], language, names),
        safety=read_safety(files["safety.toml"], language, names),
    )


def digest(contents: Mapping[str, bytes]) -> str:
    """SHA-256 (hexadecimal) over the names and contents of a trial's files, whatever the line ends.

    What only a simulation assumes is left out: it decides no verdict.
    """
    whole = hashlib.sha256()
    for name in sorted(contents.keys() - {"assumptions.toml"}):
        content = contents[name].replace(b"\r\n", b"\n")
        whole.update(f"{name}\n{len(content)}\n".encode())
        whole.update(content)
    return whole.hexdigest()


def _moments(file: File, vocabulary: Vocabulary) -> dict[str, Moment]:
    """[moments] name = "liver_resection" or "first consent": names for the dates that windows are counted from."""
    found: dict[str, Moment] = {}
    for name, target in table_under(file, "moments").items():
        selector, _, word = str(target).rpartition(" ")
        concept = vocabulary.get(word) if selector in ("", "latest", "first") else None
        if concept is None or concept.kind not in ("record", "date"):
            file.report(
                ("moments", name),
                f'"{target}" is not a concept with a date (a record or a date), or "first" and such a concept',
            )
            continue
        found[name] = Moment(name, Look(concept.name, selector="first" if selector == "first" else "latest"))
    return found


def _sign(file: File, language: Language) -> Rule | None:
    """[sign] when = "...": the rule that holds for whoever shows any sign of the disease; None where there is none."""
    table = table_under(file, "sign")
    for key in table.keys() - {"when", "note"}:
        file.report(("sign", key), f'"{key}" is not a property of the sign (when, note)')
    return rule_under(file, ("sign",), "the sign", table, language) if "sign" in file.table else None


def _criteria(file: File, language: Language, record: str) -> tuple[Criterion, ...]:
    found: list[Criterion] = []
    seen: set[str] = set()
    items = items_under(file, "criterion")
    if not items:
        file.at(1, 1, "a trial needs at least one [[criterion]]")
    for index, item in enumerate(items):
        path = ("criterion", str(index))
        for key in item.keys() - _CRITERION_KEYS:
            file.report(
                (*path, key), f'"{key}" is not a property of a criterion ({", ".join(sorted(_CRITERION_KEYS))})'
            )
        identifier = str(item.get("id", f"number {index + 1}"))
        if "id" not in item:
            file.report(path, "a criterion needs an id")
        if identifier.lower() in seen:
            file.report((*path, "id"), f"{identifier} stands here a second time")
        if identifier.lower() in _HEADS or not identifier.isprintable() or '"' in identifier or "`" in identifier:
            file.report((*path, "id"), f'"{identifier}" cannot head a column of the tables of people: give another id')
        seen.add(identifier.lower())
        kind = item.get("kind")
        if kind not in ("inclusion", "exclusion"):
            file.report((*path, "kind"), f"{identifier} is of kind {kind!r}: write inclusion or exclusion")
            kind = "inclusion"
        source = str(item.get("source", "")).strip()
        if not source:
            file.report(path, f"{identifier} needs its source, the protocol's own sentence")
        elif record and " ".join(source.split()) not in " ".join(record.split()):
            file.report((*path, "source"), f"the sentence of {identifier} does not stand in source.txt word for word")
        rule = rule_under(file, path, identifier, item, language)
        if rule is not None:
            notes = item.get("notes", [item["note"]] if "note" in item else [])
            found.append(
                Criterion(
                    identifier, kind, source, str(item["when"]).strip(), rule, str(item.get("title", identifier)),
                    tuple(str(note) for note in notes), str(item.get("ours", "")),
                )
            )  # fmt: skip
    return tuple(found)


def _warnings(file: File, language: Language) -> tuple[Warning_, ...]:
    found: list[Warning_] = []
    for index, item in enumerate(items_under(file, "warning")):
        path = ("warning", str(index))
        identifier = str(item.get("id", f"warning {index + 1}"))
        for key in ("id", "message", "source"):
            if not item.get(key):
                file.report(path, f"{identifier} needs a {key}")
        rule = rule_under(file, path, identifier, item, language)
        if rule is not None:
            found.append(
                Warning_(
                    identifier, str(item["when"]).strip(), rule, str(item.get("message", "")),
                    str(item.get("source", "")), bool(item.get("ours", True)),
                )
            )  # fmt: skip
    return tuple(found)


def _arms(file: File) -> tuple[Arm, ...]:
    found: list[Arm] = []
    for index, item in enumerate(items_under(file, "arm")):
        for key in ("id", "kind", "name", "description"):
            if not item.get(key):
                file.report(("arm", str(index)), f"arm {index + 1} needs a {key}")
        found.append(Arm(*(str(item.get(key, "")) for key in ("id", "kind", "name", "description"))))
    return tuple(found)


def _sites(main: File, own: File) -> tuple[Site, ...]:
    found: list[Site] = []
    for file in (main, own):
        for index, item in enumerate(items_under(file, "site")):
            if not item.get("id") or not item.get("name"):
                file.report(("site", str(index)), f"site {index + 1} needs an id and a name")
            found.append(Site(*(str(item.get(key, "")) for key in ("id", "name", "country", "opened"))))
    return tuple(found)


def _sections(file: File) -> tuple[Section, ...]:
    found: list[Section] = []
    for index, item in enumerate(items_under(file, "section")):
        path = ("section", str(index))
        if not item.get("heading"):
            file.report(path, f"section {index + 1} needs a heading")
        entries: list[Entry] = []
        listed = item.get("entry", [])
        if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
            file.report((*path, "entry"), "write each entry as a table of its own: [[section.entry]]")
            listed = []
        for number, entry in enumerate(listed):
            where = ("section", str(index), "entry", str(number))
            for key in ("label", "value"):
                if not str(entry.get(key, "")).strip():
                    file.report(where, f"an entry needs a {key}")
            if not entry.get("source") and not entry.get("ours"):
                file.report(
                    where, f'"{entry.get("label", "the entry")}" needs a source, or ours = true for a default of ours'
                )
            entries.append(
                Entry(
                    str(entry.get("label", "")), str(entry.get("value", "")), str(entry.get("source", "")),
                    str(entry.get("note", "")), bool(entry.get("ours", False)),
                )
            )  # fmt: skip
        found.append(Section(str(item.get("heading", "")), tuple(entries)))
    return tuple(found)
