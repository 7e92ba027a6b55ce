"""What a design assumes of a trial (hazards of two arms, entry, loss, follow-up), and the events that it expects.

One formula serves all: of those who are ever to enter, the share under observation at time t after entry, seen from
calendar time T, is S(t) L(t) A(T - t): still without an event, not lost, and entered early enough. Entry is uniform
over the accrual. (J. M. Lachin and M. A. Foulkes, Biometrics 1986;42:507; K. Kim and A. A. Tsiatis, Biometrics
1990;46:81.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from ...faults import Fault
from .checks import not_negative, positive
from .hazards import NEVER, Hazard
from .numerics import Numbers, integral, panels, root

_FALL = 8.0  # a panel of the integrals is no longer than this many mean times: see `integral`


@dataclass(frozen=True, slots=True)
class Scenario:
    """Two arms as a design sees them; every time in the same unit (months, say), counted from a person's entry.

    accrual: how long people enter, evenly; 0: all on one day. followup: from the last entry to the analysis.
    loss: of both arms. ratio: people in the experimental arm for one in the control arm. Raises Fault.
    """

    control: Hazard
    experimental: Hazard
    accrual: float
    followup: float
    loss: Hazard = NEVER
    ratio: float = 1.0

    def __post_init__(self) -> None:
        not_negative("The accrual", self.accrual)
        not_negative("The follow-up", self.followup)
        positive("The allocation ratio", self.ratio)
        if self.total <= 0:
            raise Fault("A trial lasts longer than 0: state an accrual or a follow-up.")

    @property
    def total(self) -> float:
        """From the first entry to the analysis."""
        return self.accrual + self.followup

    @property
    def shares(self) -> tuple[float, float]:
        """The share of people in the control and in the experimental arm."""
        return 1 / (1 + self.ratio), self.ratio / (1 + self.ratio)

    @property
    def hazard_ratio(self) -> float | None:
        """The hazard ratio, experimental to control; None where it is not the same at all times."""
        starts = np.unique([*self.control.starts, *self.experimental.starts])
        control, experimental = self.control.at(starts), self.experimental.at(starts)
        if np.any(control <= 0) or np.any(experimental <= 0):
            return None
        ratios = experimental / control
        return float(ratios[0]) if np.allclose(ratios, ratios[0], rtol=1e-12, atol=0) else None

    def entered(self, calendar: float | Numbers) -> Numbers:
        """The share of all people who have entered by a calendar time."""
        times = np.asarray(calendar, float)
        return np.clip(times / self.accrual, 0, 1) if self.accrual > 0 else np.where(times >= 0, 1.0, 0.0)

    def observed(self, arm: Hazard, times: Numbers, calendar: float) -> Numbers:
        """Of an arm's people, the share at risk at each time after entry, seen at a calendar time."""
        return arm.survival(times) * self.loss.survival(times) * self.entered(calendar - times)

    def cuts(self, until: float, calendar: float) -> list[float]:
        """The times up to `until` at which a curve of either arm may bend, seen at a calendar time."""
        bends = (*self.control.until, *self.experimental.until, *self.loss.until, calendar - self.accrual)
        return [0.0, *(bend for bend in bends if 0 < bend < until), until]

    @property
    def longest_panel(self) -> float:
        """How long a panel of an integral over this scenario may be."""
        fastest = max(*self.control.rates, *self.experimental.rates) + max(self.loss.rates)
        return _FALL / fastest if fastest > 0 else inf

    def points(self, until: float, calendar: float | None = None) -> tuple[Numbers, Numbers]:
        """Points and weights of an integral over the time after entry."""
        return panels(self.cuts(until, self.total if calendar is None else calendar), self.longest_panel)


def event_chances(scenario: Scenario, calendar: float | None = None) -> tuple[float, float]:
    """The chance of an observed event by a calendar time (default: the analysis), control and experimental.

    Among all who are ever to enter: before the accrual ends, of those yet to come too.
    """
    until = scenario.total if calendar is None else not_negative("The calendar time", calendar)
    return event_chance(scenario, scenario.control, until), event_chance(scenario, scenario.experimental, until)


def event_chance(scenario: Scenario, arm: Hazard, calendar: float) -> float:
    """The chance of an observed event by a calendar time in an arm with that hazard."""
    if calendar <= 0:
        return 0.0
    cuts = [*scenario.cuts(calendar, calendar), *(end for end in arm.until if end < calendar)]
    fastest = max(arm.rates) + max(scenario.loss.rates)
    longest = _FALL / fastest if fastest > 0 else inf
    return integral(lambda times: arm.at(times) * scenario.observed(arm, times, calendar), cuts, longest)


def expected_events(people: float, scenario: Scenario, calendar: Sequence[float]) -> Numbers:
    """Expected events by each calendar time (times x 2: control, experimental). Raises Fault.

    The same as gsDesign's eEvents for uniform entry.
    """
    positive("The number of people", people)
    return np.array([event_chances(scenario, each) for each in calendar]).reshape(-1, 2) * people * scenario.shares


def time_of_events(people: float, scenario: Scenario, events: float) -> float | None:
    """The calendar time at which so many events are expected in both arms; None when they never are."""
    not_negative("The number of events", events)

    def lacking(calendar: float) -> float:
        return float(expected_events(people, scenario, [calendar]).sum()) - events

    high = scenario.total
    for _ in range(12):
        if lacking(high) >= 0:
            return root(lacking, 0.0, high) if events > 0 else 0.0
        high *= 2
    return None
