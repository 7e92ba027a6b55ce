"""The flow diagram: one whole SVG whose text says every number, in black and white, and no arm when blinded."""

from datetime import date
from functools import cache
from xml.etree import ElementTree

import pytest
from tests.running import Running, fact, nelmas, opened

from equipoise.conduct.flow import flow
from equipoise.conduct.flow_boxes import Flow
from equipoise.participant.moves import Standing
from equipoise.report.flow_figure import flow_figure

SVG = "{http://www.w3.org/2000/svg}"
ON = date(2026, 6, 1)


@cache
def running() -> Running:
    made = opened("Arm 2")
    for number in range(1, 6):
        made.bring(f"P{number}", Standing.RANDOMISED)
    made.bring("P6", Standing.SCREENED, date(2026, 5, 18), fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"))
    made.clock.reach(ON)
    made.trial.lose("site", "P2", "moved <abroad> & away")
    return made


def drawn(blind: bool = False) -> tuple[Flow, ElementTree.Element]:
    found = flow(running().trial.state, nelmas(), ON, blind)
    return found, ElementTree.fromstring(flow_figure(found))


def texts(svg: ElementTree.Element) -> list[str]:
    return [(each.text or "").strip() for each in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("blind", [False, True])
def test_every_number_stands_in_it_as_text(blind: bool) -> None:
    found, svg = drawn(blind)
    said = " ".join(texts(svg)).replace("\u2003", " ")
    for _, _, box in found.boxes:
        for depth, each in box.walk():
            if each.people or not depth:
                assert " ".join(f"{each.label} (n = {each.count})".split()) in said, each.label


def test_it_says_what_it_is_of() -> None:
    _, svg = drawn()
    assert texts(svg)[:2] == ["NELMAS: flow of 6 people on 1 June 2026", "Simulation: made-up people"]
    for name in ("Enrolment", "Allocation", "Follow-up", "Analysis", "Arm 1: Standard of Care", "Arm 2: Treatment"):
        assert name in texts(svg), name


def test_blinded_it_shows_no_arm() -> None:
    found, svg = drawn(blind=True)
    assert "Arm 1" not in flow_figure(found) and "Arm 2" not in flow_figure(found)
    assert "All arms (blinded)" in texts(svg)
    assert "abroad" not in flow_figure(found)


def test_each_box_names_its_people_to_who_points_at_it() -> None:
    _, svg = drawn()
    named = [title.text for group in svg.iter(f"{SVG}g") for title in group.findall(f"{SVG}title")]
    assert named[:4] == ["P1, P2, P3, P4, P5, P6", "P1, P2, P3, P4, P5", "P6", "P3, P5"]


def test_no_box_lies_over_another_and_none_leaves_the_picture() -> None:
    _, svg = drawn()
    boxes = [
        tuple(float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        for rect in svg.iter(f"{SVG}rect")
        if rect.attrib.get("class") == "box"
    ]
    assert len(boxes) == 10  # four of the enrolment, three of each arm
    for x, y, wide, high in boxes:
        assert x >= 0 and x + wide <= float(svg.attrib["width"]) and y + high <= float(svg.attrib["height"])
        assert not [
            other
            for other in boxes
            if other != (x, y, wide, high)
            and other[0] < x + wide and x < other[0] + other[2] and other[1] < y + high and y < other[1] + other[3]
        ]  # fmt: skip


def test_it_needs_no_colour_and_nothing_from_elsewhere() -> None:
    text = flow_figure(drawn()[0])
    colours = {word for word in ("#000", "#fff", "#e6e6e6") if word in text}
    assert colours == {"#000", "#fff", "#e6e6e6"}
    assert text.count("#") == sum(text.count(colour) for colour in colours) + text.count("#arrow")
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "") and "<script" not in text
