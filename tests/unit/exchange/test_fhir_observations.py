"""Observations: laboratory values, scores, answers; every oddity that real files show."""

from decimal import Decimal
from typing import Any

import pytest

from equipoise.dates import ANY_DAY, EARLIEST, Span, on_day, read_span
from equipoise.facts import ReferenceRange, Text, chosen
from equipoise.quantities import Quantity, exactly

from .fhir_cases import (
    LOINC,
    PLAIN,
    SNOMED,
    code,
    fact,
    facts,
    kinds,
    lab,
    observation,
    patient,
    quantity,
    read,
)


def test_a_haemoglobin_is_a_fact_with_its_day_source_and_wording() -> None:
    found = fact("haemoglobin", lab(valueQuantity=quantity(7.8, "g/dl", "g/dL")))
    assert found.person == "p1"
    assert found.value == exactly("7.8", "g/dL")
    assert found.when == read_span("2026-03-02")
    assert (found.source, found.id, found.reported, found.doubt) == ("Observation/o1", "Observation/o1", "7.8 g/dl", "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueQuantity": quantity(7.8, "g/dl")}, exactly("7.8", "g/dL")),
        ({"valueQuantity": quantity(4.8, "mmol/l", "mmol/L")}, exactly("4.8", "mmol/L")),
        ({"valueQuantity": quantity("7,8", "g/dL")}, exactly("7.8", "g/dL")),
        ({"valueQuantity": quantity(8, "gram per deciliter", "g/dL")}, exactly("8", "g/dL")),
        ({"valueString": "7,8 g/dL"}, exactly("7.8", "g/dL")),
        ({"valueString": "<8 g/dL"}, Quantity(None, Decimal(8), "g/dL", hi_open=True)),
        ({"valueQuantity": quantity(8, "g/dL", comparator=">=")}, Quantity(Decimal(8), None, "g/dL")),
        (
            {"valueRange": {"low": quantity(7, "g/dL"), "high": quantity(8, "g/dL")}},
            Quantity(Decimal(7), Decimal(8), "g/dL"),
        ),
        ({"valueRatio": {"numerator": quantity(8, "g"), "denominator": quantity(1, "dL")}}, exactly("8", "g/dL")),
    ],
)
def test_values_in_every_form(value: dict[str, Any], expected: Quantity) -> None:
    found = fact("haemoglobin", lab(**value))
    assert found.value == expected
    assert found.doubt == ""


def test_a_number_keeps_its_decimals_exactly() -> None:
    found = fact("bilirubin", lab("1975-2", valueQuantity=quantity(3.6, "mg/dL")))
    assert found.value == exactly("3.6", "mg/dL")


@pytest.mark.parametrize("unit", ["10*9/L", "x10^9/L", "/nL", "G/L", "K/uL", "10*3/uL"])
def test_units_that_mean_the_same(unit: str) -> None:
    assert fact("platelets", lab("777-3", valueQuantity=quantity(75, unit))).doubt == ""


def test_cells_per_microlitre_convert() -> None:
    found = fact("neutrophils", lab("751-8", valueQuantity=quantity(3000, "cells/uL")))
    assert (found.value, found.doubt) == (exactly(3000, "/uL"), "")


def test_neutrophils_of_3000_thousand_are_doubted_not_dropped() -> None:
    found = fact("neutrophils", lab("26499-4", valueQuantity=quantity(3000, "10*3/uL", "10*3/uL")))
    assert "not plausible" in found.doubt
    assert kinds(lab("26499-4", valueQuantity=quantity(3000, "10*3/uL"))) == {"implausible"}


def test_two_different_units_are_doubted() -> None:
    assert "two different units" in fact("haemoglobin", lab(valueQuantity=quantity(78, "g/L", "g/dL"))).doubt
    assert fact("haemoglobin", lab(valueQuantity=quantity(7.8, "g/dl", "g/dL"))).doubt == ""


def test_an_unknown_unit_or_none_is_doubted() -> None:
    assert "not known" in fact("haemoglobin", lab(valueQuantity=quantity(7.8, "spoonfuls"))).doubt
    assert "no unit" in fact("haemoglobin", lab(valueQuantity=quantity(7.8))).doubt


def test_a_quantity_without_a_number_is_no_fact() -> None:
    assert facts("haemoglobin", lab(valueQuantity=quantity(None, "g/dL"))) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, [1], {"a": 1}, "much", 10**400])
def test_what_is_no_number_is_kept_in_words_and_in_doubt(value: Any) -> None:
    found = fact("haemoglobin", lab(valueQuantity=quantity(value, "g/dL")))
    assert isinstance(found.value, Text)
    assert found.doubt == "the value is no number"


def test_a_text_number_beyond_reason_is_doubted() -> None:
    assert fact("haemoglobin", lab(valueString="1e999999999 g/dL")).doubt == '"1e999999999 g/dL" is no number'


def test_a_value_that_cannot_be_read_is_told_once() -> None:
    unread = [each for each in read(lab(valueString="see letter")).unread if each.person]
    assert [(each.kind, each.held) for each in unread] == [("unreadable value", True)]


def test_a_field_that_cannot_be_read_puts_its_report_in_doubt() -> None:
    found = fact("pathology", observation(code(LOINC, "29593-1"), valueString="ca. 25 %"))
    assert found.doubt == '"ca. 25 %" is no number'


@pytest.mark.parametrize("high", [0, -1])
def test_an_upper_limit_of_nothing_is_no_limit(high: int) -> None:
    bilirubin = lab("1975-2", valueQuantity=quantity(0.8, "mg/dL"), referenceRange=[{"high": {"value": high}}])
    assert fact("bilirubin", bilirubin).reference is None
    assert kinds(bilirubin) == {"reference range"}


@pytest.mark.parametrize("system", [LOINC, "urn:oid:2.16.840.1.113883.6.1"])
def test_a_system_has_several_spellings(system: str) -> None:
    assert facts("haemoglobin", observation(code(system, "718-7"), valueQuantity=quantity(9, "g/dL")))


def test_a_code_counts_only_in_its_system() -> None:
    race = observation(code("urn:oid:2.16.840.1.113883.6.238", "2106-3"), valueString="negative")
    assert facts("pregnancy_test", race) == []
    assert fact("pregnancy_test", observation(code(LOINC, "2106-3"), valueString="negative")).value == chosen(
        "negative"
    )


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_withdrawn_results_are_reported_not_used(status: str) -> None:
    withdrawn = lab(valueQuantity=quantity(7.8, "g/dL"), status=status)
    assert facts("haemoglobin", withdrawn) == []
    assert kinds(withdrawn) == {status.replace("-", " ")}


@pytest.mark.parametrize("status", ["preliminary", "registered"])
def test_early_results_are_doubted(status: str) -> None:
    assert fact("haemoglobin", lab(valueQuantity=quantity(7.8, "g/dL"), status=status)).doubt == "preliminary result"


def test_a_result_of_unknown_status_is_doubted() -> None:
    assert fact("haemoglobin", lab(valueQuantity=quantity(7.8, "g/dL"), status="unknown")).doubt


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_other_statuses_are_used(status: str) -> None:
    assert fact("haemoglobin", lab(valueQuantity=quantity(7.8, "g/dL"), status=status)).doubt == ""


def test_an_absent_value_is_reported_with_its_reason() -> None:
    absent = lab(dataAbsentReason=code("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed"))
    assert kinds(absent) == {"no value"}


# ------------------------------------------------------------------ when
@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ({"effectiveDateTime": "2026-03"}, read_span("2026-03")),
        ({"effectiveDateTime": "2026"}, read_span("2026")),
        ({"effectiveDateTime": "2026-03-02T23:30:00.123-05:00"}, read_span("2026-03-02")),
        ({"effectiveInstant": "2026-03-02T10:00:00Z"}, read_span("2026-03-02")),
        ({"effectivePeriod": {"start": "2026-03-02", "end": "2026-03-04"}}, Span(739677, 739679)),
        ({"issued": "2026-03-02T10:00:00Z"}, Span(EARLIEST, 739677)),
        ({}, ANY_DAY),
        ({"effective": "2026-03-02"}, ANY_DAY),
    ],
)
def test_days(time: dict[str, Any], expected: Span) -> None:
    given = lab(valueQuantity=quantity(7.8, "g/dL"))
    del given["effectiveDateTime"]
    assert fact("haemoglobin", {**given, **time}).when == expected


def test_an_unreadable_date_is_said_and_the_fact_has_no_day() -> None:
    given = lab(valueQuantity=quantity(7.8, "g/dL"), effectiveDateTime="02/03/2026")
    assert fact("haemoglobin", given).when == ANY_DAY
    assert kinds(given) == {"unreadable date"}


# ------------------------------------------------------------------ the laboratory's limits
def _limits(low: str, high: str) -> ReferenceRange:
    return ReferenceRange(exactly(low, "mg/dL"), exactly(high, "mg/dL"))


def test_the_limits_of_the_same_result() -> None:
    given = lab(
        "1975-2", valueQuantity=quantity(1.4, "mg/dL"), referenceRange=[{"low": quantity(0.2), "high": quantity(1.2)}]
    )
    assert fact("bilirubin", given).reference == _limits("0.2", "1.2")


def test_limits_in_words_are_read_when_clear() -> None:
    given = lab("1975-2", valueQuantity=quantity(1.4, "mg/dL"), referenceRange=[{"text": "0.2 - 1.2 mg/dL"}])
    assert fact("bilirubin", given).reference == _limits("0.2", "1.2")
    vague = lab("1975-2", valueQuantity=quantity(1.4, "mg/dL"), referenceRange=[{"text": "see comment"}])
    assert fact("bilirubin", vague).reference is None


def test_limits_that_are_not_the_normal_ones_do_not_count() -> None:
    therapeutic = {
        "high": quantity(9),
        "type": code("http://terminology.hl7.org/CodeSystem/referencerange-meaning", "therapeutic"),
    }
    given = lab("1975-2", valueQuantity=quantity(1.4, "mg/dL"), referenceRange=[therapeutic])
    assert fact("bilirubin", given).reference is None


def test_several_limits_that_differ_are_none_unless_sex_decides() -> None:
    two = [{"high": quantity(1.2)}, {"high": quantity(1.0)}]
    given = lab("2160-0", valueQuantity=quantity(1.1, "mg/dL"), referenceRange=two)
    assert fact("creatinine", given).reference is None
    male = {**two[0], "appliesTo": [code(SNOMED, "248153007")]}
    female = {**two[1], "appliesTo": [code(SNOMED, "248152002")]}
    given["referenceRange"] = [male, female]
    assert fact("creatinine", given).reference is None
    known = fact("creatinine", given, patient(gender="female"))
    assert known.reference == ReferenceRange(None, exactly("1.0", "mg/dL"))


def test_a_limit_in_a_unit_that_does_not_convert_is_no_limit() -> None:
    given = lab("1975-2", valueQuantity=quantity(1.4, "mg/dL"), referenceRange=[{"high": quantity(1.2, "U/L")}])
    assert fact("bilirubin", given).reference is None


# ------------------------------------------------------------------ ECOG, pregnancy, glucose, NYHA
@pytest.mark.parametrize(
    "value",
    [
        {"valueInteger": 1},
        {"valueQuantity": quantity(1, ucum="{score}")},
        {"valueString": "1"},
        {"valueCodeableConcept": code(SNOMED, "422512005")},
        {"valueCodeableConcept": code(LOINC, "LA9623-5")},
    ],
)
def test_ecog_as_number_and_as_code(value: dict[str, Any]) -> None:
    assert fact("ecog", observation(code(LOINC, "89247-1"), **value)).value == exactly(1, "{score}")
    assert fact("ecog", observation(code(SNOMED, "423740007"), **value)).value == exactly(1, "{score}")


def test_karnofsky_is_another_scale() -> None:
    karnofsky = observation(code(LOINC, "89243-0"), valueInteger=100)
    assert facts("ecog", karnofsky) == []
    assert kinds(karnofsky) == {"another scale"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(code(SNOMED, "77386006"), "yes"), (code(LOINC, "LA15173-0"), "yes"), (code(LOINC, "LA26683-5"), "no")],
)
def test_pregnancy_status(value: dict[str, Any], expected: str) -> None:
    assert fact("pregnant", observation(code(LOINC, "82810-3"), valueCodeableConcept=value)).value == chosen(expected)


def test_a_quantitative_hcg_is_not_interpreted() -> None:
    assert kinds(observation(code(LOINC, "19080-1"), valueQuantity=quantity(3, "m[iU]/mL"))) == {"not interpreted"}


def test_glucose_counts_only_when_fasting_is_said() -> None:
    value = {"valueQuantity": quantity(110, "mg/dL")}
    assert fact("fasting_glucose", lab("1558-6", **value)).value == exactly(110, "mg/dL")
    plain = lab("2345-7", **value)
    assert facts("fasting_glucose", plain) == []
    assert kinds(plain) == {"not known to be fasting"}
    specimen = {
        "resourceType": "Specimen", "id": "s1",
        "collection": {"fastingStatusCodeableConcept": code("http://terminology.hl7.org/CodeSystem/v2-0916", "F")},
    }  # fmt: skip
    assert facts("fasting_glucose", {**plain, "specimen": {"reference": "Specimen/s1"}}, specimen)
    said = {"component": [{"code": code(LOINC, "49541-6"), "valueBoolean": True}]}
    assert facts("fasting_glucose", {**plain, **said})


def test_nyha_makes_a_record() -> None:
    found = fact("heart_failure", observation(code(LOINC, "88020-3"), valueCodeableConcept=code(SNOMED, "420913000")))
    assert found.value == {"nyha": chosen("III")}


# ------------------------------------------------------------------ components, panels, malformed
def test_each_component_with_a_known_code_is_a_fact() -> None:
    panel = observation(
        code(LOINC, "58410-2"),
        component=[
            {"code": code(LOINC, "718-7"), "valueQuantity": quantity(9.1, "g/dL")},
            {"code": code(LOINC, "777-3"), "valueQuantity": quantity(80, "10*9/L")},
        ],
    )
    assert {each.concept for each in read(panel).facts} == {"haemoglobin", "platelets"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "718-7"}, {"status": 1}, {"valueQuantity": [1]}, {"valueQuantity": "7.8"},
        {"referenceRange": {"low": 1}},
        {"subject": ["Patient/p1"]}, {"component": {}}, {"meta": []}, {"effectivePeriod": "today"},
    ],
)  # fmt: skip
def test_malformed_resources_are_said_not_raised(wrong: dict[str, Any]) -> None:
    assert "malformed" in kinds(lab(valueQuantity=quantity(7.8, "g/dL")) | wrong)


def test_a_plain_observation_of_an_unknown_concept_is_said() -> None:
    assert kinds(observation(code(PLAIN, "hemoglobine"), valueInteger=1)) == {"unknown concept"}


def test_codes_that_are_not_used_are_counted_in_one_entry() -> None:
    many = [observation(code(LOINC, f"{number}-0"), id=str(number)) for number in range(50)]
    (entry,) = read(*many).unread
    assert (entry.kind, entry.what) == ("code not used", "50 Observation resources with 50 codes")


def test_the_first_day_is_read_as_written_whatever_the_offset() -> None:
    late = fact("haemoglobin", lab(valueQuantity=quantity(8, "g/dL"), effectiveDateTime="2026-03-02T00:10:00+14:00"))
    assert late.when == on_day(read_span("2026-03-02").first)  # type: ignore[union-attr]


def test_the_limits_of_a_panel_are_not_those_of_its_components() -> None:
    part = {"code": code(LOINC, "718-7"), "valueQuantity": quantity(9.1, "g/dL")}
    panel = observation(code(LOINC, "58410-2"), component=[part], referenceRange=[{"high": quantity(16, "g/dL")}])
    assert fact("haemoglobin", panel).reference is None
    panel["component"] = [{**part, "referenceRange": [{"high": quantity(16, "g/dL"), "type": {"text": "normal"}}]}]
    assert fact("haemoglobin", panel).reference == ReferenceRange(None, exactly(16, "g/dL"))


def test_a_record_asked_for_and_not_answered_states_nothing() -> None:
    """A class of heart failure without a value is no heart failure, not even a doubtful one."""
    asked = observation(code(LOINC, "88020-3"))
    assert facts("heart_failure", asked) == []
    assert kinds(asked) == {"no value"}
