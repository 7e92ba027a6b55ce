"""equipoise monitor: the outlook of a running trial, its simulation, and who may see what compares the arms."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.locked import play_open
from tests.running import salts

from equipoise import cli
from equipoise.ledger.sqlite import SqliteStore

ASKED = ("--on", "2027-03-01", "--people", "30")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "trial.ledger"
    with SqliteStore(path, salts(), durability="off") as store:
        play_open(store)
    return path


def test_the_outlook_is_told_and_is_the_same_again(ledger: Path) -> None:
    told = run("monitor", ledger, *ASKED, "--events", "4")
    assert told.exit_code == 0, told.output
    assert told.stdout == run("monitor", ledger, *ASKED, "--events", "4").stdout
    for words in ("6 of 30 people randomised", "Simulation: these people do not exist", "event 4", "arms are hidden"):
        assert words in told.stdout, words


def test_as_json_with_the_simulated_trials(ledger: Path) -> None:
    words = (*ASKED, "--simulate", "--trials", "100", "--format", "json")
    data = json.loads(run("monitor", ledger, *words).stdout)
    assert (data["blind"], data["power"], data["on"]) == (True, None, "2027-03-01")
    assert {(each["rate"], round(each["ratio"], 3)) for each in data["simulated"]} == {
        (rate, ratio) for rate in (0.1, 0.2, 0.1 * 3) for ratio in (0.592, 1.0)
    }
    assert data["toxicity"][0]["rule"] == "toxicity"


def test_power_before_the_lock_needs_a_reason_and_somebody_who_may(ledger: Path) -> None:
    why = ("--unblind", "the safety board asks")
    refused = run("monitor", ledger, *ASKED, *why, "--as", "monitor")
    assert refused.exit_code == 2 and "ask the statistician or sponsor" in refused.stderr
    told = run("monitor", ledger, *ASKED, *why, "--as", "statistician", "--format", "json")
    assert told.exit_code == 0 and "statistician sees the arms before the lock" in told.stderr
    assert json.loads(told.stdout)["blind"] is False
    with SqliteStore.reading(ledger) as store:
        entry = store.entry(store.head().seq)
    assert (entry.kind, entry.actor, entry.reason) == ("unblinded", "statistician", "the safety board asks")
    assert entry.body == {"what": "the monitoring on 1 March 2027"}


def test_what_cannot_be_told_is_refused_in_a_sentence(ledger: Path, tmp_path: Path) -> None:
    for words, sentence in (
        (("--on", "2026-01-01"), "No site was open by 1 January 2026"),
        (("--unblind", "why"), "Say who unblinds: --as USER"),
        (("--output", tmp_path / "x.csv"), "table"),
    ):
        told = run("monitor", ledger, *words)
        assert told.exit_code == 2 and sentence in told.stderr, told.output
        assert "Traceback" not in told.output
