"""What one value says: against a limit, within a range, of a grade, among answers, so long ago, of such an age."""

from collections.abc import Sequence
from functools import lru_cache

from ..concepts import Concept
from ..dates import Span, birthday
from ..facts import Fact
from ..quantities import Comparison, Quantity, compare, factor, times
from ..truth import FALSE, NOT, TRUE, UNKNOWN, Truth, agreed, both, either
from .findings import JUDGED, NO_, YES_, Judged, Want
from .nodes import Absolute, Age, Elapsed, Is, Limit, Step
from .selecting import moved

_NO_CONVERSION = Judged(UNKNOWN, "uncheckable", "its unit cannot be converted")


# ---------------------------------------------------------------- numbers
def against(value: Quantity, comparison: Comparison, limit: Limit, fact: Fact, concept: Concept) -> Judged:
    """A number against a limit, as the fact's own unit and the laboratory's own limits allow."""
    if isinstance(limit, Absolute):
        only, *others = limit.stated
        if others:
            return _against_several(value, comparison, limit.stated, concept)
        by = factor(value.unit, only.unit, concept.molar_mass)
        return _NO_CONVERSION if by is None or only.lo is None else JUDGED[compare(value, comparison, only.lo, by)]
    reference = fact.reference
    own = None if reference is None else reference.high if limit.side == "ULN" else reference.low
    if own is None or own.lo is None or own.lo != own.hi:
        which = "upper" if limit.side == "ULN" else "lower"
        return Judged(UNKNOWN, "uncheckable", f"the laboratory's {which} limit of normal is not on record")
    by = factor(value.unit, own.unit, concept.molar_mass)
    if by is None:
        return Judged(UNKNOWN, "uncheckable", "the laboratory's limit is in a unit that does not fit")
    return JUDGED[compare(value, comparison, times(own.lo, limit.times), by)]


def _against_several(value: Quantity, comparison: Comparison, stated: Sequence[Quantity], concept: Concept) -> Judged:
    """A limit stated in several units: the unit of the report decides; from any other unit all must agree."""
    truths: list[Truth] = []
    for limit in stated:
        by = factor(value.unit, limit.unit, concept.molar_mass)
        if by is None or limit.lo is None:
            continue
        truth = compare(value, comparison, limit.lo, by)
        if by == 1:
            return JUDGED[truth]
        truths.append(truth)
    if not truths:
        return _NO_CONVERSION
    if TRUE in truths and FALSE in truths:
        why = "the protocol states its limit in two units, which disagree about this value"
        return Judged(UNKNOWN, "imprecise", why)
    return JUDGED[agreed(truths)]


def in_range(value: Quantity, fact: Fact, concept: Concept) -> Judged:
    """Within the laboratory's own range: false by either limit alone; true by both."""
    reference = fact.reference
    low, high = (None, None) if reference is None else (reference.low, reference.high)
    sides: tuple[tuple[Quantity | None, Comparison], ...] = ((low, ">="), (high, "<="))
    truth = both([_beside(value, comparison, limit, concept) for limit, comparison in sides])
    if truth is UNKNOWN and (low is None or high is None):
        return Judged(UNKNOWN, "uncheckable", "the laboratory's reference range is not on record")
    return JUDGED[truth]


def _beside(value: Quantity, comparison: Comparison, limit: Quantity | None, concept: Concept) -> Truth:
    by = None if limit is None else factor(value.unit, limit.unit, concept.molar_mass)
    if limit is None or limit.lo is None or by is None:
        return UNKNOWN
    return compare(value, comparison, limit.lo, by)


def of_grade(
    value: Quantity, comparison: Comparison, number: int, steps: Sequence[Step], fact: Fact, concept: Concept
) -> Judged:
    """Is the value's grade so related to the number? It has at least a grade when any step from that grade on holds."""

    def reaches(grade: int) -> Judged:
        if grade <= 0:
            return YES_
        judgements = [
            against(value, step.comparison, step.limit, fact, concept) for step in steps if step.grade >= grade
        ]
        truth = either([judged.truth for judged in judgements])
        return next((judged for judged in judgements if judged.truth is truth), NO_)

    if comparison in (">=", "<"):
        judged = reaches(number)
    elif comparison in (">", "<="):
        judged = reaches(number + 1)
    else:
        least, more = reaches(number), reaches(number + 1)
        truth = both((least.truth, NOT[more.truth]))
        judged = JUDGED[truth] if truth is not UNKNOWN else least if least.truth is UNKNOWN else more
    return judged if comparison in (">=", ">", "=") else judged._replace(truth=NOT[judged.truth])


# ---------------------------------------------------------------- answers
@lru_cache(maxsize=1024)
def _answer_set(answers: tuple[str, ...]) -> frozenset[str]:
    return frozenset(answers)


def among(given: frozenset[str], rule: Is, concept: Concept, name: str) -> Judged:
    """Are the answers given among those of the rule? An answer that says "nobody can tell" leaves it open."""
    wanted = _answer_set(rule.answers)
    unclear = (given & concept.unclear) - wanted
    clear = given - unclear
    if rule.quantifier == "some":
        if clear & wanted:
            return YES_
        if not unclear:
            return NO_
    elif concept.several:
        if clear - wanted:
            return NO_
        if not unclear:
            return YES_
    elif not unclear:  # several answers to a plain question: it is one of them, nobody knows which
        if clear <= wanted:
            return YES_
        if not clear & wanted:
            return NO_
        want = Want(name, rule.look.field, "imprecise")
        return Judged(UNKNOWN, "imprecise", "it may be either answer", (want,))
    labels = ", ".join(concept.answer_label(answer) for answer in sorted(unclear))
    want = Want(name, rule.look.field, "judgement")
    return Judged(UNKNOWN, "judgement", f"the record says {labels}", (want,))


# ---------------------------------------------------------------- time
def is_near(event: Span, rule: Elapsed, today: int) -> Truth:
    """Is the event less than the duration ago, or ahead (with "at most" and "more than": no more than it)?"""
    inclusive = rule.comparison in ("<=", ">")
    if rule.direction == "since":
        turn = moved(event, rule.duration, 1)
        if today < turn.lo or (inclusive and today == turn.lo):
            return TRUE
        return FALSE if today > turn.hi or (not inclusive and today == turn.hi) else UNKNOWN
    turn = moved(event, rule.duration, -1)
    if today > turn.hi or (inclusive and today == turn.hi):
        return TRUE
    return FALSE if today < turn.lo or (not inclusive and today == turn.lo) else UNKNOWN


def of_age(born: Span, rule: Age, moment: Span) -> Truth:
    """Is somebody born on one of these days so old on any day of the moment?"""

    def reached(years: int) -> Truth:
        if moment.lo >= birthday(born.hi, years):
            return TRUE
        return FALSE if moment.hi < birthday(born.lo, years) else UNKNOWN

    match rule.comparison:
        case ">=":
            return reached(rule.years)
        case "<":
            return NOT[reached(rule.years)]
        case ">":
            return reached(rule.years + 1)
        case "<=":
            return NOT[reached(rule.years + 1)]
        case "=":
            return both((reached(rule.years), NOT[reached(rule.years + 1)]))
        case "!=":
            return NOT[both((reached(rule.years), NOT[reached(rule.years + 1)]))]
