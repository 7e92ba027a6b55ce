"""equipoise flow and equipoise deviations: what a person types, and what comes of it."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from tests.running import fact, opened, salts

from equipoise import cli
from equipoise.ledger.sqlite import SqliteStore
from equipoise.participant.moves import Standing
from equipoise.participant.record import number_of
from equipoise.protocol.load import trial_folder

ON = ("--on", "2026-06-10")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three people of whom one dies in June, and one was not eligible as it turns out in June."""
    path = tmp_path_factory.mktemp("ledger") / "trial.ledger"
    with SqliteStore(path, salts(), durability="off") as store:
        running = opened("Arm 2", store)
        for person in ("P1", "P2", "P3"):
            running.bring(person, Standing.RANDOMISED)
        running.clock.reach(date(2026, 6, 3))
        running.trial.record("site", "P1", fact(date(2026, 6, 2), death=date(2026, 6, 2)))
        wrong = number_of(running.trial.person("P2").of_concept("haemoglobin")[0])
        running.trial.correct("site", "P2", wrong, fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"), "typed wrong")
    return path


def where(ledger: Path, person: str, *more: str) -> str:
    result = run("flow", ledger, *more, "--format", "json")
    assert result.exit_code == 0, result.output
    return next(each["where"] for each in json.loads(result.stdout)["people"] if each["person"] == person)


def test_the_table_counts(ledger: Path) -> None:
    result = run("flow", ledger, *ON, "--people")
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert text.startswith("NELMAS: flow of 3 people on 10 June 2026 Simulation: made-up people")
    assert "P1 S1 Arm 2 died dies on 2 June 2026" in text
    assert result.stderr == ""


def test_the_day_the_position_and_the_time_are_told_apart(ledger: Path) -> None:
    assert where(ledger, "P1", *ON) == "died"
    assert where(ledger, "P1", "--on", "2026-06-01").startswith("randomised")
    # On 2 June nobody knew yet.
    assert where(ledger, "P1", *ON, "--at", "2026-06-02T23:00Z").startswith("randomised")
    assert where(ledger, "P1", "--at", "2026-06-03T14:00+02:00") == "died"
    assert where(ledger, "P1", *ON, "--position", "50").startswith("randomised")


@pytest.mark.parametrize("command", ["flow", "deviations"])
def test_a_rehearsal_has_the_day_of_its_own_clock(ledger: Path, command: str) -> None:
    assert " 3 June 2026" in run(command, ledger).stdout.splitlines()[0]


def test_a_figure_is_written_by_its_ending(ledger: Path, tmp_path: Path) -> None:
    result = run("flow", ledger, *ON, "--blind", "--output", tmp_path / "flow.svg")
    assert result.exit_code == 0, result.output
    text = (tmp_path / "flow.svg").read_text("utf-8")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "Arm 1" not in text and "Simulation: made-up people" in text


def test_deviations_in_every_format(ledger: Path, tmp_path: Path) -> None:
    table = run("deviations", ledger, *ON)
    assert "important: not eligible, and randomised (1)" in table.stdout
    data = json.loads(run("deviations", ledger, *ON, "--format", "json").stdout)
    assert ("P2", "E8") in [(each["person"], each["rule"]) for each in data["deviations"]]
    assert run("deviations", ledger, *ON, "--output", tmp_path / "all.csv").exit_code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text("utf-8"))))
    assert len(rows) == len(data["deviations"])


def test_a_correction_made_later_is_not_known_before(ledger: Path) -> None:
    data = json.loads(run("deviations", ledger, *ON, "--at", "2026-06-01T00:00Z", "--format", "json").stdout)
    assert "ineligible" not in {each["kind"] for each in data["deviations"]}


def test_blinded_deviations_tell_no_arm(ledger: Path) -> None:
    result = run("deviations", ledger, "--on", "2026-09-01", "--blind", "--format", "json")
    data = json.loads(result.stdout)
    assert data["imaging"] == []
    assert "dose" not in " ".join(each["kind"] for each in data["deviations"])


def test_another_version_of_the_protocol_is_said(ledger: Path, tmp_path: Path) -> None:
    amended = tmp_path / "amended"
    copytree(str(trial_folder("nelmas")), amended)
    with (amended / "protocol.toml").open("a", encoding="utf-8") as file:
        file.write("# amended\n")
    for command in ("flow", "deviations"):
        result = run(command, ledger, *ON, "--trial", amended)
        assert result.exit_code == 0, result.output
        assert result.stderr.startswith("The ledger ran under protocol ")
        assert "name the folder of that version with --trial" in result.stderr


def test_another_trial_is_refused(ledger: Path) -> None:
    result = run("flow", ledger, *ON, "--trial", Path(__file__).parents[1] / "trials" / "sandbox")
    assert result.exit_code == 2 and "is a ledger of NELMAS, and" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--position", "3", "--at", "2026-06-03T12:00Z"), "give one of them"),
        (("--at", "2026-06-03"), "is no time with its offset from UTC"),
        (("--at", "2020-01-01T00:00Z"), "had no entry yet"),
        (("--at", "9999-12-31T23:00-12:00"), "is no time with its offset from UTC"),
        (("--position", "99999"), "--position 99999: the ledger has"),
        (("--output", "flow.html"), "This is no page"),
    ],
)
def test_faults_are_one_sentence(ledger: Path, words: tuple[str, ...], said: str) -> None:
    result = run("flow", ledger, *words)
    assert result.exit_code == 2
    assert said in result.stderr and "Traceback" not in result.stderr


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    result = run("deviations", tmp_path / "none.ledger")
    assert result.exit_code == 2 and "no such file" in result.stderr
