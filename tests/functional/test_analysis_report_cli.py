"""equipoise report: a folder whole or not at all, the same again, blind before the lock, and from a rehearsal."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.locked import lock, play_open
from tests.running import salts

from equipoise import cli
from equipoise.ledger.sqlite import SqliteStore

CUT = ("--cutoff", "2027-03-01")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "trial.ledger"
    with SqliteStore(path, salts(), durability="off") as store:
        lock(play_open(store))
    return path


@pytest.fixture
def running(tmp_path: Path) -> Path:
    path = tmp_path / "trial.ledger"
    with SqliteStore(path, salts(), durability="off") as store:
        play_open(store)
    return path


def test_the_folder_holds_page_figures_and_numbers_and_is_the_same_again(ledger: Path, tmp_path: Path) -> None:
    told = run("report", ledger, *CUT, "--output", tmp_path / "one")
    assert told.exit_code == 0, told.output
    (tmp_path / "two").mkdir()  # an empty folder will do
    run("report", ledger, *CUT, "--output", tmp_path / "two")
    files = content(tmp_path / "one")
    assert files == content(tmp_path / "two")
    assert files.keys() >= {
        "index.html", "report.json", "flow.svg", "flow.csv", "baseline.csv", "primary.csv", "secondary.csv",
        "sensitivity.csv", "subgroups.csv", "forest.svg", "curve_dfs.svg", "curve_dfs.csv", "exposure.csv",
        "adverse_events.csv", "deviations.csv", "times.csv",
    }  # fmt: skip
    assert f"open {tmp_path / 'one' / 'index.html'}" in told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_past_position_before_the_lock_is_pooled(ledger: Path, tmp_path: Path) -> None:
    with SqliteStore.reading(ledger) as store:
        head = store.head().seq
    run("report", ledger, *CUT, "--position", head - 1, "--output", tmp_path / "past")
    data = json.loads((tmp_path / "past" / "report.json").read_bytes())
    assert (data["blind"], data["ledger_position"]) == (True, head - 1)


def test_before_the_lock_nobody_reads_an_arm(running: Path, tmp_path: Path) -> None:
    told = run("report", running, *CUT, "--output", tmp_path / "blind")
    assert told.exit_code == 0, told.output
    files = content(tmp_path / "blind")
    assert "times.csv" not in files and "exposure.csv" not in files and len(files) > 12
    for name, text in files.items():
        assert not re.search(rb"Arm [12]|arm_[12]|Standard of Care", text), name


def test_unblinding_needs_somebody_who_may_and_a_reason_and_stands_in_the_ledger(running: Path, tmp_path: Path) -> None:
    why = ("--unblind", "the safety board asks")
    for words, sentence in (
        (why, "Say who unblinds"),
        ((*why, "--as", "investigator"), "ask the statistician or sponsor"),
        (("--unblind", " ", "--as", "sponsor"), "needs a reason"),
    ):
        refused = run("report", running, *CUT, *words, "--output", tmp_path / "no")
        assert refused.exit_code == 2 and sentence in refused.stderr, refused.output
        assert not (tmp_path / "no").exists()
    told = run("report", running, *CUT, *why, "--as", "statistician", "--output", tmp_path / "open")
    assert told.exit_code == 0, told.output
    page = (tmp_path / "open" / "index.html").read_text()
    assert page.count("because statistician unblinded this analysis") >= 3
    data = json.loads((tmp_path / "open" / "report.json").read_bytes())
    with SqliteStore.reading(running) as store:
        entry = store.entry(store.head().seq)
    assert (entry.kind, entry.reason) == ("unblinded", "the safety board asks")
    assert data["unblinded"]["entry"] == entry.seq == data["ledger_position"] + 1
    again = run("ledger", "verify", running)
    assert again.exit_code == 0, again.output


def test_after_the_lock_there_is_nothing_to_unblind(ledger: Path, tmp_path: Path) -> None:
    told = run("report", ledger, "--unblind", "why", "--as", "sponsor", "--output", tmp_path / "no")
    assert told.exit_code == 2 and "leave out --unblind" in told.stderr


def test_who_takes_the_data_out_is_written_down(running: Path, tmp_path: Path) -> None:
    told = run("report", running, *CUT, "--as", "monitor", "--output", tmp_path / "out")
    assert told.exit_code == 0, told.output
    with SqliteStore.reading(running) as store:
        entry = store.entry(store.head().seq)
    assert (entry.kind, entry.actor) == ("exported", "monitor")
    assert "the analysis of the data up to 1 March 2027" in str(entry.body)


def test_a_folder_that_holds_something_is_left_as_it_is(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("mine")
    told = run("report", ledger, "--output", tmp_path)
    assert told.exit_code == 2 and "not empty: name a new folder" in told.stderr
    assert content(tmp_path) == {"kept.txt": b"mine"}


def test_a_rehearsal_is_reported_with_its_arms_and_says_that_it_is_one(tmp_path: Path) -> None:
    played = run("rehearse", "nelmas", "--people", "12", "--seed", "4", "--output", tmp_path / "played")
    assert played.exit_code == 0, played.output
    told = run("report", tmp_path / "played" / "ledger.sqlite", "--output", tmp_path / "report")
    assert told.exit_code == 0, told.output
    data = json.loads((tmp_path / "report" / "report.json").read_bytes())
    assert data["blind"] is False and data["data"].startswith("Simulation: these people do not exist")
    assert all(table["data"] == data["data"] for table in data["tables"])
    assert any("Hazard ratio" in each for each in data["findings"])
