"""The audit trail: one row for each field of each entry, in words."""

from typing import Any

import pytest
from tests.ledgers import draft, same_salts, taking_away

from equipoise.ledger.entry import Draft
from equipoise.ledger.history import Chosen, TrailRow, history, trail, value_text
from equipoise.ledger.memory import MemoryStore


def fact(minute: int, concept: str, value: dict[str, Any], **more: Any) -> Draft:
    """A fact with what stands beside its value; capitals are for the draft."""
    header = {name.lower(): more.pop(name) for name in list(more) if name.isupper()}
    return draft(minute, body={"concept": concept, "value": value, "when": "2026-03-01", **more}, **header)


def quantity(text: str, unit: str = "g/dL") -> dict[str, Any]:
    return {"quantity": [text, text, unit]}


def rows_of(*drafts: Draft, chosen: Chosen | None = None) -> list[TrailRow]:
    store = MemoryStore(same_salts())
    store.append(drafts)
    return list(trail(store.entries(), store.entry, chosen or Chosen()))


def told(rows: list[TrailRow]) -> list[tuple[str, str, str, str]]:
    return [(row.act, row.field, row.old, row.new) for row in rows]


HAEMOGLOBIN = fact(1, "haemoglobin", quantity("7.8"), source="lab.csv line 4")
EVENT = fact(2, "adverse_event", {"record": {"term": {"text": "rash"}, "grade": {"choice": ["2"]}}}, end="2026-03-09")


def test_a_row_says_who_what_when_and_why() -> None:
    (row,) = rows_of(draft(1, reason="late entry"))
    assert row == TrailRow(
        seq=1, at="2026-03-02T10:01:00.000000Z", observed="2026-03-01", subject="P-001", site="Essen",
        concept="haemoglobin", field="haemoglobin", old="", new="7.8 g/dL", reason="late entry", actor="u-07",
        role="investigator", act="create",
    )  # fmt: skip


def test_each_field_of_a_record_has_its_row() -> None:
    assert told(rows_of(EVENT)) == [
        ("create", "grade", "", "2"),
        ("create", "term", "", "rash"),
        ("create", "end", "", "2026-03-09"),
    ]


def test_a_change_shows_old_and_new_of_what_differs_only() -> None:
    worse = fact(3, "adverse_event", {"record": {"term": {"text": "rash"}, "grade": {"choice": ["3"]}}}, TARGET=1)
    rows = rows_of(EVENT, worse)[3:]
    assert told(rows) == [("change", "grade", "2", "3"), ("change", "end", "2026-03-09", "")]
    assert {row.concept for row in rows} == {"adverse_event"}


def test_another_day_is_a_change_too() -> None:
    moved = draft(3, body={**HAEMOGLOBIN.body, "when": "2026-02-28"}, target=1)
    (row,) = rows_of(HAEMOGLOBIN, moved)[1:]
    assert told([row]) == [("change", "when", "2026-03-01", "2026-02-28")] and row.observed == "2026-02-28"


def test_where_it_came_from_is_shown_when_nothing_else_differs() -> None:
    body = {**HAEMOGLOBIN.body, "source": "lab.csv line 5"}
    assert told(rows_of(HAEMOGLOBIN, draft(3, body=body, target=1)))[1:] == [
        ("change", "source", "lab.csv line 4", "lab.csv line 5")
    ]
    body["value"] = quantity("8.7")
    assert told(rows_of(HAEMOGLOBIN, draft(3, body=body, target=1)))[1:] == [
        ("change", "haemoglobin", "7.8 g/dL", "8.7 g/dL")
    ]


def test_a_correction_of_nothing_does_not_vanish() -> None:
    assert told(rows_of(HAEMOGLOBIN, draft(3, body=HAEMOGLOBIN.body, target=1)))[1:] == [
        ("change", "haemoglobin", "7.8 g/dL", "7.8 g/dL")
    ]


def test_a_correction_of_a_correction_shows_the_value_just_before() -> None:
    rows = rows_of(
        HAEMOGLOBIN,
        fact(2, "haemoglobin", quantity("8.7"), TARGET=1),
        fact(3, "haemoglobin", quantity("8.9"), TARGET=2),
    )
    assert [(row.old, row.new) for row in rows] == [
        ("", "7.8 g/dL"),
        ("7.8 g/dL", "8.7 g/dL"),
        ("8.7 g/dL", "8.9 g/dL"),
    ]


def test_a_void_shows_what_was_taken_back_and_why() -> None:
    (row,) = rows_of(HAEMOGLOBIN, draft(3, kind="void", body={}, target=1, reason="another person's"))[1:]
    assert told([row]) == [("void", "haemoglobin", "7.8 g/dL", "")]
    assert (row.reason, row.observed, row.concept) == ("another person's", "2026-03-01", "haemoglobin")


def test_any_other_entry_is_one_row_and_so_is_its_void() -> None:
    rows = rows_of(
        draft(1, kind="visit", body={"id": "baseline", "on": "2026-03-02"}), draft(2, kind="void", body={}, target=1)
    )
    short = '{"id":"baseline","on":"2026-03-02"}'
    assert told(rows) == [("create", "visit", "", short), ("void", "visit", short, "")]
    (long,) = rows_of(draft(1, kind="signed", body={"meaning": "x" * 300}))
    assert len(long.new) == 200 and long.new.endswith("…")


def test_what_was_redacted_says_so_everywhere() -> None:
    store = MemoryStore(same_salts())
    store.append(
        [fact(1, "comment", {"text": "Mrs Miller"}), fact(2, "comment", {"text": "she"}, TARGET=1, REASON="Mrs M.")]
    )
    store.redact(1, "body", taking_away())
    store.redact(2, "reason", taking_away())
    rows = list(trail(store.entries(), store.entry))
    assert told(rows) == [
        ("create", "comment", "", "[redacted]"),
        ("change", "comment", "[redacted]", "she"),
        ("change", "when", "", "2026-03-01"),
        ("redaction", "body", "", "[redacted]"),
        ("redaction", "reason", "", "[redacted]"),
    ]
    assert rows[1].reason == "[redacted]" and rows[3].reason == "a name was typed into the comment"
    assert "Miller" not in str(rows) and "Mrs M." not in str(rows)


def test_history_is_of_one_field_of_one_subject() -> None:
    store = MemoryStore(same_salts())
    store.append(
        [HAEMOGLOBIN, EVENT, draft(3, subject="P-002"), draft(4, kind="query_opened", target=1, body={"text": "?"})]
    )
    found = history(store.of("P-001", concept="haemoglobin"), store.entry, "P-001", "haemoglobin")
    assert [(row.seq, row.field) for row in found] == [(1, "haemoglobin"), (4, "query_opened")]
    assert [row.seq for row in history(store.entries(), store.entry, "P-001")] == [1, 2, 2, 2, 4]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Chosen(site="Bern"), [3]),
        (Chosen(subject="P-001"), [1, 2, 2, 2]),
        (Chosen(field="adverse_event"), [2, 2, 2]),
        (Chosen(field="grade"), [2]),
        (Chosen(since="2026-03-03"), [3]),
        (Chosen(until="2026-03-02"), [1, 2, 2, 2]),
        (Chosen(site="Bern", until="2026-03-02"), []),
    ],
)
def test_the_trail_can_be_filtered(chosen: Chosen, expected: list[int]) -> None:
    later = draft(at="2026-03-03T00:00:00.000000Z", site="Bern", subject="P-002")
    rows = rows_of(HAEMOGLOBIN, EVENT, later, chosen=chosen)
    assert [row.seq for row in rows] == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (quantity("7.80"), "7.80 g/dL"),
        ({"quantity": ["1", "1", ""]}, "1"),
        ({"quantity": ["5", "7", "mg"]}, "5 to 7 mg"),
        ({"quantity": [None, "5", "mg", False, True]}, "< 5 mg"),
        ({"quantity": [None, "5", "mg"]}, "≤ 5 mg"),
        ({"quantity": ["5", None, "mg", True, False]}, "> 5 mg"),
        ({"quantity": ["5", None, "mg"]}, "≥ 5 mg"),
        ({"quantity": [None, None, "mg"]}, "any mg"),
        ({"choice": ["a", "b"]}, "a, b"),
        ({"date": "2026-03-01/2026-03-31"}, "2026-03-01/2026-03-31"),
        ({"text": "as told"}, "as told"),
        ({"none": True}, "none"),
        ({"record": {"a": {"text": "x"}, "b": {"record": {"c": {"none": True}}}}}, "a: x; b: c: none"),
        ({"strange": 1}, '{"strange":1}'),
        (None, "[redacted]"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert value_text(value) == text


def test_a_reference_range_is_two_limits() -> None:
    limits = {"reference": [["12", "12", "g/dL"], None]}
    assert told(rows_of(fact(1, "haemoglobin", quantity("7.8"), **limits))) == [
        ("create", "haemoglobin", "", "7.8 g/dL"),
        ("create", "reference", "", "12 g/dL to ?"),
    ]
