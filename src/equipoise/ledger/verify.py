"""Is the ledger as it was written? Every hash is made anew from the rows as they are stored.

What a chain alone can tell is that nothing in its middle was changed. Whoever changes an entry and makes all hashes
after it anew, or cuts off the end, is found by what somebody holds outside: a checkpoint, or its fingerprint on paper.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import NamedTuple

from ..faults import Fault
from .canonical import canonical_text, data_of
from .chain import EMPTY, GENESIS, Broken, Head, Row, changed_part
from .checkpoints import Checkpoint, fingerprint, read_fingerprint, signature_holds
from .entry import REDACTION, Entry
from .store import Store

_HEADER_ENDS = Row._fields.index("prev")
_TOLD_EVERY = 5000


class Verified(NamedTuple):
    """What was found. entries, head: how far all is well. first_bad: the number of the first entry that is not.

    first_bad is None when all is well, or when no single entry is to blame; `why` says in one sentence what was found.
    """

    ok: bool
    entries: int
    head: Head
    first_bad: int | None
    why: str


class _Finding(NamedTuple):
    seq: int | None
    why: str


def verify(
    ledger: Store | Iterable[Entry],
    checkpoints: Sequence[Checkpoint] = (),
    outside: Checkpoint | str | None = None,
    public_key: bytes | None = None,
    told: Callable[[int], object] = lambda done: None,
) -> Verified:
    """Checks the whole ledger, in one pass and in little memory, and names the first entry that is not as written.

    checkpoints: more of them than the store keeps itself.
    outside: one that was kept elsewhere, or the fingerprint of one.
    public_key: whose signature the checkpoints must bear (32 bytes); without it, the key that each names itself.
    told: hears now and then how many entries are done. Raises Fault when the fingerprint is none.
    """
    store = None if isinstance(ledger, Iterable) else ledger
    walk, found = _Walk(), None
    try:
        points = [*([] if store is None else store.checkpoints()), *checkpoints]
        if isinstance(outside, Checkpoint):
            points.append(outside)
        walk.expect(points, outside if isinstance(outside, str) else "")
        with nullcontext(map(_row_of, ledger)) if isinstance(ledger, Iterable) else ledger.rows() as rows:
            walk.over(rows, told)
        if store is not None and walk.finding is None:
            store.check()
    except Broken as broken:
        found = _Finding(walk.head.seq + 1 if walk.reading else None, str(broken))
    finding = walk.finding or found or walk.at_the_end() or _unsigned(walk.points, public_key)
    head = walk.head
    if finding:
        return Verified(False, head.seq, head, finding.seq, finding.why)
    words = f"fingerprint {fingerprint(head)}" if head.seq else "the ledger is empty"
    return Verified(True, head.seq, head, None, f"Every entry is as it was written: {head.seq:,} of them, {words}.")


@dataclass(slots=True)
class _Walk:
    """Goes over the rows once. Holds the entry before, and contents that are gone until their redaction is met."""

    head: Head = EMPTY
    finding: _Finding | None = None
    reading: bool = False
    missing: set[tuple[int, str]] = field(default_factory=set)
    points: list[Checkpoint] = field(default_factory=list)
    by_seq: dict[int, list[Checkpoint]] = field(default_factory=dict)
    paper: str = ""
    held: int = 0  # the last entry that a checkpoint vouches for

    def expect(self, points: list[Checkpoint], paper: str) -> None:
        self.points, self.paper = points, read_fingerprint(paper) if paper else ""
        if paper and not self.paper:
            raise Fault(f'"{paper}" is no fingerprint: write its 16 letters, as ABCD-EFGH-IJKL-MNOP.')
        for point in points:
            self.by_seq.setdefault(point.seq, []).append(point)

    def over(self, rows: Iterator[Row], told: Callable[[int], object]) -> None:
        self.reading = True
        for row in rows:
            if self.finding is None:
                self.meet(row)
            elif not self.missing:
                break
            elif row.kind == REDACTION:  # it may still tell why a content before the finding is gone
                self.missing.discard(_redacted(row))
            if row.seq % _TOLD_EVERY == 0:
                told(row.seq)
        self.reading = False
        if self.missing and (self.finding is None or (self.finding.seq or 0) > min(self.missing)[0]):
            seq, part = min(self.missing)
            self.finding = _Finding(seq, f"Entry {seq}: its {part} is gone, and no redaction says who took it away.")

    def meet(self, row: Row) -> None:
        """The next row: the finding, or one step further."""
        try:
            self.finding = _out_of_order(row, self.head) or _changed(row, self.head) or self.redaction(row)
        except (TypeError, ValueError, AttributeError, Fault):
            self.finding = _Finding(self.head.seq + 1, f"Entry {self.head.seq + 1} cannot be read.")
        if self.finding is None:
            self.finding = self.rewritten(row)
        if self.finding is None:
            self.head = Head(row.seq, row.hash, row.at)

    def redaction(self, row: Row) -> _Finding | None:
        """Notes what is gone; a redaction must have taken away what it names."""
        if row.body is None:
            self.missing.add((row.seq, "body"))
        if row.reason is None and row.reason_hash:
            self.missing.add((row.seq, "reason"))
        if row.kind != REDACTION:
            return None
        seq, part = _redacted(row)
        if (seq, part) not in self.missing:
            return _Finding(seq, f"Entry {seq}: its {part} stands here although entry {row.seq} redacted it.")
        self.missing.remove((seq, part))
        return None

    def rewritten(self, row: Row) -> _Finding | None:
        """Does the entry bear the hash that the checkpoints on it name?"""
        for point in self.by_seq.get(row.seq, ()):
            if point.hash != row.hash:
                which = f"after entry {self.held}" if self.held else "from the first on"
                words = f"a checkpoint of {point.at} names another hash; entries {which} were written anew."
                return _Finding(row.seq, f"Entry {row.seq}: {words}")
            self.held = row.seq
        if self.paper and self.paper == fingerprint(Head(row.seq, row.hash, row.at)):
            self.paper, self.held = "", row.seq
        return None

    def at_the_end(self) -> _Finding | None:
        """What should have come and did not."""
        last = max(self.by_seq, default=0)
        if last > self.head.seq:
            words = f"a checkpoint speaks of {last:,} entries; the end was cut off."
            return _Finding(self.head.seq + 1, f"Entry {self.head.seq + 1} is missing: {words}")
        if self.paper:
            words = "entries were written anew or cut off since, or it belongs to another ledger."
            return _Finding(None, f"No entry bears the fingerprint {self.paper}: {words}")
        return None


# ---------------------------------------------------------------- one row
def _out_of_order(row: Row, head: Head) -> _Finding | None:
    due = head.seq + 1
    if row.seq != due:
        return _Finding(due, f"Entry {due} is missing: entry {row.seq} stands in its place.")
    if row.at < head.at:
        return _Finding(due, f"Entry {due} bears an earlier time than the entry before it.")
    if not 0 <= row.target < due:
        return _Finding(due, f"Entry {due} is about entry {row.target}, which does not stand before it.")
    return None


def _changed(row: Row, head: Head) -> _Finding | None:
    """Do the contents fit their hashes, the header its own, and the entry the one before?"""
    seq = row.seq
    if part := changed_part(row):
        return _Finding(seq, f"Entry {seq}: its {part} was changed.")
    if row.prev == head.hash:
        return None
    if head.hash == GENESIS:
        return _Finding(seq, "Entry 1 does not begin a ledger: it names an entry before it.")
    # This entry fits its own hash, so it is as it was written; the one before it is not the one it followed.
    return _Finding(head.seq, f"Entry {head.seq} was written anew: entry {seq} followed one with another hash.")


def _redacted(row: Row) -> tuple[int, str]:
    """The number and the part that a redaction took away."""
    return row.target, str(data_of(row.body or "{}").get("part", ""))


def _row_of(entry: Entry) -> Row:
    """An entry that was read, as it would be stored."""
    try:
        body = None if entry.body is None else canonical_text(dict(entry.body))
        reason = canonical_text(entry.reason, "reason") if entry.reason else None
    except Fault:
        raise Broken(f"Entry {entry.seq}: its contents were changed.") from None
    header = [getattr(entry, name) for name in Row._fields[: _HEADER_ENDS + 2]]
    return Row._make([*header, reason, entry.reason_salt, body, entry.body_salt])


def _unsigned(points: Sequence[Checkpoint], public_key: bytes | None) -> _Finding | None:
    for point in points:
        if not signature_holds(point, public_key):
            whose = "by that key" if public_key else "by the key that it names"
            return _Finding(None, f"The checkpoint of {point.at} on entry {point.seq} was not signed {whose}.")
    return None
