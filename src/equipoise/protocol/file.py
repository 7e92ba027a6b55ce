"""One parsed file of a trial's folder: what stands in it under a key, and the mistakes found in it, in their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..concepts import Vocabulary
from ..faults import Mistake
from ..rules.grammar import Language, RuleError, parse
from ..rules.nodes import Look, Moment, Rule
from .places import Path, Places


@dataclass(slots=True)
class File:
    """One parsed file of the folder, with the places of its keys and the mistakes found in it."""

    name: str
    table: Mapping[str, Any]
    places: Places
    mistakes: list[Mistake] = field(default_factory=list[Mistake])

    def report(self, path: Path, message: str) -> None:
        """A mistake at a key, shown at the key."""
        place = self.places.of(path)
        self.at(place.line, place.column, message, len(path[-1]) if path else 1)

    def report_in_text(self, path: Path, error: RuleError) -> None:
        """A mistake within a text, shown under its character."""
        line, column = self.places.in_text(path, error.position)
        self.at(line, column, error.message, error.length)

    def at(self, line: int, column: int, message: str, length: int = 1) -> None:
        text = self.places.lines[line - 1] if 0 < line <= len(self.places.lines) else ""
        length = max(1, min(length, len(text) - column + 1)) if text else 1
        self.mistakes.append(Mistake(self.name, line, column, message, text, length))


def text_under(file: File, key: str) -> str:
    """The text under a key; a mistake when there is none."""
    value = file.table.get(key, "")
    if not isinstance(value, str) or not value.strip():
        file.report((key,), f"{file.name} needs a {key}, as text")
        return ""
    return value


def items_under(file: File, key: str) -> Sequence[Mapping[str, Any]]:
    """The tables of an array of tables; none when there is no such key."""
    items = file.table.get(key, [])
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        return items
    file.report((key,), f"write each {key} as a table of its own: [[{key}]]")
    return []


def table_under(file: File, key: str) -> Mapping[str, Any]:
    """The table under a key; empty when there is none."""
    value = file.table.get(key, {})
    if isinstance(value, Mapping):
        return value
    file.report((key,), f"write {key} as a table: [{key}]")
    return {}


def rule_under(file: File, path: Path, identifier: str, item: Mapping[str, Any], language: Language) -> Rule | None:
    """The rule under "when"; None, and a mistake in its place, when it cannot be read."""
    text = item.get("when")
    if not isinstance(text, str) or not text.strip():
        file.report(path, f'{identifier} needs a rule: when = "..."')
        return None
    try:
        return parse(text, language)
    except RuleError as error:
        file.report_in_text((*path, "when"), error)
        return None


def moment_named(name: str, vocabulary: Vocabulary, moments: Mapping[str, Moment]) -> Moment | None:
    """The moment of a name: one of the trial's [moments], or the date of a concept that has one; else None."""
    concept = vocabulary.get(name)
    if name in moments:
        return moments[name]
    return Moment(name, Look(name)) if concept is not None and concept.kind in ("record", "date") else None
