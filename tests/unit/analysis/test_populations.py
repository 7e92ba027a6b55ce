"""Who belongs to a population, and why somebody does not."""

from dataclasses import replace

import pytest
from tests.unit.analysis.outcomes import CUT, NELMAS, RANDOMISED, person

from equipoise.analysis.populations import Member, members
from equipoise.faults import Fault
from equipoise.participant.record import Participant

DOSE = '{ full_dose = { activity = "7.4 GBq" }, on = 2026-03-16 }'


def named(name: str, known: Participant) -> Participant:
    return replace(known, person=name)


PEOPLE = [
    named("A", person(arm="Arm 1")),
    named("B", person(arm="Arm 2")),
    named("C", person(DOSE, arm="Arm 2")),
    Participant("D", "S1"),
]


def who(population: str, deviating: frozenset[str] | None = None) -> tuple[Member, ...]:
    return members(NELMAS, PEOPLE, NELMAS.analysis.population(population), CUT, deviating)


def test_everybody_randomised_by_intention_to_treat() -> None:
    assert [(each.person, each.inside) for each in who("itt")] == [("A", True), ("B", True), ("C", True)]


def test_of_the_arm_with_treatment_who_got_a_dose_is_treated() -> None:
    assert [each.inside for each in who("treated")] == [True, False, True]
    assert who("treated")[1] == Member("B", "Arm 2", False, "no dose on record")


def test_who_has_a_deviation_is_not_per_protocol() -> None:
    assert who("per_protocol", frozenset({"C", "X"}))[2] == Member(
        "C", "Arm 2", False, "there is a deviation that is important"
    )
    assert [each.inside for each in who("per_protocol", frozenset())] == [True, True, True]


def test_a_population_by_deviations_needs_their_list() -> None:
    with pytest.raises(Fault, match="needs the list of important deviations"):
        who("per_protocol")


def test_a_dose_after_the_cut_does_not_count_yet() -> None:
    found = members(NELMAS, PEOPLE, NELMAS.analysis.population("treated"), RANDOMISED)
    assert [each.inside for each in found] == [True, False, False]
