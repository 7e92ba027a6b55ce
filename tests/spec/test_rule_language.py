"""The rule language by examples: what is on record, what the rule asks, what the answer is. The docs print them.

Every question is asked on 1 June 2026. A fact is a concept, its value, its day ("2026-03" is some day in March), and
for what lasts its end ("on": it goes on).
"""

from typing import NamedTuple

import pytest

from equipoise.facts import Fact

from ..asking import dated, fact, says


class Example(NamedTuple):
    """One example: given these facts (and what is declared complete), the rule is so; and why that is right."""

    rule: str
    truth: str
    because: str
    given: tuple[Fact, ...] = ()
    complete: tuple[str, ...] = ()


HB = "haemoglobin < 8.0 g/dL"
CONSENT = fact("consent", {}, "2026-03-15")

EXAMPLES = {
    "comparing": [
        Example(HB, "TRUE", "7.9 is below 8.0", (fact("haemoglobin", "7.9 g/dL", "2026-05-30"),)),
        Example(
            HB, "FALSE", "strict is strict: 8.0 is not below 8.0", (fact("haemoglobin", "8.0 g/dL", "2026-05-30"),)
        ),
        Example(HB, "TRUE", "units convert exactly", (fact("haemoglobin", "79 g/L", "2026-05-30"),)),
        Example(HB, "UNKNOWN missing", "no value is neither low nor normal"),
        Example(f"not {HB}", "UNKNOWN missing", "not unknown is unknown"),
        Example(HB, "UNKNOWN imprecise", "7 to 9 lies on both sides", (fact("haemoglobin", "7-9 g/dL", "2026-05-30"),)),
        Example(
            HB,
            "UNKNOWN uncheckable",
            "a value in doubt is not passed over for an older one",
            (
                fact("haemoglobin", "9 g/dL", "2026-05-01"),
                fact("haemoglobin", "7 g/dL", "2026-05-30", doubt="preliminary"),
            ),
        ),
        Example(
            "haemoglobin < 5.0 mmol/L (8.0 g/dL)",
            "FALSE",
            "judged by the limit in the unit of the report",
            (fact("haemoglobin", "8.03 g/dL", "2026-05-30"),),
        ),
        Example(
            "haemoglobin < 5.0 mmol/L (8.0 g/dL)",
            "UNKNOWN imprecise",
            "in a third unit the two limits disagree about it",
            (fact("haemoglobin", "80.3 g/L", "2026-05-30"),),
        ),
        Example(
            "bilirubin > 3 x ULN",
            "FALSE",
            "3.6 is not above 3 x 1.2",
            (fact("bilirubin", "3.6 mg/dL", "2026-05-30", high="1.2 mg/dL"),),
        ),
        Example(
            "bilirubin > 3 x ULN",
            "UNKNOWN uncheckable",
            "never a limit of another laboratory",
            (fact("bilirubin", "30 mg/dL", "2026-05-30"),),
        ),
        Example(
            "creatinine rises >= 40 % from consent",
            "TRUE",
            "1.4 against 1.0 before consent",
            (CONSENT, fact("creatinine", "1.0 mg/dL", "2026-03-01"), fact("creatinine", "1.4 mg/dL", "2026-05-30")),
        ),
        Example(
            "platelets grade >= 2", "TRUE", "grade 2 begins below 75", (fact("platelets", "74 10*9/L", "2026-05-30"),)
        ),
    ],
    "which of several": [
        Example(
            HB,
            "FALSE",
            "the latest is meant",
            (fact("haemoglobin", "7 g/dL", "2026-05-01"), fact("haemoglobin", "9 g/dL", "2026-05-30")),
        ),
        Example(
            f"first {HB}",
            "TRUE",
            "the first was",
            (fact("haemoglobin", "7 g/dL", "2026-05-01"), fact("haemoglobin", "9 g/dL", "2026-05-30")),
        ),
        Example(
            f"any {HB}",
            "TRUE",
            "one was",
            (fact("haemoglobin", "7 g/dL", "2026-05-01"), fact("haemoglobin", "9 g/dL", "2026-05-30")),
        ),
        Example(
            f"every {HB}",
            "FALSE",
            "one was not",
            (fact("haemoglobin", "7 g/dL", "2026-05-01"), fact("haemoglobin", "9 g/dL", "2026-05-30")),
        ),
        Example(
            f"every {HB}", "UNKNOWN missing", "there may be others", (fact("haemoglobin", "7 g/dL", "2026-05-01"),)
        ),
        Example(
            f"every {HB}", "TRUE", "these are all", (fact("haemoglobin", "7 g/dL", "2026-05-01"),), ("haemoglobin",)
        ),
        Example(
            f"lowest {HB}",
            "TRUE",
            "the lowest was 7",
            (fact("haemoglobin", "7 g/dL", "2026-05-01"), fact("haemoglobin", "9 g/dL", "2026-05-30")),
        ),
        Example(
            HB,
            "UNKNOWN conflicting",
            "two of one day say different things",
            (fact("haemoglobin", "7 g/dL", "2026-05-30"), fact("haemoglobin", "9 g/dL", "2026-05-30")),
        ),
        Example(
            HB,
            "UNKNOWN imprecise",
            "nobody knows which is the latest",
            (fact("haemoglobin", "7 g/dL", "2026-05"), fact("haemoglobin", "9 g/dL", "2026-05-20")),
        ),
        Example(
            "count of operation >= 2",
            "TRUE",
            "two are on record",
            (fact("operation", {}, "2026-01-01"), fact("operation", {}, "2026-02-01")),
        ),
        Example(
            "count of operation < 2", "UNKNOWN missing", "there may be others", (fact("operation", {}, "2026-01-01"),)
        ),
    ],
    "records": [
        Example(
            "any operation where residual is R1 and confirmed is yes",
            "UNKNOWN missing",
            "both of the same operation",
            (
                fact("operation", {"residual": "R1", "confirmed": "no"}, "2026-01-01"),
                fact("operation", {"residual": "R0", "confirmed": "yes"}, "2026-02-01"),
            ),
        ),
        Example(
            "latest operation where residual is R0",
            "TRUE",
            "the latest alone is asked",
            (fact("operation", {"residual": "R2"}, "2026-01-01"), fact("operation", {"residual": "R0"}, "2026-02-01")),
        ),
        Example(
            "latest operation where residual is R0",
            "UNKNOWN judgement",
            "RX: cannot be assessed",
            (fact("operation", {"residual": "RX"}, "2026-01-01"),),
        ),
        Example(
            "scan.elsewhere includes bone",
            "TRUE",
            "among several answers",
            (fact("scan", {"elsewhere": "nodes+bone"}, "2026-01-01"),),
        ),
        Example(
            "scan.elsewhere in [none, nodes]",
            "FALSE",
            "every answer must be among these",
            (fact("scan", {"elsewhere": "nodes+bone"}, "2026-01-01"),),
        ),
        Example("no operation", "UNKNOWN missing", "absence is not a no"),
        Example("no operation", "TRUE", "declared complete: listed as an assumption", (), ("operation",)),
        Example("no visit", "TRUE", "the trial would have recorded it itself"),
        Example("any treatment", "FALSE", "the record says none", (fact("treatment", "none!", "2026-06-01"),)),
        Example(
            "any treatment",
            "UNKNOWN conflicting",
            "one entry says none and another says there was one",
            (fact("treatment", "none!", "2026-06-01"), fact("treatment", {}, "2026-05-01")),
        ),
        Example(
            "pregnancy is yes",
            "TRUE",
            "a test is read as an answer of the question",
            (fact("pregnancy_test", "positive", "2026-05-01"),),
        ),
        Example("accepted is yes", "UNKNOWN judgement", "only the investigator can say"),
    ],
    "times": [
        Example(
            f"{HB} within 4 weeks before today",
            "TRUE",
            "both ends count: the 28th day before",
            (fact("haemoglobin", "7 g/dL", "2026-05-04"),),
        ),
        Example(
            f"{HB} within 4 weeks before today",
            "UNKNOWN stale",
            "one day too old",
            (fact("haemoglobin", "7 g/dL", "2026-05-03"),),
        ),
        Example(
            "any scan before consent",
            "FALSE",
            "on the day itself is not before",
            (CONSENT, fact("scan", {}, "2026-03-15")),
        ),
        Example(
            "any scan on or before consent", "TRUE", "on the day counts", (CONSENT, fact("scan", {}, "2026-03-15"))
        ),
        Example(
            "any scan between 4 and 6 weeks before consent",
            "TRUE",
            "4 weeks to the day",
            (CONSENT, fact("scan", {}, "2026-02-15")),
        ),
        Example(
            "any treatment within 4 weeks before consent",
            "TRUE",
            "what lasts counts while it goes on",
            (CONSENT, fact("treatment", {}, "2025-01-01", "on")),
        ),
        Example("less than 4 weeks since operation", "TRUE", "27 days ago", (fact("operation", {}, "2026-05-05"),)),
        Example(
            "less than 4 weeks since operation",
            "FALSE",
            "28 days ago is no longer less than 4 weeks",
            (fact("operation", {}, "2026-05-04"),),
        ),
        Example(
            "less than 4 weeks since operation",
            "UNKNOWN imprecise",
            "some day in May",
            (fact("operation", {}, "2026-05"),),
        ),
        Example(
            "less than 4 weeks since operation",
            "FALSE",
            "any day in April is long enough ago",
            (fact("operation", {}, "2026-04"),),
        ),
        Example("age >= 18 years", "TRUE", "on the birthday", (dated("birth_date", "2008-06-01"),)),
        Example("age >= 18 years", "FALSE", "the day before the birthday", (dated("birth_date", "2008-06-02"),)),
        Example("age >= 18 years", "UNKNOWN imprecise", "born some day in 2008", (dated("birth_date", "2008"),)),
        Example(
            "age >= 18 years at consent or today",
            "TRUE",
            "no consent yet: today stands for it",
            (dated("birth_date", "2008-05-01"),),
        ),
    ],
    "joining": [
        Example("sex is male or pregnancy is no", "TRUE", "one settled truth is enough", (fact("sex", "male"),)),
        Example("sex is male and pregnancy is no", "UNKNOWN missing", "the other is not known", (fact("sex", "male"),)),
        Example("sex is female and pregnancy is no", "FALSE", "one settled against is enough", (fact("sex", "male"),)),
        Example(
            f"{HB} unless bilirubin is normal",
            "FALSE",
            "not low: the exception is not asked for",
            (fact("haemoglobin", "9 g/dL", "2026-05-30"),),
        ),
        Example(
            f"{HB} unless bilirubin is normal",
            "UNKNOWN missing",
            "low, and the exception is not known",
            (fact("haemoglobin", "7 g/dL", "2026-05-30"),),
        ),
        Example(
            f"{HB} unless bilirubin is normal",
            "FALSE",
            "low, but excepted",
            (
                fact("haemoglobin", "7 g/dL", "2026-05-30"),
                fact("bilirubin", "1 mg/dL", "2026-05-30", low="0.1 mg/dL", high="1.2 mg/dL"),
            ),
        ),
    ],
}


@pytest.mark.parametrize(
    "example", [pytest.param(e, id=f"{topic}: {e.because}") for topic, them in EXAMPLES.items() for e in them]
)
def test_example(example: Example) -> None:
    assert says(example.rule, *example.given, complete=example.complete) == example.truth
