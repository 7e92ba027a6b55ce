"""The boundary for toxicity joined to the looks at efficacy: what a trial that has both comes to, by simulation.

A trial ends at whichever comes first: the boundary for toxicity, which counts each treated person at the event or once
followed long enough, or a look that crosses the bound for benefit, or the last look. Toxicity and efficacy are drawn
apart from each other. Nothing here is a result of a trial. The generator comes in by argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np

from ..analysis.followed import two_arms
from ..analysis.kernels import Floats
from ..analysis.logrank import log_rank
from ..analysis.looks import Bound
from ..analysis.prediction import DAYS_A_MONTH
from ..conduct.boundary import Boundary
from ..faults import Fault
from ..protocol.analysis import days_of
from ..report.monitoring.joint import Joint

_BLOCK: Final = 4


@dataclass(frozen=True, slots=True)
class Trial:
    """What a simulated trial is like. Times in months, rates as shares.

    control: the share of the control arm without an event at `at`. loss: the share lost in a year. within: how long
    after the entry a toxicity is looked for.
    """

    people: int
    accrual: float
    control: float
    at: float
    loss: float
    within: float
    boundary: Boundary
    bounds: tuple[Bound, ...]


def joined(
    trial: Trial, rates: Sequence[float], ratios: Sequence[float], trials: int, chance: np.random.Generator
) -> tuple[Joint, ...]:  # fmt: skip
    """For each true rate of toxicity and each hazard ratio what so many trials come to. Raises Fault without a look."""
    if not trial.bounds:
        raise Fault("The trial plans no look at its data: there is nothing to join the boundary to.")
    found: list[Joint] = []
    for ratio in ratios:
        entry, arm = _entries(trial, trials, chance)
        when, z = _looks(trial, entry, arm, ratio, chance)
        uniform = chance.random((2, *entry.shape))
        found += [_ended(trial, _toxic(trial, entry, arm, rate, uniform), when, z, rate, ratio) for rate in rates]
    return tuple(found)


def _entries(trial: Trial, trials: int, chance: np.random.Generator) -> tuple[Floats, np.ndarray]:
    """Months of entry (a Poisson process at the planned rate) and arms (blocks of four), each (trials, people)."""
    entry = np.cumsum(chance.standard_exponential((trials, trial.people)), axis=1) * trial.accrual / trial.people
    blocks = -(-trial.people // _BLOCK)
    arm = np.argsort(chance.random((trials, blocks, _BLOCK)), axis=2).reshape(trials, -1) % 2
    return entry, arm[:, : trial.people]


def _looks(
    trial: Trial, entry: Floats, arm: np.ndarray, ratio: float, chance: np.random.Generator
) -> tuple[Floats, Floats]:
    """The month of each look and the z that it sees (trials, looks); a look whose events never come is at the end."""
    hazard = -log(trial.control) / trial.at
    event = chance.standard_exponential(entry.shape) / (hazard * np.where(arm == 1, ratio, 1.0))
    rate = -log(1 - trial.loss) / 12 if trial.loss else 0.0
    lost = chance.standard_exponential(entry.shape) / rate if rate else np.full(entry.shape, np.inf)
    when = np.stack([_when(bound, entry, event, lost) for bound in trial.bounds], axis=1)
    z = np.empty(when.shape)
    for number in range(len(entry)):
        for look in range(when.shape[1]):
            z[number, look] = _z(entry[number], event[number], lost[number], arm[number], when[number, look])
    return when, z


def _when(bound: Bound, entry: Floats, event: Floats, lost: Floats) -> Floats:
    """The month in which a look is taken."""
    if bound.look.after is not None:
        return entry[:, -1] + days_of(bound.look.after) / DAYS_A_MONTH
    days = np.sort(np.where(event <= lost, entry + event, np.inf), axis=1)
    place = (bound.look.events or 1) - 1
    at_last = np.max(entry + np.minimum(event, lost), axis=1)
    return np.minimum(days[:, place], at_last) if place < days.shape[1] else at_last


def _z(entry: Floats, event: Floats, lost: Floats, arm: np.ndarray, month: float) -> float:
    """The log-rank z at a look, above 0 where the experimental arm does better; 0 where nothing can be compared."""
    inside = entry < month
    time = np.minimum(np.minimum(event, lost), month - entry)[inside]
    seen = (event <= lost)[inside] & (event[inside] <= (month - entry)[inside])
    if not 0 < arm[inside].sum() < inside.sum():
        return 0.0
    test = log_rank(two_arms(time, seen, arm[inside])).test
    return 0.0 if test is None or test.z is None else -test.z


def _toxic(trial: Trial, entry: Floats, arm: np.ndarray, rate: float, uniform: Floats) -> Floats:
    """The month in which each trial crosses the boundary for toxicity; infinite where it never does."""
    toxic = uniform[0] < rate
    counted = np.where(arm == 1, entry + np.where(toxic, uniform[1], 1.0) * trial.within, np.inf)
    order = np.argsort(counted, axis=1)
    events = np.cumsum(np.take_along_axis(toxic & (arm == 1), order, axis=1), axis=1)
    stop_at = np.full(entry.shape[1], np.inf)
    for look in trial.boundary.looks:
        if look.people <= len(stop_at):
            stop_at[look.people - 1] = look.stop_at
    days = np.take_along_axis(counted, order, axis=1)
    return np.where((events >= stop_at) & np.isfinite(days), days, np.inf).min(axis=1)


def _ended(trial: Trial, toxic: Floats, when: Floats, z: Floats, rate: float, ratio: float) -> Joint:
    """What the trials came to: each ends once."""
    going = np.ones(len(toxic), bool)
    by_look: list[tuple[float, float]] = []
    ends = np.full(len(toxic), np.nan)
    for look, bound in enumerate(trial.bounds):
        stopped = going & (toxic <= when[:, look])
        ends[stopped] = toxic[stopped]
        going &= ~stopped
        crossed = going & (z[:, look] >= bound.z)
        ends[crossed] = when[crossed, look]
        going &= ~crossed
        by_look.append((float(stopped.mean()), float(crossed.mean())))
    ends[going] = when[going, -1]
    return Joint(rate, ratio, len(toxic), tuple(by_look), float(ends.mean()))
