"""One rule about one person: its truth, on which values, by which version, and how sure its numbers are."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ..protocol.doses import Advice, Cycle, DoseRule, DoseWarning, Level, Ready
from ..protocol.model import Protocol
from ..rules.because import because, want_text
from ..rules.findings import Finding
from ..rules.prose import listed
from ..truth import FALSE, TRUE, UNKNOWN, Truth


class Ruling(NamedTuple):
    """One rule, readiness item or warning about one person, and how it came about."""

    item: DoseRule | Ready | DoseWarning
    finding: Finding
    trial: Protocol

    @property
    def id(self) -> str:
        return self.item.id

    @property
    def truth(self) -> Truth:
        return self.finding.truth

    @property
    def because(self) -> str:
        """The clause that names the values, with the version of the table that graded them."""
        text = because(self.finding, self.trial.vocabulary)
        versions = listed(list(dict.fromkeys(self.versions.values())), "and") if self.versions else ""
        return f"{text} (graded by {versions})" if versions else text

    @property
    def versions(self) -> Mapping[str, str]:
        """Concept -> the version of the grading table that the rule uses; empty when it grades nothing."""
        graded = self.item.graded if isinstance(self.item, DoseRule) else ()
        return {name: self.trial.gradings[name].version for name in graded}

    @property
    def flags(self) -> tuple[str, ...]:
        """What a reader must know of the rule's origin, wherever its numbers are shown."""
        return flags_of(self.item, self.trial.acronym)

    @property
    def missing(self) -> tuple[str, ...]:
        """What would settle an unknown, in words."""
        wants = self.finding.wants if self.truth is UNKNOWN else ()
        return tuple(dict.fromkeys(want_text(want, self.trial.vocabulary) for want in wants))

    @property
    def sentence(self) -> str:
        """The whole of it for a person: which rule, on which values, what to do, and how sure its numbers are."""
        flags = f"[{'; '.join(self.flags)}]" if self.flags else ""
        return " ".join(part for part in (f"{self._standing}: {self.because}.", self._to_do, flags) if part)

    @property
    def _standing(self) -> str:
        item, name = self.item, self.id
        if isinstance(item, Ready):
            return f"{item.label}, {_IS_READY[self.truth]} ({name})"
        if isinstance(item, DoseWarning):
            return f"Warning {name}"
        if self.truth is UNKNOWN:
            return f"{name} ({item.action}) cannot be judged yet"
        if self.truth is FALSE:
            return f"{name} ({item.action}) does not hold"
        about = f" ({item.toxicity})" if item.toxicity else ""
        return f"{item.action.capitalize()} by {name}{about}"

    @property
    def _to_do(self) -> str:
        if isinstance(self.item, Ready):
            return "" if self.truth is TRUE else self.item.message
        return self.item.message if self.truth is TRUE else ""


_IS_READY: Final = {TRUE: "in order", FALSE: "not in order", UNKNOWN: "not known"}


def flags_of(item: DoseRule | Ready | DoseWarning | Advice | Cycle | Level, acronym: str) -> tuple[str, ...]:
    """What is said beside every number of the item: that it is unverified, that it is not from the trial."""
    unverified = ("unverified",) if getattr(item, "unverified", False) else ()
    return (*unverified, *((f"ours, not from {acronym}",) if item.ours else ()))
