"""equipoise people: virtual people and their records."""

from datetime import date
from pathlib import Path

import click

from ..protocol.load import load_trial
from ..report.shell import Day, progress
from ..simulation.assumptions import load_assumptions
from ..simulation.people_files import write_people
from .common import trial_argument


@click.command()
@trial_argument
@click.option(
    "--count", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="How many people."
)
@click.option(
    "--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed draws the same people."
)
@click.option(
    "--on", type=Day(), default=None, metavar="DATE", help="The day up to which their records go [default: today]."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A new or empty folder."
)
def people(trial: str, count: int, seed: int, on: date | None, output: Path) -> None:
    """Draw virtual people, who do not exist, and write their records as FHIR R4 (NDJSON).

    Example: equipoise people nelmas --count 300 --seed 7 --output people/
    """
    protocol = load_trial(trial)
    assumptions = load_assumptions(trial, protocol.vocabulary)
    with progress("Drawing people") as told:
        written = write_people(protocol, assumptions, count, seed, output, on or date.today(), told)
    click.echo(f"Written: {written}")
