"""A file of acts: checked as a whole before anything is done, then done one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import click

from ..concepts import Vocabulary
from ..eligibility.notation import NotationError
from ..faults import Fault, Mistake, Mistakes
from ..protocol.file import File, items_under
from ..protocol.places import Path as Keys
from ..report.words import counted
from ..trial import Trial
from .trial_door import Kept, move_clock, tell
from .trial_facts import Stated, facts_in, lines_of, read_stated, read_toml
from .trial_perform import perform
from .trial_values import read_moment, read_value
from .trial_verbs import BY_NAME, Told, Verb

_OF_EVERY_ACT: Final = ("do", "now")


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a file, as it is ready to be done. now: in a rehearsal, when."""

    number: int
    line: int
    verb: Verb
    values: Mapping[str, Any]
    now: datetime | None = None


# ---------------------------------------------------------------- reading
def read_acts(path: Path, vocabulary: Vocabulary) -> list[Act]:
    """The acts of the file, in its order. Raises Mistakes, which names every mistake of form with its place."""
    layout, table = read_toml(path)
    file = File(str(path), table, layout)
    for key in table.keys() - {"act"}:
        file.report((key,), f'"{key}" means nothing here: a file of acts has [[act]] tables only')
    items = items_under(file, "act")
    acts = [_act(file, number, item, vocabulary) for number, item in enumerate(items)]
    if not items and not file.mistakes:
        file.report((), "there is no act in this file: write each as a table of its own, [[act]]")
    if file.mistakes:
        raise Mistakes(sorted(file.mistakes, key=lambda mistake: mistake.line))
    return [act for act in acts if act is not None]


def _act(file: File, number: int, item: Mapping[str, Any], vocabulary: Vocabulary) -> Act | None:
    path = ("act", str(number))
    verb = _verb(file, path, item)
    if verb is None:
        return None
    _check_names(file, path, item, verb)
    values: dict[str, Any] = {}
    for told in verb.told:
        if not told.beside and (told.name in item or told.kind == "facts"):
            _take(file, path, item, told, vocabulary, values)
    now = _now(file, path, item)
    return Act(number + 1, file.places.of(path).line, verb, values, now)


def _verb(file: File, path: Keys, item: Mapping[str, Any]) -> Verb | None:
    name = item.get("do")
    if name is None:
        file.report(path, 'say what is done: do = "identify"')
        return None
    verb = BY_NAME.get(str(name))
    if verb is None:
        near = get_close_matches(str(name), BY_NAME, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(BY_NAME)}"
        file.report((*path, "do"), f'"{name}" is not an act of a trial; {meant}')
    return verb


def _check_names(file: File, path: Keys, item: Mapping[str, Any], verb: Verb) -> None:
    """Is everything told that must be, and nothing that the verb does not take?"""
    known = [*_OF_EVERY_ACT, *(told.name for told in verb.told), *(["file"] if _many_facts(verb) else [])]
    for key in item.keys() - set(known):
        file.report((*path, key), f'"{verb.name}" is not told "{key}"; it takes {", ".join(known[2:]) or "nothing"}')
    for told in verb.told:
        if told.needed and told.name not in item:
            file.report(path, f'"{verb.name}" needs {told.name}')


def _many_facts(verb: Verb) -> bool:
    return any(told.kind == "facts" for told in verb.told)


def _take(
    file: File, path: Keys, item: Mapping[str, Any], told: Told, vocabulary: Vocabulary, values: dict[str, Any]
) -> None:
    """One value into the values; a mistake in its place when it is none."""
    try:
        if told.kind == "facts":
            values[told.name] = _facts(file, path, item, vocabulary)
        elif told.kind == "fact":
            values[told.name] = read_stated(item[told.name], item, vocabulary, "", correcting=True)
        else:
            values[told.name] = read_value(told, item[told.name])
    except NotationError as error:
        file.report(_key_of(path, item, told), str(error))
    except Mistakes as mistakes:
        file.mistakes += mistakes.mistakes
    except Fault as fault:
        file.report(_key_of(path, item, told), str(fault))


def _key_of(path: Keys, item: Mapping[str, Any], told: Told) -> Keys:
    """Where the value stands; facts may stand in a file that the act names, or nowhere."""
    key = told.name if told.name in item else "file" if "file" in item else ""
    return (*path, key) if key else path


def _facts(file: File, path: Keys, item: Mapping[str, Any], vocabulary: Vocabulary) -> tuple[Stated, ...]:
    """The facts of the act itself, and of the file that it names, which lies beside the file of acts."""
    stated = item.get("facts", [])
    if not isinstance(stated, list):
        raise Fault('write facts = ["haemoglobin = 12.3 g/dL", { sex = "female" }], or [[act.facts]] tables')
    name = Path(file.name).name
    found: list[Stated] = []
    for each, line in zip(stated, lines_of(file.places, (*path, "facts"), len(stated)), strict=True):
        try:
            found.append(read_stated(each, item, vocabulary, f"{name}, line {line}"))
        except NotationError as error:
            file.mistakes.append(Mistake(file.name, line, 0, str(error)))
    if "file" in item:
        found += [Stated(fact) for fact in facts_in(Path(file.name).parent / str(item["file"]), vocabulary)]
    elif not stated:
        raise Fault('"record" needs facts, or a file of them')
    return tuple(found)


def _now(file: File, path: Keys, item: Mapping[str, Any]) -> datetime | None:
    try:
        return read_moment(item["now"]) if "now" in item else None
    except Fault as fault:
        file.report((*path, "now"), str(fault))
        return None


# ---------------------------------------------------------------- doing
def do_acts(trial: Kept, acts: Sequence[Act], by: str, file: Path, trying: bool = False) -> None:
    """Does them in order, and tells each entry. Raises Fault at the first refusal: what was written before it stays."""
    for done, act in enumerate(acts):
        try:
            _do(trial, act, by)
        except Fault as fault:
            where = f"{file}:{act.line}: act {act.number} ({act.verb.name}) is refused: {fault}"
            raise Fault(f"{where}\n{_before(done, act, trying)}") from None
        finally:
            tell(trial)


def _do(trial: Trial, act: Act, by: str) -> None:
    if act.now is not None:
        move_clock(trial, act.now)
    perform(trial, act.verb, by, act.values)


def _before(done: int, act: Act, trying: bool) -> str:
    """What became of the acts before the one that was refused, and how to go on."""
    if trying:
        return f"Nothing was written: this was a try, in which {counted(done, 'act')} before it went well."
    stay = f"{counted(done, 'act')} before it {'was done and stays' if done == 1 else 'were done and stay'}."
    return f"{stay if done else 'Nothing was done before it.'} Go on from there with --from {act.number}."


def told_at_the_end(number: int, entries: int, trying: bool) -> None:
    """How much was done, or would be."""
    words = f"{counted(number, 'act')}, {counted(entries, 'entry', 'entries')}"
    click.echo(f"{words} would be written; nothing was." if trying else f"{words} written.")
