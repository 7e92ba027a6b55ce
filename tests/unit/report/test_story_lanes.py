"""The lanes of a swimmer plot: one a randomised person, their marks on their days, their ends."""

from datetime import date

from tests.told import ON, RANDOMISED, START, played

from equipoise.report.story_courses import courses
from equipoise.report.story_lanes import Lane, lanes

STATE, TRIAL = played().trial.state, played().trial.protocol


def found(on: date = ON, blind: bool = False) -> dict[str, Lane]:
    return {lane.person: lane for lane in lanes(courses(STATE, TRIAL, on, blind), TRIAL, on)}


def test_one_lane_for_each_randomised_person_the_longest_first_in_each_arm() -> None:
    ordered = lanes(courses(STATE, TRIAL, ON, False), TRIAL, ON)
    assert sorted(lane.person for lane in ordered) == sorted(RANDOMISED)
    assert [lane.group for lane in ordered] == ["Arm 1"] * 3 + ["Arm 2"] * 3
    assert [lane.person for lane in ordered] == ["P1", "P2", "P5", "P3", "P4", "P6"]


def test_a_lane_runs_from_the_randomisation_to_the_end_or_to_the_day() -> None:
    ends = {person: (lane.end, lane.start.toordinal() + lane.days) for person, lane in found().items()}
    assert ends == {
        "P1": ("ongoing", ON.toordinal()), "P2": ("ongoing", ON.toordinal()), "P3": ("ongoing", ON.toordinal()),
        "P4": ("death", date(2026, 11, 30).toordinal()), "P5": ("withdrawal", date(2026, 9, 28).toordinal()),
        "P6": ("lost", date(2026, 9, 10).toordinal()),
    }  # fmt: skip
    assert found()["P1"].start == START


def test_marks_stand_on_the_days_on_which_things_happened() -> None:
    dosed, ill, back = found()["P3"], found()["P3"].of("serious"), found()["P4"]
    assert [dosed.start.toordinal() + mark.day for mark in dosed.of("full")] == [date(2026, 7, 1).toordinal()]
    assert dosed.of("full")[0].text == "dose 1, full dose (7.4 GBq), 1 July 2026"
    assert [mark.text for mark in ill] == ["infection, grade 3, serious, 30 August 2026"]
    assert dosed.of("severe") == ()  # fatigue of grade 1 is no mark, and what is serious is one mark
    assert back.recurrence == (date(2026, 9, 20) - back.start).days == back.of("recurrence")[0].day
    assert [mark.text for mark in found()["P5"].of("withdrawal")] == ["withdrew on 28 September 2026 (all)"]
    assert found()["P2"].of("missed") and not found()["P1"].of("full", "reduced", "hold")


def test_what_comes_later_is_not_drawn_yet() -> None:
    earlier = found(date(2026, 8, 1))
    assert earlier["P4"].end == "ongoing" and earlier["P4"].recurrence is None and not earlier["P3"].of("serious")


def test_blind_lanes_are_sorted_by_length_alone_and_show_no_treatment() -> None:
    blinded = lanes(courses(STATE, TRIAL, ON, True), TRIAL, ON)
    assert [lane.days for lane in blinded] == sorted((lane.days for lane in blinded), reverse=True)
    assert not any(lane.of("full", "reduced", "hold", "off") or lane.group for lane in blinded)
