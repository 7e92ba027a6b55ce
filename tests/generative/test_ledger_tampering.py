"""Any change of any column of any row is found; and any byte of the file, unless what can be read stays the same."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.ledgers import draft, same_salts, taking_away, unguarded

from equipoise.faults import Fault
from equipoise.ledger.checkpoints import Checkpoint, signed
from equipoise.ledger.entry import Entry
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import Verified, verify

KEY = bytes(range(32))
TABLES = {
    "entries": ("seq", "at", "actor", "role", "site", "kind", "version", "subject", "concept", "target",
                "reason_hash", "body_hash", "prev", "hash"),
    "contents": ("seq", "part", "text", "salt"),
    "checkpoints": ("number", "seq", "hash", "at", "signature", "public_key"),
}  # fmt: skip
PLACES = [(table, column) for table, columns in TABLES.items() for column in columns]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ledger with all that there can be: reasons, a correction, a redaction, two checkpoints."""
    path = tmp_path_factory.mktemp("whole") / "trial.ledger"
    with SqliteStore(path, same_salts(), durability="off") as store:
        store.append([draft(1), draft(2, target=1, reason="misread"), draft(3, kind="void", target=2, body={})])
        store.add_checkpoint(signed(store.head(), "2026-03-02T12:00:00.000000Z", KEY))
        store.redact(1, "body", taking_away(4))
        store.append([draft(5, kind="signed", site="Zürich", subject="P-002", body={"of": [1, 2]})])
        store.add_checkpoint(signed(store.head(), "2026-03-02T13:00:00.000000Z", KEY))
    return path


@pytest.fixture(scope="module")
def edited(whole: Path) -> Iterator[Path]:
    """Where the edited copy goes."""
    yield whole.with_name("edited.ledger")


def read(path: Path) -> tuple[Verified, list[Entry], list[Checkpoint]]:
    with SqliteStore.reading(path) as store:
        found = verify(store)
        return (found, list(store.entries()), store.checkpoints()) if found.ok else (found, [], [])


def changed(old: Any, data: st.DataObject) -> Any:
    """Another value of the same type, often one that is near."""
    match old:
        case int():
            new = data.draw(st.integers(-1, 8) | st.integers(-(2**63), 2**63 - 1))
        case bytes():
            new = data.draw(st.binary(min_size=32, max_size=32))
        case _:
            at = data.draw(st.integers(0, len(old)))
            new = data.draw(st.text(max_size=5) | st.just(old[:at] + "0" + old[at + 1 :]) | st.just(old[:at]))
    assume(new != old)
    return new


@given(data=st.data(), place=st.sampled_from(PLACES))
def test_any_change_of_any_column_of_any_row_is_found(
    whole: Path, edited: Path, data: st.DataObject, place: tuple[str, str]
) -> None:
    table, column = place
    shutil.copy(whole, edited)
    with unguarded(edited) as connection:
        values = [value for (value,) in connection.execute(f"SELECT {column} FROM {table} ORDER BY 1")]
        old = data.draw(st.sampled_from(values))
        key = "seq, part" if table == "contents" else "rowid"
        row = f"({key}) = (SELECT {key} FROM {table} WHERE {column} = ? ORDER BY {key} LIMIT 1)"
        try:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {row}", (changed(old, data), old))
        except (sqlite3.IntegrityError, UnicodeEncodeError):
            assume(False)  # two rows of one number: the file itself refuses that, whatever guards are gone
    found, _, _ = read(edited)
    assert not found.ok and found.why


@given(data=st.data(), new=st.integers(0, 255))
@settings(max_examples=300)
def test_any_byte_of_the_file_is_found_or_says_nothing(
    whole: Path, edited: Path, data: st.DataObject, new: int
) -> None:
    """Most bytes of a database lie idle; what stands in those that do not is under the chain or the check."""
    honest = whole.read_bytes()
    at = data.draw(st.integers(0, len(honest) - 1) | st.sampled_from([n for n, byte in enumerate(honest) if byte]))
    assume(honest[at] != new)
    edited.write_bytes(honest[:at] + bytes([new]) + honest[at + 1 :])
    try:
        found, entries, checkpoints = read(edited)
    except Fault as fault:
        assert "\n" not in str(fault)
    else:
        assert not found.ok or (entries, checkpoints) == read(whole)[1:]
