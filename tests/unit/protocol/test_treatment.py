"""treatment.toml: what is read of it, that every mistake is told in its place, and what NELMAS says."""

from decimal import Decimal
from pathlib import Path

import pytest

from equipoise.dates import Duration
from equipoise.protocol.check import read_protocol
from equipoise.protocol.doses import Treatment
from equipoise.protocol.load import load_trial
from equipoise.protocol.product import measured
from equipoise.quantities import exactly

SANDBOX = Path(__file__).parent.parent.parent / "trials" / "sandbox"

HEAD = """
[treatment]
label = "radioligand"
source = "s"
arms = ["A"]
complete = ["potassium"]
"""
PRODUCT = """
[product]
name = "vials"
isotope = "177Lu"
source = "s"
half_life = { value = "159.528 h", source = "s" }
concentration = { value = "370 MBq/mL", source = "s" }
least = { value = "20.5 mL", source = "s" }
most = { value = "0.025 L", source = "s", note = "n" }
shelf_life = { value = "3 d", source = "s", unverified = true }
"""
LEVELS = """
[[level]]
id = "full"
label = "full dose"
activity = "200 mCi"
recorded_as = "biologic"
whole_vial = true
source = "s"

[[level]]
id = "half"
label = "half dose"
activity = "3.7 GBq"
recorded_as = "exacerbation"
source = "s"
ours = true
"""
CYCLES = """
[[cycle]]
number = 1
moment = "baseline_day"
earliest = "6 weeks"
latest = "70 days"
source = "s"

[[cycle]]
number = 2
moment = "biologic"
earliest = "49 days"
latest = "9 weeks"
extended = "16 weeks"
extended_for = "recovery"
source = "s"
note = "n"
ours = true
"""
RULES = """
[[rule]]
id = "hold-potassium"
action = "hold"
toxicity = "hypokalaemia"
when = "potassium grade >= 2"
message = "Wait."
source = "s"

[[rule]]
id = "reduce-potassium"
action = "reduce"
when = "any potassium after biologic grade >= 2"
message = "Half."
ours = true
unverified = true
cycles = [2]
note = "n"

[[ready]]
id = "lab"
label = "Potassium"
when = "potassium within 4 weeks before today is recorded"
message = "Measure it."
source = "s"

[[ready]]
id = "visit"
label = "Visit"
when = "baseline_visit is recorded"
message = "See them."
at = "infusion"
source = "s"

[[warning]]
id = "high"
when = "potassium > 6 mmol/L"
message = "It is high."
source = "s"
cycles = [1]
"""

GOOD = HEAD + PRODUCT + LEVELS + CYCLES + RULES


def read(text: str) -> tuple[Treatment | None, list[str]]:
    files = {path.name: path.read_bytes() for path in SANDBOX.iterdir()} | {"treatment.toml": text.encode()}
    protocol, mistakes = read_protocol("sandbox", files)
    return (protocol.treatment if protocol else None), [str(mistake).splitlines()[0] for mistake in mistakes]


def whole(text: str) -> Treatment:
    treatment, mistakes = read(text)
    assert treatment is not None, mistakes
    return treatment


def test_no_file_is_no_treatment() -> None:
    assert whole("") == Treatment()
    assert read_protocol("sandbox", {p.name: p.read_bytes() for p in SANDBOX.iterdir()})[0].treatment == Treatment()  # pyright: ignore[reportOptionalMemberAccess]


def test_levels_and_cycles() -> None:
    treatment = whole(HEAD + LEVELS + CYCLES)
    full, half = treatment.levels
    assert (full.activity, full.whole_vial, full.concept, full.ours) == (exactly("7.4", "GBq"), True, "biologic", False)
    assert (half.whole_vial, half.ours) == (False, True)
    assert treatment.level("half") is half and treatment.level("third") is None
    first, second = treatment.cycles
    assert (first.earliest, first.latest, first.extended) == (Duration(6, "week"), Duration(70, "day"), None)
    assert (second.extended, second.extended_for, second.ours) == (Duration(16, "week"), "recovery", True)
    assert treatment.cycle(2) is second and treatment.cycle(3) is None
    assert (treatment.arms, treatment.complete, treatment.product) == (("A",), ("potassium",), None)


def test_the_product_is_kept_in_its_own_units() -> None:
    product = whole(HEAD + PRODUCT + LEVELS + CYCLES).product
    assert product is not None and product.shelf_life is not None
    numbers = (product.half_life, product.concentration, product.least, product.most, product.shelf_life)
    assert [str(number.value) for number in numbers] == ["6.647 days", "370 MBq/mL", "20.5 mL", "25.000 mL", "72 h"]
    assert [number.unverified for number in numbers] == [False, False, False, False, True]


def test_rules_readiness_and_warnings() -> None:
    treatment = whole(GOOD)
    hold, reduce = treatment.rules
    assert (hold.action, hold.toxicity, hold.cycles, hold.graded) == ("hold", "hypokalaemia", (1, 2), ("potassium",))
    assert (hold.unverified, hold.ours) == (False, False)
    assert (reduce.cycles, reduce.unverified, reduce.ours, reduce.note) == ((2,), True, True, "n")
    assert [(item.id, item.at) for item in treatment.ready] == [("lab", "prescription"), ("visit", "infusion")]
    assert [(item.id, item.cycles) for item in treatment.warnings] == [("high", (1,))]


MISTAKES = [
    ('arms = ["A"]', 'arms = ["Z"]', '"Z" is not an arm of the trial'),
    ('complete = ["potassium"]', 'complete = ["kalium"]', '"kalium" is not a concept of the trial'),
    ('label = "radioligand"', 'lable = "radioligand"', '"lable" is not a property of the treatment'),
    ('label = "radioligand"', "", "the treatment needs a label"),
    ('half_life = { value = "159.528 h", source = "s" }', "", "the product needs its half_life as a table"),
    ('value = "159.528 h"', 'value = "159.528"', "write the half_life as a number above 0 with its unit"),
    ('value = "159.528 h"', 'value = "6 mL"', "write the half_life as a number above 0 with its unit"),
    ('value = "159.528 h"', 'value = "<7 d"', "write the half_life as a number above 0 with its unit"),
    ('value = "159.528 h", source = "s"', 'value = "159.528 h"', "the half_life of the product needs its source"),
    ('value = "0.025 L"', 'value = "20 mL"', "the least volume of a vial is larger than the most"),
    ('isotope = "177Lu"', 'isotop = "177Lu"', '"isotop" is not a property of a product'),
    ('source = "s", note = "n" }', 'source = "s", nota = "n" }', '"nota" is not a property of a number'),
    ('activity = "200 mCi"', 'activity = "200 mL"', 'write the activity of full with its unit: "7.4 GBq"'),
    ('activity = "200 mCi"', 'activity = "90 mCi"', "write the levels from the highest down"),
    ('recorded_as = "biologic"', 'recorded_as = "potassium"', "full is recorded as a record of concepts.toml"),
    ("whole_vial = true", "vial = true", '"vial" is not a property of a level'),
    ("number = 2", "number = 3", "number the cycles in their order: this one is 2"),
    ('moment = "baseline_day"', 'moment = "someday"', "cycle 1 needs a moment"),
    ('earliest = "6 weeks"', 'earliest = "soon"', 'write earliest of cycle 1 as a time after its moment: "49 days"'),
    ('earliest = "6 weeks"', 'earliest = "80 days"', "earliest, latest and extended of cycle 1 are not in this order"),
    ('extended_for = "recovery"', "", "cycle 2 says for what it may be extended: extended_for"),
    ('action = "hold"', 'action = "wait"', "the action of hold-potassium is one of stop, hold, reduce"),
    ('when = "potassium grade >= 2"', 'when = "kalium grade >= 2"', 'there is no concept "kalium"'),
    ('id = "reduce-potassium"', 'id = "hold-potassium"', "hold-potassium stands here a second time"),
    ("cycles = [2]", "cycles = [3]", "reduce-potassium applies to cycles of the treatment: [1, 2]"),
    ('message = "Wait."', "", "hold-potassium needs a message"),
    ('message = "Wait."\nsource = "s"', 'message = "Wait."', "hold-potassium needs a source, or ours = true"),
    ('at = "infusion"', 'at = "noon"', "visit is asked at one of prescription, infusion"),
    ('label = "Potassium"', "", "lab needs a label"),
    ("[[warning]]", "[[warnings]]", '"warnings" means nothing here'),
]


@pytest.mark.parametrize(("line", "instead", "told"), MISTAKES)
def test_a_mistake_is_told_in_its_place(line: str, instead: str, told: str) -> None:
    assert line in GOOD
    treatment, mistakes = read(GOOD.replace(line, instead, 1))
    assert treatment is None
    assert [told in mistake and mistake.startswith("treatment.toml:") for mistake in mistakes].count(True) == 1, (
        mistakes
    )


def test_all_mistakes_are_told_at_once() -> None:
    text = GOOD
    for line, instead, _ in (MISTAKES[0], MISTAKES[5], MISTAKES[12], MISTAKES[21]):
        text = text.replace(line, instead, 1)
    assert len(read(text)[1]) == 4


def test_a_treatment_needs_a_level_and_a_cycle_and_a_level_to_reduce_to() -> None:
    told = " ".join(read(HEAD)[1])
    assert "needs at least one [[level]]" in told and "needs at least one [[cycle]]" in told
    one = LEVELS.split("[[level]]")[1]
    assert "there is no second [[level]] to reduce it to" in " ".join(read(f"{HEAD}[[level]]{one}{CYCLES}{RULES}")[1])
    third = f"[[level]]{one}".replace("200 mCi", "1 GBq").replace('"full"', '"least"')
    assert "at most one reduced one" in " ".join(read(HEAD + LEVELS + third + CYCLES)[1])


def test_a_number_is_read_exactly_or_not_at_all() -> None:
    assert measured("370 MBq", "GBq") == exactly(Decimal("0.37"), "GBq")
    assert [measured(text, "GBq") for text in ("3.7", "3-4 GBq", "3.7 mL", "much", 3.7, None)] == [None] * 6


# ---------------------------------------------------------------- NELMAS
def test_nelmas_gives_two_doses_of_7_4_gbq_in_the_experimental_arm() -> None:
    treatment = load_trial("nelmas").treatment
    assert treatment.arms == ("Arm 2",)
    assert [str(level.activity) for level in treatment.levels] == ["7.4 GBq", "3.7 GBq"]
    days = [
        (cycle.earliest.days, cycle.latest.days, cycle.extended and cycle.extended.days) for cycle in treatment.cycles
    ]
    assert days == [(42, 70, None), (49, 63, 112)]


def test_nelmas_says_of_every_rule_but_the_delay_that_it_is_not_its_own() -> None:
    treatment = load_trial("nelmas").treatment
    own = [item.id for item in (*treatment.rules, *treatment.ready, *treatment.warnings) if not item.ours]
    assert own == ["stop-delay"]


def test_nelmas_flags_what_no_source_could_be_read_for() -> None:
    treatment = load_trial("nelmas").treatment
    unverified = {rule.id for rule in treatment.rules if rule.unverified}
    of_kidney_and_liver = {
        rule.id for rule in treatment.rules if rule.toxicity in ("renal toxicity", "hepatic toxicity")
    }
    halved = {rule.id for rule in treatment.rules if rule.action == "reduce"}
    assert unverified == of_kidney_and_liver | halved
    assert treatment.product is not None and treatment.product.shelf_life is not None
    assert treatment.product.shelf_life.unverified


def test_nelmas_has_the_numbers_of_the_product() -> None:
    product = load_trial("nelmas").treatment.product
    assert product is not None
    numbers = (product.half_life, product.concentration, product.least, product.most)
    assert [str(number.value) for number in numbers] == ["6.647 days", "370 MBq/mL", "20.5 mL", "25 mL"]


ADVICE = """
[[advice]]
id = "observe"
when = "after"
message = "Observe."
source = "s"
cycles = [1]
unverified = true
ours = true
"""


def test_advice_is_read_with_its_labels() -> None:
    treatment, mistakes = read(GOOD + ADVICE)
    assert treatment is not None and mistakes == []
    (advice,) = treatment.advice
    assert (advice.id, advice.when, advice.message, advice.cycles) == ("observe", "after", "Observe.", (1,))
    assert advice.unverified and advice.ours


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ('when = "after"', 'when = "now"', "observe is heeded at one of before, during, after, later"),
        ('message = "Observe."', "", "observe needs a message"),
        ('source = "s"\ncycles = [1]\nunverified = true\nours = true', "cycles = [1]", "observe needs a source"),
        ("cycles = [1]", "cycles = [9]", "observe applies to cycles"),
    ],
)
def test_a_mistake_in_advice_is_told(line: str, instead: str, told: str) -> None:
    assert line in ADVICE
    assert told in " ".join(read(GOOD + ADVICE.replace(line, instead))[1])
