"""The ledger in a file: opening, several writers, and one sentence for each thing that can be wrong with a file."""

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.ledgers import draft, outside, same_salts, taking_away

from equipoise.faults import Fault
from equipoise.ledger.chain import Broken
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.store import Moved
from equipoise.ledger.verify import verify


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trial.ledger"


def opened(path: Path, patience: float = 0.05) -> SqliteStore:
    return SqliteStore(path, same_salts(), patience=patience)


def test_what_was_written_is_there_when_the_file_is_opened_again(path: Path) -> None:
    with opened(path) as store:
        entries = store.append([draft(1), draft(2)])
    with opened(path) as store:
        assert list(store.entries()) == entries
        assert store.append([draft(3)])[0].prev == entries[1].hash
    with SqliteStore.reading(path) as store:
        assert store.head().seq == 3 and verify(store).ok


def test_the_disk_has_it_when_append_returns(path: Path) -> None:
    with opened(path) as store:
        assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with SqliteStore(path, same_salts(), durability="off") as store:
        assert store._db.execute("PRAGMA synchronous").fetchone() == (0,)


# ---------------------------------------------------------------- files that are no ledger
def test_a_missing_file_is_not_made_by_reading(path: Path) -> None:
    with pytest.raises(Fault, match="no such file"):
        SqliteStore.reading(path)
    with pytest.raises(Fault, match="no such file"):
        SqliteStore(path, same_salts(), mode="rw")
    assert not path.exists()


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="there is no folder"):
        opened(tmp_path / "nowhere" / "trial.ledger")


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    for reading in (opened, SqliteStore.reading):
        with pytest.raises(Fault, match="is a folder"):
            reading(tmp_path)


@pytest.mark.parametrize("content", [b"person,concept\nP-001,alt\n" * 100, b"x"])
def test_a_file_that_is_no_database(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for reading in (opened, SqliteStore.reading):
        with pytest.raises(Fault, match="is no SQLite database"):
            reading(path)
    assert path.read_bytes() == content


def test_another_database_is_left_alone(path: Path) -> None:
    with outside(path) as connection:
        connection.execute("CREATE TABLE people (name TEXT)")
    for reading in (opened, SqliteStore.reading):
        with pytest.raises(Fault, match="but not a ledger"):
            reading(path)
    with outside(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("people",)]


def test_an_empty_file_never_becomes_a_new_ledger(path: Path) -> None:
    path.touch()
    for reading in (opened, SqliteStore.reading):
        with pytest.raises(Broken, match="as no ledger ever is"):
            reading(path)
    assert path.read_bytes() == b""


def test_reading_writes_nothing(path: Path) -> None:
    with opened(path) as store:
        store.append([draft(1)])
    with SqliteStore.reading(path) as store, pytest.raises(Fault, match="reading only"):
        store.append([draft(2)])
    with SqliteStore.reading(path) as store, pytest.raises(Fault, match="reading only"):
        store.redact(1, "body", taking_away())


# ---------------------------------------------------------------- several at once
def test_a_writer_waits_for_another_and_then_says_so(path: Path) -> None:
    with opened(path) as store, outside(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Fault, match=r"another program has been writing for 0\.05 seconds; nothing was written"):
            store.append([draft(1)])
        other.execute("ROLLBACK")
        assert store.append([draft(1)])[0].seq == 1


def test_readers_see_what_others_write_and_hold_nobody_up(path: Path) -> None:
    with opened(path) as one, opened(path) as two:
        one.append([draft(1), draft(2)])
        reading = two.entries()
        next(reading)
        one.append([draft(3)])
        with pytest.raises(Moved):
            two.append([draft(4)], expected=2)
        assert two.append([draft(4)], expected=3)[0].seq == 4
        assert [entry.seq for entry in reading] == [2]


def test_verifying_sees_one_moment(path: Path) -> None:
    with opened(path) as one, opened(path) as two:
        one.append([draft(1), draft(2)])
        with one.rows() as rows:
            next(rows)
            two.redact(2, "body", taking_away())
            assert [row.seq for row in rows if row.body] == [2]
        assert verify(one).ok and verify(one).entries == 3


WRITER = """
import secrets, sys
from pathlib import Path
from equipoise.ledger.entry import Draft
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.store import append_at
with SqliteStore(Path(sys.argv[1]), secrets.token_bytes, durability="off") as store:
    for number in range(60):
        what = ("2026-03-02T10:15:00.000000Z", sys.argv[2], "system", "", "fact", "P-1", {"number": number})
        append_at(store, lambda head: [Draft(*what)], tries=1000)
"""


def test_several_programs_write_one_chain(path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(WRITER), path, name]) for name in ("a", "b", "c")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    with SqliteStore.reading(path) as store:
        assert verify(store).ok
        by_writer: dict[str, list[int]] = {}
        for entry in store.entries():
            assert entry.body is not None
            by_writer.setdefault(entry.actor, []).append(entry.body["number"])
        assert by_writer == {name: list(range(60)) for name in "abc"}


# ---------------------------------------------------------------- what is redacted is gone
def test_redacted_words_are_nowhere_in_the_file(path: Path) -> None:
    with SqliteStore(path, same_salts(), durability="off") as store:
        drafts = [draft(1, body={"text": f"Mrs Miller {number}"}, reason="Mr Smith") for number in range(120)]
        store.append(drafts)
        assert b"Miller" in b"".join(file.read_bytes() for file in path.parent.iterdir())
        for seq in range(1, 121):
            store.redact(seq, "body", taking_away())
            store.redact(seq, "reason", taking_away())
        held = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert b"Miller" not in held and b"Smith" not in held
        assert verify(store).ok


# ---------------------------------------------------------------- backups
def test_a_copy_of_a_ledger_in_use_verifies_elsewhere(path: Path, tmp_path: Path) -> None:
    with opened(path) as store:
        store.append([draft(1), draft(2)])
        store.copy(tmp_path / "copy.ledger")
        store.append([draft(3)])
        with pytest.raises(Fault, match="there already"):
            store.copy(tmp_path / "copy.ledger")
    with SqliteStore.reading(tmp_path / "copy.ledger") as copy:
        assert verify(copy).entries == 2 and verify(copy).ok


def test_an_error_of_the_disk_is_one_sentence(path: Path) -> None:
    with opened(path) as store:
        for code, words in (
            (sqlite3.SQLITE_FULL, "the disk is full"),
            (sqlite3.SQLITE_CORRUPT, "changed or damaged"),
            (sqlite3.SQLITE_IOERR | 1 << 8, "the disk is full or fails"),
        ):
            error = sqlite3.OperationalError("what SQLite\nsays")
            error.sqlite_errorcode = code
            fault = store._fault(error)
            assert words in str(fault) and "\n" not in str(fault)
            assert isinstance(fault, Broken) == (code == sqlite3.SQLITE_CORRUPT)
