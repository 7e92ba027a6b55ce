"""Piecewise constant hazards by hand, and what cannot be one."""

from math import exp, inf, log

import numpy as np
import pytest

from equipoise.analysis.design.hazards import Hazard, constant, surviving, through, treated, yearly_loss
from equipoise.faults import Fault

PIECES = Hazard((0.1, 0.0, 0.3), (2.0, 5.0))


def test_rate_survival_and_mean_by_hand() -> None:
    times = np.array([0.0, 1.0, 2.0, 4.0, 5.0, 7.0])
    assert PIECES.at(times).tolist() == [0.1, 0.1, 0.0, 0.0, 0.3, 0.3]
    assert PIECES.cumulative(times) == pytest.approx([0, 0.1, 0.2, 0.2, 0.2, 0.8])
    assert PIECES.survival(times)[-1] == pytest.approx(exp(-0.8))
    first, flat, last = (1 - exp(-0.2)) / 0.1, 3 * exp(-0.2), exp(-0.2) * (1 - exp(-0.6)) / 0.3
    assert PIECES.restricted_mean(np.array(7.0)) == pytest.approx(first + flat + last)


def test_a_hazard_of_zero_keeps_everybody() -> None:
    never = constant(0.0)
    assert float(never.survival(np.array(1e9))) == 1.0
    assert float(never.restricted_mean(np.array(12.0))) == 12.0


def test_through_a_share_and_through_a_curve() -> None:
    assert surviving(0.25, 36).rates[0] == pytest.approx(-log(0.25) / 36)
    curve = through([(12, 0.63), (36, 0.32), (60, 0.29)])
    assert curve.survival(np.array([12.0, 36.0, 60.0])) == pytest.approx([0.63, 0.32, 0.29])
    assert curve.until == (12, 36)


def test_treatment_with_and_without_a_delay() -> None:
    assert treated(PIECES, 0.5) == Hazard((0.05, 0.0, 0.15), (2.0, 5.0))
    late = treated(PIECES, 0.5, 6.0)
    assert late == Hazard((0.1, 0.0, 0.3, 0.15), (2.0, 5.0, 6.0))
    assert treated(PIECES, 0.5, 2.0).rates == (0.1, 0.0, 0.15)


def test_loss_of_a_share_a_year() -> None:
    assert float(yearly_loss(0.05).survival(np.array(12.0))) == pytest.approx(0.95)
    assert float(yearly_loss(0.05, 1).survival(np.array(1.0))) == pytest.approx(0.95)
    assert yearly_loss(0).rates == (0.0,)


@pytest.mark.parametrize(
    ("rates", "until", "says"),
    [
        ((0.1,), (2.0,), "one rate more than it has ends"),
        ((0.1, -0.1), (2.0,), "at least 0"),
        ((0.1, 0.2), (0.0,), "later than the one before"),
        ((0.1, 0.2, 0.3), (3.0, 2.0), "later than the one before"),
        ((0.1, 0.2), (inf,), "later than the one before"),
    ],
)
def test_what_is_no_hazard(rates: tuple[float, ...], until: tuple[float, ...], says: str) -> None:
    with pytest.raises(Fault, match=says):
        Hazard(rates, until)


def test_other_faults() -> None:
    for of, says in (
        (lambda: yearly_loss(1.0), "below 1"),
        (lambda: surviving(0, 36), "between 0 and 1"),
        (lambda: surviving(0.5, 0), "above 0"),
        (lambda: through([]), "at least one point"),
        (lambda: through([(12, 0.5), (24, 0.6)]), "not higher"),
        (lambda: treated(PIECES, 0), "above 0"),
        (lambda: treated(PIECES, 0.5, -1), "at least 0"),
    ):
        with pytest.raises(Fault, match=says):
            of()
