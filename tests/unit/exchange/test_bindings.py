"""codes.toml: every mistake in it is said, with its place, and none stops the reading."""

import tomllib

import pytest

from equipoise.exchange.bindings import Bindings, compile_bindings

from .fhir_cases import ICD10CM, LOINC, NELMAS, nelmas

SYSTEMS = '[systems]\nloinc = ["http://loinc.org", "urn:oid:2.16.840.1.113883.6.1"]\n'


def mistakes(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    compile_bindings(
        tomllib.loads(SYSTEMS + text), nelmas()[0], lambda path, message: found.append((".".join(path), message))
    )
    return found


def bindings() -> Bindings:
    return nelmas()[1]


@pytest.mark.parametrize(
    ("text", "path", "part"),
    [
        ("[concept.hemoglobin]", "concept.hemoglobin", "is not a concept"),
        ('[concept.ecog]\ncolour = "x"', "concept.ecog.colour", "is not a way"),
        ('[concept.ecog.observation]\n"lonc|1" = "V"', "concept.ecog.observation.lonc|1", "system|code"),
        ('[concept.ecog.observation]\n"1-1" = "V"', "concept.ecog.observation.1-1", "system|code"),
        ('[concept.ecog.observation]\n"loinc|1" = ""', "concept.ecog.observation.loinc|1", "needs a source"),
        ('[concept.ecog.observation]\n"loinc|1" = {is = "1"}', "concept.ecog.observation.loinc|1", "needs a source"),
        ('[concept.ecog.observation]\n"loinc|1" = {source = "V", need = "x"}',
         "concept.ecog.observation.loinc|1.need", "property"),
        ('[concept.ecog.observation]\n"loinc|1" = {source = "V", needs = "x"}',
         "concept.ecog.observation.loinc|1.needs", "not a mark"),
        ('[concept.sex.answers]\n"loinc|1" = {is = "man", source = "V"}',
         "concept.sex.answers.loinc|1", "not an answer"),
        ('[concept.ecog.answers]\n"loinc|1" = {is = "one", source = "V"}',
         "concept.ecog.answers.loinc|1", "not a number"),
        ('[concept.pathology.fields.colour]', "concept.pathology.fields.colour", "not a field"),
        ('[concept.heart_failure.answers]\n"loinc|1" = {sets = {nyah = "I"}, source = "V"}',
         "concept.heart_failure.answers.loinc|1", "not a field"),
        ('[concept.ecog.refused]\n"loinc|1" = {source = "V"}', "concept.ecog.refused.loinc|1", "kind, why"),
        ('[concept.sex]\npatient = "name"', "concept.sex.patient", "not an element"),
        ("[concepts]", "concepts", "not a part"),
        ("[concept]\necog = 1", "concept.ecog", "must be a table"),
        ("[concept.ecog]\nobservation = 1", "concept.ecog.observation", "codes are a table"),
    ],
)  # fmt: skip
def test_mistakes_are_said_with_their_place(text: str, path: str, part: str) -> None:
    found = mistakes(text)
    assert [(where, part in message) for where, message in found] == [(path, True)], found


def test_every_code_of_nelmas_says_where_it_was_seen() -> None:
    nelmas()  # fails on any mistake, a missing source among them
    text = (NELMAS / "codes.toml").read_text()
    assert "\n[systems]" in text


def test_a_system_without_urls_is_said() -> None:
    assert [path for path, _ in mistakes("snomed = []")] == ["systems.snomed"]


def test_every_url_of_a_system_is_that_system() -> None:
    for system in (LOINC, "urn:oid:2.16.840.1.113883.6.1"):
        assert [each.concept for each in bindings().find("observation", (system, "718-7"))] == ["haemoglobin"]
    assert bindings().find("observation", ("", "718-7")) == ()


def test_the_longest_prefix_counts_and_the_dot_may_be_missing() -> None:
    def site(code: str) -> list[str]:
        return [
            each.sets[""] for each in bindings().find("condition", (ICD10CM, code)) if each.concept == "primary_site"
        ]

    assert site("C17.0") == site("C170") == ["duodenum"]
    assert site("C17.2") == site("C172") == ["small_bowel"]
    assert site("C15.1") == []


def test_marks() -> None:
    assert "neuroendocrine" in bindings().marks_of((ICD10CM, "C7A.012"))
    assert bindings().marks_of((ICD10CM, "C18.1")) == frozenset()
