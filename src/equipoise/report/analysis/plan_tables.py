"""The plan that the analyses follow, as tables: endpoints with their events and censoring, and where each is from."""

from collections.abc import Iterator
from typing import Final

from ...protocol.comparisons import METHODS, Analysis, Purpose
from ...protocol.endpoints import Endpoint
from ...protocol.origins import Origin
from ...rules.prose import moment_text
from .cut import Cut
from .table import Column, Row, Table, cell, heading

PLAN: Final = "Everybody randomised"


def plan_tables(cut: Cut) -> tuple[Table, ...]:
    """Endpoints, then analyses."""
    return endpoints_table(cut), analyses_table(cut)


def endpoints_table(cut: Cut) -> Table:
    """What is counted, from when, and how somebody without it is left."""
    columns = (
        Column("endpoint", "Endpoint", False), Column("param", "Short name", False, shown=False),
        Column("from", "From", False), Column("event", "Event: the first of", False),
        Column("censored", "Without an event: left at", False), Column("origin", "Source", False),
    )  # fmt: skip
    rows = tuple(_endpoint_row(cut, each) for each in cut.trial.analysis.endpoints)
    return Table("endpoints", "Endpoints", PLAN, cut.stamp, columns, rows, empty="The plan has no endpoint.")


def _endpoint_row(cut: Cut, each: Endpoint) -> Row:
    words = cut.trial.vocabulary
    begins = moment_text(each.moment, words)
    if each.entry is not None:
        begins += f"; observed from {moment_text(each.entry, words)} on (delayed entry)"
    events = "; ".join(occurrence.text for occurrence in each.event)
    if each.competing:
        events += f". Competing: {'; '.join(occurrence.text for occurrence in each.competing)}"
    cells = (each.label, each.param, begins, events, "; ".join(_left_at(each)), origin_words(cut, each.origin))
    return Row(tuple(cell(text) for text in cells))


def _left_at(each: Endpoint) -> Iterator[str]:
    yield from (scan.text for scan in each.scans)
    if not each.scans:
        yield "last contact"
    if each.until:
        yield f"at the latest when {' or '.join(occurrence.text for occurrence in each.until)}"
    if each.missed_scans:
        yield f"an event after {each.missed_scans} missed scans in a row does not count"
    if each.withdrawal:
        yield "never after a withdrawal from everything"


def analyses_table(cut: Cut) -> Table:
    """Every analysis of the plan: of whom, by which methods, and where it is from."""
    columns = (
        Column("analysis", "Analysis", False), Column("purpose", "Purpose", False, shown=False),
        Column("endpoint", "Endpoint", False), Column("analysed", "Population", False),
        Column("methods", "Methods", False), Column("origin", "Source", False),
    )  # fmt: skip
    rows: list[Row] = []
    purposes: dict[Purpose, None] = dict.fromkeys(each.purpose for each in cut.trial.analysis.analyses)
    for purpose in purposes:
        rows.append(heading(f"{purpose.capitalize()} analyses", len(columns)))
        rows += [_analysis_row(cut, each) for each in cut.trial.analysis.of(purpose)]
    return Table("analyses", "Analyses", PLAN, cut.stamp, columns, tuple(rows), empty="The plan has no analysis.")


def _analysis_row(cut: Cut, each: Analysis) -> Row:
    plan = cut.trial.analysis
    cells = (
        each.label, each.purpose, plan.endpoint(each.endpoint).label, plan.population(each.population).label,
        methods_words(each), origin_words(cut, each.origin),
    )  # fmt: skip
    return Row(tuple(cell(text) for text in cells), 1)


def methods_words(each: Analysis) -> str:
    """The methods in words, with the time that they look at and the strata."""
    words = "; ".join(METHODS[method] for method in each.methods)
    at = f", at {each.at}" if each.at else ""
    strata = "stratified as randomised" if each.strata == "as_randomised" else "without strata"
    weights = f", weights {each.weights[0]:g} and {each.weights[1]:g}" if each.weights != (0, 0) else ""
    return f"{words}{at} ({strata}{weights})"


def origin_words(cut: Cut, origin: Origin) -> str:
    """Where it is from: the source, or whose it is where the trial never published it."""
    ours = f"ours, not from {cut.trial.acronym}" if origin.ours else ""
    return ". ".join(part for part in (ours, origin.source, origin.note) if part)
