"""Many people at once: who is eligible, one truth per person and criterion. An engine finds the truths in tables of
facts; whom the tables cannot hold, the reference judges. Why somebody is so, the reference says (person.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from ..concepts import Vocabulary
from ..facts import Fact
from ..protocol.model import Protocol as Trial
from ..rules.case import build_case
from ..rules.evaluate import evaluate
from ..rules.nodes import Moment, Rule
from ..truth import FALSE, TRUE, UNKNOWN, Truth
from .lake import Part
from .person import checked
from .verdict import Outcome

CODES: Final = {FALSE: 0, UNKNOWN: 1, TRUE: 2}
TRUTHS: Final = (FALSE, UNKNOWN, TRUE)  # by code
SIGN: Final = "sign"  # the column of the trial's sign of the disease


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of everybody: rules by the name of their column, on a day; and the days of moments, for grouping.

    rules: the criteria by their ids, and the trial's sign of the disease. complete: concepts of which the records hold
    all there is.
    """

    rules: Mapping[str, Rule]
    vocabulary: Vocabulary
    on: date
    complete: frozenset[str] = frozenset()
    moments: Mapping[str, Moment] = field(default_factory=dict[str, Moment])


# The facts of some people of some parts, by their keys.
FactsOf = Callable[[Sequence[Part], Sequence[int]], Mapping[int, Sequence[Fact]]]


class Engine(Protocol):
    """Finds the truths of an asking in tables of facts."""

    name: str
    people_at_once: int  # so many it likes to judge together; memory grows with them

    def judge(self, asking: Asking, parts: Sequence[Part], answers: Path, facts_of: FactsOf) -> None:
        """Writes the answers about everybody in the parts as one Parquet file: key, person, site, by_reference (was it
        the reference that judged?), one truth a rule (0 false, 1 unknown, 2 true), NAME_lo and NAME_hi of each moment.
        """
        ...


def asking_of(
    trial: Trial, on: date, complete: Iterable[str] = (), moments: Mapping[str, Moment] | None = None
) -> Asking:
    """All criteria of a trial. Raises Fault for a name in `complete` that is no concept of it."""
    rules = {criterion.id: criterion.rule for criterion in trial.criteria}
    if trial.sign is not None:
        rules[SIGN] = trial.sign
    return Asking(rules, trial.vocabulary, on, checked(trial, complete), moments or {})


def by_reference(asking: Asking, facts: Iterable[Fact]) -> dict[str, int | str | None]:
    """What an engine finds of one person, found by the reference: the columns of the rules and of the moments."""
    case = build_case(facts, asking.on, asking.vocabulary, asking.complete)
    found: dict[str, int | str | None] = {
        name: CODES[evaluate(rule, case).truth] for name, rule in asking.rules.items()
    }
    for name, moment in asking.moments.items():
        span, _ = case.when(moment)
        found[f"{name}_lo"] = None if span is None else span.first.isoformat()
        found[f"{name}_hi"] = None if span is None else span.last.isoformat()
    return found


def outcome_sql(trial: Trial) -> str:
    """verdict.outcome_of as SQL over the columns of the criteria: 0 ineligible, 1 undetermined, 2 eligible."""
    favour = [f'"{c.id}"' if c.kind == "inclusion" else f'2 - "{c.id}"' for c in trial.criteria]
    return f"least({', '.join(favour)})" if len(favour) > 1 else favour[0]


OUTCOMES: Final = (Outcome.INELIGIBLE, Outcome.UNDETERMINED, Outcome.ELIGIBLE)  # by code


class Pattern(NamedTuple):
    """People who stand alike: the truths of the criteria in the protocol's order, the groups they are of, how many."""

    truths: tuple[Truth, ...]
    groups: tuple[str, ...]
    people: int


class Answer(NamedTuple):
    """What a cohort says of one person."""

    key: int
    person: str
    site: str
    outcome: Outcome
    sign: bool
    truths: tuple[Truth, ...]


def batches(parts: Sequence[Part], people: int) -> Iterator[tuple[Part, ...]]:
    """The parts in order, as many together as hold about so many people."""
    batch: list[Part] = []
    for part in parts:
        if batch and sum(each.count for each in batch) + part.count > people:
            yield tuple(batch)
            batch = []
        batch.append(part)
    if batch:
        yield tuple(batch)


def judge_all(
    engine: Engine, asking: Asking, parts: Sequence[Part], answers: Path, facts_of: FactsOf,
    progress: Callable[[int, int], None] | None = None,
) -> None:  # fmt: skip
    """Fills the folder `answers`, one file for some parts at a time; files that are there from before are kept.

    So a run that was killed goes on where it stopped: the caller sees to it that the folder belongs to this asking.
    progress: called with the number of people done and of all.
    """
    answers.mkdir(parents=True, exist_ok=True)
    total = sum(part.count for part in parts)
    done = 0
    for batch in batches(parts, engine.people_at_once):
        file = answers / f"answers-{batch[0].number:04d}-{batch[-1].number:04d}.parquet"
        if not file.is_file():
            beside = file.with_suffix(".part")
            engine.judge(asking, batch, beside, facts_of)
            beside.replace(file)
        done += sum(part.count for part in batch)
        if progress is not None:
            progress(done, total)
