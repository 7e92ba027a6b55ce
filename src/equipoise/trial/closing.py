"""Signatures, questions, verification, the lock and the reveal: how a trial's data come to be final."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..conduct.safety import adverse_events
from ..conduct.serious_entries import now_called
from ..ledger.entry import Entry
from ..participant.moves import Refused
from ..participant.record import number_of
from ..participant.state import CASEBOOK
from ..truth import TRUE
from .door import on_the_latest
from .reporting import Reporting


class Closing(Reporting):
    """The verbs of the data manager, the monitor, and the investigator who signs."""

    @on_the_latest
    def sign(self, by: str, person: str, meaning: str = CASEBOOK, covers: tuple[int, ...] = ()) -> Entry:
        """The investigator signs entries about a person (all of them: the casebook), with the meaning (R16, R17)."""
        known = self.person_for(by, "signed", person)
        if not meaning.strip():
            raise Refused("A signature needs its meaning: say what it stands for.")
        if covers and meaning == CASEBOOK:
            raise Refused("A casebook is signed as a whole: name no entries, or give the signature another meaning.")
        entries = [*dict.fromkeys(covers)] or sorted(
            [*(int(fact.id[1:]) for fact in known.facts), *(act.seq for act in known.acts)]
        )
        strange = [seq for seq in entries if self.store.entry(seq).subject != person]
        if strange:
            raise Refused(f"Entry {strange[0]} is not about {person}: a signature covers one person's entries.")
        if not entries:
            raise Refused(f"Nothing is recorded about {person} that could be signed.")
        body = {"meaning": meaning, "covers": entries, "hash": self.hash_of(entries)}
        return self.append(self.draft(by, "signed", person, body))[0]

    @on_the_latest
    def ask(self, by: str, person: str, entry: int, text: str) -> Entry:
        """Opens a question about something recorded."""
        self.person_for(by, "query_opened", person)
        if self.store.entry(entry).subject != person:
            raise Refused(f"Entry {entry} is not about {person}.")
        if not text.strip():
            raise Refused("A question needs its words.")
        return self.append(self.draft(by, "query_opened", person, {"text": text}, target=entry))[0]

    @on_the_latest
    def answer(self, by: str, query: int, text: str) -> Entry:
        """The site answers a question."""
        if not text.strip():
            raise Refused("An answer needs its words.")
        return self._to_query(by, "query_answered", query, {"text": text})

    @on_the_latest
    def close_query(self, by: str, query: int) -> Entry:
        """Who asks is content with the answer."""
        return self._to_query(by, "query_closed", query, {})

    def _to_query(self, by: str, kind: str, query: int, body: Mapping[str, Any]) -> Entry:
        asked = self.state.queries.get(query)
        if asked is None or not asked.open:
            raise Refused(f"Entry {query} is no open question.")
        return self.append(self.draft(by, kind, asked.person, body, target=query))[0]

    @on_the_latest
    def verify_source(self, by: str, person: str, entry: int) -> Entry:
        """The monitor has compared an entry with its source."""
        self.person_for(by, "verified", person)
        if self.store.entry(entry).subject != person:
            raise Refused(f"Entry {entry} is not about {person}.")
        return self.append(self.draft(by, "verified", person, target=entry))[0]

    @on_the_latest
    def export(self, by: str, what: str) -> Entry:
        """Writes down that somebody took data out (R08)."""
        return self.append(self.draft(by, "exported", body={"what": what}))[0]

    @on_the_latest
    def unblind(self, by: str, what: str, reason: str) -> Entry:
        """Writes down, before it is done, that somebody sees the arms before the lock: in what, and why."""
        if self.state.lock:
            raise Refused("The data are locked: the arms can be seen without unblinding.")
        return self.append(self.draft(by, "unblinded", body={"what": what}, reason=reason))[0]

    # ---------------------------------------------------------------- the lock
    def open_points(self) -> list[str]:
        """What stands in the way of the lock, a sentence each (R21)."""
        state = self.state
        found = [
            f"Question {query.entry} about {query.person} is open." for query in state.queries.values() if query.open
        ]
        for person in state.randomised:
            books = [
                each for each in state.signatures.values() if each.person == person.person and each.meaning == CASEBOOK
            ]
            if not books:
                found.append(f"The casebook of {person.person} is not signed.")
            elif changed := state.voided_by(books[-1]):
                found.append(f"The signature under the casebook of {person.person} fell with entry {changed}.")
        return [*found, *self._open_serious()]

    def _open_serious(self) -> Iterator[str]:
        """Serious events that the site has not reported, and those of which somebody has still to be told.

        Without the time that is left, so that a point is the same when it is waived as when it was found.
        """
        for person in self.state.people.values():
            reported = {now_called(person, each.target) for each in person.of("serious_event")}
            for event in adverse_events(person.facts, self.protocol.safety, self.protocol.vocabulary, self.latest_day):
                if event.serious is TRUE and number_of(event.fact) not in reported:
                    yield f"The serious event of entry {number_of(event.fact)} of {person.person} is not reported."
        for clock in self.serious_clocks():
            if clock.met_at is None:
                event = clock.event
                yield f"Serious event {event.id} of {event.person} is open: {clock.clock.label} ({clock.clock.limit})."

    @on_the_latest
    def lock(self, by: str, waivers: Mapping[str, str] | None = None) -> Entry:
        """Locks the data. waivers: open point (its sentence) -> why it may stay open.

        Raises Refused, which names every open point that nobody has waived.
        """
        if self.state.lock:
            raise Refused(f"The data are locked already, by entry {self.state.lock}.")
        open_ = self.open_points()
        waived = {point: why for point, why in (waivers or {}).items() if why.strip() and point in open_}
        points = [point for point in open_ if point not in waived]
        if points:
            more = f" And {len(points) - 5} more." if len(points) > 5 else ""
            raise Refused(f"The data cannot be locked yet. {' '.join(points[:5])}{more}")
        return self.append(self.draft(by, "data_lock", body={"waivers": waived}))[0]

    @on_the_latest
    def unlock(self, by: str, reason: str) -> Entry:
        """Lifts the lock; the reason is kept, and a later lock is another one."""
        if not self.state.lock:
            raise Refused("The data are not locked.")
        return self.append(self.draft(by, "data_unlock", reason=reason))[0]

    @on_the_latest
    def reveal(self, by: str) -> Entry:
        """Publishes the seed of the random list after the lock, so that anyone can make the list again."""
        if not self.state.lock:
            raise Refused("The seed is revealed after the lock, not before: lock the data first.")
        if self.state.revealed:
            raise Refused("The seed of the random list stands in the ledger already.")
        self.draft(by, "randomisation_revealed")
        seed = self.committed_randomiser().reveal(locked=True)
        return self.append(self.draft(by, "randomisation_revealed", body={"seed": seed.hex()}))[0]
