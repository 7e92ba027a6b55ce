"""What is due on a day, by visits of a small schedule: each status, and what moves or ends a visit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from equipoise.conduct.schedule import (
    STATUSES,
    DueVisit,
    Ended,
    Status,
    VisitRecord,
    Window,
    due_visits,
    is_outside,
    window_of,
)
from equipoise.conduct.scope import PERMITS, SCOPES, WHAT, permits, read_scope
from equipoise.dates import Duration
from equipoise.protocol.visits import ENDS, Schedule, Visit

from .visits import ENTRY, GIVEN, LOOKS, SCHEDULE, SECOND, status_of

DAY = timedelta(days=1)


# ---------------------------------------------------------------- windows
def test_a_window_is_counted_from_what_really_happened() -> None:
    window = window_of(SECOND, 1, GIVEN)
    assert window == Window(date(2026, 4, 20), date(2026, 4, 27), date(2026, 5, 4), date(2026, 6, 22))
    moved = window_of(SECOND, 1, {**GIVEN, "dose 1": GIVEN["dose 1"] + 3 * DAY})
    assert moved is not None and moved.target == date(2026, 4, 30)


def test_an_extended_window_lasts_to_its_last_day() -> None:
    window = window_of(SECOND, 1, GIVEN, frozenset({"second"}))
    assert window is not None and window.last == date(2026, 6, 22) == window.until
    assert (window.last - GIVEN["dose 1"]).days == 112


def test_a_moment_without_a_day_gives_no_window() -> None:
    assert window_of(SECOND, 1, ENTRY) is None
    assert window_of(SECOND, 1, {**ENTRY, "dose 1": None}) is None


@pytest.mark.parametrize(
    ("entered", "turn", "target"),
    [
        (date(2027, 11, 30), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 1, date(2027, 2, 28)),
        (date(2026, 11, 30), 2, date(2027, 5, 30)),
        (date(2028, 2, 29), 4, date(2029, 2, 28)),
    ],
)
def test_months_are_counted_from_the_moment_itself(entered: date, turn: int, target: date) -> None:
    window = window_of(LOOKS, turn, {"randomisation": entered})
    assert window is not None and window.target == target


def test_both_ends_of_a_window_are_within_it() -> None:
    due = DueVisit("second", SECOND, 1, window_of(SECOND, 1, GIVEN), "in window")
    days = [date(2026, 4, 19), date(2026, 4, 20), date(2026, 5, 4), date(2026, 5, 5)]
    assert [is_outside(VisitRecord("second", day), due) for day in days] == [True, False, False, True]
    assert not is_outside(VisitRecord("second", days[0], done=False), due), "what was not done was not done outside"
    assert not is_outside(VisitRecord("second", days[0]), replace(due, window=None))


# ---------------------------------------------------------------- statuses
@pytest.mark.parametrize(
    ("on", "status"),
    [
        (date(2026, 4, 19), "planned"),
        (date(2026, 4, 20), "in window"),
        (date(2026, 5, 4), "in window"),
        (date(2026, 5, 5), "overdue"),
        (date(2030, 1, 1), "overdue"),
    ],
)
def test_without_a_record(on: date, status: Status) -> None:
    assert status_of("second", on=on)[0] == status


def test_an_extension_holds_the_window_open_up_to_and_on_its_last_day() -> None:
    until = frozenset({"second"})
    assert status_of("second", on=date(2026, 6, 22), extended=until)[0] == "in window"
    assert status_of("second", on=date(2026, 6, 23), extended=until)[0] == "overdue"


@pytest.mark.parametrize(
    ("done_on", "status"),
    [
        (date(2026, 5, 1), "done early"),
        (date(2026, 5, 3), "done"),
        (date(2026, 5, 31), "done"),
        (date(2026, 6, 1), "done late"),
    ],
)
def test_done(done_on: date, status: Status) -> None:
    assert status_of("looks.1", VisitRecord("looks.1", done_on))[0] == status


def test_a_record_of_a_later_day_does_not_count_yet() -> None:
    record = VisitRecord("looks.1", date(2026, 5, 10))
    assert status_of("looks.1", record, on=date(2026, 5, 9))[0] == "in window"
    assert status_of("looks.1", record, on=date(2026, 5, 10))[0] == "done"


def test_of_several_records_the_one_entered_last_counts() -> None:
    missed = VisitRecord("looks.1", date(2026, 5, 20), done=False, reason="on holiday", entry=7)
    done = VisitRecord("looks.1", date(2026, 5, 10), entry=9)
    assert status_of("looks.1", done, missed)[0] == "done"
    assert status_of("looks.1", done, replace(missed, entry=11)) == ("missed", "on holiday")


def test_an_overdue_visit_is_missed_when_the_next_of_its_series_comes_due() -> None:
    assert status_of("looks.1", on=date(2026, 8, 2))[0] == "overdue"
    status, because = status_of("looks.1", on=date(2026, 8, 3))
    assert (status, because) == ("missed", "nothing was recorded before look, 6 months came due")
    early = VisitRecord("looks.2", date(2026, 7, 1))
    assert status_of("looks.1", early, on=date(2026, 7, 1))[0] == "missed", "the next one was done, though too early"
    assert status_of("looks.4", on=date(2040, 1, 1))[0] == "overdue", "nothing comes after the last"


def test_what_the_schedule_does_not_know_is_unscheduled() -> None:
    records = [VisitRecord("", date(2026, 6, 2), reason="pain"), VisitRecord("third", date(2026, 6, 3))]
    found = [due for due in due_visits(SCHEDULE, "A", GIVEN, records, date(2026, 7, 1)) if due.status == "unscheduled"]
    assert [due.because for due in found] == ["pain", 'there is no visit "third" in the schedule of this arm']
    assert all(due.visit is None and due.days_left(date(2026, 7, 1)) is None for due in found)
    other = due_visits(SCHEDULE, "B", ENTRY, [VisitRecord("first", date(2026, 3, 2))], date(2026, 7, 1))
    assert [due.slot for due in other if due.status == "unscheduled"] == ["first"]


# ---------------------------------------------------------------- arms and moments
def test_an_arm_has_its_own_visits_and_those_of_all() -> None:
    def slots(arm: str) -> set[str]:
        return {due.visit.id for due in due_visits(SCHEDULE, arm, ENTRY, [], date(2026, 3, 1)) if due.visit}

    assert slots("A") == {"first", "second", "labs", "looks", "late"}
    assert slots("B") == slots("") == {"looks"}


def test_a_dose_given_is_its_visit_done() -> None:
    assert status_of("first")[0] == "done"
    missed = VisitRecord("first", date(2026, 3, 1), done=False, reason="ill", entry=1)
    assert status_of("first", missed)[0] == "done", "it was given after all"


def test_what_is_given_tomorrow_has_not_been_given_today() -> None:
    assert status_of("first", on=date(2026, 3, 1))[0] == "in window"
    assert status_of("second", on=date(2026, 3, 1)) == ("planned", "")


def test_a_dose_that_is_not_given_takes_what_is_counted_from_it_away() -> None:
    omitted = VisitRecord("first", date(2026, 3, 5), done=False, reason="declined")
    found = {due.slot: due for due in due_visits(SCHEDULE, "A", ENTRY, [omitted], date(2026, 4, 1))}
    assert found["first"].status == "missed"
    assert {found[slot].status for slot in ("second", "labs.1", "labs.2", "late.1")} == {"cancelled"}
    assert found["second"].because == "dose 1 was not given (declined)"
    assert found["looks.1"].status == "planned"


def test_the_next_dose_takes_over_what_is_still_open() -> None:
    given = {**GIVEN, "dose 2": date(2026, 4, 26)}
    found = {due.slot: due for due in due_visits(SCHEDULE, "A", given, [], date(2026, 5, 20))}
    assert found["labs.1"].status == "missed", "its window was over by then"
    assert (found["labs.2"].status, found["labs.2"].because) == (
        "cancelled",
        "the visits counted from dose 2 took over",
    )


def test_the_order_is_that_of_the_days() -> None:
    found = due_visits(SCHEDULE, "A", GIVEN, [VisitRecord("", date(2026, 5, 1))], date(2026, 5, 2))
    days = [due.window.target if due.window else due.record.on if due.record else date.max for due in found]
    assert days == sorted(days)


# ---------------------------------------------------------------- what ends visits
def test_a_recurrence_ends_the_treatment_and_nothing_else() -> None:
    found = due_visits(SCHEDULE, "A", GIVEN, [], date(2026, 4, 21), recurrence_on=date(2026, 4, 20))
    assert [due.slot for due in found if due.status == "cancelled"] == ["second"]
    before = due_visits(SCHEDULE, "A", GIVEN, [], date(2026, 4, 19), recurrence_on=date(2026, 4, 20))
    assert all(due.status != "cancelled" for due in before), "nobody knew of it then"


def test_what_was_over_when_somebody_died_was_missed_and_the_rest_is_cancelled() -> None:
    found = {
        due.slot: due
        for due in due_visits(SCHEDULE, "A", GIVEN, [], date(2026, 12, 1), Ended(date(2026, 6, 10), "death"))
    }
    assert found["looks.1"].status == "missed"
    assert found["looks.1"].because == "nothing was recorded by 10 June 2026, when the person died"
    assert {due.status for slot, due in found.items() if slot.startswith(("looks.2", "late"))} == {"cancelled"}
    assert found["first"].status == "done"


@pytest.mark.parametrize(
    ("ended", "status"),
    [(date(2026, 5, 31), "cancelled"), (date(2026, 6, 1), "missed")],
)
def test_on_its_last_day_a_visit_could_still_have_been_made(ended: date, status: Status) -> None:
    found = due_visits(SCHEDULE, "A", GIVEN, [], date(2026, 7, 1), Ended(ended, "death"))
    assert next(due.status for due in found if due.slot == "looks.1") == status


def test_a_recurrence_before_dose_1_takes_the_tests_after_it_away_too() -> None:
    found = due_visits(SCHEDULE, "A", ENTRY, [], date(2026, 3, 2), recurrence_on=date(2026, 2, 20))
    because = {due.slot: due.because for due in found if due.status == "cancelled"}
    assert because["labs.1"] == "dose 1 was not given (the disease came back)"
    assert because["first"] == because["second"] == "the disease came back"


def test_late_effects_outlast_the_study() -> None:
    ended = Ended(date(2027, 3, 1), "completion")
    found = {due.slot: due.status for due in due_visits(SCHEDULE, "A", GIVEN, [], date(2027, 3, 2), ended)}
    assert found["late.1"] == "planned"


@pytest.mark.parametrize("scope", SCOPES)
def test_a_withdrawal_ends_what_its_scope_no_longer_permits(scope: str) -> None:
    ended = Ended(date(2026, 4, 1), "withdrawal", read_scope(scope))
    for due in due_visits(SCHEDULE, "A", GIVEN, [], date(2026, 4, 2), ended):
        if due.visit is not None and due.slot not in ("first", "labs.1"):
            assert (due.status == "cancelled") is not PERMITS[read_scope(scope) or "all", due.visit.kind], due.slot


def test_somebody_can_end_twice() -> None:
    ends = [Ended(date(2026, 4, 1), "withdrawal", "treatment"), Ended(date(2026, 6, 30), "completion")]
    found = {due.slot: due for due in due_visits(SCHEDULE, "A", GIVEN, [], date(2026, 7, 1), ends)}
    assert found["second"].because == "the person withdrew"
    assert found["looks.2"].because == "the person completed the study"


# ---------------------------------------------------------------- the tables
def test_the_scopes_permit_less_and_less() -> None:
    rows = [[what for what in WHAT if permits(scope, what)] for scope in SCOPES]
    assert set(rows[0]) > set(rows[1]) > set(rows[2]) == set()
    assert all(permits(None, what) for what in WHAT)
    assert not any(permits(scope, "treatment") for scope in SCOPES)
    assert permits("visits", "vital_status") and permits("visits", "records")
    assert PERMITS.keys() == {(scope, what) for scope in SCOPES for what in WHAT}
    assert read_scope("everything") is None


def test_every_kind_of_visit_has_its_row() -> None:
    assert ENDS.keys() <= WHAT.keys()
    assert all("death" in ends and "withdrawal" not in ends for ends in ENDS.values())


def test_every_status_is_met() -> None:
    met: set[Status] = set()
    records = [
        VisitRecord("looks.1", date(2026, 5, 1)), VisitRecord("looks.2", date(2026, 9, 30)),
        VisitRecord("looks.3", date(2026, 12, 1), done=False), VisitRecord("", date(2026, 5, 1)),
    ]  # fmt: skip
    for on in (date(2026, 4, 25), date(2026, 5, 20), date(2026, 12, 1)):
        met |= {due.status for due in due_visits(SCHEDULE, "A", GIVEN, records, on)}
    given = {**GIVEN, "dose 2": date(2026, 4, 26)}
    met |= {due.status for due in due_visits(SCHEDULE, "A", given, [], date(2026, 5, 20))}
    assert met == STATUSES.keys()


def test_a_visit_on_the_day_itself() -> None:
    visit = Visit("entry", "entry", "contact", "randomisation", "the randomisation", (Duration(0, "day"),))
    found = due_visits(Schedule((visit,)), "", ENTRY, [], ENTRY["randomisation"])
    assert [due.status for due in found] == ["in window"]
    assert found[0].days_left(ENTRY["randomisation"]) == 0
