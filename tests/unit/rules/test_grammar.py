"""What the text of a rule may say, and how its mistakes are told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from equipoise.dates import NO_TIME, Duration
from equipoise.quantities import exactly
from equipoise.rules.grammar import RuleError, parse
from equipoise.rules.nodes import (
    HERE,
    NODE_TYPES,
    TODAY,
    Absolute,
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Count,
    Elapsed,
    Grade,
    Is,
    Look,
    Moment,
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Rule,
    Unless,
    Window,
)  # fmt: skip

from ...asking import LANGUAGE, rule

HB = Look("haemoglobin")
CONSENT = Moment("consent", Look("consent"))
LOW = Compare(HB, "<", Absolute((exactly("8.0", "g/dL"),)))
ANY_OPERATION = Recorded(Look("operation", "", "any"))
FOUR_WEEKS = Duration(4, "week")


def days(count: int) -> Duration:
    return Duration(count, "day")


def operation(window: Window) -> Rule:
    return Recorded(Look("operation", "", "any", window))


SAYINGS: list[tuple[str, Rule]] = [
    ("haemoglobin < 8.0 g/dL", LOW),
    ("  haemoglobin<8.0   g/dl\n", LOW),
    (
        "haemoglobin < 5.0 mmol/L (8.0 g/dL)",
        replace(LOW, limit=Absolute((exactly("5.0", "mmol/L"), exactly("8.0", "g/dL")))),
    ),
    ("haemoglobin >= 80 g/L", Compare(HB, ">=", Absolute((exactly(80, "g/L"),)))),
    ("bilirubin > 3 x ULN", Compare(Look("bilirubin"), ">", OwnLimit(Decimal(3), "ULN"))),
    ("bilirubin > 3 ULN", Compare(Look("bilirubin"), ">", OwnLimit(Decimal(3), "ULN"))),
    ("bilirubin < 0.5 times LLN", Compare(Look("bilirubin"), "<", OwnLimit(Decimal("0.5"), "LLN"))),
    ("ecog <= 1", Compare(Look("ecog"), "<=", Absolute((exactly(1, "{score}"),)))),
    ("operation.ki67 != 20 %", Compare(Look("operation", "ki67"), "!=", Absolute((exactly(20, "%"),)))),
    ("highest haemoglobin < 8.0 g/dL", replace(LOW, look=replace(HB, selector="highest"))),
    ("site is lung", Is(Look("site"), ("lung",))),
    ("site is not lung", Not(Is(Look("site"), ("lung",)))),
    ("site in [lung, colon]", Is(Look("site"), ("lung", "colon"))),
    ("site not in [lung, colon]", Not(Is(Look("site"), ("lung", "colon")))),
    ("scan.elsewhere includes bone", Is(Look("scan", "elsewhere"), ("bone",), "some")),
    ("bilirubin is normal", Normal(Look("bilirubin"))),
    ("bilirubin is not normal", Not(Normal(Look("bilirubin")))),
    ("haemoglobin is recorded", Recorded(Look("haemoglobin", "", "any"))),
    ("haemoglobin is not recorded", Not(Recorded(Look("haemoglobin", "", "any")))),
    ("operation", ANY_OPERATION),
    ("any operation", ANY_OPERATION),
    ("no operation", Not(ANY_OPERATION)),
    ("death", Recorded(Look("death", "", "any"))),
    (
        "any operation where residual is R0",
        Recorded(Look("operation", "", "any", None, Is(Look(HERE, "residual"), ("R0",)))),
    ),
    (
        "operation where residual is R0",
        Recorded(Look("operation", "", "latest", None, Is(Look(HERE, "residual"), ("R0",)))),
    ),
    ("entry", Recorded(Look("consent", "", "any"))),
    ("first entry before today", Recorded(Look("consent", "", "first", Window("before", TODAY, near=days(1))))),
    ("entry.withdrawn is yes", Is(Look("consent", "withdrawn"), ("yes",))),
    ("count of operation >= 2", Count(Look("operation", "", "any"), ">=", 2)),
    ("count operation = 0", Count(Look("operation", "", "any"), "=", 0)),
    ("less than 4 weeks since operation", Elapsed(Look("operation"), "<", FOUR_WEEKS)),
    ("at least 1 day since operation", Elapsed(Look("operation"), ">=", days(1))),
    ("more than 3 months since any operation", Elapsed(Look("operation", "", "any"), ">", Duration(3, "month"))),
    ("at most 2 years until surgery", Elapsed(Look("surgery"), "<=", Duration(2, "year"), "until")),
    ("age >= 18 years", Age(">=", 18, TODAY)),
    ("age >= 18 years at consent", Age(">=", 18, CONSENT)),
    ("age < 18 years at consent or today", Age("<", 18, replace(CONSENT, or_today=True))),
    ("creatinine rises >= 40 % from consent", Change(Look("creatinine"), "rises", ">=", Decimal(40), CONSENT)),
    ("creatinine falls > 12.5 percent from today", Change(Look("creatinine"), "falls", ">", Decimal("12.5"), TODAY)),
    ("platelets grade >= 2", Grade(Look("platelets"), ">=", 2, LANGUAGE.gradings["platelets"])),
    ("operation within 4 weeks before consent", operation(Window("before", CONSENT, far=FOUR_WEEKS))),
    ("operation within 4 weeks after entry", operation(Window("after", LANGUAGE.moments["entry"], far=FOUR_WEEKS))),
    ("operation within 4 weeks of today", operation(Window("around", TODAY, far=FOUR_WEEKS))),
    ("operation before consent", operation(Window("before", CONSENT, near=days(1)))),
    ("operation on or after consent", operation(Window("after", CONSENT))),
    ("operation on consent", operation(Window("around", CONSENT, far=NO_TIME))),
    ("operation between consent and today", operation(Window("between", CONSENT, other=TODAY))),
    (
        "operation between 4 and 6 weeks before today",
        operation(Window("before", TODAY, FOUR_WEEKS, Duration(6, "week"))),
    ),
    ("operation 1 day to 6 weeks before today", operation(Window("before", TODAY, days(1), Duration(6, "week")))),
    (
        "haemoglobin within 4 weeks before today < 8.0 g/dL",
        replace(LOW, look=replace(HB, window=Window("before", TODAY, far=FOUR_WEEKS))),
    ),
    (
        "haemoglobin < 8.0 g/dL within 4 weeks before today",
        replace(LOW, look=replace(HB, window=Window("before", TODAY, far=FOUR_WEEKS))),
    ),
    ("not haemoglobin < 8.0 g/dL", Not(LOW)),
    ("haemoglobin < 8.0 g/dL and operation", AllOf((LOW, ANY_OPERATION))),
    ("haemoglobin < 8.0 g/dL or operation or death", AnyOf((LOW, ANY_OPERATION, Recorded(Look("death", "", "any"))))),
    ("haemoglobin < 8.0 g/dL unless operation", Unless(LOW, ANY_OPERATION)),
    (
        "(haemoglobin < 8.0 g/dL and operation) or death",
        AnyOf((AllOf((LOW, ANY_OPERATION)), Recorded(Look("death", "", "any")))),
    ),
    ("not (operation or death)", Not(AnyOf((ANY_OPERATION, Recorded(Look("death", "", "any")))))),
]


@pytest.mark.parametrize(("text", "expected"), SAYINGS, ids=[text for text, _ in SAYINGS])
def test_what_a_rule_may_say(text: str, expected: Rule) -> None:
    assert rule(text) == expected


def test_every_kind_of_node_can_be_said() -> None:
    assert {type(expected) for _, expected in SAYINGS} == set(NODE_TYPES)


def test_a_condition_speaks_of_one_record() -> None:
    found = rule("any scan where (liver is none and latest operation where residual is R0)")
    inner = Recorded(Look("operation", "", "latest", None, Is(Look(HERE, "residual"), ("R0",))))
    assert found == Recorded(Look("scan", "", "any", None, AllOf((Is(Look(HERE, "liver"), ("none",)), inner))))


# The text, with « before and » after what the caret marks, and the beginning of the message.
MISTAKES = [
    ("«hemoglobin» < 8 g/dL", 'there is no concept "hemoglobin"; did you mean haemoglobin?'),
    ("«xyzzy» < 8 g/dL", 'there is no concept "xyzzy"; there are: birth_date, sex,'),
    ("«operation.residue» is R0", 'operation has no field "residue"; did you mean residual?'),
    ("site is «lungs»", 'site has no answer "lungs"; did you mean lung?'),
    ("site in [lung, «kolon»]", 'site has no answer "kolon"; did you mean colon?'),
    ("site in [lung «colon»]", 'expected "]" but found "colon"'),
    ("site is«» ", "expected an answer but found the end of the rule"),
    ("«site» < 8 g/dL", '"site" is a choice: it has no number to compare'),
    ("«site» is normal", '"site" is a choice: it has no normal range'),
    ("«haemoglobin» is lung", '"haemoglobin" is a quantity: it has no answers'),
    ("«haemoglobin»", '"haemoglobin" alone says nothing'),
    ("haemoglobin < «g»/dL", 'expected a number but found "g"'),
    ("haemoglobin < «8.0»", "the limit needs a unit (g/dL or another of haemoglobin)"),
    ("haemoglobin < «8.0» (5.0 mmol/L)", "the limit needs a unit"),
    ("haemoglobin < «8.0» within 4 weeks before today", "the limit needs a unit"),
    ("haemoglobin < 8.0 «furlongs»", 'the unit "furlongs" is not known'),
    ("haemoglobin < 8.0 «s»", '"s" is not a unit of haemoglobin (g/dL)'),
    ("haemoglobin < 8.0 g/dL («5.0»)", "the limit needs a unit"),
    ("bilirubin > 3 x «normal»", "expected ULN or LLN"),
    ("haemoglobin < 8 g/dL and operation «or» death", '"and", "or" and "unless" do not mix'),
    ("operation or death «unless» haemoglobin < 8 g/dL", '"and", "or" and "unless" do not mix'),
    ("operation unless death «unless» operation", '"and", "or" and "unless" do not mix'),
    ("(operation or death«»", 'expected ")" but found the end of the rule'),
    ("operation «)»", 'expected the rule to end, or "and", "or", "unless", but found ")"'),
    ("operation within 4 «moons» before today", '"moons" is not days, weeks, months or years'),
    ("operation within «1.5» weeks before today", "durations are whole numbers"),
    ("operation within 4 weeks «since» today", 'expected "before" or "after" or "of" but found "since"'),
    ("operation before «tomorrow»", 'there is no moment "tomorrow"; did you mean'),
    ("operation «6» weeks to 1 day before today", "6 weeks is longer than 1 day: write the shorter first"),
    ("operation «2» years to 1 year before today", "2 years is longer than 1 year"),
    ("less «then» 4 weeks since operation", 'expected "than" but found "then"'),
    ("less than 4 weeks «after» operation", 'expected "since" or "until" but found "after"'),
    ("less than 4 weeks since «first» operation", '"since" counts from the latest: leave "first" out'),
    ("less than 4 weeks since «operation.residual»", "time is counted from an event"),
    ("age >= «18.5» years", "age is in whole years"),
    ("age >= 18 «days»", 'expected "years" or "year"'),
    ("count of operation >= «1.5»", "a count is a whole number"),
    ("platelets grade >= «1.5»", "grades are whole numbers"),
    ("«haemoglobin» grade >= 1", "the trial has no grading table for haemoglobin (tables: bilirubin, platelets)"),
    ("creatinine rises >= 40 «g» from consent", 'expected "%"'),
    ("creatinine rises >= 40 % «since» consent", 'expected "from"'),
    ("haemoglobin «where» residual is R0", '"where" speaks of the fields of a record'),
    (
        "any operation where residual is R0 and «site» is lung",
        '"site" is not a field of operation: to speak of another',
    ),
    (
        "any operation where residual is R0 and «age» >= 18 years",
        '"age" is not a field of operation: to speak of another',
    ),
    ("any operation where residual is R0 and «entry» before today", '"entry" is not a field of operation'),
    ("any operation where highest «residual» is R0", 'a record has one "residual": leave "highest" out'),
    ("operation«.» is recorded", 'expected the rule to end, or "and", "or", "unless", but found "."'),
    ("any operation where «residual» is recorded", '"residual" is a field of one record: it cannot be asked for as'),
    ("any operation where «ki67» rises >= 10 % from today", '"ki67" is a field of one record'),
    ("«highest» operation where residual is R0", "a record is not high or low"),
    ("«every» operation within 4 weeks before today", '"every" needs a condition'),
    ("«every» operation is recorded", '"is recorded" asks for any'),
    ("«highest» bilirubin is normal", '"highest" needs a comparison or one answer'),
    ("no «allergy»", '"no allergy" could be its answer or its absence'),
    ("«§»", 'expected the name of a concept but found "§"'),
    ("«»", "expected the name of a concept but found the end of the rule"),
]


def _marked(text: str) -> tuple[str, int, int]:
    start, end = text.index("«"), text.index("»")
    return text.replace("«", "").replace("»", ""), start, max(1, end - start - 1)


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_mistakes_are_told_in_their_place(text: str, message: str) -> None:
    plain, start, length = _marked(text)
    with pytest.raises(RuleError) as caught:
        rule(plain)
    assert caught.value.message.startswith(message)
    assert (caught.value.position, caught.value.length) == (start, length)


def test_units_with_brackets_are_read() -> None:
    words = dict(LANGUAGE.vocabulary)
    words["hcg"] = replace(words["haemoglobin"], name="hcg", label="hCG", unit="[iU]/L", molar_mass=None)
    words["mitoses"] = replace(words["haemoglobin"], name="mitoses", label="mitoses", unit="/(2.mm2)", molar_mass=None)
    language = replace(LANGUAGE, vocabulary=words)
    assert parse("(hcg > 5 [iU]/L)", language) == Compare(Look("hcg"), ">", Absolute((exactly(5, "[iU]/L"),)))
    assert parse("mitoses > 20 /(2.mm2) (40 /mm2)", language) == Compare(
        Look("mitoses"), ">", Absolute((exactly(20, "/(2.mm2)"), exactly(40, "/mm2")))
    )


@pytest.mark.parametrize("text", ["(" * 3000, "not " * 3000, "(" * 60 + "operation" + ")" * 60])
def test_what_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="deep"):
        rule(text)


def test_a_moment_that_is_the_first_of_several_is_not_read_as_the_latest() -> None:
    from equipoise.protocol.load import load_trial
    from equipoise.rules.grammar import Language
    from equipoise.rules.nodes import Recorded

    nelmas = load_trial("nelmas")
    language = Language(nelmas.vocabulary, nelmas.moments)
    rule = parse("first_consent where withdrawn is no", language)
    assert isinstance(rule, Recorded) and rule.look.selector == "first"
    with pytest.raises(RuleError, match='"first_consent" is the first: name a window from it'):
        parse("at least 6 months since first_consent", language)
