"""Toxicity joined to efficacy: alone, each is what its exact reckoning says; together, the first ends the trial."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from scipy.special import ndtri

from equipoise.analysis.looks import Bound
from equipoise.conduct.boundary import bayesian_boundary, characteristics
from equipoise.dates import Duration
from equipoise.faults import Fault
from equipoise.protocol.comparisons import PlannedLook
from equipoise.report.monitoring.joint import Joint
from equipoise.simulation.joint_stopping import Trial, joined

LATE = PlannedLook("final", "final analysis", "dfs", Decimal(1), after=Duration(36, "month"))
FINAL = Bound(LATE, 1.0, float(-ndtri(0.025)))
BOUNDARY = bayesian_boundary(range(5, 31), 0.10, (0.5, 4.5), 0.95)
TRIAL = Trial(60, 30.0, 0.25, 36.0, 0.05, 6.0, BOUNDARY, (FINAL,))
DRAWS = 4000


def played(
    trial: Trial = TRIAL, rates: tuple[float, ...] = (0.1, 0.3), ratios: tuple[float, ...] = (1.0,)
) -> list[Joint]:
    return list(joined(trial, rates, ratios, DRAWS, np.random.default_rng(3)))


def test_the_chance_to_stop_for_toxicity_is_that_of_the_boundary_by_exact_reckoning() -> None:
    """Half of 60 people are treated. Where a toxicity shows itself at once, people count in the order of entry."""
    for each in played(replace(TRIAL, within=0.001)):
        assert each.toxicity == pytest.approx(characteristics(BOUNDARY, each.rate).stop, abs=3 * each.error)


def test_toxicities_count_before_those_without_so_that_real_chances_are_higher() -> None:
    """Somebody without it counts only once followed for 6 months: early events weigh more, as safety.toml says."""
    at_once, real = (played(replace(TRIAL, within=within), (0.1,))[0] for within in (0.001, 6.0))
    assert real.toxicity > at_once.toxicity + 3 * real.error


def test_without_an_effect_and_without_toxicity_the_test_holds_its_level() -> None:
    (each,) = played(rates=(0.0,))
    assert each.toxicity == 0.0 and each.benefit == pytest.approx(0.025, abs=3 * (0.025 * 0.975 / DRAWS) ** 0.5 + 0.005)


def test_each_trial_ends_once_and_an_effect_is_found_less_often_where_toxicity_stops_first() -> None:
    calm, toxic = played(rates=(0.02, 0.3), ratios=(0.3,))
    for each in (calm, toxic):
        assert each.toxicity + each.benefit + each.neither == pytest.approx(1.0)
    assert calm.benefit > 0.8 > toxic.benefit and toxic.months < calm.months


def test_looks_at_events_come_in_order_and_toxicity_counts_before_the_look_that_follows() -> None:
    looks = tuple(
        Bound(PlannedLook(f"l{events}", "look", "dfs", Decimal(events) / 40, events=events), events / 40, z)
        for events, z in ((20, 2.96), (40, 1.97))
    )
    (each,) = played(Trial(60, 30.0, 0.25, 36.0, 0.05, 6.0, BOUNDARY, looks), (0.3,), (0.4,))
    assert len(each.by_look) == 2 and each.by_look[0][0] > each.by_look[1][0]


def test_the_same_generator_gives_the_same_shares() -> None:
    assert played() == played()


def test_a_trial_without_looks_is_refused() -> None:
    with pytest.raises(Fault, match="plans no look at its data"):
        joined(Trial(60, 30.0, 0.25, 36.0, 0.05, 6.0, BOUNDARY, ()), (0.1,), (1.0,), 10, np.random.default_rng(1))
