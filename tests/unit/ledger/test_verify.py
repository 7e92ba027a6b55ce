"""Verifying: the first bad entry is named, with the sentence why; in memory, where anything can be changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.ledgers import draft, same_salts, taking_away

from equipoise.faults import Fault
from equipoise.ledger.chain import EMPTY, GENESIS, Head, entry_hash
from equipoise.ledger.checkpoints import Checkpoint, fingerprint, signed
from equipoise.ledger.entry import Entry
from equipoise.ledger.memory import MemoryStore
from equipoise.ledger.verify import verify

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
AT = "2026-03-02T12:00:00.000000Z"
HEADER = ("seq", "at", "actor", "role", "site", "kind", "version", "subject", "concept", "target", "reason_hash",
          "body_hash")  # fmt: skip
Change = Callable[[list[Entry]], object]


def ledger(entries: int = 8) -> MemoryStore:
    store = MemoryStore(same_salts())
    store.append([draft(minute, reason="misread" if minute == 3 else "") for minute in range(1, entries + 1)])
    return store


def rehashed(entries: list[Entry], start: int) -> list[Entry]:
    """The entries with all hashes from the start on (an index) made anew: a chain without a seam."""
    whole = entries[:start]
    for entry in entries[start:]:
        prev = whole[-1].hash if whole else GENESIS
        new = replace(entry, prev=prev)
        whole.append(replace(new, hash=entry_hash(prev, [getattr(new, name) for name in HEADER])))
    return whole


def point(entries: list[Entry], seq: int, key: bytes = KEY) -> Checkpoint:
    return signed(Head(seq, entries[seq - 1].hash, ""), AT, key)


def test_a_whole_ledger_verifies_and_tells_its_fingerprint() -> None:
    store = ledger()
    found = verify(store)
    assert found == (True, 8, store.head(), None, found.why)
    assert found.why == f"Every entry is as it was written: 8 of them, fingerprint {fingerprint(store.head())}."
    assert verify(store.entries()) == found


def test_an_empty_ledger_is_whole() -> None:
    assert verify([]) == (True, 0, EMPTY, None, "Every entry is as it was written: 0 of them, the ledger is empty.")


@pytest.mark.parametrize(
    ("seq", "changes", "why"),
    [
        (4, {"actor": "u-99"}, "Entry 4: its header was changed."),
        (4, {"concept": "platelets"}, "Entry 4: its header was changed."),
        (4, {"hash": "ab" * 32}, "Entry 4: its header was changed."),
        (4, {"prev": "ab" * 32}, "Entry 4: its header was changed."),
        (4, {"body": {"concept": "haemoglobin"}}, "Entry 4: its body was changed."),
        (4, {"body_salt": bytes(32)}, "Entry 4: its body was changed."),
        (3, {"reason": "another"}, "Entry 3: its reason was changed."),
        (4, {"at": "2026-03-02T10:01:00.000000Z"}, "Entry 4 bears an earlier time than the entry before it."),
        (4, {"target": 4}, "Entry 4 is about entry 4, which does not stand before it."),
        (4, {"seq": 5}, "Entry 4 is missing: entry 5 stands in its place."),
        (4, {"body": None, "body_salt": None}, "Entry 4: its body is gone, and no redaction says who took it away."),
        (3, {"reason": None}, "Entry 3: its reason is gone, and no redaction says who took it away."),
        (4, {"body": {"value": 7.8}}, "Entry 4: its contents were changed."),
        (4, {"actor": None}, "Entry 4: its header was changed."),
        (4, {"target": None}, "Entry 4 cannot be read."),
    ],
)
def test_one_change_is_found_where_it_is(seq: int, changes: dict[str, Any], why: str) -> None:
    entries = list(ledger().entries())
    head = Head(seq - 1, entries[seq - 2].hash, entries[seq - 2].at)
    entries[seq - 1] = replace(entries[seq - 1], **changes)
    found = verify(entries)
    assert (found.ok, found.first_bad, found.why) == (False, seq, why)
    assert found.entries == (8 if "gone" in why else head.seq)


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        (lambda entries: entries.pop(0), 1),
        (lambda entries: entries.pop(3), 4),
        (lambda entries: entries.insert(4, entries[3]), 5),
        (lambda entries: entries.insert(3, entries.pop(4)), 4),
        (lambda entries: entries.reverse(), 1),
    ],
)
def test_missing_and_swapped_entries(change: Change, first_bad: int) -> None:
    entries = list(ledger().entries())
    change(entries)
    found = verify(entries)
    assert not found.ok and found.first_bad == first_bad


def test_an_entry_written_anew_is_named_and_not_the_honest_one_after_it() -> None:
    entries = list(ledger().entries())
    forged = rehashed([*entries[:3], replace(entries[3], actor="u-99")], 3)
    found = verify([*forged, *entries[4:]])
    assert (found.first_bad, found.why) == (4, "Entry 4 was written anew: entry 5 followed one with another hash.")


def test_a_ledger_that_begins_in_the_middle() -> None:
    (entry, *_) = ledger().entries()
    new = replace(entry, prev="ab" * 32)
    new = replace(new, hash=entry_hash(new.prev, [getattr(new, name) for name in HEADER]))
    assert verify([new]).why == "Entry 1 does not begin a ledger: it names an entry before it."


# ---------------------------------------------------------------- what only somebody outside can tell
def test_a_tail_written_anew_is_found_by_the_checkpoint_outside() -> None:
    entries = list(ledger().entries())
    forged = rehashed([*entries[:5], replace(entries[5], actor="u-99"), *entries[6:]], 5)
    assert verify(forged).ok
    found = verify(forged, [point(entries, 4)], outside=point(entries, 7))
    assert (found.ok, found.first_bad) == (False, 7)
    words = f"Entry 7: a checkpoint of {AT} names another hash; entries after entry 4 were written anew."
    assert found.why == words
    assert verify(forged, outside=point(entries, 5)).ok
    assert "from the first on" in verify(forged, outside=point(entries, 7)).why


def test_an_end_that_was_cut_off_is_found_by_the_checkpoint_outside() -> None:
    entries = list(ledger().entries())
    assert verify(entries[:5]).ok
    found = verify(entries[:5], outside=point(entries, 7))
    assert (found.ok, found.entries, found.first_bad) == (False, 5, 6)
    assert found.why == "Entry 6 is missing: a checkpoint speaks of 7 entries; the end was cut off."


def test_a_fingerprint_on_paper_is_enough() -> None:
    entries = list(ledger().entries())
    paper = fingerprint(point(entries, 7))
    for typed in (paper, paper.lower(), paper.replace("-", " "), paper.replace("-", "")):
        assert verify(entries, outside=typed).ok
    forged = rehashed([*entries[:5], replace(entries[5], actor="u-99"), *entries[6:]], 5)
    for wrong in (forged, entries[:6]):
        found = verify(wrong, outside=paper)
        assert not found.ok and found.first_bad is None and paper in found.why
    with pytest.raises(Fault, match="16 letters"):
        verify(entries, outside="ABCD-EFGH")


def test_a_checkpoint_must_be_signed_and_by_the_right_key() -> None:
    store = ledger()
    entries = list(store.entries())
    ours = point(entries, 7)
    public = bytes.fromhex(ours.public_key)
    assert verify(entries, [ours], public_key=public).ok
    forged = replace(ours, at="2026-03-02T13:00:00.000000Z")
    for checkpoint, key in ((forged, None), (point(entries, 7, OTHER_KEY), public)):
        found = verify(entries, [checkpoint], public_key=key)
        assert not found.ok and found.first_bad is None and "was not signed by" in found.why
    store.add_checkpoint(point(entries, 7, OTHER_KEY))
    assert verify(store).ok and not verify(store, public_key=public).ok


# ---------------------------------------------------------------- redactions
def redacted() -> list[Entry]:
    store = ledger()
    store.redact(3, "reason", taking_away())
    store.redact(5, "body", taking_away(31))
    return list(store.entries())


def test_redactions_leave_the_ledger_whole() -> None:
    assert verify(redacted()).ok


def test_a_content_that_its_redaction_should_have_taken_away() -> None:
    entries = redacted()
    entries[4] = list(ledger().entries())[4]
    found = verify(entries)
    assert (found.first_bad, found.why) == (5, "Entry 5: its body stands here although entry 10 redacted it.")


def test_the_redaction_of_another_part_is_no_excuse() -> None:
    entries = redacted()
    entries[2] = replace(entries[2], body=None, body_salt=None)
    assert verify(entries).first_bad == 3


def test_a_redaction_after_the_first_bad_entry_still_excuses_what_lies_before_it() -> None:
    entries = redacted()
    entries[6] = replace(entries[6], actor="u-99")
    assert verify(entries).first_bad == 7
    assert verify(entries[:9]).first_bad == 5, "the redaction of entry 5 was cut off"


def test_progress_is_told() -> None:
    store, told = MemoryStore(same_salts()), list[int]()
    store.append([draft()] * 10_001)
    assert verify(store, told=told.append).entries == 10_001
    assert told == [5000, 10_000]
