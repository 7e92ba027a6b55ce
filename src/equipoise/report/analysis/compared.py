"""Each analysis of the plan, done on a data cut: who is in it, what ended their times, its effects and its curves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ...analysis.datasets import Dataset, arm_codes, dataset
from ...analysis.endpoints import rows_of
from ...analysis.populations import Member, members
from ...analysis.rows import CENSORED, COMPETING, EVENT, Row
from ...conduct.deviations import deviations
from ...faults import Fault
from ...protocol.analysis import AnalysisPlan
from ...protocol.comparisons import Analysis, Population
from ...protocol.endpoints import Endpoint
from ...protocol.model import Protocol
from .curves import curves_of
from .cut import Cut
from .effects import Effect, effects_of
from .km_figure import Steps

_CURVES: Final = frozenset({"kaplan_meier", "cumulative_incidence"})


@dataclass(frozen=True)
class Compared:
    """One analysis done. rows: of everybody in its population. arms: the ids of the control and experimental arm.

    data: what was analysed; effects: none where the arms are hidden or one is empty; why_not: that, in a sentence.
    """

    analysis: Analysis
    endpoint: Endpoint
    population: Population
    rows: tuple[Row, ...]
    data: Dataset
    arms: tuple[str, str]
    effects: tuple[Effect, ...]
    curves: tuple[Steps, ...]
    why_not: str = ""

    def effect(self, method: str) -> Effect | None:
        """What one method found; None where it was not asked."""
        return next((each for each in self.effects if each.method == method), None)

    def people(self, arm: str) -> int:
        """How many of an arm were analysed; "" is everybody."""
        return sum(arm in ("", row.arm) and not row.left_out for row in self.rows)

    def events(self, arm: str, outcome: int = EVENT) -> int:
        """How many events (or competing events) an arm had; "" is everybody."""
        return sum(arm in ("", row.arm) and row.event == outcome and not row.left_out for row in self.rows)

    def endings(self, arm: str) -> Mapping[tuple[int, str], int]:
        """(outcome, what or why) -> people of an arm ("": everybody), for the events and for the censored."""
        own = [row for row in self.rows if arm in ("", row.arm) and not row.left_out]
        return Counter((row.event, row.what if row.event != CENSORED else row.why) for row in own)

    @property
    def competing(self) -> bool:
        return any(row.event == COMPETING for row in self.rows)


@dataclass(frozen=True)
class Comparisons:
    """Does the analyses of a plan on a cut; rows and populations are made once."""

    cut: Cut

    @property
    def plan(self) -> AnalysisPlan:
        return self.cut.trial.analysis

    @cached_property
    def arms(self) -> tuple[str, str]:
        """The control and the experimental arm. Raises Fault unless there are two."""
        codes = arm_codes(self.cut.trial)
        control, experimental = sorted(codes, key=lambda arm: codes[arm])
        return control, experimental

    @cached_property
    def rows(self) -> Mapping[str, tuple[Row, ...]]:
        """endpoint -> its rows, everybody randomised."""
        cut, people = self.cut, self.cut.state.people.values()
        return {each.id: rows_of(cut.trial, people, each, cut.cutoff, cut.blind) for each in self.plan.endpoints}

    @property
    def populations(self) -> tuple[Population, ...]:
        """The populations that may be told of: where arms are hidden, not those by what only some arms can have."""
        told = self.plan.populations
        return tuple(e for e in told if not self.cut.blind or (e.rule is None and not e.without_deviations))

    def members_of(self, population: Population) -> tuple[Member, ...]:
        """Everybody randomised, and whether they belong to a population."""
        if population.id not in self._members:
            cut, deviating = self.cut, self._deviating(population.without_deviations)
            people = cut.state.people.values()
            self._members[population.id] = members(cut.trial, people, population, cut.cutoff, deviating)
        return self._members[population.id]

    @cached_property
    def _members(self) -> dict[str, tuple[Member, ...]]:
        return {}

    def _deviating(self, severity: str) -> frozenset[str] | None:
        """Who has a deviation of that severity, whether or not it tells an arm."""
        if not severity:
            return None
        found = deviations(self.cut.state, self.cut.trial, self.cut.cutoff)
        return frozenset(each.person for each in found if each.severity == severity)

    def done(self, analysis: Analysis) -> Compared:
        """One analysis on the cut."""
        inside = {each.person for each in self.members_of(self.plan.population(analysis.population)) if each.inside}
        rows = tuple(row for row in self.rows[analysis.endpoint] if row.person in inside)
        data = dataset(self.cut.trial, rows)
        hidden = self.cut.blind
        labels = self.labels
        why_not = _why_not(data, hidden, self.arms)
        return Compared(
            analysis, self.plan.endpoint(analysis.endpoint), self.plan.population(analysis.population), rows, data,
            self.arms, () if why_not else effects_of(analysis, data, self.arms),
            curves_of(analysis, data, labels[:1] if data.blind else labels), why_not,
        )  # fmt: skip

    @property
    def labels(self) -> tuple[str, ...]:
        """How the groups are called in figures, the control arm first."""
        if self.cut.blind:
            return ("All arms together",)
        named = {group.id: group.label for group in self.cut.groups}
        return tuple(named[arm] for arm in self.arms)

    def planned(self) -> tuple[Compared, ...]:
        """Every analysis of the plan; where arms are hidden only the first of each endpoint, for its pooled curve."""
        wanted: Sequence[Analysis] = self.plan.analyses
        if self.cut.blind:
            firsts = {each.endpoint: each for each in reversed(wanted) if not _CURVES.isdisjoint(each.methods)}
            wanted = [each for each in wanted if firsts.get(each.endpoint) is each]
        return tuple(self.done(each) for each in wanted)


def _why_not(data: Dataset, hidden: bool, arms: tuple[str, str]) -> str:
    if hidden:
        return "The arms are hidden until the data are locked: nothing is compared."
    if not len(data.time):
        return "Nobody can be analysed: nobody was randomised by the cut-off, or nobody's time can be told."
    empty = [arm for code, arm in enumerate(arms) if not (data.arm == code).any()]
    return f"Nobody of {' and '.join(empty)} can be analysed, so nothing is compared." if empty else ""


def check_planned(trial: Protocol) -> None:
    """Raises Fault for a trial without a plan of analysis, or one whose arms cannot be compared."""
    if not trial.analysis.analyses:
        raise Fault(f"{trial.acronym} has no plan of analysis: write one as analysis.toml in its folder.")
    arm_codes(trial)
