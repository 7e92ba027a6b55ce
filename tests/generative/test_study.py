"""Any plan of a simulated trial: the numbers hold together, whatever is assumed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.faults import Fault
from equipoise.simulation import study_tally as tallied
from equipoise.simulation.study import simulated, simulated_trial
from equipoise.simulation.study_plan import Stratum, StudyPlan, checked

shares = st.floats(0, 0.9)
months = st.floats(0.5, 100)
ratios = st.sampled_from([(1, 1), (2, 1), (1, 3)])


@st.composite
def plans(draw: st.DrawFn) -> StudyPlan:
    weights = draw(st.lists(st.floats(0.05, 1), min_size=1, max_size=9))
    strata = tuple(
        Stratum(f"{number}", weight / sum(weights), draw(st.floats(0.2, 5))) for number, weight in enumerate(weights)
    )
    ratio, accrual = draw(ratios), draw(st.floats(1, 500))
    return StudyPlan(
        people=draw(st.integers(2, 60)), accrual=accrual, ramp=draw(st.floats(0, 0.9)) * accrual,
        longest=draw(st.floats(1, 200)), follow_up=draw(months), each=draw(st.sampled_from([0.0, 12.0, 36.0])),
        cut=draw(st.sampled_from([0.0, 0.0, 5.0, 72.0])), events=draw(st.integers(0, 2)), strata=strata, ratio=ratio,
        blocks=tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True).map(
            lambda counts: [count * sum(ratio) for count in counts]
        ))),
        shape=tuple(zip((1.0, 3.0, 10.0), draw(st.tuples(st.floats(0.01, 2), st.floats(0, 2), st.floats(0, 2))),
                        strict=True)),
        control=(draw(st.floats(0.05, 0.95)),), hazard_ratio=draw(st.floats(0.1, 3)), delay=draw(st.floats(0, 20)),
        cure=draw(shares), deaths=draw(st.floats(0, 0.5)), deaths_after=draw(st.floats(0, 2)),
        loss=draw(st.floats(0, 2)), refusing=draw(shares), between=draw(st.floats(0, 1)), missed=draw(shares),
        scans=draw(st.sampled_from([(), (3.0,), (3.0, 6.0, 12.0, 24.0, 36.0)])), at=draw(st.floats(1, 60)),
        sides=draw(st.integers(1, 2)),
    )  # fmt: skip


@settings(max_examples=60)
@given(plans(), st.integers(0, 2**32))
def test_whatever_is_assumed_the_numbers_hold_together(plan: StudyPlan, seed: int) -> None:
    try:
        tally = simulated(checked(plan), 40, seed, fixed=True, calendar=True)
    except Fault as fault:
        assert "cannot be: with these deaths and this cured share" in str(fault)
        return
    assert tally.counts[tallied.TRIALS] == tally.events.sum() == tally.duration.sum() == 40
    assert all(np.isfinite(part).all() and (part >= 0).all() for part in (tally.sums, tally.counts, tally.tests))
    assert np.isfinite(tally.errors).all()
    done, favour, against, covers = tally.tests.T
    assert (done <= 40).all() and (favour + against <= done).all() and (covers <= done).all()
    np.testing.assert_array_equal(tally.seen[-1], tally.events)
    assert tally.came.sum() == tally.sums[tallied.PEOPLE] <= 40 * plan.people


@settings(max_examples=60)
@given(plans(), st.integers(0, 2**32))
def test_nobody_is_watched_longer_than_they_can_be(plan: StudyPlan, seed: int) -> None:
    try:
        one = simulated_trial(plan, seed, 3)
    except Fault:
        return
    rows = one.rows
    assert (rows.time >= 0).all() and (one.entry + rows.time <= one.end + 1e-9).all()
    if plan.each:
        assert (rows.time <= plan.each).all()
    if plan.scans:
        assert np.isin(rows.time[rows.event == 0], (0, *plan.scans)).all()
    assert set(rows.stratum.tolist()) <= set(range(len(plan.strata)))
    assert (one.entry < min(plan.longest, plan.cut or np.inf)).all()
