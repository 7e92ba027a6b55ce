"""The same statistics by their definitions: slow sums over lists of people, and trials to try them on."""

from dataclasses import dataclass
from math import exp, log

from hypothesis import strategies as st

from equipoise.analysis.followed import TwoArms, two_arms


@dataclass(frozen=True)
class Person:
    time: float
    event: int
    arm: int
    stratum: int = 0
    entry: float = 0.0

    def at_risk(self, time: float) -> bool:
        return (self.entry == 0 or self.entry < time) and time <= self.time


@st.composite
def persons(draw: st.DrawFn, late: bool = False) -> Person:
    """Whole numbers few enough for many ties; entries too, if late."""
    time = draw(st.integers(1, 12))
    entry = draw(st.integers(0, time - 1)) if late else 0
    zero_one = st.integers(0, 1)
    return Person(time, draw(zero_one), draw(zero_one), draw(st.integers(0, 2)), entry)


def trials(late: bool = False) -> st.SearchStrategy[list[Person]]:
    """Up to 24 people, in both arms."""
    both = st.lists(persons(late), min_size=2, max_size=24)
    return both.filter(lambda people: {person.arm for person in people} == {0, 1})


def as_arrays(people: list[Person], *, stratified: bool = True, late: bool = True) -> TwoArms:
    return two_arms(
        [person.time for person in people],
        [person.event for person in people],
        [person.arm for person in people],
        stratum=[person.stratum for person in people] if stratified else None,
        entry=[person.entry for person in people] if late else None,
    )


@dataclass(frozen=True)
class Moment:
    """Those at risk at one time of an event in one stratum, and those who have it."""

    at_risk: list[Person]
    dying: list[Person]


def moments(people: list[Person]) -> list[Moment]:
    found = []
    for stratum in sorted({person.stratum for person in people}):
        mine = [person for person in people if person.stratum == stratum]
        for time in sorted({person.time for person in mine if person.event}):
            dying = [person for person in mine if person.event and person.time == time]
            found.append(Moment([person for person in mine if person.at_risk(time)], dying))
    return found


def log_rank_by_hand(people: list[Person]) -> tuple[float, float]:
    """Score of arm 1 and its hypergeometric variance."""
    score, variance = 0.0, 0.0
    for moment in moments(people):
        n, d = len(moment.at_risk), len(moment.dying)
        share = sum(person.arm for person in moment.at_risk) / n
        score += sum(person.arm for person in moment.dying) - d * share
        if n > 1:
            variance += d * share * (1 - share) * (n - d) / (n - 1)
    return score, variance


def log_likelihood_by_hand(people: list[Person], log_hr: float, efron: bool) -> float:
    total = 0.0
    for moment in moments(people):
        risk = sum(exp(log_hr * person.arm) for person in moment.at_risk)
        leaving = sum(exp(log_hr * person.arm) for person in moment.dying)
        for k, person in enumerate(moment.dying):
            out = k / len(moment.dying) * leaving if efron else 0.0
            total += log_hr * person.arm - log(risk - out)
    return total
