"""FHIR files -> facts about people, and a list of what could not be read: nothing vanishes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from ...concepts import Vocabulary
from ...facts import Reading, Unread
from ..bindings import Bindings
from .bundles import NoResource, Removal, contained, target, unfold
from .drafts import Gathered, Specimen, Version
from .elements import Item, codings, malformed, node, nodes, text
from .events import read_event
from .files import Parsed, Progress, find, parse
from .observations import read_observation
from .people import patient_of
from .settle import read_patient, settle
from .statements import read_allergy, read_condition, read_consent
from .treatments import read_medication_use
from .versions import note, register

Reader = Callable[[Item, str, Gathered], None]

# The resource types that can hold a fact of a protocol; every other type is counted and passed over.
_READERS: dict[str, Reader] = {
    "Observation": read_observation,
    "Condition": read_condition,
    "Procedure": read_event,
    "DiagnosticReport": read_event,
    "ImagingStudy": read_event,
    "MedicationAdministration": read_medication_use,
    "MedicationStatement": read_medication_use,
    "MedicationRequest": read_medication_use,
    "AllergyIntolerance": read_allergy,
    "Consent": read_consent,
}
# Those that are looked at; a bundle holds any.
READ_TYPES = frozenset((*_READERS, "Patient", "Specimen", "Medication", "Organization", "Bundle"))
_ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_FASTING = {("http://terminology.hl7.org/CodeSystem/v2-0916", "F")}


def read_fhir(
    paths: Sequence[Path], vocabulary: Vocabulary, bindings: Bindings, progress: Progress | None = None
) -> Reading:
    """The facts in FHIR R4 files: bundles of any type, single resources, bulk exports, folders of them.

    progress(done, total) is called with bytes as the reading goes on. Raises Fault for a path that is missing, empty or
    no JSON; in a folder such a file is an entry of `unread`.
    """
    sources, unread = find(paths)
    gathered = Gathered(vocabulary, bindings)
    empty: dict[str, int] = {}
    ordinals = count()
    for parsed in parse(sources, progress):
        if isinstance(parsed, Parsed):
            _take(parsed.value, parsed.file, parsed.place, ordinals, gathered, empty)
        else:
            unread.append(parsed)
    return _finish(gathered, unread, empty)


def facts_from_resources(
    resources: Iterable[Any], vocabulary: Vocabulary, bindings: Bindings, name: str = "resources"
) -> Reading:
    """The facts in FHIR R4 resources that are parsed already (bundles too)."""
    gathered = Gathered(vocabulary, bindings)
    empty: dict[str, int] = {}
    ordinals = count()
    for number, resource in enumerate(resources, 1):
        _take(resource, name, f"entry {number}", ordinals, gathered, empty)
    return _finish(gathered, [], empty)


def _take(value: Any, file: str, place: str, ordinals: "count[int]", gathered: Gathered, empty: dict[str, int]) -> None:
    for each in unfold(value, file, place, ordinals):
        if isinstance(each, Item):
            read_resource(each, gathered)
        elif isinstance(each, NoResource):
            empty[each.file] = empty.get(each.file, 0) + 1
        elif each.key:
            removed(each, file, gathered)


def removed(removal: Removal, file: str, gathered: Gathered) -> None:
    """Notes a deletion."""
    gone = Version(removal.order, removal.stamp, "", "", file, True, removal.source)
    note(removal.key, gone, gathered)


def _finish(gathered: Gathered, unread: list[Unread], empty: dict[str, int]) -> Reading:
    return settle(gathered, [*unread, *not_fhir(empty)])


def not_fhir(empty: Mapping[str, int]) -> list[Unread]:
    """One entry for each file that holds JSON values which are no resources: how many."""
    return [
        Unread(
            file, f"{number:,} value{'s' * (number > 1)} in {file}",
            "it is JSON, but no FHIR resource (no resourceType)", "not FHIR",
        )
        for file, number in empty.items()
    ]  # fmt: skip


def read_resource(item: Item, gathered: Gathered) -> None:
    """Reads one resource, and the ones that it contains; the type is looked at before anything else."""
    gathered.read += 1
    resource = item.resource
    kind = resource["resourceType"]
    reader = _READERS.get(kind)
    subject = ""
    if reader is not None:
        subject = _subject(item)
        register(item, subject, gathered)
        if _is_of_another_kind(subject):
            gathered.skipped[kind] += 1
        else:
            if subject:
                gathered.subjects[subject, item.file] = None
            reader(item, subject, gathered)
    elif kind == "Patient":
        _patient(item, gathered)
    elif kind == "Specimen":
        _specimen(item, gathered)
    elif kind == "Medication":
        gathered.medications.setdefault(item.key, []).append(item)
    else:
        if kind == "Organization" and text(resource, "name"):
            gathered.organizations[item.key] = text(resource, "name").strip()
        gathered.skipped[kind] += 1
        return
    if "contained" in resource and not item.owner:
        for part in contained(item, subject):
            if part.resource["resourceType"] != "Bundle":
                read_resource(part, gathered)


def _subject(item: Item) -> str:
    """The key of the person whom a resource is about; a contained one's container's where it says none of its own."""
    resource = item.resource
    reference = resource.get("subject")
    if not isinstance(reference, dict):
        reference = resource.get("patient")
    if not isinstance(reference, dict):
        return item.owner_subject
    return target(reference, item, "Patient")


def _is_of_another_kind(subject: str) -> bool:
    """Is it about a group, a device, a place?"""
    return "/" in subject and "#" not in subject and not subject.startswith(("Patient/", "?"))


def _patient(item: Item, gathered: Gathered) -> None:
    gathered.patients.append(patient_of(item))
    gathered.synthetic = gathered.synthetic or _is_test_data(item)
    register(item, item.key, gathered)
    gathered.subjects[item.key, item.file] = None
    bad = malformed(item.resource)
    if bad:
        gathered.complain(item, item.key, "malformed", f"{bad} has the wrong form")
    read_patient(item, gathered)


def _is_test_data(item: Item) -> bool:
    """Does the resource say of itself that it is test health data (HL7 ActReason HTEST)?"""
    labels = nodes(node(item.resource, "meta"), "security")
    return any(each.get("code") == "HTEST" and each.get("system") == _ACT_REASON for each in labels)


def _specimen(item: Item, gathered: Gathered) -> None:
    collection = node(item.resource, "collection")
    fasting = any(pair in _FASTING for pair in codings(node(collection, "fastingStatusCodeableConcept")))
    sites = [pair for site in nodes(collection, "bodySite") for pair in codings(site)]
    found = Specimen(fasting, tuple(sites))
    if gathered.specimens.setdefault(item.key, found) != found:
        gathered.specimens[item.key] = Specimen(False, ())  # two specimens of one key: nobody can tell which is meant
