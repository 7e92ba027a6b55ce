"""Where in a TOML file each key and each character of its text stands, so that a mistake can be shown in its place."""

import re
from typing import NamedTuple

_TABLE = re.compile(r"\s*\[(?P<array>\[)?\s*(?P<name>[^\]]+?)\s*\]\]?\s*(?:#.*)?\Z")
_KEY = re.compile(
    r"""\s*(?P<key>(?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=\s*(?P<value>.*)\Z""", re.S
)

Path = tuple[str, ...]


class Place(NamedTuple):
    """A line (from 1), the columns (from 1) of the key and of its value's first character, and whether the value is a
    text of several lines, which begins on this or the next line."""

    line: int
    column: int
    value_column: int
    multiline: bool


class Places(NamedTuple):
    """The lines of a file and the place of each path of keys; an item of an array of tables counts from 0 ("2")."""

    lines: tuple[str, ...]
    known: dict[Path, Place]

    def of(self, path: Path) -> Place:
        """The place of the path, or of the nearest table above it; the file's first line when nothing is known."""
        while path:
            if path in self.known:
                return self.known[path]
            path = path[:-1]
        return Place(1, 1, 1, False)

    def in_text(self, path: Path, position: int) -> tuple[int, int]:
        """The line and column of a character (from 0) of the text at the path; an escape counts as one character."""
        place = self.of(path)
        if not place.multiline:
            return place.line, place.value_column + 1 + position
        line = place.line
        after_quotes = self.lines[line - 1][place.value_column + 2 :]
        if after_quotes:  # a line end right after the quotes is not part of the text; blanks before it are
            if position <= len(after_quotes):
                return line, place.value_column + 3 + position
            position -= len(after_quotes) + 1
        line += 1
        while line <= len(self.lines) and position > len(self.lines[line - 1]):
            position -= len(self.lines[line - 1]) + 1
            line += 1
        return line, position + 1


def places(text: str) -> Places:
    """Reads the layout of a TOML file that is known to parse."""
    lines = text.split("\n")  # as TOML counts lines; splitlines would also break at U+2028 and its like
    known: dict[Path, Place] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match := _TABLE.match(line):
            table = _table_path(match, counts)
            known.setdefault(table, Place(number, _indent(line) + 1, _indent(line) + 1, False))
            continue
        if match := _KEY.match(line):
            path = (*table, *_split(match["key"]))
            value, column = match["value"], match.start("value") + 1
            opened = next((quotes for quotes in ('"""', "'''") if value.startswith(quotes)), "")
            known[path] = Place(number, match.start("key") + 1, column, bool(opened))
            number = _end_of(value, opened, lines, number)
    return Places(tuple(lines), known)


def _end_of(value: str, opened: str, lines: list[str], number: int) -> int:
    """The number of lines read when the value is complete."""
    if opened:
        if opened in value[3:]:
            return number
        while number < len(lines) and opened not in lines[number]:
            number += 1
        return number + 1
    depth = _depth(value)
    while depth > 0 and number < len(lines):
        depth += _depth(lines[number])
        number += 1
    return number


def _depth(text: str) -> int:
    """How many brackets stay open, those in quotes and comments apart."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'', "", text).split("#")[0]
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")


def _table_path(match: re.Match[str], counts: dict[Path, int]) -> Path:
    path: Path = ()
    parts = _split(match["name"])
    for index, part in enumerate(parts):
        path = (*path, part)
        last = index == len(parts) - 1
        if match["array"] and last:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, str(counts[path]))
    return path


def _split(key: str) -> list[str]:
    return [part.strip().strip("\"'") for part in re.findall(r'"[^"]*"|\'[^\']*\'|[\w-]+', key)]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
