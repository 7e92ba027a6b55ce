"""When to stop for toxicity: a table (so many people -> stop at so many events), and what it does at a given true rate.

Bayesian: P. F. Thall and R. Simon, Practical Bayesian guidelines for phase IIB clinical trials, Biometrics 1994;50:337,
with one rate and a Beta prior (N. L. Geller et al., Advances in Clinical Trial Biostatistics, 2003).
Exact: A. Ivanova, B. F. Qaqish and M. J. Schell, Continuous toxicity monitoring in phase II trials in oncology,
Biometrics 2005;61:540: one level for all looks (after S. J. Pocock), by the binomial distribution itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..faults import Fault

Method = Literal["bayes", "exact"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look: after so many people, stop at so many events or more. stop_at = people + 1: it cannot stop there yet.

    posterior: P(rate > acceptable) at stop_at events, for the Bayesian boundary; tail: the chance of so many events or
    more at the acceptable rate, for the exact one.
    """

    people: int
    stop_at: int
    strength: float

    @property
    def possible(self) -> bool:
        return self.stop_at <= self.people


@dataclass(frozen=True, slots=True)
class Boundary:
    """The looks of a stopping rule, in order. level: the cutoff (Bayesian), or the level of each look (exact)."""

    method: Method
    acceptable: float
    level: float
    looks: tuple[Look, ...]

    @property
    def most(self) -> int:
        """With how many people it ends."""
        return self.looks[-1].people

    def at(self, people: int) -> Look | None:
        """The look in force with so many people: the last one up to there; None before the first."""
        reached = [look for look in self.looks if look.people <= people]
        return reached[-1] if reached else None

    def steps(self) -> tuple[tuple[int, int, int], ...]:
        """The boundary in short: (from so many people, up to so many, stop at so many events), where it can stop."""
        found: list[tuple[int, int, int]] = []
        for look in (each for each in self.looks if each.possible):
            if found and found[-1][2] == look.stop_at:
                found[-1] = (found[-1][0], look.people, look.stop_at)
            else:
                found.append((look.people, look.people, look.stop_at))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Characteristics:
    """What a boundary does when the true rate is `rate`.

    stop: the chance to cross it at any look. early: at a look before the last. people, events: how many are expected.
    """

    rate: float
    stop: float
    early: float
    people: float
    events: float


def looks_at(first: int, every: int, most: int) -> tuple[int, ...]:
    """The numbers of people at which is looked: first, then every so many more, and at the end. Raises Fault."""
    if not 1 <= first <= most or every < 1:
        raise Fault(
            "A boundary looks first after at least 1 person, then every 1 or more, up to at least as many as first."
        )
    looks = list(range(first, most + 1, every))
    return tuple(looks if looks[-1] == most else [*looks, most])


# ---------------------------------------------------------------- the two boundaries
def bayesian_boundary(looks: Sequence[int], acceptable: float, prior: tuple[float, float], cutoff: float) -> Boundary:
    """Stop when P(rate > acceptable | events, people) > cutoff; the rate is Beta(a, b) before anybody is seen.

    Raises Fault for a share outside 0 to 1 or a prior that is no Beta distribution.
    """
    _shares(acceptable=acceptable, cutoff=cutoff)
    if not (prior[0] > 0 and prior[1] > 0):
        raise Fault("The prior is a Beta distribution: name two numbers above 0.")
    found: list[Look] = []
    least = 0  # with more people it never takes fewer events
    for people in _in_order(looks):
        while least <= people and exceeds(acceptable, prior, least, people) <= cutoff:
            least += 1
        strength = exceeds(acceptable, prior, least, people) if least <= people else 1.0
        found.append(Look(people, least, strength))
        least = min(least, people)
    return Boundary("bayes", acceptable, cutoff, tuple(found))


def exceeds(acceptable: float, prior: tuple[float, float], events: int, people: int) -> float:
    """P(rate > acceptable) after so many events among so many people: a tail of Beta(a + events, b + others)."""
    from scipy.special import betaincc

    return float(betaincc(prior[0] + events, prior[1] + people - events, acceptable))


def exact_boundary(looks: Sequence[int], acceptable: float, alpha: float) -> Boundary:
    """Stop when so many events or more have a chance of at most `level` at the acceptable rate.

    level is the largest, the same at each look, with which the chance to stop at any look is at most alpha.
    Only the chances that occur at a look change the boundary, so the search over them is exact. Raises Fault.
    """
    return exact_boundaries(looks, acceptable, alpha)[0]


def exact_boundaries(looks: Sequence[int], acceptable: float, alpha: float) -> tuple[Boundary, Boundary]:
    """The exact boundary, and the next looser one: the first that stops with more than alpha. Raises Fault.

    R's clinfun (toxbdry) calls them its high and its low boundary, and leaves the choice to the reader.
    """
    _shares(acceptable=acceptable, alpha=alpha)
    numbers = _in_order(looks)
    tails = _tails(numbers, acceptable)
    levels = [0.0, *sorted({tail for each in tails.values() for tail in each})]
    low, high = 0, len(levels) - 1  # stopping for sure, at a level of 1, is never kept
    while low < high:
        middle = (low + high + 1) // 2
        kept = characteristics(_at_level(tails, acceptable, levels[middle]), acceptable).stop <= alpha
        low, high = (middle, high) if kept else (low, middle - 1)
    return _at_level(tails, acceptable, levels[low]), _at_level(tails, acceptable, levels[low + 1])


def _at_level(tails: dict[int, list[float]], acceptable: float, level: float) -> Boundary:
    found: list[Look] = []
    for people, chances in tails.items():
        stop_at = next((events for events, chance in enumerate(chances) if chance <= level), people + 1)
        found.append(Look(people, stop_at, chances[stop_at] if stop_at <= people else 0.0))
    return Boundary("exact", acceptable, level, tuple(found))


def _tails(numbers: Sequence[int], rate: float) -> dict[int, list[float]]:
    """For each number of people: the chances of at least 0, 1, 2, ... events."""
    found: dict[int, list[float]] = {}
    for people, chances in enumerate(_binomials(rate, numbers[-1])):
        if people in numbers:
            tails, above = [0.0] * (people + 1), 0.0
            for events in range(people, -1, -1):  # from the small ones up, to lose no digits
                above += chances[events]
                tails[events] = above
            found[people] = tails
    return found


def _binomials(rate: float, most: int) -> Iterator[list[float]]:
    """The chances of 0, 1, 2, ... events among 0, 1, 2, ... people."""
    chances = [1.0]
    yield chances
    for _ in range(most):
        chances = _one_more(chances, rate)
        yield chances


def _one_more(chances: Sequence[float], rate: float) -> list[float]:
    """The chances of 0, 1, 2, ... events once one more person has been seen."""
    without = [*(chance * (1 - rate) for chance in chances), 0.0]
    having = [0.0, *(chance * rate for chance in chances)]
    return [one + other for one, other in zip(without, having, strict=True)]


# ---------------------------------------------------------------- what a boundary does
def operating_characteristics(boundary: Boundary, rates: Iterable[float]) -> tuple[Characteristics, ...]:
    """What the boundary does at each true rate; exact, by adding one person after the other."""
    return tuple(characteristics(boundary, rate) for rate in rates)


def characteristics(boundary: Boundary, rate: float) -> Characteristics:
    """What the boundary does at one true rate. Raises Fault for a rate outside 0 to 1.

    Those who go on are carried from person to person by their number of events; at a look those at or above the
    boundary stop (C. Jennison and B. W. Turnbull, Group Sequential Methods, 2000, chapter 12).
    """
    if not 0 <= rate <= 1:
        raise Fault(f"A true rate lies between 0 and 1, not at {rate:g}.")
    stop_at = {look.people: look.stop_at for look in boundary.looks}
    going, stop, early, people, events = [1.0], 0.0, 0.0, 0.0, 0.0
    for number in range(1, boundary.most + 1):
        going = _one_more(going, rate)
        limit = stop_at.get(number, number + 1)
        stopping = sum(going[limit:])
        stop += stopping
        early += stopping if number < boundary.most else 0.0
        people += stopping * number
        events += sum(chance * count for count, chance in enumerate(going[limit:], limit))
        going = going[:limit]
    people += sum(going) * boundary.most
    events += sum(chance * count for count, chance in enumerate(going))
    return Characteristics(rate, stop, early, people, events)


def _in_order(looks: Sequence[int]) -> tuple[int, ...]:
    numbers = tuple(sorted(set(looks)))
    if not numbers or numbers[0] < 1:
        raise Fault("A boundary needs at least one look, after at least 1 person.")
    return numbers


def _shares(**shares: float) -> None:
    for name, share in shares.items():
        if not 0 < share < 1:
            raise Fault(f"{name} is a share between 0 and 1, not {share:g}.")
