"""Spending functions: nothing at first, all at the end, and by hand in between."""

from math import e, exp, log

import pytest
from scipy.stats import norm

from equipoise.analysis.design.spending import (
    HwangShihDeCani,
    LikeObrienFleming,
    LikePocock,
    PowerFamily,
    Spending,
    spent,
)
from equipoise.faults import Fault

RULES: list[tuple[Spending, float]] = [
    (LikeObrienFleming(), 2 * norm.sf(norm.isf(0.0125) / 0.5**0.5)),
    (LikePocock(), 0.025 * log(1 + (e - 1) / 2)),
    (HwangShihDeCani(-4), 0.025 * (1 - exp(2)) / (1 - exp(4))),
    (HwangShihDeCani(0), 0.0125),
    (PowerFamily(3), 0.025 / 8),
]


@pytest.mark.parametrize(("rule", "half"), RULES)
def test_none_half_and_all(rule: Spending, half: float) -> None:
    assert spent(rule, 0.025, 0) == 0
    assert spent(rule, 0.025, 0.5) == pytest.approx(half, rel=1e-12)
    assert spent(rule, 0.025, 1) == spent(rule, 0.025, 1.2) == 0.025


def test_spending_very_late_does_not_overflow() -> None:
    assert 0 < spent(HwangShihDeCani(-900), 0.025, 0.99) < 1e-5
    assert spent(LikeObrienFleming(), 0.025, 1e-3) < 1e-300


def test_what_cannot_be() -> None:
    for of, says in (
        (lambda: spent(LikePocock(), 0, 0.5), "between 0 and 1"),
        (lambda: spent(LikePocock(), 0.025, -0.1), "at least 0"),
        (lambda: PowerFamily(0), "above 0"),
    ):
        with pytest.raises(Fault, match=says):
            of()
