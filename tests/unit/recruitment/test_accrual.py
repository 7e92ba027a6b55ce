"""The forecast at its limits, and what must always hold of it."""

import doctest
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.dates import Span, on_day
from equipoise.faults import Fault
from equipoise.recruitment import accrual
from equipoise.recruitment.accrual import LARGEST_TARGET, Plan, look_ahead
from equipoise.recruitment.accrual_answer import forecast
from equipoise.recruitment.accrual_belief import Recruited, beta_points
from equipoise.recruitment.accrual_fit import fit_rates, with_fitted_rates
from equipoise.recruitment.accrual_needs import what_it_takes, with_more_sites
from equipoise.recruitment.accrual_stop import behaviour, spread_out, stop_rule
from equipoise.recruitment.sites import Pace, Site

EVE, FIRST, BY = date(2026, 12, 31), date(2027, 1, 1), date(2027, 12, 31)
OPENS = on_day(FIRST)


def plan(*rates: float, target: int = 10, cv: float = 0.5, opens: Span = OPENS, **shared: float) -> Plan:
    return Plan(tuple(Site(f"S{n}", opens, rate, cv) for n, rate in enumerate(rates)), target, Pace(), **shared)


def test_the_example_of_the_module_is_right() -> None:
    assert doctest.testmod(accrual).failed == 0 and doctest.testmod(accrual).attempted > 3


# ---------------------------------------------------------------- limits
def test_a_target_reached_already_is_reached() -> None:
    ahead = look_ahead(plan(1, 1), date(2027, 6, 1), Recruited({"S0": 8, "S1": 2}))
    assert ahead.chance(ahead.on) == 1 and ahead.day_reached(0.99) == ahead.on
    assert ahead.people(BY)[1:4] == (10, 10, 10) and ahead.remaining == 0
    assert forecast(ahead, BY).never == 0 and what_it_takes(ahead, BY).months_longer == 0


def test_more_than_the_target_is_shown_as_it_is() -> None:
    ahead = look_ahead(plan(1), date(2027, 6, 1), Recruited({"S0": 14}))
    assert ahead.people(BY).median == 14


def test_a_target_of_nobody_is_reached() -> None:
    assert look_ahead(plan(1, target=0), EVE).day_reached(0.9) == EVE


@pytest.mark.parametrize("none", [plan(0, 0), plan(0, cv=0), plan(1, consent=0.0)])
def test_where_nobody_can_come_the_target_is_never_reached(none: Plan) -> None:
    ahead = look_ahead(none, EVE)
    assert ahead.chance(ahead.horizon) == 0 and ahead.day_reached(0.01) is None and ahead.rate == 0
    assert forecast(ahead, BY).never == 1
    needs = what_it_takes(ahead, BY)
    assert needs.sites is None and needs.times is None and needs.day is None


def test_sites_that_open_after_the_horizon_do_not_count() -> None:
    late = look_ahead(plan(5, opens=on_day(date(2040, 1, 1))), EVE, horizon=date(2030, 1, 1))
    assert late.chance(late.horizon) == 0
    assert look_ahead(plan(5, opens=Span(OPENS.lo + 5000, OPENS.lo + 5100)), EVE).chance(date(2030, 1, 1)) == 0


def test_nobody_comes_before_a_site_opens_and_after_it_closes() -> None:
    site = Site("A", on_day(date(2027, 3, 1)), 50, 0, closes=date(2027, 3, 31))
    ahead = look_ahead(Plan((site,), 1), EVE)
    assert ahead.chance(date(2027, 2, 28)) == 0 and ahead.chance(date(2027, 3, 1)) > 0.8
    assert ahead.chance(date(2027, 3, 31)) == ahead.chance(date(2030, 1, 1))


def test_a_site_that_closed_is_not_counted_as_open() -> None:
    site = Site("A", OPENS, 1, closes=date(2027, 3, 31))
    assert [look_ahead(Plan((site,), 5), day).open_sites for day in (EVE, FIRST, date(2027, 4, 1))] == [0, 1, 0]


def test_certain_rates_are_not_moved_by_what_comes() -> None:
    ahead = look_ahead(plan(2, 1, cv=0), date(2027, 6, 1), Recruited({"S0": 9}))
    assert ahead.rate == pytest.approx(3)


def test_little_difference_is_nearly_none() -> None:
    for day in (date(2027, 2, 1), BY):
        tiny, none = (look_ahead(plan(1, 0.5, cv=cv), EVE).counts(day) for cv in (1e-4, 0))
        np.testing.assert_allclose(tiny, none, atol=1e-7)


def test_a_large_expectation_does_not_underflow() -> None:
    ahead = look_ahead(plan(300, target=2900, cv=0), EVE)
    assert 0.9 < ahead.chance(date(2027, 10, 31)) < 1


# ---------------------------------------------------------------- what always holds
rates = st.lists(st.floats(0.01, 3), min_size=1, max_size=4)


@st.composite
def looked_at(draw: st.DrawFn):
    """A look with people in, some sites yet to open on a day that is not known."""
    found = draw(rates)
    opened = [Site(f"S{n}", OPENS, rate, draw(st.sampled_from([0.0, 0.6, 1.5]))) for n, rate in enumerate(found)]
    later = draw(st.lists(st.integers(0, 90), max_size=2))
    on = FIRST + timedelta(days=60)
    unsure = [
        Site(f"L{n}", Span(on.toordinal() + 1, on.toordinal() + 1 + width), 0.7, 0.5) for n, width in enumerate(later)
    ]
    shared = Plan(
        (*opened, *unsure), draw(st.integers(1, 25)), Pace(ramp=draw(st.sampled_from([0.0, 3.0]))),
        draw(st.sampled_from([0.0, 0.8])), 0.4, draw(st.sampled_from([None, 5.0])),
    )  # fmt: skip
    return look_ahead(shared, on, Recruited({"S0": draw(st.integers(0, 8))}))


@settings(max_examples=40)
@given(looked_at(), st.integers(1, 900), st.integers(0, 900))
def test_time_more_sites_and_higher_rates_never_make_it_less_likely(ahead, days: int, more: int) -> None:
    day = ahead.on + timedelta(days=days)
    chance = ahead.chance(day)
    assert 0 <= chance <= 1
    assert ahead.chance(day + timedelta(days=more)) >= chance - 1e-9
    assert ahead.with_rates(1.5).chance(day) >= chance - 1e-9
    assert with_more_sites(ahead, 2, ahead.on + timedelta(days=30)).chance(day) >= chance - 1e-9
    people = ahead.people(day)
    assert ahead.recruited.total <= people.low <= people.median <= people.high
    assert people.high <= max(ahead.plan.target, ahead.recruited.total)


@settings(max_examples=40)
@given(looked_at(), st.sampled_from([0.05, 0.5, 0.8]))
def test_the_day_is_the_first_on_which_it_holds(ahead, probability: float) -> None:
    day = ahead.day_reached(probability)
    if day is None:
        assert ahead.chance(ahead.horizon) < probability
    else:
        assert ahead.chance(day) >= probability
        assert day == ahead.on or ahead.chance(day - timedelta(days=1)) < probability


@settings(max_examples=40)
@given(looked_at())
def test_more_people_in_never_slow_it_down(ahead) -> None:
    number = ahead.recruited.total
    one_more = look_ahead(ahead.plan, ahead.on, Recruited({"S0": number + 1}))
    assert one_more.chance(BY) >= ahead.chance(BY) - 1e-9


@given(st.floats(0.05, 2000), st.floats(0.05, 2000))
def test_the_points_of_a_beta_have_its_mean_and_variance(yes: float, no: float) -> None:
    points, weights = beta_points(yes, no, 8)
    mean = float(points @ weights)
    assert weights.sum() == pytest.approx(1) and np.all((points > 0) & (points < 1))
    assert mean == pytest.approx(yes / (yes + no), rel=1e-9)
    assert (points - mean) ** 2 @ weights == pytest.approx(yes * no / (yes + no) ** 2 / (yes + no + 1), rel=1e-6)


def test_consent_is_learned_only_where_those_found_were_counted() -> None:
    unsure = plan(1, 1, target=30, consent=0.5, consent_worth=10)
    seen = Recruited({"S0": 1, "S1": 0}, {"S0": 6, "S1": 6})
    ahead = look_ahead(unsure, date(2027, 7, 1), seen)
    consent = float(ahead.belief.weights @ ahead.belief.consent)
    assert consent == pytest.approx((5 + 1) / (10 + 12))
    assert ahead.chance(BY) < look_ahead(unsure, date(2027, 7, 1), Recruited({"S0": 6, "S1": 6}, seen.found)).chance(BY)


# ---------------------------------------------------------------- what it would take
def test_what_it_takes_is_just_enough() -> None:
    ahead = look_ahead(plan(0.6, 0.6, target=30), EVE)
    needs = what_it_takes(ahead, BY, wanted=0.8, lead=2)
    assert needs.chance < 0.8 and needs.sites and needs.times and needs.day
    assert needs.sites_open == date(2027, 2, 28)
    assert with_more_sites(ahead, needs.sites, needs.sites_open).chance(BY) >= 0.8
    assert with_more_sites(ahead, needs.sites - 1, needs.sites_open).chance(BY) < 0.8
    assert ahead.with_rates(needs.times).chance(BY) >= 0.8 > ahead.with_rates(needs.times - 0.01).chance(BY)
    assert ahead.chance(needs.day) >= 0.8 > ahead.chance(needs.day - timedelta(days=1))


def test_a_relaxed_criterion_multiplies_the_rate() -> None:
    ahead = look_ahead(plan(0.6, 0.6, target=20), EVE)
    needs = what_it_takes(ahead, BY, gains={"without E8": 1.5, "without I1": 2.0})
    assert [each.criterion for each in needs.relaxed] == ["without I1", "without E8"]
    assert needs.relaxed[1].chance == ahead.with_rates(1.5).chance(BY) > needs.chance


def test_sites_that_would_open_too_late_are_none() -> None:
    assert what_it_takes(look_ahead(plan(0.1), date(2027, 11, 1)), BY, lead=3).sites is None


# ---------------------------------------------------------------- the stop rule
def test_the_bounds_are_where_the_forecast_turns() -> None:
    own, looks = plan(0.6, 0.9, 0.3, target=25, common_cv=0.6), [date(2027, 4, 1), date(2027, 8, 1)]
    rule = stop_rule(own, BY, 0.1, looks)
    for bound in rule.bounds:
        weights = np.array([site.rate for site in own.sites])
        below, at = (
            look_ahead(own, bound.on, Recruited(spread_out(number, own, weights))).chance(BY)
            for number in (bound.least - 1, bound.least)
        )
        assert below < 0.1 <= at
    assert rule.bounds[0].least < rule.bounds[1].least


def test_a_rule_without_hope_wants_the_whole_target() -> None:
    rule = stop_rule(plan(0.001, cv=0, target=5), BY, 0.5, [date(2027, 12, 30)])
    assert rule.bounds[0].least == 5
    found = behaviour(plan(0.001, cv=0, target=5), rule, np.random.default_rng(1), 500, (1.0,))[0]
    assert found.stops == 1 and found.reaches == 0 and found.wrongly == 0 and found.in_vain == 0


def test_a_rule_without_looks_stops_nobody() -> None:
    rule = stop_rule(plan(1, target=10), BY, 0.1, [])
    found = behaviour(plan(1, target=10), rule, np.random.default_rng(1), 2000, (None,))[0]
    assert found.stopped == () and found.stops == 0 and found.in_vain == pytest.approx(1 - found.reaches)
    assert found.months == pytest.approx((BY - FIRST).days / 30.4375)


def test_a_look_before_any_opening_stops_nobody_with_hope() -> None:
    rule = stop_rule(plan(3, target=10, opens=Span(OPENS.lo + 60, OPENS.lo + 100)), BY, 0.1, [date(2027, 1, 15)])
    assert rule.bounds[0].least == 0


def test_the_same_seed_gives_the_same_trials() -> None:
    rule = stop_rule(plan(1, 1, common_cv=0.5), BY, 0.1, [date(2027, 6, 1)])
    one, other = (behaviour(plan(1, 1, common_cv=0.5), rule, np.random.default_rng(7), 300) for _ in range(2))
    assert one == other and {each.common for each in one} == {None, 1.0, 0.5, 0.25, 0.1}


@given(st.integers(0, 200), st.lists(st.floats(0, 5), min_size=1, max_size=6).filter(lambda each: sum(each) > 0.01))
def test_people_are_spread_in_whole_numbers(number: int, weights: list[float]) -> None:
    own = plan(*([1.0] * len(weights)))
    spread = spread_out(number, own, np.array(weights))
    assert sum(spread.values()) == number
    for site, weight in zip(own.sites, weights, strict=True):
        assert abs(spread.get(site.name, 0) - number * weight / sum(weights)) < 1


# ---------------------------------------------------------------- estimates
def test_sites_that_do_not_differ_have_no_spread() -> None:
    found = fit_rates([10, 10, 10, 10], [5, 5, 5, 5])
    assert found.cv == 0 and found.rate == pytest.approx(0.5, rel=1e-6)


def test_an_estimate_from_too_little_is_refused() -> None:
    for months, people in [([3.0], [2]), ([3.0, 4.0], [0, 0])]:
        with pytest.raises(Fault, match="cannot be estimated"):
            fit_rates(months, people)
    with pytest.raises(Fault, match="No site was open"):
        with_fitted_rates(plan(1, 1), EVE, Recruited())


def test_an_estimate_replaces_what_was_stated() -> None:
    on, seen = date(2027, 12, 31), Recruited({"S0": 12, "S1": 2, "S2": 4})
    fitted = with_fitted_rates(plan(9, 9, 9, target=40, common_cv=1), on, seen)
    assert fitted.common_cv == 0 and fitted.sites[0].rate == pytest.approx(0.5, rel=0.01) and fitted.sites[0].cv > 0.3
    assert with_fitted_rates(plan(1, 2, 3, target=40), on, seen).sites == fitted.sites


# ---------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: plan(target=LARGEST_TARGET + 1), "one by one"),
        (lambda: plan(1, target=-1), "one by one"),
        (lambda: Plan((Site("A", OPENS, 1), Site("A", OPENS, 1)), 5), "Two sites are named A"),
        (lambda: look_ahead(plan(), EVE), "no site"),
        (lambda: look_ahead(plan(1), BY, Recruited({"X": 1})), "not among the sites"),
        (lambda: look_ahead(plan(1), EVE, Recruited({"S0": 1})), "before it was open"),
        (lambda: look_ahead(plan(0), BY, Recruited({"S0": 1})), "rate is stated as 0"),
        (lambda: look_ahead(plan(1, opens=Span(OPENS.lo, OPENS.lo + 9)), BY), "Say on which day it opened"),
        (lambda: look_ahead(plan(1, opens=Span(OPENS.lo, OPENS.lo + 99)), FIRST, Recruited({"S0": 1})), "say on which"),
        (lambda: look_ahead(plan(1, common_cv=3), EVE), "between 0 and 2"),
        (lambda: look_ahead(plan(1, consent=1.2), EVE), "between 0 and 1"),
        (lambda: look_ahead(plan(1, consent=1.0, consent_worth=5), EVE), "not certain"),
        (lambda: look_ahead(plan(1), BY, Recruited({"S0": 1}, {"S0": 3})), "so not all enter"),
        (lambda: look_ahead(plan(1, consent=0.0), BY, Recruited({"S0": 1})), "consent is not 0"),
        (lambda: look_ahead(plan(1), EVE, horizon=date(2026, 1, 1)), "horizon"),
        (lambda: what_it_takes(look_ahead(plan(1), BY), EVE), "lies before"),
        (lambda: what_it_takes(look_ahead(plan(1), EVE), BY, wanted=1), "between 0 and 1"),
        (lambda: stop_rule(plan(1), BY, 0.1, [BY]), "is not before"),
        (lambda: stop_rule(plan(1), BY, 0, [EVE]), "between 0 and 1"),
        (lambda: Recruited({"A": -1}), "cannot have entered"),
        (lambda: Recruited({"A": 3}, {"A": 2}), "only 2 were found"),
        (lambda: look_ahead(plan(1), EVE).with_sites([Site("B", on_day(EVE), 1)]), "would open"),
    ],
)
def test_what_cannot_be_is_told(ask, words: str) -> None:
    with pytest.raises(Fault, match=words):
        ask()


def test_an_opening_under_way_has_not_happened_yet() -> None:
    """On 10 January the site is not known to be open: it opens on one of the days left."""
    ahead = look_ahead(plan(1, opens=Span(OPENS.lo, OPENS.lo + 19)), date(2027, 1, 10))
    assert ahead.plan.sites[0].opens == Span(OPENS.lo + 10, OPENS.lo + 19) and ahead.open_sites == 0


def test_unknown_openings_of_alike_sites_are_as_if_each_were_by_itself() -> None:
    opens = Span(OPENS.lo, OPENS.lo + 25)
    alike = look_ahead(plan(0.7, 0.7, 0.7, target=15, opens=opens), EVE)
    apart = look_ahead(
        replace(alike.plan, sites=tuple(replace(s, rate=0.7 + n * 1e-12) for n, s in enumerate(alike.plan.sites))), EVE
    )
    np.testing.assert_allclose(alike.counts(BY), apart.counts(BY), rtol=1e-8)


# ---------------------------------------------------------------- what need not be counted
@given(looked_at(), st.integers(1, 1500), st.integers(0, 30))
@settings(max_examples=60)
def test_what_is_settled_by_a_bound_is_as_counted(ahead, days: int, number: int) -> None:
    found = ahead._further(ahead.on + timedelta(days=days))
    np.testing.assert_allclose(found.below(number), found.counts(number).sum(axis=1), atol=1e-11)


def test_a_number_is_searched_for_as_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = look_ahead(plan(1, 2, target=60, common_cv=0.7, opens=Span(OPENS.lo, OPENS.lo + 40)), EVE)
    days = [EVE, FIRST, date(2027, 3, 1), BY, date(2029, 1, 1)]
    listed = [ahead.people(day) for day in days]
    monkeypatch.setattr(accrual, "_MANY", 0)
    assert [ahead.people(day) for day in days] == listed


def test_a_further_site_may_open_before_all_others() -> None:
    late = look_ahead(plan(1, cv=0, target=5, opens=on_day(date(2030, 1, 1))), EVE)
    early = late.with_sites([Site("early", OPENS, 1, 0)])
    assert early.chance(BY) == pytest.approx(look_ahead(plan(1, cv=0, target=5), EVE).chance(BY), abs=1e-12)
