"""Dose decisions of drawn people: worse never gives more, unknown never gives, and only facts and the day count."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st
from tests.unit.conduct.doses import NELMAS, ON, SECOND, decide, event, fact, without

from equipoise.conduct.dosing import Action, DoseDecision
from equipoise.facts import Fact
from equipoise.truth import FALSE, TRUE, UNKNOWN

# Of these every rule of the second dose needs a value.
NEEDED = (
    "platelets",
    "haemoglobin",
    "neutrophils",
    "creatinine",
    "weight",
    "birth_date",
    "bilirubin",
    "albumin",
    "consent",
)
REPORTED = {
    "platelets": ("10*9/L", 0, 300), "haemoglobin": ("g/dL", 5, 15), "neutrophils": ("10*9/L", 0, 5),
    "creatinine": ("mg/dL", 0, 4), "albumin": ("g/dL", 2, 5), "weight": ("kg", 40, 120), "quick": ("%", 30, 120),
}  # fmt: skip
TERMS = ("thrombocytopenia", "lymphopenia", "hypersensitivity", "vomiting", "nephrotoxicity")


def tenths(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 10 + 1, high * 10).map(lambda number: Decimal(number) / 10)


def days(first: date = date(2026, 4, 7), last: date = ON) -> st.SearchStrategy[date]:
    return st.dates(first, last)


@st.composite
def values(draw: st.DrawFn) -> Fact:
    """One more laboratory value since the first dose: exact, an interval, or in doubt."""
    concept = draw(st.sampled_from(sorted(REPORTED)))
    unit, low, high = REPORTED[concept]
    number = draw(tenths(low, high))
    text = draw(
        st.sampled_from([f"{number} {unit}", f"{number} {unit}", f"{number}-{number + 1} {unit}", f"<{number} {unit}"])
    )
    doubt = {"doubt": "preliminary"} if draw(st.integers(0, 9)) == 0 else {}
    return fact(draw(days()), **{concept: text}, **doubt)


@st.composite
def events(draw: st.DrawFn) -> Fact:
    start = draw(days())
    end = draw(st.just("ongoing") | days(start).map(date.isoformat))
    known = {
        "grade": draw(st.integers(1, 4)),
        "related": draw(st.booleans()),
        "outcome": draw(st.sampled_from(["ongoing", "resolved"])),
    }
    fields = {name: value for name, value in known.items() if draw(st.integers(0, 9)) > 0}
    return event(draw(st.sampled_from(TERMS)), start.isoformat(), end, **fields)


MORE = st.lists(values() | events(), max_size=6)


def activity(decision: DoseDecision) -> Decimal:
    """In GBq; 0 where nothing is given."""
    return decision.activity.lo if decision.activity is not None and decision.activity.lo is not None else Decimal(0)


def most(decision: DoseDecision) -> Decimal:
    """The most that may come out, once what is open is known: where nothing is decided, what the rules still allow."""
    if decision.action is not Action.UNDECIDED:
        return activity(decision)
    reduced = any(ruling.truth is TRUE and ruling.item.action == "reduce" for ruling in decision.rulings)  # pyright: ignore[reportAttributeAccessIssue]
    return Decimal("3.7") if reduced else Decimal("7.4")


# ---------------------------------------------------------------- worse never gives more
@given(MORE, days(), tenths(0, 300), tenths(0, 300))
@example([], date(2026, 5, 28), Decimal("74.9"), Decimal(75))
def test_fewer_platelets_never_give_a_higher_dose(more: list[Fact], on: date, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    worse, better = (decide(*more, fact(on, platelets=f"{count} 10*9/L")) for count in (low, high))
    assert most(worse) <= most(better)


@given(MORE, days(), tenths(0, 4), tenths(0, 4))
@example([], date(2026, 5, 28), Decimal("1.3"), Decimal("1.4"))
def test_more_creatinine_never_gives_a_higher_dose(more: list[Fact], on: date, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    better, worse = (decide(*more, fact(on, creatinine=f"{number} mg/dL")) for number in (low, high))
    assert most(worse) <= most(better)


@given(MORE, events())
def test_one_more_event_never_gives_a_higher_dose(more: list[Fact], another: Fact) -> None:
    resolved = {"nephrotoxicity"}  # that one is resolved may end a hold
    if str(another.value["term"]) not in resolved:  # pyright: ignore[reportIndexIssue,reportArgumentType,reportCallIssue]
        assert most(decide(*more, another)) <= most(decide(*more))


# ---------------------------------------------------------------- unknown never gives
@given(MORE, st.sets(st.sampled_from(NEEDED), max_size=2))
def test_a_dose_is_given_only_when_every_rule_against_it_is_settled(more: list[Fact], lacking: set[str]) -> None:
    decision = decide(*more, facts=without(SECOND, *lacking))
    truths = {(ruling.item.action, ruling.truth) for ruling in decision.rulings}  # pyright: ignore[reportAttributeAccessIssue]
    if decision.level is not None:
        assert not truths & {("stop", TRUE), ("stop", UNKNOWN), ("hold", TRUE), ("hold", UNKNOWN)}
    if decision.action is Action.GIVE:
        assert {truth for _, truth in truths} == {FALSE}
    if decision.action is Action.UNDECIDED:
        assert decision.undecided or decision.timing.state == "unknown"


@given(st.sampled_from(NEEDED), st.lists(events(), max_size=3))
def test_without_a_value_that_a_rule_needs_nothing_is_given(lacking: str, more: list[Fact]) -> None:
    assert decide(*more, facts=without(SECOND, lacking)).level is None


# ---------------------------------------------------------------- a function of facts and day
@given(MORE, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(more: list[Fact], chance: object) -> None:
    facts = [*SECOND, *more]
    shuffled = list(facts)
    chance.shuffle(shuffled)  # pyright: ignore[reportAttributeAccessIssue]
    one, other = decide(facts=facts), decide(facts=shuffled)
    assert (one.action, one.level, one.timing, _truths(one)) == (
        other.action,
        other.level,
        other.timing,
        _truths(other),
    )


def _truths(decision: DoseDecision) -> dict[str, object]:
    return {ruling.id: ruling.truth for ruling in (*decision.rulings, *decision.ready, *decision.notices)}


@given(MORE, st.integers(1, 30))
def test_what_comes_later_does_not_matter(more: list[Fact], ahead: int) -> None:
    later = fact(ON + timedelta(days=ahead), platelets="1 10*9/L")
    assert decide(*more, later).as_dict() == decide(*more).as_dict()


@given(MORE)
def test_every_decision_says_why_and_never_breaks(more: list[Fact]) -> None:
    decision = decide(*more)
    assert decision.sentence.startswith("P-1 on 1 June 2026, dose 2: ") and decision.reasons
    assert decision.as_dict()["protocol"] == NELMAS.digest
