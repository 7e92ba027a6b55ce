"""People judged one by one, by the reference -> the patterns that the funnel counts, and what is wanted of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from ..dates import Span
from ..eligibility.person import checked
from ..eligibility.verdict import Outcome, Verdict, decide
from ..facts import Reading
from ..faults import Fault
from ..protocol.deadlines import moment_named
from ..protocol.model import Criterion, Protocol
from ..rules.case import build_case
from ..rules.evaluate import evaluate
from ..rules.nodes import Moment
from ..truth import TRUE, Truth
from .funnel import Pattern, joined

SITE, MONTH = "site", "month"


class Sought(NamedTuple):
    """One thing that is wanted to settle what is open: its name (concept or concept.field), its words, who knows it."""

    name: str
    text: str
    who: str


class Wanting(NamedTuple):
    """Undetermined people of whom the same things are wanted, and nothing else."""

    needs: frozenset[Sought]
    people: int


@dataclass(frozen=True, slots=True)
class Tally:
    """A cohort as it is counted.

    patterns: people by the truths of the trial's criteria and then of those that were asked beside them.
    wanting: the undetermined people with a sign of the disease (where the trial says what that is) by what is wanted of
    them; None where whoever counted cannot tell.
    """

    patterns: tuple[Pattern, ...]
    wanting: tuple[Wanting, ...] | None = None


# Judges everybody by the trial's criteria and by these others beside them; one pass, however many there are.
Evaluate = Callable[[Sequence[Criterion]], Tally]


class Wanted(NamedTuple):
    """One thing wanted: of how many undetermined people, and of how many of them it is all that is wanted."""

    sought: Sought
    people: int
    only: int


def wanted(wanting: Iterable[Wanting]) -> tuple[Wanted, ...]:
    """What is wanted, the most wanted first."""
    people, only = Counter[Sought](), Counter[Sought]()
    for needs, number in wanting:
        for each in needs:
            people[each] += number
            only[each] += number if len(needs) == 1 else 0
    found = [Wanted(sought, number, only[sought]) for sought, number in people.items()]
    return tuple(sorted(found, key=lambda each: (-each.people, -each.only, each.sought)))


def tally_of(
    verdicts: Iterable[Verdict],
    beside: Sequence[Criterion] = (),
    sites: Mapping[str, str] | None = None,
    moment: Moment | None = None,
) -> Tally:
    """The verdicts, counted; none of them is kept.

    beside: further criteria to judge everybody by. sites: person -> site, when people are told apart by it.
    moment: people are told apart by the month of it.
    """
    patterns: Counter[tuple[tuple[Truth, ...], tuple[tuple[str, str], ...]]] = Counter()
    wanting: Counter[frozenset[Sought]] = Counter()
    for verdict in verdicts:
        truths = [judgement.truth for judgement in verdict.judgements]
        truths += [evaluate(criterion.rule, verdict.case).truth for criterion in beside]
        patterns[tuple(truths), tuple(_group(verdict, sites, moment))] += 1
        if is_wanted_of(verdict):
            wanting[sought_of(verdict)] += 1
    counted = joined(Pattern(truths, dict(group), people) for (truths, group), people in patterns.items())
    return Tally(counted, ordered(wanting))


def is_wanted_of(verdict: Verdict) -> bool:
    """Is it worth knowing what is wanted of this person: undetermined, and with a sign of the disease?"""
    sign = verdict.trial.sign
    return verdict.outcome is Outcome.UNDETERMINED and (sign is None or evaluate(sign, verdict.case).truth is TRUE)


def sought_of(verdict: Verdict) -> frozenset[Sought]:
    """What would settle what is open about one person."""
    return frozenset(Sought(need.name, need.text, need.who) for need in verdict.needs)


def ordered(wanting: Mapping[frozenset[Sought], int]) -> tuple[Wanting, ...]:
    """The commonest first, in an order that does not depend on that of the people."""
    found = sorted(wanting.items(), key=lambda each: (-each[1], sorted(each[0])))
    return tuple(Wanting(needs, people) for needs, people in found)


def by_reference(
    trial: Protocol,
    reading: Reading,
    on: date,
    complete: Iterable[str] = (),
    moment: Moment | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluate:
    """Judges everybody in a reading, one after the other. Raises Fault for a concept that is not there."""
    names = checked(trial, complete)
    sites = sites_of(reading)

    def verdicts() -> Iterator[Verdict]:
        by_person = reading.by_person()
        for number, (person, facts) in enumerate(by_person.items(), 1):
            yield decide(person, on, trial, build_case(facts, on, trial.vocabulary, names))
            if progress is not None:
                progress(number, len(by_person))

    return lambda beside: tally_of(verdicts(), beside, sites or None, moment)


def sites_of(reading: Reading) -> Mapping[str, str]:
    """Person -> site, for those of whom the records tell it."""
    return getattr(reading, "sites", {})


def _group(verdict: Verdict, sites: Mapping[str, str] | None, moment: Moment | None) -> Iterator[tuple[str, str]]:
    if sites is not None:
        yield SITE, sites.get(verdict.person, "")
    if moment is not None:
        yield MONTH, month_text(verdict.case.when(moment)[0])


def month_text(days: Span | None) -> str:
    """The month in which all of these days lie ("2026-05"); "" where there are none, or where they lie in several."""
    if days is None:
        return ""
    first, last = (day.isoformat()[:7] for day in (days.first, days.last))
    return first if first == last else ""


def month_moment(trial: Protocol, stated: str | None) -> Moment | None:
    """The moment by whose month people are told apart: the one stated, else that of the trial's first deadline.

    Raises Fault for a name that has no date.
    """
    if stated is None:
        return trial.deadlines[0].moment if trial.deadlines else None
    moment = moment_named(stated, trial.vocabulary, trial.moments)
    if moment is None:
        dated = [*trial.moments, *(name for name, each in trial.vocabulary.items() if each.kind in ("record", "date"))]
        near = get_close_matches(stated, dated, n=3, cutoff=0.5) or dated
        raise Fault(f'--by-month: "{stated}" is nothing with a date in {trial.acronym}: write {" or ".join(near)}.')
    return moment
