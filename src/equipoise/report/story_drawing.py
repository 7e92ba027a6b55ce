"""What the pictures of a trial's story share: a frame with title and mark, axes, and how a template is filled."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined

from ..dates import day_text

WIDTH: Final = 960
MONTH: Final = 365.2425 / 12  # days


class Frame(NamedTuple):
    """A picture's own words and size. id: prefix of the ids within it, so that several can stand on one page.

    mark: that its people do not exist, "" for real ones. says: what it shows, for who cannot see it.
    """

    id: str
    title: str
    mark: str
    says: str
    height: float
    width: float = WIDTH


class Tick(NamedTuple):
    """A place on an axis and what stands there."""

    at: float
    text: str


class Scale(NamedTuple):
    """A straight axis: numbers from `first` to `last` over the places from `left` to `right`."""

    first: float
    last: float
    left: float
    right: float

    def at(self, number: float) -> float:
        """The place of a number, held within the axis, to a tenth of a unit."""
        held = min(max(number, self.first), self.last)
        length = (self.last - self.first) or 1
        return round(self.left + (held - self.first) / length * (self.right - self.left), 1)


def drawn(template: str, frame: Frame, alone: bool, **values: Any) -> str:
    """The picture as SVG. alone: as a file of its own, with its styles; else for a page that has them."""
    return filled(template, frame=frame, alone=alone, style=template_text("story_figures.css"), **values)


def filled(template: str, **values: Any) -> str:
    """A template with its values; every text is escaped."""
    return environment().get_template(template).render(**values)


@cache
def environment() -> Environment:
    """Where the templates of the story come from, and what they may call."""
    made = Environment(
        loader=FunctionLoader(template_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = day_text
    made.filters["number"] = number_text
    return made


def template_text(name: str) -> str:
    return resources.files("equipoise.report").joinpath("templates", name).read_text(encoding="utf-8")


def number_text(number: float) -> str:
    """A number for people: "1,204", "57.5", "57"."""
    return f"{number:,.1f}".removesuffix(".0")


def round_steps(most: float, wanted: int = 5) -> list[int]:
    """Some `wanted` round numbers from 0 up to `most`: in steps of 1, 2, 5, 10, 20, 50 and so on."""
    step = next(unit * 10**power for power in range(12) for unit in (1, 2, 5) if most / (unit * 10**power) <= wanted)
    return list(range(0, int(most) + 1, step))


def months_between(first: date, last: date, wanted: int = 9) -> Iterator[date]:
    """The first of each month, quarter, half-year or year, so that at most `wanted` or so stand on an axis."""
    length = (last - first).days / MONTH
    step = next((each for each in (1, 3, 6, 12, 24, 60) if length / each <= wanted), 120)
    day = date(first.year, first.month, 1)
    while day <= last:
        if day >= first and (day.year * 12 + day.month - 1) % step == 0:
            yield day
        if (day.year, day.month) == (date.max.year, date.max.month):
            return
        day = (day + timedelta(days=32)).replace(day=1)
