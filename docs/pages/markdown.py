"""Pieces of Markdown: text that stands as it is, code, tables, lists."""

import html
import re
from collections.abc import Iterable, Sequence

_MARKS = re.compile(r"([\\`*_{}\[\]|#~])")


def plain(text: str) -> str:
    """A text that shows as it stands, in one line."""
    return _MARKS.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))


def code(text: str) -> str:
    """A short piece of code within a line; in a table its bars are kept from parting cells."""
    return f"<code>{html.escape(' '.join(text.split()), quote=False).replace('|', '&#124;')}</code>"


def quoted(text: str) -> str:
    return f"> {plain(text)}\n"


def rule_block(text: str) -> str:
    """A rule as its author wrote it, over one line or several."""
    return f"```text\n{text.strip()}\n```\n"


def bullets(lines: Iterable[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def page(*parts: str) -> str:
    """A page of its parts, an empty line between them."""
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts if part)
