"""What a number of a design may be."""

from collections.abc import Callable
from math import inf, nan

import pytest

from equipoise.analysis.design.checks import effect, not_negative, positive, share, wanted_power
from equipoise.faults import Fault


@pytest.mark.parametrize(
    ("of", "says"),
    [
        (lambda: share("alpha", 0), "alpha is a share between 0 and 1, not 0."),
        (lambda: share("alpha", 1), "between 0 and 1"),
        (lambda: share("alpha", nan), "between 0 and 1"),
        (lambda: positive("The time", 0), "The time is a number above 0, not 0."),
        (lambda: positive("The time", inf), "above 0"),
        (lambda: not_negative("The delay", -1), "The delay is a number of at least 0, not -1."),
        (lambda: not_negative("The delay", nan), "at least 0"),
        (lambda: effect(1), "no number of people can show one"),
        (lambda: effect(-0.5), "The hazard ratio is a number above 0"),
        (lambda: wanted_power(0.05, 0.05), "must be above alpha"),
    ],
)
def test_what_cannot_be_is_one_sentence(of: Callable[[], object], says: str) -> None:
    with pytest.raises(Fault, match=says):
        of()


def test_what_may_be_comes_back() -> None:
    assert (share("a", 0.5), positive("b", 2), not_negative("c", 0), effect(0.5), wanted_power(0.1, 0.2)) == (
        0.5, 2, 0, 0.5, 0.2,
    )  # fmt: skip
