"""How many events a log-rank test needs under proportional hazards, and its power with so many: closed forms.

alpha is one-sided throughout: a two-sided test at 0.05 is alpha = 0.025. ratio: people in the experimental arm for one
in the control arm.
"""

from math import log, sqrt

from scipy.special import ndtr, ndtri

from ...faults import Fault
from .checks import effect, positive, share, wanted_power


def ratio_of_survivals(control: float, experimental: float) -> float:
    """The hazard ratio that turns one share without an event into another at the same time: ln(e) / ln(c)."""
    share("The control arm's share without an event", control)
    share("The experimental arm's share without an event", experimental)
    return log(experimental) / log(control)


def normal_sum(alpha: float, power: float) -> float:
    """The sum of the two normal quantiles, of 1 - alpha and of the power. Raises Fault."""
    wanted_power(alpha, power)
    return float(ndtri(1 - alpha) + ndtri(power))


def schoenfeld_events(hazard_ratio: float, alpha: float, power: float, ratio: float = 1.0) -> float:
    """D. A. Schoenfeld, Biometrika 1981;68:316: (z_a + z_b)^2 (1 + r)^2 / (r ln(HR)^2). Raises Fault."""
    effect(hazard_ratio)
    return normal_sum(alpha, power) ** 2 * (1 + positive("The ratio", ratio)) ** 2 / (ratio * log(hazard_ratio) ** 2)


def freedman_events(hazard_ratio: float, alpha: float, power: float, ratio: float = 1.0) -> float:
    """L. S. Freedman, Statistics in Medicine 1982;1:121: (z_a + z_b)^2 (1 + r HR)^2 / (r (1 - HR)^2). Raises Fault."""
    effect(hazard_ratio)
    spread = (1 + positive("The ratio", ratio) * hazard_ratio) ** 2 / (ratio * (1 - hazard_ratio) ** 2)
    return normal_sum(alpha, power) ** 2 * spread


def hsieh_freedman_events(hazard_ratio: float, alpha: float, power: float, ratio: float = 1.0) -> float:
    """F. Y. Hsieh, Statistics in Medicine 1992;11:1091: Freedman's events at 1:1, times (1 + r)^2 / (4 r).

    Raises Fault.
    """
    return freedman_events(hazard_ratio, alpha, power) * (1 + positive("The ratio", ratio)) ** 2 / (4 * ratio)


def schoenfeld_drift(events: float, hazard_ratio: float, ratio: float = 1.0) -> float:
    """The expected z of the log-rank test with so many events: above 0 where the experimental arm does better."""
    if events < 0:
        raise Fault(f"The number of events is at least 0, not {events:g}.")
    return -log(positive("The hazard ratio", hazard_ratio)) * sqrt(events * ratio) / (1 + positive("The ratio", ratio))


def schoenfeld_power(events: float, hazard_ratio: float, alpha: float, ratio: float = 1.0) -> float:
    """The power of the log-rank test with so many events, by Schoenfeld's formula: for the better arm. Raises Fault."""
    drift = abs(schoenfeld_drift(events, hazard_ratio, ratio))
    return float(ndtr(drift - ndtri(1 - share("alpha", alpha))))
