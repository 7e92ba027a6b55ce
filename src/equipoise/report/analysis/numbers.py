"""How the report writes numbers: digits that mean something, intervals, p-values, and a dash for what is not known."""

from math import isfinite
from typing import Final

UNKNOWN: Final = "–"


def ratio_text(value: float | None) -> str:
    """A ratio with two decimals; three digits where it is small: "0.59", "0.043", "12.3"."""
    if value is None or not isfinite(value):
        return UNKNOWN
    return f"{value:.2f}" if 0.1 <= value < 10 else f"{value:.3g}"


def share_text(value: float | None) -> str:
    """A probability in percent with one decimal: "44.1 %"."""
    return UNKNOWN if value is None or not isfinite(value) else f"{100 * value:.1f} %"


def points_text(value: float | None) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return UNKNOWN if value is None or not isfinite(value) else f"{100 * value:+.1f}".replace("-", "−")


def months_text(value: float | None) -> str:
    """Months with one decimal."""
    return UNKNOWN if value is None or not isfinite(value) else f"{value:.1f}"


def signed_text(value: float | None) -> str:
    """A difference with one decimal and its sign."""
    return UNKNOWN if value is None or not isfinite(value) else f"{value:+.1f}".replace("-", "−")


def p_text(p: float | None) -> str:
    """ "< 0.001", "0.032", "0.41": never 0, and never more digits than it has."""
    if p is None or not isfinite(p):
        return UNKNOWN
    if p < 0.001:
        return "< 0.001"
    return f"{p:.3f}" if p < 0.1 else "> 0.99" if p > 0.99 else f"{p:.2f}"


def p_words(p: float | None) -> str:
    """ "p = 0.032", "p < 0.001"; "" where there is none."""
    text = p_text(p)
    return "" if text == UNKNOWN else f"p {text}" if text[0] in "<>" else f"p = {text}"


def range_text(low: str, high: str) -> str:
    """An interval of two written ends: "0.41 to 0.85"; "–" where neither is known."""
    return UNKNOWN if low == high == UNKNOWN else f"{low} to {high}"


def number_text(value: float, decimals: int = 1) -> str:
    """A value with so many decimals."""
    return f"{value:,.{decimals}f}"
