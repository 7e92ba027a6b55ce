"""The hashes of the chain, remade here from their definition and nothing else."""

import hashlib
import json

import pytest
from tests.ledgers import draft, same_salts

from equipoise.faults import Fault
from equipoise.ledger.chain import EMPTY, Head, Row, read, sealed
from equipoise.ledger.entry import Draft


def rows_of(*drafts: Draft) -> list[Row]:
    return sealed(EMPTY, drafts, same_salts(), lambda seq: "")


def remade(row: Row) -> str:
    """The hash of an entry as the definition says, without our code."""
    header = ["equipoise-ledger-v1", row.prev, row.seq, row.at, row.actor, row.role, row.site, row.kind, row.version,
              row.subject, row.concept, row.target, row.reason_hash, row.body_hash]  # fmt: skip
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def test_each_entry_holds_on_to_the_one_before() -> None:
    one, two = rows_of(draft(site="Zürich"), draft(reason="typed the wrong line", target=1))
    assert (one.seq, one.prev, two.seq, two.prev) == (1, "0" * 64, 2, one.hash)
    assert [one.hash, two.hash] == [remade(one), remade(two)]


def test_contents_are_hashed_with_their_salt() -> None:
    (row,) = rows_of(draft(reason="späte Meldung"))
    assert row.body_salt and row.reason_salt and row.body_salt != row.reason_salt
    assert row.body == '{"concept":"haemoglobin","value":{"quantity":["7.8","7.8","g/dL"]},"when":"2026-03-01"}'
    assert row.reason == '"späte Meldung"'
    for text, salt, expected in (
        (row.body, row.body_salt, row.body_hash),
        (row.reason, row.reason_salt, row.reason_hash),
    ):
        assert hashlib.sha256(b"equipoise-content-v1|" + salt + text.encode()).hexdigest() == expected


def test_the_first_hash_never_changes() -> None:
    """Old ledgers must verify for ever: this hash was made once and is held here."""
    (row,) = rows_of(draft())
    assert row.hash == "a524bdfe39762a58bb372e446f150cd6ee4b717abeca2336521342cf0b8d8b5f"


def test_an_entry_without_a_reason_has_neither_salt_nor_hash_for_it() -> None:
    (row,) = rows_of(draft())
    assert (row.reason, row.reason_salt, row.reason_hash) == (None, None, "")
    assert read(row).reason == ""


def test_an_entry_about_another_takes_its_concept_also_within_one_batch() -> None:
    _, void, other = rows_of(draft(), draft(kind="void", target=1, body={}), draft(target=1, body={"concept": "alt"}))
    assert (void.concept, other.concept) == ("haemoglobin", "alt")
    standing = Head(5, "ab" * 32, "")
    (later,) = sealed(standing, [draft(body={}, target=3)], same_salts(), {3: "platelets"}.__getitem__)
    assert later.concept == "platelets"


def test_a_salt_of_another_length_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sealed(EMPTY, [draft()], lambda: b"short", lambda seq: "")


def test_an_entry_cannot_be_about_itself_or_a_later_one() -> None:
    with pytest.raises(Fault, match="no entry 1 before entry 1"):
        rows_of(draft(target=1))
