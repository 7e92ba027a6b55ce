"""equipoise screen with an engine: a whole store of facts, resumable."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from ..faults import Fault
from ..protocol.model import Protocol
from ..report.data import write_lines, write_rows, write_unread
from ..report.page import page
from ..report.shell import progress, sink
from ..report.table import screening_text
from ..report.words import counted
from .common import print_parts
from .facts_folder import facts_folder
from .lakes import opened_lake
from .load import in_percent

if TYPE_CHECKING:  # DuckDB and Spark are loaded only by whoever asks for them
    from ..cohort import CohortScreening
    from ..eligibility.cohort import Engine
    from ..exchange.lake import Lake

Who = Literal["everyone", "open", "nobody"]
EVERYONE_UP_TO: Final = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for; see the options of `screen`."""

    trial: Protocol
    paths: tuple[Path, ...]
    on: date
    complete: tuple[str, ...]
    engine: str
    master: str
    format: str
    output: Path | None
    unread: Path | None
    details: Who | None


def screen_cohort(asked: Asked) -> None:
    """Screens by an engine and writes what was asked for. What was judged before a kill is not judged again."""
    from ..cohort import screen_lake
    from ..eligibility.duckdb import files_told

    with _workspace(asked) as work:
        lake = _lake(asked, work)
        engine = _engine(asked, work)
        with progress("Screening") as told:
            found = screen_lake(lake, asked.trial, asked.on, engine, work, asked.complete, progress=told)
        with files_told(lake.parts):
            _write(asked, lake, found)
    if asked.output is not None:
        click.echo(f"Written: {asked.output}", err=True)


def _write(asked: Asked, lake: "Lake", found: "CohortScreening") -> None:
    details = asked.details or ("everyone" if lake.facts.count <= EVERYONE_UP_TO else "open")
    if asked.unread is not None:
        with sink(asked.unread) as write:
            write_unread(lake.reading().unread, write)
    if details == "everyone" and asked.format in ("table", "html"):
        _whole(asked, lake, found)
    elif asked.format in ("json", "csv"):
        _rows(asked, lake, found, details)
    else:
        _summary(asked, lake, found, details)


def _whole(asked: Asked, lake: "Lake", found: "CohortScreening") -> None:
    """The page or the table of everybody, as the reference gives it."""
    from ..exchange.sources import with_later_told

    reading = with_later_told(lake.reading(), asked.trial, asked.on)
    verdicts = list(_told(found, "everyone"))
    if asked.format == "html":
        with sink(asked.output) as write:
            write(page(asked.trial, asked.on, verdicts, reading).encode())
    else:
        print_parts(screening_text(asked.trial, asked.on, verdicts, reading), asked.output)


def _rows(asked: Asked, lake: "Lake", found: "CohortScreening", details: Who) -> None:
    from ..report.cohort import write_answer_lines, write_answer_rows

    with sink(asked.output) as write:
        if details == "everyone":
            (write_lines if asked.format == "json" else write_rows)(_told(found, "everyone"), write)
        else:
            lines = write_answer_lines if asked.format == "json" else write_answer_rows
            lines(asked.trial, asked.on, found.explained(details), write)
    number = sum(kind.count for kind in lake.manifest.unread.values())
    if number:
        where = f"{asked.unread} lists them" if asked.unread else "--unread FILE lists them"
        click.echo(f"{counted(number, 'entry', 'entries')} could not be read or have a remark: {where}.", err=True)
    if details != "everyone":
        whom = "those who may enter and show a sign of the disease" if details == "open" else "nobody"
        click.echo(f"Evidence and what is missing are given for {whom}: --details everyone gives all.", err=True)


def _summary(asked: Asked, lake: "Lake", found: "CohortScreening", details: Who) -> None:
    """The counts, and the first of those who may enter."""
    from ..report.cohort import LISTED, cohort_text

    verdicts = found.verdicts(details)
    if asked.format == "html":
        shown = [verdict for verdict, _ in zip(verdicts, range(LISTED), strict=False)]
        reading = lake.reading(verdict.person for verdict in shown)
        with sink(asked.output) as write:
            write(page(asked.trial, asked.on, shown, reading).encode())
        number = found.count()["open"]
        click.echo(f"The page shows {len(shown):,} of {number:,} people who may enter.", err=True)
        return
    unread, synthetic = lake.manifest.unread, lake.manifest.synthetic
    print_parts(cohort_text(asked.trial, asked.on, found.count(), verdicts, unread, synthetic), asked.output)


def _told(found: "CohortScreening", who: Who) -> Iterator:
    total = found.lake.facts.count
    with progress("Explaining") as told:
        for number, verdict in enumerate(found.verdicts(who), 1):
            yield verdict
            told(number, total)


# ---------------------------------------------------------------- the store, the engine, the place for what is done
def _engine(asked: Asked, work: Path) -> "Engine":
    if asked.engine == "duckdb":
        from ..eligibility.duckdb import DuckDbEngine

        return DuckDbEngine(work / "scratch")
    try:
        from ..eligibility.spark import SparkEngine
    except ImportError:
        raise Fault('Spark is not installed: pip install "equipoise[spark]", and Java 17 or newer.') from None
    return SparkEngine(work / "scratch", asked.master)


def _lake(asked: Asked, work: Path) -> "Lake":
    """The folder of facts that was named, or the records that were named, loaded into one for this once."""
    from ..exchange.lake import load

    folder = facts_folder(asked.paths)
    if folder is None:
        folder = work / "facts"
        with progress("Reading") as told:
            load(asked.paths, [asked.trial], folder, workers=os.cpu_count() or 1, progress=in_percent(told))
    return opened_lake(folder, asked.trial)


@contextmanager
def _workspace(asked: Asked) -> Iterator[Path]:
    """A folder for what is done so far: beside the output, where the same command finds it after a kill.

    Raises Fault when the output cannot be written there.
    """
    if asked.output is None:
        with tempfile.TemporaryDirectory(prefix="equipoise-") as folder:
            yield Path(folder)
        return
    from ..exchange.lake.lock import locked

    folder = asked.output.parent / f".{asked.output.name}.{_name(asked.paths)}.screening"
    if not asked.output.parent.is_dir():
        raise Fault(f"{asked.output} cannot be written: there is no folder {asked.output.parent}.")
    if asked.output.is_dir():
        raise Fault(f"{asked.output} is a folder: name a file to write to.")
    busy = f"{asked.output} is being written by another screening: wait until it has ended, or name another file."
    with locked(folder, busy):
        for left in asked.output.parent.glob(f".{escape(asked.output.name)}.*.part"):  # of a killed one
            left.unlink(missing_ok=True)
        try:
            yield folder
        except KeyboardInterrupt:
            raise  # the same command goes on from what is there
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder, ignore_errors=True)


def _name(paths: Sequence[Path]) -> str:
    return hashlib.sha256("\n".join(str(path.resolve()) for path in paths).encode()).hexdigest()[:8]
