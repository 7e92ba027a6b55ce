"""Where a participant stands, and the moves between: one closed table, which the docs draw.

A move is legal from the standings that its row names. What is not in the table cannot happen: the door refuses it with
the sentence of `check_may`. Death is possible from everywhere, and a later correction of a date moves nobody.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Final

from ..dates import day_text
from ..faults import Fault


class Standing(Enum):
    """Where a person stands in the trial (CONSORT 2025, ICH E6): the words are those that people read."""

    IDENTIFIED = "identified"
    CONSENTED = "consented"
    SCREENED = "screened"
    ELIGIBLE = "eligible"
    RANDOMISED = "randomised"
    ON_TREATMENT = "on treatment"
    IN_FOLLOW_UP = "in follow-up"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    LOST = "lost to follow-up"
    DEAD = "dead"


S = Standing
BEFORE_ENTRY: Final = (S.IDENTIFIED, S.CONSENTED, S.SCREENED, S.ELIGIBLE)
IN_TRIAL: Final = (S.RANDOMISED, S.ON_TREATMENT, S.IN_FOLLOW_UP)
# Nothing of the protocol is due any more; late effects and deaths are still recorded.
ENDED: Final = (S.COMPLETED, S.WITHDRAWN, S.DEAD)
# Why somebody who was assessed does not enter (CONSORT 2025, participant flow).
NOT_ENTERED: Final = {
    "not_eligible": "not meeting the eligibility criteria",
    "declined": "declined to participate",
    "other": "other reasons",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: what happens, from where, to where (None: stays where it is), and how it reads in a refusal.

    first: what comes before it, which somebody hears who is not so far. instead: what anybody else hears.
    """

    act: str
    label: str
    come_from: tuple[Standing, ...]
    to: Standing | None
    first: str = ""
    instead: str = ""

    def leads(self, standing: Standing) -> Standing:
        return self.to or standing


_RULES = (
    Rule("consent", "consents", (S.IDENTIFIED,), S.CONSENTED),
    Rule("consent_again", "consents to another version", (*BEFORE_ENTRY[1:], *IN_TRIAL, S.LOST), None),
    Rule("screen", "is screened", (S.CONSENTED, S.SCREENED, S.ELIGIBLE), S.SCREENED, "consent comes first"),
    Rule("exclude", "does not enter", BEFORE_ENTRY, None, "", "who is in the trial withdraws, or is lost to it"),
    Rule("find_eligible", "is found eligible", (S.SCREENED,), S.ELIGIBLE, "the screening comes first"),
    Rule(
        "randomise", "is randomised", (S.ELIGIBLE,), S.RANDOMISED, "the investigator first signs that they are eligible"
    ),
    Rule("treat", "is given a dose", (S.RANDOMISED, S.ON_TREATMENT), S.ON_TREATMENT, "randomisation comes first"),
    Rule(
        "follow", "goes into follow-up", (S.RANDOMISED, S.ON_TREATMENT), S.IN_FOLLOW_UP, "randomisation comes first"
    ),
    Rule("complete", "completes the study", (S.IN_FOLLOW_UP,), S.COMPLETED, "the follow-up comes first"),
    Rule("withdraw", "withdraws", (*BEFORE_ENTRY, *IN_TRIAL, S.LOST), S.WITHDRAWN),
    Rule("lose", "is lost to follow-up", IN_TRIAL, S.LOST, "only who is in the trial can be lost to it"),
    Rule(
        "find_again", "is found again", (S.LOST,), S.IN_FOLLOW_UP, "only who was lost can be found again",
        "only who was lost can be found again",
    ),
    Rule("die", "dies", tuple(each for each in S if each is not S.DEAD), S.DEAD),
)  # fmt: skip
MOVES: Final = {rule.act: rule for rule in _RULES}


@dataclass(frozen=True, slots=True)
class Move:
    """One move that somebody made: the act, the day on which it happened, and the entry that says so."""

    act: str
    on: date
    entry: int


class Refused(Fault):
    """A step that the trial does not allow; its sentence says why, and what comes first."""


def may(act: str, standing: Standing) -> bool:
    """Is the act possible from there?"""
    return standing in MOVES[act].come_from


def check_may(act: str, standing: Standing, person: str) -> None:
    """Raises Refused with the sentence that the user reads, unless the act is possible from there."""
    if may(act, standing):
        return
    rule, order = MOVES[act], list(Standing)
    early = order.index(standing) < min(map(order.index, rule.come_from))
    hint = "" if standing in ENDED else rule.first if early else rule.instead
    why = f": {hint}" if hint else ""
    raise Refused(f'{person} cannot be recorded as somebody who {rule.label}: the standing is "{standing.value}"{why}.')


def counted(moves: tuple[Move, ...]) -> tuple[Move, ...]:
    """The moves that count, of those in the order in which they were recorded.

    One that is not possible any more from where a withdrawn entry has left the person counts for nothing.
    """
    standing, found = S.IDENTIFIED, list[Move]()
    for move in moves:
        if may(move.act, standing):
            standing = MOVES[move.act].leads(standing)
            found.append(move)
    return tuple(found)


def standing_after(moves: tuple[Move, ...]) -> Standing:
    """Where somebody stands after these moves, in the order in which they were recorded."""
    standing = S.IDENTIFIED
    for move in counted(moves):
        standing = MOVES[move.act].leads(standing)
    return standing


def without(moves: tuple[Move, ...], entry: int) -> tuple[Move, ...]:
    """The moves without that of an entry. Without the first consent, the next one is the first."""
    left = tuple(move for move in moves if move.entry != entry)
    if any(move.act == "consent" for move in left):
        return left
    first = next((move for move in left if move.act == "consent_again"), None)
    return tuple(replace(move, act="consent") if move is first else move for move in left)


def told(move: Move) -> str:
    """The move as people say it: "is randomised on 2 March 2026"."""
    return f"{MOVES[move.act].label} on {day_text(move.on)}"
