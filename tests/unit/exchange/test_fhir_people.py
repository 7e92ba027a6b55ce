"""Whose is it: references of every kind, several identifiers, two people of one id, versions and deletions."""

import json
from pathlib import Path

import pytest

from equipoise.exchange.fhir import read_fhir
from equipoise.facts import chosen

from .fhir_cases import JSON, fact, facts, kinds, lab, nelmas, patient, quantity, read

HB = {"valueQuantity": quantity(7.8, "g/dL")}
MRN = "http://hospital.example/mrn"


def identifier(value: str, system: str = MRN) -> JSON:
    return {"identifier": [{"system": system, "value": value}]}


def bundle(*entries: JSON, kind: str = "collection") -> JSON:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "Patient/p1/_history/3"},
        {"reference": "https://server.example/fhir/Patient/p1"},
        {"reference": f"Patient?identifier={MRN}|77"},
        {"identifier": {"system": MRN, "value": "77"}},
    ],
)
def test_references_to_a_person(subject: JSON) -> None:
    reading = read(patient(**identifier("77")), lab(**HB, subject=subject))
    assert {each.person for each in reading.facts} == {"p1"}
    assert list(reading.people) == ["p1"]
    assert reading.people["p1"] == {"77", f"{MRN}|77"}


@pytest.mark.parametrize("named", [True, False])
def test_a_reference_by_urn_through_the_bundle(named: bool) -> None:
    person: JSON = {"resourceType": "Patient", "gender": "female"} | ({"id": "p1"} if named else {})
    result = lab(**HB, subject={"reference": "urn:uuid:aaa"})
    reading = read(
        bundle({"fullUrl": "urn:uuid:bbb", "resource": result}, {"fullUrl": "urn:uuid:aaa", "resource": person})
    )
    assert list(reading.people) == ["p1" if named else "aaa"]
    assert len(reading.facts) == 2


def test_a_contained_patient() -> None:
    inside = {"resourceType": "Patient", "id": "x", "birthDate": "1970-01-01"}
    reading = read(lab(**HB, subject={"reference": "#x"}, contained=[inside]))
    assert len(reading.people) == 1
    assert {each.person for each in reading.facts} == set(reading.people)


def test_a_person_without_a_patient_resource_is_a_person() -> None:
    assert read(lab(**HB)).people == {"p1": frozenset()}
    by_number = read(lab(**HB, subject={"identifier": {"system": MRN, "value": "77"}}))
    assert by_number.people == {"77": frozenset({f"{MRN}|77"})}


def test_what_is_about_nobody_or_no_person() -> None:
    given = lab(**HB)
    del given["subject"]
    assert kinds(given) == {"no person"}
    assert facts("haemoglobin", lab(**HB, subject={"reference": "Group/1"})) == []


def test_two_resources_with_one_identifier_are_one_person() -> None:
    one, other = patient("a", **identifier("77"), birthDate="1970-01-01"), patient("b", **identifier("77"))
    reading = read(one, other, lab(**HB, subject={"reference": "Patient/b"}))
    assert list(reading.people) == ["a"]
    assert {each.person for each in reading.facts} == {"a"}
    assert "same person" in kinds(one, other)


def test_one_identifier_and_two_birth_dates_are_two_people() -> None:
    one = patient("a", **identifier("77"), birthDate="1970-01-01")
    other = patient("b", **identifier("77"), birthDate="1980")
    reading = read(one, other)
    assert set(reading.people) == {"a", "b"}
    assert kinds(one, other) == {"identifier of two people"}


def test_the_same_number_of_two_systems_joins_nobody() -> None:
    assert set(read(patient("a", **identifier("77")), patient("b", **identifier("77", "http://other"))).people) == {
        "a",
        "b",
    }


def test_a_link_that_the_source_states_joins() -> None:
    linked = patient("b", link=[{"other": {"reference": "Patient/a"}, "type": "replaces"}])
    assert list(read(patient("a"), linked).people) == ["a"]


def test_one_id_and_two_birth_dates_in_two_files_are_two_people(tmp_path: Path) -> None:
    for name, born, value in (("x", "1970-01-01", 7), ("y", "1980-01-01", 9)):
        result = lab(valueQuantity=quantity(value, "g/dL"), subject={"reference": "Patient/1"})
        content = bundle({"resource": patient("1", birthDate=born)}, {"resource": result})
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    reading = read_fhir([tmp_path], *nelmas())
    values = {each.person: each.reported for each in reading.facts if each.concept == "haemoglobin"}
    assert values == {"1 (x.json)": "7 g/dL", "1 (y.json)": "9 g/dL"}
    assert "id of two people" in {each.kind for each in reading.unread}


def test_no_name_address_or_telephone_is_ever_kept() -> None:
    person = patient(
        name=[{"family": "Mustermann"}], address=[{"city": "Mustermann"}], telecom=[{"value": "Mustermann"}],
        birthDate=["Mustermann"], contact=[{"name": {"text": "Mustermann"}}],
    ) | {"id": "p1"}  # fmt: skip
    given = lab(
        **HB, subject={"reference": "Patient/p1", "display": "Mustermann"}, performer=[{"display": "Mustermann"}]
    )
    assert "Mustermann" not in repr(read(person, given))


# ------------------------------------------------------------------ the person's own facts
def test_birth_sex_and_death() -> None:
    person = patient(birthDate="1970-05", gender="female", deceasedDateTime="2026-01-02T10:00:00Z")
    assert str(fact("birth_date", person).value) == "May 1970"
    assert fact("sex", person).value == chosen("female")
    assert str(fact("death", person).value) == "2 January 2026"
    assert facts("sex", patient(gender="unknown")) == []
    assert str(fact("death", patient(deceasedBoolean=True)).value) == "on a day not recorded"
    assert facts("death", patient(deceasedBoolean=False)) == []


# ------------------------------------------------------------------ versions
def version(value: float, **meta: str) -> JSON:
    return lab(valueQuantity=quantity(value, "g/dL"), meta=meta)


def test_the_newest_version_counts_in_any_order() -> None:
    old, new = version(7, lastUpdated="2026-03-02T10:00:00Z"), version(9, lastUpdated="2026-03-02T10:00:00-05:00")
    for pair in ((old, new), (new, old)):
        assert fact("haemoglobin", *pair).reported == "9 g/dL"
        assert kinds(*pair) == {"superseded version"}
    assert fact("haemoglobin", version(7, versionId="10"), version(9, versionId="9")).reported == "7 g/dL"


def test_a_newer_version_that_withdraws_leaves_nothing() -> None:
    old = version(7, versionId="1")
    gone = version(7, versionId="2") | {"status": "entered-in-error"}
    assert facts("haemoglobin", old, gone) == []


def test_a_copy_is_one_fact_and_two_versions_without_a_mark_stay_two() -> None:
    assert len(facts("haemoglobin", version(7), version(7))) == 1
    assert len(facts("haemoglobin", version(7), version(9))) == 2
    assert kinds(version(7), version(9)) == {"two versions"}


def test_a_deleted_resource_says_nothing() -> None:
    removed = {"request": {"method": "DELETE", "url": "Observation/o1"}}
    put = {"request": {"method": "PUT", "url": "Observation/o1"}}
    history = bundle(
        {**removed, "response": {"lastModified": "2026-03-05T00:00:00Z"}},
        {**put, "resource": version(7, lastUpdated="2026-03-02T10:00:00Z")},
        kind="history",
    )
    assert facts("haemoglobin", history) == []
    assert kinds(history) == {"deleted"}
    restored = version(8, lastUpdated="2026-03-06T10:00:00Z")
    assert fact("haemoglobin", history, restored).reported == "8 g/dL"
    removal = bundle(removed, kind="transaction")
    assert facts("haemoglobin", version(7), removal) == []


def test_the_same_number_on_two_servers_is_two_resources() -> None:
    def on(server: str, value: int) -> JSON:
        base = f"https://{server}/fhir"
        person = patient("1", birthDate="1970-01-01")
        result = lab(
            valueQuantity=quantity(value, "g/dL"), subject={"reference": "Patient/1"}, meta={"versionId": str(value)}
        )
        return bundle(
            {"fullUrl": f"{base}/Patient/1", "resource": person},
            {"fullUrl": f"{base}/Observation/o1", "resource": result},
        )

    reading = read(on("a", 7), on("b", 9))
    values = {each.person: each.reported for each in reading.facts if each.concept == "haemoglobin"}
    assert values == {"1 (resources entry 1)": "7 g/dL", "1 (resources entry 2)": "9 g/dL"}
    assert "id of two people" in kinds(on("a", 7), on("b", 9))
