"""treatment.toml -> the cycles of a treatment, its product, and the rules that hold, reduce or stop a dose."""

from dataclasses import dataclass

from ..rules.grammar import Language
from .file import File


@dataclass(frozen=True, slots=True)
class Treatment:
    """The treatment of a trial."""


def read_treatment(file: File, language: Language, arms: tuple[str, ...]) -> Treatment:
    """The treatment that the file declares; every mistake goes to the file, none stops the reading."""
    return Treatment()
