"""The long form: one row a fact, or a field of a record."""

import tomllib
from pathlib import Path

import pytest

from equipoise.concepts import Vocabulary
from equipoise.dates import Span, read_span
from equipoise.exchange.long_form import LONG_COLUMNS, facts_to_rows, write_long
from equipoise.exchange.tables import read_sheets
from equipoise.facts import NOTHING, Fact, Reading, ReferenceRange, Text, chosen, record
from equipoise.faults import Fault
from equipoise.protocol.words import read_concepts
from equipoise.quantities import exactly


def no_mistakes(path: tuple[str, ...], message: str) -> None:
    raise AssertionError(f"{path}: {message}")


VOCABULARY: Vocabulary = read_concepts(
    tomllib.loads((Path(__file__).parent / "sheet_concepts.toml").read_text("utf-8")), no_mistakes
)


def day(text: str) -> Span:
    span = read_span(text)
    assert span is not None
    return span


def read(folder: Path, text: str) -> Reading:
    path = folder / "long.csv"
    path.write_text(text)
    return read_sheets([path], VOCABULARY)


def test_a_row_is_a_fact(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "person,concept,value,unit,date,low,high,id,supersedes,issued,source\n"
        "p1,Total bilirubin,1.4,mg/dL,02.03.2026,0.1,1.2 mg/dL,b2,b1,2026-03-03,letter\n",
    )
    assert reading == Reading(
        {"p1": frozenset()},
        (
            Fact(
                "p1",
                "bilirubin",
                exactly("1.4", "mg/dL"),
                day("2026-03-02"),
                source="letter (long.csv line 2, column value)",
                reported="1.4 mg/dL",
                reference=ReferenceRange(exactly("0.1", "mg/dL"), exactly("1.2", "mg/dL")),
                issued="2026-03-03",
                id="b2",
                supersedes="b1",
            ),
        ),
        (),
        1,
    )


def test_rows_of_one_event_are_one_record(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "person,concept,field,value,date,event\n"
        "p1,scan,liver,metastases,2026-03-02,1\n"
        "p1,scan,elsewhere,bone,,2\n"
        "p1,scan.elsewhere,,nodes,,1\n",
    )
    assert reading.unread == ()
    assert [fact.value for fact in reading.facts] == [
        {"liver": chosen("metastases"), "elsewhere": chosen("nodes")},
        {"elsewhere": chosen("bone")},
    ]
    assert reading.facts[0].when == day("2026-03-02")


def test_without_an_event_the_same_person_and_date_are_one_record(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "person,concept,value,date,end\n"
        "p1,treatment.kind,prrt,2026-03-02,one day\n"
        "p1,treatment.setting,palliative,2026-03-02,\n"
        "p1,treatment.kind,chemotherapy,2026-03-02,one day\n"
        "p1,treatment.kind,surgery,2026-04-02,one day\n",
    )
    assert [fact.value for fact in reading.facts] == [
        {"kind": chosen("prrt"), "setting": chosen("palliative")},
        {"kind": chosen("chemotherapy")},
        {"kind": chosen("surgery")},
    ]


def test_two_dates_of_one_event_are_a_contradiction(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "person,concept,value,date,event\np1,scan.liver,none,2026-03-02,1\np1,scan.elsewhere,none,2026-03-03,1\n",
    )
    assert reading.facts[0].doubt == "the same event has two dates, 2 March 2026 and 3 March 2026"
    assert reading.unread[0].held


@pytest.mark.parametrize(
    ("row", "kind", "why"),
    [
        ("p1,hemoglobin,7.8", "unknown concept", 'Did you mean "haemoglobin"?'),
        ("p1,scan.livre,none", "unknown concept", 'Did you mean "scan.liver"?'),
        ("p1,anaemia,yes", "unknown concept", "worked out of other concepts"),
        ("p1,,7.8", "unknown concept", "no concept is named in this row"),
        (",haemoglobin,7.8", "no person", "no person is named"),
        ("p1,haemoglobin.date,2026", "unknown concept", "no concept of the protocol"),
        ("p1,person,2026", "unknown concept", "no concept of the protocol"),
    ],
)
def test_a_row_that_cannot_be_read_comes_back(tmp_path: Path, row: str, kind: str, why: str) -> None:
    reading = read(tmp_path, f"person,concept,value\n{row}\n")
    assert reading.facts == ()
    assert reading.unread[0].kind == kind
    assert why in reading.unread[0].why


def test_an_answer_that_cannot_be_read_is_kept_in_words_and_in_doubt(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,concept,value\np1,pregnant,perhaps\n")
    assert (reading.facts[0].value, reading.facts[0].doubt) == (
        Text("perhaps"),
        '"perhaps" is none of the answers yes, no',
    )
    assert (reading.unread[0].kind, reading.unread[0].held) == ("unknown answer", True)


def test_a_stated_doubt_keeps_the_value_from_use(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,concept,value,unit,doubt\np1,haemoglobin,7.8,g/dL,preliminary\n")
    assert reading.facts[0].doubt == "preliminary"
    assert reading.unread[0].held


def test_an_unknown_column_is_reported(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,concept,value,units\np1,pregnant,no,x\n")
    assert reading.unread[0].why == 'the long form has no column "units": it was not read. Did you mean "unit"?'


def test_twin_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match='two columns are headed "value"'):
        read(tmp_path, "person,concept,value,Value\n")


def test_facts_are_written_as_rows(tmp_path: Path) -> None:
    facts = [
        Fact("p1", "treatment", record(kind=chosen("prrt")), day("2026-03"), source="EHR"),
        Fact("p1", "scan", NOTHING, day("2026-03-02")),
        Fact("p1", "pregnant", Text("perhaps"), day("2026-03-02")),
    ]
    treatment = {"person": "p1", "concept": "treatment", "date": "2026-03", "end": "one day"}
    treatment |= {"event": "1", "source": "EHR"}
    rows = [dict(zip(LONG_COLUMNS, row, strict=True)) for row in facts_to_rows(facts, VOCABULARY)]
    assert [{name: text for name, text in row.items() if text} for row in rows] == [
        {**treatment, "value": "yes"},
        {**treatment, "field": "kind", "value": "prrt"},
        {"person": "p1", "concept": "scan", "value": "no such event", "date": "2026-03-02"},
        {"person": "p1", "concept": "pregnant", "value": "text: perhaps", "date": "2026-03-02"},
    ]
    write_long(facts, VOCABULARY, tmp_path / "out.csv")
    again = read_sheets([tmp_path / "out.csv"], VOCABULARY)
    assert again.unread == ()
    assert [fact.value for fact in again.facts] == [fact.value for fact in facts]
