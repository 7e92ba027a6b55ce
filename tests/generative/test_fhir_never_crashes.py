"""Whatever JSON a file holds, reading it ends in facts and a list; order and packing make no difference."""

import copy
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.exchange.fhir_cases import (
    ATC,
    ICD10CM,
    ICDO3,
    LOINC,
    PLAIN,
    SNOMED,
    answer,
    code,
    component,
    lab,
    nelmas,
    observation,
    patient,
    quantity,
    resource,
)

from equipoise.exchange.fhir import facts_from_resources, read_fhir
from equipoise.facts import Fact, Reading

CPT, DCM = "http://www.ama-assn.org/go/cpt", "http://dicom.nema.org/resources/ontology/DCM"
SCAN = {"modality": {"system": DCM, "code": "MR"}, "bodySite": {"system": SNOMED, "code": "10200004"}}

# One resource of every kind that the reader knows.
SEEDS: list[dict[str, Any]] = [
    patient(gender="female", birthDate="1970-05-01", identifier=[{"system": "http://mrn", "value": "77"}]),
    lab(id="hb", valueQuantity=quantity(7.8, "g/dl", "g/dL"), referenceRange=[{"low": quantity(12)}]),
    lab("1975-2", id="bili", valueString="<0.5 mg/dL", referenceRange=[{"text": "0.2 - 1.2 mg/dL"}]),
    lab("2345-7", id="glu", valueQuantity=quantity(110, "mg/dL"), specimen={"reference": "Specimen/s1"}),
    observation(code(LOINC, "89247-1"), id="ecog", valueCodeableConcept=code(SNOMED, "422512005")),
    observation(code(LOINC, "29593-1"), id="ki67", valueRange={"low": quantity(3, "%"), "high": quantity(5, "%")}),
    observation(code(LOINC, "31206-6"), id="histology", valueCodeableConcept=code(ICDO3, "8249/3")),
    observation(code(LOINC, "84892-9"), id="residual", valueCodeableConcept=code(SNOMED, "258254000")),
    observation(
        code(LOINC, "58410-2"), id="panel",
        component=[{"code": code(LOINC, "777-3"), "valueQuantity": quantity(80, "/nL")}],
    ),
    observation(code(PLAIN, "sstr_pet"), id="pet", component=[component("liver", **answer("metastases"))]),
    observation(
        code(PLAIN, "mri_liver.liver"), id="mri", valueString="none", partOf=[{"reference": "ImagingStudy/study"}],
    ),
    observation(code(PLAIN, "anticancer_treatment"), id="none", valueBoolean=False),
    resource("Condition", id="net", code=code(ICD10CM, "C7A.012"), bodySite=[code(SNOMED, "30315005")]),
    resource("Procedure", id="op", status="completed", code=code(CPT, "47130"), performedDateTime="2026-01-20"),
    resource("ImagingStudy", id="study", status="available", started="2026-02-01", series=[SCAN]),
    resource("DiagnosticReport", id="report", status="final", code=code(LOINC, "22637-3"),
             result=[{"reference": "Observation/ki67"}, {"reference": "Observation/histology"}]),
    resource("MedicationAdministration", id="chemo", status="completed", effectivePeriod={"start": "2025-01-01"},
             medicationReference={"reference": "Medication/cis"}),
    {"resourceType": "Medication", "id": "cis", "code": code(ATC, "L01XA01")},
    resource("MedicationRequest", id="order", status="active", intent="order", authoredOn="2025-02-01",
             medicationCodeableConcept=code(ATC, "H01CB03")),
    {"resourceType": "AllergyIntolerance", "id": "allergy", "patient": {"reference": "Patient/p1"},
     "code": code(ATC, "H01CB02")},
    {"resourceType": "Consent", "id": "consent", "status": "active", "patient": {"reference": "Patient/p1"},
     "scope": code("http://terminology.hl7.org/CodeSystem/consentscope", "research"), "dateTime": "2026-01-01"},
    {"resourceType": "Specimen", "id": "s1", "collection": {
        "fastingStatusCodeableConcept": code("http://terminology.hl7.org/CodeSystem/v2-0916", "F")}},
]  # fmt: skip

scalars = st.none() | st.booleans() | st.integers() | st.floats(width=64) | st.text(max_size=8) | st.sampled_from(
    ["2026-03-02", "2026-13-45", "Patient/p1", "#x", "urn:uuid:1", "1e999999999", "718-7", "final", LOINC, 10**40, -0.0]
)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _places(part, (*path, key))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _places(part, (*path, at))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    changed = copy.deepcopy(value)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = new
    return changed


@st.composite
def mutated(draw: st.DrawFn) -> list[Any]:
    """The seeds, in which a few elements are replaced by arbitrary JSON, or moved."""
    resources: Any = copy.deepcopy(SEEDS)
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(resources))
        path = draw(st.sampled_from(places))
        new = draw(anything | st.sampled_from(SEEDS).map(copy.deepcopy))
        resources = _with(resources, path, new)
    return resources


def reading(resources: list[Any]) -> Reading:
    return facts_from_resources(resources, *nelmas())


def told(found: Reading) -> set[tuple[str, ...]]:
    """The facts, without the ending of the file's name that tells apart two people of one id."""
    return {_shown(fact) for fact in found.facts}


def _shown(fact: Fact) -> tuple[str, ...]:
    value = sorted(map(str, fact.value.items())) if hasattr(fact.value, "items") else fact.value  # type: ignore[union-attr]
    return tuple(
        map(
            str,
            (
                fact.person.replace(".ndjson", ".json"),
                fact.concept,
                value,
                fact.when,
                fact.end,
                fact.doubt,
                fact.reference,
                fact.id,
            ),
        )
    )


def test_the_seeds_are_read_to_the_last() -> None:
    found = reading(SEEDS)
    assert found.unread == ()
    assert len(found.facts) == 17
    assert {fact.doubt for fact in found.facts} == {""}


@given(st.lists(anything, max_size=4))
def test_arbitrary_json_never_crashes(values: list[Any]) -> None:
    reading(values)
    reading([{"resourceType": "Bundle", "entry": values}, {"resourceType": "Observation", "contained": values}])


@given(mutated())
def test_mutated_resources_never_crash(resources: list[Any]) -> None:
    found = reading(resources)
    assert all(fact.person and fact.concept in nelmas()[0] for fact in found.facts)


@given(
    st.sampled_from(sorted({seed["resourceType"] for seed in SEEDS})),
    st.dictionaries(st.text(max_size=10), anything, max_size=3),
)
def test_a_resource_of_anything_never_crashes(kind: str, content: dict[str, Any]) -> None:
    reading([{**content, "resourceType": kind}])


@given(mutated(), st.randoms(use_true_random=False))
def test_the_order_makes_no_difference(resources: list[Any], chance: random.Random) -> None:
    given_ids = [
        each for each in resources if isinstance(each, dict) and isinstance(each.get("id"), str) and each["id"]
    ]
    shuffled = list(given_ids)
    chance.shuffle(shuffled)
    assert told(reading(given_ids)) == told(reading(shuffled))


@given(mutated())
def test_a_bundle_and_its_lines_give_the_same(resources: list[Any]) -> None:
    resources = [
        each for each in resources
        if isinstance(each, dict) and isinstance(each.get("id"), str) and each["id"] and not each.get("entry")
    ]  # fmt: skip
    try:
        lines = [orjson.dumps(each) for each in resources]
    except (TypeError, ValueError):
        return  # integers that JSON writers refuse
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": each} for each in resources]}
    with tempfile.TemporaryDirectory() as folder:
        whole, split = Path(folder, "a.json"), Path(folder, "a.ndjson")
        whole.write_text(json.dumps(bundle))
        split.write_bytes(b"\n".join(lines) + b"\n\n[]")
        try:
            as_bundle = read_fhir([whole], *nelmas())
        except Exception as error:  # NaN and infinity are no JSON: the file is refused as a whole
            assert type(error).__name__ == "Fault"
            return
        assert told(as_bundle) == told(read_fhir([split], *nelmas()))
