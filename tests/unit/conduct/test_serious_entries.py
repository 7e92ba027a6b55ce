"""Serious events as the ledger tells them: the event as it stands by now, and what the sponsor knew, thought and "
"did."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from tests.running import Running, fact, nelmas, opened

from equipoise.conduct.serious import SeriousEvent
from equipoise.conduct.serious_entries import now_called, serious_events
from equipoise.participant.moves import Standing

TODAY: Final = date(2026, 6, 10)
AWARE: Final = datetime(2026, 6, 10, 9, tzinfo=UTC)
EVENT: Final = {"term": "anaemia", "grade": "3 {score}", "related": "yes", "serious": "yes"}


@pytest.fixture
def running() -> Running:
    running = opened()
    running.bring("P1", Standing.RANDOMISED)
    running.clock.reach(TODAY)
    return running


def told(running: Running) -> tuple[SeriousEvent, ...]:
    return serious_events(running.trial.person("P1"), nelmas(), TODAY)


def event(running: Running, **changes: Any) -> int:
    return running.trial.record("site", "P1", fact(TODAY, adverse_event={**EVENT, **changes}))[0].seq


def corrected(running: Running, entry: int, **changes: Any) -> int:
    right = fact(TODAY, adverse_event={**EVENT, **changes})
    return running.trial.correct("site", "P1", entry, right, "looked up").seq


def test_an_event_is_serious_once_the_site_has_reported_it(running: Running) -> None:
    entry = event(running)
    assert told(running) == ()
    report = running.trial.report_serious("site", "P1", entry, AWARE, life_threatening=True)
    (seen,) = told(running)
    assert (seen.id, seen.person, seen.term, seen.grade) == (str(report.seq), "P1", "anaemia", 3)
    assert (seen.site_aware, seen.sponsor_aware) == (AWARE, None)
    assert seen.related_investigator is True and seen.related_sponsor is None and seen.fatal_or_life_threatening is True


def test_it_is_read_as_it_stands_through_all_its_corrections(running: Running) -> None:
    """R27: whatever is corrected, the clock and the report are the same."""
    first = event(running)
    running.trial.report_serious("site", "P1", first, AWARE)
    second = corrected(running, first, grade="4 {score}")
    third = corrected(running, second, grade="5 {score}", outcome="fatal")
    known = running.trial.person("P1")
    assert [now_called(known, each) for each in (first, second, third, 999)] == [third, third, third, 999]
    (seen,) = told(running)
    assert seen.grade == 5 and seen.fatal and seen.site_aware == AWARE


def test_a_redaction_of_what_was_corrected_loses_nothing(running: Running) -> None:
    """R11, R27: the name in the first wording goes, the event and its clock stay."""
    first = event(running, verbatim="as Mrs Example says")
    running.trial.report_serious("site", "P1", first, AWARE)
    second = corrected(running, first)
    running.trial.redact("data", first, "a name")
    assert now_called(running.trial.person("P1"), first) == second
    assert [seen.grade for seen in told(running)] == [3]


def test_what_was_taken_back_is_no_event(running: Running) -> None:
    entry = event(running)
    running.trial.report_serious("site", "P1", entry, AWARE)
    running.trial.void("site", "P1", entry, "of another person")
    assert told(running) == ()


def test_what_the_sponsor_knew_thought_and_did(running: Running) -> None:
    """R27: the last opinion of the sponsor and the investigator's both stand; the first report to each counts."""
    trial = running.trial
    report = trial.report_serious("site", "P1", event(running), AWARE).seq
    for hours in (2, 1, 3):
        trial.receive_serious("sponsor", report, AWARE + timedelta(hours=hours))
    trial.opine("sponsor", report, related=True)
    trial.opine("sponsor", report, related=False, unexpected=True)
    trial.submit_serious("sponsor", report, "authority", AWARE + timedelta(hours=2))
    trial.submit_serious("sponsor", report, "authority", AWARE + timedelta(hours=3))
    (seen,) = told(running)
    assert seen.sponsor_aware == AWARE + timedelta(hours=1)
    assert (seen.related_investigator, seen.related_sponsor, seen.unexpected) == (True, False, True)
    assert dict(seen.reported) == {"authority": AWARE + timedelta(hours=2)}


def test_two_events_are_told_apart(running: Running) -> None:
    reports = [
        running.trial.report_serious("site", "P1", event(running, term=term), AWARE).seq
        for term in ("anaemia", "infection")
    ]  # fmt: skip
    running.trial.opine("sponsor", reports[1], related=False)
    assert [(seen.term, seen.related_sponsor) for seen in told(running)] == [("anaemia", None), ("infection", False)]
