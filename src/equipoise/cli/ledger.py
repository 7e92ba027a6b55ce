"""equipoise ledger: is it as it was written, what happened to a value, and the whole trail in a file."""

import secrets
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import click

from ..faults import Fault
from ..ledger.chain import EMPTY, Broken
from ..ledger.checkpoints import Checkpoint, checkpoint_text, fingerprint, read_checkpoint, read_fingerprint, signed
from ..ledger.entry import utc_text
from ..ledger.history import Chosen, history, trail
from ..ledger.sqlite import SqliteStore
from ..ledger.store import Store
from ..ledger.verify import Verified
from ..ledger.verify import verify as verified
from ..report.ledger_data import write_trail_lines, write_trail_rows
from ..report.ledger_table import trail_text, verified_text
from ..report.shell import Day, progress, sink
from .common import format_of, output_option, print_parts, refuse_input
from .trial_door import Asked, folder_option, note_export, taker_option

NOT_VERIFIED = 1  # a finding about the ledger, not a mistake of the person who asks

ledger_argument = click.argument("path", metavar="LEDGER", type=click.Path(path_type=Path))


@click.group()
def ledger() -> None:
    """Check a trial's ledger, and read its audit trail. LEDGER is the file of a ledger."""


@ledger.command()
@ledger_argument
@click.option(
    "--checkpoint", "held", metavar="FINGERPRINT|FILE",
    help="What was kept outside: a fingerprint from a report (ABCD-EFGH-IJKL-MNOP), or the file of a checkpoint.",
)  # fmt: skip
@click.option("--public-key", metavar="HEX", help="The public key, 64 letters, by which checkpoints must be signed.")
def verify(path: Path, held: str | None, public_key: str | None) -> None:
    """Make every hash anew, and name the first entry that is not as it was written.

    Ends with 0 when all is well, with 1 when it is not. Only a checkpoint that was kept outside shows that the end was
    not cut off or written anew.

    Example: equipoise ledger verify trial.ledger --checkpoint MZXW-6YTB-OI4D-SNRX
    """
    found = _verified(path, _outside(held), _key(public_key))
    print_parts(verified_text(found), None)
    if not found.ok:
        raise click.exceptions.Exit(NOT_VERIFIED)


@ledger.command()
@ledger_argument
@click.option("--format", "stated", type=click.Choice(["csv", "json"]), help="[default: csv] json: one object a line.")
@click.option("--site", default="", metavar="SITE", help="Only what was entered at this site.")
@click.option("--person", default="", metavar="PERSON", help="Only what is about this person.")
@click.option("--concept", default="", metavar="CONCEPT", help="Only this concept, or this field of a concept.")
@click.option("--since", type=Day(), metavar="DATE", help="Only what was entered on this day (UTC) or later.")
@click.option("--until", type=Day(), metavar="DATE", help="Only what was entered on this day (UTC) or earlier.")
@output_option
@taker_option
@folder_option
def export(
    path: Path, stated: str | None, site: str, person: str, concept: str, since: date | None, until: date | None,
    output: Path | None, by: str | None, folder: str,
) -> None:  # fmt: skip
    """Write the audit trail: a row for each field that was entered, changed, taken back or redacted.

    Example: equipoise ledger export trial.ledger --site Essen --since 2026-03-01 --output trail.csv
    """
    format_asked = format_of(stated, output, "csv")
    if format_asked not in ("csv", "json"):
        raise Fault("The trail is no page: write .csv or .json.")
    refuse_input(output, [path])
    chosen = Chosen(site, person, concept, *(day.isoformat() if day else "" for day in (since, until)))
    asked_of = " ".join(each for each in (site, person, concept) if each)
    note_export(Asked(path, folder), by, f"audit trail{f' of {asked_of}' if asked_of else ''} as {format_asked}")
    with closing(SqliteStore.reading(path)) as store, sink(output) as write:
        entries = store.of(subject=person) if person else store.entries()
        rows = trail(entries, store.entry, chosen)
        (write_trail_lines if format_asked == "json" else write_trail_rows)(rows, write)
    _written(output)


@ledger.command("history")
@ledger_argument
@click.argument("person", metavar="PERSON")
@click.argument("concept", metavar="[CONCEPT]", default="")
@output_option
def history_(path: Path, person: str, concept: str, output: Path | None) -> None:
    """Show what was entered about a person, or one concept of theirs: by whom, when, why, and what stood before.

    Example: equipoise ledger history trial.ledger P-001 haemoglobin
    """
    refuse_input(output, [path])
    with closing(SqliteStore.reading(path)) as store:
        entries = store.of(subject=person, concept=concept or None)
        title = f"{concept} of {person}" if concept else person
        parts = trail_text(title, history(entries, store.entry, person, concept))
    print_parts(parts, output)
    _written(output)


@ledger.command()
@ledger_argument
@click.option(
    "--key", required=True, type=click.Path(path_type=Path), metavar="FILE",
    help="The file of the private key: 32 random bytes, or 64 hexadecimal letters (openssl rand -hex 32).",
)  # fmt: skip
@output_option
def checkpoint(path: Path, key: Path, output: Path | None) -> None:
    """Verify the ledger, sign how far it has come, and write that to a file to be kept elsewhere.

    Example: equipoise ledger checkpoint trial.ledger --key trial.key --output 2026-03-02.checkpoint
    """
    secret = _secret(key)
    refuse_input(output, [path, key])
    with closing(SqliteStore(path, secrets.token_bytes, mode="rw")) as store:
        found = _found(store, None, None)
        if not found.ok:
            print_parts(verified_text(found), None)
            raise click.exceptions.Exit(NOT_VERIFIED)
        point = signed(found.head, utc_text(datetime.now(UTC)), secret)
        with sink(output) as write:
            store.add_checkpoint(point)
            write(checkpoint_text(point).encode())
    click.echo(f"{point.seq:,} entries, fingerprint {fingerprint(point)}: keep it outside.", err=True)
    _written(output)


# ---------------------------------------------------------------- what they share
def _verified(path: Path, outside: Checkpoint | str | None, public_key: bytes | None) -> Verified:
    """What verifying finds; a ledger that cannot even be opened as one is a finding, too."""
    try:
        with closing(SqliteStore.reading(path)) as store:
            return _found(store, outside, public_key)
    except Broken as broken:
        return Verified(False, 0, EMPTY, None, str(broken))


def _found(store: Store, outside: Checkpoint | str | None, public_key: bytes | None) -> Verified:
    total = store.head().seq
    with progress("Verifying") as told:
        return verified(store, outside=outside, public_key=public_key, told=lambda done: told(done, total))


def _outside(held: str | None) -> Checkpoint | str | None:
    """The checkpoint of a file, or a fingerprint as it was typed."""
    if held is None or read_fingerprint(held):
        return held
    file = Path(held)
    if not file.is_file():
        raise Fault(f'--checkpoint: "{held}" is neither a file nor a fingerprint, such as ABCD-EFGH-IJKL-MNOP.')
    return read_checkpoint(file.read_bytes().decode("utf-8", "replace"))


def _key(text: str | None) -> bytes | None:
    try:
        key = None if text is None else bytes.fromhex(text)
    except ValueError:
        key = b""
    if key is not None and len(key) != 32:
        raise Fault("--public-key: write the 64 hexadecimal letters that a checkpoint's file holds.")
    return key


def _secret(file: Path) -> bytes:
    """The private key in a file: 32 bytes as they are, or in hexadecimal."""
    if not file.is_file():
        raise Fault(f"{file}: there is no such file; name the file of the private key.")
    held = file.read_bytes()
    if len(held) == 32:
        return held
    try:
        key = bytes.fromhex(held.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Fault(f"{file} is no private key: it must hold 32 bytes, or 64 hexadecimal letters.")
    return key


def _written(output: Path | None) -> None:
    if output is not None:
        click.echo(f"Written: {output}", err=True)
