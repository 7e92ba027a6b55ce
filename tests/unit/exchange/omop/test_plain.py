"""The plain form: what no code says, given as "equipoise:<concept>" and "equipoise:<concept>.<field>"."""

import pytest
from tests.cdm import Cdm

from equipoise.facts import NOTHING, ONGOING, Fact, ReferenceRange, chosen, is_record
from equipoise.quantities import exactly

from .reading import fact_of, facts_of, read, unread_of

DAY = "2026-03-02"
OF_PROCEDURE, OF_OBSERVATION = 1147082, 1147165


def plain(cdm: Cdm, name: str, person: int = 1, table: str = "observation", **stated: object) -> int:
    return cdm.add(table, person=person, written=f"equipoise:{name}", **{"day": DAY, **stated})


def fields(fact: Fact) -> dict[str, object]:
    assert is_record(fact.value)
    return dict(fact.value)


@pytest.fixture(scope="module")
def reading():
    """One person for each way to state a thing."""
    cdm = Cdm()
    plain(cdm, "marrow_irradiated", 1, number="0", unit=("UCUM", "%"))
    plain(cdm, "quick", 2, "measurement", number="99", unit=("UCUM", "%"), low="70", high="120")
    plain(cdm, "childbearing_potential", 3, text="yes")
    plain(cdm, "first_study_procedure", 4, text="2026-05-26")
    plain(cdm, "heart_failure", 5, text="none")
    # the fields of one day are one record
    plain(cdm, "pathology.histology", 6, text="NET")
    plain(cdm, "pathology.grade", 6, text="G2")
    plain(cdm, "pathology.ki67", 6, "measurement", number="15", unit=("UCUM", "%"))
    # two records of one day, their fields by the row that they belong to
    for kind, end in (("chemotherapy", "2026-03-20"), ("interferon", "2026-04-20"), ("other", "ongoing")):
        row = plain(cdm, "anticancer_treatment", 7)
        plain(cdm, "anticancer_treatment.kind", 7, text=kind, observation_event_id=row,
              obs_event_field_concept_id=OF_OBSERVATION)  # fmt: skip
        plain(cdm, "anticancer_treatment.end", 7, text=end, observation_event_id=row,
              obs_event_field_concept_id=OF_OBSERVATION)  # fmt: skip
    # a field of an operation that has a code
    operation = cdm.add("procedure_occurrence", ("CPT4", "47120"), person=8, day=DAY)
    cdm.add("procedure_occurrence", ("CPT4", "47120"), person=8, day="2025-03-02")
    plain(cdm, "liver_resection.residual", 8, text="R1", observation_event_id=operation,
          obs_event_field_concept_id=OF_PROCEDURE)  # fmt: skip
    # a coded field that names its operation
    operation = cdm.add("procedure_occurrence", ("CPT4", "47120"), person=9, day=DAY)
    cdm.add("measurement", ("LOINC", "84892-9"), person=9, day="2026-03-09", answer=("SNOMED", "258254000"),
            measurement_event_id=operation, meas_event_field_concept_id=OF_PROCEDURE)  # fmt: skip
    # several answers; a part of a date
    plain(cdm, "mri_liver", 10)
    plain(cdm, "mri_liver.extrahepatic", 10, text="resectable_perihilar_nodes; other")
    plain(cdm, "mri_liver.date", 10, text="2026-02")
    # two records of one day and a field that could belong to either
    plain(cdm, "liver_resection", 11)
    plain(cdm, "liver_resection", 11)
    plain(cdm, "liver_resection.residual", 11, text="R1")
    # slips
    plain(cdm, "hemoglobin", 12, number="7")
    plain(cdm, "pathology.colour", 13, text="red")
    plain(cdm, "primary_resection", 14, day=None)
    return read(cdm)


def test_values_of_every_kind(reading) -> None:
    assert fact_of(reading, 1, "marrow_irradiated").value == exactly("0", "%")
    assert fact_of(reading, 2, "quick").reference == ReferenceRange(exactly("70", "%"), exactly("120", "%"))
    assert fact_of(reading, 3, "childbearing_potential").value == chosen("yes")
    assert str(fact_of(reading, 4, "first_study_procedure").value) == "26 May 2026"
    assert fact_of(reading, 5, "heart_failure").value == NOTHING


def test_the_fields_of_one_day_are_one_record(reading) -> None:
    fact = fact_of(reading, 6, "pathology")
    assert fields(fact) == {"histology": chosen("NET"), "grade": chosen("G2"), "ki67": exactly("15", "%")}
    assert str(fact.when) == "2 March 2026"


def test_fields_go_to_the_row_that_they_name(reading) -> None:
    found = {(str(fields(fact)["kind"]), str(fact.end)) for fact in facts_of(reading, 7)}
    assert found == {("chemotherapy", "20 March 2026"), ("interferon", "20 April 2026"), ("other", str(ONGOING))}


def test_a_field_goes_to_the_coded_operation_that_it_names(reading) -> None:
    found = {str(fact.when): fields(fact) for fact in facts_of(reading, 8)}
    assert found == {"2 March 2026": {"residual": chosen("R1")}, "2 March 2025": {}}


def test_a_coded_field_goes_to_the_operation_that_it_names(reading) -> None:
    fact = fact_of(reading, 9, "liver_resection")
    assert (fields(fact), str(fact.when)) == ({"residual": chosen("R0")}, "2 March 2026")


def test_several_answers_and_a_part_of_a_date(reading) -> None:
    fact = fact_of(reading, 10, "mri_liver")
    assert fields(fact) == {"extrahepatic": chosen("resectable_perihilar_nodes", "other")}
    assert str(fact.when) == "February 2026"


def test_a_field_that_could_belong_to_two_records_belongs_to_none(reading) -> None:
    assert [fields(fact) for fact in facts_of(reading, 11)] == [{}, {}]
    assert [each.kind for each in unread_of(reading, 11)] == ["cannot be attached"]


def test_slips_are_said(reading) -> None:
    assert [each.kind for each in unread_of(reading, 12)] == ["unknown concept"]
    assert "unknown concept" in [each.kind for each in unread_of(reading, 13)]


def test_a_record_may_have_neither_field_nor_day(reading) -> None:
    fact = fact_of(reading, 14, "primary_resection")
    assert (fields(fact), str(fact.when)) == ({}, "on a day not recorded")
