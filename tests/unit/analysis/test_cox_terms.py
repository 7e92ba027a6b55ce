import pytest

from equipoise.analysis.cox_terms import terms_of
from equipoise.analysis.followed import two_arms

# Two tied events at 1, one in each arm, among two and two; one event at 3, when arm 0 has one person left.
TIED = two_arms([1, 1, 2, 3], [1, 1, 0, 1], [0, 1, 1, 0])


@pytest.mark.parametrize("efron, space", [(True, [[2, 1.5, 1], [2, 1.5, 0]]), (False, [[2, 2, 1], [2, 2, 0]])])
def test_one_term_for_each_event(efron: bool, space: list[list[float]]) -> None:
    terms = terms_of(TIED, efron)
    assert terms.space.tolist() == space
    assert terms.column.tolist() == [0, 0, 1]
    assert terms.out.tolist() == [0, 0.5 if efron else 0, 0]
    assert (terms.events, terms.observed) == (3, 1)
    assert terms.means(0.0).tolist() == [0.5, 0.5, 0]
    assert terms.hazards(0.0).tolist() == [1 / (one + other) for one, other in zip(*space, strict=True)]


@pytest.mark.parametrize("event, upwards", [([1, 1, 0, 0], True), ([0, 0, 1, 1], False)])
def test_the_limit_is_where_the_likelihood_goes(event: list[int], upwards: bool) -> None:
    terms = terms_of(two_arms([1, 2, 1, 2], event, [1, 1, 0, 0]), True)
    far = terms.likelihood(40.0 if upwards else -40.0).log_likelihood
    assert terms.limit(upwards) == pytest.approx(far, abs=1e-9)
