"""What is counted over many simulated trials: sums and histograms, so that a million take no more space than one."""

from typing import Final, NamedTuple

import numpy as np

from ..analysis.kernels import Floats, Integers

# The tests that a trial is analysed by; rows of `tests` and `errors`.
LOG_RANK: Final = 0
COX: Final = 1
AT_PLAIN: Final = 2
AT_LOG_LOG: Final = 3
AT_ARCSINE: Final = 4
AT_WELCH: Final = 5
AT_SCORE: Final = 6
MEAN_PLAIN: Final = 7
MEAN_WELCH: Final = 8
TESTS: Final = 9

# What is counted of a test; columns of `tests`.
DONE: Final = 0  # could be computed
FAVOUR: Final = 1  # rejects in favour of the experimental arm
AGAINST: Final = 2  # rejects in favour of the control arm
COVERS: Final = 3  # the interval holds the truth
# What is summed of a test's estimate; columns of `errors`.
ERROR: Final = 0  # estimate less truth
SQUARE: Final = 1
SPREAD: Final = 2  # estimated variance
TRUTH: Final = 3
COLUMNS: Final = 4

# What is counted of whole trials; places of `counts`.
TRIALS: Final = 0
EMPTY: Final = 1  # nobody came
SHORT: Final = 2  # not everybody came
MONOTONE: Final = 3  # the Cox model has no maximum
UNKNOWN: Final = 4  # an arm was not watched until the time of the comparison
COUNTS: Final = 5
# What is summed of whole trials; places of `sums`.
PEOPLE: Final = 0
EVENTS: Final = 1
EVENTS_SQUARE: Final = 2
DURATION: Final = 3
DURATION_SQUARE: Final = 4
SUMS: Final = 5

RATIO_BINS: Final = 1200  # of the log hazard ratio, from -3 to 3
RATIO_EDGE: Final = 3.0
RATIO_BIN: Final = 0.005


class Tally(NamedTuple):
    """Counts and sums.

    events: trials by number of events. duration: by calendar month of the analysis (the last one: or later).
    ratios: by estimated log hazard ratio. seen: for each calendar month, trials by number of events seen by its end.
    came: for each calendar month, people who had come by its end, summed.
    """

    counts: Integers
    sums: Floats
    tests: Integers
    errors: Floats
    events: Integers
    duration: Integers
    ratios: Integers
    seen: Integers
    came: Integers


def new_tally(people: int, months: int, calendar: bool = True) -> Tally:
    """Nothing counted yet. calendar: with space to count month by month."""
    watched = months + 1 if calendar else 0
    return Tally(
        np.zeros(COUNTS, np.int64), np.zeros(SUMS), np.zeros((TESTS, COLUMNS), np.int64), np.zeros((TESTS, COLUMNS)),
        np.zeros(people + 1, np.int64), np.zeros(months + 1, np.int64), np.zeros(RATIO_BINS, np.int64),
        np.zeros((watched, people + 1), np.int64), np.zeros(watched, np.int64),
    )  # fmt: skip


def add(total: Tally, more: Tally) -> None:
    """Adds to the total. Sums of floating numbers depend on the order, so portions are added in theirs."""
    for into, part in zip(total, more, strict=True):
        into += part
