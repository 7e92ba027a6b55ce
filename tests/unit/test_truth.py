"""Kleene's tables against their meaning: what stays true in every world that the unknowns allow."""

from itertools import product

import pytest

from equipoise.truth import AND, FALSE, NOT, OR, TRUE, UNKNOWN, Truth, agreed, both, either, truth_of

READINGS = {TRUE: (True,), FALSE: (False,), UNKNOWN: (True, False)}
ALL = (TRUE, FALSE, UNKNOWN)


def in_every_world(outcomes: set[bool]) -> Truth:
    return UNKNOWN if len(outcomes) > 1 else truth_of(outcomes.pop())


@pytest.mark.parametrize(("one", "other"), list(product(ALL, ALL)))
def test_and_or_tables(one: Truth, other: Truth) -> None:
    worlds = list(product(READINGS[one], READINGS[other]))
    assert AND[one, other] is in_every_world({a and b for a, b in worlds})
    assert OR[one, other] is in_every_world({a or b for a, b in worlds})


@pytest.mark.parametrize("one", ALL)
def test_not_table(one: Truth) -> None:
    assert NOT[one] is in_every_world({not a for a in READINGS[one]})


@pytest.mark.parametrize("truths", [*product(ALL, repeat=3), *product(ALL, repeat=1), ()])
def test_both_and_either_of_any_number(truths: tuple[Truth, ...]) -> None:
    worlds = list(product(*(READINGS[truth] for truth in truths)))
    assert both(truths) is in_every_world({all(world) for world in worlds})
    assert either(truths) is in_every_world({any(world) for world in worlds})


def test_readings_agree_or_it_is_unknown() -> None:
    assert agreed([TRUE, TRUE]) is TRUE
    assert agreed([FALSE]) is FALSE
    assert agreed([TRUE, FALSE]) is UNKNOWN
    assert agreed([TRUE, UNKNOWN]) is UNKNOWN
    assert agreed([]) is UNKNOWN


def test_a_truth_is_no_bool() -> None:
    """`if truth:` and `not truth` would make unknown one of two: they do not run."""
    for truth in ALL:
        with pytest.raises(TypeError, match="three values"):
            bool(truth)


def test_truth_of_an_answer() -> None:
    assert (truth_of(True), truth_of(False), truth_of(None)) == (TRUE, FALSE, UNKNOWN)
