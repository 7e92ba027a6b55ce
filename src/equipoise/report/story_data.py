"""The whole story of a trial as frozen data: a ledger's fold and its protocol -> what the pictures and tables show."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..conduct.deviation import Deviation
from ..conduct.deviations import KINDS, Imaging, deviations, imaging
from ..conduct.flow import flow
from ..conduct.flow_boxes import Flow
from ..participant.state import State
from ..protocol.model import Protocol
from .story_accrual import Accrual, Plan, accrual_of
from .story_counts import Screening, VisitCount, Waits, screening_of, visits_of, waits_of
from .story_courses import Course, Group, courses, groups_of
from .story_lanes import SEVERE, Lane, lanes
from .story_questions import Questions, questions_of
from .story_safety import ClockCount, Safety, clocks_of, safety_of


@dataclass(frozen=True, slots=True)
class DeviationCount:
    """Deviations of one kind: for each group how many, and in how many people in all. rule: when one is found."""

    kind: str
    label: str
    severity: str
    rule: str
    counts: tuple[int, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Story:
    """A trial up to a day, as of a position of its ledger (`head`, written at `at`).

    synthetic: everybody in it is made up. blind: one group for all, and nothing that tells an arm. sites: how
    many were ever opened.
    """

    trial: Protocol
    on: date
    head: int
    at: str
    protocol: str
    synthetic: bool
    blind: bool
    sites: int
    groups: tuple[Group, ...]
    people: tuple[Course, ...]
    flow: Flow
    accrual: Accrual
    screening: Screening
    lanes: tuple[Lane, ...]
    waits: tuple[Waits, ...]
    visits: tuple[VisitCount, ...]
    safety: Safety
    clocks: tuple[ClockCount, ...]
    questions: Questions
    imaging: tuple[Imaging, ...]
    deviations: tuple[Deviation, ...]
    deviation_counts: tuple[DeviationCount, ...]

    @property
    def randomised(self) -> int:
        return len(self.lanes)

    @property
    def mark(self) -> str:
        """What every picture and table of made-up people says; "" for those of a real trial."""
        return simulation_mark(self.trial) if self.synthetic else ""


def simulation_mark(trial: Protocol) -> str:
    return f"Simulation: these people do not exist; no result of {trial.acronym}"


def told(state: State, trial: Protocol, on: date, blind: bool = False, plan: Plan | None = None) -> Story:
    """The story of a trial up to a day, by what the state knows.

    blind: for who must not know the arms (R12): all people are pooled, and doses, visits and deviations that only some
    arms can have are left out.
    """
    people, groups = courses(state, trial, on, blind), groups_of(trial, blind)
    found = flow(state, trial, on, blind)
    made = deviations(state, trial, on, blind=blind)
    return Story(
        trial, on, state.head, state.at, state.protocol or trial.digest, bool(state.settings.get("synthetic")), blind,
        len(state.sites), groups, people, found, accrual_of(state, people, on, plan),
        screening_of(people, found, trial), lanes(people, trial, on), waits_of(people, trial),
        visits_of(people, trial), safety_of(people, groups, SEVERE), clocks_of(people, trial, on),
        questions_of(people, trial, on), () if blind else imaging(state, trial, on), made,
        _counted(made, people, groups),
    )  # fmt: skip


def _counted(
    made: Sequence[Deviation], people: Iterable[Course], groups: Sequence[Group]
) -> tuple[DeviationCount, ...]:
    """The deviations by kind, the commonest first."""
    group_of = {course.person: course.group for course in people}
    found: list[DeviationCount] = []
    for kind, _ in sorted(Counter(each.kind for each in made).items(), key=lambda each: (-each[1], each[0])):
        own, row = [each for each in made if each.kind == kind], KINDS[kind]
        counts = tuple(sum(group_of.get(each.person, "") == group.id for each in own) for group in groups)
        found.append(DeviationCount(kind, row.label, row.severity, row.rule, counts, len({e.person for e in own})))
    return tuple(found)
