"""Group-sequential boundaries: when to stop for benefit or for futility, what that costs, and what it does.

Boundaries of z in favour of the experimental arm; alpha is one-sided. A two-sided test at 0.05 stops for benefit by the
boundary of alpha = 0.025. P. C. O'Brien and T. R. Fleming, Biometrics 1979;35:549; S. J. Pocock, Biometrika
1977;64:191; S. K. Wang and A. A. Tsiatis, Biometrics 1987;43:193; J. L. Haybittle, BJR 1971;44:793; R. Peto and others,
BJC 1976;34:585; for futility S. Pampallona, A. A. Tsiatis and K. Kim, Drug Information Journal 2001;35:1113.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, assert_never

from scipy.special import ndtr, ndtri

from ...faults import Fault
from .checks import share, wanted_power
from .events import normal_sum
from .numerics import root
from .recursion import Crossing, Going, above, below, carried, crossing, looks, nobody_stopped
from .spending import HwangShihDeCani, LikeObrienFleming, LikePocock, PowerFamily, Spending, spent

_FARTHEST: Final = 37.0  # beyond it a normal tail is no number any more


@dataclass(frozen=True, slots=True)
class WangTsiatis:
    """c t^(delta - 1/2): delta = 0 is O'Brien and Fleming's boundary, 1/2 Pocock's."""

    delta: float


@dataclass(frozen=True, slots=True)
class HaybittlePeto:
    """The same high z at every look but the last, where alpha is met exactly."""

    z: float = 3.0


OBRIEN_FLEMING: Final = WangTsiatis(0.0)
POCOCK: Final = WangTsiatis(0.5)
Rule = WangTsiatis | HaybittlePeto | Spending


@dataclass(frozen=True, slots=True)
class Futility:
    """Stop for futility by spending 1 - power. binding: whoever crosses must stop, so that alpha may be spent on it."""

    spending: Spending
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A group-sequential plan.

    information: shares at the looks, the last 1. upper, lower: boundaries of z; lower is -inf without futility.
    drift: the expected z at the end under the alternative. inflation: information at the most, for that of the fixed
    design. under_null, under_alternative: chances to cross first at each look. expected_information: shares of the
    most, under the null hypothesis and under the alternative.
    """

    rule: Rule
    futility: Futility | None
    alpha: float
    power: float
    information: tuple[float, ...]
    upper: tuple[float, ...]
    lower: tuple[float, ...]
    drift: float
    inflation: float
    under_null: Crossing
    under_alternative: Crossing
    expected_information: tuple[float, float]

    @property
    def levels(self) -> tuple[float, ...]:
        """The one-sided p value at which each look stops for benefit."""
        return tuple(float(ndtr(-z)) for z in self.upper)


def plan(
    information: Sequence[float], rule: Rule, alpha: float, power: float, futility: Futility | None = None
) -> Plan:
    """The plan of those looks: boundaries, and the drift at which it has the power. Raises Fault."""
    shares = looks(information)
    wanted_power(alpha, power)
    if shares[-1] != 1:
        raise Fault(f"The last look is at all of the information, 1, not at {shares[-1]:g}.")
    fixed = normal_sum(alpha, power)
    upper = _upper(shares, rule, alpha)

    def bounds(drift: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        if futility is None:
            return upper, (-inf,) * (len(shares) - 1) + (upper[-1],)
        return _with_futility(shares, upper, rule, alpha, 1 - power, futility, drift)

    def lacking(drift: float) -> float:
        high, low = bounds(drift)
        return crossing(shares, drift, low, high).any_upper - power

    drift = root(lacking, 0.0, 3 * fixed + 5)
    high, low = bounds(drift)
    null, other = crossing(shares, 0.0, low, high), crossing(shares, drift, low, high)
    none = (-inf,) * len(shares) if futility is None else low
    return Plan(
        rule, futility, alpha, power, shares, high, none, drift, (drift / fixed) ** 2,
        null, other, (_expected(shares, null), _expected(shares, other)),
    )  # fmt: skip


def _expected(shares: tuple[float, ...], chances: Crossing) -> float:
    stopping = [up + down for up, down in zip(chances.upper, chances.lower, strict=True)][:-1]
    return sum(at * chance for at, chance in zip(shares, stopping, strict=False)) + (1 - sum(stopping)) * shares[-1]


# ---------------------------------------------------------------- benefit
def benefit_bounds(information: Sequence[float], rule: Rule, alpha: float) -> tuple[float, ...]:
    """The boundary for benefit alone, without futility: crossed by chance with alpha altogether. Raises Fault."""
    shares = looks(information)
    share("alpha", alpha)
    return _upper(shares, rule, alpha)


def _upper(shares: tuple[float, ...], rule: Rule, alpha: float) -> tuple[float, ...]:
    match rule:
        case WangTsiatis(delta):
            shape = [(t / shares[-1]) ** (delta - 0.5) for t in shares]
            return _scaled(shares, shape, alpha)
        case HaybittlePeto(z):
            return _haybittle_peto(shares, z, alpha)
        case LikeObrienFleming() | LikePocock() | HwangShihDeCani() | PowerFamily():
            return _spent_upper(shares, [spent(rule, alpha, t) for t in shares])
    assert_never(rule)


def _scaled(shares: tuple[float, ...], shape: Sequence[float], alpha: float) -> tuple[float, ...]:
    """The multiple of a shape that is crossed by chance with alpha."""

    def spare(scale: float) -> float:
        return _by_chance(shares, [scale * each for each in shape]) - alpha

    # One look alone would be at z_alpha; with all looks equal, Bonferroni's z is more than enough.
    least, most = -ndtri(alpha), -ndtri(alpha / len(shares)) / min(shape)
    scale = root(spare, min(0.0, least), max(most, least) + 1e-9) if len(shares) > 1 else least
    return tuple(float(scale * each) for each in shape)


def _haybittle_peto(shares: tuple[float, ...], z: float, alpha: float) -> tuple[float, ...]:
    early = [z] * (len(shares) - 1)

    def spare(last: float) -> float:
        return _by_chance(shares, [*early, last]) - alpha

    if spare(_FARTHEST) >= 0:
        raise Fault(f"The looks before the last spend all of alpha {alpha:g} with z at {z:g}: name a higher z.")
    return (*early, root(spare, -_FARTHEST, _FARTHEST))


def _by_chance(shares: Sequence[float], upper: Sequence[float]) -> float:
    return crossing(shares, 0.0, [-inf] * len(shares), upper).any_upper


def _spent_upper(shares: tuple[float, ...], spending: Sequence[float]) -> tuple[float, ...]:
    """The boundary that spends so much by each look, under the null hypothesis and without futility."""
    found: list[float] = []
    going, before = nobody_stopped(), 0.0
    for number, (at, total) in enumerate(zip(shares, spending, strict=True)):
        found.append(_z_for(going, at, total - before))
        before = total
        if number + 1 < len(shares):
            going = carried(going, at, 0.0, -inf, found[-1], shares[number + 1])
    return tuple(found)


def _z_for(going: Going, at: float, chance: float, drift: float = 0.0, lower: bool = False) -> float:
    """The z that is crossed at a look with that chance: upwards, or downwards; out of reach where nothing is spent."""
    side = below if lower else above
    if chance <= 0 or side(going, at, drift, -_FARTHEST if lower else _FARTHEST) >= chance:
        return -inf if lower else inf
    if side(going, at, drift, _FARTHEST if lower else -_FARTHEST) <= chance:
        return inf if lower else -inf
    if len(going.masses) == 1 and drift == 0.0 and not lower:
        return float(-ndtri(chance))
    return root(lambda z: side(going, at, drift, z) - chance, -_FARTHEST, _FARTHEST)


# ---------------------------------------------------------------- futility
def _with_futility(
    shares: tuple[float, ...], upper: tuple[float, ...], rule: Rule, alpha: float, beta: float,
    futility: Futility, drift: float,
) -> tuple[tuple[float, ...], tuple[float, ...]]:  # fmt: skip
    """Both boundaries at a drift; at the last look they meet. Binding ones are found together, look by look."""
    if futility.binding and isinstance(rule, WangTsiatis | HaybittlePeto):
        raise Fault("Binding futility needs a spending function for benefit: name one, or do without binding.")
    highs, lows = [], []
    null = other = nobody_stopped()
    spent_alpha = spent_beta = 0.0
    for number, at in enumerate(shares):
        last = number + 1 == len(shares)
        high = upper[number]
        if futility.binding and not isinstance(rule, WangTsiatis | HaybittlePeto):
            high = _z_for(null, at, spent(rule, alpha, at) - spent_alpha)
            spent_alpha = spent(rule, alpha, at)
        used = spent(futility.spending, beta, at)
        low = high if last else min(high, _z_for(other, at, used - spent_beta, drift, lower=True))
        spent_beta = used
        highs.append(high)
        lows.append(low)
        if not last:
            null = carried(null, at, 0.0, low, high, shares[number + 1])
            other = carried(other, at, drift, low, high, shares[number + 1])
    return tuple(highs), tuple(lows)


def evenly_spaced(number: int) -> tuple[float, ...]:
    """So many looks after equal shares of the information, the last at all of it. Raises Fault."""
    if not 1 <= number <= 20:
        raise Fault(f"There are 1 to 20 looks, not {number}.")
    return tuple((look + 1) / number for look in range(number))
