"""Which numbers a rule states, and the rule with one of them moved."""

from decimal import Decimal

import pytest
from hypothesis import given

from equipoise.rules.nodes import Rule
from equipoise.rules.numbers import Amount, Movable, NumberKind, numbers_of, with_number
from equipoise.rules.prose import says

from ...asking import WORDS, rule
from ...generative.strategies import rules


def amount(number: str, unit: str = "") -> Amount:
    return Amount(Decimal(number), unit)


EVERY_KIND = [
    ("haemoglobin < 8.0 g/dL", "limit of haemoglobin: 8.0 g/dL", amount("7.5", "g/dL"), "haemoglobin < 7.5 g/dL"),
    ("bilirubin > 3 x ULN", "limit of bilirubin: 3 x ULN", amount("2", "mg/dL"), "bilirubin > 2 mg/dL"),
    ("platelets < 75 10*9/L", "limit of platelets: 75 × 10⁹/L", amount("0.5", "LLN"), "platelets < 0.5 x LLN"),
    ("highest operation.ki67 < 20 %", "limit of operation.ki67: 20 %", amount("55", "%"),
     "highest operation.ki67 < 55 %"),
    ("scan within 12 weeks before operation", "window of scan: 12 weeks", amount("4", "month"),
     "scan within 4 months before operation"),
    ("less than 4 weeks since operation", "time of operation: 4 weeks", amount("1", "week"),
     "less than 1 week since operation"),
    ("age >= 18 years", "age: 18 years", amount("21", "year"), "age >= 21 years"),
    ("count of scan >= 2", "count of scan: 2", amount("3"), "count of scan >= 3"),
    ("platelets grade >= 2", "grade of platelets: 2", amount("3"), "platelets grade >= 3"),
    ("creatinine rises >= 40 % from operation", "percent of creatinine: 40 %", amount("50", "%"),
     "creatinine rises >= 50 % from operation"),
    ("latest operation where ki67 < 20 % and residual is R0", "limit of operation.ki67: 20 %", amount("30", "%"),
     "latest operation where ki67 < 30 % and residual is R0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "named", "new", "expected"), EVERY_KIND, ids=[each[0] for each in EVERY_KIND])
def test_each_kind_is_found_and_moved(text: str, named: str, new: Amount, expected: str) -> None:
    assert [str(number) for number in numbers_of(rule(text))] == [named]
    assert with_number(rule(text), 0, new) == rule(expected)


def test_every_kind_is_tried_above() -> None:
    tried = {number.kind for text, *_ in EVERY_KIND for number in numbers_of(rule(text))}
    assert tried == set(NumberKind.__args__)


def test_the_numbers_come_in_the_order_in_which_the_rule_states_them() -> None:
    whole = rule("not (age < 18 years) and (haemoglobin < 8.0 g/dL unless count of scan >= 2) and ecog <= 1")
    assert [number.kind for number in numbers_of(whole)] == ["age", "limit", "count", "limit"]
    assert says(with_number(whole, 3, amount("2", "{score}")), WORDS).endswith("performance status is at most 2")


def test_a_limit_in_two_units_is_one_number_and_then_stated_in_one() -> None:
    both = rule("haemoglobin < 5.0 mmol/L (8.0 g/dL)")
    (number,) = numbers_of(both)
    assert number.stated == (amount("5.0", "mmol/L"), amount("8.0", "g/dL"))
    assert with_number(both, 0, amount("7.5", "g/dL")) == rule("haemoglobin < 7.5 g/dL")


def test_what_has_no_number_has_none() -> None:
    for text in ("agreed is yes", "scan on operation", "scan before operation", "creatinine is normal"):
        assert numbers_of(rule(text)) == ()


@pytest.mark.parametrize(
    ("text", "place", "new", "message"),
    [
        ("agreed is yes", 0, amount("1"), "has 0 numbers"),
        ("ecog <= 1", -1, amount("1"), "none at place -1"),
        ("count of scan >= 2", 0, amount("2.5"), "not a whole number"),
        ("less than 4 weeks since operation", 0, amount("1.5", "week"), "write days for a part of a week"),
        ("scan 2 to 6 weeks before operation", 0, amount("10", "day"), "would end before it begins"),
        ("scan 1 day to 6 weeks before operation", 0, amount("0", "day"), "would end before it begins"),
    ],
)
def test_a_number_that_cannot_be_is_refused(text: str, place: int, new: Amount, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        with_number(rule(text), place, new)


@given(rules())
def test_each_number_put_in_its_own_place_again_changes_nothing(whole: Rule) -> None:
    for place, number in enumerate(numbers_of(whole)):
        again = with_number(whole, place, number.stated[0])
        assert len(number.stated) > 1 or again == whole
        assert numbers_of(again)[place] == Movable(number.kind, number.concept, number.field, number.stated[:1])
        assert numbers_of(again)[:place] == numbers_of(whole)[:place]
        assert numbers_of(again)[place + 1 :] == numbers_of(whole)[place + 1 :]
