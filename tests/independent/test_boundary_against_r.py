"""Stopping boundaries held to numbers that R packages print, and to simulation.

clinfun (V. E. Seshan): the examples on its page about `toxbdry`. stoppingrule (M. J. Martens): the example of its
README, by the exact test and by the beta-binomial rule.
"""

import random

import pytest

from equipoise.conduct.boundary import (
    Boundary,
    bayesian_boundary,
    characteristics,
    exact_boundary,
    looks_at,
    operating_characteristics,
)

# toxbdry(pLo, pHi, n, cP0): its "high boundary", the one that keeps cP0; "7/20": more than 7 of 20 stop.
# Then for each true rate: P(cross), P(stop before the last look), expected sample size.
CLINFUN = [
    (
        (20, 40, 60, 75), 0.2, 0.1, {20: 7, 40: 12, 60: 17, 75: 21},
        [(0.20, 0.088, 0.079, 72.0), (0.23, 0.214, 0.188, 68.1), (0.26, 0.406, 0.354, 62.1), (0.29, 0.619, 0.548, 54.7),
         (0.32, 0.797, 0.727, 47.0), (0.35, 0.911, 0.859, 39.9)],
    ),
    (
        (20, 40, 60, 75), 0.2, 0.15, {20: 7, 40: 12, 60: 16, 75: 20},
        [(0.20, 0.117, 0.103, 71.6), (0.22, 0.213, 0.186, 69.0), (0.24, 0.341, 0.297, 65.4), (0.26, 0.487, 0.427, 61.0),
         (0.28, 0.632, 0.562, 56.1), (0.30, 0.758, 0.688, 51.0)],
    ),
    (
        tuple(range(2, 31)), 0.1, 0.1, {3: 1, 8: 2, 13: 3, 19: 4, 26: 5, 30: 6},
        [(0.10, 0.097, 0.096, 28.1), (0.14, 0.245, 0.239, 25.8), (0.18, 0.441, 0.430, 22.5), (0.22, 0.638, 0.624, 19.0),
         (0.26, 0.795, 0.781, 15.6), (0.30, 0.898, 0.888, 12.7)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("looks", "acceptable", "alpha", "most", "printed"), CLINFUN)
def test_the_exact_boundary_is_that_of_clinfun(
    looks: tuple[int, ...], acceptable: float, alpha: float, most: dict[int, int], printed: list[tuple[float, ...]]
) -> None:
    boundary = exact_boundary(looks, acceptable, alpha)
    for people, allowed in most.items():
        look = boundary.at(people)
        assert look is not None and look.stop_at == allowed + 1
    found = operating_characteristics(boundary, [row[0] for row in printed])
    for does, (_, cross, early, people) in zip(found, printed, strict=True):
        assert (round(does.stop, 3), round(does.early, 3), round(does.people, 1)) == (cross, early, people)


# table.rule.bin of stoppingrule for p0 = 0.20, alpha = 0.10, looked at after each of 30 people: from, to, stop at.
POCOCK = (
    (3, 4, 3),
    (5, 7, 4),
    (8, 10, 5),
    (11, 13, 6),
    (14, 16, 7),
    (17, 20, 8),
    (21, 24, 9),
    (25, 27, 10),
    (28, 30, 11),
)
BETA = (
    (3, 4, 3),
    (5, 6, 4),
    (7, 10, 5),
    (11, 13, 6),
    (14, 17, 7),
    (18, 20, 8),
    (21, 24, 9),
    (25, 28, 10),
    (29, 30, 11),
)


def test_the_exact_boundary_is_the_pocock_test_of_stoppingrule() -> None:
    boundary = exact_boundary(range(1, 31), 0.2, 0.1)
    assert boundary.steps() == POCOCK
    printed = {0.2: (0.09915263, 28.16703), 0.25: (0.23312769, 26.04001), 0.3: (0.42603085, 22.98251),
               0.35: (0.63398556, 19.37012), 0.4: (0.80576733, 15.75017)}  # fmt: skip
    for rate, (reject, evaluated) in printed.items():
        does = characteristics(boundary, rate)
        assert does.stop == pytest.approx(reject, abs=5e-9)
        assert does.people == pytest.approx(evaluated, abs=5e-6)


def test_the_bayesian_boundary_is_the_beta_binomial_rule_of_stoppingrule() -> None:
    # Its search ends at a cutoff printed as 0.9630823, within 4e-7 of the posterior of 4 events among 7 people, which
    # it leaves inside: so the cutoff that means the same is that posterior.
    boundary = bayesian_boundary(range(1, 31), 0.2, (0.6, 2.4), 0.963083)
    assert boundary.steps() == BETA
    for rate, reject in {0.2: 0.09957367, 0.25: 0.23832301, 0.3: 0.43615256, 0.35: 0.64555222, 0.4: 0.81491087}.items():
        assert characteristics(boundary, rate).stop == pytest.approx(reject, abs=5e-9)


def test_the_expected_events_that_stoppingrule_prints_are_not_ours() -> None:
    """Its README prints 5.713406 events among 28.16703 people at a rate of 0.2; by Wald's identity they are 5.6334."""
    does = characteristics(exact_boundary(range(1, 31), 0.2, 0.1), 0.2)
    assert does.events == pytest.approx(0.2 * 28.16703, abs=1e-6)
    assert does.events != pytest.approx(5.713406, abs=0.05)


@pytest.mark.parametrize(
    "boundary",
    [bayesian_boundary(looks_at(5, 1, 53), 0.1, (0.5, 4.5), 0.95), exact_boundary(looks_at(6, 6, 53), 0.1, 0.1)],
)
@pytest.mark.parametrize("rate", [0.1, 0.25])
def test_simulated_trials_agree(boundary: Boundary, rate: float) -> None:
    trials, chance = 4000, random.Random(20261127)
    stop_at = {look.people: look.stop_at for look in boundary.looks}
    stopped, people = 0, 0
    for _ in range(trials):
        events = 0
        for number in range(1, boundary.most + 1):
            events += chance.random() < rate
            if events >= stop_at.get(number, number + 1):
                stopped += 1
                break
        people += number
    does = characteristics(boundary, rate)
    error = (does.stop * (1 - does.stop) / trials) ** 0.5
    assert abs(stopped / trials - does.stop) < 4 * error
    assert people / trials == pytest.approx(does.people, abs=4 * 25 / trials**0.5)
