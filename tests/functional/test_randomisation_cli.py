"""equipoise randomisation as a person types it: commit, plan, and after the lock reveal and verify."""

import csv
import io
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.allocations import comers

from equipoise import cli
from equipoise.cli.randomisation import COMMITTED, LOCKED, RANDOMISED, UNLOCKED, is_locked, read_key
from equipoise.conduct.randomise import commitment_body
from equipoise.conduct.randomiser import Randomiser
from equipoise.ledger.entry import Draft
from equipoise.ledger.sqlite import SqliteStore
from equipoise.protocol.load import load_trial


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["randomisation", *(str(word) for word in words)], env={"COLUMNS": "100"})


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and "Traceback" not in result.stderr
    return result.stderr.strip()


def written(ledger: Path, kind: str, body: Mapping[str, Any], subject: str = "") -> None:
    with SqliteStore(ledger, lambda: os.urandom(32)) as store:
        store.append([Draft("2026-06-01T10:00:00.000000Z", "u1", "statistician", "", kind, subject, body)])


class Room:
    """A store that was committed to by the command, and a ledger with its commitment."""

    def __init__(self, folder: Path) -> None:
        self.store, self.key, self.ledger = folder / "nelmas.rand", folder / "nelmas.key", folder / "nelmas.ledger"
        result = run("commit", "nelmas", "--store", self.store, "--key", self.key, "--new-key")
        assert result.exit_code == 0, result.output
        self.commitment = result.stdout.strip().removeprefix("Commitment: ")
        self.randomiser = Randomiser.open(self.store, read_key(self.key), load_trial("nelmas").allocation)
        seed = Randomiser.open(self.store, read_key(self.key))
        assert seed.commitment() == self.commitment
        written(self.ledger, COMMITTED, {
            "commitment": self.commitment, "scheme": commitment_body(self.randomiser.scheme(), bytes(32))["scheme"],
        })  # fmt: skip

    def allocate(self, number: int) -> None:
        for each in comers(number):
            given = self.randomiser.allocate(*each)
            written(self.ledger, RANDOMISED, given.detail, given.person)

    def reveal(self) -> Result:
        return run("reveal", "--store", self.store, "--key", self.key, "--ledger", self.ledger)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_commit_makes_two_files_for_the_owner_only(room: Room) -> None:
    assert len(bytes.fromhex(room.commitment)) == 32
    for file in (room.store, room.key):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(bytes.fromhex(room.key.read_text())) == 32


def test_commit_is_done_once(room: Room, tmp_path: Path) -> None:
    again = ("commit", "nelmas", "--key", room.key)
    assert "a store is never made twice" in refused(run(*again, "--store", room.store))
    assert "leave out --new-key" in refused(run(*again, "--store", tmp_path / "other", "--new-key"))
    assert run(*again, "--store", tmp_path / "other").exit_code == 0
    assert Randomiser.open(tmp_path / "other", read_key(room.key)).commitment() != room.commitment


def test_commit_that_fails_leaves_no_key(tmp_path: Path) -> None:
    sandbox = Path(__file__).parents[1] / "trials" / "sandbox"
    result = run("commit", sandbox, "--store", tmp_path / "s", "--key", tmp_path / "k", "--new-key")
    assert "allocates nobody" in refused(result)
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_may_read_is_refused(room: Room, tmp_path: Path) -> None:
    room.key.chmod(0o644)
    assert "chmod 600" in refused(room.reveal())
    (tmp_path / "short").write_text("abc")
    (tmp_path / "short").chmod(0o600)
    told = refused(run("commit", "nelmas", "--store", tmp_path / "new", "--key", tmp_path / "short"))
    assert "is not 64 letters of hexadecimal" in told
    assert "There is no key at" in refused(run("commit", "nelmas", "--store", tmp_path / "n", "--key", tmp_path / "-"))


def test_from_commitment_to_verification(room: Room) -> None:
    room.allocate(25)
    assert not is_locked(room.ledger)
    assert "until the trial's data are locked" in refused(room.reveal())
    written(room.ledger, LOCKED, {})
    assert is_locked(room.ledger)
    written(room.ledger, UNLOCKED, {})
    assert not is_locked(room.ledger)
    assert "until the trial's data are locked" in refused(room.reveal())
    written(room.ledger, LOCKED, {})
    seed = room.reveal().stdout.strip().removeprefix("Seed: ")
    result = run("verify", "--ledger", room.ledger, "--seed", seed)
    assert (result.exit_code, result.stdout) == (
        0, "The seed is the one committed to, and all 25 allocations are as it gives them.\n",
    )  # fmt: skip
    other = run("verify", "--ledger", room.ledger, "--seed", seed[::-1])
    assert other.exit_code == 1 and other.stdout.startswith("The seed is not the one that was committed")


def test_verify_names_the_first_difference(room: Room) -> None:
    for each in list(comers(6))[:5]:
        given = room.randomiser.allocate(*each)
        other = {**given.detail, "place": 9} if given.number == 4 else given.detail
        written(room.ledger, RANDOMISED, other, given.person)
    seed = room.randomiser.reveal(locked=True).hex()
    result = run("verify", "--ledger", room.ledger, "--seed", seed)
    assert result.exit_code == 1
    assert result.stdout.startswith("Allocation 4 (P-003): the place in the stratum is 9, by the seed it is ")


def test_verify_without_anything_to_verify(room: Room, tmp_path: Path) -> None:
    assert "is not 64 letters" in refused(run("verify", "--ledger", room.ledger, "--seed", "12"))
    written(tmp_path / "empty", LOCKED, {})
    assert "holds no commitment" in refused(run("verify", "--ledger", tmp_path / "empty", "--seed", "0" * 64))
    assert refused(run("verify", "--ledger", tmp_path / "none", "--seed", "0" * 64))


def test_reveal_refuses_another_trials_ledger(room: Room, tmp_path: Path) -> None:
    scheme = commitment_body(room.randomiser.scheme(), bytes(32))
    written(tmp_path / "other", COMMITTED, scheme)
    written(tmp_path / "other", LOCKED, {})
    told = refused(run("reveal", "--store", room.store, "--key", room.key, "--ledger", tmp_path / "other"))
    assert "name the ledger of the same trial" in told


# ---------------------------------------------------------------- the plan
QUICK = ("plan", "nelmas", "--people", "24", "--sites", "3", "--repeats", "50")


def test_the_plan_says_what_it_is_and_what_is_ours() -> None:
    text = run(*QUICK, "--share", "grade=0.3,0.7").stdout
    assert "A simulation, not a result of the trial." in text
    assert "ours, not from NELMAS" in text and "source: randomised 1:1: meddatax.com" in text
    assert "blocks of 4, 6, 8 *" in text and "G1 30 %, G2 70 %" in text and "seed 1" in text


def test_the_plan_as_data() -> None:
    found = json.loads(run(*QUICK, "--format", "json").stdout)
    assert found["what"] == "A simulation, not a result of the trial."
    assert (found["people"], found["sites"], found["simulated_trials"], found["seed"]) == (24, 3, 50, 1)
    assert [each["own"] for each in found["designs"]] == [True] + [False] * 9
    own = found["designs"][0]
    assert own["guessed_from_whole_list"]["stratum"] > own["guessed_at_one_site"]["site"]
    origins = {each["label"]: each["origin"] for each in found["premises"]}
    assert origins["people"] == "stated in this command"
    assert origins["shares of grade"] == origins["block sizes"] == "ours, not from NELMAS"
    assert origins["ratio of the arms"].startswith("source: ")
    rows = list(csv.DictReader(io.StringIO(run(*QUICK, "--format", "csv").stdout)))
    assert {row["what"] for row in rows} == {"simulated"} and len(rows) == 10
    assert float(rows[0]["guessed_at_one_site"]) == max(own["guessed_at_one_site"].values())


def test_the_same_seed_gives_the_same_plan() -> None:
    one, same, other = (run(*QUICK, "--format", "csv", "--seed", seed).stdout for seed in "334")
    assert one == same != other


def test_the_plan_takes_the_trials_own_numbers() -> None:
    origins = {
        each["label"]: (each["value"], each["origin"])
        for each in json.loads(run("plan", "nelmas", "--repeats", "2", "--format", "json").stdout)["premises"]
    }
    assert origins["people"] == ("90", "source: clincosm.com, lutathera-94 (registry record of 2023)")
    assert origins["sites"] == ("10", "ours, not from NELMAS")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--share", "sex=0.5,0.5"), '"sex" is not a factor of the randomisation (grade, margin)'),
        (("--share", "grade=0.5"), "grade has 2 levels"),
        (("--share", "grade=0.5,0.9"), "add up to 1"),
        (("--share", "grade=half"), "write grade=0.4,0.6"),
    ],
)
def test_a_plan_that_cannot_be(words: tuple[str, ...], told: str) -> None:
    assert told in refused(run(*QUICK, *words))


def test_a_trial_without_numbers_asks_for_them() -> None:
    sandbox = Path(__file__).parents[1] / "trials" / "sandbox"
    assert "say --people" in refused(run("plan", sandbox, "--sites", "2"))
