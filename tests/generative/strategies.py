"""Draws rules of every kind, and facts and people to ask them about, over the vocabulary of tests/asking.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from equipoise.concepts import Concept
from equipoise.dates import ANY_DAY, Duration, Span
from equipoise.facts import NOTHING, ONGOING, Choice, Fact, ReferenceRange, Value, record
from equipoise.quantities import Quantity, exactly
from equipoise.rules.nodes import (
    HERE,
    TODAY,
    Absolute,
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
    Moment,
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Rule,
    Unless,
    Window,
    every_rule,
)  # fmt: skip

from ..asking import LANGUAGE, WORDS

ON = date(2026, 6, 1)
TODAY_NUMBER = ON.toordinal()
COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")
# The units in which values are reported; the first is that of limits.
REPORTED = {
    "haemoglobin": ("g/dL", "g/L", "mmol/L"), "bilirubin": ("mg/dL", "mg/L"), "platelets": ("10*9/L", "10*3/uL"),
    "ecog": ("{score}",), "creatinine": ("mg/dL", "umol/L"), "ki67": ("%",), "weight": ("kg",), "marrow": ("%",),
}  # fmt: skip
TOP = {
    "haemoglobin": 16,
    "bilirubin": 5,
    "platelets": 200,
    "ecog": 4,
    "creatinine": 3,
    "ki67": 40,
    "weight": 100,
    "marrow": 50,
}
QUANTITIES = ("haemoglobin", "bilirubin", "platelets", "ecog", "creatinine", "marrow")
CHOICES = ("site", "allergy", "pregnancy", "accepted", "agreed", "dosed")
RECORDS = ("operation", "scan", "treatment", "consent", "visit")
DATES = ("surgery", "death")
MOMENTS = ("consent", "operation", "surgery")
NEVER_ASKED = "remark"  # a concept that no rule here looks at


def durations(calendar: bool = True) -> SearchStrategy[Duration]:
    """Lengths of time; without `calendar` only days and weeks."""
    plain = st.builds(Duration, st.integers(0, 40), st.just("day")) | st.builds(
        Duration, st.integers(0, 6), st.just("week")
    )
    return plain | st.builds(Duration, st.integers(1, 2), st.sampled_from(["month", "year"])) if calendar else plain


def moments() -> SearchStrategy[Moment]:
    return st.just(TODAY) | st.sampled_from(MOMENTS).map(lambda name: Moment(name, Look(name)))


@st.composite
def windows(draw: DrawFn, calendar: bool = True) -> Window | None:
    if draw(st.booleans()):
        return None
    side = draw(st.sampled_from(["before", "before", "after", "around", "between"]))
    moment = draw(moments())
    if side == "between":
        return Window(side, moment, other=draw(moments()))
    near, far = sorted([draw(durations(False)), draw(durations(False))], key=lambda d: d.days or 0)
    if calendar and draw(st.booleans()):
        far = Duration(draw(st.integers(2, 3)), "month")
    if side == "around":
        return Window(side, moment, far=far)
    return Window(side, moment, near, draw(st.sampled_from([None, far, far])))


def limits(name: str) -> SearchStrategy[Absolute | OwnLimit]:
    unit = REPORTED[name][0]
    numbers = st.integers(0, TOP[name] * 2).map(lambda n: exactly(Decimal(n) / 2, unit))
    absolute = numbers.map(lambda limit: Absolute((limit,)))
    if name == "haemoglobin":
        absolute |= st.just(Absolute((exactly(5, "mmol/L"), exactly(8, "g/dL"))))
    if name in ("bilirubin", "creatinine"):
        absolute |= st.builds(
            OwnLimit, st.sampled_from([Decimal(1), Decimal("1.5"), Decimal(3)]), st.sampled_from(["ULN", "LLN"])
        )
    return absolute


@st.composite
def answers_of(draw: DrawFn, concept: Concept) -> tuple[str, ...]:
    return tuple(draw(st.lists(st.sampled_from(list(concept.answers)), min_size=1, max_size=2, unique=True)))


@st.composite
def conditions(draw: DrawFn, record_name: str) -> Rule | None:
    """A `where`: a rule about the fields of one record."""
    fields = {name: f for name, f in WORDS[record_name].fields.items()}
    if not fields or draw(st.integers(0, 2)) == 0:
        return None
    parts: list[Rule] = []
    for name in draw(st.lists(st.sampled_from(list(fields)), min_size=1, max_size=2)):
        look = Look(HERE, name)
        if fields[name].kind == "quantity":
            parts.append(Compare(look, draw(st.sampled_from(COMPARISONS)), draw(limits(name))))
        else:
            quantifier = draw(st.sampled_from(["all", "some"])) if fields[name].several else "all"
            parts.append(Is(look, draw(answers_of(fields[name])), quantifier))
        if draw(st.booleans()):
            parts[-1] = Not(parts[-1])
    if len(parts) == 1:
        return parts[0]
    return draw(st.sampled_from([AllOf, AnyOf]))(tuple(parts))


@st.composite
def atoms(draw: DrawFn, calendar: bool = True) -> Rule:
    """One rule without parts: each kind of node as often as another."""
    kind = draw(st.sampled_from([Compare, Is, Normal, Recorded, Count, Elapsed, Age, Change, Grade]))
    comparison = draw(st.sampled_from(COMPARISONS))
    window = draw(windows(calendar))
    if kind in (Compare, Change, Grade, Normal):
        selectors = ["latest", "latest", "first", "any", "every"] + (
            ["highest", "lowest"] if kind is not Normal else []
        )
        names = {
            Compare: QUANTITIES,
            Normal: ("bilirubin", "creatinine"),
            Grade: ("platelets", "bilirubin"),
            Change: ("creatinine", "haemoglobin"),
        }
        name, field = draw(st.sampled_from(names[kind])), ""
        if kind is Compare and draw(st.integers(0, 4)) == 0:
            name, field = "operation", "ki67"
        look = Look(name, field, draw(st.sampled_from(selectors)), window)
        if kind is Compare:
            return Compare(look, comparison, draw(limits(field or name)))
        if kind is Normal:
            return Normal(look)
        if kind is Grade:
            return Grade(look, comparison, draw(st.integers(0, 5)), LANGUAGE.gradings[name])
        percent = Decimal(draw(st.integers(0, 10)) * 10)
        baseline = draw(st.just(TODAY) | moments())
        return Change(look, draw(st.sampled_from(["rises", "falls"])), comparison, percent, baseline)
    if kind is Is:
        if draw(st.integers(0, 3)) == 0:
            name, field = draw(
                st.sampled_from(
                    [("operation", "residual"), ("scan", "liver"), ("scan", "elsewhere"), ("consent", "withdrawn")]
                )
            )
        else:
            name, field = draw(st.sampled_from(CHOICES)), ""
        concept = WORDS[name].fields[field] if field else WORDS[name]
        several = concept.several
        selector = draw(
            st.sampled_from(["latest", "latest", "first", "any", "every"] + ([] if several else ["highest", "lowest"]))
        )
        quantifier = draw(st.sampled_from(["all", "some"])) if several else "all"
        return Is(Look(name, field, selector, window), draw(answers_of(concept)), quantifier)
    if kind is Age:
        moment = draw(moments())
        if moment.look is not None and draw(st.booleans()):
            moment = Moment(moment.name, moment.look, or_today=True)
        return Age(comparison, draw(st.integers(17, 20)), moment)
    name = draw(st.sampled_from((*RECORDS, *DATES)))
    where = draw(conditions(name))
    if kind is Recorded:
        selectors = ["latest", "first", "any"] + (["every"] if where is not None else [])
        return Recorded(Look(name, "", draw(st.sampled_from(selectors)), window, where))
    if kind is Count:
        return Count(Look(name, "", "any", window, where), comparison, draw(st.integers(0, 3)))
    look = Look(name, "", draw(st.sampled_from(["latest", "any"])), None, where)
    return Elapsed(look, draw(st.sampled_from(["<", "<=", ">", ">="])), draw(durations(calendar)))


def rules(calendar: bool = True) -> SearchStrategy[Rule]:
    """Rules with every kind of node; without `calendar` all times are in days and weeks."""
    return st.recursive(
        atoms(calendar),
        lambda part: st.one_of(
            st.builds(Not, part),
            st.builds(Unless, part, part),
            st.lists(part, min_size=2, max_size=3).map(lambda parts: AllOf(tuple(parts))),
            st.lists(part, min_size=2, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        ),
        max_leaves=3,
    )


# ---------------------------------------------------------------- facts
@st.composite
def days(draw: DrawFn, back: int = 90) -> Span:
    """Days near ON, most of them exact, some partial, a few not recorded at all."""
    last = TODAY_NUMBER - draw(st.integers(0, back))
    width = draw(st.sampled_from([0, 0, 0, 0, 1, 3, 30]))
    return ANY_DAY if draw(st.integers(0, 24)) == 0 else Span(last - width, last)


@st.composite
def quantities(draw: DrawFn, name: str) -> Quantity:
    """A number near the limits, in one of its units: exact, an interval, or below or above a bound."""
    unit = draw(st.sampled_from(REPORTED[name]))
    size = {"g/L": 10, "mg/L": 10, "umol/L": 88}.get(unit, 1)
    low = Decimal(draw(st.integers(0, TOP[name] * 2))) / 2 * size
    shape = draw(st.sampled_from(["exact"] * 5 + ["interval", "below", "above"]))
    if shape == "interval":
        return Quantity(low, low + Decimal(draw(st.integers(1, 4))) / 2 * size, unit)
    if shape == "below":
        return Quantity(None, low, unit, hi_open=draw(st.booleans()))
    if shape == "above":
        return Quantity(low, None, unit, lo_open=draw(st.booleans()))
    return exactly(low, unit)


@st.composite
def references(draw: DrawFn, name: str) -> ReferenceRange | None:
    shape = draw(st.sampled_from(["none", "both", "both", "high", "low"]))
    unit = draw(st.sampled_from(REPORTED[name]))
    size = {"mg/L": 10, "umol/L": 88}.get(unit, 1)
    low, high = exactly(Decimal("0.3") * size, unit), exactly(Decimal("1.2") * size, unit)
    if shape == "none":
        return None
    return ReferenceRange(low if shape != "high" else None, high if shape != "low" else None)


@st.composite
def choices(draw: DrawFn, concept: Concept) -> Choice:
    most = 2 if concept.several or draw(st.integers(0, 9)) == 0 else 1
    return Choice(
        frozenset(draw(st.lists(st.sampled_from(list(concept.answers)), min_size=1, max_size=most, unique=True)))
    )


@st.composite
def record_values(draw: DrawFn, concept: Concept) -> Mapping[str, Value]:
    values: dict[str, Value] = {}
    for name, field in concept.fields.items():
        if draw(st.integers(0, 4)) > 0:
            values[name] = draw(quantities(name) if field.kind == "quantity" else choices(field))
    return record(**values)


@st.composite
def facts_of(draw: DrawFn, name: str) -> Fact:
    """One fact of a concept."""
    concept, when = WORDS[name], draw(days())
    doubt = "it is preliminary" if draw(st.integers(0, 14)) == 0 else ""
    if concept.kind == "quantity":
        own = draw(references(name)) if concept.own_limits else None
        return Fact("p", name, draw(quantities(name)), when, reference=own, doubt=doubt)
    if concept.kind in ("choice", "yes_no"):
        return Fact("p", name, draw(choices(concept)), when, doubt=doubt)
    if concept.kind == "date":
        if name == "birth_date":
            born = date(2008, 6, 1).toordinal() + draw(st.integers(-400, 400))
            when = Span(born, born + draw(st.sampled_from([0, 0, 0, 30])))
        return Fact("p", name, when, when, doubt="" if name == "birth_date" else doubt)
    end = None
    if concept.lasts:
        end = draw(st.sampled_from(["none", "on", "later"]))
        last = when.hi + draw(st.integers(0, 60))
        end = {"none": None, "on": ONGOING, "later": Span(last - draw(st.sampled_from([0, 0, 10])), last)}[end]
    return Fact("p", name, draw(record_values(concept)), when, end, doubt=doubt)


@st.composite
def people(draw: DrawFn, about: Rule | None = None, most: int = 6, none_statements: bool = True) -> "Person":
    """A person's facts, most of them of the concepts that the rule looks at, and what was declared complete."""
    asked = sorted(_stated(about)) if about is not None else [*QUANTITIES, *CHOICES, *RECORDS, *DATES, "birth_date"]
    facts: list[Fact] = []
    fewest = draw(st.sampled_from([0, 2, 3]))
    for name in draw(st.lists(st.sampled_from(asked), min_size=fewest, max_size=most)):
        once = WORDS[name].once and any(fact.concept == name for fact in facts)
        if not once:
            facts.append(draw(facts_of(name)))
    if none_statements and draw(st.integers(0, 7)) == 0:
        facts.append(Fact("p", draw(st.sampled_from(asked)), NOTHING, draw(days())))
    complete = draw(st.sets(st.sampled_from(asked), max_size=3))
    return Person(tuple(facts), frozenset(complete))


def _stated(rule: Rule) -> set[str]:
    """The concepts whose facts bear on the rule: members in place of the concept that joins them."""
    names: set[str] = set()
    for node in every_rule(rule):
        if isinstance(node, Age):
            names.add("birth_date")
            looks = [node.moment.look]
        elif isinstance(node, Not | AllOf | AnyOf | Unless):
            continue
        else:
            window = node.look.window
            looks = [node.look, *(m.look for m in (window.moment, window.other) if m)] if window else [node.look]
            looks += [node.baseline.look] if isinstance(node, Change) else []
        names |= {look.concept for look in looks if look is not None and look.concept != HERE}
    return {member for name in names for member in (WORDS[name].members or (name,))}


@dataclass(frozen=True)
class Person:
    facts: tuple[Fact, ...]
    complete: frozenset[str]


@st.composite
def rules_and_people(
    draw: DrawFn, calendar: bool = True, most: int = 6, none_statements: bool = True
) -> tuple[Rule, Person]:
    """A rule, and a person about whom something is known that bears on it."""
    rule = draw(rules(calendar))
    return rule, draw(people(rule, most, none_statements))
