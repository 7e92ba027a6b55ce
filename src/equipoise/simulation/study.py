"""A hundred thousand simulated trials: portions over the cores, added up in their order.

    >>> from equipoise.simulation.study_plan import StudyPlan
    >>> found = simulated(StudyPlan(hazard_ratio=0.592, control=(0.25,)), trials=2000, seed=1)
    >>> int(found.counts[0])
    2000

Nothing here is a result of a trial. The same plan and seed give the same counts and sums on any number of cores.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from scipy.stats import norm, t

from ..analysis.kernels import Floats, Rows
from .streams import stream_key
from .study_course import expected_entries, follow_ups, truth
from .study_plan import StudyPlan, checked
from .study_scenario import scenario_of
from .study_tally import Tally, add, new_tally
from .study_trials import Asked, new_work, one, run

PORTION: Final = 1000  # trials; a part of what defines a result, since sums are added portion by portion
MOST_MONTHS: Final = 480
_IN_HAND: Final = 3  # portions for each core
_FREEDOMS: Final = 400

Told = Callable[[int, int], object]


class OneTrial(NamedTuple):
    """One simulated trial as its analysis gets it, in the order of entry; times in months.

    entry: calendar months. end: the calendar month of the analysis. rate: the control rate that held.
    """

    rows: Rows
    entry: Floats
    end: float
    rate: float


def simulated(
    plan: StudyPlan, trials: int, seed: int, cores: int = 1, *, fixed: bool = False, calendar: bool = False,
    told: Told = lambda done, wanted: None,
) -> Tally:  # fmt: skip
    """The counts over so many trials.

    fixed: also compare the arms at `plan.at`, and the mean times up to it. calendar: also count month by month. told:
    called with how many are done, and how many are wanted. Raises Fault when the plan cannot be. Interrupted, it ends
    after the portions that are under way.
    """
    scenario, months = scenario_of(checked(plan)), months_of(plan)
    asked, key = asked_of(plan, fixed, calendar), _key(plan, seed)

    def portion(first: int) -> Tally:
        tally = new_tally(plan.people, months, calendar)
        run(key, first, min(PORTION, trials - first), scenario, asked, new_work(scenario, months), tally)
        return tally

    total = new_tally(plan.people, months, calendar)
    for done, part in enumerate(_in_order(portion, range(0, trials, PORTION), cores), start=1):
        add(total, part)
        told(min(done * PORTION, trials), trials)
    return total


def simulated_trial(plan: StudyPlan, seed: int, replicate: int) -> OneTrial:
    """Trial number `replicate` (from 0) of those that `simulated` counts."""
    scenario = scenario_of(checked(plan))
    work = new_work(scenario, 0)
    n, end, rate = one(_key(plan, seed), replicate, scenario, work)
    rows = Rows(*(each[:n].copy() for each in work.rows))  # type: ignore[arg-type]
    return OneTrial(rows, work.entry[:n].copy(), float(end), plan.control[rate])


def asked_of(plan: StudyPlan, fixed: bool = False, calendar: bool = False) -> Asked:
    """How the trials of a plan are analysed, and against which truths."""
    true = truth(plan)
    tail = plan.alpha / plan.sides
    critical = np.append(t.isf(tail, np.maximum(np.arange(_FREEDOMS), 1)), norm.isf(tail))
    return Asked(critical, plan.at, fixed, calendar, true.log_hr, true.difference, true.mean)


def months_of(plan: StudyPlan) -> int:
    """How many calendar months are told apart: half as many again as the trial is expected to last."""
    last = plan.cut or float(expected_entries(plan)[-1]) + max(plan.follow_up, float(follow_ups(plan).min()))
    return min(int(1.5 * last) + 12, MOST_MONTHS)


def _key(plan: StudyPlan, seed: int) -> tuple[np.uint64, np.uint64]:
    first, second = stream_key(seed, plan.key)
    return np.uint64(first), np.uint64(second)


def _in_order(portion: Callable[[int], Tally], firsts: range, cores: int) -> Iterator[Tally]:
    """The portions in their order, worked out on several cores, with few in hand at a time."""
    if cores == 1:
        yield from map(portion, firsts)
        return
    with ThreadPoolExecutor(cores) as pool:
        waiting: deque[Future[Tally]] = deque()
        try:
            for first in firsts:
                waiting.append(pool.submit(portion, first))
                if len(waiting) >= _IN_HAND * cores:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
