"""Where everybody stands: what the table, the data and the page of one person say alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..conduct.schedule import DueVisit
from ..conduct.visit_words import due_words
from ..participant.moves import BEFORE_ENTRY, MOVES, Standing, may
from ..participant.record import Participant
from ..trial import Trial
from .visits_words import PersonVisits, VisitList, to_do

BLIND = "hidden"  # what stands in the place of an arm
EXCLUDED = "excluded"  # where somebody stands who does not enter, whatever came before


class StandingRow(NamedTuple):
    """One person: where they stand and since when, the arm ("" before it, or hidden), and what is due next."""

    person: str
    site: str
    standing: str
    since: date
    arm: str
    due: DueVisit | None


@dataclass(frozen=True, slots=True)
class Standings:
    """Everybody's rows as of a day, by what the ledger says up to `position`, written at `at`.

    blind: nothing in them tells an arm. other_version: the protocol that the ledger was under, if it is another by now.
    """

    trial: Trial
    on: date
    rows: tuple[StandingRow, ...]
    blind: bool

    @property
    def position(self) -> int:
        return self.trial.state.head

    @property
    def at(self) -> str:
        return self.trial.state.at

    @property
    def synthetic(self) -> bool:
        return bool(self.trial.state.settings.get("synthetic"))

    @property
    def other_version(self) -> str:
        digest = self.trial.state.protocol
        return "" if digest == self.trial.protocol.digest else digest


def standings_of(trial: Trial, on: date, blind: bool = False, only: str = "") -> Standings:
    """The standings of everybody, or of one person, as of a day, by the state that the door holds."""
    identified = _identified(trial)
    known = [trial.person(only)] if only else list(trial.state.people.values())
    rows = [_row(trial, each, on, blind, identified[each.person]) for each in known if identified[each.person] <= on]
    return Standings(trial, on, tuple(rows), blind)


def _identified(trial: Trial) -> dict[str, date]:
    """On which day everybody came to the trial's notice."""
    entries = trial.store.of(kinds=("identified",), until=trial.state.head)
    return {entry.subject: date.fromisoformat((entry.body or {"on": entry.at[:10]})["on"]) for entry in entries}


def _row(trial: Trial, known: Participant, on: date, blind: bool, identified: date) -> StandingRow:
    standing, since = standing_since(known, on, identified, blind)
    shut = known.excluded
    left = date.fromisoformat(shut.body["on"]) if shut is not None and shut.body is not None else None
    if standing in BEFORE_ENTRY and left is not None and left <= on:
        return StandingRow(known.person, known.site, EXCLUDED, left, "", None)
    arm = known.allocation.arm if known.allocation is not None and known.allocation.on <= on else ""
    due = next((line.due for line in to_do(visit_list(trial, [known], on, blind))), None)
    return StandingRow(known.person, known.site, standing.value, since, BLIND if arm and blind else arm, due)


def standing_since(known: Participant, on: date, identified: date, blind: bool = False) -> tuple[Standing, date]:
    """Where a person stands on a day, and since when. blind: who is on treatment counts as randomised only."""
    standing, since = Standing.IDENTIFIED, identified
    for move in known.moves:
        if move.on > on or not may(move.act, standing):
            continue
        to = MOVES[move.act].leads(standing)
        hidden = blind and to is Standing.ON_TREATMENT
        if to is not standing and not hidden:
            since = move.on
        standing = to
    return (Standing.RANDOMISED if blind and standing is Standing.ON_TREATMENT else standing), since


def visit_list(trial: Trial, people: Iterable[Participant], on: date, blind: bool = False) -> VisitList:
    """The visits of these people as of a day; blind: only those that every arm has."""
    visits = [PersonVisits(each.person, _visits(trial, each.person, on, blind), each.site) for each in people]
    return VisitList(trial.protocol, on, tuple(visits), bool(trial.state.settings.get("synthetic")))


def _visits(trial: Trial, person: str, on: date, blind: bool) -> tuple[DueVisit, ...]:
    found = trial.visits(person, on)
    return tuple(due for due in found if not blind or due.visit is None or due.visit.is_for(""))


def next_words(due: DueVisit | None) -> str:
    """What is due next: "dose 2, due 3 May 2026 (26 April to 10 May), overdue"; "—" for nothing."""
    return "—" if due is None else f"{due.label}, {due_words(due)}, {due.status}"
