"""Wide sheets in CSV: one row a person, a column a concept; and everything that hospitals write into one."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from equipoise.concepts import Vocabulary
from equipoise.dates import ANY_DAY, EARLIEST, LATEST, Span, read_span
from equipoise.exchange.cells import Cell, Problem, read_day
from equipoise.exchange.columns import columns, heads, read_head
from equipoise.exchange.tables import read_sheets
from equipoise.facts import NOTHING, ONGOING, Fact, Reading, ReferenceRange, Text, Unread, chosen
from equipoise.faults import Fault, Mistakes
from equipoise.protocol.words import read_concepts
from equipoise.quantities import Quantity, exactly


def no_mistakes(path: tuple[str, ...], message: str) -> None:
    raise AssertionError(f"{path}: {message}")


VOCABULARY: Vocabulary = read_concepts(
    tomllib.loads((Path(__file__).parent / "sheet_concepts.toml").read_text("utf-8")), no_mistakes
)


def day(text: str) -> Span:
    span = read_span(text)
    assert span is not None
    return span


def read(folder: Path, text: str | bytes, name: str = "sheet.csv") -> Reading:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_sheets([path], VOCABULARY)


def one(reading: Reading) -> Fact:
    assert reading.unread == ()
    assert len(reading.facts) == 1
    return reading.facts[0]


def cell(folder: Path, head: str, text: str) -> Fact:
    return one(read(folder, f'person;{head}\np1;"{text}"\n'))


def refused(folder: Path, head: str, text: str) -> Unread:
    reading = read(folder, f'person;{head}\np1;"{text}"\n')
    assert reading.facts == ()
    assert set(reading.people) == {"p1"}
    assert len(reading.unread) == 1
    assert not reading.unread[0].held
    return reading.unread[0]


def doubted(folder: Path, head: str, text: str) -> tuple[Fact, Unread]:
    reading = read(folder, f'person;{head}\np1;"{text}"\n')
    assert len(reading.facts) == len(reading.unread) == 1
    assert reading.unread[0].held
    return reading.facts[0], reading.unread[0]


# ------------------------------------------------------------------ the columns
def test_the_columns_follow_from_the_concepts() -> None:
    found = [column.head for column in columns(VOCABULARY)]
    assert found[:4] == ["person", "as_of", "born", "first_procedure"]
    assert found[found.index("haemoglobin [g/dL]") + 1] == "haemoglobin.date"
    assert {"bilirubin.low [mg/dL]", "bilirubin.high [mg/dL]", "ecog", "report.ki67 [%]"} <= set(found)
    assert {"treatment.start", "treatment.end", "scan.date", "operation", "operation.date"} <= set(found)
    # What happens once needs no day of asking; what is worked out is not entered.
    assert not {"sex.date", "born.date", "anaemia", "scan", "haemoglobin.low [g/dL]"} & set(found)


def test_every_head_of_the_template_is_understood_as_its_own_column() -> None:
    known = heads(VOCABULARY)
    assert [read_head(column.head, known) for column in columns(VOCABULARY)] == columns(VOCABULARY)


@pytest.mark.parametrize(
    ("head", "name", "unit", "event"),
    [
        ("Haemoglobin", "haemoglobin", "", 1),
        (" HAEMOGLOBIN [mmol/L] (2)", "haemoglobin", "mmol/L", 2),
        ("haemoglobin (3) [g/dl]", "haemoglobin", "g/dl", 3),
        ("Haemoglobin (g/dl)", "haemoglobin", "g/dl", 1),
        ("Total Bilirubin", "bilirubin", "", 1),
        ("total-bilirubin.HIGH [mg/dL]", "bilirubin.high", "mg/dL", 1),
        ("pathology report: Ki-67 [%]", "report.ki67", "%", 1),
        ("report.Ki-67", "report.ki67", "", 1),
        ("treatment.date", "treatment.date", "", 1),
        ("Liver scan . disease outside the liver (2)", "scan.elsewhere", "", 2),
    ],
)
def test_heads_may_be_names_or_labels_with_a_unit_and_an_event(head: str, name: str, unit: str, event: int) -> None:
    column = read_head(head, heads(VOCABULARY))
    assert column is not None
    assert (column.name, column.unit, column.event) == (name, unit, event)


# ------------------------------------------------------------------ quantities
def test_a_number_takes_the_unit_of_its_head(tmp_path: Path) -> None:
    fact = cell(tmp_path, "haemoglobin [g/dL]", "7.8")
    assert fact == Fact(
        "p1",
        "haemoglobin",
        exactly("7.8", "g/dL"),
        source="sheet.csv line 2, column haemoglobin",
        reported="7.8 g/dL",
    )


@pytest.mark.parametrize(
    ("head", "text", "value"),
    [
        ("haemoglobin [mmol/L]", "4,8", exactly("4.8", "mmol/L")),
        ("haemoglobin", "7.8 g/dl", exactly("7.8", "g/dL")),
        ("haemoglobin [g/dL]", "4.8 mmol/L", exactly("4.8", "mmol/L")),
        ("haemoglobin [g/dL]", "<8", Quantity(None, Decimal(8), "g/dL", hi_open=True)),
        ("haemoglobin [g/dL]", "≥ 8", Quantity(Decimal(8), None, "g/dL")),
        ("haemoglobin [g/dL]", "5-10", Quantity(Decimal(5), Decimal(10), "g/dL")),
        ("haemoglobin [g/dL]", ">5 and <10", Quantity(Decimal(5), Decimal(10), "g/dL", True, True)),
        ("platelets", "150 /nL", exactly(150, "/nL")),
        ("platelets [K/uL]", "150", exactly(150, "10*3/uL")),
        ("ecog", "1", exactly(1, "{score}")),
    ],
)
def test_numbers_units_and_intervals(tmp_path: Path, head: str, text: str, value: Quantity) -> None:
    assert cell(tmp_path, head, text).value == value


@pytest.mark.parametrize(
    ("head", "text", "doubt", "kind"),
    [
        ("haemoglobin", "7.8", "no unit is stated", "unknown unit"),
        ("haemoglobin [furlong]", "7.8", 'the unit "furlong" is not known', "unknown unit"),
        ("haemoglobin [%]", "7.8", '"%" is not a unit of haemoglobin', "unknown unit"),
        (
            "haemoglobin [g/dL]",
            "78",
            "the value is not plausible (outside 2 to 25 g/dL)",
            "implausible value",
        ),
        ("ecog", "1.5", "ECOG performance status is a whole number", "implausible value"),
    ],
)
def test_a_number_that_cannot_be_right_is_kept_in_doubt(
    tmp_path: Path, head: str, text: str, doubt: str, kind: str
) -> None:
    fact, unread = doubted(tmp_path, head, text)
    assert fact.doubt == doubt
    assert unread.kind == kind
    assert doubt in unread.why


@pytest.mark.parametrize("text", ["1,234", "1.234.5", "NaN%", "inf", "-inf", "1e999999", "low", "10-5", "7.8.2026"])
def test_what_is_no_number_in_one_way_only_is_kept_in_words_and_in_doubt(tmp_path: Path, text: str) -> None:
    fact, unread = doubted(tmp_path, "haemoglobin [g/dL]", text)
    assert (fact.value, unread.kind) == (Text(text), "no number")
    assert fact.doubt == f'"{text}" is no number that can be read in one way only'


def test_a_bare_limit_beside_a_value_in_another_unit_is_not_used(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,bilirubin [mg/dL],bilirubin.high [mg/dL]\np1,63.1 umol/L,21\n")
    assert reading.facts[0].reference is None
    assert reading.unread[0].kind == "unclear unit"


def test_an_upper_limit_of_nothing_is_no_limit(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,bilirubin [mg/dL],bilirubin.high [mg/dL]\np1,0.8,0\n")
    assert reading.facts[0].reference is None
    assert reading.unread[0].kind == "reference range"


def test_the_laboratorys_own_limits_come_from_the_same_row(tmp_path: Path) -> None:
    fact = one(read(tmp_path, "person,bilirubin [mg/dL],bilirubin.high [mg/dL],bilirubin.low\np1,1.4,1.2,0.1\n"))
    assert fact.reference == ReferenceRange(exactly("0.1", "mg/dL"), exactly("1.2", "mg/dL"))


def test_a_limit_that_cannot_be_read_is_reported_and_the_value_stands(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,bilirubin [mg/dL],bilirubin.high [mg/dL]\np1,1.4,normal\n")
    assert reading.facts[0].reference is None
    assert reading.unread[0].source == "sheet.csv line 2, column bilirubin.high"


def test_a_second_event_has_columns_of_its_own(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "person,haemoglobin [g/dL],haemoglobin.date,haemoglobin [g/dL] (2),haemoglobin.date (2)\n"
        "p1,7.8,2026-03-02,9.1,2026-04-02\n",
    )
    assert [(fact.value, fact.when) for fact in reading.facts] == [
        (exactly("7.8", "g/dL"), day("2026-03-02")),
        (exactly("9.1", "g/dL"), day("2026-04-02")),
    ]
    assert reading.facts[1].source == "sheet.csv line 2, column haemoglobin (2)"


# ------------------------------------------------------------------ answers
@pytest.mark.parametrize("text", ["yes", "Ja", "TRUE", "1", "x"])
def test_yes_in_several_languages(tmp_path: Path, text: str) -> None:
    assert cell(tmp_path, "pregnant", text).value == chosen("yes")


@pytest.mark.parametrize("text", ["no", "Nein", "FALSE", "0"])
def test_no_in_several_languages(tmp_path: Path, text: str) -> None:
    assert cell(tmp_path, "pregnant", text).value == chosen("no")


def test_an_answer_may_be_a_name_or_a_label(tmp_path: Path) -> None:
    assert cell(tmp_path, "site", "Small bowel (jejunum, ileum)").value == chosen("small_bowel")
    assert cell(tmp_path, "site", "small bowel").value == chosen("small_bowel")


def test_an_answer_not_among_the_allowed_comes_back_with_them_and_the_nearest(tmp_path: Path) -> None:
    fact, unread = doubted(tmp_path, "site", "smal bowel")
    assert (fact.value, unread.kind) == (Text("smal bowel"), "unknown answer")
    assert unread.why == (
        'site: "smal bowel" is none of the answers lung, small_bowel, unknown. Did you mean "small_bowel"?'
    )


@pytest.mark.parametrize("text", ["unknown", "?", "NaN", "n/a", "NA", "N.A.", "-", "not known", "nd", "."])
@pytest.mark.parametrize("head", ["haemoglobin [g/dL]", "pregnant", "born", "report.grade", "sex"])
def test_words_for_not_known_state_nothing(tmp_path: Path, head: str, text: str) -> None:
    assert refused(tmp_path, head, text).kind == "no value"


def test_unknown_is_an_answer_where_the_concept_says_so(tmp_path: Path) -> None:
    assert cell(tmp_path, "site", "unknown").value == chosen("unknown")


@pytest.mark.parametrize("text", ["nodes; bone", "nodes, bone", "nodes+bone", "lymph nodes | bone, any"])
def test_several_answers_in_one_cell(tmp_path: Path, text: str) -> None:
    assert cell(tmp_path, "scan.elsewhere", text).value == {"elsewhere": chosen("nodes", "bone")}


def test_a_text_is_kept_as_it_is(tmp_path: Path) -> None:
    assert cell(tmp_path, "remark", "none").value == Text("none")


# ------------------------------------------------------------------ dates
@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-3-2", "2026-03-02"),
        ("2026/03/02", "2026-03-02"),
        ("20260302", "2026-03-02"),
        ("2026-03-02T10:15:00+01:00", "2026-03-02"),
        ("2026-03", "2026-03"),
        ("2026", "2026"),
        ("1940", "1940"),
        ("02.03.2026", "2026-03-02"),
        ("2.3.2026 10:15", "2026-03-02"),
        ("03.2026", "2026-03"),
        ("13/3/2026", "2026-03-13"),
        ("3/13/2026", "2026-03-13"),
        ("3/3/2026", "2026-03-03"),
        ("2 March 2026", "2026-03-02"),
        ("2 Mar 2026", "2026-03-02"),
        ("02-MAR-2026", "2026-03-02"),
        ("02MAR2026", "2026-03-02"),
        ("2. März 2026", "2026-03-02"),
        ("March 2, 2026", "2026-03-02"),
        ("Mar 2nd 2026", "2026-03-02"),
        ("March 2026", "2026-03"),
        ("46083", "2026-03-02"),
        ("46083.43", "2026-03-02"),
        ("14611", "1940-01-01"),
    ],
)
def test_dates_as_people_and_spreadsheets_write_them(tmp_path: Path, text: str, days: str) -> None:
    fact = cell(tmp_path, "first_procedure", text)
    assert fact.value == day(days)
    assert fact.when == day(days)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2/3/2026", "unclear date"),
        ("02-03-2026", "unclear date"),
        ("02.03.26", "unclear date"),
        ("3/2/26", "unclear date"),
        ("2026-02-30", "no date"),
        ("31.02.2026", "no date"),
        ("14/15/2026", "no date"),
        ("9999-12-31", "no date"),
        ("0206-03-02", "no date"),
        ("99999", "no date"),
        ("5", "no date"),
        ("last spring", "no date"),
        ("YYYY-MM-DD", "no date"),
    ],
)
def test_dates_that_may_be_two_days_or_none(tmp_path: Path, text: str, kind: str) -> None:
    # Where no fact means "no", a date that cannot be read must not be one.
    fact, unread = doubted(tmp_path, "first_procedure", text)
    assert (fact.value, unread.kind) == (Text(text), kind)


def test_a_date_of_birth_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert refused(tmp_path, "born", "last spring").kind == "no date"


def test_the_sentence_offers_both_readings_of_an_unclear_date() -> None:
    assert read_day(Cell("2/3/2026")) == Problem(
        "may be 2 March 2026 or 3 February 2026: write 2026-03-02 or 2026-02-03", "unclear date"
    )


def test_from_to() -> None:
    assert read_day(Cell("2026-03-02/2026-04")) == Span(day("2026-03-02").lo, day("2026-04").hi)
    assert read_day(Cell("../2026-04-01")) == Span(EARLIEST, day("2026-04-01").hi)
    assert isinstance(read_day(Cell("2026-04-01/2026-03-01")), Problem)


def test_as_of_dates_the_values_of_its_row_that_have_no_date(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "person,as_of,haemoglobin [g/dL],sex,pregnant,pregnant.date,operation,first_procedure,"
        "treatment.kind\n"
        "p1,2026-03-02,7.8,female,no,unknown,yes,2026-01-05,none\n",
    )
    when = {fact.concept: fact.when for fact in reading.facts}
    asked = day("2026-03-02")
    before = Span(EARLIEST, asked.hi)
    assert when == {
        "haemoglobin": asked,
        "sex": ANY_DAY,
        "pregnant": before,
        "operation": before,
        "first_procedure": day("2026-01-05"),
        "treatment": asked,
    }


def test_a_date_that_cannot_be_read_leaves_the_value_undated(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,haemoglobin [g/dL],haemoglobin.date\np1,7.8,2/3/2026\n")
    assert reading.facts[0].when == ANY_DAY
    assert reading.facts[0].doubt == ""
    assert reading.unread[0].source == "sheet.csv line 2, column haemoglobin.date"


def test_a_date_without_its_value_is_reported(tmp_path: Path) -> None:
    assert refused(tmp_path, "haemoglobin.date", "2026-03-02").kind == "no value"


# ------------------------------------------------------------------ records
def test_the_fields_of_an_event_are_one_fact(tmp_path: Path) -> None:
    fact = one(read(tmp_path, "person,scan.date,scan.liver,scan.elsewhere\np1,2026-03,metastases,none\n"))
    assert fact.value == {"liver": chosen("metastases"), "elsewhere": chosen("none")}
    assert fact.when == day("2026-03")
    assert fact.reported == "liver: metastases; elsewhere: none"


def test_none_in_the_first_column_says_that_there_was_no_such_event(tmp_path: Path) -> None:
    assert cell(tmp_path, "treatment.kind", "None").value == NOTHING
    assert cell(tmp_path, "scan.date", "none").value == NOTHING
    assert cell(tmp_path, "operation", "no").value == NOTHING
    assert cell(tmp_path, "scan.date", "nein").value == NOTHING
    assert cell(tmp_path, "first_procedure", "none").value == NOTHING


def test_none_is_the_answer_where_it_is_one(tmp_path: Path) -> None:
    assert cell(tmp_path, "scan.liver", "none").value == {"liver": chosen("none")}


def test_nobody_has_no_date_of_birth(tmp_path: Path) -> None:
    assert refused(tmp_path, "born", "none").kind == "no date"


def test_none_beside_findings_is_a_contradiction(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,treatment.kind,treatment.setting\np1,none,adjuvant\n")
    assert reading.facts[0].doubt == 'treatment.kind says "none" while other columns of the event are filled in'
    assert reading.unread[0].held


def test_none_in_a_minor_column_is_no_answer(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,treatment.kind,treatment.setting,treatment.end\np1,prrt,none,one day\n")
    assert (reading.facts[0].value, reading.facts[0].doubt) == ({"kind": chosen("prrt")}, "")
    assert reading.unread[0].kind == "unknown answer"


def test_an_event_whose_only_field_cannot_be_read_happened_all_the_same(tmp_path: Path) -> None:
    fact = read(tmp_path, "person,treatment.kind\np1,magic\n").facts[0]
    assert (fact.value, fact.doubt) == ({}, "treatment.kind cannot be read")
    dated = read(tmp_path, "person,treatment.kind,treatment.start\np1,magic,2026-03-02\n")
    assert (dated.facts[0].value, dated.facts[0].doubt) == ({}, "")
    assert [unread.kind for unread in dated.unread] == ["unknown answer"]


@pytest.mark.parametrize(("text", "why"), [("190", "not plausible"), ("ca. 25 %", "no number")])
def test_a_number_that_cannot_be_used_puts_its_record_in_doubt(tmp_path: Path, text: str, why: str) -> None:
    # Else the highest of several reports would be told without it.
    reading = read(tmp_path, f"person,report.grade,report.ki67 [%]\np1,G2,{text}\n")
    assert reading.facts[0].value == {"grade": chosen("G2")}
    assert reading.facts[0].doubt == f'Ki-67: "{text}" cannot be used'
    assert why in reading.unread[0].why


@pytest.mark.parametrize(
    ("end", "days"),
    [
        ("2026-04-01", day("2026-04-01")),
        ("ongoing", ONGOING),
        ("one day", None),
        ("unknown", Span(day("2026-03-02").lo, LATEST)),
        ("", Span(day("2026-03-02").lo, LATEST)),
    ],
)
def test_the_end_of_what_lasts(tmp_path: Path, end: str, days: Span | None) -> None:
    """Without a stated end nobody knows whether it has ended: it is not taken for one day."""
    fact = one(read(tmp_path, f"person,treatment.kind,treatment.start,treatment.end\np1,prrt,2026-03-02,{end}\n"))
    assert fact.end == days


def test_an_end_before_the_beginning_is_in_doubt(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,treatment.kind,treatment.start,treatment.end\np1,prrt,2026-03-02,2026-03-01\n")
    assert "lies before its beginning" in reading.facts[0].doubt


# ------------------------------------------------------------------ rows and columns
def test_rows_of_one_person_add_up(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,haemoglobin [g/dL],pregnant\np1,7.8,\np2,,\np1,,no\n\n,,\n")
    assert list(reading.people) == ["p1", "p2"]
    assert [(fact.person, fact.concept) for fact in reading.facts] == [
        ("p1", "haemoglobin"),
        ("p1", "pregnant"),
    ]
    assert reading.read == 3


def test_an_unknown_column_is_named_with_the_nearest_and_its_cells_are_counted(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,hemoglobin [g/dL],ki67\np1,7.8,\np2,8.1,3\n")
    assert [unread.why for unread in reading.unread] == [
        'no concept of the protocol is called "hemoglobin [g/dL]": the column (2 filled cells) was not read.'
        ' Did you mean "haemoglobin"?',
        'no concept of the protocol is called "ki67": the column (1 filled cell) was not read.'
        ' Did you mean "report.ki67"?',
    ]


def test_a_row_with_more_cells_than_heads_is_not_trusted(tmp_path: Path) -> None:
    """7,8 without quotation marks in a file parted by commas moves every later cell."""
    reading = read(tmp_path, "person,haemoglobin [g/dL],pregnant\np1,7,8,no\np2,7.8,no,,\n")
    assert [fact.person for fact in reading.facts] == ["p2", "p2"]
    assert reading.unread[0].kind == "too many cells"
    assert "p1" in reading.people


def test_a_row_without_a_person_is_reported(tmp_path: Path) -> None:
    reading = read(tmp_path, "person,pregnant\n,no\n")
    assert (reading.facts, reading.unread[0].kind) == ((), "no person")


def test_id_is_the_person_unless_there_is_a_person(tmp_path: Path) -> None:
    assert list(read(tmp_path, "ID,pregnant\n007,no\n").people) == ["007"]
    both = read(tmp_path, "id,person,pregnant\n9,007,no\n")
    assert list(both.people) == ["007"]
    assert both.unread[0].kind == "unknown column"


def test_a_title_may_stand_above_the_heads(tmp_path: Path) -> None:
    reading = read(tmp_path, "Our patients of March\n\nperson,pregnant\np1,no\n")
    assert reading.facts[0].source == "sheet.csv line 4, column pregnant"
    assert reading.unread[0].what == "Our patients of March"


# ------------------------------------------------------------------ files
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = delimiter.join(["person", "remark"]) + "\r\n" + delimiter.join(["Ä1", '"grün, 3 µmol; \nzwei"']) + "\r\n"
    fact = one(read(tmp_path, text.encode(encoding)))
    assert (fact.person, fact.value) == ("Ä1", Text("grün, 3 µmol; \nzwei"))


def test_line_numbers_count_lines_within_cells(tmp_path: Path) -> None:
    reading = read(tmp_path, 'person,remark\np1,"one\ntwo"\np2,three\n')
    assert [fact.source for fact in reading.facts] == [
        "sheet.csv line 2, column remark",
        "sheet.csv line 4, column remark",
    ]


def test_another_encoding_is_read_and_reported(tmp_path: Path) -> None:
    reading = read(tmp_path, "person;remark\np1;grün µ\n".encode("cp1252"))
    assert reading.facts[0].value == Text("grün µ")
    assert (reading.unread[0].kind, reading.unread[0].held) == ("encoding", True)


def test_the_line_that_tells_excel_the_delimiter(tmp_path: Path) -> None:
    assert one(read(tmp_path, "sep=;\nperson;remark\np1;a,b\n")).value == Text("a,b")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\n", "the file is empty"),
        (b"mrn,gender,dateOfBirth\n1,f,2000\n", "no column is headed person"),
        (b"person,haemoglobin [g/dL],Haemoglobin\np1,1,2\n", "mean the same"),
        (b"person,treatment.date,treatment.start\n", "mean the same"),
        (
            b'person,remark\np1,"never closed\np2,a\n',
            "sheet.csv:2: this line cannot be read: a quotation mark",
        ),
        (b'person,remark\np1,"a"b\n', "a quotation mark"),
        (b"person,remark\np1,\x81\n", "is damaged or no text file"),
        (b"person,remark\n" + b"p1,a\n" * 9999 + b"p1,\x81\n", "characters that are not text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not a text file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook (.xls) or one with a password"),
        (b"PK\x03\x04 but no archive", "no Excel workbook that can be read"),
        (b"\xff\xfep\x00e", "is damaged or no text file"),
    ],
)
def test_what_is_no_sheet_is_said_in_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(Fault) as caught:
        read(tmp_path, content)
    sentence = str(caught.value)
    assert says in sentence
    assert "sheet.csv" in sentence
    assert "\n" not in sentence


def test_every_file_that_is_no_sheet_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(Mistakes) as caught:
        read_sheets([tmp_path / "missing.csv", tmp_path], VOCABULARY)
    assert [mistake.message for mistake in caught.value.mistakes] == [
        "there is no such file",
        "is a folder; name the sheet in it",
    ]


def test_progress_counts_bytes_to_the_last(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("person,remark\np1,a\n")
    seen: list[tuple[int, int]] = []
    read_sheets([path, path], VOCABULARY, lambda done, total: seen.append((done, total)))
    assert seen == [(19, 38), (38, 38)]


def test_foreign_hospital_files_are_refused_in_a_sentence(shared_data: Path) -> None:
    files = sorted((shared_data / "mcode_extraction").rglob("*.csv"))
    assert files
    for path in files:
        with pytest.raises(Fault, match="no column is headed person"):
            read_sheets([path], VOCABULARY)
