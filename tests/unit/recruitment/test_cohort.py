"""Out of a folder of facts, by an engine, come the same funnel and the same worklist as by the reference."""

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.dates import Duration
from equipoise.eligibility.cohort import judge_all
from equipoise.eligibility.duckdb import Answers, DuckDbEngine
from equipoise.eligibility.person import screen
from equipoise.exchange.lake import Lake, write_reading
from equipoise.exchange.lake.by_key import facts_by_key
from equipoise.protocol.model import Deadline, Protocol
from equipoise.recruitment import funnel_cohort
from equipoise.recruitment.funnel_cohort import Cohort, by_engine
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
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("facts") / "lake"
    return write_reading([READING], TRIAL.vocabulary, folder, people_a_part=5)


@pytest.fixture
def cohort(lake: Lake, tmp_path: Path) -> Cohort:
    engine, answers = DuckDbEngine(tmp_path / "engine"), tmp_path / "answers"
    return Cohort(
        len(READING.people),
        lambda asking: judge_all(engine, asking, lake.parts, answers, facts_by_key),
        lambda trial: Answers(trial, answers, tmp_path / "spill"),
        lambda keys: facts_by_key(lake.parts, keys),
    )


@pytest.mark.parametrize("trial", TRIALS.values(), ids=list(TRIALS))
def test_the_funnel_is_that_of_the_reference(trial: Protocol, cohort: Cohort) -> None:
    moves = [read_move("I3 limit to 270", trial), read_move("E4 to 5 weeks", trial)]
    sweeps = [read_sweep("I2 count 1 to 3", trial)]
    engine = by_engine(cohort, trial, ON, COMPLETE, VISIT)
    reference = by_reference(trial, READING, ON, COMPLETE, VISIT)
    found = survey(trial, ON, engine, moves, sweeps, VISIT)
    assert found == survey(trial, ON, reference, moves, sweeps, VISIT)
    assert found.wanted and list(found.sites) == ["", "S1", "S2"] and len(found.months) == 2


def test_more_people_than_can_be_asked_one_by_one(cohort: Cohort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(funnel_cohort, "MOST", 1)
    tally = by_engine(cohort, TRIAL, ON, COMPLETE)(())
    assert tally.wanting is None
    assert tally.patterns == by_reference(TRIAL, READING, ON, COMPLETE)(()).patterns


@pytest.mark.parametrize("trial", TRIALS.values(), ids=list(TRIALS))
def test_the_worklist_is_that_of_the_reference(trial: Protocol, cohort: Cohort) -> None:
    found = worklist_by_engine(cohort, trial, ON, COMPLETE)
    expected = worklist(trial, ON, screen(trial, READING, ON, COMPLETE), SITES)
    assert [each.person for each in found.items] == [each.person for each in expected.items]
    assert [(each.closes, each.site, each.dues, each.opens) for each in found.items] == [
        (each.closes, each.site, each.dues, each.opens) for each in expected.items
    ]
    assert found.passed == expected.passed and sum(found.passed.values()) + len(found.items) == len(READING.people)
