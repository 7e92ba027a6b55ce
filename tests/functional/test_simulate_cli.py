"""equipoise simulate: the whole trial many times, with its assumptions, as text, data and pictures."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from equipoise.cli import main

FEW = ("simulate", "nelmas", "--trials", "200", "--seed", "3")
MARK = "these people do not exist, and nothing here is a result of NELMAS"
FIGURES = {"power.svg", "type-i-error.svg", "bias.svg", "coverage.svg", "events.svg", "duration.svg"}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def data(*words: str) -> dict:
    result = run(*FEW, "--format", "json", *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_text_tells_what_the_design_does_and_what_it_rests_on() -> None:
    result = run(*FEW)
    assert result.exit_code == 0, result.output
    for words in (
        "NELMAS: 200 simulated trials a scenario", MARK, "two-sided 5 %", "0.592", "type I", "as it went",
        "bias of log HR", "calendar month of the analysis", "ours, not from NELMAS", "not verified", "Saxena", "Seed 3",
        "Monte Carlo standard error",
    ):  # fmt: skip
        assert words in " ".join(result.stdout.split()), words
    assert "nan" not in result.stdout and "Free of disease at 36" not in result.stdout
    assert "1,000 trials in" in result.stderr and "compiled code was ready after" in result.stderr


def test_the_same_seed_gives_the_same_answer_on_any_number_of_cores() -> None:
    one, two = (run(*FEW, "--format", "json", "--cores", cores).stdout for cores in ("1", "2"))
    assert one == two
    assert run(*FEW, "--format", "json", "--seed", "4").stdout != one


def test_json_holds_every_number_with_its_error_and_the_assumptions() -> None:
    found = data("--analyses", "logrank,cox,km,rmst")
    assert MARK in found["what"] and (found["trials"], found["seed"], found["at_months"]) == (200, 3, 36)
    assert [each["hazard_ratio"] for each in found["scenarios"]] == [0.45, 0.592, 0.75, 1.0, 0.45]
    first = found["scenarios"][0]
    assert [test["id"] for test in first["tests"]] == [
        "logrank", "cox", "km", "km-log-log", "km-arcsine", "km-welch", "km-score", "rmst", "rmst-welch",
    ]  # fmt: skip
    for test in first["tests"]:
        assert 0 < test["rejects"]["is"] < 1 and 0 < test["rejects"]["se"] < 0.05
        assert test["rejects"]["low"] < test["rejects"]["is"] < test["rejects"]["high"]
    assert all(each["origin"] for each in found["assumptions"])


def test_csv_has_one_row_a_scenario_and_test_and_says_that_it_is_simulated() -> None:
    rows = list(csv.DictReader(io.StringIO(run(*FEW, "--format", "csv").stdout)))
    assert len(rows) == 5 * 2 and {row["test"] for row in rows} == {"logrank", "cox"}
    assert all(MARK in row["what"] for row in rows)
    assert [row["null"] for row in rows].count("true") == 2


def test_lists_make_a_grid_over_ratio_control_rate_accrual_and_loss() -> None:
    found = data("--hr", "0.5,1", "--control-rate", "0.25,0.30-0.55", "--accrual", "24,60", "--loss", "0,0.1")
    assert len(found["scenarios"]) == 16
    assert found["scenarios"][1]["settings"] == {
        "HR": "0.5", "control": "0.25", "accrual": "24", "yearly loss": "0.1",
    }  # fmt: skip
    origins = {each["label"]: each["origin"] for each in found["assumptions"]}
    assert origins["hazard ratio of recurrence"] == origins["lost to follow-up"] == "stated in this command"


def test_other_values_are_stated_once_and_told() -> None:
    found = data(
        "--hr", "0.6", "--people", "60", "--delay", "4", "--cure", "0.1", "--no-scans", "--no-strata", "--shape",
        "spolverato", "--sides", "1", "--alpha", "0.1", "--events", "20", "--each", "0", "--refusing", "0",
    )  # fmt: skip
    assert (found["sides"], found["alpha"]) == (1, 0.1)
    assert found["scenarios"][0]["events"]["high"] == 20
    told = {each["label"]: each for each in found["assumptions"]}
    assert told["scans at"]["value"] == "none" and told["people wanted"]["value"] == "60"
    assert "grade" not in told and told["its rates"]["value"].startswith("0.28 a year until year 1")
    assert run(*FEW, "--hr", "0.6", "--cut", "50", "--follow-up", "12").exit_code == 0


def test_near_zero_accrual_shows_nothing_and_says_why() -> None:
    slow = data("--accrual", "1537", "--hr", "0.45")["scenarios"][0]
    assert slow["people"] < 6 and slow["too_few_people"]["is"] == 1
    assert slow["tests"][0]["rejects"]["is"] < 0.1


def test_pictures_stand_alone_and_say_that_they_are_simulated(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    result = run(*FEW, "--analyses", "logrank,cox,km,rmst", "--figures", folder)
    assert result.exit_code == 0, result.output
    assert {path.name for path in folder.iterdir()} == FIGURES
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        ElementTree.fromstring(text)
        assert MARK in text and "nan" not in text, path.name
        assert "http" not in text.replace("http://www.w3.org/2000/svg", ""), path.name
        assert "<style>" in text and "<title" in text and "<desc" in text


def test_without_a_null_scenario_there_is_no_picture_of_type_i_error(tmp_path: Path) -> None:
    run(*FEW, "--hr", "0.5", "--analyses", "rmst", "--figures", tmp_path / "figures")
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {"power.svg", "events.svg", "duration.svg"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--hr", "0.5,x"), "is not a list of numbers with commas"),
        (("--hr", "0"), "The hazard ratio is from 0.001 to 1,000"),
        (("--control-rate", "1.2"), "a share above 0 and below 1"),
        (("--control-rate", "0.5-0.3"), "a share above 0 and below 1"),
        (("--control-rate", "0.05", "--cure", "0.2"), "cannot be: with these deaths and this cured share"),
        (("--people", "1"), "The number of people is from 2 to 5,000"),
        (("--analyses", "logrank,anova"), '"anova" is not an analysis'),
        (("--shape", "weibull"), '"weibull" is not one of saxena, spolverato, constant'),
        (("--alpha", "0.7"), "The level is above 0 and below 0.5"),
        (("--loss", "-1"), "The yearly loss is a rate a year"),
        (("--events", "500"), "The number of events is from 0 to the number of people"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(words: tuple[str, ...], says: str) -> None:
    result = run(*FEW, *words)
    assert result.exit_code == 2 and says in " ".join(result.stderr.split()) and result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_folder_that_holds_something_is_refused_before_anything_is_simulated(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = run(*FEW, "--figures", tmp_path)
    assert result.exit_code == 2 and "not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_interrupted_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("equipoise.simulation.study_grid.simulated", interrupted)
    result = run(*FEW, "--figures", tmp_path / "figures", "--output", tmp_path / "study.json")
    assert result.exit_code != 0 and list(tmp_path.iterdir()) == []


def test_the_ending_of_the_output_says_the_format(tmp_path: Path) -> None:
    for name, start in (("study.json", b"{"), ("study.csv", b"scenario,"), ("study.txt", b"NELMAS")):
        assert run(*FEW, "--hr", "0.5", "--output", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_bytes().startswith(start)


def test_figures_and_numbers_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    figures = tmp_path / "figures"
    for output in (figures, figures / "study.json", tmp_path / "no" / "study.json"):
        result = run(*FEW, "--figures", figures, "--output", output)
        assert result.exit_code == 2 and not list(tmp_path.iterdir()), result.output


def test_a_number_stated_twice_is_one_row_and_an_exponent_is_no_range() -> None:
    rows = run(*FEW, "--format", "csv", "--hr", "1,1.0", "--control-rate", "3e-1,0.3").stdout
    again = run(*FEW, "--format", "csv", "--hr", "1", "--control-rate", "0.3").stdout
    assert rows == again and rows
