"""What was published of a trial's sample size, put to arithmetic: what follows, what gives it, what it can show.

Nothing here identifies the design: it shows how many settings give the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import log
from typing import Any, cast

from ...faults import Fault
from ...protocol.design_plan import Candidate, DesignPlan
from .events import ratio_of_survivals
from .hazards import surviving, treated
from .scenario import Scenario
from .size import Method, Size, even, power_of, size

YEAR = 12.0  # months


@dataclass(frozen=True, slots=True)
class Combination:
    """Settings of a design. alpha: one-sided; accrual, followup: months; lost: share for whom more are taken in."""

    alpha: float
    power: float
    method: Method
    accrual: float
    followup: float
    lost: float


@dataclass(frozen=True, slots=True)
class Given:
    """What a combination gives: people before rounding, and rounded up to whole pairs."""

    settings: Combination
    exact: float
    people: int


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Of all combinations tried: those that give each published size.

    joint: settings that give a smaller size without loss and a larger one with some loss, and are otherwise the same.
    smallest: the fewest people that any combination of a (one-sided) alpha gives.
    """

    tried: int
    giving: Mapping[int, tuple[Given, ...]]
    joint: int
    smallest: Mapping[float, int]


@dataclass(frozen=True, slots=True)
class Literal:
    """How many people the published hazard ratio would need, taken literally, everybody followed to the time."""

    power: float
    exact: float


@dataclass(frozen=True, slots=True)
class PowerRow:
    """The power of a published size for each hazard ratio, at one share of the control arm."""

    people: int
    control: float
    powers: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that arithmetic says of what was published.

    hazard_ratio: that of the two shares, under proportional hazards. published_ratio: as published. yearly: hazard rate
    a year of control and experimental. alpha: one-sided, of literal, attained and table. attained: (people, power for
    the published shares). ratios: of the columns of the table.
    """

    plan: DesignPlan
    hazard_ratio: float
    published_ratio: float | None
    yearly: tuple[float, float]
    alpha: float
    literal: tuple[Literal, ...]
    candidates: tuple[tuple[Candidate, Given], ...]
    reproduction: Reproduction
    attained: tuple[tuple[int, float], ...]
    ratios: tuple[float, ...]
    table: tuple[PowerRow, ...]

    @property
    def is_a_rate(self) -> bool:
        """Whether the published ratio, to its two digits, is the experimental arm's yearly rate and not the ratio."""
        shown = self.published_ratio
        return shown is not None and round(self.yearly[1], 2) == round(shown, 2) != round(self.hazard_ratio, 2)


def dossier(plan: DesignPlan) -> Dossier:
    """The arithmetic of a plan that states what was published. Raises Fault when it does not."""
    if not plan.is_stated:
        raise Fault("The trial's design.toml states no shares without an event: there is nothing to reproduce.")
    at, control, experimental = (plan.published[key].number for key in ("at", "control", "experimental"))
    shown = plan.published["hazard_ratio"].number if "hazard_ratio" in plan.published else None
    alpha = plan.settings["alpha"].number / plan.settings["sides"].number if "alpha" in plan.settings else 0.025
    ratios = _numbers(plan.table.get("hazard_ratio", ()))
    whole = Scenario(surviving(control, at), surviving(experimental, at), 0.0, at)
    return Dossier(
        plan=plan,
        hazard_ratio=ratio_of_survivals(control, experimental),
        published_ratio=shown,
        yearly=(-log(control) * YEAR / at, -log(experimental) * YEAR / at),
        alpha=alpha,
        literal=() if shown is None else _literal(control, at, shown, alpha, _numbers(plan.table.get("power", ()))),
        candidates=tuple((each, _candidate(each, control, experimental, at)) for each in plan.candidates),
        reproduction=_reproduction(plan, control, experimental, at),
        attained=tuple((each.people, power_of(each.people, whole, "schoenfeld", alpha)) for each in plan.sizes),
        ratios=ratios,
        table=tuple(
            PowerRow(each.people, share, tuple(_simple_power(each.people, share, at, ratio, alpha) for ratio in ratios))
            for each in plan.sizes
            for share in _numbers(plan.table.get("control", ()))
        ),
    )


def _literal(control: float, at: float, ratio: float, alpha: float, powers: Sequence[float]) -> tuple[Literal, ...]:
    base = surviving(control, at)
    scenario = Scenario(base, treated(base, ratio), 0.0, at)
    return tuple(Literal(power, size(scenario, "schoenfeld", alpha, power).people) for power in powers)


def _simple_power(people: int, control: float, at: float, ratio: float, alpha: float) -> float:
    """By Schoenfeld, everybody followed to the time, nobody lost."""
    base = surviving(control, at)
    return power_of(people, Scenario(base, treated(base, ratio), 0.0, at), "schoenfeld", alpha)


def _candidate(each: Candidate, control: float, experimental: float, at: float) -> Given:
    method = cast(Method, each.method)
    settings = Combination(each.alpha / each.sides, each.power, method, each.accrual, each.followup, each.lost)
    return given_by(settings, control, experimental, at)


def given_by(settings: Combination, control: float, experimental: float, at: float) -> Given:
    """The people that the settings give for two shares without an event at a time. Raises Fault."""
    return _with_loss(settings, _size(settings, control, experimental, at))


def _size(settings: Combination, control: float, experimental: float, at: float) -> Size:
    scenario = Scenario(surviving(control, at), surviving(experimental, at), settings.accrual, settings.followup)
    return size(scenario, settings.method, settings.alpha, settings.power)


def _with_loss(settings: Combination, found: Size) -> Given:
    exact = found.people / (1 - settings.lost)
    return Given(settings, exact, even(exact))


def _reproduction(plan: DesignPlan, control: float, experimental: float, at: float) -> Reproduction:
    if not plan.search:
        return Reproduction(0, {}, 0, {})
    losses = _numbers(plan.search["lost"])
    keys = ("alpha", "power", "method", "accrual", "followup")
    tried: list[list[Given]] = []
    for values in product(*(plan.search[key] for key in keys)):
        stated: dict[str, Any] = dict(zip(keys, values, strict=True))
        settings = [Combination(**stated, lost=lost) for lost in losses]
        found = _size(settings[0], control, experimental, at)
        tried.append([_with_loss(each, found) for each in settings])
    sizes = [each.people for each in plan.sizes]
    smallest = {
        alpha: min(g.people for each in tried for g in each if g.settings.alpha == alpha)
        for alpha in sorted(_numbers(plan.search["alpha"]))
    }
    giving = {people: tuple(g for each in tried for g in each if g.people == people) for people in sizes}
    joint = sum(_joint(each, sizes) for each in tried)
    return Reproduction(sum(len(each) for each in tried), giving, joint, smallest)


def _joint(found: Sequence[Given], sizes: Sequence[int]) -> bool:
    """Whether the same settings give the smallest size without loss, and the largest with some."""
    without = {each.people for each in found if each.settings.lost == 0}
    having = {each.people for each in found if each.settings.lost > 0}
    return len(sizes) > 1 and min(sizes) in without and max(sizes) in having


def _numbers(values: Sequence[float | str]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
