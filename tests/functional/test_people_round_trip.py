"""Virtual people written as FHIR and read again are the same: each criterion has the same truth for the same reason."""

from datetime import date

import pytest

from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Verdict
from equipoise.exchange.bindings import compile_bindings
from equipoise.exchange.fhir import read_fhir
from equipoise.facts import Fact, Reading, is_record
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol
from equipoise.simulation.assumptions import load_assumptions
from equipoise.simulation.fhir_codes import Codes
from equipoise.simulation.people import VirtualPerson, draw_people
from equipoise.simulation.people_files import write_people

COUNT = 300
DAYS = {7: date(2026, 6, 1), 8: date(2024, 2, 29)}


@pytest.fixture(scope="module")
def trial() -> Protocol:
    return load_trial("nelmas")


@pytest.fixture(scope="module", params=DAYS)
def pair(
    trial: Protocol, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, list[VirtualPerson], Reading]:
    """The people as drawn from a seed, and as read from their files."""
    seed = request.param
    folder = tmp_path_factory.mktemp("round-trip") / "people"
    assumptions = load_assumptions("nelmas", trial.vocabulary)
    write_people(trial, assumptions, COUNT, seed, folder, DAYS[seed])
    people = draw_people(assumptions, trial.vocabulary, COUNT, seed, DAYS[seed])
    return seed, people, read_fhir([folder], trial.vocabulary, compile_bindings(trial.codes, trial.vocabulary))


def said(verdict: Verdict) -> dict[str, object]:
    """All that a verdict says, but for where the facts stand."""
    judged = {judgement.criterion.id: (judgement.truth.value, judgement.reason) for judgement in verdict.judgements}
    needs = sorted((need.name, need.reason, need.who) for need in verdict.needs)
    changes = [(step.on, step.outcome, step.candidate) for step in verdict.changes]
    return {
        **judged, "needs": needs, "changes": changes, "warnings": sorted(notice.id for notice in verdict.notices),
        "assumptions": sorted(verdict.assumptions),
    }  # fmt: skip


def test_everybody_gets_the_same_verdict(trial: Protocol, pair: tuple[int, list[VirtualPerson], Reading]) -> None:
    seed, people, reading = pair
    facts = reading.by_person()
    assert set(facts) == {person.id for person in people}
    for person in people:
        drawn = screen_person(trial, person.id, person.facts, DAYS[seed])
        read = screen_person(trial, person.id, facts[person.id], DAYS[seed])
        assert said(read) == said(drawn), f"{person.id} {person.scenario}"


def content(fact: Fact) -> tuple[object, ...]:
    value = frozenset(fact.value.items()) if is_record(fact.value) else fact.value
    return fact.concept, value, fact.when, fact.end, fact.reference, bool(fact.doubt)


def test_every_fact_comes_back_as_it_was(pair: tuple[int, list[VirtualPerson], Reading]) -> None:
    """Values as reported, days, ends, the laboratories' own limits, doubts."""
    _, people, reading = pair
    facts = reading.by_person()
    for person in people:
        assert {content(fact) for fact in facts[person.id]} == {content(fact) for fact in person.facts}, person.id


def test_nothing_is_unread_but_what_was_meant_to_be(pair: tuple[int, list[VirtualPerson], Reading]) -> None:
    _, _, reading = pair
    kinds = {item.kind for item in reading.unread}
    meant = {
        "entered in error", "superseded version", "preliminary", "implausible", "unknown unit", "doubtful",
        "not a FHIR file", "code not used",
    }  # fmt: skip
    assert kinds <= meant
    assert {item.what for item in reading.unread if item.kind == "not a FHIR file"} == {".txt"}


def test_codes_are_used_wherever_one_is_bound(trial: Protocol) -> None:
    """Every concept that codes.toml binds to a resource of its own is written with that code, not in the plain form."""
    codes = Codes(trial.codes, trial.vocabulary)
    for name, entry in trial.codes["concept"].items():
        if entry.get("observation") and trial.vocabulary[name].kind != "record":
            written = codes.observation(name, "", "")
            assert written is not None and written["coding"][0]["system"] != "urn:equipoise:concept", name


def test_identifiers_find_the_person(pair: tuple[int, list[VirtualPerson], Reading]) -> None:
    _, people, reading = pair
    several = next(person for person in people if len(person.identifiers) > 1)
    assert set(several.identifiers) - {several.id} <= reading.people[several.id]
