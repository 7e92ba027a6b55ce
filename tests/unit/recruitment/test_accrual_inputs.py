"""Sheets, assumptions and funnels as they are read; every mistake at once, none quoted from other columns."""

import copy
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import equipoise
from equipoise.dates import Span, on_day
from equipoise.faults import Fault, Mistakes
from equipoise.recruitment.accrual_assumptions import assumed_looks, assumed_plan, read_accrual
from equipoise.recruitment.accrual_funnel import read_funnel
from equipoise.recruitment.accrual_question import looks_after
from equipoise.recruitment.accrual_tables import read_recruited, read_sites

ON = date(2026, 6, 15)
NELMAS = tomllib.loads((Path(equipoise.__file__).parent / "trials/nelmas/assumptions.toml").read_text("utf-8"))


def rows(*cells: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
    return list(enumerate(cells, start=2))


# ---------------------------------------------------------------- sites
def test_a_sheet_of_sites_is_read() -> None:
    found = read_sites(
        rows(
            {"site": "A", "opens": "2026-03-01", "rate_per_month": "0,8", "cv": "0.5", "closes": "2027-01-31"},
            {"site": "B", "opens": "2026-05", "rate_per_month": "", "cv": ""},
            {"site": "", "opens": "", "rate_per_month": "", "cv": ""},
            {"site": "C", "opens": "2026-05-02/2026-08", "rate_per_month": "1"},
        ),
        "sites.csv", {"B": 0.25}, cv=0.7,
    )  # fmt: skip
    assert [site.name for site in found] == ["A", "B", "C"]
    assert found[0].opens == on_day(date(2026, 3, 1)) and found[0].closes == date(2027, 1, 31)
    assert (found[0].rate, found[0].cv, found[1].rate, found[1].cv) == (0.8, 0.5, 0.25, 0.7)
    assert found[1].opens == Span(date(2026, 5, 1).toordinal(), date(2026, 5, 31).toordinal())
    assert found[2].opens == Span(date(2026, 5, 2).toordinal(), date(2026, 8, 31).toordinal())


def test_every_mistake_of_the_sites_is_told_with_its_line() -> None:
    with pytest.raises(Mistakes) as told:
        read_sites(
            rows(
                {"site": "A", "opens": "1.3.2026", "rate_per_month": "1"},
                {"site": "B", "opens": "2026-03-01", "rate_per_month": "-1"},
                {"site": "C", "opens": "2026-03-01"},
                {"site": "D", "opens": "", "rate_per_month": "many"},
                {"site": "E", "opens": "2026-03-01", "rate_per_month": "1", "closes": "2026-01-01"},
                {"site": "", "opens": "2026-03-01", "rate_per_month": "1"},
                {"site": "G", "opens": "2026-05/2026-03", "rate_per_month": "1"},
                {"site": "H", "opens": "2026-05", "rate_per_month": "1"},
                {"site": "H", "opens": "2026-05", "rate_per_month": "1"},
                {"site": "I", "opens": "2026-05", "rate_per_month": "1", "cv": "7"},
                {"site": "J", "opens": "2026-05", "rate_per_month": "1", "closes": "2027"},
            ),
            "sites.csv",
        )
    assert {mistake.line for mistake in told.value.mistakes} == set(range(2, 13)) - {9}
    for words in (
        "1.3.2026",
        '"-1" is not',
        "has no rate_per_month",
        "before it opens",
        "no site is named",
        "second time",
    ):
        assert words in str(told.value)


def test_sheets_without_their_columns_or_rows_are_refused() -> None:
    with pytest.raises(Fault, match="no column headed opens"):
        read_sites(rows({"site": "A"}), "sites.csv")
    with pytest.raises(Fault, match="no row"):
        read_sites([], "sites.csv")
    with pytest.raises(Fault, match="headed site"):
        read_recruited(rows({"patient": "P-1", "date": "2026-01-01"}), "r.csv", ON)


# ---------------------------------------------------------------- the recruited
def test_a_row_a_person_is_counted_up_to_the_day() -> None:
    sheet = rows(
        {"site": "A", "date": "2026-03-02", "name": "secret"},
        {"site": "A", "date": "2026-06-15"},
        {"site": "B", "date": "2026-06-16"},
        {"site": "B", "date": "2026-04"},
    )
    found, later = read_recruited(sheet, "r.csv", ON)
    assert dict(found.entered) == {"A": 2, "B": 1} and found.found is None and later == 1


def test_a_day_that_may_be_before_or_after_is_asked_for() -> None:
    with pytest.raises(Mistakes, match=r"r\.csv:2: the date .* may lie before or after 15 June 2026"):
        read_recruited(rows({"site": "A", "date": "2026-06"}), "r.csv", ON)


def test_a_row_a_site_is_read_with_those_screened() -> None:
    found, later = read_recruited(rows({"site": "A", "recruited": "2", "screened": "9"}), "r.csv", ON)
    assert dict(found.entered) == {"A": 2} and found.found == {"A": 9} and later == 0
    bare, _ = read_recruited(rows({"site": "A", "recruited": "2"}), "r.csv", ON)
    assert bare.found is None
    assert read_recruited([], "r.csv", ON)[0].total == 0


def test_mistakes_of_counts_are_told_and_no_other_cell_is() -> None:
    with pytest.raises(Mistakes) as told:
        read_recruited(
            rows(
                {"site": "A", "recruited": "2.5", "screened": "9", "name": "secret"},
                {"site": "B", "recruited": "5", "screened": "4"},
                {"site": "C", "recruited": "1", "screened": "1"},
                {"site": "C", "recruited": "1", "screened": "1"},
            ),
            "r.csv", ON,
        )  # fmt: skip
    assert len(told.value.mistakes) == 3 and "secret" not in str(told.value)


# ---------------------------------------------------------------- assumptions
def test_the_plan_of_nelmas_is_expected_to_reach_its_target() -> None:
    assumed = read_accrual(NELMAS)
    assert assumed is not None
    plan = assumed_plan(assumed)
    assert len(plan.sites) == 10 and plan.expected(assumed["by"]) == pytest.approx(90)
    assert plan.sites[0].opens.first == date(2024, 8, 2) and plan.sites[9].opens.first == date(2025, 5, 2)
    looks = assumed_looks(assumed)
    assert [day for day, _ in looks] == [
        date(2024, 8, 1), date(2024, 11, 2), date(2025, 2, 2), date(2025, 8, 2), date(2025, 10, 21),
    ]  # fmt: skip
    assert [recruited.total for _, recruited in looks] == [0, 1, 1, 1, 1]


def test_what_nelmas_never_published_says_so() -> None:
    """Only the target, the start, the one person and the end are from public records."""
    assumed = read_accrual(NELMAS)
    assert assumed is not None
    for key, entry in assumed.entries.items():
        public = key in ("target", "starts", "recruited", "ended")
        assert entry.ours is not public
        assert entry.origin("NELMAS").startswith("source: " if public else "not from NELMAS")


def test_a_trial_without_assumptions_has_none() -> None:
    assert read_accrual({"people": {}}) is None


@pytest.mark.parametrize(
    ("key", "entry", "words"),
    [
        ("target", None, "is missing"),
        ("target", {"is": 90}, "needs a source"),
        ("target", {"is": 9.5, "ours": True}, "whole number"),
        ("target", {"is": True, "ours": True}, "whole number"),
        ("by", {"is": "2026-10-02", "ours": True}, "a day"),
        ("season", {"is": 1, "ours": True}, "list of numbers"),
        ("ramp", {"is": -1, "ours": True}, "0 or more"),
        ("ramp", 3, "needs a value"),
        ("rhythm", {"is": 1, "ours": True}, "not known here"),
    ],
)
def test_mistakes_of_the_assumptions_are_told(key: str, entry: Any, words: str) -> None:
    table = copy.deepcopy(NELMAS)
    table["accrual"].pop(key, None)
    if entry is not None:
        table["accrual"][key] = entry
    with pytest.raises(Mistakes, match=words):
        read_accrual(table)


def test_no_site_before_the_target_is_refused() -> None:
    table = copy.deepcopy(NELMAS)
    table["accrual"]["by"]["is"] = date(2024, 8, 1)
    assumed = read_accrual(table)
    assert assumed is not None
    with pytest.raises(Mistakes, match="no site is open"):
        assumed_plan(assumed)


def test_looks_lie_between_the_start_and_the_target() -> None:
    assert looks_after(date(2026, 1, 31), [0, 1, 12, 1, 60], date(2027, 6, 1)) == (date(2026, 2, 28), date(2027, 1, 31))


# ---------------------------------------------------------------- the funnel
FUNNEL: dict[str, Any] = {
    "synthetic": True, "eligible": 10, "undetermined": 30, "ineligible": 60,
    "months": [{"month": "2025-11"}, {"month": "2026-02"}, {"month": ""}],
    "site_months": [
        {"site": "A", "month": "2025-11", "eligible": 3, "undetermined": 1},
        {"site": "A", "month": "2026-02", "eligible": 1, "undetermined": 2},
        {"site": "B", "month": "2026-01", "eligible": 2, "undetermined": 0},
        {"site": "", "month": "2026-01", "eligible": 2, "undetermined": 0},
        {"site": "A", "month": "", "eligible": 2, "undetermined": 0},
    ],
    "criteria": [
        {"id": "E8", "alone": 20, "eligible_without": 5}, {"id": "I1", "alone": 4, "eligible_without": 0},
    ],
    "moves": [{"criterion": "E8", "rule": "haemoglobin < 7.5 g/dL", "eligible": 12, "undetermined": 36}],
}  # fmt: skip


def test_a_funnel_tells_people_a_month_and_what_criteria_cost() -> None:
    found = read_funnel(FUNNEL, "funnel.json")
    assert found.months == 4 and dict(found.rates) == {"A": 1.0, "B": 0.5} and found.synthetic
    assert found.gains == {"without E8": 1.5, "E8: haemoglobin < 7.5 g/dL": 1.2}
    possible = read_funnel(FUNNEL, "funnel.json", "possible")
    assert possible.rates["A"] == 7 / 4
    assert possible.gains == pytest.approx({"without E8": 1.5, "without I1": 1.1, "E8: haemoglobin < 7.5 g/dL": 1.2})


def test_what_is_no_funnel_is_refused() -> None:
    for wrong in ({}, [], None, {**FUNNEL, "criteria": 5}, {**FUNNEL, "months": [{"month": "soon"}]}):
        with pytest.raises(Fault, match="not the JSON of a funnel"):
            read_funnel(wrong, "f.json")
    with pytest.raises(Fault, match=r"nobody is eligible.*--count possible"):
        read_funnel({**FUNNEL, "eligible": 0}, "f.json")
