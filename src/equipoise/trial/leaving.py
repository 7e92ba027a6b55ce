"""How people leave: follow-up, withdrawal with its scope, loss, completion. Death is a fact, and is recorded as one."""

from datetime import date

from ..conduct.scope import SCOPES, read_scope
from ..ledger.entry import Entry
from ..participant.moves import Refused, check_may
from .door import on_the_latest
from .treating import Treating


class Leaving(Treating):
    """The verbs of the end."""

    @on_the_latest
    def follow(self, by: str, person: str, on: date | None = None, reason: str = "") -> Entry:
        """The treatment is over, or there is none in this arm: the person goes into follow-up."""
        return self._leave(by, person, "follow", "follow_up_began", on, {}, reason)

    @on_the_latest
    def withdraw(self, by: str, person: str, scope: str, reason: str, on: date | None = None) -> Entry:
        """The person withdraws, as far as they say: from the treatment only, from the visits, or from everything.

        Who withdraws from the treatment only stays in the trial and goes into follow-up.
        """
        if read_scope(scope) is None:
            told = "; ".join(f'"{name}": {text}' for name, text in SCOPES.items())
            raise Refused(f'"{scope}" is not how far one can withdraw: {told}.')
        if scope == "treatment":
            return self._leave(by, person, "follow", "follow_up_began", on, {"scope": scope}, reason, required=True)
        return self._leave(by, person, "withdraw", "withdrawn", on, {"scope": scope}, reason)

    @on_the_latest
    def lose(self, by: str, person: str, reason: str, on: date | None = None) -> Entry:
        """Nobody can reach the person any more. on: the day of the last contact."""
        return self._leave(by, person, "lose", "lost", on, {}, reason)

    @on_the_latest
    def find_again(self, by: str, person: str, on: date | None = None) -> Entry:
        """Somebody who was lost is found again."""
        return self._leave(by, person, "find_again", "found_again", on, {}, "")

    @on_the_latest
    def complete(self, by: str, person: str, on: date | None = None) -> Entry:
        """The person has gone through the whole follow-up of the study."""
        return self._leave(by, person, "complete", "completed", on, {}, "")

    def _leave(
        self, by: str, person: str, act: str, kind: str, on: date | None, body: dict[str, str], reason: str,
        required: bool = False,
    ) -> Entry:  # fmt: skip
        known, day = self.person_for(by, kind, person), on or self.today
        check_may(act, known.standing, person)
        self.check_day(day, "This")
        if required and not reason.strip():
            raise Refused("A withdrawal needs a reason, in a few words; “no reason given” is one.")
        self.check_after(known, day, "The last contact" if act == "lose" else "This")
        return self.append(self.draft(by, kind, person, {"on": day.isoformat(), **body}, reason=reason))[0]
