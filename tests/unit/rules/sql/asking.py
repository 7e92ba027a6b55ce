"""Rules as SQL, asked of DuckDB about a few people."""

from collections.abc import Iterable, Sequence

import duckdb

from equipoise.concepts import Vocabulary
from equipoise.facts import Fact
from equipoise.rules.sql import DUCKDB, Query, translate
from equipoise.rules.tables import columns, place

from ....asking import ON, WORDS, rule

TRUTHS = ("FALSE", "UNKNOWN", "TRUE")


def query(*texts: str, complete: Iterable[str] = ()) -> Query:
    """The rules r0, r1, ... as DuckDB's SQL."""
    return translate({f"r{n}": rule(text) for n, text in enumerate(texts)}, WORDS, ON.toordinal(), complete, DUCKDB)


def told(text: str, *people: Sequence[Fact], complete: Iterable[str] = ()) -> list[str]:
    """What the SQL of a rule says of each of the people, in words; "BEYOND" of whom it leaves to the reference."""
    return answers(query(text, complete=complete), people, WORDS)


def answers(asked: Query, people: Sequence[Sequence[Fact]], words: Vocabulary) -> list[str]:
    """What a query says by its first rule; see told."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TEMP TABLE {asked.people} AS SELECT range AS key FROM range({len(people)})")
        for concept, table in asked.tables.items():
            kinds = columns(words[concept])
            connection.execute(f"CREATE TEMP TABLE {table} ({', '.join(f'{n} {kind}' for n, kind in kinds.items())})")
            placed = (each for key, facts in enumerate(people) for each in place(key, facts, words))
            for row in (each.row for each in placed if each.concept == concept):
                marks = ", ".join("?" * len(kinds))
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", [row.get(name) for name in kinds])
        for step in asked.steps:
            connection.execute(f"CREATE TEMP TABLE {step.name} AS {step.sql}")
        truths = {row[0]: TRUTHS[row[1]] for row in connection.execute(asked.truths).fetchall()}
        beyond = {row[0]: "BEYOND" for row in connection.execute(asked.beyond).fetchall()}
    return [(truths | beyond)[key] for key in range(len(people))]
