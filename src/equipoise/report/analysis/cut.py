"""The data cut that a report is made of: a ledger up to a position, everybody up to a day, with or without the arms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from ...conduct.deviation import Deviation
from ...conduct.deviations import deviations
from ...conduct.flow import flow
from ...conduct.flow_boxes import Flow
from ...dates import day_text
from ...participant.state import State
from ...protocol.model import Protocol
from ..story_courses import Course, Group, courses, groups_of
from ..story_data import simulation_mark
from .table import Cell, Column, Stamp, counts

RANDOMISED: Final = "Everybody randomised, by the arm allocated"
ASSESSED: Final = "Everybody assessed"
POOLED: Final = "The data are not locked: everybody is pooled, and nothing here tells an arm."
LOCKED: Final = "The data are locked (entry {0:,}): arms are shown."


class Unblinding(NamedTuple):
    """Who looked at the arms before the lock, when, why, and the entry that says so."""

    by: str
    on: date
    reason: str
    entry: int


@dataclass(frozen=True)
class Cut:
    """The people and what all tables of them share.

    groups: the arms, or one for all where the arms are hidden. people: those randomised by the cut-off, in the order
    of their identification. assessed: how many were assessed.
    """

    trial: Protocol
    state: State
    stamp: Stamp
    groups: tuple[Group, ...]
    people: tuple[Course, ...]
    flow: Flow
    deviations: tuple[Deviation, ...]

    @property
    def cutoff(self) -> date:
        return self.stamp.cutoff

    @property
    def blind(self) -> bool:
        return self.stamp.blind

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many people are in each group."""
        return tuple(len(self.of(group)) for group in self.groups)

    def of(self, group: Group) -> tuple[Course, ...]:
        """The people of a group."""
        return tuple(course for course in self.people if course.group == group.id)

    # ---------------------------------------------------------------- what tables of groups share
    def columns(self, first: str, key: str = "what") -> tuple[Column, ...]:
        """A column of names, one for each group, and one for all of them where there are several."""
        groups = [
            Column(self.key(group), f"{group.label} (n = {size})")
            for group, size in zip(self.groups, self.sizes, strict=True)
        ]
        total = [Column("total", f"Total (n = {len(self.people)})")] if len(groups) > 1 else []
        return (Column(key, first, number=False), *groups, *total)

    def key(self, group: Group) -> str:
        """The name of a group's column in CSV and JSON: "arm_1"; "all" for everybody."""
        return self.key_of(group.id)

    def key_of(self, arm: str) -> str:
        """The name of an arm's column, by its id."""
        return arm.lower().replace(" ", "_") if arm else "all"

    def counted(self, having: Iterable[str]) -> tuple[Cell, ...]:
        """How many of each group are among these people, and how many in all where there are several groups."""
        them = frozenset(having)
        numbers = [sum(course.person in them for course in self.of(group)) for group in self.groups]
        cells = [counts(number, size) for number, size in zip(numbers, self.sizes, strict=True)]
        return (*cells, *([counts(sum(numbers), sum(self.sizes))] if len(cells) > 1 else []))


def cut_of(state: State, trial: Protocol, cutoff: date, unblinding: Unblinding | None = None) -> Cut:
    """The cut on a day, by what the state knows. Before the lock arms are hidden, unless somebody has unblinded."""
    blind = not state.lock and unblinding is None
    synthetic = bool(state.settings.get("synthetic"))
    stamp = Stamp(
        trial.acronym, cutoff, state.head, trial.digest, simulation_mark(trial) if synthetic else "",
        *_view(state, unblinding), blind,
    )  # fmt: skip
    people = [each for each in courses(state, trial, cutoff, blind) if each.randomised is not None]
    inside = tuple(each for each in people if each.randomised is not None and each.randomised <= cutoff)
    return Cut(
        trial, state, stamp, groups_of(trial, blind), inside, flow(state, trial, cutoff, blind),
        deviations(state, trial, cutoff, blind=blind),
    )  # fmt: skip


def _view(state: State, unblinding: Unblinding | None) -> tuple[str, str]:
    """Who may have seen the arms, in a sentence and in two or three words."""
    if state.lock:
        return LOCKED.format(state.lock), "data locked"
    if unblinding is None:
        return POOLED, "arms hidden"
    reason = unblinding.reason.rstrip(".")
    return (
        f"The data are not locked. Arms are shown because {unblinding.by} unblinded this analysis on "
        f"{day_text(unblinding.on)} (entry {unblinding.entry:,}): {reason}.",
        "unblinded before the lock",
    )
