"""The whole answer to one question about recruitment: forecasts, what it would take, the stop rule, what is assumed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from ..dates import Duration, shifted
from .accrual import LookAhead, People
from .accrual_assumptions import Assumed
from .accrual_needs import Needs
from .accrual_stop import Behaviour, StopRule

# The interval of every forecast: 90 %.
LOW: Final = 0.05
HIGH: Final = 0.95
_POINTS: Final = 120  # of a curve, at most
_FEWER_POINTS: Final = 15  # where the target is large, and each point takes seconds
_LARGE: Final = 400


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected on one day.

    by: people in by the day of the target. first, median, last: the days by which the target is reached with 5, 50
    and 95 % probability; None: not by the horizon. never: the probability that it is not reached by the horizon.
    rate: people expected a month once all sites are open and started. curve: people in by later days.
    """

    on: date
    recruited: int
    open_sites: int
    sites: int
    rate: float
    by: People
    first: date | None
    median: date | None
    last: date | None
    horizon: date
    never: float
    curve: tuple[People, ...] = ()


def forecast(ahead: LookAhead, by: date, until: date | None = None) -> Forecast:
    """The forecast of a look ahead; with `until`, also a curve up to that day, a point a month."""
    return Forecast(
        ahead.on, ahead.recruited.total, ahead.open_sites, len(ahead.plan.sites), ahead.rate, ahead.people(by),
        ahead.day_reached(LOW), ahead.day_reached(0.5), ahead.day_reached(HIGH), ahead.horizon,
        1 - ahead.chance(ahead.horizon), () if until is None else _curve(ahead, min(until, ahead.horizon)),
    )  # fmt: skip


def _curve(ahead: LookAhead, until: date) -> tuple[People, ...]:
    start, end = ahead.on.toordinal(), until.toordinal()
    days = [start]
    points = _POINTS if ahead.remaining <= _LARGE else _FEWER_POINTS
    step = max(1, -(-(end - start) // (30 * points)))
    while days[-1] < end:
        days.append(min(shifted(start, Duration(step * len(days), "month")), end))
    return tuple(ahead.people(date.fromordinal(day)) for day in days)


@dataclass(frozen=True, slots=True)
class Look:
    """One day's forecast, and what it would take from then on; None when the day of the target is past."""

    forecast: Forecast
    needs: Needs | None


@dataclass(frozen=True, slots=True)
class AccrualAnswer:
    """Forecasts on one or several days, for one trial.

    trial: its acronym. digest: of the protocol. history: the looks are on the trial's own past. own_sites: the user's,
    not assumed ones. later: rows of people recruited after the day of the forecast, which do not count. seed: of the
    simulated trials.
    """

    trial: str
    digest: str
    target: int
    by: date
    looks: tuple[Look, ...]
    assumed: tuple[Assumed, ...]
    rule: StopRule | None = None
    behaviour: tuple[Behaviour, ...] = ()
    history: bool = False
    own_sites: bool = False
    later: int = 0
    seed: int = 1
