"""Opening files: what people have on their disks, whole and broken."""

import gzip
import json
from pathlib import Path

import pytest

from equipoise.exchange.fhir import read_fhir
from equipoise.facts import Reading
from equipoise.faults import Fault

from .fhir_cases import lab, nelmas, patient, quantity

RESOURCES = [patient(gender="female"), lab(valueQuantity=quantity(7.8, "g/dL"))]
LINES = "\n".join(json.dumps(each) for each in RESOURCES) + "\n"
BUNDLE = json.dumps(
    {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": each} for each in RESOURCES]}
)


def reading(path: Path) -> Reading:
    return read_fhir([path], *nelmas())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", BUNDLE.encode()),
        ("a.json", BUNDLE.encode("utf-8-sig")),
        ("a.json", BUNDLE.encode("utf-16")),
        ("a.json.gz", gzip.compress(BUNDLE.encode())),
        ("a.json", json.dumps(RESOURCES).encode()),
        ("a.json", LINES.encode()),
        ("a.txt", LINES.encode()),
        ("a.json", "\n".join(json.dumps(each, indent=2) for each in RESOURCES).encode()),
        ("a.ndjson", LINES.encode()),
        ("a.ndjson", LINES.encode("utf-8-sig")),
        ("a.ndjson", LINES.encode("utf-16")),
        ("a.ndjson", LINES.replace("\n", "\r\n\r\n").encode()),
        ("a.jsonl", LINES.encode()),
        ("a.ndjson.gz", gzip.compress(LINES.encode())),
    ],
)
def test_every_packing_gives_the_same_facts(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = reading(path)
    assert {each.concept for each in found.facts} == {"sex", "haemoglobin"}
    assert (found.unread, found.read) == ((), 2)


def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_text(LINES.replace("\n", '\n{"resourceType": "Obs\n', 1) + '{"value": NaN}\n')
    found = reading(path)
    assert len(found.facts) == 2
    assert [(each.source, each.kind) for each in found.unread] == [
        ("a.ndjson line 2", "broken JSON"), ("a.ndjson line 4", "broken JSON"),
    ]  # fmt: skip


def test_values_one_after_the_other_up_to_the_break(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(RESOURCES[0], indent=1) + json.dumps(RESOURCES[1], indent=1) + '{"resourceType":')
    found = reading(path)
    assert len(found.facts) == 2
    assert [each.kind for each in found.unread] == ["broken JSON"]


@pytest.mark.parametrize("content", [b"", b" \n", b"no JSON", b"<Patient/>", b"{", b"\xff\xfe\x00"])
def test_a_named_file_that_is_no_json_is_a_fault(tmp_path: Path, content: bytes) -> None:
    for name in ("a.json", "a.xml"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(Fault, match=rf"{name} is (not JSON|empty)"):
            reading(path)


def test_damaged_gzip(tmp_path: Path) -> None:
    for name in ("a.json.gz", "a.ndjson.gz"):
        (tmp_path / name).write_bytes(gzip.compress(LINES.encode() * 99)[:-20])
        with pytest.raises(Fault, match=name):
            reading(tmp_path / name)


def test_missing_and_empty_paths(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="is not there"):
        reading(tmp_path / "nothing.json")
    with pytest.raises(Fault, match="holds no FHIR file"):
        reading(tmp_path)
    with pytest.raises(Fault, match="No file"):
        read_fhir([], *nelmas())


def test_a_folder_is_read_to_its_depths_and_says_what_it_could_not_read(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "a.ndjson").write_text(LINES)
    (tmp_path / "b.json").write_text("{broken")
    (tmp_path / "c.json").write_text('{"a": 1}')
    (tmp_path / "read.me").write_text("x")
    (tmp_path / "also.me").write_text("x")
    (tmp_path / ".hidden.json").write_text("{broken")
    found = reading(tmp_path)
    assert len(found.facts) == 2
    assert sorted((each.source, each.kind) for each in found.unread) == [
        ("2 .me files", "not a FHIR file"), ("b.json", "not a FHIR file"), ("c.json", "not FHIR"),
    ]  # fmt: skip


def test_progress_ends_at_the_total(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text(LINES * 50)
    (tmp_path / "b.json").write_text(BUNDLE)
    told: list[tuple[int, int]] = []
    read_fhir([tmp_path], *nelmas(), progress=lambda done, total: told.append((done, total)))
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert told[-1] == (total, total)
    assert told == sorted(told)


def test_resources_without_an_id_say_where_they_stand(tmp_path: Path) -> None:
    given = lab(valueQuantity=quantity(7.8, "g/dL"))
    del given["id"]
    (tmp_path / "a.ndjson").write_text("\n" + json.dumps(given))
    assert [each.source for each in reading(tmp_path / "a.ndjson").facts] == ["line 2 of a.ndjson"]
