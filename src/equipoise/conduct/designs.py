"""What one can guess of the next allocation, exactly: expected correct guesses, and allocations that are certain.

A list of two equal arms is walked through state by state, with the probability of each state as a fraction. It is the
slow, exact reference to which the simulation of whole trials (predictability.py) is held.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple

HALF: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Permuted blocks of these sizes, each as likely; one list per stratum, or per stratum and site."""

    sizes: tuple[int, ...]
    by_site: bool = False


@dataclass(frozen=True, slots=True)
class Minimised:
    """Minimisation over the factors of the trial (and site): the arm that balances best with this probability.

    weights: whole numbers, the site's first; equal when there are none.
    """

    probability: Fraction
    by_site: bool = True
    measure: Literal["range", "variance"] = "range"
    weights: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Simple:
    """A fair coin for everybody."""


@dataclass(frozen=True, slots=True)
class EfronCoin:
    """Efron's biased coin over the whole trial: the arm with fewer people with this probability."""

    probability: Fraction


@dataclass(frozen=True, slots=True)
class BigStick:
    """A fair coin over the whole trial, but the other arm once one leads by this many people."""

    most: int


Design = Blocks | Minimised | Simple | EfronCoin | BigStick


class State(NamedTuple):
    """Where a list stands: people of A less those of B; and in the open block its size, people and those of A."""

    lead: int
    size: int = 0
    people: int = 0
    of_a: int = 0


def correct_guesses(design: Design, people: int) -> Fraction:
    """The expected share of correct guesses among the first people of one list, by the convergence strategy.

    The strategy guesses the arm with fewer people so far, either when they are level (Blackwell and Hodges 1957).
    Raises ValueError for minimisation, which is no list.
    """
    likely = _starts(design)
    total = Fraction(0)
    for _ in range(people):
        after: defaultdict[State, Fraction] = defaultdict(Fraction)
        for state, weight in likely.items():
            chance = chance_of_a(design, state)
            total += weight * (HALF if state.lead == 0 else chance if state.lead < 0 else 1 - chance)
            for arm_a, share in ((True, chance), (False, 1 - chance)):
                for following, split in _after(design, state, arm_a) if share else ():
                    after[following] += weight * share * split
        likely = after
    return total / people


def certain_by_number(sizes: tuple[int, ...], people: int, exact: bool = True) -> list[Any]:
    """The probability that the allocation of the 1st, 2nd, ... person of a list of blocks is certain beforehand.

    For somebody who sees the list so far and knows the sizes, but not which were drawn. exact: as fractions, whose
    digits grow with the people; else as floats.
    """
    design = Blocks(sizes)
    whole: Any = Fraction(1) if exact else 1.0
    start = frozenset(_opened(0, sizes))
    likely: dict[_Seen, Any] = {(state, start): whole / len(sizes) for state in start}
    moves: dict[_Seen, tuple[int, list[tuple[_Seen, Any]]]] = {}
    found: list[Any] = []
    for _ in range(people):
        after: defaultdict[_Seen, Any] = defaultdict(lambda: 0 * whole)
        for seen in likely.keys() - moves.keys():
            following = [(each, share * whole) for each, share in _seen_after(design, seen)]
            moves[seen] = int(_is_certain(design, seen)), following
        found.append(sum((weight * moves[seen][0] for seen, weight in likely.items()), 0 * whole))
        for seen, weight in likely.items():
            for following, share in moves[seen][1]:
                after[following] += weight * share
        likely = after
    return found


# Where a list stands, and where it may stand for all that an observer knows; the lead is left at 0, it plays no part.
_Seen = tuple[State, frozenset[State]]


def _is_certain(design: Blocks, seen: _Seen) -> bool:
    return len({arm for state in seen[1] for arm in _possible(design, state)}) == 1


def _seen_after(design: Blocks, seen: _Seen) -> Iterator[tuple[_Seen, Fraction]]:
    """What may follow once the observer has seen the next arm, with its probability."""
    state, thinkable = seen
    chance = chance_of_a(design, state)
    for arm_a in _possible(design, state):
        left = frozenset(
            following._replace(lead=0)
            for each in thinkable
            if arm_a in _possible(design, each)
            for following, _ in _after(design, each, arm_a)
        )
        for following, split in _after(design, state, arm_a):
            yield (following._replace(lead=0), left), (chance if arm_a else 1 - chance) * split


def certain_share(sizes: tuple[int, ...], people: int) -> Fraction:
    """The expected share of certain allocations among the first people of a list of blocks."""
    return sum(certain_by_number(sizes, people), Fraction(0)) / people


def chance_of_a(design: Design, state: State) -> Fraction:
    """The probability that the next person of the list gets the first arm."""
    match design:
        case Blocks():
            return Fraction(state.size // 2 - state.of_a, state.size - state.people)
        case Simple():
            return HALF
        case EfronCoin(probability):
            return HALF if state.lead == 0 else probability if state.lead < 0 else 1 - probability
        case BigStick(most):
            return HALF if abs(state.lead) < most else Fraction(state.lead < 0)
        case Minimised():
            raise ValueError("minimisation is no list: its next arm depends on who comes")


def _starts(design: Design) -> dict[State, Fraction]:
    if not isinstance(design, Blocks):
        return {State(0): Fraction(1)}
    return {state: Fraction(1, len(design.sizes)) for state in _opened(0, design.sizes)}


def _opened(lead: int, sizes: tuple[int, ...]) -> Iterator[State]:
    return (State(lead, size) for size in sizes)


def _possible(design: Design, state: State) -> list[bool]:
    chance = chance_of_a(design, state)
    return [arm_a for arm_a, share in ((True, chance), (False, 1 - chance)) if share]


def _after(design: Design, state: State, arm_a: bool) -> list[tuple[State, Fraction]]:
    """The states that may follow once the person has the arm, each with its probability."""
    lead = state.lead + (1 if arm_a else -1)
    if not isinstance(design, Blocks):
        return [(State(lead), Fraction(1))]
    if state.people + 1 < state.size:
        return [(State(lead, state.size, state.people + 1, state.of_a + arm_a), Fraction(1))]
    return [(each, Fraction(1, len(design.sizes))) for each in _opened(lead, design.sizes)]
