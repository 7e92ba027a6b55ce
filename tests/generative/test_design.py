"""Designs of every kind: power rises with people, effect and follow-up; boundaries spend exactly alpha."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.analysis.design.conditional import conditional_power, conditional_power_of_plan
from equipoise.analysis.design.hazards import Hazard, surviving, treated, yearly_loss
from equipoise.analysis.design.power import fixed_time_power, logrank_power, rmst_power
from equipoise.analysis.design.recursion import crossing
from equipoise.analysis.design.scenario import Scenario, event_chances, expected_events
from equipoise.analysis.design.sequential import Futility, HaybittlePeto, Rule, WangTsiatis, benefit_bounds, plan
from equipoise.analysis.design.size import METHODS, Method, power_of, size
from equipoise.analysis.design.spending import HwangShihDeCani, LikeObrienFleming, LikePocock, PowerFamily, spent

FEW = settings(max_examples=60, deadline=None)
FEWER = settings(max_examples=25, deadline=None)


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


methods = st.sampled_from(tuple(METHODS))
alphas = numbers(0.001, 0.2)
powers = numbers(0.5, 0.99)
ratios = numbers(0.2, 0.9)


@st.composite
def scenarios(draw: st.DrawFn, effect: bool = True) -> Scenario:
    control = surviving(draw(numbers(0.05, 0.9)), 36)
    other = treated(control, draw(ratios)) if effect else control
    return Scenario(
        control, other, draw(st.sampled_from([0.0, 6.0, 36.0])), draw(numbers(37, 80)),
        yearly_loss(draw(numbers(0, 0.3))), draw(st.sampled_from([0.5, 1.0, 2.0])),
    )  # fmt: skip


@st.composite
def shares(draw: st.DrawFn, most: int = 5) -> tuple[float, ...]:
    steps = draw(st.lists(numbers(0.05, 1.0), min_size=1, max_size=most))
    total, found = sum(steps), 0.0
    ends = []
    for step in steps[:-1]:
        found += step
        ends.append(found / total)
    return (*ends, 1.0)


spendings = st.one_of(
    st.just(LikeObrienFleming()), st.just(LikePocock()), st.builds(HwangShihDeCani, numbers(-6, 4)),
    st.builds(PowerFamily, numbers(0.5, 4)),
)  # fmt: skip
rules: st.SearchStrategy[Rule] = st.one_of(
    spendings, st.builds(WangTsiatis, numbers(0, 0.6)), st.builds(HaybittlePeto, numbers(3.5, 5))
)


# ---------------------------------------------------------------- power
@FEW
@given(scenarios(), methods, alphas, numbers(20, 2000), numbers(1.01, 3))
def test_power_rises_with_people_alpha_and_effect(
    scenario: Scenario, method: Method, alpha: float, people: float, more: float
) -> None:
    power = power_of(people, scenario, method, alpha)
    assert power_of(people * more, scenario, method, alpha) >= power - 1e-12
    assert power_of(people, scenario, method, min(0.9, alpha * more)) >= power - 1e-12
    assert logrank_power(people * more, scenario, alpha) >= logrank_power(people, scenario, alpha) - 1e-12
    assert fixed_time_power(people * more, scenario, 36, alpha) >= fixed_time_power(people, scenario, 36, alpha) - 1e-12
    assert rmst_power(people * more, scenario, 36, alpha) >= rmst_power(people, scenario, 36, alpha) - 1e-12


@FEW
@given(scenarios(), numbers(0.5, 0.99), st.sampled_from(["schoenfeld", "freedman"]), alphas)
def test_a_larger_effect_needs_fewer_events(scenario: Scenario, by: float, method: Method, alpha: float) -> None:
    larger = replace(scenario, experimental=treated(scenario.experimental, by))
    assert size(larger, method, alpha, 0.9).all_events <= size(scenario, method, alpha, 0.9).all_events


@FEW
@given(scenarios(), methods, alphas, powers)
def test_people_have_the_power_that_they_were_found_for(
    scenario: Scenario, method: Method, alpha: float, power: float
) -> None:
    found = size(scenario, method, alpha, power)
    assert power_of(found.people, scenario, method, alpha) == pytest.approx(power, abs=1e-9)


@FEW
@given(scenarios(), numbers(0.1, 30))
def test_longer_follow_up_brings_events_and_power(scenario: Scenario, longer: float) -> None:
    later = replace(scenario, followup=scenario.followup + longer)
    assert all(b >= a - 1e-13 for a, b in zip(event_chances(scenario), event_chances(later), strict=True))
    assert power_of(200, later, "schoenfeld", 0.025) >= power_of(200, scenario, "schoenfeld", 0.025) - 1e-12
    assert fixed_time_power(200, later, 36, 0.025) >= fixed_time_power(200, scenario, 36, 0.025) - 1e-12


@FEW
@given(scenarios(), st.lists(numbers(0, 120), min_size=1, max_size=5))
def test_expected_events_rise_over_calendar_time_up_to_the_people(scenario: Scenario, months: list[float]) -> None:
    events = expected_events(100, scenario, sorted(months))
    assert (events >= 0).all() and (events.sum(axis=1) <= 100).all()
    assert (events[1:] >= events[:-1] - 1e-10).all()


@FEW
@given(scenarios(effect=False), alphas)
def test_without_a_difference_every_test_rejects_alpha(scenario: Scenario, alpha: float) -> None:
    for power in (
        logrank_power(106, scenario, alpha),
        fixed_time_power(106, scenario, 36, alpha),
        fixed_time_power(106, scenario, 36, alpha, log_log=True),
        rmst_power(106, scenario, 36, alpha),
    ):
        assert power == pytest.approx(alpha, abs=1e-9)


@FEW
@given(scenarios(), st.lists(numbers(0.5, 30), min_size=1, max_size=3, unique=True))
def test_cutting_a_constant_hazard_into_pieces_changes_nothing(scenario: Scenario, cuts: list[float]) -> None:
    ends = tuple(sorted(cuts))

    def cut(hazard: Hazard) -> Hazard:
        return Hazard(hazard.rates * (len(ends) + 1), ends)

    pieces = replace(scenario, control=cut(scenario.control), experimental=cut(scenario.experimental))
    assert event_chances(pieces) == pytest.approx(event_chances(scenario), rel=1e-11)
    assert rmst_power(106, pieces, 36, 0.025) == pytest.approx(rmst_power(106, scenario, 36, 0.025), rel=1e-9)
    assert logrank_power(106, pieces, 0.025) == pytest.approx(logrank_power(106, scenario, 0.025), rel=1e-9)


# ---------------------------------------------------------------- looks
@FEWER
@given(shares(), rules, alphas)
def test_boundaries_spend_exactly_alpha(at: tuple[float, ...], rule: Rule, alpha: float) -> None:
    if isinstance(rule, HaybittlePeto) and alpha < 0.01:
        alpha = 0.025
    upper = benefit_bounds(at, rule, alpha)
    crossed = crossing(at, 0.0, [-inf] * len(at), upper)
    assert crossed.any_upper == pytest.approx(alpha, abs=1e-11)
    if not isinstance(rule, WangTsiatis | HaybittlePeto):
        spending = [spent(rule, alpha, t) for t in at]
        assert crossed.upper[0] == pytest.approx(spending[0], rel=1e-9)
        assert sum(crossed.upper[:-1]) == pytest.approx(([0.0, *spending])[len(at) - 1], abs=1e-11)


@FEWER
@given(shares(most=4), spendings, spendings, st.booleans(), powers)
def test_a_plan_with_futility_has_its_power_and_everybody_stops(
    at: tuple[float, ...], rule: Rule, futile: Rule, binding: bool, power: float
) -> None:
    assert not isinstance(futile, WangTsiatis | HaybittlePeto)
    found = plan(at, rule, 0.025, power, Futility(futile, binding))
    assert found.under_alternative.any_upper == pytest.approx(power, abs=1e-9)
    assert found.under_alternative.any_upper + found.under_alternative.any_lower == pytest.approx(1, abs=1e-9)
    assert found.under_null.any_upper <= 0.025 + 1e-9
    assert all(low <= high for low, high in zip(found.lower, found.upper, strict=True))
    assert found.inflation >= 1 - 1e-9 or binding


@FEWER
@given(rules, alphas, powers)
def test_one_look_is_the_fixed_design(rule: Rule, alpha: float, power: float) -> None:
    found = plan([1.0], rule, alpha, power)
    assert found.inflation == pytest.approx(1, abs=1e-9)
    assert found.under_null.upper[0] == pytest.approx(alpha, abs=1e-12)


@FEWER
@given(shares(most=4), rules, numbers(-2, 3))
def test_conditional_power_averages_to_the_power(at: tuple[float, ...], rule: Rule, drift: float) -> None:
    """At the very start the conditional power is the chance to cross at all, whatever the effect."""
    found = plan(at, rule, 0.025, 0.8)
    whole = crossing(at, drift, [-inf] * len(at), found.upper).any_upper
    assert conditional_power_of_plan(0.0, 0.0, found, drift) == pytest.approx(whole, abs=1e-12)


# ---------------------------------------------------------------- conditional power
@FEW
@given(numbers(-4, 6), numbers(-3, 6), alphas)
def test_with_all_information_conditional_power_is_none_or_one(z: float, drift: float, alpha: float) -> None:
    assert conditional_power(z, 1.0, drift, alpha) in (0.0, 1.0)


@FEW
@given(numbers(-4, 4), numbers(0, 0.99), numbers(-3, 6), numbers(0, 2), alphas)
def test_conditional_power_rises_with_z_and_effect(
    z: float, information: float, drift: float, more: float, alpha: float
) -> None:
    power = conditional_power(z, information, drift, alpha)
    assert 0 <= power <= conditional_power(z + more, information, drift, alpha) + 1e-15
    assert power <= conditional_power(z, information, drift + more, alpha) + 1e-15


def test_every_rule_is_drawn() -> None:
    """Each kind of boundary stands in the strategies: none is forgotten."""
    seen: set[type] = set()

    @settings(max_examples=100, deadline=None, database=None)
    @given(rules)
    def draw(rule: Rule) -> None:
        seen.add(type(rule))

    draw()
    assert seen == {LikeObrienFleming, LikePocock, HwangShihDeCani, PowerFamily, WangTsiatis, HaybittlePeto}
