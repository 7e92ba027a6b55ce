"""Group-sequential plans against printed tables, with futility, and what cannot be planned."""

from math import inf

import pytest
from scipy.stats import norm

from equipoise.analysis.design.recursion import crossing
from equipoise.analysis.design.sequential import (
    OBRIEN_FLEMING,
    POCOCK,
    Futility,
    HaybittlePeto,
    WangTsiatis,
    benefit_bounds,
    evenly_spaced,
    plan,
)
from equipoise.analysis.design.spending import HwangShihDeCani, LikeObrienFleming, PowerFamily
from equipoise.faults import Fault

# C. Jennison and B. W. Turnbull, Group Sequential Methods, 2000, tables 2.1 and 2.3: two-sided alpha 0.05, K looks.
JENNISON_TURNBULL = [(2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040)]


@pytest.mark.parametrize(("number", "pocock", "obrien_fleming"), JENNISON_TURNBULL)
def test_the_constants_of_jennison_and_turnbull(number: int, pocock: float, obrien_fleming: float) -> None:
    """Two-sided constants are those of alpha / 2 one-sided to three decimals: hardly anybody crosses both sides."""
    shares = evenly_spaced(number)
    assert benefit_bounds(shares, POCOCK, 0.025) == pytest.approx([pocock] * number, abs=6e-4)
    assert benefit_bounds(shares, OBRIEN_FLEMING, 0.025)[-1] == pytest.approx(obrien_fleming, abs=6e-4)


def test_haybittle_and_peto_meet_alpha_at_the_end() -> None:
    found = benefit_bounds(evenly_spaced(4), HaybittlePeto(3.0), 0.025)
    assert found[:3] == (3.0, 3.0, 3.0) and 1.96 < found[3] < 2.05
    assert crossing(evenly_spaced(4), 0.0, [-inf] * 4, found).any_upper == pytest.approx(0.025, abs=1e-13)


def test_one_look_is_the_fixed_design() -> None:
    found = plan([1.0], LikeObrienFleming(), 0.025, 0.8, Futility(PowerFamily(2)))
    assert found.upper == found.lower == pytest.approx([norm.isf(0.025)])
    assert found.inflation == pytest.approx(1.0) and found.expected_information == (1.0, 1.0)


def test_binding_futility_lets_the_boundary_for_benefit_come_down() -> None:
    shares = (0.4, 0.7, 1.0)
    free, bound = (
        plan(shares, LikeObrienFleming(), 0.025, 0.8, Futility(HwangShihDeCani(-2), b)) for b in (False, True)
    )
    assert bound.upper[-1] < free.upper[-1] and bound.inflation < free.inflation
    # Not binding: alpha holds when futility is passed over. Binding: only when it is kept.
    assert crossing(shares, 0.0, [-inf] * 3, free.upper).any_upper == pytest.approx(0.025, abs=1e-12)
    assert crossing(shares, 0.0, [-inf] * 3, bound.upper).any_upper > 0.0252
    assert bound.under_null.any_upper == pytest.approx(0.025, abs=1e-12)
    for each in (free, bound):
        assert each.under_alternative.any_upper == pytest.approx(0.8, abs=1e-12)
        assert each.under_alternative.lower[0] == pytest.approx(
            0.2 * (1 - 2.718281828459045**0.8) / (1 - 2.718281828459045**2)
        )


def test_expected_information_is_less_with_an_effect() -> None:
    found = plan(evenly_spaced(3), POCOCK, 0.025, 0.9)
    assert found.expected_information[1] < 0.75 < 0.98 < found.expected_information[0] < 1
    assert found.levels == pytest.approx([norm.sf(z) for z in found.upper])


def test_a_first_look_so_early_that_nothing_is_spent() -> None:
    assert benefit_bounds([1e-4, 1.0], LikeObrienFleming(), 0.025)[0] == inf
    assert benefit_bounds([0.02, 1.0], LikeObrienFleming(), 0.025)[0] > 15


def test_what_cannot_be_planned() -> None:
    thirds = evenly_spaced(3)
    for of, says in (
        (lambda: plan([0.5, 0.9], POCOCK, 0.025, 0.8), "all of the information"),
        (lambda: plan(thirds, POCOCK, 0.025, 0.02), "must be above alpha"),
        (
            lambda: plan(thirds, WangTsiatis(0.2), 0.025, 0.8, Futility(PowerFamily(2), binding=True)),
            "needs a spending",
        ),
        (lambda: benefit_bounds(thirds, HaybittlePeto(1.0), 0.025), "name a higher z"),
        (lambda: benefit_bounds(thirds, POCOCK, 0.0), "between 0 and 1"),
        (lambda: evenly_spaced(0), "1 to 20 looks"),
    ):
        with pytest.raises(Fault, match=says):
            of()
