"""A criterion as SQL for an auditor: it says what it is, and it runs as it stands."""

import duckdb
import pytest
from click.testing import CliRunner

from equipoise.cli import main
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial
from equipoise.report.rule_sql import criterion_sql
from equipoise.report.words import short
from equipoise.rules.tables import columns

from ...asking import ON

TRIAL = load_trial("nelmas")


def test_it_says_what_it_is() -> None:
    heads = criterion_sql(TRIAL, "E8", ON).split("\n\n")[0].replace("\n-- ", " ")
    assert heads.startswith(f"-- NELMAS E8 (exclusion), protocol {short(TRIAL.digest)}, asked on 1 June 2026")
    assert f"The text: {TRIAL.criterion('E8').source}" in heads
    assert "The rule: haemoglobin < 5.0 mmol/L (8.0 g/dL)" in heads


def test_the_limits_can_be_read() -> None:
    text = criterion_sql(TRIAL, "E8", ON)
    for unit, limit in (("mmol/L", "5.0"), ("g/dL", "8.0")):
        below = f"f.hi < {limit} OR (f.hi = {limit} AND f.hi_open)"
        assert f"WHEN f.unit IN ('{unit}') THEN CASE WHEN {below} THEN 2 WHEN f.lo >= {limit} THEN 0 ELSE 1 END" in text


@pytest.mark.parametrize("identifier", TRIAL.ids)
def test_it_runs_as_it_stands(identifier: str) -> None:
    text = criterion_sql(TRIAL, identifier, ON)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people AS SELECT 7 AS key")
        for name, concept in TRIAL.vocabulary.items():
            kinds = ", ".join(f"{column} {kind}" for column, kind in columns(concept).items())
            connection.execute(f"CREATE TABLE facts_of_{name} ({kinds})")
        *_, truths, beyond = connection.extract_statements(text)
        for statement in connection.extract_statements(text)[:-2]:
            connection.execute(statement)
        assert connection.execute(truths).fetchall()[0][0] == 7
        assert connection.execute(beyond).fetchall() == []


def test_a_criterion_that_is_none_is_told() -> None:
    with pytest.raises(Fault, match='there is no criterion "E99" in NELMAS: it has I1, I2'):
        criterion_sql(TRIAL, "E99", ON)


def test_the_command() -> None:
    found = CliRunner().invoke(main, ["show", "nelmas", "--sql", "E8", "--on", "2026-06-01"])
    assert (found.exit_code, found.stdout) == (0, criterion_sql(TRIAL, "E8", ON))
    alone = CliRunner().invoke(main, ["show", "nelmas", "--on", "2026-06-01"])
    assert (alone.exit_code, alone.output) == (2, "--on belongs to --sql: the protocol is the same on every day.\n")
