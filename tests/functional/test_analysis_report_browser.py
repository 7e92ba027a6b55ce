"""The page of the report in a real browser: no request, nothing overflows, words stand out, and it prints well."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browsing import (
    check_asks_for_nothing,
    check_nothing_overflows,
    check_pictures_hold_their_marks,
    check_words_stand_out,
    launched,
    opened,
)
from tests.locked import ON, locked, unlocked

from equipoise.report.analysis.analysis_data import report_of
from equipoise.report.analysis.page import report_files


@pytest.fixture(scope="module", params=[False, True], ids=["open", "blind"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    trial = (unlocked() if request.param else locked()).trial
    for name, content in report_files(report_of(trial.state, trial.protocol, ON)).items():
        (folder / name).write_bytes(content)
    return folder / "index.html"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with launched(chromium) as browser:
        yield browser


def test_the_page_sends_no_request_and_complains_of_nothing(browser: Browser, report: Path) -> None:
    check_asks_for_nothing(browser, report)


@pytest.mark.parametrize("width", [1100, 400])
def test_nothing_overflows(browser: Browser, report: Path, width: int) -> None:
    check_nothing_overflows(browser, report, width)


def test_every_picture_draws_what_it_has(browser: Browser, report: Path) -> None:
    check_pictures_hold_their_marks(browser, report, "rect, path, text, line")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out(browser: Browser, report: Path, scheme: str) -> None:
    """The 4.5 to 1 that WCAG 2.1 AA asks."""
    page = opened(browser, report, scheme=scheme)
    check_words_stand_out(page)
    page.close()


def test_arms_are_told_apart_without_colour(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    dashes = page.evaluate(
        "[...document.querySelectorAll('[id=\"curve-dfs-title\"]')].flatMap(title => "
        "[...title.parentElement.querySelectorAll('g > .curve')].map(each => getComputedStyle(each).strokeDasharray))"
    )
    assert len(set(dashes)) == (1 if "blind" in page.evaluate("document.body.className") else 2)
    page.close()


def test_links_lead_to_their_sections_and_to_the_files_beside_the_page(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    for link in page.locator("nav.on-page a").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    names = [link.get_attribute("href") or "" for link in page.locator(".files a").all()]
    assert sorted(names) == sorted(path.name for path in report.parent.iterdir() if path != report)
    page.close()


def test_every_table_has_heads_for_its_columns(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    wrong = page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(table => table.tHead).filter(table => {
            const heads = [...table.tHead.rows].at(0).cells;
            const wide = [...heads].reduce((sum, cell) => sum + cell.colSpan, 0);
            return [...table.tBodies[0].rows].some(row =>
                [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0) !== wide);
        }).map(table => table.id)"""
    )
    assert wrong == []
    page.close()


def test_it_prints_on_a_few_pages_each_with_what_must_be_known(browser: Browser, report: Path, tmp_path: Path) -> None:
    page = opened(browser, report)
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    printed = (tmp_path / "report.pdf").read_bytes()
    assert 6 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= 20
    page.emulate_media(media="print")
    heights = page.evaluate(
        "[...document.querySelectorAll('figure svg')].map(svg => svg.getBoundingClientRect().height)"
    )
    assert heights and max(heights) <= 274 / 25.4 * 96  # of A4 within its margins, in CSS pixels
    page.close()
