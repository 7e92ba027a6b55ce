"""What one can guess of a list, exactly."""

from fractions import Fraction

import pytest

from equipoise.conduct.designs import (
    BigStick,
    Blocks,
    Design,
    EfronCoin,
    Minimised,
    Simple,
    State,
    certain_by_number,
    certain_share,
    chance_of_a,
    correct_guesses,
)  # fmt: skip

HALF = Fraction(1, 2)
CHANCES: list[tuple[Design, State, Fraction]] = [
    (Simple(), State(5), HALF),
    (Blocks((4,)), State(0, 4), HALF),
    (Blocks((4,)), State(1, 4, 1, 1), Fraction(1, 3)),
    (Blocks((4,)), State(2, 4, 2, 2), Fraction(0)),
    (EfronCoin(Fraction(2, 3)), State(0), HALF),
    (EfronCoin(Fraction(2, 3)), State(-3), Fraction(2, 3)),
    (EfronCoin(Fraction(2, 3)), State(1), Fraction(1, 3)),
    (BigStick(2), State(1), HALF),
    (BigStick(2), State(2), Fraction(0)),
    (BigStick(2), State(-2), Fraction(1)),
]


@pytest.mark.parametrize(("design", "state", "chance"), CHANCES)
def test_the_chance_of_the_first_arm(design: Design, state: State, chance: Fraction) -> None:
    assert chance_of_a(design, state) == chance


def test_minimisation_is_no_list() -> None:
    with pytest.raises(ValueError, match="no list"):
        chance_of_a(Minimised(Fraction(4, 5)), State(0))


def test_one_block_of_four_by_hand() -> None:
    """The last is certain always, the third when the first two are alike (1 of 3)."""
    assert certain_by_number((4,), 4) == [0, 0, Fraction(1, 3), 1]
    assert certain_share((4,), 8) == Fraction(1, 3)


def test_two_sizes_hide_the_end_of_a_block() -> None:
    """Blocks of 2 and 4: the second is certain never, the third only after AA or BB, which a block of 2 cannot give."""
    assert certain_by_number((2, 4), 3) == [0, 0, HALF * Fraction(1, 3)]


def test_floats_are_the_fractions() -> None:
    exact, quick = certain_by_number((4, 6, 8), 30), certain_by_number((4, 6, 8), 30, exact=False)
    assert quick == pytest.approx([float(each) for each in exact], abs=1e-14)


def test_an_unfinished_block_is_guessed_by_its_first_people() -> None:
    """Blocks of 4: half of the first, two thirds of the second."""
    assert correct_guesses(Blocks((4,)), 1) == HALF
    assert correct_guesses(Blocks((4,)), 2) == (HALF + Fraction(2, 3)) / 2
