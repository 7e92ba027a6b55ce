"""The story in sentences: the numbers in them are those of the trial."""

from datetime import date

from tests.told import ON, played

from equipoise.participant.state import State
from equipoise.report.story_accrual import Plan
from equipoise.report.story_data import Story, told
from equipoise.report.story_words import headline, sentences

STATE, TRIAL = played().trial.state, played().trial.protocol


def story(plan: Plan | None = None, blind: bool = False) -> Story:
    return told(STATE, TRIAL, ON, blind, plan)


def test_half_and_all_of_the_target_are_told_with_how_late_they_came() -> None:
    late = sentences(story(Plan(6, date(2026, 4, 3))))
    assert "On 29 April 2026 the 3rd of 6 was randomised, 42 days later than planned." in late
    assert "On 10 June 2026 the 6th of 6 was randomised, 2 months later than planned." in late
    early = sentences(story(Plan(6, date(2027, 3, 1))))
    assert "On 10 June 2026 the 6th of 6 was randomised, 9 months earlier than planned." in early
    assert "On 10 June 2026 the 6th of 6 was randomised, as planned." in sentences(story(Plan(6, date(2026, 6, 12))))


def test_a_target_that_is_not_reached_is_told_with_what_the_plan_had() -> None:
    said = sentences(story(Plan(12, date(2027, 1, 1))))
    assert "By 1 March 2027 6 of 12 were randomised; the plan had 12 by then." in said


def test_the_sentences_name_the_trials_numbers() -> None:
    said = sentences(story())
    assert said[:2] == (
        "The trial was opened on 2 March 2026; 1 site took part.",
        "The first person was randomised on 1 April 2026, 30 days later.",
    )
    assert (
        "Of 8 people identified, 8 consented, 7 were screened and 6 randomised; 1 was not eligible, most often by E10, "
        "Low platelets (1)." in said
    )
    assert "Dose 1 came a median of 110 days after the resection of liver metastases, 0 of 1 within its window of 42 " \
        "to 70 days." in said  # fmt: skip
    assert (
        "The disease came back in 1 of 6. By 1 March 2027: 0 completed, 1 withdrawn, 1 lost to follow-up, 1 dead."
        in said
    )
    assert "The clock “tell the sponsor of the serious event” (24 hours) ran once; it was met late once." in said


def test_blind_no_sentence_tells_of_doses() -> None:
    assert not [each for each in sentences(story(blind=True)) if "dose" in each.lower()]


def test_headline_numbers_agree_with_the_story() -> None:
    numbers = {each.label: each.number for each in headline(story())}
    assert numbers["randomised"] == "6" and numbers["in the trial"] == "3" and numbers["died"] == "1"
    assert numbers["withdrawn or lost"] == "2" and numbers["serious events"] == "1"


def test_a_trial_without_anybody_has_sentences() -> None:
    assert "0 people identified" in " ".join(sentences(told(State(STATE.words), TRIAL, ON)))
