"""How a trial begins: it is opened under a protocol, users get access, sites open, a consent form comes into force."""

import re
from datetime import date
from typing import Final, Self

from ..conduct.randomise import scheme_body
from ..conduct.randomiser import Randomiser
from ..dates import day_text
from ..ledger.entry import Entry
from ..ledger.store import Store
from ..participant.acts import AT_A_SITE, ROLES, User, a_role
from ..participant.moves import Refused
from ..participant.record import Participant, version_of
from ..protocol.model import Protocol
from .door import EDIT_CHECK, Clock, Door, on_the_latest

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,63}")


class Opening(Door):
    """The verbs of the sponsor before the first person."""

    @classmethod
    def opened(
        cls, protocol: Protocol, store: Store, now: Clock, by: str, randomiser: Randomiser | None = None,
        synthetic: bool = False,
    ) -> Self:  # fmt: skip
        """A new trial in an empty ledger; `by` becomes its first sponsor.

        synthetic: everything in this ledger is made up (a rehearsal), which every page made of it says.
        Raises Refused when the ledger is not empty.
        """
        check_identifier(by, "user")
        door = cls(protocol, store, now, randomiser)
        if door.state.head:
            raise Refused("A trial is opened already in this ledger: go on with that, or name a new file.")
        first = User(by, "sponsor")
        body = {
            "protocol": protocol.digest, "trial": protocol.id, "acronym": protocol.acronym, "synthetic": synthetic,
            "arms": [arm.id for arm in protocol.arms],
        }  # fmt: skip
        door.append(
            door.draft(first, "trial_opened", body=body),
            door.draft(first, "access_granted", body={"user": by, "role": "sponsor", "site": ""}),
        )
        return door

    @on_the_latest
    def adopt(self, by: str, reason: str) -> Entry:
        """Goes on under the protocol that this door was given, in place of the one before (an amendment)."""
        if self.state.protocol == self.protocol.digest:
            raise Refused("This version of the protocol is in force already.")
        if self.state.settings.get("trial") != self.protocol.id:
            opened = self.state.settings.get("acronym")
            raise Refused(f"This ledger is that of {opened}: it cannot go on under a protocol of another trial.")
        scheme = scheme_body(self.protocol.allocation.scheme)
        if self.state.committed is not None and self.state.committed["scheme"] != scheme:
            raise Refused("This version allocates people in another way, and the committed list cannot be changed.")
        body = {"protocol": self.protocol.digest}
        return self.append(self.draft(by, "protocol_adopted", body=body, reason=reason))[0]

    @on_the_latest
    def grant(self, by: str, user: str, role: str, site: str = "") -> Entry:
        """Gives a user access in one role, at one site or at none. Identifiers are never used twice (R20)."""
        check_identifier(user, "user")
        if role not in ROLES:
            raise Refused(f'"{role}" is not a role of a trial: {", ".join(ROLES)}.')
        if user in self.state.access or user == EDIT_CHECK.id:
            raise Refused(f'The identifier "{user}" was given before and is never given again: choose another.')
        self._check_site(site)
        if not site and role in AT_A_SITE:
            raise Refused(f"{user} would be {a_role(role)} of no site: name the site at which the user works.")
        return self.append(self.draft(by, "access_granted", body={"user": user, "role": role, "site": site}))[0]

    @on_the_latest
    def end_access(self, by: str, user: str, reason: str) -> Entry:
        """Ends a user's access, at once and for good. The last sponsor stays: nobody else could grant any."""
        ending = self.user(user)
        sponsors = [each.user for each in self.state.access.values() if each.role == "sponsor" and not each.until]
        if ending.role == "sponsor" and len(sponsors) == 1:
            raise Refused(f"{user} is the last sponsor of this trial: grant another one access first.")
        return self.append(self.draft(by, "access_ended", body={"user": user}, reason=reason))[0]

    @on_the_latest
    def open_site(self, by: str, site: str, on: date | None = None) -> Entry:
        """Opens a site, from a day on (today)."""
        _check_named(site, "site")
        if site in self.state.sites and self.state.sites[site] is None:
            raise Refused(f"Site {site} is open already.")
        day = on or self.today
        self.check_day(day, "The opening")
        return self.append(self.draft(by, "site_opened", body={"site": site, "on": day.isoformat()}))[0]

    @on_the_latest
    def close_site(self, by: str, site: str, reason: str) -> Entry:
        """Closes a site: nobody new enters there."""
        if self.state.sites.get(site, self.today) is not None:
            raise Refused(f"Site {site} is not open.")
        body = {"site": site, "on": self.today.isoformat()}
        return self.append(self.draft(by, "site_closed", body=body, reason=reason))[0]

    @on_the_latest
    def bring_consent_into_force(self, by: str, version: str, on: date, site: str = "", again: bool = True) -> Entry:
        """A version of the consent form is in force from a day on, at one site or everywhere (R28).

        again: who consented to an earlier version stands on the list of those to be asked again.
        """
        _check_named(version, "version of the consent form")
        self._check_site(site)
        if any(each.version == version and each.site == site for each in self.state.consent_versions):
            raise Refused(f"Version {version} of the consent form came into force before; give a new one a new number.")
        body = {"version": version, "on": on.isoformat(), "site": site, "again": again}
        return self.append(self.draft(by, "consent_version", body=body))[0]

    def to_consent_again(self, on: date) -> list[str]:
        """Who is in the trial and has signed no version of the form since the last that asks for it again (R28)."""
        found: list[str] = []
        for person in self.state.people.values():
            versions = self.state.consent_versions_by(person.site, on)
            last = max((place for place, each in enumerate(versions) if each.again), default=len(versions))
            enough = {each.version for each in versions[last:]}
            if person.in_trial and enough and not enough & self.signed(person):
                found.append(person.person)
        return found

    def signed(self, person: Participant) -> set[str]:
        """The versions of the consent form that a person has signed."""
        consents = person.of_concept(self.protocol.conduct.consent)
        return {version_of(fact) for fact in consents}

    @on_the_latest
    def commit_randomisation(self, by: str) -> Entry:
        """Writes the commitment to the random list into the ledger, before the first person."""
        if self.randomiser is None:
            raise Refused("There is no randomiser here: name its store and its key.")
        if self.state.committed is not None:
            raise Refused("The commitment to the random list stands in the ledger already.")
        if self.state.allocated:
            raise Refused(f"Somebody was randomised before: it is too late to commit on {day_text(self.today)}.")
        body = {"commitment": self.randomiser.commitment(), "scheme": scheme_body(self.randomiser.scheme())}
        return self.append(self.draft(by, "randomisation_committed", body=body))[0]

    def _check_site(self, site: str) -> None:
        """Raises Refused for a site that was never opened; "" is no site."""
        if site and site not in self.state.sites:
            raise Refused(f'There is no site "{site}": open it first.')


def check_identifier(identifier: str, of: str) -> None:
    """Raises Refused for what identifies nobody, and for what looks like a name: headers can never be redacted."""
    if not _IDENTIFIER.fullmatch(identifier):
        shown = identifier[:40] if identifier.isprintable() else ascii(identifier[:40])[1:-1]
        raise Refused(
            f'"{shown}" is no identifier of a {of}: write at most 64 letters (a to z), digits and . _ - / : without '
            "blanks, and never a name."
        )


def _check_named(name: str, what: str) -> None:
    if not name.strip() or not name.isprintable():
        raise Refused(f"The {what} has no name: give it one, on one line.")
