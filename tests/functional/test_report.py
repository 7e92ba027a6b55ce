"""The page: self-contained, escaped, everybody on it; and the same answers from Python."""

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.sheet import SCRIPT, write_sheet

import equipoise

ON = date(2026, 6, 1)
NO_END = {"meta", "link", "br", "line", "rect", "circle", "path", "input", "img", "hr"}


class Page(HTMLParser):
    """The elements of a page, their attributes, and whether each end has its start."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in NO_END:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in NO_END:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> tuple[equipoise.Screening, equipoise.Reading]:
    trial = equipoise.load_trial("nelmas")
    reading = equipoise.read(write_sheet(tmp_path_factory.mktemp("records")), trial)
    return equipoise.screen(trial, reading, ON), reading


@pytest.fixture(scope="module")
def text(screening: tuple[equipoise.Screening, equipoise.Reading], tmp_path_factory: pytest.TempPathFactory) -> str:
    return equipoise.write_report(*screening, tmp_path_factory.mktemp("out") / "r.html").read_text(encoding="utf-8")


def test_the_page_asks_for_nothing_and_runs_nothing(text: str) -> None:
    page = Page(text)
    assert page.open == []
    assert {tag for tag, _ in page.found}.isdisjoint({"script", "img", "link", "iframe", "object", "form", "base"})
    for _, attributes in page.found:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src", "xlink:href"):
            assert (attributes.get(name) or "#").startswith("#")
    assert "default-src 'none'" in text
    assert not re.search(r"https?://|@import|url\((?!#)", text)


def test_what_the_records_say_is_escaped(text: str) -> None:
    assert SCRIPT not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_every_person_and_criterion_is_on_the_page(
    text: str, screening: tuple[equipoise.Screening, equipoise.Reading]
) -> None:
    page = Page(text)
    targets = {attributes["id"] for _, attributes in page.found if "id" in attributes}
    links = {(attributes.get("href") or "")[1:] for tag, attributes in page.found if tag == "a"}
    assert links <= targets
    assert {f"p{number}" for number in range(1, 7)} | {f"c{number}" for number in range(1, 26)} <= links
    assert len([tag for tag, _ in page.found if tag == "article"]) == len(screening[0])
    assert screening[0].trial.digest in text
    for row in re.findall(r"<thead>.*?</thead>", text, re.S):
        assert 'scope="col"' in row


def test_the_same_screening_gives_the_same_page(
    text: str, screening: tuple[equipoise.Screening, equipoise.Reading], tmp_path: Path
) -> None:
    assert equipoise.write_report(*screening, tmp_path / "again.html").read_text(encoding="utf-8") == text


def test_synthetic_people_are_called_so_on_the_page(
    screening: tuple[equipoise.Screening, equipoise.Reading], tmp_path: Path
) -> None:
    from dataclasses import replace

    made_up = replace(screening[1], synthetic=True)
    assert "Synthetic data" in equipoise.write_report(screening[0], made_up, tmp_path / "r.html").read_text("utf-8")


def test_an_empty_screening_is_a_page_too(tmp_path: Path) -> None:
    trial = equipoise.load_trial("nelmas")
    nobody = equipoise.Reading({}, ())
    page = equipoise.write_report(equipoise.screen(trial, nobody, ON), nobody, tmp_path / "r.html").read_text("utf-8")
    assert "0</b> screened" in page


# ---------------------------------------------------------------- from Python
def test_every_public_name_is_there() -> None:
    assert all(hasattr(equipoise, name) for name in equipoise.__all__)


def test_a_screening_prints_and_becomes_a_frame(screening: tuple[equipoise.Screening, equipoise.Reading]) -> None:
    pandas = pytest.importorskip("pandas")
    result, _ = screening
    assert str(result).startswith("NELMAS on 2026-06-01: 6 people")
    frame = result.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["person"]) == [verdict.person for verdict in result]
    assert "haemoglobin 7.8 g/dL on 27 May 2026" in str(result["P-002"])


def test_a_verdict_is_frozen(screening: tuple[equipoise.Screening, equipoise.Reading]) -> None:
    with pytest.raises(AttributeError):
        screening[0]["P-002"].person = "other"  # type: ignore[misc]


def test_facts_made_by_hand_need_no_file() -> None:
    from decimal import Decimal

    from equipoise.dates import on_day
    from equipoise.quantities import exactly

    trial = equipoise.load_trial("nelmas")
    low = equipoise.Fact("A", "haemoglobin", exactly(Decimal("7.8"), "g/dL"), on_day(date(2026, 5, 20)))
    assert equipoise.screen_person(trial, "A", [low], ON)["E8"].truth is equipoise.TRUE
