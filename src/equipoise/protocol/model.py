"""A trial as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..concepts import Vocabulary
from ..dates import Duration
from ..rules.nodes import Moment, Rule
from .allocation import Allocation
from .analysis import AnalysisPlan
from .conduct import Conduct
from .design_plan import DesignPlan
from .gradings import Grading as Grading
from .safety import Safety
from .schedule import Schedule
from .treatment import Treatment

CriterionKind = Literal["inclusion", "exclusion"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One sentence of the protocol about who may enter, and the rule that it is read as.

    source: the sentence, word for word. text: the rule as written. notes: how ambiguous words are read, and why.
    ours: what of the rule is a default of ours and not in the sentence ("" when nothing is).
    """

    id: str
    kind: CriterionKind
    source: str
    text: str
    rule: Rule
    title: str
    notes: tuple[str, ...] = ()
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Warning_:
    """Something a person should see beside the verdict; it never changes it.

    message: the sentence shown when the rule holds. source: where it is from; ours: not from the protocol.
    """

    id: str
    text: str
    rule: Rule
    message: str
    source: str
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing known about the trial, with its source; `ours` marks a default that the trial never published."""

    label: str
    value: str
    source: str
    note: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Things known about the trial under one heading."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm as the record names it: its kind ("Experimental"), its name and what it gets."""

    id: str
    kind: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place that runs the trial; from the user's own sites file when the record has none."""

    id: str
    name: str
    country: str = ""
    opened: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that is to be done between two days after a moment of the person's: the first dose, say.

    label: as people read it, within a sentence. earliest, within: how long after the moment, both days included.
    It decides no verdict; worklists count down to it.
    """

    id: str
    label: str
    moment: Moment
    earliest: Duration
    within: Duration
    source: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Protocol:
    """A whole trial, read and checked.

    digest: SHA-256 over every file that the rules and texts come from; the same digest, facts and date always give the
    same answer. record: the source text, whole. codes: codes.toml as it stands, for the readers.
    sign: holds for whoever shows any sign of the disease; worklists pass over others. It decides no verdict.
    conduct, allocation, schedule, treatment, safety: how the trial is run once somebody has entered.
    gradings: the tables in force (concept -> table). grading_versions: all that are stated, by version.
    """

    id: str
    title: str
    acronym: str
    condition: str
    about: str
    record: str
    digest: str
    vocabulary: Vocabulary
    criteria: tuple[Criterion, ...]
    warnings: tuple[Warning_, ...]
    arms: tuple[Arm, ...]
    sites: tuple[Site, ...]
    sections: tuple[Section, ...]
    moments: Mapping[str, Moment]
    gradings: Mapping[str, Grading]
    codes: Mapping[str, Any] = field(repr=False, default_factory=dict[str, Any])
    deadlines: tuple[Deadline, ...] = ()
    sign: Rule | None = None
    conduct: Conduct = field(default_factory=Conduct)
    allocation: Allocation = field(default_factory=Allocation)
    analysis: AnalysisPlan = field(default_factory=AnalysisPlan)
    design: DesignPlan = field(default_factory=DesignPlan)
    schedule: Schedule = field(default_factory=Schedule)
    treatment: Treatment = field(default_factory=Treatment)
    safety: Safety = field(default_factory=Safety)
    grading_versions: Mapping[str, Mapping[str, Grading]] = field(default_factory=dict[str, Mapping[str, Grading]])

    def criterion(self, identifier: str) -> Criterion:
        """The criterion of that id. Raises KeyError."""
        return next(c for c in self.criteria if c.id == identifier) if identifier in self.ids else _no_such(identifier)

    @property
    def ids(self) -> tuple[str, ...]:
        """The criteria's ids, in the protocol's order."""
        return tuple(criterion.id for criterion in self.criteria)


def _no_such(identifier: str) -> Criterion:
    raise KeyError(identifier)
