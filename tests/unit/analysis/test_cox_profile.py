from math import exp, inf, log

import pytest

from equipoise.analysis.cox import cox
from equipoise.analysis.cox_profile import profile_interval
from equipoise.analysis.cox_terms import terms_of
from equipoise.analysis.followed import two_arms

MIXED = two_arms([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 1], [1, 0, 0, 1, 1, 0])


def test_at_its_ends_the_likelihood_has_fallen_by_half_the_quantile() -> None:
    model, terms = cox(MIXED), terms_of(MIXED, True)
    assert model.log_hr is not None and model.log_likelihood is not None
    interval = profile_interval(terms, model.log_hr, 0.95)
    assert interval.low is not None and interval.high is not None
    assert interval.low < exp(model.log_hr) < interval.high
    for end in (interval.low, interval.high):
        fallen = model.log_likelihood - terms.likelihood(log(end)).log_likelihood
        assert fallen == pytest.approx(3.841458820694124 / 2, abs=1e-8)


def test_a_ratio_of_0_has_an_upper_end() -> None:
    terms = terms_of(two_arms([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 1]), True)
    interval = profile_interval(terms, -inf, 0.9)
    assert interval.low is None and interval.high is not None
    fallen = terms.limit(upwards=False) - terms.likelihood(log(interval.high)).log_likelihood
    assert fallen == pytest.approx(2.705543454095404 / 2, abs=1e-8)
