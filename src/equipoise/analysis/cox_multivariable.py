"""A Cox model of several covariates: fitted by statsmodels, which is asked for only here.

statsmodels comes with `pip install equipoise[multivariable]`. Ties by Efron or Breslow; checked against R's coxph.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from ..faults import Fault
from .cox import Ties
from .estimate import LEVEL, Interval, Test, number_text, p_text, z_of, z_test
from .followed import read_entries, read_marks, read_numbers, read_strata, read_times, refuse, same_length
from .kernels import Floats

_STEPS: Final = 40
_CLOSE: Final = 1e-9  # of coefficients per standard deviation
_SINGULAR: Final = 1e12


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Of one covariate, for each unit of it, the others held: hr = exp(log_hr)."""

    name: str
    log_hr: float
    se: float
    hr: float
    interval: Interval
    wald: Test | None

    @property
    def sentence(self) -> str:
        p = "p unknown" if self.wald is None else p_text(self.wald.p)
        return f"{self.name}: hazard ratio {number_text(self.hr)} ({self.interval}, {p})."


@dataclass(frozen=True, slots=True)
class MultivariableCox:
    """The coefficients in the order of the covariates that were given."""

    ties: Ties
    coefficients: tuple[Coefficient, ...]
    log_likelihood: float

    @property
    def sentence(self) -> str:
        return " ".join(one.sentence for one in self.coefficients)


def multivariable_cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: Mapping[str, ArrayLike],
    *,
    stratum: ArrayLike | Sequence[object] | None = None,
    entry: ArrayLike | None = None,
    ties: Ties = Ties.EFRON,
    level: float = LEVEL,
) -> MultivariableCox:
    """All arrays of one length; a covariate is a column of numbers, the arm (0, 1) being one of them.

    Raises Fault where statsmodels is not installed, a covariate never varies, or there is no finite maximum.
    """
    z, times, events = z_of(level), read_times(time), read_marks(event, "event", "1 for an event and 0 for none")
    same_length(times, {"events": events})
    columns = _columns(covariates, times)
    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    model = _model()(
        times,
        (columns - centre) / spread,
        status=events.astype(np.float64),
        ties=ties.value.lower(),
        strata=None if stratum is None else read_strata(stratum, times),
        entry=_after(read_entries(entry, times)),
    )
    scaled, covariance = _maximum(model)
    found = zip(covariates, scaled / spread, np.sqrt(np.diag(covariance)) / spread, strict=True)
    coefficients = tuple(_coefficient(name, float(beta), float(se), z, level) for name, beta, se in found)
    return MultivariableCox(ties, coefficients, float(model.loglike(scaled)))


def _columns(covariates: Mapping[str, ArrayLike], times: Floats) -> Floats:
    if not covariates:
        raise Fault("A Cox model needs at least one covariate, as the arm is.")
    for name, values in covariates.items():
        column = read_numbers(values, name)
        same_length(times, {f"values of {name}": column})
        refuse(~np.isfinite(column), column, f"has no usable {name}: give a number, or leave the row out")
        if np.ptp(column) == 0.0:
            raise Fault(f"The covariate {name} is {column[0]:g} for everybody: leave it out.")
    return np.column_stack([np.asarray(values, np.float64) for values in covariates.values()])


def _model() -> Any:
    try:
        from statsmodels.duration.hazard_regression import PHReg
    except ImportError:
        raise Fault(
            "A Cox model of several covariates needs statsmodels: pip install 'equipoise[multivariable]'."
        ) from None
    return PHReg


def _after(entry: Floats | None) -> Floats | None:
    """PHReg holds people at risk at their very entry; here (as in R) only after it."""
    return None if entry is None else np.where(np.isfinite(entry), np.nextafter(entry, np.inf), 0.0)


def _maximum(model: Any) -> tuple[Floats, Floats]:
    """Coefficients and their covariance. Newton's steps from 0, halved where they would not climb."""
    with np.errstate(all="ignore"):
        beta = np.zeros(model.exog.shape[1])
        height = model.loglike(beta)
        for _ in range(_STEPS):
            information = -model.hessian(beta)
            if not np.linalg.cond(information) < _SINGULAR:
                break
            step = np.linalg.solve(information, model.score(beta))
            while not (reached := model.loglike(beta + step)) >= height - 1e-9 * abs(height):
                step = step / 2.0
            beta, height = beta + step, reached
            if np.abs(step).max() < _CLOSE:
                return beta, np.linalg.inv(-model.hessian(beta))
    raise Fault(
        "The Cox model has no finite solution: one covariate, or several together, tell exactly who has events; "
        "leave one out."
    )


def _coefficient(name: str, beta: float, se: float, z: float, level: float) -> Coefficient:
    interval = Interval(exp(beta - z * se), exp(beta + z * se), level)
    return Coefficient(name, beta, se, exp(beta), interval, z_test(beta, se))
