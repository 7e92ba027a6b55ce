"""Planning the randomisation: how often the next arm can be guessed, and how well the arms balance, by simulation.

Many trials at once as arrays of shape (trials, people), for two equal arms. What is exact (certain allocations) comes
from designs.py. All chance comes in as a NumPy generator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ..faults import Fault
from .designs import BigStick, Blocks, Design, EfronCoin, Minimised, Simple, certain_by_number

Whole = npt.NDArray[np.intp]
Chance = np.random.Generator

# How an observer guesses: the arm with fewer people so far (the convergence strategy of Blackwell and Hodges, 1957)
# among those seen; either when they are level. Whoever sees one site only, or the whole list, uses the best rule.
SITE_RULES: Final = ("site", "site and stratum", "both added")
LIST_RULES: Final = ("trial", "stratum")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Who is expected: people, sites (each as likely), and for each factor the shares of its levels."""

    people: int
    sites: int
    shares: tuple[tuple[float, ...], ...] = ()

    @property
    def strata(self) -> tuple[float, ...]:
        """The share of each stratum within a site, the factors taken to be independent."""
        return tuple(float(np.prod(levels)) for levels in product(*self.shares))


class Comers(NamedTuple):
    """The people of many trials in their order: arrays (trials, people) of site, stratum, and each factor's level."""

    site: Whole
    stratum: Whole
    levels: tuple[Whole, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one design does, as means over the simulated trials.

    by_site, by_list: rule -> share of correct guesses by who sees one site, or the whole list. error: the largest
    Monte Carlo standard error among them. certain: share of allocations that are certain to who sees the whole list of
    a stratum and knows the block sizes; None where a list has no blocks (then none is, short of probability 1).
    difference, in_strata: mean and 95th percentile of |people of A - people of B|, in the trial and in a stratum.
    unfinished: blocks that stay incomplete at the end, mean.
    """

    design: Design
    by_site: dict[str, float]
    by_list: dict[str, float]
    error: float
    certain: float | None
    difference: tuple[float, float]
    in_strata: tuple[float, float]
    unfinished: float

    @property
    def site_guesses(self) -> float:
        return max(self.by_site.values())

    @property
    def list_guesses(self) -> float:
        return max(self.by_list.values())


def predicted(designs: Sequence[Design], enrolment: Enrolment, chance: Chance, trials: int = 2000) -> list[Prediction]:
    """What each of the designs does with the same simulated people.

    Raises Fault for an enrolment that cannot be simulated.
    """
    _check(enrolment, trials)
    comers = _comers(enrolment, chance, trials)
    return [_predicted(design, enrolment, comers, chance) for design in designs]


def _check(enrolment: Enrolment, trials: int) -> None:
    if enrolment.people < 1 or enrolment.sites < 1 or trials < 2:
        raise Fault("A plan needs at least one person, one site and two simulated trials.")
    if any(min(shares) < 0 or abs(sum(shares) - 1) > 1e-6 for shares in enrolment.shares):
        raise Fault("The shares of the levels of a factor are not negative and add up to 1.")


def _comers(enrolment: Enrolment, chance: Chance, trials: int) -> Comers:
    size = (trials, enrolment.people)
    site = chance.integers(0, enrolment.sites, size)
    levels = tuple(_drawn(shares, size, chance) for shares in enrolment.shares)
    stratum = np.zeros(size, dtype=np.intp)
    for level, shares in zip(levels, enrolment.shares, strict=True):
        stratum = stratum * len(shares) + level
    return Comers(site, stratum, levels)


def _drawn(shares: Sequence[float], size: tuple[int, int], chance: Chance) -> Whole:
    limits = np.cumsum(shares)[:-1]
    return np.searchsorted(limits, chance.random(size), side="right")


def _predicted(design: Design, enrolment: Enrolment, comers: Comers, chance: Chance) -> Prediction:
    arms, unfinished = _allocated(design, enrolment, comers, chance)
    trial = np.zeros_like(comers.site)
    seen = {
        "trial": leads(arms, trial), "stratum": leads(arms, comers.stratum), "site": leads(arms, comers.site),
        "site and stratum": leads(arms, _cell(enrolment, comers)),
    }  # fmt: skip
    seen["both added"] = seen["site"] + seen["site and stratum"]
    shares = {rule: _correct(lead, arms) for rule, lead in seen.items()}
    means = {rule: float(share.mean()) for rule, share in shares.items()}
    errors = [float(share.std(ddof=1)) / len(share) ** 0.5 for share in shares.values()]
    return Prediction(
        design, {rule: means[rule] for rule in SITE_RULES}, {rule: means[rule] for rule in LIST_RULES}, max(errors),
        _certain(design, enrolment), _spread(_final(arms, trial, 1)),
        _spread(_final(arms, comers.stratum, len(enrolment.strata))), unfinished,
    )  # fmt: skip


def _cell(enrolment: Enrolment, comers: Comers) -> Whole:
    """The site and the stratum as one number."""
    return comers.site * len(enrolment.strata) + comers.stratum


# ---------------------------------------------------------------- guesses and balance
def leads(arms: Whole, groups: Whole) -> Whole:
    """For each person, by how many A (0) leads B (1) among those before in the same group."""
    trials, people = arms.shape
    rows = np.arange(trials)
    lead = np.zeros((trials, int(groups.max()) + 1), dtype=np.intp)
    found = np.empty_like(groups)
    for number in range(people):
        group = groups[:, number]
        found[:, number] = lead[rows, group]
        lead[rows, group] += 1 - 2 * arms[:, number]
    return found


def _correct(lead: Whole, arms: Whole) -> npt.NDArray[np.float64]:
    """The share of correct guesses of each trial."""
    right = np.where(lead == 0, 0.5, (lead > 0) == (arms == 1))
    return right.mean(axis=1)


def _final(arms: Whole, groups: Whole, number: int) -> Whole:
    """|people of A - people of B| of each trial and group that has anybody, as one row."""
    trials = len(arms)
    cells = (groups + np.arange(trials)[:, None] * number).ravel()
    difference = np.bincount(cells, 1 - 2.0 * arms.ravel(), trials * number)
    there = np.bincount(cells, minlength=trials * number) > 0
    return np.abs(difference[there]).astype(np.intp)


def _spread(differences: Whole) -> tuple[float, float]:
    return float(differences.mean()), float(np.quantile(differences, 0.95, method="inverted_cdf"))


def _certain(design: Design, enrolment: Enrolment) -> float | None:
    """Exact: the probability of being certain at each place of a list, times that of the place being taken."""
    if not isinstance(design, Blocks):
        return None
    from scipy.stats import binom

    people = enrolment.people
    by_number = np.array(certain_by_number(design.sizes, people, exact=False))
    sites = enrolment.sites if design.by_site else 1
    places = np.arange(people)  # a place is taken when more people than these come
    taken = sum(sites * binom.sf(places, people, share / sites) for share in enrolment.strata)
    return float((by_number * taken).sum() / people)


# ---------------------------------------------------------------- the designs
def _allocated(design: Design, enrolment: Enrolment, comers: Comers, chance: Chance) -> tuple[Whole, float]:
    """The arms (0 or 1) of all people, and the mean number of unfinished blocks."""
    size = comers.site.shape
    match design:
        case Blocks(sizes, by_site):
            lists = _cell(enrolment, comers) if by_site else comers.stratum
            return _in_blocks(sizes, lists, len(enrolment.strata) * (enrolment.sites if by_site else 1), chance)
        case Minimised():
            return _minimised(design, enrolment, comers, chance), 0.0
        case Simple():
            return chance.integers(0, 2, size), 0.0
        case EfronCoin(probability):
            table = np.array([1 - probability, 0.5, probability], dtype=float)
            return _coined(lambda lead: table[1 - np.sign(lead)], size, chance), 0.0
        case BigStick(most):
            return _coined(lambda lead: np.where(np.abs(lead) < most, 0.5, lead < 0), size, chance), 0.0


def _in_blocks(sizes: Sequence[int], lists: Whole, number: int, chance: Chance) -> tuple[Whole, float]:
    """People by the lists of their strata: `lists` says whose, `number` how many there are."""
    trials, people = lists.shape
    rows = np.arange(trials)
    taken = np.zeros((trials, number), dtype=np.intp)
    places = np.empty_like(lists)
    for person in range(people):
        chosen = lists[:, person]
        places[:, person] = taken[rows, chosen]
        taken[rows, chosen] += 1
    made, ends = _block_lists(sizes, trials * number, int(taken.max()), chance)
    arms = made.reshape(trials, number, -1)[rows[:, None], lists, places]
    complete = (taken.reshape(-1, 1) == ends).any(axis=1) | (taken.ravel() == 0)
    return arms, float((~complete).sum()) / trials


def _block_lists(sizes: Sequence[int], rows: int, length: int, chance: Chance) -> tuple[Whole, Whole]:
    """Lists of arms of at least that length, and the places after which their blocks end."""
    drawn = chance.choice(np.array(sizes), size=(rows, -(-length // min(sizes))))
    ends = drawn.cumsum(axis=1)
    places = np.arange(length + max(sizes))  # so that the last block that is needed is there in whole
    number = (places[None, :, None] >= ends[:, None, :]).sum(axis=2)
    block = np.minimum(number, drawn.shape[1] - 1)  # past the last block nobody comes
    size = np.take_along_axis(drawn, block, axis=1)
    within = places - (np.take_along_axis(ends, block, axis=1) - size)
    arms = (within >= size // 2).astype(np.intp)
    # Sorted by the block's number and a fraction by chance: each block stays in its place and is shuffled.
    order = (number + chance.random(number.shape)).argsort(axis=1)
    return np.take_along_axis(arms, order, axis=1)[:, :length], ends


def _coined(chance_of_a: Any, size: tuple[int, int], chance: Chance) -> Whole:
    """A coin over the whole trial, whose probability of A depends on A's lead."""
    trials, people = size
    lead = np.zeros(trials, dtype=np.intp)
    arms = np.empty(size, dtype=np.intp)
    for person in range(people):
        arms[:, person] = chance.random(trials) >= chance_of_a(lead)
        lead += 1 - 2 * arms[:, person]
    return arms


def _minimised(design: Minimised, enrolment: Enrolment, comers: Comers, chance: Chance) -> Whole:
    """Pocock and Simon's; with two arms the range is |lead|, and the variance goes as its square."""
    factors = [(comers.site, enrolment.sites)] if design.by_site else []
    factors += [(level, len(shares)) for level, shares in zip(comers.levels, enrolment.shares, strict=True)]
    weights = design.weights or (1,) * len(factors)
    trials, people = comers.site.shape
    rows = np.arange(trials)
    lead = [np.zeros((trials, number), dtype=np.intp) for _, number in factors]
    arms = np.empty((trials, people), dtype=np.intp)
    table = np.array([1 - design.probability, 0.5, design.probability], dtype=float)
    for person in range(people):
        worse = np.zeros(trials, dtype=np.intp)  # how much worse A would balance than B
        for (levels, _), each, weight in zip(factors, lead, weights, strict=True):
            mine = each[rows, levels[:, person]]
            worse += weight * (np.sign(mine) if design.measure == "range" else mine)
        arms[:, person] = chance.random(trials) >= table[1 - np.sign(worse)]
        for (levels, _), each in zip(factors, lead, strict=True):
            each[rows, levels[:, person]] += 1 - 2 * arms[:, person]
    return arms
