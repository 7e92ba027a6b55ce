"""Verdicts as data: one JSON object a line, one row of CSV a person; and the list of what could not be read."""

import csv
import io
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from ..eligibility.person import Screening
from ..eligibility.verdict import Verdict
from ..facts import Unread

Write = Callable[[bytes], object]


def write_lines(verdicts: Iterable[Verdict], write: Write) -> None:
    """One JSON object a line, each as soon as it is known."""
    for verdict in verdicts:
        write(orjson.dumps(verdict.as_dict(), option=orjson.OPT_APPEND_NEWLINE))


def write_rows(verdicts: Iterable[Verdict], write: Write) -> None:
    """A row of heads, then one row a person."""
    for number, verdict in enumerate(verdicts):
        row = row_of(verdict)
        write(as_csv([row.keys(), row.values()] if number == 0 else [row.values()]))


def row_of(verdict: Verdict) -> dict[str, Any]:
    """One flat row, as Screening.rows gives it."""
    return Screening(verdict.trial, verdict.on, (verdict,)).rows()[0]


def write_unread(unread: Iterable[Unread], write: Write) -> None:
    """A row of heads, then one row for each entry that could not be read, or was read with a remark."""
    heads = ("person", "source", "what", "kind", "why", "kept as a doubtful fact")
    rows = ((each.person, each.source, each.what, each.kind, each.why, each.held) for each in unread)
    write(as_csv([heads, *rows]))


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows as CSV that a spreadsheet can open without harm: no cell is taken for a formula."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue().encode()


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
