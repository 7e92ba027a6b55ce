"""A person's facts -> the stratum to be randomised in, with the evidence; or why there is none yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..concepts import Vocabulary
from ..facts import Fact
from ..protocol.allocation import JOINT, Allocation, Factor, Level
from ..rules.because import because
from ..rules.case import Case
from ..rules.evaluate import evaluate
from ..rules.findings import Finding, assumed_by, facts_of
from ..truth import TRUE, UNKNOWN


@dataclass(frozen=True, slots=True)
class Placing:
    """The level of one factor, and how it came about; level is None while it cannot be told.

    because: the clause that tells why, made of the evidence. assumed: what was taken for granted.
    """

    factor: Factor
    level: Level | None
    because: str
    facts: tuple[Fact, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The level in one sentence."""
        name = self.factor.label[0].upper() + self.factor.label[1:]
        if self.level is None:
            return f"{name} cannot be told yet: {self.because}."
        return f"{name} is {self.level.label}: {self.because}."


@dataclass(frozen=True, slots=True)
class Stratum:
    """The levels of all factors of one person, in the order of the protocol."""

    placings: tuple[Placing, ...]

    @property
    def levels(self) -> Mapping[str, str]:
        """factor -> level, by their ids: what `Randomiser.allocate` takes."""
        return {each.factor.id: each.level.id for each in self.placings if each.level is not None}

    @property
    def name(self) -> str:
        """ "G1|R0"."""
        return JOINT.join(self.levels.values())

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The evidence, each fact once."""
        return tuple({id(fact): fact for each in self.placings for fact in each.facts}.values())


@dataclass(frozen=True, slots=True)
class NoStratum:
    """Nobody can be randomised in this state; `sentence` says why, and by that what to find."""

    placings: tuple[Placing, ...]

    @property
    def sentence(self) -> str:
        missing = [each.sentence for each in self.placings if each.level is None]
        return f"The person cannot be randomised yet. {' '.join(missing)}"


def stratum_of(allocation: Allocation, case: Case) -> Stratum | NoStratum:
    """The stratum of a person by the rules of the trial's factors, as of the case's day."""
    placings = tuple(placing(factor, case) for factor in allocation.factors)
    if all(each.level is not None for each in placings):
        return Stratum(placings)
    return NoStratum(placings)


def placing(factor: Factor, case: Case) -> Placing:
    """The one level whose rule is true, while every other is surely false; else none, with the reason."""
    found = [(level, evaluate(level.rule, case)) for level in factor.levels]
    true = [(level, finding) for level, finding in found if finding.truth is TRUE]
    open_ones = [(level, finding) for level, finding in found if finding.truth is UNKNOWN]
    findings = [finding for _, finding in found]
    if len(true) == 1 and not open_ones:
        level, finding = true[0]
        return Placing(factor, level, because(finding, case.vocabulary), finding.facts, assumed_by(findings))
    why = _why_none(true, open_ones, findings, case.vocabulary)
    return Placing(factor, None, why, facts_of(findings), assumed_by(findings))


def _why_none(
    true: list[tuple[Level, Finding]], open_ones: list[tuple[Level, Finding]], findings: list[Finding],
    vocabulary: Vocabulary,
) -> str:  # fmt: skip
    if len(true) > 1:
        names = " and ".join(level.label for level, _ in true)
        return f"{names} are both true ({_clauses([finding for _, finding in true], vocabulary)})"
    if open_ones:
        return _clauses([finding for _, finding in open_ones], vocabulary)
    return f"none of its levels is true ({_clauses(findings, vocabulary)})"


def _clauses(findings: list[Finding], vocabulary: Vocabulary) -> str:
    """What the findings say, each clause once."""
    return "; ".join(dict.fromkeys(because(finding, vocabulary) for finding in findings))
