"""The real records beside the repository, loaded and screened by DuckDB: verdicts to the letter as by the reference."""

from datetime import date
from pathlib import Path

import pytest

from equipoise.cohort import screen_lake
from equipoise.eligibility.duckdb import DuckDbEngine
from equipoise.eligibility.person import screen
from equipoise.exchange.lake import load
from equipoise.exchange.sources import read_records
from equipoise.protocol.load import load_trial

SOURCES = [
    "fhir_mcode", "fhir_mii", "fhir_ips", "fhir_synthea_smart", "fhir_bulk_smart",
    "omop_synthea27nj/Synthea27Nj_5.4.zip",
]  # fmt: skip
NELMAS = load_trial("nelmas")
# The records are of different years, so they are asked about on several days.
DAYS = [date(2012, 3, 1), date(2020, 2, 29), date(2026, 6, 1)]


@pytest.mark.parametrize("source", SOURCES)
def test_the_answers_are_those_of_the_reference(shared_data: Path, tmp_path: Path, source: str) -> None:
    path = shared_data / source
    if not path.exists():
        pytest.skip(f"{path} is not there")
    reading = read_records([path], NELMAS)
    lake = load([path], [NELMAS], tmp_path / "facts").lake
    engine = DuckDbEngine(tmp_path / "scratch")
    for on in DAYS:
        answers = screen_lake(lake, NELMAS, on, engine, tmp_path / "work", ["anticancer_treatment"])
        by_engine = [(verdict.person, verdict.as_dict()) for verdict in answers.verdicts("everyone")]
        by_reference = [(verdict.person, verdict.as_dict()) for verdict in screen(
            NELMAS, reading, on, ["anticancer_treatment"]
        )]  # fmt: skip
        assert by_engine == by_reference
        assert answers.count()["people"] == len(reading.people) > 0
