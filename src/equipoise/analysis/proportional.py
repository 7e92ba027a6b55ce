"""Does the hazard ratio stay the same? The score test of a log hazard ratio that changes with a function of time.

Grambsch and Therneau 1994, as cox.zph of R's survival 3 computes it: with the exact information, not its average.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .cox import CoxModel, State, Ties, cox
from .cox_terms import terms_of
from .estimate import Test, chi_square_test, p_text
from .followed import TwoArms
from .kernels import EVENTS_0, EVENTS_1, TIME, Floats, Integers


@dataclass(frozen=True, slots=True)
class Transform:
    """How time is counted in the check: a function of the people that gives a number for each column of their table."""

    name: str
    of: Callable[[TwoArms], Floats]


def _left_of_curve(people: TwoArms) -> Floats:
    """1 - S(t-), S being the curve of everybody, whatever the stratum."""
    time = np.unique(people.rows.time[people.rows.event == 1])
    at_risk = len(people.rows.time) - np.searchsorted(np.sort(people.rows.time), time, "left")
    if people.entry is not None:
        at_risk -= len(people.entry) - np.searchsorted(np.sort(people.entry), time, "left")
    died = people.rows.time[people.rows.event == 1]
    events = np.bincount(np.searchsorted(time, died), minlength=len(time))
    survival = np.concatenate(([1.0], np.cumprod(1.0 - events / at_risk)[:-1]))
    return 1.0 - survival[np.searchsorted(time, people.table[TIME])]


KAPLAN_MEIER = Transform("Kaplan-Meier", _left_of_curve)
IDENTITY = Transform("time itself", lambda people: people.table[TIME])


@dataclass(frozen=True, slots=True)
class Proportionality:
    """test None: the hazard ratio itself, or its change with time, cannot be estimated."""

    transform: Transform
    model: CoxModel
    test: Test | None

    @property
    def sentence(self) -> str:
        if self.test is None:
            return "Whether hazards are proportional cannot be tested: there are too few events."
        found = "a sign that they are not" if self.test.p < 0.05 else "no sign that they are not"
        return f"Proportional hazards (by {self.transform.name}): {found} ({p_text(self.test.p)})."


def proportional_hazards(
    people: TwoArms, *, ties: Ties = Ties.EFRON, transform: Transform = KAPLAN_MEIER
) -> Proportionality:
    """The check, stratified if the people are."""
    model = cox(people, ties=ties)
    if model.state is not State.CONVERGED or model.log_hr is None:
        return Proportionality(transform, model, None)
    terms = terms_of(people, ties is Ties.EFRON)
    when = transform.of(people)[terms.column]
    when = when - when.mean()  # changes nothing but the rounding
    mean = terms.means(model.log_hr)
    spread = mean * (1.0 - mean)
    score = float(_arms(people, terms.column) @ when - mean @ when)
    left = spread @ when**2 - (spread @ when) ** 2 / spread.sum()
    if not left > 1e-12 * max(spread @ when**2, 1e-300):
        return Proportionality(transform, model, None)
    return Proportionality(transform, model, chi_square_test(score * score / left))


def _arms(people: TwoArms, column: Integers) -> Floats:
    """Of each term, the share of its column's events that fell in arm 1."""
    events = people.table[EVENTS_0] + people.table[EVENTS_1]
    return (people.table[EVENTS_1] / events)[column]
