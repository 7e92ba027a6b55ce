"""Draws virtual people from a trial's assumptions: the entries of their records, and the facts that these state.

Nobody is copied: every value comes from a plan and a seed. The same seed gives the same people on every machine, and
the tenth person is the same whether ten are drawn or ten thousand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from itertools import pairwise
from typing import Literal

from ..concepts import Concept, Vocabulary
from ..dates import ANY_DAY, Span, read_span
from ..exchange.values import measured
from ..facts import NOTHING, ONGOING, Choice, Fact, ReferenceRange, Text, Value, record
from ..quantities import Quantity, converted, exactly, number_text, read_unit, unit_text
from .chance import EXACT, Chance
from .plans import (
    Always,
    By,
    DatePlan,
    FactPlan,
    FieldPlan,
    Guest,
    PeopleAssumptions,
    Plan,
    Report,
    Same,
    Spread,
    Weighed,
)

Status = Literal["final", "preliminary", "entered-in-error", "corrected", "superseded"]
# Of these the records themselves say that they do not count.
WITHDRAWN = ("entered-in-error", "superseded")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a person's records: the fact that it states, and how it states it.

    status: of the entry; from one that was entered in error or superseded by its correction nothing follows.
    unit: the unit as written (fields: by field name). code: "system|code" where the unit decides it.
    replaces: the id of the entry that this one corrects.
    """

    fact: Fact
    status: Status = "final"
    unit: str = ""
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    code: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class VirtualPerson:
    """Somebody who does not exist: identifiers, the scenario followed ("" for none), and the entries of the records."""

    id: str
    identifiers: tuple[str, ...]
    scenario: str
    entries: tuple[Entry, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the entries say that still stand: what a faultless reader finds in this person's records."""
        return tuple(entry.fact for entry in self.entries if entry.status not in WITHDRAWN)


def draw_people(
    assumptions: PeopleAssumptions, vocabulary: Vocabulary, count: int, seed: int, on: date, first: int = 1
) -> list[VirtualPerson]:
    """The people number `first` to `count` as their records stand on the day `on`.

    Person n depends on n, the seed and the day alone, not on how many are drawn.
    """
    with localcontext(EXACT):
        return [_Life(assumptions, vocabulary, number, seed, on).person() for number in range(first, count + 1)]


class _Life:
    """One person in the making: what was drawn of them so far."""

    def __init__(
        self, assumptions: PeopleAssumptions, vocabulary: Vocabulary, number: int, seed: int, on: date
    ) -> None:
        self.id = f"{assumptions.prefix}-{number:04d}"
        self.assumptions = assumptions
        self.vocabulary = vocabulary
        self.chance = Chance(f"{seed}/{self.id}")
        self.today = on.toordinal()
        self.guest: Guest | None = assumptions.guests[number - 1] if number <= len(assumptions.guests) else None
        self.traits: dict[str, str] = {}
        self.days: dict[str, int] = {"today": self.today}
        self.spans: dict[str, Span] = {}
        self.entries: list[Entry] = []

    def person(self) -> VirtualPerson:
        fixed = {**self.assumptions.model, **self.guest.traits} if self.guest else {}
        for name, plan in self.assumptions.traits.items():
            self.traits[name] = fixed.get(name) or self.answer(plan)
        own_dates = self.guest.dates if self.guest else {}
        for name, plan in self.assumptions.dates.items():
            self.days[name], self.spans[name] = self.day(own_dates.get(name, plan))
        for plan in self.plans():
            self.record(plan)
        scenario = self.guest.name if self.guest else ""
        return VirtualPerson(
            self.id, (self.id, *(self.guest.identifiers if self.guest else ())), scenario, tuple(self.entries)
        )

    def plans(self) -> list[FactPlan]:
        """The entries to draw: a guest's own stand in the place of the usual ones of their concepts."""
        if self.guest is None:
            return list(self.assumptions.facts)
        own = self.guest.facts
        instead = {plan.concept for plan in own if not plan.besides} | self.guest.without
        return [*(plan for plan in self.assumptions.facts if plan.concept not in instead), *own]

    # ------------------------------------------------------------ plans
    def resolve(self, plan: Plan) -> Plan:
        while isinstance(plan, By):
            plan = plan.per.get(self.traits[plan.trait], plan.other or Always(""))
        return plan

    def answer(self, plan: Plan) -> str:
        match self.resolve(plan):
            case Always(text):
                return text
            case Weighed(weights):
                return self.chance.pick(weights)
            case Same(trait):
                return self.traits[trait]
            case other:
                return str(self.number(other))

    def stated(self, plan: Plan) -> str:
        """The answer that a record states. Of a guest, who is to show one thing and no other, the likeliest."""
        plan = self.resolve(plan)
        if self.guest is not None and isinstance(plan, Weighed):
            return max(plan.weights, key=lambda each: each[1])[0]
        return self.answer(plan)

    def number(self, plan: Plan) -> Decimal:
        plan = self.resolve(plan)
        if not isinstance(plan, Spread):
            return Decimal(self.stated(plan))
        drawn: Decimal = getattr(self.chance, plan.shape)(plan.first, plan.second)
        drawn = drawn if plan.least is None else max(drawn, plan.least)
        return drawn if plan.most is None else min(drawn, plan.most)

    def happens(self, share: Plan) -> bool:
        """Does what has this probability happen? To a guest what is likely does, and what is unlikely does not."""
        number = self.number(share)
        return number >= Decimal("0.5") if self.guest is not None else self.chance.happens(number)

    # ------------------------------------------------------------ days
    def day(self, plan: str | DatePlan) -> tuple[int, Span]:
        """The true day, and the days that the records leave open."""
        if isinstance(plan, str):
            day = self.days[plan]
            return day, self.spans.get(plan, Span(day, day))
        if plan.anchor:
            amount = self.number(plan.amount) * (Decimal("365.2425") if plan.years else 1)
            day = self.days[plan.anchor] + plan.sign * int(amount.to_integral_value(ROUND_HALF_EVEN))
            span = Span(day, day)
        else:
            span = read_span(self.answer(plan.amount)) or ANY_DAY
            day = span.lo
        if plan.partial is not None:
            span = _as_exact_as(self.answer(plan.partial), day)
        return day, span

    # ------------------------------------------------------------ entries
    def record(self, plan: FactPlan) -> None:
        """Adds the entries of a plan: one for each of its days that has come."""
        if any(self.traits[trait] not in answers for trait, answers in plan.when.items()) or not self.happens(
            plan.share
        ):
            return
        concept = self.vocabulary[plan.concept]
        level: Decimal | None = None
        for each in plan.dates or ("",):
            day, when = self.day(each) if each else (self.today, ANY_DAY)
            if day > self.today:
                continue
            if plan.level_sd and plan.value.plan is not None:
                level = self.number(plan.value.plan) if level is None else level
                drawn: Plan = Spread("normal", level, plan.level_sd, level / 2)
                value = replace(plan.value, plan=drawn)
            else:
                value = plan.value
            self.add(plan, concept, value, when)

    def add(self, plan: FactPlan, concept: Concept, value: FieldPlan, when: Span) -> None:
        status = self.status(plan, concept)
        end = self.until(plan)
        if status == "corrected":
            wrong = plan.was or value
            old = self.entry(plan, concept, wrong, when, end, "superseded")
            self.entries.append(old)
            self.entries.append(replace(self.entry(plan, concept, value, when, end, "corrected"), replaces=old.fact.id))
            return
        entry = self.entry(plan, concept, value, when, end, status)
        if status == "preliminary":
            entry = replace(entry, fact=replace(entry.fact, doubt=entry.fact.doubt or "preliminary result"))
        self.entries.append(entry)
        if status == "final" and concept.kind == "quantity" and self.happens(self.slip("entered-in-error")):
            self.entries.append(self.entry(plan, concept, value, when, end, "entered-in-error"))

    def status(self, plan: FactPlan, concept: Concept) -> Status:
        """The status that the plan gives; of a number that is final, at times another one by the slips of records."""
        status = self.answer(plan.status)
        if status == "final" and concept.kind == "quantity":
            for slip in ("preliminary", "corrected"):
                if self.happens(self.slip(slip)):
                    return slip
        assert status in ("final", "preliminary", "entered-in-error", "corrected"), status
        return status

    def slip(self, name: str) -> Plan:
        return Always(str(self.assumptions.slips.get(name, 0)))

    def until(self, plan: FactPlan) -> Span | None:
        if not plan.until:
            return None
        if plan.until == "ongoing":
            return ONGOING
        day, span = self.day(plan.until)
        return ONGOING if day > self.today else span

    def entry(
        self, plan: FactPlan, concept: Concept, value: FieldPlan, when: Span, end: Span | None, status: Status
    ) -> Entry:
        source = f"{self.id}-{len(self.entries) + 1:03d}"
        fact = Fact(self.id, concept.name, NOTHING, when, end, f"virtual record {source}", id=source)
        if plan.none:
            return Entry(replace(fact, reported="none"), status)
        if concept.kind == "record":
            return self.whole_record(plan, concept, fact, status)
        if concept.kind == "quantity":
            assert value.plan is not None and value.report is not None
            number, written, doubt = self.quantity(value.plan, value.report, concept)
            limits = self.limits(value.report, number.unit) if self.happens(value.report.limits_share) else None
            fact = replace(fact, value=number, reported=_reported(number, written), reference=limits, doubt=doubt)
            return Entry(fact, status, written, code=value.report.codes.get(number.unit, ""))
        if concept.kind == "date":
            return Entry(replace(fact, value=when), status)
        assert value.plan is not None
        return Entry(replace(fact, value=self.words(value.plan, concept)), status)

    def whole_record(self, plan: FactPlan, concept: Concept, fact: Fact, status: Status) -> Entry:
        fields: dict[str, Value] = {}
        units: dict[str, str] = {}
        for name, part in plan.fields.items():
            if part.plan is None or not self.happens(part.share):
                continue
            if part.report is not None:
                fields[name], units[name], _ = self.quantity(part.plan, part.report, concept.fields[name])
            else:
                fields[name] = self.words(part.plan, concept.fields[name])
        return Entry(replace(fact, value=record(**fields)), status, units=units)

    def words(self, plan: Plan, concept: Concept) -> Value:
        answer = self.stated(plan)
        if concept.kind == "text":
            return Text(answer)
        return Choice(frozenset(part.strip() for part in answer.split("+")))

    def quantity(self, plan: Plan, report: Report, concept: Concept) -> tuple[Quantity, str, str]:
        """A number as reported, its unit as written, and what is doubtful about it."""
        drawn = exactly(self.number(plan), report.unit)
        unit = self.answer(report.units)
        known = converted(drawn, unit, concept.molar_mass) or drawn._replace(unit=unit)
        assert known.lo is not None
        number = known.lo.quantize(Decimal(1).scaleb(-report.decimals.get(unit, 0)), ROUND_HALF_EVEN)
        quantity = exactly(number, unit)
        if report.floor is not None and drawn.lo is not None and drawn.lo < report.floor and unit == report.unit:
            quantity = Quantity(None, report.floor, unit, hi_open=True)
        elif report.bounds and self.happens(report.interval_share):
            quantity = _interval(number, report.bounds, unit)
        spellings = self.assumptions.spellings.get(unit)
        written = self.chance.pick(spellings.weights) if spellings else unit
        result = measured(concept, quantity._replace(unit=""), written)
        return result.quantity, written, result.doubt

    def limits(self, report: Report, unit: str) -> ReferenceRange | None:
        pair = report.limits.get(unit)
        if pair is None:
            return None
        low, high = (None if each is None else exactly(each, unit) for each in pair)
        return ReferenceRange(low, high)


def _interval(number: Decimal, bounds: tuple[Decimal, ...], unit: str) -> Quantity:
    """The interval in which a number lies: below the first bound, from one to the next, or from the last on."""
    if number < bounds[0]:
        return Quantity(None, bounds[0], unit, hi_open=True)
    for low, high in pairwise(bounds):
        if number < high:
            return Quantity(low, high, unit)
    return Quantity(bounds[-1], None, unit)


def _as_exact_as(precision: str, day: int) -> Span:
    """The days that a record leaves open which states a day exactly, as a month, as a year, or not at all."""
    written = date.fromordinal(day).isoformat()
    if precision == "none":
        return ANY_DAY
    return read_span({"month": written[:7], "year": written[:4]}.get(precision, written)) or ANY_DAY


def _reported(number: Quantity, written: str) -> str:
    shown = unit_text(number.unit) if read_unit(written) is None else written
    return f"{number_text(number)} {shown}".strip()
