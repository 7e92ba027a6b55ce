"""One warehouse in every form in which it may lie: the facts are the same; and what is no warehouse says so."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from tests.cdm import Cdm

from equipoise.exchange.omop import is_omop
from equipoise.exchange.omop.files import find_tables, table_of
from equipoise.facts import Fact
from equipoise.faults import Fault

from .reading import whole


def small() -> Cdm:
    """A person with something in each table."""
    cdm = Cdm()
    cdm.tables["care_site"].append({"care_site_id": 7, "care_site_name": 'The "Old" Hospital, North'})
    cdm.concept("LOINC", "718-7", 'Hemoglobin [Mass/volume] in "Blood"')
    cdm.person(1, 8507, year_of_birth=1961, month_of_birth=3, day_of_birth=12, care_site_id=7, person_source_value="A")
    cdm.person(20, 8532, year_of_birth=1970)
    cdm.tables["death"].append({"person_id": 20, "death_date": "2026-05-01"})
    cdm.add("measurement", ("LOINC", "718-7"), day="2026-03-02", number=7.8, unit=("UCUM", "g/dL"))
    cdm.add("measurement", ("LOINC", "1975-2"), day="2026-03-02", number=3.6, unit=("UCUM", "mg/dL"), low=0.2, high=1.2)
    cdm.add("observation", ("LOINC", "89247-1"), day="2026-03-02", number=1)
    cdm.add("observation", day="2026-03-02", written="equipoise:pathology.grade", text="G2")
    cdm.add("condition_occurrence", source=("ICD10CM", "I50.9"), person=20, day="2025-01-05", end="2025-02-05")
    cdm.add("procedure_occurrence", ("CPT4", "47120"), person=20, day="2025-01-05")
    cdm.add("drug_exposure", ("RxNorm", "194000"), person=20, day="2025-01-05", end="2025-02-05")
    cdm.tables["device_exposure"].append({"device_exposure_id": 1, "person_id": 1, "device_concept_id": 0})
    return cdm


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> set[Fact]:
    found = set(map(plainly, whole(small().into_duckdb(tmp_path_factory.mktemp("cdm") / "cdm.duckdb")).facts))
    assert {fact[1] for fact in found} == {
        "birth_date", "sex", "death", "haemoglobin", "bilirubin", "ecog", "pathology", "heart_failure",
        "liver_resection", "anticancer_treatment",
    }  # fmt: skip
    return found


def plainly(fact: Fact) -> tuple[str, ...]:
    """All that a fact says, so that facts compare and hash."""
    return (fact.person, fact.concept, str(fact.value), str(fact.when), str(fact.end), str(fact.reference),
            fact.reported, fact.doubt, fact.source)  # fmt: skip


FORMS: dict[str, Callable[[Path], Path]] = {
    "DuckDB, upper case": lambda folder: small().into_duckdb(folder / "cdm.duckdb", upper=True),
    "DuckDB, another schema": lambda folder: small().into_duckdb(folder / "cdm.db", schema="omop"),
    "CSV": lambda folder: small().into_csv(folder / "cdm"),
    "CSV, upper case": lambda folder: small().into_csv(folder / "cdm", upper=True),
    "CSV, tabs": lambda folder: small().into_csv(folder / "cdm", delimiter="\t"),
    "CSV, semicolons": lambda folder: small().into_csv(folder / "cdm", delimiter=";"),
    "CSV, packed": lambda folder: small().into_csv(folder / "cdm", packed=True),
    "CSV, a folder down": lambda folder: small().into_csv(folder / "cdm").parent,
    "Parquet": lambda folder: small().into_parquet(folder / "cdm"),
    "Parquet, in parts": lambda folder: _in_parts(small().into_parquet(folder / "cdm")),
    "CSV, in a folder of an odd name": lambda folder: small().into_csv(_odd(folder) / "cdm"),
    "Parquet, in a folder of an odd name": lambda folder: small().into_parquet(_odd(folder) / "cdm"),
    "zip": lambda folder: small().into_zip(folder / "cdm.zip"),
    "ids with a point": lambda folder: _with_points(small().into_csv(folder / "cdm")),
    "tabs without quotes": lambda folder: _as_athena(small().into_csv(folder / "cdm", delimiter="\t")),
}


def _odd(folder: Path) -> Path:
    """A folder of which the name is a pattern of files elsewhere, and a column and its value."""
    odd = folder / "person_id=9 [1]"
    odd.mkdir()
    return odd


def _in_parts(folder: Path) -> Path:
    """As Spark writes it: a folder for each table, with a mark that it is whole."""
    for file in list(folder.iterdir()):
        parts = folder / f"{file.stem}.parquet.d"
        parts.mkdir()
        file.rename(parts / "part-00000.parquet")
        (parts / "_SUCCESS").touch()
        parts.rename(folder / file.stem)
    return folder


def _with_points(folder: Path) -> Path:
    """As pandas writes whole numbers of which some are missing."""
    text = (folder / "measurement.csv").read_text()
    head, *rows = text.splitlines()
    at = head.split(",").index("measurement_concept_id")
    pointed = [",".join(f"{cell}.0" if n == at else cell for n, cell in enumerate(row.split(","))) for row in rows]
    (folder / "measurement.csv").write_text("\n".join([head, *pointed]))
    return folder


def _as_athena(folder: Path) -> Path:
    """The vocabulary as Athena packs it: parted by tabs, and a quote is a letter."""
    rows = small().tables["concept"]
    lines = ["concept_id\tconcept_name\tvocabulary_id\tconcept_code"]
    lines += [
        f"{row['concept_id']}\t{row['concept_name']}\t{row['vocabulary_id']}\t{row['concept_code']}" for row in rows
    ]
    lines.append('1\t"Half a quote\tLOINC\tX-1')
    (folder / "concept.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_the_facts_are_the_same_in_every_form(expected: set[Fact], form: str, tmp_path: Path) -> None:
    source = FORMS[form](tmp_path)
    assert is_omop(source)
    found = {plainly(fact) for fact in whole(source).facts}
    assert found == expected


def test_tables_and_columns_of_5_4_may_be_absent(tmp_path: Path) -> None:
    later = [
        "procedure_end_date", "measurement_event_id", "meas_event_field_concept_id", "observation_event_id",
        "obs_event_field_concept_id", "device_exposure", "care_site", "death", "concept_ancestor", "drug_exposure",
        "verbatim_end_date", "birth_datetime", "care_site_id", "operator_concept_id",
    ]  # fmt: skip
    reading = whole(small().into_duckdb(tmp_path / "cdm.duckdb", without=later))
    assert {"haemoglobin", "liver_resection", "pathology"} <= {fact.concept for fact in reading.facts}
    told = [each for each in reading.unread if each.kind == "no such table"]
    assert [each.what for each in told] == ["drug_exposure, death"]


def test_a_table_that_does_not_say_whom_it_is_about_is_told(tmp_path: Path) -> None:
    folder = small().into_csv(tmp_path / "cdm")
    (folder / "observation.csv").write_text("observation_id,observation_date\n1,2026-03-02\n")
    reading = whole(folder)
    assert [each.source for each in reading.unread if each.kind == "no such column"] == ["observation"]
    assert "ecog" not in {fact.concept for fact in reading.facts}


def test_rows_without_an_id_are_as_many_as_they_are(tmp_path: Path) -> None:
    folder = small().into_csv(tmp_path / "cdm")
    rows = ["person_id,measurement_concept_id,measurement_date,value_as_number,unit_source_value"]
    concept = small().ids["LOINC", "718-7"]
    rows += [f"1,{concept},2026-03-0{day},1{day},g/dL" for day in (1, 2, 3)]
    (folder / "measurement.csv").write_text("\n".join(rows))
    found = [fact for fact in whole(folder).facts if fact.concept == "haemoglobin"]
    assert len(found) == 3
    assert {fact.source for fact in found} == {"measurement, a row without an id"}


def test_a_table_that_nobody_needs_does_not_end_the_reading(tmp_path: Path) -> None:
    folder = small().into_csv(tmp_path / "cdm")
    (folder / "note.csv").write_text('note_id,note_text\n1,"half a quote\n2,"more\n')
    reading = whole(folder)
    assert "haemoglobin" in {fact.concept for fact in reading.facts}
    (said,) = [each for each in reading.unread if each.kind == "not counted"]
    assert said.source == "note" and "half" not in said.why


# ------------------------------------------------------------------ what is no warehouse
def test_other_things_are_no_omop(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("person,sex\np1,male\n")
    assert not is_omop(tmp_path)
    assert not is_omop(tmp_path / "people.csv")
    assert not is_omop(tmp_path / "nothing")
    (tmp_path / "broken.zip").write_bytes(b"PK no more")
    assert not is_omop(tmp_path / "broken.zip")
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    assert not is_omop(tmp_path / "other.duckdb")
    assert is_omop("postgresql://user:word@host/cdm") and is_omop("postgres://host/cdm")
    assert not is_omop("https://host/cdm")


def test_a_file_is_told_by_the_name_of_its_table(tmp_path: Path) -> None:
    assert [table_of(name) for name in ("PERSON.csv", "Person.CSV.GZ", "person.parquet", "persons.csv", "a.txt")] == [
        "person", "person", "person", "", "",
    ]  # fmt: skip
    (tmp_path / "._person.csv").touch()
    assert find_tables(tmp_path) == {}


def fault(source: Path | str) -> str:
    with pytest.raises(Fault) as raised:
        whole(source)
    return str(raised.value)


def test_what_is_missing_is_said_in_one_sentence(tmp_path: Path) -> None:
    folder = small().into_csv(tmp_path / "cdm")
    (folder / "concept.csv").unlink()
    assert "the table concept is missing" in fault(folder)
    (folder / "person.csv").unlink()
    assert "the table person and the table concept are missing" in fault(folder)
    (tmp_path / "empty").mkdir()
    assert "holds no table of an OMOP CDM" in fault(tmp_path / "empty")
    assert "is not there" in fault(tmp_path / "nothing.zip")
    (tmp_path / "broken.zip").write_bytes(b"PK no more")
    assert "cannot be opened as a zip" in fault(tmp_path / "broken.zip")


@pytest.mark.parametrize(
    ("table", "content", "sentence"),
    [
        ("person", b"", "person.csv is empty"),
        ("person", b"person_id,gender_concept_id\nJane Doe,8532\n", "must hold whole numbers"),
        ("person", b"gender_concept_id\n8532\n", "the table person has no column person_id"),
        ("concept", b"concept_id,concept_name,concept_name\n", "must name each column, and each once"),
        ("concept", b"concept_id,concept_name,concept_code\n", "the table concept has no column vocabulary_id"),
        ("measurement", b"measurement_id,person_id,measurement_concept_id\n1,1\n", "near line 2"),
        ("death", b'person_id,death_date\n1,"2026\n', "cannot be read"),
    ],
)  # fmt: skip
def test_a_broken_table_is_said_without_a_word_of_it(
    tmp_path: Path, table: str, content: bytes, sentence: str
) -> None:  # fmt: skip
    folder = small().into_csv(tmp_path / "cdm")
    (folder / f"{table}.csv").write_bytes(content)
    said = fault(folder)
    assert sentence in said and "Jane" not in said and "2026" not in said.replace(str(tmp_path), "")


def test_damaged_packing_is_said(tmp_path: Path) -> None:
    folder = small().into_csv(tmp_path / "cdm", packed=True)
    (folder / "person.csv.gz").write_bytes(gzip.compress(b"person_id\n1\n" * 9000)[:60])
    assert "person.csv.gz cannot be read" in fault(folder)


def test_two_tables_of_one_name_are_a_fault(tmp_path: Path) -> None:
    folder = small().into_csv(tmp_path / "cdm")
    small().into_parquet(folder)
    assert "is there as CSV and as Parquet" in fault(folder)
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        for where in ("one", "two"):
            archive.writestr(f"{where}/person.csv", "person_id\n1\n")
    assert "holds person.csv twice" in fault(tmp_path / "two.zip")


def test_two_cdms_in_one_file_are_a_fault(tmp_path: Path) -> None:
    path = small().into_duckdb(tmp_path / "cdm.duckdb", schema="one")
    small().into_duckdb(path, schema="two")
    assert "has a table person in several schemas (one, two): keep one CDM in a file" in fault(path)


def test_a_file_stays_as_it_is(tmp_path: Path) -> None:
    path = small().into_duckdb(tmp_path / "cdm.duckdb")
    before = path.read_bytes()
    whole(path)
    assert path.read_bytes() == before


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither at the end nor when the reading is given up."""
    from equipoise.exchange.omop import read_omop

    from .reading import nelmas

    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    source = small().into_csv(tmp_path / "cdm")
    readings = read_omop(source, nelmas(), chunk=1)
    next(readings)
    assert list(place.iterdir())
    readings.close()
    assert not list(place.iterdir())
    whole(source)
    assert not list(place.iterdir())
