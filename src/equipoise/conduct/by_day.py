"""A participant as things had happened by a day: what lies later is left out, whatever the ledger knows by now."""

from dataclasses import replace
from datetime import date

from ..ledger.entry import Entry
from ..participant.moves import MOVES, Move, Standing, may
from ..participant.record import Participant


def by_day(known: Participant, on: date) -> Participant:
    """The participant with the moves, facts and acts of that day and of those before it; what has no day stays.

    Of a fact whose day is known in part only, the first that it may be counts, as in a case (rules.case).
    """
    return replace(
        known,
        moves=tuple(move for move in known.moves if move.on <= on),
        facts=tuple(fact for fact in known.facts if fact.when.lo <= on.toordinal()),
        acts=tuple(entry for entry in known.acts if (day := day_said(entry)) is None or day <= on),
    )


def day_said(entry: Entry) -> date | None:
    """The day on which what an entry says happened; None where it says none, or was redacted."""
    said = (entry.body or {}).get("on")
    return date.fromisoformat(said) if isinstance(said, str) else None


def last_step(known: Participant) -> Move | None:
    """The move that brought somebody to where they stand; None before the first."""
    standing, found = Standing.IDENTIFIED, None
    for move in known.moves:
        if may(move.act, standing) and MOVES[move.act].to is not None:
            standing, found = MOVES[move.act].leads(standing), move
    return found
