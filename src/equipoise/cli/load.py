"""equipoise load: records of any size become a folder of facts, against which many trials can be screened."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..protocol.load import load_trial, shipped_trials
from ..report.shell import progress, sink
from ..report.words import counted, people_counted
from .common import print_parts

if TYPE_CHECKING:
    from ..exchange.lake import Lake, Loaded

# From which to which part of the way each step leads, in percent; by what the steps took of two million resources.
_STEPS: Final = {"Reading": (0, 60), "Telling people apart": (60, 63), "Dealing out": (63, 68), "Writing": (68, 100)}
_SHOWN: Final = 12  # kinds of what could not be read; --unread lists all


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder of facts: a new or empty one, or one that was loaded before.",
)
@click.option(
    "--trial",
    "trials",
    multiple=True,
    metavar="TRIAL",
    help="Read what this trial asks about; may be repeated [default: all trials that come with Equipoise].",
)
@click.option("--site", default="", metavar="NAME", help="Whoever is in these records is treated at this site.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=None,
    metavar="N",
    help="In how many processes [default: one for each processor].",
)
@click.option(
    "--unread", type=click.Path(path_type=Path), metavar="FILE", help="Write all that could not be read, as CSV."
)
def load(
    paths: tuple[str, ...], folder: Path, trials: tuple[str, ...], site: str, workers: int | None, unread: Path | None
) -> None:
    """Keep the facts of records as Parquet, to screen them again and again; a second time only what has changed.

    PATH is a FHIR bulk export (NDJSON, also .gz) or other FHIR R4 files, a sheet, an OMOP CDM (DuckDB file, folder of
    CSV or Parquet, postgresql:// URL), another folder of facts, or a folder of files.

    Example: equipoise load export/ --to facts/ --site "General Hospital"
    """
    from ..exchange.lake import load as load_records

    protocols = [load_trial(name) for name in trials or shipped_trials()]
    with progress("Loading") as told:
        try:
            loaded = load_records(
                paths, protocols, folder, site=site, workers=workers or os.cpu_count() or 1, progress=in_percent(told)
            )
        except KeyboardInterrupt:
            click.echo("What was read so far is kept: the same command goes on from there.", err=True)
            raise
    if unread is not None:
        with sink(unread) as write:
            _write_unread(loaded.lake, write)
    print_parts(_text(loaded, unread), None)


def in_percent(told: Callable[[int, int], None]) -> Callable[[str, int, int], None]:
    """The progress of all steps of a load as one."""

    def step(what: str, done: int, total: int) -> None:
        begin, end = _STEPS.get(what, (0, 100))
        told(begin * 100 + (end - begin) * 100 * done // max(1, total), 100 * 100)

    return step


def _write_unread(lake: "Lake", write: Callable[[bytes], object]) -> None:
    from ..report.data import as_csv

    write(as_csv([("person", "source", "what", "kind", "why", "kept as a doubtful fact")]))
    for entries in lake.unread():
        write(as_csv((e.person, e.source, e.what, e.kind, e.why, e.held) for e in entries))


# ---------------------------------------------------------------- what it says
def _text(loaded: "Loaded", listed: Path | None) -> list[Any]:
    from rich.table import Table
    from rich.text import Text

    from ..report.text import dim, heading

    lake = loaded.lake
    facts = sum(sum(part.rows.values()) for part in lake.parts)
    mark = " (synthetic: they do not exist)" if lake.facts.synthetic else ""
    parts: list[Any] = [
        heading(f"{people_counted(lake.facts.count)}{mark} and {counted(facts, 'fact')} in {lake.folder}"),
        Text(f"{_done(loaded)}"),
    ]
    kinds = sorted(lake.manifest.unread.items(), key=lambda each: (-each[1].count, each[0]))
    if not kinds:
        return parts
    total = sum(kind.count for _, kind in kinds)
    parts += [Text(""), heading(f"Not read, or read with a remark: {counted(total, 'entry', 'entries')}")]
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", expand=True)
    table.add_column("entries", justify="right", no_wrap=True, min_width=7)
    table.add_column("kind", no_wrap=True, min_width=max(len(name) for name, _ in kinds[:_SHOWN]))
    table.add_column("for example", overflow="ellipsis", no_wrap=True, ratio=1)
    for name, kind in kinds[:_SHOWN]:
        table.add_row(f"{kind.count:,}", name, kind.examples[0] if kind.examples else "")
    parts.append(table)
    if len(kinds) > _SHOWN:
        parts.append(dim(f"and {counted(len(kinds) - _SHOWN, 'more kind')}"))
    parts.append(dim(f"All of them: {listed}" if listed else "--unread FILE writes all of them."))
    return parts


def _done(loaded: "Loaded") -> str:
    """What was read and written, in one or two sentences."""
    if loaded.anew:
        begin = f"Everything was read anew ({loaded.anew}): {counted(loaded.read, 'file')}"
    elif not loaded.read and not loaded.gone and not loaded.written:
        return f"Nothing has changed: {counted(loaded.unchanged, 'file')} as before."
    else:
        begin = f"{counted(loaded.read, 'file')} read"
    unchanged = f", {loaded.unchanged:,} as before" if loaded.unchanged else ""
    gone = f", {loaded.gone:,} no longer there and taken out" if loaded.gone else ""
    return f"{begin}{unchanged}{gone}; {loaded.written:,} of {counted(loaded.parts, 'part')} written."
