"""A trial's ledger as a source of records: the facts that stand in it, of everybody who is in the trial."""

from dataclasses import replace
from pathlib import Path

from ..facts import Fact, Reading, Unread
from ..ledger.sqlite import SqliteStore
from ..participant.record import number_of, words_of
from ..participant.state import folded
from ..protocol.model import Protocol

_BEGINS = b"SQLite format 3\x00"


def is_ledger(path: Path | str) -> bool:
    """Is it a file of SQLite? Nothing else that is read here is one; whether it is whole is seen when it is opened."""
    file = Path(path)
    if not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(len(_BEGINS)) == _BEGINS


def read_ledger(path: Path | str, trial: Protocol) -> Reading:
    """The facts that stand by now, each with the number of its entry as its source; voided and corrected ones do not.

    A fact of a concept that the protocol at hand does not have comes back as unread. Raises Fault for a file that is no
    ledger, and Broken for one that was changed outside the program.
    """
    with SqliteStore.reading(Path(path)) as store:
        state = folded(store.entries(), words_of(trial))
    facts = [replace(fact, source=_source(fact, path)) for person in state.people.values() for fact in person.facts]
    known = tuple(fact for fact in facts if fact.concept in trial.vocabulary)
    unread = tuple(
        Unread(fact.source, fact.concept, f"{trial.acronym} has no concept {fact.concept}", "no concept", fact.person)
        for fact in facts
        if fact.concept not in trial.vocabulary
    )
    people = {person: frozenset[str]() for person in state.people}
    sites = {person.person: person.site for person in state.people.values() if person.site}
    synthetic = state.settings.get("synthetic") is True
    return Reading(people, known, unread, state.head, synthetic, sites)


def _source(fact: Fact, path: Path | str) -> str:
    """Which entry says so, and where that had it from."""
    entry = f"{Path(path).name}, entry {number_of(fact)}"
    return f"{entry} ({fact.source})" if fact.source else entry
