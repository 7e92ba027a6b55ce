"""What an engine needs to know of a lake, the folder of facts as Parquet: its parts, and the file of each concept.

The tables of facts have the columns of rules.tables.columns(concept) and `exact`; the people's have key, person,
also (further identifiers) and site. A concept without facts in a part has no file there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """Some whole people of a lake and all their facts; keys of a later part are higher.

    people: the file of its people. count: how many they are. facts: concept -> its file; rows: concept -> its facts.
    """

    number: int
    people: Path
    count: int
    facts: Mapping[str, Path]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Facts:
    """A lake as an engine reads it: part by part, people in the order of their keys.

    vocabulary: digest of the concepts that the rows were made with. synthetic: its people are made up.
    """

    parts: tuple[Part, ...]
    vocabulary: str
    synthetic: bool = False

    @property
    def count(self) -> int:
        """How many people there are."""
        return sum(part.count for part in self.parts)
