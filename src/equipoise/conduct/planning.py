"""The planner's question: the trial's own way to randomise beside others, for the people that the planner expects."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final, NamedTuple

from ..faults import Fault
from ..protocol.allocation import Allocation, Scheme
from .designs import BigStick, Blocks, Design, EfronCoin, Minimised, Simple
from .predictability import Chance, Enrolment, Prediction, predicted

# What a plan is compared with. Efron's coin and the big stick balance the whole trial only: for reference.
_OTHERS: Final[tuple[Design, ...]] = (
    Blocks((4, 6, 8)),
    Blocks((4, 6)),
    Blocks((4,)),
    Blocks((4, 6, 8), by_site=True),
    Blocks((4, 6), by_site=True),
    Minimised(Fraction(4, 5), by_site=True),
    Minimised(Fraction(4, 5), by_site=False),
    Simple(),
    EfronCoin(Fraction(2, 3)),
    BigStick(2),
)


class Premise(NamedTuple):
    """One thing that a plan rests on, as people read it; `ours`: the trial never published it."""

    label: str
    text: str
    source: str = ""
    ours: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the planner is told: a simulation, not a result of the trial. The trial's own design comes first."""

    enrolment: Enrolment
    premises: tuple[Premise, ...]
    predictions: tuple[Prediction, ...]
    trials: int
    seed: int

    @property
    def error(self) -> float:
        """The largest Monte Carlo standard error of a share of correct guesses."""
        return max(each.error for each in self.predictions)


def plan(
    allocation: Allocation, enrolment: Enrolment, premises: Sequence[Premise], chance: Chance, seed: int, trials: int
) -> Planned:  # fmt: skip
    """The trial's own design and the others, for the same simulated people.

    chance: a generator made of the seed, which is told. Raises Fault for a trial that has other than two equal arms.
    """
    own = own_design(allocation.scheme)
    designs = [own, *(each for each in _OTHERS if each != own and _fits(each, enrolment))]
    settings = [Premise(each.label, each.text, each.source, each.ours, each.note) for each in allocation.settings]
    factors = [
        Premise(
            f"factor: {each.label}", ", ".join(level.label for level in each.levels), each.source, each.ours, each.note
        )
        for each in allocation.factors
    ]
    found = predicted(designs, enrolment, chance, trials)
    return Planned(enrolment, (*premises, *settings, *factors), tuple(found), trials, seed)


def own_design(scheme: Scheme) -> Design:
    """The scheme as a design of the planner's. Raises Fault for anything but two equal arms."""
    if not scheme.method:
        raise Fault("The trial allocates nobody: its folder has no randomisation.toml.")
    if len(scheme.arms) != 2 or len(set(scheme.ratio)) != 1:
        raise Fault("The planner's report is for two equal arms; this trial's randomisation.toml says otherwise.")
    match scheme.method:
        case "blocks":
            return Blocks(tuple(sorted(scheme.block_sizes)), scheme.by_site)
        case "minimisation":
            parts = lcm(*(weight.denominator for weight in scheme.weights))
            weights = tuple(int(weight * parts) for weight in scheme.weights)
            measure = "range" if scheme.measure == "range" else "variance"
            equal = len(set(weights)) == 1
            return Minimised(scheme.probability, scheme.by_site, measure, () if equal else weights)
        case "simple":
            return Simple()
        case _:
            raise Fault("The trial allocates nobody: its folder has no randomisation.toml.")


def _fits(design: Design, enrolment: Enrolment) -> bool:
    """Minimisation needs a factor."""
    return not isinstance(design, Minimised) or design.by_site or bool(enrolment.shares)
