"""The columns of the sheet, derived from a protocol's concepts, and the heads by which a file names them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final, Literal

from ..concepts import Concept, Vocabulary
from ..quantities import read_unit

Part = Literal["person", "as_of", "value", "date", "end", "low", "high"]

_PEOPLE: Final = (
    "person",
    "patient",
    "participant",
    "subject",
    "id",
    "person id",
    "patient id",
    "subject id",
)
_AS_OF: Final = ("as_of", "as of")
# What may follow a concept's name after a point, besides a record's fields.
_PARTS: Final[Mapping[str, Part]] = {
    "date": "date", "start": "date", "end": "end", "low": "low", "high": "high",
}  # fmt: skip
# Nobody writes these units in a head: a score has none, and INR is its own.
_UNWRITTEN: Final = ("{score}", "{INR}", "1")
_EVENT: Final = re.compile(r"\s*\((\d{1,3})\)\Z")
_UNIT: Final = re.compile(r"\s*\[(.*)\]\Z")
_ROUND_UNIT: Final = re.compile(r"\s*\(([^()]*)\)\Z")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the wide sheet (one row a person), or what one row of the long form states.

    name: its head without unit and number of the event: "haemoglobin", "sstr_pet.liver", "albumin.low".
    field: of a record. unit: as the head states it, "" when not. event: 2 for "haemoglobin (2)".
    """

    name: str
    part: Part
    concept: str = ""
    field: str = ""
    unit: str = ""
    event: int = 1

    @property
    def head(self) -> str:
        """The head as the template writes it: "haemoglobin [g/dL] (2)"."""
        unit = f" [{self.unit}]" if self.unit else ""
        return f"{self.name}{unit}" + (f" ({self.event})" if self.event > 1 else "")


def computed(concept: Concept) -> bool:
    """Is it worked out of other concepts, so that nobody enters it?"""
    return bool(concept.formula or concept.members)


def columns(vocabulary: Vocabulary) -> list[Column]:
    """The columns of the template: the person, the day on which the row was filled in, and each concept's."""
    found = [Column("person", "person"), Column("as_of", "as_of")]
    for concept in vocabulary.values():
        if not computed(concept) and not concept.conduct:
            found += _columns_of_record(concept) if concept.kind == "record" else _columns_of(concept)
    return found


def _columns_of(concept: Concept) -> list[Column]:
    name, unit = concept.name, _unit(concept)
    found = [Column(name, "value", name, unit=unit)]
    # What happens once, and what is a date itself, needs no day on which somebody looked.
    if concept.kind != "date" and not concept.once:
        found.append(Column(f"{name}.date", "date", name))
    if concept.own_limits:
        found += [
            Column(f"{name}.low", "low", name, unit=unit),
            Column(f"{name}.high", "high", name, unit=unit),
        ]
    return found


def _columns_of_record(concept: Concept) -> list[Column]:
    name = concept.name
    found = [] if concept.fields else [Column(name, "value", name)]
    found.append(Column(f"{name}.start" if concept.lasts else f"{name}.date", "date", name))
    if concept.lasts:
        found.append(Column(f"{name}.end", "end", name))
    for field in concept.fields.values():
        found.append(Column(f"{name}.{field.name}", "value", name, field.name, _unit(field)))
    return found


def _unit(concept: Concept) -> str:
    return "" if concept.unit in _UNWRITTEN else concept.unit


# ------------------------------------------------------------------ heads of a file
Heads = Mapping[str, Column]


def heads(vocabulary: Vocabulary) -> Heads:
    """Every head that is understood, name or label, in plain spelling, without unit and event."""
    known: dict[str, Column] = {}
    for concept in vocabulary.values():
        if not computed(concept):
            for name, column in _heads_of(concept):
                known[plain(name)] = column
    for concept in vocabulary.values():
        if not computed(concept):
            # A label never takes the place of a name, nor of another label.
            for name, column in _heads_of(concept, labelled=True):
                known.setdefault(plain(name), column)
    for names, column in ((_PEOPLE, Column("person", "person")), (_AS_OF, Column("as_of", "as_of"))):
        for name in names:
            known.setdefault(plain(name), column)
    return known


def _heads_of(concept: Concept, labelled: bool = False) -> Iterable[tuple[str, Column]]:
    stem = concept.label if labelled else concept.name
    yield stem, Column(concept.name, "value", concept.name)
    for suffix, part in _PARTS.items():
        yield f"{stem}.{suffix}", Column(f"{concept.name}.{suffix}", part, concept.name)
    for field in concept.fields.values():
        column = Column(f"{concept.name}.{field.name}", "value", concept.name, field.name)
        yield f"{stem}.{field.label if labelled else field.name}", column
        if labelled:
            yield f"{concept.name}.{field.label}", column


def plain(text: str) -> str:
    """A head without what people vary: case, spaces, underscores, hyphens."""
    return re.sub(r"[\s_\-]+", "_", re.sub(r"\s*[.:]\s*", ".", text.strip().casefold()))


def read_head(text: str, known: Heads) -> Column | None:
    """The column that a head names; None when it names none. The unit stays as written."""
    if column := known.get(plain(text)):
        return column
    rest, event = _without_event(text.strip())
    unit = ""
    match = _UNIT.search(rest) or _ROUND_UNIT.search(rest)
    if match and (rest.endswith("]") or read_unit(match[1])):
        rest, unit = rest[: match.start()], match[1].strip()
    if event == 1:
        rest, event = _without_event(rest)
    column = known.get(plain(rest))
    return None if column is None else replace(column, unit=unit, event=event)


def _without_event(text: str) -> tuple[str, int]:
    match = _EVENT.search(text)
    return (text[: match.start()], int(match[1])) if match and int(match[1]) else (text, 1)


def names_of_values(known: Heads) -> list[str]:
    """The names under which values are entered, each once."""
    return list(dict.fromkeys(column.name for column in known.values() if column.part == "value"))


def nearest(text: str, names: Iterable[str]) -> str:
    """A question that offers the names most like the text: ' Did you mean "haemoglobin"?', or nothing."""
    spelled: dict[str, str] = {}
    for name in names:
        spelled[plain(name)] = name
        spelled.setdefault(plain(name.rpartition(".")[2]), name)
    bare = plain(_UNIT.sub("", _without_event(text.strip())[0]))
    found = [f'"{spelled[name]}"' for name in get_close_matches(bare, spelled, n=2, cutoff=0.72)]
    return f" Did you mean {' or '.join(found)}?" if found else ""
