"""A page in a real browser: what it asks for, whether anything overflows, and whether a picture holds what it draws."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

# Boxes of marks that lie outside of their picture, more than a unit.
_OUTSIDE = """marks => [...document.querySelectorAll('figure svg')].flatMap(svg => {
    const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    return [...svg.querySelectorAll(marks)]
        .filter(each => !each.closest('defs') && !each.hasAttribute('transform')).map(each => each.getBBox())
        .filter(box => Math.min(box.x, box.y) < -1 || box.x + box.width > width + 1
            || box.y + box.height > height + 1)
        .map(box => [svg.getAttribute('aria-labelledby'), box.x, box.y, box.width, box.height]);
})"""

# Words with less contrast to their ground than 4.5 to 1.
_FAINT = """() => {
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


@contextmanager
def launched(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Browser, path: Path, width: int = 1100, scheme: str = "light") -> Page:
    """The page at a width, light or dark."""
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path.as_uri())
    return page


def check_asks_for_nothing(browser: Browser, path: Path) -> None:
    """Asserts that the page sends no request but its own, and says nothing on the console."""
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.wait_for_load_state("networkidle")
    assert (asked, said) == ([path.as_uri()], [])
    page.close()


def check_nothing_overflows(browser: Browser, path: Path, width: int) -> None:
    """Asserts that the page is not wider than its window."""
    page = opened(browser, path, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def check_pictures_hold_their_marks(browser: Browser, path: Path, marks: str) -> None:
    """Asserts that no mark of a picture (a CSS selector) lies outside of it."""
    page = opened(browser, path)
    assert page.evaluate(_OUTSIDE, marks) == []
    page.close()


def check_words_stand_out(page: Page) -> None:
    """Asserts that all words have the contrast of 4.5 to 1 that WCAG 2.1 AA asks."""
    assert page.evaluate(_FAINT) == []
