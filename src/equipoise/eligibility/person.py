"""Screening by the reference: each person's facts on a day, against every criterion, with evidence."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..facts import Fact, Reading, Unread
from ..faults import Fault
from ..protocol.model import Protocol
from ..rules.case import build_case
from .verdict import Outcome, Verdict, decide


def screen_person(
    trial: Protocol, person: str, facts: Iterable[Fact], on: date, complete: Iterable[str] = ()
) -> Verdict:
    """The verdict about one person on a day.

    complete: names of concepts of which the source holds all there is; the verdict lists it as an assumption.
    Raises Fault when a name is not a concept of the trial.
    """
    return decide(person, on, trial, build_case(facts, on, trial.vocabulary, checked(trial, complete)))


def checked(trial: Protocol, complete: Iterable[str]) -> frozenset[str]:
    """The names, once it is sure that the trial knows them all."""
    names = frozenset(complete)
    for name in sorted(names - trial.vocabulary.keys()):
        raise Fault(f'"{name}" (declared complete) is not a concept of {trial.acronym}: {", ".join(trial.vocabulary)}.')
    return names


@dataclass(frozen=True, slots=True)
class Screening:
    """Everybody's verdicts on one day, and what the readers could not read. Frozen; prints well; turns into a frame."""

    trial: Protocol = field(repr=False)
    on: date
    verdicts: tuple[Verdict, ...]
    unread: tuple[Unread, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.verdicts)

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __getitem__(self, person: str) -> Verdict:
        """The verdict about one person. Raises KeyError."""
        for verdict in self.verdicts:
            if verdict.person == person:
                return verdict
        raise KeyError(person)

    def count(self, outcome: Outcome) -> int:
        return sum(1 for verdict in self.verdicts if verdict.outcome is outcome)

    @property
    def candidates(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.candidate)

    def __str__(self) -> str:
        people = "person" if len(self) == 1 else "people"
        numbers = ", ".join(f"{self.count(outcome)} {outcome.value}" for outcome in Outcome)
        head = f"{self.trial.acronym} on {self.on.isoformat()}: {len(self)} {people}"
        return f"{head}: {numbers} ({len(self.candidates)} candidates)"

    def rows(self) -> list[dict[str, Any]]:
        """One flat row a person: verdict, candidate, each criterion's truth, to_find, to_ask, next_change."""
        return [_row(verdict) for verdict in self.verdicts]

    def to_frame(self) -> Any:
        """The rows as a pandas DataFrame. Raises ImportError when pandas is not installed."""
        import pandas

        return pandas.DataFrame(self.rows())


def _row(verdict: Verdict) -> dict[str, Any]:
    changes = verdict.changes
    return {
        "person": verdict.person,
        "on": verdict.on.isoformat(),
        "verdict": verdict.outcome.value,
        "candidate": verdict.candidate,
        **{judgement.criterion.id: judgement.truth.value for judgement in verdict.judgements},
        "to_find": "; ".join(need.name for need in verdict.to_find),
        "to_ask": "; ".join(need.name for need in verdict.to_ask),
        "next_change": changes[0].on.isoformat() if changes else "",
        "then": changes[0].outcome.value if changes else "",
        "protocol": verdict.protocol,
    }


def screen(
    trial: Protocol,
    reading: Reading,
    on: date,
    complete: Iterable[str] = (),
    people: Iterable[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Screening:
    """Everybody in a reading (or only `people`, by any of their identifiers), screened on one day.

    progress: called with the number of people done and the number of all.
    Raises Fault for a person or a concept that is not there.
    """
    names = checked(trial, complete)
    by_person = reading.by_person()
    asked = list(by_person) if people is None else [identify(reading, person) for person in people]
    verdicts: list[Verdict] = []
    for number, person in enumerate(asked, 1):
        case = build_case(by_person[person], on, trial.vocabulary, names)
        verdicts.append(decide(person, on, trial, case))
        if progress is not None:
            progress(number, len(asked))
    return Screening(trial, on, tuple(verdicts), reading.unread)


def identify(reading: Reading, asked: str) -> str:
    """The person whom an identifier names, be it one of several. Raises Fault unless it names exactly one."""
    if asked in reading.people:
        return asked
    found = [person for person, others in reading.people.items() if asked in others]
    if len(found) == 1:
        return found[0]
    if found:
        raise Fault(f'"{asked}" is an identifier of {len(found)} people ({", ".join(found)}): name one of these.')
    raise Fault(f'Nobody in these records is identified by "{asked}"; there are {len(reading.people)} people in them.')
