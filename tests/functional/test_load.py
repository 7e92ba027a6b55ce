"""equipoise load as people use it: what it says, what it refuses, killed at any moment, and real exports."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.unit.exchange.lake.loaded import assert_same, haemoglobin, loaded, patient
from tests.unit.exchange.lake.test_loading import lines, records

from equipoise import cli
from equipoise.exchange.lake import open_lake
from equipoise.exchange.lake.lock import locked

COMMAND = [sys.executable, "-c", "from equipoise.cli import main; main(prog_name='equipoise')"]
FOLDERS = ["fhir_mcode", "fhir_mii", "fhir_ips", "fhir_synthea_smart", "fhir_bulk_smart"]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["load", *(str(word) for word in words)])


def test_it_says_what_it_did(tmp_path: Path) -> None:
    export, lake = records(tmp_path / "export"), tmp_path / "facts"
    (export / "broken.ndjson").write_text("{\n")
    result = run(export, "--to", lake, "--unread", tmp_path / "unread.csv", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "6 people and 36 facts in" in result.output
    assert "6 files read; 1 of 1 part written." in result.output
    assert "broken JSON" in result.output
    assert "broken.ndjson line 1" in (tmp_path / "unread.csv").read_text()
    assert "Nothing has changed: 6 files as before." in run(export, "--to", lake).output
    lines(export / "Patient.ndjson", *(patient(f"p{n}") for n in range(7)))
    assert "1 file read, 5 as before; 1 of 1 part written." in run(export, "--to", lake).output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere", "--to", "facts"], "nowhere is not there"),
        (["export", "--to", "export"], "holds other things"),
        ([".", "--to", "facts"], "name the records by themselves"),
        (["export", "--to", "export/Patient.ndjson"], "is a file"),
        (["export", "--to", "facts", "--trial", "no"], 'There is no trial "no"'),
        (["empty", "--to", "facts"], "holds no records"),
    ],
)
def test_a_mistake_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    records(tmp_path / "export")
    (tmp_path / "empty").mkdir()
    result = run(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr and "Traceback" not in result.stderr


def test_two_loads_at_once_are_refused(tmp_path: Path) -> None:
    with locked(tmp_path / "facts"):
        result = run(records(tmp_path / "export"), "--to", tmp_path / "facts")
    assert result.exit_code == 2
    assert "is being written by another load" in result.stderr


def _files(folder: Path) -> set[str]:
    """What lies in a folder just now, while another process works in it."""
    return {f"{place}/{name}" for place, _, names in os.walk(folder) for name in names}


def _killed(export: Path, lake: Path, changes: int) -> bool:
    """Loads until so many files have come or gone in the lake, then kills it; False when it ended before."""
    process = subprocess.Popen([*COMMAND, "load", str(export), "--to", str(lake)], stdout=subprocess.DEVNULL)
    there, seen = _files(lake), 0
    while process.poll() is None:
        now = _files(lake)
        seen, there = seen + len(now ^ there), now
        if seen >= changes:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
    assert process.returncode == 0
    return False


def test_a_killed_load_leaves_what_was_and_goes_on(tmp_path: Path) -> None:
    """Killed again and again, later each time: the lake is as before or as after, and the work comes to its end."""
    export, lake = records(tmp_path / "export", 20), tmp_path / "facts"
    loaded(lake, export, people_a_part=5)
    lines(export / "More.ndjson", *(haemoglobin(f"more{n}", f"p{n}", 12) for n in range(0, 20, 3)), patient("new"))
    before = (lake / "lake.json").read_bytes()
    kills = 0
    for changes in (1, 4, 12, 30, 50, 80):
        if not _killed(export, lake, changes):
            break
        kills += 1
        people = len(list(open_lake(lake).people()))
        assert people == (20 if (lake / "lake.json").read_bytes() == before else 21)
    assert kills >= 3
    assert run(export, "--to", lake).exit_code == 0
    assert_same(lake, export, order=False)
    assert not (lake / ".loading").exists()


def test_an_interruption_says_that_the_work_is_kept(tmp_path: Path) -> None:
    pipe = tmp_path / "people.csv"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*COMMAND, "load", str(pipe), "--to", str(tmp_path / "facts")], stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    for _ in range(600):
        try:
            writer = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError:
            time.sleep(0.05)
    else:
        pytest.fail("nobody reads the pipe")
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    os.close(writer)
    assert process.returncode == 130
    assert "the same command goes on from there" in told and "Traceback" not in told
    assert not (tmp_path / "facts" / "lake.json").exists()


# ---------------------------------------------------------------- real exports
@pytest.mark.parametrize("name", FOLDERS)
def test_a_real_export_is_loaded_as_it_is_read(shared_data: Path, tmp_path: Path, name: str) -> None:
    folder = shared_data / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    for piece, people_a_part in ((1 << 26, 20_000), (1 << 19, 5)):
        loaded(tmp_path / str(piece), folder, piece=piece, people_a_part=people_a_part)
        assert_same(tmp_path / str(piece), folder)


def test_a_lake_is_screened_like_its_files(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "fhir_synthea_smart"
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    loaded(tmp_path / "facts", folder)
    asked = ["--on", "2020-06-01", "--format", "json"]
    told = [
        CliRunner().invoke(cli.main, ["screen", "nelmas", str(path), *asked]).stdout
        for path in (folder, tmp_path / "facts")
    ]
    assert told[0] and told[0] == told[1]
