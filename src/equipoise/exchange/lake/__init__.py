"""The folder of facts: whole people as Parquet, part by part, so that many trials can be screened against them."""

from .from_readings import write_reading
from .loading import Loaded, load
from .manifest import is_lake
from .reading import Lake, open_lake

__all__ = ["Lake", "Loaded", "is_lake", "load", "open_lake", "write_reading"]
