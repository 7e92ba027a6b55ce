"""How an estimate is given: its interval, its test, and the few words by which both are told.

What cannot be estimated is None, never NaN; the result's `sentence` then says why.
"""

from dataclasses import dataclass
from math import erfc, isfinite, sqrt
from typing import Final

from scipy.special import ndtri

from ..faults import Fault

LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval. None: that end is not known (it lies beyond what was seen)."""

    low: float | None
    high: float | None
    level: float = LEVEL

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return f"no {self.level * 100:g} % interval"
        low, high = ("not reached" if end is None else number_text(end) for end in (self.low, self.high))
        return f"{self.level * 100:g} % interval {low} to {high}"


@dataclass(frozen=True, slots=True)
class Test:
    """A two-sided test: z where it has a sign (else None), chi-square with its degrees of freedom, p."""

    __test__ = False  # it is no test of pytest's

    chi_square: float
    p: float
    z: float | None = None
    df: int = 1

    def __str__(self) -> str:
        return p_text(self.p)


def z_test(estimate: float, se: float) -> Test | None:
    """estimate / se against the normal distribution; None where that is no number."""
    if not (isfinite(estimate) and isfinite(se) and se > 0.0):
        return None
    z = estimate / se
    return Test(z * z, erfc(abs(z) / sqrt(2.0)), z)


def chi_square_test(statistic: float) -> Test:
    """A chi-square with one degree of freedom that has no sign."""
    return Test(statistic, erfc(sqrt(max(statistic, 0.0) / 2.0)))


def z_of(level: float) -> float:
    """How many standard errors an interval of that level reaches to each side, say 1.96."""
    if not 0.0 < level < 1.0:
        raise Fault(f"An interval's level lies between 0 and 1, as 0.95 does; {level:g} does not.")
    return float(ndtri(0.5 + level / 2.0))


def known(value: float) -> float | None:
    """None for what is no number."""
    return float(value) if isfinite(value) else None


def number_text(value: float | None) -> str:
    """Three significant digits; an end that is not known is told in words."""
    if value is None:
        return "unknown"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def p_text(p: float) -> str:
    """`p = 0.012`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
