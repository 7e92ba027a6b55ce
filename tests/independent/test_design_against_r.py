"""Designs held to 1,344 values of R packages, and to printed ones.

ref_design.csv: gsDesign 3.11, rpact 3.3.4, lrstat 0.3.3, npsurvSS 1.1.0, clinfun 1.1.5 and closed forms, to ten digits.
printed_design.csv: values printed elsewhere, each with its source. Where ours is another, it stands on
docs/differences.md.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from math import ceil, exp, floor, log, log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from equipoise.analysis.design.conditional import conditional_power
from equipoise.analysis.design.events import (
    freedman_events,
    ratio_of_survivals,
    schoenfeld_events,
    schoenfeld_power,
)
from equipoise.analysis.design.hazards import constant, surviving, treated, yearly_loss
from equipoise.analysis.design.power import fixed_time_power, logrank_power, rmst_power
from equipoise.analysis.design.reproduced import Combination, given_by
from equipoise.analysis.design.scenario import Scenario, expected_events
from equipoise.analysis.design.sequential import (
    OBRIEN_FLEMING,
    POCOCK,
    Futility,
    Plan,
    Rule,
    WangTsiatis,
    evenly_spaced,
    plan,
)
from equipoise.analysis.design.size import Method, Size, even, power_of, rate_difference_people, size
from equipoise.analysis.design.spending import HwangShihDeCani, LikeObrienFleming, LikePocock, PowerFamily
from equipoise.conduct.boundary import Boundary, characteristics, exact_boundaries

DATA = Path(__file__).parent / "data"
Row = dict[str, str]

with (DATA / "ref_design.csv").open(encoding="utf-8") as _file:
    ROWS: list[Row] = list(csv.DictReader(_file))
with (DATA / "printed_design.csv").open(encoding="utf-8") as _file:
    PRINTED: dict[str, Row] = {row["id"]: row for row in csv.DictReader(_file)}


def rows(*kinds: str) -> list[Row]:
    return [row for row in ROWS if row["kind"] in kinds]


# Inputs that the file rounds to ten digits: the values meant, since the results depend on the eleventh.
_MEANT = {
    "0.0385081767": log(2) / 18, "0.05776226505": log(2) / 12, "0.03344368901": -log(0.3) / 36,
    "0.004274441199": -log(0.95) / 12, "2.17596524": -log(0.5922) * 69**0.5 / 2,
}  # fmt: skip


def settings(row: Row) -> dict[str, Any]:
    """ "hr=0.5,alpha1=0.025" -> numbers by name; what is no number stays text."""
    found: dict[str, Any] = {}
    for part in row["input"].split(","):
        name, _, value = part.partition("=")
        number = re.fullmatch(r"-?[\d.]+(e-?\d+)?", value)
        found[name] = _MEANT.get(value, float(value)) if number else value
    return found


def off(found: float, row: Row) -> float:
    """How far a value is from the reference, in units of its tenth digit: half a unit is its rounding."""
    value = float(row["value"])
    return abs(found - value) / 10.0 ** (floor(log10(abs(value))) - 9)


def held(of: Callable[[Row], float], chosen: list[Row]) -> None:
    """Every value to all the digits that are given."""
    wrong = [(row["case"], row["input"], row["quantity"], row["value"], found) for row in chosen
             if off(found := of(row), row) > 0.51]  # fmt: skip
    assert wrong == []


# ---------------------------------------------------------------- the numbers themselves
def test_every_value_is_tried_here() -> None:
    assert len(ROWS) == 1344
    assert Counter(row["kind"] for row in ROWS) == {
        "events_schoenfeld": 72, "events_freedman": 36, "n_survival": 312, "power_nph": 24, "power_ph": 6,
        "gs_boundary": 646, "gs_boundary_futility_nonbinding": 19, "toxicity_boundary": 201, "conditional_power": 12,
        "expected_events": 8, "documented_example": 8,
    }  # fmt: skip


def test_the_copies_are_the_shared_numbers(shared_data: Path) -> None:
    stats_folder = shared_data / "stats"
    assert (DATA / "ref_design.csv").read_bytes() == (stats_folder / "ref_design.csv").read_bytes()
    with (stats_folder / "published.csv").open(encoding="utf-8") as file:
        whole = {row["id"]: row for row in csv.DictReader(file)}
    assert {name: whole[name] for name in PRINTED} == PRINTED
    assert whole.keys() - PRINTED.keys() == {*(f"P{number}" for number in range(9, 16)), "P21"}  # analyses, no designs


# ---------------------------------------------------------------- events, people, power
def _events(row: Row) -> float:
    by = settings(row)
    formula = schoenfeld_events if row["kind"] == "events_schoenfeld" else freedman_events
    return formula(by["hr"], by["alpha1"], 1 - by["beta"], by["ratio"])


def test_events_of_schoenfeld_and_freedman() -> None:
    held(_events, rows("events_schoenfeld", "events_freedman"))


_METHODS: dict[str, Method] = {
    "LachinFoulkes": "lachin-foulkes", "Schoenfeld": "schoenfeld", "Freedman": "freedman",
    "BernsteinLagakos": "bernstein-lagakos", "HsiehFreedman": "hsieh-freedman",
}  # fmt: skip


def _sized(row: Row) -> tuple[Scenario, Method, float, Size]:
    by = settings(row)
    rate = by["lambdaC_month"] if "lambdaC_month" in by else by["lambda2_month"]
    loss = constant(by["eta_month"]) if "eta_month" in by else yearly_loss(by["dropout_year"])
    scenario = Scenario(constant(rate), constant(rate * by["hr"]), by["accrual"], by["minfup"], loss, by["ratio"])
    method = _METHODS[row["tool"].partition("[")[2].rstrip("]")]
    return scenario, method, by["alpha1"], size(scenario, method, by["alpha1"], 1 - by["beta"])


def _people_or_events(row: Row, found: Size) -> float:
    return found.people if row["quantity"].startswith("n") and row["quantity"] != "nEvents" else found.all_events


def test_people_and_events_with_accrual_follow_up_and_loss() -> None:
    held(lambda row: _people_or_events(row, _sized(row)[3]), rows("n_survival"))


def test_the_power_of_those_people_is_the_one_they_were_found_for() -> None:
    for row in rows("n_survival"):
        scenario, method, alpha, found = _sized(row)
        assert power_of(found.people, scenario, method, alpha) == pytest.approx(0.8, abs=1e-12)


def _power_scenario(row: Row) -> tuple[Scenario, dict[str, Any], float]:
    by = settings(row)
    ratio = by["hr_after"] if "hr_after" in by else by["hr"]
    control = surviving(by["S36_control"], 36)
    other = treated(control, ratio, by.get("delay", 0.0))
    scenario = Scenario(control, other, by["accrual"], by["followup"], yearly_loss(by["dropout_year"]))
    return scenario, by, ratio


def _nph_power(row: Row) -> float:
    scenario, by, ratio = _power_scenario(row)
    people, alpha = by["n"], by["alpha1"]
    events = float(expected_events(people, scenario, [scenario.total]).sum())
    match row["quantity"]:
        case "events":
            return events
        case "power_km36":
            return fixed_time_power(people, scenario, 36, alpha)
        case "power_rmst36":
            return rmst_power(people, scenario, by["tau"], alpha)
        case "power_logrank" if scenario.hazard_ratio is None:
            return logrank_power(people, scenario, alpha)
        case "power_logrank":  # lrstat takes Schoenfeld's formula where hazards are proportional
            return schoenfeld_power(events, ratio, alpha)
    raise AssertionError(row)


def test_powers_of_lrstat_with_a_delayed_effect() -> None:
    assert any(_power_scenario(row)[0].hazard_ratio is None for row in rows("power_nph"))
    held(_nph_power, rows("power_nph"))


def _ph_power(row: Row) -> float:
    scenario, by, ratio = _power_scenario(row)
    people, alpha = by["n"], by["alpha1"]
    match by["test"]:
        case "weighted logrank":
            return logrank_power(people, scenario, alpha)
        case "weighted logrank/event driven":
            return schoenfeld_power(float(expected_events(people, scenario, [72]).sum()), ratio, alpha)
        case "survival difference/36":
            return fixed_time_power(people, scenario, 36, alpha)
        case "rmst difference/36":
            return rmst_power(people, scenario, 36, alpha)
    raise AssertionError(row)


def test_powers_of_npsurvss() -> None:
    held(_ph_power, rows("power_ph"))


def _events_by(row: Row) -> float:
    by = settings(row)
    loss = yearly_loss(by["dropout_year"])
    scenario = Scenario(surviving(by["S36_ctl"], 36), surviving(by["S36_exp"], 36), by["accrual"], 36, loss)
    control, experimental = expected_events(by["n"], scenario, [by["t"]])[0]
    return float(control if row["quantity"] == "d_ctl" else experimental)


def test_expected_events_over_calendar_time() -> None:
    held(_events_by, rows("expected_events"))


def _conditional(row: Row) -> float:
    by = settings(row)
    return conditional_power(by["z"], by["infofrac"], by["theta_final"], by["alpha1"])


def test_conditional_power() -> None:
    held(_conditional, rows("conditional_power"))


# ---------------------------------------------------------------- documented examples
def _example(row: Row) -> Scenario:
    by = settings(row)
    if "lambda1" in by:
        return Scenario(
            constant(by["lambda1"]), constant(by["lambda2"]), by["Tr"], by["Ts"] - by["Tr"], constant(by["eta"])
        )
    return Scenario(constant(log(2) / 20), constant(log(2) / 40), by["T"] - by["minfup"], by["minfup"])


def _documented(row: Row) -> float:
    by = settings(row)
    method: Method = "schoenfeld" if row["quantity"].endswith("SAS") else "lachin-foulkes"
    return _people_or_events(row, size(_example(row), method, by["alpha1"], 1 - by["beta"]))


def test_documented_examples() -> None:
    held(_documented, [row for row in rows("documented_example") if not row["quantity"].endswith("SAS")])


def test_sas_takes_schoenfelds_events() -> None:
    """Its 87.4793 events are Schoenfeld's; its 197.1152 people are 0.01 fewer than those of the exact integral."""
    by = {row["quantity"]: row for row in rows("documented_example") if row["quantity"].endswith("SAS")}
    assert round(_documented(by["d_SAS"]), 4) == float(by["d_SAS"]["value"])
    assert _documented(by["n_SAS"]) == pytest.approx(float(by["n_SAS"]["value"]), abs=0.011)


def test_lachin_and_foulkes_are_three_numbers() -> None:
    row = next(row for row in rows("documented_example") if row["case"] == "579")
    by, scenario = settings(row), _example(row)
    ours = size(scenario, "lachin-foulkes", by["alpha1"], 1 - by["beta"]).people
    difference, local = (rate_difference_people(by["lambda1"], by["lambda2"], scenario, by["alpha1"], 1 - by["beta"],
                                                each) for each in (False, True))  # fmt: skip
    assert (round(ours, 1), round(difference, 1), round(local, 1)) == (367.8, 376.2, 379.7)


# ---------------------------------------------------------------- looks
_RULES: dict[str, Rule] = {
    "OF": OBRIEN_FLEMING, "Pocock": POCOCK, "WT.25": WangTsiatis(0.25), "sfLDOF": LikeObrienFleming(),
    "sfLDPocock": LikePocock(), "HSD-4": HwangShihDeCani(-4), "HSD1": HwangShihDeCani(1), "Power3": PowerFamily(3),
}  # fmt: skip


@cache
def _planned(stated: str) -> Plan:
    if found := re.fullmatch(r"k=(\d),alpha1=([\d.]+),beta=.2,equal_timing,type=(.+)", stated):
        return plan(evenly_spaced(int(found[1])), _RULES[found[3]], float(found[2]), 0.8)
    found = re.fullmatch(r"timing=([\d.;]+),alpha1=.025,beta=.2,upper=LDOF,lower=HSD\(-2\)", stated)
    assert found is not None, stated
    shares = [float(part) for part in found[1].split(";")]
    return plan(shares, LikeObrienFleming(), 0.025, 0.8, Futility(HwangShihDeCani(-2)))


def _look(row: Row) -> float:
    found = _planned(row["input"])
    name, _, number = row["quantity"].rstrip("]").partition("[")
    if name == "inflation":
        return found.inflation
    by = {"z": found.upper, "upper": found.upper, "lower": found.lower,
          "p_cross_H0": found.under_null.upper, "p_cross_H1": found.under_alternative.upper}  # fmt: skip
    return by[name][int(number) - 1]


# Looks are found by integration and root finding: gsDesign's grid (r = 18) and tolerance (1e-6) and rpact's (1e-8) set
# how far their digits hold. They differ from each other by as much.
_GOOD = {
    ("gsDesign::gsDesign", "z"): 4e-7, ("gsDesign::gsDesign", "inflation"): 6e-7,
    ("gsDesign::gsDesign", "p_cross_H0"): 4e-6, ("gsDesign::gsDesign", "p_cross_H1"): 2e-6,
    ("gsDesign::gsDesign", "upper"): 2e-7, ("gsDesign::gsDesign", "lower"): 1e-6,
    ("rpact::getDesignGroupSequential", "z"): 3e-8,
}  # fmt: skip


def test_boundaries_inflation_and_chances_to_cross() -> None:
    wrong = [
        (row["tool"], row["input"], row["quantity"], row["value"], found)
        for row in rows("gs_boundary", "gs_boundary_futility_nonbinding")
        if (found := _look(row)) != pytest.approx(float(row["value"]), rel=_GOOD[_tool(row)], abs=0)
    ]
    assert wrong == []


def _tool(row: Row) -> tuple[str, str]:
    return row["tool"], row["quantity"].partition("[")[0]


def test_the_two_packages_are_further_from_each_other_than_rpact_is_from_us() -> None:
    apart, from_us = 0.0, 0.0
    by_tool = {(row["tool"][:5], row["input"], row["quantity"]): float(row["value"]) for row in rows("gs_boundary")}
    for row in rows("gs_boundary"):
        other = by_tool.get(("gsDes", row["input"], row["quantity"]))
        if row["tool"].startswith("rpact") and other is not None:
            value = float(row["value"])
            apart = max(apart, abs(other / value - 1))
            from_us = max(from_us, abs(_look(row) / value - 1))
    assert apart > 0
    assert from_us < apart / 10


@pytest.mark.parametrize("name", ["OF", "HSD1"])
def test_two_and_three_looks_by_nested_adaptive_integration(name: str) -> None:
    """What is crossed at each look, by another integration of the same normal variables."""
    for number in (2, 3):
        found = plan(evenly_spaced(number), _RULES[name], 0.025, 0.8)
        for drift, chances in ((0.0, found.under_null), (found.drift, found.under_alternative)):
            for look in range(number):
                assert chances.upper[look] == pytest.approx(_nested(found, drift, look), abs=2e-11)


def _nested(found: Plan, drift: float, look: int) -> float:
    """The chance to stay below the boundary up to a look and then to cross it, increment by increment."""
    shares, bounds = found.information, found.upper

    def onwards(score: float, at: int) -> float:
        before = shares[at - 1] if at else 0.0
        step = shares[at] - before
        limit = bounds[at] * shares[at] ** 0.5 - score - drift * step
        if at == look:
            return float(stats.norm.sf(limit / step**0.5))
        width = step**0.5

        def inside(x: float) -> float:
            return (
                exp(-0.5 * (x / width) ** 2) / (width * (2 * np.pi) ** 0.5) * onwards(score + drift * step + x, at + 1)
            )

        low = -9 * width
        return float(integrate.quad(inside, low, max(low, limit), epsabs=1e-12, epsrel=1e-11, limit=200)[0])

    return onwards(0.0, 0)


# ---------------------------------------------------------------- stopping for toxicity
def _toxicity() -> Iterator[tuple[dict[str, float], tuple[int, ...], tuple[Boundary, Boundary]]]:
    cases: dict[str, dict[str, float]] = {}
    for row in rows("toxicity_boundary"):
        cases.setdefault(row["input"], {})[row["quantity"]] = float(row["value"])
    for stated, values in cases.items():
        by = dict(part.split("=") for part in stated.split(","))
        numbers = by["looks"].split(";") if "looks" in by else range(1, int(by["nmax"]) + 1)
        looks = tuple(int(number) for number in numbers)
        yield values, looks, exact_boundaries(looks, float(by["pLo"]), 0.1)


def test_both_boundaries_of_clinfun_and_what_they_do() -> None:
    """Its low boundary is our next looser one, its high boundary is ours; then rates, crossing, early, people."""
    seen = 0
    for values, looks, (kept, looser) in _toxicity():
        whole = "looks[1]" in values
        rates = [values[f"bdry_oc[{n}]" if whole else f"bdry_r[{n}]"] for n in range(1, 7)]
        expected: dict[str, float] = {}
        for which, boundary in enumerate((looser, kept) if whole else (looser,)):
            does = [characteristics(boundary, rate) for rate in rates]
            columns = [*(each.stop for each in does), *(each.early for each in does), *(each.people for each in does)]
            start = 18 * which + (7 if whole else 1)
            name = "bdry_oc" if whole else "oc"
            expected |= {f"{name}[{start + n}]": value for n, value in enumerate(columns)}
        if whole:
            expected |= {f"bdry_oc[{n}]": rate for n, rate in enumerate(rates, start=1)}
            for number, people in enumerate(looks, start=1):
                expected[f"looks[{number}]"] = people
                expected[f"lo_bdry[{number}]"] = looser.looks[number - 1].stop_at - 1
                expected[f"hi_bdry[{number}]"] = kept.looks[number - 1].stop_at - 1
        else:
            expected |= {f"bdry_r[{n}]": rate for n, rate in enumerate(rates, start=1)}
        assert expected.keys() == values.keys()
        for name, value in values.items():
            assert expected[name] == pytest.approx(value, rel=5e-10), name
        seen += len(values)
    assert seen == 201


# ---------------------------------------------------------------- printed elsewhere
def printed(name: str) -> Any:
    row = PRINTED[name]
    return pytest.approx(float(row["value"]), abs=float(row["tolerance"]) if row["tolerance"] else 0)


def test_the_statswiki_takes_quantiles_of_two_digits() -> None:
    """P1: 20.39 events are those of z = 1.96 and 0.84; with all digits they are 20.41. P2: 47 people either way."""
    ratio = ratio_of_survivals(0.37, 0.75)
    assert 4 * (1.96 + 0.84) ** 2 / log(ratio) ** 2 == printed("P1")
    events = schoenfeld_events(ratio, 0.025, 0.8)
    assert round(events, 2) == 20.41
    assert ceil(events / (1 - (0.37 + 0.75) / 2)) == printed("P2")


@pytest.mark.parametrize(("name", "ratio"), [("P3", 1.25), ("P4", 1.5), ("P6", 2.0)])
def test_a_table_in_trials_2015_with_pairs_of_events(name: str, ratio: float) -> None:
    assert even(schoenfeld_events(ratio, 0.025, 0.8)) / 0.5 == float(PRINTED[name]["value"])


def test_a_page_with_dropouts() -> None:
    events = ceil(schoenfeld_events(exp(-0.357), 0.025, 0.8))
    assert events == printed("P7")
    assert ceil(events / 0.35 / 0.9) == printed("P8")


def test_sas_and_east() -> None:
    scenario = Scenario(constant(log(2) / 20), constant(log(2) / 40), 24, 12)
    found = size(scenario, "lachin-foulkes", 0.025, 0.9)
    assert found.all_events == printed("P16") and found.people == printed("P17")
    scenario = Scenario(constant(log(2) / 10), constant(log(2) / 20), 12, 30)
    events = float(expected_events(48, scenario, [42]).sum())
    assert events == printed("P18")
    assert schoenfeld_power(events, 0.5, 0.025) == printed("P19")


def test_one_of_the_settings_that_give_106() -> None:
    settings_ = Combination(0.1, 0.8, "freedman", 0.0, 36.0, 0.0)
    assert given_by(settings_, 0.25, 0.44, 36.0).people == printed("P20")
