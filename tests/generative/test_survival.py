"""Survival: what must hold for any trial, and the same numbers by the definition."""

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.generative.survival_by_hand import Person, as_arrays, log_likelihood_by_hand, log_rank_by_hand, trials

from equipoise.analysis.competing import competing_arms, cumulative_incidence, gray
from equipoise.analysis.cox import State, Ties, cox
from equipoise.analysis.cox_terms import terms_of
from equipoise.analysis.fine_gray import fine_gray
from equipoise.analysis.followed import followed, two_arms
from equipoise.analysis.kaplan_meier import kaplan_meier
from equipoise.analysis.kernels import Rows, new_order, new_rows, sort_rows
from equipoise.analysis.logrank import fleming_harrington, log_rank
from equipoise.analysis.proportional import proportional_hazards
from equipoise.analysis.rmst import restricted_mean

TIES = st.sampled_from(Ties)
WEIGHTS = st.sampled_from([fleming_harrington(0, 0), fleming_harrington(1, 0), fleming_harrington(0, 1)])


def stretched(people: list[Person]) -> list[Person]:
    """Another clock, which keeps the order and the ties; the origin stays."""
    return [replace(person, time=person.time**2 / 4, entry=person.entry**2 / 4) for person in people]


def swapped(people: list[Person]) -> list[Person]:
    return [replace(person, arm=1 - person.arm) for person in people]


# ------------------------------------------------------------------ by the definition
@given(trials(late=True))
def test_the_log_rank_test_is_its_definition(people: list[Person]) -> None:
    found = log_rank(as_arrays(people))
    assert (found.score, found.variance) == pytest.approx(log_rank_by_hand(people), abs=1e-9)
    assert found.observed[1] - found.expected[1] == pytest.approx(found.score, abs=1e-9)
    assert sum(found.observed) == pytest.approx(sum(found.expected), abs=1e-9)


@given(trials(late=True), TIES, st.floats(-2, 2))
def test_the_partial_likelihood_is_its_definition(people: list[Person], ties: Ties, log_hr: float) -> None:
    efron = ties is Ties.EFRON
    found = terms_of(as_arrays(people), efron).likelihood(log_hr)
    assert found.log_likelihood == pytest.approx(log_likelihood_by_hand(people, log_hr, efron), abs=1e-9)
    near = [log_likelihood_by_hand(people, log_hr + step, efron) for step in (-1e-4, 0.0, 1e-4)]
    assert found.score == pytest.approx((near[2] - near[0]) / 2e-4, abs=1e-4)
    assert found.information == pytest.approx((2 * near[1] - near[0] - near[2]) / 1e-8, abs=1e-3)


@given(trials(late=True), TIES)
def test_the_hazard_ratio_is_where_the_likelihood_is_highest(people: list[Person], ties: Ties) -> None:
    def height(log_hr: float) -> float:
        return log_likelihood_by_hand(people, log_hr, ties is Ties.EFRON)

    found = cox(as_arrays(people), ties=ties)
    match found.state:
        case State.CONVERGED:
            assert found.log_hr is not None and found.hr == pytest.approx(exp(found.log_hr))
            assert height(found.log_hr) >= max(height(found.log_hr - 1e-3), height(found.log_hr + 1e-3))
            assert found.log_likelihood == pytest.approx(height(found.log_hr), abs=1e-9)
        case State.MONOTONE:
            side = 1 if found.hr else -1
            heights = [height(side * step) for step in (-5, 0, 5, 10, 25)]
            assert heights == sorted(heights)
            assert found.log_likelihood == pytest.approx(heights[-1], abs=1e-6)
        case State.NO_INFORMATION:
            assert height(-3) == pytest.approx(height(3), abs=1e-9)
        case State.NOT_CONVERGED:
            raise AssertionError("a concave function of one variable must be maximised")


# ------------------------------------------------------------------ what changes nothing
@given(trials(late=True), WEIGHTS)
def test_another_clock_changes_neither_test_nor_hazard_ratio(people: list[Person], weight) -> None:
    one, other = as_arrays(people), as_arrays(stretched(people))
    assert log_rank(one, weight) == log_rank(other, weight)
    assert cox(one, robust=True) == cox(other, robust=True)
    assert proportional_hazards(one).test == proportional_hazards(other).test


@given(trials(late=True), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(people: list[Person], random) -> None:
    shuffled = random.sample(people, len(people))
    assert log_rank(as_arrays(people)) == log_rank(as_arrays(shuffled))
    assert cox(as_arrays(people)) == cox(as_arrays(shuffled))


@given(trials())
def test_one_stratum_is_none_and_entry_at_the_origin_is_none(people: list[Person]) -> None:
    one = [replace(person, stratum=2) for person in people]
    plain = as_arrays(people, stratified=False, late=False)
    for same in (as_arrays(one, late=False), as_arrays(one), as_arrays(people).unstratified()):
        assert log_rank(same) == log_rank(plain)
        assert cox(same) == cox(plain)
        assert cox(same, robust=True).robust_se == pytest.approx(cox(plain, robust=True).robust_se)


@given(trials(late=True), WEIGHTS, TIES)
def test_swapping_the_arms_turns_the_sign(people: list[Person], weight, ties: Ties) -> None:
    one, other = log_rank(as_arrays(people), weight), log_rank(as_arrays(swapped(people)), weight)
    assert one.score == pytest.approx(-other.score, abs=1e-9)
    assert one.variance == pytest.approx(other.variance, abs=1e-9)
    ratio, inverse = cox(as_arrays(people), ties=ties), cox(as_arrays(swapped(people)), ties=ties)
    assert ratio.state is inverse.state
    if ratio.log_hr is not None and inverse.log_hr is not None:
        assert ratio.log_hr == pytest.approx(-inverse.log_hr, abs=1e-8)
        assert ratio.se == pytest.approx(inverse.se, rel=1e-6)


@given(trials(), st.integers(1, 11), TIES)
def test_a_person_in_two_rows_is_one_person(people: list[Person], cut: int, ties: Ties) -> None:
    rows, who = [], []
    for name, person in enumerate(people):
        parts = [person]
        if cut < person.time:
            parts = [replace(person, time=cut, event=0), replace(person, entry=cut)]
        rows += parts
        who += [name] * len(parts)
    whole = cox(as_arrays(people), ties=ties, robust=True)
    split = cox(as_arrays(rows), ties=ties, cluster=who)
    assert split.state is whole.state
    if whole.robust_se is not None:
        assert split.log_hr == pytest.approx(whole.log_hr, abs=1e-9)
        assert split.robust_se == pytest.approx(whole.robust_se, rel=1e-6, abs=1e-9)


# ------------------------------------------------------------------ one thing by two ways
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2, max_size=20), TIES)
def test_without_ties_the_score_test_is_the_log_rank_test(people: list[tuple[int, int]], ties: Ties) -> None:
    assume({arm for _, arm in people} == {0, 1})
    both = two_arms(np.arange(1, len(people) + 1), *zip(*people, strict=True))
    one, other = log_rank(both).test, cox(both, ties=ties).score
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.chi_square == pytest.approx(other.chi_square, rel=1e-9)
        assert one.z == pytest.approx(other.z, rel=1e-9)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30), st.integers(1, 40))
def test_without_censoring_a_curve_is_a_count(times: list[int], horizon: int) -> None:
    people = followed(times, [1] * len(times))
    curve = kaplan_meier(people)
    for time in {*times, horizon}:
        assert curve.at(time).survival == pytest.approx(sum(one > time for one in times) / len(times), abs=1e-12)
    assert restricted_mean(people, horizon).mean == pytest.approx(np.minimum(times, horizon).mean())


@given(trials(), st.data())
def test_the_incidences_and_the_event_free_make_one(people: list[Person], data: st.DataObject) -> None:
    causes = [person.event * data.draw(st.integers(1, 3)) for person in people]
    both = competing_arms([person.time for person in people], causes, [person.arm for person in people])
    for arm in (0, 1):
        curves = [cumulative_incidence(both, arm=arm, cause=cause) for cause in (1, 2, 3)]
        total = sum(curve.incidence for curve in curves) + curves[0].event_free
        np.testing.assert_allclose(total, 1.0, atol=1e-12)
        assert all((np.diff(curve.incidence) >= 0).all() for curve in curves)


@given(trials())
def test_without_competing_events_gray_is_log_rank_and_fine_gray_is_cox(people: list[Person]) -> None:
    plain = as_arrays(people, stratified=False)
    both = competing_arms(*([getattr(person, name) for person in people] for name in ("time", "event", "arm")))
    assert gray(both, cause=1).score == pytest.approx(-log_rank(plain).score, abs=1e-9)
    ratio, model = fine_gray(both, cause=1), cox(plain, ties=Ties.BRESLOW, robust=True)
    assert ratio.log_hr == (None if model.log_hr is None else pytest.approx(model.log_hr, abs=1e-9))
    assert ratio.se == (None if model.robust_se is None else pytest.approx(model.robust_se, rel=1e-7, abs=1e-9))


# ------------------------------------------------------------------ order
@given(st.integers(0, 2**32 - 1), st.integers(1, 500), st.integers(1, 9))
@example(seed=3, people=2, strata=9)
def test_rows_are_sorted_by_stratum_then_time_then_as_they_came(seed: int, people: int, strata: int) -> None:
    drawn = np.random.default_rng(seed)
    rows = Rows(
        drawn.integers(0, 60, people).astype(np.float64),
        drawn.integers(0, 2, people).astype(np.uint8),
        drawn.integers(0, 2, people).astype(np.uint8),
        drawn.integers(0, strata, people),
    )
    into = new_rows(people)
    sort_rows(rows, strata, into, new_order(people, strata))
    order = np.lexsort((rows.time, rows.stratum))
    for ours, theirs in zip(into, rows, strict=True):
        np.testing.assert_array_equal(ours, theirs[order])
