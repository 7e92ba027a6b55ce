"""Signatures, questions, verification, the lock and the reveal."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

import pytest
from tests.running import SEED, Running, fact, nelmas, opened, refused

from equipoise.conduct.randomise import commitment
from equipoise.conduct.randomiser import Randomiser
from equipoise.participant.moves import Standing
from equipoise.participant.record import number_of
from equipoise.participant.state import CASEBOOK
from equipoise.trial import Trial

TODAY: Final = date(2026, 5, 18)
S = Standing


@pytest.fixture
def running() -> Running:
    running = opened()
    running.bring("P1", S.RANDOMISED)
    return running


@pytest.fixture
def locked(running: Running) -> Running:
    running.trial.sign("investigator", "P1")
    running.trial.lock("data")
    return running


def lab(running: Running) -> int:
    return number_of(running.trial.person("P1").of_concept("haemoglobin")[0])


# ---------------------------------------------------------------- signatures
def test_a_casebook_is_signed_as_a_whole(running: Running) -> None:
    """R16, R17: who, UTC time, meaning, and a hash over every entry that stands about the person."""
    known = running.trial.person("P1")
    entry = running.trial.sign("investigator", "P1")
    signature = running.trial.state.signatures[entry.seq]
    assert (signature.by, signature.meaning, signature.at) == ("investigator", CASEBOOK, entry.at)
    everything = [*map(number_of, known.facts), *(act.seq for act in known.acts)]
    assert sorted(signature.covers) == sorted(everything)
    assert signature.hash == running.trial.hash_of(everything)


def test_some_entries_are_signed_with_their_own_meaning(running: Running) -> None:
    """R17, R19: a signature under a visit falls by what it covers, not by the rest."""
    entry = running.trial.sign("investigator", "P1", "the screening visit", (lab(running), lab(running)))
    signature = running.trial.state.signatures[entry.seq]
    assert signature.covers == (lab(running),)
    running.trial.record("site", "P1", fact(TODAY, ecog=1))
    assert running.trial.state.voided_by(signature) == 0
    change = running.trial.correct(
        "site", "P1", lab(running), fact(date(2026, 5, 12), haemoglobin="12 g/dL"), "misread"
    )
    assert running.trial.state.voided_by(signature) == change.seq


def test_a_casebook_that_fell_is_on_the_list_until_it_is_signed_again(running: Running) -> None:
    """R19: any later change voids it and puts it on the list of what is open."""
    assert running.trial.open_points() == ["The casebook of P1 is not signed."]
    running.trial.sign("investigator", "P1")
    assert running.trial.open_points() == []
    running.trial.record("site", "P1", fact(TODAY, ecog=1))
    entry = running.trial.state.head
    assert running.trial.open_points() == [f"The signature under the casebook of P1 fell with entry {entry}."]
    running.trial.sign("investigator", "P1")
    assert running.trial.open_points() == []


# ---------------------------------------------------------------- questions and verification
def test_a_question_is_asked_answered_and_closed(running: Running) -> None:
    """R08: questions and marks of verification are entries."""
    query = running.trial.ask("monitor", "P1", lab(running), "Is this of the same day?")
    running.trial.answer("site", query.seq, "Yes, at noon.")
    running.trial.close_query("data", query.seq)
    running.trial.verify_source("monitor", "P1", lab(running))
    kinds = [entry.kind for entry in running.trial.store.of("P1", since=query.seq - 1)]
    assert kinds == ["query_opened", "query_answered", "query_closed", "verified"]
    asked = running.trial.state.queries[query.seq]
    assert (asked.text, asked.answer, asked.open) == ("Is this of the same day?", "Yes, at noon.", False)


def test_what_was_taken_out_is_written_down(running: Running) -> None:
    """R08: an export is an entry; R14: the investigator may, of the own site, at any time."""
    entry = running.trial.export("investigator", "the casebooks of S1")
    assert (entry.kind, entry.body, entry.site) == ("exported", {"what": "the casebooks of S1"}, "S1")


def test_who_sees_the_arms_before_the_lock_is_written_down_with_the_reason(running: Running) -> None:
    """R12: nobody who must not know the arms sees them without an entry that says who, in what, and why."""
    entry = running.trial.unblind("statistician", "the interim look", "the monitoring board asks")
    assert (entry.kind, entry.actor, entry.reason) == ("unblinded", "statistician", "the monitoring board asks")
    assert entry.body == {"what": "the interim look"}


REFUSED: list[tuple[str, Callable[[Trial], object], str]] = [
    ("unblinded without a reason", lambda t: t.unblind("statistician", "the interim look", " "),
     "It needs a reason that the arms are seen before the lock: say why in a few words."),
    ("unblinded by the data manager", lambda t: t.unblind("data", "the interim look", "why"),
     "data is a data manager and may not record that the arms are seen before the lock: ask the statistician or "
     "sponsor."),
    ("signed by the coordinator", lambda t: t.sign("site", "P1"),
     "site is a coordinator and may not record that a signature, with its meaning: ask the investigator."),
    ("signed without a meaning", lambda t: t.sign("investigator", "P1", " ", (20,)),
     "A signature needs its meaning: say what it stands for."),
    ("a part of a casebook", lambda t: t.sign("investigator", "P1", CASEBOOK, (20,)),
     "A casebook is signed as a whole: name no entries, or give the signature another meaning."),
    ("what is of nobody", lambda t: t.sign("investigator", "P1", "a visit", (1,)),
     "Entry 1 is not about P1: a signature covers one person's entries."),
    ("what is not there", lambda t: t.sign("investigator", "P1", "a visit", (9999,)), "The ledger has no entry 9999."),
    ("asked without words", lambda t: t.ask("monitor", "P1", 20, " "), "A question needs its words."),
    ("asked about another", lambda t: t.ask("monitor", "P1", 1, "Why?"), "Entry 1 is not about P1."),
    ("asked by the site", lambda t: t.ask("site", "P1", 20, "Why?"),
     "site is a coordinator and may not record that a question about what was recorded: ask the monitor or data "
     "manager "
     "or system."),
    ("answered what nobody asked", lambda t: t.answer("site", 20, "So."), "Entry 20 is no open question."),
    ("answered without words", lambda t: t.answer("site", 20, " "), "An answer needs its words."),
    ("closed what nobody asked", lambda t: t.close_query("data", 20), "Entry 20 is no open question."),
    ("verified of another", lambda t: t.verify_source("monitor", "P1", 1), "Entry 1 is not about P1."),
    ("verified by the sponsor", lambda t: t.verify_source("sponsor", "P1", 20),
     "sponsor is a sponsor and may not record that checked against the source: ask the monitor."),
    ("locked with open points", lambda t: t.lock("data"),
     "The data cannot be locked yet. The casebook of P1 is not signed."),
    ("unlocked though open", lambda t: t.unlock("data", "why"), "The data are not locked."),
    ("revealed before the lock", lambda t: t.reveal("sponsor"),
     "The seed is revealed after the lock, not before: lock the data first."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_refuses_in_one_sentence(running: Running, what: Callable[[Trial], object], sentence: str) -> None:
    """R13, R17, R21, R25."""
    assert refused(running, what) == sentence


def test_nothing_can_be_signed_of_whom_nothing_is_known() -> None:
    running = opened()
    running.bring("P1", S.IDENTIFIED)
    told = refused(running, lambda t: t.sign("investigator", "P1"))
    assert told == "Nothing is recorded about P1 that could be signed."


# ---------------------------------------------------------------- the lock
def test_the_lock_names_all_that_is_open_and_each_waiver_with_its_reason(running: Running) -> None:
    """R21: signatures, questions and serious events; a waiver names its point, and nothing else is kept as one."""
    trial = running.trial
    query = trial.ask("monitor", "P1", lab(running), "Is it so?")
    event = {"term": "anaemia", "grade": "3 {score}", "related": "yes", "serious": "yes"}
    trial.record("site", "P1", fact(TODAY, adverse_event=event))
    unreported = trial.state.head
    trial.record("site", "P1", fact(TODAY, adverse_event={**event, "related": "no"}))
    report = trial.report_serious("site", "P1", trial.state.head)
    points = [
        f"Question {query.seq} about P1 is open.", "The casebook of P1 is not signed.",
        f"The serious event of entry {unreported} of P1 is not reported.",
        f"Serious event {report.seq} of P1 is open: tell the sponsor of the serious event (24 hours).",
    ]  # fmt: skip
    assert trial.open_points() == points
    assert refused(running, lambda t: t.lock("data")) == f"The data cannot be locked yet. {' '.join(points)}"
    running.clock.wait(timedelta(hours=30))
    assert trial.open_points() == points  # the same sentence as an hour ago: a waiver fits what it was given for
    told = refused(running, lambda t: t.lock("data", dict.fromkeys(points, " ")))
    assert told.startswith("The data cannot be locked yet.")
    entry = trial.lock("data", {**dict.fromkeys(points, "the site was closed"), "something else": "why"})
    assert entry.body == {"waivers": dict.fromkeys(points, "the site was closed")}


def test_many_open_points_are_counted(running: Running) -> None:
    for count in range(2, 8):
        running.bring(f"P{count}", S.RANDOMISED)
    told = refused(running, lambda t: t.lock("data"))
    assert told.endswith("The casebook of P5 is not signed. And 2 more.")


def test_a_serious_event_that_was_reported_to_all_is_not_open(running: Running) -> None:
    """R21, R27."""
    trial = running.trial
    event = {"term": "anaemia", "grade": "3 {score}", "related": "no", "serious": "yes"}
    trial.record("site", "P1", fact(TODAY, adverse_event=event))
    report = trial.report_serious("site", "P1", trial.state.head)
    trial.receive_serious("sponsor", report.seq)
    trial.opine("sponsor", report.seq, related=False)
    trial.sign("investigator", "P1")
    assert trial.open_points() == []


BEHIND: list[tuple[str, Callable[[Trial], object]]] = [
    ("a fact", lambda t: t.record("site", "P1", fact(TODAY, ecog=1))),
    ("a person", lambda t: t.identify("site", "P2")),
    ("a repeated try", lambda t: t.randomise("site", "P1")),
    ("a signature", lambda t: t.sign("investigator", "P1")),
    ("a redaction", lambda t: t.redact("data", number_of(t.person("P1").of_concept("sex")[0]), "why")),
    ("a consent form", lambda t: t.bring_consent_into_force("sponsor", "3.0", TODAY)),
]


@pytest.mark.parametrize("what", [row[1] for row in BEHIND], ids=[row[0] for row in BEHIND])
def test_behind_the_lock_nothing_is_written_about_the_data(locked: Running, what: Callable[[Trial], object]) -> None:
    """R21."""
    assert refused(locked, what) == "The data are locked: lift the lock first, with a reason."


def test_the_lock_is_lifted_with_a_reason_and_a_later_one_is_another(locked: Running) -> None:
    """R08, R21: locks are entries; lifting one needs its reason."""
    first = locked.trial.state.lock
    assert refused(locked, lambda t: t.lock("data")) == f"The data are locked already, by entry {first}."
    told = refused(locked, lambda t: t.unlock("data", ""))
    assert told == "It needs a reason that the lock is lifted: say why in a few words."
    assert locked.trial.unlock("sponsor", "a late laboratory report").reason == "a late laboratory report"
    locked.trial.record("site", "P1", fact(TODAY, ecog=1))
    locked.trial.sign("investigator", "P1")
    assert locked.trial.lock("data").seq == locked.trial.state.lock > first


def test_behind_the_lock_exports_and_access_go_on(locked: Running) -> None:
    """R08, R20."""
    told = refused(locked, lambda t: t.unblind("statistician", "the data", "why"))
    assert told == "The data are locked: the arms can be seen without unblinding."
    locked.trial.export("statistician", "the data set")
    locked.trial.grant("sponsor", "u-9", "statistician")
    locked.trial.end_access("sponsor", "u-9", "left")


# ---------------------------------------------------------------- the reveal
def test_the_seed_is_revealed_behind_the_lock_once(locked: Running) -> None:
    """R25: the list can be made again by anyone from then on, and nobody can be allocated by it any more."""
    entry = locked.trial.reveal("sponsor")
    assert entry.body == {"seed": SEED.hex()} and locked.trial.state.revealed
    committed = locked.trial.state.committed
    assert committed is not None and commitment("NELMAS", bytes.fromhex(entry.body["seed"])) == committed["commitment"]
    assert refused(locked, lambda t: t.reveal("sponsor")) == "The seed of the random list stands in the ledger already."
    locked.trial.unlock("data", "a late report")
    locked.bring("P2", S.ELIGIBLE)
    told = refused(locked, lambda t: t.randomise("site", "P2"))
    assert told == "The seed of this trial was revealed: nobody can be randomised any more."
    assert locked.trial.randomise("site", "P1").number == 1


def test_only_the_committed_list_is_revealed(locked: Running) -> None:
    """R25: the seed of another store is no proof."""
    locked.trial.randomiser = Randomiser.in_memory(nelmas().allocation, bytes(32))
    told = refused(locked, lambda t: t.reveal("sponsor"))
    assert told == "This randomiser holds another list than the trial committed itself to: name its own store."
    locked.trial.randomiser = None
    assert refused(locked, lambda t: t.reveal("sponsor")).startswith("There is no randomiser here")


def test_the_data_manager_does_not_reveal(locked: Running) -> None:
    told = refused(locked, lambda t: t.reveal("data"))
    assert told == (
        "data is a data manager and may not record that the seed of the random list is revealed: ask the sponsor or "
        "system."
    )
    assert locked.trial.randomiser is not None
    locked.trial.unlock("data", "why")
    locked.bring("P2", S.RANDOMISED)  # the randomiser, too, knows that nothing was revealed
