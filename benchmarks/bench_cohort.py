"""A cohort: our engines beside SQL by hand over the same facts, and the loading of FHIR beside merely reading it.

python bench_cohort.py [--sizes 1000,10000] [--fhir-sizes 1000] [--spark-sizes ...] [--criteria-of N] [--rounds 3]

Everything is synthetic (cohort_people.py) and stays under build/benchmarks. Each side runs alone in a process of its
own, in turns; printed are the medians of the work itself (start-up apart) and their ratio. Before any time is printed,
every truth of ours is compared with the reference's, and the people about whom the hand-written SQL says otherwise are
counted (it was not written for partial dates and the like: see its head).
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import duckdb
from cohort_lake import Drawn, drawn_lake, make_lake
from cohort_people import SCRATCH, make_cohort, order_of
from measured import Measured, machine, measured

import equipoise
from equipoise.exchange.lake import Lake
from equipoise.protocol.model import Protocol

TASKS = Path(__file__).with_name("cohort_tasks.py")
CODES = "CASE {} WHEN 'false' THEN 0 WHEN 'unknown' THEN 1 WHEN 'true' THEN 2 END"  # as our engines write truths
BOOLEANS = "CASE {} WHEN 'false' THEN false WHEN 'true' THEN true END"  # as SQL does


def run(task: str, source: Path, result: Path, *more: str) -> Measured:
    return measured([sys.executable, str(TASKS), task, str(source), str(result), *more])


def in_turns(rounds: int, *sides: tuple[str, Path, Path]) -> list[list[Measured]]:
    """Each side so many times, one after the other in each round."""
    times: list[list[Measured]] = [[] for _ in sides]
    for _ in range(rounds):
        for taken, side in zip(times, sides, strict=True):
            taken.append(run(*side))
    return times


def seconds(times: Sequence[Measured]) -> float:
    return median(each.seconds for each in times)


def ratio(ours: Sequence[Measured], peer: Sequence[Measured]) -> str:
    """Ours over the peer's: the median of the rounds, the lowest and the highest; and that in processor time.

    Processor time says less of what one waits for, but does not depend on what else the machine is doing.
    """
    ratios = [one.seconds / other.seconds for one, other in zip(ours, peer, strict=True)]
    used = [one.told["processor"] / other.told["processor"] for one, other in zip(ours, peer, strict=True)]
    return f"{median(ratios):.2f} [{min(ratios):.2f} to {max(ratios):.2f}], in processor time {median(used):.2f}"


def told(name: str, people: int, times: Sequence[Measured]) -> str:
    """One line: seconds, processor seconds, people a second, start-up, memory."""
    took = seconds(times)
    used = [each.told["processor"] for each in times if "processor" in each.told]
    processor = f" ({median(used):7.2f} s of processors)" if used else ""
    start, memory = median(each.start for each in times), max(each.megabytes for each in times)
    return (
        f"  {name:32}{took:8.2f} s{processor:26} {people / took:9,.0f} people/s   start {start:4.1f} s   "
        f"memory {memory:6,.0f} MB"
    )


# ---------------------------------------------------------------- are the answers right?
def differing(trial: Protocol, lake: Lake, drawn: Drawn, answers: str, coded: bool) -> int:
    """About how many people do the answers (Parquet: key, a column a criterion) differ from the reference's?"""
    names = [person.name for person in drawn.lake.people()]
    order = order_of(lake.facts.count, names)
    written = CODES if coded else BOOLEANS
    same = " AND ".join(f"a.{each} IS NOT DISTINCT FROM {written.format(f'r.{each}')}" for each in trial.ids)
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE follows AS SELECT unnest(range(?)) AS key, unnest(?) AS person", [len(order), order]
        )
        found = connection.execute(
            f"SELECT count(*), count_if({same}) FROM follows f "
            f"JOIN read_csv('{drawn.truths}', all_varchar = true) r USING (person) "
            f"JOIN read_parquet('{answers}') a USING (key)"
        ).fetchone()
    assert found is not None and found[0] == len(order), "somebody is missing in the answers"
    return found[0] - found[1]


# ---------------------------------------------------------------- what is compared
def facts_to_truths(trial: Protocol, people: int, rounds: int) -> None:
    lake, drawn = make_lake(trial, people), drawn_lake(trial)
    ours, hand = SCRATCH / "answers", SCRATCH / "by_hand.parquet"
    by_engine, by_hand = in_turns(rounds, ("duckdb", lake.folder, ours), ("hand", lake.folder, hand))
    wrong = differing(trial, lake, drawn, f"{ours}/*.parquet", coded=True)
    apart = differing(trial, lake, drawn, str(hand), coded=False)
    print(f"{people:,} people, facts as Parquet, 25 criteria")
    print(told("ours, DuckDB", people, by_engine))
    print(told("SQL by hand, DuckDB", people, by_hand))
    print(
        f"  peer: hand-written SQL on DuckDB {duckdb.__version__}   ours: the DuckDB engine   "
        f"same answers: {'yes' if not wrong else f'NO, {wrong} people differ from the reference'} "
        f"(by hand: {apart} people otherwise)   ratio (ours / peer): {ratio(by_engine, by_hand)}"
    )


def more_criteria(trial: Protocol, people: int, rounds: int) -> None:
    """How the time grows with the number of criteria."""
    lake = make_lake(trial, people)
    print(f"{people:,} people, growth with the criteria")
    for count in (1, 5, 10, 15, 20, 25):
        times = [run("duckdb", lake.folder, SCRATCH / "answers", str(count)) for _ in range(rounds)]
        print(told(f"ours, the first {count} criteria", people, times))


def on_spark(trial: Protocol, people: int) -> None:
    lake, drawn = make_lake(trial, people), drawn_lake(trial)
    ours, spark = SCRATCH / "answers", SCRATCH / "answers-spark"
    by_duckdb, by_spark = in_turns(1, ("duckdb", lake.folder, ours), ("spark", lake.folder, spark))
    wrong = differing(trial, lake, drawn, f"{spark}/*.parquet", coded=True)
    print(f"{people:,} people, facts as Parquet, 25 criteria, Spark local[2]")
    print(told("ours, DuckDB", people, by_duckdb))
    print(told("ours, Spark", people, by_spark))
    print(
        f"  same answers: {'yes' if not wrong else f'NO, {wrong} people'}   "
        f"ratio (Spark / DuckDB): {ratio(by_spark, by_duckdb)}"
    )


def fhir_to_facts(trial: Protocol, people: int, rounds: int) -> None:
    cohort = make_cohort(trial, people)
    facts = SCRATCH / "loaded"
    scan, parsed, loaded = in_turns(
        rounds, ("scan", cohort.fhir, facts), ("json", cohort.fhir, facts), ("load", cohort.fhir, facts)
    )
    print(f"{people:,} people as FHIR NDJSON, {cohort.megabytes:,.0f} MB")
    for name, times in (("DuckDB reads the files", scan), ("json.loads of each line", parsed), ("ours: load", loaded)):
        print(f"{told(name, people, times)}   {cohort.megabytes / seconds(times):6,.0f} MB/s")
    print(f"  ratio (ours / DuckDB's reading): {ratio(loaded, scan)}   (ours / json.loads): {ratio(loaded, parsed)}")


def sizes(text: str) -> list[int]:
    return [int(each) for each in text.split(",") if each]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sizes", type=sizes, default=[1000, 10_000], help="people as facts")
    asked.add_argument("--fhir-sizes", type=sizes, default=[1000], help="people as FHIR")
    asked.add_argument("--spark-sizes", type=sizes, default=[], help="people for Spark (needs pyspark and Java)")
    asked.add_argument("--criteria-of", type=int, default=0, help="so many people for the growth with criteria")
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    trial = equipoise.load_trial("nelmas")
    print(f"{time.strftime('%Y-%m-%d')}; {machine()}; Python {sys.version.split()[0]}, DuckDB {duckdb.__version__}")
    print("All people are synthetic.")
    for people in given.sizes:
        facts_to_truths(trial, people, given.rounds)
    if given.criteria_of:
        more_criteria(trial, given.criteria_of, given.rounds)
    for people in given.fhir_sizes:
        fhir_to_facts(trial, people, given.rounds)
    for people in given.spark_sizes:
        on_spark(trial, people)


if __name__ == "__main__":
    main()
