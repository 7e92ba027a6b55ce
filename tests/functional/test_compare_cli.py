"""equipoise compare: the comparison of a file as table, JSON and CSV; columns guessed and said so; faults by line."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from equipoise import cli
from equipoise.analysis.cox import cox
from equipoise.analysis.followed import two_arms
from equipoise.analysis.kaplan_meier import kaplan_meier
from equipoise.analysis.logrank import log_rank

TIME = [5, 9, 12, 14, 16, 20, 8, 18, 22, 26, 30, 33]
EVENT = [1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0]
ARM = ["control"] * 6 + ["treated"] * 6
GRADE = ["G1", "G2"] * 6
PEOPLE = two_arms(TIME, EVENT, [0] * 6 + [1] * 6, stratum=GRADE)


def file_of(folder: Path, heads: str = "months,status,arm,grade", separator: str = ",") -> Path:
    path = folder / "trial.csv"
    rows = [heads, *(",".join(map(str, row)) for row in zip(TIME, EVENT, ARM, GRADE, strict=True))]
    path.write_text("\n".join(rows).replace(",", separator) + "\n", encoding="utf-8")
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["compare", *(str(word) for word in words)])


def refused(*words: str | Path) -> str:
    result = run(*words)
    assert result.exit_code == 2 and result.stdout == "" and "Traceback" not in result.stderr
    return result.stderr


# ---------------------------------------------------------------- what comes out
def test_the_table_holds_the_whole_comparison(tmp_path: Path) -> None:
    result = run(file_of(tmp_path), "--at", "12", "--unit", "months")
    assert result.exit_code == 0, result.output
    told = " ".join(result.stdout.split())
    for words in (
        "trial.csv: treated against control", "12 people with 8 events.", "Kaplan-Meier (months)", "at 12",
        " ".join(log_rank(PEOPLE.unstratified()).sentence.split()), "Hazard ratio", "Proportional hazards",
        "At 12 the probability of no event", "Restricted mean",
    ):  # fmt: skip
        assert words in told, words


def test_strata_are_used_and_told(tmp_path: Path) -> None:
    told = " ".join(run(file_of(tmp_path), "--strata", "grade").stdout.split())
    assert "in 2 strata" in told and log_rank(PEOPLE).sentence in told and cox(PEOPLE).sentence in told
    assert "No time was named: --at 36" in told


def test_json_holds_every_number(tmp_path: Path) -> None:
    output = tmp_path / "result.json"
    result = run(file_of(tmp_path), "--strata", "grade", "--at", "12", "--output", output)
    assert result.exit_code == 0 and "Written:" in result.stderr
    found = json.loads(output.read_bytes())
    assert found["arms"] == {"control": "control", "experimental": "treated"} and found["strata"] == ["G1", "G2"]
    assert found["people"] == [6, 6] and found["events"] == [5, 3]
    assert found["stratified"]["cox"]["hazard_ratio"] == pytest.approx(cox(PEOPLE).hr)
    assert found["stratified"]["log_rank"]["test"]["chi_square"] == pytest.approx(log_rank(PEOPLE).test.chi_square)  # pyright: ignore
    assert found["cox"]["ties"] == "Efron" and len(found["fixed_time"]) == 1
    assert found["kaplan_meier"][0]["median"]["time"] == kaplan_meier(PEOPLE.arm(0)).median.time
    assert found["restricted_mean"]["horizon"] == 20


def test_csv_has_one_row_for_each_number(tmp_path: Path) -> None:
    result = run(file_of(tmp_path), "--at", "12", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    named = {row["analysis"]: row for row in rows}
    assert float(named["hazard_ratio"]["estimate"]) == pytest.approx(cox(PEOPLE.unstratified()).hr)
    assert {"median", "kaplan_meier", "log_rank", "fixed_time_difference", "restricted_mean_difference"} <= named.keys()
    assert "hazard_ratio_stratified" not in named and "nan" not in result.stdout


def test_an_infinite_ratio_is_null_and_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,event,arm\n1,1,1\n2,1,1\n3,0,0\n4,0,0\n5,0,1\n")
    found = json.loads(run(path, "--format", "json").stdout)
    assert found["cox"]["state"] == "monotone" and found["cox"]["high"] is None
    assert "infinite" in run(path).stdout


def test_nobody_with_an_event_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,event,arm\n1,0,1\n2,0,1\n3,0,0\n4,0,0\n")
    result = run(path)
    assert result.exit_code == 0 and "no event was seen" in result.stdout and "nan" not in result.stdout


# ---------------------------------------------------------------- columns
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_read(tmp_path: Path, separator: str) -> None:
    assert "12 people" in run(file_of(tmp_path, separator=separator)).stdout


def test_the_heads_of_cdisc_are_known(tmp_path: Path) -> None:
    path = tmp_path / "adtte.csv"
    rows = [f"{time},{1 - event},{arm}" for time, event, arm in zip(TIME, EVENT, ARM, strict=True)]
    path.write_text("\n".join(["AVAL,CNSR,TRT01P", *rows]))
    result = run(path)
    assert '"CNSR" is read as CDISC means it: 0 is the event' in result.stdout and "8 events" in result.stdout


def test_a_column_that_is_guessed_among_several_is_told(tmp_path: Path) -> None:
    path = file_of(tmp_path, "time,event,arm,group")
    assert '"arm" is taken as the arm, not group (--arm names another).' in run(path).stdout


def test_strata_that_are_guessed_are_told(tmp_path: Path) -> None:
    result = run(file_of(tmp_path, "time,event,arm,stratum"))
    assert '"stratum" is taken as the strata' in result.stdout and "2 strata" in result.stdout


def test_an_arm_that_is_guessed_is_told_and_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(file_of(tmp_path).read_text().replace("control", "A").replace("treated", "B"))
    assert '"B" is taken as the experimental arm' in run(path).stdout
    assert "a.csv: A against B" in run(path, "--experimental", "A").stdout


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = file_of(tmp_path, "followed,state,given,grade")
    assert "no column says how long each person was followed: name it with --time" in refused(path)
    result = run(path, "--time", "followed", "--event", "state", "--arm", "Given", "--strata", "grade")
    assert result.exit_code == 0 and "2 strata" in result.stdout
    assert 'no column is called "x" (--time); there are followed, state' in refused(path, "--time", "x")


def test_the_value_that_means_the_event_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,status,arm\n1,2,1\n2,1,1\n3,2,0\n4,1,0\n")
    assert "which status means the event? Name it with --event-is; there are 1, 2" in refused(path)
    assert "4 people with 2 events" in run(path, "--event-is", "2").stdout
    assert 'no status is "3" (--event-is); there are 1, 2' in refused(path, "--event-is", "3")


def test_a_delayed_entry_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,event,arm,entry\n10,1,1,2\n12,1,1,0\n13,1,0,3\n14,0,0,1\n")
    assert '"entry" is taken as the entry' in run(path).stdout
    path.write_text("time,event,arm,entry\n10,1,1,12\n12,1,1,-1\n13,1,0,3\n14,0,0,1\n")
    told = refused(path)
    assert "a.csv:2: the entry 12 is not before the end of the time, 10" in told
    assert "a.csv:3: the entry -1 is below 0" in told


# ---------------------------------------------------------------- what cannot be used
def test_every_bad_line_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('time,event,arm\n5,1,a\n-3,1,a\nnine,0,b\n"1\n2",1,b\nnan,1,b\n4,,b\n')
    told = refused(path)
    for words in (
        "a.csv:3: the time -3 is below 0", 'a.csv:4: time is "nine"', "a.csv:6: time is", "a.csv:7: no time",
        "a.csv:8: no event",
    ):  # fmt: skip
        assert words in told, told


def test_many_bad_lines_are_told_in_part(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,event,arm\n" + "x,1,a\n" * 20 + "y,1,b\n" * 20)
    told = refused(path)
    assert "and 20 more lines like these" in told and len(told.splitlines()) == 21


def test_incomplete_rows_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time,event,arm\n1,1,1\nNA,1,1\n3,1,0\n4,0,0\n5,,1\n")
    result = run(path, "--skip-incomplete")
    assert "Left out, since a value is missing: 2 of 5 people (line 3, 6)." in result.stdout
    path.write_text("time,event,arm\n1,,1\n")
    assert "no row has all of the values" in refused(path, "--skip-incomplete")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("time,event,arm\n", "holds no comparison"),
        ("", "holds no comparison"),
        ("time,event\n1,1\n", "holds no comparison"),
        ("time,event,arm\n1,1,a\n2,1,a\n", "arm has only a: a comparison needs people in two arms"),
        ("time,event,arm\n1,1,a\n2,1,b\n3,1,c\n", "arm has 3 values (a, b, c)"),
        ("time,event,arm\n1,maybe,a\n2,1,b\n", "which event means the event? Name it with --event-is"),
    ],
)
def test_what_is_no_comparison_is_refused(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(content)
    assert told in refused(path)


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in refused(tmp_path / "a.csv")


def test_times_and_formats_that_cannot_be_are_refused(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    assert "A time to look at is a number above 0" in refused(path, "--at", "-1")
    assert "Nobody in arm 1 was followed up to 90: choose an earlier time." in refused(path, "--at", "90")
    assert "The comparison is no page" in refused(path, "--output", tmp_path / "a.html")
    assert "is one of the files to be read" in refused(path, "--output", path)
    assert "level lies between 0 and 1" in refused(path, "--level", "95")
    assert 'no arm is "x" (--experimental): control or treated' in refused(path, "--experimental", "x")


# ---------------------------------------------------------------- odd files
@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("12,5,1,A\n13,0,B\n", "2: 4 values under 3 heads"),
        ("1e300,1,A\n13,0,B\n", "2: time is 1e+300"),
        ('"1,1,A\n' + "1,1,A\n" * 30000, "is a quotation mark left open?"),
    ],
)
def test_an_odd_file_is_told_by_its_line(tmp_path: Path, rows: str, told: str) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("time,event,arm\n" + rows, encoding="utf-8")
    assert told in refused(path)


def test_the_ends_of_a_median_are_times_not_shares(tmp_path: Path) -> None:
    path = tmp_path / "early.csv"
    path.write_text("time,event,arm\n1,1,A\n2,1,A\n3,1,A\n4,1,B\n5,1,B\n6,1,B\n", encoding="utf-8")
    assert "2 (1 to ·)" in run(path).stdout
