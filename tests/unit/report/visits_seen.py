"""A list of visits for the tests: the sandbox trial with the small schedule, two people at one site."""

from dataclasses import replace
from datetime import date

from equipoise.conduct.schedule import Ended, VisitRecord, due_visits
from equipoise.report.visits_words import PersonVisits, VisitList

from ..conduct.visits import ENTRY, GIVEN, SCHEDULE
from ..recruitment.asthma import TRIAL

ON = date(2026, 6, 5)
TIMED = replace(TRIAL, schedule=replace(SCHEDULE, ours=True, note="made up"))


def treated(on: date = ON, ended: Ended | None = None) -> PersonVisits:
    """In arm A; had dose 1, missed blood tests, was looked at once."""
    records = [VisitRecord("looks.1", date(2026, 5, 4)), VisitRecord("", date(2026, 5, 5), reason="pain; at night")]
    return PersonVisits("P-1", due_visits(SCHEDULE, "A", GIVEN, records, on, ended), "S1")


def control(on: date = ON) -> PersonVisits:
    """In arm B, of whom nothing is recorded yet."""
    return PersonVisits("P-2", due_visits(SCHEDULE, "B", ENTRY, [], on), "S1")


def seen(*people: PersonVisits, on: date = ON, synthetic: bool = True) -> VisitList:
    return VisitList(TIMED, on, people or (treated(on), control(on)), synthetic)
