"""What the reading of one resource leaves behind, before it is known whose it is and what belongs together."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from ...concepts import Vocabulary
from ...dates import ANY_DAY, Span
from ...facts import ReferenceRange, Value
from ..bindings import Bindings
from .elements import Coding, Item, node, text, words
from .people import Patient

# fact: complete by itself. event: a record of its own, to which fields may be added. field: a field that belongs to a
# record. hint: a record that another resource may state better (a diagnosis naming a morphology).
Role = Literal["fact", "event", "field", "hint"]

NO_FIELDS: Mapping[str, Value] = {}


class Applies(NamedTuple):
    """One reference range of several: for whom it holds ("" and None: for all), ages in years."""

    limits: ReferenceRange
    sex: str = ""
    from_age: int | None = None
    to_age: int | None = None


class Draft(NamedTuple):
    """A fact in the making. `item` says from where; `subject` is the key of whom it is about.

    value: of a plain concept; fields: of a record. links: keys of resources with which it is one event or report.
    rank: whose date counts when several resources tell of one event (lower counts first). fasting: the specimen that
    must say that the person had fasted, None when nothing must. ranges: among which sex and age decide.
    """

    role: Role
    concept: str
    subject: str
    file: str
    ordinal: int
    key: str
    source: str
    value: Value | None = None
    fields: Mapping[str, Value] = NO_FIELDS
    when: Span = ANY_DAY
    end: Span | None = None
    reported: str = ""
    reference: ReferenceRange | None = None
    doubt: str = ""
    issued: str = ""
    links: frozenset[str] = frozenset()
    specimen: str = ""
    rank: int = 0
    fasting: str | None = None
    ranges: tuple[Applies, ...] = ()
    free_text: str = ""


def begun(role: Role, concept: str, item: Item, subject: str, **known: Any) -> Draft:
    """A draft from a resource: its origin, and what is known of it."""
    resource = item.resource
    issued = text(resource, "issued") or text(resource, "recordedDate") or text(node(resource, "meta"), "lastUpdated")
    return Draft(role, concept, subject, item.file, item.ordinal, item.key, item.source, issued=issued, **known)


class Complaint(NamedTuple):
    """Something that could not be read, before it is known whose it is."""

    source: str
    what: str
    why: str
    kind: str
    subject: str
    file: str
    ordinal: int
    held: bool = False


class Version(NamedTuple):
    """One occurrence of a resource: when it was last updated, its version, whether it says that it is gone."""

    ordinal: int
    updated: str
    number: str
    subject: str
    file: str
    gone: bool = False
    source: str = ""
    base: str = ""


class Link(NamedTuple):
    """A report that lists results: its key and theirs."""

    report: str
    members: tuple[str, ...]
    subject: str
    file: str
    ordinal: int


class Specimen(NamedTuple):
    """What a Specimen says that matters for its results: was the person fasting, and where was it taken."""

    fasting: bool
    sites: tuple[Coding, ...]


@dataclass(slots=True)
class Gathered:
    """What one pass over the files gathers; filled by the readers of the resource types, settled at the end."""

    vocabulary: Vocabulary
    bindings: Bindings
    drafts: list[Draft] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    versions: dict[str, Version | list[Version]] = field(default_factory=dict)
    specimens: dict[str, Specimen] = field(default_factory=dict)
    medications: dict[str, list[Item]] = field(default_factory=dict)
    conditions: dict[str, frozenset[str]] = field(default_factory=dict)
    waiting: list[tuple[Item, str]] = field(default_factory=list)
    subjects: dict[tuple[str, str], None] = field(default_factory=dict)
    unused: dict[str, Counter[str]] = field(default_factory=dict)
    unfamiliar: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    organizations: dict[str, str] = field(default_factory=dict)
    read: int = 0
    synthetic: bool = False

    def complain(self, item: Item, subject: str, kind: str, why: str, what: str = "", held: bool = False) -> None:
        """Notes that a resource, or a part of it, could not be read."""
        self.complaints.append(
            Complaint(item.source, what or item.key, why, kind, subject, item.file, item.ordinal, held)
        )

    def pass_over(self, item: Item, codes: list[Coding], name: str = "", subject: str = "") -> None:
        """Counts a resource whose codes the protocol does not use; `name` tells people what a code stands for.

        With a subject it is also kept by name for that person, since a code list can never be whole.
        """
        kind = item.resource["resourceType"]
        if subject and text(item.resource, "status") != "entered-in-error":
            shown = name or words(item.resource.get("code")) or "(no name)"
            self.unfamiliar.setdefault((subject, item.file, kind), Counter())[shown] += 1
        counted = self.unused.get(kind)
        if counted is None:
            counted = self.unused[kind] = Counter()
        counted[f"{codes[0][1] if codes else '(no code)'} {name}".strip()] += 1
