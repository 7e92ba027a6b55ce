"""Short ways to state facts and to ask a rule about them, over a vocabulary that has every kind of concept."""

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from equipoise.concepts import Vocabulary
from equipoise.dates import ANY_DAY, Span, read_span
from equipoise.facts import NOTHING, ONGOING, Choice, Fact, ReferenceRange, Value
from equipoise.protocol.words import read_concepts
from equipoise.quantities import Quantity, read_unit
from equipoise.rules.case import Case, build_case
from equipoise.rules.evaluate import Finding, evaluate
from equipoise.rules.grammar import Language, parse, parse_limit
from equipoise.rules.nodes import Look, Moment, Rule, Step

CONCEPTS = """
[birth_date]
label = "date of birth"
kind = "date"
once = true

[sex]
label = "sex"
kind = "choice"
answers = { female = "female", male = "male", other = "other" }
once = true

[haemoglobin]
label = "haemoglobin"
kind = "quantity"
unit = "g/dL"
molar_mass = "16114"
molar_mass_source = "test"

[creatinine]
label = "serum creatinine"
kind = "quantity"
unit = "mg/dL"
own_limits = true
molar_mass = "1 mg/dL = 88.42 umol/L"
molar_mass_source = "test"

[platelets]
label = "platelets"
kind = "quantity"
unit = "10*9/L"

[bilirubin]
label = "total bilirubin"
kind = "quantity"
unit = "mg/dL"
own_limits = true

[ecog]
label = "performance status"
kind = "quantity"
unit = "{score}"
whole = true

[weight]
label = "body weight"
kind = "quantity"
unit = "kg"

[marrow]
label = "share of marrow irradiated"
kind = "quantity"
unit = "%"
who = "investigator"

[clearance]
label = "creatinine clearance"
kind = "quantity"
unit = "mL/min"
formula = "cockcroft_gault"
inputs = { age = "birth_date", sex = "sex", weight = "weight", creatinine = "creatinine" }

[pregnant]
label = "pregnancy status"
kind = "yes_no"

[pregnancy_test]
label = "pregnancy test"
kind = "choice"
answers = { negative = "negative", positive = "positive" }

[pregnancy]
label = "pregnancy by test or record"
kind = "yes_no"
members = ["pregnant", "pregnancy_test"]
read_as = { positive = "yes", negative = "no" }

[allergy]
label = "allergy to the drug"
kind = "yes_no"

[accepted]
label = "tracer accepted"
kind = "yes_no"
who = "investigator"

[agreed]
label = "agreement to contraception"
kind = "yes_no"
who = "person"

[dosed]
label = "dose given by the trial"
kind = "yes_no"
absence = "no"

[site]
label = "site of the primary"
kind = "choice"
answers = { lung = "lung", colon = "colon", unclear = "unclear" }
unclear = ["unclear"]

[operation]
label = "operation"
kind = "record"
[operation.fields.residual]
label = "residual tumour"
kind = "choice"
answers = { R0 = "no residual", R1 = "microscopic", R2 = "macroscopic", RX = "cannot be assessed" }
unclear = ["RX"]
[operation.fields.confirmed]
label = "confirmed by histology"
kind = "yes_no"
[operation.fields.ki67]
label = "proliferation index"
kind = "quantity"
unit = "%"

[scan]
label = "liver scan"
kind = "record"
complete_when_any = true
[scan.fields.liver]
label = "liver"
kind = "choice"
answers = { metastases = "metastases", none = "no metastases" }
[scan.fields.elsewhere]
label = "disease elsewhere"
kind = "choice"
several = true
answers = { none = "nothing", nodes = "lymph nodes", bone = "bone", unclear = "not clear" }
unclear = ["unclear"]
[scan.fields.readable]
label = "readable by the investigator"
kind = "yes_no"
who = "investigator"

[treatment]
label = "anticancer treatment"
kind = "record"
lasts = true
holds = "4 weeks"
[treatment.fields.kind]
label = "kind of treatment"
kind = "choice"
answers = { chemotherapy = "chemotherapy", analogue = "somatostatin analogue" }

[consent]
label = "informed consent"
kind = "record"
who = "person"
[consent.fields.withdrawn]
label = "consent withdrawn"
kind = "yes_no"
absence = "no"

[visit]
label = "study visit"
kind = "record"
absence = "no"

[surgery]
label = "planned surgery"
kind = "date"
planned = true

[death]
label = "death"
kind = "date"
once = true
absence = "no"

[remark]
label = "remark"
kind = "text"
"""


def vocabulary_of(text: str) -> Vocabulary:
    """The vocabulary of a concepts.toml whose sources need not be given."""
    table = tomllib.loads(text)
    for entry in table.values():
        entry.setdefault("source", "test")
    mistakes: list[str] = []
    vocabulary = read_concepts(table, lambda path, message: mistakes.append(f"{path}: {message}"))
    assert mistakes == []
    return vocabulary


WORDS = vocabulary_of(CONCEPTS)
MOMENTS = {"entry": Moment("entry", Look("consent"))}
_PLATELET_GRADES = {1: "< 150 10*9/L", 2: "< 75 10*9/L", 3: "< 50 10*9/L", 4: "< 25 10*9/L"}
_BILIRUBIN_GRADES = {1: "> 1 x ULN", 2: "> 1.5 x ULN", 3: "> 3 x ULN"}


def _steps(grades: dict[int, str], concept: str) -> tuple[Step, ...]:
    bare = Language(WORDS)
    return tuple(Step(grade, *parse_limit(text, WORDS[concept], bare)) for grade, text in grades.items())


LANGUAGE = Language(
    WORDS,
    MOMENTS,
    MappingProxyType(
        {"platelets": _steps(_PLATELET_GRADES, "platelets"), "bilirubin": _steps(_BILIRUBIN_GRADES, "bilirubin")}
    ),
)
ON = date(2026, 6, 1)


def span(text: str) -> Span:
    """The span of an ISO date ("2026-03"), of two joined by ".." or of nothing ("")."""
    if not text:
        return ANY_DAY
    first, _, last = text.partition("..")
    one, other = read_span(first), read_span(last or first)
    assert one is not None and other is not None, text
    return Span(one.lo, other.hi)


_NUMBER = re.compile(r"(?P<bound>[<>]=?)?(?P<low>\d+(?:\.\d+)?)(?:-(?P<high>\d+(?:\.\d+)?))? ?(?P<unit>.*)\Z")


def quantity(text: str) -> Quantity:
    """A quantity as people write it: "7.8 g/dL", "<2 %", "5-10 %"."""
    match = _NUMBER.match(text)
    assert match is not None, text
    unit, low = read_unit(match["unit"]) if match["unit"] else "{score}", Decimal(match["low"])
    assert unit is not None, text
    match match["bound"]:
        case "<" | "<=":
            return Quantity(None, low, unit, hi_open=match["bound"] == "<")
        case ">" | ">=":
            return Quantity(low, None, unit, lo_open=match["bound"] == ">")
        case _:
            return Quantity(low, Decimal(match["high"] or match["low"]), unit)


def value(stated: str | Value) -> Value:
    """A value in short: "none!" is the statement of none; a number has its unit; else an answer ("a+b": several)."""
    if not isinstance(stated, str):
        return (
            MappingProxyType({name: value(part) for name, part in stated.items()})
            if isinstance(stated, dict)
            else stated
        )
    if stated == "none!":
        return NOTHING
    if stated[0].isdigit() or stated[0] in "<>":
        return quantity(stated)
    return Choice(frozenset(stated.split("+")))


def fact(
    concept: str, stated: str | Value | dict[str, str], when: str = "", end: str | None = None, *, low: str = "",
    high: str = "", doubt: str = "", source: str = "", id: str = "", supersedes: str = "",
) -> Fact:  # fmt: skip
    """A fact in short: fact("haemoglobin", "7.8 g/dL", "2026-03-02"); `end` "on" goes on; `low`, `high`: own limits."""
    own = ReferenceRange(quantity(low) if low else None, quantity(high) if high else None) if low or high else None
    ended = None if end is None else ONGOING if end == "on" else span(end)
    return Fact("p", concept, value(stated), span(when), ended, source, "", own, doubt, "", id, supersedes)


def dated(concept: str, day: str, known: str | None = None) -> Fact:
    """A fact of a date: its value is the day; it is known from the same day, or from `known`."""
    return Fact("p", concept, span(day), span(day if known is None else known))


def rule(text: str) -> Rule:
    return parse(text, LANGUAGE)


def case(facts: Iterable[Fact], on: date | str = ON, complete: Iterable[str] = ()) -> Case:
    return build_case(facts, date.fromisoformat(on) if isinstance(on, str) else on, WORDS, complete)


def ask(text: str, *facts: Fact, on: date | str = ON, complete: Iterable[str] = ()) -> Finding:
    """The finding of a rule's text about some facts."""
    return evaluate(rule(text), case(facts, on, complete))


def says(text: str, *facts: Fact, on: date | str = ON, complete: Iterable[str] = ()) -> str:
    """The truth, and for an unknown its reason: "TRUE", "FALSE", "UNKNOWN missing"."""
    found = ask(text, *facts, on=on, complete=complete)
    return repr(found.truth) if found.truth.value != "unknown" else f"UNKNOWN {found.reason}"
