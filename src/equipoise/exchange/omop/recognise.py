"""Whether a path or a URL is an OMOP CDM."""

from collections.abc import Iterable
from pathlib import Path

from .files import find_tables, is_duckdb, is_url, tables_in_zip
from .tables import NEEDED


def is_omop(source: Path | str) -> bool:
    """Is it an OMOP CDM: the URL of a PostgreSQL database, a folder or a zip with files named after the tables person
    and concept, or a DuckDB file that has these tables? Never raises."""
    if is_url(source):
        return True
    path = Path(source)
    try:
        if path.is_dir():
            return _has_needed(find_tables(path))
        if not path.is_file():
            return False
    except OSError:  # a folder that may not be read
        return False
    if is_duckdb(path):
        from .duckdb import has_tables

        return has_tables(path, NEEDED)
    return path.suffix.lower() == ".zip" and _has_needed(tables_in_zip(path))


def _has_needed(tables: Iterable[str]) -> bool:
    return set(NEEDED) <= set(tables)
