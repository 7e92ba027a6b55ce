"""A stopping boundary and graded laboratory values as text for a terminal."""

from collections.abc import Sequence
from datetime import date

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..conduct.boundary import Boundary, Characteristics
from ..conduct.grades import Graded, Worst
from ..dates import day_text
from ..protocol.model import Protocol
from ..protocol.safety import Stopping
from ..rules.prose import says, value_text, when_text
from .safety_words import grade_words, method_words, origin_words, people_range, percent, stop_words
from .text import dim, heading
from .words import STATEMENT, SYNTHETIC, short


def boundary_text(
    trial: Protocol, stopping: Stopping, boundary: Boundary, does: Sequence[Characteristics], changed: Sequence[str]
) -> list[RenderableType]:
    """The boundary as a table, then what it does at each true rate. changed: what the user asked otherwise."""
    head = f"{trial.acronym}: stop for toxicity, {stopping.label}"
    parts: list[RenderableType] = [heading(head), dim(origin_words(trial, stopping.ours, stopping.source))]
    if changed:
        parts.append(Text(f"Asked with {', '.join(changed)}, otherwise than the trial's file says.", style="bold"))
    parts += ["", Text(f"The event: {says(stopping.rule, trial.vocabulary)}.")]
    parts += [Text(method_words(stopping, boundary)), "", heading("When to stop"), _steps(boundary), ""]
    parts += [heading("What it does"), _does(does), _key(boundary)]
    if stopping.note:
        parts += ["", dim(stopping.note)]
    return [*parts, "", dim(f"Protocol {trial.acronym} {short(trial.digest)}. {STATEMENT}")]


def _steps(boundary: Boundary) -> Table:
    table = _columns("people who count", "stop at events")
    for first, last, stop_at in boundary.steps():
        table.add_row(people_range(first, last), stop_words(stop_at))
    return table


def _does(does: Sequence[Characteristics]) -> Table:
    table = _columns("true rate", "stops", "before the end", "people", "events")
    for each in does:
        table.add_row(
            percent(each.rate), percent(each.stop), percent(each.early), f"{each.people:.1f}", f"{each.events:.1f}"
        )
    return table


def _key(boundary: Boundary) -> Text:
    return dim(
        "stops: the chance to reach the boundary at any look; people, events: how many are expected until it stops or "
        f"{boundary.most} people have counted. Exact, by adding one person after the other."
    )


def _columns(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, justify="right", header_style="dim")
    return table


def grades_text(
    trial: Protocol, person: str, on: date, since: date | None, graded: Sequence[Graded], worst: Sequence[Worst],
    synthetic: bool,
) -> list[RenderableType]:  # fmt: skip
    """Each graded value with its grade, then the worst of each concept."""
    parts: list[RenderableType] = [
        heading(f"{trial.acronym}: laboratory values of {person}, graded on {day_text(on)}"),
        dim(version_words(trial)),
    ]
    parts += [Text(SYNTHETIC, style="bold")] if synthetic else []
    if not graded:
        return [*parts, "", Text("There is no value on record of which the trial has a grading table.")]
    parts += ["", _values(trial, graded), "", heading(f"The worst{f' since {day_text(since)}' if since else ''}")]
    parts += [Text(f"  {each.sentence}") for each in worst] or [Text("  None: every value is older.")]
    return [*parts, "", dim(f"Protocol {trial.acronym} {short(trial.digest)}. {STATEMENT}")]


def version_words(trial: Protocol) -> str:
    """Which version of the tables is in force, and who says so."""
    if not trial.safety.ctcae:
        return "By the trial's own grading tables."
    others = ", ".join(version for version in trial.grading_versions if version != f"CTCAE {trial.safety.ctcae}")
    beside = f"; the file also holds {others}" if others else ""
    return f'By CTCAE {trial.safety.ctcae}, pinned in safety.toml (ctcae = "{trial.safety.ctcae}"){beside}.'


def _values(trial: Protocol, graded: Sequence[Graded]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("", "value", "when", "grade", ""):
        table.add_column(head, header_style="dim", overflow="fold")
    for each in graded:
        concept = trial.vocabulary[each.concept]
        shown = each.fact.reported if each.fact.doubt else value_text(each.fact.value, concept)
        when = when_text(each.fact).removeprefix("on ")
        table.add_row(concept.label, shown, when, Text(grade_words(each.low, each.high), style="bold"), dim(each.why))
    return table
