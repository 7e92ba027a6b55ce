"""Turnbull's curves of the breast cosmesis data against those that R prints.

Data: Finkelstein DM, Wolfe RA, Biometrics 1985;41:933-945 (94 women, months to breast retraction). Curves: R package
interval, icfit of its data bcos (Fay MP, Shaw PA, J Stat Softw 2010;36(2), section 4), to the four digits printed.
"""

from math import inf

import numpy as np
import pytest

from equipoise.analysis.interval_censored import weibull_ratio
from equipoise.analysis.turnbull import turnbull

# left, right of each woman; 0 as right: never seen.
RADIATION = """
45 0, 6 10, 0 7, 46 0, 46 0, 7 16, 17 0, 7 14, 37 44, 0 8, 4 11, 15 0, 11 15, 22 0, 46 0, 46 0, 25 37, 46 0, 26 40,
46 0, 27 34, 36 44, 46 0, 36 48, 37 0, 40 0, 17 25, 46 0, 11 18, 38 0, 5 12, 37 0, 0 5, 18 0, 24 0, 36 0, 5 11, 19 35,
17 25, 24 0, 32 0, 33 0, 19 26, 37 0, 34 0, 36 0"""
WITH_CHEMOTHERAPY = """
8 12, 0 22, 24 31, 17 27, 17 23, 24 30, 16 24, 13 0, 11 13, 16 20, 18 25, 17 26, 32 0, 23 0, 44 48, 14 17, 0 5, 5 8,
12 20, 11 0, 33 40, 31 0, 13 39, 19 32, 34 0, 13 0, 16 24, 35 0, 15 22, 11 17, 22 32, 10 35, 30 34, 13 0, 10 17, 8 21,
4 9, 11 0, 14 19, 4 8, 34 0, 30 36, 18 24, 16 60, 35 39, 21 0, 11 20, 48 0"""
CURVES = {
    RADIATION: {
        (4, 5): 0.0463, (6, 7): 0.0334, (7, 8): 0.0887, (11, 12): 0.0708, (24, 25): 0.0926, (33, 34): 0.0818,
        (38, 40): 0.1209, (46, 48): 0.4656,
    },
    WITH_CHEMOTHERAPY: {
        (4, 5): 0.0433, (5, 8): 0.0433, (11, 12): 0.0692, (16, 17): 0.1454, (18, 19): 0.1411, (19, 20): 0.1157,
        (24, 25): 0.0999, (30, 31): 0.0709, (35, 36): 0.1608, (44, 48): 0.0552, (48, 60): 0.0552,
    },
}  # fmt: skip


def ends(text: str) -> tuple[list[float], list[float]]:
    pairs = [each.split() for each in text.split(",")]
    return [float(left) for left, _ in pairs], [float(right) or inf for _, right in pairs]


@pytest.mark.parametrize("people", CURVES, ids=["radiation", "with chemotherapy"])
def test_the_shares_are_those_that_r_prints(people: str) -> None:
    curve = turnbull(*ends(people))
    found = {
        (left, right): round(share, 4) for left, right, share in zip(curve.left, curve.right, curve.share, strict=True)
    }
    assert curve.converged and found == CURVES[people]


def test_the_data_are_whole() -> None:
    assert [len(ends(people)[0]) for people in CURVES] == [46, 48]


def test_the_weibull_model_lies_below_the_curves_that_no_model_binds() -> None:
    """The curves without a model are the most likely ones there are; a Weibull model comes close to them."""
    both = [ends(people) for people in CURVES]
    left, right = ([*both[0][side], *both[1][side]] for side in (0, 1))
    model = weibull_ratio(left, right, np.repeat([0, 1], [46, 48]))
    most = sum(turnbull(*each).log_likelihood for each in both)
    assert model.log_likelihood is not None and most - 22 < model.log_likelihood < most
    assert model.events == (21, 35) and model.hr is not None and 2 < model.hr < 3
