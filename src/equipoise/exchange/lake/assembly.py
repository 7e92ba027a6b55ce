"""One part from what was dealt to it: some people at a time are settled as the readers settle them, and written."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import orjson

from ...concepts import Vocabulary
from ...facts import Fact, Reading, Unread
from ..bindings import Bindings
from ..fact_json import fact_from_json
from ..fhir.draft_json import complaint_from_json, draft_from_json, item_from_json, specimen_from_json
from ..fhir.drafts import Gathered, Link, Specimen, Version
from ..fhir.settle import account, settle_facts
from ..fhir.versions import note
from ..strangers import with_strangers_told
from .duckdb import Database, Row
from .extract import COMPLAINT, CONDITION, DRAFT, FACT, LINK, MEDICATION, SPECIMEN, UNFAMILIAR, UNREAD_ENTRY, WAITING
from .layout import GENERAL
from .manifest import PartEntry
from .shuffle import VERSION, dealt_files, people_files
from .tally import Tally
from .writing import PartWriter, Person

_ROWS_AT_ONCE: Final = 20_000


@dataclass(slots=True)
class _Known:
    """Who is meant in what was dealt to some people."""

    person_of: dict[int, str] = field(default_factory=dict[int, str])
    named: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def resolve(self, subject: str, file: str) -> str:
        return self.named.get((subject, file), "")


@dataclass(slots=True)
class _Dealt:
    """What was dealt to some people, as the readers left it."""

    gathered: Gathered
    known: _Known = field(default_factory=_Known)
    facts: list[Fact] = field(default_factory=list[Fact])
    unread: list[Unread] = field(default_factory=list[Unread])


@dataclass(slots=True)
class General:
    """What is of nobody: what is to be told as it stands, the codes not used and the types passed over, counted."""

    unread: list[Unread]
    unused: dict[str, Counter[str]]
    skipped: Counter[str]

    def add_unused(self, codes: Mapping[str, Mapping[str, int]]) -> None:
        """Adds what was counted while a part was assembled."""
        self.unused = _summed(self.unused, codes)


def assemble(
    dealt: Path, lake: Path, number: int, generation: int, made_of: str, vocabulary: Vocabulary, bindings: Bindings,
    staging: Path, threads: int = 1, general: General | None = None,
) -> PartEntry:  # fmt: skip
    """Writes one part of the lake from what was dealt to it, and gives its entry. general: what else is to be told."""
    tally = Tally()
    unused: dict[str, Counter[str]] = {}
    with PartWriter(lake, number, generation, vocabulary, staging) as writer:
        with Database(threads, staging) as database:
            for people, rows in _some_people(database, dealt, number):
                _write(writer, tally, people, _settled(rows, vocabulary, bindings, unused))
        if general is not None:
            told = [*general.unread, *account(_summed(unused, general.unused), general.skipped)]
            writer.unread(told)
            tally.add(told)
        return writer.close(threads, made_of, tally.kinds(), unused)


def _summed(*accounts: Mapping[str, Mapping[str, int]]) -> dict[str, Counter[str]]:
    """How often each code of each type was met, over several accounts."""
    total: dict[str, Counter[str]] = defaultdict(Counter)
    for each in accounts:
        for kind, codes in each.items():
            total[kind].update(codes)
    return total


def _some_people(database: Database, dealt: Path, number: int) -> Iterator[tuple[list[Person], list[Row]]]:
    """Some people after the other, with all that was dealt to them. What is of nobody comes without people."""
    columns = ("key", "name", "also", "site")
    everybody = [
        Person(key, name, frozenset(also), site)
        for key, name, also, site in database.parquet_rows(people_files(dealt, number), columns, order=("key",))
    ]
    columns = ("key", "place", "seq", "kind", "own", "person", "content")
    rows = database.parquet_rows(dealt_files(dealt, number), columns, order=("key", "place", "seq"))
    before = 0
    for some in _some_rows(rows):
        upto = bisect_right(everybody, some[-1][0], lo=before, key=lambda person: person.key)
        yield everybody[before:upto], some
        before = upto
    yield everybody[before:], []


def _some_rows(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows of whole people, some thousand at a time; of nobody's, which belong to no person, just some thousand."""
    together: list[Row] = []
    for key, own in groupby(rows, key=lambda row: row[0]):
        for row in own:
            together.append(row)
            if key == GENERAL and len(together) >= _ROWS_AT_ONCE:
                yield together
                together = []
        if len(together) >= _ROWS_AT_ONCE:
            yield together
            together = []
    if together:
        yield together


def _settled(rows: list[Row], vocabulary: Vocabulary, bindings: Bindings, unused: dict[str, Counter[str]]) -> Reading:
    dealt = _Dealt(Gathered(vocabulary, bindings, unused=unused))
    for _, at, _, kind, own, person, content in rows:
        _TAKEN[kind](dealt, at, own, person, content)
    unread: list[Unread] = []
    facts = [*settle_facts(dealt.gathered, dealt.known, unread), *dealt.facts]
    reading = Reading({}, tuple(facts), (*unread, *dealt.unread))
    return with_strangers_told(reading, vocabulary)


def _write(writer: PartWriter, tally: Tally, people: list[Person], reading: Reading) -> None:
    facts: dict[str, list[Fact]] = defaultdict(list)
    for fact in reading.facts:
        facts[fact.person].append(fact)
    for person in people:
        writer.person(person, facts.get(person.name, []))
    writer.unread(reading.unread)
    tally.add(reading.unread)


# ---------------------------------------------------------------- each kind of row
def _name(dealt: _Dealt, at: int, own: bool, person: str, subject: str, file: str) -> None:
    if own:
        dealt.known.person_of[at] = person
    else:
        dealt.known.named[subject, file] = person


def _draft(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    draft = draft_from_json(content, at)
    _name(dealt, at, own, person, draft.subject, draft.file)
    dealt.gathered.drafts.append(draft)


def _complaint(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    complaint = complaint_from_json(content, at)
    _name(dealt, at, own, person, complaint.subject, complaint.file)
    dealt.gathered.complaints.append(complaint)


def _waiting(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    item, subject = item_from_json(content, at)
    _name(dealt, at, own, person, subject, item.file)
    dealt.gathered.waiting.append((item, subject))


def _link(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    report, members = orjson.loads(content)
    dealt.gathered.links.append(Link(report, tuple(members), "", "", at))


def _unfamiliar(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    kind, name, number = orjson.loads(content)
    if person:
        dealt.known.named[f"={person}", ""] = person
        dealt.gathered.unfamiliar.setdefault((f"={person}", "", kind), Counter())[name] += number


def _fact(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    fact = fact_from_json(content)
    dealt.facts.append(fact if fact.person == person else replace(fact, person=person))


def _entry(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    source, what, why, kind, named, held = orjson.loads(content)
    dealt.unread.append(Unread(source, what, why, kind, person or named, held))


def _version(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    key, updated, number, base, gone, origin = orjson.loads(content)
    if own:
        dealt.known.person_of[at] = person
    elif person:
        dealt.known.named[f"={person}", ""] = person
    whom = f"={person}" if person else ""
    note(key, Version(at, updated, number, whom, "", bool(gone), origin, base), dealt.gathered)


def _medication(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    key, line = orjson.loads(content)
    dealt.gathered.medications.setdefault(key, []).append(item_from_json(line, at)[0])


def _specimen(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    key, line = orjson.loads(content)
    found = specimen_from_json(line)
    if dealt.gathered.specimens.setdefault(key, found) != found:
        dealt.gathered.specimens[key] = Specimen(False, ())


def _condition(dealt: _Dealt, at: int, own: bool, person: str, content: str) -> None:
    key, line = orjson.loads(content)
    marks = frozenset(orjson.loads(line))
    dealt.gathered.conditions[key] = dealt.gathered.conditions.get(key, frozenset()) | marks


_TAKEN: Final[Mapping[str, Any]] = {
    DRAFT: _draft, COMPLAINT: _complaint, WAITING: _waiting, LINK: _link, UNFAMILIAR: _unfamiliar, FACT: _fact,
    UNREAD_ENTRY: _entry, VERSION: _version, MEDICATION: _medication, SPECIMEN: _specimen, CONDITION: _condition,
}  # fmt: skip
