"""equipoise ledger as one types it: verify, history, export, checkpoint; and what it says when something is wrong."""

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.ledgers import draft, outside, same_salts, taking_away, unguarded

from equipoise import cli
from equipoise.ledger.checkpoints import fingerprint, read_checkpoint
from equipoise.ledger.sqlite import SqliteStore

OTHER_DAY = "2026-03-03T08:00:00.000000Z"


def run(*words: str | Path) -> Result:
    return CliRunner(env={"COLUMNS": "100"}).invoke(cli.main, ["ledger", *(str(word) for word in words)])


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and "Traceback" not in result.stderr
    (sentence,) = result.stderr.splitlines()
    return sentence


def done(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two people, a correction with its reason, a redaction, and an entry of another site on the next day."""
    path = tmp_path / "trial.ledger"
    event = {"concept": "adverse_event", "value": {"record": {"grade": {"choice": ["2"]}, "term": {"text": "rash"}}}}
    corrected = {**draft().body, "value": {"quantity": ["8.7", "8.7", "g/dL"]}}
    with SqliteStore(path, same_salts()) as store:
        store.append([draft(1), draft(2, body=event), draft(3, target=1, body=corrected, reason="digits swapped")])
        store.append([draft(4, body={"concept": "comment", "value": {"text": "Mrs Miller"}})])
        store.redact(4, "body", taking_away(5))
        store.append(
            [draft(at=OTHER_DAY, site="Bern", subject="P-002", body={"concept": "alt", "value": {"none": True}})]
        )
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "trial.key"
    file.write_text("0f" * 32 + "\n")
    return file


# ---------------------------------------------------------------- verify
def test_a_ledger_that_is_whole(path: Path) -> None:
    with SqliteStore.reading(path) as store:
        words = f"✓ Every entry is as it was written: 6 of them, fingerprint {fingerprint(store.head())}.\n"
    assert done(run("verify", path)) == words


def test_a_ledger_that_is_not_ends_with_1_and_names_the_entry(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("UPDATE entries SET actor = 'u-99' WHERE seq = 3")
    result = run("verify", path)
    assert result.exit_code == 1
    assert result.stdout == "✗ Entry 3: its header was changed.\n2 entries before that can be relied on.\n"


def test_a_ledger_without_a_guard_is_a_finding_too(path: Path) -> None:
    with outside(path) as connection:
        connection.execute("DROP TRIGGER entries_delete")
    result = run("verify", path)
    assert result.exit_code == 1 and '"entries_delete" is missing' in " ".join(result.stdout.split())
    assert "entries_delete" in refused(run("history", path, "P-001"))


def test_a_checkpoint_from_start_to_end(path: Path, key: Path, tmp_path: Path) -> None:
    file = tmp_path / "today.checkpoint"
    made = run("checkpoint", path, "--key", key, "--output", file)
    assert done(made) == "" and "6 entries, fingerprint" in made.stderr
    point = read_checkpoint(file.read_text())
    assert point.seq == 6 and fingerprint(point) in made.stderr
    with SqliteStore.reading(path) as store:
        assert store.checkpoints() == [point]
    for held in (str(file), fingerprint(point), fingerprint(point).lower().replace("-", "")):
        done(run("verify", path, "--checkpoint", held, "--public-key", point.public_key))
    assert run("verify", path, "--public-key", "ab" * 32).exit_code == 1
    with unguarded(path) as connection:
        for table in ("contents", "entries", "checkpoints"):
            connection.execute(f"DELETE FROM {table} WHERE seq = 6")
    done(run("verify", path))
    cut = run("verify", path, "--checkpoint", file)
    assert cut.exit_code == 1 and "Entry 6 is missing" in cut.stdout
    cut = run("verify", path, "--checkpoint", fingerprint(point))
    assert cut.exit_code == 1 and "No entry bears the fingerprint" in cut.stdout


def test_no_checkpoint_is_put_on_what_is_not_whole(path: Path, key: Path, tmp_path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("UPDATE contents SET text = '{}' WHERE seq = 2")
    file = tmp_path / "today.checkpoint"
    assert run("checkpoint", path, "--key", key, "--output", file).exit_code == 1
    assert not file.exists()


def test_a_key_of_32_bytes_is_taken_as_it_is(path: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw.key"
    raw.write_bytes(bytes([15]) * 32)
    point = read_checkpoint(done(run("checkpoint", path, "--key", raw)))
    (tmp_path / "hex.key").write_text("0f" * 32)
    assert read_checkpoint(done(run("checkpoint", path, "--key", tmp_path / "hex.key"))).public_key == point.public_key


# ---------------------------------------------------------------- history
def test_the_history_of_a_value(path: Path) -> None:
    words = done(run("history", path, "P-001", "haemoglobin"))
    assert words.startswith("haemoglobin of P-001\n") and words.endswith("2 rows\n")
    flat = " ".join(words.split())
    for part in ("7.8 g/dL", "7.8 g/dL → 8.7", "digits swapped", "2026-03-02 10:03", "u-07", "Essen"):
        assert part in flat
    assert "rash" not in words and "Miller" not in words


def test_the_history_of_a_person_holds_all_but_what_was_redacted(path: Path) -> None:
    words = done(run("history", path, "P-001"))
    assert "rash" in words and "[redacted]" in words and "Miller" not in words and "alt" not in words


def test_somebody_of_whom_nothing_is_written(path: Path) -> None:
    assert "Nothing is written about it." in done(run("history", path, "P-999"))


# ---------------------------------------------------------------- export
def exported(path: Path, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(done(run("export", path, *words)))))


def test_the_whole_trail_is_one_table(path: Path) -> None:
    rows = exported(path)
    assert [(row["entry"], row["act"], row["field"]) for row in rows] == [
        ("1", "create", "haemoglobin"), ("2", "create", "grade"), ("2", "create", "term"),
        ("3", "change", "haemoglobin"), ("4", "create", "comment"), ("5", "redaction", "body"), ("6", "create", "alt"),
    ]  # fmt: skip
    assert rows[3] == {
        "entry": "3", "written_utc": "2026-03-02T10:03:00.000000Z", "observed": "2026-03-01", "subject": "P-001",
        "site": "Essen", "concept": "haemoglobin", "field": "haemoglobin", "old": "7.8 g/dL", "new": "8.7 g/dL",
        "reason": "digits swapped", "actor": "u-07", "role": "investigator", "act": "change",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "entries"),
    [
        (("--site", "Bern"), ["6"]),
        (("--person", "P-002"), ["6"]),
        (("--concept", "haemoglobin"), ["1", "3"]),
        (("--concept", "grade"), ["2"]),
        (("--since", "2026-03-03"), ["6"]),
        (("--until", "2 March 2026", "--concept", "comment"), ["4", "5"]),
        (("--person", "P-001", "--site", "Bern"), []),
    ],
)
def test_the_trail_by_site_person_field_and_period(path: Path, words: tuple[str, ...], entries: list[str]) -> None:
    assert [row["entry"] for row in exported(path, *words)] == entries


def test_the_trail_as_json_has_the_same_rows(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.json"
    result = run("export", path, "--output", file)
    assert done(result) == "" and result.stderr == f"Written: {file}\n"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [{name: str(value) for name, value in line.items()} for line in lines] == exported(path)


# ---------------------------------------------------------------- faults of the user
def test_faults_are_one_sentence(path: Path, key: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "people.csv"
    sheet.write_text("person,concept\n" * 100)
    assert "no such file" in refused(run("verify", tmp_path / "none.ledger"))
    assert not (tmp_path / "none.ledger").exists()
    assert "no such file" in refused(run("checkpoint", tmp_path / "none.ledger", "--key", key))
    assert not (tmp_path / "none.ledger").exists()
    assert "is no SQLite database" in refused(run("verify", sheet))
    assert "neither a file nor a fingerprint" in refused(run("verify", path, "--checkpoint", "ABCD-EFGH"))
    assert "holds no checkpoint" in refused(run("verify", path, "--checkpoint", sheet))
    assert "64 hexadecimal letters" in refused(run("verify", path, "--public-key", "ab"))
    assert "is no private key" in refused(run("checkpoint", path, "--key", sheet))
    assert "no such file" in refused(run("checkpoint", path, "--key", tmp_path / "none.key"))
    assert "one of the files to be read" in refused(run("export", path, "--output", path))
    assert "one of the files to be read" in refused(run("checkpoint", path, "--key", key, "--output", key))
    assert "no page" in refused(run("export", path, "--output", tmp_path / "trail.html"))
    assert "not one certain day" in refused(run("export", path, "--since", "2/3/2026"))
