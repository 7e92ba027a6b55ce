from dataclasses import replace
from math import exp, inf, log

import pytest

from equipoise.analysis.cox import State, Ties, cox
from equipoise.analysis.estimate import Interval
from equipoise.analysis.followed import two_arms
from equipoise.faults import Fault

FOUR = {"time": [1, 2, 3, 4], "event": [1, 1, 1, 0], "arm": [1, 0, 0, 1]}
APART = {"time": [1, 2, 3, 4], "event": [1, 1, 0, 0], "arm": [0, 0, 1, 1]}


def test_a_ratio_by_hand() -> None:
    """At risk (arm 0, arm 1): (2, 2), (2, 1), (1, 1). The score is 1 - r/(1 + r) - r/(2 + r) - r/(1 + r) = 0."""
    found = cox(two_arms(**FOUR))
    assert found.state is State.CONVERGED and found.log_hr is not None and found.se is not None
    ratio = exp(found.log_hr)
    shares = [ratio / (1 + ratio), ratio / (2 + ratio), ratio / (1 + ratio)]
    assert sum(shares) == pytest.approx(1)
    assert found.se**-2 == pytest.approx(sum(share * (1 - share) for share in shares))
    assert found.log_likelihood == pytest.approx(log(ratio) - log(2 + 2 * ratio) - log(2 + ratio) - log(1 + ratio))
    assert found.log_likelihood_null == pytest.approx(-log(4) - log(3) - log(2))
    assert found.interval == Interval(
        pytest.approx(exp(found.log_hr - 1.959963984540054 * found.se)),
        pytest.approx(exp(found.log_hr + 1.959963984540054 * found.se)),
    )


def test_without_ties_both_ways_are_one() -> None:
    efron, breslow = (cox(two_arms(**FOUR), ties=ties) for ties in Ties)
    assert replace(efron, ties=Ties.BRESLOW) == breslow


@pytest.mark.parametrize("arms, hr, ends", [([0, 0, 1, 1], 0.0, (None, True)), ([1, 1, 0, 0], inf, (True, None))])
def test_all_events_in_one_arm_have_no_highest_likelihood(arms: list[int], hr: float, ends: tuple) -> None:
    found = cox(two_arms(**(APART | {"arm": arms})))
    assert (found.state, found.hr, found.log_hr, found.se, found.wald) == (State.MONOTONE, hr, None, None, None)
    assert found.score is not None and found.likelihood_ratio is not None
    assert found.log_likelihood == pytest.approx(-log(2))
    assert found.likelihood_ratio.chi_square == pytest.approx(2 * (log(4) + log(3) - log(2)))
    assert (found.interval.low is None, found.interval.high is None) == tuple(end is None for end in ends)


def test_without_a_maximum_the_sentence_says_why_and_gives_the_end_that_is_known() -> None:
    below, above = (cox(two_arms(**(APART | {"arm": arms}))) for arms in ([0, 0, 1, 1], [1, 1, 0, 0]))
    assert below.sentence == (
        "Hazard ratio 0, since with both arms at risk all events fell in arm 0; with 95 % confidence it is below "
        f"{below.interval.high:.3g}, likelihood-ratio p = 0.058, Efron ties."
    )
    assert above.sentence.startswith("Hazard ratio infinite, since with both arms at risk all events fell in arm 1; ")
    assert above.interval.low is not None and below.interval.high is not None
    assert above.interval.low == pytest.approx(1 / below.interval.high)


@pytest.mark.parametrize(
    "changed", [{"event": [0, 0, 0, 0]}, {"stratum": ["a", "a", "b", "b"]}, {"event": [0, 0, 0, 1]}]
)
def test_where_nothing_can_be_learnt(changed: dict) -> None:
    found = cox(two_arms(**(APART | changed)))
    assert (found.state, found.hr, found.score) == (State.NO_INFORMATION, None, None)
    assert (found.interval, found.likelihood_ratio) == (Interval(None, None), None)
    assert found.sentence == "Hazard ratio unknown, since no event was seen while both arms were at risk."


def test_everybody_at_one_instant_has_a_ratio_of_one() -> None:
    found = cox(two_arms([5, 5, 5, 5], [1, 1, 1, 1], [0, 1, 0, 1]))
    assert found.state is State.CONVERGED
    assert found.hr == pytest.approx(1)
    assert found.se is not None and found.se < 2


def test_a_cluster_of_one_each_is_the_robust_variance() -> None:
    one, other = cox(two_arms(**FOUR), robust=True), cox(two_arms(**FOUR), cluster=["a", "b", "c", "d"])
    assert one.robust_se == pytest.approx(other.robust_se)
    assert one.se == cox(two_arms(**FOUR)).se
    assert one.interval != cox(two_arms(**FOUR)).interval
    assert one.sentence.endswith("Efron ties, robust variance.")
    with pytest.raises(Fault, match="There are 4 people but 2 clusters"):
        cox(two_arms(**FOUR), cluster=["a", "b"])


def test_strata_are_told() -> None:
    twice = {name: values * 2 for name, values in FOUR.items()}
    assert cox(two_arms(**twice, stratum=[0] * 4 + [1] * 4)).sentence.endswith("Efron ties, 2 strata.")
