"""How much of an error may be spent by a given share of the information: spending functions, as values.

K. K. G. Lan and D. L. DeMets, Biometrika 1983;70:659; I. K. Hwang, W. J. Shih and J. S. DeCani, Statistics in Medicine
1990;9:1439; K. Kim and D. L. DeMets, Biometrika 1987;74:149.
"""

from dataclasses import dataclass
from math import e, exp, expm1, log1p, sqrt
from typing import assert_never

from scipy.special import ndtr, ndtri

from ...faults import Fault
from .checks import share


@dataclass(frozen=True, slots=True)
class LikeObrienFleming:
    """Lan and DeMets' like O'Brien and Fleming: 2 (1 - Phi(z_{a/2} / sqrt(t))); gsDesign's sfLDOF."""


@dataclass(frozen=True, slots=True)
class LikePocock:
    """Lan and DeMets' like Pocock: a ln(1 + (e - 1) t)."""


@dataclass(frozen=True, slots=True)
class HwangShihDeCani:
    """a (1 - exp(-g t)) / (1 - exp(-g)), a t where g is 0: g = -4 spends late, 1 early."""

    gamma: float


@dataclass(frozen=True, slots=True)
class PowerFamily:
    """a t^rho: rho = 3 is like O'Brien and Fleming, 1 like Pocock. Raises Fault unless rho is above 0."""

    rho: float

    def __post_init__(self) -> None:
        if not self.rho > 0:
            raise Fault(f"The exponent of the power family is above 0, not {self.rho:g}.")


Spending = LikeObrienFleming | LikePocock | HwangShihDeCani | PowerFamily


def spent(rule: Spending, error: float, information: float) -> float:
    """How much of the error is spent by that share of the information (0 to 1; all of it from 1 on). Raises Fault."""
    share("The error to be spent", error)
    if information < 0:
        raise Fault(f"A share of the information is at least 0, not {information:g}.")
    if information == 0 or information >= 1:
        return error if information else 0.0
    match rule:
        case LikeObrienFleming():
            return 2 * float(ndtr(ndtri(error / 2) / sqrt(information)))
        case LikePocock():
            return error * log1p((e - 1) * information)
        case HwangShihDeCani(gamma):
            return error * (information if gamma == 0 else _shih(gamma, information))
        case PowerFamily(rho):
            return error * information**rho
    assert_never(rule)


def _shih(gamma: float, information: float) -> float:
    """expm1(-g t) / expm1(-g), without overflow where g is far below 0."""
    if gamma > -500:
        return expm1(-gamma * information) / expm1(-gamma)
    return exp(gamma * (1 - information))
