"""What every store of a ledger can do, and what all of them refuse in the same words."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final, Protocol, get_args

from ..faults import Fault
from .chain import Earlier, Head, Row
from .checkpoints import Checkpoint
from .entry import REDACTION, Draft, Entry, Part

PARTS: Final[tuple[Part, ...]] = get_args(Part)
TRIES: Final = 3


class Moved(Fault):
    """Somebody else wrote since the caller looked. Look again, decide again, and write again."""


class Store(Protocol):
    """An append-only ledger. No store can change or take away an entry; there is no setting that would allow it."""

    def head(self) -> Head:
        """The last entry's number, hash and time; (0, 64 zeros, "") when there is none."""
        ...

    def append(self, drafts: Sequence[Draft], expected: int | None = None) -> list[Entry]:
        """Writes all drafts, or none of them.

        expected: the number of the last entry when the caller decided; raises Moved when there are others since.
        Raises Earlier when the time of a draft lies before that of the entry before it.
        """
        ...

    def entries(self, since: int = 0, until: int | None = None) -> Iterator[Entry]:
        """The entries after number `since`, up to and with number `until`, in their order."""
        ...

    def of(
        self,
        subject: str | None = None,
        kinds: Sequence[str] = (),
        concept: str | None = None,
        since: int = 0,
        until: int | None = None,
    ) -> Iterator[Entry]:
        """Those of one subject, of any of these kinds, about one concept; what is not given is not asked."""
        ...

    def entry(self, seq: int) -> Entry:
        """One entry; raises Fault when there is none of this number."""
        ...

    def redact(self, seq: int, part: Part, draft: Draft) -> Entry:
        """Takes the body or the reason of an entry away for good, and writes down who did so and why: that entry.

        The draft gives time, actor, role, site, reason and body; kind, subject and target follow the entry that is
        redacted. Raises Fault for a redaction of a redaction, for a second one, and for one without a reason.
        """
        ...

    def rows(self) -> AbstractContextManager[Iterator[Row]]:
        """All rows as they are stored at one moment, for `verify`; raises Broken when they cannot be read."""
        ...

    def check(self) -> None:
        """Raises Broken, with the sentence why, unless the store around the rows is as it must be."""
        ...

    def add_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keeps a checkpoint; raises Fault unless its entry stands here with its hash."""
        ...

    def checkpoints(self) -> list[Checkpoint]:
        """The checkpoints kept, oldest first."""
        ...


def append_at(store: Store, decide: Callable[[Head], Sequence[Draft]], tries: int = TRIES) -> list[Entry]:
    """Decides on what stands and writes it, and decides again when somebody else wrote in between."""
    for left in reversed(range(tries)):
        head = store.head()
        try:
            return store.append(decide(head), expected=head.seq)
        except (Moved, Earlier):
            if not left:
                raise
    raise ValueError("a ledger is tried at least once")


def check_drafts(drafts: Sequence[Draft]) -> None:
    """Raises ValueError for a redaction that would be only written down and not done."""
    if any(draft.kind == REDACTION for draft in drafts):
        raise ValueError("a redaction is written by `redact`, which also takes the content away")


def check_expected(head: Head, expected: int | None) -> None:
    """Raises Moved when the head is not the one that was decided on."""
    if expected is not None and expected != head.seq:
        raise Moved(f"Somebody else wrote to the ledger meanwhile (entry {head.seq}): look again, then repeat.")


def redaction_of(entry: Entry, part: Part, draft: Draft) -> Draft:
    """The redaction to be written for an entry. Its own body names the part, which the store's guard reads."""
    if part not in PARTS:
        raise ValueError(f"{part!r} is no part of an entry that can be redacted")
    if entry.kind == REDACTION:
        raise Fault(f"Entry {entry.seq} is a redaction itself, and who and why must stay: it cannot be redacted.")
    if (entry.body if part == "body" else entry.reason) is None:
        raise Fault(f"The {part} of entry {entry.seq} is redacted already.")
    if part == "reason" and not entry.reason:
        raise Fault(f"Entry {entry.seq} has no reason that could be redacted.")
    if not draft.reason.strip():
        raise Fault("A redaction needs a reason: say why the content must go, without repeating it.")
    body = {**draft.body, "part": part}
    return replace(draft, kind=REDACTION, version=1, subject=entry.subject, target=entry.seq, body=body)


def no_entry(seq: int) -> Fault:
    return Fault(f"The ledger has no entry {seq}.")
