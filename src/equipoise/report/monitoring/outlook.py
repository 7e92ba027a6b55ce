"""How far a running trial is on a day, and what is to be expected: recruitment, events, looks, power, toxicity.

Predictions are blind: the arms are pooled. What compares the arms (conditional and predictive power) is there only
where the data are locked, or where somebody unblinded with a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from ...analysis.datasets import Dataset, dataset
from ...analysis.design.conditional import conditional_power, information_of_events, predictive_power, trend
from ...analysis.design.events import schoenfeld_drift
from ...analysis.endpoints import rows_of
from ...analysis.kernels import Floats
from ...analysis.logrank import log_rank
from ...analysis.looks import Bound, bounds_of
from ...analysis.prediction import FOLLOWED, HAD_EVENT, LEFT, Predicted, Seen, event_days, of_days, predicted
from ...analysis.rows import CENSORED, EVENT, Row
from ...conduct.by_day import by_day
from ...conduct.stopping import Decision, decide, tally
from ...faults import Fault
from ...participant.record import Participant
from ...participant.state import State
from ...protocol.analysis import days_of
from ...protocol.model import Protocol
from ...recruitment.accrual import LookAhead
from ..story_data import simulation_mark
from .beliefs import Assumption, alpha_of, believed_of, effect_of, further_entries, needed_by, sites_ahead

DRAWS: Final = 4000


class Accrual(NamedTuple):
    """Recruitment: how many are in, how many are wanted, at how many sites, and when the last is expected."""

    randomised: int
    target: int
    open_sites: int
    sites: int
    rate: float
    last: Predicted


@dataclass(frozen=True, slots=True)
class Expected:
    """A look, or another number of events: when it is to be expected. after: months after the last randomisation."""

    label: str
    predicted: Predicted
    after: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Power:
    """What the comparison says so far. z: of the log-rank test, above 0 where the experimental arm does better.

    events: so far, of those planned for the last look. conditional (by_design, by_trend): for the effect of the design,
    and for the trend of the data; predictive: averaged over what is believed after the data. None before any
    information. bound: the z at which the next look stops for benefit.
    """

    z: float
    events: int
    planned: int
    information: float
    by_design: float
    by_trend: float | None
    predictive: float | None
    bound: Bound | None


class Count(NamedTuple):
    """A number that is to be expected: its median, and the interval of 90 %."""

    low: int
    median: int
    high: int


@dataclass(frozen=True)
class Monitoring:
    """A running trial on a day.

    people, events, followed, left: of the endpoint of the last look, the arms pooled. needed: the events that the
    design needs; at_end: those to be expected by the last look. power: None where the arms are hidden; why_no_power
    says why.
    """

    trial: Protocol
    on: date
    position: int
    mark: str
    blind: bool
    seed: int
    accrual: Accrual
    people: int
    events: int
    followed: int
    left: int
    needed: int
    at_end: Count
    expected: tuple[Expected, ...]
    power: Power | None
    why_no_power: str
    toxicity: tuple[Decision, ...]
    assumed: tuple[Assumption, ...]
    bounds: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the monitoring. target: people wanted. events: further numbers of events to be dated."""

    on: date
    target: int
    events: tuple[int, ...] = ()
    seed: int = 1
    shown: bool = False


def monitored(state: State, trial: Protocol, opened: Mapping[str, date], asked: Asked) -> Monitoring:
    """The monitoring of a trial on a day. opened: site -> the day on which it opened. Raises Fault without a plan.

    The same ledger, day and seed give the same numbers. asked.shown: somebody unblinded; else the lock decides.
    """
    if not trial.analysis.looks:
        raise Fault(f"{trial.acronym} plans no look at its data: write [[look]] tables in its analysis.toml.")
    chance = np.random.default_rng(asked.seed)
    blind = not state.lock and not asked.shown
    look = trial.analysis.looks[-1]
    analysis = trial.analysis.analysis(look.analysis)
    endpoint = trial.analysis.endpoint(analysis.endpoint)
    rows = rows_of(trial, state.people.values(), endpoint, asked.on, blind)
    seen = _seen(rows, state, asked.on)
    ahead = sites_ahead(state, trial, opened, asked.on, asked.target)
    entries = further_entries(ahead, DRAWS, chance)
    believed, assumed = believed_of(trial, seen)
    days = event_days(seen, entries, believed, asked.on, chance)
    last = _last_entry(seen, entries, asked.on)
    needed, alpha = needed_by(trial), alpha_of(trial)
    at_end = _at_end(trial, seen, days, last)
    bounds = bounds_of(trial.analysis.looks, alpha)
    data = dataset(trial, rows)
    return Monitoring(
        trial, asked.on, state.head, simulation_mark(trial) if state.settings.get("synthetic") else "", blind,
        asked.seed, _accrual(ahead, seen, last, asked), len(seen.time), seen.events,
        int((seen.state == FOLLOWED).sum()), int((seen.state == LEFT).sum()), needed, at_end,
        tuple(_expected(trial, seen, days, last, needed, asked)),
        *_power(trial, data, blind, at_end.median, alpha, bounds),
        _toxicity(state, trial, asked.on), tuple(assumed), bounds,
    )  # fmt: skip


# ---------------------------------------------------------------- what was seen
def _seen(rows: Sequence[Row], state: State, on: date) -> Seen:
    """Everybody's time so far; whoever is still in the trial without an event goes on."""
    used = [row for row in rows if not row.left_out and row.origin is not None]
    states = [_state(row, state.people[row.person], on) for row in used]
    origin = [row.origin.toordinal() for row in used if row.origin is not None]
    return Seen(np.array(origin, float), np.array([row.days for row in used], float), np.array(states, float))


def _state(row: Row, known: Participant, on: date) -> int:
    if row.event != CENSORED:
        return HAD_EVENT if row.event == EVENT else LEFT
    return FOLLOWED if by_day(known, on).in_trial else LEFT


# ---------------------------------------------------------------- looks and events
def _last_entry(seen: Seen, entries: Floats, on: date) -> Floats:
    """The day of the last randomisation in each draw."""
    if entries.shape[1]:
        return entries[:, -1]
    return np.full(len(entries), seen.origin.max() if len(seen.origin) else float(on.toordinal()))


def _accrual(ahead: LookAhead, seen: Seen, last: Floats, asked: Asked) -> Accrual:
    day = asked.on.toordinal()
    open_ = sum(site.last_day > day for site in ahead.plan.sites)
    return Accrual(
        ahead.recruited.total, asked.target, open_, len(ahead.plan.sites), ahead.rate, of_days(asked.target, last)
    )


def _expected(
    trial: Protocol, seen: Seen, days: Floats, last: Floats, needed: int, asked: Asked
) -> list[Expected]:  # fmt: skip
    """Each planned look, the event that the design needs, and the numbers of events that were asked for."""
    found: list[Expected] = []
    for look in trial.analysis.looks:
        if look.events is not None:
            found.append(Expected(look.label, predicted(seen, days, look.events), "", look.origin.ours))
        elif look.after is not None:
            shown = of_days(0, last + days_of(look.after))
            found.append(Expected(look.label, shown, f"{look.after} after the last randomisation", look.origin.ours))
    if needed and not any(look.events == needed for look in trial.analysis.looks):
        label = f"event {needed}, which the design needs"
        found.append(Expected(label, predicted(seen, days, needed), "", True))
    return [*found, *(Expected(f"event {number}", predicted(seen, days, number)) for number in asked.events)]


def _at_end(trial: Protocol, seen: Seen, days: Floats, last: Floats) -> Count:
    """How many events there will be at the last look."""
    look = trial.analysis.looks[-1]
    if look.events is not None or look.after is None:
        number = look.events or seen.events
        return Count(number, number, number)
    by_then = seen.events + (days <= (last + days_of(look.after))[:, None]).sum(axis=1)
    low, median, high = (int(each) for each in np.quantile(by_then, [0.05, 0.5, 0.95], method="inverted_cdf"))
    return Count(low, median, high)


# ---------------------------------------------------------------- power
def _power(
    trial: Protocol, data: Dataset, blind: bool, planned: int, alpha: float, bounds: Sequence[Bound]
) -> tuple[Power | None, str]:
    """The power by the data so far, or why there is none. planned: the events of the last look."""
    if blind:
        return None, "The arms are hidden: power by the data so far is for an independent statistician, who unblinds."
    effect = effect_of(trial)
    if effect is None or not planned:
        return None, "The design states no effect, or no event is to be expected: there is no power to be told."
    try:
        found = log_rank(data.compared())
    except Fault as fault:
        return None, str(fault)
    if found.test is None or found.test.z is None:
        return None, found.sentence
    events = int((data.event == EVENT).sum())
    information, z = information_of_events(events, planned), -found.test.z
    drift = schoenfeld_drift(planned, effect)
    following = next((bound for bound in bounds if bound.information >= information), bounds[-1] if bounds else None)
    return Power(
        z, events, planned, information, conditional_power(z, information, drift, alpha),
        conditional_power(z, information, trend(z, information), alpha) if information else None,
        predictive_power(z, information, alpha) if information else None, following,
    ), ""  # fmt: skip


# ---------------------------------------------------------------- toxicity
def _toxicity(state: State, trial: Protocol, on: date) -> tuple[Decision, ...]:
    """Where each stopping rule stands, by the people of its arm. It names nobody."""
    found: list[Decision] = []
    for rule in trial.safety.stopping:
        people = {
            known.person: known.facts
            for known in state.randomised
            if known.allocation is not None and known.allocation.arm == rule.arm and known.allocation.on <= on
        }
        found.append(decide(rule, tally(rule, people, trial.vocabulary, on)))
    return tuple(found)
