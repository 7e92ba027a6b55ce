"""How many people a log-rank test needs, with accrual, follow-up and loss; and the power of so many.

"Lachin-Foulkes" is not one number: the variant here compares the logarithm of the hazard ratio, with its variance under
the null hypothesis at the average hazard (J. M. Lachin and M. A. Foulkes, Biometrics 1986;42:507; as in gsDesign's
nSurv and nSurvival "rr"). Their comparison of the difference of hazards is `rate_difference_people`.
"""

from dataclasses import dataclass
from math import ceil, log, sqrt
from typing import Final, Literal

from scipy.special import ndtr, ndtri

from ...faults import Fault
from .checks import effect, positive, share, wanted_power
from .events import freedman_events, hsieh_freedman_events, normal_sum, schoenfeld_events
from .hazards import Hazard, constant
from .scenario import Scenario, event_chance, event_chances

Method = Literal["schoenfeld", "freedman", "hsieh-freedman", "lachin-foulkes", "bernstein-lagakos"]

# By the number of events alone: the events that are needed for a hazard ratio, whatever the rates.
_EVENTS: Final = {
    "schoenfeld": schoenfeld_events, "freedman": freedman_events, "hsieh-freedman": hsieh_freedman_events,
}  # fmt: skip
METHODS: Final[dict[Method, str]] = {
    "schoenfeld": "Schoenfeld 1981",
    "freedman": "Freedman 1982",
    "hsieh-freedman": "Hsieh 1992, after Freedman",
    "lachin-foulkes": "Lachin and Foulkes 1986: log hazard ratio, null variance at the average hazard",
    "bernstein-lagakos": "Bernstein and Lagakos 1978: log hazard ratio, null variance at the control hazard",
}


@dataclass(frozen=True, slots=True)
class Size:
    """How many people and events a design needs, before anything is rounded; events: control and experimental."""

    method: Method
    people: float
    events: tuple[float, float]

    @property
    def all_events(self) -> float:
        return sum(self.events)


def size(scenario: Scenario, method: Method, alpha: float, power: float) -> Size:
    """The people that a scenario with proportional hazards needs for that power; alpha one-sided. Raises Fault.

    By events ("schoenfeld", "freedman", "hsieh-freedman"): their number, over the chance of one. The others:
    n = ((z_a sqrt(V0) + z_b sqrt(V1)) / ln(HR))^2 with V = 1/(share p) summed over the arms, p the chance of an event.
    """
    wanted_power(alpha, power)
    ratio = effect(_proportional(scenario))
    chances = _some(event_chances(scenario))
    each = tuple(share_ * chance for share_, chance in zip(scenario.shares, chances, strict=True))
    if method in _EVENTS:
        people = _EVENTS[method](ratio, alpha, power, scenario.ratio) / sum(each)
    else:
        null, other = _variances(scenario, method, ratio)
        people = ((ndtri(1 - alpha) * sqrt(null) + ndtri(power) * sqrt(other)) / log(ratio)) ** 2
    return Size(method, float(people), (float(people * each[0]), float(people * each[1])))


def power_of(people: float, scenario: Scenario, method: Method, alpha: float) -> float:
    """The power of so many people by the same formula that gives their number; alpha one-sided. Raises Fault."""
    return float(ndtr(drift_of(people, scenario, method, alpha) - ndtri(1 - alpha)))


def drift_of(people: float, scenario: Scenario, method: Method, alpha: float) -> float:
    """The expected z of the log-rank test with so many people, as the formula sees it; alpha one-sided. Raises Fault.

    It is z_a + z_b for the power that the formula gives, so that looks may be planned by any of them.
    """
    positive("The number of people", people)
    level = float(ndtri(1 - share("alpha", alpha)))
    ratio = effect(_proportional(scenario))
    if method not in _EVENTS:
        null, other = _variances(scenario, method, ratio)
        return level + (abs(log(ratio)) * sqrt(people) - level * sqrt(null)) / sqrt(other)
    events = people * sum(s * c for s, c in zip(scenario.shares, event_chances(scenario), strict=True))
    # The number of events is (z_a + z_b)^2 times a factor of the method's own: that factor is read off at one power.
    return sqrt(events / _EVENTS[method](ratio, 0.025, 0.8, scenario.ratio)) * normal_sum(0.025, 0.8)


def rate_difference_people(
    control: float, experimental: float, scenario: Scenario, alpha: float, power: float, local: bool = False
) -> float:
    """Lachin and Foulkes' people for a difference of two constant hazards; gsDesign's nSurvival "rd". Raises Fault.

    The scenario gives entry, follow-up, loss and ratio. local: the variance under the alternative serves for both.
    """
    wanted_power(alpha, power)
    if positive("A hazard", control) == positive("A hazard", experimental):
        raise Fault("The two hazards are the same: no number of people can show a difference.")
    shares = scenario.shares
    average = shares[0] * control + shares[1] * experimental

    def variance(rate: float) -> float:
        return rate**2 / event_chance(scenario, constant(rate), scenario.total)

    other = variance(control) / shares[0] + variance(experimental) / shares[1]
    null = other if local else variance(average) / (shares[0] * shares[1])
    return float(((ndtri(1 - alpha) * sqrt(null) + ndtri(power) * sqrt(other)) / (control - experimental)) ** 2)


def even(people: float, ratio: float = 1.0) -> int:
    """People rounded up to whole groups of the allocation: pairs at 1:1, threes at 2:1. Raises Fault.

    A ratio that is no whole number (or one over it) rounds up to the next person. A rounding error of the computer's
    does not call for another group.
    """
    group = _group(ratio)
    return ceil((people - 1e-9) / group) * group


def _group(ratio: float) -> int:
    for one in (positive("The ratio", ratio), 1 / ratio):
        if abs(one - round(one)) < 1e-9:
            return round(one) + 1
    return 1


def _proportional(scenario: Scenario) -> float:
    if scenario.hazard_ratio is None:
        raise Fault(
            "These formulas are for proportional hazards: use the power of the log-rank test for hazards that are not."
        )
    return scenario.hazard_ratio


def _some(chances: tuple[float, float]) -> tuple[float, float]:
    if min(chances) <= 0:
        raise Fault("No event is expected in an arm within this follow-up: follow people longer.")
    return chances


def _variances(scenario: Scenario, method: Method, ratio: float) -> tuple[float, float]:
    """n times the variance of the log hazard ratio under the null hypothesis, and under the alternative."""
    control, experimental = scenario.shares
    average = control + experimental * ratio if method == "lachin-foulkes" else 1.0
    null = event_chance(scenario, _times(scenario.control, average), scenario.total)
    one, other = _some(event_chances(scenario))
    return (1 / control + 1 / experimental) / null, 1 / (control * one) + 1 / (experimental * other)


def _times(hazard: Hazard, by: float) -> Hazard:
    return Hazard(tuple(rate * by for rate in hazard.rates), hazard.until)
