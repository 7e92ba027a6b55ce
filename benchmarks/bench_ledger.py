"""The ledger in a file: appending, verifying and one field's history, each beside a bare peer in the same run.

python bench_ledger.py [--entries 1000000] [--singly 300] [--rounds 5] [--folder FOLDER]

Peers: for appending, the same rows into a plain SQLite table with the same durability, without chain, salt or guard;
for verifying, SHA-256 over the same contents and nothing else; for a history, the same question put to the same file
in SQL. All entries are made up. The disk is that of --folder: of a durable append it is most of the time.
"""

import argparse
import hashlib
import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from measured import machine

from equipoise.ledger import schema
from equipoise.ledger.entry import Draft
from equipoise.ledger.history import history
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import verify

AT = "2026-03-02T10:15:00.000000Z"
CONCEPTS = ("haemoglobin", "platelets", "alt", "ast", "bilirubin", "egfr", "albumin", "ecog", "weight", "dose")
PEOPLE, BATCH = 200, 1000
HELD = ("at", "actor", "role", "site", "kind", "version", "subject", "target", "reason", "body")
PLAIN = f"CREATE TABLE entries (seq INTEGER PRIMARY KEY, {', '.join(HELD)})"


def draft(number: int) -> Draft:
    concept = CONCEPTS[number // PEOPLE % len(CONCEPTS)]
    value = {"quantity": [f"{number % 97}.{number % 10}", f"{number % 97}.{number % 10}", "g/dL"]}
    body = {"concept": concept, "value": value, "when": "2026-03-01", "source": f"lab.csv line {number}"}
    return Draft(AT, "u-07", "investigator", "site-3", "fact", f"P-{number % PEOPLE:04}", body)


def plain(path: Path) -> sqlite3.Connection:
    """A table of one's own, as durable as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", PLAIN):
        connection.execute(statement)
    return connection


def insert(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> None:
    rows = [[*(getattr(draft, name) for name in HELD[:-1]), draft.body_text] for draft in drafts]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO entries ({', '.join(HELD)}) VALUES ({', '.join('?' * len(HELD))})", rows)
    connection.execute("COMMIT")


def taken(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def in_turns(rounds: int, ours: Callable[[], object], peer: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Seconds of each, one after the other in each round."""
    pairs = [(taken(ours), taken(peer)) for _ in range(rounds)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def told(name: str, count: int, ours: Sequence[float], peer: Sequence[float], unit: str = "entries/s") -> None:
    ratios = [one / other for one, other in zip(ours, peer, strict=True)]
    print(
        f"  {name:44}{count / median(ours):10,.0f} {unit}   peer {count / median(peer):10,.0f}   "
        f"ratio of times (ours / peer) {median(ratios):5.2f} [{min(ratios):.2f} to {max(ratios):.2f}]"
    )


# ---------------------------------------------------------------- what is compared
def appending(folder: Path, singly: int, rounds: int) -> None:
    drafts = [draft(number) for number in range(20 * BATCH)]
    with SqliteStore(folder / "append.ledger", secrets.token_bytes) as store:
        table = plain(folder / "plain.db")

        def one_by_one(write: Callable[[Sequence[Draft]], object]) -> Callable[[], None]:
            return lambda: [write([each]) for each in drafts[:singly]].clear()

        def batched(write: Callable[[Sequence[Draft]], object]) -> Callable[[], None]:
            return lambda: [write(drafts[at : at + BATCH]) for at in range(0, len(drafts), BATCH)].clear()

        def peer(some: Sequence[Draft]) -> None:
            insert(table, some)

        told("durable append, one at a time", singly, *in_turns(rounds, one_by_one(store.append), one_by_one(peer)))
        told(f"durable append, {BATCH} at once", len(drafts), *in_turns(rounds, batched(store.append), batched(peer)))
        table.close()


def filled(path: Path, entries: int) -> None:
    """A ledger of so many entries, which the people's fields share alike."""
    with SqliteStore(path, secrets.token_bytes, durability="off") as store:
        for at in range(0, entries, 10 * BATCH):
            store.append([draft(number) for number in range(at, min(at + 10 * BATCH, entries))])


def verifying(path: Path, rounds: int) -> None:
    with SqliteStore.reading(path) as store:
        with store.rows() as rows:
            contents = [(row.body_salt, row.body.encode()) for row in rows if row.body and row.body_salt]

        def bare() -> None:
            for salt, text in contents:
                hashlib.sha256(salt + text).digest()

        found = verify(store)
        assert found.ok and found.entries == len(contents), found.why
        told(
            "verify, beside SHA-256 of the contents alone",
            len(contents),
            *in_turns(rounds, lambda: verify(store), bare),
        )
        print(f"    of which SQLite's own check of the file: {taken(store.check):.2f} s")


def one_field(path: Path, rounds: int) -> None:
    with SqliteStore.reading(path) as store, sqlite3.connect(path) as connection:
        question = f"{schema.ROWS} WHERE entries.subject = ? AND entries.concept = ? ORDER BY entries.seq"
        asked = ("P-0017", "alt")

        def ours() -> int:
            return len(list(history(store.of(asked[0], concept=asked[1]), store.entry, *asked)))

        def peer() -> int:
            return len(connection.execute(question, asked).fetchall())

        assert ours() == peer()
        times, by_hand = in_turns(20 * rounds, ours, peer)
        print(
            f"  history of one field among {store.head().seq:,} entries: {ours()} rows, {median(times) * 1000:.1f} ms"
        )
        told("the same, beside SQL by hand", ours(), times, by_hand, "rows/s")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--entries", type=int, default=1_000_000)
    asked.add_argument("--singly", type=int, default=300)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--folder", type=Path, help="where the files go; on the disk that is to be measured")
    given = asked.parse_args()
    print(f"{time.strftime('%Y-%m-%d')}; {machine()}; Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        place = Path(folder)
        appending(place, given.singly, given.rounds)
        filled(place / "large.ledger", given.entries)
        size = (place / "large.ledger").stat().st_size
        print(f"  {given.entries:,} entries take {size / 1e6:,.0f} MB, {size / given.entries:,.0f} bytes each")
        one_field(place / "large.ledger", given.rounds)
        verifying(place / "large.ledger", max(1, given.rounds // 2))


if __name__ == "__main__":
    main()
