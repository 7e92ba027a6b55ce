"""What the data so far say of the end: conditional power for an assumed effect, and predictive power over many.

The B value of a look is Z sqrt(t), a Brownian motion whose drift is the expected z at the end (K. K. G. Lan and
J. Wittes, Biometrics 1988;44:579). Predictive power: D. J. Spiegelhalter, L. S. Freedman and P. R. Blackburn,
Controlled Clinical Trials 1986;7:8.
"""

from math import inf, isfinite, sqrt

from scipy.special import ndtr, ndtri

from ...faults import Fault
from .checks import positive, share
from .recursion import crossing, nobody_stopped
from .sequential import Plan


def conditional_power(z: float, information: float, drift: float, alpha: float) -> float:
    """The chance to end above z_alpha, given z at a share of the information. Raises Fault.

    drift: the expected z at the end. At information 1 nothing is left to chance: it is 0 or 1. alpha: one-sided.
    """
    _seen(z, information)
    bound = float(-ndtri(share("alpha", alpha)))
    if information == 1:
        return float(z >= bound)
    left = 1 - information
    return float(ndtr((z * sqrt(information) + drift * left - bound) / sqrt(left)))


def trend(z: float, information: float) -> float:
    """The drift that the data so far point to: z / sqrt(t). Raises Fault before any information."""
    _seen(z, information)
    if information == 0:
        raise Fault("Before any information there is no trend: name the effect that is assumed.")
    return z / sqrt(information)


def predictive_power(
    z: float, information: float, alpha: float, prior_drift: float = 0.0, prior_spread: float = inf
) -> float:
    """The conditional power, averaged over what is believed of the drift after the data. Raises Fault.

    The drift is normal before them, with a mean and a standard deviation; infinite: nothing was known.
    alpha: one-sided.
    """
    _seen(z, information)
    if not prior_spread > 0:
        raise Fault(f"The prior's standard deviation is above 0, not {prior_spread:g}.")
    weight = 1 / prior_spread**2
    if information == 0 and weight == 0:
        raise Fault("Before any information a prior must say what is believed of the effect.")
    bound = float(-ndtri(share("alpha", alpha)))
    if information == 1:
        return float(z >= bound)
    mean = (z * sqrt(information) + prior_drift * weight) / (information + weight)
    left = 1 - information
    spread = sqrt(left + left**2 / (information + weight))
    return float(ndtr((z * sqrt(information) + mean * left - bound) / spread))


def conditional_power_of_plan(z: float, information: float, plan: Plan, drift: float) -> float:
    """The chance to cross the boundary for benefit at a later look, given z at a share of the information.

    Looks up to that share are over. Whoever crosses the boundary for futility on the way stops, binding or not. At
    information 1 it is 0 or 1, by the last boundary. Raises Fault.
    """
    _seen(z, information)
    if information == 1:
        return float(z >= plan.upper[-1])
    first = next(number for number, at in enumerate(plan.information) if at > information)
    lower = (*plan.lower[first:-1], -inf)
    start = nobody_stopped(z, information)
    return crossing(plan.information[first:], drift, lower, plan.upper[first:], start).any_upper


def information_of_events(events: float, planned: float) -> float:
    """The share of the information: events over planned ones, at most 1. Raises Fault."""
    positive("The number of planned events", planned)
    if events < 0:
        raise Fault(f"The number of events is at least 0, not {events:g}.")
    return min(1.0, events / planned)


def _seen(z: float, information: float) -> None:
    if not isfinite(z):
        raise Fault("The z of the look is a number.")
    if not 0 <= information <= 1:
        raise Fault(f"The share of the information lies between 0 and 1, not at {information:g}.")
