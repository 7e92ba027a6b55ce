"""One frozen fact: about whom, what, when, and from where. Facts are only ever added."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple, TypeGuard

from .dates import ANY_DAY, LATEST, Span
from .quantities import Quantity


class Choice(NamedTuple):
    """The answers given, by name: one for a plain choice or yes/no, several where the concept allows it."""

    answers: frozenset[str]

    def __str__(self) -> str:
        return ", ".join(sorted(self.answers))


class Text(NamedTuple):
    """Words that no rule can judge; shown to the person who can."""

    text: str


class Nothing(NamedTuple):
    """The statement "none": this person had no such event or finding up to the fact's date."""


Value = Quantity | Choice | Span | Text | Nothing | Mapping[str, "Value"]

NOTHING: Final = Nothing()
ONGOING: Final = Span(LATEST, LATEST)


def chosen(*answers: str) -> Choice:
    """The value of a choice or of a yes/no question."""
    return Choice(frozenset(answers))


def is_record(value: Value) -> TypeGuard[Mapping[str, Value]]:
    """Is the value a record's? Every other kind of value is a named tuple."""
    return not isinstance(value, tuple)


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """The laboratory's own limits for this very value. Either side may be unknown (None)."""

    low: Quantity | None = None
    high: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about one person.

    person: the person's identifier in the source; never a name.
    concept: a name of the protocol's concepts. value: as reported, in the reported unit; a record's value maps
    field names to values. A record keeps its date in `when`, not in its fields.
    when: the days on which it was observed, or began; ANY_DAY when the source gives no date.
    end: the days on which it ended, for what lasts (a treatment); ONGOING when it goes on; None for one moment.
    source: the resource, or file, line and column, that says so.
    reported: the value as the source wrote it, for showing beside the value as read.
    reference: the laboratory's own limits of this value; `limits` of a record's fields are not kept.
    doubt: why the value must not be used although it stands there (unknown unit, implausible, preliminary);
    a doubtful latest value is not passed over for an older one.
    issued: when the source issued it (ISO text): of two facts that say different things of one moment it does not
    decide. supersedes: the `id` of the fact that this one corrects.
    """

    person: str
    concept: str
    value: Value
    when: Span = ANY_DAY
    end: Span | None = None
    source: str = ""
    reported: str = ""
    reference: ReferenceRange | None = None
    doubt: str = ""
    issued: str = ""
    id: str = ""
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in the source that no fact was made of, and why. Nothing vanishes.

    `kind` is a short class of reasons for counting ("unknown code", "no date", ...); `why` the sentence.
    `held` tells that a doubted fact stands for it all the same. `person` is empty where nobody can be told.
    """

    source: str
    what: str
    why: str
    kind: str
    person: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of its files: people in the order met, their facts, and what it could not read.

    people: identifier -> every other identifier by which the same person can be asked for.
    read: how many resources or rows were looked at. synthetic: the source says of itself that its people are made up.
    sites: person -> the site that treats them, by the name that the source gives it; nobody of whom it does not say.
    """

    people: Mapping[str, frozenset[str]]
    facts: tuple[Fact, ...]
    unread: tuple[Unread, ...] = ()
    read: int = 0
    synthetic: bool = False
    sites: Mapping[str, str] = field(default_factory=dict)

    def by_person(self) -> dict[str, list[Fact]]:
        """The facts of each person, also of people of whom no fact was read."""
        grouped: dict[str, list[Fact]] = {person: [] for person in self.people}
        for fact in self.facts:
            grouped.setdefault(fact.person, []).append(fact)
        return grouped


def current(facts: Iterable[Fact], on: date, planned: Callable[[str], bool] = lambda _: False) -> list[Fact]:
    """The facts that stand as of a day: without what was corrected, without what happened later, each once.

    planned: may the day of this concept lie ahead although it is known already (an appointment)?
    Of the same value of the same moment, the one with its reference range stands.
    """
    day = on.toordinal()
    facts = list(facts)
    corrected = {fact.supersedes for fact in facts if fact.supersedes}
    standing: dict[tuple[str, Span], list[Fact]] = {}
    for fact in facts:
        if (fact.when.lo > day and not planned(fact.concept)) or (fact.id and fact.id in corrected):
            continue
        alike = standing.setdefault((fact.concept, fact.when), [])
        twin = next((number for number, known in enumerate(alike) if _say_the_same(fact, known)), None)
        if twin is None:
            alike.append(fact)
        elif alike[twin].reference is None:
            alike[twin] = fact
    return [fact for alike in standing.values() for fact in alike]


def _say_the_same(one: Fact, other: Fact) -> bool:
    """Is the second fact of a moment the first once more, perhaps with the reference range that the other lacks?"""
    ranges = one.reference is None or other.reference is None or one.reference == other.reference
    return ranges and one.end == other.end and one.doubt == other.doubt and one.value == other.value


def record(**fields: Value) -> Mapping[str, Value]:
    """The value of a record: its fields by name."""
    return MappingProxyType(fields)
