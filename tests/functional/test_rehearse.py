"""equipoise rehearse: the whole trial by people who do not exist, the same to the byte for one seed."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from equipoise.cli import main
from equipoise.ledger.sqlite import SqliteStore
from equipoise.ledger.verify import verify
from equipoise.participant.moves import ENDED, Standing
from equipoise.participant.record import words_of
from equipoise.participant.state import State, folded
from equipoise.protocol.load import load_trial
from equipoise.trial import Trial

PEOPLE = "9"


def rehearsed(folder: Path, seed: str = "7", *more: str) -> Path:
    command = ["rehearse", "nelmas", "--people", PEOPLE, "--seed", seed, "--output", str(folder), *more]
    done = subprocess.run(
        [sys.executable, "-c", "from equipoise.cli import main; main()", *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "these people do not exist" in done.stdout and "no result of" not in done.stderr
    return folder


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rehearsed(tmp_path_factory.mktemp("rehearsal") / "first")


@pytest.fixture(scope="module")
def state(played: Path) -> State:
    with SqliteStore.reading(played / "ledger.sqlite") as store:
        return folded(store.entries(), words_of(load_trial("nelmas")))


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(played: Path, tmp_path: Path) -> None:
    assert digests(rehearsed(tmp_path / "again")) == digests(played)
    assert digests(rehearsed(tmp_path / "other", "8"))["ledger.sqlite"] != digests(played)["ledger.sqlite"]


def test_the_ledger_verifies_by_its_own_checkpoint(played: Path) -> None:
    with SqliteStore.reading(played / "ledger.sqlite") as store:
        found = verify(store)
        assert found.ok, found.why
        assert len(store.checkpoints()) == 1 and store.checkpoints()[0].seq == store.head().seq


def test_everybody_goes_to_an_end_and_the_numbers_add_up(state: State) -> None:
    inside = list(state.randomised)
    assert len(inside) == int(PEOPLE) == state.allocated
    assert all(person.standing in (*ENDED, Standing.LOST) for person in inside)
    outside = [person for person in state.people.values() if person.allocation is None]
    assert outside and all(person.excluded is not None for person in outside)
    assert state.lock and state.revealed and state.settings["synthetic"] is True


def test_the_signed_sheets_can_be_made_again_to_the_letter(played: Path, state: State) -> None:
    with SqliteStore.reading(played / "ledger.sqlite") as store:
        trial = Trial(load_trial("nelmas"), store, lambda: pytest.fail("a sheet is made again without a clock"))
        for person in state.randomised:
            signed, again = trial.recomputed(person.person)
            assert signed == again


def test_the_random_list_is_made_again_from_the_revealed_seed(played: Path, state: State) -> None:
    with SqliteStore.reading(played / "ledger.sqlite") as store:
        seed = next(entry.body["seed"] for entry in store.of(kinds=["randomisation_revealed"]) if entry.body)
    result = CliRunner().invoke(
        main, ["randomisation", "verify", "--ledger", str(played / "ledger.sqlite"), "--seed", seed]
    )
    assert result.exit_code == 0, result.output


def test_every_page_and_picture_says_that_it_is_simulated(played: Path) -> None:
    for path in played.iterdir():
        if path.suffix in (".html", ".svg"):
            text = path.read_text(encoding="utf-8")
            assert "imulation" in text and "do not exist" in text, path.name


def test_what_was_planned_and_done_is_in_the_tables(played: Path) -> None:
    flow = json.loads((played / "flow.json").read_text(encoding="utf-8"))
    assert json.dumps(flow).count("SYN-") > 0
    doses = (played / "doses.csv").read_text(encoding="utf-8").splitlines()
    assert len(doses) > 2 and "GBq" in "".join(doses)


def test_little_accrual_ends_the_recruitment_short_of_its_target(tmp_path: Path) -> None:
    folder = rehearsed(tmp_path / "slow", "7", "--accrual", "0.05")
    with SqliteStore.reading(folder / "ledger.sqlite") as store:
        slow = folded(store.entries(), words_of(load_trial("nelmas")))
    assert slow.allocated < int(PEOPLE) and slow.lock


def test_a_folder_that_holds_something_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(main, ["rehearse", "nelmas", "--people", "1", "--output", str(tmp_path)])
    assert result.exit_code == 2 and "not empty" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf"])
def test_a_rate_that_is_none_is_refused(tmp_path: Path, rate: str) -> None:
    result = CliRunner().invoke(main, ["rehearse", "nelmas", "--accrual", rate, "--output", str(tmp_path / "new")])
    assert result.exit_code == 2 and "a number above 0" in result.output
    assert not (tmp_path / "new").exists()
