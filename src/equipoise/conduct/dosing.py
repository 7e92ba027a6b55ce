"""Give, reduce, hold or stop a dose: by which rule, on which values, what is missing, and until when it holds.

Stop comes before hold, hold before what is not known, that before reduce, and reduce before give: an unknown never
gives a dose. The decision is a function of the protocol, the facts and the day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from ..dates import day_text
from ..facts import Fact
from ..faults import Fault
from ..protocol.doses import Cycle, DoseRule, DoseWarning, Level, Ready, When
from ..protocol.model import Protocol
from ..quantities import Quantity
from ..rules.case import Case, build_case
from ..rules.evaluate import evaluate
from ..rules.prose import fact_text
from ..rules.turning import turning_points
from ..truth import TRUE, UNKNOWN
from .dose_time import State, Timing, timing_of
from .ruling import Ruling


class Action(Enum):
    """What is to be done about a dose."""

    GIVE = "give"
    REDUCE = "reduce"
    HOLD = "hold"
    STOP = "stop"
    UNDECIDED = "undecided"


class Turn(NamedTuple):
    """From this day on, if nothing new is learned, the action is this one, or its time or readiness has changed."""

    on: date
    action: Action
    because: str


@dataclass(frozen=True)
class DoseDecision:
    """The answer about one person's dose on one day, by one version of the protocol, with its evidence. Frozen.

    level: what may be given; None while nothing may. rulings: every rule of the cycle, in the protocol's order.
    ready: every readiness item of the cycle. notices: the warnings that hold; they never change the decision.
    protocol: the digest.
    """

    person: str
    on: date
    cycle: Cycle
    action: Action
    level: Level | None
    rulings: tuple[Ruling, ...]
    ready: tuple[Ruling, ...]
    notices: tuple[Ruling, ...]
    timing: Timing
    protocol: str
    trial: Protocol = field(repr=False, compare=False)
    case: Case = field(repr=False, compare=False)

    @property
    def activity(self) -> Quantity | None:
        """The activity that may be given, in GBq."""
        return None if self.level is None else self.level.activity

    @cached_property
    def fired(self) -> tuple[Ruling, ...]:
        """The rules that the action rests on: all true ones of its kind; none for give, and for what is not known."""
        return tuple(r for r in self.rulings if r.truth is TRUE and _action_of(r) == self.action.value)

    @cached_property
    def undecided(self) -> tuple[Ruling, ...]:
        """The rules that cannot be judged yet and stand between the person and a dose."""
        if self.action is not Action.UNDECIDED:
            return ()
        return tuple(r for r in self.rulings if r.truth is UNKNOWN and _matters(r, self.rulings))

    @property
    def missing(self) -> tuple[str, ...]:
        """What would settle the open rules and readiness items, each thing once, in words."""
        open_ = (*self.undecided, *(r for r in self.ready if r.truth is UNKNOWN))
        return tuple(dict.fromkeys(text for ruling in open_ for text in ruling.missing))

    def unready(self, at: When = "infusion") -> tuple[Ruling, ...]:
        """The readiness items that are not true; on prescribing, those of the day of the infusion are not asked."""
        return tuple(r for r in self.ready if r.truth is not TRUE and (at == "infusion" or r.item.at == at))  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(notice.sentence for notice in self.notices)

    @property
    def versions(self) -> Mapping[str, str]:
        """Concept -> version of the grading table, of all rules of the cycle."""
        return {name: version for ruling in self.rulings for name, version in ruling.versions.items()}

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was taken for granted, each once."""
        return tuple(dict.fromkeys(text for r in (*self.rulings, *self.ready) for text in r.finding.assumed))

    @property
    def headline(self) -> str:
        """The answer in a few words: "give 7.4 GBq (full dose)", "hold"."""
        if self.level is not None:
            return f"{self.action.value} {self.level.activity} ({self.level.label})".replace("reduce ", "reduce to ")
        words = {Action.STOP: "stop the treatment for good", Action.UNDECIDED: "not decided yet: do not give"}
        return words.get(self.action, self.action.value)

    @property
    def sentence(self) -> str:
        """The decision and what it rests on, for a person."""
        head = f"{self.person} on {day_text(self.on)}, dose {self.cycle.number}: {self.headline}."
        return " ".join([head, *self.reasons])

    @property
    def reasons(self) -> tuple[str, ...]:
        """One sentence for each thing that the action rests on."""
        rests_on = self.fired or self.undecided
        waits = self.timing.state in ("early", "unknown") and self.action in (Action.HOLD, Action.UNDECIDED)
        reasons = [ruling.sentence for ruling in rests_on]
        reasons += [self.timing.sentence] if waits else []
        reasons = reasons or ["No rule of the treatment stands against it."]
        return (*reasons, f"{self.timing.sentence} It takes an override.") if self.is_out_of_time else tuple(reasons)

    @property
    def is_out_of_time(self) -> bool:
        """Do the rules allow a dose whose days are over?"""
        return self.level is not None and self.timing.state in ("late", "over")

    @cached_property
    def next_turn(self) -> Turn | None:
        """The first later day on which the decision, its time or its readiness changes by itself; None without one."""
        return _next_turn(self)

    def as_dict(self) -> dict[str, Any]:
        """The decision as plain data: texts, lists and tables, no floats."""
        turn = self.next_turn
        return {
            "person": self.person, "on": self.on.isoformat(), "trial": self.trial.acronym, "cycle": self.cycle.number,
            "action": self.action.value, "level": self.level.id if self.level else "",
            "activity": str(self.activity or ""), "sentence": self.sentence, "reasons": list(self.reasons),
            "rules": {ruling.id: _ruling_dict(ruling) for ruling in self.rulings},
            "ready": {ruling.id: _ruling_dict(ruling) for ruling in self.ready},
            "missing": list(self.missing), "warnings": list(self.warnings), "assumptions": list(self.assumptions),
            "gradings": dict(self.versions), "time": self.timing.as_dict(),
            "next_change": (
                {"on": turn.on.isoformat(), "action": turn.action.value, "because": turn.because} if turn else None
            ),
            "protocol": self.protocol,
        }  # fmt: skip


def _ruling_dict(ruling: Ruling) -> dict[str, Any]:
    return {
        "truth": ruling.truth.value, "because": ruling.because, "flags": list(ruling.flags),
        "evidence": [fact_text(fact, ruling.trial.vocabulary) for fact in ruling.finding.facts],
    }  # fmt: skip


# ---------------------------------------------------------------- deciding
def decide_dose(
    trial: Protocol, person: str, facts: Iterable[Fact], on: date, cycle: int | None = None,
    complete: Iterable[str] = (),
) -> DoseDecision:  # fmt: skip
    """The decision about a person's next dose on a day; `cycle` states which one that is thought to be.

    facts: the person's, of any day: those after `on` are not looked at. complete: concepts of which the source holds
    all there is, beside those that the treatment takes to be complete. Raises Fault when there is no such dose to give.
    """
    treatment = trial.treatment
    grounds = {name: _taken_complete(trial, name) for name in treatment.complete if name not in set(complete)}
    case = build_case(facts, on, trial.vocabulary, complete, grounds)
    given = doses_given(trial, case)
    return _decide(trial, person, on, _cycle_to_give(trial, person, given, cycle), case)


def doses_given(trial: Protocol, case: Case) -> tuple[Fact, ...]:
    """The doses on record, of whatever level, earliest first."""
    given = [fact for level in trial.treatment.levels for fact in case.of(level.concept)]
    return tuple(sorted(given, key=lambda fact: fact.when))


def _taken_complete(trial: Protocol, name: str) -> str:
    label = trial.vocabulary[name].label
    return f"Every value of {label} is on record, as the sites enter all of those they treat."


def _cycle_to_give(trial: Protocol, person: str, given: Sequence[Fact], asked: int | None) -> Cycle:
    treatment = trial.treatment
    if not treatment.cycles or not treatment.levels:
        raise Fault(f"{trial.acronym} has no treatment.toml: there are no rules to decide a dose by.")
    done = len(given)
    number = done + 1 if asked is None else asked
    if asked is not None and asked <= done:
        raise Fault(f"Dose {asked} of {person} is on record, {fact_text(given[asked - 1], trial.vocabulary)}.")
    cycle = treatment.cycle(number)
    if cycle is None:
        raise Fault(f"The treatment has {len(treatment.cycles)} doses, and {done} of {person} are on record.")
    if number > done + 1:
        raise Fault(f"Dose {number} of {person} cannot be decided: dose {done + 1} is not on record yet.")
    return cycle


def _decide(trial: Protocol, person: str, on: date, cycle: Cycle, case: Case) -> DoseDecision:
    def ruled(items: Sequence[DoseRule | Ready | DoseWarning]) -> tuple[Ruling, ...]:
        applying = [item for item in items if cycle.number in item.cycles]
        return tuple(Ruling(item, evaluate(item.rule, case), trial) for item in applying)

    treatment = trial.treatment
    rulings = ruled(treatment.rules)
    toxic = any(_is_toxic(ruling) and ruling.truth is TRUE for ruling in rulings)
    timing = timing_of(cycle, case, toxic, trial)
    action = _action(rulings, timing.state)
    levels = {Action.GIVE: treatment.levels[0], Action.REDUCE: treatment.levels[-1]}
    notices = tuple(ruling for ruling in ruled(treatment.warnings) if ruling.truth is TRUE)
    return DoseDecision(
        person, on, cycle, action, levels.get(action), rulings, ruled(treatment.ready), notices, timing,
        trial.digest, trial, case,
    )  # fmt: skip


def _action(rulings: Sequence[Ruling], state: State) -> Action:
    """Stop > hold > not known > reduce > give; what comes first decides."""
    truths = {(action, ruling.truth) for ruling in rulings if (action := _action_of(ruling))}
    if ("stop", TRUE) in truths:
        return Action.STOP
    if ("hold", TRUE) in truths or state == "early":
        return Action.HOLD
    if ("stop", UNKNOWN) in truths or ("hold", UNKNOWN) in truths or state == "unknown":
        return Action.UNDECIDED
    if ("reduce", TRUE) in truths:
        return Action.REDUCE
    return Action.UNDECIDED if ("reduce", UNKNOWN) in truths else Action.GIVE


def _action_of(ruling: Ruling) -> str:
    return ruling.item.action if isinstance(ruling.item, DoseRule) else ""


def _is_toxic(ruling: Ruling) -> bool:
    """Is it a toxicity that had to pass before this dose?"""
    return isinstance(ruling.item, DoseRule) and bool(ruling.item.toxicity) and ruling.item.action != "stop"


def _matters(ruling: Ruling, rulings: Sequence[Ruling]) -> bool:
    """Does an unknown rule stand in the way? One that reduces does not, once another reduces."""
    reduced = any(_action_of(other) == "reduce" and other.truth is TRUE for other in rulings)
    return _action_of(ruling) != "reduce" or not reduced


# ---------------------------------------------------------------- what changes with time
def _next_turn(decision: DoseDecision) -> Turn | None:
    for day in sorted(set(_turning_days(decision))):
        on = date.fromordinal(day)
        later = _decide(decision.trial, decision.person, on, decision.cycle, decision.case.at(day))
        if _shape(later) != _shape(decision):
            return Turn(on, later.action, _what_turned(decision, later))
    return None


def _what_turned(decision: DoseDecision, later: DoseDecision) -> str:
    if later.action is not decision.action:
        return f"{later.headline}. {' '.join(later.reasons)}"
    if later.timing.state != decision.timing.state:
        return later.timing.sentence
    before = {ruling.id: ruling.truth for ruling in decision.ready}
    return " ".join(ruling.sentence for ruling in later.ready if ruling.truth is not before[ruling.id])


def _turning_days(decision: DoseDecision) -> Iterator[int]:
    today = decision.on.toordinal()
    for ruling in (*decision.rulings, *decision.ready):
        yield from turning_points(ruling.item.rule, decision.case)
    yield from (day for day in decision.timing.days if day > today)


def _shape(decision: DoseDecision) -> tuple[object, ...]:
    """What of a decision has to change for it to be another one: the items of the infusion's own day are not in it."""
    ready = tuple(ruling.truth for ruling in decision.ready if ruling.item.at == "prescription")  # pyright: ignore[reportAttributeAccessIssue]
    return decision.action, decision.timing.state, ready


# ---------------------------------------------------------------- may it be given?
@dataclass(frozen=True, slots=True)
class Override:
    """Somebody's decision to give a dose that the rules stand against: why, and who signs it."""

    reason: str
    signed_by: str


def objections(decision: DoseDecision, level: str, at: When = "infusion") -> tuple[str, ...]:
    """Every sentence that stands against giving this level now; none when it may be given.

    Raises Fault when the treatment has no level of that id.
    """
    asked = decision.trial.treatment.level(level)
    if asked is None:
        known = ", ".join(each.id for each in decision.trial.treatment.levels)
        raise Fault(f'The treatment has no level "{level}"; there are: {known}.')
    found: list[str] = []
    if decision.level is None:
        found.append(decision.sentence)
    elif decision.level.id != asked.id:
        found.append(f"{decision.sentence} {asked.label.capitalize()} ({asked.activity}) is not what the rules say.")
    if decision.timing.state in ("late", "over") and not (found and decision.is_out_of_time):
        found.append(decision.timing.sentence)
    return (*found, *(ruling.sentence for ruling in decision.unready(at)))


def may_give(decision: DoseDecision, level: str, at: When = "infusion") -> bool:
    """May this level be given now, without an override?"""
    return not objections(decision, level, at)


def check_may_give_dose(
    decision: DoseDecision, level: str, override: Override | None = None, at: When = "infusion"
) -> tuple[str, ...]:
    """The objections that an override sets aside, for the record; none when nothing stands against the dose.

    Raises Fault with the sentences that the user reads, when something does and no reason is signed.
    """
    against = objections(decision, level, at)
    if not against:
        return ()
    if override is None:
        raise Fault(f"{' '.join(against)} To give it all the same, state a reason and sign it.")
    if not override.reason.strip() or not override.signed_by.strip():
        raise Fault("An override needs a reason in words and the signature of whoever decides it.")
    return against
