"""Diagnoses, procedures, drugs: what their codes say, when they were, and when a product is found by its class."""

import pytest
from tests.cdm import Cdm

from equipoise.facts import ONGOING, chosen, is_record

from .reading import fact_of, facts_of, read, unread_of

ICD, ATC = "ICD10CM", "ATC"
DAY = "2026-03-02"

ROWS = {
    "heart failure": ("condition_occurrence", dict(concept=("SNOMED", "84114007"), source=(ICD, "I50.9"))),
    "small bowel": ("condition_occurrence", dict(concept=("SNOMED", "1"), source=(ICD, "C7A.012"))),
    "pancreas, of whatever kind": ("condition_occurrence", dict(concept=0, source=(ICD, "C25.0"))),
    "ICD-O-3 of both": ("condition_occurrence", dict(concept=("ICDO3", "8240/3-C17.2"))),
    "ICD-O-3 without a site": ("condition_occurrence", dict(concept=("ICDO3", "8246/3-NULL"))),
    "ICD-O-3 of another kind": ("condition_occurrence", dict(concept=("ICDO3", "8500/3-C50.9"))),
    "preliminary": ("condition_occurrence", dict(concept=0, source=(ICD, "C7A.012"), status=32899)),
    "pregnant": ("condition_occurrence", dict(concept=("SNOMED", "77386006"))),
    "pregnant, on one day": ("condition_occurrence", dict(concept=("SNOMED", "77386006"), end=DAY)),
    "no longer pregnant": ("condition_occurrence", dict(concept=("SNOMED", "77386006"), end="2026-04-02")),
    "liver resection": ("procedure_occurrence", dict(concept=("CPT4", "47120"))),
    "in stages": ("procedure_occurrence", dict(concept=("CPT4", "47120"), end="2026-03-20")),
    "German": ("procedure_occurrence", dict(concept=0, source=("OPS", "5-502.1"))),
    "with its residual": ("procedure_occurrence", dict(concept=("CPT4", "47120"), modifier=("SNOMED", "278271003"))),
    "pancreas resected": ("procedure_occurrence", dict(concept=0, source=("OPS", "5-524.1"))),
    "infusion": ("drug_exposure", dict(concept=("RxNorm", "3002"), end=DAY)),
    "tablets": ("drug_exposure", dict(concept=("RxNorm", "194000"), end="2026-04-15")),
    "tablets as stated": (
        "drug_exposure", dict(concept=("RxNorm", "194000"), end="2026-04-15", verbatim_end_date="2026-03-10")),
    "no end": ("drug_exposure", dict(concept=("RxNorm", "194000"))),
    "ordered": ("drug_exposure", dict(concept=("RxNorm", "194000"), end="2026-03-31", kind=32838)),
    "ordered, no end": ("drug_exposure", dict(concept=("RxNorm", "194000"), kind=38000177)),
    "by ATC": ("drug_exposure", dict(concept=0, source=(ATC, "L01EX04"))),
    "by class": ("drug_exposure", dict(concept=("RxNorm", "sunitinib 50 MG"), end=DAY)),
    "by substance": ("drug_exposure", dict(concept=("RxNorm", "doxorubicin injection"), end=DAY)),
    "of two classes": ("drug_exposure", dict(concept=("RxNorm", "methotrexate tablet"), end=DAY)),
    "of two classes, one stated": (
        "drug_exposure", dict(concept=("RxNorm", "methotrexate tablet"), source=(ATC, "L01BA01"), end=DAY)),
    "of two classes, the other stated": (
        "drug_exposure", dict(concept=("RxNorm", "methotrexate tablet"), source=(ATC, "L04AX03"), end=DAY)),
    "another drug": ("drug_exposure", dict(concept=("RxNorm", "aspirin"), end=DAY)),
}  # fmt: skip
PEOPLE = {name: number for number, name in enumerate(ROWS, 1)}


@pytest.fixture(scope="module")
def reading():
    cdm = Cdm()
    cdm.concept(ICD, "C7A.012", "Malignant carcinoid tumor of the ileum")
    for name, (table, stated) in ROWS.items():
        cdm.person(PEOPLE[name])
        cdm.add(table, person=PEOPLE[name], **{"day": DAY, **stated})
    for product, classes in {
        "sunitinib 50 MG": ["L01", "L01E", "L01EX", "L01EX01"],
        "doxorubicin injection": [],
        "methotrexate tablet": ["L01", "L01B", "L01BA", "L01BA01", "L04AX03", "L04"],
        "aspirin": ["N02BA01", "B01AC06"],
    }.items():
        for code in classes:
            cdm.above(cdm.concept(ATC, code), cdm.concept("RxNorm", product))
    cdm.above(cdm.concept("RxNorm", "3639", "doxorubicin"), cdm.concept("RxNorm", "doxorubicin injection"))
    return read(cdm)


def record(reading, name: str, concept: str) -> dict[str, object]:
    value = fact_of(reading, PEOPLE[name], concept).value
    assert is_record(value)
    return dict(value)


@pytest.mark.parametrize(
    ("name", "concept", "expected"),
    [
        ("small bowel", "primary_site", chosen("small_bowel")),
        ("ICD-O-3 of both", "primary_site", chosen("small_bowel")),
        ("pregnant", "pregnant", chosen("yes")),
        ("pregnant, on one day", "pregnant", chosen("yes")),
    ],
)
def test_what_a_diagnosis_answers(reading, name: str, concept: str, expected: object) -> None:
    fact = fact_of(reading, PEOPLE[name], concept)
    assert (fact.value, str(fact.when), fact.doubt) == (expected, "2 March 2026", "")


@pytest.mark.parametrize(
    ("name", "concept", "expected"),
    [
        ("heart failure", "heart_failure", {}),
        ("ICD-O-3 of both", "pathology", {"histology": chosen("NET")}),
        ("ICD-O-3 without a site", "pathology", {"histology": chosen("NEC")}),
        ("liver resection", "liver_resection", {}),
        ("German", "liver_resection", {}),
        ("with its residual", "liver_resection", {"residual": chosen("R1")}),
        ("infusion", "anticancer_treatment", {"kind": chosen("chemotherapy")}),
        ("by ATC", "anticancer_treatment", {"kind": chosen("targeted")}),
        ("by class", "anticancer_treatment", {"kind": chosen("targeted")}),
        ("by substance", "anticancer_treatment", {"kind": chosen("chemotherapy")}),
    ],
)
def test_what_an_event_states(reading, name: str, concept: str, expected: object) -> None:
    assert record(reading, name, concept) == expected
    assert unread_of(reading, PEOPLE[name]) == []


@pytest.mark.parametrize("name", ["pancreas, of whatever kind", "pancreas resected"])
def test_an_organ_counts_only_with_the_disease(reading, name: str) -> None:
    assert {fact.concept for fact in facts_of(reading, PEOPLE[name])} == {"sex"}
    assert [each.kind for each in unread_of(reading, PEOPLE[name])] == ["not known to be neuroendocrine"]


def test_another_cancer_and_another_drug_are_only_counted(reading) -> None:
    for name in ("ICD-O-3 of another kind", "another drug"):
        assert {fact.concept for fact in facts_of(reading, PEOPLE[name])} == {"sex"}
    told = {each.source: each.why for each in reading.unread if "does not use" in each.why}
    assert "ICDO3 8500/3-C50.9" in told["condition_occurrence"]
    assert told["drug_exposure"].endswith("RxNorm aspirin RxNorm aspirin")


def test_a_preliminary_diagnosis_is_doubted(reading) -> None:
    assert fact_of(reading, PEOPLE["preliminary"], "primary_site").doubt == "the diagnosis is not confirmed"


def test_a_pregnancy_that_ended_is_none(reading) -> None:
    assert facts_of(reading, PEOPLE["no longer pregnant"], "pregnant") == []
    assert [each.kind for each in unread_of(reading, PEOPLE["no longer pregnant"])] == ["no longer active"]


def test_of_an_operation_in_stages_the_last_day_counts(reading) -> None:
    assert str(fact_of(reading, PEOPLE["in stages"], "liver_resection").when) == "20 March 2026"


@pytest.mark.parametrize(
    ("name", "end"),
    [
        ("infusion", None),
        ("tablets", "15 April 2026"),
        ("tablets as stated", "10 March 2026"),
        ("no end", "on or after 2 March 2026"),
        ("ordered", "31 March 2026"),
    ],
)
def test_when_a_treatment_ended(reading, name: str, end: str | None) -> None:
    fact = fact_of(reading, PEOPLE[name], "anticancer_treatment")
    assert (str(fact.when), str(fact.end) if fact.end else None) == ("2 March 2026", end)


def test_a_prescription_is_an_order(reading) -> None:
    assert fact_of(reading, PEOPLE["ordered"], "anticancer_treatment").reported.endswith("(ordered)")
    assert not fact_of(reading, PEOPLE["tablets"], "anticancer_treatment").reported.endswith("(ordered)")
    open_end = fact_of(reading, PEOPLE["ordered, no end"], "anticancer_treatment").end
    assert open_end is not None and open_end != ONGOING and str(open_end) == "on or after 2 March 2026"


def test_a_product_of_several_classes_is_doubted(reading) -> None:
    """Methotrexate is a cytostatic and an immunosuppressant; which was meant nobody can tell from the product."""
    fact = fact_of(reading, PEOPLE["of two classes"], "anticancer_treatment")
    (said,) = unread_of(reading, PEOPLE["of two classes"])
    assert fact.doubt == "the product is of several classes (L01BA01, L04AX03): which was meant it does not say"
    assert (said.why, said.held) == (fact.doubt, True)


def test_a_source_that_names_the_class_decides(reading) -> None:
    stated = fact_of(reading, PEOPLE["of two classes, one stated"], "anticancer_treatment")
    assert (stated.doubt, unread_of(reading, PEOPLE["of two classes, one stated"])) == ("", [])
    assert facts_of(reading, PEOPLE["of two classes, the other stated"], "anticancer_treatment") == []
    told = [each.what for each in reading.unread if "nothing else in them" in each.why]
    assert told == ["1 row of drug_exposure"]
