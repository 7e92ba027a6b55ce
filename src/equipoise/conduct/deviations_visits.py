"""Visits and scans, late entries, late reports of serious events, and what was done after somebody withdrew."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time

from ..dates import day_text
from ..facts import Fact
from ..ledger.entry import Entry, read_utc
from ..participant.record import day_of
from .by_day import day_said
from .deviation import Found, Seen, number_in, on_text
from .safety import clocks
from .schedule import ENDED, DueVisit
from .scope import SCOPES, Scope, What, permits, read_scope
from .serious_entries import serious_events
from .visit_words import due_words, sentence


def scan_missed(seen: Seen) -> Iterator[Found]:
    """Imaging that was not done: by the same rule whatever the arm, since unequal imaging biases the comparison."""
    yield from (
        _missed(seen, due) for due in _not_done(seen) if due.visit is not None and due.visit.kind == "assessment"
    )


def visit_missed(seen: Seen) -> Iterator[Found]:
    """Any other visit that was not made; doses and imaging have rows of their own."""
    for due in _not_done(seen):
        if due.visit is not None and due.visit.kind != "assessment" and not due.visit.sets:
            yield _missed(seen, due)


def dose_missed(seen: Seen) -> Iterator[Found]:
    """A dose that was not given although no rule ended the treatment: no stop is signed, nobody had left.

    Where a dose was held for a toxicity and the treatment then ended, the rules were followed.
    """
    decided = seen.known.latest("dose_decided")
    if decided is None or (decided.body or {}).get("action") != "stop":
        yield from (_missed(seen, due) for due in _not_done(seen) if due.visit is not None and due.visit.sets)
        yield from (_missed(seen, due) for due in _given_up(seen))


def _given_up(seen: Seen) -> Iterator[DueVisit]:
    """The doses that somebody ended the treatment without, by no rule and for no toxicity."""
    doses = [due for due in seen.due if due.visit is not None and due.visit.sets]
    order = [visit.id for visit in seen.trial.schedule.visits if visit.sets]
    for due in doses:
        ended = due.status == "cancelled" and due.because == ENDED["end_of_treatment"]
        if ended and due.window is not None and not seen.holds(order.index(due.slot) + 1):
            yield replace(due, because=_why_ended(seen))


def _why_ended(seen: Seen) -> str:
    entry = seen.known.latest("follow_up_began")
    day = day_said(entry) if entry is not None else None
    if entry is None or day is None:
        return ENDED["end_of_treatment"]
    return f"the treatment ended {on_text(day)}: {(entry.reason or 'no reason was given').rstrip('.')}"


def _not_done(seen: Seen) -> Iterator[DueVisit]:
    """What was missed, or is overdue for longer than an entry may take. Of who was lost only what came before."""
    if seen.known.allocation is None:
        return
    for due in seen.due:
        if due.window is None or (seen.lost_since is not None and due.window.last >= seen.lost_since):
            continue
        if due.status == "missed" or (due.status == "overdue" and (seen.on - due.window.last).days > seen.late_after):
            yield due


def _missed(seen: Seen, due: DueVisit) -> Found:
    assert due.window is not None and due.visit is not None
    why = due.because or f"nothing was recorded by {day_text(seen.on)}"
    what = f"{seen.person}, {due.label}: not done ({due_words(due)}): {why.rstrip('.')}."
    entries = (due.record.entry,) if due.record is not None and due.record.entry else ()
    return Found(due.window.last, what, entries, due.slot, bool(due.visit.arms))


def visit_outside_window(seen: Seen) -> Iterator[Found]:
    """A visit made before or after its window; doses have a row of their own."""
    for due in seen.due:
        if due.visit is None or due.record is None or due.visit.sets or seen.known.allocation is None:
            continue
        if due.status in ("done early", "done late"):
            what = f"{seen.person}, {sentence(due, seen.on)}."
            yield Found(due.record.on, what, (due.record.entry,), due.slot, bool(due.visit.arms))


def entered_late(seen: Seen) -> Iterator[Found]:
    """A visit that was made, and entered only many days later (R31)."""
    for entry in seen.known.of("visit"):
        made, entered = day_said(entry), read_utc(entry.at).date()
        if made is None or entry.body is None or not entry.body["done"]:
            continue
        days = (entered - made).days
        if days > seen.late_after:
            due = next((due for due in seen.due if due.slot == entry.body["slot"]), None)
            label = due.label if due is not None else "a visit"
            why = f": {entry.reason.rstrip('.')}" if entry.reason else ""
            what = f"{seen.person}, {label}: made {on_text(made)}, entered {on_text(entered)}, {days} days later{why}."
            tells = due is not None and due.visit is not None and bool(due.visit.arms)
            yield Found(made, what, (entry.seq,), entry.body["slot"], tells)


def reported_late(seen: Seen) -> Iterator[Found]:
    """A serious event that was reported too late, or is overdue (R27)."""
    now = datetime.combine(seen.on, time.max, UTC)
    for event in serious_events(seen.known, seen.trial, seen.on):
        for state in clocks(event, seen.trial.safety, now):
            if state.due is not None and (state.met_late or state.overdue):
                tells = state.clock.applies != "serious"  # it says that the event is a reaction to the treatment
                yield Found(state.due.date(), state.sentence, (int(event.id),), state.clock.id, tells)


# ---------------------------------------------------------------- after a withdrawal
def after_withdrawal(seen: Seen) -> Iterator[Found]:
    """What was done or collected after somebody withdrew, beyond what the scope of the withdrawal permits (R35)."""
    for left, day, scope in _withdrawals(seen):
        for what, name, on, entry in _done(seen):
            if on > day and not permits(scope, what):
                told = f"{name} of {seen.person} {on_text(on)} lies after the withdrawal {on_text(day)}"
                beyond = f"which is {SCOPES[scope].split(':')[0]}"
                yield Found(on, f"{told}, {beyond}.", (left.seq, entry), scope, scope == "treatment")


def _withdrawals(seen: Seen) -> Iterator[tuple[Entry, date, Scope]]:
    """Each withdrawal with its day and scope; that from the treatment alone is how a follow-up began."""
    for entry in seen.known.of("withdrawn", "follow_up_began"):
        day, scope = day_said(entry), read_scope(str((entry.body or {}).get("scope", "")))
        if day is not None and scope is not None:
            yield entry, day, scope


def _done(seen: Seen) -> Iterator[tuple[What, str, date, int]]:
    """(of what sort, what, day, entry) of everything that was recorded of the person."""
    for fact in seen.known.facts:
        concept = seen.trial.vocabulary.get(fact.concept)
        if concept is not None:  # else of another version of the protocol
            yield _sort(seen, fact), concept.label[0].upper() + concept.label[1:], day_of(fact), number_in(fact)
    for due in seen.due:
        if due.record is not None and due.record.done and due.record.entry:
            kind = due.visit.kind if due.visit is not None else "contact"
            yield kind, due.label[0].upper() + due.label[1:], due.record.on, due.record.entry


def _sort(seen: Seen, fact: Fact) -> What:
    """Of what sort a fact is, as the door sees it (trial.recording); a dose is a visit for treatment."""
    conduct = seen.trial.conduct
    if fact.concept == conduct.death:
        return "vital_status"
    if fact.concept == conduct.adverse_event:
        return "adverse_event"
    if fact.concept in seen.state.words.doses:
        return "treatment"
    return "contact" if seen.trial.vocabulary[fact.concept].conduct else "records"
