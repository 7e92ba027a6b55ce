"""What every step of a virtual person is made of: the clock, chance, and what is written down at the door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN
from typing import Any, Protocol

from ..eligibility.notation import read_fact
from ..facts import Fact, Text, is_record, record
from ..participant.moves import Refused
from ..protocol.model import Protocol as Protocol_
from ..trial import Trial
from .chance import Chance
from .people import VirtualPerson
from .rehearsal_assumptions import Found, RehearsalAssumptions
from .virtual_body import Body, Course


class Stage(Protocol):
    """What a path needs of the rehearsal: the clock and the queue, the door, and what is assumed."""

    seed: str
    trial: Trial
    assumed: RehearsalAssumptions
    protocol: Protocol_
    clock: Any
    refusals: list[str]

    @property
    def today(self) -> date: ...

    def at(self, day: date, what: Callable[[], None], name: str) -> None: ...

    def at_moment(self, moment: datetime, what: Callable[[], None]) -> None: ...

    def entered(self) -> None: ...


class Walk:
    """Somebody on their way: where they are, and how the next step is planned and written down."""

    def __init__(self, stage: Stage, virtual: VirtualPerson, site: str) -> None:
        self.stage, self.trial, self.assumed = stage, stage.trial, stage.assumed
        self.id, self.virtual, self.site = virtual.id, virtual, site
        self.coordinator, self.investigator = f"{site}-coordinator", f"{site}-investigator"
        self.pharmacist = f"{site}-pharmacist"
        self.randomised = self.finished = self.gone = self.treated = False
        self.body = Body(self.id, self.assumed, stage.seed, virtual.facts, stage.protocol.vocabulary)
        self.course: Course | None = None
        self.planned: set[str] = set()
        self.recurred = False
        self._tries = 0

    def chance(self, what: str) -> Chance:
        return Chance(f"{self.stage.seed}/{self.id}/{what}")

    def happens(self, share: str, what: str) -> bool:
        return self.chance(f"{share}/{what}").happens(self.assumed.share(share))

    def days(self, name: str, what: str = "") -> int:
        """A number of days between the two of an assumption."""
        low, high = self.assumed.days(name)
        return int(self.chance(f"{name}/{what}").uniform(low, high).to_integral_value(ROUND_HALF_EVEN))

    def later(self, days: int, what: Callable[[], None], name: str) -> None:
        """Plans the next step, which nobody takes who is gone by then."""
        self.on(self.stage.today + timedelta(days=days), what, name)

    def on(self, day: date, what: Callable[[], None], name: str) -> None:
        self.stage.at(day, lambda: None if self.gone else what(), f"{self.id}/{name}")

    def note(self, *facts: Fact, visit: str = "", reason: str = "", by: str = "") -> list[int]:
        """Records facts one by one, so that a refusal of one does not lose the others; the numbers of their entries."""
        written: list[int] = []
        for fact in facts:
            try:
                entries = self.trial.record(by or self.coordinator, self.id, fact, visit=visit, reason=reason)
                written += [entry.seq for entry in entries]
                self._answer_later(written[-1:])
            except Refused as refused:
                self.stage.refusals.append(str(refused))
        return written

    def _answer_later(self, entries: list[int]) -> None:
        """A question that the edit check opened is answered by the site, unless a correction comes first."""
        for query in [each for each in self.trial.state.queries.values() if each.about in entries and each.open]:
            day = self.today + timedelta(days=self.days("days_to_correction", f"query {query.entry}"))
            self.stage.at(day, lambda entry=query.entry: self._answer(entry), f"{self.id}/answer {query.entry}")

    def _answer(self, query: int) -> None:
        if self.trial.state.queries[query].open:
            self.trial.answer(self.coordinator, query, "The value is as in the source.")
            self.trial.close_query("data", query)

    @property
    def today(self) -> date:
        return self.stage.today

    def _consent(self) -> None:
        version = self.trial.state.consent_in_force(self.site, self.today)
        assert version is not None
        fact = self._found("consent", self.stage.protocol.conduct.consent, "consent form")
        assert is_record(fact.value)
        self.note(replace(fact, value=record(**{**fact.value, "version": Text(version.version)})))

    def _found(self, name: str, concept: str, source: str, day: date | None = None) -> Fact:
        """What the assumptions say is entered of this, of today or of a day."""
        return self._entered(self.assumed.found[name], concept, source, day)

    def _entered(self, found: Found, concept: str, source: str, day: date | None = None) -> Fact:
        return read_fact(
            {concept: dict(found.says), "on": day or self.today}, self.stage.protocol.vocabulary, self.id, source
        )
