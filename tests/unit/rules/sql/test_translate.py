"""Rules as SQL: joints, answers, changes, what is of several concepts, and whom only the reference can judge."""

from datetime import date

import pytest

from equipoise.facts import Choice, Fact
from equipoise.rules.grammar import Language, parse
from equipoise.rules.sql import DUCKDB, translate

from ....asking import dated, vocabulary_of
from ....asking import fact as f
from .asking import ON, WORDS, answers, query, rule, told

LAST, BEFORE = "2026-05-30", "2026-05-01"
LOW = f("haemoglobin", "7 g/dL", LAST)
PREGNANT, POSITIVE = f("pregnant", "yes", BEFORE), f("pregnancy_test", "positive", LAST)
BASE, CONSENT = f("creatinine", "1 mg/dL", BEFORE), f("consent", {}, "2026-05-15")
RISE = "creatinine rises >= 50 % from consent"

CASES = [
    ("haemoglobin < 8 g/dL and site is lung", [LOW], "UNKNOWN"),
    ("haemoglobin > 8 g/dL and site is lung", [LOW], "FALSE"),
    ("haemoglobin < 8 g/dL or site is lung", [LOW], "TRUE"),
    ("not (haemoglobin < 8 g/dL)", [], "UNKNOWN"),
    ("haemoglobin < 8 g/dL unless site is lung", [LOW, f("site", "lung", LAST)], "FALSE"),
    ("haemoglobin < 8 g/dL unless site is lung", [LOW, f("site", "unclear", LAST)], "UNKNOWN"),
    ("allergy is yes", [f("allergy", "none!", LAST)], "FALSE"),
    ("dosed is no", [], "TRUE"),  # the trial itself would know
    ("allergy is no", [], "UNKNOWN"),
    ("site in [lung, colon]", [f("site", "lung+colon", LAST)], "TRUE"),  # one of the two
    ("site is lung", [f("site", "lung+colon", LAST)], "UNKNOWN"),
    ("site is lung", [f("site", "brain", LAST)], "FALSE"),  # an answer that the vocabulary does not know
    ("site is lung", [f("site", Choice(frozenset()), LAST)], "UNKNOWN"),
    ("latest scan where elsewhere is none", [f("scan", {"elsewhere": "none+bone"}, LAST)], "FALSE"),
    ("latest scan where elsewhere includes bone", [f("scan", {"elsewhere": "unclear+bone"}, LAST)], "TRUE"),
    ("consent.withdrawn is no", [CONSENT], "TRUE"),  # what the trial would have recorded
    ("pregnancy is yes", [PREGNANT, f("pregnancy_test", "negative", LAST)], "FALSE"),  # the latest of both
    ("any pregnancy is yes", [f("pregnant", "no", BEFORE), POSITIVE], "TRUE"),
    (RISE, [BASE, CONSENT, f("creatinine", "1.5 mg/dL", LAST)], "TRUE"),
    (RISE, [BASE, CONSENT, f("creatinine", "1.49 mg/dL", LAST)], "FALSE"),
    (RISE, [CONSENT, f("creatinine", "1.5 mg/dL", LAST)], "UNKNOWN"),  # no baseline
    (RISE, [f("creatinine", "0 mg/dL", BEFORE), CONSENT, f("creatinine", "1.5 mg/dL", LAST)], "UNKNOWN"),
    (RISE, [BASE, f("creatinine", "2 mg/dL", BEFORE), CONSENT, f("creatinine", "1.5 mg/dL", LAST)], "UNKNOWN"),
    (RISE, [BASE, CONSENT, f("creatinine", "200 umol/L", LAST)], "BEYOND"),  # two units
    ("creatinine falls >= 20 % from consent", [BASE, CONSENT, f("creatinine", "0.8 mg/dL", LAST)], "TRUE"),
    ("highest creatinine rises = 50 % from consent", [BASE, CONSENT, f("creatinine", "1.5 mg/dL", LAST)], "UNKNOWN"),
]


@pytest.mark.parametrize(("text", "facts", "truth"), CASES)
def test_a_rule(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts) == [truth]


WEIGHT, SEX, BORN = f("weight", "70 kg", LAST), f("sex", "female", LAST), dated("birth_date", "1960-01-01")
LEFT = [
    ("clearance < 40 mL/min", [WEIGHT, SEX, BORN, BASE], "BEYOND"),  # only the formula gives it
    ("clearance < 40 mL/min", [WEIGHT, SEX, BORN], "UNKNOWN"),
    ("clearance < 40 mL/min", [f("clearance", "30 mL/min", LAST)], "BEYOND"),  # recorded, not computed
    ("clearance falls >= 40 % from consent", [WEIGHT, SEX, BORN, BASE, CONSENT], "BEYOND"),  # of an earlier day, too
    ("clearance falls >= 40 % from consent", [WEIGHT, SEX, BORN, CONSENT], "UNKNOWN"),
    ("any clearance after consent < 40 mL/min", [WEIGHT, SEX, BORN, BASE, CONSENT], "BEYOND"),
    ("any clearance after consent < 40 mL/min", [WEIGHT, BORN, BASE, CONSENT], "UNKNOWN"),
    ("clearance within 4 weeks before today is recorded", [SEX, BORN, BASE], "UNKNOWN"),
    ("pregnancy is yes", [f("pregnancy_test", Choice(frozenset(["a|b"])), LAST)], "BEYOND"),  # of a member
    ("haemoglobin < 8 g/dL", [f("bilirubin", "1.1234567890123 mg/dL", LAST), LOW], "TRUE"),  # nobody asks for it
    ("bilirubin < 8 mg/dL", [f("bilirubin", "1.1234567890123 mg/dL", LAST)], "BEYOND"),
    ("bilirubin > 1.000000001 x ULN", [], "BEYOND"),  # such a factor would round
]  # fmt: skip


@pytest.mark.parametrize(("text", "facts", "truth"), LEFT)
def test_whom_only_the_reference_can_judge(text: str, facts: list[Fact], truth: str) -> None:
    assert told(text, facts) == [truth]


def test_many_rules_share_what_they_look_up() -> None:
    texts = [f"haemoglobin < {n} g/dL" for n in range(1, 201)]
    asked = query(*texts)
    assert list(asked.tables) == ["haemoglobin"]
    assert len(asked.steps) <= 200
    assert answers(query(texts[7], *texts), [[LOW], []], WORDS)[0] == "TRUE"


def test_names_of_columns_are_quoted() -> None:
    asked = translate({"order": rule("ecog <= 1")}, WORDS, ON.toordinal(), (), DUCKDB)
    assert 'AS "order"' in asked.truths


def test_words_of_sql_may_name_concepts_fields_and_answers() -> None:
    words = vocabulary_of("""
[order]
label = "order"
kind = "record"
[order.fields.select]
label = "select"
kind = "choice"
answers = { from = "from", "it's" = "its" }
[table]
label = "table"
kind = "date"
members = ["order"]
""")
    asked = parse("latest order where select is from", Language(words))
    made = translate({"group": asked}, words, date(2026, 6, 1).toordinal(), (), DUCKDB)
    people = [[f("order", {"select": "from"}, LAST)], [f("order", {"select": "it's"}, LAST)]]
    assert answers(made, people, words) == ["TRUE", "FALSE"]

    until = parse("less than 4 weeks until table", Language(words))
    made = translate({"group": until}, words, date(2026, 6, 1).toordinal(), (), DUCKDB)
    assert answers(made, [[dated("table", "2026-05-31")], [f("order", {}, "2026-06-01")]], words) == ["FALSE", "TRUE"]


def test_a_record_may_join_dates() -> None:
    words = vocabulary_of("""
[appointment]
label = "appointment"
kind = "date"
planned = true
[coming]
label = "what comes"
kind = "record"
members = ["appointment"]
""")
    asked = parse("less than 4 weeks until coming", Language(words))
    made = translate({"r": asked}, words, date(2026, 6, 1).toordinal(), (), DUCKDB)
    people = [[dated("appointment", "2026-06-10", "2026-05-01")], [dated("appointment", "2026-09-10", "2026-05-01")]]
    assert answers(made, people, words) == ["TRUE", "FALSE"]
