"""Who failed, who waited and what was missed: each is counted once, and as the flow and the schedule say."""

from tests.told import ON, RANDOMISED, played

from equipoise.conduct.flow import flow
from equipoise.report.story_counts import screening_of, visits_of, waits_of
from equipoise.report.story_courses import courses

STATE, TRIAL = played().trial.state, played().trial.protocol
PEOPLE = courses(STATE, TRIAL, ON, False)


def test_who_failed_the_screening_is_who_the_flow_says() -> None:
    screening = screening_of(PEOPLE, flow(STATE, TRIAL, ON), TRIAL)
    assert (screening.screened, screening.failed) == (7, 1)
    assert [(each.criterion.id, each.against, each.alone) for each in screening.failures] == [("E10", 1, 1)]


def test_waits_are_held_against_the_windows_of_the_protocol() -> None:
    to_randomisation, to_dose = waits_of(PEOPLE, TRIAL)
    assert [wait.person for wait in to_randomisation.waits] == list(RANDOMISED) and to_randomisation.window is None
    assert to_dose.window == (42, 56, 70, None)  # 8 weeks, 2 weeks either side
    assert [(wait.person, wait.time) for wait in to_dose.waits] == [("P3", "late")] and to_dose.inside == 0
    assert to_randomisation.median == 47.0
    assert len(waits_of(courses(STATE, TRIAL, ON, True), TRIAL)) == 1


def test_every_slot_of_everybody_randomised_is_counted_once() -> None:
    counted = visits_of(PEOPLE, TRIAL)
    slots = [due for course in PEOPLE if course.randomised for due in course.visits if due.visit is not None]
    assert sum(each.counts.total() for each in counted) == len(slots)
    follow_up = next(each for each in counted if each.visit.id == "follow_up")
    assert follow_up.counts["done"] == 1 and follow_up.counts["missed"] >= 1
    assert follow_up.off == follow_up.settled - 1
    assert [each.visit.id for each in counted] == [
        visit.id for visit in TRIAL.schedule.visits if visit.id in {each.visit.id for each in counted}
    ]
