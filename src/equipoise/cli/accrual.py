"""equipoise accrual: when the last patient will be in."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from ..protocol.load import load_trial
from ..report.shell import Day, progress, sink
from .common import format_of, output_option, print_parts, refuse_input, trial_argument

_MONTHS = click.IntRange(1, 600)


class Season(click.ParamType):
    """Twelve factors with commas."""

    name = "season"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        try:
            return tuple(float(each) for each in str(value).split(","))
        except ValueError:
            self.fail(f'"{value}" is not twelve numbers with commas, January first.', param, ctx)


@click.command()
@trial_argument
@click.option(
    "--sites",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The sites: site, opens, rate_per_month; cv, closes.",
)
@click.option(
    "--recruited",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who is in: site, date; or site, recruited, screened.",
)
@click.option("--on", type=Day(), metavar="DATE", help="The day to look from [default: today; or the trial's history].")
@click.option("--target", type=click.IntRange(min=0), metavar="N", help="How many people are wanted.")
@click.option("--by", type=Day(), metavar="DATE", help="The day by which the last patient is wanted.")
@click.option("--horizon", type=Day(), metavar="DATE", help="Beyond it nobody looks [default: 10 years on].")
@click.option("--rate", type=float, metavar="R", help="People a month, of sites whose row states none.")
@click.option("--cv", type=float, metavar="C", help="How sites differ: coefficient of variation of their rates.")
@click.option("--common-cv", type=float, metavar="C", help="How wrong the plan may be for all sites at once, 0 to 2.")
@click.option(
    "--consent", type=float, metavar="P", help="The share of those found who enter, if rates are of people found."
)
@click.option(
    "--consent-worth", type=float, metavar="N", help="How many people's answers that share is worth [certain]."
)
@click.option("--ramp", type=float, metavar="M", help="Months of a site's start-up.")
@click.option("--season", type=Season(), metavar="F,F,...", help="Twelve factors with the mean one, January first.")
@click.option("--prior", type=click.Choice(["stated", "estimated"]), default="stated", show_default=True,
              help="The sites' rates as stated, or as estimated from what all of them have recruited.")  # fmt: skip
@click.option(
    "--wanted",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="P",
    help="How sure one wants to be [default: 0.8].",
)
@click.option("--lead", type=_MONTHS, metavar="M", help="Months until a further site opens [default: 3].")
@click.option(
    "--funnel",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Rates of sites, and what criteria cost: the JSON of equipoise funnel.",
)
@click.option(
    "--count",
    type=click.Choice(["eligible", "possible"]),
    default="eligible",
    show_default=True,
    help="Whom of the funnel: those eligible, or all not surely excluded.",
)
@click.option("--stop-below", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="P",
              help="Also a stop rule: when the target has less than this chance.")  # fmt: skip
@click.option(
    "--look",
    "looks",
    type=_MONTHS,
    multiple=True,
    metavar="M",
    help="Months after the first opening to look; repeat it.",
)
@click.option(
    "--trials",
    type=click.IntRange(1, 1_000_000),
    default=20_000,
    show_default=True,
    metavar="N",
    help="Simulated trials a row of the stop rule.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="S",
    help="The same seed simulates the same trials.",
)
@click.option("--format", "stated", type=click.Choice(["table", "json", "csv"]), help="[default: table]")
@output_option
@click.option("--figure", type=click.Path(path_type=Path), metavar="FILE", help="Write people over time as an SVG.")
def accrual(trial: str, stated: str | None, output: Path | None, figure: Path | None, **asked: Any) -> None:
    """Forecast recruitment: people over time, the last patient, the target's probability, what it would take.

    Without sites of yours, the trial's own history is looked at, under assumptions that are all told.

    Example: equipoise accrual nelmas --sites sites.csv --recruited recruited.csv --by 2029-06-30
    """
    from ..recruitment.accrual_question import answered
    from ..report.accrual import accrual_text
    from ..report.accrual_data import accrual_csv, accrual_json
    from ..report.accrual_figure import accrual_svg
    from .accrual_asked import question

    protocol = load_trial(trial)
    chosen = format_of(stated, output, "table")
    read = [path for path in (asked["sites"], asked["recruited"], asked["funnel"]) if path is not None]
    for file in (output, figure):
        refuse_input(file, read)
    asked_for = question(trial, protocol.acronym, date.today(), **asked)
    with progress("Looking ahead") as told:
        answer = answered(asked_for, protocol.acronym, protocol.digest, told)
    if figure is not None:
        with sink(figure) as write:
            write(accrual_svg(answer))
    if chosen in ("json", "csv"):
        with sink(output) as write:
            write((accrual_json if chosen == "json" else accrual_csv)(answer))
    else:
        print_parts(accrual_text(answer), output)
    for file in (output, figure):
        if file is not None:
            click.echo(f"Written: {file}", err=True)
