"""Two-arm survival in machine code: one risk table, from which the log-rank test and the Cox model are read.

    sort_rows   people in the order of stratum, then time
    risk_table  at risk and events by arm at each time of an event: all that the two tests need to know
    log_rank    U, V, observed and expected, stratified, with Fleming-Harrington weights if wanted
    cox         the log hazard ratio of arm 1 and its standard error, stratified, ties by Efron or Breslow

Analysis and simulation call the same functions. Arrays: time float64, event and arm uint8 (arm 1 is the experimental
one), stratum int64 from 0; times are tied when they are equal. Nothing is checked here: the callers do that once. A
stratum without events, or with one arm only, adds nothing, as it should. Work space is handed in, so that a hundred
thousand trials need no more memory than one.
"""

from math import exp, inf, log, nan, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .compiled import compiled

Floats = NDArray[np.floating]
Marks = NDArray[np.uint8]
Integers = NDArray[np.integer]

# The rows of a risk table: one column for each time in each stratum at which there is an event.
AT_RISK_0: Final = 0
AT_RISK_1: Final = 1
EVENTS_0: Final = 2
EVENTS_1: Final = 3
TIME: Final = 4
STRATUM: Final = 5
TABLE_ROWS: Final = 6

# How the search for the log hazard ratio ended.
CONVERGED: Final = 0
MONOTONE: Final = 1  # the likelihood has no maximum: the ratio is 0 or infinite, as log_hr says by its sign
NO_INFORMATION: Final = 2  # never both arms at risk at an event: every ratio is as likely
NOT_CONVERGED: Final = 3

_DIGIT_BITS: Final = 6
_DIGIT: Final = 64
_STEPS_OF_TIME: Final = 4096  # two digits
_STEPS: Final = 60
_LONGEST: Final = 3.0  # no step goes further, lest the first one overshoot
_CLOSE: Final = 1e-10  # a last Newton step of this size leaves an error of about its square
_ROUNDING: Final = 1e-15  # of one term of the score: no step is meant by less


class Rows(NamedTuple):
    """People as parallel arrays of one length."""

    time: Floats
    event: Marks
    arm: Marks
    stratum: Integers


class LogRank(NamedTuple):
    """score is observed minus expected in arm 1 (weighted), variance that of the score; both sums over strata."""

    score: float
    variance: float
    observed: float
    expected: float


class Cox(NamedTuple):
    """log_hr of arm 1 against arm 0 (inf or -inf where monotone, nan without information), se and state (above)."""

    log_hr: float
    se: float
    state: int


class Likelihood(NamedTuple):
    """Of the partial likelihood at one log hazard ratio: logarithm, first derivative, minus the second."""

    log_likelihood: float
    score: float
    information: float


def new_rows(people: int) -> Rows:
    """Space for so many people."""
    return Rows(np.empty(people), np.empty(people, np.uint8), np.empty(people, np.uint8), np.empty(people, np.int64))


def new_table(people: int) -> Floats:
    """Space for the risk table of so many people, or for the terms of their Cox model."""
    return np.empty((TABLE_ROWS, people))


# ------------------------------------------------------------------ order
def new_order(people: int, strata: int) -> Integers:
    """Space for sort_rows, for so many people and strata."""
    return np.empty((4, max(people, _DIGIT * strata)), np.int64)


@compiled
def sort_rows(rows: Rows, strata: int, into: Rows, space: Integers) -> None:
    """Writes the rows into `into`: by stratum (0 to strata - 1), then time, then as they came. space: from new_order.

    Time is cut into 64 x 64 steps, and the rows are laid out by the lower digit of their step, then by stratum and the
    upper one; the few who share a step are put in order by insertion. Up to there the processor has nothing to guess.
    """
    n, source, time, stratum = len(rows.time), space[0], into.time, into.stratum
    _lay_out(rows, strata, source, space[1, :n], space[2, :n], space[3])
    for i in range(n):
        time[i] = rows.time[source[i]]
        stratum[i] = rows.stratum[source[i]]
    for i in range(1, n):
        own, of, whose, to = time[i], stratum[i], source[i], i
        while to > 0 and time[to - 1] > own and stratum[to - 1] == of:
            time[to] = time[to - 1]
            source[to] = source[to - 1]
            to -= 1
        time[to] = own
        source[to] = whose
    for i in range(n):
        into.event[i] = rows.event[source[i]]
        into.arm[i] = rows.arm[source[i]]


@compiled
def _lay_out(rows: Rows, strata: int, source: Integers, before: Integers, step: Integers, free: Integers) -> None:
    """source[i]: the i-th row by stratum and step of time."""
    n, low, high = len(rows.time), inf, -inf
    for i in range(n):
        low, high = min(low, rows.time[i]), max(high, rows.time[i])
    scale = (_STEPS_OF_TIME - 0.5) / (high - low) if high > low else 0.0
    for i in range(n):
        before[i] = i
        step[i] = rows.stratum[i] * _STEPS_OF_TIME + int((rows.time[i] - low) * scale)
    _lay_by(step, 0, _DIGIT - 1, before, source, free[:_DIGIT])
    for i in range(n):
        before[i] = source[i]
    _lay_by(step, _DIGIT_BITS, -1, before, source, free[: _DIGIT * strata])


@compiled
def _lay_by(step: Integers, bits: int, mask: int, before: Integers, after: Integers, free: Integers) -> None:
    """Reorders by a digit of the step (shifted by `bits`, masked); rows with the same digit stay as they were."""
    free[:] = 0
    for i in range(len(step)):
        free[(step[i] >> bits) & mask] += 1
    total = 0
    for k in range(len(free)):
        total, free[k] = total + free[k], total
    for i in range(len(step)):
        digit = (step[before[i]] >> bits) & mask
        after[free[digit]] = before[i]
        free[digit] += 1


# ------------------------------------------------------------------ who is at risk
@compiled
def risk_table(rows: Rows, table: Floats) -> int:
    """Fills the table from sorted rows and says how many of its columns are used. At risk at t: all with time >= t."""
    n, column, i = len(rows.time), 0, 0
    while i < n:
        stratum, end, at_risk_1 = rows.stratum[i], i, 0
        while end < n and rows.stratum[end] == stratum:
            at_risk_1 += rows.arm[end]
            end += 1
        at_risk_0 = end - i - at_risk_1
        while i < end:
            t, leave_0, leave_1, events_0, events_1 = rows.time[i], 0, 0, 0, 0
            while i < end and rows.time[i] == t:
                arm, event = np.int64(rows.arm[i]), np.int64(rows.event[i])
                leave_0 += 1 - arm
                leave_1 += arm
                events_0 += event & (1 - arm)
                events_1 += event & arm
                i += 1
            table[AT_RISK_0, column] = at_risk_0
            table[AT_RISK_1, column] = at_risk_1
            table[EVENTS_0, column] = events_0
            table[EVENTS_1, column] = events_1
            table[TIME, column] = t
            table[STRATUM, column] = stratum
            column += events_0 + events_1 > 0  # without events the next time is written over it
            at_risk_0 -= leave_0
            at_risk_1 -= leave_1
    return int(column)


@compiled
def enter_late(table: Floats, columns: int, entries: Rows) -> None:
    """Takes those who had not yet entered out of the risk table. At risk at t: entry < t <= time.

    entries: the same people sorted by stratum, then entry, which stands in `time`; `event` is not read.
    """
    i, later_0, later_1 = len(entries.time) - 1, 0, 0
    for column in range(columns - 1, -1, -1):
        stratum, t = table[STRATUM, column], table[TIME, column]
        if column == columns - 1 or table[STRATUM, column + 1] != stratum:
            later_0, later_1 = 0, 0
            while i >= 0 and entries.stratum[i] > stratum:
                i -= 1
        while i >= 0 and entries.stratum[i] == stratum and entries.time[i] >= t:
            later_1 += entries.arm[i]
            later_0 += 1 - entries.arm[i]
            i -= 1
        table[AT_RISK_0, column] -= later_0
        table[AT_RISK_1, column] -= later_1


# ------------------------------------------------------------------ log-rank
@compiled
def log_rank(table: Floats, columns: int) -> LogRank:
    """The log-rank test stratified by STRATUM: hypergeometric mean and variance (Mantel 1966), summed."""
    variance, observed, expected = 0.0, 0.0, 0.0
    for k in range(columns):
        n1, d1 = table[AT_RISK_1, k], table[EVENTS_1, k]
        n, d = n1 + table[AT_RISK_0, k], d1 + table[EVENTS_0, k]
        mean = d * n1 / n
        observed += d1
        expected += mean
        variance += mean * (n - n1) * (n - d) / (n * max(n - 1.0, 1.0))  # n = 1: n - d = 0 already
    return LogRank(observed - expected, variance, observed, expected)


@compiled
def weighted_log_rank(table: Floats, columns: int, weights: Floats) -> LogRank:
    """The same with a weight for each column: U = sum w (d1 - e1), V = sum w² v; observed and expected are weighted."""
    variance, observed, expected = 0.0, 0.0, 0.0
    for k in range(columns):
        n1, d1, w = table[AT_RISK_1, k], table[EVENTS_1, k], weights[k]
        n, d = n1 + table[AT_RISK_0, k], d1 + table[EVENTS_0, k]
        mean = d * n1 / n
        observed += w * d1
        expected += w * mean
        variance += w * w * mean * (n - n1) * (n - d) / (n * max(n - 1.0, 1.0))
    return LogRank(observed - expected, variance, observed, expected)


@compiled
def fleming_harrington(table: Floats, columns: int, rho: float, gamma: float, weights: Floats) -> None:
    """Fills weights with S(t-)^rho (1 - S(t-))^gamma, S being the Kaplan-Meier curve of both arms of the stratum."""
    survival = 1.0
    for k in range(columns):
        if k == 0 or table[STRATUM, k] != table[STRATUM, k - 1]:
            survival = 1.0
        weights[k] = survival**rho * (1.0 - survival) ** gamma
        n, d = table[AT_RISK_0, k] + table[AT_RISK_1, k], table[EVENTS_0, k] + table[EVENTS_1, k]
        survival *= 1.0 - d / n


# ------------------------------------------------------------------ Cox
@compiled
def cox_terms(table: Floats, columns: int, efron: bool, terms: Floats) -> int:
    """One term for each event, by rows: at risk in arm 0, in arm 1. Says how many. terms: float64, (2 or more, n).

    Of d tied events Efron (1977) takes k/d of them out of the k-th term, counted from 0; Breslow (1974) none.
    """
    events = 0
    for k in range(columns):
        n0, n1, d0, d1 = table[AT_RISK_0, k], table[AT_RISK_1, k], table[EVENTS_0, k], table[EVENTS_1, k]
        terms[AT_RISK_0, events] = n0
        terms[AT_RISK_1, events] = n1
        events += 1
        tied = int(d0 + d1)
        for j in range(1, tied):
            out = j / tied if efron else 0.0
            terms[AT_RISK_0, events] = n0 - out * d0
            terms[AT_RISK_1, events] = n1 - out * d1
            events += 1
    return events


@compiled
def cox(table: Floats, columns: int, efron: bool, terms: Floats) -> Cox:
    """The log hazard ratio of arm 1 to arm 0 that maximises the partial likelihood (Cox 1972), stratified by STRATUM.

    With one covariate of 0 and 1 the score falls in the log ratio, so Newton's steps are kept within a bracket. terms:
    space, from new_table.
    """
    events = cox_terms(table, columns, efron, terms)
    observed, most, least = 0.0, 0, 0
    for k in range(columns):
        observed += table[EVENTS_1, k]
    for k in range(events):
        most += terms[AT_RISK_1, k] > 0.0
        least += terms[AT_RISK_0, k] <= 0.0
    if most == least:
        return Cox(nan, nan, NO_INFORMATION)
    if observed >= most:
        return Cox(inf, inf, MONOTONE)
    if observed <= least:
        return Cox(-inf, inf, MONOTONE)
    return _newton(terms, events, observed, terms[2])


@compiled
def _newton(terms: Floats, events: int, observed: float, shares: Floats) -> Cox:
    log_hr, low, high = 0.0, -inf, inf
    for _ in range(_STEPS):
        score, information = _slope(terms, events, observed, log_hr, shares)
        step = score / information
        if abs(step) <= _CLOSE or abs(score) <= _ROUNDING * events:
            return Cox(log_hr + step, 1.0 / sqrt(information), CONVERGED)
        low, high = (log_hr, high) if step > 0.0 else (low, log_hr)
        log_hr += min(max(step, -_LONGEST), _LONGEST)
        if not low < log_hr < high:
            log_hr = 0.5 * (low + high)
    return Cox(log_hr, nan, NOT_CONVERGED)


@compiled
def _slope(terms: Floats, events: int, observed: float, log_hr: float, shares: Floats) -> tuple[float, float]:
    """Score and information: each event is a draw, with the chance p that it falls in arm 1. shares: space for each p.

    Divisions first, many at a time; then four sums side by side, for each addition would wait for the one before.
    """
    ratio = exp(log_hr)
    for k in range(events):
        weighted = terms[AT_RISK_1, k] * ratio
        shares[k] = weighted / (terms[AT_RISK_0, k] + weighted)
    a, b, c, d, aa, bb, cc, dd = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    fours = events - events % 4
    for k in range(0, fours, 4):
        p, q, r, s = shares[k], shares[k + 1], shares[k + 2], shares[k + 3]
        a, b, c, d = a + p, b + q, c + r, d + s
        aa, bb, cc, dd = aa + p * (1.0 - p), bb + q * (1.0 - q), cc + r * (1.0 - r), dd + s * (1.0 - s)
    for k in range(fours, events):
        a += shares[k]
        aa += shares[k] * (1.0 - shares[k])
    return observed - ((a + b) + (c + d)), (aa + bb) + (cc + dd)


@compiled
def cox_likelihood(terms: Floats, events: int, observed: float, log_hr: float) -> Likelihood:
    """The partial likelihood at a log hazard ratio. terms and events from cox_terms; observed: events in arm 1."""
    ratio, log_likelihood = exp(log_hr), observed * log_hr
    for k in range(events):
        log_likelihood -= log(terms[AT_RISK_0, k] + terms[AT_RISK_1, k] * ratio)
    score, information = _slope(terms, events, observed, log_hr, np.empty(events))
    return Likelihood(log_likelihood, score, information)


# ------------------------------------------------------------------ permutation
@compiled
def count_as_extreme(rows: Rows, arms: Marks, weights: Floats, chi_square: float, table: Floats) -> int:
    """In how many of the reshuffled arms, (draws, n), the log-rank chi-square is at least that. rows: sorted.

    The weights depend on both arms together and stay. table: space, from new_table.
    """
    reached = 0
    for draw in range(len(arms)):
        columns = risk_table(Rows(rows.time, rows.event, arms[draw], rows.stratum), table)
        found = weighted_log_rank(table, columns, weights)
        reached += found.variance > 0.0 and found.score * found.score >= chi_square * found.variance
    return reached
