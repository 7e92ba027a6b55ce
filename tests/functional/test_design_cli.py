"""equipoise design as a person types it: what NELMAS published, a design of one's own, looks, data, faults."""

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import equipoise
from equipoise import cli

NELMAS = Path(equipoise.__file__).parent / "trials" / "nelmas"
SANDBOX = Path(__file__).parent.parent / "trials" / "sandbox"
OWN = ("--hr", "0.6", "--control-rate", "0.3", "--at", "24", "--alpha", "0.05", "--sides", "2", "--power", "0.9",
       "--method", "freedman", "--accrual", "24", "--followup", "24")  # fmt: skip


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["design", *(str(word) for word in words)])


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and "Traceback" not in result.stderr
    return result.stderr.strip()


def found(*words: str | Path) -> dict[str, Any]:
    result = run(*words, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def told() -> str:
    result = run("nelmas")
    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= 100
    return " ".join(result.stdout.split())


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return found("nelmas")


# ---------------------------------------------------------------- what NELMAS published
def test_the_ratio_and_the_mislabelled_rate(told: str) -> None:
    assert "44 % against 25 % at 36 months is a hazard ratio of 0.592" in told
    assert (
        "The published 0.27 is not that ratio. It is the experimental arm's hazard rate a year: -ln 0.44 / 3 = 0.274."
        in told
    )
    assert "That it was mislabelled is our inference from the arithmetic; no source says so." in told
    assert "a hazard ratio of 0.27 would need about 46 people for a power of 0.90" in told


def test_what_was_never_published_is_said_plainly(told: str, data: dict[str, Any]) -> None:
    assert "What NELMAS never published" in told
    said = " ".join(data["published"]["never_published"])
    assert all(word in said for word in ("alpha", "power", "method", "lost", "accrual"))


def test_the_sizes_are_reproduced_and_not_identified(told: str, data: dict[str, Any]) -> None:
    assert "Many combinations do, and none is identified." in told
    settings = data["published"]["settings_that_give_it"]
    assert {size: len(given) for size, given in settings["giving"].items()} == {"90": 7, "106": 17}
    assert [each["before_rounding"] for each in settings["candidates"]] == pytest.approx(
        [104.92, 89.65, 105.47], abs=0.01
    )
    assert settings["whose"] == "ours, not from NELMAS"


def test_the_power_of_106(told: str, data: dict[str, Any]) -> None:
    assert "106 people have a power of 0.59 for the published shares." in told
    table = {
        (row["people"], row["control"]): row["power_by_hazard_ratio"] for row in data["published"]["powers"]["table"]
    }
    assert table[106, 0.3]["0.27"] == pytest.approx(0.997, abs=5e-4)
    assert table[90, 0.44]["0.6"] == pytest.approx(0.386, abs=5e-4)


def test_whatever_is_ours_says_so_and_nothing_is_a_result(told: str, data: dict[str, Any]) -> None:
    assert "not a result of the trial" in told and told.count("ours, not from NELMAS") >= 6
    origins = {each["label"]: each["origin"] for each in data["premises"]}
    for label in ("alpha, of all sides", "sides of the test", "power wanted", "formula", "accrual"):
        assert origins[label] == "ours, not from NELMAS"
    assert origins["at"] == "ASCO abstract TPS4225" and "not a result" in data["what"]


def test_a_number_in_the_folder_is_the_number_that_is_told(tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(NELMAS, own)
    text = (own / "design.toml").read_text()
    (own / "design.toml").write_text(text.replace("experimental = { is = 0.44", "experimental = { is = 0.50"))
    result = run(own)
    assert "a hazard ratio of 0.500" in result.stdout and "hazard rate a year" not in result.stdout


# ---------------------------------------------------------------- a design of one's own
def test_people_for_a_power() -> None:
    design = found("nelmas", *OWN)
    assert design["published"] is None and design["design"]["people"] == 242
    by = {each["method"]: each["people"] for each in design["design"]["sizes"]}
    events = {each["method"]: each["events"] for each in design["design"]["sizes"]}
    assert events["freedman"] == pytest.approx((1.959964 + 1.281552) ** 2 * (1.6 / 0.4) ** 2, rel=1e-6)
    assert by["freedman"] == pytest.approx(design["design"]["people_for_wanted_power"])
    assert design["design"]["power"] >= 0.9
    assert {each["origin"] for each in design["premises"] if each["label"] != "lost to follow-up in a year"} == {
        "stated in this command"
    }


def test_an_experimental_share_in_place_of_a_ratio() -> None:
    asked = ("--at", "36", "--control-rate", "0.25", "--experimental-rate", "0.44")
    assert found("nelmas", *asked)["design"]["hazard_ratio"] == pytest.approx(0.592, abs=5e-4)


def test_power_for_people_with_a_delay_and_unequal_arms() -> None:
    plain = found("nelmas", "--people", "106")["design"]
    assert plain["power"] == pytest.approx(0.629, abs=5e-4)
    late = found("nelmas", "--people", "106", "--delay", "3")["design"]
    assert late["power"] < plain["power"] and late["sizes"] == []
    uneven = found("nelmas", "--people", "106", "--ratio", "2")
    assert uneven["design"]["power"] < plain["power"]
    assert uneven["premises"][-2]["label"] == "people in the experimental arm for one control"


def test_a_trial_that_states_nothing_designs_what_is_asked() -> None:
    assert "states nothing of its sample size" in refused(run(SANDBOX))
    assert "The effect is missing" in refused(run(SANDBOX, "--at", "24"))
    assert "At is missing: state --at" in refused(run(SANDBOX, *OWN[:4]))
    result = run(SANDBOX, *OWN)
    assert result.exit_code == 0 and "NELMAS" not in result.stdout
    assert "Nobody is lost." in result.stdout


# ---------------------------------------------------------------- looks
def test_looks_and_what_they_cost() -> None:
    result = run("nelmas", "--looks", "3")
    assert "Looks: spending like O'Brien and Fleming (Lan and DeMets)" in result.stdout
    looks = found("nelmas", "--looks", "3")["design"]["looks"]
    assert [each["upper"] for each in looks["each"]] == pytest.approx([3.7103, 2.5114, 1.9930], abs=1e-4)
    assert looks["each"][-1]["month"] == pytest.approx(72) and looks["inflation"] == pytest.approx(1.0119, abs=1e-3)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--spending", "like-pocock"), "spending like Pocock (Lan and DeMets)"),
        (("--spending", "hsd:-4"), "spending by Hwang, Shih and DeCani, -4"),
        (("--spending", "power:3"), "spending by the power family, 3"),
        (("--bounds", "obrien-fleming"), "O'Brien and Fleming"),
        (("--bounds", "pocock"), "Pocock"),
        (("--bounds", "wang-tsiatis:0.25"), "Wang and Tsiatis, 0.25"),
        (("--bounds", "haybittle-peto"), "Haybittle and Peto, z = 3"),
        (("--bounds", "haybittle-peto:3.5"), "Haybittle and Peto, z = 3.5"),
    ],
)
def test_every_boundary_has_a_name(asked: tuple[str, ...], words: str) -> None:
    looks = found("nelmas", "--looks", "0.5,1", *asked)["design"]["looks"]
    assert looks["rule"] == words and len(looks["each"]) == 2 and looks["futility"] is None


def test_futility_binding_or_not() -> None:
    asked = ("--looks", "2", "--futility", "hsd:-2")
    free, bound = found("nelmas", *asked), found("nelmas", *asked, "--binding")
    assert free["design"]["looks"]["futility"] == {"rule": "spending by Hwang, Shih and DeCani, -2", "binding": False}
    assert bound["design"]["looks"]["each"][1]["upper"] < free["design"]["looks"]["each"][1]["upper"]
    assert "is not binding: alpha holds" in " ".join(run("nelmas", *asked).stdout.split())
    assert "is binding: going on" in " ".join(run("nelmas", *asked, "--binding").stdout.split())


def test_conditional_power_at_a_look() -> None:
    asked = ("--people", "106", "--seen-z", "1.2", "--seen-events", "38")
    standing = found("nelmas", *asked)["design"]["standing"]
    assert 0 < standing["none"] < standing["trend"] < standing["assumed"] < 1
    assert "chance to show the benefit in the end" in run("nelmas", *asked).stdout


# ---------------------------------------------------------------- files, widths, faults
def test_csv_holds_the_same_numbers_by_their_paths(data: dict[str, Any]) -> None:
    rows = dict(list(csv.reader(io.StringIO(run("nelmas", "--format", "csv").stdout)))[1:])
    assert float(rows["published.hazard_ratio"]) == data["published"]["hazard_ratio"]
    assert float(rows["design.course.6.control"]) == data["design"]["course"][5]["control"]
    assert rows["what"] == data["what"] and rows["design.looks"] == ""


def test_the_ending_of_the_output_says_the_format(tmp_path: Path) -> None:
    for name, start in (("d.json", b"{"), ("d.csv", b"key,"), ("d.txt", b"NELMAS")):
        result = run("nelmas", "--people", "106", "--output", tmp_path / name)
        assert result.exit_code == 0 and result.stdout == "" and "Written: " in result.stderr
        assert (tmp_path / name).read_bytes().startswith(start)
    assert "as JSON or as CSV" in refused(run("nelmas", "--output", tmp_path / "d.html"))
    assert not (tmp_path / "d.html").exists()


def test_no_table_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        for asked in ((), ("--looks", "3", "--futility", "hsd:-2")):
            assert max(map(len, run("nelmas", *asked).stdout.splitlines())) <= width


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--hr", "1"), "no difference between the arms"),
        (("--hr", "-1"), "hazard ratio is a number above 0"),
        (("--hr", "nan"), "hazard ratio is a number above 0"),
        (("--hr", "0.5", "--experimental-rate", "0.4"), "either --hr or --experimental-rate"),
        (("--control-rate", "1.5"), "--control-rate"),
        (("--alpha", "0"), "--alpha"),
        (("--sides", "3"), "--sides"),
        (("--power", "0.01"), "must be above alpha"),
        (("--people", "1"), "--people"),
        (("--accrual", "-1"), "The accrual is a number of at least 0"),
        (("--accrual", "900"), "at most 600 months"),
        (("--loss", "1"), "yearly loss is a share"),
        (("--delay", "-3"), "The delay is a number of at least 0"),
        (("--delay", "3", "--looks", "2"), "leave out the delay, or the looks"),
        (("--ratio", "0"), "allocation ratio is a number above 0"),
        (("--method", "guess"), "--method"),
        (("--looks", "three"), "neither a number of looks nor shares"),
        (("--looks", "0"), "1 to 20 looks"),
        (("--looks", "0.5,0.9"), "all of the information"),
        (("--looks", "0.9,0.5,1"), "each later than the one before"),
        (("--spending", "like-pocock"), "Boundaries need looks"),
        (("--looks", "2", "--spending", "x"), '--spending: "x" is none of like-obrien-fleming'),
        (("--looks", "2", "--bounds", "hsd:-4"), "spending functions go after --spending"),
        (("--looks", "2", "--spending", "hsd:x"), '"hsd:x" needs a number after the colon'),
        (("--looks", "2", "--spending", "hsd:1e9"), "a number nearer to 0"),
        (("--looks", "2", "--spending", "power:0"), "above 0"),
        (("--looks", "2", "--spending", "hsd:-4", "--bounds", "pocock"), "either --spending or --bounds"),
        (("--looks", "2", "--binding"), "--binding is a property of --futility"),
        (("--looks", "2", "--bounds", "pocock", "--futility", "power:2", "--binding"), "needs a spending function"),
        (("--looks", "2", "--bounds", "haybittle-peto:0"), "name a higher z"),
        (("--seen-z", "1"), "both --seen-z and --seen-events"),
        (("--seen-z", "nan", "--seen-events", "30"), "z of the look is a number"),
        (("--seen-z", "1", "--seen-events", "-3"), "events seen is a number above 0"),
        (("--followup", "0", "--accrual", "0"), "lasts longer than 0"),
    ],
)
def test_what_cannot_be_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    assert says in refused(run("nelmas", *words))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--hr", "1e300"), "The hazard ratio is between 0.001 and 1000"),
        (("--ratio", "1e300"), "The allocation ratio is between 0.001 and 1000"),
        (("--alpha", "1e-300"), "The alpha is at least 1e-12"),
        (("--at", "1e-300"), "The time of the shares, in months, is at least 0.01"),
        (("--looks", "0.5,0.50000001,1"), "closer than 0.001"),
    ],
)
def test_numbers_that_no_trial_has_are_refused(words: tuple[str, str], told: str) -> None:
    assert told in refused(run("nelmas", *OWN, *words))
