"""What people read of a visit: its window, how long it is still open, and why it is no longer due."""

from datetime import date

from ..dates import day_text
from ..protocol.visits import Extension, Visit
from .schedule import DONE, DueVisit, Window


def sentence(due: DueVisit, on: date) -> str:
    """ "dose 2: due 3 May 2026 (26 April to 10 May), in window, 4 days left"; what is over says why."""
    if due.visit is None:
        return f"{due.label}{f' on {day_text(due.record.on)}' if due.record else ''}{_reason(due)}"
    if due.status in DONE and due.record is not None:
        return f"{due.label}: {due.status} on {day_text(due.record.on)}, was {due_words(due)}"
    parts = [f"{due.label}: {due_words(due)}", f"{due.status}{_reason(due)}", left_words(due, on), extension_words(due)]
    return ", ".join(part for part in parts if part)


def due_words(due: DueVisit) -> str:
    """When it is due: "due 3 May 2026 (26 April to 10 May)"; counted from its moment while that has no day."""
    if due.window is not None:
        return f"due {window_words(due.window)}"
    return f"due {timing_words(due.visit, due.number)}" if due.visit is not None else ""


def window_words(window: Window) -> str:
    """ "3 May 2026 (26 April to 10 May)"; a window of one day is that day."""
    if window.first == window.last:
        return day_text(window.target)
    return f"{day_text(window.target)} ({_day(window.first, window.target)} to {_day(window.last, window.target)})"


def timing_words(visit: Visit, number: int) -> str:
    """When a turn of a visit is due, as the protocol says it: "8 weeks ± 1 week after dose 1"."""
    target, margin = visit.targets[number - 1], margin_words(visit)
    if not target.count and not margin:
        return f"on the day of {visit.counted_from}"
    if visit.early.count and visit.late.count and visit.early != visit.late:
        margin = f"({margin})"
    return f"{f'{target} {margin}'.strip()} after {visit.counted_from}"


def margin_words(visit: Visit) -> str:
    """ "± 1 week", "− 2 weeks, + 4 weeks", "" for the very day."""
    if visit.early == visit.late:
        return f"± {visit.late}" if visit.late.count else ""
    early, late = (f"{sign} {by}" if by.count else "" for sign, by in (("−", visit.early), ("+", visit.late)))
    return ", ".join(part for part in (early, late) if part)


def left_words(due: DueVisit, on: date) -> str:
    """ "4 days left", "today is the last day", "opens in 9 days", "3 days late"; "" when nothing is to be done."""
    if due.window is None:
        return ""
    match due.status:
        case "planned":
            return f"opens in {_days((due.window.first - on).days)}"
        case "in window":
            left = (due.window.last - on).days
            return f"{_days(left)} left" if left else "today is the last day"
        case "overdue":
            return f"{_days((on - due.window.last).days)} late"
        case _:
            return ""


def extension_words(due: DueVisit) -> str:
    """Until when the window of something still due may be or is extended, and for what; "" where it cannot be."""
    extension = due.visit.extension if due.visit is not None else None
    window = due.window
    if extension is None or window is None or window.until is None or due.status not in ("in window", "overdue"):
        return ""
    if window.last == window.until:
        return f"extended to {day_text(window.until)} {extension.when}"
    return f"may be extended to {day_text(window.until)} {extension.when}"


def extended_words(extension: Extension, counted_from: str) -> str:
    """ "to 16 weeks after dose 1 for resolving acute toxicity"."""
    return f"to {extension.latest} after {counted_from} {extension.when}"


def _reason(due: DueVisit) -> str:
    return f": {due.because}" if due.because else ""


def _day(day: date, beside: date) -> str:
    """A day without its year where that is the year of the day beside it."""
    return day_text(day).removesuffix(f" {day.year}") if day.year == beside.year else day_text(day)


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
