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
    faint = page.evaluate(
        """() => {
            const light = colour => {
                const parts = colour.match(/[\\d.]+/g).slice(0, 3).map(Number).map(v => v / 255)
                    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
            };
            const ground = element => {
                for (let at = element; at; at = at.parentElement) {
                    const colour = getComputedStyle(at).backgroundColor;
                    if (!/, 0\\)$/.test(colour) && colour !== 'transparent') return colour;
                }
                return 'rgb(255, 255, 255)';
            };
            const pairs = [];
            for (const element of document.querySelectorAll('body :not(svg *)'))
                if ([...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
                    pairs.push([element, getComputedStyle(element).color, ground(element)]);
            for (const svg of document.querySelectorAll('svg.fig')) {
                const paper = getComputedStyle(svg.querySelector('.paper')).fill;
                for (const text of svg.querySelectorAll('text'))
                    pairs.push([text, getComputedStyle(text).fill, paper]);
            }
            return [...new Set(pairs.map(([element, one, two]) => {
                const [a, b] = [light(one), light(two)];
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                return ratio < 4.5 ? `${element.tagName}.${element.getAttribute('class')} ${ratio.toFixed(2)}` : '';
            }).filter(Boolean))];
        }"""
    )
    assert faint == []
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
