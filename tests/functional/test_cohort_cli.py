"""equipoise screen with an engine: the same output as the reference, whole or not at all, going on after a kill."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from equipoise.cli import main
from equipoise.eligibility.duckdb import DuckDbEngine
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
