"""A small reader of iCalendar, by which the tests read what was written."""

import re
from collections.abc import Sequence


def read(data: bytes) -> list[tuple[str, str]]:
    """The content lines, unfolded: name with parameters, and value."""
    assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    lines = data.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")
    return [(line.partition(":")[0], line.partition(":")[2]) for line in lines]


def plain(value: str) -> str:
    """A value without its escapes."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], value)


def events(lines: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Each event as its properties by name."""
    found: list[dict[str, str]] = []
    for name, value in lines:
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found and name not in ("END", "BEGIN"):
            assert name not in found[-1], f"{name} stands twice in one event"
            found[-1][name] = value
    return found
