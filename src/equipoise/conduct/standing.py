"""A participant as the schedule sees them: the days that visits are counted from, the visits made, and the end."""

from datetime import date

from ..facts import Fact, is_record
from ..ledger.entry import Entry
from ..participant.moves import BEFORE_ENTRY, Standing
from ..participant.record import Participant, day_of, words_of
from ..protocol.deadlines import moment_named
from ..protocol.model import Protocol
from ..quantities import Quantity
from ..rules.case import build_case
from .schedule import Anchors, Ended, VisitRecord
from .scope import read_scope


def anchors_of(known: Participant, trial: Protocol, on: date) -> Anchors:
    """The day of each moment that a visit of the schedule is counted from, as it really was; None while it has none."""
    doses = doses_given(known, trial, on)
    found: dict[str, date | None] = {}
    for number, visit in enumerate((each for each in trial.schedule.visits if each.sets), start=1):
        found[visit.sets] = next((day_of(dose) for dose in doses if cycle_of(dose) == number), None)
    names = {visit.moment for visit in trial.schedule.visits} - found.keys()
    moments = {name: moment_named(name, trial.vocabulary, trial.moments) for name in names}
    looked_at = {moment.look.concept for moment in moments.values() if moment is not None and moment.look is not None}
    case = build_case((fact for fact in known.facts if fact.concept in looked_at), on, trial.vocabulary)
    for name, moment in moments.items():
        span = case.when(moment)[0] if moment is not None else None
        found[name] = span.first if span is not None and span.exact else None
    return found


def doses_given(known: Participant, trial: Protocol, on: date) -> list[Fact]:
    """The doses that were given up to a day, in order of time."""
    words = words_of(trial).doses
    return sorted((fact for fact in known.facts if fact.concept in words and day_of(fact) <= on), key=day_of)


def cycle_of(dose: Fact) -> int:
    """The number of the cycle that a dose says it belongs to; 0 where it says none."""
    value = dose.value
    cycle = value.get("cycle") if is_record(value) else None
    return int(cycle.lo) if isinstance(cycle, Quantity) and cycle.lo is not None else 0


def visit_records(known: Participant) -> list[VisitRecord]:
    """The visits that the site recorded, made or missed."""
    return [
        VisitRecord(
            entry.body["slot"], date.fromisoformat(entry.body["on"]), entry.body["done"], entry.reason or "", entry.seq
        )
        for entry in known.of("visit")
        if entry.body is not None
    ]


def ended_of(known: Participant, on: date) -> tuple[Ended, ...]:
    """What had ended a person's time in the trial, or a part of it, by that day; nothing while it goes on.

    A withdrawal from the treatment only leaves the person in the trial. Who was lost may be found again, so their
    visits stay due.
    """
    found = [
        Ended(date.fromisoformat(entry.body["on"]), "end_of_treatment")
        for entry in known.of("follow_up_began")
        if entry.body is not None and "scope" not in entry.body
    ]
    found += [
        Ended(date.fromisoformat(entry.body["on"]), "withdrawal", read_scope(entry.body["scope"]))
        for entry in known.of("withdrawn", "follow_up_began")
        if entry.body is not None and "scope" in entry.body
    ]
    died, done, screened = known.moved("die"), known.moved("complete"), known.latest("screened")
    if known.standing is Standing.DEAD and died is not None:
        found.append(Ended(died, "death"))
    if done is not None:
        found.append(Ended(done, "completion"))
    failed = screened is not None and (screened.body or {}).get("verdict") == "ineligible"
    shut = known.excluded or (screened if failed else None)
    if known.standing in BEFORE_ENTRY and shut is not None and shut.body is not None:
        found.append(Ended(date.fromisoformat(shut.body["on"]), "screen_failure"))
    return tuple(each for each in found if each.on <= on)


def extended_of(known: Participant, trial: Protocol) -> frozenset[str]:
    """The visits for a dose whose window lasts longer, since a signed decision held that dose for a toxicity."""
    doses = (visit for visit in trial.schedule.visits if visit.sets)
    return frozenset(visit.id for number, visit in enumerate(doses, start=1) if holds_of(known, trial, number))


def holds_of(known: Participant, trial: Protocol, cycle: int) -> tuple[Entry, ...]:
    """The signed decisions that held a dose because of a toxicity."""
    toxic = {rule.id for rule in trial.treatment.rules if rule.toxicity and rule.action == "hold"}
    return tuple(
        entry
        for entry in known.of("dose_decided")
        if entry.body is not None and (entry.body["cycle"], entry.body["action"]) == (cycle, "hold")
        and any(each["truth"] == "true" for rule, each in entry.body["rules"].items() if rule in toxic)
    )  # fmt: skip
