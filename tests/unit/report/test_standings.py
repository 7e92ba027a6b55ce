"""Where everybody stands, and since when: by the moves, as of a day, with the arms hidden or not."""

from datetime import date

from tests.running import opened

from equipoise.participant.moves import Standing
from equipoise.report.standings import BLIND, next_words, standings_of
from equipoise.report.standings_table import standings_text
from equipoise.report.text import drawn

DOSE = date(2026, 6, 8)


def test_everybody_stands_where_their_last_move_led() -> None:
    running = opened(first="Arm 2")
    running.bring("P1", Standing.RANDOMISED)
    randomised = running.trial.today
    running.treat("P1", DOSE)
    running.trial.identify("site", "P2")
    first, second = standings_of(running.trial, DOSE).rows
    assert (first.standing, first.since, first.arm) == ("on treatment", DOSE, "Arm 2")
    assert (second.standing, second.since, second.arm) == ("identified", DOSE, "")
    (before,) = standings_of(running.trial, randomised).rows
    assert (before.standing, before.since) == ("randomised", randomised)
    assert standings_of(running.trial, date(2026, 3, 1)).rows == ()


def test_blind_who_is_treated_is_randomised_and_their_next_visit_is_one_of_all() -> None:
    running = opened(first="Arm 2")
    running.bring("P1", Standing.RANDOMISED)
    randomised = running.trial.today
    running.treat("P1", DOSE)
    (row,) = standings_of(running.trial, DOSE, blind=True).rows
    assert (row.standing, row.since, row.arm) == ("randomised", randomised, BLIND)
    assert row.due is not None and row.due.visit is not None and row.due.visit.is_for("")
    running.trial.follow("site", "P1", DOSE)
    (row,) = standings_of(running.trial, DOSE, blind=True).rows
    assert (row.standing, row.since) == ("in follow-up", DOSE)


def test_who_does_not_enter_is_excluded_from_that_day_on() -> None:
    running = opened()
    running.trial.identify("site", "P1")
    identified = running.trial.today
    running.clock.reach(DOSE)
    running.trial.exclude("site", "P1", "declined", "no time")
    (row,) = standings_of(running.trial, DOSE).rows
    assert (row.standing, row.since, row.due) == ("excluded", DOSE, None)
    assert [each.standing for each in standings_of(running.trial, identified).rows] == ["identified"]


def test_nothing_due_is_a_dash() -> None:
    assert next_words(None) == "—"


def test_who_must_sign_a_new_form_and_what_is_asked_stands_below_the_table() -> None:
    running = opened()
    running.bring("P1", Standing.RANDOMISED)
    day = running.trial.today
    running.trial.bring_consent_into_force("sponsor", "3.0", day)
    last = running.trial.state.head
    fact = next(entry for entry in running.trial.store.of(subject="P1", kinds=("fact",)))
    running.trial.ask("monitor", "P1", fact.seq, "Which form?")
    text = drawn(standings_text(standings_of(running.trial, day)))
    assert "To see to (2)" in text
    assert "To sign the consent form in force: P1." in text
    assert f"Question {last + 1} about P1, entry {fact.seq}: Which form?" in text


def test_no_line_is_wider_than_the_terminal_and_nothing_is_cut() -> None:
    running = opened()
    running.bring("P1", Standing.RANDOMISED)
    for width in (60, 80, 120):
        text = drawn(standings_text(standings_of(running.trial, running.trial.today)), width)
        assert max(map(len, text.splitlines())) <= width
        assert {"randomised", "follow-up,", "planned"} <= set(text.split())
        assert "…" not in text
