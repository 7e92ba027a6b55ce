"""Rules -> SQL over tables of facts: one truth per person and rule, the same as the reference finds."""

from .dialects import DIALECTS as DIALECTS
from .dialects import DUCKDB as DUCKDB
from .dialects import SPARK as SPARK
from .dialects import Dialect as Dialect
from .translate import FALSE_, TRUE_, UNKNOWN_, Query, Step, translate

__all__ = ["DIALECTS", "DUCKDB", "FALSE_", "SPARK", "TRUE_", "UNKNOWN_", "Dialect", "Query", "Step", "translate"]
