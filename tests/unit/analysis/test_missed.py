"""Scans that were due and not made, by the schedule of NELMAS: every 3 months for 2 years, then every 6, and a PET."""

from datetime import date

import pytest
from tests.unit.analysis.outcomes import CUT, NELMAS, person

from equipoise.analysis.known import Known
from equipoise.analysis.missed import missed_scans


def missed(after: date, before: date) -> int:
    known = person()
    assert known.allocation is not None
    return missed_scans(Known(NELMAS, known, known.allocation, CUT), after.toordinal(), before.toordinal())


@pytest.mark.parametrize(
    ("after", "before", "number"),
    [
        (date(2026, 6, 2), date(2026, 9, 16), 0),  # the window of September ends on that day
        (date(2026, 6, 2), date(2026, 9, 17), 1),
        (date(2026, 6, 2), date(2027, 1, 15), 2),
        (date(2026, 8, 19), date(2027, 1, 15), 1),  # a scan on the first day of the window is that of September
        (date(2026, 12, 20), date(2027, 5, 1), 1),  # the MRI and the PET of the first year are one time
        (date(2028, 3, 20), date(2029, 5, 1), 2),  # twice a year in the third
    ],
)
def test_so_many_were_due_between(after: date, before: date, number: int) -> None:
    assert missed(after, before) == number
