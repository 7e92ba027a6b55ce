"""The same truths on Spark: drawn rules and people, and a trial's criteria about drawn people."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
from tests.tables import part_of

from equipoise.eligibility.cohort import asking_of
from equipoise.eligibility.duckdb import DuckDbEngine
from equipoise.exchange.sources import read_records
from equipoise.facts import Fact
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol
from equipoise.rules.nodes import NODE_TYPES
from equipoise.simulation.assumptions import load_assumptions
from equipoise.simulation.people import draw_people
from equipoise.truth import Truth

from .drawn_cohorts import answered, draw_cohort, expected, parted

ON = date(2026, 6, 1)


def test_drawn_rules_have_the_truths_of_the_reference(spark: str, tmp_path: Path) -> None:
    from equipoise.eligibility.spark import SparkEngine

    engine = SparkEngine(tmp_path / "scratch", spark)
    met: set[tuple[str, Truth]] = set()
    try:
        for which, drawn in enumerate(parted(draw_cohort(0, 3))):
            truths, _ = answered(drawn, engine, tmp_path / str(which))
            wanted, found = expected(drawn)
            met |= found
            assert truths == wanted
    finally:
        engine.stop()
    assert {name for name, _ in met} == {node.__name__ for node in NODE_TYPES}


def test_shared_records_have_the_answers_of_duckdb(spark: str, shared_data: Path, tmp_path: Path) -> None:
    """All records beside the repository, as one store."""
    trial = load_trial("nelmas")
    sources = [
        "fhir_mcode", "fhir_mii", "fhir_ips", "fhir_synthea_smart", "fhir_bulk_smart",
        "omop_synthea27nj/Synthea27Nj_5.4.zip",
    ]  # fmt: skip
    paths = [shared_data / name for name in sources if (shared_data / name).exists()]
    reading = read_records(paths, trial)
    grouped = reading.by_person()
    by_spark, by_duckdb = _both(spark, trial, list(grouped.values()), tmp_path)
    assert len(by_duckdb) == len(reading.people) > 0
    assert by_spark == by_duckdb


def test_a_trials_criteria_have_the_answers_of_duckdb(spark: str, tmp_path: Path) -> None:
    trial = load_trial("nelmas")
    drawn = draw_people(load_assumptions("nelmas", trial.vocabulary), trial.vocabulary, 200, 11, ON)
    people = [person.facts for person in drawn]
    by_spark, by_duckdb = _both(spark, trial, people, tmp_path)
    assert len(by_duckdb) == 200
    assert by_spark == by_duckdb


def _both(master: str, trial: Protocol, people: Sequence[Sequence[Fact]], folder: Path) -> list[list[tuple]]:
    """The answers about everybody by Spark and by DuckDB."""
    from equipoise.eligibility.spark import SparkEngine

    part = part_of(people, trial.vocabulary, folder / "a folder of facts")
    asking = asking_of(trial, ON, ["ssa_hypersensitivity"], {"resection": trial.deadlines[0].moment})
    found: list[list[tuple]] = []
    engine = SparkEngine(folder / "scratch", master)
    try:
        for each in (engine, DuckDbEngine(folder / "spill")):
            file = folder / f"by {each.name}.parquet"
            each.judge(asking, [part], file, lambda _, keys: {key: people[key] for key in keys})
            found.append(duckdb.sql(f"FROM read_parquet('{file}') ORDER BY key").fetchall())
    finally:
        engine.stop()
    return found
