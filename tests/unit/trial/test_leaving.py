"""How people leave: follow-up, withdrawal with its scope, loss, completion; in their order and with their reasons."""

from collections.abc import Callable
from datetime import date
from typing import Final

import pytest
from tests.running import Running, fact, opened, refused

from equipoise.participant.moves import Standing
from equipoise.trial import Trial

TODAY: Final = date(2026, 6, 10)
S = Standing


@pytest.fixture
def running() -> Running:
    """With P1, who was randomised on 18 May to the arm that is treated."""
    running = opened("Arm 2")
    running.bring("P1", S.RANDOMISED)
    running.clock.reach(TODAY)
    return running


def standing(running: Running) -> Standing:
    return running.trial.person("P1").standing


# ---------------------------------------------------------------- the good paths
def test_follow_up_and_completion(running: Running) -> None:
    entry = running.trial.follow("site", "P1", date(2026, 6, 3), "the treatment is over")
    assert (entry.kind, entry.body, entry.reason) == ("follow_up_began", {"on": "2026-06-03"}, "the treatment is over")
    assert standing(running) is S.IN_FOLLOW_UP
    running.trial.complete("site", "P1")
    assert standing(running) is S.COMPLETED and running.trial.person("P1").moved("complete") == TODAY


def test_lost_by_the_last_contact_and_found_again(running: Running) -> None:
    entry = running.trial.lose("site", "P1", "never answers", date(2026, 5, 20))
    assert entry.body == {"on": "2026-05-20"} and standing(running) is S.LOST
    running.trial.find_again("site", "P1")
    assert standing(running) is S.IN_FOLLOW_UP


@pytest.mark.parametrize("scope", ["visits", "all"])
def test_a_withdrawal_keeps_its_scope_and_reason(running: Running, scope: str) -> None:
    """R35: the recorded scope is what later entries are held against."""
    entry = running.trial.withdraw("site", "P1", scope, "no reason given")
    assert (entry.kind, entry.body, entry.reason) == (
        "withdrawn",
        {"on": "2026-06-10", "scope": scope},
        "no reason given",
    )
    assert standing(running) is S.WITHDRAWN


def test_who_withdraws_from_the_treatment_only_is_followed_up(running: Running) -> None:
    """R35."""
    entry = running.trial.withdraw("site", "P1", "treatment", "tired of it")
    assert (entry.kind, entry.body) == ("follow_up_began", {"on": "2026-06-10", "scope": "treatment"})
    assert standing(running) is S.IN_FOLLOW_UP
    left = {visit.slot: visit.status for visit in running.trial.visits("P1")}
    assert left["dose_1"] == "cancelled" and left["follow_up.1"] == "planned"


@pytest.mark.parametrize("to", [S.IDENTIFIED, S.CONSENTED, S.SCREENED, S.ELIGIBLE])
def test_anybody_may_withdraw_at_any_time(to: Standing) -> None:
    running = opened()
    running.bring("P1", to)
    running.trial.withdraw("site", "P1", "all", "no reason given")
    assert standing(running) is S.WITHDRAWN


def test_somebody_who_was_lost_may_withdraw(running: Running) -> None:
    running.trial.lose("site", "P1", "never answers")
    running.trial.withdraw("site", "P1", "all", "by letter")
    assert standing(running) is S.WITHDRAWN


@pytest.mark.parametrize("left", ["follow", "complete", "withdraw", "lose"])
def test_a_death_is_recorded_whatever_was_before(running: Running, left: str) -> None:
    """R27, R35: vital status is what most scopes leave."""
    steps: dict[str, Callable[[Trial], object]] = {
        "follow": lambda t: t.follow("site", "P1"),
        "complete": lambda t: (t.follow("site", "P1"), t.complete("site", "P1")),
        "withdraw": lambda t: t.withdraw("site", "P1", "visits", "moved"),
        "lose": lambda t: t.lose("site", "P1", "never answers"),
    }
    steps[left](running.trial)
    running.clock.reach(date(2026, 7, 1))
    running.trial.record("site", "P1", fact(date(2026, 7, 1), death=date(2026, 7, 1)))
    assert standing(running) is S.DEAD


# ---------------------------------------------------------------- refusals
REFUSED: list[tuple[str, Callable[[Trial], object], str]] = [
    ("another scope", lambda t: t.withdraw("site", "P1", "some", "why"),
     '"some" is not how far one can withdraw: "treatment": from the study\'s treatment only: the visits go on; '
     '"visits": '
     'from all visits: what the records and the registers of deaths say may still be used; "all": from everything: '
     'nothing '
     "more is collected; what was recorded before stays."),
    ("withdrawn without a reason", lambda t: t.withdraw("site", "P1", "all", " "),
     "It needs a reason that a person withdraws, with the scope: say why in a few words."),
    ("withdrawn from the treatment without a reason", lambda t: t.withdraw("site", "P1", "treatment", ""),
     "A withdrawal needs a reason, in a few words; “no reason given” is one."),
    ("lost without a reason", lambda t: t.lose("site", "P1", ""),
     "It needs a reason that a person is lost to follow-up: say why in a few words."),
    ("lost before the allocation", lambda t: t.lose("site", "P1", "why", date(2026, 5, 17)),
     "The last contact on 17 May 2026 lies before the last step of P1, on 18 May 2026: check both days."),
    ("followed before the allocation", lambda t: t.follow("site", "P1", date(2026, 5, 17)),
     "This on 17 May 2026 lies before the last step of P1, on 18 May 2026: check both days."),
    ("on a day to come", lambda t: t.follow("site", "P1", date(2026, 7, 1)),
     "This is dated 2026-07-01, which lies ahead: record it when it has been."),
    ("found though not lost", lambda t: t.find_again("site", "P1"),
     'P1 cannot be recorded as somebody who is found again: the standing is "randomised": only who was lost can be '
     'found '
     "again."),
    ("completed without follow-up", lambda t: t.complete("site", "P1"),
     'P1 cannot be recorded as somebody who completes the study: the standing is "randomised": the follow-up comes '
     'first.'),
    ("by the sponsor", lambda t: t.withdraw("sponsor", "P1", "all", "why"),
     "sponsor is a sponsor and may not record that a person withdraws, with the scope: ask the investigator or "
     "coordinator."),
    ("who is not there", lambda t: t.lose("site", "P9", "why"),
     'Nobody in this trial is identified by "P9": identify the person first.'),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_refuses_in_one_sentence(running: Running, what: Callable[[Trial], object], sentence: str) -> None:
    """R02, R13, R22."""
    assert refused(running, what) == sentence


@pytest.mark.parametrize("verb", ["follow", "lose", "find_again", "complete", "withdraw"])
def test_the_dead_neither_leave_nor_come_back(running: Running, verb: str) -> None:
    """R22."""
    running.trial.record("site", "P1", fact(TODAY, death=TODAY))
    more = {"lose": ("why",), "withdraw": ("all", "why")}.get(verb, ())
    told = refused(running, lambda t: getattr(t, verb)("site", "P1", *more))
    assert told.endswith('the standing is "dead".')


def test_who_was_lost_is_not_found_before_the_last_step(running: Running) -> None:
    """R22: the day of the last contact lies before that of the loss, and does not loosen the order of the rest."""
    running.trial.follow("site", "P1", date(2026, 6, 3))
    running.trial.lose("site", "P1", "never answers", date(2026, 6, 5))
    told = refused(running, lambda t: t.find_again("site", "P1", date(2026, 6, 1)))
    assert told == "This on 1 June 2026 lies before the last step of P1, on 3 June 2026: check both days."


def test_a_site_leaves_the_people_of_another_alone(running: Running) -> None:
    """R13, R14."""
    running.trial.open_site("sponsor", "S2")
    running.trial.grant("sponsor", "site-2", "coordinator", "S2")
    told = refused(running, lambda t: t.withdraw("site-2", "P1", "all", "why"))
    assert told == "site-2 belongs to site S2 and this person to site S1: ask there."
    assert refused(running, lambda t: t.identify("site-2", "P2", site="S1")).startswith("site-2 belongs to site S2")
