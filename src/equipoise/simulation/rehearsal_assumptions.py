"""assumptions.toml, tables [rehearsal.*] -> what a rehearsal assumes of people, sites and chance, as frozen data.

Every entry has its source, or says that it is ours. The format is told in the head of those tables.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ..concepts import Concept
from ..eligibility.notation import NotationError, read_fact
from ..faults import Fault, Mistake, Mistakes
from ..protocol.load import trial_folder
from ..protocol.model import Protocol
from ..quantities import factor
from ..recruitment.accrual_assumptions import read_accrual
from ..rules.grammar import Language, RuleError, parse
from ..rules.nodes import Rule
from .assumptions import FILE, read_assumptions
from .plans import PeopleAssumptions, Weighed

Weights = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Lab:
    """How a laboratory value of one concept behaves (see the head of [rehearsal.lab])."""

    concept: str
    unit: str
    median: Decimal
    between: Decimal
    within: Decimal
    decimals: int
    limits: tuple[Decimal, Decimal] | None
    depth: Decimal
    depth_sigma: Decimal
    nadir: Decimal
    recovery: Decimal


@dataclass(frozen=True, slots=True)
class Answer:
    """What a visit finds out of one concept: the answer in the notation of the cases, or weights of answers."""

    concept: str
    says: Any
    weights: Weights
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of adverse event: how often, when after the dose (or the randomisation), how grave."""

    term: str
    per_dose: bool
    share: Decimal
    grades: Weights
    days: tuple[int, int]
    lasts: tuple[int, int] | None
    related: bool
    serious: Decimal


@dataclass(frozen=True, slots=True)
class Found:
    """What is entered, in the notation of the cases, and how often as against the others of its table."""

    says: Mapping[str, Any]
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class RehearsalAssumptions:
    """All that a rehearsal assumes.

    numbers: the plain entries by name. recurrences: where the disease comes back -> what is then entered. found: what
    is entered of a consent, a look for the disease and the next treatment. starts, by: the days of the accrual plan.
    """

    people: PeopleAssumptions
    numbers: Mapping[str, Any]
    labs: Mapping[str, Lab]
    answers: Mapping[str, Answer]
    events: tuple[Event, ...]
    recurrences: Mapping[str, Found]
    found: Mapping[str, Found]
    starts: date
    by: date
    sites: int
    target: int

    def share(self, name: str) -> Decimal:
        """A probability, rate or number by its name."""
        return Decimal(self.numbers[name])

    def days(self, name: str) -> tuple[Decimal, Decimal]:
        """Two numbers, by the name of their entry."""
        low, high = self.numbers[name]
        return Decimal(low), Decimal(high)

    @property
    def recurrence_weights(self) -> Weights:
        """Where the disease comes back, and how often."""
        return tuple((name, each.weight) for name, each in self.recurrences.items())

    def weights(self, name: str) -> Weights:
        """Answers and their weights, by the name of their entry."""
        return weights_of(self.numbers[name])


_NUMBERS: Final = {
    "share_entering": "share", "longest_accrual": "number", "days_to_talk": "two", "declines": "share",
    "days_to_screening": "two", "days_to_wait": "number", "misentry": "share", "days_to_correction": "two",
    "wrong_at_entry": "share", "missed_visit": "share", "late_visit": "share", "late_entry": "share",
    "lost_sample": "share", "withdrawals": "number", "withdrawal_scopes": "weights", "losses": "number",
    "recurrence": "steps", "hazard_ratio": "number", "days_to_next_treatment": "number", "between_scans": "share",
    "deaths": "number", "deaths_after_recurrence": "number", "serious_report_hours": "two",
    "days_between_rechecks": "number", "new_consent_after": "number", "opening_every": "number",
}  # fmt: skip
_TABLES: Final = {"traits", "lab", "answer", "event", "recurrence_in", "found"}
# What of [rehearsal.found] is needed where [conduct] has the concept of it.
_FOUND: Final = {
    "consent": "consent", "clear": "assessment", "disease": "assessment", "next_treatment": "next_treatment",
}  # fmt: skip


def load_rehearsal(trial: Protocol, name: str | Path) -> RehearsalAssumptions:
    """The assumptions of a trial's folder. Raises Fault where there are none, and Mistakes with all that is wrong."""
    path = trial_folder(name).joinpath(FILE)
    if not path.is_file():
        raise Fault(f"{trial.acronym} has no {FILE}: a rehearsal has to be told what its people are like.")
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Mistakes([Mistake(FILE, 0, 0, f"this is not TOML: {error}")]) from None
    if "rehearsal" not in table or "accrual" not in table:
        raise Fault(f"{FILE} of {trial.acronym} has no tables [rehearsal.*] and [accrual.*]: a rehearsal needs both.")
    return _Reader(trial).read(table)


def weights_of(table: Mapping[str, Any]) -> Weights:
    return tuple((str(name), Decimal(weight)) for name, weight in table.items())


class _Reader:
    """Walks the tables; every mistake is noted, none stops the reading."""

    def __init__(self, trial: Protocol) -> None:
        self.trial = trial
        self.mistakes: list[Mistake] = []

    def wrong(self, where: str, message: str) -> None:
        self.mistakes.append(Mistake(FILE, 0, 0, f"[rehearsal.{where}]: {message}"))

    def read(self, table: Mapping[str, Any]) -> RehearsalAssumptions:
        rehearsal, accrual = table["rehearsal"], read_accrual(table)
        assert accrual is not None
        numbers = {name: self.number(name, kind, rehearsal) for name, kind in _NUMBERS.items()}
        for strange in rehearsal.keys() - _NUMBERS.keys() - _TABLES:
            self.wrong(strange, "is not an assumption of a rehearsal")
        labs = {name: lab for name, entry in rehearsal.get("lab", {}).items() if (lab := self.lab(name, entry))}
        answers = {name: it for name, entry in rehearsal.get("answer", {}).items() if (it := self.answer(name, entry))}
        events = tuple(it for entry in rehearsal.get("event", []) if (it := self.event(entry)))
        recurrences = self.recurrences(rehearsal.get("recurrence_in", {}))
        found = self.found(rehearsal.get("found", {}))
        people = self.people(table, rehearsal.get("traits", {}))
        if self.mistakes:
            raise Mistakes(self.mistakes)
        return RehearsalAssumptions(
            people, numbers, labs, answers, events, recurrences, found, accrual["starts"], accrual["by"],
            accrual["sites"], accrual["target"],
        )  # fmt: skip

    def sourced(self, where: str, entry: Any) -> bool:
        if not isinstance(entry, Mapping):
            self.wrong(where, "is a table with its entries")
            return False
        if not entry.get("source") and entry.get("ours") is not True:
            self.wrong(where, "needs a source, or ours = true for an assumption of ours")
        return True

    def number(self, name: str, kind: str, table: Mapping[str, Any]) -> Any:
        entry = table.get(name)
        if entry is None:
            self.wrong(name, "is missing")
            return None
        if not self.sourced(name, entry) or not _is_kind(kind, entry.get("is")):
            self.wrong(name, f'"is" is to be {_KIND_WORDS[kind]}')
            return None
        return entry["is"]

    def people(self, table: Mapping[str, Any], traits: Mapping[str, Any]) -> PeopleAssumptions:
        """The people of [people], with the traits of those who are referred, and without its named scenarios."""
        known = read_assumptions(table, self.trial.vocabulary)
        for name in traits.keys() - known.traits.keys():
            self.wrong("traits", f'"{name}" is not a trait of [people]')
        drawn = {name: Weighed(weights_of(weights)) for name, weights in traits.items() if name in known.traits}
        return replace(known, traits={**known.traits, **drawn}, guests=())

    def recurrences(self, table: Mapping[str, Any]) -> dict[str, Found]:
        """Where the disease comes back; one at least where the trial records it."""
        concept = self.trial.conduct.recurrence
        if concept and not table:
            self.wrong("recurrence_in", f"is missing: the trial records {self.trial.vocabulary[concept].label}")
        read = {name: self.entry(f"recurrence_in.{name}", concept, entry) for name, entry in table.items()}
        return {name: each for name, each in read.items() if each is not None}

    def found(self, table: Mapping[str, Any]) -> dict[str, Found]:
        """What is entered by the words of [conduct]: each that the trial has a word for, and no other."""
        for strange in table.keys() - _FOUND.keys():
            self.wrong(f"found.{strange}", f"is none of {', '.join(_FOUND)}")
        read: dict[str, Found] = {}
        for name, act in _FOUND.items():
            concept = getattr(self.trial.conduct, act)
            if concept and (each := self.entry(f"found.{name}", concept, table.get(name))):
                read[name] = each
        return read

    def entry(self, where: str, concept: str, entry: Any) -> Found | None:
        """One entry, tried: what it says has to be a fact of the concept."""
        if not self.sourced(where, entry):
            return None
        says, weight = entry.get("is"), entry.get("weight", 1)
        if not isinstance(says, Mapping) or not _is_kind("number", weight):
            self.wrong(where, 'needs "is", the fields that are entered, and as weight a number from 0')
            return None
        try:
            read_fact({concept: dict(says), "on": date(2000, 1, 1)}, self.trial.vocabulary, "P", "trial")
        except NotationError as error:
            self.wrong(where, str(error))
            return None
        return Found(says, Decimal(weight))

    def concept(self, where: str, name: str) -> Concept | None:
        if name not in self.trial.vocabulary:
            self.wrong(where, f'"{name}" is not a concept of the trial')
        return self.trial.vocabulary.get(name)

    def lab(self, name: str, entry: Any) -> Lab | None:
        where = f"lab.{name}"
        concept = self.concept(where, name)
        if concept is None or not self.sourced(where, entry):
            return None
        try:
            limits = entry.get("limits")
            lab = Lab(
                name, str(entry["unit"]), Decimal(entry["median"]), Decimal(entry["between"]),
                Decimal(entry["within"]), int(entry["decimals"]),
                None if limits is None else (Decimal(limits[0]), Decimal(limits[1])),
                Decimal(entry.get("depth", 0)), Decimal(entry.get("depth_sigma", 0)),
                Decimal(entry.get("nadir", 1)), Decimal(entry.get("recovery", 2)),
            )  # fmt: skip
        except (KeyError, ValueError, ArithmeticError, TypeError, IndexError) as error:
            self.wrong(where, f"has an entry that cannot be read ({error!r})")
            return None
        if factor(lab.unit, concept.unit, concept.molar_mass) is None:
            self.wrong(where, f'"{lab.unit}" is not a unit of {concept.label}')
        if not 0 < lab.nadir < lab.recovery:
            self.wrong(where, "nadir comes before recovery, both in days after a dose")
        return lab

    def answer(self, name: str, entry: Any) -> Answer | None:
        where = f"answer.{name}"
        concept = self.concept(where, name)
        if concept is None or not self.sourced(where, entry) or "is" not in entry:
            self.wrong(where, 'needs "is", the answer')
            return None
        says, weights = entry["is"], Weights()
        if isinstance(says, Mapping) and concept.kind != "record":
            says, weights = None, weights_of(says)
        rule = None
        if "when" in entry:
            try:
                rule = parse(str(entry["when"]), Language(self.trial.vocabulary, self.trial.moments))
            except RuleError as error:
                self.wrong(where, error.message)
        return Answer(name, says, weights, rule)

    def event(self, entry: Mapping[str, Any]) -> Event | None:
        where = f"event {entry.get('term', '')}"
        try:
            lasts = entry.get("lasts")
            event = Event(
                str(entry["term"]), entry.get("per", "dose") == "dose", Decimal(entry["share"]),
                weights_of(entry["grades"]), (int(entry["days"][0]), int(entry["days"][1])),
                None if lasts is None else (int(lasts[0]), int(lasts[1])),
                bool(entry.get("related", False)), Decimal(entry.get("serious", 0)),
            )  # fmt: skip
        except (KeyError, ValueError, ArithmeticError, TypeError, IndexError) as error:
            self.wrong(where, f"has an entry that cannot be read ({error!r})")
            return None
        self.sourced(where, entry)
        concept = self.trial.vocabulary.get(self.trial.conduct.adverse_event)
        words = self.trial.safety.event
        terms = concept.fields[words.term].answers if concept is not None and words is not None else {}
        if event.term not in terms:
            self.wrong(where, "is not a term of the trial's adverse events")
        return event


_KIND_WORDS: Final = {
    "share": "a probability from 0 to 1", "number": "a number from 0", "two": "two numbers from 0",
    "weights": "a table of weights", "steps": "a list of [until, rate]",
}  # fmt: skip


def _is_kind(kind: str, value: Any) -> bool:
    def is_number(each: Any) -> bool:
        return isinstance(each, int | Decimal) and not isinstance(each, bool) and each >= 0

    match kind:
        case "share":
            return is_number(value) and value <= 1
        case "number":
            return is_number(value)
        case "two":
            return isinstance(value, list) and len(value) == 2 and all(map(is_number, value))
        case "weights":
            return isinstance(value, Mapping) and bool(value) and all(map(is_number, value.values()))
        case _:
            return isinstance(value, list) and all(
                isinstance(each, list) and len(each) == 2 and all(map(is_number, each)) for each in value
            )
