"""Scans of the schedule that were due and not made."""

from collections.abc import Iterator

from ..dates import shifted
from ..protocol.deadlines import moment_named
from ..protocol.visits import Visit
from .known import Known


def missed_scans(known: Known, after: int, before: int) -> int:
    """How many scans of the schedule were due wholly between two days (ordinals); those that overlap are one.

    after: the day of the last scan, of any result; before: that of the event.
    """
    assessment, arm = known.trial.conduct.assessment, known.allocation.arm
    windows = sorted(
        window
        for visit in known.trial.schedule.visits
        if assessment in visit.collects and visit.is_for(arm)
        for window in _windows(visit, known)
        if window[0] > after and window[1] < before
    )
    number, reached = 0, after
    for first, last in windows:
        number += first > reached
        reached = max(reached, last)
    return number


def _windows(visit: Visit, known: Known) -> Iterator[tuple[int, int]]:
    """The first and last day of each turn of a visit; none while the moment that it is counted from has no day."""
    moment = moment_named(visit.moment, known.trial.vocabulary, known.trial.moments)
    span = known.moment(moment) if moment is not None else None
    if span is None or not span.exact:
        return
    for target in visit.targets:
        day = shifted(span.lo, target)
        yield shifted(day, visit.early, -1), shifted(day, visit.late)
