import numpy as np
import pytest

from equipoise.analysis.followed import two_arms
from equipoise.analysis.proportional import IDENTITY, proportional_hazards


def test_ratios_that_cross_are_found_and_those_that_do_not_are_not() -> None:
    n = 150
    grid = (np.arange(n) + 0.5) / n
    steady, early = -np.log(1 - grid), (-np.log(1 - grid)) ** 3
    event, arm = np.ones(2 * n), np.repeat([0, 1], n)
    crossing = proportional_hazards(two_arms(np.concatenate((steady, early)), event, arm))
    assert crossing.test is not None and crossing.test.p < 1e-6
    assert crossing.sentence == "Proportional hazards (by Kaplan-Meier): a sign that they are not (p < 0.001)."
    parallel = proportional_hazards(two_arms(np.concatenate((steady, 2 * steady)), event, arm), transform=IDENTITY)
    assert parallel.test is not None and parallel.test.p > 0.5
    assert parallel.sentence.startswith("Proportional hazards (by time itself): no sign that they are not (p = ")


@pytest.mark.parametrize(
    "event, arm", [([1, 1, 0, 0], [0, 0, 1, 1]), ([0, 0, 0, 0], [0, 1, 0, 1]), ([1, 0, 0, 0], [0, 1, 0, 1])]
)
def test_too_few_events_are_told(event: list[int], arm: list[int]) -> None:
    found = proportional_hazards(two_arms([1, 2, 3, 4], event, arm))
    assert found.test is None
    assert found.sentence == "Whether hazards are proportional cannot be tested: there are too few events."


def test_events_at_one_instant_tell_nothing_of_time() -> None:
    assert proportional_hazards(two_arms([2, 2, 3, 4], [1, 1, 0, 0], [0, 1, 0, 1])).test is None
