"""equipoise monitor: how far a running trial is, and when its looks and its last event are to be expected."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..dates import day_text
from ..faults import Fault
from ..protocol.model import Protocol
from ..report.shell import Day, sink
from .common import format_of, output_option, print_parts, refuse_input
from .report import by_option, position_option, unblind_option, unblinded
from .story import told_at, told_on
from .trial_door import Asked, folder_option, ledger_argument, read_only

if TYPE_CHECKING:  # they load the compiled kernels
    from ..report.monitoring.joint import Joint
    from ..report.monitoring.outlook import Monitoring


@click.command()
@ledger_argument
@folder_option
@click.option(
    "--on", type=Day(), metavar="DATE",
    help="The day to look from [default: today; of a rehearsal or a past position that of its last entry].",
)  # fmt: skip
@position_option
@click.option(
    "--people", type=click.IntRange(min=1), metavar="N",
    help="How many are to be randomised [default: the size published last].",
)  # fmt: skip
@click.option(
    "--events", type=click.IntRange(min=1), multiple=True, metavar="N",
    help="Also when event number N is to be expected; repeat it.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, metavar="S",
    help="The same seed draws the same futures.",
)  # fmt: skip
@click.option(
    "--simulate", is_flag=True, help="Also simulate whole trials in which the boundary for toxicity may stop first."
)
@click.option(
    "--trials", type=click.IntRange(100, 1_000_000), default=2000, show_default=True, metavar="N",
    help="Simulated trials a row.",
)  # fmt: skip
@unblind_option
@by_option
@click.option("--format", "stated", type=click.Choice(["table", "json"]), help="[default: table]")
@output_option
def monitor(
    path: Path, folder: str, on: date | None, position: int | None, people: int | None, events: tuple[int, ...],
    seed: int, simulate: bool, trials: int, unblind: str | None, by: str | None, stated: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """Look ahead from a running trial: the next look, the last event, power by the data so far, toxicity.

    The arms are pooled. Conditional and predictive power compare them: before the data are locked they are told only
    to a statistician or the sponsor who unblinds, which is written into the ledger.

    Example: equipoise monitor trial.ledger --on 2027-03-01 --events 40 --simulate
    """
    from ..report.monitoring import outlook
    from ..report.monitoring.data import monitoring_json
    from ..report.monitoring.text import monitoring_text

    chosen = format_of(stated, output, "table")
    if chosen not in ("table", "json"):
        raise Fault("This is a table (.txt) or .json.")
    refuse_input(output, [path])
    told = told_at(path, folder, position)
    day = on or told_on(told.state, position)
    target = people if people is not None else published_size(told.trial, told.state.allocated)
    who = unblinded(Asked(path, folder), told, unblind, by, f"the monitoring on {day_text(day)}")
    asked = outlook.Asked(day, target, events, seed, shown=who is not None)
    found = outlook.monitored(told.state, told.trial, opened(path, folder), asked)
    joint = simulated(found, seed, trials) if simulate else ()
    if chosen == "json":
        with sink(output) as write:
            write(monitoring_json(found, joint))
    else:
        print_parts(monitoring_text(found, joint), output)
    if output is not None:
        click.echo(f"Written: {output}", err=True)


def published_size(trial: Protocol, allocated: int) -> int:
    """How many people are wanted: the size published last, or whoever is in where none was."""
    return max(trial.design.sizes[-1].people if trial.design.sizes else allocated, 1)


def opened(path: Path, folder: str) -> dict[str, date]:
    """Each site with the day on which it opened, as the ledger says."""
    with read_only(Asked(path, folder), any_version=True) as door:
        bodies = [entry.body for entry in door.store.of(kinds=("site_opened",)) if entry.body is not None]
    return {body["site"]: date.fromisoformat(body["on"]) for body in bodies}


def simulated(found: "Monitoring", seed: int, trials: int) -> "tuple[Joint, ...]":
    """The boundary for toxicity joined to the looks, by the design's own numbers. Raises Fault where one is missing."""
    import numpy as np

    from ..analysis.prediction import DAYS_A_MONTH
    from ..conduct.stopping import boundary_of
    from ..protocol.analysis import days_of
    from ..report.monitoring.beliefs import effect_of
    from ..simulation.joint_stopping import Trial, joined

    trial, design = found.trial, found.trial.design
    effect = effect_of(trial)
    if not trial.safety.stopping:
        raise Fault(f"{trial.acronym} states no stopping rule for toxicity: there is nothing to join.")
    if effect is None or "accrual" not in design.settings:
        raise Fault(f"{trial.acronym} states no effect and no time of accrual in its design.toml: nothing to simulate.")
    rule = trial.safety.stopping[0]
    loss = design.settings.get("loss")
    made = Trial(
        found.accrual.target, design.settings["accrual"].number, design.published["control"].number,
        design.published["at"].number, loss.number if loss is not None else 0.0,
        days_of(rule.within) / DAYS_A_MONTH, boundary_of(rule), found.bounds,
    )  # fmt: skip
    acceptable = float(rule.acceptable)
    rates = [acceptable, min(1.0, 2 * acceptable), min(1.0, 3 * acceptable)]
    return joined(made, rates, [effect, 1.0], trials, np.random.default_rng(seed))
