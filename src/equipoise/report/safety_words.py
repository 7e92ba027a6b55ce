"""The words that text, data and pages share about grades and stopping boundaries."""

from ..conduct.boundary import Boundary
from ..protocol.model import Protocol
from ..protocol.safety import Stopping
from ..quantities import decimal_text


def origin_words(trial: Protocol, ours: bool, source: str) -> str:
    """Where something is from; what the trial never published says so."""
    return f"Ours, not from {trial.acronym}: {source}." if ours else f"Source: {source}."


def percent(share: float) -> str:
    """A share as people write it: "5.0 %", "<0.1 %"."""
    return "<0.1 %" if 0 < share < 0.0005 else f"{share * 100:.1f} %"


def people_range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def stop_words(stop_at: int) -> str:
    return f"{stop_at} or more"


def grade_words(low: int, high: int) -> str:
    """ "2", "0 or 1", "0 to 4": the grade, or between which it lies."""
    if low == high:
        return str(low)
    return f"{low} or {high}" if high == low + 1 else f"{low} to {high}"


def method_words(stopping: Stopping, boundary: Boundary) -> str:
    """How the boundary is made, in one sentence with its numbers."""
    rate = f"{decimal_text((stopping.acceptable * 100).normalize())} %"
    every = "each person" if stopping.every == 1 else f"every {stopping.every} people"
    looks = f"looked at after {stopping.first} people, then after {every}, up to {stopping.most}"
    if boundary.method == "bayes":
        a, b = (decimal_text(number) for number in stopping.prior)
        return (
            f"Bayesian: stop when the chance that the rate is above {rate} is more than "
            f"{decimal_text(stopping.cutoff)}; the rate is Beta({a}, {b}) before anybody is seen; {looks}."
        )
    return (
        f"Exact: stop when so many events or more have a chance of at most {boundary.level:.4f} at a rate of {rate}, "
        f"the same at each look, so that the chance to stop at that rate is at most {decimal_text(stopping.alpha)}; "
        f"{looks}."
    )
