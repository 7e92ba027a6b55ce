"""The page and the files beside it: the same bytes again, nothing asked of the web, marked, and blind where asked."""

import re
from copy import copy
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from tests.running import opened
from tests.told import ON, play, played

from equipoise.ledger.chain import Head
from equipoise.ledger.checkpoints import fingerprint, signed
from equipoise.participant.state import State
from equipoise.report.story import PAGE, Proof, story_files, within_page
from equipoise.report.story_accrual import Plan

TRIAL, STATE = played().trial.protocol, played().trial.state
NO_PROOF = Proof()
PLAN = Plan(12, date(2027, 6, 1))
MARK = "Simulation: these people do not exist; no result of NELMAS"


def files(blind: bool = False, state: State = STATE, proof: Proof = NO_PROOF) -> dict[str, bytes]:
    return story_files(state, TRIAL, ON, blind, PLAN, proof)


def test_the_same_ledger_gives_the_same_bytes() -> None:
    again = play(opened()).trial.state
    assert again is not STATE and files(state=again) == files()


@pytest.mark.parametrize("blind", [False, True])
def test_nothing_is_asked_of_the_web(blind: bool) -> None:
    for name, content in files(blind).items():
        text = content.decode().replace("http://www.w3.org/2000/svg", "")
        if name.endswith((".html", ".svg")):
            assert not re.search(
                r"""(src|href)=["'](?!#|[a-z_]+\.(svg|csv|json)["'])|@import|url\((?!#)|<script""", text
            )


@pytest.mark.parametrize("blind", [False, True])
def test_every_figure_is_well_formed_and_says_that_its_people_do_not_exist(blind: bool) -> None:
    figures = {name: text for name, text in files(blind).items() if name.endswith(".svg")}
    assert figures.keys() >= {"flow.svg", "swimmer.svg", "accrual.svg", "adverse_events.svg", "deviations.svg"}
    for name, content in figures.items():
        root = ElementTree.fromstring(content)
        shown = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
        assert any(MARK in text for text in shown), name
        assert root.find("{http://www.w3.org/2000/svg}title") is not None, name


def test_the_page_marks_itself_its_figures_and_its_tables() -> None:
    page = files()[PAGE].decode()
    assert f'<p class="banner" role="note">{MARK}</p>' in page
    captions = re.findall(r"<caption>.*?</caption>", page, re.S)
    assert len(captions) == page.count("<table") > 3 and all(MARK in caption for caption in captions)
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    assert len(figures) == 7 and all(figure.count(MARK) >= 2 for figure in figures)
    assert len(set(re.findall(r'\bid="([^"]+)"', page))) == len(re.findall(r'\bid="([^"]+)"', page))


def test_a_real_trial_bears_no_mark() -> None:
    real = copy(STATE)
    real.settings = {**STATE.settings, "synthetic": False}
    assert not [name for name, content in files(state=real).items() if b"imulation" in content]


def test_what_is_ours_is_said_where_it_is_shown() -> None:
    page = files()[PAGE].decode()
    assert "Table of visits: ours, not from NELMAS." in page and "[ours, not from NELMAS]" in page


def test_the_page_names_what_an_outsider_can_check() -> None:
    head = Head(STATE.head, "ab" * 32, STATE.at)
    point = signed(head, STATE.at, bytes(32))
    page = files(proof=Proof(head, point))[PAGE].decode()
    assert head.hash in page and fingerprint(head) in page and TRIAL.digest in page
    assert f"signed at entry {STATE.head:,} on 1 March 2027" not in page or point.at.startswith("2027-03-01")
    assert f"signed at entry {STATE.head:,}" in page


@pytest.mark.parametrize("name", ["Arm 1", "Arm 2", "Standard of Care", ">Treatment<", ": Treatment"])
def test_blind_no_file_names_an_arm(name: str) -> None:
    assert not [file for file, content in files(blind=True).items() if name.encode() in content]
    assert name.startswith(">") or any(name.encode() in content for content in files().values())


@pytest.mark.parametrize("person", ["P1", "P2", "P4", "P5", "P6"])
def test_blind_no_file_depends_on_the_arm_of_somebody_without_a_dose(person: str) -> None:
    other = _in_the_other_arm(person)
    assert files(blind=True, state=other) == files(blind=True)
    assert files(state=other) != files()


def _in_the_other_arm(person: str) -> State:
    known = STATE.people[person]
    allocation = known.allocation
    assert allocation is not None
    arm = next(each.id for each in TRIAL.arms if each.id != allocation.arm)
    acts = tuple(
        replace(act, body={**(act.body or {}), "arm": arm}) if act.kind == "randomised" else act for act in known.acts
    )
    state = copy(STATE)
    state.people = {**STATE.people, person: replace(known, acts=acts)}
    return state


def test_blind_there_is_no_table_of_doses_and_the_page_says_so() -> None:
    assert "doses.csv" in files() and "doses.csv" not in files(blind=True)
    assert "There is no table of doses" in files(blind=True)[PAGE].decode()


def test_a_picture_within_a_page_keeps_its_styles_and_ids_to_itself() -> None:
    svg = (
        '<svg role="img" aria-labelledby="title desc"><title id="title">T</title><style>text{a:b}.x{c:d}</style></svg>'
    )
    assert within_page(svg, "flow") == (
        '<svg class="flow" role="img" aria-labelledby="flow-title flow-desc"><title id="flow-title">T</title>'
        "<style>.flow text{a:b}.flow .x{c:d}</style></svg>"
    )


def test_nobody_at_all_is_a_page_too() -> None:
    assert b"Nothing stands out yet." in story_files(State(STATE.words), TRIAL, ON)[PAGE]
