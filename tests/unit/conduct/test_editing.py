"""Edit checks: what no form would take is refused, what can hardly be is kept with a doubt."""

from datetime import date
from typing import Any, Final

import pytest
from tests.running import fact, nelmas

from equipoise.conduct.editing import check_fact, check_unchanged, doubts, same_place
from equipoise.dates import Span, on_day
from equipoise.facts import NOTHING, ONGOING, Choice, Fact, ReferenceRange, Text, chosen, record
from equipoise.participant.moves import Refused
from equipoise.quantities import Quantity, exactly

TODAY: Final = date(2026, 6, 10)
WORDS: Final = nelmas().vocabulary


def stated(concept: str, value: Any, on: date = TODAY, **more: Any) -> Fact:
    return Fact("P1", concept, value, on_day(on), **more)


def refusal(stated_fact: Fact) -> str:
    with pytest.raises(Refused) as caught:
        check_fact(stated_fact, WORDS, TODAY)
    return str(caught.value)


def within(low: Quantity | None, high: Quantity | None) -> ReferenceRange:
    return ReferenceRange(low, high)


# ---------------------------------------------------------------- what is taken
@pytest.mark.parametrize("taken", [
    fact(TODAY, haemoglobin="7.1 mmol/L"),  # another unit of the same kind
    fact(TODAY, haemoglobin="<5 g/dL"), fact("2026-05", haemoglobin="9 g/dL"),  # pyright: ignore[reportArgumentType]
    stated("haemoglobin", Text("haemolysed")), stated("anticancer_treatment", NOTHING),
    stated("adverse_event", record(term=chosen("nausea"), verbatim=Text("felt sick"))),
    stated("adverse_event", record(), date(2026, 6, 1), end=ONGOING),
    stated("death", on_day(TODAY)), stated("sex", chosen("male")),
])  # fmt: skip
def test_what_a_form_would_take_is_taken(taken: Fact) -> None:
    check_fact(taken, WORDS, TODAY)


# ---------------------------------------------------------------- what is not
REFUSED: list[tuple[str, Fact, str]] = [
    ("an unknown word", stated("mood", chosen("good")),
     '"mood" is not a word of this protocol: use one of its concepts.'),
    ("a formula", stated("creatinine_clearance", exactly(60, "mL/min")),
     "creatinine clearance by Cockcroft-Gault is worked out of other values: record those."),
    ("a group", stated("dose", record()), "dose is worked out of other values: record those."),
    ("a choice for a quantity", stated("haemoglobin", chosen("yes")), "haemoglobin is a quantity, not a choice."),
    ("a quantity for a choice", stated("sex", exactly(1, "1")), "sex is a choice, not a quantity."),
    ("a record for a quantity", stated("haemoglobin", record(value=exactly(9, "g/dL"))),
     "haemoglobin is a quantity: the value is of another kind."),
    ("a quantity for a record", stated("adverse_event", exactly(1, "1")),
     "adverse event is a record: the value is of another kind."),
    ("a field that there is not", stated("premedication", record(tea=chosen("yes"))),
     'premedication has no field "tea": it has amino_acids, antiemetic, steroid.'),
    ("a field of another kind", stated("adverse_event", record(grade=chosen("3"))),
     "grade is a quantity, not a choice."),
    ("another unit", stated("haemoglobin", exactly(9, "kg")), 'haemoglobin is not measured in "kg": use g/dL.'),
    ("an answer that there is not", stated("sex", chosen("other one")),
     'sex cannot be "other one": the answers are female, male, other.'),
    ("no answer", stated("sex", Choice(frozenset())), "sex cannot be nothing: the answers are female, male, other."),
    ("an answer to yes or no", stated("ssa_hypersensitivity", chosen("maybe")),
     'hypersensitivity to somatostatin analogues cannot be "maybe": the answers are no, yes.'),
    ("two answers for one", stated("sex", chosen("male", "female")), "sex has one answer, not 2."),
    ("a day ahead", stated("haemoglobin", exactly(9, "g/dL"), date(2026, 6, 11)),
     "haemoglobin is dated 11 June 2026, which lies ahead: record it when it has been."),
    ("a date ahead, known today", stated("death", on_day(date(2026, 6, 11))),
     "death is dated 11 June 2026, which lies ahead: record it when it has been."),
    ("an end ahead", stated("adverse_event", record(), end=on_day(date(2026, 7, 1))),
     "adverse event is dated 1 July 2026, which lies ahead: record it when it has been."),
    ("no unit", stated("haemoglobin", exactly(9, "")), "haemoglobin is stated without its unit: use g/dL."),
    ("the day that a database writes for none", stated("ecog", exactly(1, "{score}"), date.min),
     "ECOG performance status is dated 1 January 1: check the year, or say that it is not known."),
    ("a date long ago, known today", stated("birth_date", on_day(date(195, 1, 15))),
     "date of birth is dated 15 January 195: check the year, or say that it is not known."),
    ("limits of something else", stated("haemoglobin", exactly(9, "g/dL"), reference=within(None, exactly(1, "U/L"))),
     "The limits of haemoglobin are in a unit of something else: use g/dL."),
    ("limits the wrong way round, in two units",
     stated("haemoglobin", exactly(9, "g/dL"), reference=within(exactly(10, "mmol/L"), exactly(12, "g/dL"))),
     "The lower limit of haemoglobin lies above the upper one: check both."),
    ("a day before anybody was born", stated("haemoglobin", exactly(9, "g/dL"), date(1026, 6, 10)),
     "haemoglobin is dated 10 June 1026: check the year, or say that it is not known."),
    ("no unit", stated("haemoglobin", exactly(9, "")), "haemoglobin is stated without its unit: use g/dL."),
    ("limits of another kind",
     stated("bilirubin", exactly(1, "mg/dL"), reference=ReferenceRange(high=exactly(1, "kg"))),
     "The limits of total bilirubin are in a unit of something else: use mg/dL."),
    ("limits the wrong way round",
     stated("bilirubin", exactly(1, "mg/dL"), reference=ReferenceRange(exactly(2, "mg/dL"), exactly(1, "mg/dL"))),
     "The lower limit of total bilirubin lies above the upper one: check both."),
    ("an end before the beginning", stated("adverse_event", record(), end=on_day(date(2026, 6, 9))),
     "adverse event ends on 9 June 2026, before it begins on 10 June 2026: check both days."),
]  # fmt: skip


@pytest.mark.parametrize(("refused", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_no_form_would_take_is_refused(refused: Fact, sentence: str) -> None:
    assert refusal(refused) == sentence


# ---------------------------------------------------------------- doubts
DOUBTED: list[tuple[str, Any, tuple[str, ...]]] = [
    ("haemoglobin", exactly("9.1", "g/dL"), ()),
    ("haemoglobin", exactly(91, "g/L"), ()),  # the same in another unit
    ("haemoglobin", exactly(91, "g/dL"), ("haemoglobin 91 g/dL is outside 2 to 25 g/dL",)),
    ("haemoglobin", Quantity(None, exactly(1, "g/dL").lo, "g/dL"), ("haemoglobin ≤1 g/dL is outside 2 to 25 g/dL",)),
    ("ecog", exactly("1.5", "{score}"), ("ECOG performance status 1.5 is not a whole number",)),
    ("ecog", exactly(7, "{score}"), ("ECOG performance status 7 is outside 0 to 5",)),
    ("haemoglobin", Text("haemolysed"), ()), ("anticancer_treatment", NOTHING, ()),
    ("adverse_event", record(grade=exactly(6, "{score}"), term=chosen("nausea")), ("grade 6 is outside 1 to 5",)),
]  # fmt: skip


@pytest.mark.parametrize(("concept", "value", "found"), DOUBTED)
def test_what_can_hardly_be_is_doubted(concept: str, value: Any, found: tuple[str, ...]) -> None:
    """R09: the value is kept as it was given, and asked about."""
    assert doubts(value, WORDS[concept]) == found


# ---------------------------------------------------------------- the same question of the same moment
def test_one_value_of_a_moment_is_the_place_of_another() -> None:
    known = stated("haemoglobin", exactly(9, "g/dL"), id="L7")
    assert same_place(stated("haemoglobin", exactly(10, "g/dL")), [known], WORDS) is known
    assert same_place(stated("haemoglobin", exactly(9, "g/dL"), date(2026, 6, 9)), [known], WORDS) is None
    assert same_place(stated("platelets", exactly(9, "10*9/L")), [known], WORDS) is None


def test_what_there_is_once_has_one_place_whatever_the_day() -> None:
    known = stated("death", on_day(TODAY), id="L7")
    earlier = date(2026, 6, 9)
    assert same_place(stated("death", on_day(earlier), earlier), [known], WORDS) is known


def test_two_samples_of_a_day_are_two_where_their_sources_tell_them_apart() -> None:
    known = stated("haemoglobin", exactly(9, "g/dL"), id="L7", source="sample 1")
    assert same_place(stated("haemoglobin", exactly(10, "g/dL"), source="sample 2"), [known], WORDS) is None
    for source in ("sample 1", ""):
        assert same_place(stated("haemoglobin", exactly(10, "g/dL"), source=source), [known], WORDS) is known


def test_two_events_of_a_day_are_two() -> None:
    known = stated("adverse_event", record(term=chosen("nausea")), id="L7")
    assert same_place(stated("adverse_event", record(term=chosen("fatigue"))), [known], WORDS) is None
    assert same_place(stated("adverse_event", record(term=chosen("nausea"))), [known], WORDS) is known


LIMITS = ReferenceRange(high=exactly("1.2", "mg/dL"))
KNOWN = stated("bilirubin", exactly("0.7", "mg/dL"), id="L7", reference=LIMITS)
CHANGES: dict[str, Fact] = {
    "the value": stated("bilirubin", exactly("0.8", "mg/dL"), reference=LIMITS),
    "the day": stated("bilirubin", exactly("0.7", "mg/dL"), date(2026, 6, 9), reference=LIMITS),
    "the limits": stated("bilirubin", exactly("0.7", "mg/dL"), reference=ReferenceRange(high=exactly(1, "mg/dL"))),
    "the end": stated("bilirubin", exactly("0.7", "mg/dL"), reference=LIMITS, end=Span(1, 2)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_says_otherwise_is_a_correction(change: str) -> None:
    """R02."""
    with pytest.raises(Refused) as caught:
        check_unchanged(CHANGES[change], KNOWN, WORDS)
    assert str(caught.value) == (
        "Already recorded: total bilirubin 0.7 mg/dL on 10 June 2026 (entry 7). Correct that entry, with a reason."
    )


def test_what_says_the_same_is_none() -> None:
    check_unchanged(stated("bilirubin", exactly("0.70", "mg/dL"), reference=LIMITS), KNOWN, WORDS)
    check_unchanged(stated("bilirubin", exactly("0.7", "mg/dL")), KNOWN, WORDS)  # the limits are only not said again
