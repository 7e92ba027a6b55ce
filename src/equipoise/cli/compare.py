"""equipoise compare: the whole comparison of two arms, from one CSV file, for whoever only wants the analysis."""

from pathlib import Path

import click

from ..faults import Fault
from ..report.shell import sink
from .common import format_of, output_option, print_parts, refuse_input


@click.command()
@click.argument("file", metavar="FILE.csv", type=click.Path(path_type=Path))
@click.option("--time", default="", metavar="COLUMN", help="How long each person was followed.")
@click.option("--event", default="", metavar="COLUMN", help="Whether the time ended with the event.")
@click.option("--event-is", default="", metavar="VALUE", help="Which value means the event [default: 1, yes, true].")
@click.option("--arm", default="", metavar="COLUMN", help="The arm of each person.")
@click.option("--experimental", default="", metavar="VALUE", help="Which of the two arms is the experimental one.")
@click.option("--strata", multiple=True, metavar="COLUMNS", help="What the tests are stratified by.")
@click.option("--entry", default="", metavar="COLUMN", help="When each person came under observation, if later.")
@click.option("--at", "times", multiple=True, type=float, metavar="TIME", help="Compare the arms at this time.")
@click.option(
    "--until", type=float, metavar="TIME", help="Restricted means up to here [default: the last time of both]."
)
@click.option("--level", type=float, default=0.95, show_default=True, metavar="SHARE", help="Of the intervals.")
@click.option("--unit", default="", metavar="WORD", help="The unit of time, for the heads: days, months.")
@click.option("--skip-incomplete", is_flag=True, help="Leave rows out that lack a value, and say how many.")
@click.option("--format", "stated", type=click.Choice(["table", "json", "csv"]), help="[default: table]")
@output_option
def compare(
    file: Path, time: str, event: str, event_is: str, arm: str, experimental: str, strata: tuple[str, ...], entry: str,
    times: tuple[float, ...], until: float | None, level: float, unit: str, skip_incomplete: bool,
    stated: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Compare two arms: Kaplan-Meier, log-rank, Cox, fixed times and restricted means.

    FILE.csv has a line of heads and a line a person. Columns that are not named are found by their usual heads (time,
    event, arm, strata; those of CDISC ADTTE too), and what was guessed is said.

    Example: equipoise compare trial.csv --at 36 --unit months
    """
    # Here, since numba is slow to load and no other command needs it.
    from ..analysis.comparison import compared
    from ..report.compare_data import comparison_dict, write_comparison, write_comparison_rows
    from ..report.compare_table import comparison_text
    from .compare_file import Asked, named, read_comparison

    refuse_input(output, [file])
    chosen = format_of(stated, output, "table")
    if chosen == "html":
        raise Fault("The comparison is no page: write a table (.txt), .json or .csv.")
    if any(not 0 < each < float("inf") for each in (*times, *([] if until is None else [until]))):
        raise Fault("A time to look at is a number above 0, in the unit of the file: --at 36.")
    asked = Asked(time, event, arm, tuple(named(strata)), entry, event_is, experimental, skip_incomplete)
    read = read_comparison(file, asked)
    found = compared(read.people, times, until, level)
    if chosen == "table":
        print_parts(comparison_text(found, read.arms, unit, file.name, read.notes), output)
    else:
        with sink(output) as write:
            if chosen == "json":
                write_comparison(comparison_dict(found, read.arms, read.strata, unit, read.notes), write)
            else:
                write_comparison_rows(found, read.arms, write)
    if output is not None:
        click.echo(f"Written: {output}", err=True)
