"""Reads an OMOP CDM 5.3 or 5.4: a DuckDB file, a folder or a zip of CSV or Parquet files, PostgreSQL by its URL."""

from .reader import read_omop
from .recognise import is_omop

__all__ = ["is_omop", "read_omop"]
