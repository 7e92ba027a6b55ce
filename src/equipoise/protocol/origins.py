"""Where something stated of a trial is from: a source, or ours; and keys that mean nothing."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from .file import File
from .places import Path

ORIGIN_KEYS: Final = frozenset({"source", "ours", "note"})


class Origin(NamedTuple):
    """source: who says so. ours: the trial never published it. note: how it is read, and why."""

    source: str = ""
    ours: bool = False
    note: str = ""


NOWHERE: Final = Origin()


def origin_of(table: Mapping[str, Any]) -> Origin:
    """The origin that a table states."""
    source, note = (str(table.get(key, "")).strip() for key in ("source", "note"))
    return Origin(source, table.get("ours") is True, note)


def check_origin(file: File, path: Path, table: Mapping[str, Any], name: str) -> None:
    """A mistake unless the table says where it is from."""
    if not str(table.get("source", "")).strip() and table.get("ours") is not True:
        file.report(path, f"{name} needs a source, or ours = true for a default of ours")


def refuse_strange(file: File, path: Path, table: Mapping[str, Any], known: set[str], what: str) -> None:
    """A mistake for each key that means nothing here."""
    for key in sorted(table.keys() - known):
        file.report((*path, key), f'"{key}" is not a property of {what} ({", ".join(sorted(known))})')
