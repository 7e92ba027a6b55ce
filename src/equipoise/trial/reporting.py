"""Serious events: the site tells the sponsor, the sponsor forms an opinion of its own and tells the authorities."""

from datetime import datetime

from ..conduct.safety import ClockState, clocks, overdue
from ..conduct.serious_entries import now_called, serious_events
from ..facts import Choice, is_record
from ..ledger.entry import Entry, utc_text
from ..participant.moves import Refused
from .door import on_the_latest
from .leaving import Leaving


class Reporting(Leaving):
    """The verbs of safety. An adverse event itself is a fact, and is recorded as one."""

    @on_the_latest
    def report_serious(
        self, by: str, person: str, event: int, aware: datetime | None = None, life_threatening: bool | None = None
    ) -> Entry:
        """The site reports an adverse event (its entry) as serious; its clock began when the site became aware."""
        known = self.person_for(by, "serious_event", person)
        fact = known.fact(now_called(known, event))
        if fact is None or fact.concept != self.protocol.conduct.adverse_event:
            raise Refused(f"Entry {event} holds no adverse event of {person} that stands: record the event first.")
        words = self.protocol.safety.event
        said = fact.value.get(words.serious) if words and words.serious and is_record(fact.value) else None
        if said != Choice(frozenset(["yes"])):
            raise Refused(f"The adverse event of entry {event} is not recorded as serious: correct it, with a reason.")
        if any(now_called(known, each.target) == now_called(known, event) for each in known.of("serious_event")):
            raise Refused(f"The adverse event of entry {event} was reported as serious before.")
        body = {"aware": self._moment(aware), "life_threatening": life_threatening}
        return self.append(self.draft(by, "serious_event", person, body, target=event))[0]

    @on_the_latest
    def receive_serious(self, by: str, event: int, aware: datetime | None = None) -> Entry:
        """The sponsor knows of a serious event (the entry of the site's report); its own clocks begin."""
        return self._about(by, "serious_event_received", event, {"aware": self._moment(aware)})

    @on_the_latest
    def opine(self, by: str, event: int, related: bool, unexpected: bool | None = None, reason: str = "") -> Entry:
        """The sponsor's own opinion on causality. The investigator's stays, and either yes is enough (R27)."""
        return self._about(by, "causality_opinion", event, {"related": related, "unexpected": unexpected}, reason)

    @on_the_latest
    def submit_serious(self, by: str, event: int, to: str, at: datetime | None = None) -> Entry:
        """The sponsor has reported the event to somebody, by the name that the protocol's clocks use."""
        receivers = sorted({clock.to for clock in self.protocol.safety.clocks})
        if to not in receivers:
            raise Refused(f'The protocol reports to {", ".join(receivers) or "nobody"}, not to "{to}".')
        return self._about(by, "serious_event_submitted", event, {"to": to, "at": self._moment(at)})

    def _about(self, by: str, kind: str, event: int, body: dict[str, object], reason: str = "") -> Entry:
        report = self.store.entry(event)
        if report.kind != "serious_event":
            raise Refused(f"Entry {event} is no report of a serious event.")
        return self.append(self.draft(by, kind, report.subject, body, target=event, reason=reason))[0]

    def _moment(self, at: datetime | None) -> str:
        """A time as the ledger writes it: now, or one that is not ahead."""
        moment = at or self.now()
        if moment.utcoffset() is None:
            raise Refused(f"The time {moment.isoformat()} lacks its offset from UTC: write it with one, as +00:00.")
        if moment > self.now():
            raise Refused(f"The time {moment.isoformat()} lies ahead.")
        return utc_text(moment)

    # ---------------------------------------------------------------- what runs
    def serious_clocks(self) -> tuple[ClockState, ...]:
        """Every clock of every serious event, as of now."""
        now, safety = self.now(), self.protocol.safety
        events = [e for known in self.state.people.values() for e in serious_events(known, self.protocol, now.date())]
        return tuple(state for event in events for state in clocks(event, safety, now))

    def overdue_serious(self) -> tuple[ClockState, ...]:
        """The clocks that are past their time and not met, the longest overdue first."""
        now = self.now()
        events = [e for known in self.state.people.values() for e in serious_events(known, self.protocol, now.date())]
        return overdue(events, self.protocol.safety, now)
