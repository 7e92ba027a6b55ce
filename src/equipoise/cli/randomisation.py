"""equipoise randomisation: commit to a list, plan it, and after the lock reveal and verify it."""

import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..conduct.randomise import SEED_BYTES
from ..conduct.randomiser import KEY_BYTES, Randomiser
from ..conduct.remade import committed_in, verify_allocations
from ..faults import Fault
from ..ledger.entry import Entry
from ..ledger.sqlite import SqliteStore
from ..protocol.allocation import Allocation, Scheme
from ..protocol.load import load_trial
from ..report.shell import sink
from .common import format_of, output_option, print_parts, trial_argument

if TYPE_CHECKING:  # NumPy is only for the plan
    from ..conduct.planning import Premise
    from ..conduct.predictability import Enrolment

LOCKED: Final = "data_lock"  # the kinds of the ledger's entries that are read here
UNLOCKED: Final = "data_unlock"
COMMITTED: Final = "randomisation_committed"
RANDOMISED: Final = "randomised"
DIFFERENT = 1  # a finding about the ledger, not a mistake of the person who asks

store_option = click.option(
    "--store", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The randomiser's own store."
)
key_option = click.option(
    "--key", "key_file", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="The file with its key; keep it on another medium than the store.",
)  # fmt: skip
ledger_option = click.option(
    "--ledger", type=click.Path(path_type=Path), required=True, metavar="LEDGER", help="The trial's ledger."
)


@click.group()
def randomisation() -> None:
    """Plan how people are randomised, commit to it in secret, and let anybody check it afterwards."""


@randomisation.command()
@trial_argument
@store_option
@key_option
@click.option("--new-key", is_flag=True, help="Make the key's file, readable by you only.")
def commit(trial: str, store: Path, key_file: Path, new_key: bool) -> None:
    """Make the randomiser's store with a secret seed, and print the commitment to it.

    The commitment belongs into the trial's ledger before the first person is randomised.

    Example: equipoise randomisation commit nelmas --store /r/nelmas.rand --key /k/nelmas.key --new-key
    """
    allocation = load_trial(trial).allocation
    if store.exists():
        raise Fault(f"There is something at {store} already: a store is never made twice.")
    key = _made_key(key_file) if new_key else read_key(key_file)
    try:
        randomiser = Randomiser.create(store, key, allocation, secrets.token_bytes(SEED_BYTES))
    except BaseException:
        if new_key:
            key_file.unlink()
        raise
    click.echo(f"Commitment: {randomiser.commitment()}")
    click.echo(f"Written: {store}. Without the key in {key_file} nobody can be randomised: keep a copy.", err=True)


@randomisation.command()
@store_option
@key_option
@ledger_option
def reveal(store: Path, key_file: Path, ledger: Path) -> None:
    """Print the seed, once the ledger holds the lock of the data; from then on nobody is randomised.

    Example: equipoise randomisation reveal --store nelmas.rand --key nelmas.key --ledger nelmas.ledger
    """
    randomiser = Randomiser.open(store, read_key(key_file))
    committed, _ = _committed(ledger)
    if committed != randomiser.commitment():
        raise Fault(f"The commitment in {ledger} is not that of {store}: name the ledger of the same trial.")
    click.echo(f"Seed: {randomiser.reveal(is_locked(ledger)).hex()}")


def _revealed(ledger: Path) -> str:
    """The seed that the ledger says was revealed. Raises Fault when none was."""
    bodies = _bodies(ledger, "randomisation_revealed")
    if not bodies:
        raise Fault(
            f"{ledger}: the seed is not revealed yet; it is after the lock. Name it with --seed if you have it."
        )
    return str(bodies[-1]["seed"])


@randomisation.command()
@ledger_option
@click.option(
    "--seed", metavar="HEX", help="The seed as it was revealed, 64 letters [default: as the ledger says that it was]."
)
def verify(ledger: Path, seed: str | None) -> None:
    """Make the whole list again from the revealed seed, and compare it with every allocation in the ledger.

    Ends with 0 when all agree, with 1 and the first difference when not.

    Example: equipoise randomisation verify --ledger nelmas.ledger
    """
    committed, scheme = _committed(ledger)
    found = verify_allocations(
        _hex(seed or _revealed(ledger), SEED_BYTES, "The seed"), committed, scheme, _bodies(ledger, RANDOMISED)
    )
    if not found.holds:
        click.echo(found.difference)
        raise click.exceptions.Exit(DIFFERENT)
    click.echo(f"The seed is the one committed to, and all {found.agreed:,} allocations are as it gives them.")


class Shares(click.ParamType):
    """grade=0.4,0.6: the shares of the levels of one factor, in the protocol's order."""

    name = "shares"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[float, ...]]:
        """The factor and its shares."""
        factor, _, numbers = str(value).partition("=")
        try:
            return factor.strip(), tuple(float(each) for each in numbers.split(","))
        except ValueError:
            self.fail(f'"{value}" is not a factor with the shares of its levels: write grade=0.4,0.6.', param, ctx)


@randomisation.command()
@trial_argument
@click.option("--people", type=click.IntRange(1, 5000), metavar="N", help="People [default: the trial's target].")
@click.option("--sites", type=click.IntRange(1, 500), metavar="K", help="Sites [default: as assumed for recruitment].")
@click.option(
    "--share",
    "shares",
    type=Shares(),
    multiple=True,
    metavar="FACTOR=P,P",
    help="Shares of a factor's levels [default: alike].",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    metavar="S",
    help="The same seed simulates the same trials.",
)
@click.option(
    "--repeats", type=click.IntRange(2, 100_000), default=2000, show_default=True, metavar="R", help="Simulated trials."
)
@click.option("--format", "stated", type=click.Choice(["table", "csv", "json"]), help="[default: table]")
@output_option
def plan(
    trial: str, people: int | None, sites: int | None, shares: Sequence[tuple[str, tuple[float, ...]]], seed: int,
    repeats: int, stated: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Compare ways to randomise by simulation: what they give away, and how well the arms balance.

    Example: equipoise randomisation plan nelmas --people 106 --sites 5 --share grade=0.4,0.6
    """
    import numpy as np

    from ..conduct.planning import plan as planned_for
    from ..report.randomisation import plan_csv, plan_json, plan_text

    protocol = load_trial(trial)
    enrolment, premises = _enrolment(trial, protocol.allocation, people, sites, dict(shares))
    found = planned_for(protocol.allocation, enrolment, premises, np.random.default_rng(seed), seed, repeats)
    chosen = format_of(stated, output, "table")
    if chosen == "table":
        print_parts(plan_text(protocol, found), output)
        return
    with sink(output) as write:
        write(plan_json(protocol, found) if chosen == "json" else plan_csv(found))


def _enrolment(
    trial: str, allocation: Allocation, people: int | None, sites: int | None, shares: dict[str, tuple[float, ...]]
) -> "tuple[Enrolment, list[Premise]]":
    """Whom to simulate, and where each number is from."""
    from ..conduct.planning import Premise
    from ..conduct.predictability import Enrolment
    from .accrual_files import assumptions_of

    assumed = assumptions_of(trial)
    known = {} if assumed is None else assumed.entries
    premises: list[Premise] = []

    def number(label: str, stated: int | None, key: str, option: str) -> int:
        if stated is not None:
            premises.append(Premise(label, str(stated)))
            return stated
        entry = known.get(key)
        if entry is None:
            raise Fault(f"No assumptions.toml of the trial tells the {label}, as [accrual.{key}]: say {option}.")
        premises.append(Premise(label, entry.text, entry.source, entry.ours, entry.note))
        return int(entry.value)

    wanted, places = number("people", people, "target", "--people"), number("sites", sites, "sites", "--sites")
    for name in shares.keys() - {factor.id for factor in allocation.factors}:
        known_ones = ", ".join(factor.id for factor in allocation.factors) or "none"
        raise Fault(f'--share: "{name}" is not a factor of the randomisation ({known_ones}).')
    found: list[tuple[float, ...]] = []
    for factor in allocation.factors:
        number_of_levels = len(factor.levels)
        each = shares.get(factor.id, (1 / number_of_levels,) * number_of_levels)
        if len(each) != number_of_levels:
            raise Fault(f"--share: {factor.id} has {number_of_levels} levels; give a share for each of them.")
        text = ", ".join(f"{level.id} {100 * share:g} %" for level, share in zip(factor.levels, each, strict=True))
        ours = factor.id not in shares
        premises.append(Premise(f"shares of {factor.label}", text, ours=ours, note="All levels alike." if ours else ""))
        found.append(each)
    return Enrolment(wanted, places, tuple(found)), premises


# ---------------------------------------------------------------- keys
def read_key(path: Path) -> bytes:
    """The key in a file: 64 letters of hexadecimal. Raises Fault when it is no key, or others may read it."""
    try:
        text, mode = path.read_text(encoding="ascii"), path.stat().st_mode
    except FileNotFoundError:
        raise Fault(f"There is no key at {path}: name its file, or make one with commit --new-key.") from None
    except (OSError, UnicodeDecodeError):
        raise Fault(f"{path} cannot be read as a key: name the file that commit --new-key made.") from None
    if os.name == "posix" and mode & 0o077:
        raise Fault(f"{path} may be read by others: take that away first (chmod 600 {path}).")
    return _hex(text, KEY_BYTES, f"The key in {path}")


def _made_key(path: Path) -> bytes:
    """A new key in a file of its own, on the disk and readable by its owner only."""
    key = secrets.token_bytes(KEY_BYTES)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise Fault(f"There is something at {path} already: leave out --new-key to use a key that is there.") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{key.hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def _hex(text: str, length: int, name: str) -> bytes:
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        found = b""
    if len(found) != length:
        raise Fault(f"{name} is not {2 * length} letters of hexadecimal: copy it whole.")
    return found


# ---------------------------------------------------------------- the ledger
def is_locked(ledger: Path) -> bool:
    """Does the lock of the trial's data stand by the ledger's last word on it? One that was lifted does not."""
    last = [*_entries(ledger, LOCKED)[-1:], *_entries(ledger, UNLOCKED)[-1:]]
    return bool(last) and max(last, key=lambda entry: entry.seq).kind == LOCKED


def _committed(ledger: Path) -> tuple[str, Scheme]:
    bodies = _bodies(ledger, COMMITTED)
    if len(bodies) != 1:
        found = "no commitment" if not bodies else f"{len(bodies)} commitments"
        raise Fault(f"{ledger} holds {found} of a randomisation: name the ledger of a trial that holds one.")
    return committed_in(bodies[0])


def _bodies(ledger: Path, kind: str) -> list[Mapping[str, Any]]:
    """The bodies of a kind of entry. Raises Fault when one was redacted: then nothing can be compared."""
    found: list[Mapping[str, Any]] = []
    for entry in _entries(ledger, kind):
        if entry.body is None:
            raise Fault(f"Entry {entry.seq} of {ledger} is redacted: the list cannot be compared as a whole.")
        found.append(entry.body)
    return found


def _entries(ledger: Path, kind: str) -> list[Entry]:
    with SqliteStore.reading(ledger) as store:
        return list(store.of(kinds=[kind]))
