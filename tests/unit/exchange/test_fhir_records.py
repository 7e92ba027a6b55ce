"""Records: the plain form, operations, scans, pathology, treatments, diagnoses, allergies, consents."""

from typing import Any

import pytest

from equipoise.dates import ANY_DAY, LATEST, Span, read_span
from equipoise.facts import NOTHING, ONGOING, Choice, Text, chosen
from equipoise.quantities import exactly

from .fhir_cases import (
    ATC,
    ICD10CM,
    ICDO3,
    JSON,
    LOINC,
    PLAIN,
    SNOMED,
    answer,
    code,
    component,
    fact,
    facts,
    kinds,
    observation,
    patient,
    quantity,
    read,
    resource,
)

DCM = "http://dicom.nema.org/resources/ontology/DCM"
MR = {"system": DCM, "code": "MR"}
INTENT = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-procedure-intent"


def plain(name: str, **more: Any) -> JSON:
    return observation(code(PLAIN, name), **more)


# ------------------------------------------------------------------ the plain form
def test_a_plain_record_with_its_fields() -> None:
    scan = plain(
        "sstr_pet",
        component=[
            component("liver", **answer("metastases")),
            component("extrahepatic", valueCodeableConcept={"coding": [
                {"system": PLAIN, "code": "primary_in_situ"}, {"system": PLAIN, "code": "resectable_perihilar_nodes"},
            ]}),
            component("tracer", valueString="68Ga-DOTATATE"),
        ],
    )  # fmt: skip
    found = fact("sstr_pet", scan)
    assert found.value == {
        "liver": chosen("metastases"),
        "extrahepatic": chosen("primary_in_situ", "resectable_perihilar_nodes"),
        "tracer": chosen("Ga68_DOTATATE"),
    }
    assert found.when == read_span("2026-03-02")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("childbearing_potential", {"valueBoolean": True}, chosen("yes")),
        ("childbearing_potential", {"valueString": "nein"}, chosen("no")),
        ("diabetes_controlled", {"valueCodeableConcept": code(SNOMED, "373066001")}, chosen("yes")),
        ("primary_site", answer("small_bowel"), chosen("small_bowel")),
        ("primary_site", {"valueString": "Pancreas"}, chosen("pancreas")),
        ("first_study_procedure", {"valueDateTime": "2026-03"}, read_span("2026-03")),
        ("marrow_irradiated", {"valueQuantity": quantity(20, "%")}, exactly(20, "%")),
        ("ecog", {"valueInteger": 2}, exactly(2, "{score}")),
    ],
)
def test_plain_values(name: str, value: JSON, expected: Any) -> None:
    assert fact(name, plain(name, **value)).value == expected


@pytest.mark.parametrize(
    "value",
    [{"valueBoolean": False}, {"valueString": "None"}, answer("none"), {"valueCodeableConcept": {"text": "none"}}],
)
def test_the_statement_none(value: JSON) -> None:
    assert fact("anticancer_treatment", plain("anticancer_treatment", **value)).value is NOTHING


def test_a_treatment_has_a_beginning_and_an_end() -> None:
    fields = [component("kind", **answer("chemotherapy"))]
    given = plain("anticancer_treatment", component=fields)
    del given["effectiveDateTime"]
    ended = fact("anticancer_treatment", {**given, "effectivePeriod": {"start": "2025-01-02", "end": "2025-02-03"}})
    assert (ended.when, ended.end) == (read_span("2025-01-02"), read_span("2025-02-03"))
    open_ended = fact("anticancer_treatment", {**given, "effectivePeriod": {"start": "2025-01-02"}})
    assert open_ended.end == ONGOING


def test_a_resection_in_stages_counts_on_its_last_day() -> None:
    given = plain("liver_resection", component=[component("residual", **answer("R0"))])
    del given["effectiveDateTime"]
    found = fact("liver_resection", {**given, "effectivePeriod": {"start": "2025-01-02", "end": "2025-02-03"}})
    assert (found.when, found.end) == (read_span("2025-02-03"), None)


def test_a_plain_field_of_an_unknown_name_is_said() -> None:
    given = plain(
        "sstr_pet", component=[component("lever", **answer("metastases")), component("liver", **answer("lots"))]
    )
    assert kinds(given) == {"unknown concept", "unknown answer"}
    assert fact("sstr_pet", given).value == {}


def test_two_values_of_one_plain_field_are_doubted() -> None:
    given = plain(
        "mri_liver", component=[component("liver", **answer("none")), component("liver", **answer("unclear"))]
    )
    assert "two values" in fact("mri_liver", given).doubt


# ------------------------------------------------------------------ pathology
def path(loinc: str, name: str, **more: Any) -> JSON:
    return observation(code(LOINC, loinc), id=name, **more)


def test_the_observations_of_one_report_are_one_record() -> None:
    ki67 = path("29593-1", "ki", valueString="3-5 %", effectiveDateTime="2026-03-03")
    histology = path("31206-6", "hi", valueCodeableConcept=code(ICDO3, "8249/3"))
    grade = path("33732-9", "gr", valueCodeableConcept=code(SNOMED, "373375007"), method={"text": "WHO 2022"})
    report = resource(
        "DiagnosticReport", status="final", code=code(LOINC, "22637-3"),
        result=[{"reference": f"Observation/{name}"} for name in ("ki", "hi", "gr")],
    )  # fmt: skip
    found = fact("pathology", ki67, histology, grade, report)
    assert found.value == {
        "ki67": fact("pathology", ki67).value["ki67"],  # type: ignore[index]
        "histology": chosen("NET"),
        "differentiation": chosen("well"),
        "grading_system": Text("WHO 2022"),
    }


def test_the_observations_of_one_day_are_one_report_and_of_two_days_two() -> None:
    ki67 = path("29593-1", "ki", valueQuantity=quantity(4, "%"))
    histology = path("31206-6", "hi", valueCodeableConcept=code(ICDO3, "8240/3"))
    assert len(facts("pathology", ki67, histology)) == 1
    assert len(facts("pathology", ki67, {**histology, "effectiveDateTime": "2026-03-09"})) == 2


def test_one_specimen_is_one_record() -> None:
    specimen = {"resourceType": "Specimen", "id": "s", "collection": {"bodySite": code(SNOMED, "10200004")}}
    about = {"specimen": {"reference": "Specimen/s"}}
    ki67 = path("29593-1", "ki", valueQuantity=quantity(4, "%"), **about)
    histology = path(
        "31206-6", "hi", valueCodeableConcept=code(ICDO3, "8240/3"), effectiveDateTime="2026-03-09", **about
    )
    found = fact("pathology", ki67, histology, specimen)
    assert found.value == {"ki67": exactly(4, "%"), "histology": chosen("NET"), "specimen": chosen("liver_metastasis")}


def test_one_report_that_says_two_things_is_doubted() -> None:
    low = path("29593-1", "a", valueQuantity=quantity(4, "%"))
    high = path("29593-1", "b", valueQuantity=quantity(40, "%"))
    found = fact("pathology", low, high)
    assert found.doubt == "the report states Ki-67 as 4 % and 40 %"


def test_two_specimens_of_one_report_are_two_records_when_they_differ() -> None:
    low = path("29593-1", "a", valueQuantity=quantity(4, "%"), specimen={"reference": "Specimen/1"})
    high = path("29593-1", "b", valueQuantity=quantity(40, "%"), specimen={"reference": "Specimen/2"})
    report = resource("DiagnosticReport", code=code(LOINC, "22637-3"),
                      result=[{"reference": "Observation/a"}, {"reference": "Observation/b"}])  # fmt: skip
    found = facts("pathology", low, high, report)
    assert [each.doubt for each in found] == ["", ""]


@pytest.mark.parametrize("morphology", ["8240/3", "8249/3"])
def test_a_morphology_never_sets_the_grade(morphology: str) -> None:
    found = fact("pathology", path("31206-6", "hi", valueCodeableConcept=code(ICDO3, morphology)))
    assert found.value == {"histology": chosen("NET")}


def test_a_tnm_grade_is_differentiation_not_the_grade_of_a_net() -> None:
    found = fact("pathology", path("33732-9", "gr", valueCodeableConcept=code(SNOMED, "373377004")))
    assert found.value == {"differentiation": chosen("moderate")}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueString": "<2"}, ""), ({"valueQuantity": quantity(19, "%")}, ""),
        ({"valueQuantity": quantity(0.19, ucum="1")}, ""),
        ({"valueQuantity": quantity(0.19)}, "no unit is stated"),
    ],
)  # fmt: skip
def test_ki67_as_percent_and_as_fraction(value: JSON, expected: str) -> None:
    assert fact("pathology", path("29593-1", "ki", **value)).doubt == expected


# ------------------------------------------------------------------ diagnoses
def diagnosis(*coded: JSON, **more: Any) -> JSON:
    codings = [each for one in coded for each in one["coding"]]
    return resource("Condition", code={"coding": codings}, onsetDateTime="2025-05", **more)


@pytest.mark.parametrize(
    ("icd", "site"), [("C7A.012", "small_bowel"), ("C7A012", "small_bowel"), ("C7A.026", "rectum")]
)
def test_a_neuroendocrine_code_names_the_site(icd: str, site: str) -> None:
    assert fact("primary_site", diagnosis(code(ICD10CM, icd))).value == chosen(site)


def test_an_organ_alone_is_not_known_to_be_neuroendocrine() -> None:
    colon = diagnosis(code("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "C18.7"))
    assert facts("primary_site", colon) == []
    assert kinds(colon) == {"not known to be neuroendocrine"}
    morphology = {
        "url": "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior",
        "valueCodeableConcept": code(ICDO3, "8240/3"),
    }
    assert fact("primary_site", {**colon, "extension": [morphology]}).value == chosen("colon")


def test_a_site_by_body_site_of_the_tumour_not_of_its_metastasis() -> None:
    tumour = diagnosis(code(SNOMED, "255046005"), bodySite=[code(SNOMED, "15776009")])
    assert fact("primary_site", tumour).value == chosen("pancreas")
    metastasis = diagnosis(code(SNOMED, "255046005"), code(ICD10CM, "C7B.02"), bodySite=[code(SNOMED, "15776009")])
    assert facts("primary_site", metastasis) == []


def test_poorly_differentiated_by_diagnosis() -> None:
    found = fact("pathology", diagnosis(code(ICD10CM, "C7A.1")))
    assert found.value == {"histology": chosen("NEC"), "differentiation": chosen("poor")}


def test_a_diagnosis_adds_nothing_to_a_report_that_says_the_same() -> None:
    said = diagnosis(code(SNOMED, "255046005"), code(ICDO3, "8240/3"))
    report = path("31206-6", "hi", valueCodeableConcept=code(ICDO3, "8240/3"))
    assert fact("pathology", said, report).source == "Observation/hi"
    other = diagnosis(code(SNOMED, "255046005"), code(ICDO3, "8246/3"))
    assert len(facts("pathology", other, report)) == 2


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_diagnoses_that_are_false_do_not_count(status: str) -> None:
    false = diagnosis(code(ICD10CM, "C7A.012"), verificationStatus=code("x", status))
    assert facts("primary_site", false) == []
    assert kinds(false) == {status.replace("-", " ")}


def test_heart_failure_without_a_class() -> None:
    assert fact("heart_failure", diagnosis(code(ICD10CM, "I50.32"))).value == {}


# ------------------------------------------------------------------ operations
CPT = "http://www.ama-assn.org/go/cpt"
CLEAR = code(SNOMED, "258254000")


def operation(**more: Any) -> JSON:
    return resource("Procedure", status="completed", code=code(CPT, "47130"), performedDateTime="2026-01-10") | more


def test_a_liver_resection() -> None:
    assert fact("liver_resection", operation()).when == read_span("2026-01-10")
    staged = operation(performedPeriod={"start": "2026-01-10", "end": "2026-01-12"})
    del staged["performedDateTime"]
    assert fact("liver_resection", staged).when == read_span("2026-01-12")
    assert fact("liver_resection", operation(outcome=CLEAR)).value == {"residual": chosen("R0")}


@pytest.mark.parametrize("status", ["not-done", "in-progress", "preparation", "stopped", "entered-in-error"])
def test_an_operation_that_was_not_completed_does_not_count(status: str) -> None:
    assert facts("liver_resection", operation(status=status)) == []
    assert kinds(operation(status=status)) & {"not done", "entered in error"}


def test_the_residual_status_joins_the_operation_it_names_or_the_only_one_before_it() -> None:
    residual = path("84892-9", "res", valueCodeableConcept=CLEAR, effectiveDateTime="2026-01-20")
    assert fact("liver_resection", operation(), residual).value == {"residual": chosen("R0")}
    two = [operation(), operation(id="r2", performedDateTime="2026-01-15")]
    assert kinds(*two, residual) == {"cannot be attached"}
    named = {**residual, "partOf": [{"reference": "Procedure/r2"}]}
    values = {each.id: each.value for each in facts("liver_resection", *two, named)}
    assert values == {"Procedure/r1": {}, "Procedure/r2": {"residual": chosen("R0")}}
    late = {**residual, "effectiveDateTime": "2026-06-20"}
    assert kinds(operation(), late) == {"cannot be attached"}


def test_a_resection_of_the_primary_needs_a_neuroendocrine_reason() -> None:
    ops = resource("Procedure", status="completed", performedDateTime="2024-01-10",
                   code=code("http://fhir.de/CodeSystem/bfarm/ops", "5-524.2"))  # fmt: skip
    assert facts("primary_resection", ops) == []
    assert kinds(ops) == {"not known to be neuroendocrine"}
    reason = diagnosis(code(SNOMED, "255046005"), id="c9")
    because = {**ops, "id": "r2", "reasonReference": [{"reference": "Condition/c9"}]}
    assert fact("primary_resection", because, reason).when == read_span("2024-01-10")


# ------------------------------------------------------------------ scans
def test_an_mri_of_the_liver_as_study_and_report_is_one_record() -> None:
    study = resource("ImagingStudy", status="available", started="2026-02-01T09:00:00Z",
                     series=[{"modality": MR, "bodySite": {"system": SNOMED, "code": "10200004"}}])  # fmt: skip
    report = resource("DiagnosticReport", id="d1", status="final", effectiveDateTime="2026-02-02",
                      code={"coding": [{"system": DCM, "code": "MR"}, {"system": SNOMED, "code": "10200004"}]},
                      conclusion="Two lesions.", imagingStudy=[{"reference": "ImagingStudy/r1"}])  # fmt: skip
    found = fact("mri_liver", study, report)
    assert found.when == read_span("2026-02-01")
    (free,) = [each for each in read(study, report).unread if each.kind == "free text"]
    assert free.what == "Two lesions."
    findings = plain("mri_liver", id="f", derivedFrom=[{"reference": "ImagingStudy/r1"}],
                     component=[component("liver", **answer("metastases"))])  # fmt: skip
    assert fact("mri_liver", study, report, findings).value == {"liver": chosen("metastases")}
    single = plain("mri_liver.liver", id="g", valueString="metastases", partOf=[{"reference": "ImagingStudy/r1"}])
    assert fact("mri_liver", study, single).value == {"liver": chosen("metastases")}


def test_an_mri_of_another_region_is_none_of_the_liver() -> None:
    study = resource("ImagingStudy", status="available", started="2026-02-01", modality=[{"system": DCM, "code": "MR"}])
    assert facts("mri_liver", study) == []
    assert kinds(study) == {"not known to be at liver"}


def test_a_pet_counts_only_with_its_tracer() -> None:
    pet = resource("Procedure", status="completed", performedDateTime="2026-02-01", code=code(DCM, "PT"))
    assert kinds(pet) == {"not known to be sstr tracer"}
    traced = {**pet, "usedCode": [code(SNOMED, "724025002")]}
    assert fact("sstr_pet", traced).value == {"tracer": chosen("Ga68_DOTATATE")}


def test_findings_of_several_reports_unite_where_several_may_be() -> None:
    study = resource("ImagingStudy", status="available", started="2026-02-01",
                     modality=[{"system": DCM, "code": "MR"}], procedureCode=[code(SNOMED, "10200004")])  # fmt: skip
    parts = [
        plain("mri_liver.extrahepatic", id=name, valueString=name, partOf=[{"reference": "ImagingStudy/r1"}])
        for name in ("primary_in_situ", "other")
    ]
    assert fact("mri_liver", study, *parts).value == {"extrahepatic": Choice(frozenset({"primary_in_situ", "other"}))}


# ------------------------------------------------------------------ treatments
def medication(kind: str, atc: str = "H01CB03", **more: Any) -> JSON:
    return resource(kind, medicationCodeableConcept=code(ATC, atc), **more)


@pytest.mark.parametrize(
    ("atc", "kind"),
    [
        ("L01XA02", "chemotherapy"), ("L01EG02", "targeted"), ("L03AB05", "interferon"),
        ("H01CB02", "somatostatin_analogue"), ("V10XX04", "prrt"),
    ],
)  # fmt: skip
def test_kinds_of_treatment_by_atc(atc: str, kind: str) -> None:
    given = medication("MedicationAdministration", atc, status="completed", effectiveDateTime="2026-01-02")
    assert fact("anticancer_treatment", given).value == {"kind": chosen(kind)}


def test_a_statement_without_an_end_goes_on_or_is_over_by_its_status() -> None:
    given = medication("MedicationStatement", status="active", effectivePeriod={"start": "2026-01-02"})
    assert fact("anticancer_treatment", given).end == ONGOING
    start = read_span("2026-01-02")
    assert start is not None
    over = {**given, "status": "completed"}
    assert fact("anticancer_treatment", over).end == Span(start.lo, LATEST)
    told = {**over, "dateAsserted": "2026-02-02"}
    assert fact("anticancer_treatment", told).end == Span(start.lo, start.lo + 31)


def test_an_order_counts_as_begun_and_says_that_it_is_an_order() -> None:
    order = medication("MedicationRequest", status="active", intent="order", authoredOn="2026-01-02")
    found = fact("anticancer_treatment", order)
    assert found.when == read_span("2026-01-02")
    assert found.reported == "H01CB03 (ordered)"
    assert found.end != ONGOING
    bounded = {**order, "dispenseRequest": {"validityPeriod": {"start": "2026-01-02", "end": "2026-02-02"}}}
    assert fact("anticancer_treatment", bounded).end == read_span("2026-02-02")


@pytest.mark.parametrize(
    "resource_",
    [
        medication("MedicationStatement", status="not-taken"),
        medication("MedicationStatement", status="intended"),
        medication("MedicationAdministration", status="not-done"),
        medication("MedicationRequest", status="cancelled", intent="order"),
        medication("MedicationRequest", status="draft", intent="order"),
        medication("MedicationRequest", status="active", intent="proposal"),
        medication("MedicationRequest", status="active", intent="order", doNotPerform=True),
        medication("MedicationRequest", status="entered-in-error", intent="order"),
    ],
)
def test_what_was_never_given_does_not_count(resource_: JSON) -> None:
    assert facts("anticancer_treatment", resource_) == []
    assert kinds(resource_) & {"not done", "entered in error"}


def test_a_stopped_order_is_doubted() -> None:
    order = medication("MedicationRequest", status="stopped", intent="order", authoredOn="2026-01-02")
    assert "stopped" in fact("anticancer_treatment", order).doubt


def test_a_medication_by_reference_contained_or_not() -> None:
    drug = {"resourceType": "Medication", "id": "m", "code": code(ATC, "L01XA02")}
    given = resource("MedicationAdministration", status="completed", effectiveDateTime="2026-01-02")
    apart = {**given, "medicationReference": {"reference": "Medication/m"}}
    inside = {**given, "medicationReference": {"reference": "#m"}, "contained": [drug]}
    assert fact("anticancer_treatment", apart, drug).value == {"kind": chosen("chemotherapy")}
    assert fact("anticancer_treatment", inside).value == {"kind": chosen("chemotherapy")}
    assert kinds(apart) == {"no medication"}
    mixture = {**drug, "code": {"text": "mixture"}, "ingredient": [{"itemCodeableConcept": code(ATC, "L01DB01")}]}
    assert fact("anticancer_treatment", apart, mixture).reported == "mixture"


def test_the_setting_by_intent() -> None:
    extension = [{"url": INTENT, "valueCodeableConcept": code(SNOMED, "373847000")}]
    given = medication("MedicationAdministration", "L01XA02", status="completed", extension=extension)
    assert fact("anticancer_treatment", given).value == {
        "kind": chosen("chemotherapy"),
        "setting": chosen("neoadjuvant"),
    }


def test_radiotherapy_course() -> None:
    course = resource("Procedure", status="in-progress", code=code(SNOMED, "1217123003"),
                      performedPeriod={"start": "2026-01-02"})  # fmt: skip
    found = fact("anticancer_treatment", course)
    assert (found.value, found.end) == ({"kind": chosen("radiotherapy")}, ONGOING)


# ------------------------------------------------------------------ allergies, consent
def allergy(coded: JSON, **more: Any) -> JSON:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "patient": {"reference": "Patient/p1"},
        "code": coded,
        **more,
    }


def test_hypersensitivity() -> None:
    active = {"clinicalStatus": code("x", "active")}
    assert fact("ssa_hypersensitivity", allergy(code(ATC, "H01CB02"), **active)).value == chosen("yes")
    assert fact("ssa_hypersensitivity", allergy(code(SNOMED, "716186003"), **active)).value == chosen("no")
    by_reaction = allergy({"text": "drug"}, reaction=[{"substance": code(ATC, "H01CB02")}])
    assert fact("ssa_hypersensitivity", by_reaction).value == chosen("yes")
    assert kinds(allergy(code(ATC, "H01CB02"), verificationStatus=code("x", "refuted"))) == {"refuted"}
    assert kinds(allergy(code(ATC, "H01CB02"), clinicalStatus=code("x", "resolved"))) == {"no longer active"}
    assert fact(
        "ssa_hypersensitivity", allergy(code(ATC, "H01CB02"), verificationStatus=code("x", "unconfirmed"))
    ).doubt


RESEARCH = code("http://terminology.hl7.org/CodeSystem/consentscope", "research")


@pytest.mark.parametrize(("status", "withdrawn"), [("active", "no"), ("inactive", "yes"), ("rejected", "yes")])
def test_consent(status: str, withdrawn: str) -> None:
    given = resource("Consent", status=status, scope=RESEARCH, dateTime="2026-01-02")
    found = fact("consent", {**given, "patient": {"reference": "Patient/p1"}})
    assert (found.value, found.when) == ({"withdrawn": chosen(withdrawn)}, read_span("2026-01-02"))


@pytest.mark.parametrize("provision", [{"type": "deny"}, {"period": {"start": "2020-01-01", "end": "2021-01-01"}}])
def test_a_consent_that_denies_or_ran_out_is_doubted(provision: JSON) -> None:
    given = resource("Consent", status="active", scope=RESEARCH, dateTime="2026-01-02", provision=provision)
    assert fact("consent", {**given, "patient": {"reference": "Patient/p1"}}).doubt


def test_a_consent_that_is_not_one() -> None:
    assert kinds(resource("Consent", status="draft", scope=RESEARCH)) == {"draft"}
    broad = code(
        "https://www.medizininformatik-initiative.de/fhir/modul-consent/CodeSystem/mii-cs-consent-version-modules",
        "2.16.840.1.113883.3.1937.777.24.2.184",
    )
    assert kinds(resource("Consent", status="active", scope=RESEARCH, category=[broad])) == {"another kind"}


def test_no_date_is_any_day() -> None:
    given = medication("MedicationAdministration", status="completed")
    assert fact("anticancer_treatment", given).when == ANY_DAY


def test_a_pathology_report_in_words_is_shown_to_a_person() -> None:
    report = resource("DiagnosticReport", status="final", code=code(LOINC, "22637-3"), conclusion="NET G2, Ki-67 8 %")
    assert facts("pathology", report) == []
    (entry,) = read(report).unread
    assert (entry.kind, entry.what) == ("free text", "NET G2, Ki-67 8 %")


# ------------------------------------------------------------------ the days of the plain form
def test_a_plain_treatment_without_an_end_has_ended_nobody_knows_when() -> None:
    found = fact("anticancer_treatment", plain("anticancer_treatment", effectiveDateTime="2026-03-01"))
    assert (found.when, found.end) == (read_span("2026-03-01"), Span(found.when.lo, LATEST))


def test_a_plain_record_may_state_its_days_as_components() -> None:
    days = [component("start", valueDateTime="2026-03-01"), component("end", valueDateTime="2026-03-20")]
    found = fact("anticancer_treatment", plain("anticancer_treatment", component=days))
    assert (found.when, found.end) == (read_span("2026-03-01"), read_span("2026-03-20"))
    assert kinds(plain("anticancer_treatment", component=[component("end", valueString="in spring")])) == {
        "unreadable date"
    }


def test_a_plain_statement_of_none_has_no_end() -> None:
    assert fact("anticancer_treatment", plain("anticancer_treatment", valueString="none")).end is None


def test_a_date_in_plain_form_counts_from_the_day_that_it_names() -> None:
    written_later = plain("first_study_procedure", effectiveDateTime="2026-05-25", valueDateTime="2026-05-19")
    assert fact("first_study_procedure", written_later).when == read_span("2026-05-19")
    by_its_day = plain("first_study_procedure", effectiveDateTime="2026-05-19")
    assert fact("first_study_procedure", by_its_day).value == read_span("2026-05-19")


def test_a_date_that_cannot_be_read_is_not_no_date() -> None:
    assert fact("first_study_procedure", plain("first_study_procedure", valueDateTime="19.5.2026")).doubt


# ------------------------------------------------------------------ what no code is known of
@pytest.mark.parametrize("kind", ["MedicationStatement", "AllergyIntolerance", "Procedure"])
def test_what_no_code_is_known_of_is_told_for_each_person(kind: str) -> None:
    about = {"subject": {"reference": "Patient/p1"}, "patient": {"reference": "Patient/p1"}}
    name = {"medicationCodeableConcept": {"text": "Temozolomide"}, "code": {"text": "Temozolomide"}}
    unread = read({**resource(kind, status="active", **name), **about}).unread
    assert [(each.what, each.kind) for each in unread if each.person == "p1"] == [("Temozolomide", "not recognised")]


def test_what_stands_where_a_gender_belongs_is_not_quoted() -> None:
    unread = read(patient(gender="Zwiebelfisch")).unread
    assert [each.kind for each in unread] == ["unknown answer"]
    assert "Zwiebelfisch" not in repr(unread)
