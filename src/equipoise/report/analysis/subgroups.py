"""Subgroups of the primary analysis: the hazard ratio in each level, and whether levels differ (the interaction).

Levels are compared by Cochran's Q of their log hazard ratios, weighted by the inverse of their variance; of two levels
that is the square of z (D. G. Altman and J. M. Bland, BMJ 2003;326:219).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from ...analysis.baseline import parts_of_subgroup
from ...analysis.cox import State, cox
from ...analysis.datasets import Dataset, dataset
from ...faults import Fault
from ...protocol.comparisons import Subgroup
from .compared import Compared
from .cut import Cut
from .effect_tables import population_words
from .effects import CONTROL, EXPERIMENTAL
from .forest_figure import ForestRow
from .numbers import p_text, ratio_text
from .table import Cell, Column, Row, Table, cell


@dataclass(frozen=True, slots=True)
class Ratio:
    """The log hazard ratio of some people and its standard error; None where it cannot be told."""

    events: tuple[int, int]
    people: tuple[int, int]
    log_hr: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None


def ratio_of(data: Dataset, stratified: bool) -> Ratio:
    """The hazard ratio of a dataset with arms; without one where an arm is empty or the likelihood has no maximum."""
    arms = (CONTROL, EXPERIMENTAL)
    events = tuple(int(((data.arm == arm) & (data.event == 1)).sum()) for arm in arms)
    people = tuple(int((data.arm == arm).sum()) for arm in arms)
    bare = Ratio((events[0], events[1]), (people[0], people[1]))
    try:
        model = cox(data.compared(stratified=stratified))
    except Fault:
        return bare
    if model.state is not State.CONVERGED or model.log_hr is None or model.se is None:
        return bare
    return Ratio(bare.events, bare.people, model.log_hr, model.se, model.interval.low, model.interval.high)


def interaction(ratios: Sequence[Ratio]) -> float | None:
    """p of no difference between the levels; None where fewer than two have a ratio."""
    from scipy.special import chdtrc

    found = [(each.log_hr, each.se) for each in ratios if each.log_hr is not None and each.se]
    if len(found) < 2 or len(found) < len([each for each in ratios if sum(each.people)]):
        return None
    weights = [1 / se**2 for _, se in found]
    mean = sum(weight * log_hr for weight, (log_hr, _) in zip(weights, found, strict=True)) / sum(weights)
    q = sum(weight * (log_hr - mean) ** 2 for weight, (log_hr, _) in zip(weights, found, strict=True))
    return float(chdtrc(len(found) - 1, q))


def forest_rows(cut: Cut, primary: Compared) -> tuple[ForestRow, ...]:
    """The rows of the forest plot: everybody, then each subgroup with its levels. () where nothing is compared."""
    if primary.why_not:
        return ()
    stratified = primary.analysis.strata == "as_randomised"
    whole = ratio_of(primary.data, stratified)
    rows = [_row("Everybody", whole, head=True)]
    for subgroup in cut.trial.analysis.subgroups:
        rows += _of_subgroup(cut, primary, subgroup, stratified)
    return tuple(rows)


def _of_subgroup(cut: Cut, primary: Compared, subgroup: Subgroup, stratified: bool) -> list[ForestRow]:
    parts = parts_of_subgroup(cut.trial, cut.state.people.values(), subgroup)
    found: list[tuple[str, Ratio]] = []
    for level in subgroup.levels:
        them = [row.person for row in primary.rows if parts[row.person].level == level.id]
        found.append((level.label, ratio_of(dataset(cut.trial, primary.rows, them), stratified)))
    unknown = sum(not parts[row.person].level for row in primary.rows)
    p = interaction([ratio for _, ratio in found])
    label = subgroup.label[:1].upper() + subgroup.label[1:]
    head = ForestRow(f"{label} (not known: {unknown})" if unknown else label, head=True, interaction=p)
    return [head, *(_row(name, ratio) for name, ratio in found)]


def _row(label: str, ratio: Ratio, head: bool = False) -> ForestRow:
    hazard = None if ratio.log_hr is None else exp(ratio.log_hr)
    why = "" if hazard is not None else "too few events to tell"
    return ForestRow(label, ratio.events, ratio.people, hazard, ratio.low, ratio.high, head, why=why)


def forest_table(cut: Cut, primary: Compared, rows: Sequence[ForestRow]) -> Table:
    """The same rows as a table."""
    control, experimental = primary.arms
    columns = (
        Column("subgroup", "Subgroup", False), Column("level", "Level", False),
        Column(f"{cut.key_of(control)}_events", "Events"), Column(f"{cut.key_of(control)}_people", "People"),
        Column(f"{cut.key_of(experimental)}_events", "Events"), Column(f"{cut.key_of(experimental)}_people", "People"),
        Column("hazard_ratio", "Hazard ratio"), Column("low", "Low"), Column("high", "High"),
        Column("p_interaction", "p of interaction"),
    )  # fmt: skip
    made: list[Row] = []
    subgroup = "Everybody"
    for each in rows:
        subgroup = each.label if each.head else subgroup
        if each.head and each.people == (0, 0):
            p = each.interaction
            blank = [cell(None)] * 7
            made.append(Row((cell(subgroup), cell("interaction"), *blank, Cell(p_text(p), p))))
            continue
        counted = [cell(number) for pair in zip(each.events, each.people, strict=True) for number in pair]
        ratios = [Cell(ratio_text(end), end) for end in (each.ratio, each.low, each.high)]
        made.append(Row((cell(subgroup), cell("" if each.head else each.label), *counted, *ratios, cell(None))))
    return Table(
        "subgroups", f"Subgroups: {primary.analysis.label}", population_words(primary.population), cut.stamp, columns,
        tuple(made),
        _notes(cut, primary), primary.why_not or "Nothing is compared.",
    )  # fmt: skip


def _notes(cut: Cut, primary: Compared) -> tuple[str, ...]:
    ours = all(each.origin.ours for each in cut.trial.analysis.subgroups)
    return (
        "Levels are those on the day of the randomisation. Interaction: Cochran's Q of the log hazard ratios.",
        *([f"Which subgroups there are is ours, not from {cut.trial.acronym}."] if ours else []),
    )
