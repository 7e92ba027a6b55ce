"""The forms that hold their level in small trials: what they are without censoring; both ways to them agree."""

from itertools import combinations
from math import inf, isnan, sqrt

import numpy as np
import pytest
from scipy.stats import chi2_contingency, ttest_ind

from equipoise.analysis import calibrated_kernels as kernels
from equipoise.analysis.calibrated import calibrated_at, calibrated_means, permuted_at, permuted_means, score_at
from equipoise.analysis.fixed_time import ARCSINE, COMPLEMENTARY_LOG_LOG, LINEAR, compare_at
from equipoise.analysis.followed import TwoArms, two_arms
from equipoise.analysis.kernels import Rows
from equipoise.analysis.rmst import compare_restricted_means
from equipoise.faults import Fault


def drawn(seed: int, people: int, censored: bool) -> TwoArms:
    chance = np.random.default_rng(seed)
    arm = np.arange(people) % 2
    time = chance.exponential(20 + 10 * arm).round(1) + 0.1
    last = chance.uniform(12, 60, people).round(1) if censored else np.full(people, inf)
    return two_arms(np.minimum(time, last), time <= last, arm, stratum=np.arange(people) % 3)


def at(people: TwoArms, tau: float) -> tuple[kernels.ArmAt, kernels.ArmAt]:
    order = np.argsort(people.rows.time, kind="stable")
    rows = Rows(*(each[order] for each in people.rows))
    space = np.empty((2, len(order)))
    return kernels.arm_at(rows, 0, tau, space), kernels.arm_at(rows, 1, tau, space)


@pytest.mark.parametrize("seed", range(20))
def test_the_kernel_is_the_analysis(seed: int) -> None:
    people = drawn(seed, 40, censored=True)
    zero, one = at(people, 12.0)
    fixed, means = compare_at(people, 12.0), compare_restricted_means(people, 12.0)
    for ours, theirs, mean in zip((zero, one), fixed.arms, means.arms, strict=True):
        assert ours.known and ours.people == 20
        assert (ours.survival, sqrt(ours.variance)) == pytest.approx((theirs.survival, theirs.std_error))
        assert (ours.mean, sqrt(ours.mean_variance)) == pytest.approx((mean.mean, mean.std_error))
    arms = (zero.survival, zero.variance, one.survival, one.variance)
    scales = {LINEAR: 1.0, ARCSINE: 1.0, COMPLEMENTARY_LOG_LOG: -1.0}
    plain = kernels.plain(fixed.difference, zero.variance, one.variance)
    ours = (plain, kernels.arcsine(*arms), kernels.log_log(*arms))
    for (scale, sign), found in zip(scales.items(), ours, strict=True):
        test = fixed.test(scale)
        assert test is not None and test.z is not None
        assert found.value == pytest.approx(sign * test.z) and found.freedom == inf


def test_without_censoring_welch_is_welch() -> None:
    people = drawn(3, 30, censored=False)
    rows, tau = people.rows, 15.0
    cut = np.minimum(rows.time, tau)
    for found, values in ((calibrated_means(people, tau), cut), (calibrated_at(people, tau), (rows.time > tau) * 1.0)):
        known = ttest_ind(values[rows.arm == 1], values[rows.arm == 0], equal_var=False)
        assert found.test is not None
        assert (found.test.z, found.test.p, found.freedom) == pytest.approx((known.statistic, known.pvalue, known.df))
        interval = known.confidence_interval()
        assert (found.interval.low, found.interval.high) == pytest.approx((interval.low, interval.high))


def test_without_censoring_the_score_is_pearsons_times_its_small_correction() -> None:
    people = drawn(3, 30, censored=False)
    rows = people.rows
    table = [[int(((rows.time > 15) == free)[rows.arm == arm].sum()) for free in (0, 1)] for arm in (0, 1)]
    found = score_at(people, 15.0)
    assert found.test is not None
    assert found.test.chi_square == pytest.approx(chi2_contingency(table, correction=False).statistic * 29 / 30)


def test_newcombe_gives_his_printed_interval() -> None:
    """Newcombe 1998 (Statistics in Medicine 17:873), table II, (a): 56/70 less 48/80, method 10: 0.0524 to 0.3339."""
    one, zero = 56 / 70, 48 / 80
    low, high = kernels.newcombe(zero, zero * (1 - zero) / 80, one, one * (1 - one) / 70, 1.959963984540054)
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_what_does_not_vary_is_not_tested() -> None:
    people = two_arms([5, 6, 7, 8], [0, 0, 0, 0], [0, 1, 0, 1])
    for found in (calibrated_at(people, 5.0), score_at(people, 5.0), calibrated_means(people, 5.0)):
        assert found.test is None and found.interval.low is None
        assert "no test" in found.sentence and "nan" not in found.sentence
    assert isnan(kernels.welch(0.1, 0.1, 1, 0.1, 5).value)  # one person varies in nothing
    assert permuted_at(people, 5.0, np.random.default_rng(1), 99) == 1.0


def test_a_curve_that_ends_too_early_is_not_known() -> None:
    people = two_arms([5, 6, 7, 3], [1, 1, 1, 0], [0, 0, 1, 1])
    zero, one = at(people, 7.5)
    assert zero.known and zero.survival == 0 and one.survival == 0 and one.known
    later = two_arms([5, 6, 7, 9], [1, 1, 1, 0], [0, 0, 1, 1])
    assert not at(later, 9.5)[1].known
    with pytest.raises(Fault, match=r"Nobody in arm 1 was followed up to 9\.5"):
        calibrated_at(later, 9.5)


@pytest.mark.parametrize(("test", "mean"), [(permuted_at, False), (permuted_means, True)])
def test_the_permutation_p_is_near_that_of_all_permutations(test: object, mean: bool) -> None:
    people = two_arms([4, 9, 14, 20, 3, 7, 11, 25], [1, 1, 0, 1, 1, 1, 1, 0], [0, 1, 0, 1, 0, 1, 0, 1])
    tau = 10.0
    order = np.argsort(people.rows.time)
    rows = Rows(*(each[order] for each in people.rows))
    every = np.zeros((70, 8), np.uint8)
    for row, ones in zip(every, combinations(range(8), 4), strict=True):
        row[list(ones)] = 1
    own = (calibrated_means if mean else calibrated_at)(people, tau)
    assert own.test is not None and own.test.z is not None
    far = kernels.count_as_far(rows, every, tau, mean, abs(own.test.z) * (1 - 1e-9), np.empty((2, 8)))
    p = test(people, tau, np.random.default_rng(2), 20_000)  # type: ignore[operator]
    assert p == pytest.approx(far / 70, abs=4 * sqrt(0.25 / 20_000))


def test_arms_are_reshuffled_within_strata_only() -> None:
    """Where each stratum has one arm only, nothing can be reshuffled."""
    people = two_arms([4, 9, 14, 20], [1, 1, 1, 1], [0, 0, 1, 1], stratum=[0, 0, 1, 1])
    assert permuted_means(people, 15.0, np.random.default_rng(1), 199) == 1.0


def test_bad_questions_are_refused() -> None:
    people = two_arms([4, 9, 14, 20], [1, 1, 1, 1], [0, 0, 1, 1])
    with pytest.raises(Fault, match="at least one draw"):
        permuted_means(people, 10.0, np.random.default_rng(1), 0)
    late = two_arms([4, 9, 14, 20], [1, 1, 1, 1], [0, 0, 1, 1], entry=[1, 0, 0, 0])
    with pytest.raises(Fault, match="not possible with delayed entry"):
        permuted_means(late, 10.0, np.random.default_rng(1))
    with pytest.raises(Fault, match="level lies between 0 and 1"):
        calibrated_means(people, 10.0, level=1.0)
