"""Recruitment against the plan: steps of who was identified, consented and randomised, and the planned line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from ..dates import day_text
from .story_accrual import Accrual, Reached
from .story_data import Story
from .story_drawing import WIDTH, Frame, Scale, Tick, drawn, months_between, number_text, round_steps

_LEFT, _RIGHT, _TOP, _PLOT, _FOOT = 46.0, 178.0, 62.0, 300.0, 34.0
_AFTER: Final = 60  # days that are drawn after the last person came
_APART: Final = 14  # between the words at the ends of two lines


class Line(NamedTuple):
    """One line: how it is drawn, its points, and what stands at its end, at which height."""

    style: str
    points: str
    text: str
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The geometry of the picture."""

    left: float
    right: float
    top: float
    bottom: float
    days: tuple[Tick, ...]
    people: tuple[Tick, ...]
    lines: tuple[Line, ...]
    target: Tick | None
    by: Tick | None
    now: Tick | None


def accrual_svg(story: Story, alone: bool = True) -> str:
    """The picture as SVG."""
    accrual, now = story.accrual, story.accrual.now
    plan = accrual.plan
    wanted = f", {plan.target:,} wanted by {day_text(plan.by)}" if plan is not None else ""
    says = f"By {day_text(now.on)} {now.identified} identified, {now.consented} consented, {now.randomised} randomised"
    if plan is not None:
        says += f"; planned by then: {number_text(round(accrual.planned_by(now.on)))} randomised"
    frame = Frame(
        "accrual", f"{story.trial.acronym}: people in the trial{wanted}", story.mark, f"{says}.", _TOP + _PLOT + _FOOT
    )
    return drawn("story_accrual.svg", frame, alone, chart=chart(accrual))


def chart(accrual: Accrual) -> Chart:
    """Where everything stands."""
    plan, now = accrual.plan, accrual.now
    ends = [_until(accrual), *(day for day, _ in accrual.planned)]
    last = max(ends if plan is None else [*ends, plan.by])
    most = max(now.identified, plan.target if plan else 0, 1)
    across = Scale(accrual.opened.toordinal(), last.toordinal(), _LEFT, WIDTH - _RIGHT)
    up = Scale(0, most * 1.04, _TOP + _PLOT, _TOP)
    lines = [
        _steps("line three", accrual.points, lambda each: each.identified, "identified", across, up),
        _steps("line two", accrual.points, lambda each: each.consented, "consented", across, up),
        _steps("line", accrual.points, lambda each: each.randomised, "randomised", across, up),
    ]
    if plan is not None:
        points = " ".join(f"{across.at(day.toordinal())},{up.at(count)}" for day, count in accrual.planned)
        lines.insert(0, Line("plan", points, "planned", up.at(accrual.planned[-1][1])))
    days = tuple(Tick(across.at(day.toordinal()), f"{day:%b %Y}") for day in months_between(accrual.opened, last))
    return Chart(
        _LEFT, WIDTH - _RIGHT, _TOP, _TOP + _PLOT, days,
        tuple(Tick(up.at(number), f"{number:,}") for number in round_steps(most)), tuple(_apart(lines)),
        Tick(up.at(plan.target), f"{plan.target:,}") if plan else None,
        Tick(across.at(plan.by.toordinal()), day_text(plan.by)) if plan else None,
        Tick(across.at(now.on.toordinal()), day_text(now.on)) if now.on <= last else None,
    )  # fmt: skip


def _until(accrual: Accrual) -> date:
    """The last day to be drawn: that of the story; once all who were wanted are in, some weeks after the last came."""
    plan, now = accrual.plan, accrual.now
    if plan is None or now.randomised < plan.target:
        return now.on
    came = max(point.on for point, before in pairwise(reversed(accrual.points)) if point[1:] != before[1:])
    return min(now.on, came + timedelta(days=_AFTER))


def _steps(
    style: str, points: Sequence[Reached], number: Callable[[Reached], int], text: str, across: Scale, up: Scale
) -> Line:
    """A line that goes up on the day on which somebody came."""
    path, height = [f"{across.at(points[0].on.toordinal())},{up.at(0)}"], up.at(0)
    for point in points:
        x = across.at(point.on.toordinal())
        if up.at(number(point)) != height or point is points[-1]:
            path += [f"{x},{height}", f"{x},{up.at(number(point))}"]
        height = up.at(number(point))
    return Line(style, " ".join(path), f"{number(points[-1]):,} {text}", height)


def _apart(lines: Sequence[Line]) -> list[Line]:
    """The lines with their words so far apart that each can be read, in the order of their heights."""
    placed: dict[int, float] = {}
    for number, line in sorted(enumerate(lines), key=lambda each: (-each[1].y, each[0])):
        placed[number] = min([line.y, *(y - _APART for y in placed.values())])
    return [line._replace(y=round(placed[number], 1)) for number, line in enumerate(lines)]
