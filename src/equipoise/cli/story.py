"""equipoise story: a page that tells a trial in pictures, with its tables beside it, made of the ledger alone."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from ..faults import Fault
from ..ledger.chain import Head
from ..ledger.entry import read_utc
from ..ledger.store import Store
from ..participant.state import State
from ..protocol.model import Protocol
from ..report.shell import Day
from ..report.story import PAGE, Proof, story_files
from ..report.story_accrual import Plan
from ..report.words import short
from .new_folder import check_new_folder, new_folder
from .trial_door import Asked, folder_option, ledger_argument, read_only


class Told(NamedTuple):
    """The protocol, the state that was asked for, and what an outsider can hold it against."""

    trial: Protocol
    state: State
    proof: Proof


@click.command()
@ledger_argument
@folder_option
@click.option(
    "--on", type=Day(), metavar="DATE",
    help="The day up to which it is told [default: today; of a rehearsal or a past position that of its last entry].",
)  # fmt: skip
@click.option("--position", type=click.IntRange(min=1), metavar="N", help="By what the ledger said up to its entry N.")
@click.option("--blind", is_flag=True, help="For who must not know the arms: people pooled, nothing that tells one.")
@click.option("--target", type=click.IntRange(min=1), metavar="N", help="How many people are wanted; with --by.")
@click.option("--by", type=Day(), metavar="DATE", help="The day by which they are wanted; with --target.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="DIR",
    help="A new or empty folder, written whole or not at all.",
)  # fmt: skip
def story(
    path: Path, folder: str, on: date | None, position: int | None, blind: bool, target: int | None, by: date | None,
    output: Path,
) -> None:  # fmt: skip
    """Tell a trial in pictures: recruitment against the plan, who went where, everybody's course, safety, deviations.

    DIR gets a page (index.html), its figures (.svg), and visits, doses, deviations, adverse events and participants as
    tables (.csv). The same ledger, position, day and protocol give the same files to the byte.

    Example: equipoise story trial.ledger --target 106 --by 2027-12-31 --output story/
    """
    if (target is None) != (by is None):
        raise Fault("A plan needs both: --target N, how many people are wanted, and --by DATE, by when.")
    check_new_folder(output)
    told = told_at(path, folder, position)
    plan = Plan(target, by) if target is not None and by is not None else None
    files = story_files(told.state, told.trial, on or told_on(told.state, position), blind, plan, told.proof)
    with new_folder(output) as place:
        for name, content in files.items():
            (place / name).write_bytes(content)
    click.echo(f"Written: {len(files)} files; open {output / PAGE}", err=True)


def told_at(path: Path, folder: str, position: int | None) -> Told:
    """What the ledger said at a past position, else by now."""
    with read_only(Asked(path, folder), any_version=True) as door:
        if position is not None and position > door.state.head:
            raise Fault(f"{path} has {door.state.head:,} entries: there is no position {position:,} yet.")
        state = door.state if position is None else door.state_at(position)
        trial, proof = door.protocol, proof_of(door.store, state.head)
    if trial.digest != state.protocol:
        click.echo(
            f"The ledger ran under protocol {short(state.protocol)} there, and this is told by {trial.id} as it is by "
            f"now, {short(trial.digest)}: name the folder of that version with --trial.",
            err=True,
        )
    return Told(trial, state, proof)


def proof_of(store: Store, position: int) -> Proof:
    """The last entry told of, and the last checkpoint that was signed up to it."""
    last = store.entry(position)
    points = [point for point in store.checkpoints() if point.seq <= position]
    return Proof(Head(last.seq, last.hash, last.at), max(points, key=lambda point: point.seq, default=None))


def told_on(state: State, position: int | None) -> date:
    """A rehearsal has a clock of its own, and a past position its own day."""
    if position is not None or state.settings.get("synthetic"):
        return read_utc(state.at).date()
    return date.today()
