"""equipoise rehearse: the whole trial, played by people who do not exist, before the first real one enters."""

from decimal import Decimal
from pathlib import Path

import click

from ..dates import day_text
from ..faults import Fault
from ..ledger.checkpoints import fingerprint
from ..ledger.memory import MemoryStore
from ..protocol.load import load_trial
from ..report.shell import progress
from ..report.words import counted
from .common import trial_argument
from .new_folder import check_new_folder, new_folder

LEDGER = "ledger.sqlite"


@click.command()
@trial_argument
@click.option(
    "--people", type=click.IntRange(min=1), metavar="N", help="How many are to be randomised [default: as planned]."
)
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed plays the same trial.")
@click.option(
    "--accrual", type=float, metavar="RATE",
    help="How many a month are hoped for in all [default: as many as the plan needs].",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A new or empty folder."
)
def rehearse(trial: str, people: int | None, seed: int, accrual: float | None, output: Path) -> None:
    """Play the whole trial with virtual people through its real door, from the first person to the lock.

    Nobody in it exists, and nothing that comes out is a result of the trial. Into DIR go the ledger, a page that tells
    the story, and the visits, doses, events and deviations as tables.

    Example: equipoise rehearse nelmas --people 106 --seed 7 --output rehearsal/
    """
    # Here, since no other command needs what stands behind it.
    from ..report.story import Proof, story_files
    from ..report.story_accrual import Plan
    from ..simulation.rehearsal import Rehearsal, Settings, salts
    from ..simulation.rehearsal_assumptions import load_rehearsal
    from ..simulation.rehearsal_ledger import write_ledger

    if accrual is not None and not 0 < accrual < 10_000:
        raise Fault("--accrual is how many people a month are hoped for: a number above 0, such as 4 or 0.5.")
    protocol = load_trial(trial)
    assumed = load_rehearsal(protocol, trial)
    check_new_folder(output)
    wanted = people if people is not None else assumed.target
    hoped = None if accrual is None else Decimal(str(accrual))
    store = MemoryStore(salts(seed))
    played = Rehearsal(protocol, assumed, Settings(wanted, seed, hoped), store)
    with progress("Rehearsing") as told:
        played.run(told)
    with new_folder(output) as place:
        checkpoint = write_ledger(store, place / LEDGER, seed)
        plan = Plan(wanted, assumed.by, ((assumed.starts, 0), (assumed.by, wanted)))
        proof = Proof(store.head(), checkpoint)
        files = story_files(played.trial.state, protocol, played.today, plan=plan, proof=proof)
        for name, content in files.items():
            (place / name).write_bytes(content)
    state = played.trial.state
    name = protocol.acronym
    click.echo(f"A rehearsal of {name}: these people do not exist, and nothing here is a result of {name}.")
    click.echo(
        f"{counted(len(state.people), 'person was', 'people were')} referred and {state.allocated} of {wanted} "
        f"randomised from {day_text(assumed.starts)} on; it ended on {day_text(played.today)}."
    )
    click.echo(
        f"{counted(store.head().seq, 'entry', 'entries')} in {output / LEDGER}, checkpoint {fingerprint(checkpoint)}. "
        f"The story: {output / 'index.html'}"
    )
