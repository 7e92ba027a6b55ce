"""The counts over many simulated trials -> what the design does, each number with its Monte Carlo standard error."""

from collections.abc import Sequence
from math import exp, sqrt
from typing import Final

import numpy as np

from ..analysis.kernels import Integers
from ..analysis.operating import Bias, Mean, Month, ScenarioFound, Share, Spread, TestFound, TestKind
from . import study_tally as tallied
from .study_plan import StudyPlan
from .study_tally import Tally

# The rows of the tally: id, label, what is compared, whether there is an interval to cover the truth.
TESTS: Final[tuple[tuple[int, str, str, TestKind, bool], ...]] = (
    (tallied.LOG_RANK, "logrank", "stratified log-rank", "hazards", False),
    (tallied.COX, "cox", "stratified Cox, Wald", "hazards", True),
    (tallied.AT_PLAIN, "km", "plain z", "at", True),
    (tallied.AT_LOG_LOG, "km-log-log", "log-log z", "at", False),
    (tallied.AT_ARCSINE, "km-arcsine", "arcsine z", "at", False),
    (tallied.AT_WELCH, "km-welch", "Welch", "at", True),
    (tallied.AT_SCORE, "km-score", "score", "at", True),
    (tallied.MEAN_PLAIN, "rmst", "plain z", "mean", True),
    (tallied.MEAN_WELCH, "rmst-welch", "Welch", "mean", True),
)
_BAND: Final = (0.05, 0.5, 0.95)


def found(
    plan: StudyPlan, tally: Tally, kinds: Sequence[TestKind], name: str, settings: tuple[tuple[str, str], ...]
) -> ScenarioFound:
    """What one scenario does. kinds: the comparisons that were asked for."""
    trials = int(tally.counts[tallied.TRIALS])

    def share(place: int) -> Share:
        return Share(int(tally.counts[place]), trials)

    return ScenarioFound(
        name, settings, plan.hazard_ratio, plan.hazard_ratio == 1.0, trials,
        tuple(_test(plan, tally, row, trials) for row in TESTS if row[3] in kinds),
        tally.sums[tallied.PEOPLE] / trials, _spread(tally.events),
        _mean(tally.sums[tallied.EVENTS], tally.sums[tallied.EVENTS_SQUARE], trials), _spread(tally.duration, 0.5),
        tuple(int(count) for count in tally.duration), _ratios(tally.ratios), _calendar(tally, trials),
        share(tallied.SHORT), share(tallied.MONOTONE), share(tallied.UNKNOWN),
    )  # fmt: skip


def _test(plan: StudyPlan, tally: Tally, row: tuple[int, str, str, TestKind, bool], trials: int) -> TestFound:
    place, identifier, label, kind, has_interval = row
    done, favour, against, covers = (int(count) for count in tally.tests[place])
    rejects = favour + against if plan.sides == 2 else favour
    return TestFound(
        identifier, label, kind, Share(rejects, trials), Share(against, trials), Share(done, trials),
        _bias(tally.errors[place], done) if has_interval and done and tally.errors[place].any() else None,
        Share(covers, done) if has_interval and done else None,
    )  # fmt: skip


def _mean(total: float, squares: float, trials: int) -> Mean:
    mean = total / trials
    return Mean(float(mean), sqrt(max(squares / trials - mean * mean, 0.0) / trials))


def _bias(sums: np.ndarray, done: int) -> Bias:
    error, square, variance, truth = (float(each) for each in sums)
    bias = _mean(error, square, done)
    return Bias(truth / done, bias, bias.error * sqrt(done), sqrt(variance / done))


def _spread(counts: Integers, shift: float = 0.0) -> Spread:
    """Of a histogram whose places are whole numbers. shift: the middle of a place, where it stands for an interval."""
    reached = np.cumsum(counts)
    low, median, high = (int(np.searchsorted(reached, part * reached[-1])) + shift for part in _BAND)
    return Spread(low, median, high)


def _ratios(counts: Integers) -> Spread | None:
    if not counts.any():
        return None
    places = _spread(counts, 0.5)
    low, median, high = (
        exp(place * tallied.RATIO_BIN - tallied.RATIO_EDGE) for place in (places.low, places.median, places.high)
    )
    return Spread(low, median, high)


def _calendar(tally: Tally, trials: int) -> tuple[Month, ...]:
    people = np.cumsum(tally.came) / trials
    return tuple(
        Month(month + 1, float(people[month]), _spread(counts)) for month, counts in enumerate(tally.seen)
    )  # fmt: skip
