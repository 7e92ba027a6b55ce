"""Nodes and facts -> truth with its evidence: the reference that every other engine is held to.

Decide only when every reading gives the same answer: every day of a partial date, every number of an interval, every
fact that may be the latest. Whatever is left open is UNKNOWN, and says why.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from ..concepts import NO, Concept
from ..dates import Duration, Span, birthday, shifted
from ..facts import Choice, Fact, Value, is_record
from ..quantities import Comparison, Quantity, compare, factor
from ..truth import FALSE, NOT, TRUE, UNKNOWN, Truth, agreed, both, either
from .case import Case, end_of, first_of, latest_of
from .nodes import (
    HERE, Absolute, Age, AllOf, AnyOf, Change, Compare, Count, Elapsed, Grade, Is, Limit, Look, Moment, Normal, Not, Recorded,
    Rule, Unless, Window,
)  # fmt: skip

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
    why: for an unknown, more about the reason, as a clause. moment: the day a window or duration is counted from.
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
    """What one fact says: its truth, and for an unknown the reason, and what would settle it."""

    truth: Truth
    reason: Reason = ""
    why: str = ""
    wants: tuple[Want, ...] = ()
    finding: Finding | None = None


YES_ = Judged(TRUE)
NO_ = Judged(FALSE)
_OF_TRUTH = {TRUE: YES_, FALSE: NO_, UNKNOWN: Judged(UNKNOWN, "imprecise")}
Judge = Callable[[Fact], Judged]


def evaluate(rule: Rule, case: Case, here: Fact | None = None) -> Finding:
    """The truth of a rule about a case; `here` is the record that a `where` is about."""
    match rule:
        case Compare():
            return _compare(rule, case, here)
        case Recorded():
            return _recorded(rule, case)
        case Is():
            return _is(rule, case, here)
        case AllOf():
            found = [evaluate(part, case, here) for part in rule.parts]
            return _joined(rule, both([part.truth for part in found]), found, TRUE)
        case AnyOf():
            found = [evaluate(part, case, here) for part in rule.parts]
            return _joined(rule, either([part.truth for part in found]), found, FALSE)
        case Not():
            return _not(rule, evaluate(rule.part, case, here))
        case Unless():
            return _unless(rule, evaluate(rule.part, case, here), evaluate(rule.exception, case, here))
        case Elapsed():
            return _elapsed(rule, case)
        case Normal():
            return _normal(rule, case, here)
        case Age():
            return _age(rule, case)
        case Grade():
            return _grade(rule, case, here)
        case Change():
            return _change(rule, case)
        case Count():
            return _count(rule, case)


# ---------------------------------------------------------------- joints
def _joined(rule: Rule, truth: Truth, parts: list[Finding], neutral: Truth) -> Finding:
    """A joint rests on the parts that decide it: all of them at its neutral truth, else those that brought it there."""
    deciding = [part for part in parts if part.truth is truth]
    if truth is UNKNOWN:
        first = deciding[0]
        wants = tuple(dict.fromkeys(want for part in deciding for want in part.wants))
        return Finding(truth, rule, first.reason, _facts(deciding), tuple(parts), wants, _assumed(parts), (), first.why)
    resting = parts if truth is neutral else deciding[:1]
    return Finding(truth, rule, "", _facts(resting), tuple(parts), (), _assumed(resting))


def _facts(parts: Sequence[Finding]) -> tuple[Fact, ...]:
    first = parts[0].facts
    if all(part.facts is first or part.facts == first for part in parts):
        return first
    found: list[Fact] = []
    for part in parts:
        found.extend(fact for fact in part.facts if fact not in found)
    return tuple(found)


def _assumed(parts: Sequence[Finding]) -> tuple[str, ...]:
    if not any(part.assumed for part in parts):
        return ()
    return tuple(dict.fromkeys(text for part in parts for text in part.assumed))


def _not(rule: Rule, part: Finding) -> Finding:
    _, _, reason, facts, _, wants, assumed, seen, why, moment = part
    return Finding(NOT[part.truth], rule, reason, facts, (part,), wants, assumed, seen, why, moment)


def _unless(rule: Unless, part: Finding, exception: Finding) -> Finding:
    truth = both((part.truth, NOT[exception.truth]))
    parts = (part, exception)
    if truth is TRUE:
        return Finding(truth, rule, "", _facts(parts), parts, (), _assumed(parts))
    if truth is FALSE:
        deciding = part if part.truth is FALSE else exception
        return Finding(truth, rule, "", _facts([part, deciding] if deciding is exception else [part]), parts, (), deciding.assumed)
    # The exception is asked for only once it matters.
    open_part = part if part.truth is UNKNOWN else exception
    return Finding(
        truth, rule, open_part.reason, _facts(parts), parts, open_part.wants, _assumed(parts), open_part.seen, open_part.why
    )


# ---------------------------------------------------------------- which facts
class Selection(NamedTuple):
    """The facts that a look finds: surely in its window, perhaps in it, and outside; and what its moment lacks."""

    sure: Sequence[Fact]
    maybe: Sequence[Fact]
    outside: Sequence[Fact]
    no_moment: Want | None = None
    moment: Span | None = None


def _select(look: Look, case: Case, here: Fact | None) -> Selection:
    if look.concept == HERE:
        return Selection((here,) if here is not None else (), (), ())
    facts: Sequence[Fact] = case.of(look.concept)
    if look.field:
        facts = tuple(fact for fact in facts if _has(fact, look.field))
    if look.window is None:
        return Selection(facts, (), ())
    lower, upper, moment, lacking = _bounds(look.window, case)
    if lacking is not None:
        return Selection((), facts, (), Want(lacking.look.concept if lacking.look else "", "", "missing"))
    sure: list[Fact] = []
    maybe: list[Fact] = []
    outside: list[Fact] = []
    for fact in facts:
        inside = _within(fact, lower, upper)
        (sure if inside is TRUE else outside if inside is FALSE else maybe).append(fact)
    return Selection(sure, maybe, outside, None, moment)


def _has(fact: Fact, field: str) -> bool:
    return is_record(fact.value) and field in fact.value


def _bounds(window: Window, case: Case) -> tuple[Span | None, Span | None, Span | None, Moment | None]:
    """The first and last days of a window (None: without end), its moment, and the moment that is not on record."""
    moment, _ = case.when(window.moment)
    if moment is None:
        return None, None, None, window.moment
    if window.other is not None:
        other, _ = case.when(window.other)
        return moment, other, moment, window.other if other is None else None
    if window.side == "around":
        assert window.far is not None
        return _moved(moment, window.far, -1), _moved(moment, window.far, 1), moment, None
    sign = -1 if window.side == "before" else 1
    near = _moved(moment, window.near, sign)
    far = None if window.far is None else _moved(moment, window.far, sign)
    return (far, near, moment, None) if sign < 0 else (near, far, moment, None)


def _moved(span: Span, by: Duration, sign: int) -> Span:
    return span if by.count == 0 else Span(shifted(span.lo, by, sign), shifted(span.hi, by, sign))


def _within(fact: Fact, lower: Span | None, upper: Span | None) -> Truth:
    """Did the event, from its beginning to its end, touch the days from lower to upper?"""
    start = fact.when
    end = start if fact.end is None else end_of(fact)
    if (lower is not None and end.hi < lower.lo) or (upper is not None and start.lo > upper.hi):
        return FALSE
    if (lower is None or end.lo >= lower.hi) and (upper is None or start.hi <= upper.lo):
        return TRUE
    return UNKNOWN


def _concept(look: Look, case: Case, here: Fact | None) -> Concept:
    if look.concept == HERE:
        assert here is not None
        return case.vocabulary[here.concept].fields[look.field]
    concept = case.vocabulary[look.concept]
    return concept.fields[look.field] if look.field else concept


def _absent(rule: Rule, look: Look, case: Case, here: Fact | None, found: Selection) -> Finding:
    """The finding where no fact can be used: missing, stale, or for a person to judge."""
    name, field = (here.concept if here is not None else "", look.field) if look.concept == HERE else (look.concept, look.field)
    concept = _concept(look, case, here)
    reason: Reason = "judgement" if concept.who == "investigator" else "missing"
    if found.outside:
        reason = "stale"
    wants = (Want(name, field, reason),)
    if found.no_moment is not None:
        wants = (found.no_moment, *wants) if not found.maybe else (found.no_moment,)
        reason = "missing"
    seen = tuple(latest_of(found.outside)) if found.outside else ()
    facts = (here,) if here is not None else ()
    return Finding(UNKNOWN, rule, reason, facts, (), tuple(dict.fromkeys(wants)), (), seen, "", found.moment)


# ---------------------------------------------------------------- what the facts say together
def _judged(rule: Rule, look: Look, case: Case, here: Fact | None, judge: Judge, selector: str = "") -> Finding:
    """The truth of a look by the selector: one fact decides (latest, first), or all of them do (any, every)."""
    if here is not None and look.concept == HERE:
        return _by_one(rule, here, judge(here), None)
    found = _select(look, case, here)
    selector = selector or look.selector
    if not found.sure and not found.maybe:
        return _absent(rule, look, case, here, found)
    if found.no_moment is not None:
        return _absent(rule, look, case, here, found)
    if selector in ("any", "every"):
        return _over_all(rule, look, case, found, judge, selector)
    return _over_one(rule, found, judge, selector)


def _over_one(rule: Rule, found: Selection, judge: Judge, selector: str) -> Finding:
    """Every fact that may be the latest (first) is asked; they must agree."""
    first = selector == "first"
    pick = first_of if first else latest_of
    candidates = pick(found.sure)
    if found.maybe:  # a fact that is only perhaps in the window does not keep the one before it out
        candidates = [*(fact for fact in found.maybe if _may_lead(fact, found.sure, first)), *candidates]
    if len(candidates) == 1 and not found.maybe:
        return _by_one(rule, candidates[0], judge(candidates[0]), found.moment)
    judgements = [judge(fact) for fact in candidates]
    truth = agreed(judged.truth for judged in judgements)
    if not found.sure:
        truth = UNKNOWN  # perhaps none of them is in the window
    parts = tuple(judged.finding for judged in judgements if judged.finding is not None)
    if truth is not UNKNOWN:
        return Finding(truth, rule, "", tuple(candidates), parts, (), _assumed(parts), (), "", found.moment)
    reason, why = _why_open(candidates, judgements)
    wants = tuple(dict.fromkeys(want for judged in judgements for want in judged.wants))
    wants = wants or (Want(candidates[0].concept, "", reason),)
    return Finding(UNKNOWN, rule, reason, tuple(candidates), parts, wants, (), (), why, found.moment)


def _may_lead(fact: Fact, others: Sequence[Fact], first: bool) -> bool:
    """May the fact be later (earlier) than every one of the others?"""
    if first:
        return all(fact.when.lo <= other.when.hi for other in others)
    return all(fact.when.hi >= other.when.lo for other in others)


def _by_one(rule: Rule, fact: Fact, judged: Judged, moment: Span | None) -> Finding:
    """The finding where one fact alone decides."""
    truth, reason, why, wants, within = judged
    if truth is UNKNOWN and not wants:
        wants = (Want(fact.concept, "", reason),)
    if within is None:
        return Finding(truth, rule, reason, (fact,), (), wants, (), (), why, moment)
    return Finding(truth, rule, reason, (fact,), (within,), wants, within.assumed, (), why, moment)


def _why_open(candidates: Sequence[Fact], judgements: Sequence[Judged]) -> tuple[Reason, str]:
    for judged in judgements:
        if judged.truth is UNKNOWN:
            return judged.reason, judged.why
    if len({judged.truth for judged in judgements}) == 1:
        return "imprecise", "its date does not tell whether it lies in the window"
    first = candidates[0].when
    if first.exact and all(fact.when == first for fact in candidates):
        return "conflicting", "two entries of the same day say different things"
    return "imprecise", "the dates do not tell which entry is the latest"


def _over_all(rule: Rule, look: Look, case: Case, found: Selection, judge: Judge, selector: str) -> Finding:
    """any: true by one that surely is so. every: false by one that surely is not. The other way needs all to be known."""
    settles = TRUE if selector == "any" else FALSE
    inside = [(fact, judge(fact), True) for fact in found.sure] + [(fact, judge(fact), False) for fact in found.maybe]
    closure = case.closure(look.concept) if look.concept != HERE else None
    for fact, judged, surely in inside:
        if surely and judged.truth is settles:
            return _settled_by_one(rule, fact, judged, settles, case, look, found)
    open_ones = [(fact, judged) for fact, judged, surely in inside if judged.truth is UNKNOWN or (judged.truth is settles and not surely)]
    facts = tuple(fact for fact, _, _ in inside)
    parts = tuple(judged.finding for _, judged, _ in inside if judged.finding is not None)
    if open_ones:
        fact, judged = open_ones[0]
        why = judged.why if judged.truth is UNKNOWN else "its date does not tell whether it lies in the window"
        wants = tuple(dict.fromkeys(want for fact, judged in open_ones for want in judged.wants)) or (Want(fact.concept, "", judged.reason or "imprecise"),)
        return Finding(UNKNOWN, rule, judged.reason or "imprecise", (fact,), parts, wants, (), (), why, found.moment)
    if closure is not None and not closure.closed:
        want = Want(look.concept, look.field, "missing")
        return Finding(UNKNOWN, rule, "missing", facts, parts, (want,), (), (), "it is not known whether there are others", found.moment)
    assumed = (closure.assumption,) if closure is not None and closure.assumption else ()
    if not inside:
        return Finding(NOT[settles] if selector == "any" else UNKNOWN, rule, "missing" if selector == "every" else "",
                       closure.facts if closure else (), (), (Want(look.concept, look.field, "missing"),) if selector == "every" else (),
                       assumed, tuple(found.outside), "", found.moment)  # fmt: skip
    facts += closure.facts if closure else ()
    return Finding(NOT[settles], rule, "", facts, parts, (), tuple(dict.fromkeys([*_assumed(parts), *assumed])), (), "", found.moment)


def _settled_by_one(rule: Rule, fact: Fact, judged: Judged, truth: Truth, case: Case, look: Look, found: Selection) -> Finding:
    parts = (judged.finding,) if judged.finding is not None else ()
    none = case.none_stated.get(look.concept)
    if none is not None and fact.when.lo <= none.when.hi:
        want = Want(look.concept, look.field, "conflicting")
        return Finding(UNKNOWN, rule, "conflicting", (fact, none), parts, (want,), (), (), "one entry says none and another says there was one", found.moment)
    return Finding(truth, rule, "", (fact,), parts, (), _assumed(parts), (), "", found.moment)


# ---------------------------------------------------------------- records
def _recorded(rule: Recorded, case: Case) -> Finding:
    look = rule.look

    def judge(fact: Fact) -> Judged:
        return _fulfils(look, fact, case)

    if look.selector in ("latest", "first"):
        return _latest_record(rule, case, judge)
    found = _select(look, case, None)
    if found.no_moment is not None and not case.closure(look.concept).closed:
        return _absent(rule, look, case, None, found)
    if found.no_moment is not None and found.maybe:
        return _absent(rule, look, case, None, found)
    closure = case.closure(look.concept)
    if not found.sure and not found.maybe and not closure.closed:
        return _absent(rule, look, case, None, found)
    return _over_all(rule, look, case, found, judge, "every" if look.selector == "every" else "any")


def _fulfils(look: Look, fact: Fact, case: Case) -> Judged:
    """Does the record fulfil the look's `where`?"""
    if fact.doubt:
        return Judged(UNKNOWN, "uncheckable", fact.doubt, (Want(fact.concept, "", "uncheckable"),))
    if look.where is None:
        return YES_
    finding = evaluate(look.where, case, fact)
    return Judged(finding.truth, finding.reason, finding.why, finding.wants, finding)


def _latest_record(rule: Recorded, case: Case, judge: Judge) -> Finding:
    """The latest record decides; a later statement that there is none decides against."""
    look = rule.look
    found = _select(look, case, None)
    none = case.none_stated.get(look.concept)
    if not found.sure and not found.maybe:
        closure = case.closure(look.concept)
        if closure.closed and found.no_moment is None and not found.outside:
            assumed = (closure.assumption,) if closure.assumption else ()
            return Finding(FALSE, rule, "", closure.facts, (), (), assumed)
        if closure.closed and found.outside and none is None:
            assumed = (closure.assumption,) if closure.assumption else ()
            return Finding(FALSE, rule, "", tuple(found.outside), (), (), assumed, tuple(found.outside), "", found.moment)
        return _absent(rule, look, case, None, found)
    if found.no_moment is not None:
        return _absent(rule, look, case, None, found)
    finding = _over_one(rule, found, judge, look.selector)
    if none is not None and finding.truth is TRUE and any(fact.when.lo <= none.when.hi for fact in finding.facts):
        want = Want(look.concept, "", "conflicting")
        return finding._replace(truth=UNKNOWN, reason="conflicting", facts=(*finding.facts, none), wants=(want,),
                                why="one entry says none and another says there was one")  # fmt: skip
    return finding


def _count(rule: Count, case: Case) -> Finding:
    """The number lies between those that surely count and all that may; without end unless all are known."""
    look = rule.look
    found = _select(look, case, None)
    if found.no_moment is not None:
        return _absent(rule, look, case, None, found)
    judgements = [(_fulfils(look, fact, case), True) for fact in found.sure] + [(_fulfils(look, fact, case), False) for fact in found.maybe]
    least = sum(1 for judged, surely in judgements if surely and judged.truth is TRUE)
    most = sum(1 for judged, _ in judgements if judged.truth is not FALSE)
    closure = case.closure(look.concept)
    low = _count_compare(least, rule)
    truth = agreed(_count_compare(n, rule) for n in range(least, most + 1)) if closure.closed else low if _keeps(rule, low) else UNKNOWN
    facts = (*found.sure, *found.maybe, *closure.facts)
    if truth is UNKNOWN:
        reason: Reason = "imprecise" if closure.closed else "missing"
        why = "" if closure.closed else "it is not known whether there are others"
        return Finding(UNKNOWN, rule, reason, facts, (), (Want(look.concept, "", reason),), (), (), why, found.moment)
    assumed = (closure.assumption,) if closure.assumption and not _keeps(rule, low) else ()
    return Finding(truth, rule, "", facts, (), (), assumed, (), "", found.moment)


def _count_compare(count: int, rule: Count) -> Truth:
    answers = {
        "<": count < rule.number, "<=": count <= rule.number, ">": count > rule.number,
        ">=": count >= rule.number, "=": count == rule.number, "!=": count != rule.number,
    }  # fmt: skip
    return TRUE if answers[rule.comparison] else FALSE


def _keeps(rule: Count, truth: Truth) -> bool:
    """Would more facts leave this truth as it is?"""
    return (rule.comparison in (">", ">=") and truth is TRUE) or (rule.comparison in ("<", "<=") and truth is FALSE)


# ---------------------------------------------------------------- numbers
def _value(fact: Fact, look: Look) -> Value | None:
    if not look.field:
        return fact.value
    return fact.value.get(look.field) if is_record(fact.value) else None


def _number(fact: Fact, look: Look, concept: Concept) -> Quantity | Judged:
    """The number of a fact, or why it cannot be used."""
    if fact.doubt:
        return Judged(UNKNOWN, "uncheckable", fact.doubt, (Want(fact.concept, look.field, "uncheckable"),))
    value = _value(fact, look)
    if isinstance(value, Quantity):
        return value
    reason: Reason = "judgement" if concept.who == "investigator" else "missing"
    return Judged(UNKNOWN, reason, "", (Want(fact.concept, look.field, reason),))


def _compare(rule: Compare, case: Case, here: Fact | None) -> Finding:
    look = rule.look
    concept = _concept(look, case, here)

    def judge(fact: Fact) -> Judged:
        number = _number(fact, look, concept)
        if isinstance(number, Judged):
            return number
        return against(number, rule.comparison, rule.limit, fact, concept)

    return _judged(rule, look, case, here, judge, _quantifier(look.selector, rule.comparison))


def _quantifier(selector: str, comparison: Comparison) -> str:
    """The highest value is below a limit when every value is, and above it when any is; the lowest likewise."""
    if selector not in ("highest", "lowest"):
        return selector
    downward = comparison in ("<", "<=")
    return "every" if downward == (selector == "highest") else "any"


def against(value: Quantity, comparison: Comparison, limit: Limit, fact: Fact, concept: Concept) -> Judged:
    """A number against a limit, as the fact's own unit and the laboratory's own limits allow."""
    if isinstance(limit, Absolute):
        stated = limit.stated
        if len(stated) == 1:
            only = stated[0]
            by = factor(value.unit, only.unit, concept.molar_mass)
            if by is None or only.lo is None:
                return Judged(UNKNOWN, "uncheckable", "its unit cannot be converted")
            return _OF_TRUTH[compare(value, comparison, only.lo, by)] if by != 1 else _OF_TRUTH[compare(value, comparison, only.lo)]
        return _against_several(value, comparison, stated, concept)
    reference = fact.reference
    own = None if reference is None else reference.high if limit.side == "ULN" else reference.low
    if own is None or own.lo is None or own.lo != own.hi:
        which = "upper" if limit.side == "ULN" else "lower"
        return Judged(UNKNOWN, "uncheckable", f"the laboratory's {which} limit of normal is not on record")
    by = factor(value.unit, own.unit, concept.molar_mass)
    if by is None:
        return Judged(UNKNOWN, "uncheckable", "the laboratory's limit is in a unit that does not fit")
    return _OF_TRUTH[compare(value, comparison, own.lo * limit.times, by)]


def _against_several(value: Quantity, comparison: Comparison, stated: Sequence[Quantity], concept: Concept) -> Judged:
    """A limit stated in several units: the unit of the report decides; from any other unit all must agree."""
    truths: list[Truth] = []
    for limit in stated:
        by = factor(value.unit, limit.unit, concept.molar_mass)
        if by is None or limit.lo is None:
            continue
        truth = compare(value, comparison, limit.lo, by)
        if by == 1:
            return _OF_TRUTH[truth]
        truths.append(truth)
    if not truths:
        return Judged(UNKNOWN, "uncheckable", "its unit cannot be converted")
    if TRUE in truths and FALSE in truths:
        return Judged(UNKNOWN, "imprecise", "the protocol states its limit in two units, which disagree about this value")
    return _OF_TRUTH[agreed(truths)]


def _normal(rule: Normal, case: Case, here: Fact | None) -> Finding:
    look = rule.look
    concept = _concept(look, case, here)

    def judge(fact: Fact) -> Judged:
        number = _number(fact, look, concept)
        if isinstance(number, Judged):
            return number
        own = case.vocabulary.get(fact.concept, concept)
        return _in_range(number, fact, own)

    return _judged(rule, look, case, here, judge)


def _in_range(value: Quantity, fact: Fact, concept: Concept) -> Judged:
    """Within the laboratory's own range: false by either limit alone; true by both."""
    reference = fact.reference
    low, high = (None, None) if reference is None else (reference.low, reference.high)
    truths: list[Truth] = []
    sides: tuple[tuple[Quantity | None, Comparison], ...] = ((low, ">="), (high, "<="))
    for limit, comparison in sides:
        by = None if limit is None else factor(value.unit, limit.unit, concept.molar_mass)
        if limit is None or limit.lo is None or by is None:
            truths.append(UNKNOWN)
        else:
            truths.append(compare(value, comparison, limit.lo, by))
    truth = both(truths)
    if truth is UNKNOWN and (low is None or high is None):
        return Judged(UNKNOWN, "uncheckable", "the laboratory's reference range is not on record")
    return _OF_TRUTH[truth]


def _grade(rule: Grade, case: Case, here: Fact | None) -> Finding:
    look = rule.look
    concept = _concept(look, case, here)

    def reaches(number: int, value: Quantity, fact: Fact) -> Judged:
        """Is the grade at least `number`?"""
        if number <= 0:
            return YES_
        judgements = [against(value, step.comparison, step.limit, fact, concept) for step in rule.steps if step.grade >= number]
        truth = either(judged.truth for judged in judgements)
        return next((judged for judged in judgements if judged.truth is truth), NO_)

    def judge(fact: Fact) -> Judged:
        value = _number(fact, look, concept)
        if isinstance(value, Judged):
            return value
        number, comparison = rule.number, rule.comparison
        if comparison in (">=", "<"):
            judged = reaches(number, value, fact)
        elif comparison in (">", "<="):
            judged = reaches(number + 1, value, fact)
        else:
            least, more = reaches(number, value, fact), reaches(number + 1, value, fact)
            truth = both((least.truth, NOT[more.truth]))
            judged = _OF_TRUTH[truth] if truth is not UNKNOWN else (least if least.truth is UNKNOWN else more)
        return judged if comparison in (">=", ">", "=") else judged._replace(truth=NOT[judged.truth])

    upward = {"<": "<", "<=": "<", ">": ">", ">=": ">"}.get(rule.comparison, "=")
    return _judged(rule, look, case, here, judge, _quantifier(look.selector, upward))  # pyright: ignore[reportArgumentType]


def _change(rule: Change, case: Case) -> Finding:
    look = rule.look
    concept = _concept(look, case, None)
    base_look = Look(look.concept, look.field, "latest", Window("before", rule.baseline))
    bases = _select(base_look, case, None)
    candidates = latest_of([*bases.sure, *bases.maybe])
    if len(candidates) != 1 or bases.no_moment is not None:
        return _absent(rule, base_look, case, None, bases)
    base = _number(candidates[0], look, concept)
    if isinstance(base, Judged) or not base.exact or base.lo is None:
        want = Want(look.concept, look.field, "imprecise")
        return Finding(UNKNOWN, rule, "imprecise", tuple(candidates), (), (want,), (), (), "the baseline is not one number")
    share = (100 + rule.percent) / 100 if rule.direction == "rises" else (100 - rule.percent) / 100
    limit = base.lo * share
    turned: dict[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    comparison = rule.comparison if rule.direction == "rises" else turned.get(rule.comparison, rule.comparison)

    def judge(fact: Fact) -> Judged:
        number = _number(fact, look, concept)
        if isinstance(number, Judged):
            return number
        by = factor(number.unit, base.unit, concept.molar_mass)
        return Judged(UNKNOWN, "uncheckable", "its unit cannot be converted") if by is None else _OF_TRUTH[compare(number, comparison, limit, by)]

    finding = _judged(rule, look, case, None, judge, _quantifier(look.selector, comparison))
    return finding._replace(facts=tuple(dict.fromkeys([*finding.facts, *candidates])))


# ---------------------------------------------------------------- answers
def _is(rule: Is, case: Case, here: Fact | None) -> Finding:
    look = rule.look
    concept = _concept(look, case, here)

    def judge(fact: Fact) -> Judged:
        if fact.doubt:
            return Judged(UNKNOWN, "uncheckable", fact.doubt, (Want(fact.concept, look.field, "uncheckable"),))
        value = _value(fact, look)
        if isinstance(value, Choice):
            given = value.answers
            if concept.read_as:
                given = frozenset(concept.read_as.get(answer, answer) for answer in given)
            return _among(given, rule, concept, fact.concept)
        if value is None and concept.absence == "no":
            return _among(frozenset([NO]), rule, concept, fact.concept)
        reason: Reason = "judgement" if concept.who == "investigator" else "missing"
        return Judged(UNKNOWN, reason, "", (Want(fact.concept, look.field, reason),))

    if look.concept != HERE and concept.kind == "yes_no" and not look.field and not case.of(look.concept):
        closed = _closed_answer(rule, look, case, concept)
        if closed is not None:
            return closed
    if look.selector in ("highest", "lowest"):
        return _extreme_answer(rule, look, case, concept, judge)
    return _judged(rule, look, case, here, judge)


def _closed_answer(rule: Is, look: Look, case: Case, concept: Concept) -> Finding | None:
    """A yes/no question without a fact, where that means no."""
    closure = case.closure(look.concept)
    if not closure.closed:
        return None
    judged = _among(frozenset([NO]), rule, concept, look.concept)
    return Finding(judged.truth, rule, "", closure.facts, (), (), (closure.assumption,) if closure.assumption else ())


def _among(given: frozenset[str], rule: Is, concept: Concept, name: str) -> Judged:
    """Are the answers given among those of the rule? An answer that says "nobody can tell" leaves it open."""
    wanted = frozenset(rule.answers)
    unclear = (given & concept.unclear) - wanted
    clear = given - concept.unclear | (given & wanted)
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
    else:  # several answers to a plain question: it is one of them, nobody knows which
        if not unclear and clear <= wanted:
            return YES_
        if not unclear and not clear & wanted:
            return NO_
        if not unclear:
            return Judged(UNKNOWN, "imprecise", "it may be either answer", (Want(name, rule.look.field, "imprecise"),))
    labels = ", ".join(concept.answer_label(answer) for answer in sorted(unclear))
    return Judged(UNKNOWN, "judgement", f"the record says {labels}", (Want(name, rule.look.field, "judgement"),))


def _extreme_answer(rule: Is, look: Look, case: Case, concept: Concept, judge: Judge) -> Finding:
    """The highest (lowest) answer in the order in which the concept lists its answers is among these."""
    order = list(concept.answers)
    wanted = {order.index(answer) for answer in rule.answers}
    beyond = max(wanted) if look.selector == "highest" else min(wanted)

    def passes(fact: Fact) -> Judged:
        """Does this fact keep the extreme from being among the wanted? False when it lies beyond them all."""
        value = _value(fact, look)
        if fact.doubt or not isinstance(value, Choice):
            return judge(fact)
        ranks = {order.index(answer) for answer in value.answers if answer in order}
        past = {rank > beyond if look.selector == "highest" else rank < beyond for rank in ranks}
        if past == {True}:
            return NO_
        return YES_ if past == {False} else Judged(UNKNOWN, "imprecise", "it may be either answer")

    none_beyond = _judged(rule, look, case, None, passes, "every")
    if none_beyond.truth is not TRUE:
        return none_beyond
    reached = _judged(rule, look, case, None, judge, "any")
    return reached if reached.truth is not TRUE else none_beyond


# ---------------------------------------------------------------- time
def _elapsed(rule: Elapsed, case: Case) -> Finding:
    """Less than a duration since an event: today lies before the event's end plus that duration."""
    look = rule.look
    negated = rule.comparison in (">", ">=")
    inclusive = rule.comparison in ("<=", ">")

    def is_near(fact: Fact) -> Judged:
        condition = _fulfils(look, fact, case)
        if condition.truth is not TRUE:
            return condition
        near = _near(fact, rule, case.today, inclusive)
        return condition._replace(truth=near, reason="" if near is not UNKNOWN else "imprecise")

    found = _select(look, case, None)
    closure = case.closure(look.concept)
    if not found.sure and not found.maybe:
        if not closure.closed or found.no_moment is not None:
            return _absent(rule, look, case, None, found)
        # It never happened: longer ago than any duration.
        assumed = (closure.assumption,) if closure.assumption else ()
        return Finding(TRUE if negated else FALSE, rule, "", closure.facts, (), (), assumed)
    if look.selector == "any":
        finding = _over_all(rule, look, case, found, is_near, "any")
    else:
        last = max(end_of(fact).lo for fact in found.sure) if found.sure else 0
        candidates = [fact for fact in [*found.sure, *found.maybe] if end_of(fact).hi >= last]
        finding = _over_one(rule, Selection([f for f in candidates if f in found.sure], [f for f in candidates if f in found.maybe], [], None, found.moment), is_near, "latest")
    truth = NOT[finding.truth] if negated else finding.truth
    return finding._replace(truth=truth, moment=Span(case.today, case.today))


def _near(fact: Fact, rule: Elapsed, today: int, inclusive: bool) -> Truth:
    if rule.direction == "until":
        value = fact.value if isinstance(fact.value, Span) else fact.when
        turn = _moved(value, rule.duration, -1)
        if value.hi < today:
            return FALSE  # it lies behind
        passed = [turn.hi <= today if inclusive else turn.hi < today, turn.lo > today if inclusive else turn.lo >= today]
        return TRUE if passed[0] else FALSE if passed[1] else UNKNOWN
    turn = _moved(end_of(fact), rule.duration, 1)
    if today < turn.lo or (inclusive and today == turn.lo):
        return TRUE
    if today > turn.hi or (not inclusive and today == turn.hi):
        return FALSE
    return UNKNOWN


def _age(rule: Age, case: Case) -> Finding:
    born = [fact for fact in case.of("birth_date") if not fact.doubt]
    moment, dated = case.when(rule.moment)
    if not born:
        return Finding(UNKNOWN, rule, "missing", (), (), (Want("birth_date", "", "missing"),))
    if moment is None:
        assert rule.moment.look is not None
        return Finding(UNKNOWN, rule, "missing", tuple(born), (), (Want(rule.moment.look.concept, "", "missing"),))
    truths = [_of_age(fact.value, rule, moment) for fact in born if isinstance(fact.value, Span)]
    truth = agreed(truths)
    if truth is not UNKNOWN:
        return Finding(truth, rule, "", (*born, *dated), moment=moment)
    conflicting = len(set(truths)) > 1 and all(fact.when.exact for fact in born)
    reason: Reason = "conflicting" if conflicting else "imprecise"
    why = "two dates of birth are on record" if conflicting else "the date is not exact enough"
    return Finding(UNKNOWN, rule, reason, (*born, *dated), (), (Want("birth_date", "", reason),), (), (), why, moment)


def _of_age(born: Span, rule: Age, moment: Span) -> Truth:
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
