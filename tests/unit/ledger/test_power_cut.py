"""A program killed in the middle of writing: what it was told is written stands, and the chain is whole (R26)."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import verify

# Says after each append how many entries stand; batches of one to four, with a redaction now and then.
WRITER = """
import secrets, sys
from pathlib import Path
from equipoise.ledger.entry import Draft
from equipoise.ledger.sqlite import SqliteStore
def draft(kind="fact", reason=""):
    at, body = "2026-03-02T10:15:00.000000Z", {"concept": "alt"}
    return Draft(at, "u-07", "system", "Essen", kind, "P-1", body, reason=reason)
store = SqliteStore(Path(sys.argv[1]), secrets.token_bytes)
for number in range(1, 1000):
    last = store.append([draft() for _ in range(number % 4 + 1)])[-1].seq
    if number % 5 == 0:
        last = store.redact(last, "body", draft("redaction", "a name")).seq
    print(last, flush=True)
"""
ROUNDS = 8


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system cannot kill a program outright")
def test_killed_at_any_moment_the_ledger_is_whole_and_holds_all_that_was_acknowledged(tmp_path: Path) -> None:
    path, chance, before = tmp_path / "trial.ledger", random.Random(7), 0
    for _ in range(ROUNDS):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        told = writer.stdout.readline()  # it is writing now
        time.sleep(chance.uniform(0, 0.05))
        writer.send_signal(signal.SIGKILL)
        rest = writer.communicate()[0]
        acknowledged = int([told, *(line for line in rest.splitlines(keepends=True) if line.endswith("\n"))][-1])
        with SqliteStore.reading(path) as store:
            found = verify(store)
            assert found.ok, found.why
            assert found.entries >= acknowledged > before
        before = found.entries
