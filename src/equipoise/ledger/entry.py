"""What is to be written into the ledger (a draft), and what stands in it (an entry)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Literal

from ..faults import Fault
from .canonical import canonical_text

REDACTION: Final = "redaction"
Part = Literal["body", "reason"]

_AT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def utc_text(moment: datetime) -> str:
    """A moment as the ledger writes it, in UTC: "2026-03-02T10:15:00.000000Z". Texts compare as moments do.

    Raises ValueError for a moment without a time zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment of the ledger needs its time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_utc(text: str) -> datetime:
    """The moment that the ledger wrote; raises Fault for any other form."""
    try:
        if _AT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise Fault(f'"{text}" is no moment of a ledger: write it in UTC, as 2026-03-02T10:15:00.000000Z.')


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing to be written down.

    at: when it is written (`utc_text`); when it was observed stands in the body.
    actor, role, site: who, as what, where. kind, version: what it is, and the form of its body (see `kinds`).
    subject: the person or thing that it is about; never a name, for a header can never be redacted.
    target: the seq of the entry that it corrects, voids, answers or signs; 0 for none.
    reason: why, in the actor's words. body: JSON data without floats.
    Raises Fault for anything that a ledger cannot keep.
    """

    at: str
    actor: str
    role: str
    site: str
    kind: str
    subject: str
    body: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    target: int = 0
    reason: str = ""
    # What was checked is what will be written, even if somebody changes the map afterwards.
    body_text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        read_utc(self.at)
        if not isinstance(self.body, Mapping) or type(self.reason) is not str:
            raise Fault("The body of an entry is a map, and its reason a text.")
        for name in ("actor", "role", "site", "kind", "subject", "concept"):
            _check_header(name, getattr(self, name))
        if not self.actor or not self.kind:
            raise Fault("Every entry of a ledger names its actor and its kind.")
        if type(self.version) is not int or self.version < 1 or type(self.target) is not int or self.target < 0:
            raise Fault("The version of an entry counts from 1, and its target is the number of an entry, or 0.")
        canonical_text(self.reason, "reason")
        object.__setattr__(self, "body_text", canonical_text(dict(self.body)))

    @property
    def concept(self) -> str:
        """What the body says that it is about, by name: its "concept"; empty when it does not say."""
        named = self.body.get("concept", "")
        return named if isinstance(named, str) else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing written down. `seq` counts from 1 without gaps.

    concept: the field that it is about, for its history; the body's "concept", else the concept of its target. It is
    part of the hashed header, so that the history of a field is whole even where a body was redacted.
    body, reason: None once redacted, and then their salts are gone too. reason_hash is empty where no reason was given.
    prev: the hash of the entry before; hash: over the header, prev and the hashes of the contents (see `chain`).
    """

    seq: int
    at: str
    actor: str
    role: str
    site: str
    kind: str
    version: int
    subject: str
    concept: str
    target: int
    reason: str | None
    reason_salt: bytes | None
    reason_hash: str
    body: Mapping[str, Any] | None
    body_salt: bytes | None
    body_hash: str
    prev: str
    hash: str


def _check_header(name: str, text: str) -> None:
    """Headers stay for ever and are printed as they are: one line of visible letters."""
    if type(text) is not str or not text.isprintable():
        raise Fault(f"The {name} of an entry must be one line of text without control characters: {text!r}.")
