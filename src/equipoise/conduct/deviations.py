"""Protocol deviations, found by rule: one closed table of kinds, which the docs draw.

"A protocol deviation is any change, divergence, or departure from the study design or procedures defined in the
protocol. Important protocol deviations are a subset of protocol deviations that may significantly impact the
completeness, accuracy, and/or reliability of the study data or that may significantly affect a subject's rights,
safety, or well-being" (ICH E3 Questions & Answers (R1), 2012, question 7). Which kinds are important is ours.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from ..participant.state import State
from ..protocol.model import Protocol
from . import deviations_doses as doses
from . import deviations_entry as entry
from . import deviations_visits as visits
from .by_day import by_day
from .deviation import LATE_AFTER, Deviation, Found, Seen, Severity
from .schedule import DONE

SOURCE: Final = "ICH E3 Questions & Answers (R1), 2012, question 7"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of deviation: how people call it, how grave it is, when it is found, and the function that finds it."""

    id: str
    label: str
    severity: Severity
    rule: str
    find: Callable[[Seen], Iterator[Found]]


_KINDS = (
    Kind("ineligible", "not eligible, and randomised", "important",
         "a criterion stands against the person on the day of the randomisation, by what is known now",
         entry.ineligible),
    Kind("not_shown_eligible", "eligibility no longer shown", "important",
         "a criterion cannot be judged on the day of the randomisation, by what is known now",
         entry.not_shown_eligible),
    Kind("wrong_stratum", "randomised in a wrong stratum", "important",
         "the level entered is another than the facts give now; the allocation stands", entry.wrong_stratum),
    Kind("procedure_before_consent", "study procedure before consent", "important",
         "a procedure of the study is dated before the first consent", entry.procedure_before_consent),
    Kind("not_consented_again", "not consented to the form in force", "important",
         "seen or treated on a day on which a version of the consent form was in force that was not consented to",
         entry.not_consented_again),
    Kind("dose_outside_window", "dose outside its window", "important",
         "given before or after its days; they are extended only where a hold for a toxicity is recorded",
         doses.outside_window),
    Kind("dose_undecided", "dose without a decision", "important",
         "no decision on it was signed before it was given", doses.undecided),
    Kind("dose_otherwise", "dose other than decided", "important",
         "its level is another than the signed decision says, and no override says so", doses.otherwise),
    Kind("dose_overridden", "dose by an override", "important",
         "the investigator decided otherwise than the rules, with a reason", doses.overridden),
    Kind("dose_against_rules", "dose against the rules, as known now", "important",
         "given as decided; asked again with what is known now, the rules say otherwise", doses.against_rules),
    Kind("dose_not_ready", "dose without readiness", "important",
         "something that must be true before a dose was not, by what is known now", doses.not_ready),
    Kind("dose_missed", "dose missed", "important",
         "not given, though no stop is recorded, nor a hold for a toxicity that ended the treatment, nor another end",
         visits.dose_missed),
    Kind("other_arm_treatment", "treatment of the other arm", "important",
         "a dose was given to somebody whose arm gets none", doses.of_other_arm),
    Kind("scan_missed", "imaging missed", "important",
         "imaging of the schedule was not done; counted by the same rule in every arm", visits.scan_missed),
    Kind("visit_missed", "visit missed", "minor",
         "a visit of the schedule was not made; doses and imaging have rows of their own", visits.visit_missed),
    Kind("visit_outside_window", "visit outside its window", "minor",
         "made before or after its window", visits.visit_outside_window),
    Kind("entered_late", "entered late", "minor",
         "a visit was entered more than so many days after it was made", visits.entered_late),
    Kind("reported_late", "serious event reported late", "important",
         "a clock of a serious event was met late, or is overdue", visits.reported_late),
    Kind("after_withdrawal", "data after a withdrawal", "important",
         "something is dated after a withdrawal whose scope does not permit it", visits.after_withdrawal),
)  # fmt: skip
KINDS: Final = {kind.id: kind for kind in _KINDS}


def deviations(
    state: State, trial: Protocol, on: date, late_after: int = LATE_AFTER, blind: bool = False
) -> tuple[Deviation, ...]:
    """Every deviation of everybody as things had happened by the day, by what the state knows; by day, then person.

    late_after: days after which an entry is late (ours). blind: without those that tell somebody's arm.
    """
    found: list[Deviation] = []
    for each in state.people.values():
        if each.since is None or each.since <= on:
            found.extend(of_person(Seen(by_day(each, on), state, trial, on, late_after)))
    kept = [each for each in found if each.on <= on and not (blind and each.tells_arm)]
    return tuple(sorted(kept, key=lambda each: (each.on, each.person)))


def of_person(seen: Seen) -> Iterator[Deviation]:
    """The deviations of one person, in the order of the table."""
    known = seen.known
    for kind in _KINDS:
        for each in kind.find(seen):
            tells = each.tells_arm or not seen.telling.isdisjoint(each.entries)
            yield Deviation(
                known.person, known.site, each.on, kind.id, kind.severity, each.sentence, each.entries,
                each.rule or kind.id, tells,
            )  # fmt: skip


# ---------------------------------------------------------------- is imaging equal in the arms?
class Imaging(NamedTuple):
    """The imaging of one arm by the day: slots whose window is over or that are done, and what became of them."""

    arm: str
    people: int
    due: int
    done: int
    outside: int
    missed: int


def imaging(state: State, trial: Protocol, on: date, late_after: int = LATE_AFTER) -> tuple[Imaging, ...]:
    """What was due and what was missed in each arm: unequal imaging finds recurrences earlier in one of them.

    Nothing where the schedule has no imaging.
    """
    if all(visit.kind != "assessment" for visit in trial.schedule.visits):
        return ()
    rows = {arm.id: Imaging(arm.id, 0, 0, 0, 0, 0) for arm in trial.arms}
    for each in state.people.values():
        seen = Seen(by_day(each, on), state, trial, on, late_after)
        if seen.known.allocation is None:
            continue
        arm = seen.known.allocation.arm
        scans = [due for due in seen.due if due.visit is not None and due.visit.kind == "assessment"]
        done, missed = [due for due in scans if due.status in DONE], len(list(visits.scan_missed(seen)))
        row = rows.get(arm, Imaging(arm, 0, 0, 0, 0, 0))
        rows[arm] = Imaging(
            arm, row.people + 1, row.due + len(done) + missed, row.done + len(done),
            row.outside + sum(due.status != "done" for due in done), row.missed + missed,
        )  # fmt: skip
    return tuple(rows.values())
