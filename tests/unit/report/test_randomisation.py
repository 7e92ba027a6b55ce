"""The planner's report names each design and where each number is from."""

from fractions import Fraction

import pytest

from equipoise.conduct.designs import BigStick, Blocks, Design, EfronCoin, Minimised, Simple
from equipoise.conduct.planning import Premise
from equipoise.report.randomisation import design_words, origin_words

WORDS: list[tuple[Design, str]] = [
    (Blocks((4, 6)), "blocks of 4, 6"),
    (Blocks((4,), by_site=True), "blocks of 4 by site"),
    (Minimised(Fraction(4, 5)), "minimisation, p = 0.8, with site"),
    (Minimised(Fraction(9, 10), False, "variance"), "minimisation, p = 0.9, variance"),
    (Minimised(Fraction(1), True, "range", (2, 1)), "minimisation, p = 1, with site, weights 2:1"),
    (Simple(), "simple"),
    (EfronCoin(Fraction(2, 3)), "Efron's coin, p = 2/3"),
    (BigStick(3), "big stick, at most 3"),
]


@pytest.mark.parametrize(("design", "words"), WORDS)
def test_each_design_in_words(design: Design, words: str) -> None:
    assert design_words(design) == words


ORIGINS = [
    (Premise("a", "1", "a paper."), "source: a paper"),
    (Premise("a", "1", ours=True), "ours, not from ABC"),
    (Premise("a", "1", "derived", ours=True), "ours, not from ABC: derived"),
    (Premise("a", "1"), "stated in this command"),
]


@pytest.mark.parametrize(("premise", "words"), ORIGINS)
def test_each_premise_says_where_it_is_from(premise: Premise, words: str) -> None:
    assert origin_words(premise, "ABC") == words
