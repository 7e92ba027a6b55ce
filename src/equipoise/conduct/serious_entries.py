"""Serious events as the ledger tells them: the adverse event as it stands by now, and who knew of it when."""

from dataclasses import replace
from datetime import date

from ..ledger.entry import Entry, read_utc
from ..participant.record import FACT_ID, Participant
from ..protocol.model import Protocol
from .adverse_events import adverse_events
from .safety import SeriousEvent, serious


def serious_events(known: Participant, trial: Protocol, on: date) -> tuple[SeriousEvent, ...]:
    """A person's serious events, in the order in which the site reported them.

    The adverse event is read as it stands, with its corrections; opinions and times of the sponsor stand beside it.
    """
    standing = {event.fact.id: event for event in adverse_events(known.facts, trial.safety, trial.vocabulary, on)}
    found: list[SeriousEvent] = []
    for entry in known.of("serious_event"):
        event = standing.get(f"{FACT_ID}{now_called(known, entry.target)}")
        if event is None or entry.body is None:
            continue  # the adverse event was taken back
        life_threatening = entry.body.get("life_threatening")
        made = serious(event, str(entry.seq), read_utc(entry.body["aware"]), life_threatening=life_threatening)
        found.append(_with_sponsor(made, entry, known))
    return tuple(found)


def _with_sponsor(event: SeriousEvent, entry: Entry, known: Participant) -> SeriousEvent:
    """The event with what the sponsor knew, thought and reported."""
    for act in known.acts:
        if act.target != entry.seq or act.body is None:
            continue
        match act.kind:
            case "serious_event_received":
                aware = read_utc(act.body["aware"])
                event = replace(event, sponsor_aware=min(aware, event.sponsor_aware or aware))
            case "causality_opinion":
                event = replace(event, related_sponsor=act.body["related"], unexpected=act.body.get("unexpected"))
            case "serious_event_submitted":
                first = {act.body["to"]: read_utc(act.body["at"])}
                event = replace(event, reported={**first, **event.reported})
            case _:
                pass
    return event


def now_called(known: Participant, entry: int) -> int:
    """The entry that stands in the place of this one by now, through all its corrections."""
    corrected: dict[int, int] = {}
    for later, target in known.changed:
        corrected.setdefault(target, later)  # what was corrected first and then redacted is still corrected
    while entry in corrected:
        entry = corrected[entry]
    return entry
