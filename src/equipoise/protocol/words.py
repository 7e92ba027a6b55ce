"""concepts.toml -> the vocabulary of a protocol."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType
from typing import Any, get_args

from ..concepts import NO, YES, Concept, Vocabulary
from ..dates import Duration, DurationUnit
from ..quantities import UNITS, factor, read_unit
from ..rules.formulas import FORMULAS
from ..rules.tables import field_columns

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Says that something is wrong at a path of keys in the file.
Report = Callable[[tuple[str, ...], str], None]

_KINDS = ("quantity", "choice", "yes_no", "date", "record", "text")
_WHO = ("record", "site", "person", "investigator")
_KEYS = {
    "label", "kind", "unit", "molar_mass", "molar_mass_source", "plausible", "whole", "own_limits",
    "answers", "unclear", "several", "fields", "lasts",
    "who", "absence", "once", "complete_when_any", "planned", "holds",
    "members", "read_as", "formula", "inputs", "source", "note", "conduct", "ours",
}  # fmt: skip
_RESERVED = {
    "and", "or", "not", "unless", "within", "before", "after", "between", "since", "until", "where", "today", "age",
    "latest", "first", "highest", "lowest", "any", "every", "no", "count", "is", "in", "on", "of", "at", "from", "to",
    "x",     "grade", "dated", "rises", "falls", "normal", "recorded", "uln", "lln", "baseline",
}  # fmt: skip


def read_concepts(table: Mapping[str, Any], report: Report) -> Vocabulary:
    """The vocabulary that a parsed concepts.toml declares; every mistake goes to `report`, none stops the reading."""
    vocabulary = {name: _concept(name, entry, (name,), report) for name, entry in table.items()}
    alike: dict[str, str] = {}
    for concept in vocabulary.values():
        first = alike.setdefault(concept.name.lower(), concept.name)
        if first != concept.name:
            report((concept.name,), f'"{concept.name}" and "{first}" differ only in capitals: give one another name')
        _check_references(concept, vocabulary, report)
        _check_columns(concept, report)
    return MappingProxyType(vocabulary)


def _concept(
    name: str, entry: Any, path: tuple[str, ...], report: Report, within: str = "", asked: str = "record"
) -> Concept:
    """One concept; `within`: the record that it is a field of, `asked`: who answers unless it says otherwise."""
    if not isinstance(entry, Mapping):
        report(path, f"{name} must be a table with at least label and kind")
        return Concept(name, name, "text")
    if not _NAME.match(name):
        report(path, f'"{name}" is not a name that rules can use: write it with a to z, digits and _ (labels are free)')
    if name in _RESERVED and not within:
        report(path, f'"{name}" is a word of the rule language and cannot name a concept')
    for key in entry:
        if key not in _KEYS:
            report((*path, key), f'"{key}" is not a property of a concept (one of {", ".join(sorted(_KEYS))})')
    kind = _one_of(entry, "kind", _KINDS, "text", path, report)
    for key, of in (("own_limits", "quantity"), ("lasts", "record")):
        if key in entry and kind != of:
            report((*path, key), f"only a {of} can have {key}")
    if "label" not in entry:
        report(path, f"{name} needs a label, the words by which people know it")
    if not within and "source" not in entry:
        report(path, f"{name} needs a source")
    if within and kind == "record":
        report(path, "a field of a record cannot be a record")
    who = _one_of(entry, "who", _WHO, asked, path, report)
    fields = {
        field: _concept(field, sub, (*path, "fields", field), report, within=name, asked=who)
        for field, sub in _table(entry, "fields", path, report).items()
    }
    answers = {YES: "yes", NO: "no"} if kind == "yes_no" else _table(entry, "answers", path, report)
    if kind == "choice" and not answers:
        report(path, f"{name} is a choice and needs its answers")
    unclear = frozenset(_list(entry, "unclear", path, report))
    for answer in unclear - answers.keys():
        report((*path, "unclear"), f'"{answer}" is not among the answers of {name}')
    return Concept(
        name=name,
        label=str(entry.get("label", name)),
        kind=kind,  # pyright: ignore[reportArgumentType]
        unit=_unit(entry, kind, path, report),
        molar_mass=_molar_mass(entry, path, report),
        plausible=_plausible(entry, path, report),
        whole=bool(entry.get("whole", False)),
        own_limits=bool(entry.get("own_limits", False)),
        lasts=bool(entry.get("lasts", False)),
        answers=MappingProxyType(answers),
        unclear=unclear,
        several=bool(entry.get("several", False)),
        fields=MappingProxyType(fields),
        who=who,  # pyright: ignore[reportArgumentType]
        absence=_one_of(entry, "absence", ("unknown", "no"), "unknown", path, report),  # pyright: ignore[reportArgumentType]
        once=bool(entry.get("once", False)),
        complete_when_any=bool(entry.get("complete_when_any", False)),
        planned=bool(entry.get("planned", False)),
        holds=_holds(entry, path, report),
        members=tuple(_list(entry, "members", path, report)),
        read_as=MappingProxyType(_table(entry, "read_as", path, report)),
        formula=str(entry.get("formula", "")),
        inputs=MappingProxyType(_table(entry, "inputs", path, report)),
        source=str(entry.get("source", "")),
        note=str(entry.get("note", "")),
        conduct=bool(entry.get("conduct", False)),
        ours=bool(entry.get("ours", False)),
    )


def _table(entry: Mapping[str, Any], key: str, path: tuple[str, ...], report: Report) -> dict[str, Any]:
    """The table under a key; empty when there is none."""
    value = entry.get(key, {})
    if isinstance(value, Mapping):
        return dict(value)
    report((*path, key), f"{key} is a table: {{ name = ... }}")
    return {}


def _list(entry: Mapping[str, Any], key: str, path: tuple[str, ...], report: Report) -> list[str]:
    """The texts under a key; none when there is no such key."""
    value = entry.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    report((*path, key), f'{key} is a list of texts: ["...", "..."]')
    return []


def _one_of(
    entry: Mapping[str, Any], key: str, allowed: tuple[str, ...], default: str, path: tuple[str, ...], report: Report
) -> str:
    value = entry.get(key, default)
    if value in allowed:
        return value
    report((*path, key), f'{key} is "{value}" but must be one of {", ".join(allowed)}')
    return default


def _unit(entry: Mapping[str, Any], kind: str, path: tuple[str, ...], report: Report) -> str:
    unit = str(entry.get("unit", ""))
    if kind != "quantity":
        if unit:
            report((*path, "unit"), "only a quantity has a unit")
        return ""
    if unit not in UNITS:
        known = read_unit(unit)
        hint = f'; write it "{known}"' if known else ""
        report((*path, "unit") if unit else path, f'"{unit}" is not a unit of the table in quantities.py{hint}')
    return unit


def _molar_mass(entry: Mapping[str, Any], path: tuple[str, ...], report: Report) -> Fraction | None:
    """g/mol, stated plainly ("180.156") or by an equivalence ("1 mg/dL = 88.42 umol/L")."""
    text = entry.get("molar_mass")
    if text is None:
        return None
    if "molar_mass_source" not in entry:
        report((*path, "molar_mass"), "a molar mass needs a molar_mass_source")
    try:
        if "=" not in str(text):
            return Fraction(Decimal(str(text)))
        (mass, mass_unit), (moles, molar_unit) = (side.split() for side in str(text).split("="))
        grams, mol = factor(mass_unit, "g/L"), factor(molar_unit, "mol/L")
        if grams is not None and mol is not None:
            return Fraction(Decimal(mass)) * grams / (Fraction(Decimal(moles)) * mol)
    except (InvalidOperation, ValueError, ZeroDivisionError):
        pass
    report((*path, "molar_mass"), 'write the molar mass in g/mol ("180.156") or as "1 mg/dL = 88.42 umol/L"')
    return None


def _plausible(entry: Mapping[str, Any], path: tuple[str, ...], report: Report) -> tuple[Decimal, Decimal] | None:
    if "plausible" not in entry:
        return None
    try:
        low, high = (Decimal(str(number)) for number in entry["plausible"])
    except (InvalidOperation, ValueError, TypeError):
        report((*path, "plausible"), 'plausible is two numbers as text, lowest and highest: ["2", "25"]')
        return None
    if low > high:
        report((*path, "plausible"), f"the lowest plausible number {low} is above the highest, {high}")
    return low, high


def _holds(entry: Mapping[str, Any], path: tuple[str, ...], report: Report) -> Duration | None:
    """For how long a statement of none stands: "4 weeks"."""
    if "holds" not in entry:
        return None
    duration = read_duration(entry["holds"])
    if duration is not None:
        return duration
    report((*path, "holds"), 'write for how long a statement of none stands, such as "4 weeks"')
    return None


def read_duration(text: object) -> Duration | None:
    """The duration that a text states ("4 weeks", "1 day"); None when it states none."""
    count, _, unit = str(text).partition(" ")
    unit = unit.removesuffix("s")
    known = count.isdecimal() and unit in get_args(DurationUnit)
    return Duration(int(count), unit) if known else None  # pyright: ignore[reportArgumentType]


def _check_references(concept: Concept, vocabulary: Vocabulary, report: Report) -> None:
    for member in concept.members:
        if member not in vocabulary:
            report((concept.name, "members"), f'"{member}" is not a concept of this file')
        elif lacking := [f for f in concept.fields.values() if not _has_alike(vocabulary[member], f)]:
            kind, name = lacking[0].kind.replace("_", "/"), lacking[0].name
            report((concept.name, "members"), f'{member} cannot be a member: it has no field "{name}" that is a {kind}')
    if _reaches(concept.name, concept.name, vocabulary):
        report((concept.name, "members"), f"{concept.name} is a member of itself")
    for answer in set(concept.read_as.values()) - concept.answers.keys():
        report((concept.name, "read_as"), f'"{answer}" is not among the answers of {concept.name}')
    if concept.formula:
        formula = FORMULAS.get(concept.formula)
        if formula is None:
            report((concept.name, "formula"), f'there is no formula "{concept.formula}" (one of {", ".join(FORMULAS)})')
        elif formula.arguments.keys() != concept.inputs.keys():
            report((concept.name, "formula"), f"{concept.formula} needs inputs for {', '.join(formula.arguments)}")
    for argument, name in concept.inputs.items():
        if name not in vocabulary:
            report((concept.name, "inputs"), f'"{name}" (for {argument}) is not a concept of this file')


def _has_alike(record: Concept, field: Concept) -> bool:
    """Has the record a field of this name and kind?"""
    return field.name in record.fields and record.fields[field.name].kind == field.kind


def _check_columns(concept: Concept, report: Report) -> None:
    """Fields whose columns in tables would be the same: "dose_unit" beside a quantity "dose", or "Dose"."""
    taken: dict[str, str] = {}
    for field in concept.fields.values():
        others = {taken.setdefault(column.lower(), field.name) for column in field_columns(field)} - {field.name}
        for other in others:
            why = f'it would lie in the same column of a table as "{other}" or a part of it'
            report((concept.name, "fields", field.name), f'give "{field.name}" another name: {why}')


def _reaches(start: str, target: str, vocabulary: Vocabulary, seen: frozenset[str] = frozenset()) -> bool:
    """Does following the members lead from one concept to the other?"""
    members = vocabulary[start].members if start in vocabulary and start not in seen else ()
    return any(member == target or _reaches(member, target, vocabulary, seen | {start}) for member in members)
