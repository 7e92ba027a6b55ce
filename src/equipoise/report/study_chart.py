"""One chart of a simulated trial: lines, bands and dots with their intervals on two straight axes, as geometry."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Final, NamedTuple

from .story_drawing import WIDTH, Frame, Scale, Tick, drawn

TONES: Final = 4
_APART: Final = 14  # between the words at the ends of two lines
_LEFT, _RIGHT, _TOP, _PLOT, _FOOT = 74.0, 210.0, 84.0, 300.0, 48.0


class Curve(NamedTuple):
    """One line: its name, and its points; each with the ends of an interval, or of a band, where there is one."""

    name: str
    points: tuple[tuple[float, float], ...]
    ends: tuple[tuple[float, float], ...] = ()


class Band(NamedTuple):
    tone: int
    points: str
    text: str


class Drawn(NamedTuple):
    """A line as it is drawn, and the height of the words at its end."""

    tone: int
    points: str
    text: str
    y: float


class Dot(NamedTuple):
    tone: int
    x: float
    y: float
    x1: float
    y1: float
    x2: float
    y2: float
    text: str


class Mark(NamedTuple):
    """A reference line."""

    x1: float
    y1: float
    x2: float
    y2: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Where everything stands."""

    left: float
    right: float
    top: float
    bottom: float
    across: str
    up: str
    columns: tuple[Tick, ...]
    rows: tuple[Tick, ...]
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    lines: tuple[Drawn, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its words, its range, and what stands at which numbers."""

    words: str
    first: float
    last: float
    ticks: tuple[tuple[float, str], ...]


def axis(words: str, numbers: Sequence[float], percent: bool = False, from_zero: bool = False) -> Axis:
    """An axis that holds the numbers, with some five round ones on it."""
    low, high = min([0.0] if from_zero else [], default=min(numbers)), max(numbers)
    low = min(low, min(numbers))
    step = _step((high - low) or abs(high) or 1.0)
    first = floor(low / step + 1e-9) * step
    count = max(1, -floor(-(high - first) / step + 1e-9))
    ticks = [first + step * number for number in range(count + 1)]
    decimals = max(0, -floor(log10(step) + 1e-9))
    texts = [f"{100 * tick:.{max(0, decimals - 2)}f} %" if percent else f"{tick:.{decimals}f}" for tick in ticks]
    return Axis(words, first, ticks[-1], tuple(zip(ticks, texts, strict=True)))


def _step(length: float) -> float:
    """A round step of which the length has some five."""
    unit = 10 ** floor(log10(length / 5))
    return next(factor * unit for factor in (1, 2, 5, 10) if length / (factor * unit) <= 6)


def chart_svg(
    frame_id: str, title: str, mark: str, across: Axis, up: Axis, curves: Sequence[Curve],
    level: tuple[float, str] | None = None, bands: bool = False,
) -> bytes:  # fmt: skip
    """A chart as a file. level: a height that is marked, and its words. bands: ends make a band, else bars."""
    x, y = _scales(across, up, _PLOT)
    found = Chart(
        _LEFT, WIDTH - _RIGHT, _TOP, _TOP + _PLOT, across.words, up.words,
        tuple(Tick(x.at(number), text) for number, text in across.ticks),
        tuple(Tick(y.at(number), text) for number, text in up.ticks),
        tuple(_band(curve, number % TONES, x, y) for number, curve in enumerate(curves) if bands and curve.ends),
        () if level is None else (Mark(_LEFT, y.at(level[0]), WIDTH - _RIGHT, y.at(level[0]), level[1]),),
        tuple(_apart([_line(curve, number % TONES, x, y) for number, curve in enumerate(curves)])),
        () if bands else tuple(dot for n, curve in enumerate(curves) for dot in _dots(curve, n % TONES, x, y)),
    )  # fmt: skip
    says = "; ".join(f"{curve.name}: {_told(curve, up)}" for curve in curves)
    frame = Frame(frame_id, title, mark, f"{says}.", _TOP + _PLOT + _FOOT)
    return drawn("study_chart.svg", frame, True, chart=found).encode()


def rows_svg(
    frame_id: str, title: str, mark: str, across: Axis, rows: Sequence[tuple[str, float, tuple[float, float]]],
    level: tuple[float, str],
) -> bytes:  # fmt: skip
    """Rows of one dot with its interval each, and a marked place. rows: name, number, ends."""
    left, bottom = 300.0, _TOP + 26.0 * len(rows)
    x = Scale(across.first, across.last, left, WIDTH - 40)
    heights = [_TOP + 26.0 * number + 13 for number in range(len(rows))]
    dots = tuple(
        Dot(0, x.at(number), y, x.at(low), y, x.at(high), y, f"{name}: {100 * number:.2f} %")
        for y, (name, number, (low, high)) in zip(heights, rows, strict=True)
    )
    found = Chart(
        left, WIDTH - 40, _TOP, bottom, across.words, "", tuple(Tick(x.at(n), text) for n, text in across.ticks),
        tuple(Tick(y, name) for y, (name, _, _) in zip(heights, rows, strict=True)), (),
        (Mark(x.at(level[0]), _TOP, x.at(level[0]), bottom, level[1]),), (), dots,
    )  # fmt: skip
    says = "; ".join(dot.text for dot in dots)
    frame = Frame(frame_id, title, mark, f"{says}.", bottom + _FOOT)
    return drawn("study_chart.svg", frame, True, chart=found).encode()


def _scales(across: Axis, up: Axis, plot: float) -> tuple[Scale, Scale]:
    return (
        Scale(across.first, across.last, _LEFT, WIDTH - _RIGHT),
        Scale(up.first, up.last, _TOP + plot, _TOP),
    )


def _line(curve: Curve, tone: int, x: Scale, y: Scale) -> Drawn:
    points = " ".join(f"{x.at(a)},{y.at(b)}" for a, b in curve.points)
    return Drawn(tone, points, curve.name, y.at(curve.points[-1][1]))


def _band(curve: Curve, tone: int, x: Scale, y: Scale) -> Band:
    places = [a for a, _ in curve.points]
    below = [f"{x.at(a)},{y.at(low)}" for a, (low, _) in zip(places, curve.ends, strict=True)]
    above = [f"{x.at(a)},{y.at(high)}" for a, (_, high) in zip(places, curve.ends, strict=True)]
    return Band(tone, " ".join(above + below[::-1]), f"{curve.name}: the middle 90 % of the trials")


def _dots(curve: Curve, tone: int, x: Scale, y: Scale) -> list[Dot]:
    ends = curve.ends or tuple((b, b) for _, b in curve.points)
    return [
        Dot(tone, x.at(a), y.at(b), x.at(a), y.at(low), x.at(a), y.at(high), f"{curve.name}: {b:.4g}")
        for (a, b), (low, high) in zip(curve.points, ends, strict=True)
    ]


def _told(curve: Curve, up: Axis) -> str:
    """The line in words: at its beginning, and at its end."""
    first, last = curve.points[0], curve.points[-1]
    return f"{up.words} {first[1]:.3g} at {first[0]:g}" + ("" if first == last else f", {last[1]:.3g} at {last[0]:g}")


def _apart(lines: Sequence[Drawn]) -> list[Drawn]:
    """The lines with the words at their ends so far apart that each can be read."""
    placed: dict[int, float] = {}
    for number, line in sorted(enumerate(lines), key=lambda each: (-each[1].y, each[0])):
        placed[number] = min([line.y, *(y - _APART for y in placed.values())])
    return [line._replace(y=round(placed[number], 1)) for number, line in enumerate(lines)]
