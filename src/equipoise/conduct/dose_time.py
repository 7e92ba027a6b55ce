"""When a dose may be given: its days after a moment, and how long it may wait for a toxicity to pass."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..dates import Span, day_text
from ..protocol.doses import Cycle
from ..protocol.model import Protocol
from ..rules.case import Case
from ..rules.prose import moment_text
from ..rules.selecting import moved

State = Literal["early", "in time", "extended", "late", "over", "unknown"]


@dataclass(frozen=True, slots=True)
class Timing:
    """Where a day lies among those of a cycle.

    earliest, latest, extended: the days as far as the record tells them (a partial date gives spans); None where the
    moment is not on record, or no extension is foreseen. state: "extended" is past the latest day, for a toxicity that
    had to pass; "late" is past it without one; "over" is past every day.
    """

    state: State
    sentence: str
    moment: Span | None = None
    earliest: Span | None = None
    latest: Span | None = None
    extended: Span | None = None

    @property
    def days(self) -> tuple[int, ...]:
        """The days (ordinals) on which the state may change by itself."""
        starts = [] if self.earliest is None else [self.earliest.lo, self.earliest.hi]
        ends = [day + 1 for span in (self.latest, self.extended) if span is not None for day in span]
        return (*starts, *ends)

    def as_dict(self) -> dict[str, str]:
        """The days as texts, "" where there is none."""
        spans = {"earliest": self.earliest, "latest": self.latest, "extended": self.extended}
        days = {name: _day(span) for name, span in spans.items()}
        return {"state": self.state, **days, "sentence": self.sentence}


def _day(span: Span | None) -> str:
    return "" if span is None else span.first.isoformat() if span.exact else str(span)


def timing_of(cycle: Cycle, case: Case, toxic: bool, trial: Protocol) -> Timing:
    """The timing of a cycle on the case's day; toxic: it waits, or waited, for a toxicity since the last dose."""
    moment, _ = case.when(cycle.moment)
    named = moment_text(cycle.moment, trial.vocabulary)
    if moment is None:
        return Timing("unknown", f"The days of dose {cycle.number} are not known: {named} is not on record.")
    earliest, latest = moved(moment, cycle.earliest, 1), moved(moment, cycle.latest, 1)
    extended = None if cycle.extended is None else moved(moment, cycle.extended, 1)
    state = _state(case.today, earliest, latest, extended, toxic)
    return Timing(state, _sentence(state, case, cycle, named, moment, trial), moment, earliest, latest, extended)


def _state(today: int, earliest: Span, latest: Span, extended: Span | None, toxic: bool) -> State:
    """Of a moment that is not known to the day, only what holds for each of its days is decided."""
    if today < earliest.lo:
        return "early"
    if today < earliest.hi or latest.lo < today <= latest.hi:
        return "unknown"
    if today <= latest.lo:
        return "in time"
    if extended is None:
        return "over"
    if extended.lo < today <= extended.hi:
        return "unknown"
    return "over" if today > extended.hi else "extended" if toxic else "late"


def _sentence(state: State, case: Case, cycle: Cycle, named: str, moment: Span, trial: Protocol) -> str:
    what = f"Dose {cycle.number}"
    first = cycle.earliest.count if cycle.earliest.unit == cycle.latest.unit else cycle.earliest
    window = f"{first} to {cycle.latest} after {named}"
    more = f", at most {cycle.extended} for {cycle.extended_for}" if cycle.extended is not None else ""
    ours = f" [ours, not from {trial.acronym}]" if cycle.ours else ""
    source = f"{window}{more}{ours}"
    if not moment.exact:
        return f"{what} is due {source}, which is {moment}: a more exact day is needed to tell whether it is in time."
    gone = case.today - moment.lo
    days = f"{gone} day{'' if gone == 1 else 's'} after {named} on {day_text(moment.first)}"
    due = day_text(date.fromordinal(moved(moment, cycle.earliest, 1).lo))
    match state:
        case "early":
            return f"{what} is due from {due}: this is {days}; it is due {source}."
        case "in time":
            return f"{what} is in time: {days}; it is due {source}."
        case "extended":
            return f"{what} is past its usual days, for {cycle.extended_for}: {days}; it is due {source}."
        case "late":
            return f"{what} is late: {days}, and no toxicity on record explains it; it is due {source}."
        case _:
            return f"{what} is past its last day: {days}; it is due {source}."
