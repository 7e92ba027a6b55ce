"""analysis.toml -> how the arms are compared: endpoints, populations, analyses and looks, each with its source."""

from dataclasses import dataclass
from typing import Final

from ..dates import Duration
from ..rules.grammar import Language
from ..rules.nodes import Rule
from .comparisons import Analysis as Analysis
from .comparisons import Baseline as Baseline
from .comparisons import PlannedLook as PlannedLook
from .comparisons import Population as Population
from .comparisons import Purpose as Purpose
from .comparisons import Subgroup as Subgroup
from .comparisons import read_analyses, read_baseline, read_looks, read_populations, read_subgroups
from .endpoints import Endpoint as Endpoint
from .endpoints import Occurrence as Occurrence
from .endpoints import read_endpoints
from .file import File, items_under, rule_under
from .origins import NOWHERE, Origin, check_origin, origin_of, refuse_strange

DAYS_A_YEAR: Final = 365.25
_TOP: Final = {"endpoint", "flag", "population", "analysis", "subgroup", "baseline", "look"}


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that a reader must know of a person's times; it changes none of them."""

    id: str
    label: str
    text: str
    rule: Rule
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """How the arms of a trial are compared. Each part says where it is from (`origin`)."""

    endpoints: tuple[Endpoint, ...] = ()
    populations: tuple[Population, ...] = ()
    analyses: tuple[Analysis, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    baseline: tuple[Baseline, ...] = ()
    looks: tuple[PlannedLook, ...] = ()
    flags: tuple[Flag, ...] = ()

    def endpoint(self, identifier: str) -> Endpoint:
        """The endpoint of that id. Raises KeyError."""
        return {each.id: each for each in self.endpoints}[identifier]

    def population(self, identifier: str) -> Population:
        """The population of that id. Raises KeyError."""
        return {each.id: each for each in self.populations}[identifier]

    def analysis(self, identifier: str) -> Analysis:
        """The analysis of that id. Raises KeyError."""
        return {each.id: each for each in self.analyses}[identifier]

    def of(self, purpose: Purpose) -> tuple[Analysis, ...]:
        """The analyses of one purpose, in the order of the file."""
        return tuple(each for each in self.analyses if each.purpose == purpose)


def read_analysis(file: File, language: Language, arms: tuple[str, ...]) -> AnalysisPlan:
    """The plan that the file declares; every mistake goes to the file, none stops the reading."""
    refuse_strange(file, (), file.table, _TOP, "the analysis")
    endpoints = read_endpoints(file, language)
    populations = read_populations(file, language, arms)
    analyses = read_analyses(file, frozenset(each.id for each in endpoints), frozenset(each.id for each in populations))
    return AnalysisPlan(
        endpoints, populations, analyses, read_subgroups(file, language), read_baseline(file, language),
        read_looks(file, frozenset(each.id for each in analyses)), _flags(file, language),
    )  # fmt: skip


def days_of(duration: Duration) -> float:
    """A duration of a plan in days, as survival times are counted: a month is a twelfth of 365.25 days."""
    each = {"day": 1.0, "week": 7.0, "month": DAYS_A_YEAR / 12, "year": DAYS_A_YEAR}
    return duration.count * each[duration.unit]


def _flags(file: File, language: Language) -> tuple[Flag, ...]:
    found: list[Flag] = []
    for index, table in enumerate(items_under(file, "flag")):
        path, name = ("flag", str(index)), str(table.get("id", f"flag {index + 1}"))
        refuse_strange(file, path, table, {"id", "label", "when", "source", "ours", "note"}, name)
        check_origin(file, path, table, name)
        rule = rule_under(file, path, name, table, language)
        if not table.get("id") or not table.get("label"):
            file.report(path, f"{name} needs an id and a label")
        elif rule is not None:
            found.append(Flag(name, str(table["label"]), str(table["when"]).strip(), rule, origin_of(table)))
    return tuple(found)
