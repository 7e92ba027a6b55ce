"""assumptions.toml, tables [study.*] -> the plan of a simulated trial, with the source of each number.

Every entry has its source, or says that it is ours. The format is told in the head of those tables.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

from ..analysis.operating import AssumptionTold
from ..dates import Duration
from ..faults import Fault, Mistake, Mistakes
from ..protocol.load import trial_folder
from ..protocol.model import Protocol
from .study_plan import MONTHS, Stratum, StudyPlan, checked

FILE: Final = "assumptions.toml"
STEP: Final = 0.01  # between the control rates of a range

# Key -> (its kind, how people call it, its unit); the order in which they are told.
_KEYS: Final[dict[str, tuple[str, str, str]]] = {
    "people": ("whole", "people wanted", ""),
    "accrual": ("number", "accrual of that many", " months"),
    "ramp": ("number", "of it at half the pace", " months"),
    "longest": ("number", "recruitment ends after", " months"),
    "follow_up": ("number", "from the last entry to the analysis", " months"),
    "each": ("number", "everybody is followed at most", " months"),
    "cut": ("number", "calendar month of the analysis", ""),
    "events": ("whole", "events that are waited for", ""),
    "shape": ("name", "hazard over time", ""),
    "control": ("shares", "free of disease, control arm", ""),
    "hazard_ratio": ("numbers", "hazard ratio of recurrence", ""),
    "delay": ("number", "no effect before", " months"),
    "cure": ("number", "never recur", ""),
    "deaths": ("number", "deaths", " a year"),
    "deaths_after": ("number", "deaths after a recurrence", " a year"),
    "loss": ("number", "lost to follow-up", " a year"),
    "refusing": ("number", "never treated, of the treated arm", ""),
    "between": ("number", "recurrences seen between scans", ""),
    "missed": ("number", "scans missed", ""),
    "at": ("number", "comparison at", " months"),
    "alpha": ("number", "level", ""),
    "sides": ("whole", "sides of the tests", ""),
}
_TABLES: Final = {"shapes", "strata", "scenario"}
_NEEDED: Final = ("people", "accrual", "follow_up", "shape", "control", "hazard_ratio")
_SAYS: Final = {
    "whole": "a whole number from 0", "number": "a number from 0", "numbers": "a number, or a list of them",
    "shares": "a share, or [lowest, highest]", "name": "the name of one of [study.shapes]",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyAssumptions:
    """What a trial assumes of its simulation.

    plan: with the first hazard ratio. hazard_ratios: all of them. shapes: by name. scenarios: further ones, by name:
    what differs from the plan. told: by key, in order.
    """

    plan: StudyPlan
    hazard_ratios: tuple[float, ...]
    shapes: Mapping[str, tuple[tuple[float, float], ...]]
    scenarios: Mapping[str, Mapping[str, float]]
    told: Mapping[str, AssumptionTold]


def load_study(trial: Protocol, name: str | Path) -> StudyAssumptions:
    """The assumptions of a trial's folder. Raises Fault where there are none, and Mistakes with all that is wrong."""
    path = trial_folder(name).joinpath(FILE)
    if not path.is_file():
        raise Fault(f"{trial.acronym} has no {FILE}: a simulation has to be told what to assume.")
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Mistakes([Mistake(FILE, 0, 0, f"this is not TOML: {error}")]) from None
    if not isinstance(table.get("study"), Mapping):
        raise Fault(f"{FILE} of {trial.acronym} has no tables [study.*]: write down what a simulation is to assume.")
    return _Reader(trial, table["study"]).read()


def control_rates(low: float, high: float) -> tuple[float, ...]:
    """The control rates from low to high, in steps."""
    steps = round((high - low) / STEP)
    return tuple(round(low + STEP * step, 6) for step in range(steps + 1)) if steps > 0 else (low,)


class _Reader:
    """Walks the tables; every mistake is noted, none stops the reading."""

    def __init__(self, trial: Protocol, table: Mapping[str, Any]) -> None:
        self.trial, self.table = trial, table
        self.mistakes: list[Mistake] = []

    def wrong(self, where: str, message: str) -> None:
        self.mistakes.append(Mistake(FILE, 0, 0, f"[study.{where}]: {message}"))

    def read(self) -> StudyAssumptions:
        for strange in self.table.keys() - _KEYS.keys() - _TABLES:
            self.wrong(strange, f"is not an assumption of a simulation (one of {', '.join(_KEYS)})")
        for key in _NEEDED:
            if key not in self.table:
                self.wrong(key, "is missing")
        values = {key: value for key in _KEYS if (value := self.value(key)) is not None}
        shapes = {name: shape for name in self.table.get("shapes", {}) if (shape := self.shape(name)) is not None}
        strata = self.strata()
        scenarios = {name: changes for each in self.table.get("scenario", []) for name, changes in self.scenario(each)}
        if "shape" in values and values["shape"] not in shapes:
            self.wrong("shape", f'"{values["shape"]}" is not one of [study.shapes]')
        if self.mistakes:
            raise Mistakes(self.mistakes)
        told = {key: self.told(key) for key in _KEYS if key in self.table}
        plan = self.plan(values, shapes, strata)
        return StudyAssumptions(plan, values["hazard_ratio"], shapes, scenarios, told | self.told_of_protocol(plan))

    def plan(self, values: Mapping[str, Any], shapes: Mapping[str, Any], strata: tuple[Stratum, ...]) -> StudyPlan:
        scheme = self.trial.allocation.scheme
        plan = StudyPlan(strata=strata, scans=scans_of(self.trial))
        if scheme.block_sizes and len(scheme.ratio) == 2:
            plan = replace(plan, blocks=scheme.block_sizes, ratio=_ratio(self.trial))
        stated = {key: value for key, value in values.items() if key not in ("shape", "hazard_ratio")}
        return checked(
            replace(plan, **stated, shape=shapes[values["shape"]], hazard_ratio=float(values["hazard_ratio"][0]))
        )

    # -------------------------------------------------------------- entries
    def sourced(self, where: str, entry: Any) -> bool:
        if not isinstance(entry, Mapping) or "is" not in entry:
            self.wrong(where, "needs a value: is = ...")
            return False
        if not entry.get("source") and entry.get("ours") is not True:
            self.wrong(where, "needs a source, or ours = true for an assumption of ours")
        return True

    def value(self, key: str) -> Any:
        entry = self.table.get(key)
        if entry is None or not self.sourced(key, entry):
            return None
        kind = _KEYS[key][0]
        value = _value(kind, entry["is"])
        if value is None:
            self.wrong(key, f"{entry['is']!r} is not {_SAYS[kind]}")
        return value

    def shape(self, name: str) -> tuple[tuple[float, float], ...] | None:
        where, entry = f"shapes.{name}", self.table["shapes"][name]
        if not self.sourced(where, entry):
            return None
        try:
            return tuple((float(until), float(rate)) for until, rate in entry["is"])
        except (TypeError, ValueError):
            self.wrong(where, "is to be a list of [until year, rate]")
            return None

    def strata(self) -> tuple[Stratum, ...]:
        """The strata of the randomisation: levels are independent, hazards multiply."""
        stated = self.table.get("strata", {})
        factors = dict(self.trial.allocation.scheme.factors)
        for name in stated.keys() ^ factors.keys():
            self.wrong(f"strata.{name}", "is not a factor of the randomisation" if name in stated else "is missing")
        parts = [self.levels(name, factors[name]) for name in factors if name in stated]
        found: list[Stratum] = []
        for levels in product(*parts):
            share, hazard = 1.0, 1.0
            for level in levels:
                share, hazard = share * level.share, hazard * level.hazard
            found.append(Stratum("|".join(level.name for level in levels) or "everybody", share, hazard))
        return tuple(found)

    def levels(self, name: str, wanted: tuple[str, ...]) -> list[Stratum]:
        where, entry = f"strata.{name}", self.table["strata"][name]
        if not self.sourced(where, entry):
            return []
        try:
            levels = [Stratum(level, float(entry["is"][level][0]), float(entry["is"][level][1])) for level in wanted]
        except (KeyError, TypeError, ValueError, IndexError):
            self.wrong(where, f"says share and hazard of each level: {', '.join(wanted)}")
            return []
        if len(entry["is"]) != len(wanted) or abs(sum(level.share for level in levels) - 1) > 1e-6:
            self.wrong(where, f"has just the levels {', '.join(wanted)}, with shares that sum to 1")
        return levels

    def scenario(self, entry: Mapping[str, Any]) -> list[tuple[str, Mapping[str, float]]]:
        name = str(entry.get("name", ""))
        where = f"scenario {name}"
        if not name or (not entry.get("source") and entry.get("ours") is not True):
            self.wrong(where, "needs a name, and a source or ours = true")
        changes = {key: value for key, value in entry.items() if key not in ("name", "source", "ours", "note")}
        for key, value in changes.items():
            if _KEYS.get(key, ("",))[0] not in ("number", "whole") or _value("number", value) is None:
                self.wrong(where, f'"{key}" is not a number that a scenario can change')
        return [(name, changes)]

    # -------------------------------------------------------------- words
    def told(self, key: str) -> AssumptionTold:
        entry, (_, label, unit) = self.table[key], _KEYS[key]
        return AssumptionTold(label, f"{_text(key, entry['is'])}{unit}", self.origin(entry), str(entry.get("note", "")))

    def origin(self, entry: Mapping[str, Any]) -> str:
        """Where it is from; of what is ours, that the trial never published it."""
        source = str(entry.get("source", ""))
        origin = f"source: {source}"
        if entry.get("ours") is True:
            origin = f"ours, not from {self.trial.acronym}" + (f": {source}" if source else "")
        return f"{origin}; not verified" if entry.get("unverified") is True else origin

    def told_of_protocol(self, plan: StudyPlan) -> dict[str, AssumptionTold]:
        """What the simulation takes from the protocol itself, and the shape and strata that go with it."""
        shape = self.table["shapes"][self.table["shape"]["is"]]
        rates = ", ".join(f"{rate:g} a year until year {until:g}" for until, rate in plan.shape)
        found = {
            "shape_rates": AssumptionTold("its rates", rates, self.origin(shape), str(shape.get("note", ""))),
            "scans": AssumptionTold(
                "scans at", ", ".join(f"{month:g}" for month in plan.scans) + " months" if plan.scans else "none",
                self.origin({"source": "schedule.toml", "ours": self.trial.schedule.ours}),
            ),
            "blocks": AssumptionTold(
                "blocks of", ", ".join(map(str, plan.blocks)) + f", {plan.ratio[0]}:{plan.ratio[1]}",
                self.origin({"source": "randomisation.toml", "ours": any(
                    each.ours for each in self.trial.allocation.settings if each.key == "block_sizes"
                )}),
            ),
        }  # fmt: skip
        for name, entry in self.table.get("strata", {}).items():
            text = ", ".join(f"{level} {share:g} (hazard {hazard:g})" for level, (share, hazard) in entry["is"].items())
            found[f"strata.{name}"] = AssumptionTold(name, text, self.origin(entry), str(entry.get("note", "")))
        for entry in self.table.get("scenario", []):
            changes = ", ".join(
                f"{_KEYS[key][1]} {value:g}{_KEYS[key][2]}" for key, value in entry.items() if key in _KEYS
            )
            found[f"scenario.{entry['name']}"] = AssumptionTold(
                f'"{entry["name"]}"', changes, self.origin(entry), str(entry.get("note", ""))
            )
        return found


def _value(kind: str, stated: Any) -> Any:
    """The value of a kind; None when it is of another."""
    if kind == "name":
        return stated if isinstance(stated, str) else None
    if kind in ("numbers", "shares"):
        values = [_value("number", each) for each in (stated if isinstance(stated, list) else [stated])]
        if None in values or not values:
            return None
        if kind == "numbers":
            return tuple(values)
        if len(values) > 2 or not all(0 < value < 1 for value in values) or values[0] > values[-1]:
            return None
        return control_rates(values[0], values[-1])
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        return None
    if not 0 <= stated < 1e9 or (kind == "whole" and stated != int(stated)):
        return None
    return int(stated) if kind == "whole" else float(stated)


def _text(key: str, value: Any) -> str:
    if isinstance(value, list):
        return (" to " if key == "control" else ", ").join(f"{each:g}" for each in value)
    return value if isinstance(value, str) else f"{value:g}"


def _ratio(trial: Protocol) -> tuple[int, int]:
    """Of control and experimental arm, whichever order the trial names them in."""
    scheme = trial.allocation.scheme
    kinds = {arm.id: arm.kind for arm in trial.arms}
    first, second = scheme.ratio
    return (second, first) if kinds.get(scheme.arms[0]) == "Experimental" else (first, second)


def scans_of(trial: Protocol) -> tuple[float, ...]:
    """The months after the randomisation at which everybody's disease is looked for, by the schedule."""
    conduct = trial.conduct
    months = {
        round(_months(target), 4)
        for visit in trial.schedule.visits
        if not visit.arms and visit.moment == conduct.randomisation and conduct.assessment in visit.collects
        for target in visit.targets
    }
    return tuple(sorted(month for month in months if month > 0))


def _months(duration: Duration) -> float:
    if duration.days is not None:
        return duration.days / (365.2425 / MONTHS)
    return duration.count * (MONTHS if duration.unit == "year" else 1.0)
