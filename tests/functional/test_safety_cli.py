"""equipoise safety: what a person types, and what comes of it."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.sheet import write_sheet

from equipoise import cli

SANDBOX = Path(__file__).parents[1] / "trials" / "sandbox"
ON = ("--on", "2026-06-01")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return write_sheet(tmp_path)


# ---------------------------------------------------------------- boundary
def test_the_boundary_is_printed_with_what_it_does_and_whose_it_is() -> None:
    result = run("safety", "boundary", "nelmas")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("NELMAS: stop for toxicity")
    text = " ".join(result.stdout.split())
    assert "Ours, not from NELMAS" in text and "Beta(0.5, 4.5)" in text
    assert "5 to 7 3 or more" in text and "49 to 53 10 or more" in text
    assert "10.0 % 11.4 %" in text, "the chance to stop at the acceptable rate"


def test_other_numbers_can_be_asked_and_are_told() -> None:
    result = run(
        "safety", "boundary", "nelmas", "--max-n", "20", "--p0", "0.2", "--cutoff", "0.9", "--prior", "1", "4",
        "--first", "4", "--every", "4", "--rate", "0.4",
    )  # fmt: skip
    text = " ".join(result.stdout.split())
    assert result.exit_code == 0, result.output
    assert "Asked with max-n 20, p0 0.2, cutoff 0.9, prior Beta(1, 4), first 4, every 4, otherwise than" in text
    assert "above 20 % is more than 0.9" in text and "40.0 %" in text and "30.0 %" not in text


def test_the_boundary_as_data_says_the_same() -> None:
    found = json.loads(run("safety", "boundary", "nelmas", "--method", "exact", "--format", "json").stdout)
    assert (found["rule"], found["method"], found["ours"], found["alpha"]) == ("toxicity", "exact", True, "0.10")
    assert found["looks"][0] == {"people": 5, "stop_at": 3}
    at_p0 = next(each for each in found["characteristics"] if each["rate"] == 0.1)
    assert 0.09 < at_p0["stops"] <= 0.1
    rows = list(
        csv.DictReader(io.StringIO(run("safety", "boundary", "nelmas", "--method", "exact", "--format", "csv").stdout))
    )
    assert next(row for row in rows if row["part"] == "look")["value"] == "3"
    stated = next(row for row in rows if row["at"] == "0.1" and row["measure"] == "stop")
    assert float(stated["value"]) == at_p0["stops"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nelmas", "--rule", "none"), 'NELMAS has no stopping rule "none": name one of toxicity.'),
        (("nelmas", "--p0", "1.5"), "--p0 is a share between 0 and 1, not 1.5"),
        (("nelmas", "--p0", "ten"), '"ten" is no number'),
        (("nelmas", "--first", "60"), "A boundary looks first after at least 1 person"),
        ((SANDBOX,), "BREATHE states no stopping rule"),
        (("nelmas", "--output", "x.html"), "This is no page"),
    ],
)
def test_what_cannot_be_asked_is_told_in_a_sentence(words: tuple[str | Path, ...], message: str) -> None:
    result = run("safety", "boundary", *words)
    assert result.exit_code == 2 and message in result.output and "Traceback" not in result.output


def test_a_shorter_trial_looks_at_least_at_its_end() -> None:
    assert run("safety", "boundary", "nelmas", "--max-n", "3").exit_code == 0


# ---------------------------------------------------------------- grades
def test_grades_are_printed_with_the_pinned_version(sheet: Path) -> None:
    result = run("safety", "grades", "nelmas", sheet, "--person", "P-003", *ON)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert 'By CTCAE 5.0, pinned in safety.toml (ctcae = "5.0")' in text
    assert "platelets 74 × 10⁹/L 28 May 2026 2" in text
    assert "0 or 1 the laboratory's lower limit of normal is not on record" in text


def test_grades_as_data(sheet: Path) -> None:
    found = json.loads(run("safety", "grades", "nelmas", sheet, "--person", "P-003", *ON, "--format", "json").stdout)
    assert (found["ctcae"], found["person"]) == ("5.0", "P-003")
    platelets = next(each for each in found["values"] if each["concept"] == "platelets")
    assert (platelets["grade"], platelets["low"], platelets["high"], platelets["version"]) == (2, 2, 2, "CTCAE 5.0")
    rows = list(
        csv.DictReader(
            io.StringIO(run("safety", "grades", "nelmas", sheet, "--person", "P-003", *ON, "--format", "csv").stdout)
        )
    )
    unknown = next(row for row in rows if row["concept"] == "creatinine")
    assert (unknown["grade"], unknown["low"], unknown["high"]) == ("", "0", "4")


def test_the_worst_counts_only_since_a_day_when_asked(sheet: Path, tmp_path: Path) -> None:
    output = tmp_path / "grades.txt"
    result = run(
        "safety", "grades", "nelmas", sheet, "--person", "P-003", *ON, "--since", "2026-05-30", "--output", output
    )
    assert result.exit_code == 0 and "The worst since 30 May 2026\n  None: every value is older." in output.read_text()


def test_several_people_need_a_name(sheet: Path) -> None:
    result = run("safety", "grades", "nelmas", sheet, *ON)
    assert result.exit_code == 2 and "name one with --person ID" in result.output
    assert "P-999" in run("safety", "grades", "nelmas", sheet, "--person", "P-999", *ON).output
