"""What people read of a visit."""

from dataclasses import replace
from datetime import date

import pytest

from equipoise.conduct.schedule import Ended, VisitRecord, Window, due_visits
from equipoise.conduct.visit_words import margin_words, sentence, timing_words, window_words
from equipoise.dates import NO_TIME, Duration
from equipoise.protocol.visits import Visit

from .visits import ENTRY, GIVEN, LATE, LOOKS, SCHEDULE, SECOND


def said(slot: str, on: date, *records: VisitRecord, extended: frozenset[str] = frozenset()) -> str:
    found = due_visits(SCHEDULE, "A", GIVEN, records, on, extended=extended)
    return sentence(next(due for due in found if due.slot == slot), on)


@pytest.mark.parametrize(
    ("on", "rest"),
    [
        (date(2026, 4, 19), "planned, opens in 1 day"),
        (date(2026, 4, 30), "in window, 4 days left, may be extended to 22 June 2026 for resolving acute toxicity"),
        (
            date(2026, 5, 4),
            "in window, today is the last day, may be extended to 22 June 2026 for resolving acute toxicity",
        ),
        (date(2026, 5, 7), "overdue, 3 days late, may be extended to 22 June 2026 for resolving acute toxicity"),
    ],
)
def test_how_long_there_is(on: date, rest: str) -> None:
    assert said("second", on) == f"dose 2: due 27 April 2026 (20 April to 4 May), {rest}"


def test_an_extended_window_says_so() -> None:
    told = said("second", date(2026, 6, 22), extended=frozenset({"second"}))
    assert told == (
        "dose 2: due 27 April 2026 (20 April to 22 June), in window, today is the last day, "
        "extended to 22 June 2026 for resolving acute toxicity"
    )


def test_what_is_over_says_how_and_why() -> None:
    on = date(2026, 9, 1)
    done = VisitRecord("looks.1", date(2026, 6, 2))
    assert (
        said("looks.1", on, done) == "look, 3 months: done late on 2 June 2026, was due 17 May 2026 (3 May to 31 May)"
    )
    missed = VisitRecord("looks.1", date(2026, 6, 2), done=False, reason="on holiday")
    assert said("looks.1", on, missed) == "look, 3 months: due 17 May 2026 (3 May to 31 May), missed: on holiday"
    found = due_visits(SCHEDULE, "A", ENTRY, [], on, Ended(date(2026, 2, 20), "withdrawal", "treatment"))
    second = next(due for due in found if due.slot == "second")
    assert sentence(second, on) == "dose 2: due 8 weeks ± 1 week after dose 1, cancelled: the person withdrew"


def test_what_was_not_planned() -> None:
    found = due_visits(SCHEDULE, "B", ENTRY, [VisitRecord("", date(2026, 3, 1), reason="pain")], date(2026, 3, 2))
    assert sentence(found[0], date(2026, 3, 2)) == "unscheduled visit on 1 March 2026: pain"


def test_windows_across_the_new_year_name_both_years() -> None:
    window = Window(date(2026, 12, 20), date(2027, 1, 3), date(2027, 1, 17))
    assert window_words(window) == "3 January 2027 (20 December 2026 to 17 January)"
    assert window_words(Window(*[date(2027, 1, 3)] * 3)) == "3 January 2027"


def test_times_as_the_protocol_says_them() -> None:
    uneven = Visit("v", "v", "contact", "m", "the entry", (Duration(6, "week"),), Duration(2, "week"), NO_TIME)
    entry = Visit("v", "v", "contact", "m", "the entry", (NO_TIME,))
    assert timing_words(SECOND, 1) == "8 weeks ± 1 week after dose 1"
    assert timing_words(LOOKS, 2) == "6 months ± 2 weeks after the randomisation"
    assert timing_words(LATE, 2) == "5 years ± 3 months after dose 1"
    assert timing_words(uneven, 1) == "6 weeks − 2 weeks after the entry"
    both = replace(uneven, late=Duration(4, "week"))
    assert timing_words(both, 1) == "6 weeks (− 2 weeks, + 4 weeks) after the entry"
    assert timing_words(entry, 1) == "on the day of the entry" and margin_words(entry) == ""
