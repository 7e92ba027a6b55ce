"""Who is treated where, and who is no person at all."""

from typing import Any

from tests.unit.exchange.fhir_cases import nelmas

from equipoise.exchange.fhir import facts_from_resources
from equipoise.facts import Reading

HAEMOGLOBIN = {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}


def read(*resources: dict[str, Any]) -> Reading:
    return facts_from_resources(resources, *nelmas())


def patient(name: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name, **more}


def test_the_managing_organisation_is_the_site_by_its_name() -> None:
    reading = read(
        patient("1", managingOrganization={"reference": "Organization/7"}),
        patient("2", managingOrganization={"reference": "Organization/7", "display": "Clinic North"}),
        patient("3", managingOrganization={"reference": "Organization/8"}),
        patient("4"),
        {"resourceType": "Organization", "id": "7", "name": "General Hospital"},
    )
    assert reading.sites == {"1": "General Hospital", "2": "Clinic North"}


def test_what_is_about_a_group_or_a_device_is_of_no_person() -> None:
    measured = {"resourceType": "Observation", "code": HAEMOGLOBIN, "valueQuantity": {"value": 8, "unit": "g/dL"}}
    reading = read(
        {**measured, "id": "1", "subject": {"reference": "Group/1"}},
        {**measured, "id": "2", "subject": {"reference": "Device/1"}},
    )
    assert reading.people == {} and reading.facts == ()
    assert [each.what for each in reading.unread] == ["2 Observation resources"]
