import pytest

from equipoise.analysis.estimate import Interval
from equipoise.analysis.followed import followed
from equipoise.analysis.kaplan_meier import LOG, LOG_LOG, PLAIN, kaplan_meier
from equipoise.faults import Fault

# Kaplan and Meier's own kind of example: 5 people, one censored.
FIVE = followed([6, 13, 21, 30, 37], [1, 1, 0, 1, 1])


def test_the_curve_by_hand() -> None:
    curve = kaplan_meier(FIVE)
    assert curve.time.tolist() == [6, 13, 21, 30, 37]
    assert curve.at_risk.tolist() == [5, 4, 3, 2, 1]
    assert curve.events.tolist() == [1, 1, 0, 1, 1]
    assert curve.censored.tolist() == [0, 0, 1, 0, 0]
    assert curve.survival.tolist() == pytest.approx([0.8, 0.6, 0.6, 0.3, 0.0])
    assert curve.std_error[1] == pytest.approx((0.6**2 * (1 / 20 + 1 / 12)) ** 0.5)
    assert curve.total_events == 4


@pytest.mark.parametrize("scale", [PLAIN, LOG, LOG_LOG])
def test_at_the_ends_of_a_curve_there_is_a_limit_or_none(scale) -> None:
    curve = kaplan_meier(FIVE, scale=scale)
    assert (curve.at(0).survival, curve.at(0).interval) == (1.0, Interval(1.0, 1.0))
    assert (curve.at(37).survival, curve.at(37).std_error, curve.at(37).interval) == (0.0, 0.0, Interval(None, None))
    assert curve.at(400).survival == 0.0  # nobody is left, whenever one asks


def test_within_0_and_1_on_every_scale() -> None:
    people = followed([1, 2, 3, 4], [1, 0, 1, 0])
    for scale in (PLAIN, LOG, LOG_LOG):
        low, high = (
            kaplan_meier(people, scale=scale).at(1).interval.low,
            kaplan_meier(people, scale=scale).at(1).interval.high,
        )
        assert low is not None and high is not None
        assert 0 <= low < 0.75 < high <= 1


def test_beyond_the_last_follow_up_nothing_is_known() -> None:
    at = kaplan_meier(followed([6, 13, 21], [1, 1, 0])).at(22)
    assert (at.survival, at.std_error, at.interval, at.at_risk) == (None, None, Interval(None, None), 0)
    assert at.sentence == "Nobody was followed up to 22, so the probability of no event by then is unknown."


def test_without_events_nothing_falls() -> None:
    curve = kaplan_meier(followed([6, 13, 21], [0, 0, 0]))
    assert curve.survival.tolist() == [1, 1, 1]
    assert curve.median.time is None
    assert curve.median.sentence == "The median is not reached (no 95 % interval)."
    at = curve.at(13)
    assert at.sentence == (
        "At 13 the probability of no event is 1 (no interval: the curve has not moved or has reached 0); 2 are at risk."
    )
    assert kaplan_meier(followed([6, 13], [0, 0]), scale=PLAIN).at(6).interval == Interval(1.0, 1.0)


def test_everybody_at_one_instant() -> None:
    curve = kaplan_meier(followed([5, 5, 5], [1, 1, 1]))
    assert (curve.survival.tolist(), curve.median.time) == ([0], 5)


def test_a_curve_that_runs_level_on_one_half_has_its_median_in_the_middle() -> None:
    assert kaplan_meier(followed([1, 2, 3, 4], [1, 1, 1, 1])).median.time == 2.5
    assert kaplan_meier(followed([1, 2, 3, 4], [1, 1, 0, 0])).median.time == 2
    assert kaplan_meier(FIVE).quantile(0.25).time == 13


def test_numbers_at_risk() -> None:
    assert kaplan_meier(FIVE).numbers_at_risk([0, 6, 7, 21, 100]).tolist() == [5, 5, 4, 3, 0]


def test_a_late_entry_is_not_at_risk_before() -> None:
    curve = kaplan_meier(followed([4, 6, 8], [1, 1, 1], entry=[0, 5, 2]))
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert curve.survival.tolist() == [0.5, 0.25, 0]


@pytest.mark.parametrize("share", [0, 1, 50])
def test_a_share_is_between_0_and_1(share: float) -> None:
    with pytest.raises(Fault, match="A share lies between 0 and 1"):
        kaplan_meier(FIVE).quantile(share)


def test_sentences() -> None:
    curve = kaplan_meier(FIVE)
    assert (
        curve.at(30).sentence
        == "At 30 the probability of no event is 0.3 (95 % interval 0.0123 to 0.719); 2 are at risk."
    )
    assert curve.median.sentence == "The median is 30 (95 % interval 6 to not reached)."
    assert curve.quantile(0.25).sentence.startswith("The time by which 25 % have had the event is 13 (")
