"""Over drawn courses of people: one status a day, time only moves it on, and what really happened moves windows."""

from datetime import date, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from equipoise.conduct.schedule import DONE, STATUSES, Anchors, DueVisit, Ended, VisitRecord, due_visits, visits_of
from equipoise.conduct.scope import SCOPES
from equipoise.protocol.load import load_trial

SCHEDULE: Final = load_trial("nelmas").schedule
ARMS: Final = ("Arm 1", "Arm 2")
START: Final = date(2023, 12, 1)  # the follow-up of some meets 29 February 2024
SLOTS: Final = [slot for visit in SCHEDULE.visits for slot in visit.slots]
TREATMENT: Final = {slot for visit in SCHEDULE.visits if visit.kind == "treatment" for slot in visit.slots}

days = st.integers(0, 4000).map(lambda number: START + timedelta(days=number))
arms = st.sampled_from(ARMS)
anchors = st.fixed_dictionaries(
    {},
    optional={
        "liver_resection": st.integers(0, 150).map(lambda number: START + timedelta(days=number)),
        "randomisation": st.integers(20, 300).map(lambda number: START + timedelta(days=number)),
        "dose 1": st.integers(30, 400).map(lambda number: START + timedelta(days=number)),
        "dose 2": st.integers(80, 600).map(lambda number: START + timedelta(days=number)),
    },
)
records = st.lists(
    st.builds(
        VisitRecord, st.sampled_from([*SLOTS, "", "no_such"]), days, st.booleans(), st.just(""), st.integers(0, 9)
    ),
    max_size=12,
)
ends = st.none() | st.builds(
    Ended, days, st.sampled_from(["withdrawal", "completion", "screen_failure", "death"]), st.sampled_from([*SCOPES])
)
recurrences = st.none() | days
extended = st.sampled_from([frozenset[str](), frozenset({"dose_2"})])


def planned(found: tuple[DueVisit, ...]) -> dict[str, DueVisit]:
    return {due.slot: due for due in found if due.visit is not None}


@given(arms, anchors, records, days, ends, recurrences, extended)
def test_on_any_day_each_slot_has_exactly_one_status(
    arm: str, known: Anchors, seen: list[VisitRecord], on: date, ended: Ended | None, recurred: date | None,
    longer: frozenset[str],
) -> None:  # fmt: skip
    found = due_visits(SCHEDULE, arm, known, seen, on, ended, recurred, longer)
    slots = [due.slot for due in found if due.visit is not None]
    assert sorted(slots) == sorted(slot for visit in visits_of(SCHEDULE, arm) for slot in visit.slots)
    for due in found:
        assert due.status in STATUSES
        assert (due.status == "unscheduled") == (due.visit is None)
        assert (due.status in DONE) <= (due.record is not None and due.record.done)
        assert bool(due.because) == (due.status in ("missed", "cancelled")) or due.visit is None
        if due.window is not None and due.status in ("planned", "in window", "overdue"):
            inside, before = due.window.first <= on <= due.window.last, on < due.window.first
            assert due.status == ("planned" if before else "in window" if inside else "overdue")


@given(arms, anchors, st.lists(days, min_size=2, max_size=12))
def test_as_days_pass_without_records_a_slot_only_moves_on(arm: str, known: Anchors, on: list[date]) -> None:
    order = ["planned", "in window", "overdue", "missed"]
    last: dict[str, int] = {}
    for day in sorted(on):
        for slot, due in planned(due_visits(SCHEDULE, arm, known, [], day)).items():
            if due.status in order:
                assert order.index(due.status) >= last.get(slot, 0)
                last[slot] = order.index(due.status)
            else:
                assert due.status == "cancelled" or due.slot in TREATMENT, "only a dose given, or what gives way to it"


@given(anchors, st.integers(-30, 200), days)
def test_dose_2_moves_with_dose_1_and_nothing_else_in_its_place(known: dict[str, date], by: int, on: date) -> None:
    first = known.get("dose 1", START)
    moved = first + timedelta(days=by)
    on = max(on, first, moved)
    at, then = (planned(due_visits(SCHEDULE, "Arm 2", {**known, "dose 1": day}, [], on)) for day in (first, moved))
    one, two = at["dose_2"].window, then["dose_2"].window
    assert one is not None and two is not None
    assert [(late - soon).days for soon, late in zip(one, two, strict=True) if soon and late] == [by] * 4
    for slot, due in at.items():
        if due.visit is not None and due.visit.moment in ("liver_resection", "randomisation"):
            assert due.window == then[slot].window


@given(anchors, days, recurrences)
def test_imaging_is_the_same_in_both_arms(known: Anchors, on: date, recurred: date | None) -> None:
    control, treated = (
        [
            due
            for due in due_visits(SCHEDULE, arm, known, [], on, recurrence_on=recurred)
            if due.visit is not None and due.visit.kind == "assessment"
        ]
        for arm in ARMS
    )
    assert control == treated


@given(arms, anchors, records, days, days, ends)
def test_what_is_entered_for_later_days_does_not_change_today(
    arm: str, known: Anchors, seen: list[VisitRecord], on: date, other: date, ended: Ended | None
) -> None:
    earlier, later = sorted((on, other))
    up_to = [record for record in seen if record.on <= earlier]
    happened = {name: day for name, day in known.items() if day is not None and day <= earlier}
    by_then = ended if ended is not None and ended.on <= earlier else None
    assert due_visits(SCHEDULE, arm, known, seen, earlier, ended) == due_visits(
        SCHEDULE, arm, happened, up_to, earlier, by_then
    )
    assert len(due_visits(SCHEDULE, arm, known, up_to, later)) == len(due_visits(SCHEDULE, arm, known, up_to, earlier))
