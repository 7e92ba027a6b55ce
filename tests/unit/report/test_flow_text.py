"""The flow and the deviations on a terminal: what a person reads, in the width there is."""

from datetime import date
from functools import cache

import pytest
from tests.running import Running, fact, nelmas, opened

from equipoise.conduct.deviations import deviations, imaging
from equipoise.conduct.flow import flow
from equipoise.participant.moves import Standing
from equipoise.participant.record import number_of
from equipoise.report.flow_text import deviations_text, flow_text
from equipoise.report.text import drawn

ON = date(2026, 6, 1)


@cache
def running() -> Running:
    made = opened("Arm 2")
    for number in range(1, 13):
        made.bring(f"P{number}", Standing.RANDOMISED)
    wrong = number_of(made.trial.person("P2").of_concept("haemoglobin")[0])
    made.trial.correct("site", "P2", wrong, fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"), "typed wrong")
    made.trial.lose("site", "P1", "abroad")
    return made


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_flow_says_numbers_people_and_reasons() -> None:
    text = words(drawn(flow_text(flow(running().trial.state, nelmas(), ON), people=True)))
    for part in (
        "NELMAS: flow of 12 people on 1 June 2026 Simulation: made-up people",
        "Randomised 12 P1, P2, P3, P4, P5, P6, P7, P8, and 4 more",
        "lost to follow-up 1 abroad 1 P1",
        "P1 S1 Arm 2 lost to follow-up is lost to follow-up on 18 May 2026: abroad",
    ):
        assert part in text, part


def test_who_is_where_is_listed_only_when_asked_for() -> None:
    found = flow(running().trial.state, nelmas(), ON)
    assert "Who is where" not in drawn(flow_text(found))


@pytest.mark.parametrize("people", [False, True])
def test_blinded_nothing_names_an_arm(people: bool) -> None:
    text = drawn(flow_text(flow(running().trial.state, nelmas(), ON, blind=True), people))
    assert "Arm" not in text
    assert "Blinded" in text


def test_deviations_stand_by_kind_with_imaging_by_arm() -> None:
    state = running().trial.state
    found, images = deviations(state, nelmas(), ON), imaging(state, nelmas(), ON)
    text = words(drawn(deviations_text(found, nelmas(), ON, images, synthetic=True)))
    assert text.startswith("NELMAS: 1 deviation up to 1 June 2026, 1 of them important Simulation: made-up people")
    assert "important: not eligible, and randomised (1) P2 was randomised on 18 May 2026" in text
    assert "Arm 1: 0 of 6 scans missed, 0 outside their window (6 people)" in text


def test_without_any_it_says_so() -> None:
    assert "No deviation is found by rule." in drawn(deviations_text((), nelmas(), ON))


@pytest.mark.parametrize("width", [50, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    state = running().trial.state
    parts = [
        *flow_text(flow(state, nelmas(), ON), people=True),
        *deviations_text(deviations(state, nelmas(), ON), nelmas(), ON),
    ]
    assert max(map(len, drawn(parts, width).splitlines())) <= width
