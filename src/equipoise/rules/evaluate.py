"""Nodes and facts -> truth with its evidence: the reference that every other engine is held to.

Decide only when every reading gives the same answer: every day of a partial date, every number of an interval, every
fact that may be the latest. Whatever is left open is UNKNOWN, and says why.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..concepts import NO, Concept
from ..dates import LATEST, Span
from ..facts import Choice, Fact, Value, is_record
from ..quantities import Comparison, Quantity, changed_by, compare, factor
from ..truth import FALSE, NOT, TRUE, UNKNOWN, Truth, agreed, both, either
from .case import Case, Closure, end_of, latest_of
from .findings import (
    JUDGED,
    YES_,
    Finding,
    Judged,
    Reason,
    Want,
    assumed_by,
    facts_of,
    left_open,
    settled,
)  # fmt: skip
from .nodes import (
    HERE,
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Count,
    Elapsed,
    Grade,
    Is,
    Look,
    Normal,
    Not,
    Recorded,
    Rule,
    Unless,
    Window,
)  # fmt: skip
from .selecting import AtHand, Selection, bounds, concept_of, leading, select, touches
from .values import against, among, in_range, is_near, of_age, of_grade

Judge = Callable[[Fact], Judged]

_EXTREMES = ("highest", "lowest")
_DATE_OPEN = "the dates on record do not tell whether it lies in the time asked for"
_OTHERS_OPEN = "it is not known whether there are others"
_NONE_AND_ONE = "one entry says none and another says there was one"


def evaluate(rule: Rule, case: Case, here: AtHand | None = None) -> Finding:
    """The truth of a rule about a case; `here` is the record that a `where` is about."""
    match rule:  # the most frequent first
        case Is():
            return _is(rule, case, here)
        case Recorded():
            return _recorded(rule, case) if rule.look.concept != HERE or here is None else _dated(rule, case, here.fact)
        case AllOf():
            parts = [evaluate(part, case, here) for part in rule.parts]
            return _joined(rule, both([part.truth for part in parts]), parts, neutral=TRUE)
        case AnyOf():
            parts = [evaluate(part, case, here) for part in rule.parts]
            return _joined(rule, either([part.truth for part in parts]), parts, neutral=FALSE)
        case Not():
            return _not(rule, evaluate(rule.part, case, here))
        case Compare() | Grade() | Change() if rule.comparison in ("=", "!=") and rule.look.selector in _EXTREMES:
            return _extreme_is(rule, case, here)
        case Compare():
            return _compare(rule, case, here)
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
def _joined(rule: Rule, truth: Truth, parts: Sequence[Finding], neutral: Truth) -> Finding:
    """A joint rests on the parts that decide it: all at its neutral truth, else the first that brought it there."""
    if truth is neutral:
        return Finding(truth, rule, "", facts_of(parts), tuple(parts), (), assumed_by(parts))
    deciding = [part for part in parts if part.truth is truth]
    first = deciding[0]
    if truth is not UNKNOWN:
        return Finding(truth, rule, "", first.facts, tuple(parts), (), first.assumed)
    wants = tuple(dict.fromkeys(want for part in deciding for want in part.wants))
    if neutral is TRUE:  # of what must hold together, first what records can tell, then what only a person can
        wants = tuple(want for want in wants if want.reason != "judgement") or wants
    return Finding(truth, rule, first.reason, facts_of(deciding), tuple(parts), wants, assumed_by(parts), (), first.why)


def _not(rule: Not, part: Finding) -> Finding:
    _, _, reason, facts, _, wants, assumed, seen, why, moment = part
    return Finding(NOT[part.truth], rule, reason, facts, (part,), wants, assumed, seen, why, moment)


def _unless(rule: Unless, part: Finding, exception: Finding) -> Finding:
    """A and not B. The exception is asked for only once it matters."""
    truth = both((part.truth, NOT[exception.truth]))
    parts = (part, exception)
    if truth is TRUE:
        return settled(rule, truth, facts_of(parts), parts)
    if part.truth is FALSE:
        return Finding(FALSE, rule, "", part.facts, parts, (), part.assumed)
    if truth is FALSE:
        return Finding(FALSE, rule, "", facts_of(parts), parts, (), exception.assumed)
    unsettled = part if part.truth is UNKNOWN else exception
    return left_open(
        rule, unsettled.reason, unsettled.wants, facts_of(parts), parts, unsettled.why, seen=unsettled.seen
    )


# ---------------------------------------------------------------- what the facts say together
def _judged(rule: Rule, look: Look, case: Case, here: AtHand | None, judge: Judge, selector: str = "") -> Finding:
    """The truth of a look by the selector: one fact decides (latest, first), or all of them do (any, every)."""
    if here is not None and look.concept == HERE:
        return _by_one(rule, here.fact, judge(here.fact), None)
    selector = selector or look.selector
    found = select(look, case)
    if found.lacking is not None or not (found.sure or found.maybe):
        return _absent(rule, look, case, found)
    if selector in ("any", "every"):
        return _over_all(rule, look, case, found, judge, TRUE if selector == "any" else FALSE)
    return _over_one(rule, found, judge, selector == "first")


def _absent(rule: Rule, look: Look, case: Case, found: Selection) -> Finding:
    """The finding where no fact can be used: missing, stale, or for a person to judge."""
    concept = concept_of(look, case, None)
    reason: Reason = "judgement" if concept.who == "investigator" else "missing"
    if found.outside:
        reason = "stale"
    seen = latest_of(found.outside)
    outdated = case.none_stated.get(look.concept)
    if outdated is not None and not seen and not case.closure(look.concept).closed:
        reason, seen = "stale", [outdated]
    wants = [Want(look.concept, look.field, reason)]
    if found.lacking is not None:
        wants = [found.lacking] if found.maybe else [found.lacking, *wants]
        reason = "missing"
    return left_open(rule, reason, wants, moment=found.moment, seen=seen)


def _over_one(rule: Rule, found: Selection, judge: Judge, first: bool) -> Finding:
    """Every fact that may be the latest (first) is asked; they must agree."""
    candidates = leading(found, first)
    if len(candidates) == 1 and not found.maybe:
        return _by_one(rule, candidates[0], judge(candidates[0]), found.moment)
    return _agreed(rule, candidates, bool(found.sure), judge, found.moment)


def _agreed(rule: Rule, candidates: Sequence[Fact], surely: bool, judge: Judge, moment: Span | None) -> Finding:
    """What all candidates say, when they say the same and one of them surely counts."""
    judgements = [judge(fact) for fact in candidates]
    parts = [judged.within for judged in judgements if judged.within is not None]
    # When none is surely in the window, perhaps there is none at all.
    truth = agreed([judged.truth for judged in judgements]) if surely else UNKNOWN
    if truth is not UNKNOWN:
        return settled(rule, truth, candidates, parts, "", moment)
    reason, why = _why_open(candidates, judgements)
    wants = [want for judged in judgements for want in judged.wants] or [_want(rule, candidates[0], reason)]
    return left_open(rule, reason, wants, candidates, parts, why, moment)


def _by_one(rule: Rule, fact: Fact, judged: Judged, moment: Span | None) -> Finding:
    """The finding where one fact alone decides."""
    truth, reason, why, wants, within = judged
    if truth is UNKNOWN and not wants:
        wants = (_want(rule, fact, reason),)
    if within is None:
        return Finding(truth, rule, reason, (fact,), (), wants, (), (), why, moment)
    return Finding(truth, rule, reason, (fact,), (within,), wants, within.assumed, (), why, moment)


def _want(rule: Rule, fact: Fact, reason: Reason) -> Want:
    """A better fact than this one, of the field that the rule asks for."""
    field = "" if isinstance(rule, Age | Not | AllOf | AnyOf | Unless) else rule.look.field
    return Want(fact.concept, field, reason)


def _why_open(candidates: Sequence[Fact], judgements: Sequence[Judged]) -> tuple[Reason, str]:
    for judged in judgements:
        if judged.truth is UNKNOWN:
            return judged.reason, judged.why
    if len({judged.truth for judged in judgements}) == 1:
        return "imprecise", _DATE_OPEN
    first = candidates[0].when
    if first.exact and all(fact.when == first for fact in candidates):
        return "conflicting", "two entries of the same day say different things"
    return "imprecise", "the dates do not tell which entry is the latest"


def _over_all(rule: Rule, look: Look, case: Case, found: Selection, judge: Judge, settles: Truth) -> Finding:
    """any is settled TRUE, every FALSE, by one fact that surely is so. The other way all facts need to be known."""
    inside = [(fact, judge(fact), True) for fact in found.sure] + [(fact, judge(fact), False) for fact in found.maybe]
    for fact, judged, surely in inside:
        if surely and judged.truth is settles:
            return _settled_by_one(rule, fact, judged, settles, case, look, found.moment)
    facts = [fact for fact, _, _ in inside]
    parts = [judged.within for _, judged, _ in inside if judged.within is not None]
    still_open = [item for item in inside if item[1].truth is UNKNOWN or item[1].truth is settles]
    if still_open:
        fact, judged, _ = still_open[0]
        why = judged.why if judged.truth is UNKNOWN else _DATE_OPEN
        reason = judged.reason or "imprecise"
        wants = [want for _, other, _ in still_open for want in other.wants] or [_want(rule, fact, reason)]
        return left_open(rule, reason, wants, [fact], [judged.within] if judged.within else [], why, found.moment)
    closure = case.closure(look.concept)
    if not closure.closed:
        want = Want(look.concept, look.field, "missing")
        return left_open(rule, "missing", [want], facts, parts, _OTHERS_OPEN, found.moment)
    if not found.sure and settles is FALSE:  # every one of none, or perhaps of none: nothing was surely seen to be so
        reason = "imprecise" if inside else "missing"
        return left_open(rule, reason, [Want(look.concept, look.field, reason)], [*facts, *closure.facts])
    return settled(rule, NOT[settles], [*facts, *closure.facts], parts, closure.assumption, found.moment)


def _settled_by_one(
    rule: Rule, fact: Fact, judged: Judged, truth: Truth, case: Case, look: Look, moment: Span | None
) -> Finding:
    """One fact settles it, unless a statement of none from after it says otherwise."""
    parts = [judged.within] if judged.within is not None else []
    none = case.none_stated.get(look.concept)
    if none is not None and fact.when.lo <= none.when.hi:
        want = Want(look.concept, look.field, "conflicting")
        return left_open(rule, "conflicting", [want], [fact, none], parts, _NONE_AND_ONE, moment)
    return settled(rule, truth, [fact], parts, "", moment)


# ---------------------------------------------------------------- records
def _recorded(rule: Recorded, case: Case) -> Finding:
    look = rule.look

    def judge(fact: Fact) -> Judged:
        return _fulfils(look, fact, case)

    if look.selector in ("latest", "first"):
        return _latest_record(rule, case, judge)
    found = select(look, case)
    closed = case.closure(look.concept).closed
    if (found.lacking is not None and (found.maybe or not closed)) or (found.empty and not closed):
        return _absent(rule, look, case, found)
    finding = _over_all(rule, look, case, found, judge, FALSE if look.selector == "every" else TRUE)
    return _shown_by_latest(finding, found.sure)


def _shown_by_latest(finding: Finding, sure: Sequence[Fact]) -> Finding:
    """Where any of several facts would do, the latest is the one that a reader looks for."""
    rule = finding.rule
    plain = isinstance(rule, Recorded) and rule.look.selector == "any" and rule.look.where is None
    if not plain or finding.truth is not TRUE or len(finding.facts) != 1:
        return finding
    return finding._replace(facts=(max((f for f in sure if not f.doubt), key=lambda fact: fact.when),))


def _dated(rule: Recorded, case: Case, here: Fact) -> Finding:
    """Does the record at hand lie in the window?"""
    assert rule.look.window is not None
    lower, upper, moment, lacking = bounds(rule.look.window, case)
    if lacking is not None:
        return left_open(rule, "missing", [Want(lacking.look.concept if lacking.look else "", "", "missing")], [here])
    truth = touches(here, lower, upper)
    if truth is UNKNOWN:
        return left_open(rule, "imprecise", [Want(here.concept, "", "imprecise")], [here], (), _DATE_OPEN, moment)
    return settled(rule, truth, [here], moment=moment)


def _fulfils(look: Look, fact: Fact, case: Case) -> Judged:
    """Does the record fulfil the look's `where`?"""
    if fact.doubt:
        return _doubted(fact, look)
    if look.where is None:
        return YES_
    finding = evaluate(look.where, case, AtHand(fact, case.vocabulary[look.concept]))
    return Judged(finding.truth, finding.reason, finding.why, finding.wants, finding)


def _doubted(fact: Fact, look: Look) -> Judged:
    return Judged(UNKNOWN, "uncheckable", fact.doubt, (Want(fact.concept, look.field, "uncheckable"),))


def _latest_record(rule: Recorded, case: Case, judge: Judge) -> Finding:
    """The latest record decides; a later statement that there is none decides against."""
    look = rule.look
    found = select(look, case)
    if found.empty and found.lacking is None:
        closure = case.closure(look.concept)
        outdated = found.outside and look.concept in case.none_stated
        if closure.closed and not outdated:
            return settled(rule, FALSE, found.outside or closure.facts, (), closure.assumption, found.moment)
    if found.empty or found.lacking is not None:
        return _absent(rule, look, case, found)
    finding = _over_one(rule, found, judge, look.selector == "first")
    none = case.none_stated.get(look.concept)
    if none is None or finding.truth is not TRUE or all(fact.when.lo > none.when.hi for fact in finding.facts):
        return finding
    want = Want(look.concept, "", "conflicting")
    return left_open(rule, "conflicting", [want], [*finding.facts, none], finding.parts, _NONE_AND_ONE, found.moment)


def _count(rule: Count, case: Case) -> Finding:
    """The number lies between those that surely count and all that may; without end unless all are known."""
    look = rule.look
    found = select(look, case)
    if found.lacking is not None:
        return _absent(rule, look, case, found)
    truths = {id(fact): _fulfils(look, fact, case).truth for fact in (*found.sure, *found.maybe)}
    facts = [fact for fact in (*found.sure, *found.maybe) if truths[id(fact)] is not FALSE]
    least = _surely_different([fact for fact in found.sure if truths[id(fact)] is TRUE])
    most = len(facts)
    closure = case.closure(look.concept)
    none = case.none_stated.get(look.concept)
    if none is not None and any(fact.when.lo <= none.when.hi for fact in facts):
        want = Want(look.concept, look.field, "conflicting")
        return left_open(rule, "conflicting", [want], [*facts, none], (), _NONE_AND_ONE, found.moment)
    by_least = _number_truth(least, rule)
    # More facts could only make the number larger.
    stays = {">": TRUE, ">=": TRUE, "<": FALSE, "<=": FALSE}.get(rule.comparison) is by_least
    stays = stays or (rule.comparison in ("=", "!=") and least > rule.number)
    truth = by_least if stays else UNKNOWN
    if closure.closed:
        truth = agreed([_number_truth(number, rule) for number in range(least, most + 1)])
    if truth is not UNKNOWN:
        return settled(rule, truth, [*facts, *closure.facts], (), "" if stays else closure.assumption, found.moment)
    reason: Reason = "imprecise" if closure.closed else "missing"
    why = "" if closure.closed else _OTHERS_OPEN
    return left_open(rule, reason, [Want(look.concept, look.field, reason)], facts, (), why, found.moment)


def _surely_different(facts: Sequence[Fact]) -> int:
    """How many events the facts tell of at least: "March" and "15 March" may be one and the same."""

    def may_be_another(fact: Fact) -> bool:
        return not fact.when.exact and any(
            other is not fact and other.when.lo <= fact.when.hi and fact.when.lo <= other.when.hi for other in facts
        )

    return max(sum(1 for fact in facts if not may_be_another(fact)), 1 if facts else 0)


def _number_truth(number: int, rule: Count) -> Truth:
    answers = {
        "<": number < rule.number, "<=": number <= rule.number, ">": number > rule.number,
        ">=": number >= rule.number, "=": number == rule.number, "!=": number != rule.number,
    }  # fmt: skip
    return TRUE if answers[rule.comparison] else FALSE


# ---------------------------------------------------------------- numbers
def _value(fact: Fact, look: Look) -> Value | None:
    if not look.field:
        return fact.value
    return fact.value.get(look.field) if is_record(fact.value) else None


def _not_stated(fact: Fact, look: Look, concept: Concept) -> Judged:
    """The fact says nothing of what is asked."""
    reason: Reason = "judgement" if concept.who == "investigator" else "missing"
    return Judged(UNKNOWN, reason, "", (Want(fact.concept, look.field, reason),))


def _by_number(
    rule: Compare | Normal | Grade | Change,
    case: Case,
    here: AtHand | None,
    says: Callable[[Quantity, Fact], Judged],
    selector: str = "",
) -> Finding:
    """The finding of a rule about numbers; `says` judges one number."""
    look = rule.look
    concept = concept_of(look, case, here)

    def judge(fact: Fact) -> Judged:
        if fact.doubt:
            return _doubted(fact, look)
        value = _value(fact, look)
        return says(value, fact) if isinstance(value, Quantity) else _not_stated(fact, look, concept)

    return _judged(rule, look, case, here, judge, selector)


def _compare(rule: Compare, case: Case, here: AtHand | None) -> Finding:
    concept = concept_of(rule.look, case, here)
    return _by_number(
        rule,
        case,
        here,
        lambda value, fact: against(value, rule.comparison, rule.limit, fact, concept),
        _quantifier(rule.look.selector, rule.comparison),
    )


def _extreme_is(rule: Compare | Grade | Change, case: Case, here: AtHand | None) -> Finding:
    """The highest (lowest) value is exactly so much: none lies beyond it, and not all lie short of it."""
    upward = (rule.look.selector == "highest") != (isinstance(rule, Change) and rule.direction == "falls")
    within = evaluate(replace(rule, comparison="<=" if upward else ">="), case, here)
    all_short = evaluate(replace(rule, comparison="<" if upward else ">"), case, here)
    truth = both((within.truth, NOT[all_short.truth]))
    deciding = within if within.truth is not TRUE else all_short
    truth = truth if rule.comparison == "=" else NOT[truth]
    return deciding._replace(truth=truth, rule=rule, reason=deciding.reason if truth is UNKNOWN else "")


def _quantifier(selector: str, comparison: Comparison) -> str:
    """The highest value is below a limit when every value is, and above it when any is; the lowest likewise."""
    if selector not in _EXTREMES:
        return selector
    downward = comparison in ("<", "<=")
    return "every" if downward == (selector == "highest") else "any"


def _normal(rule: Normal, case: Case, here: AtHand | None) -> Finding:
    concept = concept_of(rule.look, case, here)
    return _by_number(
        rule, case, here, lambda value, fact: in_range(value, fact, case.vocabulary.get(fact.concept, concept))
    )


def _grade(rule: Grade, case: Case, here: AtHand | None) -> Finding:
    concept = concept_of(rule.look, case, here)
    return _by_number(
        rule,
        case,
        here,
        lambda value, fact: of_grade(value, rule.comparison, rule.number, rule.steps, fact, concept),
        _quantifier(rule.look.selector, rule.comparison),
    )


def _change(rule: Change, case: Case) -> Finding:
    """The value against the one number of the baseline, times 1 plus (minus) the percentage."""
    look = rule.look
    concept = concept_of(look, case, None)
    base_look = Look(look.concept, look.field, "latest", Window("before", rule.baseline))
    found = select(base_look, case)
    bases = leading(found, first=False)
    if not bases or found.lacking is not None:
        return _absent(replace(rule, look=base_look), base_look, case, found)
    base = _value(bases[0], look)
    if isinstance(base, Quantity) and base.lo is None and base.hi is None:
        want = Want(look.concept, look.field, "imprecise")
        why = f"the baseline of {concept.label} is not known"
        return left_open(rule, "imprecise", [want], (), (), why, found.moment)
    if len(bases) > 1 or found.maybe or bases[0].doubt or not isinstance(base, Quantity) or base.lo != base.hi:
        want = Want(look.concept, look.field, "imprecise")
        return left_open(rule, "imprecise", [want], bases, (), "the baseline is not one number", found.moment)
    if base.lo is None or base.lo <= 0:
        want = Want(look.concept, look.field, "uncheckable")
        why = "there is no share of a baseline of 0"
        return left_open(rule, "uncheckable", [want], bases, (), why, found.moment)
    rises = rule.direction == "rises"
    limit = changed_by(base.lo, rule.percent if rises else -rule.percent)
    turned: dict[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
    comparison = rule.comparison if rises else turned.get(rule.comparison, rule.comparison)

    def says(value: Quantity, fact: Fact) -> Judged:
        by = factor(value.unit, base.unit, concept.molar_mass)
        if by is None:
            return Judged(UNKNOWN, "uncheckable", "its unit cannot be converted")
        return JUDGED[compare(value, comparison, limit, by)]

    finding = _by_number(rule, case, None, says, _quantifier(look.selector, comparison))
    evidence = {id(fact): fact for fact in (*finding.facts, bases[0])}
    # What is missing is missing as of the day of the value, not of the baseline.
    moment = finding.moment if finding.truth is UNKNOWN else found.moment
    return finding._replace(facts=tuple(evidence.values()), moment=moment)


# ---------------------------------------------------------------- answers
def _is(rule: Is, case: Case, here: AtHand | None) -> Finding:
    look = rule.look
    concept = concept_of(look, case, here)

    def judge(fact: Fact) -> Judged:
        if fact.doubt:
            return _doubted(fact, look)
        value = _value(fact, look)
        if isinstance(value, Choice) and value.answers:
            given = value.answers
            if concept.read_as:
                given = frozenset(concept.read_as.get(answer, answer) for answer in given)
            return among(given, rule, concept, fact.concept)
        if value is None and concept.absence == "no":
            return among(frozenset([NO]), rule, concept, fact.concept)
        return _not_stated(fact, look, concept)

    if look.concept != HERE and concept.kind == "yes_no" and not look.field and not case.of(look.concept):
        closure = case.closure(look.concept)
        if closure.closed:
            return _no_by_closure(rule, concept, closure)
    if look.selector in _EXTREMES:
        return _extreme_answer(rule, case, concept)
    return _judged(rule, look, case, here, judge)


def _no_by_closure(rule: Is, concept: Concept, closure: Closure) -> Finding:
    """A yes/no question without a fact, where that means no."""
    judged = among(frozenset([NO]), rule, concept, rule.look.concept)
    return settled(rule, judged.truth, closure.facts, (), closure.assumption)


def _extreme_answer(rule: Is, case: Case, concept: Concept) -> Finding:
    """The highest (lowest) answer, in the order in which the concept lists them, is among these.

    It lies between the extreme of those that surely count at their least and that of all at their most; an answer that
    says "nobody can tell" may be any, and so may a record that is not known yet.
    """
    look = rule.look
    found = select(look, case)
    if found.empty or found.lacking is not None:
        return _absent(rule, look, case, found)
    order = [answer for answer in concept.answers if answer not in concept.unclear]
    if look.selector == "lowest":
        order.reverse()
    ranks = [_ranks(fact, look, order) for fact in (*found.sure, *found.maybe)]
    closure = case.closure(look.concept)
    least = max((min(known) for known in ranks[: len(found.sure)]), default=0)
    most = max(max(known) for known in ranks) if closure.closed else len(order) - 1
    truth = agreed([TRUE if order[rank] in rule.answers else FALSE for rank in range(least, max(least, most) + 1)])
    facts = [*found.sure, *found.maybe]
    if truth is not UNKNOWN and found.sure:
        needed = closure.closed and max(least, most) < len(order) - 1
        return settled(rule, truth, facts, (), closure.assumption if needed else "", found.moment)
    doubted = [fact.doubt for fact in facts if fact.doubt]
    unclear = any(isinstance(v := _value(fact, look), Choice) and v.answers & concept.unclear for fact in facts)
    if doubted:
        reason, why = "uncheckable", doubted[0]
    elif unclear:
        reason, why = "judgement", "a record says that it cannot be told"
    elif not closure.closed:
        reason, why = "missing", _OTHERS_OPEN
    else:
        reason, why = "imprecise", ""
    return left_open(rule, reason, [Want(look.concept, look.field, reason)], facts, (), why, found.moment)


def _ranks(fact: Fact, look: Look, order: Sequence[str]) -> list[int]:
    """The places in the order that the fact's answer may have."""
    value = _value(fact, look)
    known = [order.index(answer) for answer in value.answers if answer in order] if isinstance(value, Choice) else []
    sure = known and not fact.doubt and isinstance(value, Choice) and len(known) == len(value.answers)
    return known if sure else list(range(len(order)))


# ---------------------------------------------------------------- time
def _elapsed(rule: Elapsed, case: Case) -> Finding:
    """Less than a duration since the latest such event, or until the next such day."""
    finding = _since(rule, case) if rule.direction == "since" else _until(rule, case)
    return finding._replace(moment=Span(case.today, case.today))


def _since(rule: Elapsed, case: Case) -> Finding:
    """Events that do not fulfil the `where` do not count; "at least" and "more than" are the denials of "less than"."""
    look = rule.look
    negated = rule.comparison in (">", ">=")

    def judge(fact: Fact) -> Judged:
        near = is_near(end_of(fact), rule, case.today)
        condition = _fulfils(look, fact, case)
        # Of all events together, one too long ago does not matter, be it such an event or not.
        if condition.truth is UNKNOWN and not (near is FALSE and look.selector == "any"):
            return condition
        return condition._replace(truth=near, reason="imprecise" if near is UNKNOWN else "", wants=())

    found, counting = _such_events(look, case)
    if found.empty or found.lacking is not None:
        closure = case.closure(look.concept)
        if not closure.closed or found.lacking is not None:
            return _absent(rule, look, case, found)
        # It never happened: longer ago than any duration.
        return settled(rule, TRUE if negated else FALSE, closure.facts, (), closure.assumption)
    if look.selector == "any":
        finding = _over_all(rule, look, case, found, judge, TRUE)
    else:
        last = max((end_of(fact).lo for fact in counting), default=0)
        candidates = [fact for fact in (*found.sure, *found.maybe) if end_of(fact).hi >= last]
        if len(candidates) == 1 and counting:
            finding = _by_one(rule, candidates[0], judge(candidates[0]), found.moment)
        else:
            finding = _agreed(rule, candidates, bool(counting), judge, found.moment)
    return finding._replace(truth=NOT[finding.truth]) if negated else finding


def _such_events(look: Look, case: Case) -> tuple[Selection, Sequence[Fact]]:
    """The events in the window that fulfil, or may fulfil, the look's `where`; and those that surely do both."""
    found = select(look, case)
    if look.where is None:
        return found, found.sure
    truths = {id(fact): _fulfils(look, fact, case).truth for fact in (*found.sure, *found.maybe)}
    sure, maybe = ([fact for fact in facts if truths[id(fact)] is not FALSE] for facts in (found.sure, found.maybe))
    return found._replace(sure=sure, maybe=maybe), [fact for fact in sure if truths[id(fact)] is TRUE]


def _until(rule: Elapsed, case: Case) -> Finding:
    """The next such day counts; of days that all lie behind, nothing is so far ahead."""
    found, _ = _such_events(rule.look, case)
    closure = case.closure(rule.look.concept)
    if found.empty and found.lacking is None and closure.closed:
        return settled(rule, FALSE, closure.facts, (), closure.assumption)
    if found.empty or found.lacking is not None:
        return _absent(rule, rule.look, case, found)
    events = [*found.sure, *found.maybe]
    ahead = [fact for fact in events if _day_of(fact).hi >= case.today]
    if not ahead:
        return settled(rule, FALSE, events)
    soonest = min((_day_of(fact).hi for fact in ahead if _day_of(fact).lo >= case.today), default=LATEST)

    def judge(fact: Fact) -> Judged:
        condition = _fulfils(rule.look, fact, case)
        if condition.truth is not TRUE:
            return condition
        near = is_near(_day_of(fact), rule, case.today)
        distance = NOT[near] if rule.comparison in (">", ">=") else near
        return JUDGED[both((TRUE if _day_of(fact).lo >= case.today else UNKNOWN, distance))]

    candidates = [fact for fact in ahead if _day_of(fact).lo <= soonest]
    return _agreed(rule, candidates, any(fact in found.sure for fact in candidates), judge, found.moment)


def _day_of(fact: Fact) -> Span:
    """The day that a date concept names, or the day of the event."""
    return fact.value if isinstance(fact.value, Span) else fact.when


def _age(rule: Age, case: Case) -> Finding:
    born = [fact for fact in case.of("birth_date") if isinstance(fact.value, Span)]
    moment, dated = case.when(rule.moment)
    doubted = next((fact for fact in born if fact.doubt), None)
    if doubted is not None:
        return left_open(rule, "uncheckable", [Want("birth_date", "", "uncheckable")], [doubted], (), doubted.doubt)
    if not born:
        return left_open(rule, "missing", [Want("birth_date", "", "missing")])
    if moment is None:
        assert rule.moment.look is not None
        return left_open(rule, "missing", [Want(rule.moment.look.concept, "", "missing")], born)
    truths = [of_age(fact.value, rule, moment) for fact in born if isinstance(fact.value, Span)]
    truth = agreed(truths)
    if truth is not UNKNOWN:
        return settled(rule, truth, [*born, *dated], moment=moment)
    conflicting = len(set(truths)) > 1 and UNKNOWN not in truths
    reason: Reason = "conflicting" if conflicting else "imprecise"
    why = "two dates of birth are on record" if conflicting else "the date is not exact enough"
    return left_open(rule, reason, [Want("birth_date", "", reason)], [*born, *dated], (), why, moment)
