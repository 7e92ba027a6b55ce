"""Draws that give the same numbers on every machine: whole bits and decimals, no floating point.

`random.gauss` rests on the logarithm and the cosine of the machine's own library, whose last digit differs between
machines. Here every draw comes from `getrandbits` and every number is a decimal, computed in the context EXACT.
"""

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

EXACT: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)
_BITS: Final = 32
_ALL: Final = 1 << _BITS


class Chance:
    """One stream of draws; the same seed gives the same stream. To be used within `localcontext(EXACT)`."""

    def __init__(self, seed: str) -> None:
        self._source = random.Random(seed)

    def _bits(self) -> int:
        return self._source.getrandbits(_BITS)

    def happens(self, share: Decimal) -> bool:
        """True with the probability `share` (0 to 1)."""
        return self._bits() < share * _ALL

    def pick(self, weights: Sequence[tuple[str, Decimal]]) -> str:
        """One of the names, each as often as its weight says."""
        at = self._bits() * sum((weight for _, weight in weights), Decimal(0))
        for name, weight in weights:
            at -= weight * _ALL
            if at < 0:
                return name
        return weights[-1][0]

    def uniform(self, low: Decimal, high: Decimal) -> Decimal:
        """A number from low to high, each as likely."""
        return low + (high - low) * self._bits() / (_ALL - 1)

    def normal(self, mean: Decimal, sd: Decimal) -> Decimal:
        """A number of the normal distribution, as the sum of twelve uniform ones (so never beyond six sd)."""
        return mean + sd * self._standard()

    def lognormal(self, median: Decimal, sigma: Decimal) -> Decimal:
        """A positive number whose natural logarithm is normal with the standard deviation sigma."""
        return median * (sigma * self._standard()).exp(EXACT)

    def waiting(self, rate: Decimal) -> Decimal:
        """How long until what comes with this rate (per unit of time): exponential."""
        return -(Decimal(self._bits() + 1) / _ALL).ln(EXACT) / rate

    def _standard(self) -> Decimal:
        total = sum(self._bits() for _ in range(12))
        return Decimal(total - 6 * _ALL) / _ALL
