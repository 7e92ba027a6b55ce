"""equipoise report: the analysis of a trial as a page, with its figures and its numbers, made of the ledger alone."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..dates import day_text
from ..faults import Fault
from ..report.shell import Day
from .new_folder import check_new_folder, new_folder
from .story import Told, told_at, told_on
from .trial_door import Asked, entered, folder_option, ledger_argument, note_export

if TYPE_CHECKING:  # it loads the compiled kernels
    from ..report.analysis.cut import Unblinding

position_option = click.option(
    "--position", type=click.IntRange(min=1), metavar="N", help="By what the ledger said up to its entry N."
)
unblind_option = click.option(
    "--unblind", metavar="REASON", help="Show the arms before the lock, and write who does and why into the ledger."
)
by_option = click.option(
    "--as", "by", metavar="USER", help="Who unblinds, or takes the data out: written into the ledger as an entry."
)


@click.command()
@ledger_argument
@folder_option
@click.option(
    "--cutoff", type=Day(), metavar="DATE",
    help="The last day that counts [default: today; of a rehearsal or a past position that of its last entry].",
)  # fmt: skip
@position_option
@unblind_option
@by_option
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="DIR",
    help="A new or empty folder, written whole or not at all.",
)  # fmt: skip
def report(
    path: Path, folder: str, cutoff: date | None, position: int | None, unblind: str | None, by: str | None,
    output: Path,
) -> None:  # fmt: skip
    """Analyse a trial by its plan: flow, baseline, effects, curves, subgroups, exposure, safety, deviations.

    DIR gets a page (index.html), its figures (.svg), each table as .csv and all of them in report.json. Before the
    data are locked everybody is pooled and nothing tells an arm, unless a statistician or the sponsor unblinds.

    Example: equipoise report trial.ledger --cutoff 2029-06-30 --output report/
    """
    from ..report.analysis.analysis_data import report_of
    from ..report.analysis.compared import check_planned
    from ..report.analysis.page import PAGE, report_files

    check_new_folder(output)
    told = told_at(path, folder, position)
    check_planned(told.trial)
    day = cutoff or told_on(told.state, position)
    what = f"the analysis of the data up to {day_text(day)}, by entry {told.state.head:,}"
    who = unblinded(Asked(path, folder), told, unblind, by, what)
    if who is None:
        note_export(Asked(path, folder), by, what)
    files = report_files(report_of(told.state, told.trial, day, who), told.proof)
    with new_folder(output) as place:
        for name, content in files.items():
            (place / name).write_bytes(content)
    click.echo(f"Written: {len(files)} files; open {output / PAGE}", err=True)


def unblinded(asked: Asked, told: Told, reason: str | None, by: str | None, what: str) -> "Unblinding | None":
    """Writes into the ledger that somebody sees the arms before the lock; None when nobody asks to.

    Raises Fault where the arms are shown anyhow, or nobody is named.
    """
    from ..ledger.entry import read_utc
    from ..report.analysis.cut import Unblinding

    if reason is None:
        return None
    if told.state.lock:
        raise Fault("The data are locked, and the arms are shown: leave out --unblind.")
    if not by:
        raise Fault("Say who unblinds: --as USER, a statistician or the sponsor.")
    with entered(asked) as trial:
        entry = trial.unblind(by, what, reason)
    click.echo(f"Written into the ledger as entry {entry.seq:,}: {by} sees the arms before the lock.", err=True)
    return Unblinding(by, read_utc(entry.at).date(), reason.strip(), entry.seq)
