"""equipoise story: the same files again, whole or not at all, at a past position, blind, and plain words if refused."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.running import salts
from tests.told import play_into

from equipoise import cli
from equipoise.ledger.chain import Head
from equipoise.ledger.checkpoints import fingerprint
from equipoise.ledger.sqlite import SqliteStore


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "trial.ledger"
    with SqliteStore(path, salts(), durability="off") as store:
        play_into(store)
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_folder_holds_the_page_its_figures_and_tables_and_is_the_same_again(ledger: Path, tmp_path: Path) -> None:
    plan = ("--target", "12", "--by", "2027-06-01")
    told = run("story", ledger, *plan, "--output", tmp_path / "one")
    assert told.exit_code == 0, told.output
    (tmp_path / "two").mkdir()  # an empty folder will do
    run("story", ledger, *plan, "--output", tmp_path / "two")
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert content(tmp_path / "one").keys() >= {
        "index.html", "flow.json", "visits.csv", "doses.csv", "deviations.csv", "adverse_events.csv",
        "participants.csv", "flow.svg", "swimmer.svg", "accrual.svg",
    }  # fmt: skip
    assert f"open {tmp_path / 'one' / 'index.html'}" in told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_rehearsal_is_told_up_to_the_day_of_its_last_entry(ledger: Path, tmp_path: Path) -> None:
    run("story", ledger, "--output", tmp_path / "now")
    assert json.loads((tmp_path / "now" / "flow.json").read_bytes())["on"] == "2026-12-06"
    run("story", ledger, "--on", "1 June 2026", "--output", tmp_path / "then")
    assert json.loads((tmp_path / "then" / "flow.json").read_bytes())["on"] == "2026-06-01"


def test_a_past_position_names_its_own_entry(ledger: Path, tmp_path: Path) -> None:
    run("story", ledger, "--position", "100", "--output", tmp_path / "past")
    page = (tmp_path / "past" / "index.html").read_text()
    with SqliteStore.reading(ledger) as store:
        entry = store.entry(100)
    assert entry.hash in page and fingerprint(Head(100, entry.hash, entry.at)) in page
    assert json.loads((tmp_path / "past" / "flow.json").read_bytes())["entry"] == 100


def test_blind_no_file_names_an_arm(ledger: Path, tmp_path: Path) -> None:
    run("story", ledger, "--blind", "--output", tmp_path / "blind")
    files = content(tmp_path / "blind")
    assert "doses.csv" not in files and len(files) > 8
    assert not [name for name, text in files.items() if b"Arm 1" in text or b"Arm 2" in text]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--target", "12"), "A plan needs both"),
        (("--by", "2027-06-01"), "A plan needs both"),
        (("--position", "99999"), "there is no position 99,999 yet"),
        (("--on", "2/3/2026"), "is not one certain day"),
    ],
)
def test_what_cannot_be_told_is_refused_and_nothing_is_written(
    ledger: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    told = run("story", ledger, *words, "--output", tmp_path / "new")
    assert (told.exit_code, sentence in told.stderr) == (2, True), told.output
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_as_it_is(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    told = run("story", ledger, "--output", tmp_path)
    assert told.exit_code == 2 and "not empty: name a new folder" in told.stderr
    assert content(tmp_path) == {"kept.txt": b"mine"}
    gone = run("story", ledger, "--output", tmp_path / "no" / "folder")
    assert gone.exit_code == 2 and "there is no folder" in gone.stderr


def test_when_writing_fails_nothing_is_left_behind(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys.modules["equipoise.cli.story"], "story_files", lambda *_: {"index.html": b"x", "no/such": b"y"}
    )
    told = run("story", ledger, "--output", tmp_path / "new")
    assert told.exit_code == 2 and list(tmp_path.iterdir()) == []
