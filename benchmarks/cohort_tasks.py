"""One piece of work of the cohort benchmarks, alone in its process: so its memory is its own.

python cohort_tasks.py TASK SOURCE RESULT [CRITERIA]
Prints JSON: `seconds` of the work itself, and its `processor` time, that of its children included once they ended. What
came before it (the interpreter, imports) is the rest of the process's time. SOURCE is a folder of facts or of FHIR;
RESULT a Parquet file (or a folder) for the answers.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

import equipoise
from equipoise.eligibility.cohort import Asking, asking_of, judge_all
from equipoise.eligibility.duckdb import parquet
from equipoise.eligibility.lake import Part
from equipoise.exchange.lake import open_lake
from equipoise.exchange.lake.by_key import facts_by_key
from equipoise.rules.tables import columns

HERE = Path(__file__).resolve().parent
BY_HAND = HERE.parent / "tests" / "independent" / "handwritten_nelmas.sql"
READ = "id VARCHAR, resourceType VARCHAR, status VARCHAR, subject JSON, code JSON, effectiveDateTime VARCHAR"


def asked(criteria: int) -> Asking:
    """The asking of the first so many criteria of NELMAS; 0 for all."""
    from cohort_people import ON

    asking = asking_of(equipoise.load_trial("nelmas"), ON)
    if not criteria:
        return asking
    return replace(asking, rules=dict(list(asking.rules.items())[:criteria]))


# ---------------------------------------------------------------- facts -> truths
def by_engine(name: str, source: Path, result: Path, criteria: int) -> Callable[[], object]:
    """Our own engine over a folder of facts; the answers come into the folder `result`."""
    asking, parts = asked(criteria), open_lake(source).parts
    shutil.rmtree(result, ignore_errors=True)
    scratch = result.with_name(f"{result.name}-scratch")
    if name == "spark":
        from equipoise.eligibility.spark import SparkEngine

        engine = SparkEngine(scratch, "local[2]")
    else:
        from equipoise.eligibility.duckdb import DuckDbEngine

        engine = DuckDbEngine(scratch)

    def work() -> None:
        judge_all(engine, asking, parts, result, facts_by_key)
        if name == "spark":
            engine.stop()  # pyright: ignore[reportAttributeAccessIssue]

    return work


def show_facts(connection: duckdb.DuckDBPyConnection, parts: tuple[Part, ...]) -> None:
    """The tables that the hand-written SQL names, as views of the files."""
    connection.execute(f"CREATE VIEW people AS FROM {parquet(part.people for part in parts)}")
    for name, concept in equipoise.load_trial("nelmas").vocabulary.items():
        if concept.members or concept.formula:
            continue
        files = [part.facts[name] for part in parts if name in part.facts]
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {column}" for column, kind in columns(concept).items())
        connection.execute(
            f"CREATE VIEW {name} AS " + (f"FROM {parquet(files)}" if files else f"SELECT {nothing} WHERE false")
        )


def by_hand(source: Path, result: Path) -> Callable[[], object]:
    """The hand-written SQL over the same files; all 25 criteria, into one file."""
    from cohort_people import ON

    parts = open_lake(source).parts
    macros, query = BY_HAND.read_text("utf-8").rstrip().removesuffix(";").split("\nWITH\n")

    def work() -> None:
        with duckdb.connect() as connection:
            connection.execute("SET memory_limit = '2GB'")
            show_facts(connection, parts)
            connection.execute(f"SET VARIABLE today = DATE '{ON.isoformat()}'")
            connection.execute(macros)
            connection.execute(f"COPY (WITH\n{query}) TO '{result}' (FORMAT parquet, COMPRESSION zstd)")

    return work


# ---------------------------------------------------------------- FHIR -> facts
def lines_by_json(source: Path, result: Path) -> Callable[[], object]:
    """Python's json.loads of every line, and nothing else."""

    def work() -> None:
        for file in sorted(source.glob("*.ndjson")):
            with file.open("rb") as lines:
                for line in lines:
                    json.loads(line)

    return work


def lines_by_duckdb(source: Path, result: Path) -> Callable[[], object]:
    """DuckDB reads every line with a fixed schema and counts what it read: the files' own limit."""
    names = [column.split()[0] for column in READ.split(", ")]
    schema = ", ".join(f"{name}: '{kind}'" for name, kind in (column.split() for column in READ.split(", ")))

    def work() -> None:
        files = sorted(str(file) for file in source.glob("*.ndjson"))
        counted = ", ".join(f"count({name})" for name in names)
        with duckdb.connect() as connection:
            connection.execute(
                f"SELECT {counted} FROM read_json(?, format = 'newline_delimited', columns = {{{schema}}})", [files]
            ).fetchall()

    return work


def load(source: Path, result: Path) -> Callable[[], object]:
    """equipoise load: FHIR into a new folder of facts."""
    from equipoise.cli import main

    shutil.rmtree(result, ignore_errors=True)
    arguments = ["load", str(source), "--to", str(result), "--trial", "nelmas"]
    return lambda: main(arguments, standalone_mode=False)


def reference(source: Path, result: Path) -> Callable[[], object]:
    """The reference: FHIR read, everybody judged, without sentences."""
    from cohort_people import ON

    trial = equipoise.load_trial("nelmas")

    def work() -> None:
        for verdict in equipoise.screen(trial, equipoise.read(source, trial), ON):
            verdict.outcome  # noqa: B018

    return work


def task(name: str, source: Path, result: Path, criteria: int) -> Callable[[], object]:
    """The work that a name stands for, ready to be timed."""
    match name:
        case "duckdb" | "spark":
            return by_engine(name, source, result, criteria)
        case "hand":
            return by_hand(source, result)
        case "json":
            return lines_by_json(source, result)
        case "scan":
            return lines_by_duckdb(source, result)
        case "load":
            return load(source, result)
        case "reference":
            return reference(source, result)
    raise SystemExit(f"unknown task: {name}")


if __name__ == "__main__":
    work = task(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    begun, used = time.perf_counter(), sum(os.times()[:4])
    work()
    print(json.dumps({"seconds": time.perf_counter() - begun, "processor": sum(os.times()[:4]) - used}))
