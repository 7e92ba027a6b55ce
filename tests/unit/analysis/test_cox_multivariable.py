import sys

import numpy as np
import pytest

from equipoise.analysis.cox import Ties, cox
from equipoise.analysis.cox_multivariable import multivariable_cox
from equipoise.analysis.followed import two_arms
from equipoise.faults import Fault

DRAWN = np.random.default_rng(4)
TIME = DRAWN.integers(2, 30, 80).astype(np.float64)
EVENT, ARM, STRATUM = (DRAWN.integers(0, 2, 80) for _ in range(3))
ENTRY = np.minimum(DRAWN.integers(0, 8, 80), TIME - 1)


@pytest.mark.parametrize("ties", Ties)
@pytest.mark.parametrize("more", [{}, {"stratum": STRATUM}, {"entry": ENTRY}, {"entry": ENTRY, "stratum": STRATUM}])
def test_with_the_arm_alone_it_is_the_model_of_two_arms(ties: Ties, more: dict) -> None:
    pytest.importorskip("statsmodels")
    found = multivariable_cox(TIME, EVENT, {"arm": ARM}, ties=ties, **more)
    ours = cox(two_arms(TIME, EVENT, ARM, **more), ties=ties)
    assert found.coefficients[0].log_hr == pytest.approx(ours.log_hr, abs=1e-8)
    assert found.coefficients[0].se == pytest.approx(ours.se, rel=1e-7)
    assert found.coefficients[0].wald is not None and ours.wald is not None
    assert found.coefficients[0].wald.p == pytest.approx(ours.wald.p)


def test_the_unit_of_a_covariate_scales_its_coefficient() -> None:
    pytest.importorskip("statsmodels")
    age = DRAWN.normal(60, 10, 80)
    years, days = (multivariable_cox(TIME, EVENT, {"arm": ARM, "age": age * unit}) for unit in (1, 365.25))
    assert years.coefficients[1].log_hr == pytest.approx(365.25 * days.coefficients[1].log_hr)
    assert years.coefficients[0].log_hr == pytest.approx(days.coefficients[0].log_hr)
    assert years.log_likelihood == pytest.approx(days.log_likelihood)
    assert years.sentence.startswith("arm: hazard ratio ")


@pytest.mark.parametrize(
    "covariates, sentence",
    [
        ({}, "A Cox model needs at least one covariate"),
        ({"age": np.ones(80)}, "The covariate age is 1 for everybody: leave it out."),
        ({"age": ARM[:5]}, "There are 80 times but 5 values of age"),
        ({"age": np.where(TIME > 20, np.nan, TIME)}, "has no usable age: give a number, or leave the row out."),
        ({"arm": ARM, "again": 1 - ARM}, "The Cox model has no finite solution"),
        ({"event": EVENT}, "The Cox model has no finite solution"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(covariates: dict, sentence: str) -> None:
    pytest.importorskip("statsmodels")
    with pytest.raises(Fault) as told:
        multivariable_cox(TIME, EVENT, covariates)
    assert sentence in str(told.value)


def test_without_statsmodels_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.duration.hazard_regression", None)
    with pytest.raises(Fault, match=r"pip install 'equipoise\[multivariable\]'"):
        multivariable_cox(TIME, EVENT, {"arm": ARM})
