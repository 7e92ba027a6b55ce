"""Adverse events as the records tell them, and those that come late: after the study has ended they count too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import erf, log, sqrt
from typing import Final

from ..concepts import YES, Vocabulary
from ..dates import LATEST, Span, day_text, span_text
from ..facts import Choice, Fact, Text, Value, is_record
from ..protocol.safety import EventWords, Late, Safety
from ..quantities import Quantity
from ..rules.case import build_case
from ..truth import FALSE, TRUE, UNKNOWN, Truth, truth_of

_MONTH: Final = 365.2425 / 12  # days


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """One adverse event as its record tells it; what it does not say is "" or UNKNOWN, and grade None."""

    person: str
    term: str
    label: str
    when: Span
    grade: int | None
    related: Truth
    serious: Truth
    outcome: str
    fatal: Truth
    fact: Fact


def adverse_events(facts: Iterable[Fact], safety: Safety, vocabulary: Vocabulary, on: date) -> tuple[AdverseEvent, ...]:
    """The adverse events that stand on that day, earliest first; none where the trial does not say how it records them.

    A doubtful record is among them: nobody may lose an event because its entry is unclear.
    """
    if safety.event is None:
        return ()
    words = safety.event
    standing = build_case(facts, on, vocabulary).of(words.record)
    return tuple(_event(fact, fact.value, words, vocabulary) for fact in standing if is_record(fact.value))


def _event(fact: Fact, value: Mapping[str, Value], words: EventWords, vocabulary: Vocabulary) -> AdverseEvent:
    concept = vocabulary[words.record]
    term, outcome = _answer(value.get(words.term)), _answer(value.get(words.outcome))
    grade = value.get(words.grade)
    exact = isinstance(grade, Quantity) and grade.exact and grade.lo is not None
    said = outcome and words.fatal and outcome not in concept.fields[words.outcome].unclear
    fatal = truth_of(outcome == words.fatal if said else None)
    label = concept.fields[words.term].answer_label(term) if term else concept.label
    return AdverseEvent(
        fact.person, term, label, fact.when, int(grade.lo) if exact else None,  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue, reportArgumentType]
        _yes(value.get(words.related)), _yes(value.get(words.serious)), outcome, fatal, fact,
    )  # fmt: skip


def _answer(value: Value | None) -> str:
    """The one answer given; "" when none or several were."""
    if isinstance(value, Choice) and len(value.answers) == 1:
        return next(iter(value.answers))
    return value.text if isinstance(value, Text) else ""


def _yes(value: Value | None) -> Truth:
    answer = _answer(value)
    return truth_of(answer == YES if answer else None)


# ---------------------------------------------------------------- late effects
@dataclass(frozen=True, slots=True)
class LateEffect:
    """An adverse event of a late term: how many whole months after the first dose, and whether after the study."""

    event: AdverseEvent
    late: Late
    months: Span
    after_end: Truth
    sentence: str


def late_effects(
    events: Iterable[AdverseEvent], safety: Safety, first_dose: date, ended: date | None = None
) -> tuple[LateEffect, ...]:
    """The events of the late terms since the first dose, earliest first; they count after the end of the study too.

    ended: the person's last day in the study; None: it goes on.
    """
    found: list[LateEffect] = []
    for event in events:
        late = next((each for each in safety.late if event.term in each.terms), None)
        if late is not None and event.when.hi >= first_dose.toordinal():
            found.append(_late_effect(event, late, first_dose, ended))
    return tuple(sorted(found, key=lambda effect: effect.event.when))


def _late_effect(event: AdverseEvent, late: Late, first_dose: date, ended: date | None) -> LateEffect:
    start = first_dose.toordinal()
    months = Span(*(max(0, int((day - start) / _MONTH)) for day in event.when))
    after = FALSE
    if ended is not None:
        end = ended.toordinal()
        after = TRUE if event.when.lo > end else FALSE if event.when.hi <= end else UNKNOWN
    how_long = f"{months.lo} months" if months.lo == months.hi else f"{months.lo} to {months.hi} months"
    when = span_text(event.when)
    if event.when.hi >= LATEST:
        how_long, when = "an unknown time", "on a day not recorded"
    counts = {
        TRUE: f", after the end of the study on {day_text(ended)}: it counts all the same" if ended else "",
        UNKNOWN: ", perhaps after the end of the study: it counts all the same",
        FALSE: "",
    }
    sentence = f"{event.person}, {event.label}: {when}, {how_long} after the first dose{counts[after]}."
    return LateEffect(event, late, months, after, sentence)


def share_seen(months: float, median: float, spread: float) -> float:
    """Which share of the onsets comes within so many months, if the time to onset is lognormal.

    median: of the time to onset, in months. spread: the standard deviation of its logarithm. Both the form and the
    spread are assumptions; at the median the share is one half whatever the spread. Raises ValueError below or at 0.
    """
    if months <= 0 or median <= 0 or spread <= 0:
        raise ValueError("months, median and spread are numbers above 0")
    return (1 + erf(log(months / median) / spread / sqrt(2))) / 2
