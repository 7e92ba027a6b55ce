"""Closed forms: events for a hazard ratio, and the power of so many."""

from math import log

import pytest

from equipoise.analysis.design.events import (
    freedman_events,
    hsieh_freedman_events,
    ratio_of_survivals,
    schoenfeld_drift,
    schoenfeld_events,
    schoenfeld_power,
)
from equipoise.faults import Fault


def test_the_ratio_of_two_shares() -> None:
    assert ratio_of_survivals(0.25, 0.44) == pytest.approx(log(0.44) / log(0.25))
    assert round(ratio_of_survivals(0.25, 0.44), 3) == 0.592


def test_textbook_numbers() -> None:
    assert round(schoenfeld_events(0.5, 0.025, 0.8), 2) == 65.35
    assert round(freedman_events(0.5, 0.025, 0.8), 2) == 70.64
    assert hsieh_freedman_events(0.5, 0.025, 0.8) == pytest.approx(freedman_events(0.5, 0.025, 0.8))


def test_it_makes_no_difference_which_arm_is_the_better() -> None:
    assert schoenfeld_events(2, 0.025, 0.9, 2) == pytest.approx(schoenfeld_events(0.5, 0.025, 0.9, 0.5))
    assert freedman_events(2, 0.025, 0.9, 2) == pytest.approx(freedman_events(0.5, 0.025, 0.9, 0.5))


def test_the_power_of_the_events_is_the_one_they_were_found_for() -> None:
    events = schoenfeld_events(0.6, 0.05, 0.87, 1.5)
    assert schoenfeld_power(events, 0.6, 0.05, 1.5) == pytest.approx(0.87)
    assert schoenfeld_power(0, 0.6, 0.05) == pytest.approx(0.05)
    assert schoenfeld_drift(100, 2.0) < 0 < schoenfeld_drift(100, 0.5)


def test_what_cannot_be() -> None:
    for of, says in (
        (lambda: schoenfeld_events(1, 0.025, 0.8), "no difference"),
        (lambda: freedman_events(0.5, 0.9, 0.8), "must be above alpha"),
        (lambda: schoenfeld_drift(-1, 0.5), "at least 0"),
        (lambda: ratio_of_survivals(1, 0.5), "between 0 and 1"),
    ):
        with pytest.raises(Fault, match=says):
            of()
