"""What a virtual participant's body does: levels, the fall after a dose, and courses that follow the assumed rates."""

from datetime import date, timedelta
from decimal import Decimal, localcontext
from math import exp

import pytest

from equipoise.dates import on_day
from equipoise.facts import Fact
from equipoise.protocol.load import load_trial
from equipoise.quantities import Quantity, exactly
from equipoise.simulation.chance import EXACT
from equipoise.simulation.rehearsal_assumptions import RehearsalAssumptions, load_rehearsal
from equipoise.simulation.virtual_body import YEAR, Body, course_of, events_of, slipped

TRIAL = load_trial("nelmas")
DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def assumed() -> RehearsalAssumptions:
    return load_rehearsal(TRIAL, "nelmas")


def body(assumed: RehearsalAssumptions, *facts: Fact) -> Body:
    return Body("P", assumed, "1", facts, TRIAL.vocabulary)


def number(fact: Fact) -> Decimal:
    assert isinstance(fact.value, Quantity) and fact.value.lo is not None
    return fact.value.lo


def test_the_level_is_the_last_on_record_in_the_laboratorys_unit(assumed: RehearsalAssumptions) -> None:
    old = Fact("P", "haemoglobin", exactly("9.0", "g/dL"), on_day(DAY))
    new = Fact("P", "haemoglobin", exactly("120", "g/L"), on_day(DAY + timedelta(days=3)))
    with localcontext(EXACT):
        assert body(assumed, new, old).levels["haemoglobin"] == Decimal("12.0")


def test_a_doubtful_value_is_no_level(assumed: RehearsalAssumptions) -> None:
    doubtful = Fact("P", "platelets", exactly("3", "10*9/L"), on_day(DAY), doubt="clumps")
    with localcontext(EXACT):
        assert body(assumed, doubtful).levels["platelets"] > 80


def test_platelets_fall_to_the_nadir_and_come_back(assumed: RehearsalAssumptions) -> None:
    with localcontext(EXACT):
        treated, untreated = body(assumed), body(assumed)
        treated.dosed(DAY, Decimal(1))
        lab = assumed.labs["platelets"]

        def share(days: int) -> Decimal:
            on = DAY + timedelta(days=days)
            return number(treated.value("platelets", on)) / number(untreated.value("platelets", on))

        assert share(0) == 1 and share(int(lab.recovery)) == 1
        assert share(int(lab.nadir)) < share(20) < 1
        assert share(int(lab.nadir)) < share(60) < 1


def test_half_a_dose_falls_half_as_deep(assumed: RehearsalAssumptions) -> None:
    with localcontext(EXACT):
        none, half, full = body(assumed), body(assumed), body(assumed)
        half.dosed(DAY, Decimal("0.5"))
        full.dosed(DAY, Decimal(1))
        on = DAY + timedelta(days=int(assumed.labs["lymphocytes"].nadir))
        fallen = [
            1 - number(each.value("lymphocytes", on)) / number(none.value("lymphocytes", on)) for each in (half, full)
        ]
    assert abs(fallen[1] - 2 * fallen[0]) < Decimal("0.02")


def test_a_slip_of_the_keyboard_is_ten_times_the_value() -> None:
    fact = Fact("P", "platelets", exactly("231", "10*9/L"), on_day(DAY))
    assert number(slipped(fact)) == 2310


@pytest.mark.parametrize(("treated", "ratio"), [(False, 1.0), (True, 0.592)])
def test_recurrences_come_at_the_assumed_rates(assumed: RehearsalAssumptions, treated: bool, ratio: float) -> None:
    people = 3000
    with localcontext(EXACT):
        courses = [course_of(f"P{number}", assumed, "1", DAY, treated) for number in range(people)]
    for years, hazard in ((1, 0.46), (3, 0.46 + 2 * 0.34)):
        by = DAY + timedelta(days=int(years * YEAR))
        free = sum(course.recurs > by for course in courses) / people
        expected = exp(-hazard * ratio)
        assert abs(free - expected) < 4 * (expected * (1 - expected) / people) ** 0.5


def test_adverse_events_come_as_often_as_assumed_and_only_after_doses_where_they_belong(
    assumed: RehearsalAssumptions,
) -> None:
    people = 2000
    with localcontext(EXACT):
        after = [events_of(f"P{number}", assumed, "1", DAY, 1, Decimal(1)) for number in range(people)]
        over = [events_of(f"P{number}", assumed, "1", DAY, 0, Decimal(1)) for number in range(people)]
    nausea = sum(any(it.event.term == "nausea" for it in each) for each in after) / people
    assert abs(nausea - 0.3) < 4 * (0.3 * 0.7 / people) ** 0.5
    assert all(it.event.per_dose for each in after for it in each)
    assert not any(it.event.per_dose for each in over for it in each)
