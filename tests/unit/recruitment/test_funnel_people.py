"""People judged one by one become patterns; what is counted of the patterns is what is true of the people."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from equipoise.dates import Span, read_span
from equipoise.eligibility.person import screen
from equipoise.eligibility.verdict import Outcome
from equipoise.facts import Reading
from equipoise.faults import Fault
from equipoise.recruitment.funnel import Funnel
from equipoise.recruitment.funnel_people import (
    Sought,
    Wanting,
    by_reference,
    month_moment,
    month_text,
    tally_of,
    wanted,
)
from equipoise.recruitment.funnel_survey import survey

from .asthma import COMPLETE, ON, READING, SITES, TRIAL

SCREENING = screen(TRIAL, READING, ON, COMPLETE)
VISIT = month_moment(TRIAL, "baseline_day")


def test_the_funnel_counts_whom_the_screening_names() -> None:
    funnel = Funnel(TRIAL.criteria, tally_of(SCREENING).patterns)
    assert funnel.counts == (
        SCREENING.count(Outcome.ELIGIBLE), SCREENING.count(Outcome.UNDETERMINED), SCREENING.count(Outcome.INELIGIBLE),
    )  # fmt: skip
    assert min(funnel.counts) >= 2
    for place, cost in enumerate(funnel.costs):
        against = [v for v in SCREENING if v.judgements[place].against]
        assert cost.against == len(against)
        assert cost.alone == sum(len(v.deciding) == 1 for v in against)
        assert cost.eligible == sum(
            not v.judgements[place].favourable and sum(not j.favourable for j in v.judgements) == 1 for v in SCREENING
        )


def test_the_verdicts_and_the_reading_give_the_same_tally_in_any_order() -> None:
    tally = tally_of(SCREENING, (), SITES, VISIT)
    assert tally == by_reference(TRIAL, READING, ON, COMPLETE, VISIT)(())
    assert tally == tally_of(reversed(SCREENING.verdicts), (), SITES, VISIT)
    backwards = Reading(dict(reversed(list(READING.people.items()))), READING.facts[::-1], sites=READING.sites)
    assert tally == by_reference(TRIAL, backwards, ON, COMPLETE, VISIT)(())


def test_people_are_told_apart_by_site_and_month() -> None:
    found = survey(TRIAL, ON, by_reference(TRIAL, READING, ON, COMPLETE, VISIT), moment=VISIT)
    people = Counter(SITES.get(person, "") for person in READING.people)
    assert {site: counts.people for site, counts in found.sites.items()} == people
    assert list(found.sites) == ["", "S1", "S2"]
    assert {month: counts.people for month, counts in found.months.items()} == {"2026-04": 1, "2026-05": 12}
    assert sum(counts.people for counts in found.site_months.values()) == len(READING.people)
    assert ("S1", "2026-05") in found.site_months


def test_without_sites_or_a_moment_there_are_no_such_tables() -> None:
    bare = replace(READING, sites={})
    found = survey(TRIAL, ON, by_reference(TRIAL, bare, ON, COMPLETE))
    assert found.sites == {} and found.months == {} and found.site_months == {}
    assert found.counts.people == len(READING.people)


def test_progress_is_told_for_each_person() -> None:
    told: list[tuple[int, int]] = []
    by_reference(TRIAL, READING, ON, COMPLETE, progress=lambda done, total: told.append((done, total)))(())
    assert told == [(number, 13) for number in range(1, 14)]


def test_nobody() -> None:
    found = survey(TRIAL, ON, by_reference(TRIAL, Reading({}, ()), ON), moment=VISIT)
    assert found.counts == (0, 0, 0) and found.wanted == () and found.months == {} and found.sites == {}


def test_for_want_of_what() -> None:
    tally = tally_of(SCREENING)
    assert tally.wanting is not None
    undetermined = [v for v in SCREENING if v.outcome is Outcome.UNDETERMINED]
    found = {each.sought.name: each for each in wanted(tally.wanting)}
    for name, each in found.items():
        assert each.people == sum(any(need.name == name for need in v.needs) for v in undetermined)
        assert each.only == sum([need.name for need in v.needs] == [name] for v in undetermined)
    assert (found["eosinophils"].people, found["eosinophils"].only) == (2, 1)
    assert found["smoking"].sought.who == "person" and found["smoking"].only == 0


def test_the_most_wanted_comes_first() -> None:
    a, b, c = (Sought(name, name, "record") for name in "abc")
    wanting = [Wanting(frozenset({a, b}), 3), Wanting(frozenset({b}), 2), Wanting(frozenset({c}), 3)]
    assert [(each.sought.name, each.people, each.only) for each in wanted(wanting)] == [
        ("b", 5, 2),
        ("c", 3, 3),
        ("a", 3, 0),
    ]


@pytest.mark.parametrize(
    ("text", "month"), [("2026-05-04", "2026-05"), ("2026-05", "2026-05"), ("2026", ""), (None, "")]
)
def test_a_month_is_told_where_the_date_lies_in_one(text: str | None, month: str) -> None:
    assert month_text(None if text is None else read_span(text)) == month


def test_a_span_over_the_end_of_a_month_is_of_no_month() -> None:
    days = date(2026, 4, 30).toordinal()
    assert month_text(Span(days, days + 1)) == ""


def test_which_month() -> None:
    assert month_moment(TRIAL, None) is None, "the sandbox has no deadline"
    named = month_moment(TRIAL, "biologic")
    assert named is not None and named.look is not None and named.look.concept == "biologic"
    with pytest.raises(Fault, match='"baseline_dya" is nothing with a date in BREATHE: write baseline_day'):
        month_moment(TRIAL, "baseline_dya")
    with pytest.raises(Fault, match="nothing with a date"):
        month_moment(TRIAL, "potassium")
