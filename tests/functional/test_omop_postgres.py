"""An OMOP warehouse in a real PostgreSQL server: read by its URL, never written to, in every layout of schemas."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from tests.cdm import Cdm
from tests.unit.exchange.omop.reading import nelmas, whole
from tests.unit.exchange.omop.test_forms import plainly, small

from equipoise.cli import main
from equipoise.exchange.omop import is_omop, read_omop
from equipoise.exchange.omop.postgres import open_postgres
from equipoise.faults import Fault

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def connection(postgres: str) -> Iterator[Connection]:
    """A connection to a database without a schema of ours."""
    with psycopg.connect(postgres, autocommit=True) as opened:
        yield opened
        for (schema,) in opened.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'cdm%'").fetchall():
            opened.execute(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.mark.parametrize("upper", [False, True])
def test_the_facts_are_those_of_the_files(
    postgres: str, connection: Connection, tmp_path: Path, upper: bool
) -> None:  # fmt: skip
    expected = set(map(plainly, whole(small().into_duckdb(tmp_path / "cdm.duckdb")).facts))
    small().into_postgres(connection, "cdm", upper)
    assert is_omop(postgres)
    assert set(map(plainly, whole(postgres).facts)) == expected


def test_decimals_stay_as_they_are(postgres: str, connection: Connection) -> None:
    cdm = Cdm()
    cdm.person(1)
    cdm.add("measurement", ("LOINC", "718-7"), day="2026-03-02", number="7.80", unit=("UCUM", "g/dL"))
    cdm.into_postgres(connection, "cdm")
    (fact,) = [fact for fact in whole(postgres).facts if fact.concept == "haemoglobin"]
    assert fact.reported == "7.80 g/dL"


def test_real_columns_give_the_number_that_was_meant(postgres: str, connection: Connection) -> None:
    cdm = Cdm()
    cdm.person(1)
    cdm.add("measurement", ("LOINC", "718-7"), day="2026-03-02", number="7.8", unit=("UCUM", "g/dL"))
    cdm.into_postgres(connection, "cdm")
    connection.execute("ALTER TABLE cdm.measurement ALTER value_as_number TYPE real")
    (fact,) = [fact for fact in whole(postgres).facts if fact.concept == "haemoglobin"]
    assert fact.reported == "7.8 g/dL"


def test_the_vocabulary_may_be_in_a_schema_of_its_own(postgres: str, connection: Connection) -> None:
    small().into_postgres(connection, "cdm")
    connection.execute("CREATE SCHEMA cdm_vocabulary")
    connection.execute("ALTER TABLE cdm.concept SET SCHEMA cdm_vocabulary")
    assert "haemoglobin" in {fact.concept for fact in whole(postgres).facts}


def test_of_two_warehouses_the_search_path_chooses(postgres: str, connection: Connection) -> None:
    small().into_postgres(connection, "cdm_one")
    Cdm().into_postgres(connection, "cdm_two")
    with pytest.raises(Fault, match=r"table person in several schemas \(cdm_one, cdm_two\): say which"):
        whole(postgres)
    assert len(whole(f"{postgres}&options=-csearch_path%3Dcdm_one").people) == 2
    assert len(whole(f"{postgres}&options=-csearch_path%3Dcdm_two").people) == 0


def test_nothing_can_be_written(postgres: str, connection: Connection) -> None:
    small().into_postgres(connection, "cdm")
    with open_postgres(postgres) as warehouse, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        warehouse._connection.execute("CREATE TEMPORARY TABLE t (a int)")


def test_a_user_who_may_only_read_can_read(postgres: str, connection: Connection) -> None:
    small().into_postgres(connection, "cdm")
    connection.execute("CREATE ROLE reader LOGIN")
    try:
        connection.execute("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
        connection.execute("GRANT USAGE ON SCHEMA cdm TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA cdm TO reader")
        url = postgres.replace("tester@", "reader@")
        assert "haemoglobin" in {fact.concept for fact in whole(url).facts}
        connection.execute("REVOKE SELECT ON cdm.measurement FROM reader")
        with pytest.raises(Fault, match="this user may not read a table of the CDM"):
            whole(url)
    finally:
        connection.execute("DROP OWNED BY reader; DROP ROLE reader")


def test_one_answer_while_others_write(postgres: str, connection: Connection) -> None:
    """The reading sees the warehouse as of its beginning, whatever a loader does meanwhile."""
    small().into_postgres(connection, "cdm")
    readings = read_omop(postgres, nelmas(), chunk=1)
    first = next(readings)
    connection.execute("DELETE FROM cdm.person")
    assert [*first.people, *(person for reading in readings for person in reading.people)] == ["1", "20"]


def test_what_cannot_be_reached_is_said_without_the_password(postgres: str) -> None:
    with pytest.raises(Fault) as raised:
        whole("postgresql://anna:secret@localhost:1/cdm")
    assert "the database cdm at localhost cannot be reached" in str(raised.value)
    assert "secret" not in str(raised.value) and "anna" not in str(raised.value)
    with pytest.raises(Fault, match="is no OMOP CDM that can be read: the table person"):
        whole(postgres)


def test_columns_of_another_kind_are_said(postgres: str, connection: Connection) -> None:
    small().into_postgres(connection, "cdm")
    connection.execute("ALTER TABLE cdm.measurement ALTER measurement_concept_id TYPE text")
    with pytest.raises(Fault, match=r"is it an OMOP CDM 5\.3 or 5\.4"):
        whole(postgres)


def test_a_url_is_loaded_and_then_screened(postgres: str, connection: Connection, tmp_path: Path) -> None:
    small().into_postgres(connection, "cdm")
    run = CliRunner().invoke
    loaded = run(main, ["load", postgres, "--to", str(tmp_path / "facts")])
    assert loaded.exit_code == 0, loaded.output
    screened = run(main, ["screen", "nelmas", str(tmp_path / "facts"), "--on", "2026-06-01", "--format", "csv"])
    assert screened.exit_code == 0, screened.output
    assert len(screened.stdout.splitlines()) == 3
    refused = run(main, ["screen", "nelmas", postgres, "--on", "2026-06-01"])
    assert refused.exit_code == 2 and "equipoise load URL --to facts" in refused.output
