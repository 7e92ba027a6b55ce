"""Bars: each says its number, each lies within the figure, and groups differ by more than colour."""

from xml.etree import ElementTree

from tests.told import ON, played

from equipoise.participant.state import State
from equipoise.report.bars_figure import Line, bars_svg, deviations_svg, failures_svg, grades_svg
from equipoise.report.story_data import told

SVG = "{http://www.w3.org/2000/svg}"
STATE, TRIAL = played().trial.state, played().trial.protocol
STORY = told(STATE, TRIAL, ON)


def texts(svg: str) -> list[str]:
    return ["".join(each.itertext()) for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_each_bar_is_as_long_as_its_number_and_within_the_figure() -> None:
    lines = [Line("short", (1, 4), ("1", "4")), Line("a long name of a kind of thing", (2, 0), ("2", "0"))]
    root = ElementTree.fromstring(bars_svg(STORY, "x", "Title", lines, ("One", "Two"), "things"))
    bars = [each for each in root.iter(f"{SVG}rect") if (each.get("class") or "").startswith("bar s") and each[:]]
    widths = [float(each.get("width", "")) for each in bars]
    assert [round(width / max(widths) * 4) for width in widths] == [1, 4, 2, 0]
    width = float(root.get("width", ""))
    assert all(float(each.get("x", "")) + float(each.get("width", "")) < width - 20 for each in bars)
    hatched = [each for each in root.iter(f"{SVG}rect") if each.get("fill") == "url(#x-hatch)"]
    assert len(hatched) == 3  # the second group's two bars, and its key


def test_the_three_figures_tell_the_storys_numbers() -> None:
    assert "1 of 3 (33 %)" in texts(grades_svg(STORY)) and "grade 3" in texts(grades_svg(STORY))
    shown = texts(deviations_svg(STORY))
    for each in STORY.deviation_counts:
        assert f"{each.label} ({each.severity})" in shown
    assert "1 (1 by it alone)" in texts(failures_svg(STORY)) and "E10 Low platelets" in texts(failures_svg(STORY))


def test_blind_there_is_one_bar_a_row_and_no_key() -> None:
    shown = texts(grades_svg(told(STATE, TRIAL, ON, blind=True)))
    assert "1 of 6 (17 %)" in shown and not any("Arm" in text for text in shown)


def test_without_rows_there_is_no_figure() -> None:
    nobody = told(State(STATE.words), TRIAL, ON)
    assert grades_svg(nobody) == deviations_svg(nobody) == failures_svg(nobody) == ""
