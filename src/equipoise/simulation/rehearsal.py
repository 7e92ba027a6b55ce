"""A dress rehearsal: virtual people go through the real door of a trial on a virtual clock, from the first to the last.

Nobody in it exists, and nothing that comes out is a result of the trial. Every step is a verb of the same `Trial` that
a hospital uses, with the same refusals; the same seed gives the same ledger, to the byte.
"""

import heapq
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, localcontext
from hashlib import sha256
from itertools import count
from typing import Final

from ..conduct.randomiser import Randomiser
from ..faults import Fault
from ..ledger.chain import Salt
from ..ledger.store import Store
from ..protocol.model import Protocol
from ..trial import Trial
from .chance import EXACT, Chance
from .people import VirtualPerson, draw_people
from .rehearsal_assumptions import RehearsalAssumptions
from .virtual_body import YEAR
from .virtual_path import Path

SPONSOR, MONITOR, DATA = "sponsor", "monitor", "data"
_MONTH: Final = YEAR / 12
_OPENS: Final = time(8)
_CLOSES: Final = time(17)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a rehearsal is asked for.

    people: how many are to be randomised. seed: of every draw. accrual: how many a month are hoped for; None: as many
    as the accrual plan needs. years: how long the clock runs at most.
    """

    people: int
    seed: int
    accrual: Decimal | None = None
    years: int = 15


class VirtualClock:
    """The clock of the rehearsal: it stands at the moment of what is done, and moves on a little with each step."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def reach(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


def salts(seed: int) -> Salt:
    """The salts of a rehearsal's ledger, made from its seed: there is nothing to conceal in it."""
    numbers = count()
    return lambda: _secret(seed, f"salt/{next(numbers)}")


def list_seed(seed: int) -> bytes:
    """The seed of the random list of a rehearsal."""
    return _secret(seed, "randomisation")


def checkpoint_key(seed: int) -> bytes:
    """The key that signs the checkpoint of a rehearsal."""
    return _secret(seed, "checkpoint")


def _secret(seed: int, what: str) -> bytes:
    return hmac.new(f"rehearsal/{seed}".encode(), what.encode(), sha256).digest()


class Rehearsal:
    """The stage: the clock, what is to happen next, the sites, and the people on their paths."""

    def __init__(self, protocol: Protocol, assumed: RehearsalAssumptions, settings: Settings, store: Store) -> None:
        if not protocol.allocation.scheme.method:
            raise Fault(f"{protocol.acronym} has no randomisation.toml: nobody could be allocated in a rehearsal.")
        self.protocol, self.assumed, self.settings = protocol, assumed, settings
        self.seed = str(settings.seed)
        self.clock = VirtualClock(datetime.combine(assumed.starts - timedelta(days=30), _OPENS, UTC))
        self.randomiser = Randomiser.in_memory(protocol.allocation, list_seed(settings.seed))
        self.trial = Trial.opened(protocol, store, self.clock, SPONSOR, self.randomiser, synthetic=True)
        self.paths: dict[str, Path] = {}
        self.recruiting = True
        self.refusals: list[str] = []
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._referred = 0

    # ---------------------------------------------------------------- the clock
    def at(self, day: date, what: Callable[[], None], name: str) -> None:
        """Plans something for a day, at an hour of its own that depends on the name alone."""
        minutes = int(Chance(f"{self.seed}/{name}/{day}").uniform(Decimal(0), Decimal(9 * 60)))
        moment = datetime.combine(day, _OPENS, UTC) + timedelta(minutes=minutes)
        self.at_moment(moment, what)

    def at_moment(self, moment: datetime, what: Callable[[], None]) -> None:
        """Plans something for a moment; what is past already comes at once."""
        heapq.heappush(self._queue, (max(moment, self.clock.moment), next(self._numbers), what))

    @property
    def today(self) -> date:
        return self.clock.moment.date()

    def run(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Plays the trial to its end, or until the clock has run its years.

        progress: called with the number of people who have been randomised and finished, and twice the number wanted.
        """
        with localcontext(EXACT):
            self._open()
            last = datetime.combine(self.assumed.starts, _OPENS, UTC) + timedelta(days=int(self.settings.years * YEAR))
            for done in self._steps(last):
                if progress is not None:
                    progress(done, 2 * self.settings.people)
            self._close()

    def _steps(self, last: datetime) -> Iterator[int]:
        told = -1
        while self._queue and self._queue[0][0] <= last and not self._over:
            moment, _, what = heapq.heappop(self._queue)
            self.clock.reach(moment)
            what()
            done = self.trial.state.allocated + sum(path.finished for path in self.paths.values() if path.randomised)
            if done != told:
                told = done
                yield done

    @property
    def _over(self) -> bool:
        """Is nobody left in the trial, and nobody coming?"""
        return not self.recruiting and all(path.finished for path in self.paths.values())

    # ---------------------------------------------------------------- the beginning
    def _open(self) -> None:
        trial = self.trial
        trial.grant(SPONSOR, MONITOR, "monitor")
        trial.grant(SPONSOR, DATA, "data_manager")
        trial.bring_consent_into_force(SPONSOR, "1.0", self.today)
        trial.commit_randomisation(SPONSOR)
        for number in range(1, self.assumed.sites + 1):
            opens = self.assumed.starts + timedelta(days=(number - 1) * int(self.assumed.share("opening_every")))
            self.at(opens, lambda site=f"S{number:02d}": self._open_site(site), f"open S{number:02d}")
        second = self.assumed.starts + timedelta(days=int(self.assumed.share("new_consent_after")))
        self.at(second, lambda: self._new_consent("2.0"), "consent 2.0")
        end = self.assumed.starts + timedelta(days=int(self.assumed.share("longest_accrual") * _MONTH))
        self.at(end, self._stop_recruiting, "end of recruitment")

    def _open_site(self, site: str) -> None:
        trial = self.trial
        trial.open_site(SPONSOR, site)
        for role in ("investigator", "coordinator", "pharmacist"):
            trial.grant(SPONSOR, f"{site}-{role}", role, site)
        self._plan_referral(site)

    def _new_consent(self, version: str) -> None:
        """A new version of the form: who is in the trial is asked again at the next visit."""
        self.trial.bring_consent_into_force(SPONSOR, version, self.today)

    def _stop_recruiting(self) -> None:
        if self.recruiting:
            self.recruiting = False
            for path in list(self.paths.values()):
                path.too_late()

    # ---------------------------------------------------------------- people come
    def _plan_referral(self, site: str) -> None:
        """The next person who is referred to a site, if recruitment still goes on by then."""
        rate = self._referrals_a_month / self.assumed.sites
        self._referred += 1
        person = f"{self.assumed.people.prefix}-{self._referred:04d}"
        wait = Chance(f"{self.seed}/{person}/referral").waiting(rate) * _MONTH
        day = self.today + timedelta(days=int(wait))
        number = self._referred
        self.at(day, lambda: self._refer(site, number), f"refer {person}")

    @property
    def _referrals_a_month(self) -> Decimal:
        months = Decimal((self.assumed.by - self.assumed.starts).days) / _MONTH
        hoped = self.settings.accrual if self.settings.accrual is not None else self.settings.people / months
        return max(hoped, Decimal("0.0001")) / self.assumed.share("share_entering")

    def _refer(self, site: str, number: int) -> None:
        if not self.recruiting:
            return
        self._plan_referral(site)
        person = self._drawn(number)
        self.paths[person.id] = path = Path(self, person, site)
        path.begin()

    def _drawn(self, number: int) -> VirtualPerson:
        """Person number `number`, as the records stand today."""
        return draw_people(
            self.assumed.people, self.protocol.vocabulary, number, self.settings.seed, self.today, number
        )[0]

    def entered(self) -> None:
        """Somebody was randomised; with the last one wanted, recruitment ends."""
        if self.trial.state.allocated >= self.settings.people:
            self._stop_recruiting()

    # ---------------------------------------------------------------- the end
    def _close(self) -> None:
        """Open questions are answered, casebooks signed, the data locked, and the seed of the list revealed."""
        trial = self.trial
        for query in [each for each in trial.state.queries.values() if each.open]:
            if not query.answer:
                trial.answer(self.paths[query.person].coordinator, query.entry, "The value is as in the source.")
            trial.close_query(DATA, query.entry)
        for person in list(trial.state.randomised):
            trial.sign(self.paths[person.person].investigator, person.person)
        points = trial.open_points()
        trial.lock(DATA, {point: "The rehearsal ends here." for point in points})
        trial.reveal(SPONSOR)
