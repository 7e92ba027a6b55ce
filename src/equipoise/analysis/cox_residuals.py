"""Who moves the hazard ratio by how much: score residuals of the Cox model, and the robust variance from them."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from ..faults import Fault
from .cox_terms import Terms
from .followed import TwoArms
from .kernels import STRATUM, TIME, Floats, Integers


def robust_variance(people: TwoArms, terms: Terms, log_hr: float, cluster: ArrayLike | None) -> float:
    """Of log_hr, by Lin and Wei 1989: the squared influences of all people, or of all clusters of rows, summed."""
    influence = score_residuals(people, terms, log_hr) / terms.likelihood(log_hr).information
    if cluster is not None:
        labels = np.asarray(cluster)
        if len(labels) != len(influence):
            raise Fault(f"There are {len(influence)} people but {len(labels)} clusters: give one for every person.")
        influence = np.bincount(np.unique(labels, return_inverse=True)[1].reshape(-1)[people.order], influence)
    return float(influence @ influence)


def score_residuals(people: TwoArms, terms: Terms, log_hr: float) -> Floats:
    """One for each sorted row; they sum to 0 at the maximum. Therneau and Grambsch 2000, section 4.3, for both ties.

    A person's residual: at the own event, the arm less its mean among those at risk; less the same difference times
    the person's hazard, over all events at which the person was at risk. Efron's dying carry 1 - k/d in the k-th term.
    """
    rows, mean, hazard = people.rows, terms.means(log_hr), terms.hazards(log_hr)
    columns = people.table.shape[1]
    dying = _column_of(people, people.rows.time, "right") - 1  # the last column up to the own time
    entered = np.zeros_like(dying) if people.entry is None else _column_of(people, people.entry, "right")
    first = _column_of(people, np.full(len(dying), -np.inf), "left")
    residuals = np.zeros(len(rows.time))
    tied = np.maximum(np.bincount(terms.column, minlength=columns), 1)
    for arm in (0, 1):
        pull = (arm - mean) * hazard * np.exp(log_hr * arm)
        until = np.concatenate(([0.0], np.cumsum(np.bincount(terms.column, pull, columns))))
        spared = np.bincount(terms.column, pull * terms.out, columns)  # what the dying do not carry
        own = arm - np.bincount(terms.column, mean, columns) / tied
        mine = rows.arm == arm
        start = np.maximum(first, entered)[mine]
        residuals[mine] = until[start] - until[np.maximum(dying[mine] + 1, start)]
        died = mine & (rows.event == 1)
        residuals[died] += own[dying[died]] + spared[dying[died]]
    return residuals


def _column_of(people: TwoArms, times: Floats, side: Literal["left", "right"]) -> Integers:
    """Of each sorted row, how many columns of the risk table go before that time of its stratum."""
    found = np.empty(len(times), np.int64)
    for stratum in range(people.strata):
        start, end = np.searchsorted(people.table[STRATUM], (stratum, stratum + 1))
        mine = people.rows.stratum == stratum
        found[mine] = start + np.searchsorted(people.table[TIME, start:end], times[mine], side)
    return found
