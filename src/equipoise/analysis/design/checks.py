"""What a number of a design may be; what cannot be is refused with a sentence."""

from math import isfinite

from ...faults import Fault


def share(name: str, value: float) -> float:
    """The value, if it lies between 0 and 1 and is neither. Raises Fault."""
    if not 0 < value < 1:
        raise Fault(f"{name} is a share between 0 and 1, not {value:g}.")
    return value


def positive(name: str, value: float) -> float:
    """The value, if it is a number above 0. Raises Fault."""
    if not (isfinite(value) and value > 0):
        raise Fault(f"{name} is a number above 0, not {value:g}.")
    return value


def not_negative(name: str, value: float) -> float:
    """The value, if it is a number from 0 up. Raises Fault."""
    if not (isfinite(value) and value >= 0):
        raise Fault(f"{name} is a number of at least 0, not {value:g}.")
    return value


def effect(hazard_ratio: float) -> float:
    """A hazard ratio that is no difference at all needs infinitely many people. Raises Fault."""
    positive("The hazard ratio", hazard_ratio)
    if hazard_ratio == 1:
        raise Fault("A hazard ratio of 1 is no difference between the arms: no number of people can show one.")
    return hazard_ratio


def wanted_power(alpha: float, power: float) -> float:
    """The power, if it is a share above alpha: less would need no people at all. Raises Fault."""
    share("alpha", alpha)
    share("power", power)
    if power <= alpha:
        raise Fault(f"The power ({power:g}) must be above alpha ({alpha:g}): a coin thrown by chance has as much.")
    return power
