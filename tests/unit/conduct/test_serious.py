"""A serious event: both opinions are kept, the sponsor cannot downgrade, and what is unlisted is unexpected."""

from datetime import UTC, datetime
from itertools import product

import pytest

from equipoise.conduct.adverse_events import adverse_events
from equipoise.conduct.safety import SeriousEvent, causality, expectedness, is_susar, serious
from equipoise.dates import on_day
from equipoise.protocol.safety import Expected, Safety
from equipoise.truth import FALSE, TRUE, UNKNOWN, Truth

from ...asking import fact
from .safety_rules import SAFETY, WORDS

AWARE = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
# investigator, sponsor -> counts as related
OPINIONS: dict[tuple[bool | None, bool | None], Truth] = {
    (True, True): TRUE, (True, None): TRUE, (True, False): TRUE,
    (None, True): TRUE, (None, None): UNKNOWN, (None, False): UNKNOWN,
    (False, True): TRUE, (False, None): FALSE, (False, False): FALSE,
}  # fmt: skip


def event(term: str = "rash", grade: int | None = 3, **more: object) -> SeriousEvent:
    return SeriousEvent("e", "P-001", term, on_day(AWARE.date()), AWARE, grade=grade, **more)  # pyright: ignore


@pytest.mark.parametrize(("opinions", "related"), OPINIONS.items())
def test_either_yes_is_enough_and_both_opinions_are_kept(
    opinions: tuple[bool | None, bool | None], related: Truth
) -> None:
    found = causality(*opinions)
    assert found.related is related
    assert (found.investigator, found.sponsor) == opinions


def test_no_opinion_of_the_sponsor_can_take_an_investigators_yes_back() -> None:
    assert len(OPINIONS) == len(list(product([True, None, False], repeat=2)))
    assert all(OPINIONS[True, sponsor] is TRUE for sponsor in (True, None, False))


def test_a_disagreement_is_told() -> None:
    downgraded = causality(True, False).sentence
    assert "Investigator: related; sponsor: not related" in downgraded
    assert "cannot downgrade" in downgraded and "report both opinions" in downgraded
    assert "report both opinions" in causality(False, True).sentence
    assert "ask the investigator" in causality(None, False).sentence


@pytest.mark.parametrize(
    ("case", "expected", "why"),
    [
        (event("rash"), FALSE, "rash is not in the reference safety information"),
        (event("nausea", 3), TRUE, "listed up to grade 3"),
        (event("nausea", 4), FALSE, "listed up to grade 3, this one is of grade 4"),
        (event("nausea", None), UNKNOWN, "its grade is not on record"),
        (event("nausea", 3, fatal=True), FALSE, "listed, but not as fatal"),
        (event("nausea", 2, unexpected=True), FALSE, "an assessor calls this one unexpected"),
        (event("rash", 1, unexpected=False), FALSE, "not in the reference safety information"),
    ],
)
def test_expected_is_only_what_is_listed_at_this_grade(case: SeriousEvent, expected: Truth, why: str) -> None:
    found = expectedness(case, SAFETY)
    assert found.expected is expected and why in found.sentence


def test_a_fatal_one_is_expected_only_where_the_list_says_so() -> None:
    fatal = Safety(expected=(Expected(("nausea",), 4, True, "test"),))
    assert expectedness(event("nausea", 5, fatal=True), fatal).expected is TRUE
    assert expectedness(event("nausea", 5, fatal=True), SAFETY).expected is FALSE


@pytest.mark.parametrize(
    ("case", "susar"),
    [
        (event("rash", related_investigator=True), TRUE),
        (event("rash", related_investigator=False), FALSE),
        (event("rash", related_investigator=False, related_sponsor=True), TRUE),
        (event("rash"), UNKNOWN),
        (event("nausea", related_investigator=True), FALSE),
        (event("nausea", None, related_investigator=True), UNKNOWN),
        (event("nausea", None, related_investigator=False), FALSE),
    ],
)
def test_a_suspected_unexpected_serious_reaction(case: SeriousEvent, susar: Truth) -> None:
    assert is_susar(case, SAFETY) is susar


@pytest.mark.parametrize(
    ("fields", "said", "fatal", "dangerous"),
    [
        ({"grade": "5"}, None, True, True),
        ({"grade": "3", "outcome": "died"}, False, True, True),
        ({"grade": "4"}, None, False, None),  # a grade 4 by a laboratory value need not threaten life
        ({"grade": "4"}, True, False, True),
        ({"grade": "3"}, False, False, False),
        ({"outcome": "unknown"}, False, None, None),
        ({"outcome": "resolved"}, False, False, False),
    ],
)
def test_what_an_adverse_event_says_when_it_is_serious(
    fields: dict[str, str], said: bool | None, fatal: bool | None, dangerous: bool | None
) -> None:
    (found,) = adverse_events(
        [fact("event", {"what": "rash", "related": "yes", **fields}, "2026-03-01")], SAFETY, WORDS, AWARE.date()
    )
    made = serious(found, "7", AWARE, life_threatening=said)
    assert (made.fatal, made.fatal_or_life_threatening) == (fatal, dangerous)
    assert (made.id, made.term, made.called, made.related_investigator) == ("7", "rash", "rash", True)
    assert made.site_aware == AWARE and made.sponsor_aware is None and made.related_sponsor is None
