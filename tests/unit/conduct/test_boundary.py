"""Stopping boundaries for toxicity: how they are made, and what they do, held to counting every course of a trial."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import product
from math import comb

import pytest

from equipoise.conduct.boundary import (
    Boundary,
    Look,
    bayesian_boundary,
    characteristics,
    exact_boundary,
    exceeds,
    looks_at,
    operating_characteristics,
)
from equipoise.faults import Fault

Counted = tuple[Fraction, Fraction, Fraction, Fraction]


def by_counting(boundary: Boundary, rate: Fraction) -> Counted:
    """P(stop), P(before the end), expected people and events over every possible course of a trial, in fractions."""
    stop_at = tuple((look.people, look.stop_at) for look in boundary.looks)
    stop = early = people = events = Fraction(0)
    for (seen, had, total), number in courses(stop_at).items():
        chance = number * rate**total * (1 - rate) ** (boundary.most - total)
        stop += chance if seen else 0
        early += chance if seen and seen < boundary.most else 0
        people += chance * (seen or boundary.most)
        events += chance * had
    return stop, early, people, events


@cache
def courses(stop_at: tuple[tuple[int, int], ...]) -> Counter[tuple[int, int, int]]:
    """How many of all courses stop after so many people (0: never), with so many events by then and at last."""
    most = stop_at[-1][0]
    found: Counter[tuple[int, int, int]] = Counter()
    for course in product((0, 1), repeat=most):
        seen = next((n for n, events in stop_at if sum(course[:n]) >= events), 0)
        found[seen, sum(course[: seen or most]), sum(course)] += 1
    return found


def level_by_trying(looks: tuple[int, ...], rate: Fraction, alpha: Fraction) -> dict[int, int]:
    """The exact boundary by trying every level that can matter, in fractions."""
    tails = {n: [tail(n, k, rate) for k in range(n + 1)] for n in looks}
    best: dict[int, int] = {n: n + 1 for n in looks}
    for level in sorted({each for chances in tails.values() for each in chances}):
        tried = {n: next((k for k, each in enumerate(tails[n]) if each <= level), n + 1) for n in looks}
        boundary = Boundary("exact", float(rate), float(level), tuple(Look(n, tried[n], 0) for n in looks))
        if by_counting(boundary, rate)[0] > alpha:
            break
        best = tried
    return best


def tail(people: int, events: int, rate: Fraction) -> Fraction:
    return sum((comb(people, k) * rate**k * (1 - rate) ** (people - k) for k in range(events, people + 1)), Fraction(0))


# ---------------------------------------------------------------- looks
def test_looks_are_after_the_first_then_every_so_many_and_at_the_end() -> None:
    assert looks_at(5, 1, 8) == (5, 6, 7, 8)
    assert looks_at(6, 6, 20) == (6, 12, 18, 20)
    assert looks_at(3, 5, 3) == (3,)


@pytest.mark.parametrize("wrong", [(0, 1, 5), (6, 1, 5), (1, 0, 5)])
def test_looks_that_cannot_be_are_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(Fault, match="A boundary looks first"):
        looks_at(*wrong)


# ---------------------------------------------------------------- Bayesian
def test_the_posterior_of_a_flat_prior_is_known_in_closed_form() -> None:
    assert exceeds(0.2, (1, 1), 0, 3) == pytest.approx(0.8**4)  # Beta(1, 4)
    assert exceeds(0.2, (1, 1), 3, 3) == pytest.approx(1 - 0.2**4)  # Beta(4, 1)
    assert exceeds(0.5, (2, 2), 5, 10) == pytest.approx(0.5)  # symmetric


def test_a_bayesian_boundary_is_the_least_number_of_events_above_the_cutoff() -> None:
    boundary = bayesian_boundary(range(1, 31), 0.2, (0.5, 1.5), 0.9)
    for look in boundary.looks:
        if look.possible:
            assert exceeds(0.2, (0.5, 1.5), look.stop_at, look.people) > 0.9
            assert look.strength == exceeds(0.2, (0.5, 1.5), look.stop_at, look.people)
        if look.stop_at:
            assert exceeds(0.2, (0.5, 1.5), look.stop_at - 1, look.people) <= 0.9


def test_a_first_look_at_which_nothing_can_stop_says_so() -> None:
    boundary = bayesian_boundary((1, 2, 3, 4), 0.2, (0.6, 2.4), 0.96)
    assert [look.possible for look in boundary.looks] == [False, False, True, True]
    assert boundary.steps()[0][0] == 3


@pytest.mark.parametrize(
    "asked",
    [{"acceptable": 0}, {"acceptable": 1.2}, {"cutoff": 1}, {"prior": (0, 1)}, {"looks": ()}, {"looks": (0, 2)}],
)
def test_what_is_no_rule_is_refused(asked: dict[str, object]) -> None:
    right = {"looks": (5, 10), "acceptable": 0.2, "prior": (1.0, 4.0), "cutoff": 0.9}
    bayesian_boundary(**right)  # pyright: ignore
    with pytest.raises(Fault):
        bayesian_boundary(**{**right, **asked})  # pyright: ignore


# ---------------------------------------------------------------- exact
@pytest.mark.parametrize(
    ("looks", "rate", "alpha"),
    [
        ((3, 6, 10), Fraction(1, 5), Fraction(1, 10)),
        (tuple(range(2, 11)), Fraction(1, 10), Fraction(1, 10)),
        (tuple(range(1, 9)), Fraction(3, 10), Fraction(1, 20)),
        ((10,), Fraction(1, 4), Fraction(1, 5)),
    ],
)
def test_the_exact_boundary_is_that_of_trying_every_level(
    looks: tuple[int, ...], rate: Fraction, alpha: Fraction
) -> None:
    boundary = exact_boundary(looks, float(rate), float(alpha))
    assert {look.people: look.stop_at for look in boundary.looks} == level_by_trying(looks, rate, alpha)
    assert characteristics(boundary, float(rate)).stop <= float(alpha)


def test_each_look_of_an_exact_boundary_has_at_most_the_one_level() -> None:
    boundary = exact_boundary(range(1, 41), 0.2, 0.1)
    for look in boundary.looks:
        if look.possible:
            assert look.strength == pytest.approx(float(tail(look.people, look.stop_at, Fraction(1, 5))))
            assert look.strength <= boundary.level


def test_an_alpha_that_no_look_can_keep_never_stops() -> None:
    assert not any(look.possible for look in exact_boundary((1, 2), 0.5, 0.01).looks)


# ---------------------------------------------------------------- what it does
BOUNDARIES = [
    bayesian_boundary(range(2, 12), 0.2, (0.5, 2.0), 0.9),
    bayesian_boundary((4, 8, 12), 0.3, (1.0, 1.0), 0.8),
    exact_boundary((3, 6, 11), 0.25, 0.2),
]


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("rate", [Fraction(1, 20), Fraction(1, 5), Fraction(1, 2), Fraction(9, 10)])
def test_what_it_does_is_that_of_counting_every_course(boundary: Boundary, rate: Fraction) -> None:
    does = characteristics(boundary, float(rate))
    counted = by_counting(boundary, rate)
    assert (does.stop, does.early, does.people, does.events) == pytest.approx([float(each) for each in counted])


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_events_are_the_rate_times_the_people(boundary: Boundary) -> None:
    """Wald's identity, whatever the boundary: a run-time check of the expected events."""
    for does in operating_characteristics(boundary, [0, 0.1, 0.3, 0.7, 1]):
        assert does.events == pytest.approx(does.rate * does.people)


def test_at_the_ends_nothing_is_left_to_chance() -> None:
    never, always = operating_characteristics(BOUNDARIES[0], [0, 1])
    assert (never.stop, never.people, never.events) == (0, 11, 0)
    first = next(look.people for look in BOUNDARIES[0].looks if look.possible)
    assert (always.stop, always.people) == (1, first)


def test_a_higher_rate_stops_more_often_and_sooner() -> None:
    does = operating_characteristics(bayesian_boundary(range(5, 54), 0.1, (0.5, 4.5), 0.95), [0.05, 0.1, 0.2, 0.3])
    assert [each.stop for each in does] == sorted(each.stop for each in does)
    assert [each.people for each in does] == sorted((each.people for each in does), reverse=True)


def test_no_rate_outside_0_to_1() -> None:
    with pytest.raises(Fault, match="A true rate lies between 0 and 1"):
        characteristics(BOUNDARIES[0], 1.1)


def test_the_look_in_force_and_the_boundary_in_short() -> None:
    boundary = bayesian_boundary((5, 10, 15), 0.1, (0.5, 4.5), 0.95)
    assert boundary.most == 15 and boundary.at(4) is None
    assert [look.people for n in (5, 9, 10, 40) if (look := boundary.at(n))] == [5, 5, 10, 15]
    assert [step[2] for step in boundary.steps()] == [look.stop_at for look in boundary.looks]
