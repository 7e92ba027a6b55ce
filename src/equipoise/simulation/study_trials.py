"""Many simulated trials in machine code, each analysed by the same kernels as a real one, and counted.

A trial is a function of (key, replicate) alone, and portions are of one fixed size, so the counts and sums are the same
on any number of cores.
"""

from math import inf, isnan, nan, sqrt
from typing import NamedTuple

import numpy as np

from ..analysis import calibrated_kernels as calibrated
from ..analysis.calibrated_kernels import ArmAt, Statistic, arm_at
from ..analysis.compiled import compiled, inlined
from ..analysis.kernels import (
    CONVERGED,
    MONOTONE,
    Cox,
    LogRank,
    Marks,
    Rows,
    cox,
    log_rank,
    new_order,
    new_rows,
    new_table,
    risk_table,
    sort_rows,
)
from . import study_tally as tallied
from .streams import draw_trial
from .study_course import NEVER
from .study_kernel import (
    COMES,
    CURED,
    DIES,
    DIES_AFTER,
    LOST,
    MISSED,
    WORD_ROWS,
    Floats,
    Integers,
    allocate,
    analysed_at,
    censor_at_scans,
    cure,
    die_sooner,
    draw,
    enrol,
    entered_by,
    observe,
    recur,
    show,
    wait,
)
from .study_scenario import Scenario
from .study_tally import Tally


class Asked(NamedTuple):
    """How each trial is analysed.

    critical: by degrees of freedom the quantile of Student's t, the last place the normal one. at: the month of the
    comparison at a fixed time. fixed: whether that, and the mean times, are compared. calendar: whether events are
    counted month by month. log_hr, difference, mean: the truths, by control rate.
    """

    critical: Floats
    at: float
    fixed: bool
    calendar: bool
    log_hr: Floats
    difference: Floats
    mean: Floats


class Work(NamedTuple):
    """Space for one trial at a time."""

    words: Floats
    entry: Floats
    recurs: Floats
    dies: Floats
    lost: Floats
    first: Floats
    space: Floats
    left: Integers
    rows: Rows
    ordered: Rows
    order: Integers
    table: Floats
    terms: Floats
    by_month: Integers


def new_work(scenario: Scenario, months: int) -> Work:
    """Space for the trials of a scenario."""
    n = scenario.people
    entry, recurs, dies, lost, first = np.empty((5, n))
    return Work(
        np.empty((WORD_ROWS, n)), entry, recurs, dies, lost, first, np.empty((2, n)),
        np.zeros((2, len(scenario.ease)), np.int64), new_rows(n), new_rows(n), new_order(n, len(scenario.ease)),
        new_table(n), new_table(n), np.zeros(months + 1, np.int64),
    )  # fmt: skip


@compiled
def run(
    key: tuple[np.uint64, np.uint64], first: int, count: int, scenario: Scenario, asked: Asked, work: Work, tally: Tally
) -> None:
    """Simulates and analyses the trials first to first + count - 1."""
    entry, terms = work.entry, work.terms
    counts, tests, errors, ratios, normal = tally.counts, tally.tests, tally.errors, tally.ratios, asked.critical[-1]
    for replicate in range(first, first + count):
        n, end, rate = _one(key, replicate, scenario, work)
        rows, ordered = _of_first(work.rows, n), _of_first(work.ordered, n)
        _count_trial(n, end, scenario.people, rows.event, counts, tally.sums, tally.events, tally.duration)
        if asked.calendar:
            _count_months(rows, entry[:n], work.by_month, tally.came, tally.seen)
        sort_rows(rows, len(scenario.ease), ordered, work.order)
        columns = risk_table(ordered, work.table)
        _count_log_rank(log_rank(work.table, columns), normal, tests)
        _count_cox(cox(work.table, columns, True, terms), asked.log_hr[rate], normal, counts, tests, errors, ratios)
        if asked.fixed:
            _compare_curves(rows, ordered, asked, rate, work, tally)


@inlined
def _one(key: tuple[np.uint64, np.uint64], replicate: int, scenario: Scenario, work: Work) -> tuple[int, float, int]:
    """One trial, with everybody's row in `work.rows`: how many came, when the analysis is, which control rate held."""
    words, rows, entry, recurs, dies, lost = work.words, work.rows, work.entry, work.recurs, work.dies, work.lost
    watched = len(scenario.scans) > 0
    sooner = watched and scenario.until_death_after < NEVER
    draw(key, replicate, 4 if sooner else 3 if watched or scenario.cure > 0.0 else 2, words)
    rate = int(draw_trial(key, replicate) * len(scenario.courses)) if len(scenario.courses) > 1 else 0
    n = enrol(scenario.paces, min(scenario.longest, scenario.cut), words[COMES], entry)
    allocate(scenario.shares, scenario.blocks, scenario.experimental, words, work.left, rows.stratum, rows.arm)
    recur(
        scenario.courses[rate], scenario.ease, scenario.refusing, words, rows.stratum, rows.arm, work.space[0], recurs
    )
    if scenario.cure > 0.0:
        cure(scenario.cure, words[CURED], recurs)
    wait(scenario.until_loss, words[LOST], lost)
    wait(scenario.until_death, words[DIES], dies)
    if sooner:
        die_sooner(scenario.until_death_after, words[DIES_AFTER], recurs, work.space[0], dies)
    show(scenario.scans, scenario.between, scenario.log_missed, words, recurs, dies, work.first)
    end = scenario.cut
    if end >= NEVER:
        end = (entry[n - 1] if n == scenario.people else scenario.longest) + scenario.follow_up
    end = analysed_at(end, scenario.events, scenario.each, entry[:n], work.first[:n], lost[:n])
    n = entered_by(end, entry, n)
    observe(end, scenario.each, entry[:n], work.first[:n], lost[:n], rows.time[:n], rows.event[:n])
    if watched:
        censor_at_scans(scenario.scans, scenario.log_missed, words[MISSED], rows.event[:n], rows.time[:n])
    return n, end, rate


@compiled
def one(key: tuple[np.uint64, np.uint64], replicate: int, scenario: Scenario, work: Work) -> tuple[int, float, int]:
    """One trial of those that `run` counts, with everybody's row in the first places of `work.rows`."""
    return _one(key, replicate, scenario, work)


@inlined
def _of_first(rows: Rows, n: int) -> Rows:
    return Rows(rows.time[:n], rows.event[:n], rows.arm[:n], rows.stratum[:n])


# ------------------------------------------------------------------ what is counted
@compiled
def _count_trial(
    n: int, end: float, wanted: int, event: Marks, counts: Integers, sums: Floats, by_events: Integers, by_end: Integers
) -> None:
    events = 0
    for i in range(n):
        events += event[i]
    counts[tallied.TRIALS] += 1
    counts[tallied.EMPTY] += n == 0
    counts[tallied.SHORT] += n < wanted
    sums[tallied.PEOPLE] += n
    sums[tallied.EVENTS] += events
    sums[tallied.EVENTS_SQUARE] += events * events
    sums[tallied.DURATION] += end
    sums[tallied.DURATION_SQUARE] += end * end
    by_events[events] += 1
    by_end[min(int(end), len(by_end) - 1)] += 1


@compiled
def _count_months(rows: Rows, entry: Floats, by_month: Integers, came: Integers, seen: Integers) -> None:
    """By the end of which calendar month each event is seen, and each person has come; what is over stays as it is."""
    last = len(by_month) - 1
    by_month[:] = 0
    for i in range(len(entry)):
        came[min(int(entry[i]), last)] += 1
        if rows.event[i] == 1:
            by_month[min(int(entry[i] + rows.time[i]), last)] += 1
    events = 0
    for month in range(last + 1):
        events += by_month[month]
        seen[month, events] += 1


@compiled
def _count_log_rank(found: LogRank, critical: float, tests: Integers) -> None:
    if found.variance > 0.0:
        _count_test(tallied.LOG_RANK, -found.score / sqrt(found.variance), critical, tests)


@compiled
def _count_cox(
    found: Cox, truth: float, critical: float, counts: Integers, tests: Integers, errors: Floats, ratios: Integers
) -> None:
    counts[tallied.MONOTONE] += found.state == MONOTONE
    if found.state != CONVERGED:
        return
    _count_test(tallied.COX, -found.log_hr / found.se, critical, tests)
    _count_error(tallied.COX, found.log_hr, found.se * found.se, truth, errors)
    tests[tallied.COX, tallied.COVERS] += abs(found.log_hr - truth) <= critical * found.se
    place = int((found.log_hr + tallied.RATIO_EDGE) / tallied.RATIO_BIN)
    ratios[min(max(place, 0), tallied.RATIO_BINS - 1)] += 1


@compiled
def _count_test(test: int, statistic: float, critical: float, tests: Integers) -> None:
    """statistic: positive in favour of the experimental arm."""
    tests[test, tallied.DONE] += 1
    tests[test, tallied.FAVOUR] += statistic >= critical
    tests[test, tallied.AGAINST] += statistic <= -critical


@compiled
def _count_error(test: int, estimate: float, variance: float, truth: float, errors: Floats) -> None:
    error = estimate - truth
    errors[test, tallied.ERROR] += error
    errors[test, tallied.SQUARE] += error * error
    errors[test, tallied.SPREAD] += variance
    errors[test, tallied.TRUTH] += truth


# ------------------------------------------------------------------ at a fixed time, and up to it
@compiled
def _compare_curves(rows: Rows, ordered: Rows, asked: Asked, rate: int, work: Work, tally: Tally) -> None:
    """Without strata: each form of the comparison at the month, and of the mean times up to it."""
    rows.stratum[:] = 0
    sort_rows(rows, 1, ordered, work.order)
    zero, one = arm_at(ordered, 0, asked.at, work.space), arm_at(ordered, 1, asked.at, work.space)
    if not (zero.known and one.known):
        tally.counts[tallied.UNKNOWN] += 1
        return
    _compare_at(zero, one, asked, asked.difference[rate], tally)
    _compare_means(zero, one, asked, asked.mean[rate], tally)


@compiled
def _compare_at(zero: ArmAt, one: ArmAt, asked: Asked, truth: float, tally: Tally) -> None:
    s0, v0, s1, v1 = zero.survival, zero.variance, one.survival, one.variance
    normal = asked.critical[-1]
    difference = s1 - s0
    _count_form(tallied.AT_PLAIN, calibrated.plain(difference, v0, v1), difference, truth, asked, tally)
    _count_form(tallied.AT_LOG_LOG, calibrated.log_log(s0, v0, s1, v1), difference, nan, asked, tally)
    _count_form(tallied.AT_ARCSINE, calibrated.arcsine(s0, v0, s1, v1), difference, nan, asked, tally)
    welch = calibrated.welch(difference, v0, zero.people, v1, one.people)
    _count_form(tallied.AT_WELCH, welch, difference, truth, asked, tally)
    score = calibrated.score(s0, v0, s1, v1)
    _count_form(tallied.AT_SCORE, score, difference, nan, asked, tally)
    if not isnan(score.value):
        low, high = calibrated.newcombe(s0, v0, s1, v1, normal)
        tally.tests[tallied.AT_SCORE, tallied.COVERS] += low <= truth <= high


@compiled
def _compare_means(zero: ArmAt, one: ArmAt, asked: Asked, truth: float, tally: Tally) -> None:
    difference, v0, v1 = one.mean - zero.mean, zero.mean_variance, one.mean_variance
    _count_form(tallied.MEAN_PLAIN, calibrated.plain(difference, v0, v1), difference, truth, asked, tally)
    welch = calibrated.welch(difference, v0, zero.people, v1, one.people)
    _count_form(tallied.MEAN_WELCH, welch, difference, truth, asked, tally)


@compiled
def _count_form(test: int, found: Statistic, difference: float, truth: float, asked: Asked, tally: Tally) -> None:
    """truth: nan where the form has no interval of its own on the scale of the difference."""
    if isnan(found.value):
        return
    place = len(asked.critical) - 1 if found.freedom == inf else min(int(found.freedom), len(asked.critical) - 1)
    critical = asked.critical[place]
    _count_test(test, found.value, critical, tally.tests)
    if not isnan(truth) and difference != 0.0:
        error = difference / found.value
        _count_error(test, difference, error * error, truth, tally.errors)
        tally.tests[test, tallied.COVERS] += abs(difference - truth) <= critical * error
