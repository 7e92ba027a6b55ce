"""True, false and unknown: Kleene's strong logic, written as tables."""

from collections.abc import Iterable
from enum import Enum
from typing import Final


class Truth(Enum):
    """One of three truths. Unknown is never silently turned into "no match"."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("a Truth has three values: compare it with TRUE, FALSE or UNKNOWN by name")

    __hash__ = object.__hash__  # an Enum's own hash is a Python call, and truths are keys of every table here

    def __repr__(self) -> str:
        return self.name


TRUE: Final = Truth.TRUE
FALSE: Final = Truth.FALSE
UNKNOWN: Final = Truth.UNKNOWN

# S. C. Kleene, Introduction to Metamathematics (1952), section 64: the strong tables.
AND: Final = {
    (TRUE, TRUE): TRUE,       (TRUE, UNKNOWN): UNKNOWN,    (TRUE, FALSE): FALSE,
    (UNKNOWN, TRUE): UNKNOWN, (UNKNOWN, UNKNOWN): UNKNOWN, (UNKNOWN, FALSE): FALSE,
    (FALSE, TRUE): FALSE,     (FALSE, UNKNOWN): FALSE,     (FALSE, FALSE): FALSE,
}  # fmt: skip

OR: Final = {
    (TRUE, TRUE): TRUE,    (TRUE, UNKNOWN): TRUE,       (TRUE, FALSE): TRUE,
    (UNKNOWN, TRUE): TRUE, (UNKNOWN, UNKNOWN): UNKNOWN, (UNKNOWN, FALSE): UNKNOWN,
    (FALSE, TRUE): TRUE,   (FALSE, UNKNOWN): UNKNOWN,   (FALSE, FALSE): FALSE,
}  # fmt: skip

NOT: Final = {TRUE: FALSE, UNKNOWN: UNKNOWN, FALSE: TRUE}


def both(truths: Iterable[Truth]) -> Truth:
    """Kleene's AND over any number of truths; TRUE of none."""
    result = TRUE
    for truth in truths:
        result = AND[result, truth]
    return result


def either(truths: Iterable[Truth]) -> Truth:
    """Kleene's OR over any number of truths; FALSE of none."""
    result = FALSE
    for truth in truths:
        result = OR[result, truth]
    return result


def agreed(truths: Iterable[Truth]) -> Truth:
    """What all readings say, when they say the same; else UNKNOWN (also of no reading at all)."""
    different = set(truths)
    return different.pop() if len(different) == 1 else UNKNOWN


def truth_of(answer: bool | None) -> Truth:
    """The truth of a Python answer; None is unknown."""
    return UNKNOWN if answer is None else TRUE if answer else FALSE
