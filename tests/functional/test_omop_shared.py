"""The OMOP CDM beside the repository (Synthea27Nj, 5.4): every laboratory value is found, nothing vanishes."""

import csv
import io
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.exchange.fhir_cases import NELMAS
from tests.unit.exchange.omop.reading import nelmas, whole
from tests.unit.exchange.omop.test_forms import plainly

from equipoise.exchange.omop import is_omop, read_omop
from equipoise.facts import Fact, Reading
from equipoise.quantities import Quantity, decimal_text

LABORATORY = [
    "haemoglobin", "white_cells", "neutrophils", "lymphocytes", "platelets", "bilirubin", "albumin", "prothrombin_time",
    "quick", "inr", "creatinine", "weight", "height",
]  # fmt: skip
CLINICAL = ["measurement", "observation", "condition_occurrence", "procedure_occurrence", "drug_exposure"]


@pytest.fixture(scope="module")
def packed(shared_data: Path) -> Path:
    path = shared_data / "omop_synthea27nj" / "Synthea27Nj_5.4.zip"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


@pytest.fixture(scope="module")
def reading(packed: Path) -> Reading:
    return whole(packed)


def table(packed: Path, name: str) -> Iterator[dict[str, str]]:
    """The rows of a table, by plain reading."""
    with zipfile.ZipFile(packed) as archive, archive.open(f"{name.upper()}.csv") as file:
        yield from csv.DictReader(io.TextIOWrapper(file, "utf-8-sig"))


def number_of_rows(packed: Path, name: str) -> int:
    return sum(1 for _ in table(packed, name))


def expected(packed: Path) -> Counter[tuple[str, ...]]:
    """(person, concept, day, number, unit) of each laboratory value, by plain walking."""
    codes = {
        written.removeprefix("loinc|"): concept
        for concept in LABORATORY
        for written in tomllib.loads((NELMAS / "codes.toml").read_text())["concept"][concept]["observation"]
    }
    concepts = {row["concept_id"]: row for row in table(packed, "concept")}
    found: Counter[tuple[str, ...]] = Counter()
    for row in table(packed, "measurement"):
        about = concepts.get(row["measurement_concept_id"], {})
        if about.get("vocabulary_id") == "LOINC" and about["concept_code"] in codes and row["value_as_number"]:
            unit = concepts[row["unit_concept_id"]]["concept_code"]
            number = decimal_text(Decimal(row["value_as_number"]))
            found[row["person_id"], codes[about["concept_code"]], row["measurement_date"], number, unit] += 1
    return found


def read_so(fact: Fact) -> tuple[str, ...]:
    value = fact.value
    assert isinstance(value, Quantity) and value.lo is not None
    number, unit = decimal_text(value.lo), fact.reported.split(" ", 1)[1]
    return fact.person, fact.concept, fact.when.first.isoformat(), number, unit


def test_it_is_told_to_be_omop(packed: Path) -> None:
    assert is_omop(packed)


def test_every_laboratory_value_is_found_with_its_unit(packed: Path, reading: Reading) -> None:
    found = Counter(read_so(fact) for fact in reading.facts if fact.concept in LABORATORY)
    assert found == expected(packed)
    assert sum(found.values()) == 1674


def test_people_are_those_of_the_table(packed: Path, reading: Reading) -> None:
    people = {row["person_id"]: row for row in table(packed, "person")}
    assert {person: set(others) for person, others in reading.people.items()} == {
        person: {row["person_source_value"]} for person, row in people.items()
    }
    births = {fact.person: fact.when.first.isoformat() for fact in reading.facts if fact.concept == "birth_date"}
    assert births == {person: row["birth_datetime"][:10] for person, row in people.items()}
    deaths = {fact.person: fact.when.first.isoformat() for fact in reading.facts if fact.concept == "death"}
    assert deaths == {row["person_id"]: row["death_date"] for row in table(packed, "death")}


def test_nothing_vanishes(packed: Path, reading: Reading) -> None:
    """Each row is a fact's source, an entry of its own, or counted in the account."""
    tables = [*CLINICAL, "person", "device_exposure"]
    assert reading.read == sum(number_of_rows(packed, name) for name in tables)
    rows = {fact.source for fact in reading.facts} | {each.source for each in reading.unread if each.person}
    counted = sum(int(each.what.split()[0].replace(",", "")) for each in reading.unread if not each.person)
    assert len(rows) + counted == reading.read
    assert {each.kind for each in reading.unread} == {
        "not known to be fasting", "code not used", "not used", "implausible", "no value", "no longer active",
    }  # fmt: skip


def test_chunks_give_the_same(packed: Path, reading: Reading) -> None:
    parts = list(read_omop(packed, nelmas(), chunk=100))
    assert len(parts) > 10
    assert Counter(plainly(fact) for part in parts for fact in part.facts) == Counter(map(plainly, reading.facts))
