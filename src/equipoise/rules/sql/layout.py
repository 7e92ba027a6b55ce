"""SQL for a reader: long lists one item a line, long CASEs one branch a line. What it says stays the same."""

import re
from collections.abc import Iterator
from typing import Final

_WIDTH: Final = 100
_PIECE = re.compile(r"'(?:[^']|'')*'|\b(?:CASE|WHEN|ELSE|END)\b|[(),\n]|[^'(),\n\w]+|\w+")


def laid_out(sql: str) -> str:
    """The same SQL in lines that a person can follow."""
    lines = (line for whole in sql.split("\n") for line in _items(whole))
    return "\n".join(_cases(line, len(line) - len(line.lstrip())) for line in lines)


def _items(line: str) -> Iterator[str]:
    """A long SELECT list, one item a line."""
    if len(line) <= _WIDTH or not line.startswith("SELECT "):
        yield line
        return
    parts, depth = [""], 0
    for piece in _PIECE.findall(line.removeprefix("SELECT ")):
        depth += {"(": 1, "CASE": 1, ")": -1, "END": -1}.get(piece, 0)
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    yield "SELECT"
    for number, part in enumerate(parts, 1):
        if part.strip():
            yield f"  {part.strip()}{',' if number < len(parts) else ''}"


def _cases(text: str, indent: int) -> str:
    """The text with its long CASEs broken at their branches; indent: of the line that it begins in."""
    if len(text) - indent <= _WIDTH:
        return text
    pieces = _PIECE.findall(text)
    found, at = "", 0
    while at < len(pieces):
        if pieces[at] != "CASE":
            found += pieces[at]
            at += 1
            continue
        end = _end_of(pieces, at)
        found += _case(pieces[at + 1 : end], indent)
        at = end + 1
    return found


def _case(pieces: list[str], indent: int) -> str:
    whole = f"CASE{''.join(pieces)}END"
    if len(whole) <= _WIDTH - indent:
        return whole
    branches, depth = [], 0
    for piece in pieces:
        depth += {"CASE": 1, "END": -1}.get(piece, 0)
        if piece in ("WHEN", "ELSE") and not depth:
            branches.append("")
        if branches:
            branches[-1] += piece
    inner = " " * (indent + 2)
    laid = "".join(f"\n{inner}{_cases(branch.strip(), indent + 2)}" for branch in branches)
    return f"CASE{laid}\n{' ' * indent}END"


def _end_of(pieces: list[str], start: int) -> int:
    """Where the CASE that begins here ends."""
    depth = 0
    for at in range(start, len(pieces)):
        depth += {"CASE": 1, "END": -1}.get(pieces[at], 0)
        if not depth:
            return at
    return len(pieces)
