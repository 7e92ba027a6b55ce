"""Rules -> SQL over tables of facts: one truth per person and rule, the same as the reference finds."""

from .dialects import DUCKDB, SPARK, Dialect
from .query import Query, Step
from .translate import translate

__all__ = ["DUCKDB", "SPARK", "Dialect", "Query", "Step", "translate"]
