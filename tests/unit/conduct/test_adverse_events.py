"""Adverse events as the records tell them, and those that come late."""

from datetime import date

import pytest

from equipoise.conduct.safety import adverse_events, late_effects, share_seen
from equipoise.protocol.safety import Safety
from equipoise.truth import FALSE, TRUE, UNKNOWN

from ...asking import fact, span
from .safety_rules import SAFETY, WORDS

ON = date(2032, 1, 1)
FIRST_DOSE = date(2026, 3, 2)
ENDED = date(2029, 3, 2)


def test_an_event_is_read_by_the_words_that_the_trial_names() -> None:
    stated = {"what": "nausea", "grade": "2 ", "related": "yes", "serious": "no", "outcome": "resolved"}
    (event,) = adverse_events([fact("event", stated, "2026-03-05", "2026-03-07")], SAFETY, WORDS, ON)
    assert (event.term, event.label, event.grade, event.outcome) == ("nausea", "nausea", 2, "resolved")
    assert (event.related, event.serious, event.fatal) == (TRUE, FALSE, FALSE)
    assert event.when == span("2026-03-05") and event.person == "p"


def test_what_is_not_said_stays_open() -> None:
    (event,) = adverse_events([fact("event", {"what": "marrow"}, "2026-03-05")], SAFETY, WORDS, ON)
    assert event.grade is None and event.outcome == "" and event.label == "marrow failure"
    assert (event.related, event.serious, event.fatal) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_the_earliest_first_doubtful_ones_too_and_later_ones_not_yet() -> None:
    facts = [
        fact("event", {"what": "rash"}, "2026-04-01"),
        fact("event", {"what": "nausea"}, "2026-03-05", doubt="preliminary"),
        fact("event", {"what": "marrow"}, "2031-01-01"),
    ]
    found = adverse_events(facts, SAFETY, WORDS, date(2026, 6, 1))
    assert [event.term for event in found] == ["nausea", "rash"]
    assert adverse_events(facts, Safety(), WORDS, ON) == (), "a trial that does not say how it records them has none"


@pytest.mark.parametrize(
    ("when", "after_end", "months", "said"),
    [
        ("2027-03-10", FALSE, 12, "12 months after the first dose."),
        ("2029-03-02", FALSE, 36, "36 months after the first dose."),
        ("2030-03-10", TRUE, 48, "after the end of the study on 2 March 2029: it counts all the same"),
    ],
)
def test_a_late_effect_counts_after_the_end_of_the_study(when: str, after_end: object, months: int, said: str) -> None:
    events = adverse_events([fact("event", {"what": "marrow"}, when)], SAFETY, WORDS, ON)
    (effect,) = late_effects(events, SAFETY, FIRST_DOSE, ENDED)
    assert effect.after_end is after_end and effect.months == (months, months) and said in effect.sentence


def test_a_partial_date_leaves_the_end_open_and_gives_a_span_of_months() -> None:
    events = adverse_events([fact("event", {"what": "marrow"}, "2029")], SAFETY, WORDS, ON)
    (effect,) = late_effects(events, SAFETY, FIRST_DOSE, ENDED)
    assert effect.after_end is UNKNOWN and effect.months == (34, 45)
    assert "34 to 45 months" in effect.sentence and "perhaps after the end of the study" in effect.sentence


def test_other_terms_and_events_before_the_first_dose_are_no_late_effects() -> None:
    facts = [fact("event", {"what": "rash"}, "2030-01-01"), fact("event", {"what": "marrow"}, "2026-03-01")]
    assert late_effects(adverse_events(facts, SAFETY, WORDS, ON), SAFETY, FIRST_DOSE, ENDED) == ()


def test_the_share_of_onsets_that_a_follow_up_sees() -> None:
    assert share_seen(36, 36, 0.6) == 0.5, "at the median it is one half whatever the spread"
    assert share_seen(36, 36, 0.2) == 0.5
    assert share_seen(36, 26, 0.6) == pytest.approx(0.7062, abs=5e-5)  # z = ln(36/26) / 0.6 = 0.5424, normal table
    assert share_seen(36, 41, 0.6) == pytest.approx(0.4142, abs=5e-5)  # z = -0.2168
    for wrong in [(0, 26, 0.6), (36, 0, 0.6), (36, 26, 0)]:
        with pytest.raises(ValueError, match="above 0"):
            share_seen(*wrong)
