"""What was read out of some files, set aside as tables until it is known who is who; and kept, to be used again.

The tables, all with the number of their source (a digest of its path and state):
routes: whom something is about, as the source names them. rows: drafts, complaints and the like, each with its route.
versions: every resource met. patients: what tells people apart. wants, shared: references from one resource to
another, and the resources that are referred to. accounts: what is only counted. people: of a source of whole people.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from ...facts import Reading, Unread
from ..fact_json import fact_json
from ..fhir.bundles import file_of, target, targets
from ..fhir.draft_json import complaint_json, draft_json, item_json, specimen_json
from ..fhir.drafts import Complaint, Draft, Gathered, Version
from ..fhir.elements import Item, node
from ..fhir.people import Patient, known_as
from ..fhir.stream import NUMBER_BITS, Account, Batch
from .duckdb import Database
from .manifest import replace_file

# Of a row, what its content is.
DRAFT, COMPLAINT, WAITING, LINK, UNFAMILIAR, FACT, UNREAD_ENTRY = "d", "c", "w", "l", "u", "f", "e"
MEDICATION, SPECIMEN, CONDITION, ORGANIZATION = "m", "s", "k", "o"
NONE: Final = -1  # in a column of numbers: there is none

_ROUTED: Final = {"source": "BIGINT", "batch": "BIGINT", "route": "INTEGER"}
TABLES: Final[dict[str, dict[str, str]]] = {
    # own: the place of the Patient resource that it is of. first: where the person was met. seen: where it was named.
    "routes": {
        **_ROUTED, "own": "BIGINT", "subject": "VARCHAR", "file": "VARCHAR", "first": "BIGINT", "seen": "BIGINT",
    },
    "rows": {**_ROUTED, "ordinal": "BIGINT", "seq": "INTEGER", "kind": "VARCHAR", "content": "VARCHAR"},
    "versions": {
        **_ROUTED, "ordinal": "BIGINT", "key": "VARCHAR", "updated": "VARCHAR", "number": "VARCHAR", "base": "VARCHAR",
        "gone": "BOOLEAN", "origin": "VARCHAR",
    },
    "patients": {
        "source": "BIGINT", "ordinal": "BIGINT", "key": "VARCHAR", "id": "VARCHAR", "identifiers": "VARCHAR",
        "known": "VARCHAR", "born": "VARCHAR", "file": "VARCHAR", "links": "VARCHAR", "base": "VARCHAR",
        "site": "VARCHAR", "organization": "VARCHAR",
    },
    "wants": {**_ROUTED, "key": "VARCHAR"},
    "shared": {"source": "BIGINT", "ordinal": "BIGINT", "kind": "VARCHAR", "key": "VARCHAR", "content": "VARCHAR"},
    "accounts": {"source": "BIGINT", "what": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR", "number": "BIGINT"},
    "people": {"source": "BIGINT", "ordinal": "BIGINT", "name": "VARCHAR", "also": "VARCHAR", "site": "VARCHAR"},
}  # fmt: skip
_PLACE: Final = (1 << NUMBER_BITS) - 1
_BATCH_BITS: Final = 20

Table = list[list[Any]]


class Extract:
    """The tables of one extract, filled batch after batch.

    number: of the extract, unlike any other's. sources, begins, names: of each piece of a file that it is made of, the
    number of its source, the byte at which it begins, and the name of its file (each of another file). spill: a folder
    for what does not fit into the memory.
    """

    def __init__(
        self, number: int, sources: Sequence[int], begins: Sequence[int], names: Sequence[str], spill: Path
    ) -> None:
        self.sources, self.begins = sources, begins
        self.number_of = {name: number for number, name in enumerate(names)}
        self.database = Database(1, spill, memory="300MB")
        self.batches = number << _BATCH_BITS
        self.met = 0
        self.filled = False
        self.tables: dict[str, Table] = {}

    def add(self, batch: Batch) -> None:
        """Sets aside what a batch of FHIR resources left behind."""
        self._begin()
        routes = _Routes(self, batch.gathered)
        gathered = batch.gathered
        for subject, file in gathered.subjects:
            routes.met(subject, file)
        self._rows(gathered, routes)
        self._versions(gathered, routes)
        for patient in gathered.patients:
            self._patient(patient)
        for number, account in batch.accounts.items():
            self._account(number, account)
        for number, each in batch.unread:
            self._unread(number, each, routes)
        routes.end()
        self._end()

    def reading(self, number: int, reading: Reading) -> None:
        """Sets aside a reading of whole people: its facts, and what could not be read."""
        self._begin()
        source = self.sources[number]
        for seq, (person, also) in enumerate(reading.people.items()):
            site = reading.sites.get(person, "")
            self._put("people", source, self.met + seq, person, _listed(also), site)
        routes = _Routes(self, None)
        for person in reading.people:
            routes.met(person, "", number)
        for seq, fact in enumerate(reading.facts):
            route = routes.of(number << NUMBER_BITS | self.met, fact.person, "")
            self._row(route, number << NUMBER_BITS | self.met, seq, FACT, fact_json(fact).decode())
        for each in reading.unread:
            self._unread(number, each, routes)
        self._count(source, "read", "", "", reading.read)
        self._count(source, "synthetic", "", "", int(reading.synthetic))
        routes.end()
        self._end()

    # ------------------------------------------------------------ rows
    def _rows(self, gathered: Gathered, routes: "_Routes") -> None:
        seq = 0
        for draft in gathered.drafts:
            route = routes.of_draft(draft)
            self._row(route, draft.ordinal, seq, DRAFT, draft_json(draft))
            seq += 1
            if draft.specimen:
                self._want(route, draft.ordinal, draft.specimen)
            if draft.fasting and draft.fasting != draft.specimen:
                self._want(route, draft.ordinal, draft.fasting)
        for each in gathered.complaints:
            route = routes.of_draft(each)
            self._row(route, each.ordinal, seq, COMPLAINT, complaint_json(each))
            seq += 1
        for item, subject in gathered.waiting:
            # Its draft will be of the one whom its subject names, or of the Patient resource that it holds.
            route = routes.of(item.ordinal, subject, item.file, own="#" not in item.source)
            self._row(route, item.ordinal, seq, WAITING, item_json(item, subject))
            seq += 1
            for key in _wanted(item):
                self._want(route, item.ordinal, key)
        for link in gathered.links:
            content = orjson.dumps([link.report, link.members]).decode()
            self._row(routes.of(link.ordinal, link.subject, link.file), link.ordinal, seq, LINK, content)
            seq += 1
        for (subject, file, kind), names in gathered.unfamiliar.items():
            at = self.number_of[file_of(file)] << NUMBER_BITS
            route = routes.of(at, subject, file, own=False)
            for name, number in names.items():
                self._row(route, at, seq, UNFAMILIAR, orjson.dumps([kind, name, number]).decode())
                seq += 1
        for items in gathered.medications.values():
            for item in items:
                self._share(item.ordinal, MEDICATION, item.key, item_json(item, ""))

    def _versions(self, gathered: Gathered, routes: "_Routes") -> None:
        for key, found in gathered.versions.items():
            for each in (found,) if isinstance(found, Version) else found:
                route = routes.of(each.ordinal, each.subject, each.file)
                self._put(
                    "versions", *self._at(route, each.ordinal), each.ordinal & _PLACE, key, each.updated, each.number,
                    each.base, each.gone, each.source,
                )  # fmt: skip

    def _patient(self, patient: Patient) -> None:
        self._put(
            "patients", self.sources[patient.ordinal >> NUMBER_BITS], patient.ordinal & _PLACE, patient.key, patient.id,
            _listed(patient.identifiers), _listed(known_as(patient)), patient.born, patient.file,
            _listed(patient.links), patient.base, patient.site, patient.organization,
        )  # fmt: skip

    def _account(self, number: int, account: Account) -> None:
        source = self.sources[number]
        self._count(source, "read", "", "", account.read)
        self._count(source, "synthetic", "", "", int(account.synthetic))
        for kind, count in account.skipped.items():
            self._count(source, "skipped", kind, "", count)
        for file, count in account.empty.items():
            self._count(source, "empty", file, "", count)
        for kind, codes in account.unused.items():
            for code, count in codes.items():
                self._count(source, "unused", kind, code, count)
        at = number << NUMBER_BITS
        for key, specimen in account.specimens.items():
            self._share(at, SPECIMEN, key, specimen_json(specimen))
        for key, marks in account.conditions.items():
            self._share(at, CONDITION, key, orjson.dumps(sorted(marks)).decode())
        for key, name in account.organizations.items():
            self._share(at, ORGANIZATION, key, name)

    def _unread(self, number: int, each: Unread, routes: "_Routes") -> None:
        at = number << NUMBER_BITS
        content = orjson.dumps([each.source, each.what, each.why, each.kind, each.person, each.held]).decode()
        self._row(routes.of(at, each.person, "", own=False), at, 0, UNREAD_ENTRY, content)

    # ------------------------------------------------------------ tables
    def _begin(self) -> None:
        self.tables = {name: [[] for _ in columns] for name, columns in TABLES.items()}

    def _end(self) -> None:
        for name, lists in self.tables.items():
            self.database.put(name, TABLES[name], lists)
        self.batches += 1
        self.filled = True
        self.tables = {}

    def _put(self, table: str, *values: Any) -> None:
        for column, value in zip(self.tables[table], values, strict=True):
            column.append(value)

    def _at(self, route: int, ordinal: int) -> tuple[int, int, int]:
        return self.sources[ordinal >> NUMBER_BITS], self.batches, route

    def _row(self, route: int, ordinal: int, seq: int, kind: str, content: str) -> None:
        self._put("rows", *self._at(route, ordinal), ordinal & _PLACE, seq, kind, content)

    def _want(self, route: int, ordinal: int, key: str) -> None:
        self._put("wants", *self._at(route, ordinal), key)

    def _share(self, ordinal: int, kind: str, key: str, content: str) -> None:
        self._put("shared", self.sources[ordinal >> NUMBER_BITS], ordinal & _PLACE, kind, key, content)

    def _count(self, source: int, what: str, kind: str, name: str, number: int) -> None:
        self._put("accounts", source, what, kind, name, number)

    def save(self, folder: Path, name: str) -> None:
        """Writes the tables as files; the last tells that the extract is whole."""
        sizes: dict[str, int] = {}
        for table in TABLES:
            if not self.filled:
                break
            sizes[table] = self.database.one(f"SELECT count(*) FROM {table}")
            if sizes[table]:
                self.database.save(f"SELECT * FROM {table}", table_file(folder, name, table))
        self.database.connection.close()
        replace_file(folder / f"{name}.json", orjson.dumps({"sources": list(self.sources), "rows": sizes}))


class _Routes:
    """The routes of one batch: whom something is about -> the number of its route."""

    def __init__(self, extract: Extract, gathered: Gathered | None) -> None:
        self.extract = extract
        self.own = {patient.ordinal for patient in gathered.patients} if gathered else set[int]()
        self.known: dict[tuple[int, str, str], int] = {}
        self.lists: list[list[Any]] = []

    def of(self, ordinal: int, subject: str, file: str, own: bool = True) -> int:
        """The route of what stands at a place and is about a subject; own: a Patient resource there counts first."""
        mine = ordinal & _PLACE if own and ordinal in self.own else NONE
        # What is of the same file and subject goes the same way; what names nobody stays with its file.
        key = (ordinal if mine != NONE else NONE, subject, file or str(ordinal >> NUMBER_BITS))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = len(self.lists)
            source = self.extract.sources[ordinal >> NUMBER_BITS]
            self.lists.append([source, self.extract.batches, found, mine, subject, file, NONE, ordinal & _PLACE])
        return found

    def of_draft(self, draft: Draft | Complaint) -> int:
        return self.of(draft.ordinal, draft.subject, draft.file, own="#" not in draft.source)

    def met(self, subject: str, file: str, number: int = NONE) -> None:
        """Notes that a person was met here, after all who were met before."""
        extract = self.extract
        if number == NONE:
            number = extract.number_of[file_of(file)]
        route = self.of(number << NUMBER_BITS, subject, file, own=False)
        if self.lists[route][6] == NONE:
            self.lists[route][6] = extract.begins[number] + extract.met
            extract.met += 1

    def end(self) -> None:
        for row in self.lists:
            self.extract._put("routes", *row)


def _wanted(item: Item) -> Iterable[str]:
    """The keys of the medication and of the diagnoses to which a resource refers."""
    medication = target(node(item.resource, "medicationReference"), item, "Medication")
    return [key for key in (medication, *targets(item.resource, "reasonReference", item, "Condition")) if key]


def _listed(texts: Iterable[str]) -> str:
    return orjson.dumps(sorted(texts)).decode()


def table_file(folder: Path, name: str, table: str) -> Path:
    """The file of one table of an extract."""
    return folder / f"{name}.{table}.parquet"
