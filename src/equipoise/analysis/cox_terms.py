"""The partial likelihood of two arms, laid out: one term for each event, with who was at risk at it."""

from dataclasses import dataclass

import numpy as np

from . import kernels
from .followed import TwoArms
from .kernels import EVENTS_0, EVENTS_1, Floats, Integers, Likelihood


@dataclass(frozen=True, eq=False)
class Terms:
    """space[0], space[1]: at risk in arm 0 and 1 at each event, less what Efron takes out. column: of the risk table.

    out: which share of the events of its column a term takes out, 0 everywhere by Breslow.
    """

    space: Floats
    column: Integers
    out: Floats
    observed: float
    efron: bool

    @property
    def events(self) -> int:
        return len(self.column)

    def likelihood(self, log_hr: float) -> Likelihood:
        """Log-likelihood, score and information at a log hazard ratio."""
        found = kernels.cox_likelihood(self.space, self.events, self.observed, log_hr)
        return Likelihood(*(float(value) for value in found))

    def limit(self, upwards: bool) -> float:
        """The log-likelihood at the end of the log hazard ratios at which it is monotone."""
        first, other = self.space[::-1] if upwards else self.space
        return -float(np.log(np.where(first > 0.0, first, other)).sum())

    def hazards(self, log_hr: float) -> Floats:
        """The baseline hazard of each term: one event among the weighted who were at risk."""
        return 1.0 / (self.space[0] + self.space[1] * np.exp(log_hr))

    def means(self, log_hr: float) -> Floats:
        """The chance of each term that its event falls in arm 1."""
        return self.space[1] * np.exp(log_hr) * self.hazards(log_hr)


def terms_of(people: TwoArms, efron: bool) -> Terms:
    """The terms of the Cox model with the arm as its covariate."""
    columns = people.table.shape[1]
    tied = (people.table[EVENTS_0] + people.table[EVENTS_1]).astype(np.int64)
    column = np.repeat(np.arange(columns), tied)
    space = np.empty((2, len(column)))
    kernels.cox_terms(people.table, columns, efron, space)
    within = np.arange(len(column)) - np.repeat(np.cumsum(tied) - tied, tied)
    out = within / tied[column] if efron else np.zeros(len(column))
    return Terms(space, column, out, float(people.table[EVENTS_1].sum()), efron)
