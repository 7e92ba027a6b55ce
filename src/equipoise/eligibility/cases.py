"""Worked cases: what is known of somebody on a day, and what the protocol says of it; read, run, and held against."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, NamedTuple, get_args

from ..facts import Fact
from ..faults import Mistake, Mistakes
from ..protocol.model import Protocol
from ..protocol.places import Path, Places, places
from ..rules.findings import Reason
from ..truth import UNKNOWN, Truth
from .notation import NotationError, read_fact
from .person import screen_person
from .verdict import Outcome, Verdict

_FILE_KEYS: Final = {"criterion", "on", "given", "case"}
_CASE_KEYS: Final = {
    "title", "criterion", "on", "facts", "complete", "truth", "reason", "because", "warnings",
    "note", "question", "decision",
}  # fmt: skip
_PERSON_KEYS: Final = {"title", "story", "on", "facts", "complete", "note", "expect"}
_EXPECT_KEYS: Final = {
    "verdict", "candidate", "to_find", "to_ask", "warnings", "changes", "truth", "reason", "because",
}  # fmt: skip
_TRUTHS: Final = {truth.value: truth for truth in Truth}
_OUTCOMES: Final = {outcome.value: outcome for outcome in Outcome}
_REASONS: Final = tuple(reason for reason in get_args(Reason) if reason)


class Turn(NamedTuple):
    """From this day on, if nothing new is learned, the verdict is this."""

    on: date
    outcome: Outcome
    candidate: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out. None, or a criterion that is not named, is not looked at.

    reasons: why an unknown is unknown. because: the clause that says why, word for word. to_find, to_ask: names of
    concepts and fields. warnings: ids, all of them.
    """

    truths: Mapping[str, Truth]
    reasons: Mapping[str, str] = field(default_factory=dict[str, str])
    because: Mapping[str, str] = field(default_factory=dict[str, str])
    warnings: tuple[str, ...] | None = None
    outcome: Outcome | None = None
    candidate: bool | None = None
    to_find: tuple[str, ...] | None = None
    to_ask: tuple[str, ...] | None = None
    changes: tuple[Turn, ...] | None = None


@dataclass(frozen=True, slots=True)
class WorkedCase:
    """Facts and a day, with what the protocol says of them; of one criterion, or of a whole person (criterion "").

    file and line: where it stands. lines: its facts as the file writes them. note: why it is so, and by which source.
    question and decision: what the protocol leaves open here, and what we decided.
    """

    file: str
    line: int
    title: str
    criterion: str
    on: date
    facts: tuple[Fact, ...]
    expected: Expected
    lines: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    story: str = ""
    note: str = ""
    question: str = ""
    decision: str = ""

    @property
    def name(self) -> str:
        """The file's name without its ending, and the title."""
        return f"{self.file.removesuffix('.toml')}: {self.title}"


# ---------------------------------------------------------------- running
def run_case(trial: Protocol, case: WorkedCase) -> list[str]:
    """Every difference between what the trial says of the case and what is expected; none when it is as expected."""
    verdict = screen_person(trial, case.title, case.facts, case.on, case.complete)
    return list(_differences(verdict, case.expected))


def _differences(verdict: Verdict, expected: Expected) -> Iterator[str]:
    for identifier, truth in expected.truths.items():
        judgement = verdict[identifier]
        reason = expected.reasons.get(identifier, "")
        want, got = f"{truth.value} {reason}".strip(), f"{judgement.truth.value} {judgement.reason}".strip()
        if want != got:
            yield f"{identifier}: expected {want} but it is {got} ({judgement.because})"
        because = expected.because.get(identifier)
        if because is not None and because != judgement.because:
            yield f'{identifier}: expected the words "{because}" but they are "{judgement.because}"'
    yield from _whole(verdict, expected)


def _whole(verdict: Verdict, expected: Expected) -> Iterator[str]:
    yield from _unlike("the verdict", expected.outcome, verdict.outcome)
    yield from _unlike("candidate", expected.candidate, verdict.candidate)
    yield from _unlike("to_find", expected.to_find, tuple(need.name for need in verdict.to_find))
    yield from _unlike("to_ask", expected.to_ask, tuple(need.name for need in verdict.to_ask))
    yield from _unlike("warnings", expected.warnings, tuple(notice.id for notice in verdict.notices))
    if expected.changes is not None:
        turns = tuple(Turn(step.on, step.outcome, step.candidate) for step in verdict.changes)
        yield from _unlike("changes", expected.changes, turns)


def _unlike(what: str, want: object, got: object) -> Iterator[str]:
    if want is not None and want != got:
        yield f"{what}: expected {_shown(want)} but it is {_shown(got)}"


def _shown(value: object) -> str:
    match value:
        case Outcome():
            return value.value
        case Turn():
            return f"{value.on.isoformat()} {value.outcome.value}" + (" (candidate)" if value.candidate else "")
        case tuple():
            return ", ".join(_shown(part) for part in value) or "nothing"  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
        case _:
            return str(value)


# ---------------------------------------------------------------- reading
def read_cases(trial: Protocol, files: Mapping[str, bytes]) -> tuple[WorkedCase, ...]:
    """The cases of the files (name -> content): by criterion in the protocol's order, then the others by name.

    Raises Mistakes, which names every fault of every file with its line.
    """
    order = {f"{identifier.lower()}.toml": number for number, identifier in enumerate(trial.ids)}
    mistakes: list[Mistake] = []
    cases: list[WorkedCase] = []
    for name in sorted(files, key=lambda name: (order.get(name, len(order)), name)):
        cases.extend(_read_file(trial, name, files[name], mistakes))
    if mistakes:
        raise Mistakes(mistakes)
    return tuple(cases)


@dataclass(frozen=True, slots=True)
class _Source:
    """One file of cases, with the places of its keys; what is wrong in it goes to `mistakes`."""

    name: str
    places: Places
    trial: Protocol
    mistakes: list[Mistake]

    def report(self, path: Path, message: str) -> None:
        self.mistakes.append(Mistake(self.name, self.places.of(path).line, 0, message))

    def check_keys(self, path: Path, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table.keys() - known:
            self.report((*path, key), f'"{key}" means nothing here; there are: {", ".join(sorted(known))}')

    def lines_of(self, path: Path) -> list[int]:
        """The line of each item of a list that has one item a line; empty where it is written otherwise."""
        number = self.places.of(path).line
        found: list[int] = []
        while number < len(self.places.lines) and not self.places.lines[number].startswith("]"):
            if self.places.lines[number].lstrip().startswith("{"):
                found.append(number + 1)
            number += 1
        return found


def _read_file(trial: Protocol, name: str, content: bytes, mistakes: list[Mistake]) -> list[WorkedCase]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        table = tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:
        mistakes.append(Mistake(name, 0, 0, f"this is not TOML: {error}"))
        return []
    source = _Source(name, places(text), trial, mistakes)
    if "expect" in table:
        return _person(source, table)
    source.check_keys((), table, _FILE_KEYS)
    given, given_lines = _facts(source, table, (), "given")
    cases: list[WorkedCase] = []
    for index, entry in enumerate(table.get("case", [])):
        case = _case(source, table, entry, ("case", str(index)), given, given_lines)
        if case is not None:
            cases.append(case)
    if not cases:
        source.report((), "a file of cases has [[case]] or, for a whole person, [expect]")
    return cases


def _case(
    source: _Source, table: Mapping[str, Any], entry: Mapping[str, Any], path: Path,
    given: Sequence[Fact], given_lines: Sequence[str],
) -> WorkedCase | None:  # fmt: skip
    source.check_keys(path, entry, _CASE_KEYS)
    criterion = str(entry.get("criterion", table.get("criterion", "")))
    on = _day(source, path, entry.get("on", table.get("on")))
    facts, lines = _facts(source, entry, path, "facts")
    expected = _expected_of_one(source, path, entry, criterion)
    if not entry.get("title"):
        source.report(path, "a case needs a title")
    if on is None or expected is None:
        return None
    return WorkedCase(
        file=source.name,
        line=source.places.of(path).line,
        title=str(entry.get("title", "")),
        criterion=criterion,
        on=on,
        facts=(*given, *facts),
        expected=expected,
        lines=(*given_lines, *lines),
        complete=tuple(entry.get("complete", ())),
        note=str(entry.get("note", "")),
        question=str(entry.get("question", "")),
        decision=str(entry.get("decision", "")),
    )


def _expected_of_one(source: _Source, path: Path, entry: Mapping[str, Any], criterion: str) -> Expected | None:
    if criterion not in source.trial.ids:
        source.report(path, f'"{criterion}" is not a criterion of {source.trial.acronym}')
        return None
    truths = _truths(source, path, {criterion: entry.get("truth")})
    reasons = _reasons(source, path, truths, {criterion: entry["reason"]} if "reason" in entry else {})
    because = {criterion: str(entry["because"])} if "because" in entry else {}
    return Expected(truths, reasons, MappingProxyType(because), _names(entry, "warnings"))


def _person(source: _Source, table: Mapping[str, Any]) -> list[WorkedCase]:
    source.check_keys((), table, _PERSON_KEYS)
    expect, path = table["expect"], ("expect",)
    source.check_keys(path, expect, _EXPECT_KEYS)
    on = _day(source, (), table.get("on"))
    facts, lines = _facts(source, table, (), "facts")
    truths = _truths(source, (*path, "truth"), expect.get("truth", {}))
    for missing in [identifier for identifier in source.trial.ids if identifier not in truths]:
        source.report((*path, "truth"), f"{missing} is missing: of a whole person every criterion is told")
    outcome = _OUTCOMES.get(expect.get("verdict", ""))
    if outcome is None:
        source.report((*path, "verdict"), f"verdict is one of {', '.join(_OUTCOMES)}")
    if not table.get("title") or not table.get("story"):
        source.report((), "a whole person has a title and a story")
    if on is None:
        return []
    expected = Expected(
        truths=truths,
        reasons=_reasons(source, (*path, "reason"), truths, expect.get("reason", {})),
        because=MappingProxyType(dict(expect.get("because", {}))),
        warnings=_names(expect, "warnings"),
        outcome=outcome,
        candidate=bool(expect.get("candidate", False)),
        to_find=_names(expect, "to_find"),
        to_ask=_names(expect, "to_ask"),
        changes=_turns(source, (*path, "changes"), expect.get("changes")),
    )
    whole = WorkedCase(
        source.name, 1, str(table.get("title", "")), "", on, facts, expected, lines,
        tuple(table.get("complete", ())), str(table.get("story", "")).strip(), str(table.get("note", "")),
    )  # fmt: skip
    return [whole]


def _facts(source: _Source, table: Mapping[str, Any], path: Path, key: str) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """The facts of a list, and their lines as the file writes them."""
    where = (*path, key)
    numbers = source.lines_of(where)
    entries = table.get(key, [])
    own = source.places.of(where).line
    facts: list[Fact] = []
    lines: list[str] = []
    for index, entry in enumerate(entries):
        line = numbers[index] if len(numbers) == len(entries) else own
        try:
            facts.append(read_fact(entry, source.trial.vocabulary, "the person", f"{source.name}, line {line}"))
        except NotationError as error:
            source.mistakes.append(Mistake(source.name, line, 0, str(error)))
        text = source.places.lines[line - 1].strip().removesuffix(",")
        lines.append(text if len(numbers) == len(entries) else "")
    return tuple(facts), tuple(lines)


def _day(source: _Source, path: Path, stated: Any) -> date | None:
    if type(stated) is date:
        return stated
    source.report((*path, "on"), "a case is of a day: on = 2026-05-01")
    return None


def _truths(source: _Source, path: Path, table: Mapping[str, Any]) -> Mapping[str, Truth]:
    found: dict[str, Truth] = {}
    for identifier, truth in table.items():
        if identifier not in source.trial.ids:
            source.report((*path, identifier), f'"{identifier}" is not a criterion of {source.trial.acronym}')
        elif truth not in _TRUTHS:
            source.report((*path, identifier), f'the truth of {identifier} is "true", "false" or "unknown"')
        else:
            found[identifier] = _TRUTHS[truth]
    return MappingProxyType(found)


def _reasons(source: _Source, path: Path, truths: Mapping[str, Truth], table: Mapping[str, Any]) -> Mapping[str, str]:
    """Each unknown has its reason, and nothing else has one."""
    for identifier, truth in truths.items():
        if truth is UNKNOWN and table.get(identifier) not in _REASONS:
            source.report((*path, identifier), f"{identifier} is unknown: say why ({', '.join(_REASONS)})")
    for identifier in table:
        if truths.get(identifier) is not UNKNOWN:
            source.report((*path, identifier), f"{identifier} has a reason but is not unknown")
    return MappingProxyType(dict(table))


def _names(table: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    return tuple(table[key]) if key in table else None


def _turns(source: _Source, path: Path, stated: Any) -> tuple[Turn, ...] | None:
    if stated is None:
        return None
    turns: list[Turn] = []
    for item in stated:
        outcome, on = _OUTCOMES.get(item.get("verdict", "")), item.get("on")
        if outcome is None or type(on) is not date:
            source.report(path, f"a change has a day and a verdict ({', '.join(_OUTCOMES)})")
            continue
        turns.append(Turn(on, outcome, bool(item.get("candidate", False))))
    return tuple(turns)
