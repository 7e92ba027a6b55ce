"""What kinds of entries there are, each in its newest version, and how an older body reads as the newest.

What was written stays as it was written: a body is lifted on reading, by pure functions, one version at a time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..faults import Fault
from .entry import REDACTION, Draft, Entry

Upcast = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry. upcasts: from version 1 to 2, from 2 to 3, and so on; the newest version is one more than these.

    A version once written is never renamed and its upcast never changed, else old entries would read otherwise.
    """

    name: str
    upcasts: tuple[Upcast, ...] = ()

    @property
    def version(self) -> int:
        """The version in which it is written today."""
        return len(self.upcasts) + 1


class Kinds(Mapping[str, Kind]):
    """The kinds of one program, by name; that of redactions is always among them."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        listed = [Kind(REDACTION), *kinds]
        self._kinds = {kind.name: kind for kind in listed}
        if len(self._kinds) != len(listed):
            raise ValueError("two kinds of entries bear the same name")

    def __getitem__(self, name: str) -> Kind:
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)

    def check(self, draft: Draft) -> None:
        """Raises ValueError for a draft of no known kind, or not in its newest version."""
        kind = self.get(draft.kind)
        if kind is None or kind.version != draft.version:
            raise ValueError(f"an entry of kind {draft.kind!r} is not written in version {draft.version}")

    def newest(self, entry: Entry) -> Entry:
        """The entry as its newest version reads; its hashes stay those of what was written.

        A redacted body stays redacted. Raises Fault for a kind or a version that this program does not know yet.
        """
        kind = self.get(entry.kind)
        if kind is None or entry.version > kind.version:
            raise Fault(
                f'Entry {entry.seq} is of a kind ("{entry.kind}", version {entry.version}) that this Equipoise does '
                "not know: read the ledger with a newer one."
            )
        if entry.version == kind.version:
            return entry
        if entry.body is None:
            return replace(entry, version=kind.version)
        body = entry.body
        for upcast in kind.upcasts[entry.version - 1 :]:
            body = upcast(body)
        return replace(entry, version=kind.version, body=body)
