"""Every analysis of survival against R: survival, survRM2 and cmprsk, value by value, to a millionth.

What may be copied is in data/ (see its PROVENANCE.md); all 1,379 values are compared where the shared data are.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equipoise.analysis.competing import CompetingArms, competing_arms, cumulative_incidence, gray
from equipoise.analysis.cox import CoxModel, Ties, cox
from equipoise.analysis.cox_multivariable import multivariable_cox
from equipoise.analysis.fine_gray import fine_gray
from equipoise.analysis.fixed_time import COMPLEMENTARY_LOG_LOG, LINEAR, compare_at
from equipoise.analysis.followed import TwoArms, two_arms
from equipoise.analysis.kaplan_meier import LOG, LOG_LOG, PLAIN, kaplan_meier
from equipoise.analysis.logrank import fleming_harrington, log_rank
from equipoise.analysis.proportional import proportional_hazards
from equipoise.analysis.rmst import Contrast, RestrictedMeans, compare_restricted_means

COPIED = Path(__file__).parent / "data"
OF_R = ("aml", "ovarian", "lung", "pbc_trial", "diabetic", "stanford2", "colon_dfs", "pbc_cr", "mgus2_cr")
ONLY_SHARED = ("rotterdam_dfs", "RADIANT4_2A", "RADIANT_2A", "IBCSG2200_2A")
SCALES = {scale.name: scale for scale in (PLAIN, LOG, LOG_LOG)}
PRECISION = 1e-6

Row = dict[str, str]


# ------------------------------------------------------------------ reading
def read(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def people(folder: Path, dataset: str) -> list[Row]:
    return [row for row in read(folder / f"data_{dataset}.csv") if row.get("strata", "one") != ""]


def column(rows: Iterable[Row], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in rows])


@cache
def arms(folder: Path, dataset: str, stratified: bool) -> TwoArms:
    rows = people(folder, dataset)
    stratum = [row["strata"] for row in rows] if stratified else None
    return two_arms(*(column(rows, name) for name in ("time", "status", "arm")), stratum=stratum)


@cache
def competing(folder: Path, dataset: str) -> CompetingArms:
    return competing_arms(*(column(people(folder, dataset), name) for name in ("time", "status", "arm")))


# ------------------------------------------------------------------ what we say to each of R's values
def km_median(both: TwoArms, part: str) -> dict[str, Any]:
    arm, scale = part.split("|")
    found = kaplan_meier(both.arm(int(arm[-1])), scale=SCALES[scale]).median
    return {"median": found.time, "lcl": found.interval.low, "ucl": found.interval.high}


def km_at(both: TwoArms, part: str) -> dict[str, Any]:
    arm, time, scale = part.split("|")
    at = kaplan_meier(both.arm(int(arm[-1])), scale=SCALES[scale]).at(float(time[2:]))
    limits = {"lower": at.interval.low, "upper": at.interval.high}
    return {"surv": at.survival, "se_greenwood": at.std_error, "n_risk": at.at_risk, **limits}


def logrank(both: TwoArms, part: str) -> dict[str, Any]:
    found = log_rank(both, fleming_harrington(float(part[3:]), 0))
    assert found.test is not None
    of_arm = {"obs_arm1": found.observed[1], "exp_arm1": found.expected[1], "var": found.variance}
    return {"chisq": found.test.chi_square, "p": found.test.p, **of_arm}


def hazard_ratio(both: TwoArms, part: str) -> dict[str, Any]:
    ties = Ties(part.split("|")[0].title())
    found: CoxModel = cox(both, ties=ties)
    assert found.score is not None and found.likelihood_ratio is not None
    return {
        "loghr": found.log_hr,
        "se": found.se,
        "hr": found.hr,
        "hr_lcl": found.interval.low,
        "hr_ucl": found.interval.high,
        "score_chisq": found.score.chi_square,
        "lr_chisq": found.likelihood_ratio.chi_square,
        "loglik": found.log_likelihood,
        "robust_se": cox(both, ties=ties, robust=True).robust_se,
    }


def proportionality(both: TwoArms, part: str) -> dict[str, Any]:
    found = proportional_hazards(both).test
    assert found is not None
    return {"chisq_km": found.chi_square}


def fixed_time(both: TwoArms, part: str) -> dict[str, Any]:
    found = compare_at(both, float(part[4:]))
    z = {f"z_{name}": found.test(scale) for name, scale in (("linear", LINEAR), ("cloglog", COMPLEMENTARY_LOG_LOG))}
    return {"diff": found.difference, "se": found.std_error} | {name: test and test.z for name, test in z.items()}


def restricted_means(both: TwoArms, part: str) -> dict[str, Any]:
    horizon, _, arm = part.partition("|")
    found: RestrictedMeans = compare_restricted_means(both, float(horizon[4:]))
    if arm:
        return {"rmst": found.arms[int(arm[-1])].mean, "se": found.arms[int(arm[-1])].std_error}
    contrasts = {"diff": found.difference, "ratio": found.ratio, "rmtl_ratio": found.lost_ratio}
    return {key: value for name, one in contrasts.items() for key, value in contrast(name, one).items()}


def contrast(name: str, one: Contrast) -> dict[str, Any]:
    limits = {f"{name}_lcl": one.interval.low, f"{name}_ucl": one.interval.high}
    return {name: one.estimate, f"{name}_p": one.test and one.test.p, **limits}


def incidence(both: CompetingArms, part: str) -> dict[str, Any]:
    arm, cause, time = re.findall(r"[\d.]+", part)
    at = cumulative_incidence(both, arm=int(arm), cause=int(cause)).at(float(time))
    return {"cif": at.estimate, "var_aalen": at.variance}


def grays_test(both: CompetingArms, part: str) -> dict[str, Any]:
    found = gray(both, cause=int(part[-1])).test
    assert found is not None
    return {"stat": found.chi_square, "p": found.p}


def subdistribution(both: CompetingArms, part: str) -> dict[str, Any]:
    found = fine_gray(both, cause=int(part[-1]))
    return {"loghr": found.log_hr, "se": found.se}


def cause_specific(both: CompetingArms, part: str) -> dict[str, Any]:
    found = cox(both.cause_specific(int(part[-1])))
    return {"loghr": found.log_hr, "se": found.se}


TWO_ARMS: dict[str, Callable[[TwoArms, str], dict[str, Any]]] = {
    "km_median": km_median,
    "km_at": km_at,
    "logrank": logrank,
    "logrank_strat": logrank,
    "cox": hazard_ratio,
    "cox_zph": proportionality,
    "fixed_time": fixed_time,
    "rmst": restricted_means,
}
COMPETING: dict[str, Callable[[CompetingArms, str], dict[str, Any]]] = {
    "cuminc": incidence,
    "gray": grays_test,
    "finegray": subdistribution,
    "cause_specific_cox": cause_specific,
}


def multivariable(folder: Path, dataset: str, part: str) -> dict[str, Any]:
    formula, term = part.split(" :: ")
    names = formula.split(" ~ ")[1].split(" + ")
    rows = [row for row in people(folder, dataset) if all(row[name] for name in names)]
    covariates = {name: column(rows, name) for name in names}
    found = multivariable_cox(column(rows, "time"), column(rows, "status"), covariates)
    mine = next(one for one in found.coefficients if one.name == term)
    return {"beta": mine.log_hr, "se": mine.se}


@cache
def ours(folder: Path, dataset: str, analysis: str, part: str) -> dict[str, Any]:
    if analysis == "cox_mv":
        pytest.importorskip("statsmodels")
        return multivariable(folder, dataset, part)
    if analysis in COMPETING:
        return COMPETING[analysis](competing(folder, dataset), part)
    stratified = analysis == "logrank_strat" or part.endswith("|strata")
    return TWO_ARMS[analysis](arms(folder, dataset, stratified), part)


def differing(folder: Path, dataset: str) -> tuple[list[str], int]:
    """The values of a data set that differ from R's, in words; how many were compared."""
    rows = [row for row in read(folder / "ref_analysis.csv") if row["dataset"] == dataset]
    told = []
    for row in rows:
        value = ours(folder, dataset, row["analysis"], row["part"])[row["quantity"]]
        expected = None if row["value"] == "NA" else float(row["value"])
        if value is not expected and value != pytest.approx(expected or 0.0, rel=PRECISION, abs=1e-300):
            told.append(f"{row['analysis']} {row['part']} {row['quantity']}: {value}, R says {row['value']}")
    return told, len(rows)


# ------------------------------------------------------------------ tests
@pytest.mark.parametrize("dataset", OF_R)
def test_every_copied_value_is_that_of_r(dataset: str) -> None:
    told, compared = differing(COPIED, dataset)
    assert told == []
    assert compared >= 24


@pytest.mark.parametrize("dataset", OF_R + ONLY_SHARED)
def test_every_shared_value_is_that_of_r(shared_data: Path, dataset: str) -> None:
    told, compared = differing(shared_data / "stats", dataset)
    assert told == []
    assert compared >= 24


def test_no_value_is_forgotten(shared_data: Path) -> None:
    rows = read(shared_data / "stats" / "ref_analysis.csv")
    assert len(rows) == 1379
    assert {row["dataset"] for row in rows} == {*OF_R, *ONLY_SHARED}
    assert {row["analysis"] for row in rows} == {*TWO_ARMS, *COMPETING, "cox_mv"}


def test_the_copy_is_the_shared_file_less_what_may_not_be_copied(shared_data: Path) -> None:
    def values(folder: Path) -> Counter[tuple[str, ...]]:
        rows = read(folder / "ref_analysis.csv")
        names = ("dataset", "analysis", "part", "quantity", "value")
        return Counter(tuple(row[name] for name in names) for row in rows if row["dataset"] in OF_R)

    assert values(COPIED) == values(shared_data / "stats")
    assert values(COPIED).total() == len(read(COPIED / "ref_analysis.csv")) == 931


# survRM2's vignette 3-2 prints these for the 312 people of pbc up to 10 years (its table; the prose has the signs of
# the interval swapped). Arm 1 is D-penicillamine.
def test_the_printed_restricted_means() -> None:
    found = compare_restricted_means(arms(COPIED, "pbc_trial", False), 10.0)
    assert [round(arm.mean, 3) for arm in found.arms] == [7.283, 7.146]
    assert round(found.arms[1].std_error, 3) == 0.283
    assert found.difference.estimate == pytest.approx(-0.137, abs=5e-4)
    limits = (found.difference.interval.low, found.difference.interval.high)
    assert limits == pytest.approx((-0.939, 0.665), abs=5e-4)
    assert found.difference.test is not None
    assert round(found.difference.test.p, 3) == 0.738


# Lancet 2016;387:968 prints a hazard ratio of 0.48, stratified; the curve as digitised gives 0.558 (0.406 to 0.766).
def test_a_digitised_curve_does_not_give_the_published_ratio(shared_data: Path) -> None:
    found = cox(arms(shared_data / "stats", "RADIANT4_2A", False))
    assert found.hr == pytest.approx(0.558, abs=5e-4)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.406, 0.766), abs=5e-4)
    assert found.hr == pytest.approx(0.48, abs=0.10)
