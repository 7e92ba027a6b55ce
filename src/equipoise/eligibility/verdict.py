"""Truths -> a verdict: eligible, ineligible or undetermined; what is missing, whom to ask, and when it changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from ..concepts import Vocabulary
from ..dates import day_text
from ..facts import Fact
from ..protocol.model import Criterion, Protocol, Warning_
from ..rules.because import asked_of, because, want_text
from ..rules.case import Case
from ..rules.evaluate import evaluate
from ..rules.findings import Finding, Reason, Want
from ..rules.nodes import Rule, concepts_of, depends_on_today
from ..rules.prose import fact_text, listed
from ..rules.turning import turning_points
from ..truth import FALSE, TRUE, UNKNOWN, Truth


class Outcome(Enum):
    """What a verdict says."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


class Judgement(NamedTuple):
    """One criterion about one person: the truth of its sentence as written, and how it came about.

    `truth` of an exclusion that applies is TRUE.
    """

    criterion: Criterion
    finding: Finding
    vocabulary: Vocabulary

    @property
    def truth(self) -> Truth:
        return self.finding.truth

    @property
    def reason(self) -> Reason:
        """Why an unknown is unknown: missing, stale, imprecise, uncheckable, conflicting, judgement; else ""."""
        return self.finding.reason if self.truth is UNKNOWN else ""

    @property
    def favourable(self) -> bool:
        """Is it settled in favour of entering?"""
        return self.truth is (TRUE if self.criterion.kind == "inclusion" else FALSE)

    @property
    def against(self) -> bool:
        """Is it settled against entering?"""
        return self.truth is (FALSE if self.criterion.kind == "inclusion" else TRUE)

    @property
    def evidence(self) -> tuple[Fact, ...]:
        return self.finding.facts

    @property
    def because(self) -> str:
        """One English clause that says why."""
        return because(self.finding, self.vocabulary)

    @property
    def sentence(self) -> str:
        """The whole sentence for a person: "Excluded by E8: haemoglobin 7.8 g/dL on 2 March 2026 is below 8.0 g/dL"."""
        return f"{self.standing}: {self.because}."

    @property
    def standing(self) -> str:
        """What the criterion means for entering, in words."""
        identifier = self.criterion.id
        if self.truth is UNKNOWN:
            return f"{identifier} cannot be judged yet"
        if self.criterion.kind == "inclusion":
            return f"{identifier} is met" if self.truth is TRUE else f"{identifier} is not met"
        return f"Excluded by {identifier}" if self.truth is TRUE else f"{identifier} does not apply"


@dataclass(frozen=True, slots=True)
class Need:
    """Something that would settle open criteria: a fact of a concept (or of its field), by whom it is known."""

    concept: str
    field: str
    reason: Reason
    who: str
    criteria: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        return f"{self.concept}.{self.field}" if self.field else self.concept


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning beside the verdict; it never changes it."""

    warning: Warning_
    finding: Finding
    vocabulary: Vocabulary = field(repr=False)

    @property
    def id(self) -> str:
        return self.warning.id

    @property
    def message(self) -> str:
        return self.warning.message

    @property
    def because(self) -> str:
        """The clause that tells which facts gave rise to it."""
        return because(self.finding, self.vocabulary)

    @property
    def text(self) -> str:
        return f"{self.message} ({self.because})"


@dataclass(frozen=True, slots=True)
class Step:
    """From this day on, if nothing new is learned, the verdict is this, because of that."""

    on: date
    outcome: Outcome
    because: str
    candidate: bool = False


@dataclass(frozen=True)
class Verdict:
    """The answer about one person on one day, by one version of the protocol, with its evidence. Frozen.

    person: the identifier in the source. judgements: in the protocol's order. protocol: the digest.
    """

    person: str
    on: date
    outcome: Outcome
    judgements: tuple[Judgement, ...]
    protocol: str
    trial: Protocol = field(repr=False, compare=False)
    case: Case = field(repr=False, compare=False)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """The warnings that hold; worked out when they are asked for, since they never change the verdict."""
        return tuple(_notices(self.trial.warnings, self.case, self.trial.vocabulary))

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What would settle the open criteria, each thing once, in the order of the criteria."""
        return tuple(_needs(self.judgements, self.trial.vocabulary))

    @property
    def eligible(self) -> bool:
        return self.outcome is Outcome.ELIGIBLE

    @property
    def candidate(self) -> bool:
        """Undetermined with nothing left to find in the records: whom to approach first."""
        return self.outcome is Outcome.UNDETERMINED and not self.to_find

    @cached_property
    def to_find(self) -> tuple[Need, ...]:
        """What should be in the records and is not."""
        return tuple(need for need in self.needs if need.who in ("record", "site"))

    @cached_property
    def to_ask(self) -> tuple[Need, ...]:
        """What only the person or the investigator can answer."""
        return tuple(need for need in self.needs if need.who not in ("record", "site"))

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """What was taken for granted, each once."""
        return tuple(dict.fromkeys(text for judgement in self.judgements for text in judgement.finding.assumed))

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(notice.text for notice in self.notices)

    @cached_property
    def changes(self) -> tuple[Step, ...]:
        """Later days on which the verdict changes by itself, if nothing new is learned."""
        return _timeline(self)

    @cached_property
    def deciding(self) -> tuple[Judgement, ...]:
        """The criteria that the outcome rests on: those against; else those open; else all."""
        against = tuple(judgement for judgement in self.judgements if judgement.against)
        unknown = tuple(judgement for judgement in self.judgements if judgement.truth is UNKNOWN)
        return against or unknown or self.judgements

    def __getitem__(self, criterion: str) -> Judgement:
        """The judgement of one criterion by its id. Raises KeyError."""
        for judgement in self.judgements:
            if judgement.criterion.id == criterion:
                return judgement
        raise KeyError(criterion)

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        ids = ", ".join(judgement.criterion.id for judgement in self.deciding)
        head = f"{self.person} on {day_text(self.on)}: "
        if self.outcome is Outcome.ELIGIBLE:
            return f"{head}eligible."
        if self.outcome is Outcome.INELIGIBLE:
            return f"{head}ineligible by {ids}."
        tail = "; nothing is left to find in the records, so a candidate to approach" if self.candidate else ""
        return f"{head}not yet known, open: {ids}{tail}."

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(f"  {judgement.sentence}" for judgement in self.deciding)])

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data, the shape of one line of `--format json`."""
        return {
            "person": self.person,
            "on": self.on.isoformat(),
            "trial": self.trial.acronym,
            "verdict": self.outcome.value,
            "candidate": self.candidate,
            "criteria": {judgement.criterion.id: _criterion_dict(judgement) for judgement in self.judgements},
            "to_find": [need.name for need in self.to_find],
            "to_ask": [need.name for need in self.to_ask],
            "needs": [_need_dict(need) for need in self.needs],
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
            "changes": [
                {
                    "on": step.on.isoformat(),
                    "verdict": step.outcome.value,
                    "candidate": step.candidate,
                    "because": step.because,
                }
                for step in self.changes
            ],
            "protocol": self.protocol,
        }


def _criterion_dict(judgement: Judgement) -> dict[str, Any]:
    return {
        "truth": judgement.truth.value,
        "reason": judgement.reason,
        "because": judgement.because,
        "evidence": [_evidence_dict(fact, judgement.vocabulary) for fact in judgement.evidence],
    }


def _evidence_dict(fact: Fact, vocabulary: Vocabulary) -> dict[str, str]:
    from_to = {"from": fact.when.first.isoformat(), "to": fact.when.last.isoformat()}
    return {
        "concept": fact.concept,
        "text": fact_text(fact, vocabulary),
        "source": fact.source,
        "reported": fact.reported,
        **from_to,
    }


def _need_dict(need: Need) -> dict[str, Any]:
    return {
        "concept": need.concept, "field": need.field, "reason": need.reason, "who": need.who,
        "criteria": list(need.criteria), "text": need.text,
    }  # fmt: skip


# ---------------------------------------------------------------- making one
def decide(person: str, on: date, trial: Protocol, case: Case) -> Verdict:
    """The verdict about one case."""
    judgements = tuple(
        Judgement(criterion, evaluate(criterion.rule, case), trial.vocabulary) for criterion in trial.criteria
    )
    return Verdict(person, on, outcome_of(judgements), judgements, trial.digest, trial, case)


def outcome_of(judgements: Sequence[Judgement]) -> Outcome:
    """Ineligible by one criterion against; eligible when all are in favour; else undetermined."""
    if any(judgement.against for judgement in judgements):
        return Outcome.INELIGIBLE
    return Outcome.ELIGIBLE if all(judgement.favourable for judgement in judgements) else Outcome.UNDETERMINED


def _notices(warnings: Sequence[Warning_], case: Case, vocabulary: Vocabulary) -> list[Notice]:
    found: list[Notice] = []
    for warning in warnings:
        finding = evaluate(warning.rule, case)
        if finding.truth is TRUE:
            found.append(Notice(warning, finding, vocabulary))
    return found


def _needs(judgements: Sequence[Judgement], vocabulary: Vocabulary) -> list[Need]:
    """What would settle the open criteria, each thing once, in the order of the criteria."""
    found: dict[tuple[str, str], tuple[Want, list[str]]] = {}
    for judgement in judgements:
        for asked in judgement.finding.wants if judgement.truth is UNKNOWN else ():
            want = _nameable(asked, vocabulary)
            _, ids = found.setdefault((want.concept, want.field), (want, []))
            if judgement.criterion.id not in ids:
                ids.append(judgement.criterion.id)
    return [
        Need(want.concept, want.field, want.reason, asked_of(want, vocabulary), tuple(ids), want_text(want, vocabulary))
        for want, ids in found.values()
    ]


def _nameable(want: Want, vocabulary: Vocabulary) -> Want:
    """What a record can hold: of a concept that joins several, the first of them."""
    members = vocabulary[want.concept].members
    return want._replace(concept=members[0]) if members else want


# ---------------------------------------------------------------- the timeline
def _sentences(judgements: Sequence[Judgement]) -> list[str]:
    """What the judgements say, those that stand alike for the same reason in one sentence."""
    groups: dict[tuple[str, str], list[str]] = {}
    for judgement in judgements:
        alike = judgement.standing.replace(judgement.criterion.id, "{}"), judgement.because
        groups.setdefault(alike, []).append(judgement.criterion.id)
    return [f"{standing.format(listed(ids, 'and'))}: {why}." for (standing, why), ids in groups.items()]


def lifts(judgement: Judgement, case: Case) -> bool:
    """Will what stands against entering by this criterion lift by itself, by the passing of days alone?"""
    criterion = judgement.criterion
    later = (case.at(day) for day in turning_points(criterion.rule, case))
    return judgement.against and any(
        not Judgement(criterion, evaluate(criterion.rule, then), judgement.vocabulary).against for then in later
    )


def _moves(rule: Rule, vocabulary: Vocabulary) -> bool:
    """Can the rule's truth change by the passing of days alone? By a formula of age, too, or an ageing "none"."""
    named = [vocabulary[name] for name in concepts_of(rule)]
    return depends_on_today(rule) or any(concept.formula or concept.holds for concept in named)


def _timeline(verdict: Verdict) -> tuple[Step, ...]:
    """The verdict on every later day on which a criterion or a warning can change by itself."""
    case = verdict.case
    moving = [j.criterion for j in verdict.judgements if _moves(j.criterion.rule, verdict.trial.vocabulary)]
    tiding = [w for w in verdict.trial.warnings if _moves(w.rule, verdict.trial.vocabulary)]
    turns = {item.id: turning_points(item.rule, case) for item in (*moving, *tiding)}
    steps: list[Step] = []
    judgements, outcome, candidate = verdict.judgements, verdict.outcome, verdict.candidate
    warned = {notice.id for notice in verdict.notices}
    for day in sorted(set().union(*turns.values())):
        later = case.at(day)
        turning = [c for c in moving if day in turns[c.id]]
        fresh = {c.id: Judgement(c, evaluate(c.rule, later), verdict.trial.vocabulary) for c in turning}
        now = tuple(fresh.get(judgement.criterion.id, judgement) for judgement in judgements)
        turned = [new for old, new in zip(judgements, now, strict=True) if old.truth is not new.truth]
        reasons = _sentences(turned)
        told = [warning for warning in tiding if day in turns[warning.id]]
        rising = _notices(told, later, verdict.trial.vocabulary)
        news = [f"Warning: {notice.message}" for notice in rising if notice.id not in warned]
        outcome_now = outcome_of(now)
        candidate_now = outcome_now is Outcome.UNDETERMINED and not any(
            need.who in ("record", "site") for need in _needs(now, verdict.trial.vocabulary)
        )
        if outcome_now is not outcome or candidate_now != candidate or (news and outcome_now is not Outcome.INELIGIBLE):
            steps.append(Step(date.fromordinal(day), outcome_now, " ".join([*reasons, *news]), candidate_now))
        judgements, outcome, candidate = now, outcome_now, candidate_now
        warned = {notice.id for notice in rising} | (warned - {warning.id for warning in told})
    return tuple(steps)
