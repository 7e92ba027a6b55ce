"""Who is on today's list, who is passed over and why, and who comes first."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from equipoise.dates import ANY_DAY, Duration
from equipoise.eligibility.person import screen, screen_person
from equipoise.eligibility.verdict import Outcome
from equipoise.facts import Fact
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Deadline
from equipoise.recruitment.worklist import Item, Passed, Worklist, item_of, worklist
from equipoise.rules.grammar import Language, parse

from ...asking import dated, fact, span
from .asthma import COMPLETE, ON, PEOPLE, READING, SITES, TRIAL, person

DEADLINE = Deadline(
    "start",
    "start of treatment",
    TRIAL.moments["baseline_day"],
    Duration(7, "day"),
    Duration(6, "week"),
    "made up",
    True,
)
SIGN = parse("exacerbation is recorded", Language(TRIAL.vocabulary, TRIAL.moments))
TIMED = replace(TRIAL, deadlines=(DEADLINE,), sign=SIGN)


def of(facts: list[Fact], on: date = ON, trial: object = None) -> Item | Passed:
    return item_of(screen_person(TIMED if trial is None else TRIAL, "p", facts, on, COMPLETE), "S1")


def item(facts: list[Fact], on: date = ON) -> Item:
    found = of(facts, on)
    assert isinstance(found, Item), found
    return found


def visit_on(text: str) -> list[Fact]:
    """Somebody who fits, with the baseline visit on these days."""
    return person("p", Fact("p", "baseline_visit", {}, span(text)), without=("baseline_visit", "fev1", "saturation"))


# ---------------------------------------------------------------- who is on it
def test_everybody_is_on_the_list_or_passed_over() -> None:
    verdicts = screen(TIMED, READING, ON, COMPLETE).verdicts
    found = worklist(TIMED, ON, verdicts, SITES)
    assert len(found.items) + sum(found.passed.values()) == len(verdicts)
    listed = {each.person for each in found.items}
    for verdict in verdicts:
        if verdict.outcome is not Outcome.INELIGIBLE:
            assert verdict.person in listed or item_of(verdict) == "too_late"
    assert all(each.site == SITES.get(each.person, "") for each in found.items)
    assert found.passed["ineligible"] >= 4 and "fits" in listed and "little-known" in listed


def test_without_a_sign_of_the_disease_nobody_is_looked_for() -> None:
    assert of(person("p", without=("exacerbation",))) == "no_sign"
    assert of([]) == "no_sign"
    assert isinstance(of([], trial=TRIAL), Item), "a trial without a sign looks at everybody"


def test_ineligible_for_good_is_passed_over() -> None:
    assert of(person("p", fact("smoking", "tobacco", "2026-05-30"))) == "ineligible"


def test_ineligible_for_now_is_listed_with_the_day_that_opens() -> None:
    """E4: a biologic drug until less than 8 weeks before; it ended on 10 April, so 5 June is the 56th day after."""
    found = item(person("p", fact("biologic", {}, "2025-01-01", "2026-04-10")))
    assert found.verdict.outcome is Outcome.INELIGIBLE
    assert found.opens is not None and found.opens.on == date(2026, 6, 5)
    assert found.days_left == 14, "the visit of 4 May and six weeks"


def test_what_opens_only_after_the_deadline_is_not_listed() -> None:
    assert of(person("p", fact("biologic", {}, "2025-01-01", "2026-05-10"))) == "ineligible"


# ---------------------------------------------------------------- until when
@pytest.mark.parametrize(
    ("visit", "days"),
    [("2026-05-04", 14), ("2026-04-20", 0), ("2026-04-21", 1), ("2026-04-15..2026-05-04", -5), ("2026-06-01", 42)],
)
def test_the_days_that_are_left_are_those_that_are_sure(visit: str, days: int) -> None:
    assert item(visit_on(visit)).days_left == days


def test_the_day_after_the_last_is_too_late() -> None:
    assert of(visit_on("2026-04-20")) != "too_late"
    assert of(visit_on("2026-04-20"), ON + timedelta(days=1)) == "too_late"
    assert of(visit_on("2026-04-01..2026-04-19")) == "too_late"


def test_a_deadline_whose_moment_is_not_on_record_closes_nothing() -> None:
    found = item(person("p", without=("baseline_visit", "fev1", "saturation")))
    assert found.dues == () and found.days_left is None


def test_a_moment_on_a_day_not_recorded_closes_nothing_either() -> None:
    facts = [
        *person("p", without=("baseline_visit", "fev1", "saturation")),
        Fact("p", "baseline_visit", {}, ANY_DAY),
    ]
    found = item(facts)
    assert len(found.dues) == 1 and found.days_left is None


def test_the_first_and_the_last_day_of_a_deadline() -> None:
    (due,) = item(visit_on("2026-05-04")).dues
    assert (str(due.first), str(due.last)) == ("11 May 2026", "15 June 2026")
    (due,) = item(visit_on("2026-05")).dues
    assert str(due.last) == "between 12 June 2026 and 12 July 2026"


def test_a_turn_to_ineligible_closes_too() -> None:
    """Without a deadline: I1 asks for 75 years at most; the 76th birthday is on 11 June."""
    young = item_of(screen_person(TRIAL, "p", list(PEOPLE[0]), ON, COMPLETE))
    assert isinstance(young, Item) and young.verdict.changes and young.days_left is None, "30 years do not press"
    facts = person("p", dated("birth_date", "1950-06-11"), without=("birth_date",))
    found = item_of(screen_person(TRIAL, "p", facts, ON, COMPLETE))
    assert isinstance(found, Item) and found.days_left == 9
    assert found.next_change is not None and found.next_change.on == date(2026, 6, 11)
    both = item(facts)
    assert both.days_left == 9, "the birthday comes before the deadline of 15 June"


# ---------------------------------------------------------------- who comes first
def test_the_most_urgent_come_first_and_the_order_of_people_does_not_matter() -> None:
    visits = {name: fact("baseline_visit", {}, f"2026-05-{day:02}") for day, name in ((9, "b"), (4, "c"), (30, "a"))}
    facts = [person(name, visit, without=("baseline_visit",)) for name, visit in visits.items()]
    verdicts = [screen_person(TIMED, each[0].person, each, ON, COMPLETE) for each in [*facts, *PEOPLE]]
    found = worklist(TIMED, ON, verdicts, SITES)
    again = worklist(TIMED, ON, reversed(verdicts), SITES)
    assert [each.person for each in found.items] == [each.person for each in again.items]
    assert found.passed == again.passed
    assert [each.days_left for each in found.items if each.person in visits] == [14, 19, 40]
    days = [10**6 if each.days_left is None else each.days_left for each in found.items]
    assert days == sorted(days)


def test_of_those_with_as_many_days_the_eligible_come_first() -> None:
    names = [each.person for each in worklist(TIMED, ON, screen(TIMED, READING, ON, COMPLETE)).items]
    assert names.index("fits") < names.index("cells-not-known") < names.index("little-known")


def test_nobody() -> None:
    assert worklist(TIMED, ON, ()) == Worklist(TIMED, ON, (), Counter())


def test_all_who_are_there() -> None:
    everybody = worklist(TRIAL, ON, screen(TRIAL, READING, ON, COMPLETE))
    assert len(everybody.items) + sum(everybody.passed.values()) == len(PEOPLE)
    assert "no_sign" not in everybody.passed and "too_late" not in everybody.passed


# ---------------------------------------------------------------- NELMAS
def test_nelmas_counts_to_day_70_and_looks_for_no_one_after_a_death() -> None:
    trial = load_trial("nelmas")
    resected = fact("liver_resection", {"residual": "R0"}, "2026-05-01")
    found = item_of(screen_person(trial, "p", [resected], ON))
    assert isinstance(found, Item) and found.days_left == (date(2026, 7, 10) - ON).days == 39
    dead = screen_person(trial, "p", [resected, dated("death", "2026-05-20")], ON)
    assert dead.outcome is Outcome.UNDETERMINED, "no criterion names a death"
    assert item_of(dead) == "no_sign"
    young = screen_person(
        trial, "p", [dated("birth_date", "1990-01-01"), fact("haemoglobin", "13 g/dL", "2026-05-01")], ON
    )
    assert item_of(young) == "no_sign"
