"""A forecast of recruitment as text: each look, what it would take, the stop rule, and all that is assumed."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..dates import day_text
from ..recruitment.accrual_answer import AccrualAnswer, Forecast, Look
from ..recruitment.accrual_needs import Needs
from ..recruitment.accrual_stop import Behaviour, StopRule
from .text import dim, heading, indented
from .words import counted, people_counted, short

FORECAST: Final = "A forecast of a model, not a result of the trial."
_SCENARIOS: Final = {
    None: "as believed", 1.0: "as planned", 0.5: "half of it", 0.25: "a quarter", 0.1: "a tenth",
}  # fmt: skip


def accrual_text(answer: AccrualAnswer) -> list[RenderableType]:
    """The whole answer for a terminal."""
    parts: list[RenderableType] = [heading(_title(answer)), Text(_sentence(answer), style="bold"), ""]
    parts += [heading("Forecast, with 90 % intervals"), _forecasts(answer), ""]
    if any(look.needs for look in answer.looks):
        parts += _needs(answer)
    if answer.rule is not None:
        parts += _rule(answer, answer.rule)
    parts += [heading("What it rests on"), _assumed(answer), ""]
    if answer.later:
        rows = counted(answer.later, "row")
        parts.append(dim(f"{rows} of people recruited after {day_text(answer.looks[-1].forecast.on)} did not count."))
    return [*parts, dim(f"Protocol {answer.trial} {short(answer.digest)}. {METHOD}")]


METHOD: Final = (
    "Poisson-gamma model (Anisimov and Fedorov 2007); the forecasts are exact under it, and only what the stop rule "
    "does is simulated."
)


def _title(answer: AccrualAnswer) -> str:
    when = f"{people_counted(answer.target)} by {day_text(answer.by)}"
    if answer.history:
        return f"{answer.trial}: what the model would have said of {when}"
    return f"{answer.trial}: {when}"


def caution(answer: AccrualAnswer) -> str:
    """That it is a model's forecast; and where it rests on sites that the trial never published, that too."""
    return FORECAST if answer.own_sites else f"{FORECAST} Sites and rates are assumed, not from {answer.trial}."


def _sentence(answer: AccrualAnswer) -> str:
    if answer.history:
        return caution(answer)
    return f"{caution(answer)} The probability of the target by that day: {chance_text(answer.looks[-1].forecast)}."


def percent(share: float) -> str:
    """A probability as people read it: more figures would pretend too much, and so would none and all."""
    if share < 0.001:
        return "< 0.1 %"
    if share > 0.999:
        return "> 99.9 %"
    return f"{100 * share:.1f} %" if share < 0.0995 or share > 0.9005 else f"{100 * share:.0f} %"


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold", vertical="top")
    return table


def _forecasts(answer: AccrualAnswer) -> Table:
    by = _day(answer.by)
    table = _table("on", "in", "sites open", f"in by {by}", f"{answer.target} by then", "last patient in", "never *")
    for look in answer.looks:
        each = look.forecast
        table.add_row(
            _day(each.on), f"{each.recruited}", f"{each.open_sites} of {each.sites}", _people(each),
            chance_text(each), _last_patient(each), "—" if each.first == each.on else percent(each.never),
        )  # fmt: skip
    note = f"* not by {day_text(answer.looks[-1].forecast.horizon)}, beyond which nobody looked"
    whole = Table.grid()
    whole.add_row(table)
    whole.add_row(dim(note))
    return whole


def _people(each: Forecast) -> str:
    return f"{each.by.median} ({each.by.low} to {each.by.high})"


def chance_text(each: Forecast) -> str:
    return "reached" if each.first == each.on else percent(each.by.chance)


def _last_patient(each: Forecast) -> str:
    if each.first == each.on:
        return "in already"
    if each.first is None:
        return "hardly ever"
    median = "later" if each.median is None else _month(each.median)
    return f"{median} ({_month(each.first)} to {'later' if each.last is None else _month(each.last)})"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _month(day: date) -> str:
    return f"{day:%b %Y}"


# ---------------------------------------------------------------- what it would take
def _needs(answer: AccrualAnswer) -> Iterator[RenderableType]:
    needs = [look.needs for look in answer.looks if look.needs]
    yield heading(f"What it would take, each alone, to be {round(100 * needs[-1].wanted)} % sure of the target")
    table = _table("from", "more time: by", "or further sites", "or all rates times")
    for look in answer.looks:
        if look.needs:
            table.add_row(_day(look.forecast.on), _time(look), _sites(look.needs), _times(look.needs))
    yield table
    yield ""
    relaxed = needs[-1].relaxed
    if relaxed:
        yield heading("Without one criterion (by the funnel's numbers)")
        table = _table(
            "criterion",
            "people times",
            f"target by {_day(answer.by)}",
            f"{round(100 * needs[-1].wanted)} % sure by",
        )
        for each in relaxed:
            sure = "later" if each.day is None else _day(each.day)
            table.add_row(each.criterion, f"{each.times:.2f}", percent(each.chance), sure)
        yield table
        yield ""


def _time(look: Look) -> str:
    needs = look.needs
    assert needs is not None
    if needs.day is None or needs.months_longer is None:
        return f"not by {_day(look.forecast.horizon)}"
    if needs.months_longer == 0:
        return "none is needed"
    return f"{_day(needs.day)} ({needs.months_longer:.0f} months longer)"


def _sites(needs: Needs) -> str:
    if needs.sites == 0:
        return "none"
    opening = f"opening {_day(needs.sites_open)}"
    if needs.sites is None:
        return "too late" if needs.sites_open > needs.by else f"not with 1,000, {opening}"
    return f"{needs.sites}, {opening}"


def _times(needs: Needs) -> str:
    return "not at 1,000" if needs.times is None else f"{needs.times:.2f}"


# ---------------------------------------------------------------- the stop rule
def _rule(answer: AccrualAnswer, rule: StopRule) -> Iterator[RenderableType]:
    yield heading(f"Stop rule: stop when the target has less than {100 * rule.below:g} %")
    table = _table("look", "stop with fewer than")
    for bound in rule.bounds:
        table.add_row(_day(bound.on), f"{bound.least}" if bound.least else "never stop here")
    yield table
    if answer.behaviour:
        yield ""
        yield from _behaviour(answer.behaviour, rule, answer.seed)
    yield ""


def _behaviour(behaviour: Sequence[Behaviour], rule: StopRule, seed: int) -> Iterator[RenderableType]:
    error = max(each.error for each in behaviour)
    yield Text(
        f"What it does, by {behaviour[0].trials:,} simulated trials a row, each from its beginning (seed {seed}; "
        f"Monte Carlo standard error at most {100 * error:.2f} percentage points):"
    )
    looks = [f"stops {_month(bound.on)}" for bound in rule.bounds]
    table = _table("true rates", "would reach it", *looks, "stopped wrongly", "goes on in vain", "months open")
    for each in behaviour:
        scenario = _SCENARIOS.get(each.common, f"{each.common} times")
        stopped = [
            percent(share) if bound.least else "—" for share, bound in zip(each.stopped, rule.bounds, strict=True)
        ]
        table.add_row(
            scenario, percent(each.reaches), *stopped, percent(each.wrongly), percent(each.in_vain),
            f"{each.months:.1f}",
        )  # fmt: skip
    yield table


def _assumed(answer: AccrualAnswer) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(ratio=4, overflow="fold")
    table.add_column(ratio=2, overflow="fold")
    table.add_column(ratio=6, overflow="fold")
    for each in answer.assumed:
        origin = each.origin(answer.trial)
        body = Text(f"{each.note} " if each.note else "").append(f"({origin})" if each.note else origin, style="dim")
        table.add_row(Text(each.label), Text(each.text), body)
    return indented(table)
