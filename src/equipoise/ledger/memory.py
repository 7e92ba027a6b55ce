"""A ledger in memory: for rehearsals and tests; it ends with the program."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from ..faults import Fault
from .chain import EMPTY, Broken, Head, Row, Salt, changed_part, read, sealed
from .checkpoints import Checkpoint
from .entry import Draft, Entry, Part
from .store import check_drafts, check_expected, no_entry, redaction_of


class MemoryStore:
    """A store that keeps its rows in a list. salt: gives 32 random bytes each time (`secrets.token_bytes`)."""

    def __init__(self, salt: Salt) -> None:
        self._salt = salt
        self._rows: list[Row] = []
        self._by_subject: dict[str, list[int]] = {}
        self._by_kind: dict[str, list[int]] = {}
        self._checkpoints: list[Checkpoint] = []

    @classmethod
    def of_rows(cls, rows: Iterable[Row], salt: Salt) -> Self:
        """A copy of a ledger in its rows, to try on it what is not to be written. Raises Broken for a changed one."""
        store = cls(salt)
        for row in rows:
            if part := changed_part(row):
                raise Broken(f"Entry {row.seq} is not as it was written: its {part} was changed. Verify the ledger.")
            store._keep(row)
        return store

    def head(self) -> Head:
        return Head(self._rows[-1].seq, self._rows[-1].hash, self._rows[-1].at) if self._rows else EMPTY

    def append(self, drafts: Sequence[Draft], expected: int | None = None) -> list[Entry]:
        check_drafts(drafts)
        check_expected(self.head(), expected)
        return self._write(drafts)

    def _write(self, drafts: Sequence[Draft]) -> list[Entry]:
        rows = sealed(self.head(), drafts, self._salt, lambda seq: self._rows[seq - 1].concept)
        for row in rows:
            self._keep(row)
        return [read(row) for row in rows]

    def _keep(self, row: Row) -> None:
        self._rows.append(row)
        self._by_subject.setdefault(row.subject, []).append(row.seq)
        self._by_kind.setdefault(row.kind, []).append(row.seq)

    def entries(self, since: int = 0, until: int | None = None) -> Iterator[Entry]:
        return (read(row) for row in self._rows[since:until])

    def of(
        self,
        subject: str | None = None,
        kinds: Sequence[str] = (),
        concept: str | None = None,
        since: int = 0,
        until: int | None = None,
    ) -> Iterator[Entry]:
        for seq in self._candidates(subject, kinds, since):
            row = self._rows[seq - 1]
            if until is not None and seq > until:
                return
            if (not kinds or row.kind in kinds) and (concept is None or row.concept == concept):
                yield read(row)

    def _candidates(self, subject: str | None, kinds: Sequence[str], since: int) -> Sequence[int]:
        """The numbers after `since` of entries that may be meant, in their order, by the narrowest index."""
        if subject is not None:
            found = self._by_subject.get(subject, [])
        elif kinds:
            found = sorted(seq for kind in set(kinds) for seq in self._by_kind.get(kind, ()))
        else:
            return range(since + 1, len(self._rows) + 1)
        return found[bisect_right(found, since) :]

    def entry(self, seq: int) -> Entry:
        if not 1 <= seq <= len(self._rows):
            raise no_entry(seq)
        return read(self._rows[seq - 1])

    def redact(self, seq: int, part: Part, draft: Draft) -> Entry:
        (entry,) = self._write([redaction_of(self.entry(seq), part, draft)])
        row = self._rows[seq - 1]
        gone = (
            row._replace(body=None, body_salt=None) if part == "body" else row._replace(reason=None, reason_salt=None)
        )
        self._rows[seq - 1] = gone
        return entry

    @contextmanager
    def rows(self) -> Iterator[Iterator[Row]]:
        yield iter(self._rows[:])

    def check(self) -> None:
        """Nothing stands around a list that could be missing."""

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        if not 1 <= checkpoint.seq <= len(self._rows) or self._rows[checkpoint.seq - 1].hash != checkpoint.hash:
            raise Fault(f"This checkpoint is not of this ledger: its entry {checkpoint.seq} does not stand here.")
        self._checkpoints.append(checkpoint)

    def checkpoints(self) -> list[Checkpoint]:
        return list(self._checkpoints)
