"""randomisation.toml -> how people are allocated to arms: method, strata, block sizes, weights."""

from dataclasses import dataclass

from ..rules.grammar import Language
from .file import File


@dataclass(frozen=True, slots=True)
class Allocation:
    """The plan by which people are allocated."""


def read_allocation(file: File, language: Language, arms: tuple[str, ...]) -> Allocation:
    """The plan that the file declares; every mistake goes to the file, none stops the reading."""
    return Allocation()
