"""The geometry of the timeline: facts, windows and the verdict stand where their days are."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from tests.sheet import write_sheet

import equipoise
from equipoise.report.timeline import LABELS, WIDTH, Lane, Picture, picture

ON = date(2026, 6, 1)


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> equipoise.Screening:
    trial = equipoise.load_trial("nelmas")
    folder: Path = tmp_path_factory.mktemp("records")
    return equipoise.screen(trial, equipoise.read(write_sheet(folder), trial), ON)


def lane(drawn: Picture, label: str) -> Lane:
    return next(each for each in drawn.lanes if each.label == label)


def test_everything_lies_within_the_picture(screening: equipoise.Screening) -> None:
    for verdict in screening:
        drawn = picture(verdict)
        for each in drawn.lanes:
            for part in (*each.marks, *each.bands):
                assert part.x >= LABELS and part.x + part.width <= WIDTH
            assert 0 <= each.y < drawn.verdict_y < drawn.height
        assert drawn.pieces[0].x == drawn.today


def test_the_pieces_of_the_verdict_touch(screening: equipoise.Screening) -> None:
    for verdict in screening:
        pieces = picture(verdict).pieces
        for one, other in pairwise(pieces):
            assert abs(one.x + one.width - other.x) < 0.2
            assert one.kind != other.kind


def test_a_window_ends_where_its_operation_is(screening: equipoise.Screening) -> None:
    drawn = picture(screening["P-006"])
    operation = lane(drawn, "resection of liver metastases")
    assert [mark.shape for mark in operation.marks] == ["dot"]
    wanted = lane(drawn, "liver MRI").bands
    assert [band.label for band in wanted] == ["I7"]
    assert wanted[0].text == "I7 asks for it from 25 March 2026 to 5 May 2026"
    assert abs(wanted[0].x + wanted[0].width - operation.marks[0].x) < 0.2
    barred = operation.bands
    assert barred[0].kind == "closed" and barred[0].text == "E1 bars entry from 6 May 2026 to 2 June 2026"


def test_days_that_are_not_known_are_bars(screening: equipoise.Screening) -> None:
    marks = lane(picture(screening["P-003"]), "resection of liver metastases").marks
    assert [mark.shape for mark in marks] == ["partial"]


def test_what_is_long_ago_is_an_arrow(screening: equipoise.Screening) -> None:
    marks = lane(picture(screening["P-003"]), "anticancer treatment").marks
    assert [mark.shape for mark in marks] == ["early"]


def test_a_person_without_any_date_has_a_picture() -> None:
    trial = equipoise.load_trial("nelmas")
    drawn = picture(equipoise.screen_person(trial, "A", [equipoise.Fact("A", "sex", equipoise.chosen("male"))], ON))
    assert drawn.lanes == () and len(drawn.pieces) == 1


def test_the_axis_has_ticks_whatever_its_length() -> None:
    trial = equipoise.load_trial("nelmas")
    from equipoise.dates import on_day

    for back in (1, 100, 299, 5000):
        fact = equipoise.Fact("A", "liver_resection", equipoise.record(), on_day(ON - timedelta(days=back)))
        ticks = picture(equipoise.screen_person(trial, "A", [fact], ON)).ticks
        assert 2 <= len(ticks) <= 10
