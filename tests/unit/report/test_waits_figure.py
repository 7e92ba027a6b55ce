"""The strip plot of waits: a dot a person, another shape outside the window, and the window is the protocol's."""

from dataclasses import replace
from xml.etree import ElementTree

from tests.told import ON, RANDOMISED, played

from equipoise.participant.state import State
from equipoise.report.story_counts import Wait
from equipoise.report.story_data import told
from equipoise.report.waits_figure import says, waits_svg, window_words

SVG = "{http://www.w3.org/2000/svg}"
STATE, TRIAL = played().trial.state, played().trial.protocol
STORY = told(STATE, TRIAL, ON)


def test_a_dot_a_person_and_a_diamond_outside_the_window() -> None:
    root = ElementTree.fromstring(waits_svg(STORY))
    dots = [each for each in root.iter(f"{SVG}circle")]
    diamonds = [each for each in root.iter(f"{SVG}path") if each.get("class") == "outside"]
    assert (len(dots), len(diamonds)) == (len(RANDOMISED), 1)
    assert "".join(diamonds[0].itertext()) == "P3: 110 days, late"


def test_the_words_give_the_distribution_and_the_protocols_window() -> None:
    first, second = STORY.waits
    assert says(first) == "6 people, median 47 days (47 to 47)."
    assert says(second) == "1 people, median 110 days (110 to 110); 0 of 1 within 42 to 70 days."
    assert window_words(second, "NELMAS") == "window 42 to 70 days, planned 56"
    assert (
        window_words(replace(second, ours=True), "X").endswith("[ours, not from X]") and window_words(first, "X") == ""
    )


def test_dots_of_one_day_do_not_hide_each_other_and_tall_piles_are_pressed() -> None:
    waits = replace(STORY.waits[0], waits=tuple(Wait(f"P{n}", "Arm 1", 30, "") for n in range(60)))
    root = ElementTree.fromstring(waits_svg(replace(STORY, waits=(waits,))))
    heights = [float(dot.get("cy", "")) for dot in root.iter(f"{SVG}circle")]
    assert len(set(heights)) == 60 and max(heights) - min(heights) <= 170


def test_without_waits_there_is_no_figure() -> None:
    assert waits_svg(told(State(STATE.words), TRIAL, ON)) == ""
