"""How a person's time to an endpoint ended: by the first event, or censored at the last scan or the last contact."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..dates import Span
from ..facts import Fact
from ..protocol.endpoints import Endpoint, Occurrence
from ..rules.prose import fact_text
from ..truth import TRUE, UNKNOWN
from .known import Known
from .missed import missed_scans
from .occurrences import Happened, Seen, entry_of, placed, seen
from .rows import CENSORED, COMPETING, EVENT, WHY_CENSORED, Outcome, WhyCensored


class Ending(NamedTuple):
    """How the time ended: on a day (ordinal), by what, in a few words and in a clause; the entries that show it.

    left: the day of the last scan before an event that scans see; else the day itself. told: the days on record of an
    event whose day is known in part only.
    """

    day: int
    event: Outcome
    what: str
    why: WhyCensored
    clause: str
    entries: tuple[int, ...]
    left: int
    told: Span | None = None


@dataclass(frozen=True)
class Course:
    """What happened to one person, as one endpoint sees it. begins: the first day (ordinal) of the time."""

    known: Known
    endpoint: Endpoint
    begins: int

    # ---------------------------------------------------------------- scans
    @cached_property
    def scans(self) -> list[Happened]:
        """The scans without disease, in order of time."""
        sure = (each.fact for scan in self.endpoint.scans for each in seen(scan, self.known.case) if each.truth is TRUE)
        return sorted((Happened(fact.when.lo, fact) for fact in sure), key=lambda scan: scan.day)

    def scan_by(self, day: int) -> Happened | None:
        """The last scan without disease up to a day."""
        return next((scan for scan in reversed(self.scans) if scan.day <= day), None)

    def scan_day(self, day: int) -> int:
        """The day of that scan; 0 when there is none."""
        scan = self.scan_by(day)
        return 0 if scan is None else scan.day

    def at_scans(self, fact: Fact) -> bool:
        """Is the fact an event that scans see?"""
        return fact.concept in self.endpoint.seen_at_scans

    # ---------------------------------------------------------------- what happened
    def dated(self, fact: Fact, competing: bool = False) -> Happened:
        """The fact with its one day."""
        not_before = self.scan_day if self.at_scans(fact) else self.known.contact_by
        return placed(fact, self.known.last, not_before, competing)

    def happened(self, occurrences: Iterable[Occurrence], competing: bool = False) -> list[Happened]:
        """Everything of these that surely happened."""
        every = (each for occurrence in occurrences for each in seen(occurrence, self.known.case))
        return [self.dated(each.fact, competing) for each in every if each.truth is TRUE]

    @cached_property
    def first(self) -> Happened | None:
        """The first event or competing event; of one day, the event."""
        endpoint = self.endpoint
        found = [*self.happened(endpoint.event), *self.happened(endpoint.competing, competing=True)]
        return min(found, key=lambda each: (each.day, each.competing), default=None)

    def undecided(self, ending: Ending) -> list[Seen]:
        """What may be an event, and would come before the ending."""
        endpoint = self.endpoint
        every = (each for what in (*endpoint.event, *endpoint.competing) for each in seen(what, self.known.case))
        last = ending.day if ending.event else self.known.last
        open_ones = {id(each.fact): each for each in every if each.truth is UNKNOWN}
        settled = {id(each.fact) for each in self.happened((*endpoint.event, *endpoint.competing))}
        return [each for key, each in open_ones.items() if key not in settled and self.dated(each.fact).day <= last]

    # ---------------------------------------------------------------- the end of the time
    @cached_property
    def ending(self) -> Ending:
        first = self.first
        until = min(self.happened(self.endpoint.until), key=lambda each: each.day, default=None)
        if until is not None and (first is None or until.day < first.day):
            clause = f"{self.text(until.fact)}, and {WHY_CENSORED['until']}"
            return self.censored(until.day, "until", clause, until.fact)
        if first is None:
            return self.left_without()
        if self.too_late(first):
            clause = f"{self.text(first.fact)}, after {self.endpoint.missed_scans} or more missed scans"
            return self.censored(first.day, "missed_scans", clause, first.fact)
        what = self.known.trial.vocabulary[first.fact.concept].label
        event: Outcome = COMPETING if first.competing else EVENT
        left = self.scan_day(first.day - 1) if self.at_scans(first.fact) else first.day
        return Ending(first.day, event, what, "", self.text(first.fact), (entry_of(first.fact),), left, first.told)

    def left_without(self) -> Ending:
        """The ending of somebody without an event."""
        why, clause, entries = self.known.why_over()
        return self.censored(self.known.last, why, clause, None, entries)

    def censored(
        self, by: int, why: WhyCensored, clause: str, shown: Fact | None, entries: tuple[int, ...] = ()
    ) -> Ending:  # fmt: skip
        """Censored at the last scan, or the last contact, up to a day; at the beginning, where there is none."""
        shows = entries if shown is None else (entry_of(shown), *entries)
        if not self.endpoint.scans:
            day = max(self.known.contact_by(by), self.begins)
            entry = self.known.contacts.get(day, 0)
            return Ending(day, CENSORED, "last contact", why, f"last contact; {clause}", (entry, *shows), day)
        scan = self.scan_by(by)
        if scan is None or scan.day <= self.begins:
            clause = f"{WHY_CENSORED['no_scan']}; {clause}"
            return Ending(self.begins, CENSORED, "beginning of the time", "no_scan", clause, shows, self.begins)
        what = f"last {self.known.trial.vocabulary[scan.fact.concept].label}"
        clause = f"{self.text(scan.fact)}; {clause}"
        return Ending(scan.day, CENSORED, what, why, clause, (entry_of(scan.fact), *shows), scan.day)

    def too_late(self, first: Happened) -> bool:
        """Did the event come after so many missed scans in a row that the endpoint does not count it?"""
        most = self.endpoint.missed_scans
        if not most or self.at_scans(first.fact):
            return False
        scans = self.known.case.of(self.known.trial.conduct.assessment)
        last = max((fact.when.lo for fact in scans if fact.when.lo <= first.day), default=self.begins)
        return missed_scans(self.known, last, first.day) >= most

    def text(self, fact: Fact) -> str:
        return fact_text(fact, self.known.trial.vocabulary)
