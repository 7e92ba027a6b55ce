import numpy as np
import pytest

from equipoise.analysis import kernels
from equipoise.analysis.kernels import AT_RISK_0, AT_RISK_1, EVENTS_0, EVENTS_1, STRATUM, TIME, Rows


def rows(time: list[float], event: list[int], arm: list[int], stratum: list[int]) -> Rows:
    return Rows(
        np.array(time, np.float64), np.array(event, np.uint8), np.array(arm, np.uint8), np.array(stratum, np.int64)
    )


TWO_STRATA = rows([2, 2, 3, 5, 1, 4], [1, 1, 0, 1, 0, 1], [0, 1, 1, 0, 0, 1], [0, 0, 0, 0, 1, 1])


def test_the_risk_table_by_hand() -> None:
    table = kernels.new_table(6)
    columns = kernels.risk_table(TWO_STRATA, table)
    assert columns == 3
    assert table[TIME, :3].tolist() == [2, 5, 4]
    assert table[STRATUM, :3].tolist() == [0, 0, 1]
    assert table[AT_RISK_0, :3].tolist() == [2, 1, 0]
    assert table[AT_RISK_1, :3].tolist() == [2, 0, 1]
    assert table[EVENTS_0, :3].tolist() == [1, 1, 0]
    assert table[EVENTS_1, :3].tolist() == [1, 0, 1]


def test_nobody_and_no_events_leave_the_table_empty() -> None:
    assert kernels.risk_table(rows([], [], [], []), kernels.new_table(0)) == 0
    assert kernels.risk_table(rows([1, 2], [0, 0], [0, 1], [0, 0]), kernels.new_table(2)) == 0
    assert kernels.log_rank(kernels.new_table(2), 0) == (0, 0, 0, 0)
    assert kernels.cox(kernels.new_table(2), 0, True, kernels.new_table(2)).state == kernels.NO_INFORMATION


def test_who_enters_late_is_taken_out_before() -> None:
    table = kernels.new_table(6)
    columns = kernels.risk_table(TWO_STRATA, table)
    entries = rows([-np.inf, 0, 2, 4, 0, 3], [0] * 6, [0, 1, 1, 0, 1, 0], [0, 0, 0, 0, 1, 1])
    kernels.enter_late(table, columns, entries)
    assert table[AT_RISK_0, :3].tolist() == [1, 1, 0]
    assert table[AT_RISK_1, :3].tolist() == [1, 0, 1]


def test_the_fast_log_rank_is_the_weighted_one_with_weights_of_one() -> None:
    table = kernels.new_table(6)
    columns = kernels.risk_table(TWO_STRATA, table)
    weighted = kernels.weighted_log_rank(table, columns, np.ones(columns))
    assert kernels.log_rank(table, columns) == pytest.approx(weighted)


def test_efron_and_breslow_by_hand() -> None:
    table, terms = kernels.new_table(6), np.empty((2, 6))
    columns = kernels.risk_table(TWO_STRATA, table)
    assert kernels.cox_terms(table, columns, True, terms) == 4
    assert terms[:, :4].tolist() == [[2, 1.5, 1, 0], [2, 1.5, 0, 1]]
    kernels.cox_terms(table, columns, False, terms)
    assert terms[:, :4].tolist() == [[2, 2, 1, 0], [2, 2, 0, 1]]


@pytest.mark.parametrize("ratio", [1e-6, 0.01, 1.0, 300.0, 1e6])
def test_the_search_finds_ratios_however_far_they_are(ratio: float) -> None:
    """One event in each arm, with 1 and with ratio² at risk in arm 0 to 1 in arm 1: that ratio makes the score 0."""
    table, terms = kernels.new_table(2), kernels.new_table(2)
    table[:, :] = 0
    table[AT_RISK_0, :] = [1, ratio**2]
    table[AT_RISK_1, :] = [1, 1]
    table[EVENTS_0, 0] = table[EVENTS_1, 1] = 1
    found = kernels.cox(table, 2, True, terms)
    assert found.state == kernels.CONVERGED
    assert found.log_hr == pytest.approx(np.log(ratio), abs=1e-6)


def test_many_rows_are_sorted_as_few_are() -> None:
    drawn = np.random.default_rng(5)
    time, stratum = drawn.integers(0, 50, 1000), drawn.integers(0, 2, 1000)
    many = rows(time.tolist(), [1] * 1000, drawn.integers(0, 2, 1000).tolist(), stratum.tolist())
    into = kernels.new_rows(1000)
    kernels.sort_rows(many, 2, into, kernels.new_order(1000, 2))
    order = np.lexsort((time, stratum))
    np.testing.assert_array_equal(into.time, time[order])
    np.testing.assert_array_equal(into.arm, many.arm[order])
