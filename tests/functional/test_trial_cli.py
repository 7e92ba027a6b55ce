"""equipoise trial: a small trial by commands, what is refused, files of acts, imports, and what is shown."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.running import nelmas
from tests.sheet import write_sheet

from equipoise import cli
from equipoise.conduct.randomiser import Randomiser
from equipoise.ledger.sqlite import SqliteStore
from equipoise.protocol.load import trial_cases, trial_folder

KEY = bytes(range(32))
READY = (
    "haemoglobin = 12.4 g/dL", "white_cells = 5.8 10*9/L", "neutrophils = 3.4 10*9/L", "platelets = 241 10*9/L",
    "creatinine = 0.8 mg/dL", "weight = 48 kg", "alt = 24 U/L", "ast = 22 U/L", "albumin = 4.1 g/dL",
    "somatostatin_analogue = none", 'premedication = { amino_acids = "yes", antiemetic = "yes" }',
)  # fmt: skip


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["trial", *map(str, words)])


def said(*words: str | Path) -> str:
    """What a command says that goes well."""
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: str | Path) -> str:
    """The one sentence of a command that is refused."""
    result = run(*words)
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.strip().splitlines()
    assert not result.stdout
    return line


def shown(*words: str | Path) -> str:
    """What a command shows, its lines joined."""
    return " ".join(said(*words).split())


def keys(folder: Path) -> tuple[str, ...]:
    return ("--randomiser", str(folder / "t.rand"), "--key", str(folder / "t.key"))


def make_randomiser(folder: Path) -> None:
    """A store whose first allocation, of the eligible person, is to the treatment."""
    stratum = {"grade": "G2", "margin": "R0"}
    seeds = (bytes([number]) * 32 for number in range(256))
    seed = next(s for s in seeds if Randomiser.in_memory(nelmas().allocation, s).allocate("P", stratum).arm == "Arm 2")
    Randomiser.create(folder / "t.rand", KEY, nelmas().allocation, seed)
    (folder / "t.key").write_text(KEY.hex())
    (folder / "t.key").chmod(0o600)


def eligible_facts(folder: Path) -> Path:
    """A worked case as a file of facts; its consent names the form that is in force."""
    file = folder / "person.toml"
    case = trial_cases("nelmas")["person-10.toml"].decode()
    assert "consent = {}" in case
    file.write_text(case.replace("consent = {}", 'consent = { version = "1.0" }'), encoding="utf-8")
    return file


def open_trial(folder: Path) -> Path:
    """A rehearsal with its users, a site and a consent form; on 18 May 2026 somebody is found."""
    make_randomiser(folder)
    ledger = folder / "t.ledger"
    said("open", ledger, "nelmas", "--site", "S1", "--as", "spo", *keys(folder), "--rehearsal",
         "--now", "2026-05-18T08:00Z")  # fmt: skip
    for user, role in (("inv", "investigator"), ("co", "coordinator")):
        said("grant", ledger, user, role, "--site", "S1", "--as", "spo")
    for user, role in (("dm", "data_manager"), ("mon", "monitor")):
        said("grant", ledger, user, role, "--as", "spo")
    said("consent-version", ledger, "1.0", "--on", "2026-03-01", "--as", "spo")
    said("identify", ledger, "P-001", "--on", "2026-05-12", "--as", "co")
    return ledger


@pytest.fixture(scope="module")
def eligible(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a trial in which P-001 is signed as eligible."""
    folder = tmp_path_factory.mktemp("eligible")
    ledger = open_trial(folder)
    said("record", ledger, "P-001", "--facts", eligible_facts(folder), "--as", "co")
    said("visit", ledger, "P-001", "screening", "--on", "2026-05-12", "--as", "co")
    said("screen", ledger, "P-001", "--as", "co")
    said("sign-eligible", ledger, "P-001", "--as", "inv")
    return folder


@pytest.fixture
def folder(eligible: Path, tmp_path: Path) -> Path:
    """A copy of that folder, for one test."""
    return Path(shutil.copytree(eligible, tmp_path / "trial"))


@pytest.fixture
def ledger(folder: Path) -> Path:
    return folder / "t.ledger"


def entries(ledger: Path) -> int:
    with SqliteStore.reading(ledger) as store:
        return store.head().seq


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


# ---------------------------------------------------------------- the whole of it
def test_a_whole_small_trial(folder: Path, ledger: Path) -> None:
    told = said("randomise", ledger, "P-001", "--as", "co", *keys(folder))
    first = next(line for line in told.splitlines() if "is randomised to Arm 2 (Treatment), number 1" in line)
    again = said("randomise", ledger, "P-001", "--as", "co")
    assert "was randomised before" in again
    assert first in again.splitlines()

    day = ("--now", "2026-05-27T09:00Z")
    said("record", ledger, "P-001", *READY, "--on", "2026-05-27", "--visit", "dose_1", "--as", "co", *day)
    said("record", ledger, "P-001", "bilirubin = 0.7 mg/dL", "--high", "1.2 mg/dL", "--on", "2026-05-27", "--as", "co")
    assert "the investigator decides first" in refused("give-dose", ledger, "P-001", "full", "--as", "co")
    decided = said("decide-dose", ledger, "P-001", "--as", "inv")
    assert "inv signs: P-001 on 27 May 2026, dose 1: give 7.4 GBq" in decided
    given = said("give-dose", ledger, "P-001", "full", "--activity", "7.3 GBq", "--as", "co")
    assert "full dose on 27 May 2026 (activity 7.3 GBq; cycle 1)" in given

    lock = refused("lock", ledger, "--as", "dm")
    assert "The casebook of P-001 is not signed." in lock
    said("withdraw", ledger, "P-001", "visits", "--reason", "too far away", "--as", "co",
         "--now", "2026-06-10T09:00Z")  # fmt: skip
    assert "withdrew on 10 June 2026" in refused(
        "visit", ledger, "P-001", "follow_up.1", "--on", "2026-06-11", "--as", "co", "--now", "2026-06-12T09:00Z"
    )
    asked = said("ask", ledger, "P-001", "12", "Really?", "--as", "mon")
    question = asked.split(",")[0].removeprefix("Entry ")
    said("sign", ledger, "P-001", "--as", "inv")
    assert f"Question {question} about P-001 is open." in refused("lock", ledger, "--as", "dm")
    said("lock", ledger, "--waive", f"Question {question}", "the monitor has left", "--as", "dm")
    assert "The data are locked" in refused("identify", ledger, "P-002", "--as", "co")
    assert "the seed of the random list is revealed: " in said("reveal", ledger, "--as", "spo", *keys(folder))

    verified = CliRunner().invoke(cli.main, ["ledger", "verify", str(ledger)])
    assert verified.exit_code == 0, verified.output


def test_a_serious_event_from_the_site_to_the_authority(folder: Path, ledger: Path) -> None:
    said("randomise", ledger, "P-001", "--as", "co", *keys(folder))
    event = "adverse_event = { term = 'nausea', grade = 3, serious = 'yes', related = 'yes' }"
    number = said("record", ledger, "P-001", event, "--from", "2026-05-20", "--as", "co",
                  "--now", "2026-05-22T09:00Z").split(",")[0].removeprefix("Entry ")  # fmt: skip
    aware = ("--aware", "2026-05-22T10:30+02:00")
    report = said("report-serious", ledger, "P-001", number, *aware, "--life-threatening", "no", "--as", "co")
    serious = report.split(",")[0].removeprefix("Entry ")
    assert "is no report of a serious event" in refused("receive-serious", ledger, number, "--as", "spo")
    later = ("--now", "2026-05-24T09:00Z")
    said("ask", ledger, "P-001", number, "How long?", "--as", "mon", *later)
    overdue = shown("status", ledger)
    assert "nausea" in overdue and "overdue by" in overdue
    assert "How long?" in overdue
    said("receive-serious", ledger, serious, "--as", "spo")
    said("opine", ledger, serious, "--related", "yes", "--unexpected", "yes", "--as", "spo")
    page = shown("status", ledger, "P-001")
    assert "Serious events" in page and "met on 24 May 2026" in page


# ---------------------------------------------------------------- opening
def test_a_trial_is_opened_in_a_new_file_only(tmp_path: Path) -> None:
    ledger = tmp_path / "t.ledger"
    ledger.write_text("precious")
    assert "is there already" in refused("open", ledger, "nelmas", "--as", "spo")
    assert ledger.read_text() == "precious"
    ledger.unlink()
    assert "no folder" in refused("open", tmp_path / "no" / "t.ledger", "nelmas", "--as", "spo")
    assert 'There is no trial "nelma"' in refused("open", ledger, "nelma", "--as", "spo")
    make_randomiser(tmp_path)
    assert "needs both" in refused("open", ledger, "nelmas", "--as", "spo", *keys(tmp_path)[:2])
    assert "no identifier of a user" in refused("open", ledger, "nelmas", "--as", "A Name")
    assert "--rehearsal" in refused("open", ledger, "nelmas", "--as", "spo", "--now", "2026-05-18T08:00Z")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.key", "t.rand"]
    said("open", ledger, "nelmas", "--as", "spo")
    assert ledger.stat().st_mode & 0o077 == 0
    assert "is there already" in refused("open", ledger, "nelmas", "--as", "spo")


def test_the_clock_is_moved_in_rehearsals_only_and_forward_only(tmp_path: Path, ledger: Path) -> None:
    real = tmp_path / "real.ledger"
    said("open", real, "nelmas", "--as", "spo")
    assert "--now is for rehearsals" in refused("open-site", real, "S1", "--as", "spo", "--now", "2026-05-18T08:00Z")
    assert "only goes forward" in refused("identify", ledger, "P-2", "--as", "co", "--now", "2026-05-18T07:59Z")
    assert "offset from UTC" in refused("identify", ledger, "P-2", "--as", "co", "--now", "2026-05-19T08:00")
    said("identify", ledger, "P-2", "--as", "co", "--now", "2026-05-20T09:00+02:00")
    with SqliteStore.reading(ledger) as store:
        assert store.head().at == "2026-05-20T07:00:00.000000Z"


def test_another_version_of_the_protocol_is_adopted_not_slipped_in(tmp_path: Path) -> None:
    mine, ledger = tmp_path / "mine", tmp_path / "t.ledger"
    shutil.copytree(str(trial_folder("nelmas")), mine)
    said("open", ledger, mine, "--as", "spo")
    assert "name its folder with --trial" in refused("open-site", ledger, "S1", "--as", "spo")
    said("open-site", ledger, "S1", "--as", "spo", "--trial", mine)
    text = (mine / "protocol.toml").read_text(encoding="utf-8")
    (mine / "protocol.toml").write_text(text.replace("Neuroendocrine Tumors", "Other Tumors"), encoding="utf-8")
    assert "equipoise trial adopt" in refused("open-site", ledger, "S2", "--as", "spo", "--trial", mine)
    assert "equipoise trial adopt" in refused("status", ledger, "--trial", mine)
    said("adopt", ledger, "--reason", "amendment 1", "--as", "spo", "--trial", mine)
    said("open-site", ledger, "S2", "--as", "spo", "--trial", mine)


# ---------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("identify", "P-2", "--as", "nobody"), "has no access"),
        (("identify", "P-001", "--as", "co"), "in this trial already"),
        (("identify", "P-2", "--on", "2026-05-20", "--as", "co"), "lies ahead"),
        (("identify", "P-2", "--on", "1/2/2026", "--as", "co"), "not one certain day"),
        (("grant", "co", "monitor", "--as", "spo"), "never given again"),
        (("grant", "new", "montor", "--as", "spo"), "did you mean monitor?"),
        (("grant", "new", "monitor", "--as", "co"), "co is a coordinator"),
        (("record", "P-001", "--as", "co"), "Name at least one fact"),
        (("record", "P-001", "haemoglobn = 9 g/dL", "--on", "2026-05-12", "--as", "co"), "did you mean haemoglobin"),
        (("record", "P-001", "haemoglobin = 9 g/dL", "--as", "co"), "say when"),
        (("record", "P-001", "haemoglobin = 9 g/dL", "--on", "2026-05-12", "--as", "co"), "Already recorded:"),
        (("correct", "P-001", "11", "haemoglobin = 9 g/dL", "--reason", "x", "--as", "co"), "void it"),
        (("correct", "P-001", "999", "haemoglobin = 9 g/dL", "--reason", "x", "--as", "co"), "holds no fact"),
        (("void", "P-001", "0", "--reason", "x", "--as", "co"), "not the number of an entry"),
        (("void", "P-001", "13", "--as", "co"), "Missing option '--reason'"),
        (("void", "P-001", "13", "--reason", " ", "--as", "co"), "needs a reason"),
        (("redact", "999", "--reason", "x", "--as", "dm"), "no entry 999"),
        (("visit", "P-001", "--on", "2026-05-13", "--done", "maybe", "--as", "co"), "neither yes nor no"),
        (("withdraw", "P-001", "visit", "--reason", "x", "--as", "co"), "did you mean visits?"),
        (("randomise", "P-001", "--as", "co"), "no randomiser here"),
        (("randomise", "P-001", "--as", "co", "--key", "k"), "needs both"),
        (("reveal", "--as", "spo"), "lock the data first"),
        (("lock", "--waive", "Nothing", "x", "--as", "dm"), "no open point begins"),
        (("lock", "--waive", "", "x", "--as", "dm"), "named by its sentence"),
        (("decide-dose", "P-001", "--as", "inv"), "is not randomised"),
        (("sign", "P-002", "--as", "inv"), "Nobody in this trial"),
        (("status", "P-002"), "Nobody in this trial"),
        (("status", "--position", "999"), "the ledger has"),
        (("status", "--position", "3", "--at", "2026-05-18T08:00Z"), "--position or --at"),
        (("status", "--at", "2020-01-01T00:00Z"), "opened later"),
        (("visits", "--site", "S9"), 'no site "S9"'),
        (("recompute", "P-002"), "Nobody in this trial"),
    ],
)
def test_a_refusal_is_one_sentence_and_writes_nothing(ledger: Path, words: tuple[str, ...], sentence: str) -> None:
    before = entries(ledger)
    assert sentence in refused(words[0], ledger, *words[1:])
    assert entries(ledger) == before


def test_what_is_no_ledger_is_refused(tmp_path: Path) -> None:
    assert "there is no such file" in refused("status", tmp_path / "no.ledger")
    SqliteStore(tmp_path / "empty.ledger", lambda: bytes(32)).close()
    assert "No trial is opened in" in refused("status", tmp_path / "empty.ledger")
    assert not (tmp_path / "no.ledger").exists()


# ---------------------------------------------------------------- facts
def test_what_is_recorded_is_not_written_again_and_a_correction_keeps_its_day(folder: Path, ledger: Path) -> None:
    again = said("record", ledger, "P-001", "--facts", folder / "person.toml", "--as", "co")
    assert again == "Nothing was written: it is recorded already.\n"
    words = ("haemoglobin = 9.8 g/dL", "--reason", "digits swapped", "--as", "co")
    number = _entry_of(ledger, "haemoglobin")
    told = said("correct", ledger, "P-001", number, *words)
    assert f"P-001: haemoglobin 9.8 g/dL on 12 May 2026, in the place of entry {number}." in told
    page = shown("status", ledger, "P-001")
    assert "✗ eligibility, signed by inv" in page and "fell with entry" in page


def _entry_of(ledger: Path, concept: str) -> str:
    with SqliteStore.reading(ledger) as store:
        return str(next(iter(store.of(concept=concept))).seq)


def test_a_doubtful_value_opens_a_question_that_is_told(ledger: Path) -> None:
    told = said("record", ledger, "P-001", "haemoglobin = 123 g/dL", "--on", "2026-05-17", "--as", "co")
    value, question = told.splitlines()
    assert "haemoglobin 123 g/dL" in value
    assert "a question about entry" in question and "Please check" in question


# ---------------------------------------------------------------- files of acts
ACTS = """
[[act]]
do = "identify"
person = "P-2"
on = 2026-05-18

[[act]]
do = "record"
person = "P-2"
on = 2026-05-18
facts = [
  "consent = { version = 1.0 }",
  { haemoglobin = "12.3 g/dL" },
]

[[act]]
do = "screen"
person = "P-2"
now = 2026-05-19T08:00:00Z

[[act]]
do = "randomise"
person = "P-2"
"""


def test_acts_are_done_in_order_until_one_is_refused(tmp_path: Path, ledger: Path) -> None:
    file, before = tmp_path / "acts.toml", entries(ledger)
    file.write_text(ACTS)
    result = run("acts", ledger, file, "--as", "co")
    assert result.exit_code == 2
    assert [line.split(": ", 1)[1] for line in result.stdout.splitlines()] == [
        "P-2 is identified at S1.",
        "P-2: written informed consent on 18 May 2026 (version of the consent form: 1.0).",
        "P-2: haemoglobin 12.3 g/dL on 18 May 2026.",
        "P-2 is screened on 19 May 2026: undetermined.",
    ]
    refusal, rest = result.stderr.splitlines()
    assert refusal.startswith(f"{file}:21: act 4 (randomise) is refused: P-2 cannot be recorded as somebody who is ")
    assert rest == "3 acts before it were done and stay. Go on from there with --from 4."
    assert entries(ledger) == before + 4
    again = run("acts", ledger, file, "--from", "4", "--as", "co")
    assert again.stderr.endswith("Nothing was done before it. Go on from there with --from 4.\n")
    assert "has 4 acts only" in refused("acts", ledger, file, "--from", "5", "--as", "co")


def test_a_try_says_the_same_and_writes_nothing(tmp_path: Path, ledger: Path) -> None:
    file, before = tmp_path / "acts.toml", entries(ledger)
    file.write_text(ACTS)
    tried = run("acts", ledger, file, "--as", "co", "--try")
    assert entries(ledger) == before
    assert "this was a try, in which 3 acts before it went well" in tried.stderr
    done = run("acts", ledger, file, "--as", "co")
    assert [line.split(": ", 1)[1] for line in tried.stdout.splitlines()] == [
        line.split(": ", 1)[1] for line in done.stdout.splitlines()
    ]
    file.write_text('[[act]]\ndo = "identify"\nperson = "P-3"\n')
    assert said("acts", ledger, file, "--as", "co", "--try").endswith("1 act, 1 entry would be written; nothing was.\n")


def test_a_try_tells_no_allocation_and_no_seed(tmp_path: Path, folder: Path, ledger: Path) -> None:
    file = tmp_path / "acts.toml"
    file.write_text('[[act]]\ndo = "randomise"\nperson = "P-001"\n')
    tried = run("acts", ledger, file, "--as", "co", "--try", *keys(folder))
    assert tried.exit_code == 2
    assert "P-001 can be randomised; the arm is not told before it is done" in tried.stderr
    assert "Arm" not in tried.output.replace("the arm", "")
    assert Randomiser.open(folder / "t.rand", KEY).used() == ()
    said("acts", ledger, file, "--as", "co", *keys(folder))
    assert len(Randomiser.open(folder / "t.rand", KEY).used()) == 1


BROKEN = """title = "Monday"

[[act]]
do = "identfy"
person = "P-2"

[[act]]
person = "P-2"

[[act]]
do = "void"
person = "P-2"
entry = "first"
because = "x"

[[act]]
do = "record"
person = "P-2"
facts = [
  { haemoglobin = "12.3 g/dL" },
  "haemoglobn = 12.3 g/dL",
]

[[act]]
do = "record"
person = "P-2"

[[act]]
do = "record"
person = "P-2"
file = "missing.toml"

[[act]]
do = "screen"
person = "P-2"
now = "noon"
"""


def test_every_mistake_of_form_is_told_at_once_with_its_line(tmp_path: Path, ledger: Path) -> None:
    file, before = tmp_path / "acts.toml", entries(ledger)
    file.write_text(BROKEN)
    result = run("acts", ledger, file, "--as", "co")
    assert result.exit_code == 2 and not result.stdout
    told = [line.removeprefix(f"{file}:") for line in result.stderr.splitlines() if line.startswith(str(file))]
    for line, words in (
        (1, '"title" means nothing here'), (4, 'did you mean identify?'), (7, "say what is done"),
        (10, '"void" needs reason'), (13, '"first" is not the number of an entry'), (14, 'is not told "because"'),
        (20, "say when"), (21, "did you mean haemoglobin"), (24, "needs facts, or a file of them"),
        (31, "missing.toml: there is no such file"), (36, '"noon" is no time'),
    ):  # fmt: skip
        assert any(each.startswith(f"{line}:") and words in each for each in told), (line, words)
    assert len(told) == 11
    assert entries(ledger) == before
    for content, words in (("", "there is no act"), ("[act]\n", "a table of its own"), ("do =", "is not TOML")):
        file.write_text(content)
        assert words in run("acts", ledger, file, "--as", "co").stderr


def test_acts_may_name_a_file_of_facts_beside_theirs(tmp_path: Path) -> None:
    ledger = open_trial(tmp_path)
    eligible_facts(tmp_path)
    acts = tmp_path / "acts.toml"
    acts.write_text('[[act]]\ndo = "record"\nperson = "P-001"\nfile = "person.toml"\n')
    assert said("acts", ledger, acts, "--as", "co").endswith("1 act, 26 entries written.\n")


# ---------------------------------------------------------------- imports
def test_records_are_imported_fact_by_fact(tmp_path: Path) -> None:
    ledger, sheet = open_trial(tmp_path), write_sheet(tmp_path)
    result = run("import", ledger, sheet, "--as", "co", "--now", "2026-06-01T09:00Z")
    assert result.exit_code == 1
    first, why = result.stdout.splitlines()
    assert first == "P-001: 24 facts recorded, 1 refused."
    assert why.startswith('  written informed consent on 20 May 2026: On 20 May 2026 version "1.0" of the consent form')
    assert result.stderr == "5 people of these records are not identified in this trial and were left out.\n"
    again = run("import", ledger, sheet, "--person", "P-001", "--as", "co")
    assert again.stdout.startswith("P-001: 0 facts recorded, 24 recorded already, 1 refused.\n")
    assert again.stderr == ""


def test_a_change_by_an_import_needs_a_reason_and_is_a_correction(tmp_path: Path) -> None:
    ledger, sheet = open_trial(tmp_path), tmp_path / "p.csv"
    late = ("--now", "2026-06-01T09:00Z")
    sheet.write_text("person,haemoglobin [g/dL],haemoglobin.date,ecog,ecog.date\nX,9.1,2026-05-20,1,2026-05-20\n")
    who = ("--person", "P-001=X", "--as", "co")
    assert said("import", ledger, sheet, *who, *late) == "P-001: 2 facts recorded.\n"
    sheet.write_text("person,haemoglobin [g/dL],haemoglobin.date,ecog,ecog.date\nX,9.9,2026-05-20,1,2026-05-20\n")
    before = entries(ledger)
    result = run("import", ledger, sheet, *who)
    assert result.exit_code == 1
    assert "Already recorded: haemoglobin 9.1 g/dL on 20 May 2026" in result.stdout
    assert entries(ledger) == before
    told = said("import", ledger, sheet, *who, "--reason", "the laboratory corrected it")
    assert told == "P-001: 0 facts recorded, 1 corrected, 1 recorded already.\n"
    with SqliteStore.reading(ledger) as store:
        last = store.entry(store.head().seq)
        assert (last.reason, last.target) == ("the laboratory corrected it", before - 1)


def test_two_samples_of_one_day_are_two_facts_and_do_not_correct_each_other(tmp_path: Path) -> None:
    ledger, sheet = open_trial(tmp_path), tmp_path / "p.csv"
    sheet.write_text("person,concept,value,unit,date\nP-001,haemoglobin,9.1,g/dL,2026-05-16\n"
                     "P-001,haemoglobin,9.9,g/dL,2026-05-16\n")  # fmt: skip
    for told in ("2 facts recorded", "0 facts recorded, 2 recorded already"):
        result = run("import", ledger, sheet, "--as", "co", "--reason", "as they say")
        assert result.exit_code == 0
        assert f"P-001: {told}." in result.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--person", "P-9"), "Nobody in this trial"),
        (("--person", "P-001=X"), "Nobody in these records"),
        (("--person", "P-001=P-002", "--person", "P-001"), "once"),
        (("--as", "nobody"), "has no access"),
    ],
)
def test_an_import_names_whom_it_cannot_find(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    ledger, sheet = open_trial(tmp_path), write_sheet(tmp_path)
    assert sentence in refused("import", ledger, sheet, *(() if "--as" in words else ("--as", "co")), *words)


def test_an_import_by_whom_may_not_is_refused_person_by_person(tmp_path: Path) -> None:
    ledger, sheet = open_trial(tmp_path), write_sheet(tmp_path)
    result = run("import", ledger, sheet, "--as", "mon")
    assert result.exit_code == 1
    assert result.stdout.count("mon is a monitor") == 1


# ---------------------------------------------------------------- what is shown
def test_everybody_as_a_table_and_as_data(folder: Path, ledger: Path) -> None:
    said("randomise", ledger, "P-001", "--as", "co", *keys(folder))
    said("identify", ledger, "P-002", "--as", "co")
    table = shown("status", ledger)
    assert "1 identified, 1 randomised" in table and "Arm 2" in table and "Synthetic data" in table
    first, second = csv.DictReader(io.StringIO(said("status", ledger, "--format", "csv")))
    assert (first["person"], first["standing"], first["since"], first["arm"]) == (
        "P-001", "randomised", "2026-05-18", "Arm 2"
    )  # fmt: skip
    assert (first["next_visit"], first["status"]) == ("baseline_imaging", "in window")
    assert (second["standing"], second["since"], second["arm"]) == ("identified", "2026-05-18", "")


def test_the_past_is_as_it_was(folder: Path, ledger: Path) -> None:
    before = entries(ledger)
    said("randomise", ledger, "P-001", "--as", "co", *keys(folder), "--now", "2026-05-19T08:00Z")
    for moment in (("--position", str(before)), ("--at", "2026-05-18T12:00Z")):
        data = json.loads(said("status", ledger, "--format", "json", *moment))
        (person,) = data["people"]
        assert (data["position"], person["standing"], person["arm"]) == (before, "eligible", "")
    assert json.loads(said("status", ledger, "--on", "2026-05-11", "--format", "json"))["people"] == []


def test_blind_nothing_tells_the_arm(folder: Path, ledger: Path) -> None:
    said("randomise", ledger, "P-001", "--as", "co", *keys(folder))
    now = ("--now", "2026-05-27T09:00Z")
    said("record", ledger, "P-001", *READY, "--on", "2026-05-27", "--as", "co", *now)
    said("record", ledger, "P-001", "bilirubin = 0.7 mg/dL", "--high", "1.2 mg/dL", "--on", "2026-05-27", "--as", "co")
    said("decide-dose", ledger, "P-001", "--as", "inv")
    said("give-dose", ledger, "P-001", "full", "--as", "co")
    for words in (("status",), ("status", "P-001"), ("visits",)):
        open_, blind = (shown(words[0], ledger, *words[1:], *more) for more in ((), ("--blind",)))
        told = [word for word in ("Arm 2", "Treatment", "dose 2", "dose 1", "on treatment", "GBq") if word in open_]
        assert told, words
        assert not [word for word in told if word in blind], words


def test_a_person_with_strata_that_are_known_otherwise_by_now(folder: Path, ledger: Path) -> None:
    said("randomise", ledger, "P-001", "--as", "co", *keys(folder))
    pathology = _entry_of(ledger, "pathology")
    value = "pathology = { histology = 'NET', differentiation = 'well', grade = 'G1', ki67 = '2 %' }"
    said("correct", ledger, "P-001", pathology, value, "--reason", "misread", "--as", "co")
    page = shown("status", ledger, "P-001")
    assert "strata as entered: grade 2, R0 (no residual tumour)" in page
    assert "as known now otherwise, and the allocation stands. Grade is grade 1" in page


def test_visits_as_table_sheet_data_and_calendar(tmp_path: Path, folder: Path, ledger: Path) -> None:
    said("randomise", ledger, "P-001", "--as", "co", *keys(folder))
    assert "imaging after surgery" in shown("visits", ledger, "--site", "S1", "--person", "P-001")
    rows = list(csv.DictReader(io.StringIO(said("visits", ledger, "--format", "csv"))))
    assert rows[0]["visit"] == "screening" and rows[0]["status"] == "done" and rows[0]["days_left"] == ""
    data = json.loads(said("visits", ledger, "--format", "json"))
    assert [visit["visit"] for visit in data["visits"]] == [row["visit"] for row in rows]
    calendar = tmp_path / "visits.ics"
    before = entries(ledger)
    told = said("visits", ledger, "--output", calendar, "--as", "co")
    assert "co takes out: visits as ics" in told
    assert calendar.read_bytes().startswith(b"BEGIN:VCALENDAR")
    assert entries(ledger) == before + 1


def test_data_are_not_written_for_whom_has_no_access(tmp_path: Path, ledger: Path) -> None:
    sheet = tmp_path / "people.csv"
    assert "has no access" in refused("status", ledger, "--output", sheet, "--as", "nobody")
    trail = CliRunner().invoke(cli.main, ["ledger", "export", str(ledger), "--output", str(sheet), "--as", "nobody"])
    assert trail.exit_code == 2 and not sheet.exists()
    trail = CliRunner().invoke(cli.main, ["ledger", "export", str(ledger), "--output", str(sheet), "--as", "mon"])
    assert trail.exit_code == 0 and "mon takes out: audit trail as csv" in trail.stderr
    assert "audit trail as csv" in sheet.read_text()


# ---------------------------------------------------------------- proof
def test_a_signed_sheet_is_made_again_to_the_letter(ledger: Path) -> None:
    said("record", ledger, "P-001", "ecog = 2", "--on", "2026-05-17", "--as", "co")
    told = said("recompute", ledger, "P-001")
    assert "is equal to the letter" in told
    assert nelmas().digest in told


def test_a_sheet_whose_ground_is_gone_differs_in_a_named_place(ledger: Path) -> None:
    said("redact", ledger, _entry_of(ledger, "haemoglobin"), "--reason", "a name was typed", "--as", "dm")
    result = run("recompute", ledger, "P-001")
    assert result.exit_code == 1
    assert 'differs: criteria.E8.because was "haemoglobin 8.9 g/dL' in result.stdout


def test_a_sheet_is_made_again_under_its_own_protocol_only(tmp_path: Path, ledger: Path) -> None:
    mine = tmp_path / "amended" / "nelmas"
    shutil.copytree(str(trial_folder("nelmas")), mine)
    text = (mine / "protocol.toml").read_text(encoding="utf-8")
    (mine / "protocol.toml").write_text(text.replace("Neuroendocrine Tumors", "Other Tumors"), encoding="utf-8")
    assert "name the folder of that version with --trial" in refused("recompute", ledger, "P-001", "--trial", mine)
    said("adopt", ledger, "--reason", "amendment 1", "--as", "spo", "--trial", mine)
    assert "is equal to the letter" in said("recompute", ledger, "P-001", "--trial", trial_folder("nelmas").name)
