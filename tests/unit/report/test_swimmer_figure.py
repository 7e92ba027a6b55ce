"""The swimmer plot: a lane a person, everything within it, readable with a hundred people, and for nobody at all."""

from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

from tests.told import ON, RANDOMISED, played

from equipoise.participant.state import State
from equipoise.report.story_data import Story, told
from equipoise.report.swimmer_figure import HIGHEST, MARKS, plot, swimmer_svg

SVG = "{http://www.w3.org/2000/svg}"
STATE, TRIAL = played().trial.state, played().trial.protocol
STORY = told(STATE, TRIAL, ON)


def many(people: int) -> Story:
    """The story with so many lanes, copies of those of P1."""
    lane = STORY.lanes[0]
    lanes = tuple(replace(lane, person=f"P-{number:04d}", days=lane.days - number % 90) for number in range(people))
    return replace(STORY, lanes=lanes)


def test_one_lane_a_person_and_everybody_is_named() -> None:
    root = ElementTree.fromstring(swimmer_svg(STORY))
    named = [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "who"]
    assert sorted(named) == sorted(RANDOMISED)
    lanes = [each for each in root.iter(f"{SVG}rect") if (each.get("class") or "").startswith("lane t")]
    assert len(lanes) == len(RANDOMISED)


def test_every_mark_has_a_shape_of_its_own_and_stands_in_the_legend() -> None:
    root = ElementTree.fromstring(swimmer_svg(STORY))
    shapes = {
        (each.get("id") or "").removeprefix("swimmer-"): ElementTree.tostring(each[0]).decode()
        for each in root.iter(f"{SVG}g")
        if each.get("id")
    }
    assert shapes.keys() == MARKS.keys()
    drawn = {kind: shape.split('class="')[1].split('"', 1)[1] for kind, shape in shapes.items()}
    same = {("off", "severe", "withdrawal"), ("full", "reduced")}  # told apart by size and filling
    assert len(set(drawn.values())) >= len(drawn) - sum(len(each) - 1 for each in same)
    legend = [entry.text for entry in plot(STORY).legend]
    assert len(legend) == len(MARKS) and "resection of liver metastases" in legend


def test_a_hundred_and_six_people_stay_on_one_page() -> None:
    made = plot(many(106))
    root = ElementTree.fromstring(swimmer_svg(many(106)))
    assert float(root.get("height", "")) <= HIGHEST + 20 and made.pitch >= 10
    assert len({row.y for row in made.rows}) == 106


def test_everything_lies_within_the_figure() -> None:
    for story in (STORY, many(106), many(400)):
        made, root = plot(story), ElementTree.fromstring(swimmer_svg(story))
        width, height = float(root.get("width", "")), float(root.get("height", ""))
        for row in made.rows:
            assert 0 < row.y < height and 0 <= row.x <= row.turn <= row.end <= width
            assert all(0 <= mark.x <= width for mark in row.marks)


def test_within_a_page_it_brings_no_styles_and_is_otherwise_the_same() -> None:
    alone, within = swimmer_svg(STORY), swimmer_svg(STORY, alone=False)
    assert "<style>" in alone and "<style>" not in within
    assert within.count("<use") == alone.count("<use")


def test_words_of_people_are_escaped() -> None:
    lane = replace(STORY.lanes[0], person='<b> & "x"')
    root = ElementTree.fromstring(swimmer_svg(replace(STORY, lanes=(lane,))))
    assert '<b> & "x"' in [each.text for each in root.iter(f"{SVG}text")]


def test_nobody_is_a_figure_too() -> None:
    nobody = told(State(STATE.words), TRIAL, date(2026, 1, 1))
    ElementTree.fromstring(swimmer_svg(nobody))
    assert plot(nobody).rows == ()
