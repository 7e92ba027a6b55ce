"""equipoise screen with an engine: the same output as the reference, whole or not at all, going on after a kill."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from equipoise.cli import main
from equipoise.eligibility.duckdb import INTERRUPTED, DuckDbEngine
from equipoise.exchange.lake import write_reading
from equipoise.exchange.sources import read_records
from equipoise.protocol.load import load_trial

ON = ("--on", "2026-06-01")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of 40 virtual people."""
    folder = tmp_path_factory.mktemp("cohort") / "people"
    assert run("people", "nelmas", "--count", 40, "--seed", 3, *ON, "--output", folder).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def facts(people: Path) -> Path:
    """The same people as a folder of facts, in several parts."""
    trial = load_trial("nelmas")
    folder = people.parent / "facts"
    write_reading([read_records([people], trial)], trial.vocabulary, folder, people_a_part=15)
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("format", ["json", "csv", "table", "html"])
def test_an_engine_gives_the_same_output_as_the_reference(people: Path, format: str) -> None:
    asked = ("screen", "nelmas", people, *ON, "--complete", "ssa_hypersensitivity", "--format", format)
    reference, engine = run(*asked), run(*asked, "--engine", "duckdb")
    assert reference.exit_code == engine.exit_code == 0
    assert engine.stdout == reference.stdout
    assert len(reference.stdout) > 1000


def test_a_folder_of_facts_gives_the_same_as_the_records(people: Path, facts: Path) -> None:
    asked = (*ON, "--format", "json")
    assert run("screen", "nelmas", facts, *asked).stdout == run("screen", "nelmas", people, *asked).stdout


def test_details_are_given_for_those_who_may_enter(facts: Path) -> None:
    lines = run("screen", "nelmas", facts, *ON, "--format", "json", "--details", "open").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    whole = [json.loads(line) for line in run("screen", "nelmas", facts, *ON, "--format", "json").stdout.splitlines()]
    assert [each["verdict"] for each in answers] == [each["verdict"] for each in whole]
    for short, full in zip(answers, whole, strict=True):
        if full["verdict"] == "ineligible":
            assert "to_find" not in short
            assert {k: v["truth"] for k, v in full["criteria"].items()} == {
                k: v["truth"] for k, v in short["criteria"].items()
            }
        elif "to_find" in short:
            assert short == full
    assert any("to_find" in each for each in answers) and not all("to_find" in each for each in answers)


def test_without_details_every_truth_is_there(facts: Path) -> None:
    rows = run("screen", "nelmas", facts, *ON, "--format", "csv", "--details", "nobody").stdout.splitlines()
    whole = run("screen", "nelmas", facts, *ON, "--format", "csv").stdout.splitlines()
    assert rows[0] == whole[0]
    shown = 2 + 1 + 1 + 25  # person, day, verdict, candidate and the criteria
    for short, full in zip(rows[1:], whole[1:], strict=True):
        kept = short.split(",")[:shown]
        assert [each for n, each in enumerate(full.split(",")[:shown]) if n != 3] == kept[:3] + kept[4:]


def test_a_killed_screening_goes_on_where_it_stopped(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    judge = DuckDbEngine.judge

    def counting(engine: DuckDbEngine, asking, parts, answers, facts_of) -> None:
        judged.extend(part.number for part in parts)
        if len(judged) == 3:
            raise KeyboardInterrupt
        judge(engine, asking, parts, answers, facts_of)

    monkeypatch.setattr(DuckDbEngine, "people_at_once", 15)
    monkeypatch.setattr(DuckDbEngine, "judge", counting)
    output = tmp_path / "people.csv"
    asked = ("screen", "nelmas", facts, *ON, "--output", output)
    assert run(*asked).exit_code != 0
    assert not output.exists()
    assert run(*asked).exit_code == 0
    assert judged == [0, 1, 2, 2]
    assert len(output.read_text().splitlines()) == 41
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--engine", "duckdb", "--person", "SYN-0001"), "--person asks for one person"),
        (("--details", "open"), "--details belongs to --engine"),
        (("--engine", "duckdb", "--complete", "haemoglobn"), "did you mean haemoglobin?"),
    ],
)
def test_what_does_not_go_together_is_refused(people: Path, words: tuple[str, ...], sentence: str) -> None:
    result = run("screen", "nelmas", people, *ON, *words)
    assert result.exit_code == 2
    assert sentence in result.output


def _copied(facts: Path, to: Path) -> Path:
    return Path(shutil.copytree(facts, to / "facts"))


@pytest.mark.parametrize("concept", ["haemoglobin", "sex"])
def test_a_file_that_breaks_off_is_named(facts: Path, tmp_path: Path, concept: str) -> None:
    folder = _copied(facts, tmp_path)
    broken = sorted((folder / f"concept={concept}").iterdir())[0]
    broken.write_bytes(broken.read_bytes()[:300])
    found = run("screen", "nelmas", folder, *ON, "--output", tmp_path / "people.csv")
    assert (found.exit_code, found.output) == (
        2,
        f"{broken} is damaged: load the records once more into another folder.\n",
    )
    assert [each.name for each in tmp_path.iterdir()] == ["facts"]


def test_a_file_that_is_gone_is_named(facts: Path, tmp_path: Path) -> None:
    folder = _copied(facts, tmp_path)
    for table, details in (("people", "everyone"), ("concept=ecog", "nobody")):
        gone = sorted((folder / table).iterdir())[-1]
        gone.unlink()
        found = run("screen", "nelmas", folder, *ON, "--details", details)
        assert (found.exit_code, f"{gone.name} is gone: load" in found.output) == (2, True)


@pytest.mark.parametrize("inside", ["answers.csv", "lake.json", "people/answers.csv"])
def test_nothing_is_written_into_a_folder_of_facts(facts: Path, inside: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in facts.rglob("*")}
    for option in ("--output", "--unread"):
        found = run("screen", "nelmas", facts, *ON, option, facts / inside)
        assert found.exit_code == 2
        assert found.output.endswith("a folder of facts: name a file elsewhere to write to.\n")
    assert {path: path.stat().st_mtime_ns for path in facts.rglob("*")} == before


def test_a_file_of_the_records_is_not_written_over(people: Path) -> None:
    patients = people / "Patient.ndjson"
    before = patients.read_bytes()
    found = run("screen", "nelmas", people, *ON, "--output", patients)
    assert (found.exit_code, patients.read_bytes()) == (2, before)
    assert "is one of the files to be read" in found.output


def test_two_at_once_do_not_disturb_each_other(facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output, judge = tmp_path / "people.csv", DuckDbEngine.judge
    asked = ("screen", "nelmas", facts, *ON, "--output", output)
    second: list[Result] = []

    def judged(*given: Any) -> None:
        if not second:
            second.append(run(*asked))
        judge(*given)

    monkeypatch.setattr(DuckDbEngine, "judge", judged)
    first = run(*asked)
    assert (first.exit_code, second[0].exit_code) == (0, 2)
    assert "is being written by another screening: wait" in second[0].output
    assert [each.name for each in tmp_path.iterdir()] == ["people.csv"]


def test_what_a_killed_one_left_is_taken_away(facts: Path, tmp_path: Path) -> None:
    (tmp_path / ".people.csv.4711.part").write_bytes(b"half")
    assert run("screen", "nelmas", facts, *ON, "--output", tmp_path / "people.csv").exit_code == 0
    assert [each.name for each in tmp_path.iterdir()] == ["people.csv"]


@pytest.mark.parametrize("output", [".", "absent/people.csv"])
def test_a_place_that_cannot_be_written_is_told_before_anybody_is_judged(
    facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setattr(DuckDbEngine, "judge", lambda *_: pytest.fail("it was begun"))
    found = run("screen", "nelmas", facts, *ON, "--output", tmp_path / output)
    assert found.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_within_a_query_is_one(facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise RuntimeError(INTERRUPTED)

    monkeypatch.setattr("equipoise.eligibility.duckdb.settle", interrupted)
    found = run("screen", "nelmas", facts, *ON, "--output", tmp_path / "people.csv")
    assert (found.exit_code, found.output.strip()) == (
        130,
        "Interrupted before the end; no file was written or changed.",
    )
    assert not (tmp_path / "people.csv").exists()


def test_folders_may_have_any_name(people: Path, facts: Path, tmp_path: Path) -> None:
    odd = tmp_path / "key=7" / "it's [2] *?"
    odd.mkdir(parents=True)
    shutil.copytree(facts, odd / "facts")
    assert run("screen", "nelmas", odd / "facts", *ON, "--output", odd / "people.csv").exit_code == 0
    expected = run("screen", "nelmas", people, *ON, "--format", "csv").stdout
    assert (odd / "people.csv").read_bytes() == expected.encode()
