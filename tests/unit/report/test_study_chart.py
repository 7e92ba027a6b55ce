"""A chart of a simulated trial: axes with round numbers, and every number at its place."""

from xml.etree import ElementTree

import pytest

from equipoise.report.study_chart import Axis, Curve, axis, chart_svg, rows_svg

SVG = "{http://www.w3.org/2000/svg}"
MARK = "Simulated: nobody in it exists."


@pytest.mark.parametrize(
    ("numbers", "first", "last", "texts"),
    [
        ([0, 1], 0, 1, ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]),
        ([0.047, 0.0555], 0.046, 0.056, ["4.6 %", "4.8 %", "5.0 %", "5.2 %", "5.4 %", "5.6 %"]),
        ([0.95, 0.95], 0.8, 1.0, ["80 %", "100 %"]),
    ],
)
def test_an_axis_holds_its_numbers_between_round_ones(
    numbers: list[float], first: float, last: float, texts: list[str]
) -> None:
    found = axis("rejects", numbers, percent=True)
    assert (found.first, found.last) == pytest.approx((first, last))
    assert [text for _, text in found.ticks] == texts


def test_whole_numbers_have_no_decimals_and_small_ones_do() -> None:
    assert [text for _, text in axis("events", [0, 57]).ticks] == ["0", "10", "20", "30", "40", "50", "60"]
    assert axis("bias", [-0.004, 0.009]).ticks[0][1] == "-0.005"


def drawn(bands: bool) -> ElementTree.Element:
    up, across = Axis("power", 0, 1, ((0, "0"), (1, "1"))), Axis("ratio", 0, 10, ((0, "0"), (10, "10")))
    curve = Curve("as planned", ((0, 0.5), (10, 1.0)), ((0.4, 0.6), (0.9, 1.0)))
    return ElementTree.fromstring(chart_svg("power", "Power", MARK, across, up, [curve], (0.05, "level"), bands))


def test_points_lie_where_the_axes_say() -> None:
    picture = drawn(False)
    (line,) = [each for each in picture.iter(f"{SVG}polyline")]
    assert line.attrib["points"] == "74.0,234.0 750.0,84.0"  # half way up on the left, all the way on the right
    bars = [each for each in picture.iter(f"{SVG}line") if "thin" in each.attrib["class"]]
    assert [(bar.attrib["y1"], bar.attrib["y2"]) for bar in bars] == [("264.0", "204.0"), ("114.0", "84.0")]


def test_a_band_takes_the_place_of_the_bars() -> None:
    (band,) = [each for each in drawn(True).iter(f"{SVG}polygon")]
    assert band.attrib["points"] == "74.0,204.0 750.0,84.0 750.0,114.0 74.0,264.0"
    assert not [each for each in drawn(True).iter(f"{SVG}line") if "thin" in each.attrib["class"]]


def test_a_picture_says_what_it_shows_and_that_it_is_simulated() -> None:
    picture = drawn(False)
    text = ElementTree.tostring(picture, encoding="unicode")
    assert text.count(MARK) >= 1 and "as planned: power 0.5 at 0, 1 at 10." in text
    for row in (("Welch", 0.05, (0.045, 0.055)), ("<b>", 0.06, (0.055, 0.065))):
        one = rows_svg("level", "Level", MARK, axis("rejects", [0.04, 0.07], percent=True), [row], (0.05, "level"))
        assert f"{row[0]}: {100 * row[1]:.2f} %" in "".join(ElementTree.fromstring(one).itertext())
