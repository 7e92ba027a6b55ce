"""A cohort judged by an engine -> the patterns that the funnel counts; what is wanted of people the reference says."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from ..eligibility.cohort import OUTCOMES, SIGN, Answer, Engine, FactsOf, asking_of, judge_all
from ..eligibility.lake import Part
from ..eligibility.person import screen_person
from ..eligibility.verdict import Outcome, Verdict
from ..protocol.model import Criterion, Protocol
from ..rules.nodes import Moment
from .funnel import Pattern, joined
from .funnel_people import MONTH, SITE, Evaluate, Sought, Tally, ordered, sought_of

MOST: Final = 20_000  # people whom the reference asks one by one, to tell what is wanted
_AT_ONCE: Final = 5_000  # of them held at a time
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of facts: its parts, and how the facts of some of its people are fetched (by their keys)."""

    parts: Sequence[Part]
    facts_of: FactsOf


def by_engine(
    engine: Engine,
    store: Store,
    trial: Protocol,
    on: date,
    work: Path,
    complete: Iterable[str] = (),
    moment: Moment | None = None,
    progress: Progress | None = None,
) -> Evaluate:
    """Judges everybody in a store by an engine, which writes its answers into the folder `work`; it must be empty."""
    names = tuple(complete)

    def evaluate(beside: Sequence[Criterion]) -> Tally:
        from ..eligibility.duckdb import Answers  # only whoever has a cohort needs the library behind it

        asked, folder, spill = _with_more(trial, beside), work / "answers", work / "spill"
        moments = {} if moment is None else {MONTH: moment}
        judge_all(engine, asking_of(asked, on, names, moments), store.parts, folder, store.facts_of, progress)
        by = (SITE, *moments)
        found = Answers(asked, folder, spill).patterns(by)
        told = joined(Pattern(each.truths, dict(zip(by, each.groups, strict=True)), each.people) for each in found)
        undetermined = f"outcome = {OUTCOMES.index(Outcome.UNDETERMINED)}"
        signed = undetermined + (f' AND "{SIGN}" = 2' if trial.sign is not None else "")
        people = list(islice(Answers(trial, folder, spill).each(signed), MOST + 1))
        if len(people) > MOST:
            return Tally(told, None)
        wanting: Counter[frozenset[Sought]] = Counter()
        for verdict in explained(people, store, trial, on, names):
            wanting[sought_of(verdict)] += 1
        return Tally(told, ordered(wanting))

    return evaluate


def _with_more(trial: Protocol, beside: Sequence[Criterion]) -> Protocol:
    """The trial with further criteria behind its own, each under a name that no other has."""
    more = (replace(each, id=f"{each.id} moved {number}") for number, each in enumerate(beside, 1))
    return replace(trial, criteria=(*trial.criteria, *more))


def explained(
    answers: Iterable[Answer], store: Store, trial: Protocol, on: date, complete: Sequence[str]
) -> Iterator[Verdict]:
    """The reference's verdicts about the people of these answers, some at a time."""
    left = iter(answers)
    while chunk := list(islice(left, _AT_ONCE)):
        facts = store.facts_of(store.parts, [answer.key for answer in chunk])
        for answer in chunk:
            yield screen_person(trial, answer.person, facts.get(answer.key, ()), on, complete)
