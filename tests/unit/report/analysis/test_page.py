"""The files of the report: the same bytes again, nothing asked of the web, marked, and blind before the lock."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from tests.locked import ON, lock, locked, play_open, unlocked

from equipoise.ledger.chain import Head
from equipoise.ledger.checkpoints import fingerprint
from equipoise.report.analysis.analysis_data import report_of
from equipoise.report.analysis.cut import Unblinding
from equipoise.report.analysis.page import JSON, PAGE, report_files
from equipoise.report.story import Proof

TRIAL = locked().trial.protocol
STATE = locked().trial.state
MARK = "Simulation: these people do not exist; no result of NELMAS"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return report_files(report_of(STATE, TRIAL, ON))


@pytest.fixture(scope="module")
def blind() -> dict[str, bytes]:
    return report_files(report_of(unlocked().trial.state, TRIAL, ON))


def test_the_same_ledger_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    again = lock(play_open()).trial.state
    assert again is not STATE and report_files(report_of(again, TRIAL, ON)) == files


def test_nothing_is_asked_of_the_web(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        text = content.decode().replace("http://www.w3.org/2000/svg", "")
        if name.endswith((".html", ".svg")):
            links = r"""(src|href)=["'](?!#|[a-z0-9_-]+\.(svg|csv|json)["'])|@import|url\((?!#)|<script"""
            assert not re.search(links, text), name


def test_every_figure_is_well_formed_and_says_that_its_people_do_not_exist(files: dict[str, bytes]) -> None:
    figures = {name: text for name, text in files.items() if name.endswith(".svg")}
    assert figures.keys() >= {"flow.svg", "forest.svg", "curve_dfs.svg", "curve_os.svg", "curve_hepatic-dfs.svg"}
    for name, content in figures.items():
        root = ElementTree.fromstring(content)
        shown = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
        assert any(MARK in text for text in shown), name
        if name != "flow.svg":
            assert any(f"data up to 1 March 2027 · ledger entry {STATE.head:,}" in text for text in shown), name


def test_the_page_marks_every_table_and_figure(files: dict[str, bytes]) -> None:
    page = files[PAGE].decode()
    captions = re.findall(r"<caption>.*?</caption>", page, re.S)
    assert len(captions) == page.count("<table") > 10
    for caption in captions:
        assert MARK in caption and f"ledger entry {STATE.head:,}" in caption and TRIAL.digest[:12] in caption
        assert "data up to 1 March 2027" in caption
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    assert len(figures) > 5 and all(figure.count(MARK) >= 2 for figure in figures)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert "nan" not in re.sub(r"<[^>]+>", " ", page).lower().split()


def test_the_json_holds_the_tables_of_the_page(files: dict[str, bytes]) -> None:
    data = json.loads(files[JSON])
    assert (data["cut_off"], data["ledger_position"], data["protocol"]) == ("2027-03-01", STATE.head, TRIAL.digest)
    assert data["blind"] is False and data["unblinded"] is None and data["data"] == MARK
    named = {f"{table['id']}.csv" for table in data["tables"]}
    assert named == {name for name in files if name.endswith(".csv")} - {"times.csv"}
    for table in data["tables"]:
        assert table["population"] and (table["cut_off"], table["protocol"]) == ("2027-03-01", TRIAL.digest)


def test_blind_no_file_tells_an_arm(blind: dict[str, bytes]) -> None:
    assert len(blind) > 12
    named = [arm.id for arm in TRIAL.arms] + [arm.name for arm in TRIAL.arms]
    for name, content in blind.items():
        if name not in ("endpoints.csv", "analyses.csv"):
            text = content.decode().replace(TRIAL.title, "").replace(json.dumps(TRIAL.title)[1:-1], "")
            assert not [word for word in named if re.search(rf"\b{word}\b", text)], name
    page = blind[PAGE].decode()
    assert page.count("The data are not locked: everybody is pooled") >= 3
    assert "arms hidden" in page and "forest.svg" not in blind and "times.csv" not in blind


def test_unblinded_every_printed_page_says_so() -> None:
    who = Unblinding("statistician", ON, 'the board asks; "</style>" \\ 5 %', 700)
    page = report_files(report_of(unlocked().trial.state, TRIAL, ON, who))[PAGE].decode()
    assert page.count("</style>") == page.count("<style>")
    assert 'class="unblinded"' in page and "unblinded before the lock" in page
    margin = re.search(r'@bottom-left \{ content: "([^"]*)"', page)
    assert margin is not None
    words = re.sub(r"\\([0-9a-f]{6})", lambda found: chr(int(found[1], 16)), margin[1])
    assert "statistician unblinded this analysis on 1 March 2027" in words and "</style>" in words and MARK in words


def test_the_page_names_what_an_outsider_can_check() -> None:
    head = Head(STATE.head, "ab" * 32, STATE.at)
    page = report_files(report_of(STATE, TRIAL, ON), Proof(head))[PAGE].decode()
    assert head.hash in page and fingerprint(head) in page and TRIAL.digest in page


def test_a_real_trial_bears_no_mark() -> None:
    report = report_of(STATE, TRIAL, ON)
    real = replace(report, cut=replace(report.cut, stamp=report.cut.stamp._replace(mark="")))
    assert "Simulation" not in report_files(real)["curve_dfs.svg"].decode()
