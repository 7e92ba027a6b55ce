"""The whole ledger folded: access, consent, signatures, questions, the lock; at any position and time."""

from datetime import date
from typing import Any

import pytest
from tests.unit.participant.folds import DAY, WORDS, Ledger, entered

from equipoise.participant.state import CASEBOOK, Access, ConsentVersion, Signature, State, folded

NEXT = date(2026, 3, 3)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def granted(ledger: Ledger, user: str, role: str = "coordinator") -> str:
    """When it was granted."""
    return ledger.store.entry(ledger.add("access_granted", {"user": user, "role": role, "site": "S1"}, person="")).at


# ---------------------------------------------------------------- access
def test_who_had_which_access_on_any_past_date(ledger: Ledger) -> None:
    """R34: at each position, and at each time."""
    since = granted(ledger, "u-7")
    before = ledger.store.head().seq - 1
    until = ledger.store.entry(ledger.add("access_ended", {"user": "u-7"}, person="", reason="left")).at
    assert ledger.state(before).access == {}
    assert ledger.state(before + 1).access["u-7"] == Access("u-7", "coordinator", "S1", since)
    assert ledger.state().access["u-7"] == Access("u-7", "coordinator", "S1", since, until)
    at_time = folded(ledger.store.entries(), WORDS, at=since)
    assert at_time.access["u-7"].until == "" and at_time.head == before + 1
    assert folded(ledger.store.entries(), WORDS, at="2026-03-01T00:00:00.000000Z") == State(WORDS)


def test_sites_open_and_close(ledger: Ledger) -> None:
    ledger.add("site_opened", {"site": "S2", "on": DAY.isoformat()}, person="")
    assert ledger.state().sites == {"S2": None}
    ledger.add("site_closed", {"site": "S2", "on": NEXT.isoformat()}, person="")
    assert ledger.state().sites == {"S2": NEXT}


def test_what_the_trial_was_opened_with_stays_and_the_protocol_in_force_is_the_last(ledger: Ledger) -> None:
    opened = {"protocol": "a" * 64, "trial": "nelmas", "synthetic": True}
    ledger.add("trial_opened", opened, person="")
    ledger.add("protocol_adopted", {"protocol": "b" * 64}, person="")
    state = ledger.state()
    assert state.protocol == "b" * 64 and state.settings == {**opened, "protocol": "b" * 64}


# ---------------------------------------------------------------- consent
def version(ledger: Ledger, name: str, on: date, site: str = "", again: bool = True) -> None:
    ledger.add("consent_version", {"version": name, "on": on.isoformat(), "site": site, "again": again}, person="")


def test_the_version_of_the_consent_form_in_force_on_a_day(ledger: Ledger) -> None:
    """R28: the version in force on that date, at that site."""
    version(ledger, "1.0", DAY)
    version(ledger, "2.0", NEXT, site="S2")
    state = ledger.state()
    assert state.consent_in_force("S1", date(2026, 3, 1)) is None
    assert state.consent_in_force("S1", NEXT) == ConsentVersion("1.0", DAY)
    assert state.consent_in_force("S2", DAY) == ConsentVersion("1.0", DAY)
    assert state.consent_in_force("S2", NEXT) == ConsentVersion("2.0", NEXT, "S2")


def test_of_two_versions_of_one_day_the_later_entry_is_in_force(ledger: Ledger) -> None:
    version(ledger, "1.0", DAY)
    version(ledger, "1.1", DAY)
    found = ledger.state().consent_in_force("S1", DAY)
    assert found is not None and found.version == "1.1"
    assert [each.version for each in ledger.state().consent_versions_by("S1", DAY)] == ["1.0", "1.1"]


# ---------------------------------------------------------------- signatures
def signed(ledger: Ledger, covers: list[int], meaning: str = "a visit") -> Signature:
    entry = ledger.add("signed", {"meaning": meaning, "covers": covers, "hash": "h"}, actor="doctor")
    return ledger.state().signatures[entry]


def test_a_signature_shows_who_when_and_its_meaning(ledger: Ledger) -> None:
    """R16, R17: name, UTC time, meaning, and the entries that it covers."""
    lab = ledger.fact(haemoglobin="9.1 g/dL")
    signature = signed(ledger, [lab])
    at = ledger.store.entry(signature.entry).at
    assert signature == Signature(signature.entry, "P1", "doctor", at, "a visit", (lab,), "h") and at.endswith("Z")


@pytest.mark.parametrize("change", ["correction", "void", "redaction"])
def test_any_later_change_of_what_it_covers_voids_it(ledger: Ledger, change: str) -> None:
    """R19: a correction, a void or a redaction of one covered entry; not one of another."""
    lab, other = ledger.fact(haemoglobin="9.1 g/dL"), ledger.fact(platelets="200 10*9/L")
    signature = signed(ledger, [lab])

    def changed(entry: int, **value: Any) -> int:
        if change == "correction":
            return ledger.fact(target=entry, reason="a slip", **value)
        return ledger.redact(entry) if change == "redaction" else ledger.add("void", target=entry, reason="no")

    changed(other, platelets="210 10*9/L")
    assert ledger.state().voided_by(signature) == 0
    entry = changed(lab, haemoglobin="9.2 g/dL")
    assert ledger.state().voided_by(signature) == entry


def test_what_was_changed_before_the_signature_does_not_void_it(ledger: Ledger) -> None:
    lab = ledger.fact(haemoglobin="9.1 g/dL")
    right = ledger.fact(target=lab, reason="a slip", haemoglobin="9.2 g/dL")
    assert ledger.state().voided_by(signed(ledger, [lab, right])) == 0


def test_a_casebook_falls_by_anything_new_but_not_by_what_only_looks_at_it(ledger: Ledger) -> None:
    """R19: after a signature under the whole casebook any new fact or act voids it."""
    lab = ledger.fact(haemoglobin="9.1 g/dL")
    signature = signed(ledger, [lab], CASEBOOK)
    ledger.add("verified", target=lab)
    signed(ledger, [lab])
    assert ledger.state().voided_by(signature) == 0
    visit = ledger.step("visit", slot="", done=True)
    ledger.fact(platelets="200 10*9/L")
    assert ledger.state().voided_by(signature) == visit


# ---------------------------------------------------------------- questions, lock, list
def test_a_question_is_open_until_it_is_closed(ledger: Ledger) -> None:
    lab = ledger.fact(haemoglobin="91 g/dL")
    query = ledger.add("query_opened", {"text": "Is it so?"}, target=lab)
    ledger.add("query_answered", {"text": "No."}, target=query)
    asked = ledger.state().queries[query]
    assert (asked.person, asked.about, asked.text, asked.answer, asked.open) == ("P1", lab, "Is it so?", "No.", True)
    ledger.add("query_closed", target=query)
    assert not ledger.state().queries[query].open


def test_a_question_whose_words_are_gone_is_a_question_still(ledger: Ledger) -> None:
    """R11, R15: the ledger folds as before when the words of a question and of its answer were redacted."""
    query = ledger.add("query_opened", {"text": "Is this Mr Smith?"}, target=ledger.fact(haemoglobin="91 g/dL"))
    answer = ledger.add("query_answered", {"text": "It is Mr Smith."}, target=query)
    ledger.redact(query)
    ledger.redact(answer)
    asked = ledger.state().queries[query]
    assert asked.open and asked.text == asked.answer == ""


def test_the_lock_is_the_entry_that_holds(ledger: Ledger) -> None:
    lock = ledger.add("data_lock", {"waivers": {}}, person="")
    assert ledger.state().lock == lock
    ledger.add("data_unlock", person="", reason="a late report")
    assert ledger.state().lock == 0 and ledger.state(lock).lock == lock


def test_the_list_is_committed_and_revealed(ledger: Ledger) -> None:
    ledger.add("randomisation_committed", {"commitment": "c", "scheme": {}}, person="")
    entered(ledger)
    ledger.add("randomisation_revealed", {"seed": "00"}, person="")
    state = ledger.state()
    assert state.committed == {"commitment": "c", "scheme": {}} and state.revealed and state.allocated == 1
    assert [known.person for known in state.randomised] == ["P1"]


# ---------------------------------------------------------------- rebuilding
def test_every_position_is_the_fold_of_the_entries_up_to_it(ledger: Ledger) -> None:
    """R15: rebuilding from the ledger gives the same, entry by entry."""
    entered(ledger)
    granted(ledger, "u-7")
    live = State(WORDS)
    for entry in ledger.store.entries():
        live.add(entry)
        assert live == ledger.state(entry.seq) and live.head == entry.seq


def test_a_ledger_folds_whatever_was_redacted_in_it(ledger: Ledger) -> None:
    """Software that writes past the door may take away what the door would not: the fold still reads the rest."""
    granted(ledger, "u-7")
    grant = ledger.store.head().seq
    ledger.add("access_ended", {"user": "u-7"}, person="", reason="left")
    ledger.redact(grant)
    assert ledger.state().access == {}
