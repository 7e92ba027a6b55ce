"""The simulation of whole trials is held to what is exact: lists walked through state by state, coins, counts."""

from fractions import Fraction

import numpy as np
import pytest

from equipoise.conduct.designs import (
    BigStick,
    Blocks,
    Design,
    EfronCoin,
    Minimised,
    Simple,
    certain_by_number,
    certain_share,
    correct_guesses,
)  # fmt: skip
from equipoise.conduct.predictability import Enrolment, Prediction, leads, predicted
from equipoise.faults import Fault

TRIALS = 20_000
LISTS = [
    (Simple(), 9), (Blocks((2,)), 8), (Blocks((4,)), 8), (Blocks((4,)), 7), (Blocks((4, 6)), 20),
    (Blocks((4, 6, 8)), 26), (EfronCoin(Fraction(2, 3)), 8), (BigStick(2), 8), (BigStick(3), 15),
]  # fmt: skip


def one(design: Design, enrolment: Enrolment, trials: int = TRIALS, seed: int = 1) -> Prediction:
    return predicted([design], enrolment, np.random.default_rng(seed), trials)[0]


@pytest.mark.parametrize(("design", "people"), LISTS, ids=str)
def test_guesses_of_one_list(design: Design, people: int) -> None:
    """One site, one stratum: whoever sees the site sees the list, and both are what the exact walk gives."""
    found = one(design, Enrolment(people, 1))
    exact = float(correct_guesses(design, people))
    assert found.by_list["trial"] == pytest.approx(exact, abs=4 * found.error)
    assert found.by_site["site"] == found.by_list["trial"] == found.by_list["stratum"]
    assert found.error < 0.003


@pytest.mark.parametrize("sizes", [(4,), (4, 6), (4, 6, 8)])
def test_certain_allocations_of_one_list(sizes: tuple[int, ...]) -> None:
    found = one(Blocks(sizes), Enrolment(24, 1), trials=2).certain
    assert found == pytest.approx(float(certain_share(sizes, 24)), abs=1e-12)


def test_certain_allocations_count_by_the_people_of_each_list() -> None:
    """Of 2 strata of one half each, 3 people: the third place of a list is taken with 1/8, the second with 1/2."""
    second, third = (float(each) for each in certain_by_number((2,), 3)[1:])
    found = one(Blocks((2,)), Enrolment(3, 1, ((0.5, 0.5),)), trials=2).certain
    assert second == 1 and third == 0
    assert found == pytest.approx(2 * 0.5 * second / 3)


def test_a_list_without_blocks_is_never_certain() -> None:
    assert one(Simple(), Enrolment(5, 1), trials=2).certain is None


def test_fair_coins_balance_like_a_binomial() -> None:
    found = one(Simple(), Enrolment(100, 4, ((0.3, 0.7),)))
    assert found.difference[0] == pytest.approx(7.9589, abs=0.15)  # 100 * C(100, 50) / 2^100
    assert found.difference[1] == 20  # the 95th percentile of |2 Binomial(100, 1/2) - 100|
    assert found.unfinished == 0


def test_blocks_keep_each_list_within_half_a_block() -> None:
    found = one(Blocks((4, 6), by_site=True), Enrolment(60, 3, ((0.5, 0.5), (0.2, 0.8))), trials=500)
    assert found.in_strata[1] <= 3 * 3  # three sites, three ahead at most in each
    assert 0 < found.unfinished <= 12
    whole = one(Blocks((4,)), Enrolment(40, 1), trials=500)
    assert (whole.unfinished, whole.difference, whole.in_strata) == (0, (0, 0), (0, 0))
    assert one(Blocks((4,)), Enrolment(41, 1), trials=500).unfinished == 1


def test_the_big_stick_is_never_left_behind() -> None:
    assert one(BigStick(2), Enrolment(31, 1), trials=500).difference == (1, 1)


@pytest.mark.parametrize("measure", ["range", "variance"])
def test_minimisation_balances_what_it_looks_at(measure: str) -> None:
    enrolment = Enrolment(80, 8, ((0.5, 0.5),))
    coin = one(Simple(), enrolment, 2000)
    chosen = "range" if measure == "range" else "variance"
    with_site = one(Minimised(Fraction(4, 5), True, chosen), enrolment, 2000)
    without = one(Minimised(Fraction(4, 5), False, chosen), enrolment, 2000)
    assert with_site.in_strata[0] < coin.in_strata[0] / 2 and without.in_strata[0] < coin.in_strata[0] / 2
    assert with_site.by_site["site"] > 0.6 > 0.53 > without.by_site["site"]


def test_minimisation_over_one_level_is_a_biased_coin() -> None:
    """One site and no factor: Pocock and Simon's is Efron's coin."""
    found = one(Minimised(Fraction(2, 3)), Enrolment(8, 1))
    assert found.by_site["site"] == pytest.approx(7091 / 11664, abs=4 * found.error)


def test_weights_decide_which_factor_wins() -> None:
    enrolment = Enrolment(60, 6, ((0.5, 0.5),))
    site = one(Minimised(Fraction(1), True, weights=(9, 1)), enrolment, 2000)
    grade = one(Minimised(Fraction(1), True, weights=(1, 9)), enrolment, 2000)
    assert site.by_site["site"] > grade.by_site["site"] + 0.02
    assert grade.in_strata[0] < site.in_strata[0]


def test_leads_are_those_before_the_person() -> None:
    arms, groups = np.array([[0, 0, 1, 0]]), np.array([[0, 1, 0, 0]])
    assert leads(arms, groups).tolist() == [[0, 0, 1, 0]]


def test_the_same_seed_gives_the_same_numbers() -> None:
    enrolment = Enrolment(30, 3, ((0.5, 0.5),))
    assert one(Blocks((4, 6)), enrolment, 50) == one(Blocks((4, 6)), enrolment, 50)
    assert one(Blocks((4, 6)), enrolment, 50) != one(Blocks((4, 6)), enrolment, 50, seed=2)


@pytest.mark.parametrize(
    "enrolment", [Enrolment(0, 1), Enrolment(1, 0), Enrolment(5, 1, ((0.5, 0.6),)), Enrolment(5, 1, ((1.5, -0.5),))]
)
def test_an_enrolment_that_cannot_be(enrolment: Enrolment) -> None:
    with pytest.raises(Fault):
        one(Simple(), enrolment, 2)
