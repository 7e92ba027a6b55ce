"""safety.toml -> the clocks of serious events, what is expected, and when a trial is stopped for toxicity."""

from dataclasses import dataclass

from ..rules.grammar import Language
from .file import File


@dataclass(frozen=True, slots=True)
class Safety:
    """What a trial lays down about safety, its grading tables apart."""


def read_safety(file: File, language: Language, arms: tuple[str, ...]) -> Safety:
    """What the file declares beside the gradings; every mistake goes to the file, none stops the reading."""
    return Safety()
