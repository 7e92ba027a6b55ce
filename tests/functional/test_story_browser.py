"""The page of a trial's story in a real browser: no request, nothing overflows, pictures hold what they draw."""

import re
from collections.abc import Iterator
from datetime import date
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
from tests.told import ON, RANDOMISED, played

from equipoise.report.story import story_files
from equipoise.report.story_accrual import Plan


@pytest.fixture(scope="module", params=[False, True], ids=["open", "blind"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("story")
    trial = played().trial
    plan = Plan(12, date(2027, 6, 1))
    for name, content in story_files(trial.state, trial.protocol, ON, request.param, plan).items():
        (folder / name).write_bytes(content)
    return folder / "index.html"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with launched(chromium) as browser:
        yield browser


def test_the_page_sends_no_request_and_complains_of_nothing(browser: Browser, story: Path) -> None:
    check_asks_for_nothing(browser, story)


@pytest.mark.parametrize("width", [1100, 400])
def test_nothing_overflows(browser: Browser, story: Path, width: int) -> None:
    check_nothing_overflows(browser, story, width)


def test_every_picture_draws_what_it_has(browser: Browser, story: Path) -> None:
    check_pictures_hold_their_marks(browser, story, "rect, circle, text, polyline, line")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_have_their_colours_in_the_page_and_words_stand_out(browser: Browser, story: Path, scheme: str) -> None:
    """Marks are drawn by reference: their styles must reach them. Words have the 4.5 to 1 that WCAG 2.1 AA asks."""
    page = opened(browser, story, scheme=scheme)
    fill = page.evaluate("getComputedStyle(document.querySelector('#swimmer-recurrence circle')).fill")
    assert fill not in ("rgb(0, 0, 0)", "none")
    check_words_stand_out(page)
    page.close()


def test_every_lane_can_be_read_by_pointing_at_it(browser: Browser, story: Path) -> None:
    page = opened(browser, story)
    titles = page.locator("#swimmer svg > g > title").all_text_contents()
    assert sorted(title.split(":")[0] for title in titles) == sorted(RANDOMISED)
    for link in page.locator("nav.on-page a").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    page.close()


def test_files_beside_the_page_are_there(browser: Browser, story: Path) -> None:
    page = opened(browser, story)
    names = [link.get_attribute("href") or "" for link in page.locator(".files a").all()]
    assert sorted(names) == sorted(path.name for path in story.parent.iterdir() if path != story)
    page.close()


def test_it_prints_on_a_few_pages_with_each_tall_picture_on_one(browser: Browser, story: Path, tmp_path: Path) -> None:
    page = opened(browser, story)
    page.emulate_media(media="print")
    heights = page.evaluate(
        "[...document.querySelectorAll('.tall svg')].map(svg => svg.getBoundingClientRect().height)"
    )
    assert heights and max(heights) <= 274 / 25.4 * 96  # of A4 within its margins, in CSS pixels
    page.pdf(path=str(tmp_path / "story.pdf"), prefer_css_page_size=True)
    assert 5 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "story.pdf").read_bytes())) <= 12
    page.close()
