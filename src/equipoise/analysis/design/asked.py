"""A design as it is asked for, and the answer: people, events over calendar time, power of each test, looks.

Times are months. One answer is made for a scenario and either a wanted power (how many people?) or a number of people
(which power?).
"""

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, exp, inf, isfinite, sqrt
from typing import Final, NamedTuple

from scipy.special import ndtr, ndtri

from ...faults import Fault
from .checks import not_negative, positive
from .conditional import (
    conditional_power,
    conditional_power_of_plan,
    information_of_events,
    predictive_power,
    trend,
)
from .hazards import surviving, treated, yearly_loss
from .power import fixed_time_power, logrank_people, logrank_power, rmst_power
from .recursion import crossing
from .scenario import Scenario, expected_events, time_of_events
from .sequential import Futility, Plan, Rule, plan
from .size import METHODS, Method, Size, drift_of, even, size

LONGEST: Final = 600  # months of accrual and follow-up together


class Premise(NamedTuple):
    """One thing that a design rests on, as people read it; `ours`: the trial never published it."""

    label: str
    text: str
    source: str = ""
    ours: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. control: the share without an event at the time `at` in the control arm; delay: months without
    effect. alpha: of all sides. loss: share of people lost in a year. people: None where their number is wanted.
    looks: shares of the information, with the rule by which is stopped for benefit; None: only one, at the end.
    seen: z (above 0 where the experimental arm does better) and events at a look.
    """

    control: float
    at: float
    hazard_ratio: float
    alpha: float
    sides: int
    power: float
    method: Method
    accrual: float
    followup: float
    loss: float = 0.0
    delay: float = 0.0
    ratio: float = 1.0
    people: int | None = None
    looks: tuple[float, ...] | None = None
    rule: Rule | None = None
    futility: Futility | None = None
    seen: tuple[float, float] | None = None
    premises: tuple[Premise, ...] = ()

    @property
    def one_sided(self) -> float:
        return self.alpha / self.sides

    @property
    def scenario(self) -> Scenario:
        """Raises Fault."""
        if self.accrual + self.followup > LONGEST:
            raise Fault(f"Accrual and follow-up together last at most {LONGEST} months.")
        base = surviving(self.control, self.at)
        other = treated(base, self.hazard_ratio, self.delay)
        return Scenario(base, other, self.accrual, self.followup, yearly_loss(self.loss), self.ratio)


class TestPower(NamedTuple):
    """The power of one test, or why it has none."""

    test: str
    power: float | None
    why: str = ""


class Month(NamedTuple):
    """What is expected by a month: people in, events in the control and in the experimental arm."""

    month: float
    entered: float
    control: float
    experimental: float


class Standing(NamedTuple):
    """What the data at a look say of the end. information: share of the events that are expected by the analysis.

    assumed, none, trend: the conditional power with the effect of the design, with none, and with that seen so far;
    predictive: over all effects that the data leave possible, when nothing was known before.
    """

    z: float
    events: float
    information: float
    assumed: float
    none: float
    trend: float
    predictive: float


class LookAt(NamedTuple):
    """One look: after so many events, in which month, with which boundaries, and how likely it stops there.

    upper, lower: z; None where there is none. ratio_upper, ratio_lower: the observed hazard ratio there, about.
    stop_null, stop_alternative: chance to stop there for benefit and for futility; alternative: as assumed.
    """

    share: float
    events: float
    month: float | None
    upper: float | None
    level: float
    lower: float | None
    ratio_upper: float | None
    ratio_lower: float | None
    stop_null: tuple[float, float]
    stop_alternative: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer. needed: people before rounding, for the wanted power; people: those that all else is for.

    sizes: by each method (none where hazards are not proportional). power: of the log-rank test with those people, by
    the method asked for; with looks, of the whole plan.
    """

    question: Question
    needed: float
    people: int
    sizes: tuple[Size, ...]
    power: float
    tests: tuple[TestPower, ...]
    course: tuple[Month, ...]
    plan: Plan | None
    looks: tuple[LookAt, ...]
    standing: Standing | None


def _within_reason(question: Question) -> None:
    """Numbers that no trial has, and that the arithmetic would not bear. Raises Fault."""
    for what, number, low, high in (
        ("hazard ratio", question.hazard_ratio, 0.001, 1000), ("allocation ratio", question.ratio, 0.001, 1000),
        ("alpha", question.alpha, 1e-12, 1), ("time of the shares, in months,", question.at, 0.01, inf),
    ):  # fmt: skip
        if 0 < number < inf and not low <= number <= high:
            within = f"at least {low:g}" if high in (1, inf) else f"between {low:g} and {high:g}"
            raise Fault(f"The {what} is {within}, not {number:g}.")
    shares = question.looks or ()
    if any(0 < b - a < 0.001 for a, b in pairwise((0.0, *shares))):
        raise Fault("Two looks are closer than 0.001 of the information: leave one of them out.")


def answered(question: Question) -> Answer:
    """The answer to a question. Raises Fault for what cannot be."""
    if question.sides not in (1, 2):
        raise Fault(f"A test has 1 or 2 sides, not {question.sides}.")
    _within_reason(question)
    scenario, alpha = question.scenario, question.one_sided
    if question.people is not None and question.people < 2:
        raise Fault("A comparison needs at least 2 people.")
    sequential = _plan(question)
    inflation = sequential.inflation if sequential is not None else 1.0
    if question.delay > 0:
        sizes: tuple[Size, ...] = ()
        needed = logrank_people(scenario, alpha, question.power)
    else:
        sizes = tuple(size(scenario, method, alpha, question.power) for method in METHODS)
        needed = inflation * next(each.people for each in sizes if each.method == question.method)
    people = question.people or even(needed, question.ratio)
    if people > 10_000_000:
        raise Fault("That design needs more than 10 million people: ask for a larger effect.")
    looks = () if sequential is None else _looks(question, scenario, sequential, people)
    return Answer(
        question, needed, people, sizes, _power(question, scenario, sequential, people),
        _tests(question, scenario, people), _course(scenario, people), sequential, looks,
        _standing(question, scenario, sequential, people),
    )  # fmt: skip


def _plan(question: Question) -> Plan | None:
    if question.looks is None or question.rule is None:
        return None
    if question.delay > 0:
        raise Fault("Looks are planned for proportional hazards: leave out the delay, or the looks.")
    return plan(question.looks, question.rule, question.one_sided, question.power, question.futility)


def _power(question: Question, scenario: Scenario, sequential: Plan | None, people: int) -> float:
    if question.delay > 0:
        return logrank_power(people, scenario, question.one_sided)
    drift = _drift(question, scenario, people)
    if sequential is None:
        return float(ndtr(drift - ndtri(1 - question.one_sided)))
    return crossing(sequential.information, drift, _lower(sequential), sequential.upper).any_upper


def _drift(question: Question, scenario: Scenario, people: int) -> float:
    """The expected z at the end, as the formula that is asked for sees it."""
    return drift_of(people, scenario, question.method, question.one_sided)


def _lower(sequential: Plan) -> tuple[float, ...]:
    """The boundary below; at the last look it meets the one above, so that everybody stops."""
    return (*sequential.lower[:-1], sequential.upper[-1])


def _tests(question: Question, scenario: Scenario, people: int) -> tuple[TestPower, ...]:
    at, alpha = question.at, question.one_sided
    found = [TestPower("log-rank, whatever the hazards", logrank_power(people, scenario, alpha))]
    for name, power in (
        (f"difference at {at:g} months", lambda: fixed_time_power(people, scenario, at, alpha)),
        (f"difference at {at:g} months, log-log", lambda: fixed_time_power(people, scenario, at, alpha, log_log=True)),
        (f"restricted mean up to {at:g} months", lambda: rmst_power(people, scenario, at, alpha)),
    ):
        try:
            found.append(TestPower(name, power()))
        except Fault as fault:  # nobody is followed for so long: the other tests stand
            found.append(TestPower(name, None, str(fault)))
    return tuple(found)


def _course(scenario: Scenario, people: int, every: float = 12.0) -> tuple[Month, ...]:
    """By the end of every year, and at the analysis."""
    months = [every * number for number in range(1, ceil(scenario.total / every))]
    times = [*months, scenario.total]
    events = expected_events(people, scenario, times)
    return tuple(
        Month(month, people * float(scenario.entered(month)), float(row[0]), float(row[1]))
        for month, row in zip(times, events, strict=True)
    )


def _looks(question: Question, scenario: Scenario, sequential: Plan, people: int) -> tuple[LookAt, ...]:
    events = float(expected_events(people, scenario, [scenario.total]).sum())
    other = crossing(sequential.information, _drift(question, scenario, people), _lower(sequential), sequential.upper)
    null = sequential.under_null
    found: list[LookAt] = []
    for number, share in enumerate(sequential.information):
        high, low = sequential.upper[number], sequential.lower[number]
        by_then = events * share
        found.append(
            LookAt(
                share, by_then, time_of_events(people, scenario, by_then), _finite(high), sequential.levels[number],
                _finite(low), _ratio(high, by_then, question.ratio), _ratio(low, by_then, question.ratio),
                (null.upper[number], null.lower[number] if sequential.futility else 0.0),
                (other.upper[number], other.lower[number] if sequential.futility else 0.0),
            )
        )  # fmt: skip
    return tuple(found)


def _standing(question: Question, scenario: Scenario, sequential: Plan | None, people: int) -> Standing | None:
    """Conditional and predictive power at the z and events that were seen; None where nothing was."""
    if question.seen is None:
        return None
    if question.delay > 0:
        raise Fault("Conditional power is for proportional hazards: leave out the delay.")
    z, events = question.seen
    planned = float(expected_events(people, scenario, [scenario.total]).sum())
    information = information_of_events(positive("The number of events seen", events), planned)
    alpha = question.one_sided

    def power(drift: float) -> float:
        if sequential is None:
            return conditional_power(z, information, drift, alpha)
        return conditional_power_of_plan(z, information, sequential, drift)

    return Standing(
        z, events, information, power(_drift(question, scenario, people)), power(0.0), power(trend(z, information)),
        predictive_power(z, information, alpha),
    )  # fmt: skip


def _finite(z: float) -> float | None:
    return z if isfinite(z) else None


def _ratio(z: float, events: float, ratio: float) -> float | None:
    """The observed hazard ratio at which the log-rank test has about that z: exp(-z (1 + r) / sqrt(r d))."""
    if not isfinite(z) or not_negative("The number of events", events) == 0:
        return None
    return exp(-z * (1 + positive("The ratio", ratio)) / sqrt(ratio * events))
