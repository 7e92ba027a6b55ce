"""A whole store of facts against a trial: an engine says who, the reference says why.

>>> from equipoise.cohort import screen_lake                                   # doctest: +SKIP
>>> found = screen_lake(open_lake("facts/"), trial, on, DuckDbEngine(scratch), work)   # doctest: +SKIP
>>> found.count()                                                              # doctest: +SKIP
>>> for verdict in found.verdicts("open"): print(verdict)                      # doctest: +SKIP
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final, Literal

from .eligibility.cohort import Answer, Asking, Engine, Pattern, asking_of, judge_all
from .eligibility.duckdb import Answers
from .eligibility.lake import Part
from .eligibility.person import screen_person
from .eligibility.verdict import Outcome, Verdict
from .exchange.lake import Lake
from .exchange.lake.by_key import facts_by_key
from .faults import Fault
from .protocol.model import Protocol
from .rules.nodes import Moment

Who = Literal["everyone", "open", "nobody"]
Progress = Callable[[int, int], None]
_TOGETHER: Final = 2000  # people whose facts are held at once while the reference explains them


@dataclass(frozen=True, slots=True)
class CohortScreening:
    """The answers about everybody in a store on one day. Truths are there for all; sentences when asked for."""

    trial: Protocol
    on: date
    asking: Asking
    lake: Lake
    answers: Answers

    def count(self) -> dict[str, int]:
        """People by outcome; those who are eligible, or not yet known with a sign of the disease ("open"); and all."""
        return self.answers.count()

    def patterns(self, by: Sequence[str] = ()) -> list[Pattern]:
        """How many people stand alike, by "site" or by the month of a moment that was asked for."""
        return self.answers.patterns(by)

    def each(self) -> Iterator[Answer]:
        """Everybody's truths, in the order of the store."""
        return self.answers.each()

    def explained(self, who: Who = "open") -> Iterator[tuple[Answer, Verdict | None]]:
        """Everybody in the order of the store, with the reference's verdict for whom it is wanted.

        open: for people who are eligible, or not yet known with a sign of the disease.
        Raises RuntimeError should the reference and the engine ever disagree.
        """
        answers, before = self.each(), 0
        while chunk := list(islice(answers, _TOGETHER)):
            wanted = [answer for answer in chunk if _wanted(answer, who)]
            parts = self._parts(before, before + len(chunk))
            before += len(chunk)
            facts = facts_by_key(parts, [answer.key for answer in wanted]) if wanted else {}
            for answer in chunk:
                if answer.key not in facts:
                    yield answer, None
                    continue
                verdict = screen_person(self.trial, answer.person, facts[answer.key], self.on, self.asking.complete)
                if tuple(judgement.truth for judgement in verdict.judgements) != answer.truths:
                    raise RuntimeError(f"the engine and the reference disagree about person number {answer.key}")
                yield answer, verdict

    def verdicts(self, who: Who = "open") -> Iterator[Verdict]:
        """The verdicts of those for whom they are wanted, with evidence and sentences, by the reference."""
        return (verdict for _, verdict in self.explained(who) if verdict is not None)

    def _parts(self, start: int, end: int) -> list[Part]:
        """The parts with the people from one place to another in the order of the store."""
        found: list[Part] = []
        before = 0
        for part in self.lake.parts:
            if before < end and before + part.count > start:
                found.append(part)
            before += part.count
        return found


def _wanted(answer: Answer, who: Who) -> bool:
    if who != "open":
        return who == "everyone"
    return answer.outcome is Outcome.ELIGIBLE or (answer.outcome is Outcome.UNDETERMINED and answer.sign)


def screen_lake(
    lake: Lake, trial: Protocol, on: date, engine: Engine, work: Path, complete: Iterable[str] = (),
    moments: Mapping[str, Moment] | None = None, progress: Progress | None = None,
) -> CohortScreening:  # fmt: skip
    """Screens everybody in a lake on one day.

    work: a folder for the answers. What an earlier call left there about the very same asking is not judged again; what
    belongs to another is removed. Raises Fault for a concept in `complete` that the trial does not know, and when there
    is nobody in the lake.
    """
    if not lake.facts.count:
        raise Fault(f"There is no person in {lake.folder}: load the records of at least one.")
    asking = asking_of(trial, on, complete, moments)
    answers = work / f"answers-{_signature(asking, trial, lake, engine)}"
    for other in work.glob("answers-*") if work.is_dir() else ():
        if other != answers:
            shutil.rmtree(other, ignore_errors=True)
    judge_all(engine, asking, lake.parts, answers, facts_by_key, progress)
    return CohortScreening(trial, on, asking, lake, Answers(trial, answers, work / "scratch"))


def _signature(asking: Asking, trial: Protocol, lake: Lake, engine: Engine) -> str:
    """Tells one asking from every other: the protocol, the day, the facts, and who judges."""
    told = [
        trial.digest, asking.on.isoformat(), *sorted(asking.complete), *sorted(asking.moments), engine.name,
        str(engine.people_at_once), str(lake.folder.resolve()), lake.manifest.vocabulary, str(lake.manifest.generation),
        *(f"{part.number} {part.people.name} {part.count}" for part in lake.parts),
    ]  # fmt: skip
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
