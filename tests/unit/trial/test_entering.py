"""How somebody enters: screened, signed, randomised, in this order only; and the proof of it, years later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice
from typing import Final

import pytest
from tests.running import SEED, Running, consent, eligible_facts, fact, nelmas, opened, refused

from equipoise.conduct.randomise import stratum_list
from equipoise.conduct.randomiser import Randomiser
from equipoise.conduct.remade import verify_allocations
from equipoise.eligibility.verdict import Outcome
from equipoise.ledger.store import Store
from equipoise.participant.moves import Refused, Standing
from equipoise.participant.record import number_of
from equipoise.trial import Trial

TODAY: Final = date(2026, 5, 18)
S = Standing


def with_person(to: Standing, first: str = "") -> Running:
    running = opened(first)
    running.bring("P1", to)
    return running


def number(running: Running, kind: str) -> int:
    """The entry of the last act of a kind about P1."""
    entry = running.trial.person("P1").latest(kind)
    assert entry is not None
    return entry.seq


# ---------------------------------------------------------------- screening
def test_a_screening_keeps_the_verdict_and_by_what_it_can_be_made_again() -> None:
    running = with_person(S.CONSENTED)
    running.trial.record("site", "P1", *(each for each in eligible_facts() if each.concept != "consent"))
    position = running.trial.state.head
    entry = running.trial.screen("site", "P1")
    body = entry.body
    assert body is not None and body["verdict"] == "eligible" and body["on"] == "2026-05-18"
    assert body["position"] == position and body["protocol"] == nelmas().digest and body["deciding"] == []
    assert set(body["criteria"]) == {criterion.id for criterion in nelmas().criteria}
    assert running.trial.person("P1").standing is S.SCREENED


def test_a_verdict_that_is_only_asked_for_writes_nothing() -> None:
    running = with_person(S.SCREENED)
    head = running.trial.store.head()
    assert running.trial.verdict("P1").outcome is Outcome.ELIGIBLE and running.trial.store.head() == head


def test_who_does_not_enter_is_told_by_why_and_by_which_criteria() -> None:
    running = opened()
    running.bring("P1", S.SCREENED, TODAY, fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"))
    entry = running.trial.exclude("site", "P1", "not_eligible")
    assert entry.body is not None and entry.body["criteria"] == ["E8"] and entry.body["why"] == "not_eligible"
    excluded = running.trial.person("P1").excluded
    assert excluded is not None and excluded.seq == entry.seq
    assert running.trial.person("P1").standing is S.SCREENED


# ---------------------------------------------------------------- signing
def test_the_investigator_signs_the_sheet_with_all_that_it_rests_on() -> None:
    """R16, R17: who, when, the meaning, and a hash over the exact entries."""
    running = with_person(S.ELIGIBLE)
    entry = running.trial.store.entry(number(running, "eligible"))
    assert entry.body is not None and entry.actor == "investigator" and entry.at.endswith("Z")
    covers = entry.body["covers"]
    assert entry.body["meaning"] == "eligibility" and covers[0] == number(running, "screened")
    seen = {each["concept"] for part in entry.body["sheet"]["criteria"].values() for each in part["evidence"]}
    assert {running.trial.store.entry(seq).concept for seq in covers[1:]} == seen
    hashes = "|".join(running.trial.store.entry(seq).hash for seq in sorted(covers))
    assert entry.body["hash"] == sha256(hashes.encode()).hexdigest()


SCREENED: list[tuple[str, Standing, Callable[[Trial], object], str]] = [
    ("screened before the consent", S.IDENTIFIED, lambda t: t.screen("site", "P1"),
     'P1 cannot be recorded as somebody who is screened: the standing is "identified": consent comes first.'),
    ("screened when randomised", S.RANDOMISED, lambda t: t.screen("site", "P1"),
     'P1 cannot be recorded as somebody who is screened: the standing is "randomised".'),
    ("screened on a day to come", S.CONSENTED, lambda t: t.screen("site", "P1", date(2026, 6, 1)),
     "The screening is dated 2026-06-01, which lies ahead: record it when it has been."),
    ("screened by the sponsor", S.CONSENTED, lambda t: t.screen("sponsor", "P1"),
     "sponsor is a sponsor and may not record that a verdict on eligibility is stored: ask the investigator or "
     "coordinator."),
    ("screened who is not there", S.CONSENTED, lambda t: t.screen("site", "P9"),
     'Nobody in this trial is identified by "P9": identify the person first.'),
    ("excluded without a word", S.SCREENED, lambda t: t.exclude("site", "P1", "tired"),
     '"tired" is not why somebody does not enter: not_eligible, declined, other.'),
    ("excluded for another reason unsaid", S.SCREENED, lambda t: t.exclude("site", "P1", "other"),
     "Another reason needs its words: say it in a few."),
    ("excluded as not eligible, who is", S.SCREENED, lambda t: t.exclude("site", "P1", "not_eligible"),
     "P1 on 18 May 2026: eligible: no criterion stands against it, so give another reason."),
    ("excluded on a day to come", S.SCREENED, lambda t: t.exclude("site", "P1", "declined", on=date(2026, 6, 1)),
     "The exclusion is dated 2026-06-01, which lies ahead: record it when it has been."),
    ("excluded when randomised", S.RANDOMISED, lambda t: t.exclude("site", "P1", "declined"),
     'P1 cannot be recorded as somebody who does not enter: the standing is "randomised": who is in the trial '
     'withdraws, '
     "or is lost to it."),
    ("signed before the screening", S.CONSENTED, lambda t: t.sign_eligible("investigator", "P1"),
     'P1 cannot be recorded as somebody who is found eligible: the standing is "consented": the screening comes '
     'first.'),
    ("signed by the coordinator", S.SCREENED, lambda t: t.sign_eligible("site", "P1"),
     "site is a coordinator and may not record that the investigator signs that a person is eligible: ask the "
     "investigator."),
    ("randomised before the signature", S.SCREENED, lambda t: t.randomise("site", "P1"),
     'P1 cannot be recorded as somebody who is randomised: the standing is "screened": the investigator first signs '
     'that '
     "they are eligible."),
    ("randomised by the statistician", S.ELIGIBLE, lambda t: t.randomise("statistician", "P1"),
     "statistician is a statistician and may not record that a person is allocated to an arm: ask the investigator or "
     "coordinator."),
]  # fmt: skip


@pytest.mark.parametrize(("to", "what", "sentence"), [row[1:] for row in SCREENED], ids=[row[0] for row in SCREENED])
def test_it_refuses_in_one_sentence(to: Standing, what: Callable[[Trial], object], sentence: str) -> None:
    """R22: no step out of order; R13: nor by somebody else."""
    assert refused(with_person(to), what) == sentence


def test_only_a_sheet_in_which_every_criterion_is_settled_is_signed() -> None:
    """R22."""
    running = opened()
    running.bring("P1", S.SCREENED, TODAY, fact(date(2026, 5, 12), haemoglobin="7.1 g/dL"))
    told = refused(running, lambda t: t.sign_eligible("investigator", "P1"))
    assert (
        told == "P1 on 18 May 2026: ineligible by E8: the investigator can sign only when every criterion is settled."
    )


def test_what_changed_since_the_screening_is_screened_again() -> None:
    """R17, R19: what is signed is what was screened, value for value."""
    running = with_person(S.SCREENED)
    lab = number_of(running.trial.person("P1").of_concept("haemoglobin")[0])
    running.trial.correct("site", "P1", lab, fact(date(2026, 5, 12), haemoglobin="12.5 g/dL"), "misread")
    told = refused(running, lambda t: t.sign_eligible("investigator", "P1"))
    screened = number(running, "screened")
    assert told == f"What the screening of P1 rested on (entry {screened}) has changed: screen again."
    running.trial.screen("site", "P1")
    running.trial.sign_eligible("investigator", "P1")


@pytest.mark.parametrize("to", [S.SCREENED, S.ELIGIBLE])
def test_who_declined_enters_only_by_another_screening(to: Standing) -> None:
    """R22: neither signed nor randomised behind the word that somebody does not enter."""
    running = with_person(to)
    entry = running.trial.exclude("site", "P1", "declined")
    told = f"P1 does not enter, declined to participate (entry {entry.seq}): screen again."
    assert (
        refused(
            running, lambda t: t.sign_eligible("investigator", "P1") if to is S.SCREENED else t.randomise("site", "P1")
        )
        == told
    )
    running.trial.screen("site", "P1")
    running.trial.sign_eligible("investigator", "P1")
    running.trial.randomise("site", "P1")


# ---------------------------------------------------------------- randomising
def test_an_allocation_is_the_next_of_its_stratums_list() -> None:
    running = with_person(S.ELIGIBLE)
    sheet = number(running, "eligible")
    given = running.trial.randomise("site", "P1")
    body = running.trial.store.entry(given.entry).body
    assert body is not None and body["eligible"] == sheet and body["on"] == "2026-05-18" and body["stratum"] == "G2|R0"
    assert given.arm == next(stratum_list(nelmas().allocation.scheme, SEED, "G2|R0")) and given.number == 1
    (day,) = running.trial.person("P1").of_concept("randomisation")
    assert str(day.when) == "18 May 2026"


def test_randomised_twice_the_first_answer_is_given_and_the_second_try_written_down() -> None:
    """R23."""
    running = with_person(S.RANDOMISED)
    first = running.trial.person("P1").allocation
    running.clock.reach(date(2026, 7, 1))
    assert running.trial.randomise("investigator", "P1") == first and first is not None
    tried = running.trial.store.entry(running.trial.state.head)
    assert (tried.kind, tried.body, tried.actor) == ("randomisation_repeated", {"first": first.entry}, "investigator")
    assert running.trial.randomiser is not None and len(running.trial.randomiser.used()) == 1
    assert first.arm not in refused(running, lambda t: t.randomise("statistician", "P1"))  # R12


def test_many_are_allocated_by_the_committed_list_and_anybody_can_make_it_again() -> None:
    """R25, R26: ledger and randomiser agree, and the list is the one of the commitment."""
    running = opened()
    for count in range(9):
        running.bring(f"P{count}", S.RANDOMISED)
    bodies = [entry.body for entry in running.trial.store.of(kinds=["randomised"]) if entry.body is not None]
    scheme, committed = nelmas().allocation.scheme, running.trial.state.committed
    assert committed is not None
    assert verify_allocations(SEED, committed["commitment"], scheme, bodies) == (9, "")
    assert [body["arm"] for body in bodies] == list(islice(stratum_list(scheme, SEED, "G2|R0"), 9))
    randomiser = running.trial.randomiser
    assert randomiser is not None
    assert [(each.person, each.arm) for each in randomiser.used()] == [(body["person"], body["arm"]) for body in bodies]


def test_a_wrong_stratum_stands_and_the_true_value_is_recorded_beside_it() -> None:
    """R24: never undone; what was entered and what is true are both shown."""
    running = with_person(S.RANDOMISED)
    trial = running.trial
    entered = trial.person("P1").allocation
    report = next(each for each in trial.person("P1").of_concept("pathology") if each.when.first == date(2026, 4, 9))
    value = {
        "histology": "NET",
        "differentiation": "well",
        "grade": "G1",
        "ki67": "2 %",
        "specimen": "liver_metastasis",
    }
    trial.correct("site", "P1", number_of(report), fact(date(2026, 4, 9), pathology=value), "the report says G1")
    now = trial.person("P1").allocation
    assert now == entered and now is not None and now.levels["grade"] == "G2"
    assert {str(each.value["grade"]) for each in trial.person("P1").of_concept("pathology")} == {"G1"}  # pyright: ignore
    assert trial.person("P1").standing is S.RANDOMISED and trial.randomise("site", "P1") == entered


def test_a_signature_that_fell_randomises_nobody() -> None:
    """R19, R22."""
    running = with_person(S.ELIGIBLE)
    lab = number_of(running.trial.person("P1").of_concept("haemoglobin")[0])
    change = running.trial.correct("site", "P1", lab, fact(date(2026, 5, 12), haemoglobin="12.5 g/dL"), "misread")
    told = refused(running, lambda t: t.randomise("site", "P1"))
    assert told == (
        f"The signature on the eligibility of P1 fell with entry {change.seq}, which changed what it covers: screen "
        "again, and sign."
    )


def test_who_is_not_eligible_any_more_is_not_randomised() -> None:
    """R22: asked again on the day itself."""
    running = with_person(S.ELIGIBLE)
    running.clock.reach(date(2026, 5, 20))
    running.trial.record("site", "P1", fact(date(2026, 5, 20), haemoglobin="7.1 g/dL"))
    told = refused(running, lambda t: t.randomise("site", "P1"))
    assert told == (
        "P1 on 20 May 2026: ineligible by E8, although signed as eligible on 18 May 2026: screen again."
    )  # fmt: skip


def test_nobody_enters_at_a_closed_site() -> None:
    running = with_person(S.ELIGIBLE)
    running.trial.close_site("sponsor", "S1", "no capacity")
    assert refused(running, lambda t: t.randomise("site", "P1")) == "Site S1 is closed: nobody new enters there."


def test_nobody_is_randomised_without_the_commitment_or_the_randomiser() -> None:
    """R25."""
    running = with_person(S.ELIGIBLE)
    randomiser, running.trial.randomiser = running.trial.randomiser, None
    assert refused(running, lambda t: t.randomise("site", "P1")).startswith("There is no randomiser here")
    running.trial.randomiser, running.trial.state.committed = randomiser, None
    told = refused(running, lambda t: t.randomise("site", "P1"))
    assert told == "The commitment to the random list is not in the ledger yet: commit first."


def test_without_every_stratum_nobody_is_randomised(monkeypatch: pytest.MonkeyPatch) -> None:
    """R22: all strata are there."""
    running = with_person(S.ELIGIBLE)
    allocation = nelmas().allocation
    (grade, margin) = allocation.factors
    nobody = tuple(replace(level, rule=margin.levels[0].rule) for level in grade.levels)
    running.trial.protocol = replace(
        nelmas(), allocation=replace(allocation, factors=(replace(grade, levels=nobody), margin))
    )
    told = refused(running, lambda t: t.randomise("site", "P1"))
    assert told.startswith(
        "P1: The person cannot be randomised yet. Grade cannot be told yet: grade 1 and grade 2 are both true"
    )


# ---------------------------------------------------------------- two at once, and the slot that nobody was told of
def test_two_at_once_get_two_slots_and_one_person_gets_one() -> None:
    """R23: decided anew on what somebody else wrote meanwhile."""
    running = with_person(S.ELIGIBLE)
    running.bring("P2", S.ELIGIBLE)
    other = Trial(nelmas(), running.trial.store, running.clock, running.trial.randomiser)
    given = [running.trial.randomise("site", "P1"), other.randomise("site", "P2"), other.randomise("site", "P1")]
    assert [each.number for each in given] == [1, 2, 1] and given[0] == given[2]
    assert [entry.kind for entry in running.trial.store.of("P1", kinds=["randomised", "randomisation_repeated"])] == [
        "randomised", "randomisation_repeated",
    ]  # fmt: skip


class Cut(Exception):
    """The power fails."""


def test_a_slot_that_was_used_when_the_power_failed_is_given_to_the_same_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R26: committed in the randomiser and not yet in the ledger: asking again gives the same one."""
    running = with_person(S.ELIGIBLE)
    running.bring("P2", S.ELIGIBLE)
    store: Store = running.trial.store

    def cut(*args: object, **kwargs: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(store, "append", cut)
        with pytest.raises(Cut):
            running.trial.randomise("site", "P1")
    randomiser = running.trial.randomiser
    assert isinstance(randomiser, Randomiser) and [each.person for each in randomiser.used()] == ["P1"]
    assert running.trial.person("P1").allocation is None and running.trial.person("P1").standing is S.ELIGIBLE
    assert running.trial.randomise("site", "P2").number == 2
    assert running.trial.randomise("site", "P1").number == 1
    assert running.trial.person("P1").allocation is not None


# ---------------------------------------------------------------- proof, years later
def years_later(running: Running) -> None:
    """Hundreds of entries on: corrections, a void, other people, another form, another year."""
    trial, clock = running.trial, running.clock
    for count in range(2, 14):
        running.bring(f"P{count}", S.RANDOMISED)
    lab = number_of(trial.person("P1").of_concept("haemoglobin")[0])
    trial.correct("site", "P1", lab, fact(date(2026, 5, 12), haemoglobin="7.0 g/dL"), "of another person")
    trial.void("site", "P1", number_of(trial.person("P1").of_concept("platelets")[0]), "of another person")
    trial.record("site", "P1", fact(date(2026, 5, 17), haemoglobin="6.9 g/dL"), reason="found late")
    trial.bring_consent_into_force("sponsor", "3.0", trial.today)
    trial.record("site", "P1", consent(trial.today, "3.0"))
    for month in range(24):
        clock.wait(timedelta(days=30))
        values = {"haemoglobin": f"{9 + month % 4}.{month % 10} g/dL", "weight": f"{60 + month} kg", "ecog": month % 3}
        trial.record("site", "P1", *(fact(trial.today, **{name: value}) for name, value in values.items()))
        trial.visit("site", "P1", "", trial.today)


def test_a_sheet_is_made_again_to_the_letter_years_later() -> None:
    """R15, R17: from the ledger alone, whatever was recorded, corrected, voided or adopted since."""
    running = with_person(S.RANDOMISED)
    signed = running.trial.store.entry(number(running, "eligible")).body
    years_later(running)
    assert running.trial.state.head > 500
    kept, again = Trial(nelmas(), running.trial.store, running.clock).recomputed("P1")
    assert signed is not None and kept == again == signed["sheet"]
    assert again["verdict"] == "eligible"
    now = running.trial.verdict("P1", TODAY)  # what is known today of that very day is something else
    assert now.as_dict() != again and now.outcome is not Outcome.ELIGIBLE
    assert running.trial.hash_of(signed["covers"]) == signed["hash"]


def test_under_an_amendment_the_old_sheet_is_made_again_by_its_own_version() -> None:
    """R29: refused before it is adopted, and afterwards still not another version's word."""
    running = with_person(S.RANDOMISED)
    years_later(running)
    new = Trial(replace(nelmas(), digest="b" * 64), running.trial.store, running.clock, running.trial.randomiser)
    assert refused(running, lambda _: new.identify("site", "P99")).startswith("This ledger runs under protocol")
    new.adopt("sponsor", "amendment 3")
    with pytest.raises(Refused) as caught:
        new.recomputed("P1")
    assert str(caught.value) == (
        f"The sheet of P1 was made under protocol {nelmas().digest[:12]}: open that version to remake it."
    )
    kept, again = running.trial.recomputed("P1")
    assert kept == again
    new.identify("site", "P99")
    told = refused(running, lambda _: new.recomputed("P99"))
    assert told == "No eligibility sheet was signed for P99."
