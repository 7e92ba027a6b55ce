"""Subgroups: levels are analysed apart, and their interaction is that of a weighted difference of log ratios."""

from math import erfc, log, sqrt

import pytest
from tests.locked import ON, locked

from equipoise.report.analysis.analysis_data import report_of
from equipoise.report.analysis.subgroups import Ratio, interaction


def ratio(log_hr: float | None, se: float | None, people: int = 10) -> Ratio:
    return Ratio((3, 3), (people, people), log_hr, se)


def test_of_two_levels_the_interaction_is_the_square_of_z() -> None:
    z = (log(0.5) - log(0.9)) / sqrt(0.3**2 + 0.4**2)
    expected = erfc(abs(z) / sqrt(2))
    assert interaction([ratio(log(0.5), 0.3), ratio(log(0.9), 0.4)]) == pytest.approx(expected, rel=1e-12)


def test_equal_levels_do_not_differ_and_a_level_without_a_ratio_leaves_it_open() -> None:
    assert interaction([ratio(log(0.7), 0.3)] * 3) == pytest.approx(1.0)
    assert interaction([ratio(log(0.7), 0.3), ratio(None, None)]) is None
    assert interaction([ratio(log(0.7), 0.3), ratio(log(0.7), 0.3), ratio(None, None, 0)]) == pytest.approx(1.0)


def test_everybody_of_a_subgroup_is_in_one_level_or_counted_as_not_known() -> None:
    report = report_of(locked().trial.state, locked().trial.protocol, ON)
    rows = report.forest
    heads = [number for number, row in enumerate(rows) if row.head][1:]
    for begin, end in zip(heads, [*heads[1:], len(rows)], strict=True):
        inside = sum(sum(row.people) for row in rows[begin + 1 : end])
        unknown = int(rows[begin].label.rpartition(": ")[2].rstrip(")")) if "not known" in rows[begin].label else 0
        assert inside + unknown == sum(rows[0].people)
