import numpy as np
import pytest

from equipoise.analysis.followed import two_arms
from equipoise.analysis.logrank import UNWEIGHTED, fleming_harrington, log_rank, permuted_log_rank
from equipoise.faults import Fault

SIX = {"time": [5, 8, 12, 20, 3, 9], "event": [1, 1, 0, 1, 1, 1], "arm": [0, 1, 0, 1, 0, 1]}
FEW = two_arms([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1])


def test_by_hand() -> None:
    found = log_rank(two_arms(**SIX))
    expected = 3 / 6 + 3 / 5 + 3 / 4 + 2 / 3 + 1
    assert found.expected == pytest.approx((5 - expected, expected))
    assert found.observed == (2, 3)
    assert found.variance == pytest.approx(1 / 4 + 6 / 25 + 3 / 16 + 2 / 9)
    assert found.test is not None
    assert found.test.chi_square == pytest.approx((3 - expected) ** 2 / found.variance)


def test_weights_by_hand() -> None:
    found = log_rank(FEW, fleming_harrington(0, 1))
    weights = np.arange(6) / 6
    share = np.array([3 / 6, 3 / 5, 3 / 4, 1, 1, 1])
    assert found.score == pytest.approx(weights @ ([0, 0, 0, 1, 1, 1] - share))
    assert found.variance == pytest.approx(weights**2 @ (share * (1 - share)))
    assert found.observed[1] == pytest.approx((3 + 4 + 5) / 6)
    assert found.sentence.startswith("Weighted log-rank test (Fleming-Harrington 0, 1): chi-square ")
    assert "weighted events" in found.sentence


def test_the_weights_begin_anew_in_each_stratum() -> None:
    twice = {name: values * 2 for name, values in SIX.items()}
    one, both = two_arms(**SIX), two_arms(**twice, stratum=[0] * 6 + [1] * 6)
    weight = fleming_harrington(1, 0.5)
    assert log_rank(both, weight).score == pytest.approx(2 * log_rank(one, weight).score)
    assert log_rank(both, weight).variance == pytest.approx(2 * log_rank(one, weight).variance)


@pytest.mark.parametrize(
    "people",
    [
        two_arms([5, 8, 12], [0, 0, 0], [0, 1, 0]),
        two_arms([5, 8, 12], [0, 0, 1], [0, 1, 0]),
        two_arms([5, 5, 5], [1, 1, 1], [0, 1, 0]),
        two_arms([5, 8, 12], [1, 1, 1], [0, 1, 0], stratum=["a", "b", "a"]),
    ],
    ids=["no events", "an event when one arm is gone", "all at one instant", "each stratum has one arm"],
)
def test_where_there_is_nothing_to_compare(people) -> None:
    found = log_rank(people)
    assert (found.test, found.score, found.variance) == (None, 0, 0)
    assert found.sentence.endswith(
        "not possible, since no event tells the arms apart: none was seen while both were at risk and somebody stayed."
    )
    assert permuted_log_rank(people, np.random.default_rng(1), draws=10).p == 1


def test_weights_are_not_negative() -> None:
    with pytest.raises(Fault, match="two numbers of 0 or more, not -1 and 0"):
        fleming_harrington(-1, 0)


# ------------------------------------------------------------------ permutation
def test_the_permutation_test_comes_near_the_exact_share() -> None:
    """Of the 20 ways to place three of six, two are as extreme: those who all come first, or all last."""
    found = permuted_log_rank(FEW, np.random.default_rng(7), draws=20_000)
    chi_squares = []
    for arms in {tuple(np.random.default_rng(seed).permutation([0, 0, 0, 1, 1, 1])) for seed in range(400)}:
        test = log_rank(two_arms(FEW.rows.time, FEW.rows.event, arms)).test
        assert test is not None
        chi_squares.append(test.chi_square)
    real = found.test.test
    assert real is not None and len(chi_squares) == 20
    exact = np.mean(np.array(chi_squares) >= real.chi_square - 1e-9)
    assert found.p == pytest.approx(exact, abs=0.006)
    assert found.sentence == f"Log-rank test by 20,000 permutations: p = {found.p:.2f}."


def test_the_same_generator_gives_the_same_p() -> None:
    first, again, other = (permuted_log_rank(FEW, np.random.default_rng(seed), draws=500).p for seed in (1, 1, 2))
    assert first == again != other


def test_arms_are_reshuffled_within_strata() -> None:
    """One stratum holds arm 1 alone but for one: what varies is only who that one is."""
    people = two_arms([1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1], stratum=["a", "a", "b", "b"])
    found = permuted_log_rank(people, np.random.default_rng(3), draws=4000)
    assert found.p == pytest.approx(0.5, abs=0.03)  # both strata as they are, or both turned
    assert "within strata" in found.sentence


def test_what_cannot_be_reshuffled_is_refused() -> None:
    with pytest.raises(Fault, match="not possible with delayed entry"):
        permuted_log_rank(two_arms(**SIX, entry=[1, 2, 3, 4, 1, 2]), np.random.default_rng(1))
    with pytest.raises(Fault, match="at least one draw"):
        permuted_log_rank(FEW, np.random.default_rng(1), UNWEIGHTED, 0)
