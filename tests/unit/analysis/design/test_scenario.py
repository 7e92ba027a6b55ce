"""Expected events by closed forms, over calendar time, and when so many are expected."""

from math import exp

import numpy as np
import pytest

from equipoise.analysis.design.hazards import Hazard, constant, surviving, treated, yearly_loss
from equipoise.analysis.design.scenario import Scenario, event_chance, event_chances, expected_events, time_of_events
from equipoise.faults import Fault

CONTROL = surviving(0.25, 36)
PLAIN = Scenario(CONTROL, treated(CONTROL, 0.5), 36, 36, yearly_loss(0.05))


def _lachin_foulkes(rate: float, loss: float, accrual: float, followup: float) -> float:
    """The chance of an event with even entry, in closed form."""
    both = rate + loss
    gone = (exp(-both * followup) - exp(-both * (accrual + followup))) / (both * accrual)
    return rate / both * (1 - gone)


def test_the_chance_of_an_event_in_closed_form() -> None:
    rate, loss = CONTROL.rates[0], PLAIN.loss.rates[0]
    assert event_chances(PLAIN) == pytest.approx(
        (_lachin_foulkes(rate, loss, 36, 36), _lachin_foulkes(rate / 2, loss, 36, 36)), rel=1e-13
    )


def test_everybody_on_one_day_is_the_curve_itself() -> None:
    whole = Scenario(CONTROL, surviving(0.44, 36), 0, 36)
    assert event_chances(whole) == pytest.approx((0.75, 0.56), rel=1e-13)


def test_before_the_accrual_ends_only_those_who_are_in_count() -> None:
    early = expected_events(100, PLAIN, [18])[0]
    half = Scenario(CONTROL, treated(CONTROL, 0.5), 18, 0, PLAIN.loss)
    assert early == pytest.approx(np.array(event_chances(half)) * 25, rel=1e-12)
    assert expected_events(100, PLAIN, [0]).tolist() == [[0.0, 0.0]]
    assert PLAIN.entered(np.array([-1.0, 9.0, 90.0])).tolist() == [0.0, 0.25, 1.0]


def test_hazards_so_fast_that_panels_are_needed() -> None:
    fast = Scenario(constant(20.0), constant(10.0), 5, 50)
    assert event_chances(fast) == pytest.approx((1.0, 1.0), abs=1e-14)
    steep = Hazard((5.0, 0.001), (2.0,))
    assert event_chance(fast, steep, 1.0) == pytest.approx(0.2 * (1 - (1 - exp(-5)) / 5), rel=1e-12)


def test_the_hazard_ratio_where_there_is_one() -> None:
    assert PLAIN.hazard_ratio == pytest.approx(0.5)
    assert Scenario(CONTROL, treated(CONTROL, 0.5, 3), 36, 36).hazard_ratio is None
    assert Scenario(CONTROL, constant(0.0), 36, 36).hazard_ratio is None
    pieces = Hazard((0.1, 0.02), (5.0,))
    assert Scenario(pieces, treated(pieces, 0.7), 1, 1).hazard_ratio == pytest.approx(0.7)


def test_when_so_many_events_are_expected() -> None:
    month = time_of_events(106, PLAIN, 40)
    assert month is not None
    assert expected_events(106, PLAIN, [month]).sum() == pytest.approx(40, abs=1e-8)
    assert time_of_events(106, PLAIN, 0) == 0
    later = time_of_events(106, PLAIN, 80)
    assert later is not None and later > PLAIN.total
    assert time_of_events(106, PLAIN, 106) is None


def test_what_cannot_be() -> None:
    for of, says in (
        (lambda: Scenario(CONTROL, CONTROL, -1, 36), "The accrual is a number of at least 0"),
        (lambda: Scenario(CONTROL, CONTROL, 0, 0), "lasts longer than 0"),
        (lambda: Scenario(CONTROL, CONTROL, 1, 1, ratio=0), "allocation ratio is a number above 0"),
        (lambda: expected_events(0, PLAIN, [1]), "number of people is a number above 0"),
        (lambda: event_chances(PLAIN, -1), "calendar time is a number of at least 0"),
    ):
        with pytest.raises(Fault, match=says):
            of()
