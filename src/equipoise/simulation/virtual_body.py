"""A virtual participant's body: laboratory values over time, and what will happen to them, drawn before it happens.

All of it is made up of assumptions and a seed; the same seed gives the same course on every machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from ..concepts import Vocabulary
from ..dates import on_day
from ..facts import Fact, ReferenceRange
from ..quantities import Quantity, converted, exactly
from .chance import Chance
from .rehearsal_assumptions import Event, Lab, RehearsalAssumptions

YEAR: Final = Decimal("365.2425")
_FAR: Final = 40 * 366  # days: later than any rehearsal looks
_DEEPEST: Final = Decimal("0.97")


@dataclass(frozen=True, slots=True)
class Happening:
    """An adverse event that will begin on a day and last some days (None: for good)."""

    event: Event
    on: date
    lasts: int | None
    grade: int
    serious: bool


@dataclass(frozen=True, slots=True)
class Course:
    """What will happen to somebody after the randomisation, unless something else comes first.

    recurs: the day on which the disease is back, seen at the next scan unless `shows`. leaves, lost: the day on which
    they would withdraw, with the scope, or be out of reach.
    """

    recurs: date
    shows: bool
    where: str
    dies: date
    leaves: date
    scope: str
    lost: date


class Body:
    """One virtual participant: levels of laboratory values, and how the marrow takes a dose."""

    def __init__(self, person: str, assumed: RehearsalAssumptions, seed: str, facts: Iterable[Fact], words: Vocabulary):
        self.person, self.assumed, self.seed, self.words = person, assumed, seed, words
        self.doses: list[tuple[date, Decimal]] = []
        self.levels = {name: self._level(lab, facts) for name, lab in assumed.labs.items()}
        chance = Chance(f"{seed}/{person}/depth")
        self.depths = {name: chance.lognormal(lab.depth, lab.depth_sigma) for name, lab in assumed.labs.items()}

    def _level(self, lab: Lab, facts: Iterable[Fact]) -> Decimal:
        """The last level on record, else one that is drawn."""
        known = [fact for fact in facts if fact.concept == lab.concept and not fact.doubt]
        for fact in sorted(known, key=lambda fact: fact.when, reverse=True):
            mass = self.words[lab.concept].molar_mass
            value = converted(fact.value, lab.unit, mass) if isinstance(fact.value, Quantity) else None
            if value is not None and value.exact and value.lo:
                return value.lo
        return Chance(f"{self.seed}/{self.person}/level/{lab.concept}").lognormal(lab.median, lab.between)

    def dosed(self, on: date, share: Decimal) -> None:
        """A dose was given: this share of a full one."""
        self.doses.append((on, share))

    def value(self, concept: str, on: date) -> Fact:
        """The laboratory value of a day, with the laboratory's limits."""
        lab = self.assumed.labs[concept]
        chance = Chance(f"{self.seed}/{self.person}/{concept}/{on}")
        number = self.levels[concept] * chance.lognormal(Decimal(1), lab.within) if lab.within else self.levels[concept]
        for dosed, share in self.doses:
            number *= 1 - self._fallen(lab, (on - dosed).days) * share
        return self.measured(lab, number, on)

    def measured(self, lab: Lab, number: Decimal, on: date) -> Fact:
        """A number as the laboratory reports it on a day."""
        rounded = number.quantize(Decimal(1).scaleb(-lab.decimals), ROUND_HALF_EVEN)
        limits = None
        if lab.limits is not None:
            low, high = lab.limits
            limits = ReferenceRange(exactly(low, lab.unit), exactly(high, lab.unit))
        value = exactly(rounded, lab.unit)
        return Fact(
            self.person, lab.concept, value, on_day(on), source="virtual laboratory", reported=str(value),
            reference=limits,
        )  # fmt: skip

    def _fallen(self, lab: Lab, days: int) -> Decimal:
        """The share by which a value has fallen so many days after a full dose: down to the nadir, and back."""
        if days <= 0 or days >= lab.recovery or not lab.depth:
            return Decimal(0)
        part = days / lab.nadir if days <= lab.nadir else (lab.recovery - days) / (lab.recovery - lab.nadir)
        return min(self.depths[lab.concept], _DEEPEST) * Decimal(part)


# ---------------------------------------------------------------- what will happen
def course_of(person: str, assumed: RehearsalAssumptions, seed: str, on: date, treated: bool) -> Course:
    """The course of somebody who is randomised on a day."""
    chance = Chance(f"{seed}/{person}/course")
    ratio = assumed.share("hazard_ratio") if treated else Decimal(1)
    recurs = _after(on, _waiting(chance, assumed.numbers["recurrence"], ratio))
    shows = chance.happens(assumed.share("between_scans"))
    where = chance.pick(assumed.recurrence_weights) if assumed.recurrences else ""
    dies = min(
        _after(on, chance.waiting(assumed.share("deaths"))),
        _after(recurs, chance.waiting(assumed.share("deaths_after_recurrence"))),
    )
    leaves = _after(on, chance.waiting(assumed.share("withdrawals")))
    scope = chance.pick(assumed.weights("withdrawal_scopes"))
    lost = _after(on, chance.waiting(assumed.share("losses")))
    return Course(recurs, shows, where, dies, leaves, scope, lost)


def _waiting(chance: Chance, steps: list[list[Decimal]], ratio: Decimal) -> Decimal:
    """Years until an event of a piecewise constant hazard, multiplied by a ratio."""
    left, began = chance.waiting(Decimal(1)), Decimal(0)
    for until, rate in steps:
        hazard = Decimal(rate) * ratio
        span = Decimal(until) - began
        if hazard > 0 and left <= hazard * span:
            return began + left / hazard
        left -= hazard * span
        began = Decimal(until)
    return began


def _after(on: date, years: Decimal) -> date:
    return on + timedelta(days=min(int(years * YEAR) + 1, _FAR))


def events_of(
    person: str, assumed: RehearsalAssumptions, seed: str, on: date, dose: int, share: Decimal
) -> list[Happening]:
    """The adverse events after a dose (its number; this share of a full one), or over the study (dose 0)."""
    found: list[Happening] = []
    for event in assumed.events:
        if event.per_dose != bool(dose):
            continue
        chance = Chance(f"{seed}/{person}/event/{dose}/{event.term}")
        if not chance.happens(event.share * (share if event.per_dose else 1)):
            continue
        start = on + timedelta(days=_whole(chance, event.days))
        lasts = None if event.lasts is None else _whole(chance, event.lasts)
        grade = int(chance.pick(event.grades))
        serious = chance.happens(event.serious)
        found.append(Happening(event, start, lasts, grade, serious))
    return found


def _whole(chance: Chance, between: tuple[int, int]) -> int:
    return int(chance.uniform(Decimal(between[0]), Decimal(between[1])).to_integral_value(ROUND_HALF_EVEN))


def slipped(fact: Fact) -> Fact:
    """The value with its decimal point one place too far to the right: the commonest slip of the keyboard."""
    value = fact.value
    assert isinstance(value, Quantity) and value.lo is not None and value.hi is not None
    wrong = Quantity(value.lo * 10, value.hi * 10, value.unit)
    return Fact(
        fact.person, fact.concept, wrong, fact.when, source=fact.source, reported=str(wrong), reference=fact.reference
    )
