"""Who of those randomised belongs to a population of the plan, and why somebody does not."""

from collections.abc import Iterable, Set
from datetime import date
from typing import NamedTuple

from ..faults import Fault
from ..participant.record import Participant
from ..protocol.comparisons import Population
from ..protocol.model import Protocol
from ..rules.because import because
from ..rules.case import build_case
from ..rules.evaluate import evaluate
from ..truth import TRUE
from .endpoints import was_randomised


class Member(NamedTuple):
    """Somebody randomised: do they belong to the population, and if not, why ("" otherwise)."""

    person: str
    arm: str
    inside: bool
    why: str = ""


def members(
    trial: Protocol, people: Iterable[Participant], population: Population, cut: date,
    deviating: Set[str] | None = None,
) -> tuple[Member, ...]:  # fmt: skip
    """Everybody randomised by the cut, with whether they belong.

    deviating: the people with a deviation of the population's severity, which whoever knows the conduct hands in.
    Raises Fault when the population needs that list and there is none.
    """
    if population.without_deviations and deviating is None:
        severity = population.without_deviations
        raise Fault(f'The population "{population.label}" needs the list of {severity} deviations: hand it in.')
    return tuple(
        _member(trial, each, population, cut, deviating or frozenset()) for each in people if was_randomised(each, cut)
    )


def _member(
    trial: Protocol, person: Participant, population: Population, cut: date, deviating: Set[str]
) -> Member:  # fmt: skip
    assert person.allocation is not None
    arm = person.allocation.arm
    if population.without_deviations and person.person in deviating:
        return Member(person.person, arm, False, f"there is a deviation that is {population.without_deviations}")
    if population.rule is None or (population.arms and arm not in population.arms):
        return Member(person.person, arm, True)
    finding = evaluate(population.rule, build_case(person.facts, cut, trial.vocabulary))
    if finding.truth is TRUE:
        return Member(person.person, arm, True)
    return Member(person.person, arm, False, because(finding, trial.vocabulary))
