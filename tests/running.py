"""A NELMAS trial that runs in memory: with its users, a site, a consent form and a randomiser; and people to be in it.

    running = opened()
    running.bring("P1", Standing.RANDOMISED)
    running.clock.reach(date(2026, 6, 1))
    running.trial.follow("site", "P1")

Each user's identifier is what they do: "sponsor", "investigator", "site" (a coordinator), "pharmacist", "data",
"monitor", "statistician".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final

from equipoise.conduct.randomiser import Randomiser
from equipoise.dates import Span
from equipoise.eligibility.cases import WorkedCase, read_cases
from equipoise.eligibility.notation import read_fact
from equipoise.facts import Fact
from equipoise.faults import Fault
from equipoise.ledger.chain import Salt
from equipoise.ledger.entry import Entry
from equipoise.ledger.memory import MemoryStore
from equipoise.ledger.store import Store
from equipoise.participant.moves import Standing
from equipoise.participant.record import Allocation
from equipoise.protocol.load import load_trial, trial_cases
from equipoise.protocol.model import Protocol
from equipoise.trial import Trial

FIRST_DAY: Final = date(2026, 3, 2)
SITE: Final = "S1"
CONSENT: Final = "2.0"
SEED: Final = bytes(range(32))
USERS: Final = {
    "investigator": ("investigator", SITE), "site": ("coordinator", SITE), "pharmacist": ("pharmacist", SITE),
    "data": ("data_manager", ""), "monitor": ("monitor", ""), "statistician": ("statistician", ""),
}  # fmt: skip


@dataclass
class Clock:
    """The server's clock, which the test moves on; it only ever goes forward."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def reach(self, day: date, hour: int = 12) -> None:
        """Moves on to that hour (UTC) of the day, unless it is later already."""
        self.moment = max(self.moment, datetime(day.year, day.month, day.day, hour, tzinfo=UTC))

    def wait(self, length: timedelta) -> None:
        self.moment += length


@dataclass
class Running:
    """A running trial with its clock, and the ways to put people into it."""

    trial: Trial
    clock: Clock

    def bring(self, person: str, to: Standing, on: date | None = None, *facts: Fact) -> Allocation | None:
        """Brings somebody new through the door to a standing up to "randomised", and gives the allocation.

        on: the day of the screening and of the randomisation (that of the worked case); consent is a week before.
        facts: in the place of those of the same concepts of the eligible person (`eligible_facts`).
        """
        day = on or eligible_case().on
        self.clock.reach(day)
        for standing, step in (
            (Standing.IDENTIFIED, lambda: self.trial.identify("site", person)),
            (Standing.CONSENTED, lambda: self._consent(person, day, facts)),
            (Standing.SCREENED, lambda: self._screen(person, day, facts)),
            (Standing.ELIGIBLE, lambda: self.trial.sign_eligible("investigator", person)),
            (Standing.RANDOMISED, lambda: self.trial.randomise("site", person)),
        ):
            step()
            if standing is to:
                return self.trial.person(person).allocation
        raise ValueError(f"the door's own verbs lead to {to.value}")

    def _consent(self, person: str, day: date, facts: Sequence[Fact]) -> None:
        """To the version of the form that is in force on the day, unless the facts say otherwise."""
        stated = [fact for fact in facts if fact.concept == "consent"]
        on = day - timedelta(days=7)
        version = self.trial.state.consent_in_force(SITE, on)
        self.trial.record("site", person, *(stated or [consent(on, version.version if version else CONSENT)]))

    def _screen(self, person: str, day: date, facts: Sequence[Fact]) -> None:
        """The visits before the randomisation are made on the day of the first study procedure."""
        known = eligible_facts(day, *facts)
        self.trial.record("site", person, *(fact for fact in known if fact.concept != "consent"))
        for slot in ("screening", "baseline_imaging"):
            self.trial.visit("site", person, slot, day - timedelta(days=6))
        self.trial.screen("site", person, day)

    def treat(self, person: str, on: date, level: str = "full") -> Entry:
        """Gives the next dose on a day, with all that comes before it: the values, the decision, the premedication."""
        self.clock.reach(on)
        self.trial.record("site", person, *before_dose(on))
        self.trial.decide_dose("investigator", person)
        return self.trial.give_dose("pharmacist", person, level)


def refused(running: Running, what: Callable[[Trial], object]) -> str:
    """The sentence by which the door refuses that; nothing is written then."""
    head = running.trial.store.head()
    try:
        what(running.trial)
    except Fault as fault:
        assert running.trial.store.head() == head, "it was refused, and something was written"
        return str(fault)
    raise AssertionError("it was not refused")


def opened(
    first: str = "", store: Store | None = None, on: date = FIRST_DAY, protocol: Protocol | None = None,
    randomiser: Randomiser | None = None,
) -> Running:  # fmt: skip
    """A trial that is opened, committed, and ready for the first person.

    first: the arm that the first eligible person (`eligible_facts`) is to be allocated to; "" for whichever it is.
    """
    trial, clock = protocol or nelmas(), Clock(datetime(on.year, on.month, on.day, 8, tzinfo=UTC))
    randomiser = randomiser or Randomiser.in_memory(trial.allocation, _seed(trial, first))
    door = Trial.opened(trial, store or MemoryStore(salts()), clock, "sponsor", randomiser, synthetic=True)
    door.open_site("sponsor", SITE, on)
    for user, (role, site) in USERS.items():
        door.grant("sponsor", user, role, site)
    door.bring_consent_into_force("sponsor", CONSENT, on)
    door.commit_randomisation("sponsor")
    return Running(door, clock)


def _seed(trial: Protocol, first: str) -> bytes:
    """A seed whose list begins with the arm, in the stratum of the eligible person."""
    for number in range(256):
        seed = SEED if not number else bytes([number]) * 32
        arm = Randomiser.in_memory(trial.allocation, seed).allocate("P", {"grade": "G2", "margin": "R0"}).arm
        if first in ("", arm):
            return seed
    raise ValueError(f"no list begins with {first}")


def salts() -> Salt:
    """Salts that are the same in every run."""
    counter = iter(range(10**9))
    return lambda: sha256(b"salt %d" % next(counter)).digest()


@cache
def nelmas() -> Protocol:
    return load_trial("nelmas")


@cache
def eligible_case() -> WorkedCase:
    """The worked case of a person with whom everything is in order."""
    files = trial_cases("nelmas")
    (case,) = read_cases(nelmas(), {"person-01.toml": files["person-01.toml"]})
    return case


def eligible_facts(on: date | None = None, *instead: Fact) -> list[Fact]:
    """The facts of an eligible person, as far before the day `on` as they lie before the day of the worked case.

    instead: in the place of the facts of the same concepts.
    """
    case = eligible_case()
    days = (on or case.on).toordinal() - case.on.toordinal()
    concepts = {fact.concept for fact in instead}
    return [*(_moved(fact, days) for fact in case.facts if fact.concept not in concepts), *instead]


def _moved(fact: Fact, days: int) -> Fact:
    if fact.concept == "birth_date" or fact.when.lo == 1:
        return fact
    value = Span(fact.value.lo + days, fact.value.hi + days) if isinstance(fact.value, Span) else fact.value
    return replace(fact, value=value, when=Span(fact.when.lo + days, fact.when.hi + days))


def fact(on: date, **stated: Any) -> Fact:
    """A fact of a day in the notation of worked cases: fact(day, haemoglobin="9.1 g/dL"), fact(day, death=day)."""
    return read_fact({**stated, "on": on}, nelmas().vocabulary, "", "a test")


def consent(on: date, version: str = CONSENT) -> Fact:
    """A consent to a version of the form."""
    return fact(on, consent={"version": version})


def before_dose(on: date) -> list[Fact]:
    """All that must be on record on the day of a dose."""
    values = [fact(on, **{concept: value}) for concept, value in _READY.items()]
    return [*values, fact(on, bilirubin="0.7 mg/dL", high="1.2 mg/dL")]


_READY: Final[dict[str, Any]] = {
    "haemoglobin": "12.4 g/dL", "white_cells": "5.8 10*9/L", "neutrophils": "3.4 10*9/L", "platelets": "241 10*9/L",
    "creatinine": "0.8 mg/dL", "weight": "64 kg", "alt": "24 U/L", "ast": "22 U/L", "albumin": "4.1 g/dL",
    "somatostatin_analogue": "none",
    "premedication": {"amino_acids": "yes", "antiemetic": "yes"},
}  # fmt: skip
