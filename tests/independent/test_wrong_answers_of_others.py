"""Wrong answers that other engines gave in silence to questions like ours: the reference and DuckDB give the right one.

They were seen when the same criteria were put to several engines (docs/differences.md). Each stands here as one person
and one rule. Everybody is asked in one go, so that no odd value spoils the answers about others.
"""

import json
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

import equipoise
from equipoise.concepts import Vocabulary
from equipoise.eligibility.cohort import TRUTHS, Asking
from equipoise.eligibility.duckdb import DuckDbEngine
from equipoise.facts import Fact
from equipoise.rules.nodes import Rule
from equipoise.truth import FALSE, TRUE, UNKNOWN, Truth

from ..asking import ON, WORDS, ask, dated, fact, rule
from ..tables import part_of


def by_duckdb(
    people: list[list[Fact]], rules: dict[str, Rule], words: Vocabulary, scratch: Path
) -> list[dict[str, Truth]]:
    """What DuckDB says: the truth of every rule about each person, in their order; nobody is left to the reference."""
    file = scratch / "answers.parquet"
    left: list[int] = []

    def facts_of(_: object, keys: Any) -> dict[int, list[Fact]]:
        left.extend(keys)
        return {key: people[key] for key in keys}

    DuckDbEngine(scratch / "spill").judge(Asking(rules, words, ON), [part_of(people, words, scratch)], file, facts_of)
    assert left == []
    with closing(duckdb.connect()) as connection:
        rows = connection.execute(f"SELECT {', '.join(rules)} FROM read_parquet('{file}') ORDER BY key").fetchall()
    return [{name: TRUTHS[code] for name, code in zip(rules, row, strict=True)} for row in rows]


# ---------------------------------------------------------------- facts
class Question(NamedTuple):
    """What went wrong elsewhere; the rule; what is known of the person; the right answer."""

    wrong: str
    rule: str
    facts: tuple[Fact, ...]
    right: Truth


def q(wrong: str, rule: str, right: Truth, *facts: Fact) -> Question:
    return Question(wrong, rule, facts, right)


def hb(number: str, when: str = "2026-05-20", doubt: str = "") -> Fact:
    return fact("haemoglobin", number, when, doubt=doubt)


def born(day: str) -> Fact:
    return dated("birth_date", day)


QUESTIONS = [
    q("unknown becomes false", "haemoglobin < 8.0 g/dL", UNKNOWN),
    q("and not unknown becomes true", "not (haemoglobin < 8.0 g/dL)", UNKNOWN),
    q("a missing answer is none of the list", "site in [lung, colon]", UNKNOWN),
    q("and so passes the denial", "not (site in [lung, colon])", UNKNOWN),
    q("nobody can tell, so no", "site is lung", UNKNOWN, fact("site", "unclear", "2026-05-20")),
    q("an answer that says nothing is eligible with confidence 1.0", "not (pregnancy is yes)", UNKNOWN),
    q(
        "none with an event counts as yes or as no",
        "any treatment",
        UNKNOWN,
        fact("treatment", {"kind": "chemotherapy"}, "2026-04-01"),
        fact("treatment", "none!", "2026-05-20"),
    ),
    q("9 g/L is at least 8 g/dL: the numbers alone are compared", "haemoglobin >= 8.0 g/dL", FALSE, hb("9 g/L")),
    q("90 g/L >= 8 g/dL is false", "haemoglobin >= 8.0 g/dL", TRUE, hb("90 g/L")),
    q(
        "100 10*3/uL >= 75 10*9/L is false, or an exception",
        "platelets >= 75 10*9/L",
        TRUE,
        fact("platelets", "100 10*3/uL", "2026-05-20"),
    ),
    q("74999 /uL is above 75", "platelets >= 75 10*9/L", FALSE, fact("platelets", "74999 /uL", "2026-05-20")),
    q("one odd unit ends the run", "haemoglobin < 8.0 g/dL", UNKNOWN, hb("7 %")),
    q(
        "3 x 1.2 is 3.5999...",
        "bilirubin > 3 x ULN",
        FALSE,
        fact("bilirubin", "3.6 mg/dL", "2026-05-20", high="1.2 mg/dL"),
    ),
    q(
        "and 3.6 is above it",
        "bilirubin <= 3 x ULN",
        TRUE,
        fact("bilirubin", "3.6 mg/dL", "2026-05-20", high="1.2 mg/dL"),
    ),
    q(
        "a limit that is not on record is none",
        "bilirubin > 3 x ULN",
        UNKNOWN,
        fact("bilirubin", "9 mg/dL", "2026-05-20"),
    ),
    q("the comparator is dropped", "haemoglobin < 8.0 g/dL", UNKNOWN, hb("<12 g/dL")),
    q("the latest asked for, any taken", "haemoglobin < 8.0 g/dL", FALSE, hb("7 g/dL", "2026-01-20"), hb("9 g/dL")),
    q("the order of the entries decides", "haemoglobin < 8.0 g/dL", TRUE, hb("7 g/dL"), hb("9 g/dL", "2026-01-20")),
    q(
        "the newest says nothing, so an older one is taken",
        "haemoglobin < 8.0 g/dL",
        UNKNOWN,
        hb("7 g/dL", "2026-01-20"),
        hb("9 g/dL", doubt="preliminary"),
    ),
    q("of two of one day any is taken", "haemoglobin < 8.0 g/dL", UNKNOWN, hb("7 g/dL"), hb("9 g/dL")),
    q(
        "as texts 2026-05 comes before 2026-05-20",
        "haemoglobin < 8.0 g/dL",
        UNKNOWN,
        hb("7 g/dL", "2026-05"),
        hb("9 g/dL"),
    ),
    q(
        "a partial date is its first day",
        "less than 4 weeks since operation",
        UNKNOWN,
        fact("operation", {"residual": "R0"}, "2026-05"),
    ),
    q(
        "or makes a comparison false",
        "not (haemoglobin within 2 weeks before today < 8.0 g/dL)",
        UNKNOWN,
        hb("7 g/dL", "2026-05"),
    ),
    q("by the years alone somebody of 17 is 18", "age >= 18 years", FALSE, born("2008-06-02")),
    q("18 on this very day is not yet 18", "age >= 18 years", TRUE, born("2008-06-01")),
    q("a year of birth is its first day", "age >= 18 years", UNKNOWN, born("2008")),
]


@pytest.fixture(scope="module")
def found_by_duckdb(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Truth]]:
    rules = {f"r{number}": rule(question.rule) for number, question in enumerate(QUESTIONS)}
    people = [list(question.facts) for question in QUESTIONS]
    return by_duckdb(people, rules, WORDS, tmp_path_factory.mktemp("questions"))


@pytest.mark.parametrize("number", range(len(QUESTIONS)), ids=lambda number: QUESTIONS[number].wrong)
def test_right_by_the_reference_and_by_duckdb(number: int, found_by_duckdb: list[dict[str, Truth]]) -> None:
    question = QUESTIONS[number]
    assert ask(question.rule, *question.facts).truth is question.right
    assert found_by_duckdb[number][f"r{number}"] is question.right


def test_born_on_the_leap_day(tmp_path: Path) -> None:
    """Calendar arithmetic gives 28 February; the law of England and of Germany the day after it."""
    person = [born("2008-02-29"), fact("consent", {}, "2026-02-28")]
    asked = "age >= 18 years at entry"
    assert ask(asked, *person).truth is FALSE
    assert by_duckdb([person], {"r0": rule(asked)}, WORDS, tmp_path) == [{"r0": FALSE}]


# ---------------------------------------------------------------- records
def observation(code: dict[str, str], value: dict[str, Any], **when: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "status": "final", "code": {"coding": [code]}, **when, **value}


HB = {"system": "http://loinc.org", "code": "718-7"}
PREGNANT = {"system": "http://loinc.org", "code": "82810-3"}


def grams(number: float) -> dict[str, Any]:
    return {"valueQuantity": {"value": number, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"}}


def coded(*codings: tuple[str, str]) -> dict[str, Any]:
    return {"valueCodeableConcept": {"coding": [{"system": system, "code": code} for system, code in codings]}}


SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RECORDS: dict[str, tuple[list[dict[str, Any]], str, Truth]] = {
    "an active pregnancy is not found, for its code is the second coding": (
        [observation(PREGNANT, coded(("urn:local", "P1"), (SNOMED, "77386006")), effectiveDateTime="2026-05-20")],
        "E5", TRUE,
    ),
    "it is not known whether she is pregnant, so she may enter": (
        [observation(PREGNANT, coded((LOINC, "LA4489-6")), effectiveDateTime="2026-05-20")], "E5", UNKNOWN,
    ),
    "a date that is a period is no date": (
        [observation(HB, grams(9), effectiveDateTime="2026-01-20"),
         observation(HB, grams(7), effectivePeriod={"start": "2026-05-20", "end": "2026-05-20"})],
        "E8", TRUE,
    ),
    "a date that is an instant is no date": (
        [observation(HB, grams(9), effectiveDateTime="2026-01-20"),
         observation(HB, grams(7), effectiveInstant="2026-05-20T08:00:00Z")],
        "E8", TRUE,
    ),
    "in Greenwich the operation was a day later, and 27 days ago": (
        [{"resourceType": "Procedure", "status": "completed", "performedDateTime": "2026-05-04T23:30:00-05:00",
          "code": {"coding": [{"system": SNOMED, "code": "107963000"}]}},
         observation({"system": "urn:equipoise:concept", "code": "anticancer_treatment"},
                     coded(("urn:equipoise:concept", "none")), effectiveDateTime="2026-05-20")],
        "E1", FALSE,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def of_records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Truth, Truth]]:
    """Of each set of records what the reference and what DuckDB says of its criterion."""
    trial, scratch = equipoise.load_trial("nelmas"), tmp_path_factory.mktemp("records")
    with (scratch / "records.ndjson").open("w", encoding="utf-8") as file:
        for number, (resources, _, _) in enumerate(RECORDS.values()):
            patient = {"resourceType": "Patient", "id": f"p{number}", "gender": "female"}
            about = {"subject": {"reference": f"Patient/p{number}"}}
            for at, resource in enumerate([patient, *({**each, **about} for each in resources)]):
                file.write(json.dumps({"id": f"r{number}-{at}", **resource}) + "\n")
    reading = equipoise.read(scratch / "records.ndjson", trial)
    screening = equipoise.screen(trial, reading, ON)
    facts = list(reading.by_person().values())
    rules = {criterion.id: criterion.rule for criterion in trial.criteria}
    found = by_duckdb(facts, rules, trial.vocabulary, scratch)
    criteria = [criterion for _, criterion, _ in RECORDS.values()]
    return {
        wrong: (screening[f"p{number}"][criteria[number]].truth, found[number][criteria[number]])
        for number, wrong in enumerate(RECORDS)
    }


@pytest.mark.parametrize("wrong", RECORDS)
def test_right_out_of_records(wrong: str, of_records: dict[str, tuple[Truth, Truth]]) -> None:
    assert of_records[wrong] == (RECORDS[wrong][2],) * 2
