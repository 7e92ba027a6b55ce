"""One person's entries -> where they stand: facts, moves, allocation, visits, events. A pure fold of the ledger."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from ..dates import Span
from ..fact_data import fact_from_data
from ..facts import Fact, Nothing, Text, is_record
from ..ledger.entry import REDACTION, Entry, read_utc
from ..protocol.model import Protocol
from .moves import ENDED, IN_TRIAL, Move, Standing, standing_after, without

FACT_ID = "L"  # the identifier of a fact is this and the number of its entry


class Words(NamedTuple):
    """The concepts whose facts move a person: read once from the protocol, so that no code names them."""

    consent: str = ""
    death: str = ""
    doses: frozenset[str] = frozenset()


def words_of(trial: Protocol) -> Words:
    """The words of a trial."""
    doses = frozenset(level.concept for level in trial.treatment.levels)
    return Words(trial.conduct.consent, trial.conduct.death, doses)


class Allocation(NamedTuple):
    """The arm that a person was allocated to, and how: the strata as they were entered, which never change again."""

    arm: str
    number: int
    levels: Mapping[str, str]
    on: date
    entry: int


class Withdrawal(NamedTuple):
    """From what a person withdrew, and since when."""

    on: date
    scope: str
    reason: str
    entry: int


@dataclass(frozen=True, slots=True)
class Participant:
    """What the ledger says of one person up to a position. Frozen; a new entry gives a new one.

    facts: those that stand, each with the number of its entry as its id. acts: every other entry about the person, in
    order. changed: (entry, target) of each correction, void and redaction. since: the day of the identification.
    """

    person: str
    site: str
    moves: tuple[Move, ...] = ()
    facts: tuple[Fact, ...] = ()
    acts: tuple[Entry, ...] = ()
    changed: tuple[tuple[int, int], ...] = ()
    last: int = 0
    since: date | None = None

    @property
    def standing(self) -> Standing:
        return standing_after(self.moves)

    @property
    def ended(self) -> bool:
        """Has the study ended for this person?"""
        return self.standing in ENDED

    @property
    def in_trial(self) -> bool:
        return self.standing in IN_TRIAL

    def of(self, *kinds: str) -> Iterator[Entry]:
        """The acts of these kinds, in order."""
        return (entry for entry in self.acts if entry.kind in kinds)

    @property
    def excluded(self) -> Entry | None:
        """The last word that this person does not enter; None when there is none, or they were screened since."""
        last = self.latest("excluded", "screened", "randomised")
        return last if last is not None and last.kind == "excluded" else None

    def latest(self, *kinds: str) -> Entry | None:
        """The last act of these kinds."""
        return next((entry for entry in reversed(self.acts) if entry.kind in kinds), None)

    def of_concept(self, concept: str) -> tuple[Fact, ...]:
        """The standing facts of a concept, in the order of their entries."""
        return tuple(fact for fact in self.facts if fact.concept == concept)

    def fact(self, entry: int) -> Fact | None:
        """The standing fact of an entry."""
        return next((fact for fact in self.facts if fact.id == f"{FACT_ID}{entry}"), None)

    def moved(self, act: str) -> date | None:
        """The day of the last move of this kind."""
        return next((move.on for move in reversed(self.moves) if move.act == act), None)

    @property
    def allocation(self) -> Allocation | None:
        """The one allocation of this person."""
        entry = self.latest("randomised")
        if entry is None or entry.body is None:
            return None
        body = entry.body
        return Allocation(body["arm"], body["number"], body["levels"], date.fromisoformat(body["on"]), entry.seq)

    @property
    def withdrawal(self) -> Withdrawal | None:
        entry = self.latest("withdrawn")
        if entry is None or entry.body is None:
            return None
        return Withdrawal(date.fromisoformat(entry.body["on"]), entry.body["scope"], entry.reason or "", entry.seq)


def number_of(fact: Fact) -> int:
    """The number of the entry that a fact of the ledger stands in."""
    return int(fact.id.removeprefix(FACT_ID))


def fact_of(entry: Entry) -> Fact | None:
    """The fact that an entry states; None when its content was redacted."""
    if entry.body is None:
        return None
    data = {name: value for name, value in entry.body.items() if name != "visit"}
    target = f"{FACT_ID}{entry.target}" if entry.target else ""
    fact = fact_from_data({**data, "person": entry.subject})
    return replace(fact, id=f"{FACT_ID}{entry.seq}", supersedes=target)


def identified(entry: Entry) -> Participant:
    """The participant that an entry of the kind "identified" begins."""
    on = (entry.body or {}).get("on")
    return Participant(entry.subject, entry.site, last=entry.seq, since=date.fromisoformat(on) if on else None)


_MOVES: dict[str, str] = {
    "screened": "screen", "eligible": "find_eligible", "randomised": "randomise", "follow_up_began": "follow",
    "withdrawn": "withdraw", "lost": "lose", "found_again": "find_again", "completed": "complete",
}  # fmt: skip


def after(known: Participant, entry: Entry, words: Words) -> Participant:
    """The participant after one more entry about them."""
    known = replace(known, last=entry.seq)
    if entry.kind == "fact":
        return _with_fact(known, entry, words)
    if entry.kind in ("void", REDACTION):
        return _without(known, entry)
    known = replace(known, acts=(*known.acts, entry))
    act = _MOVES.get(entry.kind)
    if act is None or entry.body is None:
        return known
    return replace(known, moves=(*known.moves, Move(act, date.fromisoformat(entry.body["on"]), entry.seq)))


def _with_fact(known: Participant, entry: Entry, words: Words) -> Participant:
    if entry.target:
        known = replace(_dropped(known, entry.target), changed=(*known.changed, (entry.seq, entry.target)))
    fact = fact_of(entry)
    if fact is not None:
        known = replace(known, facts=(*known.facts, fact))
    act = _act_of(entry, fact, words, known.moves)
    # A correction takes the place of what it corrects, so that the steps since still rest on it.
    old = next((place for place, each in enumerate(known.moves) if each.entry == entry.target and entry.target), None)
    here, after_it = (known.moves, ()) if old is None else (known.moves[:old], known.moves[old + 1 :])
    if act is None:
        return replace(known, moves=(*here, *after_it))
    # The day went with a content that was redacted: until its correction comes, that of its writing holds the place.
    on = day_of(fact) if fact is not None else read_utc(entry.at).date()
    return replace(known, moves=(*here, Move(act, on, entry.seq), *after_it))


def _act_of(entry: Entry, fact: Fact | None, words: Words, moves: Iterable[Move]) -> str | None:
    """The move that a fact is: the first consent, a dose, a death. The statement that there was none is no move."""
    if fact is not None and isinstance(fact.value, Nothing):
        return None
    if entry.concept == words.consent:
        others = (move for move in moves if move.entry != entry.target)
        return "consent_again" if any(move.act == "consent" for move in others) else "consent"
    if entry.concept == words.death:
        return "die"
    return "treat" if entry.concept in words.doses else None


def _without(known: Participant, entry: Entry) -> Participant:
    """Without what was taken back, or whose content was removed; a reason that is gone changes nothing else."""
    if entry.kind == REDACTION and (entry.body or {}).get("part") == "reason":
        return replace(known, acts=(*known.acts, entry))
    changed = (*known.changed, (entry.seq, entry.target))
    acts = tuple(act for act in known.acts if act.seq != entry.target or entry.kind == REDACTION)
    moves = without(known.moves, entry.target)
    return replace(_dropped(known, entry.target), changed=changed, moves=moves, acts=(*acts, entry))


def _dropped(known: Participant, target: int) -> Participant:
    gone = f"{FACT_ID}{target}"
    return replace(known, facts=tuple(fact for fact in known.facts if fact.id != gone))


def version_of(consent: Fact) -> str:
    """The version of the form that a consent names; "" when it names none."""
    version = consent.value.get("version") if is_record(consent.value) else None
    return version.text if isinstance(version, Text) else ""


def day_of(fact: Fact) -> date:
    """The day on which what the fact says happened: of a date its value, else its own; the last that it may be."""
    span = fact.value if isinstance(fact.value, Span) else fact.when
    return span.last


def body_of(fact: Mapping[str, Any], visit: str = "") -> dict[str, Any]:
    """The body of an entry for a fact as data (fact_data): without the person, who is the entry's subject."""
    kept = {name: value for name, value in fact.items() if name not in ("person", "id", "supersedes")}
    return {**kept, "visit": visit} if visit else kept
