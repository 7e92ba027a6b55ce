# pyright: reportMissingImports=false, reportMissingModuleSource=false
"""A cohort on Apache Spark, for what is past one machine: the same questions, the same tables, the same answers.

Spark reads the Parquet files of the store, cut into slices of whole people, and writes what it finds as Parquet into
`scratch`; all else (whom the reference must judge, the file of answers) is as with DuckDB.
"""

import os
import re
import shutil
import socket
import subprocess
import warnings
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from math import ceil
from pathlib import Path
from typing import Any, Final

from py4j.java_gateway import JavaGateway
from py4j.protocol import Py4JError
from pyspark import SparkConf, SparkContext
from pyspark.errors import PySparkException
from pyspark.java_gateway import launch_gateway
from pyspark.sql import DataFrame, SparkSession

from ..faults import Fault
from ..rules.sql import SPARK, Query, translate
from ..rules.tables import columns
from .cohort import Asking, FactsOf
from .duckdb import connected, files_told, parquet, settle
from .lake import Part

# Days are read and written as they stand, those before 1582 included. Plans are not changed while they run: with a
# hundred small joins that takes longer than it saves. No table is copied to all machines: it may be of any size.
_SETTINGS: Final[Mapping[str, str]] = {
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.autoBroadcastJoinThreshold": "-1",
}
# A task sorts dozens of tables side by side; each takes a page of memory at least, which by itself Spark makes large.
# What joins hundreds of tables one after the other is as deep when it is sent to a task, and read with that many calls.
_START: Final[Mapping[str, str]] = {
    "spark.buffer.pageSize": "256k",
    "spark.driver.extraJavaOptions": "-Xss16m",
    "spark.executor.extraJavaOptions": "-Xss16m",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
# On one machine most of the time goes into making plans and programs that run once: the thorough compiler of Java takes
# half as long again for 100,000 people as the quick one alone (80 against 124 seconds of processor time).
_START_LOCAL: Final[Mapping[str, str]] = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-Xss16m -XX:TieredStopAtLevel=1",
}
_SLICE: Final = 50_000  # people judged by one task
_ANSWER_SECONDS: Final = 10


class SparkEngine:
    """On Spark: `master` as Spark writes it ("local[*]", "spark://head:7077", "yarn").

    Where a session runs already in this process (a notebook), that one is used, and left running.
    scratch: a folder that, with a cluster, all its machines share. memory: of Java, on one machine.
    """

    name = "spark"
    people_at_once = 1_000_000

    def __init__(self, scratch: Path, master: str = "local[*]", memory: str = "2g") -> None:
        self.scratch, self.master, self.memory = scratch, master, memory
        self._session: SparkSession | None = None
        self._end: weakref.finalize | None = None

    @property
    def log(self) -> Path:
        """Where Spark writes what it has to say."""
        return self.scratch / "spark.log"

    def stop(self) -> None:
        """Ends the session; it ends with the engine and with the process as well."""
        if self._end is not None:
            self._end()
        self._session = self._end = None

    def judge(self, asking: Asking, parts: Sequence[Part], answers: Path, facts_of: FactsOf) -> None:
        """See cohort.Engine. Raises Fault when Spark does not start, or fails."""
        on = asking.on.toordinal()
        query = translate(asking.rules, asking.vocabulary, on, asking.complete, SPARK, asking.moments)
        self.scratch.mkdir(parents=True, exist_ok=True)
        made = self.scratch.absolute() / f"{answers.name}.spark"
        try:
            with self._failures_told(parts), warnings.catch_warnings():
                warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")  # not used here
                beyond = self._truths(asking, query, parts, made)
            with closing(connected(self.scratch)) as connection, files_told(parts):
                truths = parquet(sorted((made / "truths").glob("*.parquet")))
                connection.execute(f"CREATE TEMP VIEW truths AS FROM {truths}")
                settle(connection, asking, parts, beyond, facts_of, answers)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _truths(self, asking: Asking, query: Query, parts: Sequence[Part], made: Path) -> list[int]:
        """Writes the truths of everybody into the folder made/truths; gives the keys of whom the reference judges.

        A step that several others read is written as well: kept in memory it would be lost with a machine.
        """
        session = self._started()
        slices = max(session.sparkContext.defaultParallelism, ceil(sum(part.count for part in parts) / _SLICE))
        session.conf.set("spark.sql.shuffle.partitions", str(slices))
        _show_parts(session, asking, query, parts)
        for step in query.steps:
            found = session.sql(step.sql)
            found.write.mode("overwrite").parquet(_address(made / step.name))
            kept = session.read.schema(found.schema).parquet(_address(made / step.name, to_read=True))
            kept.createOrReplaceTempView(step.name)
        session.sql(query.truths).write.mode("overwrite").parquet(_address(made / "truths"))
        return sorted(row[0] for row in session.sql(query.beyond).collect())

    def _started(self) -> SparkSession:
        if self._session is None:
            running = SparkSession.getActiveSession()
            if running is None:
                session, java = _begun(self.master, self.memory, self.log)
                self._end = weakref.finalize(self, _ended, session, java)
            else:
                session = running.newSession()
            for name, value in _SETTINGS.items():
                session.conf.set(name, value)
            self._session = session
        return self._session

    @contextmanager
    def _failures_told(self, parts: Sequence[Part]) -> Iterator[None]:
        try:
            yield
        except (PySparkException, Py4JError) as error:
            said = _first_words(error)
            self.stop()  # a session that lost its Java cannot go on
            for part in parts:
                for file in (part.people, *part.facts.values()):
                    if not file.is_file():
                        raise Fault(f"{file} is missing: load the records once more into another folder.") from error
            if "space left" in said:
                raise Fault("The disk is full: make room and give the same command again.") from error
            raise Fault(f"Spark could not judge the people: {said}.") from error


def _show_parts(session: SparkSession, asking: Asking, query: Query, parts: Sequence[Part]) -> None:
    """Makes the files of the parts known under the names by which the query calls them, cut into slices by key."""
    _table(session, [part.people for part in parts], {"key": "BIGINT"}).createOrReplaceTempView(query.people)
    for concept, table in query.tables.items():
        files = [part.facts[concept] for part in parts if concept in part.facts]
        _table(session, files, columns(asking.vocabulary[concept])).createOrReplaceTempView(table)


def _table(session: SparkSession, files: Sequence[Path], kinds: Mapping[str, str]) -> DataFrame:
    typed = {name: "STRING" if kind == "VARCHAR" else kind for name, kind in kinds.items()}
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in typed.items())
        return session.sql(f"SELECT {nothing} WHERE FALSE")
    schema = ", ".join(f"{name} {kind}" for name, kind in typed.items())
    read = session.read.schema(schema).parquet(*(_address(file, to_read=True) for file in files))
    return read.select(*kinds).repartition("key")


def _address(path: Path, to_read: bool = False) -> str:
    """The address of a file here, whatever Spark's own default is; what is read may be a pattern, so its signs are
    written as themselves."""
    text = str(path.absolute())
    return "file://" + (re.sub(r"([\\{}\[\]*?])", r"\\\1", text) if to_read else text)


# ---------------------------------------------------------------- the session
def _begun(master: str, memory: str, log: Path) -> tuple[SparkSession, JavaGateway | None]:
    """A session of our own and its Java, which writes into the log; no Java where one that PySpark keeps is used.

    Raises Fault when it does not start.
    """
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise Fault("Spark needs Java, which is not here: install Java 17 or newer (on Debian: default-jre-headless).")
    _must_answer(master)
    local = master == "local" or master.startswith("local[")
    conf = SparkConf().setMaster(master).setAppName("Equipoise")
    conf.setAll([*_START.items(), *_SETTINGS.items()])
    if local:
        conf.setAll([*_START_LOCAL.items(), ("spark.driver.memory", memory)])
    try:
        java = None
        if SparkContext._gateway is None:
            with log.open("ab") as said, _only_here() if local else nullcontext():
                java = launch_gateway(conf, {"stdout": said, "stderr": said})
        return SparkSession(SparkContext(conf=conf, gateway=java)), java
    except (PySparkException, Py4JError, OSError) as error:
        raise Fault(
            f"Spark did not start ({_first_words(error)}): it needs Java 17 or newer, and --master must name a cluster "
            "that answers, or local[*]."
        ) from error


def _must_answer(master: str) -> None:
    """Raises Fault when nobody answers at any of the addresses of spark://: Spark itself tries for a minute."""
    if not master.startswith("spark://"):
        return
    for address in master.removeprefix("spark://").split(","):
        host, _, port = address.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_SECONDS):
                return
        except (OSError, ValueError, OverflowError):
            continue
    raise Fault(f"Nobody answers at {master}: --master is the address of Spark's master, such as spark://head:7077.")


@contextmanager
def _only_here() -> Iterator[None]:
    """Java is begun so that it opens no port beyond this machine; Spark is told so only by the environment."""
    before = os.environ.get("SPARK_LOCAL_IP")
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SPARK_LOCAL_IP"]
        else:
            os.environ["SPARK_LOCAL_IP"] = before


def _ended(session: SparkSession, java: JavaGateway | None) -> None:
    """Ends a session of our own, and its Java, which PySpark by itself would keep until the process ends."""
    with suppress(PySparkException, Py4JError, OSError):  # it may be gone already
        session.stop()
        if java is not None:
            java.shutdown()
    if java is not None:
        process: Any = java.proc
        process.stdin.close()  # upon which it ends
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ANSWER_SECONDS)
        SparkContext._gateway = SparkContext._jvm = None


def _first_words(error: BaseException) -> str:
    """What an error says in its first line: that of Java at its root."""
    root: Any = getattr(error, "java_exception", None)
    if root is None:
        return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    while root.getCause() is not None:
        root = root.getCause()
    return str(root.toString()).splitlines()[0].rstrip(".")
