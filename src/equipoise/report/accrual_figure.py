"""A forecast of recruitment as a picture: people over time, one panel a look; one self-contained SVG."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Final, NamedTuple

import jinja2

from ..dates import day_text
from ..recruitment.accrual import People
from ..recruitment.accrual_answer import AccrualAnswer, Forecast
from .accrual import METHOD, caution, chance_text

WIDTH: Final = 760
_LEFT, _RIGHT, _HEAD, _PLOT, _GAP, _FOOT = 46, 14, 72, 120, 44, 46


class Tick(NamedTuple):
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One look: its title, and the geometry of what it foresees."""

    top: float
    title: str
    says: str
    band: str
    median: str
    known: str
    now: float
    rows: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """The picture in units of an SVG of width WIDTH."""

    height: float
    title: str
    note: str
    method: str
    left: float
    right: float
    plot: float
    ticks: tuple[Tick, ...]
    panels: tuple[Panel, ...]
    by: float
    target: str


def accrual_svg(answer: AccrualAnswer) -> bytes:
    """The figure as a file. The looks must hold their curves."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = resources.files("equipoise.report").joinpath("templates", "accrual.svg").read_text(encoding="utf-8")
    return environment.from_string(text).render(figure=figure(answer), WIDTH=WIDTH).encode()


def figure(answer: AccrualAnswer) -> Figure:
    """The geometry of the picture."""
    axis = _axis(answer)
    panels = tuple(_panel(answer, look.forecast, axis, n) for n, look in enumerate(answer.looks))
    return Figure(
        _HEAD + len(panels) * (_PLOT + _GAP) + _FOOT - _GAP + 12,
        f"{answer.trial}: people in the trial, {answer.target} wanted by {day_text(answer.by)}",
        caution(answer), METHOD, _LEFT, WIDTH - _RIGHT, _PLOT, tuple(_months(axis)), panels,
        axis.x(answer.by), f"{answer.target}",
    )  # fmt: skip


class _Axis(NamedTuple):
    first: int
    last: int
    most: int

    def x(self, day: date) -> float:
        held = min(max(day.toordinal(), self.first), self.last)
        return round(_LEFT + (held - self.first) / (self.last - self.first) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, people: float) -> float:
        """Below the top of a panel."""
        return round(_PLOT * (1 - people / self.most), 1)


def _axis(answer: AccrualAnswer) -> _Axis:
    starts = [look.forecast.on for look in answer.looks]
    ends = [point.on for look in answer.looks for point in look.forecast.curve]
    first, last = min(starts).toordinal(), max([answer.by, *starts, *ends]).toordinal()
    most = max([answer.target, *(look.forecast.recruited for look in answer.looks), 1])
    return _Axis(first, max(last, first + 30), round(1.08 * most) + 1)


def _panel(answer: AccrualAnswer, each: Forecast, axis: _Axis, number: int) -> Panel:
    curve = each.curve or (People(each.on, each.recruited, each.recruited, each.recruited, each.by.chance),)
    above = [f"{axis.x(point.on)},{axis.y(point.high)}" for point in curve]
    below = [f"{axis.x(point.on)},{axis.y(point.low)}" for point in reversed(curve)]
    title = f"On {day_text(each.on)}: {each.recruited} in; probability of {answer.target} by then: {chance_text(each)}"
    says = f"{each.by.median} people by then, 90 % interval {each.by.low} to {each.by.high}"
    return Panel(
        _HEAD + number * (_PLOT + _GAP), title, says, " ".join(above + below),
        " ".join(f"{axis.x(point.on)},{axis.y(point.median)}" for point in curve),
        f"{axis.x(each.on)},{axis.y(each.recruited)}", axis.x(each.on),
        (Tick(axis.y(0), "0"), Tick(axis.y(answer.target), f"{answer.target}")),
    )  # fmt: skip


def _months(axis: _Axis) -> Iterator[Tick]:
    """The first of each quarter, year or so, so that some eight stand on the axis."""
    step = next((step for step in (1, 3, 6, 12, 24, 60, 120) if (axis.last - axis.first) / 30.4 / step <= 9), 240)
    day = date.fromordinal(axis.first).replace(day=1)
    while day.toordinal() < axis.last - 20:
        if day.toordinal() >= axis.first and ((day.year * 12 + day.month - 1) % step == 0):
            yield Tick(axis.x(day), f"{day:%b %Y}")
        day = (day + timedelta(days=32)).replace(day=1)
