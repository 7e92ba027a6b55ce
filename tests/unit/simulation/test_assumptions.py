"""assumptions.toml: read with any vocabulary, every mistake told at once, every assumption sourced."""

import tomllib
from datetime import date
from decimal import Decimal, localcontext

import pytest

from equipoise.concepts import Vocabulary
from equipoise.facts import Nothing
from equipoise.faults import Mistakes
from equipoise.protocol.words import read_concepts
from equipoise.quantities import Quantity
from equipoise.simulation.assumptions import read_assumptions
from equipoise.simulation.chance import EXACT, Chance
from equipoise.simulation.people import VirtualPerson, draw_people

CONCEPTS = """
birth_date = { label = "date of birth", kind = "date", once = true, source = "test" }
smoker = { label = "smoker", kind = "yes_no", source = "test" }
[sodium]
label = "sodium"
kind = "quantity"
unit = "mmol/L"
molar_mass = "22.99"
molar_mass_source = "test"
source = "test"
[fall]
label = "fall"
kind = "record"
source = "test"
[fall.fields.where]
label = "where"
kind = "choice"
several = true
answers = { home = "at home", street = "in the street" }
"""

PEOPLE = """
[people]
prefix = "P"
[people.trait.dry]
weights = { yes = 1, no = 3 }
ours = true
[people.model]
dry = "no"
[people.date.birth]
before = "today"
years = [40, 60]
ours = true
[[people.fact]]
concept = "birth_date"
date = "birth"
ours = true
[[people.fact]]
concept = "sodium"
by = "dry"
per.yes = { normal = [128, 3], most = 133 }
per.no = { normal = [140, 2], least = 135 }
units = { "mmol/L" = 1, "mg/dL" = 1 }
decimals = { "mmol/L" = 0, "mg/dL" = 1 }
date = ["today"]
ours = true
[[people.fact]]
concept = "fall"
when = { dry = "no" }
none = true
date = "today"
ours = true
[[people.fact]]
concept = "fall"
when = { dry = "yes" }
fields.where = "home + street"
date = [{ before = "today", days = [1, 9] }, { after = "today", days = 3 }]
ours = true
[[people.guest]]
name = "smoker"
why = "to see that a guest follows his scenario"
traits = { dry = "yes" }
[[people.guest.fact]]
concept = "smoker"
is = true
date = "today"
"""


def no_mistakes(path: tuple[str, ...], message: str) -> None:
    raise AssertionError(f"{path}: {message}")


VOCABULARY: Vocabulary = read_concepts(tomllib.loads(CONCEPTS), no_mistakes)


def drawn(text: str, count: int = 40) -> list[VirtualPerson]:
    assumptions = read_assumptions(tomllib.loads(text, parse_float=Decimal), VOCABULARY)
    return draw_people(assumptions, VOCABULARY, count, 1, date(2026, 6, 1))


def mistakes(text: str) -> str:
    with pytest.raises(Mistakes) as caught:
        drawn(text)
    return str(caught.value)


def test_another_trial_declares_its_own_people() -> None:
    people = drawn(PEOPLE)
    guest, *others = people
    assert [person.id for person in people[:2]] == ["P-0001", "P-0002"]
    assert {fact.concept for fact in guest.facts} == {"birth_date", "sodium", "fall", "smoker"}
    assert not any(fact.concept == "smoker" for person in others for fact in person.facts)
    sodium = [fact.value for person in people for fact in person.facts if fact.concept == "sodium"]
    assert {value.unit for value in sodium if isinstance(value, Quantity)} == {"mmol/L", "mg/dL"}


def test_values_of_one_person_fit_together_and_the_future_has_not_happened() -> None:
    for person in drawn(PEOPLE):
        falls = [fact for fact in person.facts if fact.concept == "fall"]
        sodium = next(fact.value for fact in person.facts if fact.concept == "sodium")
        assert len(falls) == 1
        assert isinstance(sodium, Quantity) and sodium.lo is not None
        in_mmol = sodium.lo if sodium.unit == "mmol/L" else sodium.lo * 10 / Decimal("22.99")
        assert isinstance(falls[0].value, Nothing) == (in_mmol >= Decimal("134.5"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('concept = "fall"', 'concept = "fell"', '"fell" is not a concept'),
        ("fields.where", "fields.wher", '"wher" is not a field of fall'),
        ('"home + street"', '"home + sea"', '"sea" is not an answer of where'),
        ('by = "dry"', 'by = "wet"', '"wet" is not a trait'),
        ("per.yes", "per.maybe", '"maybe" is not an answer of the trait dry'),
        ('date = "birth"', 'date = "brith"', '"brith" is neither a date that stands above nor a day'),
        ('before = "today"', 'before = "tomorrow"', '"tomorrow" is neither today nor a date that stands above'),
        ("ours = true", "", "needs a source, or ours = true"),
        ('"mg/dL" = 1 }', '"mm" = 1 }', '"mm" is not a unit of sodium'),
        ("decimals = ", "decimal = ", '"decimal" is not known here'),
        ('why = "to see that a guest follows his scenario"', "", "needs a why"),
        ("weights = { yes = 1, no = 3 }", "weights = 5", "a form that cannot be read"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, told: str) -> None:
    assert old in PEOPLE
    assert told in mistakes(PEOPLE.replace(old, new))


def test_every_mistake_is_told_at_once() -> None:
    text = mistakes(PEOPLE.replace('concept = "fall"', 'concept = "fell"').replace('by = "dry"', 'by = "wet"'))
    assert len(text.splitlines()) >= 3


def test_draws_follow_their_distributions() -> None:
    chance = Chance("a seed")
    normal = [chance.normal(Decimal(10), Decimal(2)) for _ in range(4000)]
    mean = sum(normal) / len(normal)
    assert abs(mean - 10) < Decimal("0.15")
    assert abs(sum((each - mean) ** 2 for each in normal) / len(normal) - 4) < Decimal("0.4")
    skewed = sorted(chance.lognormal(Decimal(5), Decimal("0.5")) for _ in range(4001))
    assert abs(skewed[2000] - 5) < Decimal("0.25")
    assert abs(sum(chance.happens(Decimal("0.2")) for _ in range(4000)) - 800) < 90
    assert not any(chance.happens(Decimal(0)) for _ in range(500))
    assert all(chance.happens(Decimal(1)) for _ in range(500))
    picks = [chance.pick((("a", Decimal(3)), ("b", Decimal(1)), ("c", Decimal(0)))) for _ in range(4000)]
    assert abs(picks.count("a") - 3000) < 120 and "c" not in picks


def test_the_stream_of_a_seed_never_changes() -> None:
    """When a number here changes, every cohort drawn so far changes: say so in the changelog."""
    chance = Chance("7/SYN-0001")
    with localcontext(EXACT):
        first, second = (chance.uniform(Decimal(0), Decimal(1000)) for _ in range(2))
        assert (round(first, 3), round(second, 3)) == (Decimal("765.942"), Decimal("237.288"))
        assert chance.normal(Decimal(0), Decimal(1)) == Decimal("2.382129977922886610031127930")
        assert chance.lognormal(Decimal(5), Decimal("0.5")) == Decimal("5.955808590305843830565928260")
