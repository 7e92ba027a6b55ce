"""Who they are: birth as far as it is known, sex, death, sites; and the people of whom only rows speak."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.cdm import Cdm

from equipoise.exchange.omop import read_omop
from equipoise.facts import ANY_DAY, Reading

from .reading import fact_of, facts_of, nelmas, read, unread_of, whole

BIRTHS: Mapping[str, tuple[dict[str, object], str]] = {
    "day": (dict(year_of_birth=1961, month_of_birth=3, day_of_birth=12), "12 March 1961"),
    "month": (dict(year_of_birth=1961, month_of_birth=3), "March 1961"),
    "year": (dict(year_of_birth=1961), "1961"),
    "a day that the loader made up": (
        dict(year_of_birth=1961, birth_datetime="1961-06-15 00:00:00"), "1961"),
    "date-time only": (dict(birth_datetime="1961-03-12 00:00:00"), "12 March 1961"),
    "a month that the loader made up": (
        dict(year_of_birth=1961, month_of_birth=3, birth_datetime="1961-03-01 00:00:00"), "March 1961"),
}  # fmt: skip


@pytest.fixture(scope="module")
def births() -> Reading:
    cdm = Cdm()
    for number, (stated, _) in enumerate(BIRTHS.values(), 1):
        cdm.person(number, **stated)
    return read(cdm)


@pytest.mark.parametrize("name", BIRTHS)
def test_a_birth_is_known_as_far_as_it_is_stated(births: Reading, name: str) -> None:
    fact = fact_of(births, list(BIRTHS).index(name) + 1, "birth_date")
    assert str(fact.value) == BIRTHS[name][1]


@pytest.fixture(scope="module")
def everybody() -> Reading:
    cdm = Cdm()
    cdm.tables["care_site"].append({"care_site_id": 7, "care_site_name": "University Hospital"})
    cdm.person(10, gender=8507, person_source_value="MRN-10", care_site_id=7)
    cdm.person(2, gender=8532, care_site_id=8)
    cdm.person(3, gender=8551)
    cdm.person(4, gender=45766035)
    cdm.person(5, gender=0)
    cdm.tables["death"] += [
        {"person_id": 2, "death_date": "2026-04-01"}, {"person_id": 2, "death_date": "2026-03-31"}, {"person_id": 3},
    ]  # fmt: skip
    cdm.add("measurement", ("LOINC", "718-7"), person=7, number="11", unit=("UCUM", "g/dL"), day="2026-03-02")
    cdm.add("measurement", ("LOINC", "718-7"), person=None, number="11", unit=("UCUM", "g/dL"), day="2026-03-02")
    return read(cdm)


def test_people_come_in_the_order_of_their_numbers(everybody: Reading) -> None:
    assert list(everybody.people) == ["2", "3", "4", "5", "7", "10"]
    assert everybody.people["10"] == {"MRN-10"}


def test_sex_is_read_by_its_concept(everybody: Reading) -> None:
    sexes = {fact.person: str(fact.value) for fact in everybody.facts if fact.concept == "sex"}
    assert sexes == {"10": "male", "2": "female"}
    assert [each.kind for each in unread_of(everybody, 4)] == ["unknown answer"]
    assert unread_of(everybody, 3) == unread_of(everybody, 5) == []


def test_a_death_is_known_also_without_its_day(everybody: Reading) -> None:
    assert str(fact_of(everybody, 2, "death").value) == "31 March 2026"
    assert fact_of(everybody, 3, "death").value == ANY_DAY


def test_who_stands_only_in_other_tables_is_a_person_too(everybody: Reading) -> None:
    assert [fact.concept for fact in facts_of(everybody, 7)] == ["haemoglobin"]


def test_a_row_about_nobody_is_counted(everybody: Reading) -> None:
    told = [each for each in everybody.unread if each.kind == "no person"]
    assert [(each.source, each.what) for each in told] == [("measurement", "1 row of measurement")]


def test_the_site_is_told_where_the_warehouse_knows_it(tmp_path: Path) -> None:
    cdm = Cdm()
    cdm.tables["care_site"].append({"care_site_id": 7, "care_site_name": "University Hospital"})
    cdm.person(1, care_site_id=7)
    cdm.person(2)
    first, *_ = read_omop(cdm.into_duckdb(tmp_path / "cdm.duckdb"), nelmas())
    assert first.sites == {"1": "University Hospital"}


@pytest.mark.parametrize("chunk", [1, 3, 7, 1000])
def test_a_reading_holds_whole_people_whatever_its_size(tmp_path: Path, chunk: int) -> None:
    cdm = Cdm()
    for person in range(1, 8):
        cdm.person(person)
        for day in range(1, 1 + person):
            cdm.add("measurement", ("LOINC", "718-7"), person=person, number="11", unit=("UCUM", "g/dL"),
                    day=f"2026-03-{day:02}")  # fmt: skip
    source = cdm.into_duckdb(tmp_path / "cdm.duckdb")
    readings = list(read_omop(source, nelmas(), chunk=chunk))
    *parts, account = readings
    assert [list(part.people) for part in parts] == [sorted(part.people, key=int) for part in parts]
    assert [person for part in parts for person in part.people] == [str(person) for person in range(1, 8)]
    for part in parts:
        for person in part.people:
            assert len(facts_of(part, int(person), "haemoglobin")) == int(person)
        # One person more would have been too many.
        without_last = sum(1 + int(person) for person in list(part.people)[:-1])
        assert without_last < chunk
    assert account.people == {} and account.facts == ()
    assert sum(part.read for part in readings) == 7 + 28
    assert set(whole(source).facts) == {fact for part in parts for fact in part.facts}


def test_two_rows_of_one_number_are_told(tmp_path: Path) -> None:
    """A number that two people share; nobody can tell whose the other rows are."""
    cdm = Cdm()
    cdm.person(1, year_of_birth=1961)
    cdm.person(1, year_of_birth=1970)
    cdm.person(2, year_of_birth=1980)
    cdm.person(2, year_of_birth=1980)
    cdm.person(None, year_of_birth=1990)
    cdm.add("measurement", ("LOINC", "718-7"), person=1, number="11", unit=("UCUM", "g/dL"), day="2026-03-02")
    reading = read(cdm)
    assert {"id of two people", "no person"} <= {each.kind for each in reading.unread}
    assert [fact.concept for fact in facts_of(reading, 2)] == ["birth_date", "sex"]
    assert "haemoglobin" not in {fact.concept for fact in reading.facts}


@pytest.mark.parametrize(("said", "made_up"), [("SyntheaTM is a Synthetic Patient Population Simulator", True),
                                               ("Records of a university hospital", False)])  # fmt: skip
def test_a_warehouse_may_say_that_its_people_are_made_up(tmp_path: Path, said: str, made_up: bool) -> None:
    cdm = Cdm()
    cdm.person(1)
    folder = cdm.into_csv(tmp_path / "cdm")
    (folder / "cdm_source.csv").write_text(f"cdm_source_name,source_description\nNJ,{said}\n")
    assert whole(folder).synthetic is made_up


def test_progress_is_told_in_people(tmp_path: Path) -> None:
    cdm = Cdm()
    for person in range(1, 6):
        cdm.person(person)
    told: list[tuple[int, int]] = []
    source = cdm.into_duckdb(tmp_path / "cdm.duckdb")
    list(read_omop(source, nelmas(), lambda done, total: told.append((done, total)), chunk=2))
    assert told == [(2, 5), (4, 5), (5, 5)]
