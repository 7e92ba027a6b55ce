"""Outcomes, stretches of time and lists in words."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from tests.sheet import write_sheet

import equipoise
from equipoise.report import words
from equipoise.report.shell import read_day


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> equipoise.Screening:
    trial = equipoise.load_trial("nelmas")
    folder: Path = tmp_path_factory.mktemp("records")
    return equipoise.screen(trial, equipoise.read(write_sheet(folder), trial), date(2026, 6, 1))


def test_stretches_follow_each_other_without_a_gap(screening: equipoise.Screening) -> None:
    for verdict in screening:
        periods = words.stretches(verdict)
        assert periods[0].first == verdict.on and periods[-1].last is None
        for one, other in pairwise(periods):
            assert one.last is not None and one.last + timedelta(days=1) == other.first


def test_a_stretch_says_its_days(screening: equipoise.Screening) -> None:
    periods = words.stretches(screening["P-006"])
    assert periods[0].days == "1 June 2026 to 2 June 2026"
    assert periods[1].days.startswith("3 June 2026 to ") and periods[-1].days.startswith("from ")
    assert words.next_change(screening["P-006"]) == "3 June 2026: candidate to approach"
    assert words.next_change(screening["P-002"]) == "—"


def test_each_outcome_has_its_headline(screening: equipoise.Screening) -> None:
    assert words.headline(screening["P-002"]).startswith("E8 stands against it.")
    assert words.headline(screening["P-003"]).startswith("I4, E7, E10 and E16 stand against it.")
    assert words.headline(screening["P-004"]).startswith("Nothing stands against it. 24 criteria cannot be judged yet")


def test_groups_come_in_the_order_of_use(screening: equipoise.Screening) -> None:
    groups = words.grouped(screening)
    assert list(groups) == [name for name in words.GROUPS if name in groups]
    assert sum(map(len, groups.values())) == len(screening)


def test_marks_differ_as_colours_do() -> None:
    assert len(set(words.MARKS.values())) == len(words.MARKS)
    assert set(words.TONES) == set(equipoise.Outcome) == set(words.OUTCOMES)


@pytest.mark.parametrize(
    ("items", "text"), [([], ""), (["E1"], "E1"), (["E1", "E8"], "E1 and E8"), (["E1", "E8", "E9"], "E1, E8 and E9")]
)
def test_lists(items: list[str], text: str) -> None:
    assert words.listed(items) == text


def test_sentences() -> None:
    assert words.sentence("aged 60") == "Aged 60."
    assert words.sentence("It fits.") == "It fits."
    assert words.counted(1, "entry", "entries") == "1 entry"
    assert words.counted(2000, "criterion", "criteria") == "2,000 criteria"


def test_a_day_is_read_in_one_way_only() -> None:
    assert read_day("29 February 2024") == date(2024, 2, 29)
    for text in ("29 February 2026", "2/3/2026", "3 Ma 2026", "03-02-2026", "", "2026-13-01", "0 May 2026"):
        assert read_day(text) is None
