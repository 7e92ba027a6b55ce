"""Drafts: what they refuse, and moments as the ledger writes them."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.ledgers import FACT, draft

from equipoise.faults import Fault
from equipoise.ledger.entry import read_utc, utc_text


def test_a_moment_is_written_in_utc_with_its_microseconds() -> None:
    in_essen = datetime(2026, 3, 2, 11, 15, tzinfo=timezone(timedelta(hours=1)))
    assert utc_text(in_essen) == "2026-03-02T10:15:00.000000Z"
    assert utc_text(datetime(2026, 3, 2, 10, 15, 0, 5, UTC)) == "2026-03-02T10:15:00.000005Z"


def test_a_moment_read_back_is_the_same() -> None:
    moment = datetime(2026, 3, 2, 10, 15, 59, 999999, UTC)
    assert read_utc(utc_text(moment)) == moment


def test_a_moment_without_its_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="time zone"):
        utc_text(datetime(2026, 3, 2))


@pytest.mark.parametrize(
    "text", ["", "2026-03-02", "2026-03-02T10:15:00Z", "2026-03-02T10:15:00.000000+00:00",
             "2026-02-30T00:00:00.000000Z", "2026-03-02T10:15:00.000000Z\n"],
)  # fmt: skip
def test_any_other_form_of_a_moment_is_refused(text: str) -> None:
    with pytest.raises(Fault, match="write it in UTC"):
        read_utc(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"at": "2026-03-02"},
        {"actor": ""},
        {"kind": ""},
        {"actor": "u\n07"},
        {"subject": "P\x00"},
        {"site": "a\u202eb"},
        {"role": None},
        {"version": 0},
        {"version": True},
        {"target": -1},
        {"target": "1"},
        {"reason": None},
        {"reason": "\ud800"},
        {"body": []},
        {"body": {"value": 7.8}},
        {"body": {"concept": "a\nb"}},
    ],
)
def test_what_a_ledger_cannot_keep_is_no_draft(changes: dict[str, Any]) -> None:
    with pytest.raises(Fault):
        draft(**changes)


def test_what_was_checked_is_what_is_written_even_if_the_map_changes() -> None:
    body: dict[str, Any] = {"concept": "alt"}
    made = draft(body=body)
    body["value"] = 7.8
    assert made.body_text == '{"concept":"alt"}'


def test_the_concept_is_what_the_body_names() -> None:
    assert FACT.concept == "haemoglobin"
    assert draft(body={}).concept == ""
    assert draft(body={"concept": ["a"]}).concept == ""
