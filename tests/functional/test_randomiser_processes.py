"""Several programs ask the randomiser at once, and programs are killed in the middle of an allocation."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.allocations import BLOCKS, KEY, PLAN, SEED

from equipoise.conduct.randomise import commitment
from equipoise.conduct.randomiser import Randomiser
from equipoise.conduct.remade import verify_allocations

SAME_START = """
import json, sys, time
from pathlib import Path
from equipoise.conduct.randomiser import Randomiser
store, key, mine = sys.argv[1], bytes.fromhex(sys.argv[2]), sys.argv[3]
randomiser = Randomiser.open(store, key)
Path(store + mine).touch()
while not Path(store + "go").exists():
    time.sleep(0.001)
for number in range(20):
    for person in (f"{mine}-{number}", f"both-{number}"):
        given = randomiser.allocate(person, {"grade": "G1", "margin": "R0"}, mine)
        print(json.dumps([given.person, given.number, given.arm, given.first]))
"""

# One program without threads forks a child again and again and kills it at a random moment; what a child was answered
# it has written to a pipe. Killing a program is not a power cut, but it stops it at any line.
KILLED = """
import json, os, random, signal, sys, time
from equipoise.conduct.randomiser import Randomiser
store, key, seconds = sys.argv[1], bytes.fromhex(sys.argv[2]), float(sys.argv[3])
chance, until, kills = random.Random(7), time.monotonic() + seconds, 0
while time.monotonic() < until and kills < 100:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        randomiser = Randomiser.open(store, key)
        for number in range(100_000):
            levels = {"grade": f"G{1 + number % 2}", "margin": f"R{number // 2 % 2}"}
            given = randomiser.allocate(f"{kills}-{number}", levels, "S")
            os.write(writing, (json.dumps([given.person, levels, given.number, given.arm]) + "\\n").encode())
        os._exit(0)
    os.close(writing)
    time.sleep(chance.uniform(0.002, 0.08))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    kills += 1
    with os.fdopen(reading) as answers:
        sys.stdout.write(answers.read())
print(json.dumps(kills))
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    Randomiser.create(tmp_path / "store", KEY, PLAN, SEED)
    return tmp_path / "store"


def started(script: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(program: "subprocess.Popen[str]") -> list[str]:
    out, err = program.communicate(timeout=120)
    assert program.returncode == 0, err
    return out.splitlines()


def assert_whole(store: Path) -> list[dict[str, Any]]:
    """The store's list is the committed one, without gaps and with each person once."""
    bodies = [dict(each.detail) for each in Randomiser.open(store, KEY).used()]
    assert verify_allocations(SEED, commitment("NELMAS", SEED), BLOCKS, bodies) == (len(bodies), "")
    return bodies


def test_programs_at_once_get_different_slots(store: Path) -> None:
    names = ["one", "two", "three"]
    programs = [started(SAME_START, str(store), KEY.hex(), name) for name in names]
    waiting = True
    while waiting:
        waiting = not all(Path(f"{store}{name}").exists() for name in names) and all(p.poll() is None for p in programs)
    Path(f"{store}go").touch()
    answers = [json.loads(line) for program in programs for line in finished(program)]
    given = {person: (number, arm) for person, number, arm, _ in answers}
    assert all(given[person] == (number, arm) for person, number, arm, _ in answers)
    assert len(answers) == 120 and len(given) == 80
    assert sum(first for *_, first in answers) == 80  # of three who ask about one person, one is the first
    assert sorted(number for number, _ in given.values()) == list(range(1, 81))
    assert len(assert_whole(store)) == 80


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")
def test_killed_at_any_moment_it_keeps_what_it_answered(store: Path) -> None:
    *lines, kills = finished(started(KILLED, str(store), KEY.hex(), "4"))
    answered = [json.loads(line) for line in lines]
    assert json.loads(kills) >= 5 and answered  # how many, the disk decides
    bodies = assert_whole(store)
    kept = {body["person"]: (body["number"], body["arm"]) for body in bodies}
    assert all(kept[person] == (number, arm) for person, _, number, arm in answered)
    randomiser = Randomiser.open(store, KEY)
    for person, levels, number, arm in answered[:: max(1, len(answered) // 20)]:
        again = randomiser.allocate(person, levels, "S")
        assert (again.number, again.arm, again.first) == (number, arm, False)
    assert len(randomiser.used()) == len(bodies)
