"""A comparison of two arms as text: curves, tests, hazard ratios, fixed times, restricted means."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..analysis.comparison import Comparison
from ..analysis.estimate import number_text
from ..analysis.kaplan_meier import AtTime, Quantile
from .text import dim, heading, indented
from .words import counted


def comparison_text(
    found: Comparison, arms: Sequence[str], unit: str, title: str, notes: Sequence[str] = ()
) -> list[RenderableType]:  # fmt: skip
    """The whole comparison for a terminal. arms: the names of arm 0 and arm 1. unit: of time, "" where not stated."""
    people, events = found.people.people, found.people.events
    parts: list[RenderableType] = [
        heading(f"{title}: {arms[1]} against {arms[0]}"),
        Text(f"Arm 1 is {arms[1]}, arm 0 is {arms[0]}. {_counts(people, events, found.people.strata)}"),
        *(dim(note) for note in notes),
        "",
        heading(f"Kaplan-Meier{f' ({unit})' if unit else ''}"),
        _curves(found, arms),
        dim(
            f"Share without the event, its {found.curves[0].level * 100:g} % interval (log-log), and the number at "
            "risk; · where an end is not known."
        ),
        "",
    ]
    for head, sentences in sections(found):
        parts += [heading(head), *(indented(Text(sentence)) for sentence in sentences), ""]
    return [*parts, dim("Equipoise is research software: a statistician answers for an analysis.")]


def sections(found: Comparison) -> list[tuple[str, list[str]]]:
    """The results in sentences, under heads."""
    tests, models = [found.log_rank.sentence], [found.cox.sentence]
    if found.stratified is not None:
        tests.insert(0, found.stratified[0].sentence)
        models.insert(0, found.stratified[1].sentence)
    at = [each.sentence for each in found.at] or [
        "No time was named: --at 36 compares the shares without the event at that time."
    ]
    restricted = (
        "There is no time to which both arms were followed." if found.restricted is None else found.restricted.sentence
    )
    return [
        ("Tests", tests),
        ("Hazard ratio", [*models, found.proportional.sentence]),
        ("At a fixed time", at),
        ("Restricted mean", [restricted]),
    ]


def _counts(people: tuple[int, int], events: tuple[int, int], strata: int) -> str:
    within = f", in {strata} strata" if strata > 1 else ""
    return f"{counted(sum(people), 'person', 'people')} with {counted(sum(events), 'event')}{within}."


def _curves(found: Comparison, arms: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="not bold")
    table.add_column("")
    for arm in (0, 1):
        table.add_column(arms[arm], justify="right", overflow="fold")
    table.add_row("people", *(str(number) for number in found.people.people))
    table.add_row("events", *(str(number) for number in found.people.events))
    table.add_row("median", *(_median(curve.median) for curve in found.curves))
    for time in found.times:
        table.add_row(f"at {number_text(time)}", *(_at(curve.at(time)) for curve in found.curves))
    return table


def _median(median: Quantile) -> str:
    ends = f"{_time(median.interval.low)} to {_time(median.interval.high)}"
    return f"{'not reached' if median.time is None else number_text(median.time)} ({ends})"


def _at(at: AtTime) -> str:
    if at.survival is None:
        return "not known"
    return f"{at.survival:.3f} ({_share(at.interval.low)} to {_share(at.interval.high)}), {at.at_risk}"


def _time(end: float | None) -> str:
    return "·" if end is None else number_text(end)


def _share(end: float | None) -> str:
    return "·" if end is None else f"{end:.3f}"
