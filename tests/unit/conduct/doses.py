"""People to decide doses of: the shared facts of NELMAS's own dose cases, with more facts and others left out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import equipoise
from equipoise.conduct.dose_cases import read_dose_cases
from equipoise.conduct.dosing import DoseDecision, decide_dose
from equipoise.eligibility.notation import read_fact
from equipoise.facts import Fact
from equipoise.protocol.check import read_protocol
from equipoise.protocol.load import load_trial, trial_cases
from equipoise.protocol.model import Protocol

FOLDER = Path(equipoise.__file__).parent / "trials" / "nelmas"
NELMAS = load_trial("nelmas")
ON = date(2026, 6, 1)
_CASES = read_dose_cases(NELMAS, trial_cases("nelmas", "doses"))
# Of the first case of each file: nothing stands against the dose. The second dose is due on 25 May to 8 June 2026.
SECOND, FIRST = (
    tuple(replace(fact, person="P-1") for fact in next(case.shared for case in _CASES if case.file == file))
    for file in ("blood.toml", "first.toml")
)


def fact(on: str | date | None = None, **stated: Any) -> Fact:
    """One fact in the notation of worked cases: fact("2026-05-28", platelets="74 10*9/L")."""
    days = {} if on is None else {"on": date.fromisoformat(on) if isinstance(on, str) else on}
    decimals = {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in stated.items()}
    return read_fact({**decimals, **days}, NELMAS.vocabulary, "P-1", "test")


def event(term: str, start: str, end: str, **fields: Any) -> Fact:
    """An adverse event with its days ("ongoing": it goes on)."""
    ended = end if end == "ongoing" else date.fromisoformat(end)
    entry = {"adverse_event": {"term": term, **fields}, "from": date.fromisoformat(start), "to": ended}
    return read_fact(entry, NELMAS.vocabulary, "P-1", "test")


def without(facts: Iterable[Fact], *concepts: str) -> list[Fact]:
    return [each for each in facts if each.concept not in concepts]


def decide(
    *more: Fact, facts: Iterable[Fact] = SECOND, on: date = ON, cycle: int | None = None, trial: Protocol = NELMAS
) -> DoseDecision:
    return decide_dose(trial, "P-1", [*facts, *more], on, cycle)


@cache
def changed(*changes: tuple[str, str, str], more: str = "") -> Protocol:
    """NELMAS with texts of its files changed (file, what, into what), and more lines of treatment.toml."""
    files = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}
    for name, old, new in changes:
        text = files[name].decode()
        assert old in text, old
        files[name] = text.replace(old, new).encode()
    files["treatment.toml"] += more.encode()
    protocol, mistakes = read_protocol("nelmas", files)
    assert protocol is not None, mistakes
    return protocol
