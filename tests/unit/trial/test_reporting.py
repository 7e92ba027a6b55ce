"""Serious events: from the site to the sponsor, to the authorities; every clock, and both opinions."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from tests.running import Running, fact, opened, refused

from equipoise.conduct.safety import ClockState
from equipoise.conduct.serious_entries import serious_events
from equipoise.participant.moves import Standing
from equipoise.trial import Trial

TODAY: Final = date(2026, 6, 10)
AWARE: Final = datetime(2026, 6, 10, 9, tzinfo=UTC)
NOW: Final = datetime(2026, 6, 10, 12, tzinfo=UTC)
SERIOUS: Final = {"term": "anaemia", "grade": "3 {score}", "related": "yes", "serious": "yes", "outcome": "ongoing"}


@pytest.fixture
def running() -> Running:
    """With P1, in the arm that is treated, and a serious event of today."""
    running = opened("Arm 2")
    running.bring("P1", Standing.RANDOMISED)
    running.clock.reach(TODAY)
    return running


def event(running: Running, **changes: Any) -> int:
    """The entry of the event."""
    return running.trial.record("site", "P1", fact(TODAY, adverse_event={**SERIOUS, **changes}))[0].seq


def reported(running: Running, threatening: bool | None = False, **changes: Any) -> int:
    """The entry of the site's report."""
    return running.trial.report_serious("site", "P1", event(running, **changes), AWARE, threatening).seq


def clock(running: Running, name: str) -> ClockState:
    return next(each for each in running.trial.serious_clocks() if each.clock.id == name)


# ---------------------------------------------------------------- clocks
def test_the_site_has_24_hours_from_its_own_awareness(running: Running) -> None:
    """R27: overdue is shown, with by how much."""
    reported(running)
    assert clock(running, "sae_24h").due == AWARE + timedelta(hours=24) and not running.trial.overdue_serious()
    running.clock.wait(timedelta(hours=23))
    (late,) = running.trial.overdue_serious()
    assert late.clock.id == "sae_24h" and late.overdue_by == timedelta(hours=2)
    assert "overdue by 2 hours" in late.sentence


@pytest.mark.parametrize(("threatening", "days"), [(True, 7), (False, 15), (None, 7)])
def test_the_sponsor_has_7_days_or_15_from_its_own_awareness(
    running: Running, threatening: bool | None, days: int
) -> None:
    """R27: 7 days for what is fatal or threatens life, also while nobody has said; else 15."""
    report = reported(running, threatening)
    running.trial.receive_serious("sponsor", report, NOW)
    running.trial.opine("sponsor", report, related=True, unexpected=True)
    (due,) = [each for each in running.trial.serious_clocks() if each.clock.to == "authority"]
    assert due.clock.days == days and due.started == NOW
    running.trial.submit_serious("sponsor", report, "authority")
    assert clock(running, due.clock.id).met_at == NOW
    assert clock(running, "sae_24h").met_at == NOW


def test_of_two_times_at_which_the_sponsor_became_aware_the_earlier_counts(running: Running) -> None:
    """R27: a clock that has begun does not begin anew."""
    report = reported(running)
    running.trial.receive_serious("sponsor", report, NOW)
    running.trial.receive_serious("sponsor", report, AWARE + timedelta(hours=1))
    (seen,) = serious_events(running.trial.person("P1"), running.trial.protocol, TODAY)
    assert seen.sponsor_aware == AWARE + timedelta(hours=1)


def test_the_sponsor_cannot_downgrade_and_both_opinions_stay(running: Running) -> None:
    """R27."""
    report = reported(running, term="infection")  # which is not among the expected ones
    running.trial.opine("sponsor", report, related=False, reason="by the pattern")
    (seen,) = serious_events(running.trial.person("P1"), running.trial.protocol, TODAY)
    assert (seen.related_investigator, seen.related_sponsor) == (True, False)
    running.trial.receive_serious("sponsor", report)
    assert [
        each for each in running.trial.serious_clocks() if each.clock.to == "authority"
    ]  # still a suspected reaction


def test_a_death_after_the_study_is_reported_all_the_same(running: Running) -> None:
    running.trial.follow("site", "P1")
    running.trial.complete("site", "P1")
    reported(running, grade="5 {score}", outcome="fatal")
    (seen,) = serious_events(running.trial.person("P1"), running.trial.protocol, TODAY)
    assert seen.fatal and seen.fatal_or_life_threatening


# ---------------------------------------------------------------- refusals
REFUSED: list[tuple[str, Callable[[Trial, int, int], object], str]] = [
    ("an event that there is not", lambda t, e, r: t.report_serious("site", "P1", 1),
     "Entry 1 holds no adverse event of P1 that stands: record the event first."),
    ("an event twice", lambda t, e, r: t.report_serious("site", "P1", e),
     "The adverse event of entry {0} was reported as serious before."),
    ("a time ahead", lambda t, e, r: t.receive_serious("sponsor", r, NOW + timedelta(hours=1)),
     "The time 2026-06-10T13:00:00+00:00 lies ahead."),
    ("a time without its offset", lambda t, e, r: t.receive_serious("sponsor", r, datetime(2026, 6, 10)),
     "The time 2026-06-10T00:00:00 lacks its offset from UTC: write it with one, as +00:00."),
    ("about what is no report", lambda t, e, r: t.opine("sponsor", e, True),
     "Entry {0} is no report of a serious event."),
    ("to somebody else", lambda t, e, r: t.submit_serious("sponsor", r, "press"),
     'The protocol reports to authority, sponsor, not to "press".'),
    ("about an entry that there is not", lambda t, e, r: t.opine("sponsor", 9999, True),
     "The ledger has no entry 9999."),
    ("an opinion of the site", lambda t, e, r: t.opine("site", r, False),
     "site is a coordinator and may not record that the sponsor's own opinion on causality: ask the sponsor."),
    ("a report of the sponsor", lambda t, e, r: t.report_serious("sponsor", "P1", e),
     "sponsor is a sponsor and may not record that the site reports a serious event to the sponsor: ask the "
     "investigator "
     "or coordinator."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_refuses_in_one_sentence(running: Running, what: Callable[[Trial, int, int], object], sentence: str) -> None:
    """R13, R27."""
    entry = event(running)
    report = running.trial.report_serious("site", "P1", entry, AWARE).seq
    assert refused(running, lambda t: what(t, entry, report)) == sentence.format(entry)


def test_only_what_is_recorded_as_serious_is_reported_as_serious(running: Running) -> None:
    entry = event(running, serious="no")
    told = refused(running, lambda t: t.report_serious("site", "P1", entry))
    assert told == f"The adverse event of entry {entry} is not recorded as serious: correct it, with a reason."
    entry = running.trial.correct("site", "P1", entry, fact(TODAY, adverse_event=SERIOUS), "in hospital").seq
    running.trial.report_serious("site", "P1", entry)
    assert len(running.trial.serious_clocks()) == 1


def test_a_corrected_event_is_the_one_that_was_reported(running: Running) -> None:
    """R27: neither lost nor reported twice."""
    entry = event(running)
    running.trial.report_serious("site", "P1", entry, AWARE)
    later = running.trial.correct(
        "site", "P1", entry, fact(TODAY, adverse_event={**SERIOUS, "grade": "4 {score}"}), "y"
    )
    (seen,) = serious_events(running.trial.person("P1"), running.trial.protocol, TODAY)
    assert seen.grade == 4 and len(running.trial.serious_clocks()) == 1
    for number in (entry, later.seq):
        told = refused(running, lambda t, number=number: t.report_serious("site", "P1", number))
        assert told == f"The adverse event of entry {number} was reported as serious before."
