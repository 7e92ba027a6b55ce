"""A laboratory value -> its grade by the trial's table: exact, or the grades between which it cannot be told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..concepts import Vocabulary
from ..facts import Fact
from ..protocol.gradings import Grading
from ..quantities import Quantity
from ..rules.case import build_case
from ..rules.prose import fact_text
from ..rules.values import of_grade
from ..truth import FALSE, TRUE, UNKNOWN

_IMPRECISE: Final = "the value is not exact enough"


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of one value: from `low` to `high`, the same where it is known; 0 is none.

    By the table's numbers alone: what a grade says of consequences ("life-threatening") no number can tell.
    why: as a clause, why it is not known. sentence: all of it, with the version of the table.
    """

    fact: Fact
    concept: str
    low: int
    high: int
    version: str
    why: str
    sentence: str

    @property
    def grade(self) -> int | None:
        """The grade; None where it is not known."""
        return self.low if self.low == self.high else None


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst grade of a concept: it is at least `low` and at most `high`; the values that say so."""

    concept: str
    low: int
    high: int
    version: str
    graded: tuple[Graded, ...]
    sentence: str

    @property
    def grade(self) -> int | None:
        """The worst grade; None where it is not known."""
        return self.low if self.low == self.high else None


def grade_of(fact: Fact, grading: Grading, vocabulary: Vocabulary) -> Graded:
    """The grade of the fact's value by the table, with the laboratory's own limits and exact conversion of units.

    A step by a limit of normal that is not on record stays open: no reference range is ever assumed.
    """
    concept = vocabulary[fact.concept]
    top = max((step.grade for step in grading.steps), default=0)
    if fact.doubt or not isinstance(fact.value, Quantity):
        return _graded(fact, grading, vocabulary, 0, top, fact.doubt or "the entry is no number")
    value = fact.value
    reached = {grade: of_grade(value, ">=", grade, grading.steps, fact, concept) for grade in range(1, top + 1)}
    low = max((grade for grade, judged in reached.items() if judged.truth is TRUE), default=0)
    high = max((grade for grade, judged in reached.items() if judged.truth is not FALSE), default=0)
    why = next((judged.why or _IMPRECISE for judged in reached.values() if judged.truth is UNKNOWN), "")
    return _graded(fact, grading, vocabulary, low, high, why)


def _graded(fact: Fact, grading: Grading, vocabulary: Vocabulary, low: int, high: int, why: str) -> Graded:
    said = f"{fact_text(fact, vocabulary)}: {_grade_words(low, high)} ({grading.version})"
    sentence = f"{said}: {why}." if low != high else f"{said}."
    return Graded(fact, fact.concept, low, high, grading.version, why if low != high else "", sentence)


def _grade_words(low: int, high: int) -> str:
    """ "grade 2", "grade 0, none by the table", "grade 0 or 1, which cannot be told apart"."""
    if low == high:
        return f"grade {low}" if low else "grade 0, none by the table"
    return f"grade {low} {'or' if high == low + 1 else 'to'} {high}, which cannot be told apart"


def graded_values(
    facts: Iterable[Fact], gradings: Mapping[str, Grading], vocabulary: Vocabulary, on: date
) -> tuple[Graded, ...]:
    """Every value of a graded concept that stands on that day, in the order of the tables, earliest first."""
    case = build_case(facts, on, vocabulary)
    return tuple(grade_of(fact, grading, vocabulary) for name, grading in gradings.items() for fact in case.of(name))


def worst_grades(
    facts: Iterable[Fact],
    gradings: Mapping[str, Grading],
    vocabulary: Vocabulary,
    on: date,
    since: date | None = None,
) -> tuple[Worst, ...]:
    """The worst grade of each graded concept, of the values that stand on `on`, from the day `since` on.

    A value that is perhaps older than `since` (a partial date) can raise the highest grade, not the lowest.
    """
    first = since.toordinal() if since is not None else 0
    by_concept: dict[str, list[Graded]] = {}
    for graded in graded_values(facts, gradings, vocabulary, on):
        if graded.fact.when.hi >= first:
            by_concept.setdefault(graded.concept, []).append(graded)
    return tuple(_worst(found, first, vocabulary) for found in by_concept.values())


def _worst(found: list[Graded], first: int, vocabulary: Vocabulary) -> Worst:
    concept, version = found[0].concept, found[0].version
    low = max((graded.low for graded in found if graded.fact.when.lo >= first), default=0)
    high = max(graded.high for graded in found)
    telling = tuple(graded for graded in found if graded.high == high)
    label, count = vocabulary[concept].label, f"{len(found)} value{'' if len(found) == 1 else 's'}"
    by = fact_text(telling[-1].fact, vocabulary)
    why = f": {telling[-1].why or 'a value may be of an earlier day'}" if low != high else ""
    sentence = f"{label}, worst of {count}: {_grade_words(low, high)} ({version}), by {by}{why}."
    return Worst(concept, low, high, version, telling, sentence)
