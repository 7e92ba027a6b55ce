"""The ledger as text: what verifying found, and the audit trail as a table."""

from collections.abc import Iterable
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..ledger.history import TrailRow
from ..ledger.verify import Verified
from .text import dim, heading, marked
from .words import counted

_ACTS: Final = {"create": "entered", "change": "changed", "void": "taken back", "redaction": "redacted"}


def verified_text(found: Verified) -> list[RenderableType]:
    """One sentence with its mark, and what it means for those who rely on the ledger."""
    if found.ok:
        return [marked("good", found.why)]
    before = f"{counted(found.entries, 'entry', 'entries')} before that can be relied on."
    return [marked("bad", found.why, bold=True), dim(before) if found.first_bad else dim("Do not rely on this ledger.")]


def trail_text(title: str, rows: Iterable[TrailRow]) -> list[RenderableType]:
    """The rows for a terminal, oldest first."""
    table = Table(box=None, padding=(0, 1, 0, 0), expand=True, show_edge=False, header_style="dim")
    table.add_column("entry", justify="right")
    table.add_column("written (UTC)", no_wrap=True, min_width=19)
    table.add_column("what", ratio=4, overflow="fold")
    table.add_column("value", ratio=5, overflow="fold")
    table.add_column("by", ratio=3, overflow="fold")
    table.add_column("reason", ratio=4, overflow="fold")
    for row in rows:
        what = Text(f"{_field(row)} {_ACTS[row.act]}")
        who = Text(f"{row.actor}, {row.role}" + (f", {row.site}" if row.site else ""))
        table.add_row(str(row.seq), _moment(row.at), what, Text(_values(row)), who, Text(row.reason))
    if not table.row_count:
        return [heading(title), dim("Nothing is written about it.")]
    return [heading(title), "", table, dim(counted(table.row_count, "row", "rows"))]


def _field(row: TrailRow) -> str:
    """The concept, and its field where it is not the concept itself."""
    return row.field if row.concept in ("", row.field) else f"{row.concept}, {row.field}"


def _values(row: TrailRow) -> str:
    observed = f" (of {row.observed})" if row.observed else ""
    return (f"{row.old or '—'} → {row.new or '—'}" if row.act in ("change", "void") else row.new) + observed


def _moment(at: str) -> str:
    return f"{at[:10]} {at[11:19]}"
