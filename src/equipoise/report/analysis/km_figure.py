"""Curves of people over time with a table of those at risk below: readable in black and white, and by itself.

The numbers below a curve follow T. P. Morris et al., BMJ Open 2019;9:e030215: at risk, and events so far.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from ...analysis.followed import Followed
from ...analysis.kernels import Floats
from ..story_drawing import WIDTH, Frame, Scale, Tick
from .drawing import drawn
from .numbers import months_text
from .table import Stamp

MONTH: Final = 365.25 / 12  # days: as a plan counts them
_LEFT, _RIGHT, _TOP, _HIGH = 74, 172, 84, 330  # to the right, the curves' names
_RISK, _ROW = 66, 34  # from the axis to the table of those at risk; of one group's row
_FEW: Final = 0.1  # with fewer of a group at risk its curve is thin: S. J. Pocock et al., Lancet 2002;359:1686
_BESIDE: Final = 16.0  # from one curve's name to the next
_NAME: Final = 24  # letters of a name beside its curve; more is cut, and stands whole below


@dataclass(frozen=True, eq=False)
class Steps:
    """One group's curve, by months: parallel arrays, a place for each time at which something happens.

    value, lower, upper: shares from the time on; NaN where there is no limit.
    events: how many at each time; censored: times of censoring. people: those followed, in days. ticks: months of the
    axis. start: the share before the first time, 1 or 0. median: in words. last: the end of the longest follow-up.
    """

    label: str
    time: Floats
    value: Floats
    lower: Floats
    upper: Floats
    events: Floats
    censored: Floats
    people: Followed
    ticks: tuple[int, ...]
    start: float = 1.0
    median: str = ""
    last: float = 0.0

    def at_risk(self, month: float) -> int:
        """How many are at risk; at 0, who is there from the beginning on."""
        if month > 0:
            return int(self.people.at_risk(month * MONTH))
        entry = self.people.entry
        return int(len(self.people.time) if entry is None else np.count_nonzero(entry < 0))

    def so_far(self, month: float) -> int:
        """How many events there were up to a time."""
        return int(np.sum(self.events[self.time <= month]))

    def told(self, month: float) -> tuple[float | None, float | None, float | None]:
        """The share at a time with its interval; None beyond the last follow-up."""
        if month > self.last:
            return None, None, None
        place = int(np.searchsorted(self.time, month, "right")) - 1
        if place < 0:
            return self.start, None, None
        ends = (float(each[place]) for each in (self.value, self.lower, self.upper))
        value, low, high = (None if np.isnan(each) else each for each in ends)
        return value, low, high

    def at(self, months: float) -> float:
        """The share at a time."""
        place = int(np.searchsorted(self.time, months, "right")) - 1
        return self.start if place < 0 else float(self.value[place])


class Drawn(NamedTuple):
    """A curve as it is drawn: its path (a thin one where few are at risk), its band, marks, name and numbers."""

    label: str
    name: str
    path: str
    thin: str
    band: str
    marks: str
    at: tuple[float, float]
    numbers: tuple[Tick, ...]
    row: float
    median: str


def month_ticks(longest: float) -> tuple[int, ...]:
    """Months of an axis up to the first tick after the longest time: every 3, 6, 12 or 24."""
    step = next((each for each in (3, 6, 12, 24) if longest / each <= 10), 48)
    return tuple(range(0, int(-(-longest // step)) * step + 1, step)) if longest > 0 else (0, step)


def steps_svg(
    identifier: str, title: str, axis: str, population: str, stamp: Stamp, curves: Sequence[Steps],
    at: float | None = None, note: str = "", alone: bool = True,
) -> str:  # fmt: skip
    """The curves as SVG; "" where there is none. at: a time (months) that is looked at; note: a line below."""
    if not curves:
        return ""
    ticks = max((curve.ticks for curve in curves), key=len)
    across, up = Scale(0, ticks[-1], _LEFT, WIDTH - _RIGHT), Scale(0, 1, _TOP + _HIGH, _TOP)
    base = _TOP + _HIGH
    drawn_curves = _beside([_drawn(curve, across, up, base + _RISK + _ROW * i) for i, curve in enumerate(curves)])
    height = base + _RISK + _ROW * len(curves) + (22 if note else 8)
    frame = Frame(identifier, title, stamp.mark, _says(curves, axis), height)
    return drawn(
        "analysis_steps.svg", frame, alone, curves=drawn_curves, left=_LEFT, right=WIDTH - _RIGHT, top=_TOP, base=base,
        ticks=[Tick(across.at(month), str(month)) for month in ticks], axis=axis, stamp=stamp.words(population),
        shares=[Tick(up.at(share / 4), f"{25 * share}") for share in range(5)], half=up.at(0.5),
        at=across.at(at) if at is not None and at <= ticks[-1] else None, note=note, risk=base + _RISK,
        view=stamp.view if stamp.blind else "", rising=curves[0].start == 0,
    )  # fmt: skip


def _drawn(curve: Steps, across: Scale, up: Scale, row: float) -> Drawn:
    end = max(curve.last, float(curve.time[-1]) if len(curve.time) else 0.0)
    numbers = tuple(Tick(across.at(month), f"{curve.at_risk(month)} ({curve.so_far(month)})") for month in curve.ticks)
    name = curve.label if len(curve.label) <= _NAME else curve.label.split(":")[0]
    few = _few_from(curve)
    return Drawn(
        curve.label, name, _path(curve, 0.0, min(few, end), across, up), _path(curve, few, end, across, up),
        _band(curve, end, across, up), _marks(curve, across, up), (across.right + 10, up.at(curve.at(end))), numbers,
        row, curve.median,
    )  # fmt: skip


def _few_from(curve: Steps) -> float:
    """From when on only few are at risk, for good."""
    enough = [month for month in curve.time.tolist() if curve.at_risk(month) >= _FEW * len(curve.people.time)]
    return max(enough, default=0.0)


def _path(curve: Steps, first: float, end: float, across: Scale, up: Scale) -> str:
    """The steps between two times as a path: level to the next time, then up or down."""
    if end <= first and first > 0:
        return ""
    before = curve.at(first) if first > 0 else curve.start
    parts = [f"M{across.at(first)} {up.at(before)}"]
    for month, share in zip(curve.time.tolist(), curve.value.tolist(), strict=True):
        if first <= month <= end and share != before:
            parts.append(f"H{across.at(month)}V{up.at(share)}")
            before = share
    return "".join([*parts, f"H{across.at(end)}"])


def _band(curve: Steps, end: float, across: Scale, up: Scale) -> str:
    """The interval around the curve as an area, from where both of its limits are known."""
    known = np.flatnonzero(~(np.isnan(curve.lower) | np.isnan(curve.upper)))
    if not len(known):
        return ""
    time = [*curve.time[known].tolist(), max(end, float(curve.time[known[-1]]))]
    above: list[str] = []
    below: list[str] = []
    for number, place in enumerate(known.tolist()):
        left, right = across.at(time[number]), across.at(time[number + 1])
        above.append(f"L{left} {up.at(curve.upper[place])}H{right}")
        below.append(f"L{right} {up.at(curve.lower[place])}H{left}")
    return f"M{above[0][1:]}{''.join(above[1:])}{''.join(reversed(below))}Z"


def _marks(curve: Steps, across: Scale, up: Scale) -> str:
    """A short upright stroke where somebody's time ends without an event."""
    return "".join(
        f"M{across.at(month)} {up.at(curve.at(month)) - 4:.1f}v8" for month in np.unique(curve.censored).tolist()
    )


def _beside(curves: list[Drawn]) -> list[Drawn]:
    """The labels at the ends of the curves, moved apart where they would lie on each other."""
    order = sorted(range(len(curves)), key=lambda number: curves[number].at[1])
    placed: dict[int, float] = {}
    lowest = float(_TOP)
    for number in order:
        y = max(curves[number].at[1] + 4, lowest)
        placed[number], lowest = y, y + _BESIDE
    return [each._replace(at=(each.at[0], round(placed[number], 1))) for number, each in enumerate(curves)]


def _says(curves: Sequence[Steps], axis: str) -> str:
    return f"{axis}. {' '.join(_sentence(curve) for curve in curves)}"


def _sentence(curve: Steps) -> str:
    events = int(np.sum(curve.events))
    shares = ", ".join(f"{100 * curve.at(month):.0f} % at {month} months" for month in curve.ticks[1:5])
    median = f"; {curve.median}" if curve.median else ""
    return f"{curve.label}: {events} events{f'; {shares}' if shares else ''}{median}."


def median_words(median: float | None, low: float | None, high: float | None) -> str:
    """ "median 31.2 months (95 % interval 22.0 to not reached)"."""
    if median is None:
        return "median not reached" + (f" (95 % interval from {months_text(low)} months)" if low is not None else "")
    upper = "not reached" if high is None else months_text(high)
    return f"median {months_text(median)} months (95 % interval {months_text(low)} to {upper})"


def tick_rows(curves: Sequence[Steps]) -> Iterator[tuple[str, int, int, int]]:
    """The table of those at risk as rows: group, months, at risk, events so far."""
    for curve in curves:
        for month in curve.ticks:
            yield curve.label, month, curve.at_risk(month), curve.so_far(month)
