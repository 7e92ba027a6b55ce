"""A fact as one line of JSON, and back: the same fact, its decimals with their zeros (its shape: fact_data.py)."""

import orjson

from ..fact_data import fact_data, fact_from_data
from ..facts import Fact


def fact_json(fact: Fact) -> bytes:
    """The fact as one line of JSON (UTF-8, without a line end)."""
    return orjson.dumps(fact_data(fact))


def fact_from_json(line: bytes | str) -> Fact:
    """The fact that such a line states. Raises ValueError or KeyError for any other line."""
    return fact_from_data(orjson.loads(line))
