"""A ledger in one SQLite file: durable when `append` returns, several programs at once, guarded by its own tables."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from ..faults import Fault
from . import schema
from .chain import EMPTY, GENESIS, Broken, Head, Row, Salt, changed_part, read, sealed
from .checkpoints import Checkpoint
from .entry import Draft, Entry, Part
from .store import check_drafts, check_expected, no_entry, redaction_of

Durability = Literal["full", "off"]
Mode = Literal["rwc", "rw", "ro"]  # SQLite's words: write and make it, write what is there, read
OLDEST: Final = (3, 38)  # STRICT tables since 3.37, json_extract in every build since 3.38

_PAGE: Final = 500  # rows fetched at once: no cursor stays open that would hold up a writer
_SMALLEST: Final = 512  # bytes of an SQLite database
_PATIENCE: Final = 10.0  # seconds to wait for another writer
_DO_NOT_RELY: Final = "Do not rely on this ledger, and ask equipoise ledger verify."
# What no row of the chain tells; each must find nothing.
_STRAYS: Final = {
    "an entry is missing": (
        "SELECT 1 FROM (SELECT count(*) held, ifnull(max(seq), 0) last FROM entries) WHERE held <> last"
    ),
    "a content stands there without its entry": (
        "SELECT 1 FROM contents WHERE seq < 1 OR seq > (SELECT ifnull(max(seq), 0) FROM entries)"
    ),
    "the checkpoints are not numbered from 1 on": (
        "SELECT 1 FROM (SELECT number, row_number() OVER (ORDER BY number) due FROM checkpoints) WHERE number <> due"
    ),
}


class SqliteStore:
    """The ledger in the file at `path`, which is made when it is not there (unless the mode says otherwise).

    salt: gives 32 random bytes each time (`secrets.token_bytes`). patience: seconds to wait for another writer.
    durability: "full" writes to the disk before `append` returns; "off" leaves that to the operating system, for
    made-up data only. Raises Fault for a file that is no ledger or cannot be opened, and Broken when a table or a
    guard is missing.
    """

    def __init__(
        self, path: Path, salt: Salt, durability: Durability = "full", patience: float = _PATIENCE, mode: Mode = "rwc"
    ) -> None:
        self.path, self._salt, self._patience = path, salt, patience
        self._looked = False  # at what no row of the chain tells
        if mode == "rwc" and not path.exists():
            self._make()
        self._check_file()
        with self._told():
            self._db = self._connected("ro" if mode == "ro" else "rw")
            try:
                self._db.execute(f"PRAGMA synchronous = {durability}")
                self._db.execute("PRAGMA secure_delete = ON")  # what is redacted is overwritten, not only unlinked
                self._check_guards()
            except BaseException:
                self._db.close()
                raise

    @classmethod
    def reading(cls, path: Path, patience: float = _PATIENCE) -> Self:
        """The ledger of a file that must be there, to be read only."""
        return cls(path, _no_salt, patience=patience, mode="ro")

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ writing
    def append(self, drafts: Sequence[Draft], expected: int | None = None) -> list[Entry]:
        check_drafts(drafts)
        with self._transaction():
            check_expected(self.head(), expected)
            return self._write(drafts)

    def redact(self, seq: int, part: Part, draft: Draft) -> Entry:
        with self._transaction():
            (entry,) = self._write([redaction_of(self.entry(seq), part, draft)])
            self._db.execute("DELETE FROM contents WHERE seq = ? AND part = ?", (seq, part))
        with suppress(sqlite3.OperationalError):  # a reader may hold it up: then the next one to close the file does it
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the text would linger in the log of writes
        return entry

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        standing = self._db.execute("SELECT hash FROM entries WHERE seq = ?", (checkpoint.seq,)).fetchone()
        if standing != (checkpoint.hash,):
            raise Fault(f"This checkpoint is not of this ledger: its entry {checkpoint.seq} does not stand here.")
        values = (checkpoint.seq, checkpoint.hash, checkpoint.at, checkpoint.signature, checkpoint.public_key)
        with self._transaction():
            self._db.execute(
                "INSERT INTO checkpoints SELECT ifnull(max(number), 0) + 1, ?, ?, ?, ?, ? FROM checkpoints", values
            )

    def _write(self, drafts: Sequence[Draft]) -> list[Entry]:
        rows = sealed(self.head(), drafts, self._salt, lambda seq: self.entry(seq).concept)
        self._db.executemany(schema.ADD_CONTENT, (content for row in rows for content in schema.contents_of(row)))
        self._db.executemany(schema.ADD_ENTRY, (row[: len(schema.HEADER)] for row in rows))
        return [read(row) for row in rows]

    # ------------------------------------------------------------ reading
    def head(self) -> Head:
        with self._told():
            found = self._db.execute("SELECT seq, hash, at FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(*found) if found else EMPTY

    def entry(self, seq: int) -> Entry:
        for entry in self._fetched("entries.seq = ?", [seq]):
            return entry
        raise no_entry(seq)

    def entries(self, since: int = 0, until: int | None = None) -> Iterator[Entry]:
        last = self.head().seq if until is None else until
        before = None if since else GENESIS
        while page := self._fetched(f"entries.seq > ? AND entries.seq <= ? ORDER BY 1 LIMIT {_PAGE}", [since, last]):
            for entry in page:
                if before is not None and entry.prev != before:
                    raise self._untrue(entry.seq, "it follows another entry than the one that stands before it")
                before = entry.hash
            yield from page
            since = page[-1].seq

    def of(
        self,
        subject: str | None = None,
        kinds: Sequence[str] = (),
        concept: str | None = None,
        since: int = 0,
        until: int | None = None,
    ) -> Iterator[Entry]:
        numbers = self._numbers(subject, kinds, concept, since, self.head().seq if until is None else until)
        for start in range(0, len(numbers), _PAGE):
            page = numbers[start : start + _PAGE]
            yield from self._fetched(f"entries.seq IN ({', '.join('?' * len(page))}) ORDER BY 1", page)

    def _numbers(
        self, subject: str | None, kinds: Sequence[str], concept: str | None, since: int, until: int
    ) -> list[int]:
        """The numbers of the entries that are meant, in their order, by the narrowest index."""
        index = (
            "INDEXED BY entries_of_subject" if subject is not None else "INDEXED BY entries_of_kind" if kinds else ""
        )
        asked: list[tuple[str, Sequence[str | int]]] = [("seq > ? AND seq <= ?", (since, until))]
        if subject is not None:
            asked.append(("subject = ?", (subject,)))
        if concept is not None:
            asked.append(("concept = ?", (concept,)))
        if kinds:
            asked.append((f"kind IN ({', '.join('?' * len(kinds))})", kinds))
        where, values = " AND ".join(words for words, _ in asked), [value for _, given in asked for value in given]
        self._look()
        with self._told():
            found = self._db.execute(f"SELECT seq FROM entries {index} WHERE {where} ORDER BY seq", values)
            return [seq for (seq,) in found.fetchall()]

    def _fetched(self, where: str, values: Sequence[int]) -> list[Entry]:
        self._look()
        with self._told():
            rows = self._db.execute(f"{schema.ROWS} WHERE {where}", values).fetchall()
        return [self._trusted(Row(*row)) for row in rows]

    # ------------------------------------------------------------ nothing is shown that was not written
    def _trusted(self, row: Row) -> Entry:
        """The entry of a row. Raises Broken when its hashes do not fit it, or a content is gone unaccounted for."""
        if part := changed_part(row):
            raise self._untrue(row.seq, f"its {part} was changed")
        for part, gone in (("body", row.body is None), ("reason", row.reason is None and bool(row.reason_hash))):
            if gone and not self._is_redacted(row.seq, part):
                raise self._untrue(row.seq, f"its {part} is gone, and no redaction says who took it away")
        return read(row)

    def _is_redacted(self, seq: int, part: str) -> bool:
        with self._told():
            return self._db.execute(schema.REDACTED, (seq, part)).fetchone() is not None

    def _untrue(self, seq: int, how: str) -> Broken:
        return Broken(f"{self.path}: entry {seq} is not as it was written: {how}. {_DO_NOT_RELY}")

    def _look(self) -> None:
        """Once, before anything is read: does the file lack an entry, or hold what belongs to none?"""
        if not self._looked:
            try:
                with self._told():
                    self._check_strays()
            except Broken as broken:
                raise Broken(f"{broken} {_DO_NOT_RELY}") from None
            self._looked = True

    def checkpoints(self) -> list[Checkpoint]:
        with self._told():
            found = self._db.execute("SELECT seq, hash, at, signature, public_key FROM checkpoints ORDER BY number")
            return [Checkpoint(*row) for row in found.fetchall()]

    # ------------------------------------------------------------ for verify
    @contextmanager
    def rows(self) -> Iterator[Iterator[Row]]:
        """All rows of one moment, by a connection of its own: others may write meanwhile."""
        with self._told(), closing(self._connected("ro")) as reader:
            # A text that is no longer UTF-8 must reach `verify`, which then finds that its hash does not fit.
            reader.text_factory = lambda raw: raw.decode("utf-8", "replace")
            yield map(Row._make, reader.execute(f"{schema.ROWS} ORDER BY entries.seq"))

    def check(self) -> None:
        with self._told():
            self._check_guards()
            for (fault,) in self._db.execute("PRAGMA integrity_check(1)"):
                if fault != "ok":
                    raise Broken(f"{self.path}: the file is damaged ({_one_line(fault)}).")
            self._check_strays()

    def _check_strays(self) -> None:
        for words, question in _STRAYS.items():
            if self._db.execute(question).fetchone():
                raise Broken(f"{self.path}: {words}.")

    def copy(self, path: Path) -> None:
        """Writes a copy as it stands at one moment, for a backup; raises Fault when the file is there already."""
        if path.exists():
            raise Fault(f"{path} is there already: name a new file for the copy.")
        with self._told(), closing(sqlite3.connect(path)) as copy:
            self._db.backup(copy)

    # ------------------------------------------------------------ opening
    def _make(self) -> None:
        """Makes the file beside its place and puts it there whole, so that an empty file is never one of ours."""
        if sqlite3.sqlite_version_info < OLDEST:
            raise Fault(f"A ledger needs SQLite 3.38 or later; this Python has {sqlite3.sqlite_version}.")
        if not self.path.parent.is_dir():
            raise Fault(f"{self.path}: there is no folder {self.path.parent} for the ledger.")
        part = self.path.with_name(f".{self.path.name[:200]}.{os.getpid()}.part")
        try:
            with self._told(), closing(sqlite3.connect(part, isolation_level=None)) as new:
                new.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
                for statement in schema.OBJECTS.values():
                    new.execute(statement)
                new.execute("PRAGMA journal_mode = WAL")
            with suppress(FileExistsError):  # another program made it first: then that one is the ledger
                self.path.hardlink_to(part)
            _to_disk(self.path.parent)
        finally:
            part.unlink(missing_ok=True)

    def _check_file(self) -> None:
        """Raises Fault when SQLite would take the file for a new one. Opening it here would loosen SQLite's locks."""
        if not self.path.exists():
            raise Fault(f"{self.path}: there is no such file; name the file of a ledger.")
        if self.path.is_dir():
            raise Fault(f"{self.path} is a folder: name the file of a ledger.")
        size = self.path.stat().st_size if self.path.is_file() else _SMALLEST
        if not size:
            raise Broken(f"{self.path} is empty, as no ledger ever is: take it from a backup.")
        if size < _SMALLEST:
            raise Fault(f"{self.path} is no SQLite database: name the file of a ledger.")

    def _connected(self, mode: str) -> sqlite3.Connection:
        place = f"{self.path.resolve().as_uri()}?mode={mode}"
        return sqlite3.connect(place, timeout=self._patience, isolation_level=None, uri=True)

    def _check_guards(self) -> None:
        """Are the tables and the guards ours, letter by letter, and nothing beside them?"""
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        named = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite@_%' ESCAPE '@'"
        found = dict(self._db.execute(named).fetchall())
        if application != schema.APPLICATION_ID and not found.keys() & {"entries", "contents"}:
            raise Fault(f"{self.path} is an SQLite database, but not a ledger: name the file of a ledger.")
        for name in [*schema.OBJECTS, *found]:
            if found.get(name) != schema.OBJECTS.get(name):
                how = "is missing" if name not in found else "was changed" if name in schema.OBJECTS else "was added"
                raise Broken(f'{self.path}: "{name}" {how} in the ledger\'s tables and guards.')

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, alone with the pen; BEGIN IMMEDIATE waits for other writers."""
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """SQLite's errors, in the words of a user."""
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            raise self._fault(error) from error
        except UnicodeDecodeError:  # a damaged table of contents, quoted in SQLite's own words
            raise Broken(f"{self.path}: the file was changed or damaged (a text in it is no text).") from None

    def _fault(self, error: sqlite3.Error) -> Fault:
        match getattr(error, "sqlite_errorcode", 0) & 0xFF:  # an extended code keeps its class in the last byte
            case sqlite3.SQLITE_NOTADB:
                return Fault(f"{self.path} is no SQLite database: name the file of a ledger.")
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                waited = f"for {self._patience:g} seconds"
                return Fault(f"{self.path}: another program has been writing {waited}; nothing was written, try again.")
            case sqlite3.SQLITE_READONLY:
                return Fault(f"{self.path} is open for reading only or protected: nothing was written.")
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
                return Fault(f"{self.path} cannot be opened here: copy it to a folder in which you may write.")
            case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR | sqlite3.SQLITE_NOMEM:
                return Fault(f"{self.path}: the disk is full or fails ({_one_line(error)}); nothing was written.")
            case _:
                return Broken(f"{self.path}: the file was changed or damaged ({_one_line(error)}).")


def _to_disk(folder: Path) -> None:
    """Sees to it that a new file's name in its folder survives a power cut, where the system can do that."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _one_line(words: object) -> str:
    return " ".join(str(words).split())


def _no_salt() -> bytes:
    raise Fault("This ledger is open for reading only: nothing was written.")
