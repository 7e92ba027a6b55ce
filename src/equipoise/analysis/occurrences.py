"""What happened to a person, and on which day: the facts that an endpoint looks at, each with its day.

A day that is known in part only is read as the first that it can have been: not before the last scan without disease,
where scans see the event, and else not before the last day on which the person is known to have been alive.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

from ..concepts import Vocabulary
from ..dates import ANY_DAY, EARLIEST, Span
from ..facts import Fact
from ..participant.record import FACT_ID, Participant
from ..protocol.endpoints import Occurrence
from ..rules.because import because
from ..rules.case import Case
from ..rules.evaluate import evaluate
from ..rules.selecting import AtHand, select
from ..truth import FALSE, TRUE, UNKNOWN, Truth

_CONFLICT: Final = "another entry says that there was none"
_WHEN_OPEN: Final = "the dates on record do not tell whether it lies in the time asked for"
# The person was seen, or heard of, on the day of these moves. The day of a loss is that of the last contact.
_CONTACTS: Final = ("consent", "consent_again", "randomise", "treat", "withdraw", "lose", "find_again", "complete")


class Seen(NamedTuple):
    """A fact that an occurrence looks at, and whether it is one; for an unknown, why."""

    fact: Fact
    truth: Truth
    why: str = ""


class Happened(NamedTuple):
    """Something that happened on a day (ordinal); `told`: the days on record, where they are more than one."""

    day: int
    fact: Fact
    competing: bool = False
    told: Span | None = None


def seen(occurrence: Occurrence, case: Case) -> Iterator[Seen]:
    """Every fact that is, or may be, such an occurrence; in order of time."""
    look = occurrence.rule.look
    found = select(look, case)
    none = case.none_stated.get(look.concept)
    for fact in sorted((*found.sure, *found.maybe), key=lambda fact: fact.when):
        truth, why = _fulfils(occurrence, fact, case)
        if truth is TRUE and none is not None and fact.when.lo <= none.when.hi:
            truth, why = UNKNOWN, _CONFLICT
        if truth is TRUE and fact not in found.sure:
            truth, why = UNKNOWN, _WHEN_OPEN
        if truth is not FALSE:
            yield Seen(fact, truth, why)


def _fulfils(occurrence: Occurrence, fact: Fact, case: Case) -> tuple[Truth, str]:
    """Does the record fulfil the look's condition?"""
    look = occurrence.rule.look
    if fact.doubt:
        return UNKNOWN, fact.doubt
    if look.where is None:
        return TRUE, ""
    concept = case.vocabulary[look.concept]
    finding = evaluate(look.where, case, AtHand(fact, concept))
    return finding.truth, because(finding, case.vocabulary, concept) if finding.truth is UNKNOWN else ""


def days_of_fact(fact: Fact) -> Span:
    """The days on which what the fact says happened: of a date its value, else its own."""
    return fact.value if isinstance(fact.value, Span) else fact.when


def placed(fact: Fact, known_by: int, not_before: Callable[[int], int], competing: bool = False) -> Happened:
    """The fact with its one day; not_before: the first day that it can have been, of those up to a day."""
    days = days_of_fact(fact)
    if days.exact:
        return Happened(days.lo, fact, competing)
    last = min(days.hi, known_by)
    return Happened(max(min(max(days.lo, not_before(last)), last), EARLIEST), fact, competing, days)


def entry_of(fact: Fact) -> int:
    """The number of the ledger's entry that states the fact; 0 of one that stands in no ledger."""
    number = fact.id.removeprefix(FACT_ID)
    return int(number) if number.isdigit() else 0


# ---------------------------------------------------------------- known to be alive
def contacts(known: Participant, vocabulary: Vocabulary, death: str, until: date) -> dict[int, int]:
    """The days (ordinals) on which the person is known to have been alive -> the entry that shows it.

    A date in part counts by its first day. What is only planned shows nothing, nor does the death.
    """
    last = until.toordinal()
    found: dict[int, int] = {}
    for day, entry in (*_of_facts(known.facts, vocabulary, death), *_of_acts(known)):
        if day <= last:
            found[day] = max(entry, found.get(day, 0))
    return found


def _of_facts(facts: Iterable[Fact], vocabulary: Vocabulary, death: str) -> Iterator[tuple[int, int]]:
    for fact in facts:
        concept = vocabulary.get(fact.concept)
        if concept is None or concept.planned or fact.concept == death or fact.when == ANY_DAY:
            continue
        yield fact.when.lo, entry_of(fact)
        if fact.end is not None and fact.end.exact:
            yield fact.end.lo, entry_of(fact)


def _of_acts(known: Participant) -> Iterator[tuple[int, int]]:
    yield from ((move.on.toordinal(), move.entry) for move in known.moves if move.act in _CONTACTS)
    for entry in known.of("visit"):
        if entry.body is not None and entry.body["done"]:
            yield date.fromisoformat(entry.body["on"]).toordinal(), entry.seq
