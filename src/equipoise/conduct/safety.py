"""The clocks of serious events: by when whom must have been told, what is overdue; the door to grades and events.

Days are counted as the law counts them: the day on which somebody became aware is day 0 and is not counted, the last
day counts to its end, and week-ends count (Regulation (EEC, Euratom) 1182/71, Article 3; "beginning with the day after
the sponsor was first aware", The Medicines for Human Use (Clinical Trials) Regulations 2004, regulation 34). A last day
that is a holiday is not put off: that is stricter than Article 3(4), and ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from ..dates import day_text
from ..protocol.safety import Clock, Safety
from ..truth import FALSE, NOT, TRUE, UNKNOWN, Truth, both, truth_of
from .adverse_events import AdverseEvent as AdverseEvent
from .adverse_events import LateEffect as LateEffect
from .adverse_events import adverse_events as adverse_events
from .adverse_events import late_effects as late_effects
from .adverse_events import share_seen as share_seen
from .grades import Graded as Graded
from .grades import Worst as Worst
from .grades import grade_of as grade_of
from .grades import graded_values as graded_values
from .grades import worst_grades as worst_grades
from .serious import Causality as Causality
from .serious import Expectedness as Expectedness
from .serious import SeriousEvent as SeriousEvent
from .serious import causality as causality
from .serious import expectedness as expectedness
from .serious import is_susar as is_susar
from .serious import serious as serious
from .serious import with_offset

SPONSOR: Final = "sponsor"


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock of one event as of a time: when it began, by when it is due, when it was met, by how much it is late.

    overdue_by: zero while it runs, and when it was met in time; how late, where it was met late.
    provisional: it runs because it is not yet settled that it need not.
    """

    event: SeriousEvent
    clock: Clock
    started: datetime | None
    due: datetime | None
    met_at: datetime | None
    overdue_by: timedelta
    provisional: bool
    sentence: str

    @property
    def overdue(self) -> bool:
        """Is it past its time and still not met?"""
        return self.met_at is None and self.overdue_by > timedelta(0)

    @property
    def met_late(self) -> bool:
        return self.met_at is not None and self.overdue_by > timedelta(0)


def clocks(event: SeriousEvent, safety: Safety, now: datetime, zone: tzinfo = UTC) -> tuple[ClockState, ...]:
    """The clocks that run for the event as of `now`, in the order of the protocol.

    What happened after `now` is not known yet. zone: where calendar days begin and end. While nobody has said whether
    the event threatened life, the shorter clock runs; while it is open whether it is a suspected reaction, it runs too.
    Raises Fault for a time without its offset from UTC.
    """
    with_offset(now, "the question")
    states: list[ClockState] = []
    for clock in safety.clocks:
        applies = _applies(clock, event, safety)
        if applies is not FALSE:
            states.append(_state(clock, event, now, zone, _is_provisional(clock, event, applies)))
    return tuple(states)


def _applies(clock: Clock, event: SeriousEvent, safety: Safety) -> Truth:
    dangerous = truth_of(event.fatal_or_life_threatening is not False)
    match clock.applies:
        case "serious":
            return TRUE
        case "susar_fatal_or_life_threatening":
            return both((is_susar(event, safety), dangerous))
        case "susar_other":
            return both((is_susar(event, safety), NOT[dangerous]))


def _is_provisional(clock: Clock, event: SeriousEvent, applies: Truth) -> bool:
    unsaid = event.fatal_or_life_threatening is None and clock.applies == "susar_fatal_or_life_threatening"
    return applies is UNKNOWN or unsaid


def _state(clock: Clock, event: SeriousEvent, now: datetime, zone: tzinfo, provisional: bool) -> ClockState:
    started = _known(event.site_aware if clock.starts == "site_awareness" else event.sponsor_aware, now)
    told = _known(event.reported.get(clock.to), now)
    met = told or (_known(event.sponsor_aware, now) if clock.to == SPONSOR else None)
    due = None if started is None else due_time(clock, started, zone)
    late = timedelta(0) if due is None else max((met or now) - due, timedelta(0))
    sentence = _clock_sentence(clock, event, due, met, late, now, zone, provisional)
    return ClockState(event, clock, started, due, met, late, provisional, sentence)


def _known(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None


def due_time(clock: Clock, started: datetime, zone: tzinfo = UTC) -> datetime:
    """The last moment in time: so many hours on, or the end of the last calendar day (day 0 does not count)."""
    if clock.hours:
        return started + timedelta(hours=clock.hours)
    last = started.astimezone(zone).date() + timedelta(days=clock.days)
    return datetime.combine(last, time.max, zone).astimezone(UTC)


def overdue(
    events: Iterable[SeriousEvent], safety: Safety, now: datetime, zone: tzinfo = UTC
) -> tuple[ClockState, ...]:
    """Every clock that is past its time and not met, the longest overdue first."""
    states = [state for event in events for state in clocks(event, safety, now, zone) if state.overdue]
    return tuple(sorted(states, key=lambda state: (-state.overdue_by, state.event.person, state.event.id)))


def _clock_sentence(
    clock: Clock, event: SeriousEvent, due: datetime | None, met: datetime | None, late: timedelta, now: datetime,
    zone: tzinfo, provisional: bool,
) -> str:  # fmt: skip
    head = f"{event.person}, {event.called}: {clock.label} ({clock.limit})"
    if due is None and met is not None:
        return f"{head}: met on {moment_text(met, zone)}, before it began."
    if due is None:
        who = "the site" if clock.starts == "site_awareness" else "the sponsor"
        return f"{head} has not begun, since no time is on record at which {who} became aware."
    by = f"due by {moment_text(due, zone)}" if clock.hours else f"due by the end of {day_text(due.astimezone(zone))}"
    if met is not None:
        how = f"{duration_text(late)} late" if late else "in time"
        return f"{head}: met on {moment_text(met, zone)}, {how} ({by})."
    if late:
        return f"{head}: overdue by {duration_text(late)} ({by}): report it to the {clock.to} now."
    until = " It runs until it is settled that it need not." if provisional else ""
    return f"{head}: {by}, {duration_text(due - now)} left.{until}"


def moment_text(at: datetime, zone: tzinfo = UTC) -> str:
    """A moment as people write it: "2 March 2026, 10:00 UTC"."""
    local = at.astimezone(zone)
    return f"{day_text(local)}, {local:%H:%M} {local.tzname()}"


def duration_text(length: timedelta) -> str:
    """A length of time in its two largest units: "3 days 2 hours", "5 hours", "less than a minute"."""
    minutes = int(length.total_seconds()) // 60
    parts = [(minutes // 1440, "day"), (minutes // 60 % 24, "hour"), (minutes % 60, "minute")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(said[:2]) or "less than a minute"
