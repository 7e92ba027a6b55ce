"""A running trial as text: how far it is, what is to be expected when, power and toxicity, and what it rests on."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ...dates import day_text
from ..accrual import FORECAST, percent
from ..text import dim, heading, indented
from ..words import counted, people_counted, short
from .joint import Joint
from .outlook import Expected, Monitoring, Power

NEVER: Final = "never"
POOLED: Final = "arms pooled"


def monitoring_text(found: Monitoring, joint: Sequence[Joint] = ()) -> list[RenderableType]:
    """The whole for a terminal."""
    parts: list[RenderableType] = [heading(f"{found.trial.acronym} on {day_text(found.on)}")]
    if found.mark:
        parts.append(Text(found.mark, style="bold"))
    parts += [Text(FORECAST, style="bold"), "", *_so_far(found), "", heading("What is to be expected"), _dates(found)]
    parts += [*_notes(found), "", *_power(found), "", *_toxicity(found), ""]
    if joint:
        parts += [*_joint(found, joint), ""]
    parts += [heading("What it rests on"), _assumed(found), ""]
    seed = f"Ledger up to entry {found.position:,}. Protocol {found.trial.acronym} {short(found.trial.digest)}."
    return [*parts, dim(f"{seed} Seed {found.seed}.")]


def _grid(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold", vertical="top")
    return table


# ---------------------------------------------------------------- so far
def _so_far(found: Monitoring) -> list[RenderableType]:
    accrual = found.accrual
    sites = f"{accrual.open_sites} of {counted(accrual.sites, 'site')} open"
    lines = [
        f"{accrual.randomised} of {people_counted(accrual.target)} randomised; {sites}"
        + (f", {accrual.rate:.1f} people a month expected." if accrual.open_sites else "."),
        f"{counted(found.events, 'event')} in {people_counted(found.people)} ({POOLED}); {found.followed} still "
        f"followed without one, {found.left} no longer.",
    ]
    return [heading("So far"), *(indented(Text(line)) for line in lines)]


# ---------------------------------------------------------------- dates
def _dates(found: Monitoring) -> Table:
    table = _grid("", "median", "80 % interval", "90 % interval", "ever")
    last = found.accrual.last
    table.add_row(f"person {found.accrual.target}, the last one", *_cells(Expected("", last), found))
    for each in found.expected:
        table.add_row(_label(each, found), *_cells(each, found))
    return table


def _label(each: Expected, found: Monitoring) -> str:
    """The name of what is expected, with when it is by plan, and that it is ours."""
    parts = [each.after, f"ours, not from {found.trial.acronym}" if each.ours else ""]
    told = "; ".join(part for part in parts if part)
    return f"{each.label} ({told})" if told else each.label


def _cells(each: Expected, found: Monitoring) -> Iterator[str]:
    predicted = each.predicted
    if predicted.reached is not None:
        yield from (f"was on {day_text(predicted.reached)}", "", "", "")
        return
    yield day_words(predicted.median)
    for interval in predicted.intervals:
        yield NEVER if interval.first is None else f"{day_words(interval.first)} to {day_words(interval.last)}"
    yield percent(predicted.chance) if 0 < predicted.chance < 1 else "yes" if predicted.chance else "no"


def day_words(day: date | None) -> str:
    """A day, or that it never comes."""
    return NEVER if day is None else f"{day.day} {day:%b %Y}"


def _notes(found: Monitoring) -> Iterator[RenderableType]:
    end = found.at_end
    if end.low != end.high:
        yield indented(
            Text(f"By the last look {counted(end.median, 'event')} are to be expected (90 %: {end.low} to {end.high}).")
        )
    if found.needed > max(found.accrual.target, found.accrual.randomised):
        number = found.accrual.target
        yield indented(Text(f"The design needs {found.needed} events, and {number} people cannot have so many."))


# ---------------------------------------------------------------- power and toxicity
def _power(found: Monitoring) -> Iterator[RenderableType]:
    yield heading("Power by the data so far")
    if found.power is None:
        yield indented(Text(found.why_no_power))
        return
    for line in power_lines(found.power):
        yield indented(Text(line))


def power_lines(power: Power) -> Iterator[str]:
    """What the comparison says, a sentence each."""
    yield (
        f"z = {power.z:.2f} (above 0: the experimental arm does better) at "
        f"{percent(power.information)} of the information, {power.events} of {counted(power.planned, 'event')}."
    )
    yield f"Conditional power for the effect of the design: {percent(power.by_design)}."
    if power.by_trend is not None:
        yield f"Conditional power for the trend of the data: {percent(power.by_trend)}."
    if power.predictive is not None:
        yield f"Predictive power, nothing being believed before the data: {percent(power.predictive)}."
    if power.bound is not None:
        yield f"The next look, {power.bound.look.label}, stops for benefit at z = {power.bound.z:.2f} or above."


def _toxicity(found: Monitoring) -> Iterator[RenderableType]:
    yield heading("Toxicity")
    if not found.toxicity:
        yield indented(Text("The trial states no stopping rule."))
    for each in found.toxicity:
        ours = f" [ours, not from {found.trial.acronym}]" if each.stopping.ours else ""
        yield indented(
            Text(f"{each.sentence[:1].upper()}{each.sentence[1:]}{ours}", style="bold red" if each.stop else "")
        )


def _joint(found: Monitoring, joint: Sequence[Joint]) -> Iterator[RenderableType]:
    yield heading(f"Toxicity and efficacy together: {joint[0].trials:,} simulated trials a row, no result of a trial")
    table = _grid(
        "true rate of toxicity", "hazard ratio", "stop for toxicity", "benefit", "neither", "months on average"
    )
    for each in joint:
        table.add_row(
            f"{100 * each.rate:g} %", f"{each.ratio:.3g}", percent(each.toxicity), percent(each.benefit),
            percent(each.neither), f"{each.months:.0f}",
        )  # fmt: skip
    yield table
    if len(joint[0].by_look) > 1:
        yield _by_look(found, joint)
    yield indented(dim(f"Each share is within {100 * 2 * joint[0].error:.1f} points of what more trials would give."))


def _by_look(found: Monitoring, joint: Sequence[Joint]) -> Table:
    """For each look the shares that stopped for toxicity since the one before, and that crossed for benefit."""
    table = _grid("look", "true rate of toxicity", "hazard ratio", "toxicity before it", "benefit at it")
    for each in joint:
        for bound, (stopped, crossed) in zip(found.bounds, each.by_look, strict=True):
            rate = f"{100 * each.rate:g} %"
            table.add_row(bound.look.label, rate, f"{each.ratio:.3g}", percent(stopped), percent(crossed))
    return table


def _assumed(found: Monitoring) -> Table:
    table = _grid("", "", "source")
    for each in found.assumed:
        table.add_row(each.what, each.value, dim(each.source))
    return table
