"""Out of a folder of facts, by an engine, come the same funnel and the same worklist as by the reference."""

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.dates import Duration
from equipoise.eligibility.duckdb import DuckDbEngine
from equipoise.eligibility.person import screen
from equipoise.exchange.lake import write_reading
from equipoise.exchange.lake.by_key import facts_by_key
from equipoise.protocol.model import Deadline, Protocol
from equipoise.recruitment import funnel_cohort
from equipoise.recruitment.funnel_cohort import Store, by_engine
from equipoise.recruitment.funnel_moves import read_move, read_sweep
from equipoise.recruitment.funnel_people import by_reference
from equipoise.recruitment.funnel_survey import survey
from equipoise.recruitment.worklist import worklist
from equipoise.recruitment.worklist_cohort import worklist_by_engine
from equipoise.rules.grammar import Language, parse

from .asthma import COMPLETE, ON, READING, SITES, TRIAL

VISIT = TRIAL.moments["baseline_day"]
SIGN = parse("eosinophils is recorded", Language(TRIAL.vocabulary, TRIAL.moments))
DEADLINE = Deadline("start", "start of treatment", VISIT, Duration(7, "day"), Duration(6, "week"), "made up")
TRIALS = {
    "plain": TRIAL,
    "with a deadline": replace(TRIAL, deadlines=(DEADLINE,)),
    "with a deadline and a sign": replace(TRIAL, deadlines=(DEADLINE,), sign=SIGN),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("facts") / "lake"
    return Store(write_reading([READING], TRIAL.vocabulary, folder, people_a_part=5).parts, facts_by_key)


@pytest.mark.parametrize("trial", TRIALS.values(), ids=list(TRIALS))
def test_the_funnel_is_that_of_the_reference(trial: Protocol, store: Store, tmp_path: Path) -> None:
    moves = [read_move("I3 limit to 270", trial), read_move("E4 to 5 weeks", trial)]
    sweeps = [read_sweep("I2 count 1 to 3", trial)]
    engine = by_engine(DuckDbEngine(tmp_path), store, trial, ON, tmp_path, COMPLETE, VISIT)
    reference = by_reference(trial, READING, ON, COMPLETE, VISIT)
    found = survey(trial, ON, engine, moves, sweeps, VISIT)
    assert found == survey(trial, ON, reference, moves, sweeps, VISIT)
    assert found.wanted and list(found.sites) == ["", "S1", "S2"] and len(found.months) == 2


def test_more_people_than_can_be_asked_one_by_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(funnel_cohort, "MOST", 1)
    tally = by_engine(DuckDbEngine(tmp_path), store, TRIAL, ON, tmp_path, COMPLETE)(())
    assert tally.wanting is None
    assert tally.patterns == by_reference(TRIAL, READING, ON, COMPLETE)(()).patterns


@pytest.mark.parametrize("trial", TRIALS.values(), ids=list(TRIALS))
def test_the_worklist_is_that_of_the_reference(trial: Protocol, store: Store, tmp_path: Path) -> None:
    found = worklist_by_engine(DuckDbEngine(tmp_path), store, trial, ON, tmp_path, COMPLETE)
    expected = worklist(trial, ON, screen(trial, READING, ON, COMPLETE), SITES)
    assert [each.person for each in found.items] == [each.person for each in expected.items]
    assert [(each.closes, each.site, each.dues, each.opens) for each in found.items] == [
        (each.closes, each.site, each.dues, each.opens) for each in expected.items
    ]
    assert found.passed == expected.passed and sum(found.passed.values()) + len(found.items) == len(READING.people)
