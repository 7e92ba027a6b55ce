"""How one entry holds on to the one before: rows as they are stored, and their hashes.

    content hash = SHA-256("equipoise-content-v1|" + 32 bytes of salt + canonical text)
    entry hash   = SHA-256(canonical text of ["equipoise-ledger-v1", prev, seq, at, actor, role, site, kind, version,
                                              subject, concept, target, reason hash, body hash])

Hashes are written as 64 hexadecimal letters; the first entry's prev is 64 zeros, and the reason hash of an entry
without a reason is empty. Contents are hashed with a salt of their own and only their hashes go into the chain: a
content that is taken away with its salt can neither be guessed, nor does the chain break.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

from ..faults import Fault
from .canonical import canonical_text, data_of, header_text
from .entry import Draft, Entry

TAG: Final = "equipoise-ledger-v1"
CONTENT_TAG: Final = b"equipoise-content-v1|"
GENESIS: Final = "0" * 64
SALT_BYTES: Final = 32

Salt = Callable[[], bytes]


class Head(NamedTuple):
    """The last entry's number, hash and time; of an empty ledger (0, 64 zeros, "")."""

    seq: int
    hash: str
    at: str


EMPTY: Final = Head(0, GENESIS, "")


class Earlier(Fault):
    """The draft's time lies before the last entry's. Stamp it anew and write it again."""


class Broken(Fault):
    """The ledger is not as Equipoise left it: it was changed outside the program, or damaged."""


class Row(NamedTuple):
    """An entry as it is stored: the header, then the contents as canonical texts, None where they were redacted."""

    seq: int
    at: str
    actor: str
    role: str
    site: str
    kind: str
    version: int
    subject: str
    concept: str
    target: int
    reason_hash: str
    body_hash: str
    prev: str
    hash: str
    reason: str | None
    reason_salt: bytes | None
    body: str | None
    body_salt: bytes | None


_HEADER_ENDS: Final = Row._fields.index("prev")


def content_hash(salt: bytes, text: str) -> str:
    """The hash of one content; the salt's fixed length keeps it apart from the text."""
    return sha256(CONTENT_TAG + salt + text.encode()).hexdigest()


def entry_hash(prev: str, header: Sequence[Any]) -> str:
    """The hash of an entry: prev, and the header from seq to the hash of the body, as an unambiguous text."""
    return sha256(header_text([TAG, prev, *header]).encode()).hexdigest()


def sealed(head: Head, drafts: Iterable[Draft], salt: Salt, concept_of: Callable[[int], str]) -> list[Row]:
    """The rows of the drafts, chained to the head.

    concept_of: the concept of an entry that stands already. Raises Earlier for a time before the one before it, and
    Fault for a target that does not stand before its entry.
    """
    rows: list[Row] = []
    for draft in drafts:
        if draft.at < head.at:
            raise Earlier(f"The time {draft.at} lies before that of entry {head.seq}, {head.at}: check the clock.")
        if draft.target > head.seq:
            raise Fault(f"There is no entry {draft.target} before entry {head.seq + 1} that it could be about.")
        rows.append(_row(head, draft, salt, _concept(draft, head.seq - len(rows), rows, concept_of)))
        head = Head(rows[-1].seq, rows[-1].hash, rows[-1].at)
    return rows


def _concept(draft: Draft, before: int, rows: list[Row], concept_of: Callable[[int], str]) -> str:
    """The body's concept, else the target's, which may be among the rows just made; `before` stood before them."""
    if draft.concept or not draft.target:
        return draft.concept
    return rows[draft.target - before - 1].concept if draft.target > before else concept_of(draft.target)


def _row(head: Head, draft: Draft, salt: Salt, concept: str) -> Row:
    reason, reason_salt = (canonical_text(draft.reason, "reason"), _grain(salt)) if draft.reason else (None, None)
    reason_hash = "" if reason is None or reason_salt is None else content_hash(reason_salt, reason)
    body, body_salt = draft.body_text, _grain(salt)
    header = (
        *(head.seq + 1, draft.at, draft.actor, draft.role, draft.site, draft.kind, draft.version, draft.subject),
        *(concept, draft.target, reason_hash, content_hash(body_salt, body)),
    )
    return Row(*header, head.hash, entry_hash(head.hash, header), reason, reason_salt, body, body_salt)


def _grain(salt: Salt) -> bytes:
    grain = salt()
    if len(grain) != SALT_BYTES:
        raise ValueError(f"a salt of the ledger has {SALT_BYTES} bytes, not {len(grain)}")
    return grain


def changed_part(row: Row) -> str:
    """What of a stored row is not as it was written, by its own hashes: "body", "reason", "header"; "" when all is.

    Whether it also follows the row before it is for whoever holds both.
    """
    if row.body is not None and content_hash(row.body_salt or b"", row.body) != row.body_hash:
        return "body"
    if row.reason is not None and content_hash(row.reason_salt or b"", row.reason) != row.reason_hash:
        return "reason"
    return "" if entry_hash(row.prev, row[:_HEADER_ENDS]) == row.hash else "header"


def read(row: Row) -> Entry:
    """The entry that a row states; raises Broken when its contents cannot be read."""
    try:
        reason = "" if not row.reason_hash else None if row.reason is None else data_of(row.reason)
        body = None if row.body is None else data_of(row.body)
    except ValueError:
        raise Broken(f"The contents of entry {row.seq} were changed or damaged: verify the ledger.") from None
    return Entry(
        *row[:10],
        reason=reason,
        reason_salt=row.reason_salt,
        reason_hash=row.reason_hash,
        body=body,
        body_salt=row.body_salt,
        body_hash=row.body_hash,
        prev=row.prev,
        hash=row.hash,
    )
