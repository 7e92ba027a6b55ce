"""SQL in lines for a reader says what it said before."""

import pytest

from equipoise.protocol.load import load_trial
from equipoise.rules.sql import DUCKDB, translate
from equipoise.rules.sql.layout import laid_out

from .asking import ON

TRIAL = load_trial("nelmas")
SHORT = "CASE WHEN a THEN 2 ELSE 0 END"
LONG = "'a CASE that is none, and so long that it needs a line of its own'"


def test_what_is_short_stays_as_it_is() -> None:
    assert laid_out(f"SELECT key, {SHORT} AS t\nFROM f") == f"SELECT key, {SHORT} AS t\nFROM f"


def test_a_long_list_and_its_long_cases() -> None:
    assert laid_out(f"SELECT key, CASE WHEN a = {LONG} THEN {SHORT} WHEN b THEN 1 ELSE 0 END AS t, f(x, y) AS z") == (
        "SELECT\n"
        "  key,\n"
        "  CASE\n"
        f"    WHEN a = {LONG} THEN {SHORT}\n"
        "    WHEN b THEN 1\n"
        "    ELSE 0\n"
        "  END AS t,\n"
        "  f(x, y) AS z"
    )


@pytest.mark.parametrize("identifier", TRIAL.ids)
def test_the_words_stay_the_same_for_the_engine(identifier: str) -> None:
    query = translate({identifier: TRIAL.criterion(identifier).rule}, TRIAL.vocabulary, ON.toordinal(), (), DUCKDB)
    before = str(query)
    after = laid_out(before)
    assert "".join(before.split()) == "".join(after.split())
