"""Eight ways to tamper with the file of a ledger: each is refused by the file itself, or found and named (R03, R04)."""

import sqlite3
from pathlib import Path

import pytest
from tests.ledgers import draft, outside, same_salts, taking_away, unguarded

from equipoise.faults import Fault
from equipoise.ledger import schema
from equipoise.ledger.chain import Broken, Row, entry_hash
from equipoise.ledger.checkpoints import Checkpoint, fingerprint, signed
from equipoise.ledger.memory import MemoryStore
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import Verified, verify

KEY = bytes(range(32))
COLUMNS = ", ".join(schema.HEADER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger of 40 entries, of which number 3 has a reason, number 5 is redacted, and number 8 has a checkpoint."""
    path = tmp_path / "trial.ledger"
    with SqliteStore(path, same_salts(), durability="off") as store:
        store.append(
            [draft(1, subject=f"P-{number:03}", reason="late" if number == 3 else "") for number in range(1, 9)]
        )
        store.add_checkpoint(signed(store.head(), "2026-03-02T12:00:00.000000Z", KEY))
        store.redact(5, "body", taking_away(2))
        store.append([draft(3, subject=f"P-{number:03}") for number in range(10, 41)])
    return path


def found_in(path: Path, held: Checkpoint | str | None = None) -> Verified:
    with SqliteStore.reading(path) as store:
        return verify(store, outside=held)


def point(path: Path, seq: int) -> Checkpoint:
    with SqliteStore.reading(path) as store:
        entry = store.entry(seq)
        return signed(store.head()._replace(seq=seq, hash=entry.hash), "2026-03-02T13:00:00.000000Z", KEY)


def test_the_ledger_is_whole_before_anybody_tampers(path: Path) -> None:
    assert found_in(path).ok and found_in(path).entries == 40


# ---------------------------------------------------------------- refused by the file, whoever asks
LAST = f"SELECT max(seq) + 1, {COLUMNS.removeprefix('seq, ')} FROM entries"
REFUSED = {
    "update": "UPDATE entries SET actor = 'u-99' WHERE seq = 4",
    "update of the key": "UPDATE entries SET seq = seq + 100",
    "update of nothing": "UPDATE entries SET actor = actor",
    "update or replace": "UPDATE OR REPLACE entries SET seq = 4 WHERE seq = 6",
    "delete": "DELETE FROM entries WHERE seq = 40",
    "truncate": "DELETE FROM entries",
    "replace": f"REPLACE INTO entries SELECT {COLUMNS} FROM entries WHERE seq = 40",
    "upsert": f"INSERT INTO entries SELECT {COLUMNS} FROM entries WHERE true "
    "ON CONFLICT (seq) DO UPDATE SET actor = 'u-99'",
    "a gap": f"INSERT INTO entries SELECT seq + 2, {COLUMNS.removeprefix('seq, ')} FROM entries WHERE seq = 40",
    "no number": f"INSERT INTO entries SELECT NULL, {COLUMNS.removeprefix('seq, ')} FROM entries WHERE seq = 40",
    "another past": f"INSERT INTO entries {LAST} WHERE seq = 40",
    "change of a content": "UPDATE contents SET text = '{}' WHERE seq = 4",
    "change of a salt": "UPDATE contents SET salt = zeroblob(32) WHERE seq = 4",
    "replace of a content": "REPLACE INTO contents SELECT seq, part, '{}', salt FROM contents WHERE seq = 4",
    "replace of the last content": "REPLACE INTO contents SELECT seq, part, '{}', salt FROM contents WHERE seq = 40",
    "delete of a content": "DELETE FROM contents WHERE seq = 4",
    "delete of all contents": "DELETE FROM contents",
    "delete of a redaction's reason": "DELETE FROM contents WHERE seq = 9",
    "a content for what was redacted": "INSERT INTO contents SELECT 5, part, text, salt FROM contents WHERE seq = 4",
    "change of a checkpoint": "UPDATE checkpoints SET seq = 7",
    "delete of a checkpoint": "DELETE FROM checkpoints",
    "replace of a checkpoint": "REPLACE INTO checkpoints SELECT * FROM checkpoints",
    "a checkpoint of no entry": "INSERT INTO checkpoints VALUES (2, 8, 'ab', 'at', 'by', 'key')",
}  # fmt: skip


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_refused(path: Path, statement: str) -> None:
    with outside(path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    assert found_in(path).ok and found_in(path).entries == 40


def insert(connection: sqlite3.Connection, row: Row) -> None:
    connection.executemany(schema.ADD_CONTENT, schema.contents_of(row))
    connection.execute(schema.ADD_ENTRY, row[: len(schema.HEADER)])


@pytest.mark.parametrize(
    "changes",
    [{}, {"at": "2026-03-02T10:00:00.000000Z"}, {"prev": "ab" * 32}, {"target": 41}, {"target": -1}, {"body": None},
     {"reason_hash": "ab"}, {"kind": "redaction", "target": 4}, {"kind": "redaction", "target": 9, "reason_hash": "ab",
      "reason": '"x"', "reason_salt": bytes(32)}],
)  # fmt: skip
def test_the_file_takes_a_right_row_and_no_other(path: Path, changes: dict[str, object]) -> None:
    """The guards are no mere wall: of these rows, the one without a fault goes in."""
    with outside(path) as connection:
        (head, at) = connection.execute("SELECT hash, at FROM entries WHERE seq = 40").fetchone()
        row = Row(
            *(41, at, "u-07", "system", "", "fact", 1, "P-001", "", 0, "", "ab", head, "ab"),
            *(None, None, "{}", bytes(32)),
        )._replace(**changes)
        connection.execute("BEGIN")
        if changes:
            with pytest.raises(sqlite3.IntegrityError):
                insert(connection, row)
        else:
            insert(connection, row)
        connection.execute("ROLLBACK")


# ---------------------------------------------------------------- guards and tables taken away
@pytest.mark.parametrize("name", schema.OBJECTS)
def test_a_missing_table_or_guard_is_found_on_opening(path: Path, name: str) -> None:
    what = schema.OBJECTS[name].split()[1]
    with outside(path) as connection:
        connection.execute(f"DROP {what} {name}")
    for opened in (SqliteStore.reading, lambda path: SqliteStore(path, same_salts())):
        with pytest.raises(Broken, match=r"is missing in the ledger's tables and guards"):
            opened(path)


def test_a_guard_that_was_weakened_or_added_is_found_on_opening(path: Path) -> None:
    with outside(path) as connection:
        connection.execute("DROP TRIGGER entries_update")
        connection.execute("CREATE TRIGGER entries_update BEFORE UPDATE ON entries BEGIN SELECT 1; END")
    with pytest.raises(Broken, match='"entries_update" was changed'):
        SqliteStore.reading(path)
    with outside(path) as connection:
        connection.execute("DROP TRIGGER entries_update")
        connection.execute(schema.OBJECTS["entries_update"])
        connection.execute("CREATE TRIGGER hidden AFTER INSERT ON entries BEGIN SELECT 1; END")
    with pytest.raises(Broken, match='"hidden" was added'):
        SqliteStore.reading(path)


# ---------------------------------------------------------------- nothing is shown that was not written
SHOWN: dict[str, tuple[str, str]] = {
    "a body": ("UPDATE contents SET text = '{}' WHERE seq = 4 AND part = 'body'", "entry 4 is not as it was written"),
    "a reason": ("UPDATE contents SET text = '\"x\"' WHERE seq = 3 AND part = 'reason'", "its reason was changed"),
    "a header": ("UPDATE entries SET actor = 'u-99' WHERE seq = 4", "its header was changed"),
    "a body is gone": ("DELETE FROM contents WHERE seq = 4", "no redaction says who took it away"),
    "a reason is gone": ("DELETE FROM contents WHERE seq = 3 AND part = 'reason'", "its reason is gone"),
    "an entry is gone": ("DELETE FROM entries WHERE seq = 4", "an entry is missing"),
    "the last is gone": ("DELETE FROM entries WHERE seq = 40", "a content stands there without its entry"),
}


@pytest.mark.parametrize(("statement", "why"), SHOWN.values(), ids=SHOWN)
def test_what_was_changed_is_not_shown(path: Path, statement: str, why: str) -> None:
    """Who only reads asks no verify: so every entry that is read is held against its own hashes."""
    with unguarded(path) as connection:
        connection.execute(statement)
    with SqliteStore.reading(path) as store:
        for read in (store.entries, lambda: store.of(kinds=["fact"])):
            with pytest.raises(Broken, match=f"{why}.*Do not rely on this ledger"):
                list(read())


def test_an_entry_that_was_written_anew_is_not_shown_in_its_row(path: Path) -> None:
    with unguarded(path) as connection:
        row = list(connection.execute(f"SELECT {COLUMNS} FROM entries WHERE seq = 4").fetchone())
        row[2] = "u-99"
        anew = entry_hash(row[-2], row[: schema.HEADER.index("prev")])
        connection.execute("UPDATE entries SET actor = 'u-99', hash = ? WHERE seq = 4", (anew,))
    with (
        SqliteStore.reading(path) as store,
        pytest.raises(Broken, match=r"entry 5 .* follows another entry"),
    ):
        list(store.entries())


def test_a_copy_to_try_on_is_not_made_of_what_was_changed(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute(SHOWN["a body"][0])
    with SqliteStore.reading(path) as store, store.rows() as rows, pytest.raises(Broken, match="its body was changed"):
        MemoryStore.of_rows(rows, same_salts())


def test_a_guard_taken_away_while_the_ledger_is_open_is_found_by_verifying(path: Path) -> None:
    with SqliteStore.reading(path) as store, outside(path) as connection:
        connection.execute("DROP TRIGGER entries_update")
        found = verify(store)
    assert not found.ok and '"entries_update" is missing' in found.why


# ---------------------------------------------------------------- guards taken away and put back
@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("UPDATE entries SET actor = 'u-99' WHERE seq = 4", 4),
        ("UPDATE entries SET subject = 'P-001' WHERE seq = 40", 40),
        ("UPDATE contents SET text = replace(text, '7.8', '8.7') WHERE seq = 7", 7),
        ("UPDATE contents SET text = '\"early\"' WHERE seq = 3 AND part = 'reason'", 3),
        ("DELETE FROM contents WHERE seq = 6", 6),
        ("DELETE FROM entries WHERE seq = 6", 6),
        ("DELETE FROM entries WHERE seq = 1", 1),
        ("DELETE FROM entries WHERE seq = 5", 5),
        ("INSERT INTO contents SELECT 4, 'reason', text, salt FROM contents WHERE seq = 3 AND part = 'reason'", 4),
        ("INSERT INTO contents SELECT 5, 'body', text, salt FROM contents WHERE seq = 4", 5),
    ],
)
def test_an_edit_behind_the_guards_is_named(path: Path, statement: str, first_bad: int) -> None:
    with unguarded(path) as connection:
        assert connection.execute(statement).rowcount == 1
    found = found_in(path)
    assert (found.ok, found.first_bad) == (False, first_bad) and f"ntry {first_bad}" in found.why


def test_two_swapped_entries_are_named(path: Path) -> None:
    with unguarded(path) as connection:
        for old, new in ((6, -1), (7, 6), (-1, 7)):
            connection.execute("UPDATE entries SET seq = ? WHERE seq = ?", (new, old))
            connection.execute("UPDATE contents SET seq = ? WHERE seq = ?", (new, old))
    assert found_in(path).first_bad == 6


def test_a_truncated_table(path: Path) -> None:
    held = point(path, 30)
    with unguarded(path) as connection:
        connection.execute("DELETE FROM entries WHERE seq > 20")
        connection.execute("DELETE FROM contents WHERE seq > 20")
    found = found_in(path, held)
    assert (found.first_bad, found.entries) == (21, 20) and "the end was cut off" in found.why
    with unguarded(path) as connection:
        connection.execute("DELETE FROM entries")
        connection.execute("DELETE FROM contents")
    assert found_in(path).first_bad == 1, "the ledger's own checkpoint is enough here"


def test_contents_left_behind_betray_entries_that_were_cut_off(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("DELETE FROM entries WHERE seq > 20")
    assert "a content stands there without its entry" in found_in(path).why


def test_a_tail_that_was_written_anew_is_found_by_what_is_held_outside(path: Path) -> None:
    held = point(path, 30)
    with unguarded(path) as connection:
        connection.execute("UPDATE entries SET actor = 'u-99' WHERE seq = 20")
        rehash(connection, 20)
    assert found_in(path).ok, "a chain without a seam: only somebody outside can tell"
    assert found_in(path, held).first_bad == 30
    assert not found_in(path, fingerprint(held)).ok
    assert found_in(path, point(path, 19)).ok


def rehash(connection: sqlite3.Connection, start: int) -> None:
    """Makes all hashes from an entry on anew, as the program itself would."""
    (prev,) = connection.execute("SELECT hash FROM entries WHERE seq = ?", (start - 1,)).fetchone()
    for row in connection.execute(f"SELECT {COLUMNS} FROM entries WHERE seq >= ? ORDER BY seq", (start,)).fetchall():
        own = entry_hash(prev, row[:-2])
        connection.execute("UPDATE entries SET prev = ?, hash = ? WHERE seq = ?", (prev, own, row[0]))
        prev = own


# ---------------------------------------------------------------- the bytes of the file
@pytest.mark.parametrize(("old", "new"), [(b"P-017", b"P-018"), (b"P-017", b"P-\xff17")])
def test_bytes_of_an_entry_edited_in_the_file(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert data.count(old) == 2  # the entry, and the index on subjects
    path.write_bytes(data.replace(old, new))
    found = found_in(path)
    assert (found.ok, found.first_bad) == (False, 17)


def test_an_edited_index_is_found_though_every_entry_is_right(path: Path) -> None:
    data = path.read_bytes()
    places = [at for at in range(len(data)) if data.startswith(b"P-017", at)]
    for at in places:
        edited = data[:at] + b"P-018" + data[at + 5 :]
        path.write_bytes(edited)
        found = found_in(path)
        assert not found.ok and found.first_bad in (17, None)


@pytest.mark.parametrize("left", [0, 100, 1000, 4096, 20_000])
def test_a_file_that_was_cut_is_refused_or_found(path: Path, left: int) -> None:
    path.write_bytes(path.read_bytes()[:left])
    try:
        found = found_in(path)
    except Fault as fault:
        assert str(path) in str(fault) and "\n" not in str(fault)
    else:
        assert not found.ok
