"""Each method of a plan gives a line of numbers, or a sentence: never NaN, never a traceback."""

from dataclasses import replace
from math import isfinite
from typing import get_args

import numpy as np
import pytest

from equipoise.analysis.datasets import Dataset
from equipoise.dates import Duration
from equipoise.protocol.comparisons import Analysis, Method
from equipoise.report.analysis.effects import METHODS, Effect, effects_of, interval_text
from equipoise.report.analysis.numbers import ratio_text

PEOPLE = 24
ANALYSIS = Analysis("a", "an analysis", "primary", "dfs", "itt", (), at=Duration(12, "month"))


def data(event: int = 1, days: float = 900.0) -> Dataset:
    """People of two arms in two strata; arm 1 fares better."""
    number = np.arange(PEOPLE)
    arm = (number % 2).astype(np.uint8)
    time = np.linspace(30, days, PEOPLE) * np.where(arm == 1, 1.3, 1.0)
    events = np.where((number % 5 == 0) | (number >= PEOPLE - 2), 0, event).astype(np.uint8)
    return Dataset(
        tuple(map(str, number)), time, events, arm, number // 12, np.zeros(PEOPLE), np.maximum(time - 60, 0),
        np.where(events == 1, time, np.inf), ("a", "b"), False, (),
    )  # fmt: skip


def told(method: Method, people: Dataset) -> Effect:
    (effect,) = effects_of(replace(ANALYSIS, methods=(method,)), people, ("Control", "Drug"))
    return effect


def test_every_method_of_the_plan_is_here() -> None:
    assert set(METHODS) == set(get_args(Method))


@pytest.mark.parametrize("method", get_args(Method))
@pytest.mark.parametrize("people", [data(), data(event=0), data(event=2), data(days=200.0)])
def test_each_method_gives_numbers_or_a_sentence(method: Method, people: Dataset) -> None:
    effect = told(method, people)
    numbers = [each for each in (effect.estimate, effect.low, effect.high, effect.p) if each is not None]
    assert all(isfinite(each) for each in numbers)
    assert effect.sentence or any(effect.arms) or numbers
    assert "nan" not in f"{effect.text} {effect.arms} {effect.sentence} {interval_text(effect)}"


def test_a_ratio_below_1_means_that_the_experimental_arm_had_fewer() -> None:
    effect = told("cox", data())
    assert effect.estimate is not None and effect.low is not None and effect.high is not None
    assert effect.low < effect.estimate < 1 and effect.p is not None
    assert interval_text(effect) == f"{ratio_text(effect.low)} to {ratio_text(effect.high)}"
    assert told("fixed_time", data()).text.startswith("+")


def test_where_an_arm_is_not_followed_so_far_the_mean_is_up_to_where_it_is() -> None:
    effect = told("rmst", data(days=200.0))
    assert "was not followed to 12 months" in effect.sentence and effect.estimate is not None
    sentence = told("fixed_time", data(days=200.0)).sentence
    assert sentence == "Nobody in Control was followed for 12 months: nothing can be compared there."


def test_arms_are_called_by_their_names() -> None:
    people = data()
    one_sided = replace(people, event=np.where(people.arm == 1, 0, people.event).astype(np.uint8))
    sentence = told("cox", one_sided).sentence
    assert "all events fell in Control" in sentence and "arm 0" not in sentence


def test_one_end_of_an_interval_is_told_as_above_or_below() -> None:
    assert interval_text(Effect("cox", "x", high=0.5, ratio=True)) == "below 0.50"
    assert interval_text(Effect("cox", "x", low=2.0, ratio=True)) == "above 2.00"
    assert interval_text(Effect("gray", "x", p=0.5)) == ""
