import numpy as np
import pytest

from equipoise.analysis.cox import cox
from equipoise.analysis.cox_residuals import score_residuals
from equipoise.analysis.cox_terms import terms_of
from equipoise.analysis.followed import two_arms


def test_by_hand_for_three_people() -> None:
    """At a log ratio of 0, with events at 1 (arm 1) and 2 (arm 0): means 2/3 and 1/2, hazards 1/3 and 1/2."""
    people = two_arms([1, 2, 3], [1, 1, 0], [1, 0, 1])
    found = score_residuals(people, terms_of(people, True), 0.0)
    first = 1 / 3 * (1 / 3)
    assert found.tolist() == pytest.approx(
        [1 / 3 - first, -1 / 2 - (-2 / 3 / 3 - 1 / 2 / 2), 0 - (1 / 3 / 3 + 1 / 2 / 2)]
    )


@pytest.mark.parametrize("efron", [True, False])
def test_they_sum_to_the_score(efron: bool) -> None:
    drawn = np.random.default_rng(11)
    entry = drawn.integers(0, 5, 60)
    people = two_arms(
        entry + drawn.integers(1, 9, 60),
        drawn.integers(0, 2, 60),
        drawn.integers(0, 2, 60),
        stratum=drawn.integers(0, 3, 60),
        entry=entry,
    )
    terms = terms_of(people, efron)
    for log_hr in (-0.7, 0.0, 1.3):
        total = score_residuals(people, terms, log_hr).sum()
        assert total == pytest.approx(terms.likelihood(log_hr).score, abs=1e-9)


def test_a_person_who_is_never_at_risk_at_an_event_moves_nothing() -> None:
    people = two_arms([1, 2, 3, 4, 0.5], [1, 1, 1, 0, 0], [1, 0, 0, 1, 0])
    model = cox(people)
    assert model.log_hr is not None
    assert score_residuals(people, terms_of(people, True), model.log_hr)[0] == 0
