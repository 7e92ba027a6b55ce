"""equipoise accrual as a person types it: the history of NELMAS, sites of one's own, faults, files."""

import csv
import io
import json
import re
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

import equipoise
from equipoise import cli

NELMAS = Path(equipoise.__file__).parent / "trials" / "nelmas"
SITES = "site,opens,rate_per_month,cv\nEssen,2026-03-01,0.8,0.5\nBern,2026-04-15,0.5,0.5\nUppsala,2026-07,0.6,0.5\n"
RECRUITED = "site,date,person\nEssen,2026-03-20,P-001\nBern,2026-05-29,P-002\nEssen,2026-07-01,P-003\n"
SEEN = ("--on", "2026-06-15", "--by", "2028-06-30", "--target", "40")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["accrual", *(str(word) for word in words)])


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and "Traceback" not in result.stderr
    return result.stderr.strip()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The history as JSON and as a figure."""
    place = tmp_path_factory.mktemp("files")
    result = run("nelmas", "--output", place / "a.json", "--figure", place / "f.svg")
    assert result.exit_code == 0, result.output
    assert result.stderr.count("Written: ") == 2
    return (place / "a.json").read_text(), (place / "f.svg").read_text()


@pytest.fixture(scope="module")
def history(files: tuple[str, str]) -> dict[str, Any]:
    return json.loads(files[0])


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    (tmp_path / "sites.csv").write_text(SITES)
    (tmp_path / "recruited.csv").write_text(RECRUITED)
    return tmp_path / "sites.csv"


# ---------------------------------------------------------------- the history
def test_the_history_of_nelmas_ends_without_hope(history: dict[str, Any]) -> None:
    looks = history["looks"]
    assert [look["on"] for look in looks] == ["2024-08-01", "2024-11-02", "2025-02-02", "2025-08-02", "2025-10-21"]
    assert [look["recruited"] for look in looks] == [0, 1, 1, 1, 1]
    chances = [look["by"]["probability_of_target"] for look in looks]
    assert chances[0] > 0.3 and chances[2] < 0.05 and chances[3] < 0.001
    assert looks[4]["never_by_horizon"] > 0.95 and looks[4]["needs"]["further_sites"] is None
    rates = [look["rate_per_month"] for look in looks]
    assert rates == sorted(rates, reverse=True)


def test_the_stop_rule_would_have_stopped_it_after_six_months(history: dict[str, Any]) -> None:
    rule = history["stop_rule"]
    at_six = next(look for look in rule["looks"] if look["on"] == "2025-02-02")
    assert at_six["stop_with_fewer_than"] > 1  # one person was in
    as_planned = next(each for each in rule["simulated"] if each["true_rates_times"] == 1)
    hopeless = next(each for each in rule["simulated"] if each["true_rates_times"] == 0.1)
    assert as_planned["stopped_wrongly"] < 0.05 and sum(hopeless["stops_at_look"]) > 0.99
    assert rule["seed"] == 1 and hopeless["standard_error_at_most"] < 0.005


def test_whatever_nelmas_did_not_publish_says_so(history: dict[str, Any]) -> None:
    origins = {each["key"]: each["origin"] for each in history["assumptions"]}
    for key in ("by", "sites", "rate", "between_sites", "common", "ramp", "season", "stop_below"):
        assert origins[key].startswith("not from NELMAS"), key
    assert "meddatax.com" in origins["recruited"] and "not a result of the trial" in history["what"]
    text = run("nelmas", "--on", "2025-08-02", "--trials", "100").stdout
    assert text.count("not from NELMAS") > 10 and "not a result of the trial" in text
    assert "simulated trials a row" in text and "seed 1" in text


def test_another_look_and_other_assumptions_are_one_option_each(history: dict[str, Any]) -> None:
    one = json.loads(run("nelmas", "--on", "2025-02-02", "--format", "json").stdout)["looks"]
    assert len(one) == 1 and one[0]["by"] == {**history["looks"][2]["by"]}
    surer = json.loads(run("nelmas", "--on", "2025-08-02", "--common-cv", "0", "--format", "json").stdout)
    assert surer["looks"][0]["rate_per_month"] > history["looks"][3]["rate_per_month"]
    stated = next(each for each in surer["assumptions"] if each["key"] == "common")
    assert stated["origin"] == "stated in this command" and stated["value"] == 0


# ---------------------------------------------------------------- sites of one's own
def test_sites_and_who_was_recruited(sites: Path) -> None:
    result = run("nelmas", "--sites", sites, "--recruited", sites.with_name("recruited.csv"), *SEEN)
    assert result.exit_code == 0, result.output
    assert "NELMAS: 40 people by 30 June 2028" in result.stdout and "2 of 3" in result.stdout
    assert "1 row of people recruited after 15 June 2026 did not count." in result.stdout
    assert "P-00" not in result.output and "Stop rule" not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 100


def test_no_table_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (60, 80, 120):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = run("nelmas", "--on", "2025-02-02", "--trials", "50").stdout.splitlines()
        assert max(map(len, lines)) <= width


def test_a_trial_that_assumes_nothing_is_forecast_by_what_is_stated(sites: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(NELMAS, own)
    (own / "assumptions.toml").unlink()
    assert "name your sites" in refused(run(own))
    assert "--target N is missing" in refused(run(own, "--sites", sites, "--by", "2028-06-30"))
    assert "--by DATE is missing" in refused(run(own, "--sites", sites, "--target", "40"))
    found = json.loads(run(own, "--sites", sites, *SEEN, "--format", "json").stdout)
    assert {each["key"]: each["value"] for each in found["assumptions"]}["common"] == 0


def test_a_stop_rule_of_ones_own(sites: Path) -> None:
    looks = ("--look", "6", "--look", "12", "--trials", "400", "--common-cv", "0.3")
    asked = ("nelmas", "--sites", sites, *SEEN, "--stop-below", "0.1", *looks)
    found = json.loads(run(*asked, "--format", "json").stdout)["stop_rule"]
    assert [look["on"] for look in found["looks"]] == ["2026-09-01", "2027-03-01"]
    assert found["looks"][1]["stop_with_fewer_than"] > 0 and found["simulated"][0]["trials"] == 400
    again = json.loads(run(*asked, "--format", "json").stdout)["stop_rule"]
    other = json.loads(run(*asked, "--format", "json", "--seed", "2").stdout)["stop_rule"]
    assert again == found != other


def test_rates_may_be_estimated_from_what_came(sites: Path) -> None:
    (sites.parent / "counts.csv").write_text("site,recruited,screened\nEssen,6,9\nBern,1,4\n")
    asked = ("nelmas", "--sites", sites, "--recruited", sites.with_name("counts.csv"), *SEEN, "--prior", "estimated")
    found = json.loads(run(*asked, "--consent", "0.5", "--consent-worth", "4", "--format", "json").stdout)
    told = {each["key"]: each for each in found["assumptions"]}
    assert "estimated" in told["rate"]["origin"] and "too narrow" in told["rate"]["note"]
    assert told["rate"]["value"] > 0 and "common" not in told


def test_what_criteria_cost_comes_from_a_funnel(sites: Path) -> None:
    funnel = {
        "synthetic": True, "eligible": 10, "undetermined": 5, "months": [], "site_months": [], "moves": [],
        "criteria": [{"id": "E8", "alone": 3, "eligible_without": 5}],
    }  # fmt: skip
    (sites.parent / "funnel.json").write_text(json.dumps(funnel))
    result = run("nelmas", "--sites", sites, *SEEN, "--funnel", sites.with_name("funnel.json"))
    assert re.search(r"without E8\s+1\.50", result.stdout), result.output
    assert "synthetic" in result.stdout


# ---------------------------------------------------------------- data and figure
def test_csv_is_one_row_a_look_and_day() -> None:
    rows = list(csv.DictReader(io.StringIO(run("nelmas", "--on", "2025-08-02", "--format", "csv").stdout)))
    assert {row["on"] for row in rows} == {"2025-08-02"} and len(rows) > 20
    for row in rows:
        assert int(row["forecast_low"]) <= int(row["forecast_median"]) <= int(row["forecast_high"]) <= 90
        assert 0 <= float(row["probability_of_target"]) <= 1


def test_the_figure_is_one_file_without_links_that_says_what_it_is(files: tuple[str, str]) -> None:
    text = files[1]
    root = ElementTree.fromstring(text)
    assert "not a result of the trial" in text and "not from NELMAS" in text
    assert "href" not in text and text.count("http") == 1  # the name of SVG itself
    names = [each.tag.rpartition("}")[2] for each in root.iter()]
    assert names.count("polyline") == 5 and names.count("polygon") == 5
    width, height = (float(each) for each in root.attrib["viewBox"].split()[2:])
    for points in re.findall(r'points="([^"]+)"', text):
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width and -1 <= y <= height


def test_a_site_named_like_a_tag_does_no_harm(sites: Path) -> None:
    sites.write_text("site,opens,rate_per_month\n<b>&,2026-03-01,1\n")
    figure = sites.with_name("f.svg")
    assert run("nelmas", "--sites", sites, *SEEN, "--figure", figure).exit_code == 0
    ElementTree.fromstring(figure.read_text())


# ---------------------------------------------------------------- faults
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--sites", "missing.csv", *SEEN), "missing.csv: there is no such file"),
        (("--rate", "1"), "--rate is for sites of your own"),
        (("--prior", "estimated"), "--prior estimated is for sites"),
        (("--by", "2024-01-01"), "no site is open before 1 January 2024"),
        (("--season", "1,2"), "twelve factors"),
        (("--season", "a,b"), "not twelve numbers"),
        (("--common-cv", "9"), "between 0 and 2"),
        (("--target", "100000"), "up to 5,000"),
        (("--horizon", "2025-01-01"), "lies before 2 October 2026"),
        (("--recruited", "x.csv"), "--recruited needs --on"),
        (("--on", "2/3/2026"), "not one certain day"),
        (("--wanted", "1"), "--wanted"),
        (("--funnel", "missing.json"), "missing.json: cannot be opened"),
    ],
)
def test_what_cannot_be_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    sentence = refused(run("nelmas", *words))
    assert says in sentence


def test_mistakes_of_a_sheet_are_told_together_with_their_lines(sites: Path) -> None:
    sites.write_text("site,opens,rate_per_month\nA,soon,1\nB,2026-03-01,-2\n")
    sentence = refused(run("nelmas", "--sites", sites, *SEEN))
    assert "sites.csv:2:" in sentence and "sites.csv:3:" in sentence


def test_someone_recruited_where_there_is_no_site(sites: Path) -> None:
    other = sites.with_name("r.csv")
    other.write_text("site,date\nOslo,2026-05-01\n")
    assert "Oslo has recruited, but is not among the sites" in refused(
        run("nelmas", "--sites", sites, "--recruited", other, *SEEN)
    )
    other.write_text("site,date\nUppsala,2026-05-01\n")
    assert "before it was open" in refused(run("nelmas", "--sites", sites, "--recruited", other, *SEEN))


def test_nothing_is_half_written(sites: Path) -> None:
    place = sites.parent / "none" / "f.svg"
    assert "there is no folder" in refused(run("nelmas", "--sites", sites, *SEEN, "--figure", place))
    sites.with_name("keep.json").write_text("kept")
    run("nelmas", "--sites", sites, "--target", "40", "--by", "2020-01-01", "-o", sites.with_name("keep.json"))
    assert sites.with_name("keep.json").read_text() == "kept"


def test_a_sheet_that_is_to_be_read_is_not_overwritten(sites: Path) -> None:
    assert "is one of the files to be read" in refused(run("nelmas", "--sites", sites, *SEEN, "--output", sites))
    assert sites.read_text() == SITES
