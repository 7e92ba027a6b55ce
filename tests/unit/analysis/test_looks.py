"""Bounds of planned looks: one look alone is the fixed test, and alpha is spent by the looks that spend any."""

from dataclasses import replace
from decimal import Decimal
from math import inf

import pytest
from scipy.special import ndtri

from equipoise.analysis.design.sequential import benefit_bounds
from equipoise.analysis.design.spending import LikeObrienFleming
from equipoise.analysis.looks import bounds_of
from equipoise.protocol.comparisons import PlannedLook

FINAL = PlannedLook("final", "final analysis", "dfs", Decimal(1), events=60)
HALF = PlannedLook("half", "interim", "dfs", Decimal("0.5"), events=30, spending="obrien_fleming")


def test_one_look_alone_is_the_fixed_test() -> None:
    (only,) = bounds_of([FINAL], 0.025)
    assert only.z == pytest.approx(-ndtri(0.025)) and only.information == 1.0


def test_looks_that_spend_share_alpha() -> None:
    found = bounds_of([HALF, FINAL], 0.025)
    assert [each.z for each in found] == pytest.approx(list(benefit_bounds((0.5, 1.0), LikeObrienFleming(), 0.025)))


def test_an_interim_look_that_spends_nothing_cannot_stop() -> None:
    first, last = bounds_of([replace(HALF, spending="none"), FINAL], 0.025)
    assert first.z == inf and last.z == pytest.approx(-ndtri(0.025))
    assert bounds_of([], 0.025) == ()
