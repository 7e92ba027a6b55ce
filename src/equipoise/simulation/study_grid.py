"""A question about a trial -> its scenarios, each simulated, and what comes out of all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Final

from ..analysis.operating import AssumptionTold, StudyFound, TestKind
from ..faults import Fault
from ..protocol.model import Protocol
from .study import simulated
from .study_assumptions import StudyAssumptions
from .study_plan import Stratum, StudyPlan
from .study_results import found

AXES: Final[tuple[str, ...]] = ("hazard_ratio", "control", "accrual", "loss")  # what a grid is made of
MOST: Final = 1000  # scenarios
_LABELS: Final[dict[str, str]] = {
    "hazard_ratio": "HR", "control": "control", "accrual": "accrual", "loss": "yearly loss",
}  # fmt: skip
STATED: Final = "stated in this command"


@dataclass(frozen=True, slots=True)
class StudyQuestion:
    """What is asked.

    axes: by key of AXES the values of a grid, for those that are stated. changes: other keys of the plan. kinds: which
    comparisons. further: also the further scenarios of the assumptions. calendar: also events month by month.
    """

    trials: int
    seed: int
    cores: int = 1
    axes: Mapping[str, Sequence[Any]] = field(default_factory=dict[str, Sequence[Any]])
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    kinds: tuple[TestKind, ...] = ("hazards",)
    further: bool = True
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """One plan of a grid: its name, "" for a place of the grid, and what it is told apart by."""

    name: str
    plan: StudyPlan
    settings: tuple[tuple[str, str], ...]


def scenarios(assumed: StudyAssumptions, question: StudyQuestion) -> tuple[Scenario, ...]:
    """All scenarios, in the order of the axes. Raises Fault for values that cannot be, or too many of them."""
    base = assumed.plan.with_(**question.changes)
    values = {axis: tuple(question.axes.get(axis, _default(assumed, base, axis))) for axis in AXES}
    if len(list(product(*values.values()))) > MOST:
        raise Fault(f"A grid has at most {MOST:,} scenarios: state fewer values.")
    several = [axis for axis in AXES if axis == "hazard_ratio" or len(values[axis]) > 1]
    grid: list[Scenario] = []
    for chosen in product(*values.values()):
        changes: dict[str, Any] = dict(zip(AXES, chosen, strict=True))
        settings = tuple((_LABELS[axis], setting_text(axis, changes[axis])) for axis in several)
        grid.append(Scenario("", base.with_(**changes), settings))
    if question.further:
        for name, different in assumed.scenarios.items():
            plan = grid[0].plan.with_(**different)
            settings = tuple((_LABELS[axis], setting_text(axis, getattr(plan, axis))) for axis in several)
            grid.append(Scenario(name, plan, settings))
    return tuple(grid)


def _default(assumed: StudyAssumptions, base: StudyPlan, axis: str) -> tuple[Any, ...]:
    return assumed.hazard_ratios if axis == "hazard_ratio" else (getattr(base, axis),)


def setting_text(axis: str, value: Any) -> str:
    """A value as people read it."""
    if axis == "control":
        return f"{value[0]:g}" if len(value) == 1 else f"{value[0]:g} to {value[-1]:g}"
    return f"{value:g}"


def answered(
    trial: Protocol, assumed: StudyAssumptions, question: StudyQuestion,
    told: Callable[[int, int], object] = lambda done, wanted: None,
) -> StudyFound:  # fmt: skip
    """All scenarios simulated. told: called with how many trials are done of all scenarios, and how many are wanted."""
    asked = scenarios(assumed, question)
    wanted, results = question.trials * len(asked), []
    for number, each in enumerate(asked):
        before = number * question.trials
        tally = simulated(
            each.plan, question.trials, question.seed, question.cores,
            fixed=question.kinds != ("hazards",), calendar=question.calendar,
            told=lambda done, _, before=before: told(before + done, wanted),
        )  # fmt: skip
        results.append(found(each.plan, tally, question.kinds, each.name, each.settings))
    first = asked[0].plan
    return StudyFound(
        trial.acronym, trial.digest, mark(trial.acronym), question.trials, question.seed, first.alpha, first.sides,
        first.at, tuple(results), tuple(_told(assumed, question, first).values()),
    )  # fmt: skip


def mark(trial: str) -> str:
    """The words that stand on everything that is simulated."""
    return f"Simulated under assumptions: these people do not exist, and nothing here is a result of {trial}"


def _told(assumed: StudyAssumptions, question: StudyQuestion, plan: StudyPlan) -> dict[str, AssumptionTold]:
    """What is assumed, with what is stated instead."""
    told = dict(assumed.told)
    for axis, values in question.axes.items():
        text = ", ".join(setting_text(axis, value) for value in values)
        told[axis] = AssumptionTold(told[axis].label if axis in told else _LABELS[axis], text, STATED)
    for key, value in question.changes.items():
        if key == "strata":
            told = {name: each for name, each in told.items() if not name.startswith("strata.")}
        if key == "shape":
            told["shape_rates"] = replace(told["shape_rates"], text=_rates(value), origin=STATED, note="")
            told.pop("shape", None)
            continue
        label = told[key].label if key in told else key.replace("_", " ")
        told[key] = AssumptionTold(label, _plain(value), STATED)
    if not question.further:
        told = {name: each for name, each in told.items() if not name.startswith("scenario.")}
    if plan.cut:
        told.pop("follow_up", None)
    return told


def _rates(shape: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{rate:g} a year until year {until:g}" for until, rate in shape)


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        parts = [each.name if isinstance(each, Stratum) else f"{each:g}" for each in value]
        return ", ".join(parts) or "none"
    return f"{value:g}"
