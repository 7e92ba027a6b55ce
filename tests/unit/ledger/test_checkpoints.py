"""Checkpoints: signing, fingerprints and files."""

from dataclasses import replace

import pytest

from equipoise.faults import Fault
from equipoise.ledger.chain import EMPTY, Head
from equipoise.ledger.checkpoints import (
    checkpoint_text,
    fingerprint,
    read_checkpoint,
    read_fingerprint,
    signature_holds,
    signed,
)  # fmt: skip

# The first key of RFC 8032, section 7.1.
KEY = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
HEAD = Head(7, "ab" * 32, "2026-03-02T10:15:00.000000Z")
POINT = signed(HEAD, "2026-03-02T12:00:00.000000Z", KEY)


def test_a_checkpoint_names_the_key_that_signed_it() -> None:
    assert (POINT.seq, POINT.hash, POINT.public_key) == (7, "ab" * 32, PUBLIC)
    assert signature_holds(POINT) and signature_holds(POINT, bytes.fromhex(PUBLIC))
    assert not signature_holds(POINT, bytes(32))


@pytest.mark.parametrize(
    "changes",
    [{"seq": 8}, {"hash": "ac" * 32}, {"at": "2026-03-02T12:00:00.000001Z"}, {"signature": "00" * 64},
     {"public_key": "00" * 32}, {"signature": "zz"}, {"public_key": "ab"}],
)  # fmt: skip
def test_nothing_of_it_can_be_changed(changes: dict[str, object]) -> None:
    assert not signature_holds(replace(POINT, **changes))


def test_what_cannot_be_signed() -> None:
    with pytest.raises(Fault, match="empty"):
        signed(EMPTY, POINT.at, KEY)
    with pytest.raises(Fault, match="32 bytes; this one has 5"):
        signed(HEAD, POINT.at, b"short")


def test_the_fingerprint_is_the_head_of_the_hash_in_base32() -> None:
    assert fingerprint(POINT) == fingerprint(HEAD) == "VOV2-XK5L-VOV2-XK5L"  # RFC 4648: ab ab ab ab ab
    assert read_fingerprint(" vov2 xk5l vov2-xk5l ") == "VOV2-XK5L-VOV2-XK5L"
    for wrong in ("", "VOV2-XK5L-VOV2", "VOV2-XK5L-VOV2-XK51", "VOV2-XK5L-VOV2-XK5LA"):
        assert read_fingerprint(wrong) == ""


def test_a_checkpoint_in_a_file() -> None:
    assert read_checkpoint(checkpoint_text(POINT)) == POINT


@pytest.mark.parametrize(
    "text",
    ["", "VOV2-XK5L", "[]", "{}", checkpoint_text(POINT).replace("abab", "ab"),
     checkpoint_text(POINT).replace('"seq":7', '"seq":"7"'),
     checkpoint_text(POINT)[:-2] + ',"more":1}', checkpoint_text(POINT).replace("12:00:00", "25:00:00")],
)  # fmt: skip
def test_any_other_file_is_refused(text: str) -> None:
    with pytest.raises(Fault, match="holds no checkpoint"):
        read_checkpoint(text)
