"""A protocol deviation, and one person as the rules that find deviations see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal, NamedTuple

from ..dates import day_text
from ..eligibility.person import screen_person
from ..eligibility.verdict import Verdict
from ..facts import Fact
from ..ledger.entry import Entry
from ..participant.moves import Standing
from ..participant.record import FACT_ID, Participant, day_of
from ..participant.state import State
from ..protocol.model import Protocol
from ..rules.case import Case, build_case
from .schedule import DueVisit, due_visits
from .standing import anchors_of, cycle_of, doses_given, ended_of, extended_of, holds_of, visit_records

Severity = Literal["important", "minor"]
LATE_AFTER: Final = 14  # days after which a visit is entered late: ours


class Deviation(NamedTuple):
    """One departure from the protocol, as a rule found it.

    kind: the id of a row of KINDS, which also says how grave it is. rule: what was departed from, by its own id: a
    criterion, a slot, a clock, a rule of the treatment; else the kind. entries: the numbers of those that show it.
    tells_arm: somebody blinded could tell the arm by it.
    """

    person: str
    site: str
    on: date
    kind: str
    severity: Severity
    sentence: str
    entries: tuple[int, ...]
    rule: str
    tells_arm: bool


class Found(NamedTuple):
    """What one rule finds of one person; the table adds who, the kind and how grave it is."""

    on: date
    sentence: str
    entries: tuple[int, ...]
    rule: str = ""
    tells_arm: bool = False


class Given(NamedTuple):
    """One dose: which one it says it is, its day, and the entry that records it."""

    fact: Fact
    cycle: int
    on: date
    entry: int


@dataclass(frozen=True)
class Seen:
    """One person as things had happened by the day `on`, with what the state says of the trial around them.

    late_after: days after which what is not entered counts as late.
    """

    known: Participant
    state: State
    trial: Protocol
    on: date
    late_after: int = LATE_AFTER

    @property
    def person(self) -> str:
        return self.known.person

    @cached_property
    def due(self) -> tuple[DueVisit, ...]:
        """Every visit with its status; windows are extended where a hold for a toxicity is recorded."""
        known, trial, arm = self.known, self.trial, self.known.allocation.arm if self.known.allocation else ""
        recurred = [day for fact in known.of_concept(trial.conduct.recurrence) if (day := day_of(fact)) <= self.on]
        return due_visits(
            trial.schedule, arm, anchors_of(known, trial, self.on), visit_records(known), self.on,
            ended_of(known, self.on), min(recurred, default=None), extended_of(known, trial),
        )  # fmt: skip

    def holds(self, cycle: int) -> tuple[Entry, ...]:
        """The signed decisions that held a dose because of a toxicity."""
        return holds_of(self.known, self.trial, cycle)

    @cached_property
    def doses(self) -> tuple[Given, ...]:
        """The doses, in order of time."""
        return tuple(
            Given(dose, cycle_of(dose), day_of(dose), number_in(dose))
            for dose in doses_given(self.known, self.trial, self.on)
        )

    @cached_property
    def at_entry(self) -> Verdict | None:
        """The verdict as of the day of the randomisation, made again of the facts as they stand now."""
        allocation = self.known.allocation
        if allocation is None:
            return None
        return screen_person(self.trial, self.person, self.known.facts, allocation.on)

    def case(self, on: date) -> Case:
        return build_case(self.known.facts, on, self.trial.vocabulary)

    @cached_property
    def consented(self) -> date | None:
        """The day of the first consent that stands."""
        return min((day_of(fact) for fact in self.known.of_concept(self.trial.conduct.consent)), default=None)

    @cached_property
    def lost_since(self) -> date | None:
        """Since when nobody can reach the person; None while somebody can."""
        return self.known.moved("lose") if self.known.standing is Standing.LOST else None

    @cached_property
    def telling(self) -> frozenset[int]:
        """The entries by which somebody blinded could tell the arm: of doses, and of what only some arms have."""
        schedule = self.trial.schedule.visits
        ours = {name for visit in schedule if visit.arms for name in visit.collects}
        names = (ours | self.state.words.doses) - {
            name for visit in schedule if not visit.arms for name in visit.collects
        }
        facts = [number_in(fact) for fact in self.known.facts if fact.concept in names]
        acts = [entry.seq for entry in self.known.of("dose_decided", "dose_overridden")]
        visits = [due.record.entry for due in self.due if due.visit and due.visit.arms and due.record is not None]
        return frozenset([*facts, *acts, *visits]) - {0}

    def is_treated(self) -> bool:
        """Does the person's arm get the treatment?"""
        allocation = self.known.allocation
        return allocation is not None and allocation.arm in self.trial.treatment.arms


def number_in(fact: Fact) -> int:
    """The number of the entry of a fact; 0 of one that stands in no ledger."""
    number = fact.id.removeprefix(FACT_ID)
    return int(number) if number.isdigit() else 0


def evidence(facts: Iterable[Fact], *entries: int) -> tuple[int, ...]:
    """The numbers of the entries that show something, each once, in order."""
    return tuple(sorted({*(number for fact in facts if (number := number_in(fact))), *entries}))


def on_text(day: date) -> str:
    return f"on {day_text(day)}"
