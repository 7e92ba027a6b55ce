"""Recruitment over time: who was identified, consented and randomised by when, and how many were planned by then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..ledger.entry import read_utc
from ..participant.state import State
from .story_courses import Course


class Plan(NamedTuple):
    """How many people are wanted by which day. course: the planned way there (day, people), earliest first; a straight
    line from the trial's opening when it is empty."""

    target: int
    by: date
    course: tuple[tuple[date, int], ...] = ()


class Reached(NamedTuple):
    """How many people had come so far by the end of a day."""

    on: date
    identified: int
    consented: int
    randomised: int


@dataclass(frozen=True, slots=True)
class Accrual:
    """People over time. points: one for each day on which somebody came further; planned: the plan's own course."""

    opened: date
    points: tuple[Reached, ...]
    plan: Plan | None
    planned: tuple[tuple[date, float], ...]

    @property
    def now(self) -> Reached:
        return self.points[-1]

    def planned_by(self, day: date) -> float:
        """How many the plan has in by a day, between its points in proportion."""
        before = [point for point in self.planned if point[0] <= day]
        after = [point for point in self.planned if point[0] > day]
        if not before or not after:
            return before[-1][1] if before else 0.0
        (start, few), (end, many) = before[-1], after[0]
        return few + (many - few) * (day - start).days / (end - start).days

    def planned_day(self, people: int) -> date | None:
        """The day by which the plan has so many in; None when it never has."""
        for (start, few), (end, many) in zip(self.planned, self.planned[1:], strict=False):
            if few < people <= many:
                share = (people - few) / (many - few)
                return date.fromordinal(start.toordinal() + round(share * (end - start).days))
        return None

    def day_of(self, people: int) -> date | None:
        """The day on which so many were randomised; None while they are not."""
        return next((point.on for point in self.points if point.randomised >= people), None)


def accrual_of(state: State, people: Sequence[Course], on: date, plan: Plan | None) -> Accrual:
    """Recruitment up to a day. It begins when the first user was given access, which opens a trial."""
    opened = _opened(state, people, on)
    steps = [[day for course in people if (day := _step(course, name)) is not None and day <= on] for name in range(3)]
    days = sorted({opened, on, *(day for found in steps for day in found)})
    points = tuple(Reached(day, *(sum(each <= day for each in found) for found in steps)) for day in days)
    planned: tuple[tuple[date, float], ...] = ()
    if plan is not None:
        start = (opened, 0.0) if opened < plan.by else (plan.by, 0.0)
        planned = tuple((day, float(count)) for day, count in plan.course) or (start, (plan.by, float(plan.target)))
    return Accrual(opened, points, plan, planned)


def _opened(state: State, people: Sequence[Course], on: date) -> date:
    since = [read_utc(access.since).date() for access in state.access.values()]
    first = [course.known.since for course in people if course.known.since is not None]
    return min([*since, *first, on])


def _step(course: Course, step: int) -> date | None:
    return (course.known.since, course.known.moved("consent"), course.randomised)[step]
