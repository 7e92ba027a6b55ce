"""People by each formula; whole groups; what the formulas refuse."""

from typing import get_args

import pytest

from equipoise.analysis.design.hazards import NEVER, constant, surviving, treated
from equipoise.analysis.design.scenario import Scenario
from equipoise.analysis.design.size import METHODS, Method, drift_of, even, power_of, rate_difference_people, size
from equipoise.faults import Fault
from equipoise.protocol import design_plan

CONTROL = surviving(0.25, 36)
SCENARIO = Scenario(CONTROL, treated(CONTROL, 0.6), 24, 36)


def test_the_protocol_knows_the_same_formulas() -> None:
    assert tuple(METHODS) == get_args(Method) == design_plan.METHODS


@pytest.mark.parametrize("method", METHODS)
def test_power_and_people_are_each_others_inverse(method: Method) -> None:
    found = size(SCENARIO, method, 0.025, 0.9)
    assert power_of(found.people, SCENARIO, method, 0.025) == pytest.approx(0.9, abs=1e-12)
    assert drift_of(found.people, SCENARIO, method, 0.025) == pytest.approx(1.959964 + 1.281552, abs=1e-6)
    assert found.all_events == sum(found.events) < found.people


def test_the_candidates_of_the_published_sizes() -> None:
    other = surviving(0.44, 36)
    assert round(size(Scenario(CONTROL, other, 0, 36), "freedman", 0.1, 0.8).people, 1) == 104.9
    assert round(size(Scenario(CONTROL, other, 30, 36), "freedman", 0.1, 0.8).people, 1) == 89.7


@pytest.mark.parametrize(
    ("people", "ratio", "whole"),
    [(104.9, 1, 106), (104, 1, 104), (104.0000000001, 1, 104), (100.1, 2, 102), (100.1, 0.5, 102), (100.1, 1.5, 101)],
)
def test_people_come_in_whole_groups(people: float, ratio: float, whole: int) -> None:
    assert even(people, ratio) == whole


def test_what_cannot_be() -> None:
    never = Scenario(CONTROL, NEVER, 24, 36)
    for of, says in (
        (lambda: size(Scenario(CONTROL, treated(CONTROL, 0.6, 3), 24, 36), "freedman", 0.1, 0.8), "proportional"),
        (lambda: size(never, "schoenfeld", 0.1, 0.8), "proportional"),
        (lambda: size(Scenario(CONTROL, CONTROL, 24, 36), "schoenfeld", 0.1, 0.8), "no difference"),
        (lambda: power_of(0, SCENARIO, "schoenfeld", 0.1), "above 0"),
        (lambda: rate_difference_people(0.2, 0.2, SCENARIO, 0.1, 0.8), "the same"),
    ):
        with pytest.raises(Fault, match=says):
            of()


def test_a_difference_of_rates_needs_more_than_their_ratio() -> None:
    scenario = Scenario(constant(0.3), constant(0.2), 3, 2)
    assert rate_difference_people(0.3, 0.2, scenario, 0.05, 0.9) > size(scenario, "lachin-foulkes", 0.05, 0.9).people
