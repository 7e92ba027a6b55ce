"""Drafts and ledgers for tests: made-up acts about made-up people, with salts that are the same each time."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from equipoise.ledger import schema
from equipoise.ledger.entry import Draft

FACT = Draft(
    at="2026-03-02T10:15:00.000000Z",
    actor="u-07",
    role="investigator",
    site="Essen",
    kind="fact",
    subject="P-001",
    body={"concept": "haemoglobin", "value": {"quantity": ["7.8", "7.8", "g/dL"]}, "when": "2026-03-01"},
)


def draft(minute: int = 15, **changes: Any) -> Draft:
    """A draft of that minute, otherwise as FACT but for the changes."""
    return replace(FACT, **{"at": f"2026-03-02T10:{minute:02}:00.000000Z", **changes})


def taking_away(minute: int = 30, reason: str = "a name was typed into the comment", **changes: Any) -> Draft:
    """The draft of a redaction."""
    return draft(minute, kind="redaction", reason=reason, body={}, role="data_manager", actor="u-02", **changes)


def same_salts() -> Callable[[], bytes]:
    """A salt that is another each time, and the same in each run."""
    given = iter(range(1_000_000))
    return lambda: sha256(str(next(given)).encode()).digest()


@contextmanager
def outside(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as another program sees it; what it did is written at the end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        yield connection


@contextmanager
def unguarded(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as somebody sees it who takes the guards away, does what he wants, and puts them back."""
    guards = [sql for sql in schema.OBJECTS.values() if sql.startswith("CREATE TRIGGER")]
    with outside(path) as connection:
        for sql in guards:
            connection.execute(f"DROP TRIGGER {sql.split()[2]}")
        yield connection
        for sql in guards:
            connection.execute(sql)
