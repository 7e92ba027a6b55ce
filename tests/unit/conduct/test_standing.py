"""A participant as the schedule sees them: what visits are counted from, which were made, and what has ended."""

from datetime import date
from typing import Final

import pytest
from tests.running import Running, fact, nelmas, opened

from equipoise.conduct.schedule import Ended
from equipoise.conduct.standing import anchors_of, cycle_of, doses_given, ended_of, extended_of, visit_records
from equipoise.participant.moves import Standing
from equipoise.participant.record import Participant, number_of

ENTRY: Final = date(2026, 5, 18)
DOSE_1: Final = date(2026, 5, 27)
DOSE_2: Final = date(2026, 7, 22)
LATER: Final = date(2026, 12, 1)
S = Standing


@pytest.fixture
def running() -> Running:
    running = opened("Arm 2")
    running.bring("P1", S.RANDOMISED)
    return running


def known(running: Running) -> Participant:
    return running.trial.person("P1")


# ---------------------------------------------------------------- what visits are counted from
def test_visits_are_counted_from_what_really_happened(running: Running) -> None:
    running.treat("P1", DOSE_1)
    found = anchors_of(known(running), nelmas(), LATER)
    assert found == {
        "liver_resection": date(2026, 4, 1), "randomisation": ENTRY, "dose 1": DOSE_1, "dose 2": None
    }  # fmt: skip
    assert anchors_of(known(running), nelmas(), date(2026, 5, 26))["dose 1"] is None


def test_a_day_that_is_known_in_part_is_no_anchor() -> None:
    running = opened()
    running.bring("P1", S.CONSENTED)
    running.trial.record("site", "P1", fact("2026-04", liver_resection={"residual": "R0"}))  # pyright: ignore[reportArgumentType]
    assert anchors_of(known(running), nelmas(), LATER)["liver_resection"] is None


def test_a_corrected_dose_moves_what_is_counted_from_it(running: Running) -> None:
    entry = running.treat("P1", DOSE_1).seq
    (dose,) = known(running).of_concept("full_dose")
    value = {"cycle": "1 1", "activity": "7.4 GBq"}
    running.clock.reach(date(2026, 5, 30))
    running.trial.correct("site", "P1", entry, fact(date(2026, 5, 28), full_dose=value), "the day after")
    assert anchors_of(known(running), nelmas(), LATER)["dose 1"] == date(2026, 5, 28)
    assert number_of(dose) == entry and known(running).standing is S.ON_TREATMENT


def test_doses_are_those_given_by_the_day_in_order_of_time(running: Running) -> None:
    running.treat("P1", DOSE_1)
    running.treat("P1", DOSE_2)
    assert [cycle_of(dose) for dose in doses_given(known(running), nelmas(), LATER)] == [1, 2]
    assert len(doses_given(known(running), nelmas(), date(2026, 7, 21))) == 1
    assert cycle_of(fact(DOSE_1, haemoglobin="9 g/dL")) == 0


# ---------------------------------------------------------------- what was made, and what has ended
def test_the_visits_of_the_site_with_their_reasons(running: Running) -> None:
    running.clock.reach(date(2026, 8, 20))
    running.trial.visit("site", "P1", "follow_up.1", date(2026, 8, 20), False, "on holiday")
    made, _, missed = visit_records(known(running))
    assert (made.slot, made.on, made.done) == ("screening", date(2026, 5, 12), True)
    assert (missed.slot, missed.done, missed.reason) == ("follow_up.1", False, "on holiday")
    running.trial.void("site", "P1", missed.entry, "of another person")
    assert len(visit_records(known(running))) == 2


def test_nothing_has_ended_while_it_goes_on(running: Running) -> None:
    assert ended_of(known(running), LATER) == ()
    running.trial.lose("site", "P1", "never answers")
    assert ended_of(known(running), LATER) == ()  # who was lost may be found again


def test_a_withdrawal_ends_as_far_as_it_goes(running: Running) -> None:
    """R35."""
    running.clock.reach(date(2026, 6, 1))
    running.trial.withdraw("site", "P1", "treatment", "tired of it")
    assert ended_of(known(running), LATER) == (Ended(date(2026, 6, 1), "withdrawal", "treatment"),)
    running.clock.reach(date(2026, 7, 1))
    running.trial.withdraw("site", "P1", "all", "no more")
    assert [each.scope for each in ended_of(known(running), LATER)] == ["treatment", "all"]
    assert len(ended_of(known(running), date(2026, 6, 30))) == 1


def test_completion_and_death_end(running: Running) -> None:
    running.trial.follow("site", "P1")
    running.trial.complete("site", "P1")
    assert ended_of(known(running), LATER) == (Ended(ENTRY, "end_of_treatment"), Ended(ENTRY, "completion"))
    running.clock.reach(date(2026, 7, 1))
    running.trial.record("site", "P1", fact(date(2026, 7, 1), death=date(2026, 7, 1)))
    assert Ended(date(2026, 7, 1), "death") in ended_of(known(running), LATER)


def test_a_screen_failure_ends_until_the_next_screening() -> None:
    running = opened()
    running.bring("P1", S.SCREENED, ENTRY, fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"))
    assert ended_of(known(running), LATER) == (Ended(ENTRY, "screen_failure"),)
    running.clock.reach(date(2026, 5, 20))
    running.trial.record("site", "P1", fact(date(2026, 5, 20), haemoglobin="9.1 g/dL"))
    running.trial.screen("site", "P1")
    assert ended_of(known(running), LATER) == ()
    running.trial.exclude("site", "P1", "declined")
    assert ended_of(known(running), LATER) == (Ended(date(2026, 5, 20), "screen_failure"),)


def test_a_held_dose_has_a_longer_window(running: Running) -> None:
    running.treat("P1", DOSE_1)
    assert extended_of(known(running), nelmas()) == frozenset()
    running.clock.reach(DOSE_2)
    running.trial.record("site", "P1", fact(DOSE_2, platelets="60 10*9/L"))
    running.trial.decide_dose("investigator", "P1")
    assert extended_of(known(running), nelmas()) == frozenset({"dose_2"})
    due = next(each for each in running.trial.visits("P1") if each.slot == "dose_2")
    assert due.window is not None and due.window.last == date(2026, 9, 16)  # 16 weeks after dose 1
