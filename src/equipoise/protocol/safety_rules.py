"""What a trial lays down about safety, as frozen data: clocks, expected reactions, stopping rules, late effects."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from ..dates import Duration
from ..rules.nodes import Moment, Rule

Starts = Literal["site_awareness", "sponsor_awareness"]
Applies = Literal["serious", "susar_fatal_or_life_threatening", "susar_other"]
LONGEST_TRIAL: Final = 10_000  # people; boundaries are exact sums over all of them


@dataclass(frozen=True, slots=True)
class EventWords:
    """The concept that records adverse events, and which of its fields says what ("" where none does).

    fatal: the answer of `outcome` that says the person died of it.
    """

    record: str
    term: str = "term"
    grade: str = ""
    related: str = ""
    serious: str = ""
    outcome: str = ""
    fatal: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """By when somebody must have been told of a serious event: so many hours, or so many calendar days.

    starts: whose awareness starts it. applies: to which serious events. to: whom to tell, as people read it; a clock
    to the sponsor has run out in time once the sponsor knows.
    """

    id: str
    label: str
    starts: Starts
    applies: Applies
    to: str
    hours: int
    days: int
    source: str
    note: str = ""
    ours: bool = False

    @property
    def limit(self) -> str:
        """How long it runs: "24 hours", "7 days"."""
        return f"{self.hours} hours" if self.hours else f"{self.days} days"


@dataclass(frozen=True, slots=True)
class Expected:
    """Reactions that the reference safety information lists, up to this grade; fatal ones only where it says so."""

    terms: tuple[str, ...]
    grade: int
    fatal: bool
    source: str
    note: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Stopping:
    """A rule that stops a trial for toxicity: stop when P(rate > acceptable | what was seen) > cutoff.

    rule: holds for a person who had the event. moment, within: a person without it counts once so much time has passed
    since the moment; whoever has no such moment was never at risk. arm: whose people. prior: a and b of the Beta prior
    of the rate. looks: after `first` people and every `every` more, up to `most`. alpha: of the exact boundary, the
    chance to stop although the rate is acceptable.
    """

    id: str
    label: str
    arm: str
    text: str
    rule: Rule
    moment: Moment
    within: Duration
    acceptable: Decimal
    prior: tuple[Decimal, Decimal]
    cutoff: Decimal
    alpha: Decimal
    first: int
    every: int
    most: int
    source: str
    note: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Late:
    """Effects that may come long after the last dose, and count whenever they come.

    followed: until when people are followed for them, as people read it. medians: the shortest and longest median time
    to onset, in months, that have been published. spread: the standard deviation of the logarithm of the time to onset,
    an assumption; None where nobody states one.
    """

    id: str
    label: str
    terms: tuple[str, ...]
    followed: str
    medians: tuple[Decimal, Decimal] | None
    spread: Decimal | None
    study: Duration | None
    source: str
    note: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Safety:
    """What a trial lays down about safety, its grading tables apart. ctcae: the version that it pins."""

    ctcae: str = ""
    event: EventWords | None = None
    clocks: tuple[Clock, ...] = ()
    expected: tuple[Expected, ...] = ()
    stopping: tuple[Stopping, ...] = ()
    late: tuple[Late, ...] = ()

    def stop(self, identifier: str) -> Stopping | None:
        """The stopping rule of that id; None where there is none."""
        return next((rule for rule in self.stopping if rule.id == identifier), None)
