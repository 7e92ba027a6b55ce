"""Which reader reads which file, and one person of two sources."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from equipoise.exchange.sources import merged, read_records, with_later_told
from equipoise.facts import Fact, Reading, Unread, chosen
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial

TRIAL = load_trial("nelmas")
PATIENT = {
    "resourceType": "Patient", "id": "p1", "identifier": [{"system": "urn:mrn", "value": "4711"}], "gender": "male",
}  # fmt: skip


def sexes(reading: Reading) -> list[str]:
    return [fact.person for fact in reading.facts if fact.concept == "sex"]


def test_kinds_are_told_apart_by_ending_and_content(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(PATIENT))
    (tmp_path / "b.ndjson.gz").write_bytes(
        gzip.compress(json.dumps({**PATIENT, "id": "p2", "identifier": []}).encode())
    )
    (tmp_path / "c.csv").write_text("person,sex\np3,male\n")
    (tmp_path / "d.tsv").write_text("person\tsex\np4\tmale\n")
    (tmp_path / "export").write_text(json.dumps({**PATIENT, "id": "p5", "identifier": []}))
    files = [tmp_path / name for name in ("a.json", "b.ndjson.gz", "c.csv", "d.tsv", "export")]
    assert sorted(sexes(read_records(files, TRIAL))) == ["p1", "p2", "p3", "p4", "p5"]


def test_a_person_of_two_sources_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(PATIENT))
    (tmp_path / "b.csv").write_text("person,ecog\n4711,0\n")
    reading = read_records([tmp_path], TRIAL)
    assert set(reading.people) == {"p1"}
    assert {fact.person for fact in reading.facts} == {"p1"}
    assert not reading.unread


def test_an_identifier_of_two_people_joins_nobody() -> None:
    one = Reading({"a": frozenset({"x"}), "b": frozenset({"x"})}, ())
    two = Reading({"x": frozenset()}, (Fact("x", "sex", chosen("male")),), (Unread("s", "w", "y", "k", "x"),))
    joined = merged([one, two])
    assert set(joined.people) == {"a", "b", "x"}
    assert [each.kind for each in joined.unread] == ["identifier of two people", "k"]


def test_merging_keeps_every_fact_and_entry() -> None:
    one = Reading({"a": frozenset({"A"})}, (Fact("a", "sex", chosen("male")),), (Unread("s", "w", "y", "k"),), 1)
    two = Reading({"A": frozenset()}, (Fact("A", "sex", chosen("male")),), (Unread("t", "w", "y", "k", "A"),), 2, True)
    joined = merged([one, two])
    assert joined.people == {"a": frozenset({"A"})}
    assert [fact.person for fact in joined.facts] == ["a", "a"]
    assert [each.person for each in joined.unread] == ["", "a"]
    assert (joined.read, joined.synthetic) == (3, True)


def test_a_sheet_that_only_lay_there_is_an_entry(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(PATIENT))
    (tmp_path / "prices.csv").write_text("what,price\napple,1\n")
    reading = read_records([tmp_path], TRIAL)
    assert [each.kind for each in reading.unread] == ["not a sheet of people"]
    with pytest.raises(Fault):
        read_records([tmp_path / "prices.csv"], TRIAL)


def test_progress_never_goes_back_and_ends_at_the_whole(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(PATIENT))
    (tmp_path / "b.csv").write_text("person,ecog\n4711,0\n")
    told: list[tuple[int, int]] = []
    read_records([tmp_path / "a.json", tmp_path / "b.csv"], TRIAL, lambda done, total: told.append((done, total)))
    assert told == sorted(told) and told[-1][0] == told[-1][1]


@pytest.mark.parametrize("name", ["absent", "absent.json", "empty"])
def test_a_path_without_records_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Fault, match=name):
        read_records([tmp_path / name], TRIAL)


def test_one_identifier_with_two_birth_dates_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("person,birth_date\np1,1960-05-01\n")
    (tmp_path / "b.csv").write_text("person,birth_date\np1,1981-01-01\n")
    reading = read_records([tmp_path], TRIAL)
    told = [each for each in reading.unread if each.kind == "identifier of two people"]
    assert [(each.person, each.held) for each in told] == [("p1", True)]
    assert "1 May 1960, 1 January 1981" in told[0].why


def test_a_fact_dated_after_the_day_judged_on_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("person,haemoglobin [g/dL],haemoglobin.date\np1,7,2026-06-20\n")
    reading = read_records([path], TRIAL)
    assert [each.kind for each in with_later_told(reading, TRIAL, date(2026, 6, 1)).unread] == ["dated later"]
    assert with_later_told(reading, TRIAL, date(2026, 6, 20)) is reading


def test_the_rows_of_a_sheet_without_heads_are_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Zwiebelfisch;7,9\nMeier;8,1\n")
    with pytest.raises(Fault) as refused:
        read_records([path], TRIAL)
    assert "no column is headed person" in str(refused.value)
    assert "Zwiebelfisch" not in str(refused.value)
