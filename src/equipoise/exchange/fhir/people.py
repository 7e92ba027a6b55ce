"""Who is who: Patient resources become people, and references to them are resolved; no name or address is ever read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from ...dates import ANY_DAY, Span, read_span
from ...facts import Unread
from .bundles import file_of, target
from .elements import Item, node, nodes, text


class Patient(NamedTuple):
    """One Patient resource: its key and id, its identifiers ("system|value"), its birth date as written; the managing
    organisation's name, or the key of its resource."""

    key: str
    id: str
    identifiers: frozenset[str]
    born: str
    file: str
    ordinal: int
    links: frozenset[str]
    base: str = ""
    site: str = ""
    organization: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """People as told apart: the person of each Patient resource, and of each reference to one."""

    person_of: Mapping[int, str]
    by_key: Mapping[str, tuple[Patient, ...]]
    by_identifier: Mapping[str, frozenset[str]]
    identifiers: Mapping[str, frozenset[str]]
    unread: tuple[Unread, ...]

    def resolve(self, subject: str, file: str) -> str:
        """The person whom a key means in a file; "" when several people could be meant, or nobody is."""
        if subject.startswith("?"):
            people = self.by_identifier.get(subject[1:], frozenset())
            if len(people) > 1:
                return ""
            return next(iter(people), subject.rpartition("|")[2])
        patients = self.by_key.get(subject)
        if patients is None:
            return subject.removeprefix("Patient/")
        if len(patients) > 1:
            patients = _nearest(patients, file)
        people = {self.person_of[patient.ordinal] for patient in patients}
        return people.pop() if len(people) == 1 else ""


def _nearest(patients: Sequence[Patient], where: str) -> tuple[Patient, ...]:
    """Of several patients with one key those of the same bundle, else of the same file, else of the same folder."""
    file = file_of(where)
    folder = PurePath(file).parent
    same_bundle = tuple(patient for patient in patients if patient.file == where)
    same_file = tuple(patient for patient in patients if file_of(patient.file) == file)
    same_folder = tuple(patient for patient in patients if PurePath(file_of(patient.file)).parent == folder)
    return same_bundle or same_file or same_folder or tuple(patients)


def patient_of(item: Item) -> Patient:
    """What tells one patient from another in a Patient resource."""
    resource = item.resource
    identifiers = frozenset(
        f"{text(each, 'system')}|{text(each, 'value').strip()}"
        for each in nodes(resource, "identifier")
        if text(each, "value").strip()
    )
    links = frozenset(key for each in nodes(resource, "link") if (key := target(node(each, "other"), item, "Patient")))
    name = item.key.removeprefix("Patient/")
    manager = node(resource, "managingOrganization")
    return Patient(
        item.key, name, identifiers, text(resource, "birthDate"), item.file, item.ordinal, links, item.base,
        text(manager, "display").strip(), target(manager, item, "Organization"),
    )  # fmt: skip


def _birth(patient: Patient) -> Span:
    return (read_span(patient.born) if patient.born else None) or ANY_DAY


def _may_be_one(patients: Iterable[Patient]) -> bool:
    """Could all be one person by their birth dates? A missing or partial date agrees with every date that it holds."""
    spans = [_birth(patient) for patient in patients]
    return max(span.lo for span in spans) <= min(span.hi for span in spans)


class _Groups:
    """Patients joined into people, step by step (union-find over positions)."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, at: int) -> int:
        while self.parent[at] != at:
            self.parent[at] = self.parent[self.parent[at]]
            at = self.parent[at]
        return at

    def join(self, one: int, other: int) -> None:
        self.parent[self.find(one)] = self.find(other)


def identify(patients: Sequence[Patient]) -> Identity:
    """Tells people apart. One id means one person unless birth dates or identifiers speak against it; one identifier
    (of one system) means one person unless birth dates speak against it. Both are reported."""
    groups = _Groups(len(patients))
    unread: list[Unread] = []
    by_key: dict[str, list[int]] = defaultdict(list)
    by_identifier: dict[str, list[int]] = defaultdict(list)
    for at, patient in enumerate(patients):
        by_key[patient.key].append(at)
        for identifier in patient.identifiers:
            if not identifier.startswith("|"):
                by_identifier[identifier].append(at)
    for positions in by_key.values():
        _join_by_key(positions, patients, groups)
    _join_by_identifier(by_identifier, patients, groups, unread)
    _join_by_link(by_key, patients, groups)
    return _named(patients, by_key, groups, unread)


def _join_by_key(positions: Sequence[int], patients: Sequence[Patient], groups: _Groups) -> None:
    """Versions and copies of one Patient resource; another person of the same id (another server's) stays apart.

    The same id with the same identifier is one resource, whose birth date may have been corrected.
    """
    if len(positions) < 2:
        return
    agree = _may_be_one(patients[at] for at in positions)
    for number, at in enumerate(positions):
        for other in positions[:number]:
            one, two = patients[at], patients[other]
            shared = one.identifiers & two.identifiers
            # Other identifiers, or the same number on another server: another person.
            strangers = _disjoint(one, two) or (one.base and two.base and one.base != two.base)
            if shared or (not strangers and (agree or (one.born and one.born == two.born))):
                groups.join(at, other)


def _disjoint(one: Patient, two: Patient) -> bool:
    """Have both identifiers, and none in common (a number without its system may be the other's)?"""
    numbers, others = ({each.partition("|")[2] for each in patient.identifiers} for patient in (one, two))
    return bool(numbers and others and not numbers & others)


def _join_by_identifier(
    by_identifier: Mapping[str, list[int]], patients: Sequence[Patient], groups: _Groups, unread: list[Unread]
) -> None:
    told: set[frozenset[str]] = set()
    for identifier in sorted(by_identifier):
        positions = by_identifier[identifier]
        if len(positions) < 2 or len({groups.find(at) for at in positions}) < 2:
            continue
        sharing = [patients[at] for at in positions]
        keys = frozenset(patient.key for patient in sharing)
        one = _may_be_one(sharing)
        if one:
            for at in positions[1:]:
                groups.join(positions[0], at)
        else:
            for at in positions:
                for other in positions:
                    if patients[at].born and patients[at].born == patients[other].born:
                        groups.join(at, other)
        if keys not in told and len(keys) > 1:
            told.add(keys)
            named = " and ".join(sorted(keys))
            why = (
                f"{named} bear the same identifier and no different birth date: taken for one person"
                if one
                else f"{named} bear the same identifier but different birth dates: kept apart"
            )
            unread.append(Unread(min(keys), named, why, "same person" if one else "identifier of two people"))


def _join_by_link(by_key: Mapping[str, list[int]], patients: Sequence[Patient], groups: _Groups) -> None:
    """Patient.link: the source itself says that two resources are one person."""
    for at, patient in enumerate(patients):
        for key in patient.links:
            for other in by_key.get(key, ()):
                if _may_be_one((patient, patients[other])):
                    groups.join(at, other)


def _named(
    patients: Sequence[Patient], by_key: Mapping[str, list[int]], groups: _Groups, unread: list[Unread]
) -> Identity:
    """Names each person by the id (the first of several by the alphabet); by id and file where two people share one."""
    members: dict[int, list[Patient]] = defaultdict(list)
    for at, patient in enumerate(patients):
        members[groups.find(at)].append(patient)
    contested = {key for key, positions in by_key.items() if len({groups.find(at) for at in positions}) > 1}
    names: dict[int, str] = {}
    taken: set[str] = set()
    for root, group in sorted(members.items(), key=lambda each: min(map(_told_apart_by, each[1]))):
        chosen = min(group, key=lambda patient: (patient.key in contested, patient.id, patient.file))
        name = f"{chosen.id} ({' '.join(chosen.file.split())})" if chosen.key in contested else chosen.id
        while name in taken:
            name += "'"
        taken.add(name)
        names[root] = name
    for key in sorted(contested):
        people = sorted({names[groups.find(at)] for at in by_key[key]})
        why = f"two people have this id (their birth dates or identifiers differ): kept apart as {' and '.join(people)}"
        unread.append(Unread(key, key, why, "id of two people"))
    person_of = {patient.ordinal: names[groups.find(at)] for at, patient in enumerate(patients)}
    identifiers: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    for patient in patients:
        person = person_of[patient.ordinal]
        identifiers[person] |= _also_known_as(patient, person)
        for identifier in patient.identifiers:
            owners[identifier].add(person)
            owners["|" + identifier.partition("|")[2]].add(person)
    return Identity(
        person_of,
        {key: tuple(patients[at] for at in positions) for key, positions in by_key.items()},
        {identifier: frozenset(people) for identifier, people in owners.items()},
        {person: frozenset(known) for person, known in identifiers.items()},
        tuple(unread),
    )


def _told_apart_by(patient: Patient) -> tuple[object, ...]:
    """An order of patients that does not depend on the order of reading."""
    return (patient.id, patient.file, patient.born, sorted(patient.identifiers))


def _also_known_as(patient: Patient, person: str) -> set[str]:
    return known_as(patient) - {person}


def known_as(patient: Patient) -> set[str]:
    """All identifiers by which a Patient resource's person can be asked for."""
    values = {identifier.partition("|")[2] for identifier in patient.identifiers}
    return values | {each for each in patient.identifiers if not each.startswith("|")} | {patient.id}
