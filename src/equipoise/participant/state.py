"""The whole ledger, folded: who is where, who has access, what is committed, locked, signed and asked.

Everything that is shown of a trial is this fold, up to any position or time; rebuilding it gives the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ..ledger.entry import Entry
from .record import Participant, Words, after, identified


class Access(NamedTuple):
    """One user's access: the role, the site ("" for none), since when and until when (UTC texts; "" while it lasts)."""

    user: str
    role: str
    site: str
    since: str
    until: str = ""


class ConsentVersion(NamedTuple):
    """A version of the consent form, in force from a day on ("" as site: everywhere). again: who consented to an
    earlier one is asked once more."""

    version: str
    on: date
    site: str = ""
    again: bool = True


class Signature(NamedTuple):
    """A signature (21 CFR 11.50): who, when, its meaning, and the entries that it covers with a hash over them."""

    entry: int
    person: str
    by: str
    at: str
    meaning: str
    covers: tuple[int, ...]
    hash: str


class Query(NamedTuple):
    """A question about something recorded: about which entry, its last word, and whether it is open."""

    entry: int
    person: str
    about: int
    text: str
    open: bool = True
    answer: str = ""


@dataclass(slots=True)
class State:
    """The fold of a ledger up to `head`, the number of its last entry, written at `at`.

    lock: the number of the lock that holds, 0 for none. protocol: the digest in force. settings: what the trial was
    opened with.
    """

    words: Words = field(default_factory=Words)
    head: int = 0
    at: str = ""
    protocol: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    people: dict[str, Participant] = field(default_factory=dict[str, Participant])
    sites: dict[str, date | None] = field(default_factory=dict[str, "date | None"])
    access: dict[str, Access] = field(default_factory=dict[str, Access])
    consent_versions: list[ConsentVersion] = field(default_factory=list[ConsentVersion])
    committed: Mapping[str, Any] | None = None
    revealed: bool = False
    lock: int = 0
    signatures: dict[int, Signature] = field(default_factory=dict[int, Signature])
    queries: dict[int, Query] = field(default_factory=dict[int, Query])
    allocated: int = 0

    def add(self, entry: Entry) -> None:
        """Folds in one more entry; entries come in order."""
        self.head, self.at = entry.seq, entry.at
        if entry.kind == "identified":
            self.people[entry.subject] = identified(entry)
            return
        if entry.subject in self.people:
            self.people[entry.subject] = after(self.people[entry.subject], entry, self.words)
        # A question whose words were redacted is a question still.
        body = {"text": ""} if entry.body is None and entry.kind in ("query_opened", "query_answered") else entry.body
        if body is not None:
            self._trial(entry, body)

    def _trial(self, entry: Entry, body: Mapping[str, Any]) -> None:
        """What the entry changes beyond one person."""
        match entry.kind:
            case "trial_opened" | "protocol_adopted":
                self.protocol = body["protocol"]
                self.settings = {**self.settings, **body}
            case "site_opened":
                self.sites[body["site"]] = None
            case "site_closed":
                self.sites[body["site"]] = date.fromisoformat(body["on"])
            case "access_granted":
                self.access[body["user"]] = Access(body["user"], body["role"], body["site"], entry.at)
            case "access_ended" if body["user"] in self.access:
                self.access[body["user"]] = self.access[body["user"]]._replace(until=entry.at)
            case "consent_version":
                on = date.fromisoformat(body["on"])
                self.consent_versions.append(ConsentVersion(body["version"], on, body["site"], body["again"]))
            case "randomisation_committed":
                self.committed = body
            case "randomisation_revealed":
                self.revealed = True
            case "randomised":
                self.allocated += 1
            case "eligible" | "signed" | "dose_decided":
                covers = tuple(body["covers"])
                self.signatures[entry.seq] = Signature(
                    entry.seq, entry.subject, entry.actor, entry.at, body["meaning"], covers, body["hash"]
                )
            case "query_opened":
                self.queries[entry.seq] = Query(entry.seq, entry.subject, entry.target, body["text"])
            case "query_answered":
                self.queries[entry.target] = self.queries[entry.target]._replace(answer=body["text"])
            case "query_closed":
                self.queries[entry.target] = self.queries[entry.target]._replace(open=False)
            case "data_lock":
                self.lock = entry.seq
            case "data_unlock":
                self.lock = 0
            case _:
                pass

    @property
    def randomised(self) -> Iterator[Participant]:
        """Who was randomised, in the order of their identification."""
        return (each for each in self.people.values() if each.allocation is not None)

    def voided_by(self, signature: Signature) -> int:
        """The first entry after a signature that changed what it covers; 0 while it stands (21 CFR 11.70; R19).

        A signature under a whole casebook falls by anything new that is recorded about the person.
        """
        person = self.people[signature.person]
        covered = set(signature.covers)
        for entry, target in person.changed:
            if entry > signature.entry and target in covered:
                return entry
        if signature.meaning != CASEBOOK:
            return 0
        later = [fact.id for fact in person.facts if int(fact.id[1:]) > signature.entry]
        acts = [each.seq for each in person.acts if each.seq > signature.entry and each.kind not in _BESIDE]
        return min([*(int(each[1:]) for each in later), *acts], default=0)

    def consent_in_force(self, site: str, on: date) -> ConsentVersion | None:
        """The version of the consent form that is in force at a site on a day: the last that began by then."""
        return next(reversed(self.consent_versions_by(site, on)), None)

    def consent_versions_by(self, site: str, on: date) -> list[ConsentVersion]:
        """Every version that came into force at a site by a day, the one in force last; of one day, the later entry."""
        own = [each for each in self.consent_versions if each.site in ("", site) and each.on <= on]
        return sorted(own, key=lambda each: each.on)


CASEBOOK = "casebook"
# These say nothing new about a person.
_BESIDE = (
    "signed", "verified", "query_opened", "query_answered", "query_closed", "exported", "randomisation_repeated",
)  # fmt: skip


def folded(entries: Iterable[Entry], words: Words, until: int | None = None, at: str | None = None) -> State:
    """The state after these entries; only those up to a position, or written up to a time (UTC text)."""
    state = State(words)
    for entry in entries:
        if (until is not None and entry.seq > until) or (at is not None and entry.at > at):
            break
        state.add(entry)
    return state
