"""A whole report: its numbers are those of the analysis, every table is stamped, and trials of nobody get sentences."""

from copy import copy
from datetime import date

import pytest
from tests.locked import ON, RECURRED, locked, unlocked
from tests.running import opened
from tests.told import RANDOMISED

from equipoise.analysis.cox import cox
from equipoise.analysis.datasets import dataset
from equipoise.analysis.endpoints import rows_of
from equipoise.analysis.kaplan_meier import kaplan_meier
from equipoise.analysis.logrank import log_rank
from equipoise.faults import Fault
from equipoise.participant.moves import Standing
from equipoise.participant.state import State
from equipoise.protocol.analysis import AnalysisPlan
from equipoise.protocol.model import Protocol
from equipoise.report.analysis.analysis_data import Report, report_of
from equipoise.report.analysis.cut import Unblinding

TRIAL: Protocol = locked().trial.protocol
STATE: State = locked().trial.state


@pytest.fixture(scope="module")
def report() -> Report:
    return report_of(STATE, TRIAL, ON)


@pytest.fixture(scope="module")
def blind() -> Report:
    return report_of(unlocked().trial.state, TRIAL, ON)


def test_every_table_names_its_population_day_position_protocol_and_simulation(report: Report) -> None:
    assert len(report.every_table) > 20
    for table in report.every_table:
        assert table.population.strip("– "), table.id
        assert (table.stamp.cutoff, table.stamp.position, table.stamp.protocol) == (ON, STATE.head, TRIAL.digest)
        assert table.stamp.mark == "Simulation: these people do not exist; no result of NELMAS"
        assert len({len(row.cells) for row in table.rows} | {len(table.columns)}) == 1, table.id


def test_the_numbers_are_those_of_the_analysis_functions(report: Report) -> None:
    rows = rows_of(TRIAL, STATE.people.values(), TRIAL.analysis.endpoint("dfs"), ON)
    people = dataset(TRIAL, rows).compared()
    primary = [row for row in report.table("primary").data() if row[0] == TRIAL.analysis.analysis("dfs").label]
    test, ratio = log_rank(people).test, cox(people)
    told = {row[2].split(",")[0]: row for row in primary}
    assert told["log-rank test"][-1] == (None if test is None else test.p)
    assert told["hazard ratio"][5] == (ratio.hr if ratio.se is not None else None)
    curve = kaplan_meier(dataset(TRIAL, rows).compared(stratified=False).arm(0))
    drawn = [row for row in report.table("curve_dfs").data() if row[0] == "Arm 1: Standard of Care"]
    assert [row[2] for row in drawn] == [1.0, *curve.survival.tolist()]


def test_events_are_counted_in_the_arm_allocated(report: Report) -> None:
    (dfs,) = [each for each in report.done if each.analysis.id == "dfs"]
    assert (dfs.arms, dfs.people("")) == (("Arm 1", "Arm 2"), len(RANDOMISED))
    for person, day in RECURRED.items():
        (row,) = [each for each in dfs.rows if each.person == person]
        assert (row.event, row.on) == (1, day)
    assert (dfs.events("Arm 1"), dfs.events("Arm 2")) == (1, 1)
    assert sum(dfs.endings("").values()) == len(RANDOMISED)


def test_both_origins_are_told_and_the_primary_analyses_are_named(report: Report) -> None:
    heads = [each.head for each in report.findings]
    assert "Disease-free survival from the randomisation (primary, intention to treat)" in heads
    assert "Disease-free survival 36 months after the resection (primary, intention to treat)" in heads


def test_what_is_ours_is_said(report: Report) -> None:
    for identifier in ("primary", "secondary", "sensitivity", "baseline", "deviations", "subgroups"):
        assert any("ours, not from NELMAS" in note.replace("Ours", "ours") for note in report.table(identifier).notes)


def test_exposure_and_safety_count_everybody_of_an_arm(report: Report) -> None:
    exposure = {row[0]: row[1] for row in report.table("exposure").data()}
    assert (exposure["1 dose"], exposure["none"], exposure["given"], exposure["outside its window"]) == (1, 2, 1, 1)
    assert (exposure["median (range)"], exposure["by an override of the rules"]) == (7.4, 1)
    overview = {row[0]: row[1:] for row in report.table("adverse_events_overview").data()}
    assert overview["any adverse event"] == (0, 1, 1) and overview["a serious one"] == (0, 1, 1)
    terms = {row[0]: row[1:] for row in report.table("adverse_events").data()}
    assert terms["infection"] == (0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0)  # any, 1 to 5 of each arm
    flow = {(row[0], row[1]): row[3] for row in report.table("flow").data()}
    assert flow["Randomised", ""] == len(RANDOMISED)


def test_blind_nobody_is_compared_and_nothing_is_by_arm(blind: Report) -> None:
    assert blind.cut.blind and [group.id for group in blind.cut.groups] == [""]
    assert not blind.forest and all(not each.effects for each in blind.done)
    assert not {"exposure", "imaging", "times", "sensitivity"} & {table.id for table in blind.every_table}
    assert {len(each.curves) for each in blind.done} == {1}
    assert not [c.key for table in blind.every_table for c in table.columns if "arm_" in c.key]
    said = " ".join(str(each) for each in blind.findings)
    assert "The arms are hidden" in said and "Hazard ratio" not in said and "Arm 1" not in said


def test_unblinded_with_a_reason_the_arms_are_shown_and_every_table_says_why() -> None:
    who = Unblinding("statistician", ON, "the safety board asks", 500)
    report = report_of(unlocked().trial.state, TRIAL, ON, who)
    assert len(report.cut.groups) == 2 and report.primary is not None and report.primary.effects
    for table in report.every_table:
        assert table.stamp.tag == "unblinded before the lock" and "the safety board asks" in table.stamp.view


def test_nobody_randomised_gives_sentences() -> None:
    running = opened()
    running.bring("P1", Standing.CONSENTED)
    state = copy(running.trial.state)
    for lock in (0, 1):
        state.lock = lock
        report = report_of(state, running.trial.protocol, ON)
        assert [str(each) for each in report.findings] == [
            "Nobody was randomised by 1 March 2027: there is nothing to analyse."
        ]
        assert report.table("baseline").empty == "Nobody was randomised." and not report.table("baseline").rows
    assert report.primary is not None and "nobody was randomised" in report.primary.why_not


def test_one_empty_arm_gives_sentences() -> None:
    running = opened(first="Arm 2")
    running.bring("P1", Standing.RANDOMISED)
    state = copy(running.trial.state)
    state.lock = 1
    report = report_of(state, running.trial.protocol, date(2026, 12, 1))
    assert report.primary is not None and not report.primary.effects
    assert report.primary.why_not == "Nobody of Arm 1 can be analysed, so nothing is compared."
    assert any(report.primary.why_not in str(each) for each in report.findings)


def test_no_events_give_sentences_and_no_ratio() -> None:
    running = opened()
    for number in range(1, 7):
        running.bring(f"P{number}", Standing.RANDOMISED)
    state = copy(running.trial.state)
    state.lock = 1
    report = report_of(state, running.trial.protocol, date(2026, 12, 1))
    (dfs,) = [each for each in report.done if each.analysis.id == "dfs"]
    assert dfs.events("") == 0 and not dfs.why_not
    ratio = dfs.effect("cox")
    assert ratio is not None and ratio.estimate is None and "no event was seen" in ratio.sentence
    assert not [row for row in report.table("primary").data() if row[5] is not None]


def test_a_trial_without_a_plan_is_told_to_write_one() -> None:
    bare = copy(TRIAL)
    object.__setattr__(bare, "analysis", AnalysisPlan())
    with pytest.raises(Fault, match=r"NELMAS has no plan of analysis: write one as analysis\.toml"):
        report_of(STATE, bare, ON)
