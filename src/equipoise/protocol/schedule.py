"""schedule.toml -> the visits of a trial: when each is due, in which arm, and what it collects."""

from dataclasses import dataclass

from ..rules.grammar import Language
from .file import File


@dataclass(frozen=True, slots=True)
class Schedule:
    """The visits of a trial."""


def read_schedule(file: File, language: Language, arms: tuple[str, ...]) -> Schedule:
    """The schedule that the file declares; every mistake goes to the file, none stops the reading."""
    return Schedule()
