"""A second evaluator, written from the description of the language alone: it tries every world the facts allow.

A world makes each partial date one day and each interval one number. In a world a rule is true, false or open (None:
something is not on record). A rule is settled when every world settles it the same way.
"""

import calendar
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from equipoise.concepts import Concept
from equipoise.dates import Duration, Span
from equipoise.facts import ONGOING, Choice, Fact, ReferenceRange
from equipoise.quantities import UNITS, Quantity
from equipoise.rules.nodes import (
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
    Limit,
    Look,
    Moment,
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Rule,
    Unless,
    Window,
)  # fmt: skip

from ..asking import WORDS

Maybe = bool | None
Number = tuple[Fraction, str]  # exact, in a unit
FOREVER = date.max.toordinal()


class Exact(NamedTuple):
    """A fact in one world: one day, one end, one number, or its answers, or its fields."""

    concept: str
    day: int
    end: int
    value: object
    reference: ReferenceRange | None
    doubt: bool


class World(NamedTuple):
    facts: tuple[Exact, ...]
    complete: frozenset[str]
    today: int


# ---------------------------------------------------------------- worlds
def worlds(facts: Iterable[Fact], complete: frozenset[str], on: int, most: int = 3000) -> tuple[list[World], bool]:
    """Worlds that the facts allow, at most so many; and whether these are all that matter."""
    facts = _each_once([fact for fact in facts if fact.when.lo <= on])
    possible = [list(dict.fromkeys(_exact(fact, on))) for fact in facts]
    number = 1
    for options in possible:
        number *= len(options)
    step = number // most + 1
    chosen = itertools.islice(itertools.product(*possible), 0, None, step)
    whole = step == 1 and all(fact.when.hi - fact.when.lo <= 31 for fact in facts)
    return [World(one, complete, on) for one in chosen], whole


def _each_once(facts: Sequence[Fact]) -> list[Fact]:
    """Without repetitions; of the same value with and without the laboratory's limits, the one with them."""
    found: list[Fact] = []
    for fact in facts:
        bare = replace(fact, reference=None)
        told = any(replace(other, reference=None) == bare and other.reference is not None for other in facts)
        if fact not in found and (fact.reference is not None or not told):
            found.append(fact)
    return found


def _exact(fact: Fact, on: int) -> Iterator[Exact]:
    for day in _days(Span(fact.when.lo, min(fact.when.hi, on))):
        for end in [day] if fact.end is None else [FOREVER] if fact.end == ONGOING else _days(fact.end):
            for value in _values(fact.value):
                yield Exact(fact.concept, day, max(day, end), value, fact.reference, bool(fact.doubt))


def _days(span: Span) -> list[int]:
    if span.hi - span.lo > 400:
        return [span.hi - 1000, span.hi - 50, span.hi - 7, span.hi]
    return sorted({span.lo, *range(span.lo, span.hi + 1, max(1, (span.hi - span.lo) // 6)), span.hi})


def _values(value: object) -> list[object]:
    match value:
        case Quantity():
            return [(number, value.unit) for number in _numbers(value)]
        case Choice(answers):
            return [answers]
        case Span():
            return [("date",)]
        case Mapping():
            parts = [[(name, one) for one in _values(part)] for name, part in value.items()]
            return [frozenset(one) for one in itertools.product(*parts)]
    raise AssertionError(value)


def _numbers(value: Quantity) -> list[Fraction]:
    """The ends of the interval, and some numbers between and beyond."""
    low = Fraction(value.lo) if value.lo is not None else None
    high = Fraction(value.hi) if value.hi is not None else None
    if low is not None and high is not None:
        found = {low, high, *(low + (high - low) * Fraction(n, 8) for n in range(1, 8))}
    elif high is not None:
        found = {high, high - Fraction(1, 100), high / 2, Fraction(0), Fraction(-1)}
    else:
        assert low is not None
        found = {low, low + Fraction(1, 100), low * 2 + 1, low + 1000}
    if value.lo_open:
        found.discard(low)  # pyright: ignore[reportArgumentType]
    if value.hi_open:
        found.discard(high)  # pyright: ignore[reportArgumentType]
    return sorted(found)


# ---------------------------------------------------------------- three values, once more
def negated(truth: Maybe) -> Maybe:
    return None if truth is None else not truth


def all_of(truths: Sequence[Maybe]) -> Maybe:
    return False if False in truths else None if None in truths else True


def any_of(truths: Sequence[Maybe]) -> Maybe:
    return True if True in truths else None if None in truths else False


def same(truths: Sequence[Maybe]) -> Maybe:
    return truths[0] if len(set(truths)) == 1 else None


# ---------------------------------------------------------------- a rule in a world
def holds(rule: Rule, world: World, here: Exact | None = None) -> Maybe:
    match rule:
        case Not(part):
            return negated(holds(part, world, here))
        case AllOf(parts):
            return all_of([holds(part, world, here) for part in parts])
        case AnyOf(parts):
            return any_of([holds(part, world, here) for part in parts])
        case Unless(part, exception):
            return all_of([holds(part, world, here), negated(holds(exception, world, here))])
        case Age():
            return _age(rule, world)
        case Elapsed():
            return _elapsed(rule, world)
        case Count():
            return _count(rule, world)
        case Recorded():
            return _recorded(rule, world)
        case Change():
            return _change(rule, world, here)
        case _:
            return _of_value(rule, world, here)


def closed(name: str, world: World) -> bool:
    concept = WORDS[name]
    some = any(fact.concept == name for fact in world.facts)
    return name in world.complete or concept.absence == "no" or ((concept.once or concept.complete_when_any) and some)


def day_of(moment: Moment, world: World) -> tuple[int | None, bool]:
    """The day of a moment; whether it cannot be told because the latest such fact is in doubt."""
    if moment.look is None:
        return world.today, False
    facts = [fact for fact in world.facts if fact.concept == moment.look.concept]
    if not facts:
        return (world.today if moment.or_today else None), False
    last = max(fact.day for fact in facts)
    if any(fact.doubt for fact in facts if fact.day == last):
        return None, True
    return last, False


def later(day: int, by: Duration, sign: int) -> int:
    if by.unit in ("day", "week"):
        return day + sign * by.count * (7 if by.unit == "week" else 1)
    start = date.fromordinal(day)
    number = start.year * 12 + start.month - 1 + sign * by.count * (12 if by.unit == "year" else 1)
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1])).toordinal()


def bounds(window: Window, world: World) -> tuple[int, int] | None:
    start, _ = day_of(window.moment, world)
    if start is None:
        return None
    match window.side:
        case "between":
            assert window.other is not None
            stop, _ = day_of(window.other, world)
            return None if stop is None else (start, stop)
        case "around":
            assert window.far is not None
            return later(start, window.far, -1), later(start, window.far, 1)
        case "before":
            return (0 if window.far is None else later(start, window.far, -1)), later(start, window.near, -1)
        case _:
            return later(start, window.near, 1), (FOREVER if window.far is None else later(start, window.far, 1))


def found(look: Look, world: World, here: Exact | None = None) -> list[Exact] | None:
    """The facts that a look finds; None when its window has no moment."""
    if look.concept == HERE:
        return [here] if here is not None else []
    concept = WORDS[look.concept]
    names = concept.members or (look.concept,)
    facts = [fact for fact in world.facts if fact.concept in names]
    if look.field and concept.fields[look.field].absence != "no":
        facts = [fact for fact in facts if look.field in dict(fact.value)]  # pyright: ignore[reportArgumentType]
    if look.window is None:
        return facts
    limits = bounds(look.window, world)
    if limits is None:
        return None
    return [fact for fact in facts if fact.end >= limits[0] and fact.day <= limits[1]]


def concept_of(look: Look, here: Exact | None) -> Concept:
    if look.concept == HERE:
        assert here is not None
        return WORDS[here.concept].fields[look.field]
    return WORDS[look.concept].fields[look.field] if look.field else WORDS[look.concept]


def read(fact: Exact, look: Look) -> object:
    return dict(fact.value).get(look.field) if look.field else fact.value  # pyright: ignore[reportArgumentType,reportCallIssue]


# ---------------------------------------------------------------- values
def _of_value(rule: Rule, world: World, here: Exact | None) -> Maybe:
    look, concept = rule.look, concept_of(rule.look, here)
    facts = found(look, world, here)
    if isinstance(rule, Is) and look.concept != HERE and concept.kind == "yes_no" and not look.field:
        every = found(Look(look.concept), world)
        if not every:  # a yes/no question without any fact, where that means no
            return ("no" in rule.answers) if closed(look.concept, world) else None
    if not facts:
        none = look.selector == "any" and look.concept != HERE and closed(look.concept, world)
        return False if none and found(Look(look.concept, look.field), world) else None
    judged = [(fact, _one(rule, fact, concept)) for fact in facts]
    truths = [truth for _, truth in judged]
    whole = look.concept == HERE or closed(look.concept, world)
    match look.selector:
        case "latest":
            last = max(fact.day for fact in facts)
            return same([truth for fact, truth in judged if fact.day == last])
        case "first":
            first = min(fact.day for fact in facts)
            return same([truth for fact, truth in judged if fact.day == first])
        case "any":
            return True if True in truths else None if None in truths or not whole else False
        case "every":
            return False if False in truths else None if None in truths or not whole else True
        case _:
            return _extreme(rule, [fact for fact, _ in judged], concept, whole)


def _one(rule: Rule, fact: Exact, concept: Concept) -> Maybe:
    """What one fact says."""
    value = read(fact, rule.look)
    if fact.doubt:
        return None
    match rule:
        case Is():
            given = _read_as(value, concept)
            return None if given is None else _answer(given, rule, concept)
        case Compare():
            return None if value is None else _limit(value, rule.comparison, rule.limit, fact.reference, concept)
        case Normal():
            own = fact.reference
            if value is None or own is None:
                return None
            sides = [(own.low, ">="), (own.high, "<=")]
            return all_of([None if side is None else _compare(value, c, _number(side), concept) for side, c in sides])
        case Grade():
            return same([_related(grade, rule.comparison, rule.number) for grade in _grades(rule, fact, concept)])
    raise AssertionError(rule)


def _grades(rule: Grade, fact: Exact, concept: Concept) -> set[int]:
    """The grades that the value may have: the highest step that it reaches; any, when it cannot be read."""
    value = read(fact, rule.look)
    steps = [
        None if fact.doubt else _limit(value, step.comparison, step.limit, fact.reference, concept)
        for step in rule.steps
    ]
    readings = itertools.product(*([step] if step is not None else [True, False] for step in steps))
    return {max([0, *(s.grade for s, t in zip(rule.steps, reading, strict=True) if t)]) for reading in readings}


def _read_as(answers: object, concept: Concept) -> frozenset[str] | None:
    """The answers given, a member's as those of the concept that joins; where absence is a no, none given is one."""
    if answers is None:
        return frozenset(["no"]) if concept.absence == "no" else None
    assert isinstance(answers, frozenset)
    return frozenset(concept.read_as.get(answer, answer) for answer in answers)


def _answer(given: frozenset[str], rule: Is, concept: Concept) -> Maybe:
    wanted = frozenset(rule.answers)
    unclear = (given & concept.unclear) - wanted
    clear = given - unclear
    if rule.quantifier == "some":
        return True if clear & wanted else None if unclear else False
    if concept.several:
        return False if clear - wanted else None if unclear else True
    return None if unclear else True if clear <= wanted else None if clear & wanted else False


def _number(quantity: Quantity) -> Number:
    assert quantity.lo is not None
    return Fraction(quantity.lo), quantity.unit


def _into(value: Number, unit: str, concept: Concept) -> Fraction | None:
    number, own = value
    (kind, size, _), (other, into, _) = UNITS[own], UNITS[unit]
    if kind == other:
        return number * size / into
    if concept.molar_mass is None or {kind, other} != {"mass concentration", "molar concentration"}:
        return None
    moles = number * size / concept.molar_mass if kind.startswith("mass") else number * size * concept.molar_mass
    return moles / into


def _related(one: Fraction | int, comparison: str, other: Fraction | int) -> bool:
    return {
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
        "=": one == other,
        "!=": one != other,
    }[comparison]


def _compare(value: object, comparison: str, limit: Number, concept: Concept) -> Maybe:
    number = _into(value, limit[1], concept)  # pyright: ignore[reportArgumentType]
    return None if number is None else _related(number, comparison, limit[0])


def _limit(value: object, comparison: str, limit: Limit, own: ReferenceRange | None, concept: Concept) -> Maybe:
    if isinstance(limit, OwnLimit):
        side = None if own is None else own.high if limit.side == "ULN" else own.low
        if side is None:
            return None
        number, unit = _number(side)
        return _compare(value, comparison, (number * Fraction(limit.times), unit), concept)
    for stated in limit.stated:  # judged in the unit in which it was reported
        if UNITS[stated.unit][:2] == UNITS[value[1]][:2]:  # pyright: ignore[reportIndexIssue]
            return _compare(value, comparison, _number(stated), concept)
    return same([_compare(value, comparison, _number(stated), concept) for stated in limit.stated])


def _extreme(rule: Rule, facts: list[Exact], concept: Concept, whole: bool) -> Maybe:
    """The highest (lowest) of the facts; one that cannot be read or is not on record may lie anywhere."""
    highest = rule.look.selector == "highest"
    if isinstance(rule, Is):
        order = list(concept.answers)
        answers = [None if fact.doubt else _read_as(read(fact, rule.look), concept) for fact in facts]
        ranks = [
            order.index(next(iter(a))) if a is not None and len(a) == 1 and not a & concept.unclear else None
            for a in answers
        ]
        every = [rank for rank, answer in enumerate(order) if answer not in concept.unclear]
        wanted = {order.index(answer) for answer in rule.answers}
        return _extreme_of(ranks, every, lambda rank: rank in wanted, highest, whole)
    if isinstance(rule, Grade):
        others = [] if whole else [set(range(6))]
        every = itertools.product(*(_grades(rule, fact, concept) for fact in facts), *others)
        pick = max if highest else min
        return same([_related(pick(grades), rule.comparison, rule.number) for grades in every])
    assert isinstance(rule, Compare)
    if isinstance(rule.limit, OwnLimit) or len(rule.limit.stated) > 1:  # each value has a limit of its own
        truths = [_one(rule, fact, concept) for fact in facts]
        if rule.comparison in ("=", "!="):
            return None
        if (rule.comparison in ("<", "<=")) == highest:
            return False if False in truths else None if None in truths or not whole else True
        return True if True in truths else None if None in truths or not whole else False
    limit, unit = _number(rule.limit.stated[0])
    values = [None if fact.doubt else read(fact, rule.look) for fact in facts]
    numbers = [None if value is None else _into(value, unit, concept) for value in values]  # pyright: ignore
    return _extreme_of(numbers, _about(limit, numbers), lambda n: _related(n, rule.comparison, limit), highest, whole)


def _about(limit: Fraction, numbers: Iterable[Fraction | None]) -> list[Fraction]:
    """Numbers on every side of the limit and of the known numbers."""
    return [limit - 10**6, limit - 1, limit, limit + 1, limit + 10**6, *(n for n in numbers if n is not None)]


def _extreme_of(known: Sequence, anywhere: Sequence, passes, highest: bool, whole: bool) -> Maybe:
    """Tries every place at which the open ones, and one more that is not on record, may lie."""
    pick = max if highest else min
    sure = [n for n in known if n is not None]
    if whole and len(sure) == len(known):
        return passes(pick(sure))
    outcomes = {passes(pick([*sure, other])) for other in anywhere}
    return outcomes.pop() if len(outcomes) == 1 else None


# ---------------------------------------------------------------- events
def _fulfils(look: Look, fact: Exact, world: World) -> Maybe:
    return None if fact.doubt else True if look.where is None else holds(look.where, world, fact)


def _recorded(rule: Recorded, world: World) -> Maybe:
    look = rule.look
    facts = found(look, world)
    whole = closed(look.concept, world)
    if facts is None:
        return False if whole and not found(Look(look.concept), world) and look.selector != "every" else None
    if look.selector in ("latest", "first"):
        if not facts:
            return False if whole else None
        day = (max if look.selector == "latest" else min)(fact.day for fact in facts)
        return same([_fulfils(look, fact, world) for fact in facts if fact.day == day])
    truths = [_fulfils(look, fact, world) for fact in facts]
    if look.selector == "any":
        return True if True in truths else None if None in truths or not whole else False
    return False if False in truths else None if None in truths or not whole or not truths else True


def _count(rule: Count, world: World) -> Maybe:
    facts = found(rule.look, world)
    if facts is None:
        return None
    truths = [_fulfils(rule.look, fact, world) for fact in facts]
    least, most = truths.count(True), len(truths) - truths.count(False)
    if not closed(rule.look.concept, world):
        most = max(most, rule.number) + 2
    return same([_related(number, rule.comparison, rule.number) for number in range(least, most + 1)])


def _elapsed(rule: Elapsed, world: World) -> Maybe:
    """Since the end of the latest such event (any: of any such event)."""
    facts = found(rule.look, world) or []
    whole = closed(rule.look.concept, world)
    near_is = rule.comparison in ("<", "<=")

    def near(end: int) -> bool:
        if end == FOREVER:
            return True
        turn = later(end, rule.duration, 1)
        return world.today < turn or (world.today == turn and rule.comparison in ("<=", ">"))

    judged = [(fact, _fulfils(rule.look, fact, world)) for fact in facts]
    if rule.look.selector == "any":
        truths = [all_of([near(fact.end), truth]) for fact, truth in judged]
        any_near = True if True in truths else None if None in truths or not whole else False
        return any_near if near_is else negated(any_near)
    such = [(fact, truth) for fact, truth in judged if truth is not False]
    if not such:
        if not whole:
            return None
        return not near_is
    sure = [fact.end for fact, truth in such if truth is True]
    last = max(sure, default=None)
    options = {near(last)} if last is not None else {None if not whole else False}
    options |= {near(fact.end) for fact, truth in such if truth is None and (last is None or fact.end > last)}
    answer = same(list(options))
    return answer if near_is else negated(answer)


def _age(rule: Age, world: World) -> Maybe:
    born = [fact for fact in world.facts if fact.concept == "birth_date"]
    day, _ = day_of(rule.moment, world)
    if not born or day is None:
        return None
    start, now = date.fromordinal(born[0].day), date.fromordinal(day)
    years = now.year - start.year - ((now.month, now.day) < (start.month, start.day))
    return _related(years, rule.comparison, rule.years)


def _change(rule: Change, world: World, here: Exact | None) -> Maybe:
    look, concept = rule.look, concept_of(rule.look, here)
    bases = found(Look(look.concept, look.field, "latest", Window("before", rule.baseline)), world)
    facts = found(look, world)
    if not bases or not facts:
        return None
    last = max(fact.day for fact in bases)
    base = [fact for fact in bases if fact.day == last]
    if len({(fact.value, fact.doubt) for fact in base}) > 1 or base[0].doubt:
        return None
    start = _into(read(base[0], look), concept.unit, concept)  # pyright: ignore[reportArgumentType]
    if start is None or start <= 0:
        return None  # a share of nothing is nothing

    def passes(number: Fraction) -> bool:
        change = (number - start) / start * 100 * (1 if rule.direction == "rises" else -1)
        return _related(change, rule.comparison, Fraction(rule.percent))

    numbers = [None if fact.doubt else _into(read(fact, look), concept.unit, concept) for fact in facts]  # pyright: ignore
    judged = [(fact, None if n is None else passes(n)) for fact, n in zip(facts, numbers, strict=True)]
    whole = closed(look.concept, world)
    truths = [truth for _, truth in judged]
    match look.selector:
        case "latest":
            return same([t for fact, t in judged if fact.day == max(f.day for f in facts)])
        case "first":
            return same([t for fact, t in judged if fact.day == min(f.day for f in facts)])
        case "any":
            return True if True in truths else None if None in truths or not whole else False
        case "every":
            return False if False in truths else None if None in truths or not whole else True
    limit = start * (1 + Fraction(rule.percent) / 100 * (1 if rule.direction == "rises" else -1))
    return _extreme_of(numbers, _about(limit, numbers), passes, look.selector == "highest", whole)


def settled(rule: Rule, facts: Iterable[Fact], complete: frozenset[str], on: int) -> tuple[Maybe, bool, set[Maybe]]:
    """What every world says (None when they do not agree), whether all worlds were tried, and what was met."""
    tried, whole = worlds(facts, complete, on)
    met = {holds(rule, world) for world in tried}
    return (next(iter(met)) if len(met) == 1 else None), whole, met
