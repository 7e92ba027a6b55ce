"""Properties of every rule about everybody: order, one more fact, other units, other days, the passing of time."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from equipoise.dates import EARLIEST, LATEST, Span
from equipoise.facts import Fact, Nothing, Text
from equipoise.quantities import Quantity, converted, exactly
from equipoise.rules.because import because
from equipoise.rules.evaluate import Finding, evaluate
from equipoise.rules.grammar import RuleError, parse
from equipoise.rules.nodes import (
    NODE_TYPES,
    SELECTORS,
    Absolute,
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Not,
    Rule,
    Unless,
    concepts_of,
    every_rule,
)  # fmt: skip
from equipoise.rules.prose import says
from equipoise.rules.turning import turning_points
from equipoise.truth import FALSE, NOT, TRUE, UNKNOWN, Truth, both, either

from ..asking import LANGUAGE, WORDS, case, fact
from .known_faults import known_fault
from .strategies import (
    ON,
    REPORTED,
    TODAY_NUMBER,
    Person,
    atoms,
    facts_of,
    people,
    rules,
    rules_and_people,
)  # fmt: skip
from .worlds import settled

FEW = settings(max_examples=100, suppress_health_check=list(HealthCheck))


def truth(asked: Rule, facts: Iterable[Fact], person: Person, on: date = ON) -> Truth:
    return evaluate(asked, case(facts, on, person.complete)).truth


# ---------------------------------------------------------------- order, duplicates, what does not matter
@FEW
@given(rules_and_people(), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(drawn: tuple[Rule, Person], chance) -> None:
    """Learned one by one, in whatever order, the same facts end in the same truth."""
    asked, person = drawn
    shuffled = list(person.facts)
    chance.shuffle(shuffled)
    assert truth(asked, shuffled, person) is truth(asked, person.facts, person)


@FEW
@given(rules_and_people(), st.integers(0, 5))
def test_a_second_copy_of_a_fact_does_not_matter(drawn: tuple[Rule, Person], which: int) -> None:
    asked, person = drawn
    if not person.facts:
        return
    again = person.facts[which % len(person.facts)]
    copy = replace(again, source="another file", reported="the same")
    assert truth(asked, [*person.facts, copy], person) is truth(asked, person.facts, person)


@FEW
@given(rules_and_people())
def test_a_fact_of_something_else_does_not_matter(drawn: tuple[Rule, Person]) -> None:
    asked, person = drawn
    other = Fact("p", "remark", Text("had a cold"), Span(TODAY_NUMBER, TODAY_NUMBER))
    assert truth(asked, [*person.facts, other], person) is truth(asked, person.facts, person)


# ---------------------------------------------------------------- one more fact
def _bears_on(asked: Rule) -> frozenset[str]:
    names = concepts_of(asked)
    inner = {WORDS[name].inputs[argument] for name in names for argument in WORDS[name].inputs}
    return names | inner | {member for name in names for member in WORDS[name].members}


def _may_overturn(asked: Rule, person: Person, new: Fact) -> bool:
    """May this one more fact turn a settled truth into the opposite? Only

    - a fact that is not surely older than every fact of its concept (or of the members of one concept): a newer
      value, one of the same day, or one whose date does not tell; for `first`, which asks the other way round, and for
      a change from a baseline, any fact of the concept;
    - a fact of a concept whose facts are taken to be all there are: by its absence policy, by `once`, by
      complete_when_any, by a declaration or a statement of none (each verdict lists these assumptions);
    - of Elapsed, one that ended later although it began earlier: told by the first line for what does not last.
    """
    concept = WORDS[new.concept]
    names = {new.concept, *(name for name, c in WORDS.items() if new.concept in c.members)}
    kin = {member for name in names for member in (WORDS[name].members or (name,))}
    if names & person.complete or concept.absence == "no" or concept.once or concept.complete_when_any:
        return True
    if any(f.concept in kin and isinstance(f.value, Nothing) for f in person.facts):
        return True
    for node in every_rule(asked):
        look = getattr(node, "look", None)
        if (
            look is not None
            and look.concept in names
            and (look.selector == "first" or isinstance(node, Change) or new.end is not None)
        ):
            return True
    others = [f for f in person.facts if f.concept in kin]
    # No fact yet: then a rule about its latest value was open, but a window around its day was open too.
    return any(new.when.hi >= f.when.lo for f in others) if others else False


@FEW
@given(rules_and_people(none_statements=False), st.data())
def test_one_more_fact_never_overturns(drawn: tuple[Rule, Person], data: st.DataObject) -> None:
    """Monotone: see _may_overturn for the only exceptions. Also within a window an older value may be the newest."""
    asked, person = drawn
    before = truth(asked, person.facts, person)
    if before is UNKNOWN:
        return
    names = sorted({m for name in concepts_of(asked) for m in (WORDS[name].members or (name,))} - {"birth_date"})
    if not names:
        return
    new = data.draw(facts_of(data.draw(st.sampled_from(names))))
    if _may_overturn(asked, person, new):
        return
    if known_fault(asked, Person((*person.facts, new), person.complete)):
        return
    assert truth(asked, [*person.facts, new], person) is not NOT[before]


# ---------------------------------------------------------------- what is partial becomes exact
def _narrowed(data: st.DataObject, old: Fact) -> Fact:
    """The fact with an exact day and number, among those that it allowed."""
    when, end, value = old.when, old.end, old.value
    if not when.exact:
        low = max(when.lo, min(when.hi, TODAY_NUMBER) - 2000)
        day = data.draw(st.integers(low, max(low, min(when.hi, TODAY_NUMBER))))
        when = Span(day, day)
    if end is not None and not end.exact:
        day = data.draw(st.integers(max(end.lo, when.lo), max(end.hi, when.lo)))
        end = Span(day, day)
    if isinstance(value, Quantity) and not value.exact:
        low, high = value.lo, value.hi
        low = high - 1000 if low is None and high is not None else low  # pyright: ignore[reportOptionalOperand]
        high = low + 1000 if high is None and low is not None else high
        assert low is not None and high is not None
        share = data.draw(st.integers(1 if value.lo_open else 0, 99 if value.hi_open else 100))
        value = exactly(low + (high - low) * share / 100, value.unit)
    if isinstance(value, Span):
        value = when
    return replace(old, when=when, end=end, value=value)


@FEW
@given(rules_and_people(), st.data())
def test_a_settled_truth_stays_when_dates_and_numbers_become_exact(
    drawn: tuple[Rule, Person], data: st.DataObject
) -> None:
    asked, person = drawn
    before = truth(asked, person.facts, person)
    if before is UNKNOWN or known_fault(asked, person):
        return
    exact = [_narrowed(data, one) for one in person.facts]
    doubles = {(f.concept, f.when, f.end, str(f.value)) for f in exact}
    if len(doubles) < len(exact):  # two entries that turn out to be the same are one
        return
    assert truth(asked, exact, person) is before


@settings(FEW, max_examples=400)
@given(atoms().flatmap(lambda one: st.tuples(st.just(one), people(one, 4, none_statements=False))))
def test_every_world_agrees_with_a_settled_truth(drawn: tuple[Rule, Person]) -> None:
    """Against the second evaluator, which tries every world and shares no code with the first."""
    asked, person = drawn
    if known_fault(asked, person):
        return
    found = truth(asked, person.facts, person)
    expected, _, met = settled(asked, person.facts, person.complete, TODAY_NUMBER)
    if found is not UNKNOWN:
        assert {True: TRUE, False: FALSE, None: UNKNOWN}[expected] is found, met


# ---------------------------------------------------------------- other units, other days
def _two_units(asked: Rule) -> bool:
    """A limit stated in two units is judged in the unit of the report, so there the unit matters."""
    limits = [node.limit for node in every_rule(asked) if isinstance(node, Compare)]
    return any(isinstance(limit, Absolute) and len(limit.stated) > 1 for limit in limits)


def _in_other_unit(old: Fact, which: int) -> Fact:
    if not isinstance(old.value, Quantity):
        return old
    units = REPORTED[old.concept]
    into = units[which % len(units)]
    if "mol/L" in (into + old.value.unit) and into != old.value.unit:
        return old  # not a number that ends
    value = converted(old.value, into, WORDS[old.concept].molar_mass)
    assert value is not None
    return replace(old, value=value)


@FEW
@given(rules_and_people(), st.lists(st.integers(0, 2), min_size=7, max_size=7))
def test_the_unit_of_a_value_does_not_matter(drawn: tuple[Rule, Person], units: list[int]) -> None:
    asked, person = drawn
    if _two_units(asked):
        return
    other = [_in_other_unit(one, which) for one, which in zip(person.facts, units, strict=False)]
    assert truth(asked, other, person) is truth(asked, person.facts, person)


def _moved(span: Span, days: int) -> Span:
    return Span(*(day if day in (EARLIEST, LATEST) else day + days for day in span))


@FEW
@given(rules_and_people(calendar=False), st.integers(-2000, 2000))
def test_the_day_in_the_calendar_does_not_matter(drawn: tuple[Rule, Person], days: int) -> None:
    """For rules in days and weeks; months, years and ages follow the calendar."""
    asked, person = drawn
    if any(isinstance(node, Age) for node in every_rule(asked)):
        return
    moved = [
        replace(
            one, when=_moved(one.when, days), end=None if one.end is None else _moved(one.end, days),
            value=_moved(one.value, days) if isinstance(one.value, Span) else one.value,
        )
        for one in person.facts
    ]  # fmt: skip
    assert truth(asked, moved, person, date.fromordinal(TODAY_NUMBER + days)) is truth(asked, person.facts, person)


# ---------------------------------------------------------------- joints
@FEW
@given(rules(), rules(), rules(), st.data())
def test_joints_are_kleenes(one: Rule, other: Rule, third: Rule, data: st.DataObject) -> None:
    person = data.draw(people(AllOf((one, other, third))))
    a, b, c = (truth(asked, person.facts, person) for asked in (one, other, third))
    assert truth(Not(one), person.facts, person) is NOT[a]
    assert truth(AllOf((one, other, third)), person.facts, person) is both((a, b, c))
    assert truth(AnyOf((one, other, third)), person.facts, person) is either((a, b, c))
    assert truth(Unless(one, other), person.facts, person) is both((a, NOT[b]))
    assert truth(Not(AllOf((one, other))), person.facts, person) is truth(
        AnyOf((Not(one), Not(other))), person.facts, person
    )


# ---------------------------------------------------------------- the passing of time
@settings(FEW, max_examples=80)
@given(rules_and_people(calendar=False))
def test_no_day_of_change_is_missed(drawn: tuple[Rule, Person]) -> None:
    asked, person = drawn
    if known_fault(asked, person):
        return
    known = case(person.facts, ON, person.complete)
    expected = turning_points(asked, known)
    before = evaluate(asked, known).truth
    for day in range(known.today + 1, known.today + 401):
        now = evaluate(asked, known.at(day)).truth
        assert now is before or day in expected, date.fromordinal(day)
        before = now


# ---------------------------------------------------------------- words
PIECES = [
    *WORDS,
    *SELECTORS,
    "no",
    "and",
    "or",
    "not",
    "unless",
    "within",
    "before",
    "after",
    "of",
    "on",
    "between",
    "to",
    "today",
    "entry",
    "where",
    "is",
    "in",
    "[",
    "]",
    "(",
    ")",
    ",",
    "<",
    ">=",
    "=",
    "!=",
    "4",
    "1.5",
    "weeks",
    "month",
    "years",
    "g/dL",
    "%",
    "x",
    "ULN",
    "normal",
    "recorded",
    "includes",
    "rises",
    "falls",
    "from",
    "grade",
    "count",
    "age",
    "at",
    "least",
    "less",
    "than",
    "since",
    "until",
    "residual",
    "R0",
    "lung",
    "yes",
    "operation.ki67",
    "10*9/L",
    "{score}",
    "[iU]/L",
    "§",
    '"',
    "\n",
]


@settings(FEW, max_examples=1000)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join) | st.text(max_size=40))
@example("haemoglobin < 8 (5 g/dL)")
@example("haemoglobin < 8 ]")
@example("any operation where residual is recorded")
def test_any_text_is_a_rule_or_a_mistake_with_a_place(text: str) -> None:
    try:
        found = parse(text, LANGUAGE)
    except RuleError as error:
        assert error.message
        assert 0 <= error.position <= len(text) and error.length >= 1
    else:
        assert says(found, WORDS)
        evaluate(found, case([]))
        evaluate(found, case([fact("operation", {"residual": "R0"}, "2026-05-01"), fact("consent", {}, "2026-05-01")]))


CODED = re.compile(
    r"[a-z]+_[a-z]+|<[a-zA-Z_.]+ object|Span\(|Quantity\(|Choice\(|frozenset|mappingproxy|Decimal\(|None\b|Truth\."
)


@settings(FEW, max_examples=200)
@given(rules_and_people())
def test_every_rule_and_every_finding_has_words(drawn: tuple[Rule, Person]) -> None:
    asked, person = drawn
    found = evaluate(asked, case(person.facts, ON, person.complete))
    for text in (says(asked, WORDS), because(found, WORDS)):
        assert text.strip()
        assert not CODED.search(text), text
    assert found.truth is not UNKNOWN or (found.reason and found.wants)
    for want in found.wants:
        assert want.concept in WORDS
        assert not want.field or want.field in WORDS[want.concept].fields


# ---------------------------------------------------------------- nothing is forgotten
def test_every_node_selector_and_reason_is_generated_and_met() -> None:
    nodes: set[str] = set()
    selectors: set[str] = set()
    reasons: set[str] = set()
    met: set[tuple[str, Truth]] = set()

    @settings(FEW, max_examples=800, derandomize=True, database=None, phases=[Phase.generate])
    @given(rules_and_people())
    def draw(drawn: tuple[Rule, Person]) -> None:
        asked, person = drawn
        known = case(person.facts, ON, person.complete)
        for node in every_rule(asked):
            nodes.add(type(node).__name__)
            if not isinstance(node, Age | Not | AllOf | AnyOf | Unless):
                selectors.add(node.look.selector)
        for found in _every_finding(evaluate(asked, known)):
            met.add((type(found.rule).__name__, found.truth))
            reasons.add(found.reason if found.truth is UNKNOWN else "")

    draw()
    assert nodes == {kind.__name__ for kind in NODE_TYPES}
    assert selectors == set(SELECTORS)
    assert reasons == {"", "missing", "stale", "imprecise", "uncheckable", "conflicting", "judgement"}
    assert {(kind.__name__, one) for kind in NODE_TYPES for one in Truth} - met == set()


def _every_finding(found: Finding) -> Iterator[Finding]:
    yield found
    for part in found.parts:
        yield from _every_finding(part)
