"""A plan as numbers for the machine."""

from typing import Final, NamedTuple

import numpy as np

from ..analysis.kernels import Floats, Integers
from .study_course import NEVER, accrual_pieces, control_factor, cumulative, pieces
from .study_plan import LATEST, MONTHS, StudyPlan

_NEVER_MISSED: Final = -1e9  # in the place of the logarithm of 0


class Scenario(NamedTuple):
    """A plan as numbers (see StudyPlan); times are months, a rate is the mean time until the event, `NEVER` for 0.

    paces: rows: the month in which each pace of the accrual begins, how many people are expected by then, months a
    person. shares: of the strata, summed up. ease: 1 / hazard of each stratum. experimental: the share of a block that
    is allocated to that arm. courses: for each control rate, of each arm's pieces of the hazard, rows: the
    first month, the cumulative hazard by then, months for a unit of hazard.
    """

    people: int
    longest: float
    follow_up: float
    each: float
    cut: float
    events: int
    paces: Floats
    shares: Floats
    ease: Floats
    blocks: Integers
    experimental: float
    courses: Floats
    cure: float
    until_death: float
    until_death_after: float
    until_loss: float
    refusing: float
    scans: Floats
    between: float
    log_missed: float


def scenario_of(plan: StudyPlan) -> Scenario:
    """The plan as numbers. Raises Fault when a control rate cannot be."""
    begins, pace = accrual_pieces(plan)
    shares = [stratum.share for stratum in plan.strata]
    return Scenario(
        plan.people, plan.longest, plan.follow_up, plan.each or LATEST, plan.cut or NEVER, plan.events,
        np.array([begins, cumulative(begins, pace, begins), 1 / pace]),
        np.cumsum(shares), np.array([1 / stratum.hazard for stratum in plan.strata]),
        np.array(plan.blocks, np.int64), plan.ratio[1] / sum(plan.ratio), _courses(plan), plan.cure,
        _mean(plan.deaths), _mean(plan.deaths_after), _mean(plan.loss), plan.refusing, np.array(plan.scans, float),
        plan.between, float(np.log(plan.missed)) if plan.missed else _NEVER_MISSED,
    )  # fmt: skip


def _mean(yearly: float) -> float:
    return MONTHS / yearly if yearly else NEVER


def _courses(plan: StudyPlan) -> Floats:
    """(control rate, arm, row, piece); the arm with fewer pieces has its last one more than once."""
    found: list[list[Floats]] = []
    for rate in plan.control:
        factor = control_factor(plan, rate)
        arms: list[Floats] = []
        for treated in (False, True):
            begins, rates = pieces(plan, treated)
            each = np.divide(1, rates * factor, out=np.full(len(rates), NEVER), where=rates > 0)
            arms.append(np.array([begins, cumulative(begins, rates * factor, begins), each]))
        most = max(arm.shape[1] for arm in arms)
        found.append([np.pad(arm, ((0, 0), (0, most - arm.shape[1])), mode="edge") for arm in arms])
    return np.array(found)
