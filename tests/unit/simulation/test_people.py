"""Virtual people: the same from the same seed, of every kind that the criteria know, and never taken for real ones."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import getcontext, localcontext
from pathlib import Path

import pytest

from equipoise.dates import ANY_DAY, Span, birthday
from equipoise.eligibility.person import screen_person
from equipoise.eligibility.verdict import Outcome, Verdict
from equipoise.facts import Fact, Nothing, is_record
from equipoise.faults import Fault
from equipoise.protocol.load import load_trial
from equipoise.protocol.model import Protocol
from equipoise.quantities import Quantity, exactly
from equipoise.simulation.assumptions import load_assumptions
from equipoise.simulation.people import VirtualPerson, draw_people
from equipoise.simulation.people_files import write_people
from equipoise.simulation.plans import PeopleAssumptions
from equipoise.truth import Truth

ON = date(2026, 6, 1)
REASONS = {"missing", "stale", "imprecise", "uncheckable", "conflicting", "judgement"}


@pytest.fixture(scope="module")
def trial() -> Protocol:
    return load_trial("nelmas")


@pytest.fixture(scope="module")
def assumptions(trial: Protocol) -> PeopleAssumptions:
    return load_assumptions("nelmas", trial.vocabulary)


@pytest.fixture(scope="module")
def cohort(trial: Protocol, assumptions: PeopleAssumptions) -> list[VirtualPerson]:
    return draw_people(assumptions, trial.vocabulary, 300, 7, ON)


@pytest.fixture(scope="module")
def verdicts(trial: Protocol, cohort: list[VirtualPerson]) -> list[Verdict]:
    return [screen_person(trial, person.id, person.facts, ON) for person in cohort]


def guest(cohort: list[VirtualPerson], name: str) -> VirtualPerson:
    return next(person for person in cohort if person.scenario == name)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# ---------------------------------------------------------------- the same from the same
def test_the_same_seed_gives_the_same_bytes(trial: Protocol, assumptions: PeopleAssumptions, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_people(trial, assumptions, 60, 7, tmp_path / name, ON)
    write_people(trial, assumptions, 60, 8, tmp_path / "other", ON)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "one")["Observation.ndjson"] != contents(tmp_path / "other")["Observation.ndjson"]


def test_another_process_gives_the_same_bytes(trial: Protocol, assumptions: PeopleAssumptions, tmp_path: Path) -> None:
    """Nothing depends on the order of sets, which every process hashes anew."""
    write_people(trial, assumptions, 60, 7, tmp_path / "here", ON)
    script = (
        "import sys; from datetime import date; from pathlib import Path;"
        "from equipoise.protocol.load import load_trial;"
        "from equipoise.simulation.assumptions import load_assumptions;"
        "from equipoise.simulation.people_files import write_people;"
        "trial = load_trial('nelmas');"
        "write_people(trial, load_assumptions('nelmas', trial.vocabulary), 60, 7, Path(sys.argv[1]), date(2026, 6, 1))"
    )
    for seed in ("1", "2"):
        there = tmp_path / f"there-{seed}"
        subprocess.run([sys.executable, "-c", script, str(there)], check=True, env={"PYTHONHASHSEED": seed, "PATH": ""})
        assert contents(there) == contents(tmp_path / "here")


def test_the_callers_own_arithmetic_changes_nothing(
    trial: Protocol, assumptions: PeopleAssumptions, cohort: list[VirtualPerson]
) -> None:
    with localcontext() as context:
        context.prec = 5
        assert draw_people(assumptions, trial.vocabulary, 60, 7, ON) == cohort[:60]
    assert getcontext().prec != 5


def test_a_person_does_not_depend_on_how_many_are_drawn(
    trial: Protocol, assumptions: PeopleAssumptions, cohort: list[VirtualPerson]
) -> None:
    assert draw_people(assumptions, trial.vocabulary, 80, 7, ON) == cohort[:80]
    assert draw_people(assumptions, trial.vocabulary, 80, 7, ON, first=70) == cohort[69:80]


# ---------------------------------------------------------------- every path
def test_every_criterion_has_every_truth(trial: Protocol, verdicts: list[Verdict]) -> None:
    seen = {name: Counter(verdict[name].truth for verdict in verdicts) for name in trial.ids}
    lacking = {name: set(Truth) - found.keys() for name, found in seen.items() if len(found) < len(Truth)}
    assert lacking == {}


def test_every_reason_for_an_unknown_occurs(verdicts: list[Verdict]) -> None:
    assert {judgement.reason for verdict in verdicts for judgement in verdict.judgements} - {""} == REASONS


def test_every_warning_occurs(trial: Protocol, verdicts: list[Verdict]) -> None:
    seen = {notice.id for verdict in verdicts for notice in verdict.notices}
    assert {warning.id for warning in trial.warnings} - seen == set()


def test_every_verdict_occurs_also_without_the_guests(cohort: list[VirtualPerson], verdicts: list[Verdict]) -> None:
    drawn = [verdict for person, verdict in zip(cohort, verdicts, strict=True) if not person.scenario]
    outcomes = Counter(verdict.outcome for verdict in drawn)
    assert set(outcomes) == set(Outcome)
    assert min(outcomes.values()) >= 3
    assert any(verdict.candidate for verdict in drawn)
    assert any(verdict.changes for verdict in verdicts)


def test_the_model_is_eligible_with_any_seed(trial: Protocol, assumptions: PeopleAssumptions) -> None:
    for seed in range(25):
        for on in (ON, date(2024, 2, 29)):
            person = draw_people(assumptions, trial.vocabulary, 1, seed, on)[0]
            verdict = screen_person(trial, person.id, person.facts, on)
            assert verdict.outcome is Outcome.ELIGIBLE, str(verdict)


def test_the_one_to_be_asked_is_a_candidate(trial: Protocol, cohort: list[VirtualPerson]) -> None:
    person = guest(cohort, "to be asked")
    verdict = screen_person(trial, person.id, person.facts, ON)
    assert verdict.candidate
    assert verdict.to_ask


# ---------------------------------------------------------------- what records are like
def quantities(facts: list[Fact], concept: str) -> set[str]:
    return {fact.value.unit for fact in facts if fact.concept == concept and isinstance(fact.value, Quantity)}


def test_both_systems_of_units_and_german_spellings_occur(cohort: list[VirtualPerson]) -> None:
    facts = [fact for person in cohort for fact in person.facts]
    assert quantities(facts, "haemoglobin") >= {"g/dL", "mmol/L", "g/L"}
    assert quantities(facts, "creatinine") >= {"mg/dL", "umol/L"}
    assert quantities(facts, "fasting_glucose") >= {"mg/dL", "mmol/L"}
    written = {entry.unit for person in cohort for entry in person.entries}
    assert written >= {"g/dl", "µmol/l", "/nl", "Gpt/L", "Tsd/uL", "Sek."}


def test_partial_dates_comparators_and_intervals_occur(cohort: list[VirtualPerson]) -> None:
    facts = [fact for person in cohort for fact in person.facts]
    spans = {fact.when for fact in facts if fact.concept == "liver_resection"}
    assert any(not span.exact and span != ANY_DAY for span in spans)
    assert any(isinstance(fact.value, Quantity) and fact.value.lo is None for fact in facts)
    reports = [fact.value for fact in facts if fact.concept == "pathology" and is_record(fact.value)]
    ki67 = [report["ki67"] for report in reports if "ki67" in report]
    assert any(isinstance(value, Quantity) and not value.exact for value in ki67)
    assert any(isinstance(fact.value, Nothing) for fact in facts)


def test_every_status_occurs_and_what_was_taken_back_is_no_fact(cohort: list[VirtualPerson]) -> None:
    entries = [entry for person in cohort for entry in person.entries]
    statuses = {"final", "preliminary", "entered-in-error", "corrected", "superseded"}
    assert {entry.status for entry in entries} == statuses
    person = guest(cohort, "entered in error")
    withdrawn = [entry.fact for entry in person.entries if entry.status == "entered-in-error"]
    assert withdrawn and not set(map(id, withdrawn)) & set(map(id, person.facts))
    corrected = guest(cohort, "corrected creatinine")
    values = [fact.value for fact in corrected.facts if fact.concept == "creatinine"]
    assert values == [exactly("1.1", "mg/dL")]


def test_odd_people_are_there(cohort: list[VirtualPerson]) -> None:
    born = {person.scenario: fact for person in cohort for fact in person.facts if fact.concept == "birth_date"}
    child, leap = born["a child"].value, born["born on 29 February"].value
    assert isinstance(child, Span) and birthday(child.lo, 17) <= ON.toordinal() < birthday(child.lo, 18)
    assert isinstance(leap, Span) and (leap.first.month, leap.first.day) == (2, 29)
    assert any(fact.concept == "death" for fact in guest(cohort, "died").facts)
    assert len(guest(cohort, "two identifiers").identifiers) == 3
    doubts = {fact.concept for person in cohort for fact in person.facts if "plausible" in fact.doubt}
    assert doubts >= {"haemoglobin", "neutrophils"}


def test_the_dates_of_a_life_are_in_order(cohort: list[VirtualPerson]) -> None:
    for person in cohort:
        days: dict[str, Fact] = {fact.concept: fact for fact in person.facts if fact.when.exact}
        last = {fact.concept: fact for fact in person.facts}
        assert all(fact.when == ANY_DAY or fact.when.lo <= ON.toordinal() for fact in person.facts), person.id
        order = ["birth_date", "primary_site", "sstr_pet", "liver_resection"]
        known = [days[name].when.lo for name in order if name in days]
        assert known == sorted(known), (person.id, person.scenario)
        if "death" in last:
            others = [fact.when.lo for fact in person.facts if fact.concept != "death" and fact.when != ANY_DAY]
            assert max(others) <= last["death"].when.lo


# ---------------------------------------------------------------- labelled as synthetic, written all or nothing
def resources(folder: Path) -> Iterator[dict[str, object]]:
    for path in sorted(folder.glob("*.ndjson")):
        yield from (json.loads(line) for line in path.read_text("utf-8").splitlines())


def test_every_resource_says_that_nobody_is_meant(
    trial: Protocol, assumptions: PeopleAssumptions, tmp_path: Path
) -> None:
    folder = tmp_path / "people"
    write_people(trial, assumptions, 70, 7, folder, ON)
    for resource in resources(folder):
        meta = resource["meta"]
        assert isinstance(meta, dict)
        assert {"HTEST"} == {each["code"] for each in meta["security"]}, resource["id"]
        assert {"synthetic"} == {each["code"] for each in meta["tag"]}
        assert str(resource["id"]).startswith("SYN-")
        if resource["resourceType"] == "Patient":
            assert "name" not in resource and "address" not in resource and "telecom" not in resource
            assert isinstance(resource["identifier"], list)
            assert resource["identifier"][0] == {"system": "urn:equipoise:synthetic", "value": resource["id"]}
    readme = (folder / "README.txt").read_text("utf-8")
    assert "SYNTHETIC" in readme and trial.digest in readme and "seed 7" in readme


def test_written_ids_are_those_of_fhir_and_each_stands_once(
    trial: Protocol, assumptions: PeopleAssumptions, tmp_path: Path
) -> None:
    folder = tmp_path / "people"
    written = write_people(trial, assumptions, 100, 7, folder, ON)
    seen: Counter[tuple[object, object, object]] = Counter()
    for resource in resources(folder):
        identifier = str(resource["id"])
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", identifier)
        meta = resource["meta"]
        assert isinstance(meta, dict)
        seen[resource["resourceType"], identifier, meta.get("versionId")] += 1
    assert set(seen.values()) == {1}
    assert sum(written.files.values()) == sum(seen.values())
    assert set(written.files) >= {f"{name}.ndjson" for name in WRITTEN}


WRITTEN = (
    "Patient", "Observation", "Procedure", "Condition", "DiagnosticReport", "ImagingStudy", "MedicationStatement",
    "AllergyIntolerance", "Consent",
)  # fmt: skip


def test_only_a_folder_of_virtual_people_is_replaced(
    trial: Protocol, assumptions: PeopleAssumptions, tmp_path: Path
) -> None:
    ours, foreign, empty = tmp_path / "ours", tmp_path / "foreign", tmp_path / "empty"
    empty.mkdir()
    foreign.mkdir()
    (foreign / "Patient.ndjson").write_text("{}\n", "utf-8")
    write_people(trial, assumptions, 2, 1, empty, ON)
    write_people(trial, assumptions, 3, 1, ours, ON)
    write_people(trial, assumptions, 2, 1, ours, ON)
    assert contents(ours) == contents(empty)
    with pytest.raises(Fault, match="already holds other things"):
        write_people(trial, assumptions, 2, 1, foreign, ON)
    assert contents(foreign) == {"Patient.ndjson": b"{}\n"}
    (ours / "notes.docx").write_text("mine", "utf-8")
    with pytest.raises(Fault, match=r"notes\.docx"):
        write_people(trial, assumptions, 2, 1, ours, ON)
    with pytest.raises(Fault, match="is a file"):
        write_people(trial, assumptions, 2, 1, foreign / "Patient.ndjson", ON)


def test_a_stopped_writing_leaves_nothing_behind(
    trial: Protocol, assumptions: PeopleAssumptions, tmp_path: Path
) -> None:
    def stop(done: int, count: int) -> None:
        raise KeyboardInterrupt

    write_people(trial, assumptions, 2, 1, tmp_path / "people", ON)
    before = contents(tmp_path / "people")
    with pytest.raises(KeyboardInterrupt):
        write_people(trial, assumptions, 3, 1, tmp_path / "people", ON, stop)
    assert contents(tmp_path / "people") == before
    assert [path.name for path in tmp_path.iterdir()] == ["people"]


def test_progress_is_told(trial: Protocol, assumptions: PeopleAssumptions, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    write_people(trial, assumptions, 450, 1, tmp_path / "people", ON, lambda done, count: told.append((done, count)))
    assert told == [(200, 450), (400, 450), (450, 450)]
