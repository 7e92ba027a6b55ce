"""Two Kaplan-Meier curves at one time: the difference, and its test on five scales.

    >>> from equipoise.analysis.followed import two_arms
    >>> people = two_arms([5, 8, 12, 20, 3, 9, 7, 21], [1, 1, 0, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1])
    >>> found = compare_at(people, 10)
    >>> found.difference, [at.survival for at in found.arms]
    (0.25, [0.25, 0.5])

Klein, Logan, Harhoff and Andersen 2007, who found that in small trials the linear test rejects too often and the
complementary log-log one, the default of the sentence, holds its level better.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import asin, log, sqrt
from typing import Final

from ..faults import Fault
from .estimate import LEVEL, Interval, Test, number_text, p_text, z_of, z_test
from .followed import TwoArms
from .kaplan_meier import AtTime, kaplan_meier


@dataclass(frozen=True, slots=True)
class Scale:
    """A transformation of the survival and the size of its derivative, both where 0 < survival < 1.

    The complementary log-log falls as the survival rises: its z has the other sign, as in Klein's formulas.
    """

    name: str
    of: Callable[[float], float]
    slope: Callable[[float], float]


LINEAR = Scale("linear", lambda s: s, lambda s: 1.0)
LOG = Scale("log", log, lambda s: 1.0 / s)
COMPLEMENTARY_LOG_LOG = Scale("complementary log-log", lambda s: log(-log(s)), lambda s: 1.0 / (s * log(s)))
ARCSINE = Scale("arcsine", lambda s: asin(sqrt(s)), lambda s: 0.5 / sqrt(s * (1.0 - s)))
LOGIT = Scale("logit", lambda s: log(s / (1.0 - s)), lambda s: 1.0 / (s * (1.0 - s)))
SCALES: Final = (LINEAR, LOG, COMPLEMENTARY_LOG_LOG, ARCSINE, LOGIT)


@dataclass(frozen=True, slots=True)
class FixedTime:
    """difference: survival of arm 1 less that of arm 0; std_error and interval are of it (Greenwood, linear scale).

    tests: by scale, each None where an arm has not moved from 1 or has reached 0 there. z keeps Klein's signs: positive
    when arm 1 fares better, but for the complementary log-log one, which is negative then.
    """

    time: float
    arms: tuple[AtTime, AtTime]
    difference: float
    std_error: float
    interval: Interval
    tests: tuple[tuple[Scale, Test | None], ...]

    def test(self, scale: Scale) -> Test | None:
        return dict(self.tests)[scale]

    @property
    def sentence(self) -> str:
        test = self.test(COMPLEMENTARY_LOG_LOG)
        p = f"complementary log-log {p_text(test.p)}" if test else "no test: an arm is at 0 or 1"
        control, treated = (number_text(at.survival) for at in self.arms)
        return (
            f"At {number_text(self.time)} the probability of no event is {treated} in arm 1 and {control} in arm 0: "
            f"difference {number_text(self.difference)} ({self.interval}, {p})."
        )


def compare_at(people: TwoArms, time: float, *, level: float = LEVEL) -> FixedTime:
    """The arms at a time to which both were followed (or at which a curve has reached 0); unstratified."""
    z = z_of(level)
    control, treated = (kaplan_meier(people.arm(arm), level=level).at(time) for arm in (0, 1))
    for arm, at in enumerate((control, treated)):
        if at.survival is None:
            raise Fault(f"Nobody in arm {arm} was followed up to {time:g}: choose an earlier time.")
    assert control.survival is not None and treated.survival is not None
    difference = treated.survival - control.survival
    variance = sum(at.std_error**2 for at in (control, treated) if at.std_error)
    half = z * sqrt(variance)
    interval = Interval(difference - half, difference + half, level)
    tests = tuple((scale, _test(scale, control, treated)) for scale in SCALES)
    return FixedTime(time, (control, treated), difference, sqrt(variance), interval, tests)


def _test(scale: Scale, control: AtTime, treated: AtTime) -> Test | None:
    moved, variance = 0.0, 0.0
    for sign, at in ((-1.0, control), (1.0, treated)):
        survival, std_error = at.survival or 0.0, at.std_error or 0.0
        if scale is not LINEAR and not 0.0 < survival < 1.0:
            return None
        moved += sign * scale.of(survival)
        variance += (scale.slope(survival) * std_error) ** 2
    return z_test(moved, sqrt(variance))
