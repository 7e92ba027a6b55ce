"""A question about recruitment -> its whole answer: which days to look from, and what to ask on each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from ..dates import Duration, day_text, shifted
from ..faults import Fault
from .accrual import LookAhead, Plan, look_ahead
from .accrual_answer import AccrualAnswer, Look, forecast
from .accrual_assumptions import Assumed
from .accrual_belief import Recruited
from .accrual_needs import what_it_takes
from .accrual_stop import Behaviour, StopRule, behaviour, stop_rule

# What has been done, and how much there is.
Progress = Callable[[int, int], object]

_YEAR = 12  # months drawn beyond the day of the target


@dataclass(frozen=True)
class Question:
    """A plan, the days to look from with who was recruited by each, and what is asked.

    by: the day of the target. horizon: beyond it nobody looks. gains: criterion -> by how many times more people would
    be eligible without it. stop_below, stop_looks: of the stop rule; None: no rule. later: rows of people recruited
    after the last look.
    """

    plan: Plan
    looks: tuple[tuple[date, Recruited], ...]
    by: date
    horizon: date
    wanted: float = 0.8
    lead: int = 3
    gains: Mapping[str, float] = field(default_factory=dict[str, float])
    stop_below: float | None = None
    stop_looks: tuple[date, ...] = ()
    trials: int = 20_000
    seed: int = 1
    assumed: tuple[Assumed, ...] = ()
    history: bool = False
    own_sites: bool = False
    later: int = 0


def answered(
    question: Question, trial: str, digest: str, progress: Progress = lambda done, total: None
) -> AccrualAnswer:
    """Looks ahead from each day, asks what it would take, and works out and tries the stop rule. Raises Fault."""
    if question.horizon < question.by:
        raise Fault(
            f"The horizon, {day_text(question.horizon)}, lies before {day_text(question.by)}: state a later one."
        )
    steps = len(question.looks) + 1
    looks: list[Look] = []
    for number, (on, recruited) in enumerate(question.looks):
        looks.append(_look(question, on, recruited))
        progress(number + 1, steps)
    rule, found = _rule(question)
    progress(steps, steps)
    return AccrualAnswer(
        trial, digest, question.plan.target, question.by, tuple(looks), question.assumed, rule, found,
        question.history, question.own_sites, question.later, question.seed,
    )  # fmt: skip


def _look(question: Question, on: date, recruited: Recruited) -> Look:
    ahead = look_ahead(question.plan, on, recruited, question.horizon)
    return Look(
        forecast(ahead, question.by, _until(question, ahead)),
        what_it_takes(ahead, question.by, question.wanted, question.lead, question.gains)
        if on <= question.by
        else None,
    )


def _until(question: Question, ahead: LookAhead) -> date:
    """Until when a curve goes: a year beyond the day of the target, or where the target is as good as sure."""
    end = date.fromordinal(shifted(max(question.by, ahead.on).toordinal(), Duration(_YEAR, "month")))
    if question.history:
        return end
    sure = ahead.day_reached(0.95)
    return max(end, sure) if sure else max(end, ahead.day_reached(0.5) or end)


def _rule(question: Question) -> tuple[StopRule | None, tuple[Behaviour, ...]]:
    if question.stop_below is None:
        return None, ()
    rule = stop_rule(question.plan, question.by, question.stop_below, question.stop_looks)
    return rule, behaviour(question.plan, rule, np.random.default_rng(question.seed), question.trials)


def looks_after(start: date, months: Sequence[float], before: date) -> tuple[date, ...]:
    """The days so many months after the start that lie before another day; 0 is no look."""
    days = (date.fromordinal(shifted(start.toordinal(), Duration(int(each), "month"))) for each in months if each >= 1)
    return tuple(sorted({day for day in days if day < before}))
