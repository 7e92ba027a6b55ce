"""treatment.toml -> the cycles of a treatment, its product, and the rules that hold, reduce or stop a dose."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final, get_args

from ..dates import Duration
from ..rules.grammar import Language
from .doses import Advice, Around, DoseAction, When
from .doses import Cycle as Cycle
from .doses import DoseRule as DoseRule
from .doses import DoseWarning as DoseWarning
from .doses import Level as Level
from .doses import Ready as Ready
from .doses import Treatment as Treatment
from .file import File, items_under, moment_named, rule_under, table_under
from .places import Path
from .product import measured, read_product
from .words import read_duration

_TABLES: Final = ("treatment", "product", "level", "cycle", "rule", "ready", "warning", "advice")
_TREATMENT_KEYS: Final = {"label", "source", "arms", "complete", "note"}
_LEVEL_KEYS: Final = {"id", "label", "activity", "recorded_as", "whole_vial", "source", "ours", "note"}
_CYCLE_KEYS: Final = {
    "number", "moment", "earliest", "latest", "extended", "extended_for", "source", "note", "ours",
}  # fmt: skip
_SHARED_KEYS: Final = {"id", "when", "message", "source", "cycles", "unverified", "ours", "note"}
_RULE_KEYS: Final = _SHARED_KEYS | {"action", "toxicity"}
_READY_KEYS: Final = _SHARED_KEYS | {"label", "at"}


def read_treatment(file: File, language: Language, arms: tuple[str, ...]) -> Treatment:
    """The treatment that the file declares; every mistake goes to the file, none stops the reading."""
    if not file.table:
        return Treatment()
    for key in file.table.keys() - set(_TABLES):
        file.report((key,), f'"{key}" means nothing here ({", ".join(_TABLES)})')
    table = table_under(file, "treatment")
    _known_keys(file, ("treatment",), table, _TREATMENT_KEYS, "the treatment")
    _needed(file, ("treatment",), table, ("label", "source"), "the treatment")
    cycles, levels = _cycles(file, language), _levels(file, language)
    numbers = tuple(cycle.number for cycle in cycles)
    rules = _rules(file, language, numbers)
    if len(items_under(file, "level")) == 1 and any(rule.action == "reduce" for rule in rules):
        file.report(("rule",), "a rule reduces the dose, but there is no second [[level]] to reduce it to")
    return Treatment(
        label=str(table.get("label", "")),
        source=str(table.get("source", "")),
        arms=_names(file, ("treatment", "arms"), table.get("arms", []), arms, "an arm"),
        product=read_product(file, table_under(file, "product")) if "product" in file.table else None,
        levels=levels,
        cycles=cycles,
        rules=rules,
        ready=_ready(file, language, numbers),
        warnings=_warnings(file, language, numbers),
        advice=_advice(file, numbers),
        complete=_names(
            file, ("treatment", "complete"), table.get("complete", []), tuple(language.vocabulary), "a concept"
        ),
    )


def _known_keys(file: File, path: Path, table: Mapping[str, Any], known: set[str], what: str) -> None:
    for key in table.keys() - known:
        file.report((*path, key), f'"{key}" is not a property of {what} ({", ".join(sorted(known))})')


def _needed(file: File, path: Path, table: Mapping[str, Any], keys: tuple[str, ...], what: str) -> None:
    for key in keys:
        if not str(table.get(key, "")).strip():
            file.report(path, f"{what} needs a {key}")


def _names(file: File, path: Path, stated: Any, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The names of a list, once each is known."""
    names = stated if isinstance(stated, list) else [stated]
    for name in names:
        if name not in known:
            file.report(path, f'"{name}" is not {what} of the trial')
    return tuple(name for name in names if name in known)


def _levels(file: File, language: Language) -> tuple[Level, ...]:
    found: list[Level] = []
    for index, item in enumerate(items_under(file, "level")):
        path, identifier = ("level", str(index)), str(item.get("id", f"level {index + 1}"))
        _known_keys(file, path, item, _LEVEL_KEYS, "a level")
        _needed(file, path, item, ("id", "label", "activity", "recorded_as", "source"), identifier)
        activity = measured(item.get("activity"), "GBq")
        if activity is None or not activity.lo:
            file.report((*path, "activity"), f'write the activity of {identifier} with its unit: "7.4 GBq"')
        concept = language.vocabulary.get(str(item.get("recorded_as", "")))
        if concept is None or concept.kind != "record" or concept.members:
            file.report((*path, "recorded_as"), f"{identifier} is recorded as a record of concepts.toml")
        elif activity is not None and activity.lo:
            found.append(
                Level(
                    identifier, str(item.get("label", "")), activity, concept.name, str(item.get("source", "")),
                    bool(item.get("whole_vial")), bool(item.get("ours")),
                )
            )  # fmt: skip
    if len(found) > 2:
        file.report(("level",), "a treatment has a full level and at most one reduced one")
    for higher, lower in pairwise(found):
        if higher.activity.lo and lower.activity.lo and lower.activity.lo >= higher.activity.lo:
            file.report(("level",), f"write the levels from the highest down: {higher.label}, then {lower.label}")
    if not found:
        file.at(1, 1, "a treatment needs at least one [[level]], the activity that is given")
    return tuple(found)


def _cycles(file: File, language: Language) -> tuple[Cycle, ...]:
    found: list[Cycle] = []
    for index, item in enumerate(items_under(file, "cycle")):
        path, what = ("cycle", str(index)), f"cycle {index + 1}"
        _known_keys(file, path, item, _CYCLE_KEYS, "a cycle")
        _needed(file, path, item, ("source",), what)
        if item.get("number") != index + 1:
            file.report((*path, "number"), f"number the cycles in their order: this one is {index + 1}")
        moment = moment_named(str(item.get("moment", "")), language.vocabulary, language.moments)
        if moment is None:
            file.report((*path, "moment"), f"{what} needs a moment: a name of [moments] or a concept with a date")
        earliest, latest = (_after(file, path, item, key, what) for key in ("earliest", "latest"))
        extended = _after(file, path, item, "extended", what) if "extended" in item else None
        if extended is not None and not str(item.get("extended_for", "")).strip():
            file.report((*path, "extended"), f"{what} says for what it may be extended: extended_for")
        days = [duration.days for duration in (earliest, latest, extended) if duration is not None]
        if any(one is not None and two is not None and one > two for one, two in pairwise(days)):
            file.report(path, f"earliest, latest and extended of {what} are not in this order")
        if moment is not None and earliest is not None and latest is not None:
            found.append(
                Cycle(
                    index + 1, moment, earliest, latest, str(item.get("source", "")), extended,
                    str(item.get("extended_for", "")), str(item.get("note", "")), bool(item.get("ours")),
                )
            )  # fmt: skip
    if not found:
        file.at(1, 1, "a treatment needs at least one [[cycle]], with its days after a moment")
    return tuple(found)


def _after(file: File, path: Path, item: Mapping[str, Any], key: str, what: str) -> Duration | None:
    duration = read_duration(item.get(key))
    if duration is None:
        file.report((*path, key), f'write {key} of {what} as a time after its moment: "49 days"')
    return duration


def _rules(file: File, language: Language, cycles: tuple[int, ...]) -> tuple[DoseRule, ...]:
    found: list[DoseRule] = []
    for path, item, shared in _each(file, "rule", language, cycles, _RULE_KEYS):
        action = item.get("action")
        if action not in get_args(DoseAction):
            file.report((*path, "action"), f"the action of {shared['id']} is one of {', '.join(get_args(DoseAction))}")
        else:
            found.append(DoseRule(action=action, toxicity=str(item.get("toxicity", "")), **shared))  # pyright: ignore[reportArgumentType]
    return tuple(found)


def _ready(file: File, language: Language, cycles: tuple[int, ...]) -> tuple[Ready, ...]:
    found: list[Ready] = []
    for path, item, shared in _each(file, "ready", language, cycles, _READY_KEYS):
        at = item.get("at", "prescription")
        _needed(file, path, item, ("label",), str(shared["id"]))
        if at not in get_args(When):
            file.report((*path, "at"), f"{shared['id']} is asked at one of {', '.join(get_args(When))}")
        else:
            found.append(Ready(label=str(item.get("label", "")), at=at, **shared))
    return tuple(found)


def _warnings(file: File, language: Language, cycles: tuple[int, ...]) -> tuple[DoseWarning, ...]:
    return tuple(DoseWarning(**shared) for _, _, shared in _each(file, "warning", language, cycles, _SHARED_KEYS))


def _advice(file: File, cycles: tuple[int, ...]) -> tuple[Advice, ...]:
    found: list[Advice] = []
    for path, item, shared in _told(file, "advice", cycles, _SHARED_KEYS):
        when = item.get("when")
        if when not in get_args(Around):
            file.report((*path, "when"), f"{shared['id']} is heeded at one of {', '.join(get_args(Around))}")
        else:
            found.append(Advice(when=when, **shared))  # pyright: ignore[reportArgumentType]
    return tuple(found)


def _each(
    file: File, key: str, language: Language, cycles: tuple[int, ...], known: set[str]
) -> list[tuple[Path, Mapping[str, Any], dict[str, Any]]]:
    """Of each table under the key whose rule can be read: its place, itself, and what all kinds of rules share."""
    found: list[tuple[Path, Mapping[str, Any], dict[str, Any]]] = []
    for path, item, shared in _told(file, key, cycles, known):
        rule = rule_under(file, path, shared["id"], item, language)
        if rule is not None:
            found.append((path, item, {**shared, "text": str(item["when"]).strip(), "rule": rule}))
    return found


def _told(
    file: File, key: str, cycles: tuple[int, ...], known: set[str]
) -> list[tuple[Path, Mapping[str, Any], dict[str, Any]]]:
    """Of each table under the key: its place, itself, and what it tells beside its rule."""
    found: list[tuple[Path, Mapping[str, Any], dict[str, Any]]] = []
    seen: set[str] = set()
    for index, item in enumerate(items_under(file, key)):
        path, identifier = (key, str(index)), str(item.get("id", f"{key} {index + 1}"))
        _known_keys(file, path, item, known, f"a {key}")
        _needed(file, path, item, ("id", "message"), identifier)
        if not str(item.get("source", "")).strip() and not item.get("ours"):
            file.report(path, f"{identifier} needs a source, or ours = true for a default of ours")
        if identifier in seen:
            file.report((*path, "id"), f"{identifier} stands here a second time")
        seen.add(identifier)
        stated = item.get("cycles", list(cycles))
        applies = tuple(number for number in cycles if isinstance(stated, list) and number in stated)
        if not isinstance(stated, list) or len(applies) != len(stated):
            file.report((*path, "cycles"), f"{identifier} applies to cycles of the treatment: {list(cycles)}")
        shared = {
            "id": identifier, "message": str(item.get("message", "")), "source": str(item.get("source", "")),
            "cycles": applies, "unverified": bool(item.get("unverified")), "ours": bool(item.get("ours")),
            "note": str(item.get("note", "")),
        }  # fmt: skip
        found.append((path, item, shared))
    return found
