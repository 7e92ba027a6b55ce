"""The planner's question puts the trial's own design first, whatever its method."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from tests.allocations import BLOCKS, PLAN, SIMPLE, in_blocks, minimised

from equipoise.conduct.designs import Blocks, Design, Minimised, Simple
from equipoise.conduct.planning import own_design, plan
from equipoise.conduct.predictability import Enrolment
from equipoise.faults import Fault
from equipoise.protocol.allocation import Scheme

UNEQUAL = replace(minimised(), weights=(Fraction(1, 2), Fraction(1), Fraction(1)))
OWN: list[tuple[Scheme, Design]] = [
    (in_blocks(6, 4), Blocks((4, 6))),
    (in_blocks(4, by_site=True), Blocks((4,), by_site=True)),
    (minimised("3/4", "variance", by_site=False), Minimised(Fraction(3, 4), False, "variance")),
    (UNEQUAL, Minimised(Fraction(4, 5), True, "range", (1, 2, 2))),
    (SIMPLE, Simple()),
]


@pytest.mark.parametrize(("scheme", "design"), OWN)
def test_the_scheme_as_a_design(scheme: Scheme, design: Design) -> None:
    assert own_design(scheme) == design


@pytest.mark.parametrize("scheme", [Scheme(), in_blocks(6, ratio=(2, 1)), minimised(arms=3)])
def test_only_two_equal_arms_are_planned(scheme: Scheme) -> None:
    with pytest.raises(Fault):
        own_design(scheme)


def test_a_trial_without_an_allocation_is_told_so() -> None:
    with pytest.raises(Fault, match=r"has no randomisation\.toml"):
        own_design(Scheme())


def test_each_design_once_and_the_own_first() -> None:
    found = plan(PLAN, Enrolment(20, 2, ((0.5, 0.5), (0.5, 0.5))), [], np.random.default_rng(1), 1, 20)
    designs = [each.design for each in found.predictions]
    assert designs[0] == own_design(BLOCKS) and len(set(designs)) == len(designs) == 10
    assert found.error == max(each.error for each in found.predictions)


def test_minimisation_without_anything_to_balance_is_left_out() -> None:
    found = plan(PLAN, Enrolment(20, 2), [], np.random.default_rng(1), 1, 20)
    assert Minimised(Fraction(4, 5), by_site=False) not in [each.design for each in found.predictions]
