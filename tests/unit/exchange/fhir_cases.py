"""Small FHIR resources for tests, and the vocabulary and codes of NELMAS."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import equipoise
from equipoise.concepts import Vocabulary
from equipoise.exchange.bindings import Bindings, compile_bindings
from equipoise.exchange.fhir import facts_from_resources
from equipoise.facts import Fact, Reading
from equipoise.protocol.words import read_concepts

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
PLAIN, ICDO3 = "urn:equipoise:concept", "http://terminology.hl7.org/CodeSystem/icd-o-3"
ICD10CM, ATC = "http://hl7.org/fhir/sid/icd-10-cm", "http://www.whocc.no/atc"
NELMAS = Path(equipoise.__file__).parent / "trials" / "nelmas"
JSON = dict[str, Any]


def _fail(path: tuple[str, ...], message: str) -> None:
    raise AssertionError(f"{'.'.join(path)}: {message}")


@cache
def nelmas() -> tuple[Vocabulary, Bindings]:
    """The words and codes of NELMAS; a mistake in either fails."""
    vocabulary = read_concepts(tomllib.loads((NELMAS / "concepts.toml").read_text()), _fail)
    return vocabulary, compile_bindings(tomllib.loads((NELMAS / "codes.toml").read_text()), vocabulary, _fail)


def read(*resources: Any) -> Reading:
    return facts_from_resources(resources, *nelmas())


def facts(concept: str, *resources: Any) -> list[Fact]:
    """The facts of one concept that resources give."""
    return [fact for fact in read(*resources).facts if fact.concept == concept]


def fact(concept: str, *resources: Any) -> Fact:
    found = facts(concept, *resources)
    assert len(found) == 1, found
    return found[0]


def kinds(*resources: Any) -> set[str]:
    """The kinds of what could not be read, without the account of codes that are not used."""
    return {each.kind for each in read(*resources).unread} - {"code not used", "not used"}


def code(system: str, value: str) -> JSON:
    return {"coding": [{"system": system, "code": value}]}


def quantity(value: Any, unit: str = "", ucum: str = "", **more: Any) -> JSON:
    built: JSON = {"value": value, **more}
    if unit:
        built["unit"] = unit
    if ucum:
        built |= {"system": UCUM, "code": ucum}
    return built


def observation(coded: JSON, **more: Any) -> JSON:
    return {
        "resourceType": "Observation", "id": "o1", "status": "final", "code": coded,
        "subject": {"reference": "Patient/p1"}, "effectiveDateTime": "2026-03-02", **more,
    }  # fmt: skip


def lab(loinc: str = "718-7", **more: Any) -> JSON:
    return observation(code(LOINC, loinc), **more)


def resource(kind: str, **more: Any) -> JSON:
    return {"resourceType": kind, "id": "r1", "subject": {"reference": "Patient/p1"}, **more}


def patient(name: str = "p1", **more: Any) -> JSON:
    return {"resourceType": "Patient", "id": name, **more}


def component(field: str, **value: Any) -> JSON:
    return {"code": code(PLAIN, field), **value}


def answer(name: str) -> JSON:
    return {"valueCodeableConcept": code(PLAIN, name)}
