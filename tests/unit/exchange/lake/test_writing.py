"""Readings become a lake, and come back whole: facts, people, and what could not be read."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from tests.unit.exchange.lake.loaded import NELMAS, assert_holds

from equipoise.dates import read_span
from equipoise.exchange.lake import Lake, open_lake, write_reading
from equipoise.facts import Fact, Reading, Unread, chosen
from equipoise.faults import Fault
from equipoise.quantities import exactly

DAY = read_span("2026-03-02")


def fact(person: str, value: str = "7.80", **more: object) -> Fact:
    assert DAY is not None
    return replace(Fact(person, "haemoglobin", exactly(value, "g/dL"), DAY, source="a"), **more)


def reading(*names: str) -> Reading:
    people = {name: frozenset({f"MRN|{name}"}) for name in names}
    lost = Unread("a", "b", "c", "no value", names[0])
    unread = (lost, Unread("x", "y", "z", "not used"))
    return Reading(people, tuple(fact(name) for name in names), unread, 7, True, {names[0]: "Mitte"})


def written(folder: Path, *readings: Reading, people_a_part: int = 2) -> Lake:
    return write_reading(readings, NELMAS.vocabulary, folder, people_a_part=people_a_part)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    written(tmp_path / "lake", reading("a", "b", "c", "d", "e"))
    assert_holds(tmp_path / "lake", reading("a", "b", "c", "d", "e"))


def test_parts_hold_whole_people_in_order(tmp_path: Path) -> None:
    lake = written(tmp_path / "lake", reading("c", "a"), reading("b"))
    assert [part.count for part in lake.parts] == [2, 1]
    assert [person[:2] for person in lake.people()] == [(0, "c"), (1, "a"), (2, "b")]
    assert [person.site for person in lake.people()] == ["Mitte", "", "Mitte"]
    assert list(lake.reading(part=1).people) == ["b"]
    assert [each.person for each in lake.reading(["a", "nobody"]).facts] == ["a"]


def test_the_rows_are_exact_and_typed(tmp_path: Path) -> None:
    lake = written(tmp_path / "lake", Reading({"a": frozenset()}, (fact("a", "123456789.000000000001"),)))
    file = lake.parts[0].facts["haemoglobin"]
    row = duckdb.execute(f"SELECT lo, typeof(lo), when_lo, unit FROM '{file}'").fetchone()
    assert row is not None
    assert row[:2] == (Decimal("123456789.000000000001"), "DECIMAL(28,12)")
    assert (str(row[2]), row[3]) == ("2026-03-02", "g/dL")


def test_one_is_found_by_any_identifier(tmp_path: Path) -> None:
    lake = written(tmp_path / "lake", reading("a", "b"))
    assert lake.identify("a") == lake.identify("MRN|a") == "a"
    with pytest.raises(Fault, match="Nobody"):
        lake.identify("c")


def test_a_lake_is_replaced_and_other_folders_are_left_alone(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    written(lake, Reading({"a": frozenset()}, (Fact("a", "sex", chosen("female")),)))
    written(lake, reading("b"))
    assert_holds(lake, reading("b"))
    assert not (lake / "concept=sex").exists()
    assert not [path for path in lake.rglob("*.g0.*")]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("years of work")
    with pytest.raises(Fault, match="holds other things"):
        written(tmp_path / "mine", reading("a"))


def test_one_person_in_two_readings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="same person"):
        written(tmp_path / "lake", reading("a"), reading("a"))
    assert not (tmp_path / "lake" / "lake.json").exists()


def test_what_is_no_lake_or_damaged_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="no folder of facts"):
        open_lake(tmp_path)
    lake = tmp_path / "lake"
    part = written(lake, reading("a")).parts[0]
    part.facts["haemoglobin"].unlink()
    with pytest.raises(Fault, match="is gone"):
        open_lake(lake)
    manifest = (lake / "lake.json").read_text()
    (lake / "lake.json").write_text(manifest.replace('"format": 1', '"format": 99'))
    with pytest.raises(Fault, match="has format 99"):
        open_lake(lake)
    (lake / "lake.json").write_text(manifest[:100])
    with pytest.raises(Fault, match="is damaged"):
        open_lake(lake)


def test_a_lake_of_other_words_does_not_fit(tmp_path: Path) -> None:
    lake = written(tmp_path / "lake", reading("a"))
    lake.check_fits(NELMAS)
    other = replace(NELMAS.vocabulary["haemoglobin"], unit="g/L")
    with pytest.raises(Fault, match="it differs in haemoglobin"):
        lake.check_fits(replace(NELMAS, vocabulary={**NELMAS.vocabulary, "haemoglobin": other}))
