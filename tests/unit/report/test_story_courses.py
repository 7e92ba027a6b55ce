"""Each person's course: doses with their time, decisions, and what is left out for who must not know the arms."""

from datetime import date

from tests.told import ON, played

from equipoise.participant.moves import Standing
from equipoise.report.story_courses import Course, courses, groups_of

STATE, TRIAL = played().trial.state, played().trial.protocol


def course(person: str, on: date = ON, blind: bool = False) -> Course:
    return next(each for each in courses(STATE, TRIAL, on, blind) if each.person == person)


def test_everybody_identified_by_the_day_has_a_course() -> None:
    assert [each.person for each in courses(STATE, TRIAL, ON, False)] == [f"P{number}" for number in range(1, 9)]
    assert [each.person for each in courses(STATE, TRIAL, date(2026, 4, 20), False)] == ["P1", "P2"]


def test_a_dose_is_told_with_its_days_and_what_stood_against_it() -> None:
    (dose,) = course("P3").doses
    assert (dose.cycle, dose.on, dose.full, dose.time) == (1, date(2026, 7, 1), True, "late")
    resected = course("P3").anchors["liver_resection"]
    assert resected is not None and dose.days == (dose.on - resected).days
    assert dose.against == "the product came late"


def test_a_dose_of_a_later_day_is_not_known_yet() -> None:
    assert course("P3", date(2026, 6, 30)).doses == ()
    assert course("P4", date(2026, 10, 1)).standing is Standing.IN_FOLLOW_UP
    assert course("P4").standing is Standing.DEAD


def test_blind_there_is_one_group_and_nothing_of_the_treatment() -> None:
    assert [group.label for group in groups_of(TRIAL, blind=True)] == ["All arms together"]
    blinded = courses(STATE, TRIAL, ON, True)
    assert {each.group for each in blinded} == {""}
    assert not any(each.doses or each.decisions for each in blinded)
    assert all(due.visit is not None and not due.visit.arms for each in blinded for due in each.visits)
    assert course("P3").standing_words(blind=True) == course("P1").standing_words(blind=True) == "in the trial"
    assert course("P4").standing_words(blind=True) == "dead"
