"""The door itself: who acts, what the ledger says by now, and how an entry is written. The verbs stand beside it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from ..conduct.randomiser import Randomiser
from ..facts import Fact
from ..ledger.chain import Earlier
from ..ledger.entry import REDACTION, Draft, Entry, utc_text
from ..ledger.store import Moved, Store
from ..participant.acts import ACTS, User, check_may_act, check_reason
from ..participant.moves import Refused
from ..participant.record import Participant, words_of
from ..participant.state import State, folded
from ..protocol.model import Protocol
from ..rules.case import Case, build_case

Clock = Callable[[], datetime]

EDIT_CHECK: Final = User("edit-check", "system")
# The day has begun somewhere: a site may record its own today while it is still yesterday in UTC.
_EASTERNMOST: Final = timedelta(hours=14)
_TRIES: Final = 50

P = ParamSpec("P")
R = TypeVar("R")
D = TypeVar("D", bound="Door")


def on_the_latest(verb: Callable[Concatenate[D, P], R]) -> Callable[Concatenate[D, P], R]:
    """The verb, decided on the newest entries: if somebody else wrote meanwhile, it is decided anew."""

    @wraps(verb)
    def decided(self: D, *args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(_TRIES):
            self.catch_up()
            try:
                return verb(self, *args, **kwargs)
            except (Moved, Earlier):
                continue
        raise Refused("Others write into this ledger without a pause: try again in a moment.")

    return decided


class Door:
    """A trial as it runs: the protocol, the ledger, the clock, the randomiser's room, and the fold of the ledger.

    now: the server's clock, aware, in UTC (R10). Each verb names who acts by the user's identifier; role and site come
    from the ledger. Raises Refused, with a sentence, for whatever the trial does not allow; nothing is written then.
    """

    def __init__(self, protocol: Protocol, store: Store, now: Clock, randomiser: Randomiser | None = None) -> None:
        self.protocol, self.store, self.now, self.randomiser = protocol, store, now, randomiser
        self.state: State = folded(store.entries(), words_of(protocol))

    # ---------------------------------------------------------------- reading
    def catch_up(self) -> State:
        """The state with all that is in the ledger by now."""
        later = list(self.store.entries(since=self.state.head))
        if any(entry.kind == REDACTION for entry in later):
            self.state = self.state_at()  # what was taken away must be gone from here as well
            return self.state
        for entry in later:
            self.state.add(entry)
        return self.state

    def state_at(self, position: int | None = None, at: str | None = None) -> State:
        """The state as of a past position, or as of a time (UTC text): folded anew from the ledger."""
        return folded(self.store.entries(), words_of(self.protocol), position, at)

    def person(self, person: str) -> Participant:
        """The participant. Raises Refused when nobody of that identifier is in the trial."""
        known = self.state.people.get(person)
        if known is None:
            raise Refused(f'Nobody in this trial is identified by "{person}": identify the person first.')
        return known

    def person_for(self, by: str, kind: str, person: str) -> Participant:
        """The participant, once it is sure that this user may make such an entry about them.

        Asked before anything else, so that no refusal tells a user what they must not know, an arm above all (R12).
        """
        known = self.person(person)
        check_may_act(self.user(by), kind, known.site)
        return known

    def user(self, by: str) -> User:
        """The user of that identifier, whose access lasts. Raises Refused."""
        access = self.state.access.get(by)
        if access is None or access.until:
            raise Refused(f'"{by}" has no access to this trial: the sponsor grants it.')
        return User(access.user, access.role, access.site)

    def case(self, person: str | Participant, on: date) -> Case:
        """What is known of a person, as of a day."""
        known = self.person(person) if isinstance(person, str) else person
        return build_case(known.facts, on, self.protocol.vocabulary)

    @property
    def today(self) -> date:
        """The calendar day of the clock, in UTC."""
        return self.now().date()

    @property
    def latest_day(self) -> date:
        """The latest calendar day that it is anywhere on earth: nothing observed can be dated after it."""
        return (self.now() + _EASTERNMOST).date()

    # ---------------------------------------------------------------- writing
    def draft(
        self, by: str | User, kind: str, person: str = "", body: Mapping[str, Any] | None = None, target: int = 0,
        reason: str = "",
    ) -> Draft:  # fmt: skip
        """The entry to be written, once it is sure that this user may write it. Raises Refused."""
        user = self.user(by) if isinstance(by, str) else by
        site = self.state.people[person].site if person in self.state.people else ""
        check_may_act(user, kind, site)
        check_reason(kind, reason)
        self._check_protocol(kind)
        if self.state.lock and kind not in _AFTER_LOCK:
            raise Refused("The data are locked: lift the lock first, with a reason.")
        at = max(utc_text(self.now()), self.state.at)
        return Draft(
            at, user.id, user.role, user.site or site, kind, person, body or {}, target=target, reason=reason.strip()
        )

    def _check_protocol(self, kind: str) -> None:
        """Raises Refused while the ledger runs under another version of the protocol than this door."""
        in_force = self.state.protocol
        if in_force and in_force != self.protocol.digest and kind != "protocol_adopted":
            raise Refused(
                f"This ledger runs under protocol {in_force[:12]}, not under {self.protocol.digest[:12]}: take that "
                "version, or let the sponsor adopt this one, with a reason."
            )

    def append(self, *drafts: Draft) -> list[Entry]:
        """Writes the entries, all or none, on the state that they were decided on. Raises Moved."""
        entries = self.store.append(drafts, expected=self.state.head)
        for entry in entries:
            self.state.add(entry)
        return entries

    def check_day(self, on: date, what: str) -> None:
        """Raises Refused for a day that lies ahead."""
        if on > self.latest_day:
            raise Refused(f"{what} is dated {on.isoformat()}, which lies ahead: record it when it has been.")


_AFTER_LOCK: Final = frozenset(
    {"data_unlock", "randomisation_revealed", "exported", "access_granted", "access_ended", "data_lock"}
)


def evidence(facts: Iterable[Fact]) -> list[int]:
    """The numbers of the entries that facts of the ledger stand in, each once."""
    return sorted({int(fact.id[1:]) for fact in facts if fact.id.startswith("L") and fact.id[1:].isdigit()})


assert ACTS.keys() >= _AFTER_LOCK
