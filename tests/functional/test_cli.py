"""What a person types: the commands by their words, formats and exit codes."""

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.sheet import SCRIPT, write_sheet

import equipoise
from equipoise import cli
from equipoise.protocol.load import load_trial

ON = ("--on", "2026-06-01")
NELMAS = Path(equipoise.__file__).parent / "trials" / "nelmas"
SANDBOX = Path(__file__).parent.parent / "trials" / "sandbox"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return write_sheet(tmp_path)


def refused(result: Result) -> str:
    """The sentence of a refusal; it is one, on the error stream, without a traceback."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


ROOT = Path(__file__).resolve().parents[2]
# The commands of conduct, and where each is tried.
CONDUCT = {
    "ledger": "ledger_cli", "trial": "trial_cli", "randomisation": "randomisation_cli", "dose": "dose_cli",
    "activity": "dose_cli", "safety": "safety_cli", "flow": "flow_cli", "deviations": "flow_cli",
    "story": "story_cli", "rehearse": "rehearse", "report": "analysis_report_cli", "monitor": "monitor_cli",
    "design": "design_cli",
    "compare": "compare_cli", "simulate": "simulate_cli",
}  # fmt: skip


def test_every_command_is_tried() -> None:
    judging, recruiting = {"screen", "explain"}, {"funnel", "worklist", "accrual"}
    here = {*judging, *recruiting, "load", "show", "check", "template", "people"}
    elsewhere = {name: ROOT / f"tests/functional/test_{file}.py" for name, file in CONDUCT.items()}
    assert set(cli.main.commands) == here | elsewhere.keys()
    for name, file in elsewhere.items():
        assert f'"{name}"' in file.read_text(encoding="utf-8"), name


def test_help_names_what_a_path_is() -> None:
    for command in ([], *([name] for name in cli.main.commands)):
        result = run(*command, "--help")
        assert result.exit_code == 0 and "Usage:" in result.stdout
    assert "FHIR R4" in run("--help").stdout


# ---------------------------------------------------------------- screen
def test_the_table_counts_and_names_everybody(sheet: Path) -> None:
    result = run("screen", "nelmas", sheet, *ON)
    assert result.exit_code == 0, result.output
    assert "6 people screened on 1 June 2026" in result.stdout
    for words in ("Eligible (1)", "Not yet known (1)", "Not eligible (4)", "E8 Low haemoglobin"):
        assert words in result.stdout
    assert "\x1b" not in result.stdout


def test_no_column_of_the_table_is_wider_than_the_terminal(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = run("screen", "nelmas", sheet, *ON).stdout.splitlines()
        assert max(map(len, lines)) <= width


def test_a_width_that_is_no_number_is_passed_over(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "wide")
    assert run("screen", "nelmas", sheet).exit_code == 0


def test_an_identifier_stays_whole_to_be_copied(tmp_path: Path) -> None:
    identifier = "e4531916-b162-4f4b-90c2-ce37e132b8d4"
    (tmp_path / "a.csv").write_text(f"person,sex\n{identifier},male\n")
    assert identifier in run("screen", "nelmas", tmp_path / "a.csv").output


def test_json_is_one_object_a_line(sheet: Path) -> None:
    lines = run("screen", "nelmas", sheet, *ON, "--format", "json").stdout.splitlines()
    found: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert [each["person"] for each in found] == ["P-001", "P-002", "P-003", "P-004", SCRIPT, "P-006"]
    trial = load_trial("nelmas")
    for each in found:
        assert each["on"] == "2026-06-01" and each["protocol"] == trial.digest
        assert each["verdict"] in ("eligible", "ineligible", "undetermined")
        assert list(each["criteria"]) == list(trial.ids)
        assert {"candidate", "to_find", "to_ask", "assumptions", "warnings", "changes"} <= each.keys()
        for criterion in each["criteria"].values():
            assert {"truth", "reason", "because", "evidence"} <= criterion.keys()
    assert found[1]["criteria"]["E8"]["truth"] == "true"


def test_csv_has_one_row_a_person(sheet: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("screen", "nelmas", sheet, *ON, "--format", "csv").stdout)))
    assert len(rows) == 6
    assert rows[1]["verdict"] == "ineligible" and rows[1]["E8"] == "true"


def test_csv_gives_a_spreadsheet_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person,ecog\n=1+1,0\n")
    rows = list(csv.DictReader(io.StringIO(run("screen", "nelmas", path, *ON, "--format", "csv").stdout)))
    assert rows[0]["person"] == "'=1+1"


def test_the_ending_of_the_output_says_the_format(sheet: Path, tmp_path: Path) -> None:
    for name, start in (
        ("out.html", b"<!doctype html>"),
        ("out.json", b"{"),
        ("out.csv", b"person,"),
        ("out.txt", b"NELMAS"),
    ):
        result = run("screen", "nelmas", sheet, *ON, "--output", tmp_path / name)
        assert result.exit_code == 0 and result.stdout == ""
        assert (tmp_path / name).read_bytes().startswith(start)
    assert not list(tmp_path.glob(".*"))


def test_one_person_alone(sheet: Path) -> None:
    result = run("screen", "nelmas", sheet, *ON, "--person", "P-002", "--format", "json")
    assert len(result.stdout.splitlines()) == 1


def test_declared_complete_is_listed_as_an_assumption(sheet: Path) -> None:
    result = run(
        "screen", "nelmas", sheet, *ON, "--person", "P-001", "--complete", "anticancer_treatment", "--format", "json"
    )
    found = json.loads(result.stdout)
    assert found["criteria"]["E7"]["truth"] == "false"
    assert any("declared complete" in text for text in found["assumptions"])


def test_what_could_not_be_read_is_told_and_can_be_listed(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person,haemoglobin [g/dL],shoe_size\nA,12?3,41\nB,12.3,42\n")
    told = run("screen", "nelmas", path, *ON)
    assert told.exit_code == 0 and "shoe_size" in told.stdout
    listed = tmp_path / "unread.csv"
    data = run("screen", "nelmas", path, *ON, "--format", "json", "--unread", listed)
    assert "could not be read" in data.stderr
    rows = list(csv.DictReader(io.StringIO(listed.read_text())))
    assert {row["person"] for row in rows} == {"A", ""}


@pytest.mark.parametrize("day", ["2026-06-01", "1 June 2026", "1 Jun 2026", "01 june 2026", "1. June 2026"])
def test_a_day_as_people_write_it(sheet: Path, day: str) -> None:
    assert "on 1 June 2026" in run("screen", "nelmas", sheet, "--on", day).stdout


# ---------------------------------------------------------------- refusals
@pytest.mark.parametrize("day", ["2/3/2026", "2026-02-30", "June 2026", "yesterday", "2026-6-1"])
def test_a_day_that_is_not_certain_is_refused(sheet: Path, day: str) -> None:
    assert f'"{day}" is not one certain day' in refused(run("screen", "nelmas", sheet, "--on", day))


def test_a_wrong_word_after_complete_names_the_nearest(sheet: Path) -> None:
    sentence = refused(run("screen", "nelmas", sheet, *ON, "--complete", "anticancer_treatments"))
    assert "did you mean anticancer_treatment" in sentence


def test_refusals_name_what_to_do(sheet: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "nobody.csv").write_text("person,ecog\n")
    cases = [
        (("screen", "nelmas", tmp_path / "absent"), "is not there"),
        (("screen", "nelmas", tmp_path / "empty"), "holds no records"),
        (("screen", "nelmas", tmp_path / "notes.txt"), "person"),
        (("screen", "nelmas", tmp_path / "nobody.csv"), "There is no person"),
        (("screen", "nelma", sheet), 'There is no trial "nelma"'),
        (("screen", "nelmas", sheet, "--person", "X-9"), "X-9"),
        (("screen", "nelmas"), "Missing argument"),
        (("screen", "nelmas", sheet, "--format", "pdf"), "pdf"),
        (("screen", "nelmas", sheet, "--output", tmp_path), "is a folder"),
        (("screen", "nelmas", sheet, "--output", tmp_path / "no" / "r.csv"), "there is no folder"),
        (("screen", "nelmas", sheet, "--output", sheet), "one of the files to be read"),
        (("explain", "nelmas", sheet), "name one with --person"),
        (("check", tmp_path / "absent"), "There is no trial"),
    ]
    for words, expected in cases:
        assert expected in refused(run(*words)), words


def test_a_fault_leaves_the_file_that_was_there(sheet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "out.json"
    output.write_text("precious")

    def broken(*_: Any) -> Any:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(cli.records, "screen_person", broken)
    result = run("screen", "nelmas", sheet, *ON, "--output", output)
    assert result.exit_code == 1
    assert "fault of Equipoise" in result.stderr and "Traceback" not in result.stderr
    assert output.read_text() == "precious"
    assert not list(tmp_path.glob(".*"))


# ---------------------------------------------------------------- explain
def test_explain_gives_every_criterion_with_its_sentence(tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path, 2)
    text = " ".join(run("explain", "nelmas", sheet, "--person", "P-002", *ON).stdout.split())
    assert text.startswith("P-002 for NELMAS, on 1 June 2026 ✗ NOT ELIGIBLE E8 stands against it.")
    for criterion in load_trial("nelmas").criteria:
        assert " ".join(criterion.source.split()) in text
        assert criterion.title in text
    assert "Ask the person" in text and "Ask the investigator" in text


def test_explain_speaks_no_code(sheet: Path) -> None:
    trial = load_trial("nelmas")
    names = [name for name in trial.vocabulary if "_" in name]
    names += [field for concept in trial.vocabulary.values() for field in concept.fields if "_" in field]
    for person in ("P-001", "P-002", "P-003", "P-004"):
        text = run("explain", "nelmas", sheet, "--person", person, *ON).stdout
        assert [name for name in names if re.search(rf"\b{name}\b", text)] == []
        assert not re.search(r"\b2026-\d\d", text), "dates are as people write them"


def test_explain_needs_no_name_where_there_is_one_person(tmp_path: Path) -> None:
    result = run("explain", "nelmas", write_sheet(tmp_path, 1), *ON)
    assert result.exit_code == 0 and "Until when, if nothing new is learned" in result.stdout


def test_explain_tells_where_it_stands_when_asked(tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path, 1)
    assert "people.csv line 2" not in run("explain", "nelmas", sheet, *ON).stdout
    assert "people.csv line 2" in run("explain", "nelmas", sheet, *ON, "--sources").stdout


def test_explain_as_data_and_as_a_page(tmp_path: Path) -> None:
    sheet = write_sheet(tmp_path, 1)
    assert json.loads(run("explain", "nelmas", sheet, *ON, "--format", "json").stdout)["person"] == "P-001"
    assert "<h2" in run("explain", "nelmas", sheet, *ON, "--format", "html").stdout


# ---------------------------------------------------------------- show, check, template, people
def test_show_prints_the_record_in_its_own_order() -> None:
    text = " ".join(run("show", "nelmas").stdout.split())
    trial = load_trial("nelmas")
    parts = [
        trial.title, trial.condition, "About this trial", trial.about, "Eligibility Criteria", "Inclusion Criteria",
        *(c.source for c in trial.criteria if c.kind == "inclusion"), "Exclusion Criteria",
        *(c.source for c in trial.criteria if c.kind == "exclusion"),
        "Sites / Locations", "The record names none", "Arms of the Study", *(arm.description for arm in trial.arms),
        "How the criteria are read",
    ]  # fmt: skip
    at = 0
    for part in parts:
        found = text.find(" ".join(part.split()), at)
        assert found >= 0, part
        at = found
    assert text.count("not from NELMAS") > 5


def test_check_says_that_a_shipped_trial_holds_together() -> None:
    result = run("check", "nelmas")
    assert result.exit_code == 0, result.stderr
    assert "25 criteria" in result.stdout and load_trial("nelmas").digest in result.stdout


def test_check_reports_every_fault_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(NELMAS, folder)
    criteria = folder / "criteria.toml"
    criteria.write_text(criteria.read_text().replace("ecog <= 1", "ecgo <= 1").replace('"creatinine >', '"creatinin >'))
    codes = folder / "codes.toml"
    codes.write_text(codes.read_text() + '\n[concept.hair_colour]\nobservation = {"loinc|1" = "nowhere"}\n')
    result = run("check", folder)
    assert result.exit_code == 2
    assert re.search(r"criteria\.toml:\d+:\d+: .*ecgo", result.stderr)
    assert re.search(r"criteria\.toml:\d+:\d+: .*creatinin", result.stderr)
    assert re.search(r"codes\.toml:\d+:\d+: .*hair_colour", result.stderr)
    assert "^^^^" in result.stderr and "3 faults" in result.stderr


def test_check_runs_the_worked_cases(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(NELMAS, folder)
    shutil.rmtree(folder / "cases")
    (folder / "cases").mkdir()
    (folder / "cases" / "e8.toml").write_text(
        'criterion = "E8"\non = 2026-06-01\n\n[[case]]\ntitle = "low"\n'
        'facts = [\n  { haemoglobin = "7.0 g/dL", on = 2026-05-20 },\n]\ntruth = "false"\n'
    )
    result = run("check", folder)
    assert result.exit_code == 2
    assert re.search(r"cases/e8\.toml:4: low: E8: expected false but it is true", result.stderr)


def test_another_trial_needs_no_line_of_python(tmp_path: Path) -> None:
    assert run("check", SANDBOX).exit_code == 0
    assert run("show", SANDBOX).exit_code == 0


def test_template_writes_a_sheet_and_never_overwrites(tmp_path: Path) -> None:
    for name in ("sheet.xlsx", "sheet.csv"):
        assert run("template", "nelmas", "--output", tmp_path / name).exit_code == 0
        assert (tmp_path / name).stat().st_size > 500
        assert "already there" in refused(run("template", "nelmas", "--output", tmp_path / name))
    assert "sheet.pdf" in refused(run("template", "nelmas", "--output", tmp_path / "sheet.pdf"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.csv", "sheet.xlsx"]


def test_people_are_drawn_screened_and_called_synthetic(tmp_path: Path) -> None:
    folder = tmp_path / "people"
    drawn = run("people", "nelmas", "--count", "12", "--seed", "3", *ON, "--output", folder)
    assert drawn.exit_code == 0, drawn.output
    screened = run("screen", "nelmas", folder, *ON)
    assert "12 people screened" in screened.stdout and "Synthetic data" in screened.stdout


def test_a_folder_of_both_kinds_is_read_as_one(tmp_path: Path) -> None:
    run("people", "nelmas", "--count", "2", "--seed", "3", *ON, "--output", tmp_path / "all" / "fhir")
    (tmp_path / "all").mkdir(exist_ok=True)
    run("people", "nelmas", "--count", "2", "--seed", "3", *ON, "--output", tmp_path / "all" / "fhir")
    (tmp_path / "all" / "more.csv").write_text("person,ecog,ecog.date\nSYN-0001,3,2026-05-31\nnew-1,0,2026-05-31\n")
    (tmp_path / "all" / "prices.csv").write_text("what,price\napple,1\n")
    result = run("screen", "nelmas", tmp_path / "all", *ON, "--format", "json")
    found = {each["person"]: each for each in map(json.loads, result.stdout.splitlines())}
    assert set(found) == {"SYN-0001", "SYN-0002", "new-1"}
    assert found["SYN-0001"]["criteria"]["I3"]["truth"] == "false", "the sheet's ECOG is the newest"
