"""Randomising under real concurrency and real cuts: several programs at once, killed at random moments and at every
line (R23, R26).

Killing a program is not a power cut, but it stops it at any line; what is on the disk by then is SQLite's own promise
(tests/unit/ledger/test_power_cut.py).
"""

import json
import os
import secrets
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pytest
from tests.running import SEED, nelmas, opened, salts

from equipoise.conduct.randomise import stratum_list
from equipoise.conduct.randomiser import Randomiser
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import verify
from equipoise.participant.moves import Standing
from equipoise.trial import Trial

KEY: Final = bytes(32)
THOROUGH: Final = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")

# What every program begins with: the door to the trial in a folder.
DOOR: Final = """
import json, os, random, secrets, shutil, signal, sys, time
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from equipoise.conduct.randomiser import Randomiser
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import verify
from equipoise.protocol.load import load_trial
from equipoise.trial import Trial
folder, protocol = Path(sys.argv[1]), load_trial("nelmas")
@contextmanager
def door(place):
    with SqliteStore(place / "ledger", lambda: secrets.token_bytes(32)) as store:
        randomiser = Randomiser.open(place / "rand", bytes(32), protocol.allocation)
        yield Trial(protocol, store, lambda: datetime(2026, 5, 18, 12, tzinfo=timezone.utc), randomiser)
"""

# All programs begin at once; each randomises people of its own and, with all others, the same ones.
AT_ONCE: Final = """
mine = sys.argv[2]
with door(folder) as trial:
    (folder / f"ready-{mine}").touch()
    while not (folder / "go").exists():
        time.sleep(0.001)
    for number in range(6):
        for person in (f"{mine}-{number}", f"both-{number}"):
            given = trial.randomise("site", person)
            print(json.dumps([person, given.number, given.arm]))
"""

# One program forks a child again and again and kills it at a random moment of its randomising. What the child was
# answered it has written to a pipe.
KILLED: Final = """
kills, seconds = int(sys.argv[2]), float(sys.argv[3])
chance, until, killed = random.Random(7), time.monotonic() + seconds, 0
while time.monotonic() < until and killed < kills:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with door(folder) as trial:
            os.write(writing, b"ready\\n")
            waiting = [known.person for known in trial.state.people.values() if known.allocation is None]
            for person in [*waiting[:1], *trial.state.people]:
                given = trial.randomise("site", person)
                os.write(writing, (json.dumps([person, given.number, given.arm]) + "\\n").encode())
        os._exit(0)
    os.close(writing)
    answers = os.fdopen(reading)
    answers.readline()
    time.sleep(chance.uniform(0, 0.06))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    killed += 1
    sys.stdout.write("".join(line for line in answers if line.endswith("\\n")))
    answers.close()
print(json.dumps(killed))
"""

# Before every line of the door, of the randomiser and of the ledger that a randomisation runs through, the program ends
# as if the power had failed: each time from the same beginning. Then the trial is opened again.
EVERY_LINE: Final = """
names = ("trial/entering.py", "trial/door.py", "conduct/randomiser.py", "ledger/sqlite.py", "ledger/chain.py",
         "ledger/store.py")
again = sys.argv[2] == "again"  # also where a line is run once more
def traced(cut):
    met, step = set(), 0
    def trace(frame, event, arg):
        nonlocal step
        name = frame.f_code.co_filename
        if not name.endswith(names):
            return None
        if event == "line" and (again or (name, frame.f_lineno) not in met):
            met.add((name, frame.f_lineno))
            if step == cut:
                os.write(writing, f"{name.rsplit('/', 2)[-2:]}:{frame.f_lineno}".encode())
                os.kill(os.getpid(), signal.SIGKILL)
            step += 1
        return trace
    return trace
cut, over = 0, False
while not over:
    place = folder / "cut"
    shutil.copytree(folder / "whole", place)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with door(place) as trial:
            sys.settrace(traced(cut))
            trial.randomise("site", "P1")
            sys.settrace(None)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        line = pipe.read()
    over = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with door(place) as trial:
        before, used = trial.person("P1").allocation, len(trial.randomiser.used())
        whole = verify(trial.store).ok
        given, next_one = trial.randomise("site", "P1"), trial.randomise("site", "P2")
        entries = [(entry.kind, entry.subject, entry.concept) for entry in trial.store.entries()]
        same = [each.person for each in trial.randomiser.used()]
    print(json.dumps({
        "line": line, "before": before and [before.number, before.arm], "used": used, "whole": whole,
        "given": [given.number, given.arm], "next": [next_one.number, next_one.arm], "same": same,
        "randomised": [subject for kind, subject, _ in entries if kind == "randomised"],
        "days": [subject for kind, subject, concept in entries if (kind, concept) == ("fact", "randomisation")],
    }))
    shutil.rmtree(place)
    cut += 1
"""


def made(folder: Path, *people: str) -> None:
    """A trial in a folder, in which these people are eligible."""
    randomiser = Randomiser.create(folder / "rand", KEY, nelmas().allocation, SEED)
    with SqliteStore(folder / "ledger", salts(), durability="off") as store:
        running = opened(store=store, randomiser=randomiser)
        for person in people:
            running.bring(person, Standing.ELIGIBLE)


@contextmanager
def door(folder: Path) -> Iterator[Trial]:
    noon = datetime(2026, 5, 18, 12, tzinfo=UTC)
    with SqliteStore(folder / "ledger", lambda: secrets.token_bytes(32)) as store:
        yield Trial(nelmas(), store, lambda: noon, Randomiser.open(folder / "rand", KEY))


def started(script: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", DOOR + script, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(program: "subprocess.Popen[str]") -> list[Any]:
    """What it printed, line by line."""
    out, err = program.communicate(timeout=600)
    assert program.returncode == 0, err
    return [json.loads(line) for line in out.splitlines()]


def assert_whole(trial: Trial) -> dict[str, tuple[int, str]]:
    """The chain holds, nothing is half-written, nobody has two, and the arms are the list's; person -> number, arm."""
    found = verify(trial.store)
    assert found.ok, found.why
    bodies = [entry.body or {} for entry in trial.store.of(kinds=["randomised"])]
    days = [entry.subject for entry in trial.store.of(kinds=["fact"], concept="randomisation")]
    assert days == [body["person"] for body in bodies]
    assert len({body["person"] for body in bodies}) == len({body["number"] for body in bodies}) == len(bodies)
    assert trial.randomiser is not None
    used = {each.person: (each.number, each.arm) for each in trial.randomiser.used()}
    listed = list(islice(stratum_list(nelmas().allocation.scheme, SEED, "G2|R0"), len(used)))
    assert [arm for _, arm in used.values()] == listed
    given = {body["person"]: (body["number"], body["arm"]) for body in bodies}
    assert given.items() <= used.items()
    return given


def test_programs_at_once_get_different_slots_and_one_person_gets_one(tmp_path: Path) -> None:
    """R23: two at once give two different slots; randomised twice, the first answer is given and the try is logged."""
    names = ("one", "two", "three")
    made(tmp_path, *(f"{name}-{number}" for name in (*names, "both") for number in range(6)))
    programs = [started(AT_ONCE, str(tmp_path), name) for name in names]
    while not all((tmp_path / f"ready-{name}").exists() for name in names) and all(p.poll() is None for p in programs):
        time.sleep(0.01)
    (tmp_path / "go").touch()
    answers = [answer for program in programs for answer in finished(program)]
    with door(tmp_path) as trial:
        given = assert_whole(trial)
        assert trial.randomiser is not None and len(trial.randomiser.used()) == len(given) == 24
        assert sorted(number for number, _ in given.values()) == list(range(1, 25))
        assert len(answers) == 36 and all(given[person] == (number, arm) for person, number, arm in answers)
        again = Counter(entry.subject for entry in trial.store.of(kinds=["randomisation_repeated"]))
        assert again == {f"both-{number}": 2 for number in range(6)}


def test_killed_at_any_moment_of_randomising(tmp_path: Path) -> None:
    """R26: after at least 40 kills each person has none or one, and asking again gives the same one."""
    people = [f"P{number}" for number in range(40)]
    made(tmp_path, *people)
    kills, seconds = ("1000", "600") if THOROUGH else ("50", "30")
    *answered, killed = finished(started(KILLED, str(tmp_path), kills, seconds))
    assert killed >= 40 and answered
    with door(tmp_path) as trial:
        given = assert_whole(trial)
        assert all(given[person] == (number, arm) for person, number, arm in answered)
        assert trial.randomiser is not None
        used = {each.person: (each.number, each.arm) for each in trial.randomiser.used()}
        for person in people:
            allocation = trial.randomise("site", person)
            assert used.get(person, (allocation.number, allocation.arm)) == (allocation.number, allocation.arm)
        assert len(assert_whole(trial)) == len(trial.randomiser.used()) == 40


def test_cut_before_every_line_of_randomising(tmp_path: Path) -> None:
    """R26: a power cut at any line leaves none or the same one, in the randomiser and in the ledger."""
    (tmp_path / "whole").mkdir()
    made(tmp_path / "whole", "P1", "P2")
    cuts = finished(started(EVERY_LINE, str(tmp_path), "again" if THOROUGH else "once"))
    first, second = islice(stratum_list(nelmas().allocation.scheme, SEED, "G2|R0"), 2)
    for found in cuts:
        assert found["whole"] and found["given"] == [1, first] and found["next"] == [2, second], found
        assert found["before"] in (None, [1, first]) and found["used"] in (0, 1), found
        assert found["same"] == found["randomised"] == found["days"] == ["P1", "P2"], found
    states = Counter((found["used"], found["before"] is not None) for found in cuts)
    # Before anything, between the randomiser's disk and the ledger's, and after both.
    assert set(states) == {(0, False), (1, False), (1, True)} and min(states.values()) > 3, states
    assert len(cuts) > 150 and not cuts[-1]["line"]
