"""Screening one and many people."""

from datetime import date
from pathlib import Path

import pytest

from equipoise.eligibility.person import identify, screen, screen_person
from equipoise.eligibility.verdict import Outcome
from equipoise.facts import Reading, Unread
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial

from ...asking import fact

TRIAL = load_trial(Path(__file__).parents[2] / "trials" / "sandbox")
ON = date(2026, 6, 1)
READING = Reading(
    {"a": frozenset({"111", "shared"}), "b": frozenset({"222", "shared"}), "c": frozenset()},
    (fact("saturation", "80 %", "2026-05-01"),),
    (Unread("file:1", "something", "unknown code", "unknown code"),),
)


def test_everybody_is_screened_also_of_whom_nothing_is_known() -> None:
    screening = screen(TRIAL, READING, ON)
    assert [verdict.person for verdict in screening] == ["a", "b", "c", "p"]
    assert len(screening) == 4
    assert screening.count(Outcome.UNDETERMINED) == 4
    assert screening.unread == READING.unread  # nothing vanishes
    assert str(screening).startswith("BREATHE on 2026-06-01: 4 people: 0 eligible, 0 ineligible, 4 undetermined")
    assert screening["c"].person == "c"
    with pytest.raises(KeyError):
        screening["z"]


def test_only_some_by_any_identifier_with_progress() -> None:
    seen: list[tuple[int, int]] = []
    screening = screen(TRIAL, READING, ON, people=["222", "a"], progress=lambda done, of: seen.append((done, of)))
    assert [verdict.person for verdict in screening] == ["b", "a"]
    assert seen == [(1, 2), (2, 2)]


def test_who_is_meant() -> None:
    assert identify(READING, "111") == "a"
    with pytest.raises(Fault, match="is an identifier of 2 people"):
        identify(READING, "shared")
    with pytest.raises(Fault, match="Nobody in these records"):
        identify(READING, "333")


def test_declaring_something_unknown_complete_is_a_fault() -> None:
    with pytest.raises(Fault, match='"biologics"'):
        screen_person(TRIAL, "p", [], ON, ["biologics"])


def test_rows_are_flat() -> None:
    row = screen(TRIAL, READING, ON, people=["c"]).rows()[0]
    assert row["person"] == "c" and row["verdict"] == "undetermined" and row["I1"] == "unknown"
    assert "birth_date" in row["to_find"] and row["to_ask"] == "smoking"
    assert all(isinstance(value, str | bool) for value in row.values())
