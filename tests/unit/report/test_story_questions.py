"""Questions are counted when they were asked and closed, and corrections are told from what was taken back."""

from datetime import date

from tests.told import ON, played

from equipoise.report.story_courses import courses
from equipoise.report.story_questions import questions_of

STATE, TRIAL = played().trial.state, played().trial.protocol
PEOPLE = courses(STATE, TRIAL, ON, False)


def test_questions_and_corrections() -> None:
    questions = questions_of(PEOPLE, TRIAL, ON)
    assert (questions.opened, questions.answered, questions.closed, questions.open) == (1, 1, 1, 0)
    assert (questions.days, questions.made_by_check, questions.about) == (5.0, 0, (("platelets", 1),))
    assert (questions.corrections, questions.voids, questions.redactions) == (1, 0, 0)
    assert [tuple(each) for each in questions.quarters] == [("2026, 4th quarter", 1, 1, 0)]
    assert questions_of(PEOPLE, TRIAL, date(2026, 11, 30)).opened == 0
