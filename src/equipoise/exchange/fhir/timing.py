"""When it was: effective[x], performed[x], onset[x] and their kin -> spans of calendar days."""

from typing import NamedTuple

from ...dates import ANY_DAY, EARLIEST, LATEST, Span, read_span
from ...facts import ONGOING
from .elements import Node, node, text


class Timing(NamedTuple):
    """The days on which something was or began, those on which it ended (None: not stated), and what was no date."""

    when: Span
    end: Span | None = None
    fault: str = ""
    stated: bool = True


NOT_STATED = Timing(ANY_DAY, None, "", False)


def timing(resource: Node, stem: str) -> Timing:
    """The time of `stem`[x]: a date-time, an instant or a period (whose open sides are open)."""
    for name in (f"{stem}DateTime", f"{stem}Instant", f"{stem}Date"):
        written = text(resource, name)
        if written:
            span = read_span(written)
            return Timing(span) if span else Timing(ANY_DAY, None, f'"{written}" is no date', False)
    period = resource.get(f"{stem}Period")
    if isinstance(period, dict):
        return of_period(period)
    events = node(resource, f"{stem}Timing").get("event")
    if isinstance(events, list) and len(events) == 1 and isinstance(events[0], str):
        span = read_span(events[0])
        return Timing(span) if span else NOT_STATED
    return NOT_STATED


def of_period(period: Node) -> Timing:
    """The time of a Period. One without an end goes on; one without a start began on some day by its end."""
    begin, finish = text(period, "start"), text(period, "end")
    start, end = read_span(begin) if begin else None, read_span(finish) if finish else None
    bad = begin if begin and start is None else finish if finish and end is None else ""
    if bad:
        return Timing(start or ANY_DAY, end, f'"{bad}" is no date', start is not None)
    if start and end and end.hi < start.lo:
        return Timing(start.hull(end), None, f'the period ends on "{finish}", before it begins on "{begin}"')
    if start is None and end is None:
        return NOT_STATED
    if start is None and end is not None:
        return Timing(Span(EARLIEST, end.hi), end)
    assert start is not None
    return Timing(start, end or ONGOING)


def moment(found: Timing) -> Span:
    """The days among which a single moment lies: the whole period where a period is given."""
    if found.end is None:
        return found.when
    hi = LATEST if found.end == ONGOING else found.end.hi
    return Span(found.when.lo, max(hi, found.when.lo))


def last_day(found: Timing) -> Span:
    """The days on which it ended: for an operation, whose last stage counts; its beginning where no end is known."""
    return found.when if found.end is None or found.end == ONGOING else found.end


def on_or_before(written: str) -> Span | None:
    """The span up to a day on which something was already known (issued, recorded, asserted)."""
    span = read_span(written) if written else None
    return Span(EARLIEST, span.hi) if span else None
