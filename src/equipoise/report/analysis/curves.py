"""The curves of an analysis in months, for its figure and for its table of numbers: Kaplan-Meier, or incidence."""

from collections.abc import Iterator, Sequence

import numpy as np

from ...analysis.competing import IncidenceCurve, competing_arms, cumulative_incidence
from ...analysis.datasets import Dataset
from ...analysis.followed import Followed, followed
from ...analysis.kaplan_meier import kaplan_meier
from ...analysis.rows import CENSORED, EVENT
from ...protocol.comparisons import Analysis
from .effects import CONTROL, EXPERIMENTAL
from .km_figure import MONTH, Steps, median_words, month_ticks
from .table import Cell, Column, Row, Stamp, Table

_SOON, _LATE = 12, 61  # months: the times at which shares are told are each year up to five


def curves_of(analysis: Analysis, data: Dataset, labels: Sequence[str]) -> tuple[Steps, ...]:
    """The curves that an analysis draws: of each arm, or of everybody where arms are hidden; none where it draws none.

    labels: of the control and the experimental arm; of everybody where arms are hidden.
    """
    if not len(data.time):
        return ()
    ticks = month_ticks(float(data.time.max()) / MONTH)
    arms = [(arm, data.arm == arm) for arm in (CONTROL, EXPERIMENTAL)] if not data.blind else [(CONTROL, data.arm >= 0)]
    groups = [(label, arm, mine) for label, (arm, mine) in zip(labels, arms, strict=True) if mine.any()]
    if "cumulative_incidence" in analysis.methods:
        return tuple(_incidence(data, label, arm, mine, ticks) for label, arm, mine in groups)
    if "kaplan_meier" in analysis.methods:
        return tuple(
            _survival(followed(data.time[mine], data.event[mine] == EVENT, entry=data.entry[mine]), label, ticks)
            for label, _, mine in groups
        )
    return ()


def _survival(people: Followed, label: str, ticks: tuple[int, ...]) -> Steps:
    curve = kaplan_meier(people)
    median = curve.median
    ends = [None if end is None else end / MONTH for end in (median.time, median.interval.low, median.interval.high)]
    times = curve.time / MONTH
    return Steps(
        label, times, curve.survival, curve.lower, curve.upper, curve.events.astype(np.float64),
        np.repeat(times, curve.censored), people, ticks, 1.0, median_words(*ends), float(times[-1]),
    )  # fmt: skip


def _incidence(data: Dataset, label: str, arm: int, mine: np.ndarray, ticks: tuple[int, ...]) -> Steps:
    """The incidence of the event with competing ones; blind, of everybody."""
    time, cause = data.time[mine], data.event[mine]
    both = competing_arms(  # a shadow in the other arm, of which nothing is asked: a pair of arms is asked for
        np.append(time, 0.0), np.append(cause, 0), np.append(np.full(len(time), arm), 1 - arm)
    )
    curve = cumulative_incidence(both, arm=arm, cause=EVENT)
    lower, upper = _limits(curve)
    people = followed(time, cause == EVENT)
    events = np.bincount(np.searchsorted(curve.time, time), cause == EVENT, len(curve.time)).astype(np.float64)
    return Steps(
        label, curve.time / MONTH, curve.incidence, lower, upper, events, time[cause == CENSORED] / MONTH, people,
        ticks, 0.0, "", float(time.max()) / MONTH,
    )  # fmt: skip


def _limits(curve: IncidenceCurve) -> tuple[np.ndarray, np.ndarray]:
    found = [curve.at(float(time)).interval for time in curve.time]
    ends = [[np.nan if end is None else end for end in (each.low, each.high)] for each in found]
    return np.array([end[0] for end in ends]), np.array([end[1] for end in ends])


# ---------------------------------------------------------------- as tables
def curve_table(identifier: str, title: str, population: str, stamp: Stamp, curves: Sequence[Steps]) -> Table:
    """Every step of the curves: what the figure draws, as numbers. It stands in a file, not on the page."""
    columns = (
        Column("group", "Group", False), Column("months", "Months"), Column("share", "Share"),
        Column("low", "Low"), Column("high", "High"), Column("events", "Events"), Column("censored", "Censored"),
    )  # fmt: skip
    rows = tuple(each for curve in curves for each in _steps(curve))
    return Table(f"curve_{identifier}", title, population, stamp, columns, rows, empty="There is no curve.")


def _steps(curve: Steps) -> Iterator[Row]:
    censored = dict(zip(*np.unique(curve.censored, return_counts=True), strict=True))
    first = (curve.label, 0.0, curve.start, None, None, 0, 0)
    yield Row(tuple(Cell(str(each), each) for each in first))
    for number, month in enumerate(curve.time.tolist()):
        numbers = (month, *(_known(each[number]) for each in (curve.value, curve.lower, curve.upper)))
        counted = (int(curve.events[number]), int(censored.get(month, 0)))
        yield Row(tuple(Cell(str(each), each) for each in (curve.label, *numbers, *counted)))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def yearly(curves: Sequence[Steps]) -> tuple[int, ...]:
    """The years, in months, up to which anybody was followed: at most five."""
    last = max((curve.last for curve in curves), default=0.0)
    return tuple(month for month in range(_SOON, _LATE, 12) if month <= last)
