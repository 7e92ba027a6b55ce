"""The flow of participants as CONSORT 2025 draws it, on any day: how many, who they are, where they are and why.

The boxes are those of the CONSORT 2025 flow diagram (Hopewell S et al., BMJ 2025;389:e081123, figure 1, items 22a and
22b): per arm the numbers randomly assigned, who received the intended intervention, losses and exclusions after
randomisation with their reasons, and who is analysed. Everybody randomised is analysed in the arm of their allocation.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from ..dates import day_text
from ..participant.moves import BEFORE_ENTRY, IN_TRIAL, NOT_ENTERED, Standing, told
from ..participant.record import Participant, day_of
from ..participant.state import State
from ..protocol.model import Arm, Protocol
from .by_day import by_day, day_said, last_step
from .flow_boxes import ArmFlow, Box, Flow, Where, split
from .scope import SCOPES, read_scope
from .standing import doses_given

S = Standing
ALL_ARMS: Final = "all arms"  # as the one arm of a blinded diagram is called
NO_REASON: Final = "no reason recorded"
OTHER_TREATMENT: Final = "was given the other arm's treatment"
_IN_SCREENING: Final = {
    S.IDENTIFIED: "identified, consent to come", S.CONSENTED: "consented, screening to come",
    S.SCREENED: "screened, not settled", S.ELIGIBLE: "eligible, randomisation to come",
}  # fmt: skip
_NOW: Final = {
    S.RANDOMISED: "randomised, treatment or follow-up to come", S.ON_TREATMENT: "on treatment",
    S.IN_FOLLOW_UP: "in follow-up", S.COMPLETED: "completed the study", S.LOST: "lost to follow-up",
    S.WITHDRAWN: "withdrew", S.DEAD: "died",
}  # fmt: skip
# A blinded reader must not tell by the standing who gets the treatment (R12).
_NOW_BLIND: Final = {**_NOW, **dict.fromkeys(IN_TRIAL, "in the trial")}


def flow(state: State, trial: Protocol, on: date, blind: bool = False) -> Flow:
    """The flow as things had happened by the day, by what the state knows of it.

    state: the fold of the ledger, up to whatever position or time is asked about. blind: everybody randomised in one
    column, without anything that tells an arm: no treatment, no words that a site wrote.
    """
    people = {each.person: by_day(each, on) for each in state.people.values() if each.since is None or each.since <= on}
    entered = {name: known for name, known in people.items() if known.allocation is not None}
    left = {name: why for name, known in people.items() if name not in entered and (why := _excluded(known))}
    waiting = {name: _IN_SCREENING[known.standing] for name, known in people.items() if name not in {**entered, **left}}
    arms = [_arm(None, entered, trial, on)] if blind else [
        _arm(arm, {name: known for name, known in entered.items() if _arm_of(known) == arm.id}, trial, on)
        for arm in _arms(trial, entered.values())
    ]  # fmt: skip
    return Flow(
        trial.acronym, trial.digest, on, state.head, blind, bool(state.settings.get("synthetic")),
        Box("assessed", "Assessed for eligibility", tuple(people)), _excluded_box(left, trial),
        split("screening", "Still in screening", waiting, waiting), Box("randomised", "Randomised", tuple(entered)),
        tuple(arms), tuple(_everybody(people, left, waiting, blind)),
    )  # fmt: skip


def _arms(trial: Protocol, entered: Iterable[Participant]) -> list[Arm]:
    """The arms of the protocol, and any that it no longer has and somebody was allocated to."""
    known = {arm.id for arm in trial.arms}
    return [*trial.arms, *(Arm(arm, "", "", "") for arm in dict.fromkeys(map(_arm_of, entered)) if arm not in known)]


def _arm_of(known: Participant) -> str:
    return known.allocation.arm if known.allocation is not None else ""


# ---------------------------------------------------------------- who does not enter
class Exclusion(NamedTuple):
    """Why somebody who was assessed did not enter: the part of the box, the reason, the criteria, when, which entry."""

    part: str
    reason: str
    criteria: tuple[str, ...]
    on: date | None
    entry: int


def _excluded(known: Participant) -> Exclusion | None:
    """Why somebody is excluded; None while they may still enter. Whom the criteria excluded first is counted there."""
    said, screened = known.excluded, known.latest("screened")
    if said is not None and said.body is not None:
        return Exclusion(
            said.body["why"], said.reason or "", tuple(said.body.get("criteria", ())), day_said(said), said.seq
        )
    if screened is not None and screened.body is not None and screened.body["verdict"] == "ineligible":
        return Exclusion("not_eligible", "", tuple(screened.body["deciding"]), day_said(screened), screened.seq)
    step = last_step(known)
    if step is not None and known.standing is S.WITHDRAWN and known.withdrawal is not None:
        return Exclusion("declined", known.withdrawal.reason, (), step.on, step.entry)
    if step is not None and known.standing is S.DEAD:
        return Exclusion("other", "died before randomisation", (), step.on, step.entry)
    return None


def _excluded_box(left: Mapping[str, Exclusion], trial: Protocol) -> Box:
    """The excluded by why; those who do not meet the criteria by each of them, of which a person may have several."""
    parts: list[Box] = []
    for why, label in NOT_ENTERED.items():
        them = {person: each for person, each in left.items() if each.part == why}
        if why == "not_eligible":
            parts.append(Box(why, label, tuple(them), tuple(_by_criterion(them, trial)), splits=False))
        else:
            parts.append(split(why, label, them, {person: each.reason or NO_REASON for person, each in them.items()}))
    return Box("excluded", "Excluded", tuple(left), tuple(parts))


def _by_criterion(them: Mapping[str, Exclusion], trial: Protocol) -> Iterator[Box]:
    titles = {criterion.id: criterion.title for criterion in trial.criteria}
    met = dict.fromkeys([*titles, *(identifier for each in them.values() for identifier in each.criteria)])
    for identifier in met:
        people = tuple(person for person, each in them.items() if identifier in each.criteria)
        if people:
            yield Box(identifier, f"{identifier} {titles.get(identifier, '')}".strip(), people)


# ---------------------------------------------------------------- one arm
def _arm(arm: Arm | None, people: Mapping[str, Participant], trial: Protocol, on: date) -> ArmFlow:
    """The column of an arm; of None, of everybody, blinded."""
    names = tuple(people)
    shared = {
        "allocated": Box("allocated", "Randomised" if arm is None else "Allocated", names),
        "now": _now(people, blind=arm is None),
        "recurred": _recurred(people, trial, on),
        "analysed": Box("analysed", "Analysed, as randomised (intention to treat)", names),
    }
    if arm is None:
        return ArmFlow(ALL_ARMS, "All arms (blinded)", **shared)
    courses = {name: course(known, trial, arm.id, on) for name, known in people.items()}

    def those(*states: str) -> tuple[str, ...]:
        return tuple(name for name, each in courses.items() if each.state in states)

    reasons = {name: each.reason or NO_REASON for name, each in courses.items()}
    got = those("all", "under way", "stopped")
    return ArmFlow(
        arm.id, f"{arm.id}: {arm.name}" if arm.name else arm.id, **shared,
        received=split("received", "Received the allocated intervention", got, _how_far(courses)),
        not_received=split("not_received", "Did not receive it", those("none"), reasons),
        waiting=Box("waiting", "May still receive it", those("waiting")),
        discontinued=split("discontinued", "Discontinued the intervention", those("stopped"), reasons),
    )  # fmt: skip


def _recurred(people: Mapping[str, Participant], trial: Protocol, on: date) -> Box | None:
    if not trial.conduct.recurrence:
        return None
    them = tuple(name for name, known in people.items() if _recurrences(known, trial, on))
    return Box("recurred", "Recurrence by this day, wherever they are now", them)


def _how_far(courses: Mapping[str, "Course"]) -> dict[str, str]:
    words = {"all": "as planned", "under way": "under way", "stopped": "discontinued"}
    return {name: words.get(each.state, "") for name, each in courses.items()}


def _now(people: Mapping[str, Participant], blind: bool) -> Box:
    """Where everybody is, each in one part; who withdrew by how far that goes, who was lost by why."""
    names = _NOW_BLIND if blind else _NOW
    standings = {name: names[_standing(known)] for name, known in people.items()}
    parts: list[Box] = []
    for label in dict.fromkeys(names.values()):
        them = tuple(name for name, stands in standings.items() if stands == label)
        identifier = label.split(",")[0].replace(" ", "_")
        if label == _NOW[S.WITHDRAWN]:
            parts.append(split(identifier, label, them, {name: _scope_words(people[name]) for name in them}))
        elif label == _NOW[S.LOST] and not blind:
            parts.append(split(identifier, label, them, {name: _reason(people[name], "lost") for name in them}))
        elif them or not blind:
            parts.append(Box(identifier, label, them))
    return Box("now", "Where they are now", tuple(people), tuple(parts))


def _standing(known: Participant) -> Standing:
    """The standing of somebody randomised: an allocation stands, whatever before it was corrected since."""
    return S.RANDOMISED if known.standing in BEFORE_ENTRY else known.standing


def _scope_words(known: Participant) -> str:
    scope = read_scope(known.withdrawal.scope) if known.withdrawal is not None else None
    return SCOPES[scope].split(":")[0] if scope is not None else NO_REASON


def _reason(known: Participant, kind: str) -> str:
    entry = known.latest(kind)
    return entry.reason or NO_REASON if entry is not None else NO_REASON


# ---------------------------------------------------------------- the course of the treatment
class Course(NamedTuple):
    """How far somebody got with what they were allocated to, and why not further.

    state: "all" given, "under way", "stopped" after a part of it, "none" (and none will come), "waiting" for the first.
    """

    state: str
    reason: str = ""


def course(known: Participant, trial: Protocol, arm: str, on: date) -> Course:
    """The course of one person of an arm by the day. An arm without treatment is received by being in it."""
    doses = doses_given(known, trial, on)
    if arm not in trial.treatment.arms:
        return Course("none", OTHER_TREATMENT) if doses else Course("all")
    if len(doses) >= len(trial.treatment.cycles):
        return Course("all")
    ends = sorted(_ends(known, trial, on))
    if not ends:
        return Course("under way" if doses else "waiting")
    return Course("stopped" if doses else "none", ends[0][1])


def _recurrences(known: Participant, trial: Protocol, on: date) -> list[date]:
    return [day for fact in known.of_concept(trial.conduct.recurrence) if (day := day_of(fact)) <= on]


def _ends(known: Participant, trial: Protocol, on: date) -> Iterator[tuple[date, str]]:
    """What ended the treatment, each with its day: no further dose comes after any of these."""
    decided = known.latest("dose_decided")
    if decided is not None and decided.body is not None and decided.body["action"] == "stop":
        yield date.fromisoformat(decided.body["on"]), _stop_words(decided.body, trial)
    yield from ((day, "recurrence of the disease") for day in _recurrences(known, trial, on))
    followed = known.latest("follow_up_began")
    if followed is not None and followed.body is not None:
        what = "withdrew from the treatment" if followed.body.get("scope") else "went into follow-up"
        yield date.fromisoformat(followed.body["on"]), f"{what}: {followed.reason or NO_REASON}"
    step = last_step(known)
    if step is not None and known.standing in (S.DEAD, S.LOST, S.WITHDRAWN, S.COMPLETED):
        yield step.on, _NOW[known.standing]


def _stop_words(body: Mapping[str, object], trial: Protocol) -> str:
    """By which toxicity the rules stopped the treatment."""
    truths = body.get("rules")
    fired = [
        rule.toxicity or rule.id
        for rule in trial.treatment.rules
        if rule.action == "stop" and isinstance(truths, Mapping) and truths.get(rule.id, {}).get("truth") == "true"
    ]
    return f"stopped by rule: {', '.join(dict.fromkeys(fired))}" if fired else "stopped by rule"


# ---------------------------------------------------------------- who is where
def _everybody(
    people: Mapping[str, Participant], left: Mapping[str, Exclusion], waiting: Mapping[str, str], blind: bool
) -> Iterator[Where]:
    for name, known in people.items():
        if name in left:
            each = left[name]
            why = "; ".join(part for part in (NOT_ENTERED[each.part], ", ".join(each.criteria), each.reason) if part)
            yield Where(name, known.site, "", "excluded", each.on, why, (each.entry,))
            continue
        step = last_step(known)
        if name in waiting or step is None:
            since, why = (known.since, "is identified") if step is None else (step.on, told(step))
            yield Where(name, known.site, "", waiting.get(name, ""), since, why, (step.entry,) if step else ())
        else:
            yield _where_in_trial(known, blind)


def _where_in_trial(known: Participant, blind: bool) -> Where:
    """Where somebody randomised is, and why; a blinded reader learns neither the arm nor what tells it."""
    step, allocation = last_step(known), known.allocation
    assert step is not None and allocation is not None
    box = (_NOW_BLIND if blind else _NOW)[_standing(known)]
    arm = "" if blind else allocation.arm
    if (blind and known.standing in IN_TRIAL) or known.standing in BEFORE_ENTRY:
        why = f"is randomised on {day_text(allocation.on)}"
        return Where(known.person, known.site, arm, box, allocation.on, why, (allocation.entry,))
    entry = next((each for each in known.acts if each.seq == step.entry), None)
    scope = _scope_words(known) if known.standing is S.WITHDRAWN else ""
    words = [told(step), scope, "" if blind or entry is None else entry.reason or ""]
    return Where(known.person, known.site, arm, box, step.on, ": ".join(each for each in words if each), (step.entry,))
