"""What evaluating a rule gives: a truth, the facts it rests on, and for an unknown what would settle it."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from ..dates import Span
from ..facts import Fact
from ..truth import FALSE, TRUE, UNKNOWN, Truth
from .nodes import Rule

Reason = Literal["", "missing", "stale", "imprecise", "uncheckable", "conflicting", "judgement"]


class Want(NamedTuple):
    """What would settle an unknown: a fact of this concept (this field of it), wanted for this reason."""

    concept: str
    field: str
    reason: Reason


class Finding(NamedTuple):
    """The truth of one rule about one case, and how it came about.

    facts: the evidence. parts: the findings of the rules within. wants: what would settle an unknown.
    assumed: what was taken for granted. seen: the facts that were looked at and lay outside the window.
    why: for an unknown, more about the reason, as a clause. moment: the days a window or duration is counted from.
    """

    truth: Truth
    rule: Rule
    reason: Reason = ""
    facts: tuple[Fact, ...] = ()
    parts: tuple["Finding", ...] = ()
    wants: tuple[Want, ...] = ()
    assumed: tuple[str, ...] = ()
    seen: tuple[Fact, ...] = ()
    why: str = ""
    moment: Span | None = None


class Judged(NamedTuple):
    """What one fact says: its truth, and for an unknown the reason, and what would settle it.

    within: the finding of the conditions that a record had to fulfil.
    """

    truth: Truth
    reason: Reason = ""
    why: str = ""
    wants: tuple[Want, ...] = ()
    within: Finding | None = None


YES_: Final = Judged(TRUE)
NO_: Final = Judged(FALSE)
JUDGED: Final = {TRUE: YES_, FALSE: NO_, UNKNOWN: Judged(UNKNOWN, "imprecise")}


def settled(
    rule: Rule,
    truth: Truth,
    facts: Iterable[Fact],
    parts: Sequence[Finding] = (),
    assumption: str = "",
    moment: Span | None = None,
) -> Finding:
    """A finding that is true or false, with the assumptions of its parts and its own."""
    return Finding(truth, rule, "", tuple(facts), tuple(parts), (), assumed_by(parts, assumption), (), "", moment)


def left_open(
    rule: Rule,
    reason: Reason,
    wants: Iterable[Want],
    facts: Iterable[Fact] = (),
    parts: Sequence[Finding] = (),
    why: str = "",
    moment: Span | None = None,
    seen: Iterable[Fact] = (),
) -> Finding:
    """A finding that is unknown, with its reason and what would settle it, each thing once."""
    wanted = tuple(dict.fromkeys(wants))
    return Finding(UNKNOWN, rule, reason, tuple(facts), tuple(parts), wanted, (), tuple(seen), why, moment)


def facts_of(parts: Sequence[Finding]) -> tuple[Fact, ...]:
    """The evidence of several findings, each fact once."""
    return tuple({id(fact): fact for part in parts for fact in part.facts}.values())


def assumed_by(parts: Sequence[Finding], assumption: str = "") -> tuple[str, ...]:
    """The assumptions of several findings, and one more, each once."""
    texts = [text for part in parts for text in part.assumed]
    if assumption:
        texts.append(assumption)
    return tuple(dict.fromkeys(texts)) if texts else ()
