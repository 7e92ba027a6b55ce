"""The visits of a trial as frozen data: when each is due, in which arm, what it collects, and what ends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from ..dates import NO_TIME, Duration

VisitKind = Literal["treatment", "safety", "assessment", "contact"]
End = Literal["recurrence", "end_of_treatment", "withdrawal", "completion", "screen_failure", "death"]

# What a visit is for, as people read it. An assessment looks for the disease, by imaging.
KINDS: Final[Mapping[VisitKind, str]] = MappingProxyType(
    {"treatment": "treatment", "safety": "safety", "assessment": "imaging", "contact": "clinic or contact"}
)
# Which ends of a person's course end the visits of a kind, unless the visit says otherwise. How far a withdrawal goes
# is the person's own word, so it is not laid down here; a death ends everything.
ENDS: Final[Mapping[VisitKind, frozenset[End]]] = MappingProxyType(
    {
        "treatment": frozenset({"recurrence", "end_of_treatment", "completion", "screen_failure", "death"}),
        "safety": frozenset({"completion", "screen_failure", "death"}),
        "assessment": frozenset({"completion", "screen_failure", "death"}),
        "contact": frozenset({"completion", "screen_failure", "death"}),
    }
)


@dataclass(frozen=True, slots=True)
class Extension:
    """That a window may last longer under a condition: `latest` is counted from the visit's moment, as its target is.

    when: the condition, within a sentence ("for resolving acute toxicity").
    """

    latest: Duration
    when: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit, or a row of them that repeats.

    moment: what it is counted from: a moment or concept of the protocol, or one that an earlier visit sets ("dose 1").
    counted_from: that moment as people read it. targets: how long after it, one for each turn; early, late: how much
    sooner or later a turn may be. arms: () is every arm. differs: why imaging is not the same in all arms.
    collects: names of concepts. procedure: a study procedure, so it may not be dated before consent.
    sets: the moment that its doing gives a date ("dose 1"). gives_way_to: a moment from which on its open turns are
    not due any more, since the visits counted from there take over.
    ends_with: which ends of the person's course end it; a withdrawal ends it as far as its scope says.
    series: visits of one series follow each other: one that is not done is missed when the next comes due.
    """

    id: str
    label: str
    kind: VisitKind
    moment: str
    counted_from: str
    targets: tuple[Duration, ...]
    early: Duration = NO_TIME
    late: Duration = NO_TIME
    arms: tuple[str, ...] = ()
    differs: str = ""
    collects: tuple[str, ...] = ()
    series: str = ""
    extension: Extension | None = None
    procedure: bool = False
    sets: str = ""
    gives_way_to: str = ""
    ends_with: frozenset[End] = frozenset({"death"})
    every: Duration | None = None
    source: str = ""
    ours: bool = False
    note: str = ""

    @property
    def slots(self) -> tuple[str, ...]:
        """The id of each turn: the visit's own, and where it repeats its number: "follow_up.3"."""
        if self.every is None:
            return (self.id,)
        return tuple(f"{self.id}.{number}" for number in range(1, len(self.targets) + 1))

    def slot_label(self, number: int) -> str:
        """A turn (from 1) as people read it: "dose 2"; "follow-up, 6 months" where the visit repeats."""
        return self.label if self.every is None else f"{self.label}, {self.targets[number - 1]}"

    def is_for(self, arm: str) -> bool:
        """Is it a visit of this arm? Of "", somebody not yet randomised, only what all arms have."""
        return not self.arms or arm in self.arms


@dataclass(frozen=True, slots=True)
class Schedule:
    """The visits of a trial, in the order of the file.

    ours: the table was never published and is a default of ours. note: what is said of the whole table.
    """

    visits: tuple[Visit, ...] = ()
    source: str = ""
    ours: bool = False
    note: str = ""

    def visit(self, identifier: str) -> Visit | None:
        """The visit of that id; None when there is none."""
        return next((visit for visit in self.visits if visit.id == identifier), None)

    def visit_of(self, slot: str) -> tuple[Visit, int] | None:
        """The visit that a slot is a turn of, and which (from 1); None when no visit has such a slot."""
        for visit in self.visits:
            if slot in visit.slots:
                return visit, visit.slots.index(slot) + 1
        return None
