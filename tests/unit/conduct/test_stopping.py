"""Where a trial stands against its stopping rule: who counts, who had the event, whether to stop."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from equipoise.conduct.boundary import exceeds
from equipoise.conduct.stopping import Tally, boundary_of, decide, tally
from equipoise.dates import Duration
from equipoise.facts import Fact
from equipoise.protocol.safety import Stopping
from equipoise.rules.grammar import Language, parse
from equipoise.rules.nodes import Look, Moment

from ...asking import fact
from .safety_rules import WORDS

FIRST = Moment("first_dose", Look("dose", selector="first"))
LANGUAGE = Language(WORDS, {"first_dose": FIRST})
TEXT = "any event within 6 months after first_dose where related is yes and grade >= 3"
RULE = Stopping(
    "s", "related events of grade 3", "A", TEXT, parse(TEXT, LANGUAGE), FIRST, Duration(6, "month"), Decimal("0.10"),
    (Decimal("0.5"), Decimal("4.5")), Decimal("0.95"), Decimal("0.10"), 5, 1, 20, "test",
)  # fmt: skip
ON = date(2026, 12, 1)
DOSE = fact("dose", {}, "2026-03-02")


def bad(when: str = "2026-04-01", **fields: str) -> Fact:
    return fact("event", {"what": "rash", "related": "yes", "grade": "3 ", **fields}, when)


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ([DOSE, bad()], "having"),
        ([DOSE], "without"),
        ([DOSE, bad(related="no")], "without"),
        ([DOSE, bad(grade="2 ")], "without"),
        ([DOSE, bad("2026-10-01")], "without"),  # past the six months
        ([fact("dose", {}, "2026-09-01")], "pending"),
        ([fact("dose", {}, "2026-09-01"), bad("2026-10-01")], "having"),  # an event counts at once
        ([fact("dose", {}, "2026-06-01")], "without"),  # six months are over on their last day
        ([fact("dose", {}, "2026-06-02")], "pending"),
        ([DOSE, fact("event", {"what": "rash", "grade": "3 "}, "2026-04-01")], "unclear"),  # related is not said
        ([DOSE, bad("2026")], "unclear"),
        ([bad()], ""),  # never dosed
        ([replace(DOSE, doubt="preliminary")], "unclear"),
    ],
)
def test_where_a_person_counts(facts: list[Fact], place: str) -> None:
    counted = tally(RULE, {"p": facts}, WORDS, ON)
    assert [name for name in ("having", "without", "pending", "unclear") if getattr(counted, name)] == (
        [place] if place else []
    )


def test_the_numbers_of_a_tally() -> None:
    counted = tally(RULE, {"a": [DOSE, bad()], "b": [DOSE], "c": [bad()], "d": [DOSE, bad(related="no")]}, WORDS, ON)
    assert (counted.events, counted.people, counted.having) == (1, 3, ("a",))


def of(having: int, without: int, unclear: int = 0) -> Tally:
    return Tally(
        tuple(f"h{n}" for n in range(having)),
        tuple(f"w{n}" for n in range(without)),
        (),
        tuple(f"u{n}" for n in range(unclear)),
    )


def test_the_decision_is_that_of_the_boundary_at_every_look() -> None:
    boundary = boundary_of(RULE)
    for look in boundary.looks:
        for events in range(look.people + 1):
            assert decide(RULE, of(events, look.people - events)).stop is (events >= look.stop_at)


def test_the_decision_says_its_numbers() -> None:
    found = decide(RULE, of(4, 6))
    assert found.chance == exceeds(0.1, (0.5, 4.5), 4, 10) and found.stop
    assert found.sentence == (
        "related events of grade 3: 4 of 10 people had it; the chance that its rate is above 10 % is "
        f"{found.chance:.3f}, with 0.95 as the cutoff: stop dosing and call the safety board."
    )
    assert decide(RULE, of(0, 10)).sentence.endswith(": go on.")


def test_before_the_first_look_and_between_looks_nothing_is_decided() -> None:
    early = decide(RULE, of(3, 0))
    assert not early.stop and "the next look is after 5 people" in early.sentence
    between = decide(replace(RULE, every=5), of(7, 0))
    assert not between.stop and "the next look is after 10 people" in between.sentence
    assert "the last look is over" in decide(RULE, of(0, 21)).sentence


def test_those_who_are_unclear_are_told_and_could_bring_it_to_a_stop() -> None:
    found = decide(RULE, of(3, 7, unclear=1))
    assert not found.stop and found.could
    assert "1 more cannot be told, and they could bring it to a stop: settle them" in found.sentence
    harmless = decide(RULE, of(0, 15, unclear=1))
    assert not harmless.could and harmless.sentence.endswith("1 more cannot be told.")


def test_the_exact_boundary_of_a_rule_keeps_its_alpha() -> None:
    exact = boundary_of(RULE, "exact")
    assert exact.method == "exact" and exact.looks[0].people == 5 and exact.most == 20
