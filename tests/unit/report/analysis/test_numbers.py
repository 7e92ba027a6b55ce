"""How numbers are written: digits that mean something, and a dash for what is not known."""

import pytest

from equipoise.report.analysis.numbers import (
    months_text,
    number_text,
    p_text,
    p_words,
    points_text,
    range_text,
    ratio_text,
    share_text,
    signed_text,
)


@pytest.mark.parametrize(
    ("p", "text", "words"),
    [
        (0.0, "< 0.001", "p < 0.001"), (0.0009, "< 0.001", "p < 0.001"), (0.0324, "0.032", "p = 0.032"),
        (0.41, "0.41", "p = 0.41"), (0.999, "> 0.99", "p > 0.99"), (None, "–", ""), (float("nan"), "–", ""),
    ],
)  # fmt: skip
def test_a_p_value_is_never_0_and_has_no_more_digits_than_it_deserves(p: float | None, text: str, words: str) -> None:
    assert (p_text(p), p_words(p)) == (text, words)


def test_ratios_shares_and_differences() -> None:
    assert [ratio_text(each) for each in (0.5923, 0.04321, 12.345, None)] == ["0.59", "0.0432", "12.3", "–"]
    assert (share_text(0.4414), share_text(None)) == ("44.1 %", "–")
    assert (points_text(-0.131), points_text(0.131)) == ("−13.1", "+13.1")
    assert (months_text(31.24), signed_text(-2.0)) == ("31.2", "−2.0")
    assert (number_text(13.14), number_text(1234.0, 0)) == ("13.1", "1,234")


def test_an_interval_without_both_ends_is_a_dash() -> None:
    assert (range_text("0.41", "0.85"), range_text("–", "–")) == ("0.41 to 0.85", "–")
