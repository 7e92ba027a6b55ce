"""Which facts a look finds: surely in its window, perhaps in it, or outside; and which of them may be the latest."""

from collections.abc import Sequence
from typing import NamedTuple

from ..concepts import Concept
from ..dates import Duration, Span, shifted
from ..facts import Fact, is_record
from ..truth import FALSE, TRUE, UNKNOWN, Truth
from .case import Case, end_of, first_of, latest_of
from .findings import Want
from .nodes import HERE, Look, Moment, Window


class AtHand(NamedTuple):
    """The record that a `where` is about, and the concept that the look named: one that joins others has its fields."""

    fact: Fact
    holder: Concept


class Selection(NamedTuple):
    """The facts that a look finds; `lacking`: the moment of its window that is not on record."""

    sure: Sequence[Fact]
    maybe: Sequence[Fact] = ()
    outside: Sequence[Fact] = ()
    lacking: Want | None = None
    moment: Span | None = None

    @property
    def empty(self) -> bool:
        """Is no fact in the window, not even perhaps?"""
        return not self.sure and not self.maybe


def select(look: Look, case: Case) -> Selection:
    """The facts of the look's concept (those that state its field, where it names one) by its window."""
    now = look.window is None and look.selector == "latest"
    facts: Sequence[Fact] = case.of(look.concept) if now else case.over_time(look.concept)
    if look.field:
        no_by_absence = case.vocabulary[look.concept].fields[look.field].absence == "no"
        facts = tuple(f for f in facts if is_record(f.value) and (look.field in f.value or no_by_absence))
    if look.window is None:
        return Selection(facts)
    lower, upper, moment, lacking = bounds(look.window, case)
    if lacking is not None:
        return Selection((), facts, (), Want(lacking.look.concept if lacking.look else "", "", "missing"))
    found: dict[Truth, list[Fact]] = {TRUE: [], UNKNOWN: [], FALSE: []}
    for fact in facts:
        found[touches(fact, lower, upper)].append(fact)
    return Selection(found[TRUE], found[UNKNOWN], found[FALSE], None, moment)


def bounds(window: Window, case: Case) -> tuple[Span | None, Span | None, Span | None, Moment | None]:
    """The first and last days of a window (None: without end), its moment, and the moment that is not on record."""
    moment, _ = case.when(window.moment)
    if moment is None:
        return None, None, None, window.moment
    if window.other is not None:
        other, _ = case.when(window.other)
        return moment, other, moment, window.other if other is None else None
    if window.side == "around":
        assert window.far is not None
        return moved(moment, window.far, -1), moved(moment, window.far, 1), moment, None
    sign = -1 if window.side == "before" else 1
    near = moved(moment, window.near, sign)
    far = None if window.far is None else moved(moment, window.far, sign)
    return (far, near, moment, None) if sign < 0 else (near, far, moment, None)


def moved(span: Span, by: Duration, sign: int) -> Span:
    """The span a duration later (earlier with sign -1)."""
    return span if by.count == 0 else Span(shifted(span.lo, by, sign), shifted(span.hi, by, sign))


def touches(fact: Fact, lower: Span | None, upper: Span | None) -> Truth:
    """Did the event, from its beginning to its end, touch the days from lower to upper?"""
    start = fact.when
    end = start if fact.end is None else end_of(fact)
    if (lower is not None and end.hi < lower.lo) or (upper is not None and start.lo > upper.hi):
        return FALSE
    if (lower is None or end.lo >= lower.hi) and (upper is None or start.hi <= upper.lo):
        return TRUE
    return UNKNOWN


def leading(found: Selection, first: bool) -> Sequence[Fact]:
    """The facts that may be the latest (first) of those in the window.

    One that is only perhaps in the window does not keep the one before it out.
    """
    surely = (first_of if first else latest_of)(found.sure)
    if not found.maybe:
        return surely
    return [*(fact for fact in found.maybe if _may_lead(fact, found.sure, first)), *surely]


def _may_lead(fact: Fact, others: Sequence[Fact], first: bool) -> bool:
    """May the fact be later (earlier) than every one of the others?"""
    if first:
        return all(fact.when.lo <= other.when.hi for other in others)
    return all(fact.when.hi >= other.when.lo for other in others)


def concept_of(look: Look, case: Case, here: AtHand | None) -> Concept:
    """The concept, or the field of a record, that a look reads."""
    if look.concept == HERE:
        assert here is not None
        return here.holder.fields[look.field]
    concept = case.vocabulary[look.concept]
    return concept.fields[look.field] if look.field else concept
