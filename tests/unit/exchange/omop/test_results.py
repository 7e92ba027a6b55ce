"""Measurements and observations: values, units, comparators, ranges, answers, each case a person of one warehouse."""

from decimal import Decimal

import pytest
from tests.cdm import Cdm

from equipoise.facts import Fact, ReferenceRange, Text, chosen
from equipoise.quantities import Quantity, exactly

from .reading import fact_of, facts_of, read, unread_of

HB, PLATELETS, BILIRUBIN = ("LOINC", "718-7"), ("LOINC", "777-3"), ("LOINC", "1975-2")
ECOG, PREGNANT, TEST = ("LOINC", "89247-1"), ("LOINC", "82810-3"), ("LOINC", "2106-3")
G_DL, G_L, MG_DL = ("UCUM", "g/dL"), ("UCUM", "g/L"), ("UCUM", "mg/dL")
DAY = "2026-03-02"

# name: (table, what its row states)
ROWS = {
    "plain": ("measurement", dict(concept=HB, number="7.8", unit=G_DL)),
    "unit in words": ("measurement", dict(concept=HB, number="7.8", unit=0, unit_text="g/dl")),
    "unit nowhere": ("measurement", dict(concept=HB, number="7.8")),
    "unit of no UCUM": ("measurement", dict(concept=HB, number="7.8", unit=("SNOMED", "1"))),
    "units alike": ("measurement", dict(concept=HB, number="78", unit=G_L, unit_text="g/L")),
    "units differ": ("measurement", dict(concept=HB, number="7.8", unit=G_DL, unit_text="g/L")),
    "converted": ("measurement", dict(concept=HB, number="7.8", unit=G_DL, unit_text="g/L", verbatim="78")),
    "converted by moles": (
        "measurement", dict(concept=BILIRUBIN, number="1.17", unit=MG_DL, unit_text="umol/L", verbatim="20")),
    "said to be converted": (
        "measurement", dict(concept=HB, number="7.8", unit=G_DL, unit_text="g/L", verbatim="7.8")),
    "below": ("measurement", dict(concept=PLATELETS, number="10", unit=("UCUM", "10*9/L"), operator=4171756)),
    "at most": ("measurement", dict(concept=PLATELETS, number="10", unit=("UCUM", "10*9/L"), operator=4171754)),
    "equal": ("measurement", dict(concept=PLATELETS, number="10", unit=("UCUM", "10*9/L"), operator=4172703)),
    "at least": ("measurement", dict(concept=PLATELETS, number="10", unit=("UCUM", "10*9/L"), operator=4171755)),
    "above": ("measurement", dict(concept=PLATELETS, number="10", unit=("UCUM", "10*9/L"), operator=4172704)),
    "operator left out": (
        "measurement", dict(concept=PLATELETS, number="10", unit=("UCUM", "10*9/L"), operator=0, verbatim="<10")),
    "other text": ("measurement", dict(concept=PLATELETS, number="10", unit=("UCUM", "10*9/L"), verbatim="<20")),
    "words only": ("measurement", dict(concept=PLATELETS, verbatim="< 20", unit_text="10*9/L")),
    "words with unit": ("measurement", dict(concept=PLATELETS, verbatim="20 G/L", unit_text="10*9/L")),
    "no words": ("measurement", dict(concept=HB)),
    "no number": ("measurement", dict(concept=HB, verbatim="haemolysed")),
    "limits": ("measurement", dict(concept=BILIRUBIN, number="3.6", unit=MG_DL, low="0.2", high="1.2")),
    "limit of zero": ("measurement", dict(concept=BILIRUBIN, number="3.6", unit=MG_DL, low="0", high="0")),
    "an interpretation beside": ("measurement", dict(concept=HB, number="7.8", unit=G_DL, answer=("LOINC", "LA1"))),
    "by source": ("measurement", dict(concept=0, source=HB, number="7.8", unit=G_DL)),
    "by either": ("measurement", dict(concept=("LOINC", "59260-0"), source=HB, number="7.8", unit=G_DL)),
    "date-time": ("measurement", dict(concept=HB, number="7.8", unit=G_DL, day=None,
                                      measurement_datetime="2026-03-02 23:30:00")),
    "no day": ("measurement", dict(concept=HB, number="7.8", unit=G_DL, day=None)),
    "score": ("observation", dict(concept=ECOG, number="1")),
    "score by answer": ("observation", dict(concept=ECOG, answer=("SNOMED", "422894000"))),
    "score in words": ("observation", dict(concept=ECOG, text="2")),
    "answer": ("observation", dict(concept=PREGNANT, answer=("SNOMED", "60001007"))),
    "answer beside a number": ("measurement", dict(concept=TEST, number="0", answer=("SNOMED", "260385009"))),
    "answer by name": ("measurement", dict(concept=TEST, answer=("LOINC", "LA6576-8"))),
    "answer of nobody": ("measurement", dict(concept=TEST, answer=("LOINC", "LA9999-9"))),
    "answer in words": ("observation", dict(concept=PREGNANT, text="no")),
    "answer in the source's words": ("observation", dict(concept=PREGNANT, verbatim="yes")),
    "another scale": ("observation", dict(concept=("LOINC", "89243-0"), number="80")),
    "not fasting": ("measurement", dict(concept=("LOINC", "2345-7"), number="98", unit=MG_DL)),
    "fasting": ("measurement", dict(concept=("LOINC", "1558-6"), number="98", unit=MG_DL)),
    "heart": ("observation", dict(concept=("LOINC", "88020-3"), answer=("SNOMED", "420913000"))),
    "pathology": ("measurement", dict(concept=("LOINC", "29593-1"), number="15", unit=("UCUM", "%"))),
    "not plausible": ("measurement", dict(concept=HB, number="78", unit=G_DL)),
    "many digits": ("measurement", dict(concept=HB, number="7.8999999999999995", unit=G_DL)),
}  # fmt: skip
PEOPLE = {name: number for number, name in enumerate(ROWS, 1)}


@pytest.fixture(scope="module")
def reading():
    cdm = Cdm()
    cdm.concept("LOINC", "LA6576-8", "Positive")
    for name, (table, stated) in ROWS.items():
        cdm.person(PEOPLE[name])
        cdm.add(table, person=PEOPLE[name], **{"day": DAY, **stated})
    return read(cdm)


def value(reading, name: str, concept: str) -> object:
    return fact_of(reading, PEOPLE[name], concept).value


@pytest.mark.parametrize(
    ("name", "concept", "expected"),
    [
        ("plain", "haemoglobin", exactly("7.8", "g/dL")),
        ("unit in words", "haemoglobin", exactly("7.8", "g/dL")),
        ("units alike", "haemoglobin", exactly("78", "g/L")),
        ("converted", "haemoglobin", exactly("7.8", "g/dL")),
        ("converted by moles", "bilirubin", exactly("1.17", "mg/dL")),
        ("below", "platelets", Quantity(None, Decimal(10), "10*9/L", hi_open=True)),
        ("at most", "platelets", Quantity(None, Decimal(10), "10*9/L")),
        ("equal", "platelets", exactly("10", "10*9/L")),
        ("at least", "platelets", Quantity(Decimal(10), None, "10*9/L")),
        ("above", "platelets", Quantity(Decimal(10), None, "10*9/L", lo_open=True)),
        ("operator left out", "platelets", Quantity(None, Decimal(10), "10*9/L", hi_open=True)),
        ("other text", "platelets", exactly("10", "10*9/L")),
        ("words only", "platelets", Quantity(None, Decimal(20), "10*9/L", hi_open=True)),
        ("words with unit", "platelets", exactly("20", "10*9/L")),
        ("an interpretation beside", "haemoglobin", exactly("7.8", "g/dL")),
        ("by source", "haemoglobin", exactly("7.8", "g/dL")),
        ("by either", "haemoglobin", exactly("7.8", "g/dL")),
        ("date-time", "haemoglobin", exactly("7.8", "g/dL")),
        ("score", "ecog", exactly("1", "{score}")),
        ("score by answer", "ecog", exactly("2", "{score}")),
        ("score in words", "ecog", exactly("2", "{score}")),
        ("answer", "pregnant", chosen("no")),
        ("answer beside a number", "pregnancy_test", chosen("negative")),
        ("answer by name", "pregnancy_test", chosen("positive")),
        ("answer in words", "pregnant", chosen("no")),
        ("answer in the source's words", "pregnant", chosen("yes")),
        ("fasting", "fasting_glucose", exactly("98", "mg/dL")),
        ("heart", "heart_failure", {"nyha": chosen("III")}),
        ("pathology", "pathology", {"ki67": exactly("15", "%")}),
    ],
)
def test_what_a_row_states(reading, name: str, concept: str, expected: object) -> None:
    fact = fact_of(reading, PEOPLE[name], concept)
    assert (fact.value, fact.doubt) == (expected, "")
    assert unread_of(reading, PEOPLE[name]) == []


@pytest.mark.parametrize(
    ("name", "concept", "why"),
    [
        ("unit nowhere", "haemoglobin", "no unit is stated"),
        ("unit of no UCUM", "haemoglobin", 'the unit "SNOMED 1" is not known'),
        ("units differ", "haemoglobin", 'two different units are given, "g/dL" and "g/L"'),
        ("said to be converted", "haemoglobin", 'two different units are given, "g/dL" and "g/L"'),
        ("no number", "haemoglobin", '"haemolysed" is no number'),
        ("answer of nobody", "pregnancy_test", '"LOINC LA9999-9" is not an answer to pregnancy test'),
        ("not plausible", "haemoglobin", "the value is not plausible (outside 2 to 25 g/dL)"),
    ],
)
def test_what_is_doubted_is_kept_and_said(reading, name: str, concept: str, why: str) -> None:
    fact = fact_of(reading, PEOPLE[name], concept)
    (said,) = unread_of(reading, PEOPLE[name])
    assert (fact.doubt, said.why, said.held, said.source) == (why, why, True, fact.source)


def test_words_that_are_no_number_are_kept_as_words(reading) -> None:
    assert value(reading, "no number", "haemoglobin") == Text("haemolysed")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("no words", "no value"), ("another scale", "another scale"), ("not fasting", "not known to be fasting")],
)
def test_what_makes_no_fact_is_said_with_its_row(reading, name: str, kind: str) -> None:
    number = PEOPLE[name]
    assert [fact for fact in facts_of(reading, number) if fact.concept != "sex"] == []
    (said,) = unread_of(reading, number)
    assert said.kind == kind
    assert said.source.split()[0] == ROWS[name][0]


def test_a_row_says_where_it_stands_when_it_was_and_what_it_reported(reading) -> None:
    fact = fact_of(reading, 1, "haemoglobin")
    assert (fact.source, str(fact.when), fact.reported) == ("measurement 1", "2 March 2026", "7.8 g/dL")
    assert str(fact_of(reading, PEOPLE["date-time"], "haemoglobin").when) == "2 March 2026"
    assert str(fact_of(reading, PEOPLE["no day"], "haemoglobin").when) == "on a day not recorded"
    assert fact_of(reading, PEOPLE["below"], "platelets").reported == "<10 10*9/L"


def test_limits_are_in_the_unit_of_their_row(reading) -> None:
    limits = ReferenceRange(exactly("0.2", "mg/dL"), exactly("1.2", "mg/dL"))
    assert fact_of(reading, PEOPLE["limits"], "bilirubin").reference == limits


def test_limits_that_cannot_be_are_said(reading) -> None:
    fact: Fact = fact_of(reading, PEOPLE["limit of zero"], "bilirubin")
    (said,) = unread_of(reading, PEOPLE["limit of zero"])
    assert (fact.reference, fact.doubt, said.kind) == (None, "", "reference range")


def test_a_binary_number_is_read_as_the_shortest_decimal_that_means_it(reading) -> None:
    """3 x 1.2 must not become 3.5999..., nor 7.8 become 7.79999..."""
    assert value(reading, "many digits", "haemoglobin") == exactly("7.8999999999999995", "g/dL")
    assert value(reading, "plain", "haemoglobin") == exactly("7.8", "g/dL")
