"""A table as data, as CSV and as a dictionary: each row bears the stamp, and a table without rows says so."""

import csv
import io
from datetime import date

from equipoise.report.analysis.table import (
    STAMP_HEADS,
    Cell,
    Column,
    Stamp,
    Table,
    cell,
    counts,
    heading,
    percent_of,
    row,
    table_csv,
    table_dict,
)

STAMP = Stamp("NELMAS", date(2029, 1, 31), 1234, "ab" * 32, "Simulation: nobody", "Locked.", "data locked", False)
COLUMNS = (Column("what", "What", False), Column("number", "Number"), Column("p", "p", shown=False))


def read(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_csv(table).decode())))


def made(*rows: object) -> Table:
    return Table("one", "One table", "Everybody", STAMP, COLUMNS, rows, ("A note.",), "Nobody.")  # type: ignore[arg-type]


def test_every_row_names_population_day_position_protocol_and_that_it_is_made_up() -> None:
    table = made(heading("Head", 3), row("a", counts(1, 4), Cell("0.03", 0.0321)), row("b", cell(None), cell(None)))
    rows = read(table)
    assert [(each["what"], each["number"], each["p"]) for each in rows] == [("a", "1", "0.0321"), ("b", "", "")]
    for each in rows:
        assert [each[name] for name in STAMP_HEADS] == [
            "Simulation: nobody", "Everybody", "2029-01-31", "1234", "ab" * 32, "Locked.",
        ]  # fmt: skip
    assert table.words == (
        "Everybody · data up to 31 January 2029 · ledger entry 1,234 · protocol abababababab · data locked"
    )


def test_a_table_without_rows_still_says_of_what_it_is() -> None:
    (only,) = read(made())
    assert only["what"] == "Nobody." and only["population"] == "Everybody" and only["ledger_position"] == "1234"
    assert table_dict(made())["notes"] == ["A note.", "Nobody."]


def test_as_a_dictionary_numbers_are_exact_and_headings_are_left_out() -> None:
    data = table_dict(made(heading("Head", 3), row("a", counts(1, 4), Cell("0.03", 0.0321))))
    assert data["rows"] == [{"what": "a", "number": 1, "p": 0.0321}]
    assert (data["population"], data["cut_off"], data["columns"]["number"]) == ("Everybody", "2029-01-31", "Number")


def test_the_page_has_the_columns_that_are_shown() -> None:
    assert made().shown == (0, 1)


def test_a_share_above_0_is_never_written_as_0() -> None:
    assert (percent_of(1, 300), percent_of(0, 300), percent_of(3, 12)) == ("< 1 %", "0 %", "25 %")
    assert (counts(3, 12).text, counts(0, 0).text) == ("3 (25 %)", "–")
