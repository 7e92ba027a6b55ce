"""The forest plot of subgroups: one row a level with events, ratio and interval, and the test of interaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final, NamedTuple

from ..story_drawing import WIDTH, Frame, Scale, Tick
from .drawing import drawn
from .numbers import p_words, range_text, ratio_text
from .table import Stamp

_LEFT, _RIGHT, _TOP, _ROW, _FOOT = 470.0, 700.0, 112, 22, 58
_RATIOS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0)
_LEAST, _MOST = 0.05, 20.0  # beyond these an interval is drawn as an arrow


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One row. head: a subgroup's own line, with p of its interaction, or everybody's.

    events, people: (control, experimental). ratio, low, high: None where they cannot be told; why says so.
    """

    label: str
    events: tuple[int, int] = (0, 0)
    people: tuple[int, int] = (0, 0)
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    head: bool = False
    interaction: float | None = None
    why: str = ""


class Line(NamedTuple):
    """A row as it is drawn; x, left, right: places on the axis, None where there is no estimate."""

    label: str
    head: bool
    y: float
    control: str
    experimental: str
    words: str
    size: float
    x: float | None
    left: float | None
    right: float | None
    open_left: bool
    open_right: bool


def forest_svg(
    title: str, population: str, stamp: Stamp, rows: Sequence[ForestRow], arms: tuple[str, str], alone: bool = True
) -> str:  # fmt: skip
    """The plot as SVG; "" without rows. arms: how the control and the experimental arm are called."""
    if not rows:
        return ""
    across = _axis(rows)
    lines = [_line(each, _TOP + _ROW * number, across, rows) for number, each in enumerate(rows)]
    base = _TOP + _ROW * len(rows)
    ticks = [Tick(across.at(log(each)), f"{each:g}") for each in _RATIOS if across.first <= log(each) <= across.last]
    frame = Frame("forest", title, stamp.mark, _says(rows), base + _FOOT)
    whole = next((line.x for line in lines if line.x is not None), None)
    return drawn(
        "analysis_forest.svg", frame, alone, lines=lines, ticks=ticks, base=base, top=_TOP, one=across.at(0.0),
        whole=whole, arms=arms, stamp=stamp.words(population), left=_LEFT, right=_RIGHT, width=WIDTH,
    )  # fmt: skip


def _axis(rows: Sequence[ForestRow]) -> Scale:
    """A logarithmic axis with 1 on it, as wide as the intervals need and no wider than can be read."""
    ends = [end for each in rows for end in (each.low, each.high, each.ratio) if end]
    low = max(min([*ends, 0.5]), _LEAST)
    high = min(max([*ends, 2.0]), _MOST)
    return Scale(log(low) - 0.1, log(high) + 0.1, _LEFT, _RIGHT)


def _line(each: ForestRow, y: float, across: Scale, rows: Sequence[ForestRow]) -> Line:
    words, x, left, right = "", None, None, None
    if each.ratio is not None and each.ratio > 0 and each.low and each.high:
        words = f"{ratio_text(each.ratio)} ({range_text(ratio_text(each.low), ratio_text(each.high))})"
        x, left, right = (across.at(log(end)) for end in (each.ratio, each.low, each.high))
    elif each.why:
        words = each.why
    elif each.head and each.interaction is not None:
        words = f"interaction {p_words(each.interaction)}"
    most = max(sum(row.events) for row in rows) or 1
    counted = not each.head or each.people != (0, 0)
    texts = [f"{events}/{people}" if counted else "" for events, people in zip(each.events, each.people, strict=True)]
    return Line(
        each.label, each.head, y, texts[0], texts[1], words, round(3 + 4 * (sum(each.events) / most) ** 0.5, 1),
        x, left, right, bool(each.low and log(each.low) < across.first),
        bool(each.high and log(each.high) > across.last),
    )  # fmt: skip


def _says(rows: Sequence[ForestRow]) -> str:
    told = [
        f"{each.label}: hazard ratio {ratio_text(each.ratio)}, 95 % interval "
        f"{range_text(ratio_text(each.low), ratio_text(each.high))}."
        for each in rows
        if each.ratio is not None
    ]
    return " ".join(told) or "No ratio can be told."
