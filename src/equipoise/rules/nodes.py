"""The closed set of things that a rule may say."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, get_args

from ..dates import NO_TIME, Duration
from ..quantities import Comparison, Quantity

Selector = Literal["latest", "first", "highest", "lowest", "any", "every"]
SELECTORS: Final[tuple[str, ...]] = get_args(Selector)
HERE: Final = ""  # the concept of a look at the record that `where` is about


@dataclass(frozen=True, slots=True)
class Moment:
    """A named point in time: today (`look` is None), or the date of the facts that `look` finds.

    `or_today`: while that date is not on record, today stands for it.
    """

    name: str
    look: "Look | None" = None
    or_today: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Days around a moment, both ends inclusive.

    before: from `far` before it (None: from ever) to `near` before it; after: likewise. around: from `far` before to
    `far` after. between: from `moment` to `other`.
    """

    side: Literal["before", "after", "around", "between"]
    moment: Moment
    near: Duration = NO_TIME
    far: Duration | None = None
    other: Moment | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """Which facts a rule looks at: of which concept (and field), which of several, in which window, of which kind."""

    concept: str
    field: str = ""
    selector: Selector = "latest"
    window: Window | None = None
    where: "Rule | None" = None


@dataclass(frozen=True, slots=True)
class Absolute:
    """A limit in numbers; several where the protocol states the same limit in several units."""

    stated: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """A multiple of the laboratory's own limit: upper (ULN) or lower (LLN) limit of normal."""

    times: Decimal
    side: Literal["ULN", "LLN"]


Limit = Absolute | OwnLimit


@dataclass(frozen=True, slots=True)
class Compare:
    """The value is below, above, equal to a limit: `haemoglobin < 8.0 g/dL`."""

    look: Look
    comparison: Comparison
    limit: Limit


@dataclass(frozen=True, slots=True)
class Is:
    """The answer is this, or among these: `liver is metastases`, `grade in [G1, G2]`.

    Of an answer that may hold several, `all`: every one given is among these; `some`: at least one is (`includes`).
    """

    look: Look
    answers: tuple[str, ...]
    quantifier: Literal["all", "some"] = "all"


@dataclass(frozen=True, slots=True)
class Normal:
    """The value lies within the laboratory's own reference range: `prothrombin_time is normal`."""

    look: Look


@dataclass(frozen=True, slots=True)
class Recorded:
    """There is such a fact; with latest, first or every: and it fulfils the `where`.

    Of the record at hand (within a `where`): it lies in the window (`dated on liver_resection`).
    """

    look: Look


@dataclass(frozen=True, slots=True)
class Count:
    """So many such facts: `count of anticancer_treatment >= 2`."""

    look: Look
    comparison: Comparison
    number: int


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time since the end of the latest such event, or until the next: `less than 4 weeks since liver_resection`."""

    look: Look
    comparison: Comparison
    duration: Duration
    direction: Literal["since", "until"] = "since"


@dataclass(frozen=True, slots=True)
class Age:
    """Completed years of age at a moment: `age >= 18 years at consent`."""

    comparison: Comparison
    years: int
    moment: Moment


@dataclass(frozen=True, slots=True)
class Change:
    """The value in percent of the last on or before the baseline: `creatinine rises >= 40 % from baseline`."""

    look: Look
    direction: Literal["rises", "falls"]
    comparison: Comparison
    percent: Decimal
    baseline: Moment


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a grading table: the value has at least this grade when it is so related to the limit."""

    grade: int
    comparison: Comparison
    limit: Limit


@dataclass(frozen=True, slots=True)
class Grade:
    """The grade of the value by the trial's table: `platelets grade >= 2`. `steps`: the table's lines, lowest first."""

    look: Look
    comparison: Comparison
    number: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The denial: true becomes false, unknown stays unknown."""

    part: "Rule"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these hold: `A and B`. False by one that is false, whatever is unknown."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds: `A or B`. True by one that is true, whatever is unknown."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Unless:
    """A unless B is A and not B; B is asked for only when A holds."""

    part: "Rule"
    exception: "Rule"


Rule = Compare | Is | Normal | Recorded | Count | Elapsed | Age | Change | Grade | Not | AllOf | AnyOf | Unless
NODE_TYPES: Final[tuple[type, ...]] = get_args(Rule)

TODAY: Final = Moment("today")


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    """The rules within a rule, one level down, the conditions of its looks included."""
    match rule:
        case Not(part):
            return (part,)
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Unless(part, exception):
            return (part, exception)
        case Age():
            return ()
        case _:
            return (rule.look.where,) if rule.look.where is not None else ()


def every_rule(rule: Rule) -> Iterator[Rule]:
    """The rule and all rules within it."""
    yield rule
    for part in parts_of(rule):
        yield from every_rule(part)


def moments_of(rule: Rule) -> Iterator[Moment]:
    """The moments that one node names itself (not those of its parts)."""
    match rule:
        case Age():
            yield rule.moment
        case Not() | AllOf() | AnyOf() | Unless():
            return
        case _:
            window = rule.look.window
            if window is not None:
                yield window.moment
                if window.other is not None:
                    yield window.other
            if isinstance(rule, Change):
                yield rule.baseline


def concepts_of(rule: Rule) -> frozenset[str]:
    """The names of all concepts that a rule looks at, those of its moments included."""
    found: set[str] = set()
    for node in every_rule(rule):
        if isinstance(node, Age):
            found.add("birth_date")
        elif not isinstance(node, Not | AllOf | AnyOf | Unless) and node.look.concept != HERE:
            found.add(node.look.concept)
        found.update(moment.look.concept for moment in moments_of(node) if moment.look is not None)
    return frozenset(found)


def depends_on_today(rule: Rule) -> bool:
    """Can the rule's truth change by the passing of days alone?"""
    return any(
        isinstance(node, Elapsed) or any(m.look is None or m.or_today for m in moments_of(node))
        for node in every_rule(rule)
    )
