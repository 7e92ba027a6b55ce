"""Who is lost where, and what each criterion costs: counted from patterns of truths, whoever made them.

A pattern is a number of people of whom the same is known. So a million people are a few thousand patterns, and the
same arithmetic serves one sheet and a country's warehouse.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from ..protocol.model import Criterion
from ..truth import FALSE, NOT, TRUE, Truth


@dataclass(frozen=True, slots=True)
class Pattern:
    """People of whom the same is known.

    truths: of each criterion's sentence as written, in the protocol's order (an exclusion that applies is TRUE).
    group: what they are told apart by, such as {"site": "S1", "month": "2026-05"}; "" where it is not on record.
    """

    truths: tuple[Truth, ...]
    group: Mapping[str, str]
    people: int


class Counts(NamedTuple):
    """People by the verdict about them."""

    eligible: int = 0
    undetermined: int = 0
    ineligible: int = 0

    @property
    def people(self) -> int:
        return sum(self)

    @property
    def possible(self) -> int:
        """Not excluded: eligible, or undetermined."""
        return self.eligible + self.undetermined

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*(one + more for one, more in zip(self, other, strict=True)))


class Step(NamedTuple):
    """What happens at one criterion, when people meet the criteria one after the other.

    lost: those it is surely against, and whom none before was against. newly_open: those still in of whom this is the
    first that is not known. kept: all up to here settled in favour. open: still in, with something not yet known.
    """

    criterion: Criterion
    lost: int
    newly_open: int
    kept: int
    open: int


class Cost(NamedTuple):
    """What one criterion costs by itself, wherever it stands in the order.

    against, unknown: of how many people it is surely against, or not known. alone: people whom it alone is against, who
    would no longer be excluded without it. eligible: people who would be eligible without it.
    """

    criterion: Criterion
    against: int
    unknown: int
    alone: int
    eligible: int


class Pair(NamedTuple):
    """What two criteria cost together.

    possible: people who would no longer be excluded without the two; eligible: who would be eligible without them.
    both: of `possible`, those whom both are against and nothing else, so that dropping one alone does not help them.
    """

    first: Criterion
    second: Criterion
    possible: int
    eligible: int
    both: int


@dataclass(frozen=True)
class Funnel:
    """People by the truths of a trial's criteria. Frozen; what is asked of it is worked out then.

    criteria: in the protocol's order. patterns: their truths are of these criteria, in this order.
    """

    criteria: tuple[Criterion, ...]
    patterns: tuple[Pattern, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if any(len(pattern.truths) != len(self.criteria) for pattern in self.patterns):
            raise ValueError(f"each pattern needs the truth of each of the {len(self.criteria)} criteria")

    @cached_property
    def _marks(self) -> Counter["Marks"]:
        """People by what is against them and what is not known of them, as sets of criteria."""
        kinds = tuple(criterion.kind for criterion in self.criteria)
        marked: Counter[Marks] = Counter()
        for pattern in self.patterns:
            marked[marks_of(pattern.truths, kinds)] += pattern.people
        return marked

    @cached_property
    def counts(self) -> Counts:
        """Everybody by the verdict about them."""
        return counted(self._marks)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The funnel: one step a criterion. At each, all the lost up to it, the kept and the open are everybody."""
        lost, opened = Counter[int](), Counter[int]()
        kept_until, open_until = Counter[int](), Counter[int]()
        end = len(self.criteria)
        for (against, unknown), people in self._marks.items():
            out, doubt = first_of(against, end), first_of(unknown, end)
            lost[out] += people
            if doubt < out:
                opened[doubt] += people
                open_until[out] += people
            kept_until[min(out, doubt)] += people
        steps: list[Step] = []
        kept, open_ = self.counts.people, 0
        for place, criterion in enumerate(self.criteria):
            kept -= kept_until[place]
            open_ += opened[place] - open_until[place]
            steps.append(Step(criterion, lost[place], opened[place], kept, open_))
        return tuple(steps)

    @cached_property
    def costs(self) -> tuple[Cost, ...]:
        """What each criterion costs by itself, in the protocol's order."""
        against, unknown = Counter[int](), Counter[int]()
        alone, only = Counter[int](), Counter[int]()
        for marks, people in self._marks.items():
            for place in range(len(self.criteria)):
                bit = 1 << place
                against[place] += people if marks.against & bit else 0
                unknown[place] += people if marks.unknown & bit else 0
                alone[place] += people if marks.against == bit else 0
                only[place] += people if marks.unfavourable == bit else 0
        return tuple(
            Cost(criterion, against[place], unknown[place], alone[place], only[place])
            for place, criterion in enumerate(self.criteria)
        )

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every two criteria that cost more together than each by itself, the costliest first."""
        against, unfavourable = Counter[int](), Counter[int]()
        for marks, people in self._marks.items():
            against[marks.against] += people
            unfavourable[marks.unfavourable] += people
        pairs: list[Pair] = []
        for one, other in combinations(range(len(self.criteria)), 2):
            bits = 1 << one, 1 << other, 1 << one | 1 << other
            if against[bits[2]] or unfavourable[bits[2]]:
                possible = sum(against[bit] for bit in bits)
                eligible = sum(unfavourable[bit] for bit in bits)
                pairs.append(Pair(self.criteria[one], self.criteria[other], possible, eligible, against[bits[2]]))
        return tuple(sorted(pairs, key=lambda pair: (-pair.both, -pair.possible, -pair.eligible)))

    def without(self, *dropped: str) -> Counts:
        """Everybody by the verdict that they would have without these criteria (their ids). Raises KeyError."""
        ids = [criterion.id for criterion in self.criteria]
        unknown_ids = [each for each in dropped if each not in ids]
        if unknown_ids:
            raise KeyError(unknown_ids[0])
        left = ~sum(1 << ids.index(each) for each in set(dropped))
        kept: Counter[Marks] = Counter()
        for (against, unknown), people in self._marks.items():
            kept[Marks(against & left, unknown & left)] += people
        return counted(kept)

    def by(self, *keys: str) -> dict[tuple[str, ...], Counts]:
        """The counts for each value of these keys of the patterns' groups ("" where not on record), in order."""
        kinds = tuple(criterion.kind for criterion in self.criteria)
        found: dict[tuple[str, ...], Counter[Marks]] = {}
        for pattern in self.patterns:
            value = tuple(pattern.group.get(key, "") for key in keys)
            found.setdefault(value, Counter())[marks_of(pattern.truths, kinds)] += pattern.people
        return {value: counted(found[value]) for value in sorted(found)}


class Marks(NamedTuple):
    """Sets of criteria, one bit a place: which are against, and which are not known."""

    against: int
    unknown: int

    @property
    def unfavourable(self) -> int:
        return self.against | self.unknown

    def with_favour(self, place: int, favour: Truth) -> "Marks":
        """The marks with one place marked anew: TRUE speaks for entering, FALSE against it."""
        bit = 1 << place
        against, unknown = self.against & ~bit, self.unknown & ~bit
        if favour is TRUE:
            return Marks(against, unknown)
        return Marks(against | bit, unknown) if favour is FALSE else Marks(against, unknown | bit)


def marks_of(truths: Sequence[Truth], kinds: Sequence[str]) -> Marks:
    """The marks of one pattern; `kinds`: inclusion or exclusion, of each criterion."""
    against = unknown = 0
    for place, (truth, kind) in enumerate(zip(truths, kinds, strict=True)):
        favour = favour_of(truth, kind)
        if favour is FALSE:
            against |= 1 << place
        elif favour is not TRUE:
            unknown |= 1 << place
    return Marks(against, unknown)


def favour_of(truth: Truth, kind: str) -> Truth:
    """Does the truth of a criterion's sentence speak for entering?"""
    return truth if kind == "inclusion" else NOT[truth]


def counted(marked: Mapping[Marks, int]) -> Counts:
    """Eligible with no mark at all, ineligible with one against."""
    eligible = sum(people for marks, people in marked.items() if not marks.unfavourable)
    ineligible = sum(people for marks, people in marked.items() if marks.against)
    return Counts(eligible, sum(marked.values()) - eligible - ineligible, ineligible)


def first_of(marks: int, end: int) -> int:
    """The first place that is marked; `end` where none is."""
    return (marks & -marks).bit_length() - 1 if marks else end


def joined(patterns: Iterable[Pattern]) -> tuple[Pattern, ...]:
    """The patterns with what is alike counted together, in a fixed order, whatever order the people came in."""
    people: Counter[tuple[tuple[Truth, ...], tuple[tuple[str, str], ...]]] = Counter()
    for pattern in patterns:
        people[pattern.truths, tuple(sorted(pattern.group.items()))] += pattern.people
    ordered = sorted(people.items(), key=lambda each: (each[0][1], [truth.value for truth in each[0][0]]))
    return tuple(Pattern(truths, dict(group), number) for (truths, group), number in ordered)
