"""FHIR files of any size, a piece at a time: what each piece says is gathered, and let go before the next is read.

The readers of the resources are the same as for files that are read whole. What they leave behind is settled later,
when all pieces have been read and it is known who is who.
"""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from ...concepts import Vocabulary
from ...facts import Unread
from ..bindings import Bindings
from .bundles import NoResource, Removal, unfold
from .drafts import Gathered, Specimen
from .elements import Item
from .files import BYTE_ORDER_MARKS, LINES, Parsed, Source, of_line, of_whole, reason, unusable
from .reader import READ_TYPES, read_resource, removed

AT_ONCE: Final = 20_000  # resources that are gathered before they are set aside
NUMBER_BITS: Final = 40  # of an ordinal: the place within its file; above them the number of the file
_KIND: Final = re.compile(rb'\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"')
_NO_URLS: Final[dict[str, str]] = {}


class Piece(NamedTuple):
    """A file, or of a file of lines the bytes from `begin` up to `end`, whose first line has the number `line`."""

    source: Source
    begin: int = 0
    end: int = -1
    line: int = 1


@dataclass(slots=True)
class Account:
    """What of one file is counted (resources looked at, types and codes not used, values that are no resources), what
    of it others refer to, by their keys, and whether it says that its people are made up."""

    read: int = 0
    empty: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    unused: dict[str, Counter[str]] = field(default_factory=dict)
    specimens: dict[str, Specimen] = field(default_factory=dict)
    conditions: dict[str, frozenset[str]] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    synthetic: bool = False


@dataclass(slots=True)
class Batch:
    """What some resources left behind, of one piece or of several. An ordinal is the number of its piece among those
    given, and below it (NUMBER_BITS) the place in the file. accounts, unread: by the number of the piece."""

    gathered: Gathered
    accounts: dict[int, Account]
    unread: list[tuple[int, Unread]]
    done: int = 0


def cut(source: Source, size: int) -> Iterator[Piece]:
    """A file of lines as pieces of about `size` bytes that end with a line; any other file as one piece."""
    name = source.path.name.lower()
    if not name.endswith(LINES) or source.size <= size or _is_utf16(source.path):
        yield Piece(source)
        return
    with source.path.open("rb") as file:
        begin, line = 0, 1
        while begin < source.size:
            end, lines = _end_of_piece(file, begin, size)
            if end == begin:
                return  # it has become shorter in the meantime
            yield Piece(source, begin, end, line)
            begin, line = end, line + lines


def _is_utf16(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in (b"\xff\xfe", b"\xfe\xff")


def _end_of_piece(file: BinaryIO, begin: int, size: int) -> tuple[int, int]:
    """Where the line ends that holds the byte `size` after `begin`, and how many lines that are."""
    lines = 0
    left = size
    while left > 0 and (block := file.read(min(left, 1 << 20))):
        lines += block.count(b"\n")
        left -= len(block)
    rest = file.readline()
    return file.tell(), lines + rest.endswith(b"\n")


def gather(pieces: list[Piece], vocabulary: Vocabulary, bindings: Bindings, at_once: int = AT_ONCE) -> Iterator[Batch]:
    """What the pieces say, `at_once` resources after the other (one bundle is never parted).

    Raises Fault for a file that the user named and that is no JSON; of a folder's files that is an entry of unread.
    """
    gathering = _Gathering(vocabulary, bindings)
    for number, piece in enumerate(pieces):
        for done in gathering.piece(number, piece):
            if gathering.batch.gathered.read >= at_once:
                yield gathering.ended(done, number)
    yield gathering.ended(0)


class _Gathering:
    """One batch after the other, and the account of the piece that is being read."""

    def __init__(self, vocabulary: Vocabulary, bindings: Bindings) -> None:
        self.vocabulary, self.bindings = vocabulary, bindings
        self.batch = self._new()
        self.counted = 0

    def _new(self) -> Batch:
        return Batch(Gathered(self.vocabulary, self.bindings), {}, [])

    def ended(self, done: int, number: int | None = None) -> Batch:
        """The batch so far, and a new one; in the midst of the piece `number`, if of any."""
        if number is not None:
            self._close(number)
        batch, self.batch = self.batch, self._new()
        batch.done = done
        return batch

    def piece(self, number: int, piece: Piece) -> Iterator[int]:
        """Reads a piece; after each value, the bytes of the file done. Between values the batch may be ended."""
        base = number << NUMBER_BITS
        gathered = self._opened(number)
        for place, value, done in _values(piece):
            if isinstance(value, Unread):
                self.batch.unread.append((number, value))
                continue
            _take(value, piece.source.name, base + place, gathered, self.batch.accounts[number].empty)
            yield done
            if gathered is not self.batch.gathered:
                gathered = self._opened(number)
        self._close(number)

    def _opened(self, number: int) -> Gathered:
        """What is counted is counted for this piece from now on."""
        gathered, account = self.batch.gathered, Account()
        self.batch.accounts[number] = account
        gathered.unused, gathered.skipped, gathered.specimens = account.unused, account.skipped, account.specimens
        gathered.conditions, gathered.organizations = account.conditions, account.organizations
        gathered.synthetic = False
        self.counted = gathered.read
        return gathered

    def _close(self, number: int) -> None:
        account = self.batch.accounts[number]
        account.read = self.batch.gathered.read - self.counted
        account.synthetic = self.batch.gathered.synthetic


class _Seen(NamedTuple):
    """A resource of a type that no fact is made of, passed over unparsed."""

    kind: str


def _take(value: Any, file: str, ordinal: int, gathered: Gathered, empty: Counter[str]) -> None:
    if isinstance(value, _Seen):
        gathered.read += 1
        gathered.skipped[value.kind] += 1
        return
    if isinstance(value, dict):  # one resource of a line: its place is never needed
        key = f"{value['resourceType']}/{value['id']}"
        read_resource(Item(value, key, key, file, ordinal, _NO_URLS), gathered)
        return
    for each in unfold(value.value, value.file, value.place, count(ordinal)):
        if isinstance(each, Item):
            read_resource(each, gathered)
        elif isinstance(each, NoResource):
            empty[each.file] += 1
        elif isinstance(each, Removal) and each.key:
            removed(each, file, gathered)


def _values(piece: Piece) -> Iterator[tuple[int, Any, int]]:
    """(place in the file, what stands there, bytes done): a plain resource, one seen only, something else parsed."""
    source = piece.source
    name = source.path.name.lower()
    zipped = name.endswith(".gz")
    try:
        if not name.removesuffix(".gz").endswith(LINES) or (not zipped and _is_utf16(source.path)):
            content = source.path.read_bytes()
            content = gzip.decompress(content) if zipped else content
            for number, parsed in enumerate(of_whole(source, content)):
                yield number << 20, parsed, source.size
            return
        with source.path.open("rb") as raw:
            raw.seek(piece.begin)
            stream: Any = gzip.GzipFile(fileobj=raw) if zipped else raw
            yield from _lines(piece, stream, raw)
    except (OSError, EOFError, zlib.error) as error:
        sentence = f"{source.name} cannot be read ({reason(error)}): is it whole and may you read it?"
        yield 0, unusable(source, sentence), source.size


def _lines(piece: Piece, stream: Any, raw: BinaryIO) -> Iterator[tuple[int, Any, int]]:
    source, at, empty = piece.source, piece.begin, True
    for number, line in enumerate(stream, piece.line):
        place, at = at, at + len(line)
        if number == 1 and line.startswith(BYTE_ORDER_MARKS):
            if line.startswith(BYTE_ORDER_MARKS[1:]):  # compressed UTF-16: read whole
                for each, parsed in enumerate(of_whole(source, line + stream.read())):
                    yield each << 20, parsed, source.size
                return
            line = line[3:]
        found = _line(source, line, number)
        if found is not None:
            empty = False
            yield place, found, raw.tell() - piece.begin
        if 0 <= piece.end <= at:
            break
    if empty and piece.begin == 0 and source.named:
        unusable(source, f"{source.name} is empty: name a file with FHIR resources.")


def _line(source: Source, line: bytes, number: int) -> Any:
    """One line; None when it is empty."""
    match = _KIND.match(line)
    if match is not None:
        kind = match[1].decode()
        # A line that breaks off is no JSON and must be told: those that end with a brace do not break off.
        if kind not in READ_TYPES and line.rstrip().endswith(b"}"):
            return _Seen(kind)
    elif not line.strip():
        return None
    parsed = of_line(source, line, number)
    if isinstance(parsed, Parsed) and isinstance(parsed.value, dict):
        kind, name = parsed.value.get("resourceType"), parsed.value.get("id")
        if isinstance(kind, str) and kind != "Bundle" and isinstance(name, str) and name:
            return parsed.value
    return parsed
