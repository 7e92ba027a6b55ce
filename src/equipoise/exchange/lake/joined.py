"""The words and codes of several trials as one, so that records are read once for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ...concepts import Concept, Vocabulary
from ...faults import Fault
from ...protocol.model import Protocol
from ..bindings import Bindings, compile_bindings
from .manifest import codes_digest, meaning, vocabulary_digest


@dataclass(frozen=True)
class Words:
    """What records are read for: a trial with the concepts and codes of several, and their names."""

    trial: Protocol
    names: tuple[str, ...]

    @property
    def vocabulary(self) -> Vocabulary:
        return self.trial.vocabulary

    @cached_property
    def bindings(self) -> Bindings:
        return compile_bindings(self.trial.codes, self.trial.vocabulary)

    @cached_property
    def digests(self) -> tuple[str, str]:
        """Of the concepts and of the codes."""
        return vocabulary_digest(self.trial.vocabulary), codes_digest(self.trial.codes)


def joined(trials: Sequence[Protocol]) -> Words:
    """The words of all trials. Raises Fault where one word means two things, or is read from different codes."""
    vocabulary: dict[str, Concept] = {}
    whose: dict[str, Protocol] = {}
    for trial in trials:
        for name, concept in trial.vocabulary.items():
            before = vocabulary.setdefault(name, concept)
            owner = whose.setdefault(name, trial)
            if meaning(before) != meaning(concept):
                raise Fault(
                    f'The concept "{name}" means one thing in {owner.acronym} and another in {trial.acronym}: '
                    "give one of them another name, or load the records of each trial into a folder of its own."
                )
    codes = _codes([trial.codes for trial in trials])
    one = replace(trials[0], vocabulary=MappingProxyType(vocabulary), codes=codes)
    return Words(one, tuple(trial.id for trial in trials))


def _codes(tables: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    merged: dict[str, dict[str, Any]] = {}
    for table in tables:
        for part, entries in table.items():
            if not isinstance(entries, Mapping):
                continue
            into = merged.setdefault(part, {})
            for name, entry in entries.items():
                if into.setdefault(name, entry) != entry:
                    raise Fault(
                        f"codes.toml of two trials say different things of {part}.{name}: make them alike, "
                        "or load the records of each trial into a folder of its own."
                    )
    return merged
