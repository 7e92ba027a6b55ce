"""equipoise funnel: who is lost where, and what each criterion costs."""

from datetime import date
from pathlib import Path

import click

from ..faults import Fault
from ..protocol.load import load_trial
from ..recruitment.funnel_cohort import by_engine
from ..recruitment.funnel_moves import read_move, read_sweep
from ..recruitment.funnel_people import by_reference, month_moment
from ..recruitment.funnel_survey import Survey, survey
from ..report.funnel_data import write_funnel, write_funnel_rows
from ..report.funnel_figure import funnel_figure
from ..report.funnel_table import funnel_text
from ..report.shell import progress, sink
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
@click.option(
    "--move",
    "moves",
    multiple=True,
    metavar="WHAT",
    help='What if a number were another: "E8: haemoglobin < 7.5 g/dL", or "E8 to 7.5 g/dL". May be repeated.',
)
@click.option(
    "--sweep",
    "sweeps",
    multiple=True,
    metavar="WHAT",
    help='The same over a range: "E8 from 7.0 to 9.0 by 0.25", "I8 window 8 to 24 weeks". May be repeated.',
)
@click.option(
    "--by-month",
    "month",
    metavar="MOMENT",
    help="Tell people apart by the month of this: a moment of the trial or a concept with a date "
    "[default: that of the trial's first deadline].",
)
@click.option("--format", "stated", type=click.Choice(["table", "json", "csv"]), help="[default: table]")
@output_option
@click.option(
    "--figure", type=click.Path(path_type=Path), metavar="FILE", help="Also draw it, and each sweep, as an .svg file."
)
def funnel(
    trial: str, paths: tuple[Path, ...], on: date | None, complete: tuple[str, ...], moves: tuple[str, ...],
    sweeps: tuple[str, ...], month: str | None, stated: str | None, output: Path | None, figure: Path | None,
) -> None:  # fmt: skip
    """Count who is lost at which criterion, what each costs, and what another limit would change.

    Example: equipoise funnel nelmas records/ --on 2026-06-01 --sweep "E8 from 7.0 to 9.0 by 0.25" --figure funnel.svg
    """
    protocol, on, chosen = load_trial(trial), on or date.today(), format_of(stated, output, "table")
    names, moment = concepts_named(complete, protocol), month_moment(protocol, month)
    moving = [read_move(each, protocol) for each in moves], [read_sweep(each, protocol) for each in sweeps]
    _refuse_unfit(chosen, output, figure, paths)
    folder = facts_folder(paths)
    if folder is not None:
        with progress("Judging") as told, opened(folder, protocol, told) as (cohort, synthetic):
            evaluate = by_engine(cohort, protocol, on, names, moment)
            found = survey(protocol, on, evaluate, *moving, moment, names, synthetic)
    else:
        reading = read(paths, protocol, on)
        with progress("Judging") as told:
            evaluate = by_reference(protocol, reading, on, names, moment, told)
            found = survey(protocol, on, evaluate, *moving, moment, names, reading.synthetic)
    _write(found, chosen, output, figure)


def _write(found: Survey, chosen: str, output: Path | None, figure: Path | None) -> None:
    if figure is not None:
        with sink(figure) as write:
            write(funnel_figure(found).encode())
    if chosen == "table":
        print_parts(funnel_text(found), output)
    else:
        with sink(output) as write:
            (write_funnel if chosen == "json" else write_funnel_rows)(found, write)
    for file in (output, figure):
        if file is not None:
            click.echo(f"Written: {file}", err=True)


def _refuse_unfit(chosen: str, output: Path | None, figure: Path | None, paths: tuple[Path, ...]) -> None:
    """Refuses what cannot be written, before anything is read."""
    for file in (output, figure):
        refuse_input(file, paths)
    if chosen == "html":
        raise Fault("The funnel is no page: write a table (.txt), .json or .csv, and draw it with --figure funnel.svg.")
    if figure is not None and figure.suffix.lower() != ".svg":
        raise Fault(f"{figure}: the figure is an SVG: name it with the ending .svg.")
    if figure is not None and output is not None and figure.resolve() == output.resolve():
        raise Fault(f"{figure} is named twice: the figure and the table are two files.")
