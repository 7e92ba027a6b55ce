"""A small schedule for the tests: two doses, blood tests between them, looks for the disease, late effects."""

from datetime import date

from equipoise.conduct.schedule import Status, VisitRecord, due_visits
from equipoise.dates import Duration
from equipoise.protocol.visits import ENDS, Extension, Schedule, Visit


def weeks(count: int) -> Duration:
    return Duration(count, "week")


def months(*counts: int) -> tuple[Duration, ...]:
    return tuple(Duration(count, "month") for count in counts)


FIRST = Visit(
    "first", "dose 1", "treatment", "liver_resection", "the resection", (weeks(8),), weeks(2), weeks(2),
    arms=("A",), sets="dose 1", series="first", ends_with=ENDS["treatment"],
)  # fmt: skip
SECOND = Visit(
    "second", "dose 2", "treatment", "dose 1", "dose 1", (weeks(8),), weeks(1), weeks(1), arms=("A",), sets="dose 2",
    series="second", ends_with=ENDS["treatment"], extension=Extension(weeks(16), "for resolving acute toxicity"),
)  # fmt: skip
LABS = Visit(
    "labs", "blood tests", "safety", "dose 1", "dose 1", (weeks(4), weeks(8)), weeks(1), weeks(1), arms=("A",),
    series="labs", gives_way_to="dose 2", ends_with=ENDS["safety"], every=weeks(4),
)  # fmt: skip
LOOKS = Visit(
    "looks", "look", "assessment", "randomisation", "the randomisation", months(3, 6, 9, 12), weeks(2), weeks(2),
    series="looks", ends_with=ENDS["assessment"], every=months(3)[0], collects=("fev1",), ours=True,
)  # fmt: skip
LATE = Visit(
    "late", "late effects", "contact", "dose 1", "dose 1", (Duration(4, "year"), Duration(5, "year")), *months(3, 3),
    arms=("A",), series="late", ends_with=frozenset({"death"}), every=Duration(1, "year"),
)  # fmt: skip
SCHEDULE = Schedule((FIRST, SECOND, LABS, LOOKS, LATE))
ENTRY = {"liver_resection": date(2026, 1, 1), "randomisation": date(2026, 2, 17)}
GIVEN = {**ENTRY, "dose 1": date(2026, 3, 2)}


def status_of(
    slot: str, *records: VisitRecord, on: date = date(2026, 7, 1), extended: frozenset[str] = frozenset()
) -> tuple[Status, str]:
    """The status of a slot of somebody in arm A who had dose 1, and why."""
    due = next(due for due in due_visits(SCHEDULE, "A", GIVEN, records, on, extended=extended) if due.slot == slot)
    return due.status, due.because
