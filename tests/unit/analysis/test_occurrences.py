"""Which facts are an occurrence, on which day, and when somebody is known to have been alive."""

from datetime import date

import pytest
from tests.unit.analysis.outcomes import CUT, NELMAS, clear, person, recurrence

from equipoise.analysis.occurrences import contacts, entry_of, placed, seen
from equipoise.dates import Span, on_day
from equipoise.facts import Fact, chosen, record
from equipoise.protocol.endpoints import Occurrence
from equipoise.rules.case import build_case
from equipoise.rules.grammar import Language, parse
from equipoise.rules.nodes import Recorded
from equipoise.truth import TRUE, UNKNOWN, Truth

DAY = date(2026, 9, 2)
LANGUAGE = Language(NELMAS.vocabulary, NELMAS.moments)
MARCH = Span(date(2027, 3, 1).toordinal(), date(2027, 3, 31).toordinal())


def found(rule: str, *facts: str) -> list[Truth]:
    read = parse(rule, LANGUAGE)
    assert isinstance(read, Recorded)
    case = build_case(person(*facts).facts, CUT, NELMAS.vocabulary)
    return [each.truth for each in seen(Occurrence(rule, read), case)]


@pytest.mark.parametrize(
    ("rule", "truths"),
    [
        ("recurrence is recorded", [TRUE, TRUE]),
        ("any recurrence where confirmed is yes", [TRUE]),
        ("any recurrence where liver is unclear", None),
        ("any recurrence after liver_resection", [TRUE, TRUE]),
        ("any recurrence within 1 week after liver_resection", []),
        ("death is recorded", []),
    ],
)
def test_facts_fulfil_a_look_one_by_one(rule: str, truths: list[Truth] | None) -> None:
    facts = [recurrence("2026-09-02"), recurrence("2026-12-02", confirmed="no")]
    if truths is None:
        with pytest.raises(Exception, match="unclear"):
            found(rule, *facts)
    else:
        assert found(rule, *facts) == truths


def test_a_fact_that_is_perhaps_in_the_window_is_unknown() -> None:
    rule = "any recurrence within 7 months after randomisation"
    assert found(rule, recurrence('"2026-10"')) == [UNKNOWN]
    assert found(rule, recurrence("2026-09-02")) == [TRUE]


def fact(when: Span) -> Fact:
    return Fact("P", "recurrence", record(confirmed=chosen("yes")), when, id="L7")


def test_an_exact_day_is_that_day() -> None:
    happened = placed(fact(on_day(DAY)), CUT.toordinal(), lambda day: day)
    assert happened.day == DAY.toordinal() and happened.told is None


@pytest.mark.parametrize(
    ("known", "day"),
    [(date(2027, 2, 1), date(2027, 3, 1)), (date(2027, 3, 9), date(2027, 3, 9)), (date(2027, 5, 1), date(2027, 3, 31))],
)
def test_a_day_known_in_part_is_the_first_that_it_can_have_been(known: date, day: date) -> None:
    happened = placed(fact(MARCH), CUT.toordinal(), lambda last: min(known.toordinal(), last))
    assert happened.day == day.toordinal() and happened.told == MARCH


def test_the_number_of_an_entry() -> None:
    assert entry_of(fact(MARCH)) == 7
    assert entry_of(Fact("P", "ecog", chosen("yes"), MARCH, id="anything")) == 0


def test_contacts_are_facts_visits_and_steps_and_never_the_death() -> None:
    known = person(
        clear("2026-06-02"), '{ haemoglobin = "9 g/dL", on = "2026-07" }', "{ death = 2026-09-10 }",
        '{ adverse_event = { term = "nausea" }, from = 2026-06-20, to = 2026-06-25 }',
        acts='{ visit = "follow_up.2", on = 2026-08-30 }',
    )  # fmt: skip
    days = {date.fromordinal(day) for day in contacts(known, NELMAS.vocabulary, "death", CUT)}
    assert days == {
        date(2026, 1, 19), date(2026, 3, 2), date(2026, 6, 2), date(2026, 7, 1), date(2026, 6, 20), date(2026, 6, 25),
        date(2026, 8, 30),
    }  # fmt: skip


def test_contacts_after_the_last_day_do_not_count() -> None:
    known = person(clear("2026-06-02"))
    until = date(2026, 6, 1)
    assert max(contacts(known, NELMAS.vocabulary, "death", until)) == date(2026, 3, 2).toordinal()
