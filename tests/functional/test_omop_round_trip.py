"""Virtual people written as an OMOP CDM and read again get the verdicts that they get as drawn."""

from datetime import date
from pathlib import Path

import pytest
from tests.functional.test_people_round_trip import content, said
from tests.omop_people import can_carry, write

from equipoise.eligibility.person import screen_person
from equipoise.exchange.omop import read_omop
from equipoise.exchange.sources import merged
from equipoise.facts import Fact, Reading
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol
from equipoise.simulation.assumptions import load_assumptions
from equipoise.simulation.people import VirtualPerson, draw_people

COUNT, SEED, DAY = 300, 7, date(2026, 6, 1)


@pytest.fixture(scope="module")
def trial() -> Protocol:
    return load_trial("nelmas")


@pytest.fixture(scope="module")
def pair(
    trial: Protocol, tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[VirtualPerson], dict[str, str], Reading]:  # fmt: skip
    people = draw_people(load_assumptions("nelmas", trial.vocabulary), trial.vocabulary, COUNT, SEED, DAY)
    cdm, numbers = write(people)
    folder: Path = cdm.into_csv(tmp_path_factory.mktemp("omop") / "cdm")
    return people, numbers, merged(list(read_omop(folder, trial, chunk=1000)))


def carried(person: VirtualPerson) -> list[Fact]:
    return [fact for fact in person.facts if can_carry(fact)]


def test_every_fact_comes_back_as_it_was(pair: tuple[list[VirtualPerson], dict[str, str], Reading]) -> None:
    people, numbers, reading = pair
    facts = reading.by_person()
    assert set(facts) == set(numbers.values())
    for person in people:
        found = {content(fact) for fact in facts[numbers[person.id]]}
        expected = {content(fact) for fact in carried(person)}
        assert found == expected, person.id


def test_everybody_gets_the_same_verdict(
    trial: Protocol, pair: tuple[list[VirtualPerson], dict[str, str], Reading]
) -> None:  # fmt: skip
    people, numbers, reading = pair
    facts = reading.by_person()
    for person in people:
        drawn = screen_person(trial, person.id, carried(person), DAY)
        read = screen_person(trial, person.id, facts[numbers[person.id]], DAY)
        assert said(read) == said(drawn), f"{person.id} {person.scenario}"


def test_nothing_is_unread_but_what_was_meant_to_be(
    pair: tuple[list[VirtualPerson], dict[str, str], Reading],
) -> None:
    _, _, reading = pair
    assert {each.kind for each in reading.unread} <= {"implausible", "unknown unit"}


def test_people_are_known_by_their_number_in_the_source(
    pair: tuple[list[VirtualPerson], dict[str, str], Reading],
) -> None:
    people, numbers, reading = pair
    assert all(person.id in reading.people[numbers[person.id]] for person in people)
