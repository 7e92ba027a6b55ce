"""A running trial on a day: what was seen, what is to be expected, and no comparison while the arms are hidden."""

from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.locked import ON, locked, unlocked
from tests.running import FIRST_DAY, SITE, opened

from equipoise.analysis.datasets import dataset
from equipoise.analysis.endpoints import rows_of
from equipoise.analysis.logrank import log_rank
from equipoise.faults import Fault
from equipoise.participant.moves import Standing
from equipoise.protocol.analysis import AnalysisPlan
from equipoise.protocol.comparisons import PlannedLook
from equipoise.protocol.model import Protocol
from equipoise.report.monitoring.data import monitoring_dict
from equipoise.report.monitoring.joint import Joint
from equipoise.report.monitoring.outlook import Asked, Monitoring, monitored
from equipoise.report.monitoring.text import monitoring_text
from equipoise.report.text import drawn

TRIAL: Protocol = locked().trial.protocol
SITES = {SITE: FIRST_DAY}


def found(shown: bool = False, is_locked: bool = False, on: date = ON, target: int = 30, seed: int = 1) -> Monitoring:
    state = (locked() if is_locked else unlocked()).trial.state
    return monitored(state, TRIAL, SITES, Asked(on, target, (3, 200), seed, shown))


def test_what_was_seen_is_counted_pooled() -> None:
    seen = found()
    assert (seen.accrual.randomised, seen.accrual.target, seen.accrual.open_sites) == (6, 30, 1)
    assert (seen.people, seen.events, seen.followed, seen.left) == (6, 2, 2, 2)
    assert seen.blind and seen.mark.startswith("Simulation")


def test_dates_come_in_order_and_what_the_people_cannot_have_never_comes() -> None:
    seen = found()
    final, needed, third, beyond = seen.expected
    last = seen.accrual.last.median
    assert last is not None and final.predicted.median is not None and last > ON
    assert (final.predicted.median - last).days == pytest.approx(3 * 365.25, abs=2)
    assert final.after == "36 months after the last randomisation" and final.ours
    assert needed.predicted.chance == 0.0 and beyond.predicted.median is None
    assert third.predicted.median is not None and third.predicted.median >= ON
    assert seen.events <= seen.at_end.low <= seen.at_end.median <= seen.at_end.high


def test_an_event_that_was_is_told_with_its_day() -> None:
    state = unlocked().trial.state
    first = monitored(state, TRIAL, SITES, Asked(ON, 30, (1,))).expected[-1]
    assert first.predicted.reached == date(2026, 9, 20)


def test_the_same_seed_gives_the_same_and_another_seed_nearly_the_same() -> None:
    assert found() == found()
    one, two = found(seed=1).accrual.last.median, found(seed=2).accrual.last.median
    assert one is not None and two is not None and abs((one - two).days) < 60


def test_power_compares_the_arms_only_where_they_may_be_seen() -> None:
    blind = found()
    assert blind.power is None and "arms are hidden" in blind.why_no_power
    rows = rows_of(TRIAL, unlocked().trial.state.people.values(), TRIAL.analysis.endpoint("dfs"), ON)
    test = log_rank(dataset(TRIAL, rows).compared()).test
    for seen in (found(shown=True), found(is_locked=True)):
        if test is None:
            assert seen.power is None and "not possible" in seen.why_no_power
        else:
            assert seen.power is not None and test.z is not None and seen.power.z == -test.z


def test_without_people_left_to_come_the_last_randomisation_is_known() -> None:
    seen = found(target=6)
    assert seen.accrual.last.median == max(
        known.allocation.on for known in unlocked().trial.state.randomised if known.allocation is not None
    )


def test_interim_looks_by_events_are_dated_and_have_their_bounds() -> None:
    half = PlannedLook("half", "interim", "dfs", Decimal("0.5"), events=3, spending="obrien_fleming")
    trial = copy(TRIAL)
    object.__setattr__(trial, "analysis", replace(TRIAL.analysis, looks=(half, *TRIAL.analysis.looks)))
    seen = monitored(unlocked().trial.state, trial, SITES, Asked(ON, 30))
    assert [each.label for each in seen.expected][:2] == ["interim", "final analysis"]
    assert seen.bounds[0].z > seen.bounds[1].z > 1.9


def test_toxicity_is_told_without_a_name() -> None:
    (rule,) = found().toxicity
    assert (rule.tally.events, rule.tally.people, rule.stop) == (0, 1, False)
    text = drawn(monitoring_text(found()), 200)
    assert "0 of 1 people had it" in text and "P3" not in text and "Arm 2" not in text


def test_nobody_randomised_and_no_site_give_sentences() -> None:
    running = opened()
    running.bring("P1", Standing.CONSENTED)
    state = running.trial.state
    seen = monitored(state, TRIAL, SITES, Asked(date(2026, 12, 1), 106))
    assert (seen.people, seen.events, seen.accrual.randomised) == (0, 0, 0)
    assert seen.accrual.last.median is not None
    text = drawn(monitoring_text(seen), 100)
    assert "0 of 106 people randomised" in text and "nan" not in text
    with pytest.raises(Fault, match="No site was open by 1 January 2026"):
        monitored(state, TRIAL, SITES, Asked(date(2026, 1, 1), 106))


def test_a_trial_without_looks_is_told_to_plan_them() -> None:
    bare = copy(TRIAL)
    object.__setattr__(bare, "analysis", AnalysisPlan())
    with pytest.raises(Fault, match="plans no look at its data"):
        monitored(unlocked().trial.state, bare, SITES, Asked(ON, 30))


def test_text_and_data_say_the_same() -> None:
    seen = found(is_locked=True)
    joint = (Joint(0.1, 0.592, 2000, ((0.18, 0.52),), 61.6),)
    text, data = drawn(monitoring_text(seen, joint), 200), monitoring_dict(seen, joint)
    assert data["accrual"]["randomised"] == 6 and "6 of 30 people randomised" in text
    assert data["events_at_last_look"]["median"] == seen.at_end.median
    assert data["simulated"][0]["by_look"] == [{"look": "final", "toxicity": 0.18, "benefit": 0.52}]
    assert data["data"] == seen.mark and data["protocol"] == TRIAL.digest and data["ledger_position"] == seen.position
    for words in (
        seen.mark,
        "A forecast of a model, not a result of the trial.",
        "ours, not from NELMAS",
        "52 %",
        "18 %",
    ):
        assert words in text, words
