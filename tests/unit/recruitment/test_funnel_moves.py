"""A number that moves: how it is said, what is refused, and that the counts are those of a new screening."""

from dataclasses import replace
from decimal import Decimal

import pytest

from equipoise.eligibility.person import screen
from equipoise.eligibility.verdict import Outcome
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol
from equipoise.recruitment.funnel_moves import Variant, moved, read_move, read_sweep
from equipoise.recruitment.funnel_people import by_reference
from equipoise.recruitment.funnel_survey import survey

from .asthma import COMPLETE, ON, READING, TRIAL

NELMAS = load_trial("nelmas")


def words(variant: Variant) -> list[str]:
    return [f"{variant.criterion.id} {new}" for _, new in variant.changes]


# ---------------------------------------------------------------- counting
def rescreened(variant: Variant) -> tuple[int, int, int]:
    """What a screening by a trial with the other criterion says."""
    criteria = tuple(variant.criterion if c.id == variant.criterion.id else c for c in TRIAL.criteria)
    found = screen(replace(TRIAL, criteria=criteria), READING, ON, COMPLETE)
    return found.count(Outcome.ELIGIBLE), found.count(Outcome.UNDETERMINED), found.count(Outcome.INELIGIBLE)


MOVES = [
    "I1: age <= 80 years", "I2 count to 3", "I3: first eosinophils within 12 months before today >= 250 /uL",
    "I3 limit to 270", "I3 window to 6 months", "E1 to 10", "E2 grade to 1", "E4 to 5 weeks",
    "E5 to 20 weeks", "E6 to 99 %",
]  # fmt: skip


@pytest.mark.parametrize("text", MOVES)
def test_a_move_counts_what_a_new_screening_counts(text: str) -> None:
    variant = read_move(text, TRIAL)
    found = survey(TRIAL, ON, by_reference(TRIAL, READING, ON, COMPLETE), [variant])
    (each,) = found.moves
    assert each.counts == rescreened(variant)
    assert each.more_eligible == each.counts.eligible - found.counts.eligible
    assert each.more_possible == each.counts.possible - found.counts.possible


def test_some_moves_gain_people_and_some_lose_them() -> None:
    found = survey(
        TRIAL, ON, by_reference(TRIAL, READING, ON, COMPLETE), [read_move(text, TRIAL) for text in MOVES]
    ).moves
    assert {each.more_eligible > 0 for each in found} == {True, False}
    assert min(each.more_eligible for each in found) < 0


def test_a_sweep_is_a_move_for_each_number_and_its_own_number_changes_nothing() -> None:
    sweep = read_sweep("I3 limit from 240 to 340 by 20", TRIAL)
    own = read_move("I3 limit to 300", TRIAL)
    found = survey(TRIAL, ON, by_reference(TRIAL, READING, ON, COMPLETE), [own], [sweep])
    (curve,) = found.curves
    assert [point.counts for point in curve.points] == [rescreened(variant) for variant in sweep.variants]
    assert [point.counts.eligible for point in curve.points] == sorted(
        (point.counts.eligible for point in curve.points), reverse=True
    )
    place = [str(amount) for amount in sweep.amounts].index("300 /µL")
    assert curve.points[place].counts == found.counts == found.moves[0].counts
    assert found.moves[0].variant.changes == () and str(sweep.own) == "300 /µL"


def test_nothing_asked_nothing_moved() -> None:
    assert moved([], TRIAL.criteria, []) == []
    found = survey(TRIAL, ON, by_reference(TRIAL, READING, ON, COMPLETE))
    assert found.moves == () and found.curves == ()


# ---------------------------------------------------------------- how it is said
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E8: haemoglobin < 7.5 g/dL", ["E8 limit of haemoglobin: 7.5 g/dL"]),
        ("E8: haemoglobin < 4.7 mmol/L (7.6 g/dL)", ["E8 limit of haemoglobin: 4.7 mmol/L or 7.6 g/dL"]),
        ("e8 to 7.5", ["E8 limit of haemoglobin: 7.5 g/dL"]),
        ("E8 haemoglobin limit to 75 g/L", ["E8 limit of haemoglobin: 75 g/L"]),
        ("E11 to 2", ["E11 limit of bilirubin: 2 x ULN"]),
        ("E11 to 4 mg/dL", ["E11 limit of bilirubin: 4 mg/dL"]),
        ("E12 to 0.9 x LLN", ["E12 limit of albumin: 0.9 x LLN"]),
        ("I8 window to 16 weeks", ["I8 window of sstr_pet: 16 weeks"]),
        ("I8 to 4 months", ["I8 window of sstr_pet: 4 months"]),
        ("I2 to 16 years", ["I2 age: 16 years"]),
        ("I4: highest pathology.ki67 < 55 %", ["I4 limit of pathology.ki67: 55 %"]),
        ("I4 pathology.ki67 to 55", ["I4 limit of pathology.ki67: 55 %"]),
        ("E1 anticancer_treatment to 2", ["E1 time of anticancer_treatment: 2 weeks"]),
        ("E1: less than 3 weeks since liver_resection", ["E1 time of liver_resection: 3 weeks"]),
        ("E1 #2 since to 20 days", ["E1 time of anticancer_treatment: 20 days"]),
        ("E1: less than 3 weeks since liver_resection or less than 2 weeks since any anticancer_treatment",
         ["E1 time of liver_resection: 3 weeks", "E1 time of anticancer_treatment: 2 weeks"]),
    ],
)  # fmt: skip
def test_what_moves_is_said_in_plain_words(text: str, expected: list[str]) -> None:
    variant = read_move(text, NELMAS)
    assert words(variant) == expected
    assert variant.criterion.source == variant.stated.source


def test_the_moved_rule_is_told_in_words() -> None:
    assert read_move("E8 to 7.5", NELMAS).criterion.text == "haemoglobin is below 7.5 g/dL"
    assert "1 day to 16 weeks before" in read_move("I8 to 16", NELMAS).criterion.text


@pytest.mark.parametrize(
    ("text", "amounts", "own"),
    [
        ("E8 from 7.0 to 7.5 by 0.25", ["7.00 g/dL", "7.25 g/dL", "7.50 g/dL"], "8.0 g/dL"),
        ("E8 4.5 to 5 mmol/L by 0.5", ["4.5 mmol/L", "5.0 mmol/L"], "5.0 mmol/L"),
        ("E8: from 70 to 90 g/L by 10 g/L", ["70 g/L", "80 g/L", "90 g/L"], "80 g/L"),
        ("I8 window 8 to 24 weeks by 8 weeks", ["8 weeks", "16 weeks", "24 weeks"], "12 weeks"),
        ("I8 window from 80 to 81 days", ["80 days", "81 days"], "84 days"),
        ("I8 3 to 4 months", ["3 months", "4 months"], "None"),
        ("E11 from 2 to 3 by 0.5", ["2.0 x ULN", "2.5 x ULN", "3.0 x ULN"], "3 x ULN"),
        ("I2 16 to 18", ["16 years", "17 years", "18 years"], "18 years"),
        ("I3 from 0 to 2 by 1", ["0", "1", "2"], "1"),
        ("E8 from 7 to 7.9 by 0.5", ["7.0 g/dL", "7.5 g/dL"], "8.0 g/dL"),
    ],
)
def test_a_sweep_is_said_in_plain_words(text: str, amounts: list[str], own: str) -> None:
    sweep = read_sweep(text, NELMAS)
    assert list(map(str, sweep.amounts)) == amounts
    assert len(sweep.variants) == len(amounts)
    if own == "None":
        assert sweep.own is None
    else:
        number, _, unit = own.partition(" ")
        assert sweep.own is not None and sweep.own.number == Decimal(number)
        assert str(sweep.own).endswith(unit)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E99 to 7", '"E99" is not a criterion of NELMAS: there are I1,'),
        ("E8", "cannot be read: write"),
        ("E8 to ", "cannot be read: write"),
        ("E8 to low", '"low" is not one certain number'),
        ("E8 to 7.5 furlongs", '"furlongs" is not a unit of haemoglobin: write g/dL'),
        ("E8 platelets to 7.5", '"platelets" names none of them'),
        ("E1 to 3", 'E1 states 2 numbers: say which. "E1 liver_resection" is time of liver_resection: 4 weeks'),
        ("E5 to 3", "states no number that could move"),
        ("I8 to 1.5 weeks", "not a whole number: write days for a part of a week"),
        ("I8 to 0 g/dL", "write days or weeks or months or years"),
        ("I2 to 17 weeks", "write years"),
        ("I3 to 2 g", "is not a unit of ECOG"),
        ("E8: haemoglobn < 7.5 g/dL", 'there is no concept "haemoglobn"'),
        ("E8: haemoglobin <= 7.5 g/dL", "no clause"),
        ("E8: platelets < 7.5 10*9/L", "no clause"),
        ("E5: pregnancy is no", "it states none"),
    ],
)
def test_what_cannot_move_is_refused_with_what_to_write(text: str, message: str) -> None:
    with pytest.raises(Fault) as caught:
        read_move(text, NELMAS)
    assert message in str(caught.value)


def test_a_fault_in_a_clause_is_marked_under_its_character() -> None:
    with pytest.raises(Fault, match=r"haemoglobin < 7.5 stone\n +\^{5}"):
        read_move("E8: haemoglobin < 7.5 stone", NELMAS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("E8", "cannot be read: write"),
        ("E8 from 7 to 9", 'does not say its steps: write "... by 0.25" behind it'),
        ("E8 from 9 to 7 by 0.5", "write the smaller number first"),
        ("E8 from 7 to 9 by 0", "steps above 0"),
        ("E8 from 7 to 9 by 0.001", "2,001 numbers, more than 200"),
        ("E8 from 7 to 9 g/dL by 1 g/L", "steps of another unit"),
        ("I8 window 8 to 24 weeks by 0.5", "not a whole number"),
        ("I7 window 0 to 3 weeks", "I7 cannot have 0 weeks there"),
    ],
)
def test_a_sweep_that_goes_nowhere_is_refused(text: str, message: str) -> None:
    with pytest.raises(Fault) as caught:
        read_sweep(text, NELMAS)
    assert message in str(caught.value)


@pytest.mark.parametrize("trial", [NELMAS, TRIAL], ids=["nelmas", "sandbox"])
def test_every_listing_in_a_fault_can_be_typed(trial: Protocol) -> None:
    """Where a criterion states several numbers, the fault lists words for each; those words name that one."""
    asked = 0
    for criterion in trial.criteria:
        try:
            read_move(f"{criterion.id} nonsense to 1", trial)
        except Fault as fault:
            listing = str(fault).partition("names none of them. ")[2].rstrip(".")
            for each in filter(None, listing.split("; ")):
                named, _, number = each.partition(" is ")
                kept = number.split(": ")[1].split(" or ")[0].replace(" × ", " ")
                variant = read_move(f"{named.strip(chr(34))} to {kept.split()[0]}", trial)
                assert all(str(old) == number for old, _ in variant.changes)
                asked += 1
    assert asked >= 8
