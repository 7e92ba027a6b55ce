"""Adverse events and clocks: each person once at the worst grade, each clock in one state."""

from datetime import date

from tests.told import ON, played

from equipoise.report.story_courses import courses, groups_of
from equipoise.report.story_safety import GRADES, clocks_of, safety_of

STATE, TRIAL = played().trial.state, played().trial.protocol
PEOPLE = courses(STATE, TRIAL, ON, False)


def test_a_person_counts_once_at_the_worst_grade() -> None:
    safety = safety_of(PEOPLE, groups_of(TRIAL, False), 3)
    assert (safety.events, safety.people, safety.severe, safety.serious) == (2, 1, 1, 1)
    assert safety.exposed == (3, 3)
    assert {grade: safety.worst[grade] for grade in GRADES} == {1: (0, 0), 2: (0, 0), 3: (0, 1), 4: (0, 0), 5: (0, 0)}
    assert [(term.label, term.people, term.severe) for term in safety.terms] == [
        ("fatigue", (0, 1), (0, 0)), ("infection", (0, 1), (0, 1)),
    ]  # fmt: skip


def test_a_clock_that_was_met_late_is_late_and_not_in_time() -> None:
    (clock,) = clocks_of(PEOPLE, TRIAL, ON)
    assert (clock.clock.id, clock.events, clock.in_time, clock.late, clock.running, clock.overdue) == (
        "sae_24h", 1, 0, 1, 0, 0,
    )  # fmt: skip
    assert clocks_of(PEOPLE, TRIAL, date(2026, 8, 31)) == ()  # nobody was aware yet
