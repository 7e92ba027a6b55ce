"""Everything that a report shows, computed once: a ledger's fold, a day and a plan -> tables, figures and sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ...analysis.datasets import time_to_event_table
from ...analysis.followed import followed
from ...analysis.kaplan_meier import kaplan_meier
from ...analysis.rows import CENSORED
from ...participant.state import State
from ...protocol.comparisons import Purpose
from ...protocol.model import Protocol
from .adverse import adverse_tables
from .analysis_words import Finding, findings, followed_for
from .baseline import baseline_table
from .compared import Compared, Comparisons, check_planned
from .curves import curve_table
from .cut import Cut, Unblinding, cut_of
from .departures import deviations_table, imaging_table
from .disposition import flow_table
from .effect_tables import effects_table, endings_table, population_words, populations_table, shares_table
from .exposure import exposure_table
from .forest_figure import ForestRow
from .km_figure import MONTH
from .plan_tables import plan_tables
from .subgroups import forest_rows, forest_table
from .table import Column, Table, cell
from .table import Row as TableRow

_MORE: Final[tuple[Purpose, ...]] = ("sensitivity", "exploratory")


@dataclass(frozen=True)
class Report:
    """A report as data. done: the analyses, in the order of the plan. tables: by the section that they stand in.

    files: tables that stand in files only. forest: the rows of the plot of subgroups, of the analysis `primary`.
    """

    cut: Cut
    unblinding: Unblinding | None
    done: tuple[Compared, ...]
    primary: Compared | None
    findings: tuple[Finding, ...]
    tables: dict[str, tuple[Table, ...]]
    files: tuple[Table, ...]
    forest: tuple[ForestRow, ...]

    @property
    def every_table(self) -> tuple[Table, ...]:
        return (*(table for section in self.tables.values() for table in section), *self.files)

    def table(self, identifier: str) -> Table:
        """The table of that id. Raises KeyError."""
        return {table.id: table for table in self.every_table}[identifier]


def report_of(
    state: State, trial: Protocol, cutoff: date, unblinding: Unblinding | None = None
) -> Report:  # fmt: skip
    """The report of a trial up to a day, by what the state knows of it. Raises Fault where the trial has no plan.

    Before the lock the arms are hidden, unless `unblinding` says who may see them, and why.
    """
    cut = cut_of(state, trial, cutoff, unblinding)
    check_planned(trial)
    comparisons = Comparisons(cut)
    done = comparisons.planned()
    primary = _primary(done)
    forest = forest_rows(cut, primary) if primary is not None else ()
    told = (*findings(cut, done), *_followed(primary))
    tables = dict(_sections(cut, comparisons, done, primary, forest))
    files = tuple(_files(cut, comparisons, done, primary, forest))
    return Report(cut, unblinding, done, primary, told, tables, files, forest)


def _primary(done: tuple[Compared, ...]) -> Compared | None:
    """The analysis that subgroups are of: the first primary one with a hazard ratio, else the first."""
    own = [each for each in done if each.analysis.purpose == "primary"]
    return next((each for each in own if "cox" in each.analysis.methods), next(iter(own), None))


def _followed(primary: Compared | None) -> tuple[Finding, ...]:
    """The median follow-up of everybody: that of the curve of censoring."""
    if primary is None or not len(primary.data.time):
        return ()
    data = primary.data
    median = kaplan_meier(followed(data.time, data.event == CENSORED, entry=data.entry)).median.time
    return () if median is None else (followed_for(median / MONTH),)


def _sections(
    cut: Cut, comparisons: Comparisons, done: tuple[Compared, ...], primary: Compared | None,
    forest: tuple[ForestRow, ...],
) -> Iterator[tuple[str, tuple[Table, ...]]]:  # fmt: skip
    """The sections of the page in the order of a paper, each with its tables."""
    endings = [endings_table(cut, primary)] if primary is not None else []
    yield "flow", (flow_table(cut), populations_table(cut, comparisons))
    yield "baseline", (baseline_table(cut),)
    yield "primary", (effects_table(cut, "primary", done), *endings, shares_table(cut, done))
    yield "secondary", (effects_table(cut, "secondary", done),)
    none = primary is not None and not cut.blind and not forest  # what the figure draws stands in a file beside it
    yield "subgroups", (forest_table(cut, primary, forest),) if primary is not None and none else ()
    purposes = {each.purpose for each in cut.trial.analysis.analyses}
    more: list[Purpose] = [each for each in _MORE if each in purposes]
    yield "sensitivity", () if cut.blind else tuple(effects_table(cut, each, done) for each in more)
    exposure = exposure_table(cut)
    yield "exposure", (exposure,) if exposure is not None else ()
    yield "safety", adverse_tables(cut)
    images = imaging_table(cut)
    yield "deviations", (deviations_table(cut), *([images] if images is not None else []))
    yield "plan", plan_tables(cut)


def _files(
    cut: Cut, comparisons: Comparisons, done: tuple[Compared, ...], primary: Compared | None,
    forest: tuple[ForestRow, ...],
) -> Iterator[Table]:  # fmt: skip
    """The rows of the forest plot; the steps of each curve; and, where arms are not hidden, every person's times."""
    if primary is not None and forest:
        yield forest_table(cut, primary, forest)
    for each in done:
        if each.curves:
            population = population_words(each.population)
            yield curve_table(each.analysis.id, f"Curve: {each.analysis.label}", population, cut.stamp, each.curves)
    if not cut.blind:
        yield _times(cut, comparisons)


def _times(cut: Cut, comparisons: Comparisons) -> Table:
    """One row a person and endpoint, by the names of CDISC ADaM's ADTTE."""
    records: list[dict[str, Any]] = []
    for endpoint in cut.trial.analysis.endpoints:
        records += time_to_event_table(cut.trial, endpoint, comparisons.rows[endpoint.id])
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = tuple(Column(name, name, False) for name in names) or (Column("USUBJID", "USUBJID", False),)
    rows = tuple(
        TableRow(tuple(cell(record.get(name, ""), str(record.get(name, ""))) for name in names)) for record in records
    )
    return Table("times", "Times of every person", "Everybody randomised", cut.stamp, columns, rows,
                 empty="Nobody was randomised.")  # fmt: skip
