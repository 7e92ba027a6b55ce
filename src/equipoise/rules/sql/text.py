"""The words of SQL that everything here is put together from. Truths are 2, 1 and 0: true, unknown and false."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

from ..tables import DECIMALS, LARGEST

TRUE_: Final = "2"
UNKNOWN_: Final = "1"
FALSE_: Final = "0"


def day(ordinal: int) -> str:
    """The literal of a day."""
    return f"DATE '{date.fromordinal(ordinal).isoformat()}'"


def word(text: str) -> str:
    """The literal of a text."""
    return "'" + text.replace("'", "''") + "'"


def words(texts: Iterable[str]) -> str:
    """A list of literals, as IN takes it."""
    return ", ".join(word(text) for text in texts)


def number(value: Decimal) -> str:
    """The literal of a number; with a point, so that both engines take it for an exact decimal."""
    text = f"{value.normalize():f}"
    return text if "." in text else f"{text}.0"


def rounded(value: Fraction, up: bool) -> tuple[str, bool]:
    """The literal of the nearest number that the columns can hold, at or above (below) the value; is it the value?"""
    scaled = value * 10**DECIMALS
    whole = ceil(scaled) if up else floor(scaled)
    limit = int(LARGEST) * 10**DECIMALS
    held = min(max(whole, -limit), limit)  # a number in the tables is smaller than LARGEST
    return number(Decimal(held).scaleb(-DECIMALS)), scaled.denominator == 1 and held == whole


def case(branches: Sequence[tuple[str, str]], otherwise: str) -> str:
    """CASE WHEN ... THEN ... ELSE ... END; what can never hold is left out, what always holds ends it."""
    kept: list[tuple[str, str]] = []
    for condition, result in branches:
        if condition == "FALSE":
            continue
        if condition == "TRUE":
            otherwise = result
            break
        kept.append((condition, result))
    while kept and kept[-1][1] == otherwise:
        kept.pop()
    if not kept:
        return otherwise
    return (
        "CASE " + " ".join(f"WHEN {condition} THEN {result}" for condition, result in kept) + f" ELSE {otherwise} END"
    )


def all_of(conditions: Iterable[str]) -> str:
    """AND, without what always holds."""
    kept = [condition for condition in conditions if condition != "TRUE"]
    if "FALSE" in kept:
        return "FALSE"
    return " AND ".join(f"({each})" if " OR " in each else each for each in kept) or "TRUE"


def any_of(conditions: Iterable[str]) -> str:
    """OR, without what never holds."""
    kept = [condition for condition in conditions if condition != "FALSE"]
    if "TRUE" in kept:
        return "TRUE"
    return " OR ".join(f"({each})" if " AND " in each else each for each in kept) or "FALSE"


def negated(truth: str) -> str:
    """NOT of a truth."""
    return {TRUE_: FALSE_, FALSE_: TRUE_, UNKNOWN_: UNKNOWN_}.get(truth, f"(2 - {truth})")


def least(truths: Sequence[str]) -> str:
    """AND of truths: the least of them."""
    return truths[0] if len(truths) == 1 else f"least({', '.join(truths)})"


def greatest(truths: Sequence[str]) -> str:
    """OR of truths: the greatest of them."""
    return truths[0] if len(truths) == 1 else f"greatest({', '.join(truths)})"
