"""The forest plot: a square for each ratio, words where there is none, arrows where an interval runs out."""

from datetime import date
from xml.etree import ElementTree

from equipoise.report.analysis.forest_figure import ForestRow, forest_svg
from equipoise.report.analysis.table import Stamp

STAMP = Stamp("NELMAS", date(2029, 1, 31), 10, "ab" * 32, "Simulation", "", "data locked", False)
ROWS = (
    ForestRow("Everybody", (20, 12), (50, 51), 0.55, 0.3, 1.01, head=True),
    ForestRow("Sex", head=True, interaction=0.42),
    ForestRow("female", (9, 5), (25, 25), 0.6, 0.01, 3.0),
    ForestRow("male", (0, 0), (1, 2), why="too few events to tell"),
)


def shown(rows: tuple[ForestRow, ...]) -> tuple[str, list[str]]:
    text = forest_svg("Title", "Everybody", STAMP, rows, ("Arm 1", "Arm 2"))
    root = ElementTree.fromstring(text)
    return text, ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_rows_have_events_of_each_arm_their_ratio_and_the_interaction() -> None:
    text, words = shown(ROWS)
    for each in ("20/50", "12/51", "0.55 (0.30 to 1.01)", "interaction p = 0.42", "too few events to tell", "0/1"):
        assert each in words, each
    assert text.count('class="square"') == 2
    assert "← Arm 2 better" in words and "Arm 1 better →" in words


def test_an_interval_that_runs_out_of_the_axis_ends_in_an_arrow() -> None:
    text, _ = shown(ROWS)
    assert text.count('class="tip"') == 1


def test_without_rows_there_is_no_picture() -> None:
    assert forest_svg("Title", "Everybody", STAMP, (), ("A", "B")) == ""
