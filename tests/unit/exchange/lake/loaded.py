"""What every test of a lake asks: does it hold what the reading of the same files holds?"""

from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import Any

from equipoise.exchange.lake import Loaded, load, open_lake
from equipoise.exchange.sources import read_records
from equipoise.facts import Reading, current
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol

NELMAS = load_trial("nelmas")
HAEMOGLOBIN = {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}


def patient(number: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": number, "gender": "female", "birthDate": "1960-05-04", **more}


def haemoglobin(name: str, person: str, value: float = 9.5, day: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": name, "status": "final", "subject": {"reference": f"Patient/{person}"},
        "code": HAEMOGLOBIN, "effectiveDateTime": day, "valueQuantity": {"value": value, "unit": "g/dL"}, **more,
    }  # fmt: skip


def loaded(folder: Path, *paths: Path | str, trial: Protocol = NELMAS, **more: Any) -> Loaded:
    return load(list(paths), [trial], folder, **more)


def assert_same(folder: Path, *paths: Path, order: bool = True) -> None:
    """The lake holds the same people, facts, sites, and what could not be read, as a reading of the files."""
    assert_holds(folder, read_records(paths, NELMAS), order)


def assert_holds(folder: Path, reading: Reading, order: bool = True) -> None:
    found = open_lake(folder).reading()
    if order:
        assert list(found.people) == list(reading.people)
    assert dict(found.people) == dict(reading.people)
    read, kept = reading.by_person(), found.by_person()
    for person in read:
        assert kept[person] == current(read[person], date.max), person
    assert sorted(map(astuple, found.unread)) == sorted(map(astuple, reading.unread))
    assert (found.read, found.synthetic, found.sites) == (reading.read, reading.synthetic, dict(reading.sites))
