"""One person's entries and what they fold to: facts that stand, steps, allocation, and what was taken back."""

from datetime import date

import pytest
from tests.running import fact
from tests.unit.participant.folds import DAY, Ledger, entered

from equipoise.dates import on_day
from equipoise.facts import Fact
from equipoise.participant.moves import Standing
from equipoise.participant.record import body_of, day_of, fact_of, number_of
from equipoise.quantities import exactly

LATER = date(2026, 4, 1)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


# ---------------------------------------------------------------- facts
def test_a_fact_is_known_by_the_number_of_its_entry(ledger: Ledger) -> None:
    entry = ledger.fact(haemoglobin="9.1 g/dL")
    known = ledger.known()
    stated = known.fact(entry)
    assert stated is not None and stated.id == f"L{entry}" and number_of(stated) == entry
    assert stated.value == exactly("9.1", "g/dL") and stated.person == "P1"
    assert known.fact(entry + 1) is None and known.last == entry


def test_a_correction_stands_in_the_place_of_what_it_corrects(ledger: Ledger) -> None:
    """R01: the old value stays in the ledger, the new one stands."""
    first = ledger.fact(haemoglobin="91 g/dL")
    second = ledger.fact(target=first, reason="a slip", haemoglobin="9.1 g/dL")
    known = ledger.known()
    assert [each.id for each in known.facts] == [f"L{second}"] and known.facts[0].supersedes == f"L{first}"
    assert known.changed == ((second, first),)
    assert [each.id for each in ledger.known(first).facts] == [f"L{first}"]


def test_what_was_taken_back_does_not_stand(ledger: Ledger) -> None:
    entry = ledger.fact(haemoglobin="9.1 g/dL")
    void = ledger.add("void", target=entry, reason="of another person")
    known = ledger.known()
    assert known.facts == () and known.changed == ((void, entry),)
    assert [act.seq for act in known.of("void")] == [void]


def test_the_visit_is_beside_the_fact_and_not_in_it(ledger: Ledger) -> None:
    body = body_of({"concept": "ecog", "person": "P1", "id": "x", "supersedes": "", "value": {}}, "screening")
    assert body == {"concept": "ecog", "value": {}, "visit": "screening"}


def test_of_a_date_its_value_is_the_day_else_the_last_day_that_it_may_be() -> None:
    assert day_of(fact(LATER, death=DAY)) == DAY
    assert day_of(Fact("P1", "ecog", exactly(1, "{score}"), on_day(DAY))) == DAY
    assert day_of(fact("2026-03", haemoglobin="9 g/dL")) == date(2026, 3, 31)  # pyright: ignore[reportArgumentType]


# ---------------------------------------------------------------- steps
def test_the_first_consent_a_dose_and_a_death_are_steps(ledger: Ledger) -> None:
    entered(ledger)
    ledger.fact(consent={"version": "3.0"})
    ledger.fact(full_dose={"cycle": "1 1"})
    ledger.fact(on=LATER, death=LATER)
    acts = [move.act for move in ledger.known().moves]
    assert acts == ["consent", "screen", "find_eligible", "randomise", "consent_again", "treat", "die"]
    assert ledger.known().standing is Standing.DEAD and ledger.known().ended
    assert ledger.known().moved("die") == LATER and ledger.known().moved("lose") is None


@pytest.mark.parametrize("concept", ["death", "full_dose", "consent"])
def test_the_statement_that_there_was_none_is_no_step(ledger: Ledger, concept: str) -> None:
    """A site that records "no death" has not recorded a death."""
    ledger.fact(**{concept: "none"})
    assert ledger.known().moves == () and ledger.known().standing is Standing.IDENTIFIED


def test_each_act_is_a_step_where_the_table_says_so(ledger: Ledger) -> None:
    entered(ledger)
    standings = {"lost": Standing.LOST, "found_again": Standing.IN_FOLLOW_UP, "completed": Standing.COMPLETED}
    for kind, standing in standings.items():
        ledger.step(kind, LATER)
        assert ledger.known().standing is standing
    assert ledger.known().ended and not ledger.known().in_trial


def test_a_corrected_consent_keeps_its_place(ledger: Ledger) -> None:
    """R24: whatever is corrected of what came before, the allocation stands."""
    entries = entered(ledger)
    ledger.fact(on=date(2026, 3, 1), target=entries["consent"], reason="the day before", consent={"version": "2.0"})
    known = ledger.known()
    assert known.standing is Standing.RANDOMISED and known.moved("consent") == date(2026, 3, 1)
    assert known.moves[0].act == "consent"


def test_a_death_that_was_corrected_to_none_is_no_death(ledger: Ledger) -> None:
    entries = entered(ledger)
    death = ledger.fact(on=LATER, death=LATER)
    ledger.fact(target=death, reason="another person", death="none")
    assert ledger.known().standing is Standing.RANDOMISED
    assert entries["randomised"] == ledger.known().moves[-1].entry


def test_a_step_that_was_taken_back_is_none(ledger: Ledger) -> None:
    entered(ledger)
    left = ledger.step("withdrawn", scope="all")
    assert ledger.known().standing is Standing.WITHDRAWN
    ledger.add("void", target=left, reason="of another person")
    known = ledger.known()
    assert known.standing is Standing.RANDOMISED and known.withdrawal is None


# ---------------------------------------------------------------- what is said of a person
def test_the_allocation_is_that_of_its_entry(ledger: Ledger) -> None:
    entries = entered(ledger)
    given = ledger.known().allocation
    assert given is not None and (given.arm, given.number, dict(given.levels)) == ("Arm 2", 1, {"grade": "G1"})
    assert given.on == DAY and given.entry == entries["randomised"]
    assert ledger.known(given.entry - 1).allocation is None


def test_a_withdrawal_says_how_far_and_why(ledger: Ledger) -> None:
    entry = ledger.add("withdrawn", {"on": LATER.isoformat(), "scope": "visits"}, reason="moved")
    assert ledger.known().withdrawal == (LATER, "visits", "moved", entry)


def test_somebody_is_excluded_until_they_are_screened_again(ledger: Ledger) -> None:
    ledger.fact(consent={"version": "2.0"})
    assert ledger.known().excluded is None
    said = ledger.step("excluded", why="declined")
    excluded = ledger.known().excluded
    assert excluded is not None and excluded.seq == said
    ledger.step("screened", verdict="eligible")
    assert ledger.known().excluded is None


# ---------------------------------------------------------------- redactions (R11)
def test_a_redacted_fact_is_gone(ledger: Ledger) -> None:
    entry = ledger.fact(haemoglobin="9.1 g/dL")
    redaction = ledger.redact(entry)
    known = ledger.known()
    assert known.facts == () and known.changed == ((redaction, entry),)
    assert fact_of(ledger.store.entry(entry)) is None


def test_a_consent_that_was_corrected_and_then_redacted_still_counts(ledger: Ledger) -> None:
    """R11, R15: who is in the trial does not fall out of it because a word had to go."""
    entries = entered(ledger)
    ledger.fact(target=entries["consent"], reason="a name", consent={"version": "2.0"})
    before = ledger.known()
    ledger.redact(entries["consent"])
    assert ledger.known().standing is Standing.RANDOMISED
    assert [move.act for move in ledger.known().moves] == [move.act for move in before.moves]
    assert ledger.known(entries["randomised"]).standing is Standing.RANDOMISED  # in the past, too


def test_a_reason_that_is_gone_takes_nothing_else_with_it(ledger: Ledger) -> None:
    entered(ledger)
    left = ledger.add("withdrawn", {"on": LATER.isoformat(), "scope": "all"}, reason="as Mr Smith says")
    ledger.redact(left, "reason")
    known = ledger.known()
    assert known.standing is Standing.WITHDRAWN and known.withdrawal is not None and known.withdrawal.reason == ""
    assert known.changed == ()
