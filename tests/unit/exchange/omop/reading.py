"""A small CDM read for NELMAS."""

import tempfile
from functools import cache
from pathlib import Path

from tests.cdm import Cdm

from equipoise.exchange.omop import read_omop
from equipoise.exchange.sources import merged
from equipoise.facts import Fact, Reading, Unread
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol


@cache
def nelmas() -> Protocol:
    return load_trial("nelmas")


def read(cdm: Cdm) -> Reading:
    """All that one CDM says, by way of a DuckDB file."""
    with tempfile.TemporaryDirectory() as folder:
        return whole(cdm.into_duckdb(Path(folder) / "cdm.duckdb"))


def whole(source: Path | str, chunk: int = 50_000) -> Reading:
    """Everything of a source in one Reading."""
    return merged(list(read_omop(source, nelmas(), chunk=chunk)))


def facts_of(reading: Reading, person: int, concept: str = "") -> list[Fact]:
    return [fact for fact in reading.by_person().get(str(person), []) if concept in ("", fact.concept)]


def fact_of(reading: Reading, person: int, concept: str) -> Fact:
    (fact,) = facts_of(reading, person, concept)
    return fact


def unread_of(reading: Reading, person: int) -> list[Unread]:
    return [each for each in reading.unread if each.person == str(person)]
