"""A cohort on Apache Spark, for what is past one machine: the same questions, the same tables, the same answers."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from ..faults import Fault
from ..rules.sql import SPARK, Query, translate
from ..rules.tables import columns
from .cohort import Asking, FactsOf
from .duckdb import connected, settle
from .lake import Part

# Facts of all ages, a day of the year 1 included, are read as they stand; every sum is by key, so the tables are cut by
# it once and stay so.
_SETTINGS: Mapping[str, str] = {
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.adaptive.enabled": "false",
}
_OWN: Mapping[str, str] = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.log.level": "ERROR",
}


class SparkEngine:
    """On Spark: `master` as Spark writes it ("local[*]", "spark://host:7077", "yarn").

    scratch: a folder that, with a cluster, all its machines share. slices: into how many the people are cut at once.
    """

    name = "spark"
    people_at_once = 2_000_000

    def __init__(self, scratch: Path, master: str = "local[*]", memory: str = "2g", slices: int = 0) -> None:
        self.scratch, self.master, self.memory, self.slices = scratch, master, memory, slices
        self._session: SparkSession | None = None

    @property
    def session(self) -> SparkSession:
        """The session, begun when it is first asked for. Raises Fault when Spark cannot start."""
        if self._session is None:
            self._session = _started(self.master, self.memory)
        return self._session

    def stop(self) -> None:
        """Ends the session."""
        if self._session is not None:
            self._session.stop()
            self._session = None

    def judge(self, asking: Asking, parts: Sequence[Part], answers: Path, facts_of: FactsOf) -> None:
        """See cohort.Engine."""
        on = asking.on.toordinal()
        query = translate(asking.rules, asking.vocabulary, on, asking.complete, SPARK, asking.moments)
        truths = self.scratch.absolute() / f"{answers.name}.truths"
        try:
            self._show(asking, query, parts)
            for step in query.steps:
                self.session.sql(step.sql).localCheckpoint(eager=False).createOrReplaceTempView(step.name)
            self.session.sql(query.truths).write.mode("overwrite").parquet(str(truths))
            beyond = sorted(row[0] for row in self.session.sql(query.beyond).collect())
        except PySparkException as error:
            raise Fault(f"Spark could not judge the people: {str(error).splitlines()[0]}") from error
        finally:
            self.session.catalog.clearCache()
        with closing(connected(self.scratch)) as connection:
            connection.execute(f"CREATE TEMP VIEW truths AS FROM read_parquet('{truths}/*.parquet')")
            settle(connection, asking, parts, beyond, facts_of, answers)
        shutil.rmtree(truths, ignore_errors=True)

    def _show(self, asking: Asking, query: Query, parts: Sequence[Part]) -> None:
        """Makes the files of the parts known under the names by which the query calls them, cut by key."""
        self._table(query.people, [part.people for part in parts], {"key": "BIGINT"})
        for concept, table in query.tables.items():
            files = [part.facts[concept] for part in parts if concept in part.facts]
            self._table(table, files, columns(asking.vocabulary[concept]))

    def _table(self, name: str, files: Sequence[Path], kinds: Mapping[str, str]) -> None:
        if files:
            read = self.session.read.parquet(*(str(file.absolute()) for file in files)).select(*kinds)
            slices = self.slices or self.session.sparkContext.defaultParallelism
            table = read.repartition(slices, "key").localCheckpoint(eager=False)
        else:
            nothing = ", ".join(f"CAST(NULL AS {_kind(kind)}) AS {column}" for column, kind in kinds.items())
            table = self.session.sql(f"SELECT {nothing} WHERE FALSE")
        table.createOrReplaceTempView(name)


def _kind(kind: str) -> str:
    return "STRING" if kind == "VARCHAR" else kind


def _started(master: str, memory: str) -> SparkSession:
    builder: Any = SparkSession.builder
    builder = builder.master(master).appName("Equipoise").config("spark.driver.memory", memory)
    for name, value in {**_OWN, **_SETTINGS}.items():
        builder = builder.config(name, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except Exception as error:
        raise Fault(
            f"Spark did not start ({str(error).splitlines()[0]}): it needs Java 17 or newer on the PATH, "
            "and --master must name a cluster that answers."
        ) from error
    for name, value in _SETTINGS.items():
        session.conf.set(name, value)
    session.conf.set("spark.sql.shuffle.partitions", str(max(2, session.sparkContext.defaultParallelism)))
    return session
