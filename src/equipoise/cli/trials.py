"""equipoise show, check and template: the trial itself."""

import os
from datetime import date
from pathlib import Path

import click

from ..exchange.template import write_template
from ..faults import Fault, Mistakes
from ..protocol.load import load_trial
from ..report.check import checked
from ..report.shell import sink
from ..report.trial import trial_text
from .common import on_option, output_option, print_parts, trial_argument


@click.command()
@trial_argument
@click.option(
    "--sql", "criterion", metavar="CRITERION", help="Instead, the SQL by which DuckDB judges this criterion (E8)."
)
@on_option
@output_option
def show(trial: str, criterion: str | None, on: date | None, output: Path | None) -> None:
    """Show the trial: its record, what else is known of it, and how each criterion is read."""
    protocol = load_trial(trial)
    if criterion is None:
        if on is not None:
            raise Fault("--on belongs to --sql: the protocol is the same on every day.")
        print_parts(trial_text(protocol), output)
        return
    from ..report.rule_sql import criterion_sql

    text = criterion_sql(protocol, criterion, on or date.today())
    with sink(output) as write:
        write(text.encode())


@click.command()
@click.argument("folder", metavar="TRIAL-FOLDER")
def check(folder: str) -> None:
    """Check a trial's folder: every fault at once, with file and line; then its worked cases."""
    found = checked(folder)
    if found.mistakes:
        number = len(found.mistakes)
        raise Fault(f"{Mistakes(found.mistakes)}\n\n{number} {'fault' if number == 1 else 'faults'} in {folder}.")
    click.echo(found.summary)


@click.command()
@trial_argument
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="An .xlsx or .csv file [default: TRIAL.xlsx].",
)
def template(trial: str, output: Path | None) -> None:
    """Write the empty sheet to fill in for the trial: one row a person. A file that is there is never overwritten."""
    protocol = load_trial(trial)
    place = output or Path(f"{protocol.id}.xlsx")
    if place.exists():
        raise Fault(f"{place} is already there and may be filled in: name another file with --output.")
    if not place.parent.is_dir():
        raise Fault(f"{place} cannot be written: there is no folder {place.parent}.")
    part = place.with_name(f".{place.stem}.{os.getpid()}.part{place.suffix}")
    try:
        write_template(protocol.vocabulary, f"{protocol.acronym}: {protocol.title}", part)
        part.replace(place)
    except Fault as fault:
        raise Fault(str(fault).replace(str(part), str(place))) from None
    finally:
        part.unlink(missing_ok=True)
    click.echo(f"Written: {place}")
