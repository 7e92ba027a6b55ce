"""How doses were given: in their days, as decided, by the rules, with everything ready, and in their own arm."""

from collections.abc import Iterator

from ..dates import day_text
from ..ledger.entry import Entry
from ..protocol.treatment import Level
from .by_day import day_said
from .deviation import Found, Given, Seen, evidence, on_text
from .dosing import DoseDecision, Ruling, decide_dose
from .schedule import DueVisit
from .visit_words import sentence


def outside_window(seen: Seen) -> Iterator[Found]:
    """A dose before or after its days; a window is extended only where a hold for a toxicity is recorded."""
    visits = [due for due in seen.due if due.visit is not None and due.visit.sets]
    for number, due in enumerate(sorted(visits, key=lambda due: _order(seen, due)), start=1):
        if due.status in ("done early", "done late") and due.record is not None and due.window is not None:
            dose = next((dose for dose in seen.doses if (dose.cycle, dose.on) == (number, due.record.on)), None)
            entries = evidence([], *([dose.entry] if dose else []), *(hold.seq for hold in seen.holds(number)))
            yield Found(
                due.record.on, f"{seen.person}, {sentence(due, seen.on)}{_without_hold(due)}.", entries, due.slot, True
            )


def _order(seen: Seen, due: DueVisit) -> int:
    return seen.trial.schedule.visits.index(due.visit) if due.visit is not None else 0


def _without_hold(due: DueVisit) -> str:
    """That the extension, which would have reached so far, lacks its reason."""
    assert due.visit is not None and due.record is not None and due.window is not None
    extension, window = due.visit.extension, due.window
    if extension is None or window.until is None or window.last == window.until:
        return ""
    if not window.last < due.record.on <= window.until:
        return ""
    return f": no hold {extension.when} is recorded, without which it is not extended to {day_text(window.until)}"


def undecided(seen: Seen) -> Iterator[Found]:
    """A dose of which no decision was signed before."""
    for dose in _treated(seen):
        if _decided(seen, dose) is None:
            what = f"{_called(seen, dose)} was given {on_text(dose.on)} without a decision signed before it."
            yield Found(dose.on, what, (dose.entry,), f"cycle {dose.cycle}", True)


def otherwise(seen: Seen) -> Iterator[Found]:
    """A dose of another level than the signed decision says, without an override."""
    for dose in _treated(seen):
        decided, level = _decided(seen, dose), _level(seen, dose)
        if decided is None or level is None or _is_as_decided(seen, dose) or _overridden(seen, dose) is not None:
            continue
        said = (decided.body or {}).get("level") or f"no dose ({(decided.body or {}).get('action')})"
        what = f"{_called(seen, dose)} was given {on_text(dose.on)} as {level.label}; decided was: {said}."
        yield Found(dose.on, what, (decided.seq, dose.entry), f"cycle {dose.cycle}", True)


def overridden(seen: Seen) -> Iterator[Found]:
    """A dose that was given against the rules by an override, with its reason."""
    for dose in _treated(seen):
        override = _overridden(seen, dose)
        if override is not None:
            against = " ".join((override.body or {}).get("against", ()))
            why = f"reason of {override.actor}: {(override.reason or 'removed').rstrip('.')}"
            what = f"{_called(seen, dose)} was given {on_text(dose.on)} by an override ({why}). {against}".rstrip()
            yield Found(dose.on, what, (override.seq, dose.entry), f"cycle {dose.cycle}", True)


def against_rules(seen: Seen) -> Iterator[Found]:
    """A dose as decided, that the rules stand against when they are asked again with what is known now."""
    for dose in _treated(seen):
        again, level = _asked_again(seen, dose), _level(seen, dose)
        if again is None or level is None or not _is_as_decided(seen, dose):
            continue
        if (again.fired or again.undecided) and (again.level is None or again.level.id != level.id):
            facts = [fact for ruling in (*again.fired, *again.undecided) for fact in ruling.finding.facts]
            rule = (again.fired or again.undecided)[0].id
            what = f"{_called(seen, dose)} was given {on_text(dose.on)} as {level.label}; by what is known now: "
            yield Found(dose.on, f"{what}{again.sentence}", evidence(facts, dose.entry), rule, True)


def not_ready(seen: Seen) -> Iterator[Found]:
    """A dose without something that must be true before it, by what is known now; one row for all that was missing."""
    for dose in _treated(seen):
        again = _asked_again(seen, dose)
        lacking = again.unready() if again is not None else ()
        if lacking:
            facts = [fact for ruling in lacking for fact in ruling.finding.facts]
            rule = ", ".join(ruling.id for ruling in lacking)
            what = f"{_called(seen, dose)} was given {on_text(dose.on)}: {_lacking_words(lacking)}"
            yield Found(dose.on, what, evidence(facts, dose.entry), rule, True)


def _lacking_words(lacking: tuple[Ruling, ...]) -> str:
    """What was not in order: of one thing all that is known of it, of several their names."""
    if len(lacking) == 1:
        return lacking[0].sentence
    flags = list(dict.fromkeys(flag for ruling in lacking for flag in ruling.flags))
    names = ", ".join(f"{getattr(ruling.item, 'label', '')} ({ruling.id})" for ruling in lacking)
    marks = f" [{'; '.join(flags)}]" if flags else ""
    return f"not in order, or not known to be: {names}.{marks}"


def of_other_arm(seen: Seen) -> Iterator[Found]:
    """The treatment of one arm, given to somebody of another."""
    allocation = seen.known.allocation
    if seen.is_treated():
        return
    for dose in seen.doses:
        who = f"is of {allocation.arm}, which gets none" if allocation is not None else "is not randomised"
        what = f"{_called(seen, dose)} was given {on_text(dose.on)}, and {seen.person} {who}."
        yield Found(dose.on, what, evidence([], dose.entry, *([allocation.entry] if allocation else [])), "", True)


# ---------------------------------------------------------------- what they share
def _treated(seen: Seen) -> tuple[Given, ...]:
    """The doses of somebody whose arm gets them."""
    return seen.doses if seen.is_treated() else ()


def _called(seen: Seen, dose: Given) -> str:
    return f"{seen.person}, dose {dose.cycle}" if dose.cycle else f"{seen.person}, a dose"


def _level(seen: Seen, dose: Given) -> Level | None:
    return next((level for level in seen.trial.treatment.levels if level.concept == dose.fact.concept), None)


def _decided(seen: Seen, dose: Given) -> Entry | None:
    """The last decision on this dose that was signed before it was recorded, for its day or an earlier one."""
    found = [entry for entry in _of_cycle(seen, "dose_decided", dose) if (day_said(entry) or dose.on) <= dose.on]
    return found[-1] if found else None


def _overridden(seen: Seen, dose: Given) -> Entry | None:
    """The override by which this very dose was given."""
    level = _level(seen, dose)
    found = [
        entry
        for entry in _of_cycle(seen, "dose_overridden", dose)
        if level is not None and (entry.body or {}).get("level") == level.id and day_said(entry) == dose.on
    ]
    return found[-1] if found else None


def _of_cycle(seen: Seen, kind: str, dose: Given) -> list[Entry]:
    """The acts about a dose that were written before it was first recorded, whatever of it was corrected since."""
    before, first = dict(seen.known.changed), dose.entry
    while first in before:
        first = before[first]
    return [each for each in seen.known.of(kind) if each.seq < first and (each.body or {}).get("cycle") == dose.cycle]


def _is_as_decided(seen: Seen, dose: Given) -> bool:
    decided, level = _decided(seen, dose), _level(seen, dose)
    return decided is not None and level is not None and (decided.body or {}).get("level") == level.id


def _asked_again(seen: Seen, dose: Given) -> DoseDecision | None:
    """The decision on a dose as of its day by the facts as they stand now; None where an override set it aside.

    An adverse event of the day itself is left out: as far as days can tell it came after the dose.
    """
    before = [other for other in seen.doses if other.on < dose.on]
    cycle = seen.trial.treatment.cycle(dose.cycle)
    if cycle is None or len(before) != dose.cycle - 1 or _overridden(seen, dose) is not None:
        return None
    later = {other.fact.id for other in seen.doses if other.on >= dose.on}
    known = [
        fact
        for fact in seen.known.facts
        if fact.id not in later
        and not (fact.concept == seen.trial.conduct.adverse_event and fact.when.first >= dose.on)
    ]
    return decide_dose(seen.trial, seen.person, known, dose.on, dose.cycle)
