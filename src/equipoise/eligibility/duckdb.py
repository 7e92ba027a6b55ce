"""A cohort on DuckDB: the truths of everybody in some parts of a store, and the questions asked of the answers."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from glob import escape
from pathlib import Path
from typing import Any, Final

import duckdb

from ..faults import Fault
from ..protocol.model import Protocol
from ..rules.sql import DUCKDB, Query, translate
from ..rules.sql.text import word
from ..rules.tables import columns
from .cohort import (
    OUTCOMES,
    SIGN,
    TRUTHS,
    Answer,
    Asking,
    FactsOf,
    Pattern,
    by_reference,
    outcome_sql,
)  # fmt: skip
from .lake import Part

_FETCHED: Final = 2000  # people held at once
INTERRUPTED: Final = "Query interrupted"  # how DuckDB tells of Ctrl-C while a query runs, as a RuntimeError


class DuckDbEngine:
    """Embedded, on one machine, part by part, so that memory stays bounded.

    memory: DuckDB's own limit, as it writes it ("2GB"). threads: None for all cores. scratch: where it may spill to.
    """

    name = "duckdb"
    people_at_once = 200_000

    def __init__(self, scratch: Path, memory: str = "2GB", threads: int | None = None) -> None:
        self.scratch, self.memory, self.threads = scratch, memory, threads

    def judge(self, asking: Asking, parts: Sequence[Part], answers: Path, facts_of: FactsOf) -> None:
        """See cohort.Engine."""
        query = query_of(asking)
        with files_told(parts), closing(connected(self.scratch, self.memory, self.threads)) as connection:
            show_parts(connection, asking, query, parts)
            for step in query.steps:
                connection.execute(f"CREATE TEMP TABLE {step.name} AS\n{step.sql}")
            connection.execute(f"CREATE TEMP TABLE truths AS\n{query.truths}")
            beyond = [key for (key,) in connection.execute(query.beyond).fetchall()]
            settle(connection, asking, parts, sorted(beyond), facts_of, answers)


def connected(scratch: Path, memory: str = "2GB", threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that keeps its memory within bounds and spills into `scratch`; it asks no network for anything."""
    connection = duckdb.connect()
    scratch.mkdir(parents=True, exist_ok=True)
    connection.execute(f"SET memory_limit = '{memory}'")
    connection.execute("SET temp_directory = ?", [str(scratch)])
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET enable_progress_bar = false")
    if threads:
        connection.execute(f"SET threads = {threads}")
    return connection


def query_of(asking: Asking) -> Query:
    """The asking as DuckDB's SQL."""
    return translate(asking.rules, asking.vocabulary, asking.on.toordinal(), asking.complete, DUCKDB, asking.moments)


@contextmanager
def files_told(parts: Sequence[Part]) -> Iterator[None]:
    """Whatever reads the files of the parts: of an error that is theirs, or the disk's, a Fault with its remedy."""
    try:
        yield
    except RuntimeError as error:
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from None
    except duckdb.OutOfMemoryException:
        raise Fault("There is not enough memory, nor room on the disk for what goes beside it: make room.") from None
    except duckdb.Error as error:
        if "space" in str(error).lower():
            raise Fault("The disk is full: make room and give the same command again.") from None
        for file in (each for part in parts for each in (part.people, *part.facts.values())):
            if not _whole(file):
                raise Fault(f"{file} is damaged: load the records once more into another folder.") from error
        raise


def _whole(file: Path) -> bool:
    """Can all of a Parquet file be read?"""
    try:
        with closing(duckdb.connect()) as connection:
            connection.execute(f"SELECT bit_xor(hash(COLUMNS(*))) FROM {parquet([file])}").fetchall()
    except duckdb.Error:
        return False
    return True


def parquet(files: Iterable[Path]) -> str:
    """The files as a table of SQL, by their very names: a folder may be called "a[1]" or "key=7"."""
    return f"read_parquet([{', '.join(word(escape(str(file))) for file in files)}], hive_partitioning = false)"


def show_parts(connection: duckdb.DuckDBPyConnection, asking: Asking, query: Query, parts: Sequence[Part]) -> None:
    """Makes the files of the parts known under the names by which the query calls them."""
    connection.execute(f"CREATE TEMP VIEW {query.people} AS FROM {parquet(part.people for part in parts)}")
    for concept, table in query.tables.items():
        files = [part.facts[concept] for part in parts if concept in part.facts]
        kinds = columns(asking.vocabulary[concept])
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in kinds.items())
        source = f"FROM {parquet(files)}" if files else f"SELECT {nothing} WHERE FALSE"
        connection.execute(f"CREATE TEMP VIEW {table} AS {source}")


def settle(
    connection: duckdb.DuckDBPyConnection, asking: Asking, parts: Sequence[Part], beyond: Sequence[int],
    facts_of: FactsOf, answers: Path,
) -> None:  # fmt: skip
    """Joins the table `truths` with the people, lets the reference judge whom it must, and writes the answers."""
    days = [f"{moment}_{end}" for moment in asking.moments for end in ("lo", "hi")]
    kinds = {**dict.fromkeys(asking.rules, "TINYINT"), **dict.fromkeys(days, "DATE")}
    listed = ", ".join(f'"{name}"' for name in kinds)
    typed = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
    connection.execute(f"CREATE TEMP TABLE judged (key BIGINT, {typed})")
    cells = ", ".join(f"CAST(row[{n}] AS {kind})" for n, kind in enumerate(["BIGINT", *kinds.values()], 1))
    put = f"INSERT INTO judged SELECT {cells} FROM (SELECT unnest(CAST(? AS VARCHAR[][])) AS row)"
    for start in range(0, len(beyond), _FETCHED):
        rows: list[list[Any]] = []
        for key, facts in facts_of(parts, beyond[start : start + _FETCHED]).items():
            found = by_reference(asking, facts)
            rows.append([key, *(found[name] for name in kinds)])
        connection.execute(put, [rows])
    connection.execute(
        f"""COPY (
            SELECT p.key, p.person, p.site, t.by_reference, {listed}
            FROM {parquet(part.people for part in parts)} p
            JOIN (SELECT *, TRUE AS by_reference FROM judged UNION ALL BY NAME
                  SELECT *, FALSE AS by_reference FROM truths WHERE key NOT IN (SELECT key FROM judged)
            ) t ON t.key = p.key
            ORDER BY p.key
        ) TO {word(str(answers))} (FORMAT parquet, COMPRESSION zstd)"""
    )


# ---------------------------------------------------------------- what the answers say
class Answers:
    """The answers about a cohort, in a folder of Parquet files as the engines write them."""

    def __init__(self, trial: Protocol, folder: Path, scratch: Path) -> None:
        self.trial, self.folder, self.scratch = trial, folder, scratch

    @property
    def _files(self) -> str:
        files = sorted(self.folder.glob("*.parquet"))
        if not files:
            raise Fault(f"{self.folder} holds no answers: screen again.")
        return parquet(files)

    def count(self) -> dict[str, int]:
        """People by outcome; those who are eligible, or not yet known with a sign of the disease ("open"); and all."""
        shown = f'outcome = 2 OR (outcome = 1 AND "{SIGN}" = 2)' if self.trial.sign else "outcome > 0"
        each = ", ".join(f"count(CASE WHEN outcome = {code} THEN 1 END)" for code in range(len(OUTCOMES)))
        row = self._one(f"SELECT {each}, count(CASE WHEN {shown} THEN 1 END), count(*) FROM ({self._judged()})")
        names = [*(outcome.value for outcome in OUTCOMES), "open", "people"]
        return dict(zip(names, row, strict=True))

    def each(self, where: str = "TRUE") -> Iterator[Answer]:
        """Everybody, in the order of the store."""
        ids = self.trial.ids
        listed = ", ".join(f'"{name}"' for name in ids)
        sign = f'"{SIGN}" = 2' if self.trial.sign else "TRUE"
        columns_ = f"key, person, site, outcome, {sign} AS shown, {listed}"
        sql = f"SELECT {columns_} FROM ({self._judged()}) WHERE {where} ORDER BY key"
        with closing(connected(self.scratch)) as connection:
            cursor = connection.execute(sql)
            while rows := cursor.fetchmany(_FETCHED):
                for key, person, site, outcome, shown, *codes in rows:
                    yield Answer(key, person, site or "", OUTCOMES[outcome], shown, tuple(TRUTHS[c] for c in codes))

    def patterns(self, by: Sequence[str] = ()) -> list[Pattern]:
        """How many people stand alike, by site or by the month of a moment: `by` names "site" and moments."""
        ids = ", ".join(f'"{name}"' for name in self.trial.ids)
        groups = [self._group(name) for name in by]
        listed = ", ".join([ids, *(f"{group} AS g{number}" for number, group in enumerate(groups))])
        sql = f"SELECT {listed}, count(*) FROM {self._files} GROUP BY ALL ORDER BY ALL"
        with closing(connected(self.scratch)) as connection:
            rows = connection.execute(sql).fetchall()
        number = len(self.trial.ids)
        return [Pattern(tuple(TRUTHS[c] for c in row[:number]), tuple(row[number:-1]), row[-1]) for row in rows]

    @staticmethod
    def _group(name: str) -> str:
        if name == "site":
            return "coalesce(site, '')"
        lo, hi = f'"{name}_lo"', f'"{name}_hi"'
        return (
            f"CASE WHEN date_trunc('month', {lo}) = date_trunc('month', {hi}) THEN strftime({lo}, '%Y-%m') ELSE '' END"
        )

    def _judged(self) -> str:
        return f"SELECT *, {outcome_sql(self.trial)} AS outcome FROM {self._files}"

    def _one(self, sql: str) -> tuple[Any, ...]:
        with closing(connected(self.scratch)) as connection:
            row = connection.execute(sql).fetchone()
        if row is None:
            raise Fault(f"{self.folder} holds no answers: screen again.")
        return row
