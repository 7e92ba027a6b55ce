"""equipoise worklist: what a person types, and what comes of it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.sheet import write_sheet

import equipoise
from equipoise import cli
from equipoise.exchange.lake import write_reading

ON = ("--on", "2026-06-01")
FORMULA = "person,liver_resection.date,liver_resection.residual\n=1+1,2026-05-01,R0\n"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return write_sheet(tmp_path)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "people"
    assert run("people", "nelmas", "--count", "25", "--seed", "3", *ON, "--output", folder).exit_code == 0
    return folder


def data(*words: str | Path) -> dict[str, Any]:
    result = run("worklist", "nelmas", *words, *ON, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_table_says_whom_to_look_at(sheet: Path) -> None:
    result = run("worklist", "nelmas", sheet, *ON)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert text.startswith("NELMAS: 4 people to look at on 1 June 2026")
    for words in (
        "39 days left", "first dose 12 June 2026 to",
        "first cycle 8 ± 2 weeks after liver resection: ASCO",
        "Ask the person:", "Find in the records:", "Not on the list", "something stands against it",
    ):  # fmt: skip
        assert words in text, words
    assert "Synthetic" not in text and "\x1b" not in text


def test_no_line_is_wider_than_the_terminal(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        assert max(map(len, run("worklist", "nelmas", people, *ON).stdout.splitlines())) <= width


def test_the_data_agree_with_the_screening(people: Path) -> None:
    lines = run("screen", "nelmas", people, *ON, "--format", "json").stdout.splitlines()
    verdicts = {each["person"]: each for each in map(json.loads, lines)}
    found = data(people)
    assert len(found["items"]) + sum(found["passed"].values()) == len(verdicts) == 25
    assert found["synthetic"] is True and len(found["items"]) >= 5
    for item in found["items"]:
        verdict = verdicts[item["person"]]
        assert item["verdict"] == verdict["verdict"] and item["candidate"] == verdict["candidate"]
        assert [need["name"] for need in item["to_find"]] == verdict["to_find"]
        assert [need["name"] for need in item["to_ask"]] == verdict["to_ask"]
        assert (item["opens"] is not None) == (item["verdict"] == "ineligible")
    days = [item["days_left"] for item in found["items"] if item["days_left"] is not None]
    assert days == sorted(days)


def test_csv_has_one_row_a_person_and_gives_a_spreadsheet_no_formula(tmp_path: Path, people: Path) -> None:
    (tmp_path / "people.csv").write_text(FORMULA)
    text = run("worklist", "nelmas", tmp_path / "people.csv", *ON, "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["person"] == "'=1+1" and row["days_left"] == "39" and row["latest_to"] == "2026-07-10"
    rows = list(csv.DictReader(io.StringIO(run("worklist", "nelmas", people, *ON, "--format", "csv").stdout)))
    found = data(people)["items"]
    assert [row["person"] for row in rows] == [item["person"] for item in found]
    assert {row["synthetic"] for row in rows} == {"true"}
    for row, item in zip(rows, found, strict=True):
        wanted = [need["text"] for need in item["to_find"] if need["who"] == "record"]
        assert row["to_find"].split("; ") == (wanted or [""])
        asked = [need["text"] for need in item["to_ask"] if need["who"] == "investigator"]
        assert row["ask_investigator"].split("; ") == (asked or [""])


def test_the_calendar_by_its_ending(sheet: Path, tmp_path: Path) -> None:
    result = run("worklist", "nelmas", sheet, *ON, "--output", tmp_path / "list.ics")
    assert result.exit_code == 0 and result.stdout == ""
    written = (tmp_path / "list.ics").read_bytes()
    assert written.startswith(b"BEGIN:VCALENDAR\r\n") and written.endswith(b"END:VCALENDAR\r\n")
    assert written == run("worklist", "nelmas", sheet, *ON, "--format", "ics").stdout_bytes
    assert b"P-001" in written and b"DTSTART;VALUE=DATE:20260715" in written


def test_what_is_made_up_says_so_everywhere(people: Path) -> None:
    assert "Synthetic data" in run("worklist", "nelmas", people, *ON).stdout
    assert "(synthetic data)" in run("worklist", "nelmas", people, *ON, "--format", "ics").stdout


def test_another_trial_needs_no_deadline(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person,birth_date\nA,1980-01-01\nB,1940-01-01\nC,1950-06-11\n")
    sandbox = Path(__file__).parent.parent / "trials" / "sandbox"
    result = run("worklist", sandbox, tmp_path / "people.csv", *ON, "--format", "json")
    found = json.loads(result.stdout)
    assert [(item["person"], item["days_left"]) for item in found["items"]] == [("C", 9), ("A", None)]
    assert found["passed"] == {"ineligible": 1, "too_late": 0, "no_sign": 0}
    assert "No last day (1)" in run("worklist", sandbox, tmp_path / "people.csv", *ON).stdout


def test_refusals_name_what_to_do(sheet: Path, tmp_path: Path) -> None:
    cases = [
        (("--format", "html"), "html"),
        (("--output", tmp_path / "o.html"), "The worklist is no page"),
        (("--output", sheet), "one of the files to be read"),
        (("--output", tmp_path / "no" / "o.ics"), "there is no folder"),
        (("--complete", "anticancer"), "did you mean anticancer_treatment"),
        (("--on", "soon"), "not one certain day"),
    ]
    for words, expected in cases:
        result = run("worklist", "nelmas", sheet, *ON, *words)
        assert result.exit_code == 2 and expected in result.stderr, (words, result.output)
        assert result.stdout == "" and "Traceback" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.csv"]


def test_a_folder_of_facts_gives_the_same(sheet: Path, tmp_path: Path) -> None:
    trial = equipoise.load_trial("nelmas")
    write_reading([equipoise.read(sheet, trial)], trial.vocabulary, tmp_path / "facts")
    assert data(tmp_path / "facts") == data(sheet)
