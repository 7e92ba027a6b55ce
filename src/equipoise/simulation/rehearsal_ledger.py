"""The ledger of a rehearsal as a file: the same entries, with the same hashes, in one SQLite file."""

from contextlib import closing
from itertools import islice
from pathlib import Path

from ..ledger.checkpoints import Checkpoint, signed
from ..ledger.entry import Draft, Entry
from ..ledger.sqlite import SqliteStore
from ..ledger.store import Store
from .rehearsal import checkpoint_key, salts

_AT_ONCE = 2000


def write_ledger(store: Store, path: Path, seed: int) -> Checkpoint:
    """Writes the ledger into a new file, with a signed checkpoint at its end, which is given back.

    The salts come from the seed again, so the file's hashes are those of the rehearsal, which is checked.
    Raises Fault when nothing can be written there.
    """
    entries = store.entries()
    with closing(SqliteStore(path, salts(seed), durability="off")) as file:
        while part := list(islice(entries, _AT_ONCE)):
            file.append([draft_of(entry) for entry in part])
        head, own = file.head(), store.head()
        if head != own:
            raise AssertionError(f"the file's last entry {head} is not the rehearsal's, {own}")
        checkpoint = signed(head, head.at, checkpoint_key(seed))
        file.add_checkpoint(checkpoint)
    return checkpoint


def draft_of(entry: Entry) -> Draft:
    """What was written down to make the entry."""
    return Draft(
        entry.at, entry.actor, entry.role, entry.site, entry.kind, entry.subject, entry.body or {}, entry.version,
        entry.target, entry.reason or "",
    )  # fmt: skip
