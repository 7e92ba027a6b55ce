"""Worked outcomes: what is known of somebody randomised, and the row that each endpoint must give; read and run.

    [[case]]
    title = "recurrence in the liver"
    facts = [{ recurrence = { liver = "yes", confirmed = "yes" }, on = 2026-09-02 }]
    acts = [{ withdrawn = "all", on = 2026-12-01 }]
    dfs = { event = "event", days = 184, what = "recurrence" }

Facts are written as in the cases of criteria (eligibility.notation); acts by the names of the ledger's kinds.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ..eligibility.notation import NotationError, read_fact
from ..fact_data import fact_data
from ..facts import Fact
from ..faults import Mistake, Mistakes
from ..ledger.entry import Entry
from ..participant.record import Participant, after, body_of, identified, words_of
from ..protocol.model import Protocol
from ..protocol.places import Path, Places, places
from .endpoints import row_of
from .rows import COMPETING, EVENT, Row

_FILE_KEYS: Final = {"about", "randomised", "cut", "arm", "facts", "case"}
_CASE_KEYS: Final = {"title", "randomised", "cut", "arm", "facts", "without", "acts", "note"}
# The kinds of acts, and what is stated of each beside its day.
_ACTS: Final = {
    "withdrawn": "scope", "visit": "slot", "follow_up_began": "", "lost": "", "found_again": "", "completed": "",
}  # fmt: skip
_EXPECTED: Final = {"event", "days", "entry", "what", "why", "interval", "left_out", "flags", "open"}
_EVENTS: Final = {0: "censored", EVENT: "event", COMPETING: "competing"}


@dataclass(frozen=True, slots=True)
class OutcomeCase:
    """Facts and acts of somebody, and what must come out. expected: endpoint -> the parts of its row that matter."""

    file: str
    line: int
    about: str
    title: str
    randomised: date
    cut: date
    arm: str
    facts: tuple[Fact, ...]
    acts: tuple[Mapping[str, Any], ...]
    expected: Mapping[str, Mapping[str, Any]]
    note: str = ""

    @property
    def name(self) -> str:
        """The file's name without its ending, and the title."""
        return f"{self.file.removesuffix('.toml')}: {self.title}"


# ---------------------------------------------------------------- running
def person_of(trial: Protocol, case: OutcomeCase) -> Participant:
    """The person of the case, as their ledger would be folded."""
    words, known = words_of(trial), identified(_entry(1, "identified", {"on": case.randomised.isoformat()}))
    for entry in _entries(trial, case):
        known = after(known, entry, words)
    return known


def outcome_rows(trial: Protocol, case: OutcomeCase) -> dict[str, Row]:
    """endpoint -> the row of the case, of every endpoint that it expects something of."""
    person = person_of(trial, case)
    return {name: row_of(trial, person, trial.analysis.endpoint(name), case.cut) for name in case.expected}


def run_outcome_case(trial: Protocol, case: OutcomeCase) -> list[str]:
    """Every difference between the rows and what is expected; none when they are as expected."""
    rows = outcome_rows(trial, case)
    return [
        f"{name}: {key}: expected {wanted} but it is {got}"
        for name, expected in case.expected.items()
        for key, wanted in expected.items()
        if (got := _part(rows[name], key)) != wanted
    ]


def _part(row: Row, key: str) -> Any:
    match key:
        case "event":
            return _EVENTS[row.event]
        case "interval":
            return [end for end in row.interval if end is not None]
        case "left_out":
            return bool(row.left_out)
        case "flags":
            return list(row.flags)
        case "open":
            return len(row.open)
        case _:
            return getattr(row, key)


def _entries(trial: Protocol, case: OutcomeCase) -> Iterator[Entry]:
    """The way into the trial on one day, then the facts in the order of the file, the acts, and a death."""
    seqs: dict[str, int] = {}
    on = case.randomised.isoformat()
    consent = {"concept": trial.conduct.consent, "value": {"record": {}}, "when": on}
    levels = {factor.id: factor.levels[0].id for factor in trial.allocation.factors}
    allocation = {"on": on, "arm": case.arm, "number": 1, "levels": levels}
    randomised = {"concept": trial.conduct.randomisation, "value": {"date": on}, "when": on}
    steps = [
        ("fact", consent), ("screened", {"on": on}), ("eligible", {"on": on}), ("randomised", allocation),
        ("fact", randomised),
    ]  # fmt: skip
    for seq, (kind, body) in enumerate(steps, start=2):
        yield _entry(seq, kind, body)
    died = [fact for fact in case.facts if fact.concept == trial.conduct.death]
    for seq, each in enumerate([*(fact for fact in case.facts if fact not in died), *case.acts, *died], start=10):
        if isinstance(each, Fact):
            seqs[each.id] = seq
            target = seqs.get(each.supersedes, 0) if each.supersedes else 0
            yield _entry(seq, "fact", body_of(fact_data(each)), target)
        else:
            kind = next(key for key in each if key in _ACTS)
            extra = {_ACTS[kind]: each[kind], "done": True} if _ACTS[kind] else {}
            yield _entry(seq, kind, {"on": each["on"].isoformat(), **extra})


def _entry(seq: int, kind: str, body: Mapping[str, Any], target: int = 0) -> Entry:
    concept = str(body.get("concept", ""))
    return Entry(
        seq, "", "", "", "", kind, 1, "the person", concept, target, "", None, "", body, None, "", "", ""
    )  # fmt: skip


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
        for key in sorted(table.keys() - known):
            self.report((*path, key), f'"{key}" means nothing here; there are: {", ".join(sorted(known))}')

    def facts(self, path: Path, entries: Any) -> tuple[Fact, ...]:
        found: list[Fact] = []
        for number, entry in enumerate(entries, 1):
            try:
                found.append(read_fact(entry, self.trial.vocabulary, "the person", f"{self.name}, fact {number}"))
            except NotationError as error:
                self.report(path, f"fact {number}: {error}")
        return tuple(found)


def read_outcome_cases(trial: Protocol, files: Mapping[str, bytes]) -> tuple[OutcomeCase, ...]:
    """The cases of the files (name -> content), by name. Raises Mistakes, which names every fault with its line."""
    mistakes: list[Mistake] = []
    cases = [case for name in sorted(files) for case in _cases(trial, name, files[name], mistakes)]
    if mistakes:
        raise Mistakes(mistakes)
    return tuple(cases)


def _cases(trial: Protocol, name: str, content: bytes, mistakes: list[Mistake]) -> Iterator[OutcomeCase]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        source = _Source(name, tomllib.loads(text, parse_float=Decimal), places(text), trial, mistakes)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        mistakes.append(Mistake(name, 0, 0, f"this is not TOML: {error}"))
        return
    source.check_keys((), source.table, _FILE_KEYS)
    if not source.table.get("about"):
        source.report((), "a file of outcomes says what it is about")
    shared = source.facts(("facts",), source.table.get("facts", ()))
    for index, entry in enumerate(source.table.get("case", ())):
        case = _case(source, ("case", str(index)), entry, shared)
        if case is not None:
            yield case


def _case(source: _Source, path: Path, entry: Mapping[str, Any], shared: tuple[Fact, ...]) -> OutcomeCase | None:
    endpoints = {each.id for each in source.trial.analysis.endpoints}
    source.check_keys(path, entry, _CASE_KEYS | endpoints)
    stated = {key: entry.get(key, source.table.get(key)) for key in ("randomised", "cut", "arm")}
    if not entry.get("title"):
        source.report(path, "a case needs a title")
    good = True
    for key in ("randomised", "cut"):
        if type(stated[key]) is not date:
            source.report(path, f"a case needs {key}, a day: {key} = 2026-03-02")
            good = False
    if stated["arm"] not in {arm.id for arm in source.trial.arms}:
        source.report(path, "a case needs an arm of protocol.toml")
    acts = tuple(entry.get("acts", ()))
    for act in acts:
        if "on" not in act or len(act.keys() & _ACTS.keys()) != 1:
            source.report((*path, "acts"), f"an act is one of {', '.join(_ACTS)}, and has its day: on = 2026-09-01")
            good = False
    expected = {key: entry[key] for key in entry if key in endpoints}
    if not expected:
        source.report(path, f"a case expects something of an endpoint: {', '.join(sorted(endpoints))}")
    for key, parts in expected.items():
        source.check_keys((*path, key), parts, _EXPECTED)
        good = good and not parts.keys() - _EXPECTED
    without = set(entry.get("without", ()))
    own = source.facts((*path, "facts"), entry.get("facts", ()))
    if not good:
        return None
    facts = (*(fact for fact in shared if fact.concept not in without), *own)
    return OutcomeCase(
        source.name, source.places.of(path).line, str(source.table.get("about", "")), str(entry.get("title", "")),
        stated["randomised"], stated["cut"], str(stated["arm"]), facts, acts, expected, str(entry.get("note", "")),
    )  # fmt: skip
