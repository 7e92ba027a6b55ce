"""The audit trail as data: one JSON object a line, or one row of CSV, for each field that was touched."""

from collections.abc import Iterable, Iterator
from itertools import islice

import orjson

from ..ledger.history import TrailRow
from .data import Write, as_csv

HEADS = (
    "entry", "written_utc", "observed", "subject", "site", "concept", "field", "old", "new", "reason", "actor",
    "role", "act",
)  # fmt: skip
_AT_ONCE = 1000


def write_trail_rows(rows: Iterable[TrailRow], write: Write) -> None:
    """A row of heads, then one row a field, each as soon as it is known."""
    write(as_csv([HEADS]))
    for some in _portions(rows):
        write(as_csv(some))


def write_trail_lines(rows: Iterable[TrailRow], write: Write) -> None:
    """One JSON object a line, under the same heads."""
    for some in _portions(rows):
        write(b"".join(_line(row) for row in some))


def _line(row: TrailRow) -> bytes:
    return orjson.dumps(dict(zip(HEADS, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)


def _portions(rows: Iterable[TrailRow]) -> Iterator[list[TrailRow]]:
    left = iter(rows)
    while some := list(islice(left, _AT_ONCE)):
        yield some
