"""How often a permutation test rejects in simulated trials: what it costs keeps it out of the kernel that counts them.

The forms that need no permutation are counted by `equipoise simulate --analyses km,rmst`.
"""

from collections.abc import Callable

import numpy as np

from ..analysis.calibrated import permuted_means
from ..analysis.followed import TwoArms, two_arms
from ..analysis.operating import Share
from .study import simulated_trial
from .study_plan import StudyPlan

Permuted = Callable[[TwoArms, float, np.random.Generator, int], float]


def permutation_rejects(
    plan: StudyPlan, trials: int, seed: int, draws: int = 499, test: Permuted = permuted_means
) -> Share:
    """How often the test rejects two-sided at `plan.alpha`; strata as in the plan, comparison at `plan.at`.

    test: permuted_means or permuted_at. Each trial has random numbers of its own, from seed and number.
    """
    rejected = 0
    for replicate in range(trials):
        rows = simulated_trial(plan, seed, replicate).rows
        people = two_arms(rows.time, rows.event, rows.arm, stratum=rows.stratum)
        rejected += test(people, plan.at, np.random.default_rng([seed, replicate]), draws) <= plan.alpha
    return Share(rejected, trials)
