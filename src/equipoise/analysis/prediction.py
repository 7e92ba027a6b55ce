"""When further events are to be expected: everybody's hazard in pieces, with what is believed of it after the data.

Blind by design: the arms are pooled. In each piece of the time since the origin the hazard is gamma distributed, with
a prior that is worth a few events; so is the rate of being lost. Each draw takes hazards from what is believed after
the data, and lets those still followed, and those still to come, go on from where they are (E. Bagiella and D. F.
Heitjan, Statistics in Medicine 2001;20:2055, with one hazard; D. F. Heitjan, Z. Ge and G.-S. Ying, Contemporary
Clinical Trials 2015;45:26, review the field). The generator comes in by argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from ..faults import Fault
from .kernels import Floats

FOLLOWED, HAD_EVENT, LEFT = 0, 1, 2
LEVELS: Final = (0.8, 0.9)
DAYS_A_MONTH: Final = 365.25 / 12
_FARTHEST: Final = 100 * 365.25  # days: what comes later is told as never


@dataclass(frozen=True, eq=False)
class Seen:
    """Everybody so far, as parallel arrays.

    origin: the day on which the time began, as an ordinal. time: days followed. state: FOLLOWED (still), HAD_EVENT, or
    LEFT (lost, withdrew, or had what competes with the event).
    """

    origin: Floats
    time: Floats
    state: Floats

    @property
    def events(self) -> int:
        return int(np.count_nonzero(self.state == HAD_EVENT))


class Believed(NamedTuple):
    """What is believed before the data. rates are per day; worth: how many events each is worth.

    cuts: the days at which the pieces of the hazard end, the last going on. longest: for how many days each person is
    followed at most; infinite where to the end.
    """

    rate: float
    loss: float
    cuts: tuple[float, ...] = ()
    worth: float = 1.0
    longest: float = np.inf


class Interval(NamedTuple):
    """An interval of days at a level; an end beyond all that was looked at is None."""

    level: float
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Predicted:
    """The day of one event, by its number. median: None where it never comes in half of the draws or more.

    reached: the day on which it came, where it has. chance: that it ever comes.
    """

    events: int
    median: date | None
    intervals: tuple[Interval, ...]
    chance: float
    reached: date | None = None


def event_days(
    seen: Seen, entries: Floats, believed: Believed, on: date, chance: np.random.Generator
) -> Floats:  # fmt: skip
    """(draws, people): the day of each further event, in order; infinite where there is none.

    entries: (draws, people) the days on which further people enter, infinite where nobody does. A day is an ordinal;
    an event before `on` that nobody knew of by then counts from `on`. Raises Fault for a belief that cannot be.
    """
    if not (believed.rate > 0 and believed.loss >= 0 and believed.worth > 0):
        raise Fault("A prediction needs a rate of events above 0: say what is expected where nothing was seen.")
    draws = len(entries)
    starts = np.array([0.0, *believed.cuts])
    rates, loss = _drawn_rates(seen, starts, believed, draws, chance)
    going = seen.state == FOLLOWED
    begun = np.concatenate(
        [np.broadcast_to(seen.time[going], (draws, int(going.sum()))), np.zeros_like(entries)], axis=1
    )
    origin = np.concatenate([np.broadcast_to(seen.origin[going], (draws, int(going.sum()))), entries], axis=1)
    event = _event_times(begun, starts, rates, chance)
    lost = begun + chance.standard_exponential(begun.shape) / loss[:, None]
    counted = (event <= lost) & (event <= believed.longest) & np.isfinite(origin)
    days = np.where(counted, np.maximum(np.where(np.isfinite(origin), origin, 0.0) + event, on.toordinal()), np.inf)
    return np.sort(np.where(days > on.toordinal() + _FARTHEST, np.inf, days), axis=1)


def _drawn_rates(
    seen: Seen, starts: Floats, believed: Believed, draws: int, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """The hazard of each piece (draws, pieces), and the rate of loss (draws), after the data."""
    ends = np.append(starts[1:], np.inf)
    exposure = np.clip(np.minimum(seen.time[:, None], ends) - starts, 0.0, None).sum(axis=0)
    own = (seen.time[:, None] >= starts) & (seen.time[:, None] < ends) & (seen.state == HAD_EVENT)[:, None]
    shapes = believed.worth + own.sum(axis=0)
    rates = chance.gamma(shapes, 1 / (believed.worth / believed.rate + exposure), (draws, len(starts)))
    left, total = float(np.count_nonzero(seen.state == LEFT)), float(seen.time.sum())
    prior = believed.worth / believed.loss if believed.loss > 0 else 0.0
    if prior == 0.0 and left == 0.0:
        return rates, np.full(draws, 1e-12)
    return rates, chance.gamma(left + (believed.worth if prior else 0.0), 1 / (prior + total), draws)


def _event_times(begun: Floats, starts: Floats, rates: Floats, chance: np.random.Generator) -> Floats:
    """Times of events later than `begun`: where the cumulative hazard has risen by a unit exponential."""
    lengths = np.diff(starts)
    passed = np.concatenate([np.zeros((len(rates), 1)), np.cumsum(rates[:, :-1] * lengths, axis=1)], axis=1)
    level = _cumulative(begun, starts, rates, passed) + chance.standard_exponential(begun.shape)
    piece = (passed[:, None, :] <= level[:, :, None]).sum(axis=2) - 1
    rows = np.arange(len(rates))[:, None]
    return starts[piece] + (level - passed[rows, piece]) / rates[rows, piece]


def _cumulative(times: Floats, starts: Floats, rates: Floats, passed: Floats) -> Floats:
    piece = np.searchsorted(starts, times, "right") - 1
    rows = np.arange(len(rates))[:, None]
    return passed[rows, piece] + rates[rows, piece] * (times - starts[piece])


# ------------------------------------------------------------------ what is told of the draws
def predicted(seen: Seen, days: Floats, number: int, levels: Sequence[float] = LEVELS) -> Predicted:
    """The day of the event of that number, counted from the first; days: from `event_days`."""
    if number <= seen.events:
        past = np.sort(seen.origin[seen.state == HAD_EVENT] + seen.time[seen.state == HAD_EVENT])
        on = date.fromordinal(int(past[number - 1]))
        return Predicted(number, on, tuple(Interval(level, on, on) for level in levels), 1.0, on)
    place = number - seen.events - 1
    if place >= days.shape[1]:
        return Predicted(number, None, tuple(Interval(level, None, None) for level in levels), 0.0)
    return of_days(number, days[:, place], levels)


def of_days(number: int, days: Floats, levels: Sequence[float] = LEVELS) -> Predicted:
    """The median and the intervals of drawn days; infinite ones never come."""
    intervals = tuple(Interval(level, _day(days, (1 - level) / 2), _day(days, (1 + level) / 2)) for level in levels)
    return Predicted(number, _day(days, 0.5), intervals, float(np.isfinite(days).mean()))


def _day(days: Floats, share: float) -> date | None:
    """A quantile that was drawn itself: between a day and never there is nothing."""
    found = float(np.quantile(days, share, method="inverted_cdf"))
    return date.fromordinal(int(np.ceil(found))) if np.isfinite(found) else None
