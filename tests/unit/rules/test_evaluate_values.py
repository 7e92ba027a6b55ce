"""Each rule about a value: true, false, and unknown for each reason."""

import pytest

from equipoise.facts import Choice, Fact

from ...asking import fact as f
from ...asking import says

HB = "haemoglobin < 8.0 g/dL"
TWO_UNITS = "haemoglobin < 5.0 mmol/L (8.0 g/dL)"
ULN = "bilirubin > 3 x ULN"
NORMAL = "bilirubin is normal"
GRADE = "platelets grade >= 2"
RISE = "creatinine rises >= 40 % from consent"
CONSENT = f("consent", {}, "2026-03-15")
BASE = f("creatinine", "1.0 mg/dL", "2026-03-10")
RECENT = "haemoglobin < 8.0 g/dL within 4 weeks before today"
LAST, BEFORE = "2026-05-30", "2026-05-01"


COMPARE = [
    (HB, [f("haemoglobin", "7.9 g/dL", LAST)], "TRUE"),
    (HB, [f("haemoglobin", "8.0 g/dL", LAST)], "FALSE"),
    (HB, [f("haemoglobin", "79 g/L", LAST)], "TRUE"),
    (HB, [], "UNKNOWN missing"),
    ("not (haemoglobin < 8.0 g/dL)", [], "UNKNOWN missing"),  # elsewhere: not unknown is told true
    ("marrow > 25 %", [], "UNKNOWN judgement"),
    (HB, [f("haemoglobin", "7-9 g/dL", LAST)], "UNKNOWN imprecise"),
    (HB, [f("haemoglobin", "<8 g/dL", LAST)], "TRUE"),
    (HB, [f("haemoglobin", "7.9 s", LAST)], "UNKNOWN uncheckable"),  # one odd unit does not stop the batch
    (HB, [f("haemoglobin", "7.9 g/dL", LAST, doubt="preliminary")], "UNKNOWN uncheckable"),
    (HB, [f("haemoglobin", "7.9 g/dL", BEFORE), f("haemoglobin", "9 g/dL", LAST)], "FALSE"),  # the latest, not any
    (
        HB,
        [f("haemoglobin", "7.9 g/dL", BEFORE), f("haemoglobin", "9 g/dL", LAST, doubt="preliminary")],
        "UNKNOWN uncheckable",
    ),
    (HB, [f("haemoglobin", "7.9 g/dL", LAST), f("haemoglobin", "9 g/dL", LAST)], "UNKNOWN conflicting"),
    (HB, [f("haemoglobin", "7.9 g/dL", LAST), f("haemoglobin", "7.5 g/dL", LAST)], "TRUE"),
    (HB, [f("haemoglobin", "7.9 g/dL", "2026-05"), f("haemoglobin", "9 g/dL", "2026-05-10")], "UNKNOWN imprecise"),
    (HB, [f("haemoglobin", "7.9 g/dL", "2026-04"), f("haemoglobin", "9 g/dL", "2026-05-10")], "FALSE"),
    (HB, [f("haemoglobin", "7.9 g/dL"), f("haemoglobin", "9 g/dL", LAST)], "UNKNOWN imprecise"),
    (HB, [f("haemoglobin", "7.9 g/dL", "2026-06-02")], "UNKNOWN missing"),  # after the day of asking
    ("first haemoglobin < 8.0 g/dL", [f("haemoglobin", "7.9 g/dL", BEFORE), f("haemoglobin", "9 g/dL", LAST)], "TRUE"),
    ("any haemoglobin < 8.0 g/dL", [f("haemoglobin", "7.9 g/dL", BEFORE), f("haemoglobin", "9 g/dL", LAST)], "TRUE"),
    ("any haemoglobin < 8.0 g/dL", [f("haemoglobin", "9 g/dL", LAST)], "UNKNOWN missing"),
    ("every haemoglobin < 8.0 g/dL", [f("haemoglobin", "7 g/dL", LAST)], "UNKNOWN missing"),
    ("every haemoglobin < 8.0 g/dL", [f("haemoglobin", "9 g/dL", LAST)], "FALSE"),
    ("highest haemoglobin < 8.0 g/dL", [f("haemoglobin", "9 g/dL", BEFORE), f("haemoglobin", "7 g/dL", LAST)], "FALSE"),
    ("lowest haemoglobin < 8.0 g/dL", [f("haemoglobin", "7 g/dL", BEFORE), f("haemoglobin", "9 g/dL", LAST)], "TRUE"),
    ("ecog <= 1", [f("ecog", "1", LAST)], "TRUE"),
    ("ecog <= 1", [f("ecog", "2", LAST)], "FALSE"),
    ("operation.ki67 < 20 %", [f("operation", {"ki67": "20 %"}, LAST)], "FALSE"),
    ("operation.ki67 < 20 %", [f("operation", {"residual": "R0"}, LAST)], "UNKNOWN missing"),
]

LIMITS = [
    (TWO_UNITS, [f("haemoglobin", "8.03 g/dL", LAST)], "FALSE"),  # by the limit of its own unit
    (TWO_UNITS, [f("haemoglobin", "4.98 mmol/L", LAST)], "TRUE"),  # the same haemoglobin
    (TWO_UNITS, [f("haemoglobin", "80.3 g/L", LAST)], "UNKNOWN imprecise"),  # a third unit: the two disagree
    (TWO_UNITS, [f("haemoglobin", "79 g/L", LAST)], "TRUE"),
    (TWO_UNITS, [f("haemoglobin", "81 g/L", LAST)], "FALSE"),
    (TWO_UNITS, [f("haemoglobin", "8 s", LAST)], "UNKNOWN uncheckable"),
    (ULN, [f("bilirubin", "3.6 mg/dL", LAST, high="1.2 mg/dL")], "FALSE"),  # 3 x 1.2 is 3.6
    (ULN, [f("bilirubin", "3.61 mg/dL", LAST, high="1.2 mg/dL")], "TRUE"),
    (ULN, [f("bilirubin", "36.1 mg/L", LAST, high="1.2 mg/dL")], "TRUE"),
    (ULN, [f("bilirubin", "30 mg/dL", LAST)], "UNKNOWN uncheckable"),  # never a limit of another laboratory
    (ULN, [f("bilirubin", "30 mg/dL", LAST, low="0.1 mg/dL")], "UNKNOWN uncheckable"),
    (ULN, [f("bilirubin", "30 mg/dL", LAST, high="20 s")], "UNKNOWN uncheckable"),
    (ULN, [f("bilirubin", "3-4 mg/dL", LAST, high="1.2 mg/dL")], "UNKNOWN imprecise"),
    ("creatinine < 1 x LLN", [f("creatinine", "0.3 mg/dL", LAST, low="0.4 mg/dL")], "TRUE"),
    (NORMAL, [f("bilirubin", "1.2 mg/dL", LAST, low="0.1 mg/dL", high="1.2 mg/dL")], "TRUE"),
    (NORMAL, [f("bilirubin", "1.3 mg/dL", LAST, high="1.2 mg/dL")], "FALSE"),  # the upper limit alone tells
    (NORMAL, [f("bilirubin", "1.1 mg/dL", LAST, high="1.2 mg/dL")], "UNKNOWN uncheckable"),
    (NORMAL, [f("bilirubin", "1.1 mg/dL", LAST)], "UNKNOWN uncheckable"),
    (NORMAL, [f("bilirubin", "1-2 mg/dL", LAST, low="0.1 mg/dL", high="1.2 mg/dL")], "UNKNOWN imprecise"),
    (NORMAL, [], "UNKNOWN missing"),
    (GRADE, [f("platelets", "74 10*9/L", LAST)], "TRUE"),
    (GRADE, [f("platelets", "75 10*3/uL", LAST)], "FALSE"),
    (GRADE, [f("platelets", "70-80 10*9/L", LAST)], "UNKNOWN imprecise"),
    (GRADE, [], "UNKNOWN missing"),
    ("platelets grade = 2", [f("platelets", "60 10*9/L", LAST)], "TRUE"),
    ("platelets grade = 2", [f("platelets", "40 10*9/L", LAST)], "FALSE"),
    ("platelets grade < 2", [f("platelets", "100 10*9/L", LAST)], "TRUE"),
    ("platelets grade <= 2", [f("platelets", "60 10*9/L", LAST)], "TRUE"),
    ("platelets grade > 2", [f("platelets", "60 10*9/L", LAST)], "FALSE"),
    ("platelets grade != 0", [f("platelets", "150 10*9/L", LAST)], "FALSE"),
    ("bilirubin grade >= 2", [f("bilirubin", "2 mg/dL", LAST)], "UNKNOWN uncheckable"),
    ("bilirubin grade >= 2", [f("bilirubin", "2 mg/dL", LAST, high="1.2 mg/dL")], "TRUE"),
    (RISE, [CONSENT, BASE, f("creatinine", "1.4 mg/dL", LAST)], "TRUE"),
    (RISE, [CONSENT, BASE, f("creatinine", "1.39 mg/dL", LAST)], "FALSE"),
    (RISE, [CONSENT, BASE, f("creatinine", "123.788 umol/L", LAST)], "TRUE"),
    (RISE, [BASE, f("creatinine", "1.4 mg/dL", LAST)], "UNKNOWN missing"),
    (RISE, [CONSENT, f("creatinine", "1.4 mg/dL", LAST)], "UNKNOWN stale"),
    (RISE, [CONSENT, f("creatinine", "1.0 mg/dL", "2026-03"), f("creatinine", "2.0 mg/dL", LAST)], "UNKNOWN imprecise"),
    ("creatinine falls > 50 % from consent", [CONSENT, BASE, f("creatinine", "0.49 mg/dL", LAST)], "TRUE"),
    ("creatinine falls > 50 % from consent", [CONSENT, BASE, f("creatinine", "0.5 mg/dL", LAST)], "FALSE"),
]  # fmt: skip

ANSWERS = [
    ("site is lung", [f("site", "lung", LAST)], "TRUE"),
    ("site is lung", [f("site", "colon", LAST)], "FALSE"),
    ("site is not lung", [f("site", "colon", LAST)], "TRUE"),
    ("site in [lung, colon]", [f("site", "colon", LAST)], "TRUE"),
    ("site not in [lung, colon]", [f("site", "colon", LAST)], "FALSE"),
    ("site is lung", [], "UNKNOWN missing"),
    ("not (site is lung)", [], "UNKNOWN missing"),
    ("site is lung", [f("site", "unclear", LAST)], "UNKNOWN judgement"),
    ("site is not lung", [f("site", "unclear", LAST)], "UNKNOWN judgement"),
    ("site is unclear", [f("site", "unclear", LAST)], "TRUE"),
    ("site is lung", [f("site", "lung+colon", LAST)], "UNKNOWN imprecise"),
    ("site in [lung, colon]", [f("site", "lung+colon", LAST)], "TRUE"),
    ("site is lung", [f("site", "lung", LAST), f("site", "colon", LAST)], "UNKNOWN conflicting"),
    ("site is lung", [f("site", "lung", LAST, doubt="preliminary")], "UNKNOWN uncheckable"),
    ("accepted is yes", [], "UNKNOWN judgement"),
    ("agreed is no", [], "UNKNOWN missing"),
    ("dosed is yes", [], "FALSE"),  # absence is a no where the concept says so
    ("dosed is no", [], "TRUE"),
    ("allergy is yes", [], "UNKNOWN missing"),
    ("allergy is yes", [f("allergy", "none!", LAST)], "FALSE"),
    ("pregnancy is yes", [f("pregnancy_test", "positive", LAST)], "TRUE"),  # by a member, read as its answer
    ("pregnancy is yes", [f("pregnancy_test", "negative", LAST), f("pregnant", "yes", BEFORE)], "FALSE"),
    ("pregnancy is yes", [f("pregnancy_test", "negative", LAST), f("pregnant", "yes", LAST)], "UNKNOWN conflicting"),
    ("scan.elsewhere in [none, nodes]", [f("scan", {"elsewhere": "nodes"}, LAST)], "TRUE"),
    ("scan.elsewhere in [none, nodes]", [f("scan", {"elsewhere": "nodes+bone"}, LAST)], "FALSE"),
    ("scan.elsewhere in [none, nodes]", [f("scan", {"elsewhere": "nodes+unclear"}, LAST)], "UNKNOWN judgement"),
    ("scan.elsewhere in [none, nodes]", [f("scan", {"elsewhere": "bone+unclear"}, LAST)], "FALSE"),
    ("scan.elsewhere includes bone", [f("scan", {"elsewhere": "nodes+bone"}, LAST)], "TRUE"),
    ("scan.elsewhere includes bone", [f("scan", {"elsewhere": "nodes"}, LAST)], "FALSE"),
    ("scan.elsewhere includes bone", [f("scan", {"elsewhere": "nodes+unclear"}, LAST)], "UNKNOWN judgement"),
    ("scan.elsewhere includes [bone, nodes]", [f("scan", {"elsewhere": "nodes+unclear"}, LAST)], "TRUE"),
    (
        "highest operation.residual in [R0, R1]",
        [f("operation", {"residual": "R2"}, BEFORE), f("operation", {"residual": "R0"}, LAST)],
        "FALSE",
    ),
    ("highest operation.residual in [R0, R1]", [f("operation", {"residual": "R1"}, LAST)], "UNKNOWN missing"),
    (
        "lowest operation.residual is R0",
        [f("operation", {"residual": "R0"}, BEFORE), f("operation", {"residual": "R2"}, LAST)],
        "TRUE",
    ),
]

WRONG = [
    ("allergy is yes", [f("allergy", "yes", "2026-02-01"), f("allergy", "none!", "2026-03-10")], "FALSE"),  # a later no
    ("allergy is yes", [f("allergy", "yes", "2026-03-10"), f("allergy", "none!", "2026-03-10")], "UNKNOWN conflicting"),
    ("pregnancy is yes", [f("pregnancy", "no", "2026-01-01"), f("pregnancy_test", "positive", LAST)], "TRUE"),
    ("site is lung", [Fact("p", "site", Choice(frozenset()), f("site", "lung", LAST).when)], "UNKNOWN missing"),
    ("consent.withdrawn is yes", [f("consent", {"withdrawn": "yes"}, BEFORE), f("consent", {}, LAST)], "FALSE"),
    (RISE, [CONSENT, f("creatinine", "0 mg/dL", "2026-03-01")], "UNKNOWN uncheckable"),
    (
        "bilirubin > 3 x ULN",
        [f("bilirubin", "9 mg/dL", LAST, high="1.2 mg/dL"), f("bilirubin", "9 mg/dL", LAST)],
        "TRUE",
    ),
]


@pytest.mark.parametrize(("rule", "facts", "truth"), [*COMPARE, *LIMITS, *ANSWERS, *WRONG])
def test_a_value(rule: str, facts: list[Fact], truth: str) -> None:
    assert says(rule, *facts) == truth


TWENTY, THIRTY = f("operation", {"ki67": "20 %"}, BEFORE), f("operation", {"ki67": "30 %"}, LAST)
RX, R0, R1 = (f("operation", {"residual": r}, d) for r, d in (("RX", LAST), ("R0", BEFORE), ("R1", LAST)))
PLATELETS = [f("platelets", "82 10*9/L", BEFORE), f("platelets", "7 10*9/L", LAST)]  # grade 1, grade 4
RISES = [CONSENT, BASE, f("creatinine", "2 mg/dL", BEFORE), f("creatinine", "1.5 mg/dL", LAST)]  # by 0, 100 and 50 %
CLOSED = [
    ("every haemoglobin < 8.0 g/dL", [f("haemoglobin", "7 g/dL", LAST)], "TRUE"),
    ("any haemoglobin < 8.0 g/dL", [f("haemoglobin", "9 g/dL", LAST)], "FALSE"),
    ("highest haemoglobin < 8.0 g/dL", [f("haemoglobin", "7 g/dL", LAST)], "TRUE"),
    ("lowest haemoglobin < 8.0 g/dL", [f("haemoglobin", "7-9 g/dL", LAST)], "UNKNOWN imprecise"),
    ("highest operation.residual in [R0, R1]", [R0, R1], "TRUE"),
    ("lowest operation.residual is R1", [R0, R1], "FALSE"),
    ("allergy is yes", [], "FALSE"),
    ("highest operation.ki67 = 20 %", [TWENTY, THIRTY], "FALSE"),
    ("lowest operation.ki67 = 20 %", [TWENTY, THIRTY], "TRUE"),
    ("highest operation.ki67 != 30 %", [TWENTY, THIRTY], "FALSE"),
    ("highest operation.residual in [R0, R2]", [R0, R1], "FALSE"),
    ("highest operation.residual in [R0, R1]", [R0, RX], "UNKNOWN judgement"),
    ("highest platelets grade = 1", PLATELETS, "FALSE"),
    ("highest platelets grade != 4", PLATELETS, "FALSE"),
    ("highest creatinine rises = 50 % from consent", RISES, "FALSE"),
]


@pytest.mark.parametrize(("rule", "facts", "truth"), CLOSED)
def test_a_value_when_all_are_on_record(rule: str, facts: list[Fact], truth: str) -> None:
    assert says(rule, *facts, complete=["haemoglobin", "operation", "allergy", "platelets", "creatinine"]) == truth


STALE = [
    (RECENT, [f("haemoglobin", "7 g/dL", "2026-05-04")], "TRUE"),  # the 28th day before
    (RECENT, [f("haemoglobin", "7 g/dL", "2026-05-03")], "UNKNOWN stale"),
    (RECENT, [f("haemoglobin", "7 g/dL", "2026-05-03"), f("haemoglobin", "9 g/dL", LAST)], "FALSE"),
    (RECENT, [f("haemoglobin", "7 g/dL", "2026-05")], "UNKNOWN imprecise"),
    (RECENT, [f("haemoglobin", "7 g/dL", "2026-05"), f("haemoglobin", "7 g/dL", LAST)], "TRUE"),
    (RECENT, [f("haemoglobin", "7 g/dL")], "UNKNOWN imprecise"),
]


@pytest.mark.parametrize(("rule", "facts", "truth"), STALE)
def test_a_value_in_a_window(rule: str, facts: list[Fact], truth: str) -> None:
    assert says(rule, *facts) == truth


def test_a_computed_quantity() -> None:
    person = [f("weight", "50 kg", LAST), f("creatinine", "140 umol/L", LAST), f("sex", "female")]
    born = Fact("p", "birth_date", f("consent", {}, "1951-01-01").when)
    assert says("clearance < 40 mL/min", *person, born) == "TRUE"  # 24 mL/min, within the limit of creatinine
    assert says("clearance < 24 mL/min", *person, born) == "FALSE"
    assert says("clearance < 40 mL/min", *person) == "UNKNOWN missing"
    assert says("clearance < 40 mL/min", *person[1:], born) == "UNKNOWN missing"


LONG = "0.1234567890123456789012345678901"  # more digits than Python's decimals carry through a product


def test_a_product_keeps_all_its_digits() -> None:
    threefold, more = "0.3703703670370370367037037036703", "0.3703703670370370367037037036704"
    assert says(ULN, f("bilirubin", f"{threefold} mg/dL", LAST, high=f"{LONG} mg/dL")) == "FALSE"
    assert says(ULN, f("bilirubin", f"{more} mg/dL", LAST, high=f"{LONG} mg/dL")) == "TRUE"
    base = f("creatinine", f"{LONG} mg/dL", "2026-03-10")
    doubled, less = "0.2469135780246913578024691357802", "0.2469135780246913578024691357801"
    assert (
        says("creatinine rises >= 100 % from consent", CONSENT, base, f("creatinine", f"{doubled} mg/dL", LAST))
        == "TRUE"
    )
    assert (
        says("creatinine rises >= 100 % from consent", CONSENT, base, f("creatinine", f"{less} mg/dL", LAST)) == "FALSE"
    )


def test_the_change_of_a_field_of_a_record() -> None:
    before, last = (f("operation", {"ki67": number}, day) for number, day in (("10 %", "2026-03-01"), ("25 %", LAST)))
    assert says("operation.ki67 rises >= 100 % from consent", CONSENT, before, last) == "TRUE"
    assert says("operation.ki67 rises >= 200 % from consent", CONSENT, before, last) == "FALSE"
