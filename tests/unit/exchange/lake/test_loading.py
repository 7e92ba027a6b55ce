"""What is loaded a piece at a time is what is read at once, however it is cut."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.unit.exchange.lake.loaded import NELMAS, assert_same, haemoglobin, loaded, patient

from equipoise.exchange.lake import load, open_lake
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial

SANDBOX = Path(__file__).parents[3] / "trials" / "sandbox"


def lines(path: Path, *resources: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in resources))
    return path


def records(folder: Path, people: int = 6) -> Path:
    """A bulk export: people, their values in another file, a medication and a specimen in yet others."""
    names = [f"p{number}" for number in range(people)]
    lines(folder / "Patient.ndjson", *(patient(name, identifier=[{"system": "mrn", "value": name}]) for name in names))
    lines(
        folder / "Observation.ndjson", *(haemoglobin(f"o{n}-{name}", name, 8 + n) for n in range(3) for name in names)
    )
    lines(folder / "Encounter.ndjson", *({"resourceType": "Encounter", "id": name} for name in names))
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "authoredOn": "2026-01-01"}
    medication = {"medicationReference": {"reference": "Medication/m"}}
    orders = [{**order, **medication, "id": f"r-{name}", "subject": {"reference": f"Patient/{name}"}} for name in names]
    lines(folder / "MedicationRequest.ndjson", *orders)
    octreotide = {"coding": [{"system": "http://www.whocc.no/atc", "code": "H01CB02"}]}
    lines(folder / "Medication.ndjson", {"resourceType": "Medication", "id": "m", "code": octreotide})
    return folder


@pytest.mark.parametrize(("piece", "people_a_part"), [(1 << 26, 20_000), (700, 4), (700, 1)])
def test_any_cut_gives_the_same(tmp_path: Path, piece: int, people_a_part: int) -> None:
    source = records(tmp_path / "export")
    loaded(tmp_path / "lake", source, piece=piece, people_a_part=people_a_part)
    assert_same(tmp_path / "lake", source)


def test_several_processes_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("equipoise.exchange.lake.loading._SMALL", 0)
    source = records(tmp_path / "export")
    loaded(tmp_path / "lake", source, piece=2000, people_a_part=3, workers=2)
    assert_same(tmp_path / "lake", source)


def test_what_is_untidy_is_told_as_by_a_reading(tmp_path: Path) -> None:
    source = tmp_path / "export"
    entry = {"fullUrl": "urn:uuid:1", "resource": patient("1", identifier=[{"system": "s", "value": "X"}])}
    about = {"resource": {**haemoglobin("o", ""), "subject": {"reference": "urn:uuid:1"}}}
    nobody = {"resource": {**haemoglobin("o2", ""), "subject": None}}
    by_number = {"resource": {**haemoglobin("o3", ""), "subject": {"identifier": {"system": "s", "value": "X"}}}}
    stranger = {"resource": {**haemoglobin("o4", ""), "subject": {"identifier": {"system": "s", "value": "?"}}}}
    inside = {
        **haemoglobin("o5", ""),
        "subject": {"reference": "#c"},
        "contained": [patient("c", birthDate="1999-01-01")],
    }
    bundle = {"resourceType": "Bundle", "entry": [entry, about, nobody, by_number, stranger, {"resource": inside}]}
    lines(source / "b.json", bundle)
    gone = {"resourceType": "Bundle", "entry": [{"request": {"method": "DELETE", "url": "Observation/z"}}]}
    other = patient("1", birthDate="1980-01-01", identifier=[{"system": "t", "value": "Y"}])  # another server's 1
    same = patient("77", identifier=[{"system": "s", "value": "X"}])
    newer = haemoglobin("q", "1", 10, meta={"versionId": "2"})
    unused = haemoglobin("u", "1", meta={"versionId": "2"}) | {"code": {"coding": [{"system": "x", "code": "y"}]}}
    messy = [other, same, haemoglobin("q", "1", 9, meta={"versionId": "1"}), newer, haemoglobin("z", "1"), gone]
    messy += [haemoglobin("u", "1", meta={"versionId": "1"}), unused, {"resourceType": "Encounter"}, {"a": 1}]
    lines(source / "sub" / "c.ndjson", *messy)
    with (source / "sub" / "c.ndjson").open("a") as file:
        file.write('{"resourceType": "Encounter", "id": \n\n[1, 2]\n')
    (source / "sub" / "d.ndjson.gz").write_bytes(gzip.compress(json.dumps(haemoglobin("d", "77")).encode()))
    (source / "sheet.csv").write_text("person,haemoglobin [g/dL],birth_date\n77,9.1,1970-01-01\nNEW,8,1971-01-01\n")
    (source / "notes.txt").write_text("no FHIR")
    for piece, people in ((1 << 26, 20_000), (300, 2)):
        loaded(tmp_path / str(piece), source, piece=piece, people_a_part=people)
        assert_same(tmp_path / str(piece), source)


def test_the_reason_may_stand_anywhere_in_the_files(tmp_path: Path) -> None:
    """A tumour as the reason of an operation, in a file that is read before the operation's, or after it."""
    tumour = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "8240/3"}]}
    condition = {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/1"}, "code": tumour}
    done = {"coding": [{"system": "http://snomed.info/sct", "code": "107963000"}]}  # liver excision
    operation = {
        "resourceType": "Procedure", "id": "p", "status": "completed", "subject": {"reference": "Patient/1"},
        "code": done, "performedDateTime": "2026-02-01", "reasonReference": [{"reference": "Condition/c"}],
    }  # fmt: skip
    for first, second in (("a", "b"), ("b", "a")):
        source = tmp_path / first
        lines(source / f"{first}.ndjson", condition)
        lines(source / f"{second}.ndjson", operation, patient("1"))
        loaded(tmp_path / f"lake-{first}", source, piece=10)
        assert_same(tmp_path / f"lake-{first}", source)


def test_the_site_is_the_one_that_was_stated(tmp_path: Path) -> None:
    lines(tmp_path / "a" / "p.ndjson", patient("1", managingOrganization={"display": "Clinic"}), patient("2"))
    lake = loaded(tmp_path / "lake", tmp_path / "a").lake
    assert lake.reading().sites == {"1": "Clinic"}
    lake = loaded(tmp_path / "named", tmp_path / "a", site="General Hospital").lake
    assert lake.reading().sites == dict.fromkeys(("1", "2"), "General Hospital")


def test_no_name_of_a_person_is_kept(tmp_path: Path) -> None:
    named = {"reference": "Patient/1", "display": "Jane Doe"}
    text = {"status": "generated", "div": "<div>Jane Doe</div>"}
    order = {"resourceType": "MedicationRequest", "id": "r", "subject": named, "text": text, "requester": named}
    order["medicationReference"] = {"reference": "Medication/m"}
    value = {**haemoglobin("o", "1"), "subject": named, "text": text}
    lines(tmp_path / "a.ndjson", patient("1", name=[{"family": "Doe"}], text=text), value, order)
    lake = loaded(tmp_path / "lake", tmp_path / "a.ndjson").lake
    for file in lake.folder.rglob("*"):
        if file.suffix == ".parquet":
            assert "Doe" not in str(duckdb.execute(f"SELECT * FROM '{file}'").fetchall())
        elif file.is_file():
            assert "Doe" not in file.read_text()


# ---------------------------------------------------------------- again
def test_only_what_changed_is_read_and_written_again(tmp_path: Path) -> None:
    source, lake = records(tmp_path / "export"), tmp_path / "lake"
    first = loaded(lake, source, people_a_part=2)
    assert (first.read, first.written, first.parts) == (5, 3, 3)
    again = loaded(lake, source)
    assert (again.read, again.unchanged, again.written) == (0, 5, 0)
    lines(source / "Added.ndjson", haemoglobin("new", "p0", 12))
    more = loaded(lake, source)
    assert (more.read, more.unchanged, more.written) == (1, 5, 1)
    assert_same(lake, source, order=False)
    untouched = more.lake.parts[1].people
    lines(source / "Patient.ndjson", *(patient(f"p{n}") for n in range(8)))
    assert loaded(lake, source).written == 4  # the identifiers of all are gone, and two people are new
    assert_same(lake, source, order=False)
    assert [person.key for person in open_lake(lake).people()] == list(range(8))
    assert not untouched.exists()
    (source / "Added.ndjson").unlink()
    gone = loaded(lake, source)
    assert (gone.read, gone.gone, gone.written) == (0, 1, 1)
    assert_same(lake, source, order=False)


def test_two_people_who_turn_out_to_be_one_are_joined(tmp_path: Path) -> None:
    source, lake = tmp_path / "export", tmp_path / "lake"
    lines(source / "a.ndjson", patient("1"), haemoglobin("x", "1"), patient("2"), haemoglobin("y", "2", 8.1))
    loaded(lake, source, people_a_part=1)
    assert len(open_lake(lake).reading().people) == 2
    link = {"other": {"reference": "Patient/1"}, "type": "seealso"}
    lines(source / "b.ndjson", patient("2", link=[link]))
    loaded(lake, source)
    assert_same(lake, source)
    assert list(open_lake(lake).reading().people) == ["1"]


def test_another_folder_adds_to_the_first(tmp_path: Path) -> None:
    one, two, lake = tmp_path / "one", tmp_path / "two", tmp_path / "lake"
    lines(one / "a.ndjson", patient("1"), haemoglobin("x", "1", meta={"versionId": "1"}))
    lines(two / "b.ndjson", haemoglobin("x", "1", 11, meta={"versionId": "2"}), patient("2"))
    loaded(lake, one)
    loaded(lake, two)
    assert_same(lake, one, two)


def test_changed_words_or_codes_read_everything_anew(tmp_path: Path) -> None:
    source, lake = records(tmp_path / "export"), tmp_path / "lake"
    loaded(lake, source)
    other = replace(NELMAS, codes={**NELMAS.codes, "marks": {}})
    again = loaded(lake, source, trial=other)
    assert again.read == 5 and "codes" in again.anew
    doubled = replace(NELMAS.vocabulary["haemoglobin"], whole=True)
    words = replace(NELMAS, vocabulary={**NELMAS.vocabulary, "haemoglobin": doubled})
    assert "concepts" in loaded(lake, source, trial=words).anew
    assert not loaded(lake, source, trial=words).anew


# ---------------------------------------------------------------- several trials
def test_one_word_with_two_meanings_is_a_fault(tmp_path: Path) -> None:
    other = replace(NELMAS.vocabulary["haemoglobin"], unit="g/L")
    changed = replace(NELMAS, acronym="OTHER", vocabulary={**NELMAS.vocabulary, "haemoglobin": other})
    with pytest.raises(Fault, match=r'"haemoglobin" means one thing in NELMAS and another in OTHER'):
        load([records(tmp_path / "export")], [NELMAS, changed], tmp_path / "lake")


def test_records_can_be_read_for_two_trials_at_once(tmp_path: Path) -> None:
    sandbox = load_trial(SANDBOX)
    shared = {name for name in sandbox.vocabulary if name in NELMAS.vocabulary}
    apart = replace(sandbox, vocabulary={n: c for n, c in sandbox.vocabulary.items() if n not in shared}, codes={})
    lake = load([records(tmp_path / "export")], [NELMAS, apart], tmp_path / "lake").lake
    lake.check_fits(NELMAS)
    lake.check_fits(apart)
    assert lake.manifest.trials == ("nelmas", sandbox.id)


def test_a_refused_file_leaves_the_lake_as_it_was(tmp_path: Path) -> None:
    source, lake = records(tmp_path / "export"), tmp_path / "lake"
    loaded(lake, source)
    (tmp_path / "bad.json").write_text("no json")
    with pytest.raises(Fault, match=r"bad.json is not JSON"):
        loaded(lake, tmp_path / "bad.json")
    assert_same(lake, source)
