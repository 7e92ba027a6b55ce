"""Axes: numbers to places, round steps, and months that are not too many."""

from datetime import date

import pytest

from equipoise.report.story_drawing import Scale, months_between, number_text, round_steps


def test_a_scale_runs_straight_and_holds_what_lies_beyond() -> None:
    scale = Scale(0, 10, 100, 200)
    assert [scale.at(number) for number in (0, 5, 10, -3, 12)] == [100, 150, 200, 100, 200]
    assert Scale(3, 3, 10, 20).at(3) == 10


@pytest.mark.parametrize(
    ("most", "steps"),
    [(1, [0, 1]), (5, [0, 1, 2, 3, 4, 5]), (6, [0, 2, 4, 6]), (106, [0, 50, 100]), (4000, [0, 1000, 2000, 3000, 4000])],
)  # fmt: skip
def test_steps_are_round(most: int, steps: list[int]) -> None:
    assert round_steps(most) == steps


@pytest.mark.parametrize("years", [1, 2, 3, 8, 30])
def test_months_on_an_axis_are_few_and_in_order(years: int) -> None:
    days = list(months_between(date(2026, 3, 2), date(2026 + years, 3, 2)))
    assert 1 <= len(days) <= 10 and days == sorted(days) and all(day.day == 1 for day in days)
    assert date(2026, 3, 2) <= days[0] and days[-1] <= date(2026 + years, 3, 2)


def test_months_end_with_the_calendar() -> None:
    assert list(months_between(date(9999, 10, 1), date.max)) == [date(9999, month, 1) for month in (10, 11, 12)]


def test_numbers_as_people_write_them() -> None:
    assert [number_text(number) for number in (57, 57.5, 1204.0)] == ["57", "57.5", "1,204"]
