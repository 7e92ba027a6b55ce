"""Questions about what was recorded in a trial, how soon they were closed, and what was changed of the records."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import NamedTuple

from ..ledger.entry import Entry, read_utc
from ..protocol.model import Protocol
from .story_courses import Course


class Quarter(NamedTuple):
    """Questions of a quarter ("2027, 1st quarter"): opened and closed in it, and open at its end."""

    quarter: str
    opened: int
    closed: int
    open: int


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions about what was recorded, and what was changed of it. days: half of the closed ones were closed within.
    about: what they were asked about, the commonest first. made_by_check: asked by an edit check of the program."""

    opened: int
    answered: int
    closed: int
    days: float | None
    made_by_check: int
    about: tuple[tuple[str, int], ...]
    quarters: tuple[Quarter, ...]
    corrections: int
    voids: int
    redactions: int

    @property
    def open(self) -> int:
        return self.opened - self.closed


def questions_of(people: Iterable[Course], trial: Protocol, on: date) -> Questions:
    """Questions up to a day, and the corrections of all that the ledger holds."""
    known = [course.known for course in people]
    acts = [act for each in known for act in each.acts if read_utc(act.at).date() <= on]
    opened = [act for act in acts if act.kind == "query_opened"]
    closed = {act.target: act for act in acts if act.kind == "query_closed"}
    lengths = [_days(act, closed[act.seq]) for act in opened if act.seq in closed]
    labels = Counter(_concept(act.concept, trial) for act in opened)
    voids, redactions = (sum(act.kind == kind for act in acts) for kind in ("void", "redaction"))
    changed = sum(len(each.changed) for each in known)
    return Questions(
        len(opened), len({act.target for act in acts if act.kind == "query_answered"}), len(lengths),
        float(median(lengths)) if lengths else None, sum(act.role == "system" for act in opened),
        tuple(sorted(labels.items(), key=lambda each: (-each[1], each[0]))), tuple(_quarters(opened, closed.values())),
        changed - voids - redactions, voids, redactions,
    )  # fmt: skip


def _concept(name: str, trial: Protocol) -> str:
    return trial.vocabulary[name].label if name in trial.vocabulary else name or "what was done"


def _days(opened: Entry, closed: Entry) -> int:
    return (read_utc(closed.at) - read_utc(opened.at)).days


def _quarters(opened: Iterable[Entry], closed: Iterable[Entry]) -> Iterator[Quarter]:
    came, went = (Counter(_quarter(act) for act in acts) for acts in (opened, closed))
    left = 0
    for year, number in sorted({*came, *went}):
        key = (year, number)
        left += came[key] - went[key]
        yield Quarter(f"{year}, {('1st', '2nd', '3rd', '4th')[number]} quarter", came[key], went[key], left)


def _quarter(act: Entry) -> tuple[int, int]:
    on = read_utc(act.at).date()
    return on.year, (on.month - 1) // 3
