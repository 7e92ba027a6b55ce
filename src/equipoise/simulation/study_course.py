"""A person's course under a scenario, in formulas: hazards, the factor that gives the control rate, and the truth.

The truths are what an estimate is held against. They are those of the disease, in continuous time: what a scan every
three months does to an estimate is a part of its bias.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import root_scalar

from ..analysis.kernels import Floats
from ..faults import Fault
from .study_plan import LATEST, MONTHS, StudyPlan

NEVER: Final = 1e9  # months
_GRID: Final = 1500
_MOST: Final = 1e6  # times the shape's own hazard


class Truth(NamedTuple):
    """What the trial estimates, for each control rate.

    log_hr: the log hazard ratio that the stratified Cox model aims at; under proportional hazards that of the plan,
    else the average that this design gives (Struthers and Kalbfleisch 1986). survival: of each arm at `at`; difference:
    experimental less control. mean: the difference of the mean times free of events up to `at`, in months.
    """

    log_hr: Floats
    survival: Floats
    difference: Floats
    mean: Floats


def pieces(plan: StudyPlan, treated: bool) -> tuple[Floats, Floats]:
    """Months at which a piece of the hazard begins, and the rate a month in it, for the factor 1."""
    starts = [0.0, *(MONTHS * until for until, _ in plan.shape[:-1])]
    late = plan.delay if treated else 0.0
    begins = sorted({*starts, late})
    rates = [plan.shape[int(np.searchsorted(starts, begin, side="right")) - 1][1] / MONTHS for begin in begins]
    ratio = plan.hazard_ratio if treated else 1.0
    return np.array(begins), np.array([
        rate * (ratio if begin >= late else 1.0) for begin, rate in zip(begins, rates, strict=True)
    ])  # fmt: skip


def cumulative(begins: Floats, rates: Floats, months: Floats) -> Floats:
    """The cumulative hazard at those months."""
    spans = np.clip(months[..., None] - begins, 0, np.diff(begins, append=np.inf))
    return spans @ rates


def control_factor(plan: StudyPlan, rate: float) -> float:
    """The factor of the shape with which that share of the control arm is free of disease and alive at `control_at`.

    Raises Fault when no factor gives it, for too many are cured or die.
    """
    months = np.array([plan.control_at])
    hazard = float(cumulative(*pieces(plan, False), months)[0])

    def free(factor: float) -> float:
        return float(_control(plan, factor * hazard) * np.exp(-plan.deaths / MONTHS * plan.control_at))

    if not free(_MOST) < rate < free(0):
        raise Fault(
            f"A control rate of {rate:g} at {plan.control_at:g} months cannot be: with these deaths and this cured "
            f"share it is between {free(_MOST):.3f} and {free(0):.3f}."
        )
    high = 1.0
    while free(high) > rate:
        high *= 2
    return float(root_scalar(lambda factor: free(factor) - rate, bracket=(0.0, high), xtol=1e-12).root)


def _control(plan: StudyPlan, hazard: float) -> float:
    return sum(each.share * (plan.cure + (1 - plan.cure) * np.exp(-each.hazard * hazard)) for each in plan.strata)


# ------------------------------------------------------------------ the truth
@cache
def truth(plan: StudyPlan) -> Truth:
    """The truths of a scenario, one for each control rate."""
    found = [_truth(plan, control_factor(plan, rate)) for rate in plan.control]
    columns = [np.array(column) for column in zip(*found, strict=True)]
    return Truth(columns[0], columns[1], columns[2], columns[3])


def _truth(plan: StudyPlan, factor: float) -> tuple[float, tuple[float, float], float, float]:
    months = np.linspace(0, plan.at, _GRID + 1)
    control, experimental = (_free(plan, factor, arm, months).sum(axis=0) for arm in (False, True))
    mean = float(np.trapezoid(experimental - control, months))
    at = float(control[-1]), float(experimental[-1])
    return _aim(plan, factor), at, at[1] - at[0], mean


def _free(plan: StudyPlan, factor: float, treated: bool, months: Floats) -> Floats:
    """Free of events at those months: one row a stratum, times the stratum's share."""
    plain = cumulative(*pieces(plan, False), months) * factor
    own = cumulative(*pieces(plan, True), months) * factor if treated else plain
    refusing = plan.refusing if treated else 0.0
    rows = [
        each.share * (
            plan.cure + (1 - plan.cure) * (
                (1 - refusing) * np.exp(-each.hazard * own) + refusing * np.exp(-each.hazard * plain)
            )
        )
        for each in plan.strata
    ]  # fmt: skip
    return np.array(rows) * np.exp(-plan.deaths / MONTHS * months)


def _aim(plan: StudyPlan, factor: float) -> float:
    """Where the score of the stratified Cox model is 0 on average, given who is still under observation."""
    follow = follow_ups(plan)
    months = np.linspace(0, float(follow.max()), _GRID + 1)
    between = (months[1:] + months[:-1]) / 2
    watched = (follow[:, None] >= between).mean(axis=0) * np.exp(-plan.loss / MONTHS * between)
    control, experimental = plan.ratio
    weights = control * watched, experimental * watched
    free = [_free(plan, factor, arm, months) for arm in (False, True)]
    risk = [weight * (each[:, 1:] + each[:, :-1]) / 2 for weight, each in zip(weights, free, strict=True)]
    events = [weight * (each[:, :-1] - each[:, 1:]) for weight, each in zip(weights, free, strict=True)]

    def score(log_hr: float) -> float:
        tilted = risk[1] * np.exp(log_hr)
        share = np.divide(tilted, tilted + risk[0], out=np.zeros_like(tilted), where=tilted + risk[0] > 0)
        return float((events[1] - (events[0] + events[1]) * share).sum())

    return float(root_scalar(score, bracket=(-10.0, 10.0), xtol=1e-10).root)


# ------------------------------------------------------------------ accrual, as it is expected
def accrual_pieces(plan: StudyPlan) -> tuple[Floats, Floats]:
    """Months at which the pace changes, and people a month from then on."""
    pace = plan.people / (plan.accrual - plan.ramp / 2)
    if plan.ramp == 0:
        return np.zeros(1), np.array([pace])
    return np.array([0.0, plan.ramp]), np.array([pace / 2, pace])


def expected_entries(plan: StudyPlan) -> Floats:
    """The months in which people are expected, those who come in time; at least one."""
    begins, pace = accrual_pieces(plan)
    reached = cumulative(begins, pace, begins)
    wanted = np.arange(plan.people) + 0.5
    piece = np.searchsorted(reached, wanted, side="right") - 1
    entries = begins[piece] + (wanted - reached[piece]) / pace[piece]
    last = min(plan.longest, plan.cut or LATEST)
    return entries[entries < last] if entries[0] < last else np.array([last / 2])


def follow_ups(plan: StudyPlan) -> Floats:
    """How long people are expected to be under observation, in months, were nobody lost and nothing to happen."""
    entries = expected_entries(plan)
    full = len(entries) == plan.people
    end = plan.cut or (entries[-1] if full else min(plan.longest, LATEST)) + plan.follow_up
    follow = np.maximum(end - entries, 1e-6)
    return np.minimum(follow, plan.each) if plan.each else follow
