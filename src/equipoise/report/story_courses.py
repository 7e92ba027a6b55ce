"""Each person of a trial as the ledger tells their course up to a day: what every picture and table of it rests on.

Blind, all people are one group, and whatever only some arms get is left out: who got a dose is known to be of one arm.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from ..conduct.by_day import by_day
from ..conduct.deviation import Seen
from ..conduct.safety import AdverseEvent, adverse_events
from ..conduct.schedule import DueVisit, window_of
from ..conduct.standing import anchors_of, cycle_of, doses_given
from ..facts import is_record
from ..participant.moves import IN_TRIAL, Standing
from ..participant.record import Participant, day_of, number_of
from ..participant.state import State
from ..protocol.model import Protocol
from ..protocol.treatment import Level
from ..protocol.visits import Visit
from ..truth import TRUE

POOLED: Final = "in the trial"  # the standing, where telling more would tell the arm


class Group(NamedTuple):
    """People who are shown together: those of an arm, or all of them."""

    id: str
    label: str


class Dose(NamedTuple):
    """A dose as given. level: None where no level of the treatment is recorded so; full: the first of the levels.

    days: since the moment that it is counted from. time: "in time", "early", "late"; "extended" within a window that a
    hold for a toxicity had lengthened; "" where its visit has no window. decided: what the signed decision says;
    against: the reason for which it was set aside.
    """

    cycle: int
    on: date
    level: Level | None
    full: bool
    activity: str
    days: int | None
    time: str
    decided: str
    against: str
    entry: int


class Decision(NamedTuple):
    """A signed decision not to give a dose as planned: its action, cycle and the rules that it rests on."""

    on: date
    action: str
    cycle: int
    rules: tuple[str, ...]
    entry: int


@dataclass(frozen=True, slots=True)
class Course:
    """One person up to a day (`by_day`). group: the arm, "" while there is none and for everybody when blind.

    visits: without those that only some arms have, when blind. doses, decisions:
    none when blind. recurrence: the day of the first.
    """

    known: Participant
    group: str
    randomised: date | None
    anchors: Mapping[str, date | None]
    visits: tuple[DueVisit, ...]
    doses: tuple[Dose, ...]
    decisions: tuple[Decision, ...]
    events: tuple[AdverseEvent, ...]
    recurrence: date | None

    @property
    def person(self) -> str:
        return self.known.person

    @property
    def standing(self) -> Standing:
        return self.known.standing

    @property
    def serious(self) -> tuple[AdverseEvent, ...]:
        return tuple(event for event in self.events if event.serious is TRUE)

    def standing_words(self, blind: bool) -> str:
        """The standing as people read it; blind, all who are in the trial stand alike."""
        return POOLED if blind and self.standing in IN_TRIAL else self.standing.value


def groups_of(trial: Protocol, blind: bool) -> tuple[Group, ...]:
    """The groups that people are shown in, in the protocol's order."""
    if blind or not trial.arms:
        return (Group("", "All arms together"),)
    return tuple(Group(arm.id, f"{arm.id}: {arm.name}") for arm in trial.arms)


def courses(state: State, trial: Protocol, on: date, blind: bool) -> tuple[Course, ...]:
    """The course of everybody who was identified by the day, in the order of their identification."""
    people = [by_day(known, on) for known in state.people.values() if known.since is None or known.since <= on]
    return tuple(_course(Seen(known, state, trial, on), blind) for known in people)


def _course(seen: Seen, blind: bool) -> Course:
    known, trial, on = seen.known, seen.trial, seen.on
    allocation, anchors = known.allocation, anchors_of(known, trial, on)
    recurrence = min((day_of(fact) for fact in known.of_concept(trial.conduct.recurrence)), default=None)
    group = "" if blind or allocation is None else allocation.arm
    return Course(
        known, group, allocation.on if allocation else None, anchors,
        tuple(due for due in seen.due if not blind or _tells_no_arm(due)),
        () if blind else tuple(_doses(seen, anchors)), () if blind else tuple(_decisions(known, trial)),
        adverse_events(known.facts, trial.safety, trial.vocabulary, on), recurrence,
    )  # fmt: skip


def _tells_no_arm(due: DueVisit) -> bool:
    """Is it a visit of all arms, or one that the schedule never knew of?"""
    return not due.visit.arms if due.visit is not None else due.record is None or not due.record.slot


# ---------------------------------------------------------------- doses
def _doses(seen: Seen, anchors: Mapping[str, date | None]) -> Iterator[Dose]:
    known, treatment = seen.known, seen.trial.treatment
    visits = [visit for visit in seen.trial.schedule.visits if visit.sets]
    for fact in doses_given(known, seen.trial, seen.on):
        cycle, day = cycle_of(fact), day_of(fact)
        level = next((each for each in treatment.levels if each.concept == fact.concept), None)
        visit = visits[cycle - 1] if 0 < cycle <= len(visits) else None
        moment = anchors.get(visit.moment) if visit is not None else None
        activity = str(fact.value.get("activity", "")) if is_record(fact.value) else ""
        yield Dose(
            cycle, day, level, level in treatment.levels[:1], activity, (day - moment).days if moment else None,
            _time_of(day, visit, anchors, seen.due), *_decided(known, cycle, day), number_of(fact),
        )  # fmt: skip


def _time_of(day: date, visit: Visit | None, anchors: Mapping[str, date | None], due: Iterable[DueVisit]) -> str:
    """Where in the window of its visit a day is; "" where it has none."""
    planned = window_of(visit, 1, anchors) if visit is not None else None
    if visit is None or planned is None:
        return ""
    if planned.first <= day <= planned.last:
        return "in time"
    held = next((each.window for each in due if each.slot == visit.id), None) or planned
    return "early" if day < planned.first else "extended" if day <= held.last else "late"


def _decided(known: Participant, cycle: int, on: date) -> tuple[str, str]:
    """What the last signed decision on a dose said, and why it was set aside that day ("" where it was not)."""
    bodies = [(entry, entry.body) for entry in known.of("dose_decided", "dose_overridden") if entry.body is not None]
    own = [(entry, body) for entry, body in bodies if body["cycle"] == cycle and body["on"] <= on.isoformat()]
    decided = [body["action"] for entry, body in own if entry.kind == "dose_decided"]
    against = [
        entry.reason or "" for entry, body in own if entry.kind == "dose_overridden" and body["on"] == on.isoformat()
    ]
    return decided[-1] if decided else "", against[-1] if against else ""


def _decisions(known: Participant, trial: Protocol) -> Iterator[Decision]:
    """The signed decisions that held, stopped or reduced a dose, each once a day."""
    actions = {rule.id: rule.action for rule in trial.treatment.rules}
    seen = set[tuple[str, str, int]]()
    for entry in known.of("dose_decided"):
        body = entry.body
        if body is None or body["action"] not in set(actions.values()):
            continue
        day, action, cycle = key = (body["on"], body["action"], body["cycle"])
        if key not in seen:
            rules = [name for name, ruled in body["rules"].items() if ruled["truth"] == TRUE.value]
            fired = tuple(name for name in rules if actions.get(name) == action)
            yield Decision(date.fromisoformat(day), action, cycle, fired, entry.seq)
        seen.add(key)
