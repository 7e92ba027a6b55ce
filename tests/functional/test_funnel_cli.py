"""equipoise funnel: what a person types, and what comes of it."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from tests.sheet import write_sheet

import equipoise
from equipoise import cli
from equipoise.exchange.lake import write_reading
from equipoise.protocol.load import load_trial

ON = ("--on", "2026-06-01")
SWEEP = ("--sweep", "E8 from 7.0 to 9.0 by 0.5")
TRIAL = load_trial("nelmas")


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
    result = run("funnel", "nelmas", *words, *ON, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_table_says_who_is_lost_where(sheet: Path) -> None:
    result = run("funnel", "nelmas", sheet, *ON)
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.startswith("NELMAS: the funnel of 6 people on 1 June 2026")
    for words in (
        "One criterion after the other", "What each criterion costs", "For want of what: 1 person not yet known",
        "By month of resection of liver metastases", "2026-05", "Low haemoglobin",
    ):  # fmt: skip
        assert words in text
    assert "Synthetic" not in text and "\x1b" not in text


def test_no_line_is_wider_than_the_terminal(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        result = run("funnel", "nelmas", sheet, *ON, *SWEEP, "--move", "I8 window to 16 weeks")
        assert max(map(len, result.stdout.splitlines())) <= width


def test_what_is_made_up_says_so_everywhere(people: Path, tmp_path: Path) -> None:
    assert "Synthetic data" in run("funnel", "nelmas", people, *ON).stdout
    assert data(people)["synthetic"] is True
    figure = tmp_path / "f.svg"
    rows = run("funnel", "nelmas", people, *ON, "--format", "csv", "--figure", figure).stdout
    assert "about,NELMAS,,synthetic,true" in rows.splitlines()
    assert figure.read_text().count("Synthetic data") == 2, "to see, and to be read aloud"


def test_the_data_agree_with_the_screening(people: Path) -> None:
    lines = run("screen", "nelmas", people, *ON, "--format", "json").stdout.splitlines()
    verdicts = [json.loads(line)["verdict"] for line in lines]
    found = data(people)
    assert found["people"] == len(verdicts) == 25
    for name in ("eligible", "undetermined", "ineligible"):
        assert found[name] == verdicts.count(name)
    assert [each["id"] for each in found["criteria"]] == list(TRIAL.ids)
    assert found["criteria"][-1]["kept"] == found["eligible"]
    assert found["criteria"][-1]["open"] == found["undetermined"]
    assert sum(each["lost"] for each in found["criteria"]) == found["ineligible"]
    assert sum(month["people"] for month in found["months"]) == 25 and found["moment"] == "liver_resection"
    assert found["protocol"] == TRIAL.digest and found["on"] == "2026-06-01"


def test_the_shape_of_the_data(people: Path) -> None:
    found = data(people, *SWEEP, "--move", "E8: haemoglobin < 7.5 g/dL", "--complete", "anticancer_treatment")
    assert found["complete"] == ["anticancer_treatment"]
    (move,), (sweep,) = found["moves"], found["sweeps"]
    assert move["criterion"] == "E8" and move["rule"] == "haemoglobin is below 7.5 g/dL"
    assert move["changes"] == [
        {"number": "limit of haemoglobin", "was": ["5.0 mmol/L", "8.0 g/dL"], "is": ["7.5 g/dL"]}
    ]
    assert [point["amount"] for point in sweep["points"]] == ["7.0", "7.5", "8.0", "8.5", "9.0"]
    assert (sweep["unit"], sweep["own"]) == ("g/dL", "8.0")
    now = {key: move[key] for key in ("people", "eligible", "undetermined", "ineligible")}
    assert now.items() <= sweep["points"][1].items()
    assert move["eligible"] - move["more_eligible"] == found["eligible"]
    months = {(row["site"], row["month"]) for row in found["site_months"]}
    assert months == set() or {month for _, month in months} == {row["month"] for row in found["months"]}


def test_csv_has_one_number_a_row(people: Path) -> None:
    text = run("funnel", "nelmas", people, *ON, "--format", "csv", *SWEEP).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    found = data(people, *SWEEP)
    assert {row["part"] for row in rows} >= {"about", "all", "criteria", "pairs", "wanted", "months", "sweeps"}
    numbers = {(row["part"], row["item"], row["beside"], row["measure"]): row["value"] for row in rows}
    assert len(numbers) == len(rows)
    assert numbers["all", "", "", "eligible"] == str(found["eligible"])
    assert numbers["criteria", "E8", "", "alone"] == str(found["criteria"][15]["alone"])
    assert numbers["sweeps", "E8", "7.5 g/dL", "eligible"] == str(found["sweeps"][0]["points"][1]["eligible"])


def test_by_another_month_or_site(tmp_path: Path) -> None:
    found = data(write_sheet(tmp_path), "--by-month", "pathology")
    assert found["moment"] == "pathology"
    assert {row["month"]: row["people"] for row in found["months"]} == {"": 1, "2026-04": 2, "2026-05": 3}


def test_the_figure_is_one_file_that_needs_nothing_else(people: Path, tmp_path: Path) -> None:
    figure = tmp_path / "funnel.svg"
    result = run("funnel", "nelmas", people, *ON, *SWEEP, "--sweep", "I8 window 8 to 12 weeks", "--figure", figure)
    assert result.exit_code == 0 and f"Written: {figure}" in result.stderr
    text = figure.read_text()
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg" and root.get("role") == "img"
    for foreign in ("<script", "<image", "href", "url(", "@import", "http://", "https://"):
        assert foreign not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    titles = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}title")]
    found = data(people, *SWEEP)
    for each in found["criteria"]:
        assert not each["lost"] or f"{each['id']}: {each['lost']:,} lost here first" in titles
    for point in found["sweeps"][0]["points"]:
        assert f"{point['amount']} g/dL: {point['eligible']:,} eligible" in titles
    assert len(list(root.iter("{http://www.w3.org/2000/svg}polyline"))) == 4
    bars = [each for each in root.iter("{http://www.w3.org/2000/svg}rect") if each.get("class") == "lost"]
    assert len(bars) == 1 + sum(each["lost"] > 0 for each in found["criteria"])


def test_the_ending_of_the_output_says_the_format(sheet: Path, tmp_path: Path) -> None:
    for name, start in (("o.json", b"{"), ("o.csv", b"part,item"), ("o.txt", b"NELMAS: the funnel")):
        result = run("funnel", "nelmas", sheet, *ON, "--output", tmp_path / name)
        assert result.exit_code == 0 and result.stdout == ""
        assert (tmp_path / name).read_bytes().startswith(start)


def test_another_trial_needs_no_line_of_python(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person,birth_date,potassium [mmol/L]\nA,1980-01-01,3.9\nB,1940-01-01,3.9\n")
    sandbox = Path(__file__).parent.parent / "trials" / "sandbox"
    result = run("funnel", sandbox, tmp_path / "people.csv", *ON, "--sweep", "I1 #2 70 to 90 by 10", "--format", "json")
    found = json.loads(result.stdout)
    assert found["months"] == [] and found["moment"] is None
    assert [point["undetermined"] for point in found["sweeps"][0]["points"]] == [1, 1, 2]


def test_refusals_name_what_to_do(sheet: Path, tmp_path: Path) -> None:
    cases = [
        (("--move", "E8 to 7.5 stone"), '"stone" is not a unit of haemoglobin'),
        (("--sweep", "E8 from 7 to 9"), "does not say its steps"),
        (("--by-month", "liver_resections"), "write liver_resection"),
        (("--format", "svg"), "svg"),
        (("--output", tmp_path / "o.html"), "The funnel is no page"),
        (("--figure", tmp_path / "o.png"), "name it with the ending .svg"),
        (("--figure", tmp_path / "o.svg", "--output", tmp_path / "o.svg"), "two files"),
        (("--figure", tmp_path / "no" / "o.svg"), "there is no folder"),
        (("--output", sheet), "one of the files to be read"),
        (("--complete", "anticancer"), "did you mean anticancer_treatment"),
    ]
    for words, expected in cases:
        result = run("funnel", "nelmas", sheet, *ON, *words)
        assert result.exit_code == 2 and expected in result.stderr, (words, result.output)
        assert result.stdout == "" and "Traceback" not in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people.csv"]


def test_a_folder_of_facts_gives_the_same(sheet: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    write_reading([equipoise.read(sheet, TRIAL)], TRIAL.vocabulary, facts)
    assert data(facts, "--move", "E8 to 7.5") == data(sheet, "--move", "E8 to 7.5")
    for words, expected in (
        ((facts, sheet), "is a folder of facts: name it alone"),
        ((sheet, facts), "is a folder of facts: name it alone"),
    ):
        result = run("funnel", "nelmas", *words, *ON)
        assert result.exit_code == 2 and expected in result.stderr


def test_facts_that_were_loaded_for_other_concepts_are_refused(sheet: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    write_reading([equipoise.read(sheet, TRIAL)], TRIAL.vocabulary, facts)
    sandbox = Path(__file__).parent.parent / "trials" / "sandbox"
    for command in ("funnel", "worklist"):
        result = run(command, sandbox, facts, *ON)
        assert result.exit_code == 2 and "was loaded with other concepts than those of BREATHE" in result.stderr
