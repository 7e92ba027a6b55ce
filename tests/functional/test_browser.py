"""The page in a real browser: no request leaves it, nothing overflows, everybody is reachable, it prints."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.sheet import write_sheet

import equipoise


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    trial = equipoise.load_trial("nelmas")
    reading = equipoise.read(write_sheet(folder), trial)
    return equipoise.write_report(equipoise.screen(trial, reading, date(2026, 6, 1)), reading, folder / "report.html")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


def test_the_page_sends_no_request_and_complains_of_nothing(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    page.wait_for_load_state("networkidle")
    assert asked == [report.as_uri()]
    assert said == []
    page.close()


@pytest.mark.parametrize("width", [1024, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows(browser: Browser, report: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_every_person_is_reached_from_the_summary(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    links = page.locator("#summary table.list tbody th a")
    assert links.count() == 6
    for number in range(6):
        name = links.nth(number).inner_text()
        links.nth(number).click()
        assert page.locator(":target h2").inner_text() == name
        assert page.locator(":target svg.timeline").count() == 1
        assert page.locator(":target table.criteria tbody tr").count() == 25
        page.go_back()
    page.close()


def test_every_picture_draws_what_it_has(browser: Browser, report: Path) -> None:
    """No mark or label of a picture lies outside of it."""
    page = browser.new_page(viewport={"width": 1024, "height": 800})
    page.goto(report.as_uri())
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg.timeline')].flatMap(svg => {
            const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
            return [...svg.querySelectorAll('rect, circle, text, path')].map(each => each.getBBox())
                .filter(box => Math.min(box.x, box.y) < -1 || box.x + box.width > width + 1
                    || box.y + box.height > height + 1)
                .map(box => [box.x, box.y, box.width, box.height]);
        })"""
    )
    assert outside == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(browser: Browser, report: Path, scheme: str) -> None:
    """Every text has the contrast that WCAG 2.1 AA asks of small text, 4.5 to 1."""
    page = browser.new_page(viewport={"width": 1024, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(report.as_uri())
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
            const found = new Set();
            for (const element of document.querySelectorAll('body :not(svg *)')) {
                if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
                const [one, two] = [light(getComputedStyle(element).color), light(ground(element))];
                const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
                if (ratio < 4.5) found.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
            }
            return [...found];
        }"""
    )
    assert faint == []
    page.close()


def test_it_prints_a_page_a_person_at_least(browser: Browser, report: Path, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "report.pdf").read_bytes()))
    assert 6 + 2 <= pages <= 6 * 2 + 6
    page.close()
