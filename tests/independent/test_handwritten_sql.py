"""The 25 criteria of NELMAS against SQL that was written by hand from the same text, on synthetic people."""

from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest

from equipoise.dates import Span
from equipoise.eligibility.person import screen_person
from equipoise.facts import Fact, Nothing, Value, is_record
from equipoise.protocol.load import load_trial
from equipoise.rules.tables import columns
from equipoise.simulation.assumptions import load_assumptions
from equipoise.simulation.people import draw_people

from ..tables import part_of

ON = date(2026, 6, 1)
BY_HAND = Path(__file__).with_name("handwritten_nelmas.sql")
WORDS = {True: "true", False: "false", None: "unknown"}

Truths = dict[str, dict[str, str]]  # person -> criterion -> truth


@pytest.fixture(scope="module")
def people() -> dict[str, list[Fact]]:
    trial = load_trial("nelmas")
    drawn = draw_people(load_assumptions("nelmas", trial.vocabulary), trial.vocabulary, 900, 23, ON)
    return {person.id: list(person.facts) for person in drawn} | {"nothing-known": []}


@pytest.fixture(scope="module")
def by_hand(people: dict[str, list[Fact]], tmp_path_factory: pytest.TempPathFactory) -> Truths:
    vocabulary = load_trial("nelmas").vocabulary
    part = part_of(list(people.values()), vocabulary, tmp_path_factory.mktemp("tables"))
    with closing(duckdb.connect()) as tables:
        tables.execute(f"CREATE VIEW people AS FROM '{part.people}'")
        for name, concept in vocabulary.items():
            kinds = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in columns(concept).items())
            none = f"SELECT {kinds} WHERE FALSE"
            tables.execute(f"CREATE VIEW {name} AS " + (f"FROM '{part.facts[name]}'" if name in part.facts else none))
        tables.execute(f"SET VARIABLE today = DATE '{ON.isoformat()}'")
        found = tables.execute(BY_HAND.read_text("utf-8"))
        heads = [column[0] for column in found.description]
        rows = found.fetchall()
    names = list(people)
    return {names[row[0]]: {head: WORDS[truth] for head, truth in zip(heads[1:], row[1:], strict=True)} for row in rows}


@pytest.fixture(scope="module")
def by_reference(people: dict[str, list[Fact]]) -> Truths:
    trial = load_trial("nelmas")
    verdicts = (screen_person(trial, person, facts, ON) for person, facts in people.items())
    return {v.person: {judged.criterion.id: judged.truth.value for judged in v.judgements} for v in verdicts}


def covered(facts: list[Fact]) -> bool:
    """Are these records such as the SQL was written for?"""
    events = [fact for fact in facts if not isinstance(fact.value, Nothing)]
    exact = all((fact.when.exact or fact.concept == "sex") and (fact.end is None or fact.end.exact) for fact in facts)
    denied = {fact.concept for fact in facts if isinstance(fact.value, Nothing)}
    contradicted = denied & {fact.concept for fact in events}
    said: dict[tuple[str, Span], list[Value]] = {}
    for fact in events:
        if not is_record(fact.value):
            said.setdefault((fact.concept, fact.when), []).append(fact.value)
    agreed = all(value == values[0] for values in said.values() for value in values)
    return exact and agreed and not contradicted


def test_every_truth_is_the_same(people: dict[str, list[Fact]], by_hand: Truths, by_reference: Truths) -> None:
    different = {
        (person, criterion): (truth, by_reference[person][criterion])
        for person, truths in by_hand.items()
        for criterion, truth in truths.items()
        if covered(people[person]) and truth != by_reference[person][criterion]
    }
    assert different == {}


def test_every_truth_of_every_criterion_was_met(people: dict[str, list[Fact]], by_hand: Truths) -> None:
    met = Counter(
        (criterion, truth)
        for person, truths in by_hand.items()
        if covered(people[person])
        for criterion, truth in truths.items()
    )
    criteria = [criterion.id for criterion in load_trial("nelmas").criteria]
    assert [(each, truth) for each in criteria for truth in WORDS.values() if not met[each, truth]] == []


def test_nobody_is_missing(people: dict[str, list[Fact]], by_hand: Truths) -> None:
    assert by_hand.keys() == people.keys()
    assert sum(covered(facts) for facts in people.values()) > 0.9 * len(people)
