"""Where an OMOP CDM may lie: a folder or a zip of CSV or Parquet files, a DuckDB file, or PostgreSQL by its URL."""

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from ...faults import Fault
from .tables import COLUMNS

URLS: Final = ("postgresql", "postgres")
# What follows the name of a table in the name of its file.
CSV: Final = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
PARQUET: Final = (".parquet",)
_COPY = 1 << 20  # bytes at a time


def is_url(source: Path | str) -> bool:
    """Is it the URL of a PostgreSQL database?"""
    return isinstance(source, str) and urlsplit(source).scheme in URLS


def is_duckdb(path: Path) -> bool:
    """Does a file begin as DuckDB's own files do (the letters DUCK after eight bytes of checksum)?"""
    try:
        with path.open("rb") as file:
            return file.read(12)[8:] == b"DUCK"
    except OSError:
        return False


def table_of(name: str) -> str:
    """The table whose rows a file of this name holds; "" for none: PERSON.csv, person.csv.gz, person.parquet."""
    lower = name.lower()
    stem = next((lower.removesuffix(ending) for ending in (*CSV, *PARQUET) if lower.endswith(ending)), "")
    return stem if stem in COLUMNS else ""


def find_tables(folder: Path) -> dict[str, list[Path]]:
    """Table -> its files, in the folder itself or in the only folder within it. A table may be a folder of part files,
    as Spark writes them."""
    found: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith((".", "_")):
            continue
        if entry.is_file() and (name := table_of(entry.name)):
            found.setdefault(name, []).append(entry)
        elif entry.is_dir() and (name := table_of(entry.name) or entry.name.lower()) in COLUMNS:
            parts = [part for part in sorted(entry.iterdir()) if _is_part(part)]
            if parts:
                found.setdefault(name, []).extend(parts)
    if not found:
        within = [entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith((".", "_"))]
        return find_tables(within[0]) if len(within) == 1 else {}
    return found


def _is_part(part: Path) -> bool:
    return part.is_file() and part.name[0] not in "._" and part.name.lower().endswith((*CSV, *PARQUET))


def unzip(path: Path, into: Path) -> dict[str, list[Path]]:
    """Copies the tables of a zip into a folder: table -> its file there. What a Mac adds (__MACOSX) is passed over."""
    found: dict[str, list[Path]] = {}
    with _opened(path) as archive:
        for member, name in _members(archive):
            target = into / PurePosixPath(member.filename).name
            if target.exists():
                raise Fault(f"{path.name} holds {target.name} twice: name a zip that holds one CDM.")
            with archive.open(member) as source, target.open("wb") as copy:
                while part := source.read(_COPY):
                    copy.write(part)
            found.setdefault(name, []).append(target)
    return found


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    for member in archive.infolist():
        where = PurePosixPath(member.filename)
        hidden = any(part.startswith((".", "__MACOSX")) for part in where.parts)
        if not member.is_dir() and not hidden and (name := table_of(where.name)):
            yield member, name


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile):
        raise Fault(f"{path} cannot be opened as a zip: unpack it and name the folder.") from None


def tables_in_zip(path: Path) -> set[str]:
    """The tables of which a zip has files; none when it is no zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name for _, name in _members(archive)}
    except (OSError, zipfile.BadZipFile):
        return set()
