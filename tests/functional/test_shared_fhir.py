"""The real FHIR files beside the repository: everything reads, and no laboratory value is missed."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.unit.exchange.fhir_cases import NELMAS, nelmas

from equipoise.exchange.fhir import read_fhir
from equipoise.facts import Reading
from equipoise.quantities import Quantity

FOLDERS = ["fhir_mcode", "fhir_mii", "fhir_ips", "fhir_synthea_smart", "fhir_bulk_smart"]
LABORATORY = [
    "haemoglobin", "white_cells", "neutrophils", "lymphocytes", "platelets", "bilirubin", "albumin", "prothrombin_time",
    "quick", "inr", "creatinine", "weight", "height",
]  # fmt: skip


def _json(folder: Path) -> Iterator[Any]:
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".ndjson":
            yield from map(json.loads, path.read_text("utf-8-sig").splitlines())
        elif path.suffix == ".json":
            yield json.loads(path.read_text("utf-8-sig"))


def _observations(value: Any) -> Iterator[dict[str, Any]]:
    """Every Observation anywhere in the JSON, and every component of one as if it were one."""
    if isinstance(value, dict):
        if value.get("resourceType") == "Observation":
            yield value
            yield from ({**value, **part} for part in value.get("component", []))
        for part in value.values():
            yield from _observations(part)
    elif isinstance(value, list):
        for part in value:
            yield from _observations(part)


def _expected(folder: Path) -> Counter[tuple[str, str, str, str]]:
    """(concept, subject's last part, day, number and unit) of each laboratory value, by plain walking."""
    codes = {
        written.removeprefix("loinc|"): concept
        for concept in LABORATORY
        for written in tomllib.loads((NELMAS / "codes.toml").read_text())["concept"][concept]["observation"]
    }
    found: Counter[tuple[str, str, str, str]] = Counter()
    copies: set[tuple[Any, ...]] = set()  # the same resource twice in the files is one fact
    for content in _json(folder):
        for each in _observations(content):
            same = (each["id"], json.dumps(each["code"]), json.dumps(each.get("valueQuantity")))
            if same in copies:
                continue
            copies.add(same)
            concepts = {
                codes.get(c.get("code"))
                for c in each["code"].get("coding", [])
                if c.get("system") == "http://loinc.org"
            }
            value = each.get("valueQuantity", {})
            if concepts - {None} and "value" in value and each["status"] in ("final", "amended", "corrected"):
                (concept,) = concepts - {None}
                person = each["subject"]["reference"].replace(":", "/").split("/")[-1]
                day = each["effectiveDateTime"][:10]
                found[str(concept), person, day, f"{Decimal(str(value['value'])):f} {value.get('unit')}"] += 1
    return found


def _found(reading: Reading) -> Counter[tuple[str, str, str, str]]:
    return Counter(
        (fact.concept, fact.person, fact.when.first.isoformat(), fact.reported)
        for fact in reading.facts
        if fact.concept in LABORATORY and isinstance(fact.value, Quantity)
    )


@pytest.mark.parametrize("name", FOLDERS)
def test_every_laboratory_value_is_found_with_its_unit(shared_data: Path, name: str) -> None:
    folder = shared_data / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    reading = read_fhir([folder], *nelmas())
    assert _found(reading) == _expected(folder)
    assert not {"broken JSON", "malformed", "no person", "unreadable date"} & {each.kind for each in reading.unread}


@pytest.mark.parametrize(
    ("name", "people", "laboratory", "treatments"),
    [
        ("fhir_mcode", 6, 5, 13),
        ("fhir_mii", 3, 8, 13),
        ("fhir_ips", 5, 1, 0),
        ("fhir_synthea_smart", 12, 277, 0),
        ("fhir_bulk_smart", 13, 0, 442),
    ],
)
def test_how_much_is_found(shared_data: Path, name: str, people: int, laboratory: int, treatments: int) -> None:
    if not (shared_data / name).is_dir():
        pytest.skip(f"{shared_data / name} is not there")
    reading = read_fhir([shared_data / name], *nelmas())
    found = Counter(fact.concept for fact in reading.facts)
    assert len(reading.people) == people
    assert sum(found[concept] for concept in LABORATORY) == laboratory
    assert found["anticancer_treatment"] == treatments


def test_nothing_vanishes(shared_data: Path) -> None:
    """Each resource is a fact's source, an entry of its own, a helper of others, or counted in the account."""
    if not (shared_data / "fhir_mii").is_dir():
        pytest.skip("fhir_mii is not there")
    reading = read_fhir([shared_data / "fhir_mii"], *nelmas())
    sources = {fact.source for fact in reading.facts} | {each.source for each in reading.unread if "/" in each.source}
    counted = sum(
        int(each.what.split()[0].replace(",", ""))
        for each in reading.unread
        if each.kind in ("code not used", "not used")
    )
    helpers = 11  # Medication resources, read for those that refer to them
    assert len(sources) + counted + helpers == reading.read
