"""The figure and the table hold for nobody, for one number only, and for words that need escaping."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from equipoise.facts import Reading
from equipoise.recruitment.funnel_moves import read_sweep
from equipoise.recruitment.funnel_people import by_reference
from equipoise.recruitment.funnel_survey import Survey, survey
from equipoise.report.funnel_figure import _ticks, funnel_figure
from equipoise.report.funnel_table import funnel_text
from equipoise.report.text import drawn

from ..recruitment.asthma import COMPLETE, ON, READING, TRIAL

SVG = "{http://www.w3.org/2000/svg}"


def surveyed(reading: Reading = READING, sweep: str = "I3 limit from 240 to 340 by 20") -> Survey:
    return survey(TRIAL, ON, by_reference(TRIAL, reading, ON, COMPLETE), sweeps=[read_sweep(sweep, TRIAL)])


@pytest.mark.parametrize("reading", [READING, Reading({}, ())], ids=["some", "nobody"])
@pytest.mark.parametrize("sweep", ["I3 limit from 240 to 340 by 20", "I3 limit from 240 to 340 by 1000"])
def test_every_bar_and_point_lies_within_the_figure(reading: Reading, sweep: str) -> None:
    root = ElementTree.fromstring(funnel_figure(surveyed(reading, sweep)))
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for bar in root.iter(f"{SVG}rect"):
        assert 0 <= float(bar.get("x", "0")) <= float(bar.get("x", "0")) + float(bar.get("width", "")) <= width
    for point in root.iter(f"{SVG}circle"):
        assert 0 <= float(point.get("cx", "")) <= width and 0 <= float(point.get("cy", "")) <= height
    assert len(list(root.iter(f"{SVG}circle"))) == 2 * len(surveyed(reading, sweep).curves[0].points)


def test_words_of_a_trial_are_escaped() -> None:
    criteria = tuple(replace(criterion, title='<b> & "quotes"') for criterion in TRIAL.criteria)
    found = surveyed()
    funnel = replace(found.funnel, criteria=criteria)
    root = ElementTree.fromstring(funnel_figure(replace(found, funnel=funnel)))
    assert '<b> & "quotes"' in [text.text for text in root.iter(f"{SVG}text")]


def test_the_protocols_own_number_is_marked_where_it_lies_within_the_range() -> None:
    assert "the protocol: 300" in funnel_figure(surveyed())
    assert "the protocol:" not in funnel_figure(surveyed(sweep="I3 limit from 310 to 340 by 10"))
    assert "320 /µL" in drawn(funnel_text(surveyed())) and "← the protocol's" in drawn(funnel_text(surveyed()))


def test_nobody_as_text() -> None:
    text = drawn(funnel_text(surveyed(Reading({}, ()))))
    assert "the funnel of 0 people" in text and "For want of what" not in text


def test_the_table_says_so_when_the_engine_cannot_tell_what_is_wanted() -> None:
    assert "Not told: for want of what" in drawn(funnel_text(replace(surveyed(), wanted=None)))


@pytest.mark.parametrize("highest", [1, 3, 5, 6, 9, 10, 99, 123, 1_000_000])
def test_the_ticks_are_few_round_and_within(highest: int) -> None:
    ticks = _ticks(highest)
    assert ticks[0] == 0 and ticks[-1] <= highest and 2 <= len(ticks) <= 6
    assert str(ticks[1]).rstrip("0") in ("1", "2", "5")
