"""The planned looks of a trial with their boundaries for benefit, in z of the log-rank test, positive for benefit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from ..protocol.comparisons import PlannedLook, Spending
from .design.sequential import benefit_bounds
from .design.spending import LikeObrienFleming, LikePocock

_RULES: Final = {"obrien_fleming": LikeObrienFleming(), "pocock": LikePocock()}


@dataclass(frozen=True, slots=True)
class Bound:
    """A look and the z at which it stops for benefit; infinite where it cannot stop."""

    look: PlannedLook
    information: float
    z: float


def bounds_of(looks: Sequence[PlannedLook], alpha: float) -> tuple[Bound, ...]:
    """The looks with their bounds. alpha: one-sided, spent in all. An interim look that spends nothing cannot stop."""
    if not looks:
        return ()
    stopping = [look for look in looks[:-1] if look.spending != "none"] + [looks[-1]]
    shares = [float(look.information) / float(looks[-1].information) for look in stopping]
    z = benefit_bounds(shares, _RULES[_spending(looks)], alpha)
    at = {look.id: bound for look, bound in zip(stopping, z, strict=True)}
    return tuple(Bound(look, float(look.information), at.get(look.id, inf)) for look in looks)


def _spending(looks: Sequence[PlannedLook]) -> Spending:
    """How the error is spent: as the first look says that spends any; at one look alone every way is the same."""
    stated: list[Spending] = [look.spending for look in looks if look.spending != "none"]
    return stated[0] if stated else "obrien_fleming"
