"""A cohort judged by an engine -> the patterns that the funnel counts; what is wanted of people the reference says."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final, Protocol

from ..eligibility.cohort import OUTCOMES, SIGN, Answer, Asking, asking_of
from ..eligibility.cohort import Pattern as Alike
from ..eligibility.person import screen_person
from ..eligibility.verdict import Outcome, Verdict
from ..facts import Fact
from ..protocol.model import Criterion
from ..protocol.model import Protocol as Trial
from ..rules.nodes import Moment
from .funnel import Pattern, joined
from .funnel_people import MONTH, SITE, Evaluate, Sought, Tally, ordered, sought_of

MOST: Final = 20_000  # people whom the reference asks one by one, to tell what is wanted
_AT_ONCE: Final = 5_000  # of them held at a time


class Answers(Protocol):
    """What an engine found, as eligibility.duckdb.Answers tells it of the criteria of a trial."""

    def patterns(self, by: Sequence[str] = ()) -> list[Alike]: ...

    def each(self, where: str = "TRUE") -> Iterator[Answer]: ...


@dataclass(frozen=True, slots=True)
class Cohort:
    """People in a folder of facts, and an engine to judge them.

    judge: has everybody judged; once. answers: what was then found, of the criteria of a trial that were asked for.
    facts_of: the facts of some people, by their keys.
    """

    people: int
    judge: Callable[[Asking], None]
    answers: Callable[[Trial], Answers]
    facts_of: Callable[[Sequence[int]], Mapping[int, Sequence[Fact]]]


def by_engine(
    cohort: Cohort, trial: Trial, on: date, complete: Iterable[str] = (), moment: Moment | None = None
) -> Evaluate:
    """Judges everybody in a cohort by its engine."""
    names = tuple(complete)

    def evaluate(beside: Sequence[Criterion]) -> Tally:
        asked, moments = _with_more(trial, beside), {} if moment is None else {MONTH: moment}
        cohort.judge(asking_of(asked, on, names, moments))
        by = (SITE, *moments)
        found = cohort.answers(asked).patterns(by)
        told = joined(Pattern(each.truths, dict(zip(by, each.groups, strict=True)), each.people) for each in found)
        undetermined = f"outcome = {OUTCOMES.index(Outcome.UNDETERMINED)}"
        signed = undetermined + (f' AND "{SIGN}" = 2' if trial.sign is not None else "")
        people = list(islice(cohort.answers(trial).each(signed), MOST + 1))
        if len(people) > MOST:
            return Tally(told, None)
        wanting: Counter[frozenset[Sought]] = Counter()
        for verdict in explained(people, cohort, trial, on, names):
            wanting[sought_of(verdict)] += 1
        return Tally(told, ordered(wanting))

    return evaluate


def _with_more(trial: Trial, beside: Sequence[Criterion]) -> Trial:
    """The trial with further criteria behind its own, each under a name that no other has."""
    more = (replace(each, id=f"{each.id} moved {number}") for number, each in enumerate(beside, 1))
    return replace(trial, criteria=(*trial.criteria, *more))


def explained(
    answers: Iterable[Answer], cohort: Cohort, trial: Trial, on: date, complete: Sequence[str]
) -> Iterator[Verdict]:
    """The reference's verdicts about the people of these answers, some at a time."""
    left = iter(answers)
    while chunk := list(islice(left, _AT_ONCE)):
        facts = cohort.facts_of([answer.key for answer in chunk])
        for answer in chunk:
            yield screen_person(trial, answer.person, facts.get(answer.key, ()), on, complete)
