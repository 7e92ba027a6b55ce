"""How a command meets its user: dates and faults in plain words, exit codes, progress, and where its bytes go."""

import gc
import io
import os
import re
import sys
import traceback
from calendar import month_name
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from ..faults import Fault
from .files import written

BROKEN_PIPE, INTERRUPTED, OUR_FAULT = 141, 130, 1
# Facts and findings hold no circles: the collector of circles would walk over all of them again and again.
COLLECT_EVERY = 100_000
_MONTHS = [name.lower() for name in month_name][1:]


class Commands(click.Group):
    """The commands, with every fault of the user's told in its own sentence and without a traceback."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)
        gc.set_threshold(COLLECT_EVERY)
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows "?"
        try:
            code = super().main(*args, standalone_mode=False, **extra)
            sys.stdout.flush()
        except Exception as error:
            code = _told(error)
        sys.exit(code if isinstance(code, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _close_pipe()
            raise click.exceptions.Exit(BROKEN_PIPE) from None
        except RuntimeError as error:
            if str(error) == "Query interrupted":  # DuckDB's word for Ctrl-C while a query runs
                raise click.Abort from None
            raise


def _close_pipe() -> None:
    """Nobody reads any more: what is left in the buffers goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())


def _told(error: Exception) -> int:
    """Says the error in one sentence on the error stream; the exit code."""
    if os.environ.get("EQUIPOISE_DEBUG") == "1" and not isinstance(error, click.ClickException):
        traceback.print_exception(error)
    match error:
        case Fault():
            click.echo(str(error), err=True)
            return error.exit_code
        case click.UsageError():
            name = error.ctx.command_path if error.ctx else "equipoise"
            click.echo(f"{error.format_message()} See: {name} --help", err=True)
            return error.exit_code
        case click.ClickException():
            click.echo(error.format_message(), err=True)
            return error.exit_code
        case click.Abort():
            click.echo("Interrupted before the end; no file was written or changed.", err=True)
            return INTERRUPTED
        case BrokenPipeError():
            _close_pipe()
            return BROKEN_PIPE
        case OSError() if error.filename or error.strerror:
            place = f"{error.filename}: " if error.filename else ""
            click.echo(f"{place}{error.strerror}. Nothing more was written.", err=True)
            return 2
        case _:
            kind = type(error).__name__
            click.echo(
                f"This is a fault of Equipoise, not of yours ({kind}); your files are as they were. "
                "Please report it, without patients' data, with what the same command says under EQUIPOISE_DEBUG=1.",
                err=True,
            )
            return OUR_FAULT


class Day(click.ParamType):
    """A date that can be read in one way only."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        found = value if isinstance(value, date) else read_day(str(value))
        return found or self.fail(f'"{value}" is not one certain day: write 2026-03-02 or "2 March 2026".', param, ctx)


def read_day(text: str) -> date | None:
    """2026-03-02, 2 March 2026, 2 Mar 2026; None for anything else, "2/3/2026" above all."""
    iso = re.fullmatch(r"\s*(\d{4})-(\d{2})-(\d{2})\s*", text)
    plain = re.fullmatch(r"\s*(\d{1,2})\.?\s+([A-Za-z]{3,})\.?,?\s+(\d{4})\s*", text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        months = [n for n, month in enumerate(_MONTHS, 1) if plain and month.startswith(plain[2].lower())]
        return date(int(plain[3]), months[0], int(plain[1])) if plain and months else None
    except ValueError:
        return None


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the error stream while something long goes on; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def sink(output: Path | None) -> Iterator[Callable[[bytes], object]]:
    """Where bytes go: the file, whole or not at all, or standard output."""
    if output is None:
        stream = sys.stdout.buffer
        yield stream.write
        stream.flush()
        return
    with written(output) as file:
        yield file.write
