"""Time by SQL: since an event, until one, ages, and the days of moments."""

from datetime import date

import duckdb
import pytest

from equipoise.facts import Fact
from equipoise.rules.nodes import Look, Moment
from equipoise.rules.sql import DUCKDB, translate

from ....asking import WORDS, dated
from ....asking import fact as f
from .asking import ON, told

SINCE, UNTIL = "less than 4 weeks since treatment", "less than 4 weeks until surgery"
CASES = [
    (SINCE, [f("treatment", {}, "2026-05-05")], "TRUE"),
    (SINCE, [f("treatment", {}, "2026-05-04")], "FALSE"),  # 28 days
    ("at most 4 weeks since treatment", [f("treatment", {}, "2026-05-04")], "TRUE"),
    ("at least 4 weeks since treatment", [f("treatment", {}, "2026-05-04")], "TRUE"),
    ("more than 1 month since treatment", [f("treatment", {}, "2026-04-30")], "TRUE"),
    ("more than 1 month since treatment", [f("treatment", {}, "2026-05-01")], "FALSE"),
    (SINCE, [f("treatment", {}, "2026-01-01", "on")], "TRUE"),  # it goes on
    (SINCE, [f("treatment", {}, "2026-01-01", "2026-05-20")], "TRUE"),  # from its end
    (SINCE, [f("treatment", {}, "2026-05-20", "2026-01-01")], "TRUE"),  # it ended before it began: its beginning counts
    (SINCE, [f("treatment", {}, "2026-01-01", "")], "UNKNOWN"),
    (SINCE, [f("treatment", {}, "2026-05")], "UNKNOWN"),
    (SINCE, [], "UNKNOWN"),
    (SINCE, [f("treatment", "none!", "2026-05-30")], "FALSE"),
    ("at least 4 weeks since treatment", [f("treatment", "none!", "2026-05-30")], "TRUE"),
    ("less than 4 weeks since any treatment", [f("treatment", {}, "2026-01-01")], "UNKNOWN"),
    ("less than 4 weeks since any treatment", [f("treatment", {}, "2026-05-30")], "TRUE"),
    (UNTIL, [dated("surgery", "2026-06-20", "2026-05-01")], "TRUE"),
    (UNTIL, [dated("surgery", "2026-06-29", "2026-05-01")], "FALSE"),
    (UNTIL, [dated("surgery", "2026-05-20")], "FALSE"),  # it lies behind
    (UNTIL, [dated("surgery", "2026-06", "2026-05-01")], "UNKNOWN"),  # today, or the 30th
    (UNTIL, [], "UNKNOWN"),
    (UNTIL, [f("surgery", "none!", "2026-05-30")], "FALSE"),
    ("age >= 18 years", [dated("birth_date", "2008-06-01")], "TRUE"),
    ("age >= 18 years", [dated("birth_date", "2008-06-02")], "FALSE"),
    ("age >= 18 years", [dated("birth_date", "2008-06")], "UNKNOWN"),
    ("age = 17 years", [dated("birth_date", "2008-07")], "TRUE"),
    ("age >= 18 years at consent", [dated("birth_date", "2008-06-01"), f("consent", {}, "2026-05-30")], "FALSE"),
    ("age >= 18 years at consent", [dated("birth_date", "2008-06-01")], "UNKNOWN"),
    ("age >= 18 years at consent or today", [dated("birth_date", "2008-06-01")], "TRUE"),
    ("age >= 18 years", [dated("birth_date", "2008-06-01"), dated("birth_date", "1990-01-01")], "TRUE"),
    ("age >= 18 years", [dated("birth_date", "2008-06-02"), dated("birth_date", "1990-01-01")], "UNKNOWN"),
]


@pytest.mark.parametrize(("text", "facts", "truth"), CASES)
def test_time(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts) == [truth]


def test_the_days_of_a_moment() -> None:
    moments = {"last": Moment("last", Look("operation")), "now": Moment("now", Look("operation"), or_today=True)}
    asked = translate({}, WORDS, ON.toordinal(), (), DUCKDB, moments)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people AS SELECT range AS key FROM range(3)")
        connection.execute(
            "CREATE TABLE facts_of_operation AS SELECT *, NULL::DATE AS end_lo, NULL::DATE AS end_hi, FALSE AS none, "
            "1 AS n, NULL AS f_residual, NULL AS f_confirmed, NULL AS f_ki67_lo, NULL AS f_ki67_hi, "
            "NULL AS f_ki67_lo_open, NULL AS f_ki67_hi_open, NULL AS f_ki67_unit FROM (VALUES "
            "(0, DATE '2026-03-01', DATE '2026-03-31', FALSE), (0, DATE '2026-03-10', DATE '2026-03-10', FALSE), "
            "(0, DATE '2026-01-10', DATE '2026-01-10', TRUE), (1, DATE '2026-05-01', DATE '2026-05-01', TRUE)"
            ") v(key, when_lo, when_hi, doubt)"
        )
        for step in asked.steps:
            connection.execute(f"CREATE TABLE {step.name} AS {step.sql}")
        found = connection.execute(f"SELECT * FROM ({asked.truths}) ORDER BY key").fetchall()
    march = (date(2026, 3, 1), date(2026, 3, 31))  # the 10th, or any other day of March
    assert found == [(0, *march, *march), (1, None, None, None, None), (2, None, None, ON, ON)]
