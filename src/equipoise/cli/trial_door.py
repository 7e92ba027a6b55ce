"""The door of a trial as a command opens it: the ledger's file, the protocol it names, the clock, the randomiser."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from ..conduct.randomise import Allocated
from ..conduct.randomiser import NOBODY, Randomiser
from ..faults import Fault
from ..ledger.entry import Draft, Entry, Part, read_utc, utc_text
from ..ledger.memory import MemoryStore
from ..ledger.sqlite import SqliteStore
from ..ledger.store import Store
from ..participant.moves import Refused
from ..protocol.load import load_trial
from ..protocol.model import Protocol
from ..report.entry_words import entry_line
from ..report.words import short
from ..trial import Trial
from .randomisation import read_key
from .trial_values import read_moment

_VERSIONS: Final = ("trial_opened", "protocol_adopted")


class Kept(Trial):
    """The door, and what was written through it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.noted: list[Entry] = []

    def append(self, *drafts: Draft) -> list[Entry]:
        entries = super().append(*drafts)
        self.noted += entries
        return entries

    def redact(self, by: str, entry: int, reason: str, part: Part = "body") -> Entry:
        """As the door's own verb, which writes past `append`."""
        written = super().redact(by, entry, reason, part)
        self.noted.append(written)
        return written


class Concealed(Randomiser):
    """The randomiser where nothing is to be written: it tells nothing of what it would give."""

    def allocate(
        self, person: str, levels: Mapping[str, str], site: str = "", given: Mapping[str, str] = NOBODY
    ) -> Allocated:
        raise Refused(f"{person} can be randomised; the arm is not told before it is done, so the try ends here.")

    def reveal(self, locked: bool) -> NoReturn:
        raise Refused("The seed can be revealed; it is not told before it is done, so the try ends here.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which door: the ledger's file, the protocol's folder ("": the ledger's own), a rehearsal's time, the keys."""

    path: Path
    folder: str = ""
    now: datetime | None = None
    randomiser: Path | None = None
    key: Path | None = None


# ---------------------------------------------------------------- opening
@contextmanager
def entered(asked: Asked, adopting: bool = False, trying: bool = False) -> Iterator[Kept]:
    """The door for writing. adopting: another version of the protocol may stand there. trying: a copy in memory."""
    with SqliteStore(asked.path, secrets.token_bytes, mode="ro" if trying else "rw") as store:
        protocol = protocol_of(store, asked, any_version=adopting)
        randomiser = _randomiser(asked, protocol, trying)
        yield Kept(protocol, _copied(store) if trying else store, clock_of(store, asked.now), randomiser)


@contextmanager
def read_only(asked: Asked, any_version: bool = False) -> Iterator[Trial]:
    """The door for reading."""
    with SqliteStore.reading(asked.path) as store:
        yield Trial(protocol_of(store, asked, any_version), store, clock_of(store, asked.now))


@contextmanager
def new_door(asked: Asked, by: str, rehearsal: bool) -> Iterator[Kept]:
    """The door of a new trial, whose file is made beside its place and put there whole when the block ends well.

    Only its owner may read the file. Raises Fault when something stands there already.
    """
    protocol = load_trial(asked.folder)
    if asked.now is not None and not rehearsal:
        raise Fault("--now is for rehearsals: say --rehearsal, too, if everything in this ledger is made up.")
    randomiser = _randomiser(asked, protocol)
    if asked.path.exists():
        raise _taken(asked.path)
    if not asked.path.parent.is_dir():
        raise Fault(f"{asked.path}: there is no folder {asked.path.parent} for the ledger.")
    part = asked.path.with_name(f".{asked.path.name[:200]}.{os.getpid()}.new")
    moment = asked.now
    clock = _wall if moment is None else lambda: moment
    try:
        with SqliteStore(part, secrets.token_bytes) as store:
            part.chmod(0o600)
            yield Kept.opened(protocol, store, clock, by, randomiser, rehearsal)
        asked.path.hardlink_to(part)
    except FileExistsError:
        raise _taken(asked.path) from None
    finally:
        for ending in ("", "-wal", "-shm"):
            Path(f"{part}{ending}").unlink(missing_ok=True)


def _taken(path: Path) -> Fault:
    return Fault(f"{path} is there already: a trial is opened in a new file.")


def _copied(store: SqliteStore) -> MemoryStore:
    with store.rows() as rows:
        return MemoryStore.of_rows(rows, secrets.token_bytes)


def _randomiser(asked: Asked, protocol: Protocol, trying: bool = False) -> Randomiser | None:
    if asked.randomiser is None and asked.key is None:
        return None
    if asked.randomiser is None or asked.key is None:
        raise Fault("The randomiser needs both: --randomiser FILE, its store, and --key FILE.")
    return (Concealed if trying else Randomiser).open(asked.randomiser, read_key(asked.key), protocol.allocation)


# ---------------------------------------------------------------- the protocol
def protocol_of(store: Store, asked: Asked, any_version: bool = False) -> Protocol:
    """The protocol that the ledger runs under. Raises Fault when the folder holds another version of it by now."""
    versions = [entry.body for entry in store.of(kinds=_VERSIONS) if entry.body is not None]
    if not versions:
        raise Fault(f"No trial is opened in {asked.path}: equipoise trial open makes a ledger.")
    name, in_force = asked.folder or str(versions[0]["trial"]), str(versions[-1]["protocol"])
    protocol = _loaded(name, asked)
    if protocol.digest != in_force and not any_version:
        raise Fault(
            f"{asked.path} runs under protocol {short(in_force)}, and {name} is {short(protocol.digest)} by now: name "
            "the folder of that version with --trial, or go on under the new one with equipoise trial adopt."
        )
    return protocol


def _loaded(name: str, asked: Asked) -> Protocol:
    try:
        return load_trial(name)
    except Fault as fault:
        if asked.folder or "There is no trial" not in str(fault):
            raise
        raise Fault(f'The trial "{name}" of {asked.path} is not here: name its folder with --trial.') from None


# ---------------------------------------------------------------- the clock
def _wall() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


class _Clock:
    """A rehearsal's clock: it stands where its last entry left it, until somebody moves it on."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, to: datetime) -> None:
        """Moves on. Raises Fault for a time before the last entry's."""
        if to < self.moment:
            raise Fault(f"The clock of this rehearsal stands at {utc_text(self.moment)}: it only goes forward.")
        self.moment = to.astimezone(UTC)


def clock_of(store: Store, now: datetime | None) -> Any:
    """The clock of a ledger: the server's; of a rehearsal its own, moved on to `now`. Raises Fault for any other."""
    opened = next(iter(store.of(kinds=_VERSIONS[:1])), None)
    if opened is None or not (opened.body or {}).get("synthetic"):
        if now is not None:
            raise Fault("--now is for rehearsals: in this ledger everything has the time of the server's clock.")
        return _wall
    clock = _Clock(read_utc(store.head().at))
    if now is not None:
        clock.move(now)
    return clock


def move_clock(trial: Trial, to: datetime) -> None:
    """Moves a rehearsal's clock on. Raises Fault for a ledger that is none."""
    if not isinstance(trial.now, _Clock):
        raise Fault("now is for rehearsals: in this ledger everything has the time of the server's clock.")
    trial.now.move(to)


# ---------------------------------------------------------------- what all commands say and are told
def tell(trial: Kept) -> None:
    """One line for each entry that was written since it was last told; of a second randomisation the first, too."""
    for entry in trial.noted:
        click.echo(entry_line(entry, trial.protocol))
        if entry.kind == "randomisation_repeated" and entry.body is not None:
            click.echo(entry_line(trial.store.entry(entry.body["first"]), trial.protocol))
    trial.noted.clear()


def note_export(asked: Asked, by: str | None, what: str) -> None:
    """Writes into the ledger that a user took data out, before they do; nothing when no user is named."""
    if by:
        with entered(asked) as trial:
            trial.export(by, what)
            for entry in trial.noted:
                click.echo(entry_line(entry, trial.protocol), err=True)


class Moment(click.ParamType):
    """A time with its offset from UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return read_moment(value)
        except Fault as fault:
            self.fail(str(fault), param, ctx)


ledger_argument = click.argument("path", metavar="LEDGER", type=click.Path(path_type=Path))
as_option = click.option("--as", "by", metavar="USER", required=True, help="Who acts: the user's identifier.")
taker_option = click.option(
    "--as", "by", metavar="USER", help="Who takes the data out: written into the ledger as an entry."
)
folder_option = click.option(
    "--trial", "folder", metavar="TRIAL", default="", help="The protocol's folder [default: that of the ledger's name]."
)
now_option = click.option(
    "--now", type=Moment(), metavar="TIME", help="In a rehearsal only: move its clock on to this time."
)
store_option = click.option(
    "--randomiser", type=click.Path(path_type=Path), metavar="FILE", help="The randomiser's own store."
)
key_option = click.option(
    "--key", type=click.Path(path_type=Path), metavar="FILE", help="The file with the randomiser's key."
)
