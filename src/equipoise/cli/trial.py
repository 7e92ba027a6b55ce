"""equipoise trial: run a trial on the file of its ledger."""

from pathlib import Path
from typing import Any

import click

from ..facts import Reading
from ..faults import Fault
from ..report.words import counted, people_counted
from .common import Records, read
from .trial_acts import do_acts, read_acts, told_at_the_end
from .trial_commands import Chapters, command_of
from .trial_door import (
    Asked,
    as_option,
    entered,
    folder_option,
    key_option,
    ledger_argument,
    new_door,
    now_option,
    store_option,
    tell,
)  # fmt: skip
from .trial_import import import_facts, names_asked, whose
from .trial_reading import recompute, status, visits
from .trial_verbs import VERBS

SOME_REFUSED = 1  # a finding about the records, not a mistake of the person who asks


@click.group(cls=Chapters)
def trial() -> None:
    """Run a trial on the file of its ledger: every act is an entry that nobody can change.

    LEDGER is the file; PERSON is an identifier, never a name; ENTRY is the number of an entry. Who may write the file
    can act as anybody: keep it where only those can who may.
    """


@trial.command("open")
@ledger_argument
@click.argument("folder", metavar="TRIAL")
@as_option
@click.option("--site", "sites", multiple=True, metavar="SITE", help="A site that is open from today; repeat it.")
@store_option
@key_option
@click.option("--rehearsal", is_flag=True, help="Everything in it will be made up; then --now moves its clock.")
@now_option
def open_(
    path: Path, folder: str, by: str, sites: tuple[str, ...], randomiser: Path | None, key: Path | None,
    rehearsal: bool, now: Any,
) -> None:  # fmt: skip
    """Open a trial in a new file. USER becomes its first sponsor; a randomiser is committed to.

    Example: equipoise trial open trial.ledger nelmas --site Essen --randomiser t.rand --key t.key --as sponsor-1
    """
    with new_door(Asked(path, folder, now, randomiser, key), by, rehearsal) as door:
        for site in dict.fromkeys(sites):
            door.open_site(by, site)
        if door.randomiser is not None:
            door.commit_randomisation(by)
    tell(door)


@trial.command("acts")
@ledger_argument
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@as_option
@click.option("--try", "trying", is_flag=True, help="Do it on a copy in memory, say what would happen, write nothing.")
@click.option("--from", "first", type=click.IntRange(min=1), default=1, metavar="N", help="Begin with the Nth act.")
@store_option
@key_option
@folder_option
@now_option
def acts_(
    path: Path, file: Path, by: str, trying: bool, first: int, randomiser: Path | None, key: Path | None,
    folder: str, now: Any,
) -> None:  # fmt: skip
    """Do the acts of a TOML file in their order, in the name of one user.

    The whole file is checked for its form first. Then the first act that is refused stops it; what was done before
    stays. An act is a table: [[act]] do = "identify" person = "P-001", with the names that its command has.

    Example: equipoise trial acts trial.ledger monday.toml --as coord-1 --try
    """
    with entered(Asked(path, folder, now, randomiser, key), trying=trying) as door:
        acts = read_acts(file, door.protocol.vocabulary)
        if first > len(acts):
            raise Fault(f"--from {first}: {file} has {counted(len(acts), 'act')} only.")
        acts, before = acts[first - 1 :], door.state.head
        do_acts(door, acts, by, file, trying)
        told_at_the_end(len(acts), door.state.head - before, trying)


@trial.command("import")
@ledger_argument
@click.argument("records", metavar="PATH...", nargs=-1, required=True, type=Records())
@as_option
@click.option(
    "--person",
    "people",
    multiple=True,
    metavar="PERSON[=ID]",
    help="Only this person, whom the records call ID; repeat it [default: all whom they call as the trial does].",
)
@click.option("--reason", default="", metavar="REASON", help="Why recorded values are corrected by these records.")
@folder_option
@now_option
def import_(
    path: Path, records: tuple[Path, ...], by: str, people: tuple[str, ...], reason: str, folder: str, now: Any
) -> None:
    """Record what FHIR files and sheets say of people who are in the trial.

    Fact by fact: one that is refused is told with its sentence, and keeps no other out. What is recorded already is
    passed over; what would change a recorded value needs --reason, and becomes a correction. Ends with 1 when
    something was refused.

    Example: equipoise trial import trial.ledger export/ --person P-001=SYN-0208 --as coord-1
    """
    names = names_asked(people)
    with entered(Asked(path, folder, now)) as door:
        reading = read(records, door.protocol, door.today)
        found = whose(reading, door, by, names)
        by_person = reading.by_person()
        told = [import_facts(door, by, person, by_person[name], reason) for person, name in found.items()]
    for each in told:
        click.echo(each.sentence)
        for fact, why in each.refused:
            click.echo(f"  {fact}: {why}")
    _say_left_out(reading, found, not names)
    if any(each.refused for each in told):
        raise click.exceptions.Exit(SOME_REFUSED)


def _say_left_out(reading: Reading, found: dict[str, str], all_asked: bool) -> None:
    """Whom and what the import passed over, on the error stream."""
    strangers = len(reading.people) - len(found)
    if strangers and all_asked:
        them = (
            "is not identified in this trial and was" if strangers == 1 else "are not identified in this trial and were"
        )
        click.echo(f"{people_counted(strangers)} of these records {them} left out.", err=True)
    own = [each for each in reading.unread if each.person in found.values()]
    if own:
        number = counted(len(own), "entry", "entries")
        click.echo(f"{number} could not be read or have a remark: equipoise screen --unread FILE lists them.", err=True)


for _command in (status, visits, recompute):
    trial.add_command(_command)
for _verb in VERBS:
    trial.add_command(command_of(_verb))
