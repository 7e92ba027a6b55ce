"""analysis.toml -> how the arms are compared: endpoints, populations, analyses and looks, each with its source."""

from dataclasses import dataclass

from ..rules.grammar import Language
from .file import File


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """How the arms of a trial are compared."""


def read_analysis(file: File, language: Language, arms: tuple[str, ...]) -> AnalysisPlan:
    """The plan that the file declares; every mistake goes to the file, none stops the reading."""
    return AnalysisPlan()
