"""What is counted of people and visits in a trial's story: who failed by what, who waited how long, what was missed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from ..conduct.flow_boxes import Flow
from ..conduct.schedule import Status, window_of
from ..protocol.model import Criterion, Protocol
from ..protocol.visits import Visit
from .story_courses import Course


# ---------------------------------------------------------------- screening
class Failure(NamedTuple):
    """A criterion, how many people failed by it, and how many of these by nothing else."""

    criterion: Criterion
    against: int
    alone: int


class Screening(NamedTuple):
    """How many were screened, how many of these failed, and by which criteria, the costliest first."""

    screened: int
    failed: int
    failures: tuple[Failure, ...]


def screening_of(people: Iterable[Course], found: Flow, trial: Protocol) -> Screening:
    """Who was screened, and whom the flow diagram counts as not eligible, by which criterion."""
    failed = found.excluded.part("not_eligible")
    criteria = {criterion.id: criterion for criterion in trial.criteria}
    met = Counter(person for part in failed.parts for person in part.people)
    failures = [
        Failure(criteria[part.id], part.count, sum(met[person] == 1 for person in part.people))
        for part in failed.parts
        if part.id in criteria
    ]
    screened = sum(course.known.latest("screened") is not None for course in people)
    return Screening(screened, failed.count, tuple(sorted(failures, key=lambda each: -each.against)))


# ---------------------------------------------------------------- waits
class Wait(NamedTuple):
    """How many days somebody waited, and where in the window that is ("" where there is none)."""

    person: str
    group: str
    days: int
    time: str


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits from one moment to another. moment, since: its name, and as people read it.

    window: its first, planned and last day, and the last if it is extended, in days since the moment; None where nobody
    had one. ours: the window was never published.
    """

    label: str
    moment: str
    since: str
    window: tuple[int, int, int, int | None] | None
    waits: tuple[Wait, ...]
    ours: bool = False
    source: str = ""

    @property
    def inside(self) -> int:
        return sum(wait.time == "in time" for wait in self.waits)

    @property
    def median(self) -> float:
        """In days; of nobody 0."""
        return float(median(wait.days for wait in self.waits)) if self.waits else 0.0


def waits_of(people: Sequence[Course], trial: Protocol) -> tuple[Waits, ...]:
    """From the event that the trial follows to the randomisation, then to each dose from the moment it counts from."""
    found: list[Waits] = []
    index = trial.conduct.index
    if index:
        waits = [
            Wait(course.person, course.group, (course.randomised - start).days, "")
            for course in people
            if course.randomised is not None and (start := course.anchors.get(index)) is not None
        ]
        found.append(Waits("randomisation", index, f"the {trial.vocabulary[index].label}", None, tuple(waits)))
    visits = (visit for visit in trial.schedule.visits if visit.sets)
    found += [_to_dose(visit, cycle, people) for cycle, visit in enumerate(visits, start=1)]
    return tuple(each for each in found if each.waits)


def _to_dose(visit: Visit, cycle: int, people: Sequence[Course]) -> Waits:
    given = [(course, dose) for course in people for dose in course.doses if dose.cycle == cycle]
    waits = [Wait(course.person, course.group, dose.days, dose.time) for course, dose in given if dose.days is not None]
    windows = (_days_of(visit, course) for course, _ in given)
    window = next((each for each in windows if each is not None), None)
    return Waits(visit.label, visit.moment, visit.counted_from, window, tuple(waits), visit.ours, visit.source)


def _days_of(visit: Visit, course: Course) -> tuple[int, int, int, int | None] | None:
    """The window of a visit in days since its moment."""
    moment, window = course.anchors.get(visit.moment), window_of(visit, 1, course.anchors)
    if moment is None or window is None:
        return None
    first, target, last = ((day - moment).days for day in window[:3])
    return first, target, last, (window.until - moment).days if window.until is not None else None


# ---------------------------------------------------------------- visits
class VisitCount(NamedTuple):
    """How the turns of one visit stand, over all people: status -> number of them."""

    visit: Visit
    counts: Counter[Status]

    @property
    def settled(self) -> int:
        """Turns of which it is known whether they were done: those done and those missed."""
        return sum(self.counts[status] for status in ("done", "done early", "done late", "missed"))

    @property
    def off(self) -> int:
        """Settled turns that were missed or done outside their window."""
        return self.settled - self.counts["done"]


def visits_of(people: Iterable[Course], trial: Protocol) -> tuple[VisitCount, ...]:
    """Each visit of the schedule that anybody who was randomised has had to make, in the protocol's order."""
    counts: dict[str, Counter[Status]] = {}
    for course in people:
        for due in course.visits if course.randomised is not None else ():
            if due.visit is not None:
                counts.setdefault(due.visit.id, Counter())[due.status] += 1
    return tuple(VisitCount(visit, counts[visit.id]) for visit in trial.schedule.visits if visit.id in counts)
