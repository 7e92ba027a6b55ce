"""The boxes of a flow diagram: how many people, who they are, and into which parts they fall."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

Phase = Literal["enrolment", "allocation", "follow_up", "analysis"]

# The phases of the CONSORT 2025 flow diagram, as they stand beside it (Hopewell S et al., BMJ 2025;389:e081123,
# figure 1: enrolment, intervention allocation, follow-up, and data analysis).
PHASES: Final[Mapping[Phase, str]] = {
    "enrolment": "Enrolment", "allocation": "Allocation", "follow_up": "Follow-up", "analysis": "Analysis",
}  # fmt: skip


class Where(NamedTuple):
    """Where one person is on the day, since when, and why: the box, a clause, and the entries that say so."""

    person: str
    site: str
    arm: str
    box: str
    since: date | None
    why: str
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """One number of the diagram and the people behind it, by identifier.

    splits: each of its people is in exactly one part. Where it is False a person may be in several parts (the criteria
    that somebody does not meet) or in none.
    """

    id: str
    label: str
    people: tuple[str, ...]
    parts: tuple["Box", ...] = ()
    splits: bool = True

    @property
    def count(self) -> int:
        return len(self.people)

    def part(self, identifier: str) -> "Box":
        """The part of that id. Raises KeyError."""
        for part in self.parts:
            if part.id == identifier:
                return part
        raise KeyError(identifier)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Box"]]:
        """The box and all of its parts, each with how deep it lies."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


@dataclass(frozen=True, slots=True)
class ArmFlow:
    """One arm of the diagram; of a blinded one, everybody randomised, and only what does not tell the arm.

    received: got what they were allocated to; its parts say how far. not_received: parts are the reasons. waiting: may
    still get it. now: where everybody is, in parts that add up. recurred: whose disease came back, wherever they are;
    None where the trial records no recurrence.
    received, not_received, waiting and discontinued are None where the diagram is blinded.
    """

    arm: str
    label: str
    allocated: Box
    now: Box
    recurred: Box | None
    analysed: Box
    received: Box | None = None
    not_received: Box | None = None
    waiting: Box | None = None
    discontinued: Box | None = None

    @property
    def boxes(self) -> tuple[tuple[Phase, Box], ...]:
        """The boxes in the order of the diagram."""
        told: list[tuple[Phase, Box | None]] = [
            ("allocation", self.allocated), ("allocation", self.received), ("allocation", self.not_received),
            ("allocation", self.waiting), ("follow_up", self.discontinued), ("follow_up", self.now),
            ("follow_up", self.recurred), ("analysis", self.analysed),
        ]  # fmt: skip
        return tuple((phase, box) for phase, box in told if box is not None)


@dataclass(frozen=True, slots=True)
class Flow:
    """The numbers of the CONSORT 2025 flow diagram on a day, with the people behind each.

    head: the number of the ledger's last entry that is known. arms: one for each arm; one for all where it is blinded.
    everybody: where each person is and why.
    """

    acronym: str
    protocol: str
    on: date
    head: int
    blind: bool
    synthetic: bool
    assessed: Box
    excluded: Box
    screening: Box
    randomised: Box
    arms: tuple[ArmFlow, ...]
    everybody: tuple[Where, ...]

    @property
    def boxes(self) -> tuple[tuple[Phase, str, Box], ...]:
        """(phase, arm, box): every box of the first level; the arm is "" before the allocation."""
        first = (self.assessed, self.excluded, self.screening, self.randomised)
        enrolled: list[tuple[Phase, str, Box]] = [("enrolment", "", box) for box in first]
        return (*enrolled, *((phase, each.arm, box) for each in self.arms for phase, box in each.boxes))

    def where(self, person: str) -> Where:
        """Where a person is. Raises KeyError when nobody of that identifier was assessed by the day."""
        for each in self.everybody:
            if each.person == person:
                return each
        raise KeyError(person)


def split(identifier: str, label: str, people: Iterable[str], into: Mapping[str, str]) -> Box:
    """A box whose parts are the different texts that `into` gives each person, the commonest first."""
    members = tuple(people)
    groups: dict[str, list[str]] = {}
    for person in members:
        groups.setdefault(into[person], []).append(person)
    ordered = sorted(groups.items(), key=lambda group: -len(group[1]))
    parts = tuple(Box(f"{identifier}.{number}", text, tuple(them)) for number, (text, them) in enumerate(ordered, 1))
    return Box(identifier, label, members, parts)


# ---------------------------------------------------------------- the sums
def checks(found: Flow) -> tuple[str, ...]:
    """What does not add up, a sentence each; none in a flow that is right."""
    entered = (*found.excluded.people, *found.screening.people, *found.randomised.people)
    faults = [*_differs("assessed and excluded, in screening or randomised", found.assessed.people, entered)]
    allocated = [person for arm in found.arms for person in arm.allocated.people]
    faults += _differs("randomised and allocated", found.randomised.people, allocated)
    faults += _differs("the list of everybody and assessed", [w.person for w in found.everybody], found.assessed.people)
    for arm in found.arms:
        faults += _differs(f"{arm.label}: allocated and where they are now", arm.allocated.people, arm.now.people)
        faults += _differs(f"{arm.label}: allocated and analysed", arm.allocated.people, arm.analysed.people)
        if arm.received is not None and arm.not_received is not None and arm.waiting is not None:
            got = (*arm.received.people, *arm.not_received.people, *arm.waiting.people)
            faults += _differs(f"{arm.label}: allocated and received or not", arm.allocated.people, got)
    for _, arm, box in found.boxes:
        faults += [fault for _, each in box.walk() for fault in _parts(arm, each)]
    return tuple(faults)


def _parts(arm: str, box: Box) -> list[str]:
    name = f"{arm}: {box.label}".removeprefix(": ")
    within = [person for part in box.parts for person in part.people]
    if box.parts and box.splits:
        return _differs(f"{name} and its parts", box.people, within)
    return [f"{name}: {person} is in a part and not in the whole." for person in set(within) - set(box.people)]


def _differs(what: str, one: Iterable[str], other: Iterable[str]) -> list[str]:
    first, second = sorted(one), sorted(other)
    return [] if first == second else [f"{what} do not add up: {len(first)} and {len(second)}."]
