"""equipoise trial as processes of their own: two at once, and one that is killed between randomiser and ledger."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.functional.test_trial_cli import KEY, eligible_facts, keys, open_trial, said

from equipoise.conduct.randomiser import Randomiser
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import verify

COMMAND = "from equipoise.cli import main; main(prog_name='equipoise')"
# The same command, killed at a step: before the allocation, between it and the ledger, or right after the ledger.
KILLED = """
import os, signal
from equipoise.conduct.randomiser import Randomiser
from equipoise.trial.door import Door

def killing(method, before, when):
    def killed(self, *words):
        if before and when(words):
            os.kill(os.getpid(), signal.SIGKILL)
        answer = method(self, *words)
        if when(words):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    return killed

randomised = lambda drafts: drafts[0].kind == "randomised"
match {step!r}:
    case "before": Randomiser.allocate = killing(Randomiser.allocate, True, lambda words: True)
    case "between": Door.append = killing(Door.append, True, randomised)
    case "after": Door.append = killing(Door.append, False, randomised)
"""


def start(*words: str | Path, before: str = "") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", before + COMMAND, "trial", *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    told, why = process.communicate(timeout=120)
    return process.returncode, told, why


@pytest.fixture(scope="module")
def eligible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a trial in which P-001 and P-002 are signed as eligible."""
    folder = tmp_path_factory.mktemp("eligible")
    ledger, facts = open_trial(folder), eligible_facts(folder)
    said("identify", ledger, "P-002", "--on", "2026-05-12", "--as", "co")
    for person in ("P-001", "P-002"):
        said("record", ledger, person, "--facts", facts, "--as", "co")
        said("visit", ledger, person, "screening", "--on", "2026-05-12", "--as", "co")
        said("screen", ledger, person, "--as", "co")
        said("sign-eligible", ledger, person, "--as", "inv")
    return folder


@pytest.fixture
def folder(eligible: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(eligible, tmp_path / "trial"))


def randomise(folder: Path, person: str, before: str = "") -> "subprocess.Popen[str]":
    return start("randomise", folder / "t.ledger", person, "--as", "co", *keys(folder), before=before)


def allocations(folder: Path) -> list[tuple[str, int, str]]:
    """Person, number and arm of every allocation in the ledger, once it is sure that the ledger is whole."""
    with SqliteStore.reading(folder / "t.ledger") as store:
        assert verify(store).ok
        found = [entry.body for entry in store.of(kinds=("randomised",)) if entry.body is not None]
    return [(body["person"], body["number"], body["arm"]) for body in found]


@pytest.mark.parametrize(("step", "given", "written"), [("before", 0, 0), ("between", 1, 0), ("after", 1, 1)])
def test_a_kill_leaves_no_allocation_or_the_same_one(folder: Path, step: str, given: int, written: int) -> None:
    code, told, _ = ended(randomise(folder, "P-001", KILLED.format(step=step)))
    assert (code, told) == (-9, "")  # nothing was shown before it was written
    used = Randomiser.open(folder / "t.rand", KEY).used()
    assert (len(used), len(allocations(folder))) == (given, written)
    code, told, why = ended(randomise(folder, "P-001"))
    assert code == 0, why
    (again,) = Randomiser.open(folder / "t.rand", KEY).used()
    assert allocations(folder) == [("P-001", 1, again.arm)]
    assert f"P-001 is randomised to {again.arm} " in told
    assert [each.arm for each in used] in ([], [again.arm])


def test_two_who_randomise_one_person_at_once_get_one_answer(folder: Path) -> None:
    outcomes = [ended(process) for process in [randomise(folder, "P-001") for _ in range(2)]]
    assert [code for code, _, _ in outcomes] == [0, 0], outcomes
    ((_, number, arm),) = allocations(folder)
    assert number == 1
    assert all(f"is randomised to {arm} " in told for _, told, _ in outcomes)
    assert sum("was randomised before" in told for _, told, _ in outcomes) == 1


def test_two_people_randomised_at_once_get_two_places(folder: Path) -> None:
    outcomes = [ended(process) for process in [randomise(folder, person) for person in ("P-001", "P-002")]]
    assert [code for code, _, _ in outcomes] == [0, 0], outcomes
    found = allocations(folder)
    assert sorted(person for person, _, _ in found) == ["P-001", "P-002"]
    assert sorted(number for _, number, _ in found) == [1, 2]


def test_many_who_write_at_once_all_get_through(folder: Path) -> None:
    ledger = folder / "t.ledger"
    days = [f"2026-05-{day}" for day in (13, 14, 15, 16)]
    processes = [start("record", ledger, "P-001", "weight = 50 kg", "--on", day, "--as", "co") for day in days]
    for code, told, why in map(ended, processes):
        assert (code, why) == (0, "")
        assert "body weight 50 kg" in told
    with SqliteStore.reading(ledger) as store:
        assert verify(store).ok
        assert len(list(store.of(subject="P-001", concept="weight"))) == 1 + len(days)


def test_of_two_who_open_a_trial_in_one_file_one_is_refused(tmp_path: Path) -> None:
    ledger = tmp_path / "t.ledger"
    outcomes = [ended(each) for each in [start("open", ledger, "nelmas", "--as", user) for user in ("one", "two")]]
    assert sorted(code for code, _, _ in outcomes) == [0, 2], outcomes
    assert "is there already" in "".join(why for _, _, why in outcomes)
    assert [path.name for path in tmp_path.iterdir()] == ["t.ledger"]
    with SqliteStore.reading(ledger) as store:
        assert verify(store).ok
        assert len(list(store.of(kinds=("trial_opened",)))) == 1
