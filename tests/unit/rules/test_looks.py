"""A look by itself: where a value stands, without a rule about it."""

import pytest

from equipoise.dates import Duration
from equipoise.protocol.load import load_trial
from equipoise.rules.grammar import Language, RuleError, parse_look
from equipoise.rules.nodes import Look, Recorded

TRIAL = load_trial("nelmas")
LANGUAGE = Language(TRIAL.vocabulary, TRIAL.moments)


def test_a_concept_is_its_latest() -> None:
    assert parse_look("ecog", LANGUAGE) == Look("ecog")


def test_a_selector_a_field_and_a_window_are_read() -> None:
    found = parse_look("highest pathology.ki67 within 4 weeks before randomisation", LANGUAGE)
    assert (found.concept, found.field, found.selector) == ("pathology", "ki67", "highest")
    assert found.window is not None and found.window.far == Duration(4, "week")


def test_the_name_of_a_first_moment_is_the_first() -> None:
    assert parse_look("first_dose", LANGUAGE).selector == "first"


def test_a_condition_is_read() -> None:
    found = parse_look("any dose where activity > 1 GBq", LANGUAGE)
    assert found.where is not None and not isinstance(found.where, Recorded)


@pytest.mark.parametrize(
    ("text", "told", "position"),
    [
        ("ecog <= 1", "expected nothing more", 5),
        ("ecgo", "did you mean ecog", 0),
        ("", "the name of a concept", 0),
        ("pathology.grad", "grade", 0),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, told: str, position: int) -> None:
    with pytest.raises(RuleError, match=told) as caught:
        parse_look(text, LANGUAGE)
    assert caught.value.position == position
