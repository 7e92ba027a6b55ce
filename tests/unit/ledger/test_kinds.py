"""Kinds of entries: old versions read as the newest, pure and one step at a time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.ledgers import draft, same_salts, taking_away

from equipoise.faults import Fault
from equipoise.ledger.entry import Entry
from equipoise.ledger.kinds import Kind, Kinds
from equipoise.ledger.memory import MemoryStore


def named_subject(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**body, "day": body["date"], "cycle": 1}


def without_date(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: part for name, part in body.items() if name != "date"}


KINDS = Kinds([Kind("visit", (named_subject, without_date)), Kind("fact")])


def visit(version: int, **body: Any) -> Entry:
    (entry,) = MemoryStore(same_salts()).append([draft(kind="visit", version=version, body=body)])
    return entry


def test_an_old_entry_reads_as_the_newest_and_keeps_its_hashes() -> None:
    old = visit(1, date="2026-03-02")
    new = KINDS.newest(old)
    assert (new.version, new.body) == (3, {"day": "2026-03-02", "cycle": 1})
    assert new == replace(old, version=3, body=new.body)
    assert old.body == {"date": "2026-03-02"}


def test_a_body_is_lifted_only_by_the_steps_that_it_lacks() -> None:
    assert KINDS.newest(visit(2, date="d", day="e")).body == {"day": "e"}
    newest = visit(3, day="e")
    assert KINDS.newest(newest) is newest


def test_a_redacted_body_stays_redacted() -> None:
    store = MemoryStore(same_salts())
    store.append([draft(kind="visit", body={"date": "d"})])
    store.redact(1, "body", taking_away())
    assert KINDS.newest(store.entry(1)).body is None
    assert KINDS.newest(store.entry(2)) == store.entry(2)


@pytest.mark.parametrize("changes", [{"version": 4}, {"kind": "teleport"}])
def test_an_entry_from_the_future_asks_for_a_newer_program(changes: dict[str, Any]) -> None:
    with pytest.raises(Fault, match="newer one"):
        KINDS.newest(replace(visit(3), **changes))


def test_only_the_newest_version_is_written() -> None:
    KINDS.check(draft(kind="visit", version=3))
    for changes in ({"kind": "visit", "version": 2}, {"kind": "teleport"}):
        with pytest.raises(ValueError, match="is not written"):
            KINDS.check(draft(**changes))


def test_two_kinds_of_one_name_are_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="same name"):
        Kinds([Kind("redaction")])
    assert set(KINDS) == {"redaction", "visit", "fact"} and len(KINDS) == 3
