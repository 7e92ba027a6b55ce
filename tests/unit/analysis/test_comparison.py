"""Everything at once: the parts are those of the single functions, strata or none, times or none."""

import pytest

from equipoise.analysis.comparison import compared, round_times
from equipoise.analysis.cox import cox
from equipoise.analysis.followed import two_arms
from equipoise.analysis.logrank import log_rank
from equipoise.faults import Fault

TIME = [5, 9, 12, 14, 16, 20, 8, 18, 22, 26, 30, 33]
EVENT = [1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0, 0]
ARM = [0] * 6 + [1] * 6
STRATUM = [0, 1] * 6


def test_without_strata_there_is_nothing_stratified() -> None:
    people = two_arms(TIME, EVENT, ARM)
    found = compared(people)
    assert found.stratified is None and found.at == ()
    assert found.log_rank == log_rank(people) and found.cox == cox(people)


def test_with_strata_both_are_given() -> None:
    people = two_arms(TIME, EVENT, ARM, stratum=STRATUM)
    found = compared(people)
    assert found.stratified == (log_rank(people), cox(people))
    assert found.log_rank == log_rank(two_arms(TIME, EVENT, ARM)) and found.cox == cox(two_arms(TIME, EVENT, ARM))


def test_the_restricted_mean_ends_where_both_arms_were_followed() -> None:
    found = compared(two_arms(TIME, EVENT, ARM))
    assert found.horizon == 20 and found.restricted is not None and found.restricted.horizon == 20
    assert compared(two_arms(TIME, EVENT, ARM), horizon=12).horizon == 12
    with pytest.raises(Fault, match="beyond the last follow-up"):
        compared(two_arms(TIME, EVENT, ARM), horizon=40)


def test_everybody_with_an_event_at_once() -> None:
    found = compared(two_arms([0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1]))
    assert found.times == () and found.restricted is None and found.horizon == 0


def test_times_that_are_asked_for_are_compared() -> None:
    found = compared(two_arms(TIME, EVENT, ARM), at=[10.0])
    assert found.times == (10.0,) and found.at[0].time == 10


@pytest.mark.parametrize(
    ("longest", "times"),
    [(36, (5, 10, 15, 20, 25, 30, 35)), (1100, (200, 400, 600, 800, 1000)), (4, (1, 2, 3, 4)), (0, ())],
)
def test_round_times(longest: float, times: tuple[float, ...]) -> None:
    assert round_times(longest) == times
