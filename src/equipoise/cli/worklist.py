"""equipoise worklist: whom to look at today."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from ..eligibility.person import screen_person
from ..eligibility.verdict import Verdict
from ..facts import Reading
from ..faults import Fault
from ..protocol.load import load_trial
from ..protocol.model import Protocol
from ..recruitment.funnel_people import sites_of
from ..recruitment.worklist import worklist as listed
from ..recruitment.worklist_cohort import worklist_by_engine
from ..report.shell import progress, sink
from ..report.worklist_calendar import calendar
from ..report.worklist_data import write_worklist, write_worklist_rows
from ..report.worklist_table import worklist_text
from .common import (
    complete_option,
    concepts_named,
    format_of,
    on_option,
    output_option,
    paths_argument,
    print_parts,
    read,
    refuse_input,
    trial_argument,
)  # fmt: skip
from .facts_folder import facts_folder, opened


@click.command()
@trial_argument
@paths_argument
@on_option
@complete_option
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json", "ics"]), help="[default: table]")
@output_option
def worklist(
    trial: str, paths: tuple[Path, ...], on: date | None, complete: tuple[str, ...], stated: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """List whom to look at today: what to find, whom to ask, and how many days are left, the most urgent first.

    Example: equipoise worklist nelmas records/ --on 2026-06-01 --output worklist.ics
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), _format(stated, output)
    names = concepts_named(complete, protocol)
    refuse_input(output, paths)
    folder = facts_folder(paths)
    if folder is not None:
        with progress("Judging") as told, opened(folder, protocol, told) as (cohort, synthetic):
            found = worklist_by_engine(cohort, protocol, on, names, synthetic)
    else:
        reading = read(paths, protocol, on)
        found = listed(protocol, on, _verdicts(protocol, reading, on, names), sites_of(reading), reading.synthetic)
    if chosen == "table":
        print_parts(worklist_text(found), output)
    else:
        with sink(output) as write:
            if chosen == "ics":
                write(calendar(found))
            else:
                (write_worklist if chosen == "json" else write_worklist_rows)(found, write)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


def _format(stated: str | None, output: Path | None) -> str:
    if stated is None and output is not None and output.suffix.lower() in (".ics", ".ical"):
        return "ics"
    chosen = format_of(stated, output, "table")
    if chosen == "html":
        raise Fault("The worklist is no page: write a table (.txt), .csv, .json, or a calendar (.ics).")
    return chosen


def _verdicts(trial: Protocol, reading: Reading, on: date, complete: list[str]) -> Iterator[Verdict]:
    """One verdict after the other, so that those who are passed over need not be held."""
    by_person = reading.by_person()
    with progress("Judging") as told:
        for number, (person, facts) in enumerate(by_person.items(), 1):
            yield screen_person(trial, person, facts, on, complete)
            told(number, len(by_person))
