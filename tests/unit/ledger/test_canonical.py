"""The one text of data: what it looks like, and what no ledger can keep."""

from types import MappingProxyType
from typing import Any

import pytest

from equipoise.faults import Fault
from equipoise.ledger.canonical import canonical_text, data_of


def test_the_text_does_not_depend_on_the_order_in_which_keys_were_given() -> None:
    assert canonical_text({"b": 1, "a": [True, None, "x"]}) == '{"a":[true,null,"x"],"b":1}'
    assert canonical_text({"a": [True, None, "x"], "b": 1}) == '{"a":[true,null,"x"],"b":1}'


def test_letters_stay_as_they_are_and_control_characters_are_written_out() -> None:
    assert canonical_text("µg ≥ 5\n\x00\u2028") == '"µg ≥ 5\\n\\u0000\u2028"'


def test_keys_are_sorted_by_code_point() -> None:
    assert canonical_text({"é": 1, "z": 2, "Z": 3, "😀": 4}) == '{"Z":3,"z":2,"é":1,"😀":4}'


@pytest.mark.parametrize("data", [{}, [], "", "7.80", 0, -5, 2**53 - 1, True, None, {"a": {"b": [{"c": "ü"}]}}])
def test_data_read_back_are_the_same(data: Any) -> None:
    assert data_of(canonical_text(data)) == data


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (7.8, "body"),
        ({"value": {"quantity": ["1", 1.0]}}, "body.value.quantity[1]"),
        (float("nan"), "body"),
        (float("inf"), "body"),
        ({1: "a"}, "body"),
        ({"a": {None: 1}}, "body.a"),
        (2**53, "body"),
        (-(2**53), "body"),
        ("\ud800", "body"),
        ({"\udfff": 1}, "body"),
        ({"a": {1, 2}}, "body.a"),
        ({"a": b"1"}, "body.a"),
        (MappingProxyType({}), "body"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_place(data: Any, place: str) -> None:
    with pytest.raises(Fault) as refused:
        canonical_text(data)
    assert str(refused.value).startswith(f"{place}: ")
