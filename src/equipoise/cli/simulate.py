"""equipoise simulate: the whole trial a hundred thousand times, before it begins."""

import os
import re
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from ..faults import Fault
from ..protocol.load import load_trial
from ..report.shell import progress, sink
from .common import format_of, output_option, print_parts, trial_argument
from .new_folder import check_new_folder, new_folder

_KINDS = {"logrank": "hazards", "cox": "hazards", "km": "at", "rmst": "mean"}


class Numbers(click.ParamType):
    """Numbers with commas; where ranges are allowed, each may be a range with a hyphen."""

    def __init__(self, ranges: bool = False) -> None:
        self.name = "numbers"
        self.ranges = ranges

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        try:
            return tuple(dict.fromkeys(self._one(each.strip()) for each in str(value).split(",")))
        except ValueError:
            example = "0.25,0.44 or 0.30-0.55" if self.ranges else "0.5,0.7"
            self.fail(f'"{value}" is not a list of numbers with commas, such as {example}.', param, ctx)

    def _one(self, text: str) -> Any:
        if not self.ranges:
            return float(text)
        low, *high = re.split("(?<!e)-", text, maxsplit=1, flags=re.IGNORECASE)  # the hyphen of 1e-3 makes no range
        return (float(low), float(high[0]) if high else float(low))


class Analyses(click.ParamType):
    """Names of analyses with commas."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        names = [each.strip() for each in str(value).split(",")]
        for name in names:
            if name not in _KINDS:
                self.fail(f'"{name}" is not an analysis: take of {", ".join(_KINDS)}.', param, ctx)
        return tuple(dict.fromkeys(_KINDS[name] for name in names))


@click.command()
@trial_argument
@click.option("--trials", type=click.IntRange(1, 10_000_000), default=10_000, show_default=True, metavar="N",
              help="Simulated trials for each scenario.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="S",
              help="The same seed simulates the same trials, on any number of cores.")  # fmt: skip
@click.option("--cores", type=click.IntRange(1, 256), metavar="N", help="Processor cores to use [default: all].")
@click.option("--hr", type=Numbers(), metavar="R,R,...", help="Hazard ratios; several make a grid.")
@click.option("--control-rate", type=Numbers(True), metavar="P,P,...",
              help="Free of disease at 3 years in the control arm: 0.25,0.44 makes a grid; of a range such as "
              "0.30-0.55 each trial draws its own.")  # fmt: skip
@click.option("--accrual", type=Numbers(), metavar="M,M,...", help="Months of accrual; several make a grid.")
@click.option("--loss", type=Numbers(), metavar="R,R,...", help="Lost to follow-up a year; several make a grid.")
@click.option("--people", type=int, metavar="N", help="How many are wanted.")
@click.option("--follow-up", type=float, metavar="M", help="Months from the last entry to the analysis.")
@click.option("--each", type=float, metavar="M", help="Months that a person is followed at most; 0: to the analysis.")
@click.option("--cut", type=float, metavar="M", help="The calendar month of the analysis instead.")
@click.option("--events", type=int, metavar="N", help="Analyse when so many events are seen, if that is before.")
@click.option("--delay", type=float, metavar="M", help="Months without any effect.")
@click.option("--cure", type=float, metavar="P", help="The share that never recurs.")
@click.option("--refusing", type=float, metavar="P", help="The share of the treated arm that is never treated.")
@click.option("--shape", metavar="NAME", help="One of the trial's shapes of the hazard, or constant.")
@click.option("--scans/--no-scans", "scans", default=None, help="Recurrence is seen at scans, or when it comes.")
@click.option("--strata/--no-strata", "strata", default=None, help="Strata as in the randomisation, or one for all.")
@click.option("--at", type=float, metavar="M", help="The month at which the arms are compared, and up to which mean "
              "times are.")  # fmt: skip
@click.option("--alpha", type=float, metavar="A", help="The level of all tests.")
@click.option("--sides", type=click.IntRange(1, 2), metavar="N", help="1 or 2.")
@click.option("--analyses", type=Analyses(), default="logrank,cox", show_default=True, metavar="NAMES",
              help="Of logrank, cox, km, rmst; the latter also in forms that hold their level.")  # fmt: skip
@click.option("--format", "stated", type=click.Choice(["table", "json", "csv"]), help="[default: table]")
@output_option
@click.option("--figures", type=click.Path(path_type=Path), metavar="DIR", help="Draw the results into a new folder.")
def simulate(
    trial: str, trials: int, seed: int, cores: int | None, stated: str | None, output: Path | None,
    figures: Path | None, analyses: tuple[Any, ...], **asked: Any,
) -> None:  # fmt: skip
    """Simulate the whole trial many times: power, type I error, bias, coverage, events and duration.

    Nobody in it exists, and nothing that comes out is a result of the trial. What is assumed is told, with its source.

    Example: equipoise simulate nelmas --trials 100000 --hr 0.45,0.592,1 --control-rate 0.25,0.44
    """
    from ..report.study_data import study_csv, study_json
    from ..report.study_figures import study_figures
    from ..report.study_text import study_text
    from ..simulation.study import simulated
    from ..simulation.study_assumptions import load_study
    from ..simulation.study_grid import StudyQuestion, answered, scenarios

    protocol = load_trial(trial)
    assumed = load_study(protocol, trial)
    if figures is not None:
        check_new_folder(figures)
        if output is not None and output.resolve().is_relative_to(figures.resolve()):
            raise Fault(f"{output} lies in the folder of the figures: name a file elsewhere to write to.")
    axes, cores = _axes(asked), cores or os.cpu_count() or 1
    question = StudyQuestion(
        trials, seed, cores, axes, _changes(asked, assumed), analyses, further=not axes, calendar=figures is not None
    )
    begun = time.perf_counter()
    simulated(scenarios(assumed, question)[0].plan, 1, seed, fixed=True, calendar=True)  # so that all is compiled
    ready = time.perf_counter()
    with progress("Simulating") as told:
        found = answered(protocol, assumed, question, told)
    done = time.perf_counter()
    chosen = format_of(stated, output, "table")
    with new_folder(figures) if figures is not None else nullcontext() as place:
        if place is not None:
            for name, content in study_figures(found).items():
                (place / name).write_bytes(content)
        if chosen == "table":  # within the block: where this cannot be written, there are no figures either
            print_parts(study_text(found), output)
        else:
            with sink(output) as write:
                write((study_json if chosen == "json" else study_csv)(found))
    for file in (output, figures):
        if file is not None:
            click.echo(f"Written: {file}", err=True)
    click.echo(
        f"{trials * len(found.scenarios):,} trials in {done - ready:.1f} s; compiled code was ready after "
        f"{ready - begun:.1f} s, and is kept on disk.", err=True,
    )  # fmt: skip


def _axes(asked: dict[str, Any]) -> dict[str, Any]:
    """The axes of the grid that are stated."""
    from ..simulation.study_assumptions import control_rates

    axes = {"hazard_ratio": asked["hr"], "accrual": asked["accrual"], "loss": asked["loss"]}
    if asked["control_rate"] is not None:
        for low, high in asked["control_rate"]:
            if not 0 < low <= high < 1:
                raise Fault("--control-rate is a share above 0 and below 1, or a range such as 0.30-0.55.")
        axes["control"] = tuple(control_rates(low, high) for low, high in asked["control_rate"])
    return {axis: values for axis, values in axes.items() if values is not None}


def _changes(asked: dict[str, Any], assumed: Any) -> dict[str, Any]:
    """What else is stated."""
    names = ("people", "follow_up", "each", "cut", "events", "delay", "cure", "refusing", "at", "alpha", "sides")
    changes = {name: asked[name] for name in names if asked[name] is not None}
    shape = asked["shape"]
    if shape is not None:
        shapes = {**assumed.shapes, "constant": ((1.0, 1.0),)}
        if shape not in shapes:
            raise Fault(f'--shape: "{shape}" is not one of {", ".join(shapes)}.')
        changes["shape"] = shapes[shape]
    if asked["scans"] is False:
        changes["scans"] = ()
    if asked["strata"] is False:
        from ..simulation.study_plan import Stratum

        changes["strata"] = (Stratum("everybody", 1.0),)
    return changes
