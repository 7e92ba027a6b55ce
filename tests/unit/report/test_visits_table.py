"""The list of visits for people: the most urgent first; of one person also what was."""

from dataclasses import replace
from datetime import date

from equipoise.conduct.schedule import STATUSES
from equipoise.report.text import drawn
from equipoise.report.visits_table import TONES, visits_text
from equipoise.report.visits_words import VisitList, counts_words, to_do

from .visits_seen import ON, control, seen, treated


def text(found: VisitList) -> str:
    return drawn(visits_text(found), width=200)


def test_the_most_urgent_comes_first() -> None:
    order = ["overdue", "in window", "planned"]
    for on in (date(2026, 4, 21), date(2026, 5, 20), ON):
        lines = to_do(seen(on=on))
        statuses = [order.index(line.due.status) for line in lines]
        assert statuses == sorted(statuses)
        closing = [line.due.days_left(on) for line in lines if line.due.status == "in window"]
        assert closing == sorted(closing, key=lambda left: left or 0)


def test_what_has_no_day_yet_comes_last() -> None:
    on = date(2026, 2, 20)
    lines = to_do(seen(treated(on), on=on))
    has_day = [line.due.window is not None for line in lines]
    assert has_day == sorted(has_day, reverse=True) and not has_day[-1]


def test_a_site_s_list_names_the_person_of_each_visit() -> None:
    told = text(seen())
    assert told.startswith("BREATHE: visits of 2 people on 5 June 2026\nSynthetic data")
    assert "Overdue (3)\n✗ P-1" in told and "dose 2: due 27 April 2026 (20 April to 4 May), 32 days late" in told
    assert "look, 3 months: due 17 May 2026 (3 May to 31 May), 5 days late" in told
    assert "Table of visits: ours, not from BREATHE." in told
    assert "Over (" not in told


def test_one_person_s_list_also_says_what_was() -> None:
    told = text(seen(treated()))
    assert told.startswith("BREATHE: visits of P-1 on 5 June 2026\n")
    assert "✓ look, 3 months: done on 4 May 2026, was due 17 May 2026 (3 May to 31 May)" in told
    assert "? unscheduled visit on 5 May 2026: pain; at night" in told
    assert "✗ blood tests, 4 weeks: due 30 March 2026 (23 March to 6 April), missed: nothing was recorded" in told


def test_windows_that_close_within_a_week_have_a_section_of_their_own() -> None:
    near, far = date(2026, 4, 27), date(2026, 4, 26)
    assert "Closes within a week (2)" in text(seen(treated(near), on=near))
    assert "In window (2)" in text(seen(treated(far), on=far))


def test_a_long_list_of_what_is_planned_is_cut_and_says_so() -> None:
    people = [control()._replace(person=f"P-{number}") for number in range(9)]
    told = text(seen(*people))
    assert f"Planned ({9 * 3})" in told and "and 15 more visits planned" in told


def test_nothing_is_due() -> None:
    found = VisitList(replace(seen().trial, schedule=replace(seen().trial.schedule, ours=False)), ON, ())
    assert counts_words(found) == "nothing is due"
    assert "ours" not in text(found)


def test_every_status_has_its_tone() -> None:
    assert TONES.keys() == STATUSES.keys()
