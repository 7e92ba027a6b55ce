"""Predicted days of events: right in closed form where there is one, in order, after the day, and the same again."""

from datetime import date, timedelta

import numpy as np
import pytest

from equipoise.analysis.prediction import (
    DAYS_A_MONTH,
    FOLLOWED,
    HAD_EVENT,
    LEFT,
    Believed,
    Seen,
    event_days,
    of_days,
    predicted,
)
from equipoise.faults import Fault

ON = date(2028, 1, 1)
DRAWS = 4000
NOBODY = np.empty((DRAWS, 0))


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def seen(people: int = 50, days: float = 300.0, state: int = FOLLOWED) -> Seen:
    return Seen(np.full(people, ON.toordinal() - days), np.full(people, days), np.full(people, float(state)))


def test_with_a_certain_rate_the_first_of_many_comes_as_an_exponential_of_their_sum() -> None:
    """The first of n exponentials of rate r has the mean 1 / (n r)."""
    believed = Believed(rate=0.001, loss=0.0, worth=1e9)
    days = event_days(seen(), NOBODY, believed, ON, chance())
    waited = days[:, 0] - ON.toordinal()
    assert waited.mean() == pytest.approx(1 / (50 * 0.001), rel=0.05)
    assert np.isfinite(days).all() and (np.diff(days, axis=1) >= 0).all()


def test_losses_take_their_share() -> None:
    """Of competing exponentials the event comes first with the chance r / (r + l)."""
    days = event_days(seen(), NOBODY, Believed(rate=0.001, loss=0.001, worth=1e9), ON, chance())
    assert np.isfinite(days).mean() == pytest.approx(0.5, abs=0.01)


def test_the_hazard_changes_at_its_pieces_and_the_data_tell_of_each() -> None:
    """Events before 300 days only: the prior alone speaks of what comes later."""
    had = Seen(np.full(40, 0.0), np.full(40, 100.0), np.full(40, float(HAD_EVENT)))
    going = seen(10, days=400.0)
    both = Seen(*(np.concatenate(pair) for pair in zip(
        (had.origin, had.time, had.state), (going.origin, going.time, going.state), strict=True)))  # fmt: skip
    believed = Believed(rate=0.0001, loss=0.0, cuts=(300.0,), worth=1000.0)
    late = event_days(both, NOBODY, believed, ON, chance())[:, 0] - ON.toordinal()
    assert late.mean() == pytest.approx(1 / (10 * 0.0001), rel=0.05)


def test_those_still_to_come_count_from_their_entry_and_for_as_long_as_they_are_followed() -> None:
    entries = np.full((DRAWS, 20), ON.toordinal() + 100.0)
    none = Seen(np.empty(0), np.empty(0), np.empty(0))
    days = event_days(none, entries, Believed(rate=0.001, loss=0.0, worth=1e9, longest=200.0), ON, chance())
    come = days[np.isfinite(days)] - ON.toordinal()
    assert come.min() >= 100 and come.max() <= 300
    assert np.isfinite(days).mean() == pytest.approx(1 - np.exp(-0.2), abs=0.01)
    never = event_days(none, np.full((DRAWS, 3), np.inf), Believed(rate=0.001, loss=0.0), ON, chance())
    assert np.isinf(never).all()


def test_an_event_that_nobody_knew_of_counts_from_the_day_on() -> None:
    """Somebody's last scan was long ago: what happened since becomes known now."""
    scanned = Seen(np.full(30, ON.toordinal() - 1000.0), np.full(30, 10.0), np.full(30, float(FOLLOWED)))
    days = event_days(scanned, NOBODY, Believed(rate=0.01, loss=0.0, worth=1e9), ON, chance())
    assert days.min() == ON.toordinal()


def test_the_same_generator_gives_the_same_days() -> None:
    believed = Believed(rate=0.001, loss=0.0005, cuts=(365.0,))
    one, two = (event_days(seen(), NOBODY, believed, ON, chance(7)) for _ in range(2))
    assert np.array_equal(one, two)


def test_intervals_widen_with_their_level_and_what_never_comes_has_no_day() -> None:
    days = event_days(seen(), NOBODY, Believed(rate=0.001, loss=0.001, worth=100.0), ON, chance())
    tenth = predicted(seen(), days, 10)
    (narrow, wide) = tenth.intervals
    assert narrow.level < wide.level and tenth.median is not None
    ends = [wide.first, narrow.first, tenth.median, narrow.last, wide.last]
    assert None not in ends and ends == sorted(end for end in ends if end is not None)
    last, beyond = predicted(seen(), days, 50), predicted(seen(), days, 51)
    assert last.median is None and last.chance < 0.5
    assert (beyond.median, beyond.chance, beyond.intervals[0].first) == (None, 0.0, None)


def test_an_event_that_was_has_its_own_day() -> None:
    had = Seen(np.array([0.0, 100.0]) + 730000, np.array([50.0, 10.0]), np.array([1.0, 1.0]))
    first = predicted(had, np.empty((DRAWS, 0)), 1)
    assert first.reached == date.fromordinal(730050) == first.median and first.chance == 1.0


def test_who_left_is_not_waited_for() -> None:
    days = event_days(seen(20, state=LEFT), NOBODY, Believed(rate=0.001, loss=0.001), ON, chance())
    assert days.shape == (DRAWS, 0)


def test_a_belief_without_events_is_refused() -> None:
    with pytest.raises(Fault, match="needs a rate of events above 0"):
        event_days(seen(), NOBODY, Believed(rate=0.0, loss=0.0), ON, chance())


def test_quantiles_of_days_and_never() -> None:
    days = np.array([10.0, 20.0, np.inf, np.inf]) + 700000
    found = of_days(3, days)
    assert (found.median, found.chance) == (date.fromordinal(700020), 0.5)
    assert found.intervals[0].first == date.fromordinal(700010) and found.intervals[0].last is None
    assert timedelta(days=DAYS_A_MONTH) > timedelta(days=30)
