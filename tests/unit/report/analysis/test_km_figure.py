"""The figure of curves: steps where they happen, numbers at risk below, and thin where few are left."""

import re
from datetime import date
from xml.etree import ElementTree

import numpy as np

from equipoise.analysis.followed import followed
from equipoise.report.analysis.curves import _survival
from equipoise.report.analysis.km_figure import MONTH, Steps, median_words, month_ticks, steps_svg, tick_rows
from equipoise.report.analysis.table import Stamp

STAMP = Stamp("NELMAS", date(2029, 1, 31), 10, "ab" * 32, "Simulation", "Arms hidden.", "arms hidden", True)


def curve(
    label: str = "Arm 1", months: tuple[float, ...] = (2, 5, 8, 20), event: tuple[int, ...] = (1, 0, 1, 0)
) -> Steps:
    return _survival(followed(np.array(months) * MONTH, event), label, month_ticks(max(months)))


def svg(*curves: Steps, at: float | None = None) -> str:
    return steps_svg("dfs", "Title", "Months", "Everybody", STAMP, curves, at)


def test_the_axis_ends_at_the_first_tick_after_the_longest_time() -> None:
    assert month_ticks(20) == (0, 3, 6, 9, 12, 15, 18, 21)
    assert month_ticks(38)[-1] == 42 and month_ticks(0) == (0, 3) and month_ticks(200)[1] == 24


def test_the_table_below_counts_at_risk_and_events_so_far() -> None:
    rows = {month: (at_risk, events) for _, month, at_risk, events in tick_rows([curve()])}
    assert rows[0] == (4, 0) and rows[3] == (3, 1) and rows[6] == (2, 1) and rows[9] == (1, 2) and rows[21] == (0, 2)


def test_shares_between_steps_and_beyond_the_last_follow_up() -> None:
    told = curve()
    assert told.told(1.0)[0] == 1.0 and told.told(3.0)[0] == 0.75 and told.told(21)[0] is None
    share, low, high = told.told(9.0)
    assert share == 0.375 and low is not None and high is not None and low < share < high


def test_people_who_enter_late_are_not_at_risk_before() -> None:
    people = followed(np.array([10.0, 12.0]) * MONTH, [1, 0], entry=np.array([2.0, 3.0]) * MONTH)
    late = _survival(people, "late", (0, 3, 6, 9, 12))
    assert [late.at_risk(month) for month in (0, 3, 6, 12)] == [0, 1, 2, 1]


def test_the_picture_is_well_formed_names_its_population_and_draws_censoring() -> None:
    text = svg(curve(), curve("Arm 2"), at=6.0)
    root = ElementTree.fromstring(text)
    shown = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("Everybody · data up to 31 January 2029" in each for each in shown)
    assert "Arms hidden." in shown and any(each.startswith("Arm 2: median") for each in shown)
    assert len(re.findall(r'class="censored"', text)) == 2 and 'class="looked"' in text
    assert "nan" not in text


def test_where_few_are_at_risk_the_curve_is_thin() -> None:
    many = curve(months=(*np.linspace(1, 10, 30).tolist(), 30.0), event=(1,) * 30 + (0,))
    assert 'class="curve thin"' in svg(many) and 'class="curve thin"' not in svg(curve(event=(1, 1, 1, 1)))


def test_names_at_curves_that_end_alike_are_moved_apart() -> None:
    places = [float(y) for y in re.findall(r'class="beside" x="[\d.]+" y="([\d.]+)"', svg(curve(), curve("Arm 2")))]
    assert abs(places[0] - places[1]) >= 16


def test_medians_in_words() -> None:
    assert median_words(31.24, 22.0, None) == "median 31.2 months (95 % interval 22.0 to not reached)"
    assert median_words(None, 40.0, None) == "median not reached (95 % interval from 40.0 months)"
    assert median_words(None, None, None) == "median not reached"


def test_without_curves_there_is_no_picture() -> None:
    assert steps_svg("x", "t", "a", "p", STAMP, ()) == ""
