"""What people were like on the day of their randomisation: subgroups, and the values of the baseline table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from ..concepts import Concept
from ..dates import Span, completed_years
from ..facts import Choice, Fact, is_record
from ..participant.record import Participant
from ..protocol.comparisons import Baseline, Subgroup
from ..protocol.model import Protocol
from ..quantities import Quantity, converted
from ..rules.because import because
from ..rules.case import Case, build_case, latest_of
from ..rules.evaluate import evaluate
from ..rules.selecting import select
from ..truth import TRUE

_BIRTH: Final = "birth_date"


# ---------------------------------------------------------------- subgroups
class Part(NamedTuple):
    """The part of a subgroup that a person belongs to; "" while it cannot be told, and why."""

    level: str
    why: str = ""


def parts_of_subgroup(trial: Protocol, people: Iterable[Participant], subgroup: Subgroup) -> dict[str, Part]:
    """person -> the level that they were of at randomisation: the one whose rule is true and no other's may be."""
    return {each.person: _part(at_randomisation(trial, each), subgroup, trial) for each in people if each.allocation}


def at_randomisation(trial: Protocol, person: Participant) -> Case:
    """The facts of somebody randomised as they stand for the day of the randomisation."""
    assert person.allocation is not None
    return build_case(person.facts, person.allocation.on, trial.vocabulary)


def _part(case: Case, subgroup: Subgroup, trial: Protocol) -> Part:
    found = [(level, evaluate(level.rule, case)) for level in subgroup.levels]
    true = [level.id for level, finding in found if finding.truth is TRUE]
    if len(true) == 1:
        return Part(true[0])
    return Part("", "; ".join(dict.fromkeys(because(finding, trial.vocabulary) for _, finding in found)))


# ---------------------------------------------------------------- values
class Value(NamedTuple):
    """The value of one variable of one person: a number in the variable's unit, or an answer; neither when missing."""

    number: float | None = None
    answer: str = ""

    @property
    def missing(self) -> bool:
        return self.number is None and not self.answer


_MISSING: Final = Value()


def values_of(trial: Protocol, people: Iterable[Participant], variable: Baseline) -> dict[str, Value]:
    """person -> the value as it stood on the day of the randomisation; of a range, its middle."""
    return {each.person: _value(trial, each, variable) for each in people if each.allocation}


def _value(trial: Protocol, person: Participant, variable: Baseline) -> Value:
    assert person.allocation is not None
    case = at_randomisation(trial, person)
    if variable.look is None:
        return _age(case, person.allocation.on.toordinal())
    concept = concept_of_variable(trial, variable)
    facts = select(variable.look, case).sure
    values = [value for fact in facts if (value := _stated(fact, variable.look.field, concept)) is not _MISSING]
    if variable.look.selector in ("highest", "lowest"):
        return _extreme(values, concept, variable.look.selector == "highest")
    last = [_stated(fact, variable.look.field, concept) for fact in latest_of(facts)]
    return last[0] if len(set(last)) == 1 else _MISSING


def concept_of_variable(trial: Protocol, variable: Baseline) -> Concept:
    """The concept, or field of a record, whose value the variable is; of the age, the date of birth."""
    if variable.look is None:
        return trial.vocabulary[_BIRTH]
    concept = trial.vocabulary[variable.look.concept]
    return concept.fields[variable.look.field] if variable.look.field else concept


def _age(case: Case, on: int) -> Value:
    born = [fact.value for fact in case.of(_BIRTH) if isinstance(fact.value, Span)]
    ages = {completed_years(day, on) for span in born for day in (span.lo, span.hi)}
    return Value(float(ages.pop())) if len(ages) == 1 else _MISSING


def _stated(fact: Fact, field: str, concept: Concept) -> Value:
    value = fact.value
    if field:
        value = value.get(field) if is_record(value) else None
    if fact.doubt or value is None:
        return _MISSING
    if isinstance(value, Choice):
        return Value(None, " and ".join(concept.answer_label(each) for each in sorted(value.answers)))
    return _number(value, concept) if isinstance(value, Quantity) else _MISSING


def _number(quantity: Quantity, concept: Concept) -> Value:
    into = converted(quantity, concept.unit, concept.molar_mass)
    ends = [] if into is None else [float(end) for end in (into.lo, into.hi) if end is not None]
    return Value(sum(ends) / len(ends)) if ends else _MISSING


def _extreme(values: Sequence[Value], concept: Concept, highest: bool) -> Value:
    """The highest (lowest) number; of answers, the last (first) in the order of the concept's own answers."""
    order = list(concept.answers.values())
    pick = max if highest else min
    if not values:
        return _MISSING
    if values[0].answer:
        return pick(values, key=lambda value: order.index(value.answer) if value.answer in order else -1)
    return pick(values, key=lambda value: value.number or 0.0)


# ---------------------------------------------------------------- the table
@dataclass(frozen=True, slots=True)
class Summary:
    """One variable in one group: how many have it, and what it is like.

    median, quartiles (by linear interpolation, numpy's default and R's type 7), lowest, highest: of numbers; None of
    answers, or where nobody has one. counts: answer -> people, in the order of the concept's answers; () of numbers.
    """

    known: int
    missing: int
    median: float | None = None
    quartiles: tuple[float, float] | None = None
    extremes: tuple[float, float] | None = None
    counts: tuple[tuple[str, int], ...] = ()


def summary(values: Iterable[Value], concept: Concept | None = None) -> Summary:
    """What a group is like. concept: gives its answers their order, those that nobody has among them."""
    values = list(values)
    numbers = np.array([value.number for value in values if value.number is not None], dtype=np.float64)
    answers = [value.answer for value in values if value.answer]
    missing = len(values) - len(numbers) - len(answers)
    if len(numbers):
        low, middle, high = (float(each) for each in np.quantile(numbers, [0.25, 0.5, 0.75]))
        return Summary(len(numbers), missing, middle, (low, high), (float(numbers.min()), float(numbers.max())))
    listed = concept.answers.values() if concept is not None and concept.kind != "quantity" else ()
    names = dict.fromkeys((*listed, *sorted(set(answers))))
    return Summary(len(answers), missing, counts=tuple((name, answers.count(name)) for name in names))


def baseline_table(
    trial: Protocol, people: Iterable[Participant], variables: Iterable[Baseline] | None = None
) -> Iterator[tuple[Baseline, Mapping[str, Summary]]]:  # fmt: skip
    """Each variable with its summary by arm (its id) and of everybody (""); of the people, those randomised count."""
    everybody = [each for each in people if each.allocation is not None]
    arms = [arm.id for arm in trial.arms]
    for variable in variables if variables is not None else trial.analysis.baseline:
        values, concept = values_of(trial, everybody, variable), concept_of_variable(trial, variable)
        groups = {arm: [values[each.person] for each in everybody if _arm(each) == arm] for arm in arms}
        yield variable, {name: summary(group, concept) for name, group in {**groups, "": [*values.values()]}.items()}


def _arm(person: Participant) -> str:
    return person.allocation.arm if person.allocation is not None else ""
