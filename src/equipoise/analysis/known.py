"""What may be used of one person: the facts up to the data cut, or up to a withdrawal from everything."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from ..dates import Span, day_text
from ..participant.moves import Move, Standing, counted, standing_after
from ..participant.record import Allocation, Participant
from ..protocol.model import Protocol
from ..rules.case import Case, build_case
from ..rules.nodes import Moment
from .occurrences import contacts
from .rows import WHY_CENSORED, WhyCensored

# The scope of a withdrawal after which nothing more is collected.
_EVERYTHING: Final = "all"
# How somebody is left who is not followed any more: the move, and why that censors.
_LEFT: Final[dict[Standing, tuple[str, WhyCensored]]] = {
    Standing.WITHDRAWN: ("withdraw", "withdrawal"),
    Standing.LOST: ("lose", "lost"),
    Standing.COMPLETED: ("complete", "completed"),
}


@dataclass(frozen=True)
class Known:
    """Somebody randomised, as of the day on which the data are cut.

    bounded: is nothing used that comes after a withdrawal from everything?
    """

    trial: Protocol
    person: Participant
    allocation: Allocation
    cut: date
    bounded: bool = True

    @cached_property
    def last(self) -> int:
        """The last day (ordinal) of which anything is used."""
        withdrawal = self.person.withdrawal
        everything = withdrawal is not None and withdrawal.scope == _EVERYTHING
        if not self.bounded or withdrawal is None or not everything:
            return self.cut.toordinal()
        return min(withdrawal.on, self.cut).toordinal()

    @cached_property
    def case(self) -> Case:
        """The facts that may be used."""
        return build_case(self.person.facts, date.fromordinal(self.last), self.trial.vocabulary)

    @cached_property
    def at_entry(self) -> Case:
        """The facts as they stood on the day of the randomisation."""
        return build_case(self.person.facts, self.allocation.on, self.trial.vocabulary)

    # ---------------------------------------------------------------- days
    @property
    def randomised(self) -> int:
        return self.allocation.on.toordinal()

    @cached_property
    def contacts(self) -> dict[int, int]:
        """The days on which the person is known to have been alive -> the entry that shows it."""
        death = self.trial.conduct.death
        return contacts(self.person, self.trial.vocabulary, death, date.fromordinal(self.last))

    def contact_by(self, day: int) -> int:
        """The last day, up to a day, on which the person is known to have been alive; 0 when there is none."""
        return max((each for each in self.contacts if each <= day), default=0)

    def moment(self, moment: Moment) -> Span | None:
        """The days that a moment may be. Once somebody is randomised, a later event of its kind moves it no more."""
        if moment.look is not None and moment.look.concept == self.trial.conduct.randomisation:
            return Span(self.randomised, self.randomised)
        return self.at_entry.when(moment)[0] or self.case.when(moment)[0]

    # ---------------------------------------------------------------- how the person is left
    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """The moves up to the last day of which anything is used."""
        return tuple(move for move in counted(self.person.moves) if move.on.toordinal() <= self.last)

    @cached_property
    def left(self) -> tuple[Move, WhyCensored] | None:
        """The move by which nobody follows the person any more; None while somebody does."""
        act, why = _LEFT.get(standing_after(self.moves), ("", ""))
        move = next((each for each in reversed(self.moves) if each.act == act), None)
        return None if move is None else (move, why)

    def why_over(self) -> tuple[WhyCensored, str, tuple[int, ...]]:
        """Why nothing more is known of somebody without an event, that as a clause, and its entries."""
        if self.left is None:
            return "data_cut", f"{WHY_CENSORED['data_cut']} on {day_text(self.cut)}", ()
        move, why = self.left
        return why, f"{WHY_CENSORED[why]} on {day_text(move.on)}", (move.entry,)
