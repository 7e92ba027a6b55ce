"""What the commands share: their options, how records are read, and where text goes."""

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from ..exchange.paths import is_read
from ..exchange.sources import read_records, with_later_told
from ..facts import Reading
from ..faults import Fault
from ..protocol.model import Protocol
from ..report.shell import Day, progress, sink
from ..report.text import PLAIN_WIDTH, drawn
from ..report.words import counted, ended
from .facts_folder import facts_folder
from .lakes import opened_lake

trial_argument = click.argument("trial", metavar="TRIAL")


class Records(click.ParamType):
    """A path to records; a database is loaded first, so that it is asked once."""

    name = "path"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path. Raises Fault for the URL of a database."""
        if str(value).startswith(("postgresql://", "postgres://")):
            raise Fault(
                "The records of a database are loaded first: equipoise load URL --to facts, then name facts here."
            )
        return Path(str(value))


paths_argument = click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=Records())
on_option = click.option("--on", type=Day(), default=None, metavar="DATE", help="The day to judge on [default: today].")
complete_option = click.option(
    "--complete", multiple=True, metavar="CONCEPTS",
    help="Concepts of which the records hold all there is, such as anticancer_treatment: what is not on record then "
    "did not happen. Several with commas. The verdict lists it as an assumption.",
)  # fmt: skip
output_option = click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write to this file, whole or not at all."
)


def concepts_named(stated: Sequence[str], trial: Protocol) -> list[str]:
    """The names after --complete; a Fault with the nearest names for one that the trial does not know."""
    names = [name.strip() for each in stated for name in each.split(",") if name.strip()]
    for name in names:
        if name not in trial.vocabulary:
            near = get_close_matches(name, list(trial.vocabulary), n=3, cutoff=0.5)
            meant = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(trial.vocabulary)}."
            raise Fault(f'--complete: "{name}" is not a concept of {trial.acronym}: {meant}')
    return names


# ---------------------------------------------------------------- what all commands do
def read(paths: Sequence[Path], trial: Protocol, on: date, people: Sequence[str] = ()) -> Reading:
    """The records behind the paths. people: of a folder of facts only these, by any identifier of theirs."""
    folder = facts_folder(paths)
    if folder is not None:
        lake = opened_lake(folder, trial)
        asked = [lake.identify(person) for person in people] or None
        return with_later_told(lake.reading(asked), trial, on)
    with progress("Reading") as told:
        reading = read_records(paths, trial, told)
    if not reading.people:
        names = ", ".join(str(path) for path in paths)
        raise Fault(
            f"There is no person in {names}: name a file or folder with the records of at least one.{_lost(reading)}"
        )
    return with_later_told(reading, trial, on)


def _lost(reading: Reading) -> str:
    """What could not be read, in a sentence that names the first of it."""
    if not reading.unread:
        return ""
    first = reading.unread[0]
    number = counted(len(reading.unread), "entry", "entries")
    return f" {number} could not be read: {first.source}: {ended(first.why)}"


def refuse_input(output: Path | None, paths: Sequence[Path]) -> None:
    """Raises Fault when writing would destroy what is read, or put something among the files of a folder of facts."""
    if output is None:
        return
    if any(path.is_file() and output.exists() and output.samefile(path) for path in paths):
        raise Fault(f"{output} is one of the files to be read: name another file to write to.")
    for folder in (path for path in paths if path.is_dir() and output.resolve().is_relative_to(path.resolve())):
        if facts_folder([folder]) is not None:
            raise Fault(f"{output} lies in {folder}, a folder of facts: name a file elsewhere to write to.")
        if output.is_file() and is_read(output):
            raise Fault(f"{output} is one of the files to be read: name another file to write to.")


def print_parts(parts: list[Any], output: Path | None) -> None:
    """Text to the terminal in its width and colours, or plain to a file or a pipe."""
    terminal = output is None and sys.stdout.isatty()
    stated = os.environ.get("COLUMNS", "")
    width = _columns() if terminal else int(stated) if stated.isdecimal() else PLAIN_WIDTH
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    text = drawn(parts, max(40, width), colour)
    if output is None:
        click.echo(text, nl=False, color=colour)
        return
    with sink(output) as write:
        write(text.encode())


def _columns() -> int:
    """The columns of the terminal, at most 120: longer lines are hard to read."""
    return min(shutil.get_terminal_size((100, 24)).columns, 120)


def format_of(stated: str | None, output: Path | None, default: str) -> str:
    """The format as stated, else as the file's ending says."""
    endings = {".html": "html", ".htm": "html", ".json": "json", ".ndjson": "json", ".jsonl": "json", ".csv": "csv"}
    return stated or (endings.get(output.suffix.lower(), default) if output else default)


def refuse_page_on_terminal(chosen: str, output: Path | None) -> None:
    if chosen == "html" and output is None and sys.stdout.isatty():
        raise Fault("A page cannot be shown on a terminal: name a file with --output report.html.")
