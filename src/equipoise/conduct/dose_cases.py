"""Worked dose cases: what is known of somebody on a day, and what is decided about the dose; read, run, held against.

A file of cases names one set of facts of given.toml, which all of its cases share; a case adds facts, or leaves some
out. The facts are written as in the cases of criteria (eligibility.notation).
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from ..eligibility.notation import NotationError, read_fact
from ..facts import Fact
from ..faults import Mistake, Mistakes
from ..protocol.model import Protocol
from ..protocol.places import Path, Places, places
from ..truth import Truth
from .dosing import Action, DoseDecision, decide_dose

GIVEN: Final = "given.toml"
_FILE_KEYS: Final = {"about", "given", "on", "cycle", "case"}
_CASE_KEYS: Final = {
    "title", "on", "cycle", "facts", "without", "action", "by", "truths", "time", "unready", "warnings", "because",
    "note",
}  # fmt: skip
_ACTIONS: Final = {action.value: action for action in Action}
_TRUTHS: Final = {truth.value: truth for truth in Truth}


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out. None, or a rule that is not named, is not looked at.

    by: the ids of the rules that the action rests on, all of them. truths: of rules, by id. time: the state of the
    timing. unready: what is not in order on prescribing, all of it. because: the words of the first of `by`.
    """

    action: Action
    by: tuple[str, ...] | None = None
    truths: Mapping[str, Truth] = field(default_factory=dict[str, Truth])
    time: str | None = None
    unready: tuple[str, ...] | None = None
    warnings: tuple[str, ...] | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class DoseCase:
    """Facts and a day, with what is decided about a dose.

    about: what the file is about. shared: the facts of all its cases; facts: those of this one. file, line: its place.
    """

    file: str
    line: int
    about: str
    title: str
    on: date
    cycle: int
    shared: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    expected: Expected
    without: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The file's name without its ending, and the title."""
        return f"{self.file.removesuffix('.toml')}: {self.title}"

    @property
    def known(self) -> tuple[Fact, ...]:
        """All facts of the case."""
        return (*self.shared, *self.facts)


# ---------------------------------------------------------------- running
def decide_case(trial: Protocol, case: DoseCase) -> DoseDecision:
    """The trial's own decision about the case."""
    return decide_dose(trial, "the person", case.known, case.on, case.cycle)


def run_dose_case(trial: Protocol, case: DoseCase) -> list[str]:
    """Every difference between what the trial decides and what is expected; none when it is as expected."""
    return list(_differences(decide_case(trial, case), case.expected))


def _differences(decision: DoseDecision, expected: Expected) -> Iterator[str]:
    rests_on = decision.fired or decision.undecided
    yield from _unlike("the action", expected.action.value, decision.action.value)
    yield from _unlike("by", expected.by, tuple(ruling.id for ruling in rests_on))
    yield from _unlike("the time", expected.time, decision.timing.state)
    yield from _unlike("unready", expected.unready, tuple(ruling.id for ruling in decision.unready("prescription")))
    yield from _unlike("warnings", expected.warnings, tuple(notice.id for notice in decision.notices))
    truths = {ruling.id: ruling.truth for ruling in (*decision.rulings, *decision.ready)}
    for identifier, truth in expected.truths.items():
        got = truths.get(identifier)
        yield from _unlike(identifier, truth.value, got.value if got is not None else "no rule of this cycle")
    if expected.because is not None:
        yield from _unlike("the words", expected.because, rests_on[0].because if rests_on else "")


def _unlike(what: str, want: object, got: object) -> Iterator[str]:
    if want is not None and want != got:
        yield f"{what}: expected {_shown(want)} but it is {_shown(got)}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "nothing"  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
    return str(value)


# ---------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class _Source:
    """One file, with the places of its keys; what is wrong in it goes to `mistakes`."""

    name: str
    table: Mapping[str, Any]
    places: Places
    trial: Protocol
    mistakes: list[Mistake]

    def report(self, path: Path, message: str) -> None:
        self.mistakes.append(Mistake(self.name, self.places.of(path).line, 0, message))

    def check_keys(self, path: Path, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table.keys() - known:
            self.report((*path, key), f'"{key}" means nothing here; there are: {", ".join(sorted(known))}')

    def facts(self, path: Path, entries: Sequence[Mapping[str, Any]]) -> tuple[Fact, ...]:
        found: list[Fact] = []
        for number, entry in enumerate(entries, 1):
            try:
                place = f"{self.name}, {'.'.join(path)}, fact {number}"
                found.append(read_fact(entry, self.trial.vocabulary, "the person", place))
            except NotationError as error:
                self.report(path, f"fact {number}: {error}")
        return tuple(found)


def read_dose_cases(trial: Protocol, files: Mapping[str, bytes]) -> tuple[DoseCase, ...]:
    """The cases of the files (name -> content), by name. Raises Mistakes, which names every fault with its line."""
    mistakes: list[Mistake] = []
    sources = {name: source for name in sorted(files) if (source := _source(trial, name, files[name], mistakes))}
    given = _given(sources.pop(GIVEN)) if GIVEN in sources else {}
    cases = [case for source in sources.values() for case in _cases(source, given)]
    if mistakes:
        raise Mistakes(mistakes)
    return tuple(cases)


def _source(trial: Protocol, name: str, content: bytes, mistakes: list[Mistake]) -> _Source | None:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        return _Source(name, tomllib.loads(text, parse_float=Decimal), places(text), trial, mistakes)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(Mistake(name, 0, 0, f"this is not TOML: {error}"))
        return None


def _given(source: _Source) -> Mapping[str, tuple[Fact, ...]]:
    """The named sets of facts."""
    return {name: source.facts((name,), table.get("facts", ())) for name, table in source.table.items()}


def _cases(source: _Source, given: Mapping[str, tuple[Fact, ...]]) -> Iterator[DoseCase]:
    table = source.table
    source.check_keys((), table, _FILE_KEYS)
    named = str(table.get("given", ""))
    if named not in given:
        source.report(("given",), f'given.toml has no facts "{named}"; there are: {", ".join(given)}')
    if not table.get("about"):
        source.report((), "a file of dose cases says what it is about")
    for index, entry in enumerate(table.get("case", ())):
        case = _case(source, ("case", str(index)), entry, given.get(named, ()))
        if case is not None:
            yield case


def _case(source: _Source, path: Path, entry: Mapping[str, Any], given: Sequence[Fact]) -> DoseCase | None:
    source.check_keys(path, entry, _CASE_KEYS)
    on = entry.get("on", source.table.get("on"))
    action = _ACTIONS.get(entry.get("action", ""))
    if not entry.get("title"):
        source.report(path, "a case needs a title")
    if type(on) is not date:
        source.report(path, "a case is of a day: on = 2026-06-01")
    if action is None:
        source.report(path, f"the action is one of {', '.join(_ACTIONS)}")
    without = tuple(entry.get("without", ()))
    for name in set(without) - {fact.concept for fact in given}:
        source.report((*path, "without"), f'"{name}" is not among the facts that all cases share')
    if type(on) is not date or action is None:
        return None
    return DoseCase(
        file=source.name,
        line=source.places.of(path).line,
        about=str(source.table.get("about", "")),
        title=str(entry.get("title", "")),
        on=on,
        cycle=int(entry.get("cycle", source.table.get("cycle", 1))),
        shared=tuple(fact for fact in given if fact.concept not in without),
        facts=source.facts((*path, "facts"), entry.get("facts", ())),
        expected=_expected(source, path, entry, action),
        without=without,
        note=str(entry.get("note", "")),
    )


def _expected(source: _Source, path: Path, entry: Mapping[str, Any], action: Action) -> Expected:
    treatment = source.trial.treatment
    ids = {item.id for item in (*treatment.rules, *treatment.ready)}
    truths = {str(name): _TRUTHS.get(truth) for name, truth in entry.get("truths", {}).items()}
    for name, truth in truths.items():
        if name not in ids or truth is None:
            source.report((*path, "truths"), f'"{name}" is no rule of the treatment, or its truth is no truth')
    return Expected(
        action=action,
        by=_names(entry, "by"),
        truths=MappingProxyType({name: truth for name, truth in truths.items() if truth is not None}),
        time=entry.get("time"),
        unready=_names(entry, "unready"),
        warnings=_names(entry, "warnings"),
        because=entry.get("because"),
    )


def _names(table: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    return tuple(table[key]) if key in table else None
