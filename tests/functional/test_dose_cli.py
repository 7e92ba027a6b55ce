"""equipoise dose and activity: what a person types, and what comes back."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.unit.conduct.doses import FIRST, NELMAS, SECOND, fact, without

from equipoise import cli
from equipoise.exchange.long_form import write_long
from equipoise.facts import Fact

ON = ("--on", "2026-06-01")
TIMES = ("--calibrated", "2026-05-01T06:00Z", "--infusion", "2026-05-02T10:00Z")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


def refused(result: Result) -> str:
    """The sentence of a refusal; it is one, on the error stream, without a traceback."""
    assert result.exit_code == 2, result.output
    assert result.stdout == "" and "Traceback" not in result.stderr
    return result.stderr.strip()


def sheet(folder: Path, facts: Iterable[Fact]) -> Path:
    """The facts as a sheet in the long form."""
    path = folder / "people.csv"
    write_long(facts, NELMAS.vocabulary, path)
    return path


# ---------------------------------------------------------------- dose
def test_a_dose_is_decided_with_reasons(tmp_path: Path) -> None:
    low = fact("2026-05-28", platelets="74.9 10*9/L")
    result = run("dose", "nelmas", sheet(tmp_path, [*SECOND, low]), *ON)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "✗ HOLD Hold by hold-platelets (thrombocytopenia): platelets 74.9 × 10⁹/L on 28 May 2026" in text
    assert "(graded by CTCAE 5.0)" in text and "[ours, not from NELMAS]" in text
    assert "Dose 2 is in time: 56 days after the dose on 6 April 2026" in text
    assert "✗ Amino acid solution, not in order" in text
    assert f"Protocol NELMAS {NELMAS.digest[:12]}" in text


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    result = run("dose", "nelmas", sheet(tmp_path, without(SECOND, "haemoglobin")), *ON)
    text = " ".join(result.stdout.split())
    assert "? NOT DECIDED YET: DO NOT GIVE" in text and "What would settle it Haemoglobin." in text


def test_every_rule_can_be_shown(tmp_path: Path) -> None:
    people = sheet(tmp_path, SECOND)
    short, whole = (run("dose", "nelmas", people, *ON, *more).stdout for more in ((), ("--every-rule",)))
    assert "hold-renal" not in short
    assert all(rule.id in whole for rule in NELMAS.treatment.rules if 2 in rule.cycles)


def test_a_decision_as_json(tmp_path: Path) -> None:
    result = run("dose", "nelmas", sheet(tmp_path, FIRST), *ON, "--cycle", "1", "--format", "json")
    found = json.loads(result.stdout)
    assert (found["person"], found["cycle"], found["action"], found["activity"]) == ("P-1", 1, "give", "7.4 GBq")
    assert found["gradings"] == {"platelets": "CTCAE 5.0", "haemoglobin": "CTCAE 5.0", "neutrophils": "CTCAE 5.0"}


def test_a_decision_goes_into_a_file(tmp_path: Path) -> None:
    target = tmp_path / "decision.json"
    result = run("dose", "nelmas", sheet(tmp_path, FIRST), *ON, "--output", target)
    assert f"Written: {target}" in result.stderr
    assert json.loads(target.read_text())["level"] == "full"


def test_a_dose_that_is_on_record_is_refused(tmp_path: Path) -> None:
    told = refused(run("dose", "nelmas", sheet(tmp_path, SECOND), *ON, "--cycle", "1"))
    assert "Dose 1 of P-1 is on record, full dose on 6 April 2026" in told


def test_nobody_else_is_taken_for_the_person_asked_for(tmp_path: Path) -> None:
    assert 'Nobody in these records is identified by "P-2"' in refused(
        run("dose", "nelmas", sheet(tmp_path, SECOND), *ON, "--person", "P-2")
    )


# ---------------------------------------------------------------- activity
def test_a_volume_is_worked_out() -> None:
    result = run("activity", "nelmas", *TIMES)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "Draw 22.6 mL for 7.4 GBq: 28 h after calibration, at 2026-05-02T10:00Z" in text
    assert "this shelf life is unverified" in text and "half-life 6.647 days" in text


def test_a_half_dose_is_flagged() -> None:
    text = " ".join(run("activity", "nelmas", *TIMES, "--level", "reduced").stdout.split())
    assert "half dose, 3.7 GBq [ours, not from NELMAS]" in text and "Draw 11.3 mL" in text


def test_a_draw_as_json_holds_texts() -> None:
    found = json.loads(run("activity", "nelmas", *TIMES, "--format", "json").stdout)
    assert found["volume"].startswith("22.587393166") and found["infusion_at"] == "2026-05-02T10:00Z"
    assert not any(isinstance(value, float) for value in found.values())


def test_a_time_in_another_zone_is_the_same_time() -> None:
    local = ("--calibrated", "2026-05-01T08:00+02:00", "--infusion", "2026-05-02T11:00+01:00")
    assert run("activity", "nelmas", *local).stdout == run("activity", "nelmas", *TIMES).stdout


def test_outside_the_range_of_the_vial_is_refused() -> None:
    told = refused(run("activity", "nelmas", TIMES[0], TIMES[1], "--infusion", "2026-05-04T10:00Z"))
    assert "outside the 20.5 to 25 mL of a vial" in told and "2026-05-01T11:41Z to 2026-05-03T09:21Z" in told


@pytest.mark.parametrize("time", ["2026-05-02T10:00", "2026-05-02", "tomorrow"])
def test_a_time_without_a_zone_is_refused(time: str) -> None:
    told = refused(run("activity", "nelmas", TIMES[0], TIMES[1], "--infusion", time))
    assert "is not one certain time" in told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--level", "double"), "is not a level of NELMAS; there are: full, reduced"),
        (("--vial", "22.4"), "is no volume; write it with its unit"),
        (("--vial", "22.4 mL"), "would need 22.587 mL, but the vial holds 22.4 mL"),
    ],
)
def test_what_does_not_fit_is_refused(more: tuple[str, str], told: str) -> None:
    assert told in refused(run("activity", "nelmas", *TIMES, *more))


def test_a_trial_without_a_treatment_has_nothing_to_draw() -> None:
    sandbox = Path(__file__).parent.parent / "trials" / "sandbox"
    assert "BREATHE has no treatment.toml" in refused(run("activity", sandbox, *TIMES))
