"""The treatment of a trial as frozen data: levels, cycles, and the rules that hold, reduce or stop a dose."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from ..dates import Duration
from ..quantities import Quantity
from ..rules.nodes import Grade, Moment, Rule, every_rule
from .product import Product

DoseAction = Literal["stop", "hold", "reduce"]
When = Literal["prescription", "infusion"]
Around = Literal["before", "during", "after", "later"]

# When advice is to be heeded, as people read it.
ADVISED: Final[Mapping[Around, str]] = MappingProxyType(
    {"before": "Before", "during": "During the infusion", "after": "After it", "later": "In the months after"}
)


@dataclass(frozen=True, slots=True)
class Level:
    """One activity that can be given. concept: the record that says that it was.

    whole_vial: the vial is made for this activity and given whole, so its volume has a least as well as a most.
    """

    id: str
    label: str
    activity: Quantity
    concept: str
    source: str
    whole_vial: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Cycle:
    """One dose of the treatment: from when to when after its moment, both days included.

    extended: how much later it may be, and for what (a toxicity that had to pass); beyond it no day is left.
    """

    number: int
    moment: Moment
    earliest: Duration
    latest: Duration
    source: str
    extended: Duration | None = None
    extended_for: str = ""
    note: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class DoseRule:
    """A rule that stops, holds or reduces a dose while it holds true.

    toxicity: what it is about, in words; "" for what is no toxicity. message: what to do. cycles: to which it applies.
    unverified: a number in it was seen in no source that we could read. ours: never published by the trial.
    """

    id: str
    action: DoseAction
    toxicity: str
    text: str
    rule: Rule
    message: str
    source: str
    cycles: tuple[int, ...]
    unverified: bool = False
    ours: bool = False
    note: str = ""

    @property
    def graded(self) -> tuple[str, ...]:
        """The concepts whose grade it asks for."""
        grades = [node.look.concept for node in every_rule(self.rule) if isinstance(node, Grade)]
        return tuple(dict.fromkeys(grades))


@dataclass(frozen=True, slots=True)
class Ready:
    """What must be true before a dose. at: when it is asked, on prescribing or on the day of the infusion.

    message: what to do while it is not.
    """

    id: str
    label: str
    text: str
    rule: Rule
    message: str
    at: When
    source: str
    cycles: tuple[int, ...]
    unverified: bool = False
    ours: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class DoseWarning:
    """What a person should see beside the decision; it never changes it."""

    id: str
    text: str
    rule: Rule
    message: str
    source: str
    cycles: tuple[int, ...]
    unverified: bool = False
    ours: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to heed around an infusion, which no record is asked about: it is shown with a dose that may be given."""

    id: str
    when: Around
    message: str
    source: str
    cycles: tuple[int, ...]
    unverified: bool = False
    ours: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """The treatment of a trial; without levels there is none.

    arms: the ids of those who get it. levels: the full one first, then the reduced one.
    complete: concepts of which the sites are taken to enter every value of those they treat; each decision lists it.
    """

    label: str = ""
    source: str = ""
    arms: tuple[str, ...] = ()
    product: Product | None = None
    levels: tuple[Level, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    rules: tuple[DoseRule, ...] = ()
    ready: tuple[Ready, ...] = ()
    warnings: tuple[DoseWarning, ...] = ()
    advice: tuple[Advice, ...] = ()
    complete: tuple[str, ...] = ()

    def level(self, identifier: str) -> Level | None:
        """The level of that id; None when there is none."""
        return next((level for level in self.levels if level.id == identifier), None)

    def cycle(self, number: int) -> Cycle | None:
        """The cycle of that number; None when there is none."""
        return next((cycle for cycle in self.cycles if cycle.number == number), None)
