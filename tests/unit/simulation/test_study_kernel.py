"""The steps of one simulated trial, each against what it should do."""

import numpy as np
import pytest
from scipy.stats import kstest

from equipoise.simulation import study_kernel as kernel
from equipoise.simulation.study_course import NEVER, accrual_pieces, cumulative, pieces
from equipoise.simulation.study_plan import Stratum, StudyPlan
from equipoise.simulation.study_scenario import scenario_of

KEY = np.uint64(3), np.uint64(8)
NO_MISS = -1e9


def words(people: int, replicate: int = 0) -> np.ndarray:
    into = np.empty((kernel.WORD_ROWS, people))
    kernel.draw(KEY, replicate, 4, into)
    return into


def numbers(*values: float) -> np.ndarray:
    return np.array(values, float)


# ---------------------------------------------------------------- who comes
def test_people_come_as_a_poisson_process_at_the_pace_of_each_month() -> None:
    begins, pace = accrual_pieces(StudyPlan(people=4000, accrual=400.0, ramp=100.0))
    paces, entry = np.array([begins, cumulative(begins, pace, begins), 1 / pace]), np.empty(4000)
    assert kernel.enrol(paces, NEVER, words(4000)[kernel.COMES], entry) == 4000
    gaps = np.diff(cumulative(begins, pace, entry))
    assert kstest(gaps, "expon").pvalue > 1e-4
    # 4000 / 350 a month, and half of it in the ramp
    assert kernel.entered_by(100.0, entry, 4000) == pytest.approx(571, abs=100)


def test_nobody_comes_after_the_recruitment_has_ended() -> None:
    entry = np.empty(50)
    n = kernel.enrol(np.array([[0.0], [0.0], [1.0]]), 20.0, words(50)[kernel.COMES], entry)
    assert 0 < n < 50 and entry[n - 1] < 20 <= entry[n]


@pytest.mark.parametrize(("ratio", "sizes"), [((1, 1), (4, 6, 8)), ((2, 1), (3, 6)), ((1, 2), (6,))])
def test_blocks_are_filled_within_each_stratum(ratio: tuple[int, int], sizes: tuple[int, ...]) -> None:
    """At the end of each block the arms are in their ratio, which is after at most the largest block."""
    strata = (Stratum("a", 0.3), Stratum("b", 0.5), Stratum("c", 0.2))
    scenario = scenario_of(StudyPlan(people=900, strata=strata, blocks=sizes, ratio=ratio))
    stratum, arm = np.empty(900, np.int64), np.empty(900, np.uint8)
    left = np.zeros((2, 3), np.int64)
    kernel.allocate(scenario.shares, scenario.blocks, scenario.experimental, words(900), left, stratum, arm)
    assert np.bincount(stratum).tolist() == pytest.approx([270, 450, 180], abs=75)
    for each in range(3):
        own = arm[stratum == each].astype(int)
        apart = np.cumsum(own * sum(ratio) - ratio[1])
        assert np.abs(apart).max() <= max(sizes) * max(ratio) / 2
        ends = np.flatnonzero(apart == 0)
        assert np.diff(ends, prepend=-1).max() <= max(sizes)


def test_in_a_block_of_two_the_first_arm_is_even() -> None:
    firsts = []
    for replicate in range(400):
        stratum, arm = np.empty(2, np.int64), np.empty(2, np.uint8)
        kernel.allocate(
            numbers(1.0), np.array([2]), 0.5, words(2, replicate), np.zeros((2, 1), np.int64), stratum, arm
        )  # fmt: skip
        assert arm.sum() == 1
        firsts.append(int(arm[0]))
    assert np.mean(firsts) == pytest.approx(0.5, abs=0.1)


# ---------------------------------------------------------------- what happens to them
def test_recurrences_follow_the_hazard_of_arm_stratum_and_refusal() -> None:
    plan = StudyPlan(
        strata=(Stratum("a", 0.5), Stratum("b", 0.5, 3.0)), shape=((1, 0.5), (2, 0.0), (5, 0.3)), hazard_ratio=0.4,
        delay=18.0, control=(0.4,),
    )  # fmt: skip
    scenario, people = scenario_of(plan), 20_000
    stratum = np.arange(people) % 2
    arm = (np.arange(people) // 2 % 2).astype(np.uint8)
    drawn, recurs = words(people), np.empty(people)
    refused = (drawn[kernel.REFUSES] < 0.25) & (arm == 1)
    kernel.recur(scenario.courses[0], scenario.ease, 0.25, drawn, stratum, arm, np.empty(people), recurs)
    factor = 1 / (scenario.courses[0, 0, kernel.MONTHS_EACH, 0] * 0.5 / 12)
    for treated in (False, True):
        for level, hazard in ((0, 1.0), (1, 3.0)):
            own = (stratum == level) & ((arm == 1) & ~refused if treated else (arm == 0) | refused)
            reached = cumulative(*pieces(plan, treated), recurs[own]) * factor * hazard
            assert kstest(reached, "expon").pvalue > 1e-4


def test_without_hazard_nothing_happens_and_the_cured_do_not_recur() -> None:
    into = np.empty(3)
    kernel.wait(NEVER, numbers(0.1, 0.2, 0.3), into)
    assert into.tolist() == [NEVER] * 3
    recurs = numbers(1.0, 2.0, 3.0)
    kernel.cure(0.25, numbers(0.2, 0.25, 0.9), recurs)
    assert recurs.tolist() == [NEVER, 2, 3]


# ---------------------------------------------------------------- what is seen
SCANS = numbers(3, 6, 9, 12)


def seen(recurs: float, dies: float, between: float = 0.0, shows: float = 0.5, misses: float = 0.9) -> float:
    drawn, into = np.full((kernel.WORD_ROWS, 1), 0.5), np.empty(1)
    drawn[kernel.SHOWS], drawn[kernel.MISSES] = shows, misses
    kernel.show(SCANS, between, np.log(0.5), drawn, numbers(recurs), numbers(dies), into)
    return float(into[0])


def test_a_recurrence_is_seen_at_the_next_scan() -> None:
    assert seen(4.2, NEVER) == 6 and seen(6.0, NEVER) == 6 and seen(0.1, NEVER) == 3
    assert seen(12.1, NEVER) == NEVER


def test_unless_it_shows_itself_or_death_comes_before() -> None:
    assert seen(4.2, NEVER, between=0.6) == 4.2
    assert seen(4.2, 5.0) == 5.0 and seen(4.2, 7.0) == 6


def test_a_missed_scan_leaves_it_to_the_next_one() -> None:
    assert seen(4.2, NEVER, misses=0.49) == 9  # below 1/2: one is missed
    assert seen(4.2, NEVER, misses=0.24) == 12
    assert seen(4.2, NEVER, misses=0.12) == NEVER


def test_without_scans_everything_is_seen_when_it_comes() -> None:
    into = np.empty(2)
    kernel.show(numbers(), 0.0, NO_MISS, words(2), numbers(4, 9), numbers(5, 8), into)
    assert into.tolist() == [4, 8]


def observed(end: float, each: float, *people: tuple[float, float, float]) -> list[tuple[float, int]]:
    """people: entry, first, lost."""
    entry, first, lost = (np.array(column, float) for column in zip(*people, strict=True))
    time, event = np.empty(len(people)), np.empty(len(people), np.uint8)
    kernel.observe(end, each, entry, first, lost, time, event)
    return [(float(t), int(e)) for t, e in zip(time, event, strict=True)]


def test_what_ends_the_time_of_a_person() -> None:
    found = observed(20.0, 15.0, (0, 10, 30), (0, 10, 5), (12, 10, 30), (0, 18, 30), (8, 12, 30))
    assert found == [(10, 1), (5, 0), (8, 0), (15, 0), (12, 1)]


def test_the_event_that_is_waited_for_ends_the_trial_and_is_in_it() -> None:
    entry, first, lost = numbers(0, 1, 2, 3), numbers(9.3, 4.1, 7.7, 2.9), numbers(99, 99, 1, 99)
    end = kernel.analysed_at(50.0, 2, 99.0, entry, first, lost)
    assert end == 3 + 2.9 or end == 1 + 4.1
    ordered = sorted([0 + 9.3, 1 + 4.1, 3 + 2.9])
    assert end == ordered[1]
    assert sum(event for _, event in observed(end, 99.0, *zip(entry, first, lost, strict=True))) == 2
    assert kernel.analysed_at(50.0, 4, 99.0, entry, first, lost) == 50  # one was lost: four never come
    assert kernel.analysed_at(4.0, 2, 99.0, entry, first, lost) == 4


def test_whoever_has_no_event_is_known_to_be_free_at_the_last_scan_made() -> None:
    time, event = numbers(7.5, 2.9, 12.0, 7.5, 8.0), np.array([0, 0, 0, 1, 0], np.uint8)
    kernel.censor_at_scans(SCANS, np.log(0.5), numbers(0.9, 0.9, 0.9, 0.9, 0.4), event, time)
    assert time.tolist() == [6, 0, 12, 7.5, 3]
