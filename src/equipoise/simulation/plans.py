"""What a population is assumed to be like, as frozen data: plans of values, dates, entries of records, named guests.

A *plan* says how a value comes about; a *trait* is drawn first and steers other plans; a *date* is a day counted from
another; a *fact* is an entry of the records; a *guest* is a named scenario that one of the first people follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Literal

Shape = Literal["uniform", "normal", "lognormal"]


# ------------------------------------------------------------------ plans: how one value comes about
@dataclass(frozen=True, slots=True)
class Always:
    """Always this: an answer, a number or a date as text."""

    text: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """One of several answers, each as often as its weight says."""

    weights: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """A number: uniform from first to second; normal with mean, sd; lognormal with median, sigma. Cut at the ends."""

    shape: Shape
    first: Decimal
    second: Decimal
    least: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """The answer of a trait."""

    trait: str


@dataclass(frozen=True, slots=True)
class By:
    """Another plan for each answer of a trait; `other` for those not named."""

    trait: str
    per: Mapping[str, "Plan"]
    other: "Plan | None" = None


Plan = Always | Weighed | Spread | Same | By
ALL: Final = Always("1")


@dataclass(frozen=True, slots=True)
class DatePlan:
    """A day, so many days or years (`amount`) before (sign -1) or after (1) another; without an anchor a literal date.

    partial: how exactly records state it: day, month, year, none.
    """

    anchor: str
    sign: int
    amount: Plan
    years: bool = False
    partial: Plan | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How a number is reported.

    unit: that in which the plan draws; units: those in which it is reported. decimals, limits, codes: by unit (codes:
    "system|code" where the unit decides it). limits_share: how often the laboratory states its limits. floor: smaller
    numbers are reported as "<floor". bounds and interval_share: how often it is reported as one of the intervals
    between these bounds, and which.
    """

    unit: str
    units: Plan
    decimals: Mapping[str, int]
    limits: Mapping[str, tuple[Decimal | None, Decimal | None]]
    limits_share: Plan = ALL
    floor: Decimal | None = None
    bounds: tuple[Decimal, ...] = ()
    interval_share: Plan = Always("0")
    codes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """The value of a concept or of a field: how it comes about, how often it is stated, how it is reported."""

    plan: Plan | None
    share: Plan = ALL
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class FactPlan:
    """An entry of the records, or one on each of several days.

    when: trait -> answers under which there is such an entry. dates: names of dates, or one plan. until: the end of
    what lasts; "ongoing". none: the statement that there is none. level_sd: how far one person's values differ from day
    to day, where there are several. besides: a guest's entry beside the usual ones of its concept, not in their place.
    """

    concept: str
    value: FieldPlan
    when: Mapping[str, frozenset[str]]
    share: Plan
    dates: tuple[str | DatePlan, ...]
    until: str | DatePlan = ""
    fields: Mapping[str, FieldPlan] = field(default_factory=dict[str, FieldPlan])
    none: bool = False
    level_sd: Decimal = Decimal(0)
    status: Plan = Always("final")
    besides: bool = False
    was: FieldPlan | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """A named scenario: the model person, with traits, dates and entries of its own, and without some concepts."""

    name: str
    why: str
    traits: Mapping[str, str]
    dates: Mapping[str, DatePlan]
    facts: tuple[FactPlan, ...]
    without: frozenset[str]
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleAssumptions:
    """What the people of a centre are assumed to be like.

    model: the traits of a person in whom everything is as the trial wants it. spellings: unit code -> spellings in
    records, weighed. slips: how often a number is preliminary, entered in error beside the right one, or corrected.
    """

    prefix: str
    identifier_system: str
    traits: Mapping[str, Plan]
    model: Mapping[str, str]
    dates: Mapping[str, DatePlan]
    facts: tuple[FactPlan, ...]
    guests: tuple[Guest, ...]
    spellings: Mapping[str, Weighed]
    slips: Mapping[str, Decimal]
