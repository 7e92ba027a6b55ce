"""equipoise flow and equipoise deviations: who is where in a trial and why, and what departed from its protocol."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from ..conduct.deviation import LATE_AFTER
from ..conduct.deviations import deviations as deviations_found
from ..conduct.deviations import imaging
from ..conduct.flow import flow as flow_of
from ..faults import Fault
from ..ledger.entry import read_utc, utc_text
from ..participant.state import State
from ..protocol.model import Protocol
from ..report.flow_data import write_deviation_rows, write_deviations, write_flow, write_flow_rows
from ..report.flow_figure import flow_figure
from ..report.flow_text import deviations_text, flow_text
from ..report.shell import sink
from ..report.words import counted, short
from .common import format_of, on_option, output_option, print_parts, refuse_input
from .trial_door import Asked, read_only
from .trial_values import read_moment

ledger_argument = click.argument("path", metavar="LEDGER", type=click.Path(path_type=Path))
trial_option = click.option(
    "--trial", "folder", default="", metavar="TRIAL", help="The protocol [default: the trial that the ledger names]."
)
position_option = click.option(
    "--position", type=click.IntRange(min=1), metavar="N", help="By what the ledger said up to its entry N."
)
at_option = click.option(
    "--at", metavar="TIME", help="By what the ledger said at that time: 2026-03-02T10:15Z; not beside --position."
)
blind_option = click.option("--blind", is_flag=True, help="For who must not know the arms: nothing that tells one.")


class Told(NamedTuple):
    """The protocol, the state that was asked for, and the day."""

    trial: Protocol
    state: State
    on: date


@click.command()
@ledger_argument
@trial_option
@on_option
@position_option
@at_option
@blind_option
@click.option("--people", is_flag=True, help="Also list where each person is, and why.")
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json", "svg"]), help="[default: table]")
@output_option
def flow(
    path: Path, folder: str, on: date | None, position: int | None, at: str | None, blind: bool, people: bool,
    stated: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Count who is where, and why, as CONSORT 2025 draws it, on any day.

    Example: equipoise flow trial.ledger --on 2026-06-01 --output flow.svg
    """
    chosen = _format(stated, output, "svg")
    refuse_input(output, [path])
    told = _told(path, folder, on, position, at)
    found = flow_of(told.state, told.trial, told.on, blind)
    if chosen == "table":
        print_parts(flow_text(found, people), output)
    else:
        with sink(output) as write:
            if chosen == "svg":
                write(flow_figure(found).encode())
            else:
                (write_flow if chosen == "json" else write_flow_rows)(found, write)
    _written(output)


@click.command()
@ledger_argument
@trial_option
@on_option
@position_option
@at_option
@blind_option
@click.option(
    "--late-after", type=click.IntRange(min=0), default=LATE_AFTER, show_default=True, metavar="DAYS",
    help="After how many days an entry is late (ours).",
)  # fmt: skip
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json"]), help="[default: table]")
@output_option
def deviations(
    path: Path, folder: str, on: date | None, position: int | None, at: str | None, blind: bool, late_after: int,
    stated: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Find by rule what departed from the protocol, and with which entries.

    Example: equipoise deviations trial.ledger --on 2026-06-01 --format csv --output deviations.csv
    """
    chosen = _format(stated, output)
    refuse_input(output, [path])
    told = _told(path, folder, on, position, at)
    found = deviations_found(told.state, told.trial, told.on, late_after, blind)
    images = () if blind else imaging(told.state, told.trial, told.on, late_after)
    synthetic = bool(told.state.settings.get("synthetic"))
    if chosen == "table":
        print_parts(deviations_text(found, told.trial, told.on, images, synthetic), output)
    else:
        with sink(output) as write:
            if chosen == "json":
                write_deviations(found, told.trial, told.on, images, synthetic, write)
            else:
                write_deviation_rows(found, told.trial, told.on, synthetic, write)
    _written(output)


# ---------------------------------------------------------------- what they share
def _told(path: Path, folder: str, on: date | None, position: int | None, at: str | None) -> Told:
    """What the ledger said at a past position or time, else by now; asked of that day."""
    if position is not None and at is not None:
        raise Fault("--position and --at both say up to where the ledger is read: give one of them.")
    moment = None if at is None else utc_text(read_moment(at))
    with read_only(Asked(path, folder), any_version=True) as door:
        if position is not None and position > door.state.head:
            raise Fault(f"--position {position}: the ledger has {counted(door.state.head, 'entry', 'entries')}.")
        state = door.state if position is None and moment is None else door.state_at(position, moment)
        if not state.head:
            raise Fault(f"{path} had no entry yet at {at}: name a later time.")
        trial, named = door.protocol, door.state.settings.get("acronym", "")
    if named != trial.acronym:
        raise Fault(f"{path} is a ledger of {named}, and {folder} is {trial.acronym}: name a folder of {named}.")
    if trial.digest != state.protocol:
        click.echo(
            f"The ledger ran under protocol {short(state.protocol)} there, and this is judged by {trial.id} as it is "
            f"by now, {short(trial.digest)}: name the folder of that version with --trial.",
            err=True,
        )
    # A rehearsal has a clock of its own, and what is asked of the past has its own day.
    own_day = position is not None or moment is not None or state.settings.get("synthetic")
    return Told(trial, state, on or (read_utc(state.at).date() if own_day else date.today()))


def _format(stated: str | None, output: Path | None, *more: str) -> str:
    if stated is None and output is not None and output.suffix.lower() == ".svg" and "svg" in more:
        return "svg"
    chosen = format_of(stated, output, "table")
    if chosen == "html":
        raise Fault("This is no page: write a table (.txt), .csv or .json" + (", or a figure (.svg)." if more else "."))
    return chosen


def _written(output: Path | None) -> None:
    if output is not None:
        click.echo(f"Written: {output}", err=True)
