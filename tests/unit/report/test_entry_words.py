"""What entries say: a clause for every kind, whole sentences of a running trial, and content that is gone."""

from dataclasses import replace
from datetime import date

from tests.running import opened

from equipoise.participant.acts import ACTS
from equipoise.participant.moves import Standing
from equipoise.report.entry_words import CLAUSES, entry_line, entry_words


def test_every_kind_has_its_clause() -> None:
    assert CLAUSES.keys() | {"fact"} == ACTS.keys() | {"fact"}


def test_a_trial_is_told_entry_by_entry() -> None:
    running = opened(first="Arm 2")
    running.bring("P1", Standing.RANDOMISED)
    running.treat("P1", date(2026, 6, 8))
    running.trial.withdraw("site", "P1", "visits", "too far away")
    trial = running.trial.protocol
    told = [entry_words(entry, trial) for entry in running.trial.store.entries()]
    for words in (
        "site S1 is open from 2 March 2026",
        "monitor is given access as monitor",
        "investigator is given access as investigator at S1",
        "version 2.0 of the consent form is in force from 2 March 2026",
        "P1 is identified at S1",
        "P1 is randomised to Arm 2 (Treatment), number 1, as grade 2, R0 (no residual tumour)",
        "P1: full dose on 8 June 2026 (activity 7.4 GBq; cycle 1)",
        "P1 withdraws on 8 June 2026 (visits)",
    ):
        assert words in told, words
    assert "for a rehearsal: all in it is made up" in told[0]
    assert any(words.startswith("P1: screening is done on ") for words in told)
    assert any(words.startswith("investigator signs: P1 on 8 June 2026, dose 1: give 7.4 GBq") for words in told)
    assert not any("{" in words for words in told)


def test_a_line_has_the_number_and_the_beginning_of_the_hash() -> None:
    running = opened()
    entry = running.trial.identify("site", "P1")
    assert entry_line(entry, running.trial.protocol) == f"Entry {entry.seq}, {entry.hash[:8]}: P1 is identified at S1."


def test_a_question_ends_with_its_own_mark() -> None:
    running = opened()
    running.trial.identify("site", "P1")
    fact_entry = running.trial.identify("site", "P2")
    entry = replace(fact_entry, kind="query_opened", body={"text": "Of the same day?"})
    assert entry_line(entry, running.trial.protocol).endswith("Of the same day?")


def test_removed_content_is_told_by_its_kind() -> None:
    running = opened()
    entry = replace(running.trial.identify("site", "P1"), body=None)
    assert entry_words(entry, running.trial.protocol) == "a person is identified (content removed)"
